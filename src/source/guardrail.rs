//! Guardrails: series of disjoint windows, shared by the sources that can measure over time.
//!
//! A source gives the windows that are complete and have data, and nothing for the others: what is missing is no data.
//! Whether a limit is passed is nobody's business here (`domain::guardrail`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Limits, api::Answered, finding::finding, spec::Spec};
use gonogo_domain::{
    self as domain, Failure, FailureKind, LimitUnit, Measure, Measured, Measurement, Outcome, Real, Str,
    Window,
};
use gonogo_yaml::{NodeRef, Problem, Spanned};

/// What a question about a guardrail is called among the things of a source.
pub const THING: &str = "guardrail";

/// How many more bad ones than all are taken for what a server adds in its head between two samples.
const INVENTED: f64 = 1.05;

/// A guardrail as its source understood it.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
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

#[derive(Deserialize)]
struct Keys {
    bad: Option<Spanned<String>>,
    total: Option<Spanned<String>>,
    value: Option<Spanned<String>>,
    unit: Option<Spanned<String>>,
    at_most: Option<Spanned<String>>,
    watch_at: Option<Spanned<String>>,
    stop_at: Option<Spanned<String>>,
    cluster: Option<Spanned<u64>>,
    control: Option<Control>,
    // Of the sketch before this one; each gets an answer of its own.
    breach_after: Option<NodeRef>,
    samples: Option<NodeRef>,
    query: Option<Spanned<String>>,
    baseline: Option<NodeRef>,
}

#[derive(Deserialize)]
struct Control {
    bad: Option<Spanned<String>>,
    total: Option<Spanned<String>>,
    value: Option<Spanned<String>>,
    at_most: Spanned<String>,
}

/// What the query of a value gives.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Given {
    unit: LimitUnit,
    scale: f64,
}

/// Reads a guardrail of a source whose queries are text.
pub(super) fn decode(limits: &Limits<'_>, problems: &mut Vec<Problem>) -> Option<Planned> {
    let mut spec = Spec::new(limits, problems);
    let keys: Keys = spec.read()?;
    old(&mut spec, &keys);
    let (measure, stage) = queries(&mut spec, keys.bad.as_ref(), keys.total.as_ref(), keys.value.as_ref())?;
    let given = given(&mut spec, measure, keys.unit.as_ref(), keys.at_most.as_ref());
    let mut limit =
        |spot: Option<&Spanned<String>>| spot.and_then(|spot| amount(&mut spec, spot, measure, given));
    let (at_most, watch_at, stop_at) =
        (limit(keys.at_most.as_ref()), limit(keys.watch_at.as_ref()), limit(keys.stop_at.as_ref()));
    let control = keys.control.as_ref().and_then(|it| control(&mut spec, measure, it));
    if keys.at_most.is_none() && keys.control.is_none() {
        let help = if measure == Measure::Share { "add `at_most: 1%`" } else { "add `at_most: 250ms`" };
        spec.lacks("it has no limit", help);
    }
    if let (Some(most), Some(stop), Some(spot)) = (at_most, stop_at, &keys.stop_at)
        && stop <= most
    {
        spec.wrong(
            spot.at,
            "`stop_at` is for the fire: it must be far over `at_most`",
            "write ten times as much",
        );
    }
    let cluster = keys.cluster.as_ref().map_or(1, |spot| {
        if spot.value == 0 {
            spec.wrong(spot.at, "nothing comes in groups of 0", "write how many fail together as a rule: 5");
        }
        spot.value.max(1)
    });
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let tested = domain::Limits {
        measure,
        at_most,
        control: control.as_ref().map(|(_, most)| *most),
        watch_at,
        stop_at,
        cluster: cluster as f64,
        unit: given.unit,
    };
    let said = said(&stage, &tested);
    let control = control.map(|(queries, _)| queries);
    let wanted = Wanted { stage, control, scale: given.scale, window: None, since: None };
    let decoded = spec.finish(wanted, said)?;
    Some(Planned { args: decoded.args, limits: tested, said: decoded.said })
}

