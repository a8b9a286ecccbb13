//! Guardrails: series of disjoint windows, shared by the sources that can measure over time.
//!
//! A source gives the windows that are complete and have data, and nothing for the others: what is missing is no data.
//! Whether a limit is exceeded is decided elsewhere (`domain::guardrail`).

mod written;

use std::collections::BTreeMap;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(super) use self::written::{
    QueryCheck, WrittenControl, WrittenLimits, WrittenMeasure, decode, decode_queries, limits, of_control,
    read, said, shape, share,
};
use super::{GateLimits, api::FindingResult, finding::finding};
use gonogo_domain::{
    self as domain, Failure, FailureKind, Measured, Measurement, Outcome, Real, Str, Window,
};

/// What a question about a guardrail is called among the things of a source.
pub const THING: &str = "guardrail";

/// How many more bad ones than all are taken for what a server adds in its head between two samples.
const INVENTED: f64 = 1.05;

/// A guardrail as its source understood it.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedGuardrail {
    /// Canonical form: what is asked.
    pub args: Value,
    /// What it must be.
    pub limits: domain::Limits,
    /// In one line for people.
    pub said: Str,
}

/// What is asked for, each by a query of the source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Queries {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) bad: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) total: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<String>,
}

/// A question about a guardrail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) stage: Queries,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) control: Option<Queries>,
    /// What a value of the query is in the limits' unit: 0.001 where it gives milliseconds.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub(super) scale: f64,
    /// Seconds. The loader adds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) window: Option<i64>,
    /// From when on, in seconds since 1970. Whoever asks adds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<i64>,
}

fn one() -> f64 {
    1.0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_one(scale: &f64) -> bool {
    (*scale - 1.0).abs() < f64::EPSILON
}

/// One query's values by the end of their window, in seconds since 1970. What is missing is not in it.
pub(super) type Points = BTreeMap<i64, f64>;

/// What one arm measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Arm {
    pub(super) bad: Points,
    pub(super) total: Points,
    pub(super) value: Points,
}

/// The ends of the first and the last window that are asked for, and their length, in seconds.
pub(super) type WindowSpan = (i64, i64, i64);

/// A source that can be asked about many windows at once.
pub(super) trait Ranges: Sync {
    /// The most windows of one request.
    const MOST_POINTS: i64;
    /// The most requests for one query: beyond it the stage has run for months.
    const MOST_REQUESTS: usize;
    /// What the answer of such a request is called among the classes of endpoints.
    const LINEAGE: &'static str;
    /// What says in a query that silence is zero, for advice.
    const ZERO: &'static str;

    /// The windows that have data.
    fn range<'s>(&'s self, query: &'s str, span: WindowSpan) -> BoxFuture<'s, Result<Points, Failure>>;
}

/// Asks for everything that is wanted, and makes windows of it.
pub(super) async fn ask_for<R: Ranges>(ranges: &R, wanted: &Wanted, span: WindowSpan) -> FindingResult {
    let stage = arm(ranges, &wanted.stage, span).await?;
    let control = match &wanted.control {
        Some(queries) => Some(arm(ranges, queries, span).await?),
        None => None,
    };
    measured::<R>(wanted, &stage, control.as_ref())
}

async fn arm<R: Ranges>(ranges: &R, queries: &Queries, span: WindowSpan) -> Result<Arm, Failure> {
    Ok(Arm {
        bad: some(ranges, queries.bad.as_ref(), span).await?,
        total: some(ranges, queries.total.as_ref(), span).await?,
        value: some(ranges, queries.value.as_ref(), span).await?,
    })
}

/// One query over the whole span, in parts that a server answers.
async fn some<R: Ranges>(ranges: &R, query: Option<&String>, span: WindowSpan) -> Result<Points, Failure> {
    let Some(query) = query else { return Ok(Points::new()) };
    let (first, mut last, step) = span;
    let mut points = Points::new();
    for _ in 0..R::MOST_REQUESTS {
        let from = first.max(last.saturating_sub((R::MOST_POINTS - 1).saturating_mul(step)));
        points.extend(ranges.range(query, (from, last, step)).await?);
        if from == first {
            return Ok(points);
        }
        last = from - step;
    }
    Err(Failure::new(FailureKind::Incomplete, "the stage has run for too many windows to ask for")
        .advise("give the guardrail a longer `window`"))
}

/// The finding of so many windows, from the points of both arms.
fn measured<R: Ranges>(wanted: &Wanted, stage: &Arm, control: Option<&Arm>) -> FindingResult {
    let window = wanted.window.unwrap_or(0);
    let mut windows = Vec::new();
    let ends: Vec<i64> =
        if wanted.stage.value.is_some() { &stage.value } else { &stage.total }.keys().copied().collect();
    for to in ends {
        let (Some(is), other) = (one_window(wanted, &wanted.stage, stage, to)?, control) else { continue };
        let control = match (other, &wanted.control) {
            (Some(arm), Some(queries)) => match one_window(wanted, queries, arm, to)? {
                Some(control) => Some(control),
                // Half of a comparison is none.
                None => continue,
            },
            _ => None,
        };
        windows.push(Window { from: to - window, to, is, control });
    }
    let reason = lacking(wanted, stage, windows.len(), R::ZERO);
    let mut found = finding(Outcome::Unclear, reason, R::LINEAGE);
    found.measured = Some(Measured::Windows(windows));
    Ok(found)
}

