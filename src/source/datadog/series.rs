//! One time series, as the query API answers.

use std::time::Duration;

use chrono::TimeDelta;
use serde::Deserialize;

use super::Datadog;
use crate::{api::Poll, http::HttpRequest};
use gonogo_domain::{Failure, FailureKind};

/// How far this machine's clock may be from the server's, in seconds.
pub(super) const MOST_SKEW: i64 = 60;
/// For how long a cache may have kept an answer.
const MOST_KEPT: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
struct QueryAnswer {
    status: String,
    error: Option<String>,
    series: Option<Vec<Series>>,
}

#[derive(Deserialize)]
pub(super) struct Series {
    /// Milliseconds since the epoch, and the value. A bucket has the moment at which it begins.
    pub(super) pointlist: Vec<(f64, Option<f64>)>,
    /// Seconds of one bucket.
    pub(super) interval: Option<f64>,
}

/// The one series of a query over a span of epoch seconds; `None`: there is none.
pub(super) async fn ask(
    datadog: &Datadog,
    poll: &Poll<'_>,
    query: &str,
    (from, to): (i64, i64),
) -> Result<Option<Series>, Failure> {
    let api = &datadog.api;
    let (from, to) = (from.to_string(), to.to_string());
    let url = api.url(&["api", "v1", "query"], &[("from", &from), ("to", &to), ("query", query)])?;
    let response = api.send(poll, HttpRequest::get(url), "the query").await?;
    let now = (datadog.clock)().wall;
    if response.age().is_none_or(|age| age > MOST_KEPT) {
        return Err(Failure::new(FailureKind::Incomplete, "a cache answered, so the answer is not current")
            .advise("make sure no cache answers for Datadog"));
    }
    if response.date().is_some_and(|date| (date - now).abs() > TimeDelta::seconds(MOST_SKEW)) {
        return Err(Failure::new(
            FailureKind::Incomplete,
            "this machine's clock is off, so the wrong time was asked for",
        )
        .advise("set this machine's clock"));
    }
    let answer: QueryAnswer = api.read(&response)?;
    if answer.status != "ok" {
        let words: String = answer.error.unwrap_or_default().chars().take(160).collect();
        return Err(Failure::new(FailureKind::Rejected, format!("the query failed: {words}"))
            .advise("correct the query"));
    }
    let mut series =
        answer.series.ok_or_else(|| Failure::new(FailureKind::Incomplete, "an answer without a series"))?;
    if series.len() > 1 {
        let message = format!("the query gives {} series; one number is needed", series.len());
        return Err(Failure::new(FailureKind::Rejected, message)
            .advise("aggregate it in the query: without `by {...}`"));
    }
    Ok(series.pop())
}