/// Keys that were meant once, and what says it now.
fn old(spec: &mut Spec<'_, '_, '_>, keys: &Keys) {
    if let Some(NodeRef(at)) = keys.breach_after {
        let help = "remove it: looking often is taken care of; `stop_at: 10%` is for a fire";
        spec.wrong(
            at,
            "`breach_after` calls breaches on healthy services: overlapping readings are one",
            help,
        );
    }
    if let Some(NodeRef(at)) = keys.samples {
        let help = "remove it: \"not enough yet\" says how many are missing; the least of a soak is `soak: { samples: 5000 }`";
        spec.wrong(at, "a guardrail counts its samples itself", help);
    }
    if let Some(spot) = &keys.query {
        let help = "write `bad:` and `total:` with a count each, or `value:` where only a value is there";
        spec.wrong(spot.at, "a share has no number of requests behind it that could be judged", help);
    }
    if let Some(NodeRef(at)) = keys.baseline {
        let help =
            "write `control: { bad: ..., total: ..., at_most: 120% }` of those who did not get the release";
        spec.wrong(at, "a guardrail is compared with a `control`", help);
    }
}

fn queries(
    spec: &mut Spec<'_, '_, '_>,
    bad: Option<&Spanned<String>>,
    total: Option<&Spanned<String>>,
    value: Option<&Spanned<String>>,
) -> Option<(Measure, Queries)> {
    let mut text = |spot: &Spanned<String>| Some(spec.text(spot, "the query"));
    match (bad, total, value) {
        (Some(bad), Some(total), None) => {
            Some((Measure::Share, Queries { bad: text(bad), total: text(total), value: None }))
        }
        (None, None, Some(value)) => {
            Some((Measure::Value, Queries { bad: None, total: None, value: text(value) }))
        }
        (Some(_), None, None) | (None, Some(_), None) => {
            spec.lacks(
                "`bad` and `total` belong together",
                "count both: the failed requests and all of them",
            );
            None
        }
        _ => {
            spec.lacks("it does not say what is measured", "write `bad:` and `total:`, or `value:`");
            None
        }
    }
}

fn control(spec: &mut Spec<'_, '_, '_>, measure: Measure, written: &Control) -> Option<(Queries, f64)> {
    let most = percent(&written.at_most.value);
    if most.is_none() {
        spec.wrong(written.at_most.at, "not a percentage", "write how much of the control it may be: 120%");
    }
    let (own, queries) = queries(spec, written.bad.as_ref(), written.total.as_ref(), written.value.as_ref())?;
    if own != measure {
        spec.wrong(
            written.at_most.at,
            "the control measures something else than the guardrail",
            "write the same keys: `bad` and `total`, or `value`",
        );
        return None;
    }
    Some((queries, most?))
}

/// What the query of a value gives: seconds for a limit of time and a share for one in percent, unless `unit` says
/// otherwise.
fn given(
    spec: &mut Spec<'_, '_, '_>,
    measure: Measure,
    unit: Option<&Spanned<String>>,
    at_most: Option<&Spanned<String>>,
) -> Given {
    let plain = Given { unit: LimitUnit::Plain, scale: 1.0 };
    let Some(spot) = unit else {
        let unit = at_most.map_or(LimitUnit::Plain, |most| match (time(&most.value), percent(&most.value)) {
            (Some(_), _) => LimitUnit::Seconds,
            (_, Some(_)) => LimitUnit::Percent,
            _ => LimitUnit::Plain,
        });
        return Given { unit, scale: 1.0 };
    };
    if measure == Measure::Share {
        spec.wrong(spot.at, "counts have no unit", "remove it");
        return plain;
    }
    let seconds = |scale| Given { unit: LimitUnit::Seconds, scale };
    let words = [
        ("s", seconds(1.0)),
        ("ms", seconds(1e-3)),
        ("us", seconds(1e-6)),
        ("ns", seconds(1e-9)),
        ("%", Given { unit: LimitUnit::Percent, scale: 0.01 }),
        ("share", Given { unit: LimitUnit::Percent, scale: 1.0 }),
    ];
    spec.word(spot, &words).unwrap_or(plain)
}

