//! Guardrails as they are written: limits with their units, the same for every source.

use std::time::Duration;

use serde::Deserialize;

use super::{DecodedGuardrail, GateLimits, Queries, Wanted};
use crate::spec::Spec;
use gonogo_domain::{self as domain, LimitUnit, Measure};
use gonogo_yaml::{NodeRef, Problem, Shape, Spanned};

/// The keys of a source whose queries are text.
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
    control: Option<WrittenControl>,
    // Of the sketch before this one; each gets an answer of its own.
    breach_after: Option<NodeRef>,
    samples: Option<NodeRef>,
    query: Option<Spanned<String>>,
    baseline: Option<NodeRef>,
}

/// The same of those who did not get the release.
#[derive(Deserialize)]
pub(crate) struct WrittenControl {
    bad: Option<Spanned<String>>,
    total: Option<Spanned<String>>,
    value: Option<Spanned<String>>,
    at_most: Spanned<String>,
}

/// What is measured, each by a query of the source.
pub(crate) struct WrittenMeasure {
    pub(crate) bad: Option<Spanned<String>>,
    pub(crate) total: Option<Spanned<String>>,
    pub(crate) value: Option<Spanned<String>>,
    pub(crate) control: Option<WrittenControl>,
}

/// The limits of a guardrail, whatever measures it.
#[derive(Default)]
pub(crate) struct WrittenLimits {
    pub(crate) unit: Option<Spanned<String>>,
    pub(crate) at_most: Option<Spanned<String>>,
    pub(crate) watch_at: Option<Spanned<String>>,
    pub(crate) stop_at: Option<Spanned<String>>,
    pub(crate) cluster: Option<Spanned<u64>>,
}

/// What the query of a value gives.
#[derive(Clone, Copy, Debug, PartialEq)]
struct ValueUnit {
    unit: LimitUnit,
    scale: f64,
}

