//! From moments to columns.

use chrono::{DateTime, Utc};

/// Puts moments on columns so that order is kept and no stretch between two of them vanishes: the share of a
/// stretch grows with the logarithm of its length.
pub(super) struct Scale {
    /// In order, each with its column.
    stops: Vec<(DateTime<Utc>, u16)>,
    moments: Vec<DateTime<Utc>>,
}

impl Scale {
    pub fn new(mut moments: Vec<DateTime<Utc>>, cols: u16) -> Self {
        moments.sort();
        moments.dedup();
        let weights: Vec<f64> = moments.windows(2).map(|pair| weight(pair[1] - pair[0])).collect();
        let whole: f64 = weights.iter().sum();
        let last = f64::from(cols.saturating_sub(1));
        let mut sum = 0.0;
        let mut stops = Vec::with_capacity(moments.len());
        for (n, at) in moments.iter().enumerate() {
            if let Some(weight) = n.checked_sub(1).and_then(|before| weights.get(before)) {
                sum += weight;
            }
            stops.push((*at, column(if whole > 0.0 { sum / whole * last } else { 0.0 })));
        }
        Self { stops, moments }
    }

    /// The moments it was made of, in order.
    pub fn moments(&self) -> &[DateTime<Utc>] {
        &self.moments
    }

    /// The column of a moment; of the nearest one for what lies outside.
    pub fn column(&self, at: DateTime<Utc>) -> u16 {
        let behind = self.stops.partition_point(|(stop, _)| *stop < at);
        match (behind.checked_sub(1).and_then(|n| self.stops.get(n)), self.stops.get(behind)) {
            (Some((from, a)), Some((to, b))) => {
                let whole = (*to - *from).as_seconds_f64().max(1.0);
                let part = (at - *from).as_seconds_f64() / whole;
                column(f64::from(*a) + part * f64::from(*b - *a))
            }
            (Some((_, x)), None) | (None, Some((_, x))) => *x,
            (None, None) => 0,
        }
    }
}

fn weight(length: chrono::TimeDelta) -> f64 {
    (1.0 + length.as_seconds_f64().max(0.0) / 1_200.0).ln()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and the width of a terminal"
)]
fn column(x: f64) -> u16 {
    x.round().clamp(0.0, f64::from(u16::MAX)) as u16
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_stretches_keep_some_room() {
        let start = DateTime::from_timestamp(0, 0).unwrap();
        let (soaked, end) = (start + TimeDelta::hours(2), start + TimeDelta::days(3));
        let scale = Scale::new(vec![start, soaked, end], 60);
        assert_eq!((scale.column(start), scale.column(end)), (0, 59));
        assert!((10..40).contains(&scale.column(soaked)), "{}", scale.column(soaked));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]
        #[test]
        fn later_is_never_further_left(times in prop::collection::vec(any::<i32>(), 0..12), cols in 0_u16..300, a: i32, b: i32) {
            let at = |secs: i32| DateTime::from_timestamp(i64::from(secs), 0).unwrap();
            let scale = Scale::new(times.into_iter().map(at).collect(), cols);
            let (early, late) = (a.min(b), a.max(b));
            prop_assert!(scale.column(at(early)) <= scale.column(at(late)));
            prop_assert!(scale.column(at(late)) < cols.max(1));
        }
    }
}
