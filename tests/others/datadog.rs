//! Monitors and queries of Datadog.

use std::time::{SystemTime, UNIX_EPOCH};

use gonogo::domain::{Failure, FailureKind, Finding};
use serde_json::{Value, json};

use super::{
    conformance::{Case, check},
    kit::{CANARY, ask, decode, ok, once, question, serve, source, word},
};
use crate::support::server::{Reply, Req};

const MONITOR: &str = "datadog: { monitor: { id: \"42\" } }";
const QUERY: &str = "datadog: { query: { query: 'avg:errors{env:prod}', window: 10m, at_most: 5 } }";
const SIGNS: &[&str] = &["dd-api-key: canary-user", "dd-application-key: canary-token-93d1"];

fn now() -> f64 {
    #[expect(clippy::disallowed_methods, reason = "the server has its own clock")]
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

fn monitor(state: &Value) -> Value {
    json!({"id": 42, "name": "Error rate", "type": "metric alert", "overall_state": state, "deleted": null})
}

fn good_monitor(request: &Req) -> Reply {
    assert_eq!(request.path, "/api/v1/monitor/42");
    ok(&monitor(&json!("OK")))
}

/// Points at so many seconds ago.
fn series(points: &[(f64, Option<f64>)]) -> Value {
    let points: Vec<Value> =
        points.iter().map(|(ago, value)| json!([(now() - ago) * 1000.0, value])).collect();
    json!({"status": "ok", "series": [{"metric": "errors", "interval": 60, "pointlist": points}]})
}

fn good_query(request: &Req) -> Reply {
    assert_eq!(request.path, "/api/v1/query");
    let time = |name: &str| request.param(name).unwrap().parse::<f64>().unwrap();
    assert!((now() - time("to")).abs() < 5.0, "in seconds, up to now");
    assert!((time("to") - time("from") - 600.0).abs() < 0.5, "the window");
    ok(&series(&[(180.0, Some(9.0)), (120.0, Some(2.0))]))
}

async fn queried(body: Value) -> Result<Finding, Failure> {
    once("datadog", QUERY, move |_| ok(&body)).await
}

#[tokio::test]
async fn monitors_keep_the_promises_of_every_source() {
    let decisive = &["/id", "/overall_state"];
    check(&Case {
        provider: "datadog",
        yaml: MONITOR,
        defaults: &[],
        good: good_monitor,
        signs: SIGNS,
        decisive,
    })
    .await;
}

#[tokio::test]
async fn queries_keep_the_promises_of_every_source() {
    let decisive = &["/status", "/series", "/series/0/pointlist"];
    check(&Case {
        provider: "datadog",
        yaml: QUERY,
        defaults: &[],
        good: good_query,
        signs: SIGNS,
        decisive,
    })
    .await;
}

#[tokio::test]
async fn only_ok_is_ok() {
    for (state, expected) in [
        (json!("OK"), "Holds"),
        (json!("Alert"), "Fails"),
        (json!("Warn"), "Fails"),
        (json!("No Data"), "Unclear"),
        (json!("Skipped"), "Unclear"),
        (json!("Ignored"), "Unclear"),
        (json!("Unknown"), "Unclear"),
        (json!("ok"), "Unclear"),
        (Value::Null, "Unclear"),
    ] {
        let body = monitor(&state);
        assert_eq!(word(&once("datadog", MONITOR, move |_| ok(&body)).await), expected, "{state}");
    }
    let mut deleted = monitor(&json!("OK"));
    deleted["deleted"] = json!("2026-11-01T00:00:00Z");
    assert_eq!(word(&once("datadog", MONITOR, move |_| ok(&deleted)).await), "Unclear");
}

#[tokio::test]
async fn the_newest_whole_bucket_counts() {
    for (points, expected) in [
        (vec![(120.0, Some(6.0))], "Fails"),
        (vec![(120.0, Some(5.0)), (30.0, Some(900.0))], "Holds"),
        (vec![(180.0, Some(900.0)), (120.0, None)], "Fails"),
        (vec![(30.0, Some(1.0))], "Unclear"),
        (vec![(120.0, None)], "Unclear"),
        (vec![], "Unclear"),
    ] {
        assert_eq!(word(&queried(series(&points)).await), expected, "{points:?}");
    }
}

#[tokio::test]
async fn a_value_of_another_time_is_not_that_of_now() {
    let long = "datadog: { query: { query: q, window: 24h, at_most: 5 } }";
    let asked = |yaml: &'static str, points: Vec<(f64, Option<f64>)>| {
        let body = series(&points);
        once("datadog", yaml, move |_| ok(&body))
    };
    for (yaml, points, expected) in [
        (long, vec![(72_000.0, Some(1.0))], "Unclear"),
        (long, vec![(72_000.0, Some(1.0)), (120.0, None), (60.0, None)], "Unclear"),
        (long, vec![(600.0, Some(1.0))], "Holds"),
        (QUERY, vec![(72_000.0, Some(1.0))], "Unclear"),
        (QUERY, vec![(-120.0, Some(1.0))], "Unclear"),
    ] {
        let answer = asked(yaml, points.clone()).await;
        assert_eq!(word(&answer), expected, "{yaml} {points:?}: {answer:?}");
    }
    let said = asked(long, vec![(72_000.0, Some(1.0))]).await.unwrap().reason;
    assert!(said.starts_with("no current data: the newest value is from 20"), "{said}");
    let found = asked(long, vec![(120.0, Some(1.0))]).await.unwrap();
    assert!(found.rows[0].starts_with("value of 20"), "{found:?}");
}

