//! Buckets of Datadog over loopback.

use std::sync::{Arc, Mutex};

use gonogo::domain::{Failure, Finding, Measured, Measurement, Series};
use serde_json::{Value, json};

use super::{planned, question, windows};
use crate::{
    others::kit::{CANARY, ask, ok, serve, source, word},
    support::server::{Reply, Req},
};

const COUNTS: &str = "datadog: { bad: 'sum:failed{}.as_count().rollup(sum, 60)', total: 'sum:all{}.as_count().rollup(sum, 60)', at_most: 1% }";
const VALUE: &str = "datadog: { value: 'p95:latency{}.rollup(max, 60)', at_most: 250ms }";

/// Ten minutes ago, at the beginning of a window.
fn start() -> i64 {
    (chrono::Utc::now().timestamp() - 600).div_euclid(60) * 60
}

fn series(interval: i64, points: &[(i64, Option<f64>)]) -> Value {
    let points: Vec<Value> = points.iter().map(|(at, value)| json!([at * 1_000, value])).collect();
    json!({"status": "ok", "series": [{"metric": "m", "interval": interval, "pointlist": points}]})
}

async fn measured(
    yaml: &str,
    since: i64,
    answer: impl Fn(&str) -> Value + Send + Sync + 'static,
) -> Result<Finding, Failure> {
    let question = question(yaml, 60, since);
    let server = serve(move |request: &Req| {
        assert_eq!(request.path, "/api/v1/query");
        ok(&answer(request.param("query").unwrap()))
    });
    let source = source(&question, "datadog", &server, Some(CANARY));
    ask(&*source, &question).await
}

#[tokio::test]
async fn buckets_are_windows_and_those_that_are_not_over_do_not_count() {
    let start = start();
    let span = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&span);
    let question = question(COUNTS, 60, start + 1);
    let server = serve(move |request: &Req| {
        let at = |name: &str| request.param(name).unwrap().parse::<i64>().unwrap();
        log.lock().unwrap().push((at("from"), at("to")));
        let bad = request.param("query").unwrap().contains("failed");
        // The bucket before the stage, two of it, and the one that is being filled.
        let points: Vec<_> = [start, start + 60, start + 120, at("to")]
            .iter()
            .map(|at| (*at, Some(if bad { 1.0 } else { 100.0 })))
            .collect();
        ok(&series(60, &points))
    });
    let source = source(&question, "datadog", &server, Some(CANARY));
    let found = ask(&*source, &question).await.unwrap();
    let ends: Vec<_> = windows(&found).iter().map(|it| (it.from, it.to)).collect();
    assert_eq!(ends, [(start + 60, start + 120), (start + 120, start + 180)]);
    let span = span.lock().unwrap();
    let (from, to) = span[0];
    assert_eq!(from, start + 60, "the first whole window of the stage");
    assert!(to % 60 == 0 && chrono::Utc::now().timestamp() - to >= 120, "later ones may lack points");
    assert_eq!(span.len(), 2, "one request for each count");
}

#[tokio::test]
async fn gaps_are_no_data_and_zero_is_said_in_words() {
    let at = start() + 60;
    let found = measured(COUNTS, start(), move |query| {
        if query.contains("failed") {
            series(60, &[(at, Some(0.0)), (at + 60, None), (at + 180, Some(2.0))])
        } else {
            series(
                60,
                &[(at, Some(10.0)), (at + 60, Some(10.0)), (at + 120, Some(10.0)), (at + 180, Some(9.0))],
            )
        }
    });
    let found = found.await.unwrap();
    assert_eq!(windows(&found).iter().map(|it| it.from).collect::<Vec<_>>(), [at, at + 180]);
    let none = json!({"status": "ok", "series": []});
    let found = measured(COUNTS, start(), move |query| {
        if query.contains("failed") { none.clone() } else { series(60, &[(at, Some(5.0))]) }
    });
    let found = found.await.unwrap();
    assert!(windows(&found).is_empty());
    assert!(found.reason.contains("default_zero(...)"), "{}", found.reason);
}

