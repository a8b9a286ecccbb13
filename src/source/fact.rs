//! Facts against limits: numbers and counts.

use serde::{Deserialize, Serialize};

use gonogo_domain::Outcome;

/// Limits of a number, both inclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) at_most: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) at_least: Option<f64>,
}

impl Range {
    pub(super) fn is_empty(&self) -> bool {
        self.at_most.is_none() && self.at_least.is_none()
    }

    /// Compares. A number that is none (NaN: 0/0) or endless proves nothing: every comparison with NaN is false, so
    /// "not more than the limit" would let it pass.
    pub(super) fn judge(&self, value: f64) -> Outcome {
        if self.is_empty() || !value.is_finite() {
            return Outcome::Unclear;
        }
        let within =
            self.at_most.is_none_or(|most| value <= most) && self.at_least.is_none_or(|least| value >= least);
        if within { Outcome::Holds } else { Outcome::Fails }
    }

    /// `at least 1, at most 5`.
    pub(super) fn describe(&self) -> String {
        let least = self.at_least.map(|least| format!("at least {}", limit(least)));
        let most = self.at_most.map(|most| format!("at most {}", limit(most)));
        least.into_iter().chain(most).collect::<Vec<_>>().join(", ")
    }

    /// A number beside these limits, as [`beside`] writes it.
    pub(super) fn shown(&self, value: f64) -> String {
        beside(value, self.at_least.into_iter().chain(self.at_most))
    }
}

/// A number for people: up to six significant digits, no exponent where it can be helped.
pub(super) fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".into() } else { value.to_string() };
    }
    let size = value.abs();
    if !(1e-6..1e15).contains(&size) {
        return format!("{value:e}");
    }
    let decimals = if size >= 1e6 { 0.0 } else { (5.0 - size.log10().floor()).clamp(0.0, 12.0) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 12")]
    let text = format!("{value:.*}", decimals as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A limit as whoever wrote it did: no digit of it is rounded away.
pub(super) fn limit(limit: f64) -> String {
    exact_where(limit, |short| short.total_cmp(&limit).is_eq())
}

/// A limit that was written as a share, in per cent: `0.07` is told as `7`, and what is not all is never told as 100.
pub(super) fn percent_limit(share: f64) -> String {
    exact_where(share * 100.0, |short| (short / 100.0).total_cmp(&share).is_eq())
}

/// A number beside its limits: in short, or with all its digits where the short one would be on the other side of a limit.
pub(super) fn beside(value: f64, limits: impl IntoIterator<Item = f64> + Clone) -> String {
    exact_where(value, |short| {
        limits.clone().into_iter().all(|limit| short.partial_cmp(&limit) == value.partial_cmp(&limit))
    })
}

/// The short form of a number where that is true enough, else all of it.
fn exact_where(value: f64, is_true: impl Fn(f64) -> bool) -> String {
    let short = number(value);
    if short.parse().is_ok_and(is_true) { short } else { value.to_string() }
}

/// A count against the most there may be: `3 open issues, at most 0`.
pub(super) fn counted(count: u64, at_most: u64, one: &str, many: &str) -> (Outcome, String) {
    let what = if count == 1 { one } else { many };
    match count {
        _ if count > at_most => (Outcome::Fails, format!("{count} {what}, at most {at_most}")),
        0 => (Outcome::Holds, format!("no {one}")),
        _ => (Outcome::Holds, format!("{count} {what}, at most {at_most} allowed")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_never_within_limits() {
        let most = Range { at_most: Some(1.0), at_least: None };
        let least = Range { at_most: None, at_least: Some(1.0) };
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(
                (most.judge(value), least.judge(value)),
                (Outcome::Unclear, Outcome::Unclear),
                "{value}"
            );
        }
        assert_eq!(Range::default().judge(1.0), Outcome::Unclear, "no limit is no proof");
    }

    #[test]
    fn limits_are_inclusive() {
        let range = Range { at_most: Some(2.0), at_least: Some(1.0) };
        let outcomes = [0.999, 1.0, 2.0, 2.001].map(|value| range.judge(value));
        assert_eq!(outcomes, [Outcome::Fails, Outcome::Holds, Outcome::Holds, Outcome::Fails]);
        assert_eq!(range.describe(), "at least 1, at most 2");
    }

    #[test]
    fn a_number_stands_on_its_own_side_of_its_limits() {
        let range = |least, most| Range { at_least: least, at_most: most };
        for (value, range, shown, said) in [
            (99.999_96, range(Some(100.0), None), "99.99996", "at least 100"),
            (100.000_04, range(None, Some(100.0)), "100.00004", "at most 100"),
            (100.0, range(Some(100.0), None), "100", "at least 100"),
            (12.345_678_9, range(Some(10.0), Some(20.0)), "12.3457", "at least 10, at most 20"),
            (1_234_567.4, range(None, Some(1_234_567.3)), "1234567.4", "at most 1234567.3"),
            (f64::NAN, range(Some(1.0), None), "NaN", "at least 1"),
        ] {
            assert_eq!((range.shown(value).as_str(), range.describe().as_str()), (shown, said));
        }
    }

    #[test]
    fn numbers_are_short_and_true() {
        let cases = [
            (0.0, "0"),
            (0.01, "0.01"),
            (0.004_123_456_7, "0.00412346"),
            (1.0, "1"),
            (99.95, "99.95"),
            (1_234_567.8, "1234568"),
            (-2.5, "-2.5"),
            (1e-9, "1e-9"),
            (123_456.0, "123456"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }
}
