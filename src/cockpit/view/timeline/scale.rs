//! From moments to columns.

use chrono::{DateTime, TimeDelta, Utc};

/// Fewer columns than these have no room for what lies outside the stretch that is shown large.
const LEAST: u16 = 30;

/// Puts moments on columns. One stretch of time is shown large; what lies before and after it is pressed together behind a
/// break. Within each part the scale is even.
pub(super) struct Scale {
    parts: Vec<Part>,
}

/// A stretch of time on an even scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Part {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// The first column.
    pub x: u16,
    pub cols: u16,
}

type TimeSpan = (DateTime<Utc>, DateTime<Utc>);

impl Scale {
    /// From the first to the last of all moments, with one stretch of it large.
    pub fn new((first, last): TimeSpan, large: Option<TimeSpan>, cols: u16) -> Self {
        let part = |(from, to): TimeSpan, x, cols| Part { from, to, x, cols };
        let whole = (first, last.max(first.checked_add_signed(TimeDelta::minutes(1)).unwrap_or(last)));
        let Some((from, to)) = large.filter(|(from, to)| (first < *from || *to < last) && cols >= LEAST)
        else {
            return Self { parts: vec![part(whole, 0, cols)] };
        };
        // What is beside it needs no room where there is none.
        let before = if first < from { (cols / 8).max(6) } else { 0 };
        let after = if to < last { (cols / 4).max(10) } else { 0 };
        let breaks = u16::from(before > 0) + u16::from(after > 0);
        let large = cols.saturating_sub(before + after + breaks);
        let mut parts = Vec::with_capacity(3);
        let mut x = 0;
        if before > 0 {
            parts.push(part((first, from), 0, before));
            x = before + 1;
        }
        parts.push(part((from, to), x, large));
        if after > 0 {
            parts.push(part((to, last), x + large + 1, after));
        }
        Self { parts }
    }

    /// Its parts, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The columns at which the scale changes.
    pub fn breaks(&self) -> impl Iterator<Item = u16> + '_ {
        self.parts.iter().skip(1).map(|part| part.x.saturating_sub(1))
    }

    /// The column of a moment; of the nearest end for what lies outside.
    pub fn column(&self, at: DateTime<Utc>) -> u16 {
        let part = self.parts.iter().find(|part| at < part.to).or(self.parts.last());
        part.map_or(0, |part| part.column(at))
    }
}

impl Part {
    /// The column of a moment, from its own first to its own last.
    pub fn column(&self, at: DateTime<Utc>) -> u16 {
        let whole = (self.to - self.from).as_seconds_f64().max(1.0);
        let share = ((at - self.from).as_seconds_f64() / whole).clamp(0.0, 1.0);
        self.x + floor(share * f64::from(self.cols)).min(self.cols.saturating_sub(1))
    }

    /// How long a column is, in seconds.
    pub fn seconds_a_column(&self) -> f64 {
        (self.to - self.from).as_seconds_f64() / f64::from(self.cols.max(1))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and the width of a terminal"
)]
fn floor(x: f64) -> u16 {
    x.floor().clamp(0.0, f64::from(u16::MAX)) as u16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(hours * 3_600, 0).unwrap()
    }

    #[test]
    fn launch_day_has_its_room() {
        let scale = Scale::new((at(0), at(24 * 20)), Some((at(240), at(248))), 100);
        assert_eq!(scale.parts().len(), 3);
        let large = scale.parts()[1];
        assert!(large.cols > 60, "{large:?}");
        assert_eq!(scale.column(at(240)), large.x);
        assert_eq!(scale.column(at(244)), large.x + large.cols / 2);
        assert_eq!((scale.column(at(0)), scale.column(at(24 * 20))), (0, 99));
        let breaks: Vec<_> = scale.breaks().collect();
        assert_eq!(breaks, [large.x - 1, large.x + large.cols]);
    }

    #[test]
    fn what_fits_is_shown_whole() {
        let scale = Scale::new((at(1), at(5)), Some((at(0), at(8))), 60);
        assert_eq!((scale.parts().len(), scale.breaks().count()), (1, 0));
        assert_eq!((scale.column(at(1)), scale.column(at(3)), scale.column(at(5))), (0, 30, 59));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]
        #[test]
        fn later_is_never_further_left(first: i32, last: i32, from: i32, to: i32, cols in 0_u16..300, a: i32, b: i32) {
            let at = |secs: i32| DateTime::from_timestamp(i64::from(secs), 0).unwrap();
            let large = (from < to).then(|| (at(from), at(to)));
            let scale = Scale::new((at(first.min(last)), at(first.max(last))), large, cols);
            let (early, late) = (a.min(b), a.max(b));
            prop_assert!(scale.column(at(early)) <= scale.column(at(late)));
            prop_assert!(scale.column(at(late)) < cols.max(1));
        }
    }
}
