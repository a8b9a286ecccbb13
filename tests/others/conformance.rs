//! What every source owes, whatever it asks: the same faults for each of them, at each of their requests.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use gonogo::domain::FailureKind;
use serde_json::{Value, json};

use super::kit::{
    CANARY, LONG, SHORT, ask, holds, question_with, report, serve, shown, source, source_with, word,
};
use crate::support::server::{Fault, Reply, Req};

/// One kind of evidence with answers that let it pass.
pub struct Case {
    /// The connection: what the settings call the provider.
    pub provider: &'static str,
    pub yaml: &'static str,
    pub defaults: &'static [(&'static str, &'static str)],
    /// Answers such that the gate holds.
    pub good: fn(&Req) -> Reply,
    /// Where the credential must be, as `name: value`; empty for a source that needs none.
    pub signs: &'static [&'static str],
    /// Places in the answers without which the gate cannot hold.
    pub decisive: &'static [&'static str],
}

/// A status or a broken answer, and the failure that it is.
fn faults() -> Vec<(&'static str, Fault, Option<FailureKind>)> {
    use FailureKind::{
        Forbidden, Malformed, NotFound, RateLimited, Rejected, ServerError, TimedOut, Unauthorized,
    };
    let quoting = json!({ "message": format!("key {CANARY} and canary-token-93d1 are bad"), "error": "x" });
    let quoting = |status| Fault::Reply(Reply::json(status, &quoting));
    let reply = |status| Fault::Reply(Reply::json(status, &json!({ "message": "no" })));
    let limited = Fault::Reply(Reply::json(403, &json!({})).with("Retry-After", 7));
    let all = [
        ("unauthorized", quoting(401), Unauthorized),
        ("forbidden", quoting(403), Forbidden),
        ("missing", quoting(404), NotFound),
        ("gone", reply(410), Rejected),
        ("refused", quoting(422), Rejected),
        ("too many", Fault::too_many("7"), RateLimited),
        ("too many, an HTTP date", Fault::too_many("Fri, 31 Dec 9999 23:59:59 GMT"), RateLimited),
        ("too many, an ISO date", Fault::too_many("9999-12-31T23:59:59Z"), RateLimited),
        ("limited as 403", limited, RateLimited),
        ("enhance your calm", reply(420), RateLimited),
        ("server error", reply(500), ServerError),
        ("bad gateway in HTML", Fault::Reply(Reply::text(502, "text/html", "<html>")), ServerError),
        ("unavailable", reply(503), ServerError),
        ("a page with 200", Fault::Html, Malformed),
        ("half a body", Fault::Garbage, Malformed),
        ("another content type", Fault::ContentType("text/plain"), Malformed),
        ("no content", Fault::Reply(Reply::empty(204)), Malformed),
        ("cut", Fault::Cut(1), Malformed),
        ("reset", Fault::Reset, Malformed),
        ("hang", Fault::Hang, TimedOut),
    ];
    let all = all.into_iter().map(|(name, fault, kind)| (name, fault, Some(kind)));
    // Some sources can say what is missing in these: anything but a pass.
    let empty = [json!({}), json!([]), Value::Null]
        .map(|body| ("empty", Fault::Reply(Reply::json(200, &body)), None));
    all.chain(empty).collect()
}

/// Runs all of it for one kind.
pub async fn check(case: &Case) {
    let requests = good(case).await;
    for at in 0..requests {
        each_fault(case, at).await;
    }
    decisive(case).await;
    redirected(case).await;
    duplicated(case).await;
    unsigned(case).await;
}

/// The good case holds, signs in as it should, and says how many requests it takes.
async fn good(case: &Case) -> usize {
    let question = question_with(case.yaml, case.defaults);
    let server = serve(case.good);
    let source = source(&question, case.provider, &server, Some(CANARY));
    let report = report(&*source, &question).await;
    let answer = report.answers[0].1.clone();
    assert!(holds(&answer), "{}: {answer:?}", case.yaml);
    assert!(!shown(&answer).contains("canary"), "{}: {answer:?}", case.yaml);
    let page = answer.as_ref().ok().and_then(|found| found.url.as_deref()).unwrap_or_default();
    assert!(page.starts_with("http"), "{}: no page to open: {page:?}", case.yaml);
    assert_eq!(report.requests as usize, server.count(), "{}", case.yaml);
    for request in server.requests() {
        let wire = request.wire();
        for sign in case.signs {
            assert!(wire.contains(sign), "{}: {sign} is not in {wire}", case.yaml);
        }
        assert!(!request.target.contains("canary"), "{}", case.yaml);
    }
    server.count()
}