#[tokio::test]
async fn points_that_come_late_change_their_window() {
    let (at, since) = (start() + 60, start());
    let look = |bad: f64, total: f64| {
        measured(COUNTS, since, move |query| {
            series(60, &[(at, Some(if query.contains("failed") { bad } else { total }))])
        })
    };
    let mut known = Series::default();
    known.take(look(1.0, 40.0).await.unwrap().measured.as_ref().unwrap());
    let late = look(2.0, 90.0).await.unwrap().measured.unwrap();
    let Measured::Windows(news) = known.news(&late) else { panic!("windows") };
    assert_eq!(news.len(), 1, "it is written down once more");
    known.take(&late);
    let Measurement::Share(bad, total) = known.windows()[0].is else { panic!("counts") };
    assert_eq!((known.windows().len(), bad.get(), total.get()), (1, 2.0, 90.0));
}

#[tokio::test]
async fn a_value_is_one_per_bucket() {
    let at = start() + 60;
    let found = measured(VALUE, start(), move |_| series(60, &[(at, Some(0.3))])).await.unwrap();
    let Measurement::Value(value) = windows(&found)[0].is else { panic!("a value") };
    assert!((value.get() - 0.3).abs() < 1e-12);
}

#[tokio::test]
async fn what_can_not_be_windows_is_refused() {
    let at = start() + 60;
    let two = {
        let one = series(60, &[(at, Some(1.0))])["series"][0].clone();
        json!({"status": "ok", "series": [one, one]})
    };
    for (answer, expected, says) in [
        (series(300, &[(at, Some(1.0))]), "Rejected", "buckets of 300 s"),
        (
            json!({"status": "ok", "series": [{"pointlist": [[at * 1_000, 1.0]]}]}),
            "Rejected",
            "unknown length",
        ),
        (series(60, &[(at + 7, Some(1.0))]), "Malformed", "does not begin with a window"),
        (series(60, &[(at, Some(1.0)), (at, Some(2.0))]), "Malformed", "two buckets"),
        (series(60, &[(at, Some(-1.0))]), "Rejected", "a negative count"),
        (two, "Rejected", "2 series"),
        (json!({"status": "ok"}), "Incomplete", "without a series"),
        (json!({"status": "error", "error": "Rule did not match"}), "Rejected", "did not match"),
        (json!([1, 2]), "Malformed", ""),
    ] {
        let body = answer.clone();
        let found = measured(COUNTS, start(), move |query| {
            if query.contains("failed") { body.clone() } else { series(60, &[(at, Some(10.0))]) }
        });
        let found = found.await;
        assert_eq!(word(&found), expected, "{answer}");
        let said = found.unwrap_err().message;
        assert!(said.contains(says), "{said}");
    }
}

#[tokio::test]
async fn refusals_and_clocks_apart_are_those_of_every_query() {
    let question = question(COUNTS, 60, start());
    for (status, expected) in
        [(401, "Unauthorized"), (403, "Forbidden"), (429, "RateLimited"), (503, "ServerError")]
    {
        let server = serve(move |_: &Req| Reply::json(status, &json!({"errors": ["no"]})));
        let source = source(&question, "datadog", &server, Some(CANARY));
        assert_eq!(word(&ask(&*source, &question).await), expected, "{status}");
    }
    let server = serve(|_: &Req| ok(&json!({"status": "ok", "series": []})));
    server.date_offset(120);
    let source = source(&question, "datadog", &server, Some(CANARY));
    let failure = ask(&*source, &question).await.unwrap_err();
    assert!(failure.next.unwrap().contains("clock"));
}

#[tokio::test]
async fn a_long_stage_is_asked_for_in_parts_that_join() {
    let parts = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&parts);
    let question = question(VALUE, 60, start() - 60 * 3_000);
    let server = serve(move |request: &Req| {
        let at = |name: &str| request.param(name).unwrap().parse::<i64>().unwrap();
        let (from, to) = (at("from"), at("to"));
        assert!((to - from) / 60 <= 1_500, "beyond it the buckets get longer");
        log.lock().unwrap().push((from, to));
        ok(&series(60, &[(from, Some(1.0)), (to - 60, Some(2.0))]))
    });
    let source = source(&question, "datadog", &server, Some(CANARY));
    let found = ask(&*source, &question).await.unwrap();
    let parts = parts.lock().unwrap();
    assert_eq!(parts.len(), 3);
    assert!(parts.windows(2).all(|pair| pair[0].0 == pair[1].1), "no window is left out: {parts:?}");
    assert_eq!(windows(&found).len(), 6);
}

#[test]
fn a_query_says_how_long_its_buckets_are() {
    let problems =
        planned("datadog: { bad: 'sum:failed{}', total: 'sum:all{}.rollup(sum, 60)', at_most: 1% }");
    let problems = problems.unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("window_seconds"), "{problems:?}");
}