fn one_window(
    wanted: &Wanted,
    queries: &Queries,
    arm: &Arm,
    to: i64,
) -> Result<Option<Measurement>, Failure> {
    if queries.value.is_some() {
        let value = arm.value.get(&to).and_then(|value| Real::new(value * wanted.scale));
        return Ok(value.map(Measurement::Value));
    }
    let (Some(bad), Some(total)) = (arm.bad.get(&to), arm.total.get(&to)) else { return Ok(None) };
    counted(*bad, *total)
}

/// So many bad ones of so many; `None` for what is no number.
///
/// # Errors
/// [`FailureKind::Rejected`]: counts that cannot be, which are of the wrong query.
pub(super) fn counted(bad: f64, total: f64) -> Result<Option<Measurement>, Failure> {
    if bad < 0.0 || total < 0.0 {
        return Err(Failure::new(FailureKind::Rejected, "the query gives a negative count")
            .advise("count what happened in the window: increase(...[{{ window }}])"));
    }
    if bad > total * INVENTED + 1.0 {
        let message = format!("{bad} bad out of {total}: more than the total");
        return Err(Failure::new(FailureKind::Rejected, message).advise(
            "correct the queries: `bad` must count some of what `total` counts, over the same time",
        ));
    }
    // `min` of what is no number is the other one.
    let (Some(_), Some(all)) = (Real::new(bad), Real::new(total)) else { return Ok(None) };
    Ok(Real::new(bad.min(total)).map(|bad| Measurement::Share(bad, all)))
}

/// Why there is less than there could be.
fn lacking(wanted: &Wanted, stage: &Arm, windows: usize, zero: &str) -> String {
    match (&wanted.stage.value, stage.bad.is_empty(), stage.total.is_empty()) {
        _ if windows > 0 => String::new(),
        (None, true, false) => {
            format!(
                "`bad` gives no data, and no data is not zero: write `{zero}` if it counts only what failed"
            )
        }
        (None, _, true) => "`total` gives no data".into(),
        (Some(_), ..) if stage.value.is_empty() => "the query gives no data".into(),
        _ => "the queries give no data about the same windows".into(),
    }
}

/// The ends of the first and the last complete window since then; `None`: there is none yet. Windows begin at whole
/// multiples of their length, so that everybody sees the same ones.
pub(super) fn span(window: Option<i64>, since: Option<i64>, now: i64, lag: i64) -> Option<WindowSpan> {
    let window = window.filter(|it| *it > 0)?;
    let since = since.unwrap_or(now);
    let begins = since.div_euclid(window).checked_add(i64::from(since.rem_euclid(window) != 0))?;
    let first = begins.checked_add(1)?.checked_mul(window)?;
    let last = now.saturating_sub(lag).div_euclid(window).checked_mul(window)?;
    (first <= last).then_some((first, last, window))
}

/// The finding where no window is complete yet.
pub(super) fn none_yet(lineage: &str) -> FindingResult {
    let mut found = finding(Outcome::Unclear, "", lineage);
    found.measured = Some(Measured::Windows(Vec::new()));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    impl Ranges for Nothing {
        const MOST_POINTS: i64 = 1;
        const MOST_REQUESTS: usize = 1;
        const LINEAGE: &'static str = "range";
        const ZERO: &'static str = "... or vector(0)";

        fn range<'s>(&'s self, _: &'s str, _: WindowSpan) -> BoxFuture<'s, Result<Points, Failure>> {
            Box::pin(std::future::ready(Ok(Points::new())))
        }
    }

    fn wanted(since: i64) -> Wanted {
        let stage = Queries { bad: Some("b".into()), total: Some("t".into()), value: None };
        Wanted { stage, control: None, scale: 1.0, window: Some(300), since: Some(since) }
    }

    #[test]
    fn windows_begin_on_round_moments_and_end_before_the_lag() {
        assert_eq!(span(Some(300), Some(600), 1_000, 30), Some((900, 900, 300)));
        assert_eq!(span(Some(300), Some(601), 1_000, 30), None, "the first whole window is from 900 on");
        assert_eq!(
            span(Some(300), Some(600), 1_229, 30),
            Some((900, 900, 300)),
            "1,200 may still lack samples"
        );
        assert_eq!(span(Some(300), Some(600), 1_230, 30), Some((900, 1_200, 300)));
        assert_eq!(span(Some(300), Some(i64::MAX), i64::MAX, 30), None);
    }

    #[test]
    fn a_window_needs_both_counts_and_no_more_bad_ones_than_there_were() {
        let points = |all: &[(i64, f64)]| all.iter().copied().collect::<Points>();
        let arm = Arm {
            bad: points(&[(300, 1.0), (900, 10.2), (1_200, f64::NAN)]),
            total: points(&[(300, 100.0), (600, 50.0), (900, 10.0), (1_200, 5.0)]),
            value: Points::new(),
        };
        let found = measured::<Nothing>(&wanted(0), &arm, None).unwrap();
        let Some(Measured::Windows(windows)) = found.measured else { panic!("no windows") };
        assert_eq!(windows.iter().map(|it| it.to).collect::<Vec<_>>(), [300, 900]);
        let all = Measurement::Share(Real::new(10.0).unwrap(), Real::new(10.0).unwrap());
        assert_eq!(windows[1].is, all, "what the server invents between samples is cut");
        let units = Arm { bad: points(&[(300, 40.0)]), total: points(&[(300, 0.5)]), ..Arm::default() };
        assert_eq!(measured::<Nothing>(&wanted(0), &units, None).unwrap_err().kind, FailureKind::Rejected);
        let none = Arm { total: points(&[(300, 4.0)]), ..Arm::default() };
        assert!(measured::<Nothing>(&wanted(0), &none, None).unwrap().reason.contains("or vector(0)"));
    }
}
