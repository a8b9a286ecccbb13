//! `datadog.query`: one number of a time series within limits.

use chrono::{DateTime, TimeDelta};
use serde::Deserialize;

use super::Datadog;
use crate::{
    Decoded, Limits,
    api::{Answered, Poll},
    finding::finding,
    http::Request,
    metric::{Against, Metric, Reading, Readings, Written, WrittenBaseline, WrittenSamples, judge},
    spec::{Spec, args},
};
use gonogo_domain::{Failure, FailureKind, Question};
use gonogo_yaml::{Problem, Spanned};

/// How far this machine's clock may be from the server's, in seconds.
const MOST_SKEW: i64 = 60;

/// How old the newest value may be, in seconds, unless a bucket is longer: some integrations report a quarter of an hour
/// late, and what is older than that is of a time that is over.
const MOST_LATE: f64 = 900.0;

#[derive(Deserialize)]
pub(super) struct Keys {
    query: Spanned<String>,
    window: Spanned<String>,
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
    let said = metric.describe();
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
    let readings = Readings { value, samples, baseline };
    let (outcome, reason) = judge(&metric, &readings);
    let mut found = finding(outcome, reason, "timeseries");
    found.rows = readings.value.notes.iter().map(|note| note.as_str().into()).collect();
    found.url = datadog.page(&["metric", "explorer"]);
    Ok(found)
}

struct Asking<'a> {
    datadog: &'a Datadog,
    poll: &'a Poll<'a>,
    /// How far back the query looks, in seconds.
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
        let answer: Answer = api.read(&response)?;
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
        let series = series.pop();
        let newest = series.as_ref().and_then(|series| newest_whole(series, until - self.window, until));
        let Some(newest) = newest else { return Ok(Reading::default()) };
        let note = format!("value of {}", newest.describe());
        if newest.is_late(until) {
            // A metric that has stopped still has its last value; it is not that of now.
            return Ok(Reading { old: Some(newest.describe()), ..Reading::default() });
        }
        Ok(Reading { value: Some(newest.value), notes: vec![note], ..Reading::default() })
    }
}

/// The value of a whole bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Newest {
    value: f64,
    /// The bucket's beginning and length, in seconds.
    at: f64,
    length: f64,
}

impl Newest {
    fn is_late(&self, until: i64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
        let age = until as f64 - (self.at + self.length);
        age > MOST_LATE.max(2.0 * self.length)
    }

    fn describe(&self) -> String {
        #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970")]
        let at = DateTime::from_timestamp(self.at as i64, 0).unwrap_or_default();
        at.format("%Y-%m-%d %H:%M UTC").to_string()
    }
}

/// The newest bucket with a value that began in the window and had ended by `until`. Where no length of bucket is told,
/// the last one is taken for unfinished.
fn newest_whole(series: &Series, from: i64, until: i64) -> Option<Newest> {
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
    let (from, until) = (from as f64, until as f64);
    let points = &series.pointlist;
    let length = series.interval.filter(|seconds| *seconds > 0.0);
    let last = if length.is_some() { points.len() } else { points.len().saturating_sub(1) };
    let length = length.unwrap_or(0.0);
    let whole = points.iter().take(last).map(|(at, value)| (at / 1000.0, value));
    // The first bucket of the window may have begun before it.
    let whole = whole.filter(|(at, _)| at + length > from && at + length <= until);
    whole.rev().find_map(|(at, value)| value.map(|value| Newest { value, at, length }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn newest(points: &[(f64, Option<f64>)], interval: Option<f64>) -> Option<f64> {
        newest_whole(&Series { pointlist: points.to_vec(), interval }, 0, 100).map(|it| it.value)
    }

    #[test]
    fn an_unfinished_bucket_and_trailing_nulls_do_not_count() {
        let points = [(40_000.0, Some(1.0)), (60_000.0, Some(2.0)), (80_000.0, None), (90_000.0, Some(9.0))];
        assert_eq!(newest(&points, Some(20.0)), Some(2.0));
        assert_eq!(newest(&points, None), Some(2.0));
        assert_eq!(newest(&points[3..], Some(20.0)), None);
        assert_eq!(newest(&points[3..], None), None);
        assert_eq!(newest(&[], Some(20.0)), None);
        let outside =
            Series { pointlist: vec![(40_000.0, Some(1.0)), (120_000.0, Some(2.0))], interval: Some(20.0) };
        assert_eq!(newest_whole(&outside, 60, 100), None, "before the window, and after it");
    }

    #[test]
    fn a_value_of_long_ago_is_late_unless_its_bucket_is_long() {
        let newest = |at, length| Newest { value: 1.0, at, length };
        assert!(!newest(99_000.0, 60.0).is_late(99_900));
        assert!(newest(28_000.0, 60.0).is_late(100_000), "20 hours");
        assert!(!newest(0.0, 43_200.0).is_late(100_000), "half-days");
    }
}