/// What a source has to say to one of its queries.
pub(crate) type QueryCheck = fn(&mut Spec<'_, '_, '_>, &Spanned<String>);

/// Keys of the sketch before this one: read so that each gets an answer of its own, and not offered to anybody.
const OLD: &[&str] = &["breach_after", "samples", "query", "baseline"];

/// What a guardrail of a source whose queries are text may say.
pub(crate) fn shape() -> Shape {
    match Shape::of::<Keys>() {
        Shape::Keys(mut keys) => {
            keys.retain(|key| !OLD.contains(&key.name));
            Shape::Keys(keys)
        }
        other => other,
    }
}

/// Reads a guardrail of a source whose queries are text.
pub(crate) fn decode(
    limits: &GateLimits<'_>,
    _: Duration,
    problems: &mut Vec<Problem>,
) -> Option<DecodedGuardrail> {
    decode_queries(limits, problems, |_, _| ())
}

/// The same, with what the source asks of its queries.
pub(crate) fn decode_queries(
    limits: &GateLimits<'_>,
    problems: &mut Vec<Problem>,
    check: QueryCheck,
) -> Option<DecodedGuardrail> {
    let mut spec = Spec::new(limits, problems);
    let keys: Keys = spec.read()?;
    old(&mut spec, &keys);
    let Keys { bad, total, value, unit, at_most, watch_at, stop_at, cluster, control, .. } = keys;
    let measure = WrittenMeasure { bad, total, value, control };
    let written = WrittenLimits { unit, at_most, watch_at, stop_at, cluster };
    let (wanted, tested) = read(&mut spec, &measure, &written, check)?;
    let said = said(&wanted.stage, &tested);
    let decoded = spec.finish(wanted, said)?;
    Some(DecodedGuardrail { args: decoded.args, limits: tested, said: decoded.said })
}

/// What is measured, and what it must be.
pub(crate) fn read(
    spec: &mut Spec<'_, '_, '_>,
    measured: &WrittenMeasure,
    written: &WrittenLimits,
    check: QueryCheck,
) -> Option<(Wanted, domain::Limits)> {
    let WrittenMeasure { bad, total, value, control: other } = measured;
    let (measure, stage) = queries(spec, (bad.as_ref(), total.as_ref(), value.as_ref()), check)?;
    let control = other.as_ref().and_then(|it| control(spec, measure, it, check));
    let asked = other.as_ref().map(|_| control.as_ref().map(|(_, most)| *most));
    let (tested, scale) = limits(spec, measure, written, asked);
    let control = control.map(|(queries, _)| queries);
    Some((Wanted { stage, control, scale, window: None, since: None }, tested))
}

/// Reads limits. `control` is there if a control is written, with what it may be if that can be read. The second of
/// what comes back is what a measured value is in the unit of the limits.
pub(crate) fn limits(
    spec: &mut Spec<'_, '_, '_>,
    measure: Measure,
    written: &WrittenLimits,
    control: Option<Option<f64>>,
) -> (domain::Limits, f64) {
    let given = given(spec, measure, written.unit.as_ref(), written.at_most.as_ref());
    let mut limit = |spot: Option<&Spanned<String>>| spot.and_then(|spot| amount(spec, spot, measure, given));
    let (at_most, watch_at, stop_at) =
        (limit(written.at_most.as_ref()), limit(written.watch_at.as_ref()), limit(written.stop_at.as_ref()));
    if written.at_most.is_none() && control.is_none() {
        let help = if measure == Measure::Share { "add `at_most: 1%`" } else { "add `at_most: 250ms`" };
        spec.lacks("it has no limit", help);
    }
    if let (Some(most), Some(stop), Some(spot)) = (at_most, stop_at, &written.stop_at)
        && stop <= most
    {
        spec.wrong(
            spot.at,
            "`stop_at` is for emergencies: it must be far above `at_most`",
            "write ten times `at_most`",
        );
    }
    let cluster = written.cluster.as_ref().map_or(1, |spot| {
        if spot.value == 0 {
            spec.wrong(spot.at, "a cluster cannot be 0", "write how many usually fail together: 5");
        }
        spot.value.max(1)
    });
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let cluster = cluster as f64;
    let control = control.flatten();
    (domain::Limits { measure, at_most, control, watch_at, stop_at, cluster, unit: given.unit }, given.scale)
}

/// Keys that were meant once, and what says it now.
fn old(spec: &mut Spec<'_, '_, '_>, keys: &Keys) {
    if let Some(NodeRef(at)) = keys.breach_after {
        let help =
            "remove it: looking often does not cause false alarms; use `stop_at: 10%` for an emergency";
        spec.wrong(
            at,
            "`breach_after` reports breaches on healthy services, because overlapping windows count the same requests",
            help,
        );
    }
    if let Some(NodeRef(at)) = keys.samples {
        let help = "remove it: \"not enough yet\" shows how many are missing; for a minimum, use `soak: { samples: 5000 }`";
        spec.wrong(at, "a guardrail counts its own samples", help);
    }
    if let Some(spot) = &keys.query {
        let help = "write a count each for `bad:` and `total:`, or `value:` where there is only a value";
        spec.wrong(spot.at, "a share alone does not say how many requests it is based on", help);
    }
    if let Some(NodeRef(at)) = keys.baseline {
        let help =
            "write `control: { bad: ..., total: ..., at_most: 120% }` of those who did not get the release";
        spec.wrong(at, "a guardrail is compared with a `control`", help);
    }
}

type Spots<'a> = (Option<&'a Spanned<String>>, Option<&'a Spanned<String>>, Option<&'a Spanned<String>>);

fn queries(spec: &mut Spec<'_, '_, '_>, spots: Spots<'_>, check: QueryCheck) -> Option<(Measure, Queries)> {
    let (bad, total, value) = spots;
    let mut text = |spot: &Spanned<String>| {
        check(spec, spot);
        Some(spec.text(spot, "the query"))
    };
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
            spec.lacks("it does not say what to measure", "write `bad:` and `total:`, or `value:`");
            None
        }
    }
}