#[tokio::test]
async fn a_monitor_that_is_muted_wakes_nobody() {
    let accepting = "datadog: { monitor: { id: \"42\", accept: [muted] } }";
    for (place, value, expected) in [
        ("options", json!({"silenced": {}}), "Holds"),
        ("options", json!({"silenced": {"*": null}}), "Unclear"),
        ("options", json!({"silenced": {"host:a": now() + 60.0}}), "Unclear"),
        ("options", json!({"silenced": {"*": now() - 60.0}}), "Holds"),
        ("matching_downtimes", json!([{"id": 1, "start": now() - 60.0, "end": null}]), "Unclear"),
        ("matching_downtimes", json!([{"id": 1, "start": now() + 60.0, "end": null}]), "Holds"),
    ] {
        let mut body = monitor(&json!("OK"));
        body[place] = value.clone();
        let (one, other) = (body.clone(), body);
        assert_eq!(word(&once("datadog", MONITOR, move |_| ok(&one)).await), expected, "{value}");
        let let_pass = once("datadog", accepting, move |_| ok(&other)).await;
        assert_eq!(word(&let_pass), "Holds", "{value}");
        assert_eq!(let_pass.unwrap().accepted.len(), usize::from(expected == "Unclear"), "{value}");
    }
}

#[tokio::test]
async fn a_draft_wakes_nobody() {
    for (status, expected) in [("draft", "Unclear"), ("published", "Holds")] {
        let mut body = monitor(&json!("OK"));
        body["draft_status"] = json!(status);
        assert_eq!(word(&once("datadog", MONITOR, move |_| ok(&body)).await), expected, "{status}");
    }
    let mut alert = monitor(&json!("Alert"));
    alert["draft_status"] = json!("draft");
    assert_eq!(word(&once("datadog", MONITOR, move |_| ok(&alert)).await), "Fails", "a no stays one");
}

#[tokio::test]
async fn what_a_cache_has_kept_is_of_another_time() {
    for (age, expected) in [("3600", "Incomplete"), ("soon", "Incomplete"), ("0", "Holds")] {
        let answer = once("datadog", QUERY, move |request| good_query(request).with("Age", age)).await;
        assert_eq!(word(&answer), expected, "{age}");
    }
}

#[tokio::test]
async fn no_series_and_many_series_are_no_number() {
    assert_eq!(word(&queried(json!({"status": "ok", "series": []})).await), "Unclear");
    let mut two = series(&[(120.0, Some(1.0))]);
    let one = two["series"][0].clone();
    two["series"].as_array_mut().unwrap().push(one);
    assert_eq!(queried(two).await.unwrap_err().kind, FailureKind::Rejected);
}

#[tokio::test]
async fn an_error_with_200_is_no_answer() {
    let body = json!({"status": "error", "error": "Rule 'x' did not match", "series": []});
    let failure = queried(body).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Rejected);
    assert!(failure.message.contains("did not match"));
}

#[tokio::test]
async fn with_clocks_apart_another_time_was_asked_for() {
    let question = question(QUERY);
    let server = serve(good_query);
    server.date_offset(120);
    let source = source(&question, "datadog", &server, Some(CANARY));
    let failure = ask(&*source, &question).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Incomplete);
    assert!(failure.next.unwrap().contains("clock"));
}

