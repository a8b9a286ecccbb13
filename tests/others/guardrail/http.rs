//! Counters at an address, over TLS on loopback.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use gonogo::{
    domain::{
        Answer, Counters, Digest, Evidence, Failure, Finding, Measured, Measurement, Observation, Stamp,
    },
    source::NowFn,
};

use super::{planned, question};
use crate::others::{
    kit::{ask, word},
    probe::{Names, config, probe_with},
    tls::{GOOD, TlsServer, answer},
};

const LIMITS: &str = "bad: /checkout/failed, total: /checkout/all, at_most: 1%";

fn json(body: &str) -> Vec<u8> {
    answer(200, "Content-Type: application/json\r\n", body)
}

/// What a guardrail with those limits says to each of these answers, asked a minute apart.
async fn looks(limits: &str, replies: Vec<Vec<u8>>) -> Vec<Result<Finding, Failure>> {
    let next = AtomicUsize::new(0);
    let count = replies.len();
    let server = TlsServer::start(GOOD, move |_| replies[next.fetch_add(1, Ordering::SeqCst)].clone());
    let yaml = format!("http: {{ url: '{}', {limits} }}", server.url("probe.test", "/stats?key=1"));
    let question = question(&yaml, 60, 0);
    let at = Arc::new(Mutex::new(gonogo::domain::Now {
        wall: chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        boot: std::time::Duration::from_secs(1_000),
    }));
    let read = Arc::clone(&at);
    let clock: NowFn = Arc::new(move || *read.lock().unwrap());
    let probe = probe_with(config(&[], &["probe.test"]), &Names::are(&["127.0.0.1"]), clock);
    let mut all = Vec::new();
    for _ in 0..count {
        all.push(ask(&probe, &question).await);
        let mut at = at.lock().unwrap();
        at.wall += chrono::TimeDelta::seconds(60);
        at.boot += std::time::Duration::from_secs(60);
    }
    all
}

async fn look(limits: &str, reply: Vec<u8>) -> Result<Finding, Failure> {
    looks(limits, vec![reply]).await.remove(0)
}

fn counters(found: &Finding) -> Counters {
    match &found.measured {
        Some(Measured::Counters(counters)) => *counters,
        other => panic!("no counters: {other:?}"),
    }
}

fn share(is: Measurement) -> (f64, f64) {
    match is {
        Measurement::Share(bad, total) => (bad.get(), total.get()),
        Measurement::Value(_) => panic!("counts"),
    }
}

