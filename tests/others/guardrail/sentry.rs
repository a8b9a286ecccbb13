//! Sessions of Sentry by the hour, over loopback.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use gonogo::domain::{Failure, Finding, Measurement};
use serde_json::{Value, json};

use super::{planned, planned_with, question, windows};
use crate::{
    others::kit::{CANARY, ask, ok, serve, source, word},
    support::server::{Reply, Req},
};

const CRASHED: &str =
    "sentry: { bad: crashed, at_most: 0.5%, release: 'web@3.0.0', environment: production }";
const HOUR: i64 = 3_600;

/// The beginning of an hour six hours ago.
fn start() -> i64 {
    (chrono::Utc::now().timestamp() / HOUR - 6) * HOUR
}

fn moment(at: i64) -> String {
    chrono::DateTime::from_timestamp(at, 0).unwrap().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Hours from `from` on, and for each state its counts.
fn sessions(from: i64, states: &[(&str, &[Option<f64>])]) -> Value {
    let hours = states.first().map_or(0, |(_, counts)| counts.len());
    let intervals: Vec<_> = (0..hours).map(|at| moment(from + i64::try_from(at).unwrap() * HOUR)).collect();
    let groups: Vec<_> = states
        .iter()
        .map(|(state, counts)| json!({"by": {"session.status": state}, "series": {"sum(session)": counts}}))
        .collect();
    json!({"start": moment(from), "end": moment(from + HOUR), "intervals": intervals, "groups": groups})
}

fn release(request: &Req) -> Option<Reply> {
    let answer = json!({"version": "web@3.0.0", "projects": [{"id": 5, "slug": "web"}]});
    request.path.starts_with("/releases/").then(|| ok(&answer))
}

async fn measured(
    yaml: &str,
    answer: impl Fn(&Req) -> Value + Send + Sync + 'static,
) -> Result<Finding, Failure> {
    let question = question(yaml, HOUR, start());
    let server = serve(move |request: &Req| release(request).unwrap_or_else(|| ok(&answer(request))));
    let source = source(&question, "sentry", &server, Some(CANARY));
    ask(&*source, &question).await
}

fn counts(found: &Finding) -> Vec<(i64, f64, f64)> {
    let one = |it: &gonogo::domain::Window| match it.is {
        Measurement::Share(bad, total) => (it.from, bad.get(), total.get()),
        Measurement::Value(_) => panic!("counts"),
    };
    windows(found).iter().map(one).collect()
}

#[tokio::test]
async fn sessions_are_counted_by_how_they_ended() {
    let asked = Arc::new(Mutex::new(String::new()));
    let log = Arc::clone(&asked);
    let body = move |request: &Req| {
        log.lock().unwrap().clone_from(&request.target);
        assert_eq!(
            (request.param("interval"), request.param("groupBy")),
            (Some("1h"), Some("session.status"))
        );
        assert_eq!(request.param("query"), Some("release:\"web@3.0.0\""));
        sessions(
            start() - HOUR,
            &[
                ("healthy", &[Some(7.0), Some(90.0), Some(80.0)]),
                ("errored", &[Some(0.0), Some(6.0), Some(3.0)]),
                ("crashed", &[Some(0.0), Some(4.0), Some(0.0)]),
            ],
        )
    };
    let found = measured(CRASHED, body).await.unwrap();
    let first = start();
    assert_eq!(
        counts(&found),
        [(first, 4.0, 100.0), (first + HOUR, 0.0, 83.0)],
        "the hour before is none of it"
    );
    assert!(asked.lock().unwrap().contains("environment=production"));
    let errored = CRASHED.replace("bad: crashed", "bad: errored");
    let body = |_: &Req| {
        sessions(start(), &[("healthy", &[Some(90.0)]), ("errored", &[Some(6.0)]), ("crashed", &[Some(4.0)])])
    };
    assert_eq!(counts(&measured(&errored, body).await.unwrap()), [(start(), 10.0, 100.0)]);
}

#[tokio::test]
async fn an_hour_that_is_not_whole_is_no_data() {
    let body = |_: &Req| {
        sessions(
            start(),
            &[
                (
                    "healthy",
                    &[
                        Some(90.0),
                        Some(10.0),
                        Some(1.0),
                        Some(9.0),
                        Some(9.0),
                        Some(9.0),
                        Some(3.0),
                        Some(1.0),
                    ],
                ),
                (
                    "crashed",
                    &[Some(4.0), None, Some(0.0), Some(1.0), Some(1.0), Some(1.0), Some(1.0), Some(0.0)],
                ),
            ],
        )
    };
    let found = measured(CRASHED, body).await.unwrap();
    let all = counts(&found);
    assert!(!all.iter().any(|(from, ..)| *from == start() + HOUR), "a count is missing: {all:?}");
    let now = chrono::Utc::now().timestamp();
    assert!(all.iter().all(|(from, ..)| from + HOUR <= now - 300), "the hour is not over: {all:?}");
    assert!(all.len() >= 4, "{all:?}");
}

#[tokio::test]
async fn without_sessions_nothing_is_known() {
    let found = measured(CRASHED, |_| sessions(start(), &[])).await.unwrap();
    assert!(windows(&found).is_empty());
    assert_eq!(&*found.reason, "no sessions");
}

#[tokio::test]
async fn a_release_is_compared_with_the_one_before() {
    let yaml =
        "sentry: { bad: crashed, release: 'web@3.0.0', control: { release: 'web@2.9.0', at_most: 120% } }";
    let body = |request: &Req| {
        let old = request.param("query").unwrap().contains("2.9.0");
        let healthy: &[Option<f64>] = if old { &[Some(1_000.0)] } else { &[Some(90.0), Some(80.0)] };
        let crashed: &[Option<f64>] = if old { &[Some(5.0)] } else { &[Some(1.0), Some(0.0)] };
        sessions(start(), &[("healthy", healthy), ("crashed", crashed)])
    };
    let found = measured(yaml, body).await.unwrap();
    assert_eq!(windows(&found).len(), 1, "half of a comparison is none");
    let Some(Measurement::Share(bad, total)) = windows(&found)[0].control else { panic!("a control") };
    assert_eq!((bad.get(), total.get()), (5.0, 1_005.0));
}

#[tokio::test]
async fn what_can_not_be_counts_is_refused() {
    let healthy: &[Option<f64>] = &[Some(9.0)];
    let mut uneven = sessions(start(), &[("healthy", healthy), ("crashed", healthy)]);
    uneven["groups"][1]["series"]["sum(session)"] = json!([1.0, 2.0]);
    let mut apart = sessions(start(), &[("healthy", &[Some(1.0); 2]), ("crashed", &[Some(0.0); 2])]);
    apart["intervals"][1] = json!(moment(start() + 2 * HOUR));
    let mut half = sessions(start(), &[("healthy", healthy), ("crashed", healthy)]);
    half["intervals"][0] = json!(moment(start() + 1_800));
    for (body, expected) in [
        (
            sessions(start(), &[("healthy", healthy), ("vanished", healthy), ("crashed", healthy)]),
            "Malformed",
        ),
        (sessions(start(), &[("healthy", healthy), ("healthy", healthy)]), "Malformed"),
        (sessions(start(), &[("healthy", healthy), ("errored", healthy)]), "Incomplete"),
        (uneven, "Malformed"),
        (apart, "Malformed"),
        (half, "Rejected"),
        (json!({"groups": []}), "Malformed"),
        (json!({"intervals": ["yesterday"], "groups": []}), "Malformed"),
    ] {
        let answer = body.clone();
        let found = measured(CRASHED, move |_| answer.clone()).await;
        assert!(found.is_err(), "{body}: {found:?}");
        if expected != "Malformed" || word(&found) != "Incomplete" {
            assert_eq!(word(&found), expected, "{body}");
        }
    }
}

#[tokio::test]
async fn a_refusal_is_no_hour_without_crashes() {
    let question = question(CRASHED, HOUR, start());
    for (status, expected) in
        [(401, "Unauthorized"), (403, "Forbidden"), (429, "RateLimited"), (500, "ServerError")]
    {
        let server = serve(move |request: &Req| {
            release(request).unwrap_or_else(|| Reply::json(status, &json!({"detail": "no"})))
        });
        let source = source(&question, "sentry", &server, Some(CANARY));
        assert_eq!(word(&ask(&*source, &question).await), expected, "{status}");
    }
}

#[test]
fn windows_are_hours() {
    let minutes = planned_with(CRASHED, Duration::from_secs(300)).unwrap_err();
    assert!(minutes[0].contains("`window: 1h`"), "{minutes:?}");
    for hours in [5, 48] {
        assert!(planned_with(CRASHED, Duration::from_secs(hours * 3_600)).is_err(), "{hours}");
    }
    assert!(planned_with(CRASHED, Duration::from_secs(86_400)).is_ok());
    let same = "sentry: { bad: crashed, release: a, control: { release: a, at_most: 120% } }";
    assert!(planned(same).unwrap_err()[0].contains("with itself"));
    let word = planned("sentry: { bad: broken, at_most: 1% }").unwrap_err();
    assert!(word[0].contains("crashed, errored"), "{word:?}");
    let (_, planned) = planned(CRASHED).unwrap();
    assert_eq!(&*planned.said, "crashed sessions of web@3.0.0 (production): at most 0.5 %");
}
