//! `datadog.query`: one number of a time series within limits, or counts of two.

use chrono::DateTime;
use serde::Deserialize;

use super::{
    Datadog,
    series::{self, Series},
};
use crate::{
    DecodedLimits, Description,
    api::{FindingResult, Poll},
    finding::finding,
    metric::{
        BaselineSource, MetricKeys, MetricReading, MonitoringQuery, Proportion, Readings, WrittenBaseline,
        WrittenSamples, judge,
    },
    spec::{LimitKeys, Spec, args},
};
use gonogo_domain::{Failure, Question};
use gonogo_yaml::Spanned;

/// How old the newest value may be, in seconds, unless a bucket is longer: some integrations report a quarter of an hour
/// late, and what is older than that is of a time that is over.
const MOST_LATE: f64 = 900.0;

#[derive(Deserialize)]
pub(super) struct Keys {
    query: Option<Spanned<String>>,
    bad: Option<Spanned<String>>,
    total: Option<Spanned<String>>,
    window: Spanned<String>,
    at_most: Option<Spanned<String>>,
    at_least: Option<Spanned<f64>>,
    samples: Option<WrittenSamples>,
    baseline: Option<WrittenBaseline>,
}

impl LimitKeys for Keys {
    const DESCRIPTION: Description = Description {
        proves: "a number from your metrics is within limits",
        keys: &[
            MetricKeys::QUERY,
            MetricKeys::BAD,
            MetricKeys::TOTAL,
            ("window", "how far back it looks: `15m`"),
            MetricKeys::AT_MOST,
            MetricKeys::AT_LEAST,
            MetricKeys::SAMPLES,
            MetricKeys::BASELINE,
        ],
    };

    fn limits(self, mut spec: Spec<'_, '_, '_>) -> Option<DecodedLimits> {
        let Keys { query, bad, total, window, at_most, at_least, samples, baseline } = self;
        let written =
            MetricKeys { query, bad, total, window: Some(window), at_most, at_least, samples, baseline };
        let measured = MonitoringQuery::check(&mut spec, written)?;
        let said = measured.describe();
        spec.finish(measured, said)
    }
}

pub(super) async fn answer(datadog: &Datadog, question: &Question, poll: &Poll<'_>) -> FindingResult {
    let now = (datadog.clock)().wall.timestamp();
    let back = |window: Option<u64>| window.and_then(|it| i64::try_from(it).ok()).unwrap_or(0);
    let metric = match args::<MonitoringQuery>(question)? {
        MonitoringQuery::Metric(metric) => metric,
        MonitoringQuery::Proportion(counts) => {
            let asking = QueryCall { datadog, poll, window: back(counts.window) };
            let (bad, total) = asking.counted(&counts, now).await?;
            let (outcome, reason) = counts.judge(&bad, &total);
            let mut found = finding(outcome, reason, "timeseries");
            found.rows = total.notes.iter().map(|note| note.as_str().into()).collect();
            found.url = datadog.page(&["metric", "explorer"]);
            return Ok(found);
        }
    };
    let asking = QueryCall { datadog, poll, window: back(metric.window) };
    let value = asking.newest(&metric.query, now).await?;
    let samples = match &metric.samples {
        Some(samples) => Some(asking.newest(&samples.query, now).await?),
        None => None,
    };
    let baseline = match metric.baseline.as_ref().map(|baseline| &baseline.against) {
        Some(BaselineSource::Query(query)) => Some(asking.newest(query, now).await?),
        Some(BaselineSource::Earlier(earlier)) => {
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

struct QueryCall<'a> {
    datadog: &'a Datadog,
    poll: &'a Poll<'a>,
    /// How far back the query looks, in seconds.
    window: i64,
}

impl QueryCall<'_> {
    /// What the whole buckets of the window that have both counts hold together.
    async fn counted(
        &self,
        counts: &Proportion,
        until: i64,
    ) -> Result<(MetricReading, MetricReading), Failure> {
        let span = (until - self.window, until);
        let total = series::ask(self.datadog, self.poll, &counts.total, span).await?;
        let bad = series::ask(self.datadog, self.poll, &counts.bad, span).await?;
        let none = || Ok((MetricReading::default(), MetricReading::default()));
        let Some(total) = total else { return none() };
        let late = |newest: &Bucket| {
            let old = MetricReading { old: Some(newest.describe()), ..MetricReading::default() };
            Ok((MetricReading::default(), old))
        };
        let totals = whole(&total, span.0, span.1);
        let Some(newest) = totals.last() else { return none() };
        if newest.is_late(until) {
            return late(newest);
        }
        let bad = bad.map(|bad| whole(&bad, span.0, span.1)).unwrap_or_default();
        let both: Vec<_> = totals
            .iter()
            .filter_map(|total| {
                let same = |it: &&Bucket| {
                    it.at.to_bits() == total.at.to_bits() && it.length.to_bits() == total.length.to_bits()
                };
                Some((bad.iter().find(same)?, total))
            })
            .collect();
        let Some((_, newest)) = both.last() else { return none() };
        // One of the two may have stopped while the other goes on.
        if newest.is_late(until) {
            return late(newest);
        }
        let note = format!("counted up to the value of {}", newest.describe());
        let sum =
            both.iter().fold((0.0, 0.0), |(bads, all), (bad, total)| (bads + bad.value, all + total.value));
        let reading = |value: f64| MetricReading {
            value: Some(value),
            notes: vec![note.clone()],
            ..MetricReading::default()
        };
        Ok((reading(sum.0), reading(sum.1)))
    }

    /// The newest whole bucket up to `until`, in epoch seconds.
    async fn newest(&self, query: &str, until: i64) -> Result<MetricReading, Failure> {
        let series = series::ask(self.datadog, self.poll, query, (until - self.window, until)).await?;
        let newest = series.as_ref().and_then(|series| newest_whole(series, until - self.window, until));
        let Some(newest) = newest else { return Ok(MetricReading::default()) };
        let note = format!("value of {}", newest.describe());
        if newest.is_late(until) {
            // A metric that has stopped still has its last value; it is not that of now.
            return Ok(MetricReading { old: Some(newest.describe()), ..MetricReading::default() });
        }
        Ok(MetricReading { value: Some(newest.value), notes: vec![note], ..MetricReading::default() })
    }
}

/// The value of a whole bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bucket {
    value: f64,
    /// The bucket's beginning and length, in seconds.
    at: f64,
    length: f64,
}

impl Bucket {
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
fn newest_whole(series: &Series, from: i64, until: i64) -> Option<Bucket> {
    whole(series, from, until).pop()
}

/// All of them, oldest first.
fn whole(series: &Series, from: i64, until: i64) -> Vec<Bucket> {
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
    let (from, until) = (from as f64, until as f64);
    let points = &series.pointlist;
    let length = series.interval.filter(|seconds| *seconds > 0.0);
    let last = if length.is_some() { points.len() } else { points.len().saturating_sub(1) };
    let length = length.unwrap_or(0.0);
    let whole = points.iter().take(last).map(|(at, value)| (at / 1000.0, value));
    // The first bucket of the window may have begun before it.
    let whole = whole.filter(|(at, _)| at + length > from && at + length <= until);
    whole.filter_map(|(at, value)| value.map(|value| Bucket { value, at, length })).collect()
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
        let newest = |at, length| Bucket { value: 1.0, at, length };
        assert!(!newest(99_000.0, 60.0).is_late(99_900));
        assert!(newest(28_000.0, 60.0).is_late(100_000), "20 hours");
        assert!(!newest(0.0, 43_200.0).is_late(100_000), "half-days");
    }
}
