//! `http` gates: over TLS on loopback, with a resolver of the test's own.

use std::{
    io,
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::future::BoxFuture;
use gonogo::{
    domain::{Answer, Failure, FailureKind, Finding, GateId, Now, Question},
    poller::{Demands, Polled, SourceKey, poll_once},
    source::{
        NowFn, Source,
        http::{ExchangeLimits, Guard, HostLookup},
        probe::{Probe, ProbePolicy},
    },
};

use super::{
    kit::{LONG, ask, clock, decode, question, report, word},
    tls::{CA, EXPIRED, GOOD, TlsServer, answer},
};

/// Gives the same addresses for every name, and counts.
pub struct Names {
    addresses: Mutex<Vec<Vec<IpAddr>>>,
    asked: Mutex<Vec<String>>,
}

impl Names {
    /// The first list for the first question, and so on; the last one for all others.
    pub fn are(lists: &[&str]) -> Arc<Self> {
        let lists =
            lists.iter().rev().map(|list| list.split(' ').map(|text| text.parse().unwrap()).collect());
        Arc::new(Self { addresses: Mutex::new(lists.collect()), asked: Mutex::default() })
    }
}

impl HostLookup for Names {
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        self.asked.lock().unwrap().push(host);
        let mut lists = self.addresses.lock().unwrap();
        let list = if lists.len() > 1 { lists.pop() } else { lists.last().cloned() };
        Box::pin(std::future::ready(Ok(list.unwrap_or_default())))
    }
}

pub fn config(allow: &[&str], private: &[&str]) -> ProbePolicy {
    let list = |hosts: &[&str]| hosts.iter().map(|&host| host.to_owned()).collect();
    ProbePolicy { allow: list(allow), private: list(private), trusted: true, path: "launch.yaml".into() }
}

pub fn probe_with(config: ProbePolicy, names: &Arc<Names>, clock: NowFn) -> Probe {
    let limits = ExchangeLimits { connect: LONG, idle: LONG, whole: 2 * LONG, ..ExchangeLimits::default() };
    let mut guard = Guard::new(config.private.iter().cloned());
    guard.lookup = Arc::clone(names) as Arc<dyn HostLookup>;
    guard.roots = vec![CA.to_vec()];
    Probe::guarded(config, clock, guard, limits).unwrap()
}

/// A probe that may ask `probe.test`, which is this machine.
fn probe() -> Probe {
    probe_with(config(&[], &["probe.test"]), &Names::are(&["127.0.0.1"]), clock())
}

/// What a gate with those limits says of a server that answers so.
async fn look(limits: &str, reply: Vec<u8>) -> Result<Finding, Failure> {
    let server = TlsServer::start(GOOD, move |_| reply.clone());
    let question = question(&format!("http: {{ url: '{}'{limits} }}", server.url("probe.test", "/up?x=1")));
    ask(&probe(), &question).await
}

fn json(body: &str) -> Vec<u8> {
    answer(200, "Content-Type: application/json\r\n", body)
}

#[tokio::test]
async fn a_status_is_asked_for_and_nothing_secret_is_sent() {
    let server = TlsServer::start(GOOD, |_| answer(200, "", "a body with canary-secret"));
    let question = question(&format!("http: {{ url: '{}' }}", server.url("probe.test", "/up?x=1")));
    let probe = probe();
    let answered = report(&probe, &question).await;
    assert_eq!(answered.requests, 1);
    let finding = answered.answers[0].1.clone().unwrap();
    assert_eq!(word(&Ok(finding.clone())), "Holds");
    assert!(!format!("{finding:?}").contains("canary"), "the body is not repeated: {finding:?}");
    assert!(!finding.url.unwrap().contains("x=1"), "nor the query");
    let head = server.heads()[0].to_ascii_lowercase();
    assert!(head.starts_with("get /up?x=1 http/1.1\r\n"), "{head}");
    for secret in ["authorization", "cookie", "referer"] {
        assert!(!head.contains(secret), "{head}");
    }
    assert_eq!(probe.id().as_str(), "http");
}