/// Each fault at one of the requests: the failure it is, never a pass, never the key.
async fn each_fault(case: &Case, at: usize) {
    for (name, fault, kind) in faults() {
        let question = question_with(case.yaml, case.defaults);
        let server = serve(case.good);
        let seen = AtomicUsize::new(0);
        server.fault_when(move |_| seen.fetch_add(1, Ordering::Relaxed) == at, fault);
        // A server that hangs does so for ever: only then is there no harm in little patience.
        let patience = if kind == Some(FailureKind::TimedOut) { SHORT } else { LONG };
        let source = source_with(&question, case.provider, &server, Some(CANARY), patience);
        let report = report(&*source, &question).await;
        let answer = &report.answers[0].1;
        let about = format!("{}, request {at}, {name}", case.yaml);
        let found = answer.as_ref().map_err(|failure| failure.kind);
        let transport = matches!(found, Err(FailureKind::Malformed | FailureKind::Unreachable));
        match kind {
            None => assert!(!holds(answer), "{about}: {answer:?}"),
            // How a connection ends is the system's word.
            Some(FailureKind::Malformed) => assert!(transport, "{about}: {answer:?}"),
            Some(kind) => assert_eq!(found.err(), Some(kind), "{about}: {answer:?}"),
        }
        assert!(!shown(answer).contains("canary"), "{about}: {answer:?}");
        if kind == Some(FailureKind::RateLimited) {
            let wait = report.wait.expect("a wait").as_secs();
            assert!((1..=900).contains(&wait), "{about}: {wait}");
        }
        if kind == Some(FailureKind::NotFound) && at == 0 {
            let next = answer.as_ref().err().and_then(|failure| failure.next.clone()).unwrap_or_default();
            assert!(next.contains("check the"), "{about}: {next}");
        }
        if matches!(kind, Some(FailureKind::Unauthorized | FailureKind::Forbidden | FailureKind::NotFound)) {
            assert!(answer.as_ref().is_err_and(|failure| failure.next.is_some()), "{about}: no advice");
        }
    }
}

/// What decides must be there: null in its place, and it in no place, never pass.
async fn decisive(case: &Case) {
    for pointer in case.decisive {
        for remove in [false, true] {
            let question = question_with(case.yaml, case.defaults);
            let server = serve(case.good);
            let touched = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&touched);
            server.fault(Fault::Change(Arc::new(move |body| {
                if body.pointer(pointer).is_some() {
                    counter.fetch_add(1, Ordering::Relaxed);
                    spoil(body, pointer, remove);
                }
            })));
            let source = source(&question, case.provider, &server, Some(CANARY));
            let answer = ask(&*source, &question).await;
            assert!(!holds(&answer), "{} without {pointer}: {answer:?}", case.yaml);
            assert!(touched.load(Ordering::Relaxed) > 0, "{}: no answer has {pointer}", case.yaml);
        }
    }
}

fn spoil(body: &mut Value, pointer: &str, remove: bool) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match body.pointer_mut(parent) {
        Some(Value::Object(entries)) if remove => drop(entries.remove(&last.replace("~1", "/"))),
        Some(_) => *body.pointer_mut(pointer).unwrap() = Value::Null,
        None => {}
    }
}

/// A redirect to another server is not followed and takes nothing with it.
async fn redirected(case: &Case) {
    let away = serve(case.good);
    let question = question_with(case.yaml, case.defaults);
    let server = serve(case.good);
    let to = format!("{}/base/", away.url());
    server.fault(Fault::Reply(Reply::empty(302).with("Location", to)));
    let source = source(&question, case.provider, &server, Some(CANARY));
    let answer = ask(&*source, &question).await;
    assert!(!holds(&answer), "{}: {answer:?}", case.yaml);
    assert_eq!(away.count(), 0, "{}: another server was asked", case.yaml);
}

/// What says one thing twice says nothing.
async fn duplicated(case: &Case) {
    let question = question_with(case.yaml, case.defaults);
    let good = case.good;
    let server = serve(move |request| {
        let reply = good(request);
        let body = String::from_utf8(reply.body.clone()).unwrap();
        let twice = match body.split_once('{') {
            Some((before, after)) => format!("{before}{{\"dup\":1,\"dup\":2,{after}"),
            None => "{\"dup\":1,\"dup\":2}".to_owned(),
        };
        Reply { body: twice.into_bytes(), ..reply }
    });
    let source = source(&question, case.provider, &server, Some(CANARY));
    assert_eq!(word(&ask(&*source, &question).await), "Malformed", "{}", case.yaml);
}

/// Without a credential, or without the connection, nothing is asked and the advice is what to write.
async fn unsigned(case: &Case) {
    let question = question_with(case.yaml, case.defaults);
    // The settings name a variable that is not set: also what may be asked by nobody is not asked then.
    let server = serve(case.good);
    let source = source(&question, case.provider, &server, None);
    let failure = ask(&*source, &question).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotConfigured, "{}", case.yaml);
    assert!(failure.next.as_deref().is_some_and(|next| next.contains("THE_TOKEN")), "{failure:?}");
    assert_eq!(server.count(), 0, "{}", case.yaml);
    let elsewhere = super::kit::setup("somebody-else", "https://h.example", Some(CANARY));
    let source = gonogo::source::register::open(&elsewhere, question.query.source.as_str(), None).unwrap();
    let failure = ask(&*source, &question).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotConfigured, "{}", case.yaml);
    let settings = format!("{0}: {{ source: {0}", case.provider);
    assert!(failure.next.as_deref().is_some_and(|next| next.contains(&settings)), "{failure:?}");
}
