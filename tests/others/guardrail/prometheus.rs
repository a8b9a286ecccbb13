//! Range queries of Prometheus over loopback.

use std::sync::{Arc, Mutex};

use gonogo::domain::{Failure, FailureKind, Finding, Measurement};
use serde_json::{Value, json};

use super::{question, windows};
use crate::{
    others::kit::{CANARY, ask, ok, serve, source, word},
    support::server::{Reply, Req},
};

const COUNTS: &str = "prometheus: { bad: failed, total: total, at_most: 1% }";
/// The server's clock: 20 s into a window.
const NOW: i64 = 1_800_000_620;

fn matrix(values: &[(i64, &str)]) -> Value {
    let values: Vec<Value> = values.iter().map(|(at, value)| json!([at, value])).collect();
    json!({"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "values": values}]}})
}

fn nothing() -> Value {
    json!({"status": "success", "data": {"resultType": "matrix", "result": []}})
}

fn time() -> Value {
    json!({"status": "success", "data": {"resultType": "scalar", "result": [NOW, NOW.to_string()]}})
}

/// The text of a field of a form.
fn field(request: &Req, name: &str) -> String {
    let all = url::form_urlencoded::parse(request.body.as_bytes()).into_owned().collect::<Vec<_>>();
    all.into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default()
}

async fn measured(
    yaml: &str,
    since: i64,
    answer: impl Fn(&str) -> Value + Send + Sync + 'static,
) -> Result<Finding, Failure> {
    let question = question(yaml, 60, since);
    let server =
        serve(move |request: &Req| match (request.path.as_str(), field(request, "query").as_str()) {
            ("/api/v1/query", "time()") => ok(&time()),
            ("/api/v1/query_range", query) => ok(&answer(query)),
            other => panic!("{other:?}"),
        });
    let source = source(&question, "prometheus", &server, Some(CANARY));
    ask(&*source, &question).await
}

#[tokio::test]
async fn every_window_since_the_start_is_asked_for_at_once_and_by_the_servers_clock() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let question = question(COUNTS, 60, NOW - 200);
    let server = serve(move |request: &Req| {
        if request.path == "/api/v1/query" {
            return ok(&time());
        }
        let of = |name| field(request, name);
        log.lock().unwrap().push((of("query"), of("start"), of("end"), of("step")));
        ok(&matrix(&[(1_800_000_540, "1"), (1_800_000_480, "100")]))
    });
    let source = source(&question, "prometheus", &server, Some(CANARY));
    ask(&*source, &question).await.unwrap();
    // Started 420 s after a round moment, now 620: windows from 420 on, none that is younger than the lag.
    let span = |query: &str| {
        let [start, end] = [1_800_000_480_i64, 1_800_000_540].map(|at| at.to_string());
        (query.to_owned(), start, end, "60".to_owned())
    };
    assert_eq!(*seen.lock().unwrap(), [span("failed"), span("total")]);
}

#[tokio::test]
async fn gaps_nan_and_infinity_are_no_data_and_never_zero() {
    let found = measured(COUNTS, NOW - 620, |query| {
        if query == "failed" {
            matrix(&[
                (1_800_000_060, "0"),
                (1_800_000_120, "NaN"),
                (1_800_000_180, "3"),
                (1_800_000_300, "+Inf"),
            ])
        } else {
            matrix(&[
                (1_800_000_060, "100"),
                (1_800_000_120, "100"),
                (1_800_000_180, "120.5"),
                (1_800_000_240, "90"),
                (1_800_000_300, "9"),
            ])
        }
    });
    let found = found.await.unwrap();
    let ends: Vec<_> = windows(&found).iter().map(|it| (it.from, it.to)).collect();
    assert_eq!(ends, [(1_800_000_000, 1_800_000_060), (1_800_000_120, 1_800_000_180)]);
    let Measurement::Share(bad, total) = windows(&found)[1].is else { panic!("counts") };
    assert_eq!((bad.get(), total.get()), (3.0, 120.5));
}

#[tokio::test]
async fn no_failures_at_all_need_a_zero_in_words() {
    let found = measured(COUNTS, NOW - 300, |query| {
        if query == "failed" { nothing() } else { matrix(&[(1_800_000_480, "5")]) }
    });
    let found = found.await.unwrap();
    assert!(windows(&found).is_empty());
    assert!(found.reason.contains("or vector(0)"), "{}", found.reason);
}

#[tokio::test]
async fn a_stage_that_began_just_now_has_no_window_and_asks_nothing() {
    let found = measured(COUNTS, NOW - 30, |query| panic!("asked for {query}")).await.unwrap();
    assert!(windows(&found).is_empty());
}

#[tokio::test]
async fn a_control_is_measured_in_the_same_windows_or_not_at_all() {
    let yaml = "prometheus: { bad: b, total: t, control: { bad: cb, total: ct, at_most: 120% } }";
    let found = measured(yaml, NOW - 300, |query| match query {
        "cb" => matrix(&[(1_800_000_480, "1")]),
        "ct" => matrix(&[(1_800_000_420, "100"), (1_800_000_480, "100")]),
        "b" => matrix(&[(1_800_000_420, "1"), (1_800_000_480, "2")]),
        _ => matrix(&[(1_800_000_420, "10"), (1_800_000_480, "20")]),
    });
    let found = found.await.unwrap();
    assert_eq!(windows(&found).len(), 1);
    let Some(Measurement::Share(bad, total)) = windows(&found)[0].control else { panic!("a control") };
    assert_eq!((bad.get(), total.get()), (1.0, 100.0));
}

#[tokio::test]
async fn a_value_is_taken_in_the_unit_of_its_limits() {
    let yaml = "prometheus: { value: p95, unit: ms, at_most: 250ms }";
    let found = measured(yaml, NOW - 300, |_| matrix(&[(1_800_000_480, "310")])).await.unwrap();
    let Measurement::Value(value) = windows(&found)[0].is else { panic!("a value") };
    assert!((value.get() - 0.31).abs() < 1e-12);
}

#[tokio::test]
async fn what_can_not_be_counts_is_refused() {
    let at = 1_800_000_480;
    let two = json!({"status": "success", "data": {"resultType": "matrix", "result": [
        {"metric": {"pod": "a"}, "values": [[at, "1"]]}, {"metric": {"pod": "b"}, "values": [[at, "1"]]}]}});
    let histogram = json!({"status": "success", "data": {"resultType": "matrix", "result": [
        {"metric": {}, "histograms": [[at, {"count": "1"}]]}]}});
    let partial =
        json!({"status": "success", "warnings": ["store s2 is down"], "data": matrix(&[(at, "0")])["data"]});
    let vector = json!({"status": "success", "data": {"resultType": "vector", "result": []}});
    for (failed, expected, says) in [
        (two, "Rejected", "2 series"),
        (histogram, "Rejected", "a histogram"),
        (partial, "Incomplete", "may be partial"),
        (vector, "Malformed", "without a range"),
        // Wrong units: a percentage of a rate.
        (matrix(&[(at, "40")]), "Rejected", "more than the total"),
        (matrix(&[(at, "-1")]), "Rejected", "a negative count"),
        (matrix(&[(at, "1,5")]), "Malformed", "not a number"),
        // Points that nobody asked for, or twice.
        (matrix(&[(at + 7, "1")]), "Malformed", "not asked for"),
        (matrix(&[(at + 600, "1")]), "Malformed", "not asked for"),
        (matrix(&[(at, "1"), (at, "2")]), "Malformed", "two points"),
    ] {
        let body = failed.clone();
        let answer =
            measured(
                COUNTS,
                NOW - 300,
                move |query| {
                    if query == "failed" { body.clone() } else { matrix(&[(at, "10")]) }
                },
            );
        let answer = answer.await;
        assert_eq!(word(&answer), expected, "{failed}");
        let said = answer.unwrap_err().message;
        assert!(said.contains(says), "{said}");
    }
}

#[tokio::test]
async fn refusals_of_the_server_are_those_of_every_query() {
    let question = question(COUNTS, 60, NOW - 300);
    for (status, expected) in
        [(401, FailureKind::Unauthorized), (503, FailureKind::ServerError), (422, FailureKind::Rejected)]
    {
        let server = serve(move |request: &Req| {
            if request.path == "/api/v1/query" {
                return ok(&time());
            }
            Reply::json(
                status,
                &json!({"status": "error", "errorType": "execution", "error": "many-to-many"}),
            )
        });
        let source = source(&question, "prometheus", &server, Some(CANARY));
        let failure = ask(&*source, &question).await.unwrap_err();
        let told = if status == 503 { FailureKind::Rejected } else { expected };
        assert!([expected, told].contains(&failure.kind), "{status}: {failure:?}");
    }
}

#[tokio::test]
async fn a_long_stage_is_asked_for_in_parts_that_join() {
    let parts = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&parts);
    let question = question("prometheus: { value: q, at_most: 5 }", 60, NOW - 60 * 12_000);
    let server = serve(move |request: &Req| {
        if request.path == "/api/v1/query" {
            return ok(&time());
        }
        let number = |name| field(request, name).parse::<i64>().unwrap();
        let (start, end) = (number("start"), number("end"));
        assert!((end - start) / 60 < 11_000, "servers refuse more points");
        log.lock().unwrap().push((start, end));
        ok(&matrix(&[(start, "1"), (end, "2")]))
    });
    let source = source(&question, "prometheus", &server, Some(CANARY));
    let found = ask(&*source, &question).await.unwrap();
    let parts = parts.lock().unwrap();
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[1].1 + 60, parts[0].0, "no window is left out, and none asked for twice");
    assert_eq!(windows(&found).len(), 4);
}
