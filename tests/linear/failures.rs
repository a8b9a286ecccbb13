//! Everything that can go wrong between here and there, for every kind: never a finding, always the right failure.

use std::{sync::Arc, time::Duration};

use gonogo::{
    domain::{
        FailureKind::{
            self, FeatureOff, Forbidden, Incomplete, Malformed, NotConfigured, RateLimited, Rejected,
            ServerError, TimedOut, Unauthorized, Unreachable,
        },
        Outcome,
    },
    source::{
        Source,
        http::{ExchangeLimits, Http, Url},
        linear::{Linear, LinearConfig},
    },
};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    linear::rig::{Failed, Found, GREEN, KEY, ask, ask_one, batch, linear, linear_within, report, start},
    support::server::{Fault, Reply},
};

fn error(kind: &str, code: &str, message: &str) -> Value {
    json!({ "message": message, "extensions": { "type": kind, "code": code } })
}

/// An error with this path in place of the data.
fn instead(mut error: Value, path: Option<&str>) -> Fault {
    if let Some(path) = path {
        error["path"] = json!([path]);
    }
    Fault::Change(Arc::new(move |body| *body = json!({ "data": null, "errors": [error] })))
}

#[tokio::test]
async fn every_kind_fails_closed_on_every_fault() {
    let faults: Vec<(&str, Fault, FailureKind)> = vec![
        ("malformed", Fault::Garbage, Malformed),
        ("a captive portal", Fault::Html, Malformed),
        ("cut", Fault::Cut(20), Malformed),
        ("wrong content type", Fault::ContentType("text/html"), Malformed),
        ("no connection left", Fault::Reset, Malformed),
        ("502", Fault::status(502), ServerError),
        ("503 with a page", Fault::Reply(Reply::text(503, "text/html", "<html>down</html>")), ServerError),
        ("bare 429", Fault::too_many("7"), RateLimited),
        ("bare 401", Fault::status(401), Unauthorized),
        ("bare 403", Fault::status(403), Forbidden),
        ("bare 404", Fault::status(404), Rejected),
        ("forbidden", instead(error("forbidden", "FORBIDDEN", "no"), Some("a0")), Forbidden),
        ("forbidden without a path", instead(error("forbidden", "FORBIDDEN", "no"), None), Forbidden),
        (
            "feature off",
            instead(error("feature not accessible", "FEATURE_NOT_ACCESSIBLE", "no"), Some("a0")),
            FeatureOff,
        ),
        (
            "unauthorized at 200",
            instead(error("authentication error", "AUTHENTICATION_ERROR", "no"), None),
            Unauthorized,
        ),
        ("rate limit at 200", instead(error("ratelimited", "RATELIMITED", "slow"), None), RateLimited),
        (
            "validation",
            instead(error("graphql error", "GRAPHQL_VALIDATION_FAILED", "no field"), None),
            Rejected,
        ),
        ("too complex", instead(error("invalid input", "INPUT_ERROR", "Query too complex"), None), Rejected),
        ("internal", instead(error("internal error", "INTERNAL_SERVER_ERROR", "oops"), None), ServerError),
        ("a new sort of error", instead(error("novel", "NOVEL", "hm"), None), Incomplete),
        ("no data", Fault::Change(Arc::new(|body| *body = json!({ "data": null }))), Incomplete),
        ("empty", Fault::Change(Arc::new(|body| *body = json!({}))), Malformed),
        ("a list", Fault::Change(Arc::new(|body| *body = json!([1]))), Malformed),
        ("no alias", Fault::Change(Arc::new(|body| body["data"] = json!({}))), Incomplete),
        ("a null", Fault::null_at("/data/a0"), Incomplete),
        (
            "errors beside data",
            Fault::graphql_errors(json!([{ "message": "x", "path": ["a0", "nodes"] }])),
            Incomplete,
        ),
        ("errors as text", Fault::graphql_errors(json!("oops")), Incomplete),
    ];
    let server = start(|_| ());
    for (what, fault, kind) in faults {
        server.heal();
        server.fault(fault);
        for (thing, limits) in GREEN {
            Failed(kind, "").check(&format!("{thing}: {what}"), &ask_one(&server, thing, limits).await);
        }
    }
}

#[tokio::test]
async fn silence_is_a_time_out() {
    let server = start(|_| ());
    server.fault(Fault::Hang);
    let limits = ExchangeLimits { idle: Duration::from_millis(50), ..ExchangeLimits::default() };
    let report =
        linear_within(&server, Some(KEY), limits).ask(&batch(&GREEN), &CancellationToken::new()).await;
    assert_eq!(
        (report.answers.len(), report.requests),
        (GREEN.len(), 1),
        "the next request would fare no better"
    );
    assert!(report.answers.iter().all(|(_, it)| it.as_ref().unwrap_err().kind == TimedOut));
}

