//! One number from a monitoring system against limits, a number of samples and a baseline: shared by the sources that
//! measure. What there is no data about is never fine.

mod proportion;

use std::time::Duration;

pub(super) use self::proportion::{Proportion, WrittenCounts, weigh};
use serde::{Deserialize, Serialize};

use super::{
    fact::{Range, beside, limit, number},
    spec::Spec,
};
use gonogo_domain::Outcome;
use gonogo_text::span;
use gonogo_yaml::Spanned;

/// What a gate asks of a monitoring system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum MonitoringQuery {
    /// Counts of bad ones and of all: a share, judged by what so many can show.
    Proportion(Proportion),
    /// One number.
    Metric(Metric),
}

/// What is measured, and what it must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Metric {
    pub(super) query: String,
    /// How far back a sample may lie, in seconds; for sources that ask for a span of time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) window: Option<u64>,
    pub(super) range: Range,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) samples: Option<Samples>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) baseline: Option<MetricBaseline>,
}

/// How much there must be to measure at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Samples {
    pub(super) query: String,
    pub(super) at_least: f64,
}

/// What the number is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MetricBaseline {
    pub(super) against: BaselineSource,
    /// In percent of the baseline.
    pub(super) range: Range,
}

/// Where a baseline comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum BaselineSource {
    /// The same query so many seconds ago.
    Earlier(u64),
    /// Another query now: a control group.
    Query(String),
}

/// `samples` as it is written.
#[derive(Deserialize)]
pub(super) struct WrittenSamples {
    query: Spanned<String>,
    at_least: Spanned<f64>,
}

/// `baseline` as it is written.
#[derive(Deserialize)]
pub(super) struct WrittenBaseline {
    earlier: Option<Spanned<String>>,
    query: Option<Spanned<String>>,
    at_most: Option<Spanned<String>>,
    at_least: Option<Spanned<String>>,
}

/// What every measuring kind of evidence may say.
pub(super) struct MetricKeys {
    pub(super) query: Option<Spanned<String>>,
    pub(super) bad: Option<Spanned<String>>,
    pub(super) total: Option<Spanned<String>>,
    pub(super) window: Option<Spanned<String>>,
    pub(super) at_most: Option<Spanned<String>>,
    pub(super) at_least: Option<Spanned<f64>>,
    pub(super) samples: Option<WrittenSamples>,
    pub(super) baseline: Option<WrittenBaseline>,
}

/// A key, and what it means.
type ToldKey = (&'static str, &'static str);

/// What each of them means, in the documents and in editors.
impl MetricKeys {
    pub(super) const QUERY: ToldKey =
        ("query", "gives one number, of one moment; it says nothing about the next");
    pub(super) const BAD: ToldKey =
        ("bad", "counts what went wrong; with `total`, the share passes once the counts prove it");
    pub(super) const TOTAL: ToldKey = ("total", "counts everything");
    pub(super) const AT_MOST: ToldKey = ("at_most", "the most that passes; with `bad` a share, such as `1%`");
    pub(super) const AT_LEAST: ToldKey = ("at_least", "the least that passes");
    pub(super) const SAMPLES: ToldKey =
        ("samples", "`{ query, at_least }`: how many samples the number needs");
    pub(super) const BASELINE: ToldKey = (
        "baseline",
        "`{ query or earlier, at_most, at_least }`: compared with another query, or with the same one some time ago (`earlier: 7d`), by share: `120%`",
    );
}

impl MonitoringQuery {
    /// Checks what is written: a query that gives one number, or two that count.
    pub(super) fn check(spec: &mut Spec<'_, '_, '_>, written: MetricKeys) -> Option<Self> {
        let (counts, query) = (written.bad.is_some() || written.total.is_some(), written.query.as_ref());
        match (counts, query) {
            (false, Some(_)) => Metric::check(spec, written).map(Self::Metric),
            (true, None) => Self::counts(spec, &written),
            (true, Some(query)) => {
                spec.wrong(
                    query.at,
                    "`query` gives one number, and `bad` and `total` count",
                    "write one of them",
                );
                None
            }
            (false, None) => {
                spec.lacks(
                    "it has no `query`",
                    "write a `query` that gives one number, or `bad:` and `total:` with a count each",
                );
                None
            }
        }
    }

