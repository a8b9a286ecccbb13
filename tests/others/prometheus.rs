//! One number of Prometheus.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use gonogo::domain::{Failure, FailureKind, Finding};
use serde_json::{Value, json};

use super::{
    conformance::{Case, check},
    kit::{CANARY, anonymous, ask, decode, ok, once, question, serve, source, word},
};
use crate::support::server::{Reply, Req};

const AT: f64 = 1_795_230_676.786;

fn vector(values: &[&str]) -> Value {
    let series: Vec<Value> =
        values.iter().map(|value| json!({"metric": {"job": "web"}, "value": [AT, value]})).collect();
    json!({"status": "success", "data": {"resultType": "vector", "result": series}})
}

fn good(request: &Req) -> Reply {
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/api/v1/query"));
    ok(&vector(&["0.004"]))
}

const YAML: &str = "prometheus: { query: errors, at_most: 0.01 }";

async fn answered(body: Value) -> Result<Finding, Failure> {
    once("prometheus", YAML, move |_| ok(&body)).await
}

#[tokio::test]
async fn it_keeps_the_promises_of_every_source() {
    check(&Case {
        provider: "prometheus",
        yaml: YAML,
        defaults: &[],
        good,
        signs: &[],
        decisive: &[
            "/status",
            "/data",
            "/data/resultType",
            "/data/result",
            "/data/result/0/value",
            "/data/result/0/value/1",
        ],
    })
    .await;
}

#[tokio::test]
async fn scalars_and_single_samples_are_compared() {
    let scalar =
        |value: &str| json!({"status": "success", "data": {"resultType": "scalar", "result": [AT, value]}});
    for (body, expected) in [
        (vector(&["0.01"]), "Holds"),
        (vector(&["0.0100001"]), "Fails"),
        (vector(&["-1"]), "Holds"),
        (scalar("0"), "Holds"),
        (scalar("1e3"), "Fails"),
    ] {
        assert_eq!(word(&answered(body.clone()).await), expected, "{body}");
    }
    let finding = answered(vector(&["0.004"])).await.unwrap();
    assert_eq!(&*finding.reason, "0.004, at most 0.01; one reading");
    assert!(finding.url.unwrap().contains("/base/graph?g0.expr=errors"));
}

#[tokio::test]
async fn no_data_is_unknown_and_not_zero() {
    let answer = answered(vector(&[])).await;
    assert_eq!(word(&answer), "Unclear");
    let said = answer.unwrap().reason;
    assert!(said.starts_with("no data; no data is not zero") && said.contains("or vector(0)"), "{said}");
}

#[tokio::test]
async fn nan_and_infinity_are_unknown() {
    for value in ["NaN", "+Inf", "-Inf", "Inf"] {
        assert_eq!(word(&answered(vector(&[value])).await), "Unclear", "{value}");
    }
    assert_eq!(word(&answered(vector(&["0,004"])).await), "Malformed");
}

#[tokio::test]
async fn many_series_ask_for_an_aggregation() {
    let failure = answered(vector(&["0", "0"])).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Rejected);
    assert!(failure.next.unwrap().contains("sum("));
}

#[tokio::test]
async fn ranges_texts_and_histograms_are_refused() {
    let of = |kind: &str, result: Value| json!({"status": "success", "data": {"resultType": kind, "result": result}});
    for body in [
        of("matrix", json!([{"metric": {}, "values": [[AT, "0"]]}])),
        of("string", json!([AT, "0"])),
        of("vector", json!([{"metric": {}, "histogram": [AT, {"count": "0"}]}])),
        of("newkind", json!([AT, "0"])),
    ] {
        assert_eq!(word(&answered(body.clone()).await), "Rejected", "{body}");
    }
}

#[tokio::test]
async fn every_error_type_is_told_apart() {
    for (status, kind, expected) in [
        (400, "bad_data", "Rejected"),
        (422, "execution", "Rejected"),
        (503, "timeout", "TimedOut"),
        (503, "canceled", "TimedOut"),
        (503, "unavailable", "ServerError"),
        (500, "internal", "ServerError"),
        (404, "not_found", "NotFound"),
        (200, "execution", "Rejected"),
        (200, "something_new", "Malformed"),
    ] {
        let body = json!({"status": "error", "errorType": kind, "error": "parse error: unexpected end"});
        let answer = once("prometheus", YAML, move |_| Reply::json(status, &body)).await;
        assert_eq!(word(&answer), expected, "{status} {kind}: {answer:?}");
    }
    let plain = once("prometheus", YAML, |_| Reply::text(404, "text/plain", "404 page not found")).await;
    assert_eq!(word(&plain), "NotFound");
    let words = json!({"status": "error", "errorType": "bad_data", "error": "parse error: unexpected end"});
    let failure = once("prometheus", YAML, move |_| Reply::json(400, &words)).await.unwrap_err();
    assert!(failure.message.contains("parse error"), "{failure:?}");
}