#[tokio::test]
async fn nulls_where_data_was_asked_are_no_answer() {
    for pointer in [
        "/data/a1/nodes",
        "/data/a1/pageInfo",
        "/data/a1/nodes/0",
        "/data/a1/nodes/0/state",
        "/data/a1/nodes/0/title",
        "/data/a1/pageInfo/hasNextPage",
        "/data/a0/nodes",
    ] {
        let server = start(|world| world.set_state("CHK-1", "Todo"));
        server.fault(Fault::null_at(pointer));
        Failed(Incomplete, "").check(pointer, &ask_one(&server, "issues", "{ team: CHK, at_most: 5 }").await);
    }
}

#[tokio::test]
async fn an_error_beside_data_touches_its_own_gates_only() {
    let server = start(|_| ());
    server.fault(Fault::graphql_errors(json!([{ "message": "half a page", "path": ["a1", "nodes", 0] }])));
    let answers =
        ask(&server, &[("issues", "{ team: CHK }"), ("issues", "{ team: CHK, labels: [release-blocker] }")])
            .await;
    Failed(Incomplete, "half a page").check("touched", &answers[0]);
    Found(Outcome::Holds, "").check("untouched", &answers[1]);
}

#[tokio::test]
async fn an_error_that_names_nothing_that_was_asked_spoils_all() {
    for path in [json!(["a99"]), json!(["issues"]), json!([]), json!([0]), json!(["_service", "a0"])] {
        let server = start(|_| ());
        let mut stray = error("internal error", "X", "half an answer");
        stray["path"] = path.clone();
        server.fault(Fault::graphql_errors(json!([stray])));
        for answer in ask(&server, &[("issues", "{ team: CHK }"), GREEN[1]]).await {
            assert_ne!(answer.as_ref().map(|it| it.outcome).ok(), Some(Outcome::Holds), "{path}");
            // Beside data, one that names something means that a part is missing.
            let kind = if path[0].is_string() { Incomplete } else { ServerError };
            Failed(kind, "half an answer").check(&path.to_string(), &answer);
        }
        let blames = instead(error("forbidden", "FORBIDDEN", "not yours"), path[0].as_str());
        server.fault(blames);
        let report = report(&server, &[("issues", "{ team: CHK }"), GREEN[1]]).await;
        assert_eq!(report.requests, 1, "nobody to blame, so nothing is asked again");
        assert!(report.answers.iter().all(|(_, it)| it.is_err()), "{path}");
    }
}

#[tokio::test]
async fn a_server_that_says_when_to_come_back_is_asked_once() {
    let server = start(|_| ());
    server.fault(Fault::Reply(Reply::text(503, "text/html", "<html>down</html>").with("Retry-After", 30)));
    let gates = [GREEN[0], GREEN[1], GREEN[6], GREEN[8]];
    let report = report(&server, &gates).await;
    assert_eq!((report.requests, server.count()), (1, 1));
    assert_eq!(report.wait.expect("a wait").as_secs(), 30);
    for (gate, answer) in &report.answers {
        Failed(ServerError, "503").check(gate.as_str(), answer);
    }
}

#[tokio::test]
async fn a_gate_that_nulls_the_whole_answer_is_left_out_and_the_others_asked_again() {
    let server = start(|_| ());
    let blame = instead(error("forbidden", "FORBIDDEN", "not yours"), Some("a2"));
    server.fault_when(|request| request.body.contains("ProjectFacts"), blame);
    let gates = [
        ("issues", "{ team: CHK }"),
        ("project", "{ name: Checkout, status: started }"),
        ("milestone", "{ project: Checkout, name: GA }"),
    ];
    let report = report(&server, &gates).await;
    assert_eq!(report.requests, 2);
    for (gate, answer) in &report.answers {
        match gate.local() {
            "1" => Failed(Forbidden, "not yours").check("blamed", answer),
            _ => Found(Outcome::Holds, "").check("others", answer),
        }
    }
}

#[tokio::test]
async fn a_workspace_without_releases_keeps_its_other_gates() {
    let server = start(|_| ());
    let off = instead(error("feature not accessible", "X", "Releases are not available"), None);
    server.fault_when(|request| request.body.contains("releases("), off);
    let answers = ask(&server, &[GREEN[8], GREEN[1], GREEN[2]]).await;
    Failed(FeatureOff, "not available").check("release", &answers[0]);
    Found(Outcome::Holds, "").check("issues_done", &answers[1]);
    Found(Outcome::Holds, "").check("project", &answers[2]);
}

#[tokio::test]
async fn a_rate_limit_is_heeded_for_as_long_as_the_server_says() {
    let server = start(|world| {
        world.requests.remaining = 0;
        world.requests.reset = 300;
    });
    let gates = [GREEN[0], GREEN[1], ("view", "{ id: blockers-view, of: issues }")];
    let limited = report(&server, &gates).await;
    assert!(limited.answers.iter().all(|(_, it)| it.as_ref().unwrap_err().kind == RateLimited));
    let wait = limited.wait.expect("a wait").as_secs();
    assert!((295..=300).contains(&wait), "epoch milliseconds: {wait}");
    assert_eq!(limited.requests, 1, "nothing more is sent after the refusal");

    let bare = Reply::json(400, &json!({ "errors": [error("ratelimited", "RATELIMITED", "slow down")] }));
    for (reply, expected) in [
        (bare.clone(), 60),
        (bare.clone().with("Retry-After", 7), 7),
        (bare.with("Retry-After", 86_400), 900),
    ] {
        let server = start(|_| ());
        server.fault(Fault::Reply(reply));
        assert_eq!(report(&server, &gates).await.wait.expect("a wait").as_secs(), expected);
    }
}