/// A limit in the unit of what is measured.
fn amount(
    spec: &mut Spec<'_, '_, '_>,
    spot: &Spanned<String>,
    measure: Measure,
    given: Given,
) -> Option<f64> {
    let text = spot.value.trim();
    if measure == Measure::Share {
        let share = percent(text).filter(|share| *share < 1.0);
        if share.is_none() {
            spec.wrong(spot.at, "not a share between 0 and 100 %", "write it with its sign: 1%");
        }
        return share;
    }
    let (unit, value) = match (time(text), percent(text), text.parse::<f64>().ok()) {
        (Some(seconds), ..) => (LimitUnit::Seconds, Some(seconds)),
        (_, Some(share), _) => (LimitUnit::Percent, Some(share)),
        (.., number) => (LimitUnit::Plain, number.filter(|it| it.is_finite())),
    };
    let Some(value) = value else {
        spec.wrong(spot.at, "not a limit", "write a number, with its unit if it has one: 250ms, 1%, 10000");
        return None;
    };
    if unit != given.unit {
        let (message, help) = match unit {
            LimitUnit::Seconds => {
                ("a length of time, where the other limits are none", "write all of them in one unit")
            }
            LimitUnit::Percent => {
                ("a percentage, where the other limits are none", "write all of them in one unit")
            }
            LimitUnit::Plain => ("a number without its unit", "write it with one: 250ms, 1%"),
        };
        spec.wrong(spot.at, message, help);
        return None;
    }
    Some(value)
}

/// `1%` as 0.01.
fn percent(text: &str) -> Option<f64> {
    let value = text.trim().strip_suffix('%')?.trim().parse::<f64>().ok()?;
    (value.is_finite() && value > 0.0).then_some(value / 100.0)
}