    fn counts(spec: &mut Spec<'_, '_, '_>, written: &MetricKeys) -> Option<Self> {
        if let Some(spot) = &written.at_least {
            spec.wrong(spot.at, "`bad` needs a limit", "write `at_most: 1%`");
        }
        if written.samples.is_some() || written.baseline.is_some() {
            spec.lacks("`bad` and `total` already count the samples", "remove `samples` and `baseline`");
        }
        let counts = WrittenCounts {
            bad: written.bad.as_ref(),
            total: written.total.as_ref(),
            at_most: written.at_most.as_ref(),
            window: written.window.as_ref(),
        };
        Proportion::check(spec, &counts).map(Self::Proportion)
    }

    /// In one line for people.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Proportion(it) => it.describe(),
            Self::Metric(it) => it.describe(),
        }
    }
}

/// The limit of one number.
fn plain(spec: &mut Spec<'_, '_, '_>, spot: &Spanned<String>) -> Option<f64> {
    let value = spot.value.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    if value.is_none() {
        let help = if spot.value.trim().ends_with('%') {
            "write a plain number: 0.01; or count with `bad:` and `total:`, whose limit is a percentage"
        } else {
            "write a plain number: 0.01"
        };
        spec.wrong(spot.at, "not a number", help);
    }
    value
}

impl Metric {
    /// Checks what is written.
    fn check(spec: &mut Spec<'_, '_, '_>, written: MetricKeys) -> Option<Self> {
        let MetricKeys { query, window, at_most, at_least, samples, baseline, .. } = written;
        let most = at_most.as_ref().map(|spot| plain(spec, spot));
        let (unread, at_most) = (most == Some(None), most.flatten());
        let at_least = at_least.map(|spot| spot.value);
        let range = Range { at_most, at_least };
        if range.is_empty() && baseline.is_none() && !unread {
            spec.lacks("it has no limit", "add `at_most`, `at_least` or both");
        }
        if let (Some(most), Some(least)) = (at_most, at_least)
            && least > most
        {
            spec.lacks("`at_least` is more than `at_most`: no number fits", "swap them");
        }
        Some(Self {
            query: spec.text(&query?, "the query"),
            window: window.and_then(|window| spec.length(&window)).map(|window| window.as_secs()),
            range,
            samples: samples.map(|samples| Samples::check(spec, &samples)),
            baseline: baseline.and_then(|baseline| MetricBaseline::check(spec, &baseline)),
        })
    }

    /// In one line for people.
    pub(super) fn describe(&self) -> String {
        let query = self.query.split_whitespace().collect::<Vec<_>>().join(" ");
        let limits = self.range.describe();
        let baseline = self.baseline.as_ref().map(MetricBaseline::describe);
        let limits: Vec<_> = Some(limits).filter(|it| !it.is_empty()).into_iter().chain(baseline).collect();
        format!("{query}: {}", limits.join(", "))
    }
}

impl Samples {
    fn check(spec: &mut Spec<'_, '_, '_>, written: &WrittenSamples) -> Self {
        if written.at_least.value <= 0.0 {
            spec.wrong(written.at_least.at, "it needs samples to prove anything", "write a number above 0");
        }
        Self { query: spec.text(&written.query, "the query"), at_least: written.at_least.value }
    }
}

impl MetricBaseline {
    fn check(spec: &mut Spec<'_, '_, '_>, written: &WrittenBaseline) -> Option<Self> {
        let range = Range {
            at_most: written.at_most.as_ref().and_then(|spot| percent(spec, spot)),
            at_least: written.at_least.as_ref().and_then(|spot| percent(spec, spot)),
        };
        if written.at_most.is_none() && written.at_least.is_none() {
            spec.lacks("the baseline has no limit", "add `at_most: 120%`");
        }
        let against = match (&written.earlier, &written.query) {
            (Some(earlier), None) => BaselineSource::Earlier(spec.length(earlier)?.as_secs()),
            (None, Some(query)) => BaselineSource::Query(spec.text(query, "the query")),
            _ => {
                spec.lacks("the baseline needs `earlier` or `query`, and only one of them", "earlier: 7d");
                return None;
            }
        };
        Some(Self { against, range })
    }