#[tokio::test]
async fn the_scarcer_budget_is_told() {
    let server = start(|world| world.complexity.remaining = 300_000);
    let report = report(&server, &[GREEN[0]]).await;
    let budget = gonogo::domain::Budget::scarcest(&report.budgets).expect("a budget");
    assert_eq!(budget.limit, 3_000_000);
    assert!(report.server_time.is_some() && report.wait.is_none());
}

#[tokio::test]
async fn without_a_key_nothing_is_sent() {
    let server = start(|_| ());
    for key in [None, Some(""), Some("  ")] {
        let report = linear(&server, key).ask(&batch(&GREEN), &CancellationToken::new()).await;
        assert_eq!((report.answers.len(), report.requests), (GREEN.len(), 0));
        for (_, answer) in report.answers {
            let failure = answer.unwrap_err();
            assert_eq!((failure.kind, failure.next.as_deref()), (NotConfigured, Some("set LINEAR_API_KEY")));
        }
    }
    assert_eq!(server.count(), 0);
    let config = LinearConfig {
        url: Url::parse(&server.endpoint()).unwrap(),
        token: Some(SecretString::from("lin_api_a\nb")),
    };
    let http = Http::direct(ExchangeLimits::default()).unwrap();
    assert!(Linear::new(http, config).is_err(), "a line break in a key");
}

#[tokio::test]
async fn personal_keys_go_bare_and_other_tokens_as_bearer() {
    for (key, sent) in [(KEY, KEY.to_owned()), ("oauth-canary", "Bearer oauth-canary".to_owned())] {
        let server = start(|_| ());
        let report = linear(&server, Some(key)).ask(&batch(&[GREEN[1]]), &CancellationToken::new()).await;
        Found(Outcome::Holds, "").check(key, &report.answers[0].1);
        assert_eq!(server.requests()[0].header("authorization"), Some(sent.as_str()));
    }
}

#[tokio::test]
async fn a_key_that_is_refused_or_revoked_mid_run_is_no_green() {
    let server = start(|world| drop(world.keys.insert(KEY.into(), None)));
    Found(Outcome::Holds, "").check("before", &ask_one(&server, GREEN[0].0, GREEN[0].1).await);
    server.edit(|world| {
        world.keys.clear();
        world.keys.insert("another".into(), None);
    });
    let report = report(&server, &GREEN).await;
    assert_eq!(report.requests, 1, "no storm of requests that cannot succeed");
    for (gate, answer) in &report.answers {
        Failed(Unauthorized, "").check(gate.as_str(), answer);
    }
}

#[tokio::test]
async fn a_key_that_is_sent_as_bearer_is_a_matter_of_the_key() {
    let server = start(|_| ());
    let text = "It looks like you're trying to use an API key as a Bearer token. Remove the Bearer prefix from the Authorization header.";
    let body = json!({ "errors": [error("invalid input", "INPUT_ERROR", text)] });
    server.fault(Fault::Reply(Reply::json(400, &body)));
    Failed(Unauthorized, "Bearer").check("hint", &ask_one(&server, "issues", "{ team: CHK }").await);
}

#[tokio::test]
async fn a_server_that_repeats_the_key_does_not_get_it_shown() {
    let server = start(|_| ());
    for fault in [
        instead(error("forbidden", "FORBIDDEN", &format!("{KEY} may not")), None),
        instead(error("forbidden", "FORBIDDEN", &format!("{KEY} may not")), Some("a0")),
        Fault::graphql_errors(json!([{ "message": KEY, "path": ["a0"] }])),
        Fault::Reply(Reply::text(500, "text/html", KEY)),
    ] {
        server.fault(fault);
        let report = report(&server, &GREEN).await;
        assert!(!format!("{report:?}").contains("canary"), "{report:?}");
    }
    let source = linear(&server, Some(KEY));
    assert!(!format!("{:?}", source.viewer(&CancellationToken::new()).await).contains("canary"));
}

#[tokio::test]
async fn a_question_that_is_cancelled_has_no_answer() {
    let server = start(|_| ());
    let cancel = CancellationToken::new();
    cancel.cancel();
    let report = linear(&server, Some(KEY)).ask(&batch(&GREEN), &cancel).await;
    assert_eq!((report.answers.len(), report.requests, server.count()), (GREEN.len(), 0, 0));
    assert!(report.answers.iter().all(|(_, it)| it.as_ref().unwrap_err().kind == TimedOut));
}

#[tokio::test]
async fn a_server_that_is_gone_is_unreachable() {
    let server = start(|_| ());
    server.close();
    let answers = ask(&server, &GREEN).await;
    assert!(answers.iter().all(|it| it.as_ref().unwrap_err().kind == Unreachable), "{answers:?}");
}