/// A silence that is over by our clock, and not by the server's.
#[tokio::test]
async fn a_silence_ends_by_the_later_clock_to_say_so() {
    let question = question(MONITOR);
    let mut body = monitor(&json!("OK"));
    body["options"] = json!({"silenced": {"*": now() - 60.0}});
    let server = serve(move |_| ok(&body));
    server.date_offset(-600);
    let source = source(&question, "datadog", &server, Some(CANARY));
    assert_eq!(word(&ask(&*source, &question).await), "Unclear");
}

#[tokio::test]
async fn an_earlier_baseline_asks_for_another_time() {
    let yaml = "datadog: { query: { query: q, window: 10m, at_most: 100, baseline: { earlier: 1h, at_most: 120% } } }";
    let answer = once("datadog", yaml, |request| {
        let to: f64 = request.param("to").unwrap().parse().unwrap();
        let value = if now() - to > 3_000.0 { 10.0 } else { 13.0 };
        ok(&json!({"status": "ok", "series": [{"interval": 60, "pointlist": [[(to - 120.0) * 1000.0, value]]}]}))
    })
    .await;
    assert_eq!(word(&answer), "Fails", "{answer:?}");
}

#[test]
fn what_a_gate_may_say() {
    for (yaml, problem) in [
        ("datadog: { query: { query: q, at_most: 1 } }", "has no `window`"),
        ("datadog: { query: { query: q, window: 5, at_most: 1 } }", "not a length of time"),
        ("datadog: { monitor: { id: \"\" } }", "empty"),
    ] {
        let problems = decode(yaml, &[]).unwrap_err();
        assert!(problems.iter().any(|it| it.contains(problem)), "{yaml}: {problems:?}");
    }
}

#[tokio::test]
async fn counts_are_added_up_over_the_whole_buckets_that_have_both() {
    let yaml = "datadog: { query: { bad: failed, total: all, window: 10m, at_most: 1% } }";
    let minute = (now() / 60.0).floor() * 60.0;
    let points = |all: &[(f64, Option<f64>)]| -> Value {
        let points: Vec<Value> =
            all.iter().map(|(ago, value)| json!([(minute - ago) * 1_000.0, value])).collect();
        json!({"status": "ok", "series": [{"interval": 60, "pointlist": points}]})
    };
    for (bad, total, expected, part) in [
        (
            vec![(180.0, Some(0.0)), (120.0, Some(0.0))],
            vec![(180.0, Some(500.0)), (120.0, Some(500.0))],
            "Holds",
            "0 of 1,000",
        ),
        (
            vec![(180.0, Some(30.0)), (120.0, Some(20.0))],
            vec![(180.0, Some(500.0)), (120.0, Some(500.0))],
            "Fails",
            "50 of 1,000",
        ),
        // A bucket without `bad` is no bucket without failures.
        (
            vec![(180.0, Some(0.0)), (120.0, None)],
            vec![(180.0, Some(400.0)), (120.0, Some(600.0))],
            "Pending",
            "0 of 400",
        ),
        // The one that is being filled does not count.
        (
            vec![(120.0, Some(0.0)), (0.0, Some(90.0))],
            vec![(120.0, Some(1_000.0)), (0.0, Some(90.0))],
            "Holds",
            "0 of 1,000",
        ),
        (vec![], vec![(120.0, Some(1_000.0))], "Unclear", "no data"),
        (vec![(120.0, Some(0.0))], vec![], "Unclear", "no data"),
    ] {
        let (one, other) = (points(&bad), points(&total));
        let answer = once("datadog", yaml, move |request| {
            ok(if request.param("query") == Some("failed") { &one } else { &other })
        })
        .await;
        assert_eq!(word(&answer), expected, "{bad:?} of {total:?}: {answer:?}");
        assert!(answer.as_ref().unwrap().reason.contains(part), "{answer:?}");
    }
    // What counts the failures has stopped; the other goes on.
    let bad = points(&[(2_400.0, Some(0.0))]);
    let total = points(&[(2_400.0, Some(900.0)), (120.0, Some(900.0))]);
    let stopped = once("datadog", &yaml.replace("10m", "1h"), move |request| {
        ok(if request.param("query") == Some("failed") { &bad } else { &total })
    })
    .await;
    assert_eq!(word(&stopped), "Unclear", "{stopped:?}");
    let single = queried(series(&[(120.0, Some(2.0))])).await.unwrap();
    assert!(single.reason.ends_with("; one reading"), "{}", single.reason);
}
