//! `datadog.query`: one number of a time series within limits.

use chrono::TimeDelta;
use serde::Deserialize;

use super::Datadog;
use crate::{
    domain::{Failure, FailureKind, Question},
    source::{
        Decoded, Limits,
        api::{Answered, Poll},
        fact::finding,
        http::{Request, decode_json},
        metric::{Against, Metric, Reading, Readings, Written, WrittenBaseline, WrittenSamples, judge},
        spec::{Spec, args},
    },
    yaml::{Problem, Spot},
};

/// How far this machine's clock may be from the server's, in seconds.
const MOST_SKEW: i64 = 60;

#[derive(Deserialize)]
struct Keys {
    query: Spot<String>,
    window: Spot<String>,
    at_most: Option<f64>,
    at_least: Option<f64>,
    samples: Option<WrittenSamples>,
    baseline: Option<WrittenBaseline>,
}

#[derive(Deserialize)]
struct Answer {
    status: String,
    error: Option<String>,
    series: Option<Vec<Series>>,
}

#[derive(Deserialize)]
struct Series {
    /// Milliseconds since the epoch, and the value.
    pointlist: Vec<(f64, Option<f64>)>,
    /// Seconds of one bucket.
    interval: Option<f64>,
}

pub(super) fn decode(limits: &Limits<'_>, problems: &mut Vec<Problem>) -> Option<Decoded> {
    let mut spec = Spec::new(limits, problems);
    let Keys { query, window, at_most, at_least, samples, baseline } = spec.read()?;
    let written = Written { query, window: Some(window), at_most, at_least, samples, baseline };
    let metric = Metric::check(&mut spec, written);
    let said = metric.said();
    spec.finish(metric, said)
}

pub(super) async fn answer(datadog: &Datadog, question: &Question, poll: &Poll<'_>) -> Answered {
    let metric: Metric = args(question)?;
    let now = (datadog.clock)().wall.timestamp();
    let asking =
        Asking { datadog, poll, window: metric.window.and_then(|it| i64::try_from(it).ok()).unwrap_or(0) };
    let value = asking.newest(&metric.query, now).await?;
    let samples = match &metric.samples {
        Some(samples) => Some(asking.newest(&samples.query, now).await?),
        None => None,
    };
    let baseline = match metric.baseline.as_ref().map(|baseline| &baseline.against) {
        Some(Against::Query(query)) => Some(asking.newest(query, now).await?),
        Some(Against::Earlier(earlier)) => {
            let earlier = i64::try_from(*earlier).unwrap_or(now);
            Some(asking.newest(&metric.query, now - earlier).await?)
        }
        None => None,
    };
    let (outcome, reason) = judge(&metric, &Readings { value, samples, baseline });
    let mut found = finding(outcome, reason, "timeseries");
    found.url = datadog.page(&["metric", "explorer"]);
    Ok(found)
}

struct Asking<'a> {
    datadog: &'a Datadog,
    poll: &'a Poll<'a>,
    /// Seconds.
    window: i64,
}

impl Asking<'_> {
    /// The newest whole bucket up to `until`, in epoch seconds.
    async fn newest(&self, query: &str, until: i64) -> Result<Reading, Failure> {
        let (from, to) = ((until - self.window).to_string(), until.to_string());
        let api = &self.datadog.api;
        let url = api.url(&["api", "v1", "query"], &[("from", &from), ("to", &to), ("query", query)])?;
        let response = api.send(self.poll, Request::get(url), "the query").await?;
        let now = (self.datadog.clock)().wall;
        if response.date().is_some_and(|date| (date - now).abs() > TimeDelta::seconds(MOST_SKEW)) {
            return Err(Failure::new(
                FailureKind::Incomplete,
                "this machine's clock is not the server's: another time was asked for",
            )
            .advise("set this machine's clock"));
        }
        let answer: Answer = decode_json(&response)?;
        if answer.status != "ok" {
            let words: String = answer.error.unwrap_or_default().chars().take(160).collect();
            return Err(Failure::new(FailureKind::Rejected, format!("the query failed: {words}"))
                .advise("correct the query"));
        }
        let mut series = answer
            .series
            .ok_or_else(|| Failure::new(FailureKind::Incomplete, "an answer without its series"))?;
        if series.len() > 1 {
            let message = format!("the query gives {} series; a gate needs one number", series.len());
            return Err(Failure::new(FailureKind::Rejected, message)
                .advise("aggregate it in the query: without `by {...}`"));
        }
        let value = series.pop().and_then(|series| newest_whole(&series, until));
        Ok(Reading { value, doubts: Vec::new(), notes: Vec::new() })
    }
}

/// The value of the newest bucket that had ended by `until`. Where no length of bucket is told, the last one is taken
/// for unfinished.
fn newest_whole(series: &Series, until: i64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
    let until = until as f64 * 1000.0;
    let points = &series.pointlist;
    let whole = match series.interval {
        Some(seconds) if seconds > 0.0 => {
            points.iter().filter(|(at, _)| at + seconds * 1000.0 <= until).collect()
        }
        _ => points.iter().take(points.len().saturating_sub(1)).collect::<Vec<_>>(),
    };
    whole.iter().rev().find_map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn newest(points: &[(f64, Option<f64>)], interval: Option<f64>) -> Option<f64> {
        newest_whole(&Series { pointlist: points.to_vec(), interval }, 100)
    }

    #[test]
    fn an_unfinished_bucket_and_trailing_nulls_do_not_count() {
        let points = [(40_000.0, Some(1.0)), (60_000.0, Some(2.0)), (80_000.0, None), (90_000.0, Some(9.0))];
        assert_eq!(newest(&points, Some(20.0)), Some(2.0));
        assert_eq!(newest(&points, None), Some(2.0));
        assert_eq!(newest(&points[3..], Some(20.0)), None);
        assert_eq!(newest(&points[3..], None), None);
        assert_eq!(newest(&[], Some(20.0)), None);
    }
}