#[tokio::test]
async fn what_counters_grow_by_between_two_looks_is_a_window() {
    let body = |bad: u32, all: u32| json(&format!(r#"{{"checkout":{{"failed":{bad},"all":"{all}"}}}}"#));
    // The fourth answer is that of a server that was started again.
    let replies = vec![body(5, 1_000), body(6, 1_100), body(8, 1_250), body(0, 40), body(1, 90)];
    let mut live = Evidence::default();
    let mut recorded = Vec::new();
    for (at, found) in looks(LIMITS, replies).await.into_iter().enumerate() {
        let found = found.unwrap();
        assert!(!found.url.as_ref().unwrap().contains("key"), "{found:?}");
        assert_eq!(counters(&found).at, 1_800_000_000 + 60 * i64::try_from(at).unwrap());
        let seen = Stamp {
            wall: chrono::DateTime::from_timestamp(counters(&found).at, 0).unwrap(),
            boot: Some(std::time::Duration::from_secs(1_000 + 60 * at as u64)),
        };
        let answer = Answer::Found(found);
        let it = Observation { gate: "guardrail/errors".into(), question: Digest::of([]), seen, answer };
        // Each look is recorded whole: nobody can be asked for it later.
        assert_eq!(live.news(&it), it);
        recorded.push(it.clone());
        live.observe(it);
    }
    let windows = |evidence: &Evidence| {
        let all = evidence.series(&"guardrail/errors".into()).unwrap_or_default();
        all.iter()
            .map(|it| (it.from - 1_800_000_000, it.to - 1_800_000_000, share(it.is)))
            .collect::<Vec<_>>()
    };
    let expected = [(0, 60, (1.0, 100.0)), (60, 120, (2.0, 150.0)), (180, 240, (1.0, 50.0))];
    assert_eq!(windows(&live), expected, "120 to 180 is a gap");
    // A cockpit that is started again after the second look, and one that replays the day.
    let mut again = Evidence::default();
    again.remember(recorded[..2].to_vec());
    recorded[2..].iter().for_each(|it| again.observe(it.clone()));
    assert_eq!(windows(&again), expected);
}

#[tokio::test]
async fn a_control_and_a_value_are_read_at_their_pointers() {
    let limits = "bad: /on/bad, total: /on/all, control: { bad: /off/bad, total: /off/all, at_most: 120% }";
    let body = json(r#"{"on":{"bad":1,"all":10},"off":{"bad":2,"all":100}}"#);
    let found = counters(&look(limits, body).await.unwrap());
    assert_eq!(
        (share(found.is), share(found.control.unwrap()), found.window),
        ((1.0, 10.0), (2.0, 100.0), 60)
    );
    let found = look("value: /p95, unit: ms, at_most: 250ms", json(r#"{"p95": 310}"#)).await.unwrap();
    let Measurement::Value(value) = counters(&found).is else { panic!("a value") };
    assert!((value.get() - 0.31).abs() < 1e-12);
}

#[tokio::test]
async fn what_can_not_be_counters_is_refused() {
    for (reply, expected) in [
        (json(r#"{"checkout":{"failed":11,"all":9}}"#), "Rejected"),
        (json(r#"{"checkout":{"failed":-1,"all":9}}"#), "Rejected"),
        (json(r#"{"checkout":{"failed":null,"all":9}}"#), "Incomplete"),
        (json(r#"{"checkout":{"failed":"many","all":9}}"#), "Incomplete"),
        (json(r#"{"checkout":{"failed":"NaN","all":9}}"#), "Incomplete"),
        (json(r#"{"checkout":{"failed":[1],"all":9}}"#), "Incomplete"),
        (json("{}"), "Incomplete"),
        (json(r#"{"checkout":"#), "Malformed"),
        (answer(200, "Content-Type: text/html\r\n", "<p>Please log in</p>"), "Malformed"),
        (answer(302, "Location: /login\r\n", ""), "Rejected"),
        (answer(401, "", ""), "Unauthorized"),
        (answer(403, "", ""), "Forbidden"),
        (answer(404, "", ""), "NotFound"),
        (answer(429, "Retry-After: 9\r\n", ""), "RateLimited"),
        (answer(503, "", ""), "ServerError"),
        (
            answer(
                200,
                "Content-Type: application/json\r\nDate: Fri, 01 Jan 2100 00:00:00 GMT\r\n",
                r#"{"checkout":{"failed":1,"all":9}}"#,
            ),
            "Incomplete",
        ),
    ] {
        let text = String::from_utf8_lossy(&reply).into_owned();
        let found = look(LIMITS, reply).await;
        assert_eq!(word(&found), expected, "{text}: {found:?}");
    }
}

#[tokio::test]
async fn only_trusted_files_and_hosts_on_the_list_are_looked_at() {
    let server = TlsServer::start(GOOD, |_| json("{}"));
    let yaml = format!("http: {{ url: '{}', {LIMITS} }}", server.url("probe.test", "/stats"));
    let question = question(&yaml, 60, 0);
    let untrusted = gonogo::source::probe::ProbePolicy { trusted: false, ..config(&[], &["probe.test"]) };
    for config in [untrusted, config(&[], &["other.test"])] {
        let probe = probe_with(config, &Names::are(&["127.0.0.1"]), crate::others::kit::clock());
        assert_eq!(word(&ask(&probe, &question).await), "NotAllowed");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn pointers_and_addresses_are_checked_in_the_file() {
    for (yaml, part) in [
        ("http: { url: 'http://h.example/x', bad: /a, total: /b, at_most: 1% }", "not an https address"),
        ("http: { url: 'https://h.example/x', bad: a, total: /b, at_most: 1% }", "not a JSON pointer"),
        ("http: { url: 'https://h.example/x', bad: /a, at_most: 1% }", "belong together"),
        ("http: { url: 'https://h.example/x', bad: /a, total: /b }", "it has no limit"),
    ] {
        let problems = planned(yaml).unwrap_err();
        assert!(problems.iter().any(|it| it.contains(part)), "{yaml}: {problems:?}");
    }
}