#[tokio::test]
async fn a_status_that_is_neither_is_no_success() {
    let mut body = vector(&["0"]);
    body["status"] = json!("partial");
    assert_eq!(word(&answered(body).await), "Malformed");
}

#[tokio::test]
async fn a_warning_never_passes_and_is_shown() {
    let mut body = vector(&["0"]);
    body["warnings"] = json!(["store s2 is unavailable"]);
    let finding = answered(body).await.unwrap();
    assert_eq!(format!("{:?}", finding.outcome), "Unclear");
    assert!(finding.rows.iter().any(|row| row.contains("store s2 is unavailable")), "{finding:?}");
    let mut body = vector(&["1"]);
    body["warnings"] = json!(["store s2 is unavailable"]);
    assert_eq!(word(&answered(body).await), "Fails");
    let mut body = vector(&["0"]);
    body["infos"] = json!(["metric might not be a counter"]);
    let finding = answered(body).await.unwrap();
    assert_eq!(format!("{:?}", finding.outcome), "Holds");
    assert!(finding.rows.iter().any(|row| row.contains("might not be a counter")));
}

/// Answers by query, and remembers the forms.
fn by_query(
    answers: &'static [(&'static str, &'static str)],
    log: Arc<Mutex<Vec<String>>>,
) -> impl Fn(&Req) -> Reply + Send + Sync {
    move |request| {
        log.lock().unwrap().push(request.body.clone());
        let found = answers.iter().find(|(query, _)| request.body.contains(&format!("query={query}&")));
        ok(&vector(&[found.unwrap_or_else(|| panic!("{}", request.body)).1]))
    }
}

#[tokio::test]
async fn samples_and_a_control_group_are_asked_at_the_same_moment_of_the_server() {
    let yaml = "prometheus: { query: canary, at_most: 0.01, samples: { query: total, at_least: 500 }, baseline: { query: control, at_most: 120% } }";
    for (answers, expected) in [
        (&[("canary", "0.005"), ("total", "500"), ("control", "0.005")][..], "Holds"),
        (&[("canary", "0.005"), ("total", "499"), ("control", "0.005")], "Unclear"),
        (&[("canary", "0.009"), ("total", "500"), ("control", "0.005")], "Fails"),
        (&[("canary", "0"), ("total", "500"), ("control", "0")], "Unclear"),
        (&[("canary", "0.005"), ("total", "NaN"), ("control", "0.005")], "Unclear"),
    ] {
        let log = Arc::new(Mutex::new(Vec::new()));
        let answer = once("prometheus", yaml, by_query(answers, Arc::clone(&log))).await;
        assert_eq!(word(&answer), expected, "{answers:?}: {answer:?}");
        let log = log.lock().unwrap();
        assert!(!log[0].contains("time=") || log[0].contains("timeout="), "{log:?}");
        assert!(log[1..].iter().all(|form| form.contains("&time=1795230676.786")), "{log:?}");
    }
}

#[tokio::test]
async fn an_earlier_baseline_counts_back_from_the_servers_clock() {
    let yaml = "prometheus: { query: errors, at_most: 1, baseline: { earlier: 7d, at_most: 120% } }";
    let log = Arc::new(Mutex::new(Vec::new()));
    let asked = Arc::clone(&log);
    let answer = once("prometheus", yaml, move |request| {
        asked.lock().unwrap().push(request.body.clone());
        ok(&vector(&[if request.body.contains("&time=") { "0.004" } else { "0.006" }]))
    })
    .await;
    assert_eq!(word(&answer), "Fails", "150 %: {answer:?}");
    assert!(log.lock().unwrap()[1].contains("&time=1794625876.786"), "{log:?}");
}

#[tokio::test]
async fn the_credential_is_basic_with_a_colon_and_a_bearer_without() {
    for (token, sign) in [
        ("user:canary-pass", "authorization: Basic dXNlcjpjYW5hcnktcGFzcw=="),
        ("canary-token", "authorization: Bearer canary-token"),
    ] {
        let question = question(YAML);
        let server = serve(good);
        let source = source(&question, "prometheus", &server, Some(token));
        assert_eq!(word(&ask(&*source, &question).await), "Holds");
        assert_eq!(server.sightings(sign), 1, "{sign}");
    }
    let question = question(YAML);
    let server = serve(good);
    let source = anonymous("prometheus", &server);
    assert_eq!(word(&ask(&*source, &question).await), "Holds", "many have no sign-in");
    assert_eq!(server.sightings("authorization"), 0);
    assert_eq!(server.sightings(CANARY), 0);
}

#[tokio::test]
async fn a_closed_port_is_unreachable() {
    let question = question(YAML);
    let server = serve(good);
    let source = source(&question, "prometheus", &server, Some(CANARY));
    server.close();
    assert_eq!(word(&ask(&*source, &question).await), "Unreachable");
}