    fn describe(&self) -> String {
        let percent = |most: Option<f64>, word: &str| most.map(|most| format!("{word} {} %", limit(most)));
        let limits = percent(self.range.at_least, "at least")
            .into_iter()
            .chain(percent(self.range.at_most, "at most"));
        let limits = limits.collect::<Vec<_>>().join(", ");
        match &self.against {
            BaselineSource::Earlier(seconds) => {
                format!("{limits} of {} ago", span(Duration::from_secs(*seconds)))
            }
            BaselineSource::Query(_) => format!("{limits} of the control group"),
        }
    }
}

/// `120%`: with its sign, so that 1.2 is not taken for it.
fn percent(spec: &mut Spec<'_, '_, '_>, spot: &Spanned<String>) -> Option<f64> {
    let value = spot.value.strip_suffix('%').and_then(|digits| digits.trim().parse::<f64>().ok());
    let value = value.filter(|value| value.is_finite() && *value > 0.0);
    if value.is_none() {
        spec.wrong(spot.at, "not a percentage", "write a number with its sign: 120%");
    }
    value
}

/// Said of what a number at one moment is: no proof, however often it is looked at.
pub(super) const ONE_READING: &str = "; one reading";

/// What one query gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct MetricReading {
    /// The number; none if there is no data.
    pub(super) value: Option<f64>,
    /// When the newest number there is was taken, if that is too long ago to be one of now.
    pub(super) old: Option<String>,
    /// Why the server itself does not stand behind it: a warning about a partial answer.
    pub(super) doubts: Vec<String>,
    /// What else it said.
    pub(super) notes: Vec<String>,
}

/// What all queries of a gate gave.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Readings {
    pub(super) value: MetricReading,
    pub(super) samples: Option<MetricReading>,
    pub(super) baseline: Option<MetricReading>,
}

/// The outcome and the reason. Too few samples are no data, and no data proves nothing.
pub(super) fn judge(metric: &Metric, readings: &Readings) -> (Outcome, String) {
    if let Some(samples) = &metric.samples
        && let Some(lack) = lack_of_samples(samples, readings.samples.as_ref())
    {
        return (Outcome::Unclear, lack);
    }
    let value = match solid(&readings.value) {
        Ok(value) => value,
        Err(why) => return (Outcome::Unclear, why),
    };
    let mut reason = metric.range.shown(value);
    let mut outcome = Outcome::Holds;
    if !metric.range.is_empty() {
        outcome = metric.range.judge(value);
        let mark = if outcome == Outcome::Fails { "not " } else { "" };
        reason = format!("{reason}, {mark}{}", metric.range.describe());
    }
    if let Some(baseline) = &metric.baseline {
        let (compared, words) = against(baseline, value, readings.baseline.as_ref());
        outcome = outcome.max(compared);
        reason = format!("{reason}; {words}");
    }
    let reason = format!("{reason}{ONE_READING}");
    doubted(readings, outcome, reason)
}

fn lack_of_samples(wanted: &Samples, found: Option<&MetricReading>) -> Option<String> {
    let Some(found) = found else { return Some("the samples were not counted".into()) };
    match solid(found) {
        Ok(count) if count >= wanted.at_least => None,
        Ok(count) => {
            let count = beside(count, [wanted.at_least]);
            Some(format!("{count} samples, at least {} are needed", limit(wanted.at_least)))
        }
        Err(why) => Some(format!("the samples: {why}")),
    }
}

fn against(baseline: &MetricBaseline, value: f64, found: Option<&MetricReading>) -> (Outcome, String) {
    let Some(found) = found else { return (Outcome::Unclear, "the baseline was not asked for".into()) };
    match solid(found) {
        Err(why) => (Outcome::Unclear, format!("the baseline: {why}")),
        Ok(base) if base <= 0.0 => (
            Outcome::Unclear,
            format!("the baseline is {}, so a percentage of it means nothing", number(base)),
        ),
        Ok(base) => {
            let share = value / base * 100.0;
            let outcome = baseline.range.judge(share);
            let mark = if outcome == Outcome::Fails { "not " } else { "" };
            let share = baseline.range.shown(share);
            (outcome, format!("{share} % of {}, {mark}{}", number(base), baseline.describe()))
        }
    }
}

