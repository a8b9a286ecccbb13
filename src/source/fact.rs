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
        let least = self.at_least.map(|least| format!("at least {}", number(least)));
        let most = self.at_most.map(|most| format!("at most {}", number(most)));
        least.into_iter().chain(most).collect::<Vec<_>>().join(", ")
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