#[test]
fn what_a_gate_may_say() {
    for (yaml, problem) in [
        ("prometheus: { query: up }", "no limit"),
        ("prometheus: { at_most: 1 }", "has no `query`"),
        ("prometheus: { query: \"\", at_most: 1 }", "empty"),
        ("prometheus: { query: up, at_most: 1, window: 5m }", "unknown key `window`"),
        ("prometheus: { query: up, at_most: 1% }", "count with `bad:` and `total:`"),
        ("prometheus: { query: up, bad: b, total: t, at_most: 1% }", "write one of them"),
        ("prometheus: { bad: b, at_most: 1% }", "belong together"),
        ("prometheus: { bad: b, total: t }", "it has no limit"),
        ("prometheus: { bad: b, total: t, at_most: 0.01 }", "the % sign: 1%"),
        ("prometheus: { bad: b, total: t, at_most: 1%, at_least: 0 }", "needs a limit"),
        (
            "prometheus: { bad: b, total: t, at_most: 1%, samples: { query: x, at_least: 9 } }",
            "remove `samples`",
        ),
        ("prometheus: { query: up, at_most: 1, at_least: 2 }", "no number fits"),
        ("prometheus: { query: up, at_most: .nan }", "number"),
        ("prometheus: { query: up, at_most: 1, samples: { query: x, at_least: 0 } }", "needs samples"),
        (
            "prometheus: { query: up, at_most: 1, baseline: { earlier: 7d, at_most: 1.2 } }",
            "not a percentage",
        ),
        (
            "prometheus: { query: up, at_most: 1, baseline: { earlier: 5wd, at_most: 120% } }",
            "not a length of time",
        ),
        ("prometheus: { query: up, at_most: 1, baseline: { at_most: 120% } }", "`earlier` or `query`"),
        (
            "prometheus: { query: up, at_most: 1, baseline: { earlier: 7d, query: x, at_most: 120% } }",
            "only one",
        ),
        ("prometheus: { query: up, at_most: 1, baseline: { earlier: 7d } }", "no limit"),
    ] {
        let problems = decode(yaml, &[]).unwrap_err();
        assert!(problems.iter().any(|it| it.contains(problem)), "{yaml}: {problems:?}");
    }
    let (_, _, decoded) = decode(
        "prometheus: { query: 'a /\n  b', at_most: 0.01, baseline: { earlier: 7d, at_most: 120% } }",
        &[],
    )
    .unwrap();
    assert_eq!(&*decoded.said, "a / b: at most 0.01, at most 120 % of 7 d ago");
}

#[tokio::test]
async fn counts_are_go_when_it_is_shown_no_go_when_it_is_shown_and_pending_between() {
    let yaml = "prometheus: { bad: b, total: t, at_most: 1% }";
    for (bad, total, expected, part) in [
        ("0", "1000", "Holds", "0 of 1,000 (0 %), at most 1 %"),
        ("40", "1000", "Fails", "40 of 1,000 (4 %), not at most 1 %"),
        ("0", "100", "Pending", "not enough yet"),
        ("11", "1000", "Pending", "not enough to say"),
        ("0", "0", "Unclear", "nothing was counted"),
        ("NaN", "1000", "Unclear", "`bad`"),
        ("0", "NaN", "Unclear", "`total`"),
        ("90", "10", "Unclear", "more than the total"),
    ] {
        let times = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&times);
        let answer = once("prometheus", yaml, move |request| {
            let form: HashMap<String, String> =
                url::form_urlencoded::parse(request.body.as_bytes()).into_owned().collect();
            log.lock().unwrap().push(form.get("time").cloned());
            ok(&vector(&[if form["query"] == "b" { bad } else { total }]))
        })
        .await;
        assert_eq!(word(&answer), expected, "{bad} of {total}: {answer:?}");
        let reason = answer.unwrap().reason;
        assert!(reason.contains(part) && !reason.contains("one reading"), "{reason}");
        let times = times.lock().unwrap();
        assert!(times[0].is_none() && times[1].is_some(), "both at the moment of the first: {times:?}");
    }
}

#[tokio::test]
async fn counts_that_may_be_partial_prove_nothing_good() {
    let yaml = "prometheus: { bad: b, total: t, at_most: 1% }";
    let answer = once("prometheus", yaml, |request| {
        let bad = request.body.contains("query=b");
        let mut body = vector(&[if bad { "0" } else { "1000" }]);
        body["warnings"] = json!(["store s2 is down"]);
        ok(&body)
    })
    .await;
    assert_eq!(word(&answer), "Unclear", "{answer:?}");
    let none = once("prometheus", yaml, |request| {
        ok(&if request.body.contains("query=b") { vector(&[]) } else { vector(&["1000"]) })
    });
    assert_eq!(word(&none.await), "Unclear", "nothing that failed is not zero unless the query says so");
}
