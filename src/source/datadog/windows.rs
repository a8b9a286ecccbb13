//! Windows of a guardrail: the buckets of a rollup, if they are as long as the windows.
//!
//! Datadog puts what it measured into buckets that begin at whole multiples of their length, as our windows do, and gives
//! a bucket the moment at which it begins. How long one is it decides by itself unless the query says so, and it makes
//! them longer where there would be too many: then they are no windows, and the answer is refused.

use std::{collections::BTreeMap, time::Duration};

use futures_util::future::BoxFuture;

use super::{Datadog, series};
use crate::{
    GateLimits, Gauged,
    api::{FindingResult, Poll},
    guardrail::{
        DecodedGuardrail, Points, Ranges, Wanted, WindowSpan, ask_for, decode_queries, none_yet, span,
    },
    reach::exposure_with,
    spec::{Spec, args},
};
use gonogo_domain::{Failure, FailureKind, Question};
use gonogo_yaml::{Problem, Spanned};

/// How long points may take to arrive, in seconds: our clock may be a minute ahead, and agents send each 15 s. What comes
/// later changes its window.
const LAG: i64 = 120;

pub(super) fn decode(
    limits: &GateLimits<'_>,
    _: Duration,
    problems: &mut Vec<Problem>,
) -> Option<DecodedGuardrail> {
    decode_queries(limits, problems, rollup)
}

/// Those who have the release, and all.
pub(super) fn exposure(limits: &GateLimits<'_>, problems: &mut Vec<Problem>) -> Option<Gauged> {
    exposure_with(limits, problems, rollup)
}

/// Buckets must be windows.
fn rollup(spec: &mut Spec<'_, '_, '_>, query: &Spanned<String>) {
    if !query.value.contains(".rollup(") {
        let help = "write `....as_count().rollup(sum, {{ window_seconds }})`";
        spec.wrong(query.at, "without a rollup Datadog chooses how long a bucket is", help);
    }
}

pub(super) async fn measure(datadog: &Datadog, question: &Question, poll: &Poll<'_>) -> FindingResult {
    let wanted: Wanted = args(question)?;
    let now = (datadog.clock)().wall.timestamp();
    let Some(span) = span(wanted.window, wanted.since, now, LAG) else {
        return none_yet(QueryCall::LINEAGE);
    };
    let mut found = ask_for(&QueryCall { datadog, poll }, &wanted, span).await?;
    found.url = datadog.page(&["metric", "explorer"]);
    Ok(found)
}

struct QueryCall<'a> {
    datadog: &'a Datadog,
    poll: &'a Poll<'a>,
}

impl Ranges for QueryCall<'_> {
    /// Beyond 1,500 Datadog makes the buckets longer.
    const MOST_POINTS: i64 = 1_400;
    const MOST_REQUESTS: usize = 10;
    const LINEAGE: &'static str = "timeseries";
    const ZERO: &'static str = "default_zero(...)";

    fn range<'s>(&'s self, query: &'s str, span: WindowSpan) -> BoxFuture<'s, Result<Points, Failure>> {
        Box::pin(self.windows(query, span))
    }
}

impl QueryCall<'_> {
    async fn windows(&self, query: &str, (first, last, window): WindowSpan) -> Result<Points, Failure> {
        let from = first - window;
        let Some(series) = series::ask(self.datadog, self.poll, query, (from, last)).await? else {
            return Ok(Points::new());
        };
        let wrong = |message: &str| Failure::new(FailureKind::Malformed, message.to_owned());
        let seconds = |value: f64| {
            #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970")]
            let whole = value.round() as i64;
            (value.is_finite() && (value - value.round()).abs() < 1e-3).then_some(whole)
        };
        let interval = series.interval.and_then(seconds);
        if interval != Some(window) && !series.pointlist.is_empty() {
            let told = interval.map_or_else(|| "an unknown length".to_owned(), |it| format!("{it} s"));
            return Err(Failure::new(
                FailureKind::Rejected,
                format!("Datadog answered with buckets of {told}, but the windows are {window} s long"),
            )
            .advise("end each metric of the query with `.rollup(sum, {{ window_seconds }})`"));
        }
        let mut points: BTreeMap<i64, Option<f64>> = BTreeMap::new();
        for (at, value) in &series.pointlist {
            let at = seconds(at / 1_000.0).filter(|at| at.rem_euclid(window) == 0);
            let at = at.ok_or_else(|| wrong("a bucket that does not begin with a window"))?;
            // The bucket in which the span ends is still being filled, and the one before it was not asked for.
            if at < from || at >= last {
                continue;
            }
            if points.insert(at + window, *value).is_some() {
                return Err(wrong("two buckets for the same moment"));
            }
        }
        Ok(points.into_iter().filter_map(|(end, value)| Some((end, value?))).collect())
    }
}