fn control(
    spec: &mut Spec<'_, '_, '_>,
    measure: Measure,
    written: &WrittenControl,
    check: QueryCheck,
) -> Option<(Queries, f64)> {
    let most = of_control(spec, &written.at_most);
    let spots = (written.bad.as_ref(), written.total.as_ref(), written.value.as_ref());
    let (own, queries) = queries(spec, spots, check)?;
    if own != measure {
        spec.wrong(
            written.at_most.at,
            "the control and the guardrail must measure the same thing",
            "write the same keys: `bad` and `total`, or `value`",
        );
        return None;
    }
    Some((queries, most?))
}

/// How much of the control it may be.
pub(crate) fn of_control(spec: &mut Spec<'_, '_, '_>, spot: &Spanned<String>) -> Option<f64> {
    let most = percent(&spot.value);
    if most.is_none() {
        spec.wrong(spot.at, "not a percentage", "write a percentage of the control: 120%");
    }
    most
}

/// What the query of a value gives: seconds for a limit of time and a share for one in percent, unless `unit` says
/// otherwise.
fn given(
    spec: &mut Spec<'_, '_, '_>,
    measure: Measure,
    unit: Option<&Spanned<String>>,
    at_most: Option<&Spanned<String>>,
) -> ValueUnit {
    let plain = ValueUnit { unit: LimitUnit::Plain, scale: 1.0 };
    let Some(spot) = unit else {
        let unit = at_most.map_or(LimitUnit::Plain, |most| match (time(&most.value), percent(&most.value)) {
            (Some(_), _) => LimitUnit::Seconds,
            (_, Some(_)) => LimitUnit::Percent,
            _ => LimitUnit::Plain,
        });
        return ValueUnit { unit, scale: 1.0 };
    };
    if measure == Measure::Share {
        spec.wrong(spot.at, "counts have no unit", "remove it");
        return plain;
    }
    let seconds = |scale| ValueUnit { unit: LimitUnit::Seconds, scale };
    let words = [
        ("s", seconds(1.0)),
        ("ms", seconds(1e-3)),
        ("us", seconds(1e-6)),
        ("ns", seconds(1e-9)),
        ("%", ValueUnit { unit: LimitUnit::Percent, scale: 0.01 }),
        ("share", ValueUnit { unit: LimitUnit::Percent, scale: 1.0 }),
    ];
    spec.word(spot, &words).unwrap_or(plain)
}

/// A limit in the unit of what is measured.
fn amount(
    spec: &mut Spec<'_, '_, '_>,
    spot: &Spanned<String>,
    measure: Measure,
    given: ValueUnit,
) -> Option<f64> {
    let text = spot.value.trim();
    if measure == Measure::Share {
        return share(spec, spot);
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
                ("a length of time, while the other limits are not", "use one unit for all of them")
            }
            LimitUnit::Percent => {
                ("a percentage, while the other limits are not", "use one unit for all of them")
            }
            LimitUnit::Plain => ("a number without its unit", "write it with one: 250ms, 1%"),
        };
        spec.wrong(spot.at, message, help);
        return None;
    }
    Some(value)
}

/// A share between 0 and 1, written in percent.
pub(crate) fn share(spec: &mut Spec<'_, '_, '_>, spot: &Spanned<String>) -> Option<f64> {
    let share = percent(&spot.value).filter(|share| *share < 1.0);
    if share.is_none() {
        spec.wrong(spot.at, "not a percentage between 0 and 100", "write the % sign: 1%");
    }
    share
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

/// In one line for people.
pub(crate) fn said(queries: &Queries, limits: &domain::Limits) -> String {
    let one = |text: &Option<String>| {
        text.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let what = match limits.measure {
        Measure::Share => format!("{} of {}", one(&queries.bad), one(&queries.total)),
        Measure::Value => one(&queries.value),
    };
    format!("{what}: {}", limits.describe())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_have_units() {
        assert_eq!(
            (percent("1%"), percent("120 %"), percent("1"), percent("-1%")),
            (Some(0.01), Some(1.2), None, None)
        );
        assert_eq!((time("250ms"), time("2s"), time("2"), time("ms")), (Some(0.25), Some(2.0), None, None));
    }
}