fn solid(reading: &MetricReading) -> Result<f64, String> {
    match reading.value {
        None => Err(reading.old.as_ref().map_or_else(
            || "no data".into(),
            |old| format!("no current data: the newest value is from {old}"),
        )),
        Some(value) if value.is_nan() => Err("not a number (NaN): nothing to measure".into()),
        Some(value) if value.is_infinite() => Err("not a finite number: a division by zero".into()),
        Some(value) => Ok(value),
    }
}

/// A partial answer may be missing the very series that is too high (V3).
fn doubted(readings: &Readings, outcome: Outcome, reason: String) -> (Outcome, String) {
    let all = [Some(&readings.value), readings.samples.as_ref(), readings.baseline.as_ref()];
    match all.into_iter().flatten().flat_map(|reading| &reading.doubts).next() {
        Some(doubt) if outcome == Outcome::Holds => {
            (Outcome::Unclear, format!("{reason}; but the answer may be partial: {doubt}"))
        }
        _ => (outcome, reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(value: f64) -> MetricReading {
        MetricReading { value: Some(value), ..MetricReading::default() }
    }

    fn metric() -> Metric {
        let range = Range { at_most: Some(0.01), at_least: None };
        Metric { query: "q".into(), window: None, range, samples: None, baseline: None }
    }

    fn word(metric: &Metric, value: f64, samples: Option<f64>, baseline: Option<f64>) -> (Outcome, String) {
        let readings = Readings {
            value: reading(value),
            samples: samples.map(reading),
            baseline: baseline.map(reading),
        };
        judge(metric, &readings)
    }

    #[test]
    fn a_number_is_within_its_limits_or_not() {
        assert_eq!(
            word(&metric(), 0.004, None, None),
            (Outcome::Holds, "0.004, at most 0.01; one reading".into())
        );
        assert_eq!(
            word(&metric(), 0.02, None, None),
            (Outcome::Fails, "0.02, not at most 0.01; one reading".into())
        );
        assert_eq!(word(&metric(), f64::NAN, None, None).0, Outcome::Unclear);
        assert_eq!(word(&metric(), f64::NEG_INFINITY, None, None).0, Outcome::Unclear);
    }

    #[test]
    fn too_few_samples_are_no_data_whatever_the_number() {
        let metric = Metric { samples: Some(Samples { query: "s".into(), at_least: 500.0 }), ..metric() };
        assert_eq!(word(&metric, 0.0, Some(499.0), None).0, Outcome::Unclear);
        assert_eq!(word(&metric, 0.9, Some(499.0), None).0, Outcome::Unclear);
        assert_eq!(word(&metric, 0.0, None, None).0, Outcome::Unclear);
        assert_eq!(word(&metric, 0.0, Some(f64::NAN), None).0, Outcome::Unclear);
        assert_eq!(word(&metric, 0.0, Some(500.0), None).0, Outcome::Holds);
    }

    #[test]
    fn a_baseline_is_a_second_limit_and_zero_is_none() {
        let range = Range { at_most: Some(120.0), at_least: None };
        let metric = Metric {
            baseline: Some(MetricBaseline { against: BaselineSource::Earlier(604_800), range }),
            ..metric()
        };
        assert_eq!(word(&metric, 0.006, None, Some(0.005)).0, Outcome::Holds);
        let (outcome, reason) = word(&metric, 0.007, None, Some(0.005));
        assert_eq!(outcome, Outcome::Fails);
        assert_eq!(reason, "0.007, at most 0.01; 140 % of 0.005, not at most 120 % of 7 d ago; one reading");
        assert_eq!(word(&metric, 0.0, None, Some(0.0)).0, Outcome::Unclear);
        assert_eq!(word(&metric, 0.0, None, None).0, Outcome::Unclear);
        assert_eq!(word(&metric, 0.5, None, Some(0.0)).0, Outcome::Fails, "its own limit fails anyway");
    }

    #[test]
    fn a_partial_answer_can_fail_and_never_hold() {
        let doubted = |value| Readings {
            value: MetricReading { doubts: vec!["store s2 is down".into()], ..reading(value) },
            samples: None,
            baseline: None,
        };
        assert_eq!(judge(&metric(), &doubted(0.0)).0, Outcome::Unclear);
        assert_eq!(judge(&metric(), &doubted(1.0)).0, Outcome::Fails);
    }
}
