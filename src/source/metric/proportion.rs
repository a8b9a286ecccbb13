//! So many bad ones of so many: a share with its numbers can be judged, where one reading of a percentage proves little.

use serde::{Deserialize, Serialize};

use super::{MetricReading, solid};
use crate::{guardrail, spec::Spec};
use gonogo_domain::{ALPHA_OF_ROLLBACK, Outcome, Proof, prove};
use gonogo_yaml::Spanned;

/// A gate is looked at over and over, and what it counts overlaps from one look to the next: so it takes the smaller of
/// the two chances of an error.
const ALPHA: f64 = ALPHA_OF_ROLLBACK;

/// What is counted, and the share that must not be passed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proportion {
    pub(crate) bad: String,
    pub(crate) total: String,
    /// How far back is counted, in seconds; for sources that ask for a span of time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) window: Option<u64>,
    /// A share between 0 and 1.
    pub(crate) at_most: f64,
}

/// `bad` and `total` as they are written.
pub(crate) struct WrittenCounts<'a> {
    pub(crate) bad: Option<&'a Spanned<String>>,
    pub(crate) total: Option<&'a Spanned<String>>,
    pub(crate) at_most: Option<&'a Spanned<String>>,
    pub(crate) window: Option<&'a Spanned<String>>,
}

impl Proportion {
    /// Checks what is written.
    pub(crate) fn check(spec: &mut Spec<'_, '_, '_>, written: &WrittenCounts<'_>) -> Option<Self> {
        let (Some(bad), Some(total)) = (written.bad, written.total) else {
            spec.lacks(
                "`bad` and `total` belong together",
                "count both: the failed requests and all of them",
            );
            return None;
        };
        let Some(most) = written.at_most else {
            spec.lacks("it has no limit", "add `at_most: 1%`");
            return None;
        };
        let at_most = guardrail::share(spec, most);
        let window = written.window.and_then(|window| spec.length(window)).map(|window| window.as_secs());
        let (bad, total) = (spec.text(bad, "the query"), spec.text(total, "the query"));
        Some(Self { bad, total, window, at_most: at_most? })
    }

    /// In one line for people.
    pub(crate) fn describe(&self) -> String {
        let one = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        format!(
            "{} of {}: at most {} %",
            one(&self.bad),
            one(&self.total),
            crate::fact::percent_limit(self.at_most)
        )
    }

    /// The outcome and the reason of two readings.
    pub(crate) fn judge(&self, bad: &MetricReading, total: &MetricReading) -> (Outcome, String) {
        let (outcome, reason) = match (solid(bad), solid(total)) {
            (Ok(bad), Ok(total)) => weigh(bad, total, self.at_most),
            (Err(why), _) => (Outcome::Unclear, format!("`bad`: {why}")),
            (_, Err(why)) => (Outcome::Unclear, format!("`total`: {why}")),
        };
        match bad.doubts.iter().chain(&total.doubts).next() {
            Some(doubt) if matches!(outcome, Outcome::Holds | Outcome::Pending) => {
                (Outcome::Unclear, format!("{reason}; but the answer may be partial: {doubt}"))
            }
            _ => (outcome, reason),
        }
    }
}

/// Go where it is shown that the share is under the limit, no-go where it is shown that it is over it, else not enough
/// yet.
pub(crate) fn weigh(bad: f64, total: f64, most: f64) -> (Outcome, String) {
    match guardrail::counted(bad, total) {
        Err(failure) => return (Outcome::Unclear, failure.message.to_string()),
        Ok(None) => return (Outcome::Unclear, "the counts are not numbers".into()),
        Ok(Some(_)) => {}
    }
    let bad = bad.min(total);
    if total <= 0.0 {
        return (Outcome::Unclear, "nothing was counted".into());
    }
    let proof = prove(bad, total, most, ALPHA);
    let outcome = match proof {
        Proof::Under => Outcome::Holds,
        Proof::Over => Outcome::Fails,
        Proof::Open(_) => Outcome::Pending,
    };
    (outcome, proof.describe(bad, total, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(value: f64) -> MetricReading {
        MetricReading { value: Some(value), ..MetricReading::default() }
    }

    fn judged(bad: &MetricReading, total: &MetricReading) -> (Outcome, String) {
        let it = Proportion { bad: "b".into(), total: "t".into(), window: None, at_most: 0.01 };
        it.judge(bad, total)
    }

    #[test]
    fn a_share_with_its_numbers_is_shown_or_not() {
        let table = [
            (0.0, 1_000.0, Outcome::Holds),
            (0.0, 400.0, Outcome::Pending),
            (12.0, 1_000.0, Outcome::Pending),
            (30.0, 1_000.0, Outcome::Fails),
            (0.0, 0.0, Outcome::Unclear),
            (-1.0, 100.0, Outcome::Unclear),
            (200.0, 100.0, Outcome::Unclear),
            (f64::NAN, 100.0, Outcome::Unclear),
            (1.0, f64::INFINITY, Outcome::Unclear),
        ];
        for (bad, total, outcome) in table {
            let (found, reason) = judged(&reading(bad), &reading(total));
            assert_eq!(found, outcome, "{bad} of {total}: {reason}");
        }
        assert!(judged(&reading(0.0), &reading(400.0)).1.contains("not enough yet"), "it says how many more");
    }

    #[test]
    fn what_is_missing_or_in_doubt_never_holds() {
        let none = MetricReading::default();
        assert_eq!(judged(&none, &reading(1_000.0)).0, Outcome::Unclear);
        assert_eq!(judged(&reading(0.0), &none).0, Outcome::Unclear);
        let doubted = MetricReading { doubts: vec!["store s2 is down".into()], ..reading(0.0) };
        assert_eq!(judged(&doubted, &reading(1_000.0)).0, Outcome::Unclear);
        let doubted = MetricReading { doubts: vec!["store s2 is down".into()], ..reading(90.0) };
        assert_eq!(judged(&doubted, &reading(1_000.0)).0, Outcome::Fails);
    }
}