/// `250ms` as 0.25.
fn time(text: &str) -> Option<f64> {
    let units = [("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9), ("min", 60.0), ("s", 1.0)];
    let found = units.iter().find_map(|(unit, scale)| Some((text.strip_suffix(unit)?, scale)));
    let (digits, scale) = found?;
    let value = digits.trim().parse::<f64>().ok()?;
    (value.is_finite() && value > 0.0).then_some(value * scale)
}

fn said(queries: &Queries, limits: &domain::Limits) -> String {
    let one = |text: &Option<String>| {
        text.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let what = match limits.measure {
        Measure::Share => format!("{} of {}", one(&queries.bad), one(&queries.total)),
        Measure::Value => one(&queries.value),
    };
    format!("{what}: {}", limits.describe())
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

/// The finding of so many windows, from the points of both arms.
pub(super) fn measured(wanted: &Wanted, stage: &Arm, control: Option<&Arm>, lineage: &str) -> Answered {
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
    let reason = lacking(wanted, stage, windows.len());
    let mut found = finding(Outcome::Unclear, reason, lineage);
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
    if *bad < 0.0 || *total < 0.0 {
        return Err(Failure::new(FailureKind::Rejected, "the query counts less than nothing")
            .advise("count what came in the window: increase(...[{{ window }}])"));
    }
    if *bad > total * INVENTED + 1.0 {
        let message = format!("{bad} bad ones of {total}: more than all of them");
        return Err(Failure::new(FailureKind::Rejected, message).advise(
            "correct the queries: `bad` must count some of what `total` counts, over the same time",
        ));
    }
    // `min` of what is no number is the other one.
    let (Some(_), Some(all)) = (Real::new(*bad), Real::new(*total)) else { return Ok(None) };
    Ok(Real::new(bad.min(*total)).map(|bad| Measurement::Share(bad, all)))
}

/// Why there is less than there could be.
fn lacking(wanted: &Wanted, stage: &Arm, windows: usize) -> String {
    match (&wanted.stage.value, stage.bad.is_empty(), stage.total.is_empty()) {
        _ if windows > 0 => String::new(),
        (None, true, false) => {
            "`bad` gives no data, and no data is not zero: write `... or vector(0)` if it counts only what failed".into()
        }
        (None, _, true) => "`total` gives no data".into(),
        (Some(_), ..) if stage.value.is_empty() => "the query gives no data".into(),
        _ => "the queries give no data about the same windows".into(),
    }
}

/// The ends of the first and the last complete window since then; `None`: there is none yet. Windows begin at whole
/// multiples of their length, so that everybody who asks sees the same ones.
pub(super) fn span(wanted: &Wanted, now: i64, lag: i64) -> Option<(i64, i64, i64)> {
    let window = wanted.window.filter(|it| *it > 0)?;
    let since = wanted.since.unwrap_or(now);
    let begins = since.div_euclid(window).checked_add(i64::from(since.rem_euclid(window) != 0))?;
    let first = begins.checked_add(1)?.checked_mul(window)?;
    let last = now.saturating_sub(lag).div_euclid(window).checked_mul(window)?;
    (first <= last).then_some((first, last, window))
}

/// The finding where no window is complete yet.
pub(super) fn none_yet(lineage: &str) -> Answered {
    let mut found = finding(Outcome::Unclear, "", lineage);
    found.measured = Some(Measured::Windows(Vec::new()));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(since: i64) -> Wanted {
        let stage = Queries { bad: Some("b".into()), total: Some("t".into()), value: None };
        Wanted { stage, control: None, scale: 1.0, window: Some(300), since: Some(since) }
    }

    #[test]
    fn windows_begin_on_round_moments_and_end_before_the_lag() {
        assert_eq!(span(&wanted(600), 1_000, 30), Some((900, 900, 300)));
        assert_eq!(span(&wanted(601), 1_000, 30), None, "the first whole window is from 900 on");
        assert_eq!(span(&wanted(600), 1_229, 30), Some((900, 900, 300)), "1,200 may still lack samples");
        assert_eq!(span(&wanted(600), 1_230, 30), Some((900, 1_200, 300)));
        assert_eq!(span(&wanted(i64::MAX), i64::MAX, 30), None);
    }

    #[test]
    fn a_window_needs_both_counts_and_no_more_bad_ones_than_there_were() {
        let points = |all: &[(i64, f64)]| all.iter().copied().collect::<Points>();
        let arm = Arm {
            bad: points(&[(300, 1.0), (900, 10.2), (1_200, f64::NAN)]),
            total: points(&[(300, 100.0), (600, 50.0), (900, 10.0), (1_200, 5.0)]),
            value: Points::new(),
        };
        let found = measured(&wanted(0), &arm, None, "range").unwrap();
        let Some(Measured::Windows(windows)) = found.measured else { panic!("no windows") };
        assert_eq!(windows.iter().map(|it| it.to).collect::<Vec<_>>(), [300, 900]);
        let all = Measurement::Share(Real::new(10.0).unwrap(), Real::new(10.0).unwrap());
        assert_eq!(windows[1].is, all, "what the server invents between samples is cut");
        let units = Arm { bad: points(&[(300, 40.0)]), total: points(&[(300, 0.5)]), ..Arm::default() };
        assert_eq!(measured(&wanted(0), &units, None, "range").unwrap_err().kind, FailureKind::Rejected);
        let none = Arm { total: points(&[(300, 4.0)]), ..Arm::default() };
        assert!(measured(&wanted(0), &none, None, "range").unwrap().reason.contains("or vector(0)"));
    }

    #[test]
    fn limits_have_units() {
        assert_eq!(
            (percent("1%"), percent("120 %"), percent("1"), percent("-1%")),
            (Some(0.01), Some(1.2), None, None)
        );
        assert_eq!((time("250ms"), time("2s"), time("2"), time("ms")), (Some(0.25), Some(2.0), None, None));
    }
}