#[tokio::test]
async fn statuses_by_table() {
    for (limits, status, expected) in [
        ("", 200, "Holds"),
        ("", 204, "Fails"),
        (", status: [200, 204]", 204, "Holds"),
        ("", 404, "Fails"),
        ("", 503, "Fails"),
        ("", 401, "Fails"),
        ("", 429, "RateLimited"),
        (", status: [429]", 429, "Holds"),
    ] {
        let found = look(limits, answer(status, "Retry-After: 9\r\n", "")).await;
        assert_eq!(word(&found), expected, "{limits} {status}: {found:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let away = TlsServer::start(GOOD, |_| answer(200, "", ""));
    for to in [away.url("probe.test", "/login"), "/login".to_owned()] {
        let found = look("", answer(302, &format!("Location: {to}\r\n"), "")).await;
        assert_eq!(word(&found), "Fails", "{to}");
        assert!(found.unwrap().reason.contains("redirect"));
    }
    assert_eq!(away.connections(), 0);
}

/// A cache that kept the answer may have kept it through an outage.
#[tokio::test]
async fn what_a_cache_has_kept_says_nothing_of_now() {
    const JSON: &str = ", json: /version, equals: 3.0.0";
    let kept = |age: &str, limits: &'static str| {
        let headers = format!("Content-Type: application/json\r\nAge: {age}\r\nx-version: 3.0.0\r\n");
        async move { look(limits, answer(200, &headers, r#"{"version":"3.0.0"}"#)).await }
    };
    for (age, limits, expected) in [
        ("7200", JSON, "Unclear"),
        ("7200", ", header: x-version, equals: 3.0.0", "Unclear"),
        ("590", JSON, "Holds"),
        ("0", JSON, "Holds"),
        ("yesterday", JSON, "Unclear"),
        ("7200", ", json: /version, equals: 3.1.0", "Fails"),
        // What people get is what the cache gives.
        ("7200", "", "Holds"),
    ] {
        let found = kept(age, limits).await;
        assert_eq!(word(&found), expected, "{age} {limits}: {found:?}");
    }
    // What it did not keep for too long is as old as the cache says.
    for (age, limits, expected) in [("590", JSON, Some(590)), ("0", JSON, None), ("590", "", None)] {
        let headers = format!("Content-Type: application/json\r\nAge: {age}\r\n");
        let reply = answer(200, &headers, r#"{"version":"3.0.0"}"#);
        let server = TlsServer::start(GOOD, move |_| reply.clone());
        let question = question(&format!("http: {{ url: '{}'{limits} }}", server.url("probe.test", "/")));
        let told = report(&probe(), &question).await.kept.get(&question.gate).map(Duration::as_secs);
        assert_eq!(told, expected, "{age} {limits}");
    }
    let said = kept("7200", "").await.unwrap().reason;
    assert!(said.contains("a cache has kept this answer for 2 h"), "{said}");
}

/// Caches hand out the `Date` of when they were filled: it is no clock.
#[tokio::test]
async fn what_a_cache_has_kept_tells_no_time() {
    for (age, told) in [("", true), ("Age: 3\r\n", true), ("Age: 7200\r\n", false), ("Age: old\r\n", false)] {
        let reply = answer(200, &format!("Date: Mon, 30 Nov 2026 08:00:00 GMT\r\n{age}"), "");
        let server = TlsServer::start(GOOD, move |_| reply.clone());
        let question = question(&format!("http: {{ url: '{}' }}", server.url("probe.test", "/")));
        assert_eq!(report(&probe(), &question).await.server_time.is_some(), told, "{age:?}");
    }
}

#[tokio::test]
async fn numbers_are_equal_digit_by_digit() {
    for (body, wanted, expected) in [
        ("9007199254740993", "9007199254740992", "Fails"),
        ("9007199254740993", "9007199254740993", "Holds"),
        ("12345678901234567890123", "12345678901234567890124", "Unclear"),
        ("12345678901234567890123", "7", "Fails"),
        ("42", "0042", "Unclear"),
        ("42", "42.0", "Holds"),
        ("0.5", "5e-1", "Holds"),
        ("0", "0", "Holds"),
        ("0.25", "0.25", "Holds"),
        ("3.10", "3.1", "Unclear"),
        ("3.1", "3.1", "Holds"),
        ("2.00", "2.0", "Unclear"),
    ] {
        let found =
            look(&format!(", json: /n, equals: '{wanted}'"), json(&format!(r#"{{"n":{body}}}"#))).await;
        assert_eq!(word(&found), expected, "{body} {wanted}: {found:?}");
    }
}

#[tokio::test]
async fn head_needs_no_body() {
    let server = TlsServer::start(GOOD, |head| {
        assert!(head.starts_with("HEAD "), "{head}");
        b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n".to_vec()
    });
    let url = server.url("probe.test", "/");
    let found = ask(&probe(), &question(&format!("http: {{ url: '{url}', method: head }}"))).await;
    assert_eq!(word(&found), "Holds", "{found:?}");
}

#[tokio::test]
async fn json_by_table() {
    let body = r#"{"status":{"indicator":"none"},"errors":3,"share":"0.5","ok":true,"none":null,"list":[1],"a/b":"x"}"#;
    for (limits, expected) in [
        ("json: /status/indicator, equals: none", "Holds"),
        ("json: /status/indicator, equals: minor", "Fails"),
        ("json: /a~1b, equals: x", "Holds"),
        ("json: /ok, equals: \"true\"", "Holds"),
        ("json: /errors, equals: \"3.0\"", "Holds"),
        ("json: /errors, at_most: 3", "Holds"),
        ("json: /errors, at_most: 2", "Fails"),
        ("json: /share, at_least: 0.5", "Holds"),
        ("json: /gone, equals: none", "Unclear"),
        ("json: /none, equals: \"null\"", "Unclear"),
        ("json: /list, equals: \"[1]\"", "Unclear"),
        ("json: /status/indicator, at_most: 3", "Unclear"),
    ] {
        let found = look(&format!(", {limits}"), json(body)).await;
        assert_eq!(word(&found), expected, "{limits}: {found:?}");
    }
}

#[tokio::test]
async fn a_key_that_is_there_twice_is_no_answer() {
    for body in [r#"{"status":"down","status":"none"}"#, r#"{"status":"none"} x"#, r#"{"status":"none""#] {
        assert_eq!(word(&look(", json: /status, equals: none", json(body)).await), "Malformed", "{body}");
    }
    let html = answer(200, "Content-Type: text/html\r\n", "<p>Please log in</p>");
    assert_eq!(word(&look(", json: /status, equals: none", html).await), "Malformed");
}

#[tokio::test]
async fn headers_by_table() {
    for (headers, limits, expected) in [
        ("X-Version: 3.0.0\r\n", "header: X-Version, equals: 3.0.0", "Holds"),
        ("X-Version: 2.9.0\r\n", "header: x-version, equals: 3.0.0", "Fails"),
        ("", "header: x-version, equals: 3.0.0", "Unclear"),
        ("X-Version: 3.0.0\r\nX-Version: 2.9.0\r\n", "header: x-version, equals: 3.0.0", "Unclear"),
        ("X-Lag: 4\r\n", "header: x-lag, at_most: 5", "Holds"),
        ("X-Lag: NaN\r\n", "header: x-lag, at_most: 5", "Unclear"),
    ] {
        let found = look(&format!(", {limits}"), answer(200, headers, "")).await;
        assert_eq!(word(&found), expected, "{headers} {limits}");
        assert!(!format!("{found:?}").contains("2.9.0"), "what came is not repeated: {found:?}");
    }
}

/// A clock whose boot time goes on by a second with every look.
fn slow_clock() -> NowFn {
    let at = Mutex::new(0);
    let wall = clock()().wall;
    Arc::new(move || {
        let mut at = at.lock().unwrap();
        *at += 1;
        Now { wall, boot: Duration::from_secs(*at) }
    })
}

#[tokio::test]
async fn a_slow_answer_fails() {
    for (within, expected) in [("1s", "Holds"), ("999ms", "Fails")] {
        let server = TlsServer::start(GOOD, |_| answer(200, "", ""));
        let probe = probe_with(config(&[], &["probe.test"]), &Names::are(&["127.0.0.1"]), slow_clock());
        let yaml = format!("http: {{ url: '{}', within: {within} }}", server.url("probe.test", "/"));
        let found = ask(&probe, &question(&yaml)).await;
        assert_eq!(word(&found), expected, "{found:?}");
    }
}

#[tokio::test]
async fn the_end_of_the_certificate_counts_by_the_later_clock() {
    let at = |text: &str| -> NowFn {
        let wall = text.parse().unwrap();
        Arc::new(move || Now { wall, boot: Duration::ZERO })
    };
    for (now, date, expected) in [
        ("2123-11-01T00:00:00Z", "", "Holds"),
        ("2123-12-20T00:00:00Z", "", "Fails"),
        ("2130-01-01T00:00:00Z", "", "Fails"),
        ("2020-01-01T00:00:00Z", "Date: Mon, 20 Dec 2123 00:00:00 GMT\r\n", "Fails"),
    ] {
        let server = TlsServer::start(GOOD, move |_| answer(200, date, ""));
        let probe = probe_with(config(&[], &["probe.test"]), &Names::are(&["127.0.0.1"]), at(now));
        let yaml = format!("http: {{ url: '{}', tls_valid_for: 30d }}", server.url("probe.test", "/"));
        let found = ask(&probe, &question(&yaml)).await;
        assert_eq!(word(&found), expected, "{now} {date}: {found:?}");
    }
}

#[tokio::test]
async fn tls_that_can_not_be_trusted_is_unreachable() {
    let expired = TlsServer::start(EXPIRED, |_| answer(200, "", ""));
    let found =
        ask(&probe(), &question(&format!("http: {{ url: '{}' }}", expired.url("probe.test", "/")))).await;
    assert_eq!(word(&found), "Unreachable");
    assert!(found.unwrap_err().message.contains("TLS refused"));
    let wrong_name = TlsServer::start(GOOD, |_| answer(200, "", ""));
    let probe = probe_with(config(&[], &["wrong.test"]), &Names::are(&["127.0.0.1"]), clock());
    let found =
        ask(&probe, &question(&format!("http: {{ url: '{}' }}", wrong_name.url("wrong.test", "/")))).await;
    assert_eq!(word(&found), "Unreachable");
    assert!(expired.heads().is_empty() && wrong_name.heads().is_empty());
}

#[tokio::test]
async fn so_many_good_answers_in_a_row() {
    let good = Arc::new(Mutex::new(true));
    let state = Arc::clone(&good);
    let server =
        TlsServer::start(GOOD, move |_| answer(if *state.lock().unwrap() { 200 } else { 503 }, "", ""));
    let probe = probe();
    let question = question(&format!("http: {{ url: '{}', in_a_row: 3 }}", server.url("probe.test", "/")));
    let mut words = Vec::new();
    for is_good in [true, true, false, true, true, true, true] {
        *good.lock().unwrap() = is_good;
        words.push(word(&ask(&probe, &question).await));
    }
    assert_eq!(words, ["Pending", "Pending", "Fails", "Pending", "Pending", "Holds", "Holds"]);
    drop(server);
}

#[tokio::test]
async fn a_host_that_asks_to_wait_is_left_alone_and_the_others_are_asked_on() {
    let busy = TlsServer::start(GOOD, |_| answer(429, "Retry-After: 90\r\n", ""));
    let well = TlsServer::start(GOOD, |_| answer(200, "", ""));
    let hosts = ["probe.test", "wrong.test"];
    let probe = probe_with(config(&[], &hosts), &Names::are(&["127.0.0.1"]), clock());
    let gate = |url: String| question(&format!("http: {{ url: '{url}' }}"));
    let (one, other) = (gate(busy.url("probe.test", "/")), gate(busy.url("probe.test", "/other")));
    let limited = report(&probe, &one).await;
    assert_eq!((word(&limited.answers[0].1).as_str(), limited.wait), ("RateLimited", None));
    let again = report(&probe, &other).await;
    assert_eq!((word(&again.answers[0].1).as_str(), again.requests), ("RateLimited", 0));
    assert_eq!(busy.heads().len(), 1, "nothing is sent before it said");
    let elsewhere = report(&probe, &gate(well.url("wrong.test", "/"))).await;
    assert_eq!(elsewhere.requests, 1, "another host is another matter: {elsewhere:?}");
}

#[tokio::test]
async fn one_check_looks_until_the_row_is_whole() {
    let server = TlsServer::start(GOOD, |_| answer(200, "", ""));
    let question = question(&format!("http: {{ url: '{}', in_a_row: 3 }}", server.url("probe.test", "/")));
    let demands = Demands { questions: vec![question.clone()], ..Demands::default() };
    let key = SourceKey { source: "http".into(), connection: None };
    let clock = clock();
    let polled = Polled { key, source: Arc::new(probe()) };
    let settled = poll_once(vec![polled], &demands, Duration::from_secs(30), &clock).await;
    let Answer::Found(found) = &settled.observations[0].answer else { panic!("{settled:?}") };
    assert_eq!((format!("{:?}", found.outcome).as_str(), server.heads().len()), ("Holds", 3));
}

#[tokio::test]
async fn gates_of_one_question_are_each_looked_at_until_their_row_is_whole() {
    let server = TlsServer::start(GOOD, |_| answer(200, "", ""));
    let one = question(&format!("http: {{ url: '{}', in_a_row: 2 }}", server.url("probe.test", "/")));
    let other = Question { gate: GateId::new("other/g"), ..one.clone() };
    let demands = Demands { questions: vec![one, other], ..Demands::default() };
    let key = SourceKey { source: "http".into(), connection: None };
    let polled = Polled { key, source: Arc::new(probe()) };
    let settled = poll_once(vec![polled], &demands, Duration::from_secs(30), &clock()).await;
    let words = settled.observations.iter().map(|it| match &it.answer {
        Answer::Found(found) => format!("{:?}", found.outcome),
        other @ Answer::Failed(_) => format!("{other:?}"),
    });
    assert_eq!(words.collect::<Vec<_>>(), ["Holds", "Holds"]);
}

#[tokio::test]
async fn a_failure_to_reach_it_ends_the_row() {
    let server =
        TlsServer::start(GOOD, |head| if head.contains("/cut") { Vec::new() } else { answer(200, "", "") });
    let names = Names::are(&["127.0.0.1", "127.0.0.1", "10.0.0.1 224.0.0.1", "127.0.0.1"]);
    let probe = probe_with(config(&[], &["probe.test"]), &names, clock());
    let question = question(&format!("http: {{ url: '{}', in_a_row: 2 }}", server.url("probe.test", "/")));
    let mut words = Vec::new();
    for _ in 0..5 {
        words.push(word(&ask(&probe, &question).await));
    }
    assert_eq!(words, ["Pending", "Holds", "NotAllowed", "Pending", "Holds"]);
}

#[tokio::test]
async fn files_that_are_not_trusted_ask_nothing() {
    let server = TlsServer::start(GOOD, |_| answer(200, "", ""));
    let untrusted = ProbePolicy { trusted: false, ..config(&["probe.test"], &["probe.test"]) };
    let names = Names::are(&["127.0.0.1"]);
    let probe = probe_with(untrusted, &names, clock());
    let failure = ask(&probe, &question(&format!("http: {{ url: '{}' }}", server.url("probe.test", "/"))))
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotAllowed);
    assert!(failure.next.unwrap().ends_with("gonogo trust launch.yaml"));
    assert_eq!((server.connections(), names.asked.lock().unwrap().len()), (0, 0));
}

#[tokio::test]
async fn only_the_very_hosts_on_the_list_are_asked() {
    let server = TlsServer::start(GOOD, |_| answer(200, "", ""));
    let names = Names::are(&["127.0.0.1"]);
    let probe = probe_with(config(&["status.example.com"], &["probe.test"]), &names, clock());
    for host in ["other.test", "x.probe.test", "probe.test.", "probe.test.evil.example", "127.0.0.1"] {
        let failure = ask(&probe, &question(&format!("http: {{ url: '{}' }}", server.url(host, "/"))))
            .await
            .unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotAllowed, "{host}");
    }
    assert_eq!((server.connections(), names.asked.lock().unwrap().len()), (0, 0), "not even looked up");
    let found =
        ask(&probe, &question(&format!("http: {{ url: '{}' }}", server.url("PROBE.TEST", "/")))).await;
    assert_eq!(word(&found), "Holds");
}

#[tokio::test]
async fn a_public_name_with_a_private_address_is_not_asked() {
    let server = TlsServer::start(GOOD, |_| answer(200, "", ""));
    for addresses in [
        "127.0.0.1",
        "8.8.8.8 127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "224.0.0.1",
        "0.0.0.0",
    ] {
        let probe = probe_with(config(&["probe.test"], &[]), &Names::are(&[addresses]), clock());
        let failure =
            ask(&probe, &question(&format!("http: {{ url: '{}' }}", server.url("probe.test", "/"))))
                .await
                .unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotAllowed, "{addresses}: {failure:?}");
        assert!(failure.next.unwrap().contains("private"), "{addresses}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn an_address_on_the_list_is_checked_as_one() {
    let server = TlsServer::start(GOOD, |_| answer(200, "", ""));
    for (private, expected) in [(&[][..], "NotAllowed"), (&["127.0.0.1"], "Holds")] {
        let probe = probe_with(config(&["127.0.0.1"], private), &Names::are(&["8.8.8.8"]), clock());
        let found =
            ask(&probe, &question(&format!("http: {{ url: '{}' }}", server.url("127.0.0.1", "/")))).await;
        assert_eq!(word(&found), expected, "{found:?}");
    }
}

#[tokio::test]
async fn a_name_is_resolved_once_and_connected_to_what_was_checked() {
    let server = TlsServer::start(GOOD, |_| answer(200, "", ""));
    // Checked as this machine; whoever asked again would be sent elsewhere.
    let names = Names::are(&["127.0.0.1", "224.0.0.1"]);
    let probe = probe_with(config(&[], &["probe.test"]), &names, clock());
    let question = question(&format!("http: {{ url: '{}' }}", server.url("probe.test", "/")));
    assert_eq!(word(&ask(&probe, &question).await), "Holds");
    assert_eq!(*names.asked.lock().unwrap(), ["probe.test"]);
    assert_eq!(word(&ask(&probe, &question).await), "NotAllowed", "a new connection is checked anew");
}

#[tokio::test]
async fn what_is_filled_in_later_can_not_choose_the_server() {
    let mut question = question("http: { url: 'https://probe.test/{{ answers.qa/build.id }}' }");
    let probe = probe();
    for url in
        ["http://probe.test/", "https://user@probe.test/", "https://evil.example/", "file:///etc/passwd", "x"]
    {
        question.query.args["url"] = serde_json::json!(url);
        let failure = ask(&probe, &question).await.unwrap_err();
        assert!(
            matches!(failure.kind, FailureKind::Rejected | FailureKind::NotAllowed),
            "{url}: {failure:?}"
        );
    }
}

#[test]
fn what_a_gate_may_say() {
    for (limits, problem) in [
        ("url: http://h.example/", "not an https address"),
        ("url: 'https://{{ answers.qa/x.host }}/'", "the host must be written out"),
        ("url: 'https://{{ answers.qa/x.host }}.example/'", "the host must be written out"),
        ("url: 'https://u:p@h.example/'", "a user or a password"),
        ("url: 'https:///x'", "not an address"),
        ("url: https://h.example, method: post", "allowed here: get, head"),
        ("url: https://h.example, status: []", "nothing could pass"),
        ("url: https://h.example, status: [100]", "not a status"),
        ("url: https://h.example, within: 31s", "1ms to 30s"),
        ("url: https://h.example, within: 0ms", "1ms to 30s"),
        ("url: https://h.example, in_a_row: 0", "from 1 to 1000"),
        ("url: https://h.example, tls_valid_for: 5wd", "not a length of time"),
        ("url: https://h.example, equals: x", "it does not say what to compare"),
        ("url: https://h.example, json: /a", "it does not say what it must be"),
        ("url: https://h.example, json: a, equals: x", "not a JSON pointer"),
        ("url: https://h.example, json: /a~2, equals: x", "not a JSON pointer"),
        ("url: https://h.example, json: /a, header: b, equals: x", "cannot both"),
        ("url: https://h.example, json: /a, equals: x, at_most: 1", "not both"),
        ("url: https://h.example, method: head, json: /a, equals: x", "has no body"),
        ("url: https://h.example, header: 'a b', equals: x", "not the name of a header"),
        ("url: https://h.example, follow: true", "unknown key `follow`"),
    ] {
        let problems = decode(&format!("http: {{ {limits} }}"), &[]).unwrap_err();
        assert!(problems.iter().any(|it| it.contains(problem)), "{limits}: {problems:?}");
    }
    let (_, _, decoded) = decode(
        "http: { url: 'https://h.example/up?k=v', within: 500ms, in_a_row: 3, json: /s, equals: ok }",
        &[],
    )
    .unwrap();
    assert_eq!(&*decoded.said, "https://h.example/up: 200, within 500 ms, /s \"ok\", 3 in a row");
}

#[tokio::test]
async fn a_page_that_stands_in_for_another_has_the_same_status() {
    let html = |body: &str| answer(200, "Content-Type: text/html; charset=utf-8\r\n", body);
    let login = "<form><input name=user><input TYPE=\"password\" name=p></form>";
    for (body, expected, says) in [
        ("<h1>Checkout</h1>", "Holds", "200 in"),
        (login, "Unclear", "asks for a password"),
        (
            "<body onload=go()><form action=https://idp.example.com><input name=\"SAMLRequest\">",
            "Unclear",
            "password",
        ),
        ("<meta http-equiv=\"refresh\" content=\"0; url=/login\">", "Unclear", "leads on"),
        ("<meta http-equiv=\"refresh\" content=\"30\">", "Holds", "200 in"),
        ("<meta http-equiv=\"X-UA-Compatible\" content=\"x\">", "Holds", "200 in"),
    ] {
        let found = look("", html(body)).await;
        assert_eq!(word(&found), expected, "{body}");
        let reason = found.unwrap().reason;
        assert!(reason.contains(says), "{body}: {reason}");
    }
    let named = ", header: content-type, equals: 'text/html; charset=utf-8'";
    assert_eq!(word(&look(named, html(login)).await), "Holds", "something of it is compared");
    for (path, reply, expected) in [
        ("/login", html(login), "Holds"),
        ("/status.json", html("<h1>Sign in</h1>"), "Unclear"),
        ("/status.json", json("{}"), "Holds"),
    ] {
        let server = TlsServer::start(GOOD, move |_| reply.clone());
        let asked = question(&format!("http: {{ url: '{}' }}", server.url("probe.test", path)));
        assert_eq!(word(&ask(&probe(), &asked).await), expected, "{path}");
    }
}
