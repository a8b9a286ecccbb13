//! Which stretch of time the timeline shows large, and which moment of it is pointed at.

use chrono::{DateTime, TimeDelta, Utc};

/// Lengths of the stretch, and how far the cursor moves in each, in minutes, from near to far; behind them comes the whole.
const LENGTHS: &[(i64, i64)] = &[
    (30, 1),
    (60, 1),
    (120, 5),
    (240, 5),
    (480, 10),
    (1_440, 30),
    (4_320, 60),
    (10_080, 180),
    (40_320, 720),
];
/// The usual length on a screen of so many columns, as a place among [`LENGTHS`].
const USUAL: &[(u16, usize)] = &[(100, 4), (0, 3)];
/// How far the cursor moves where the whole is shown, in minutes.
const FARTHEST: i64 = 1_440;

/// What of the timeline is shown large. By default the hours around the present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lens {
    /// So many steps farther than usual; negative is nearer.
    farther: i8,
    /// The moment that is pointed at.
    cursor: Option<DateTime<Utc>>,
}

impl Lens {
    /// The moment that is pointed at.
    pub fn cursor(&self) -> Option<DateTime<Utc>> {
        self.cursor
    }

    /// Forgets where it was moved; how near it is stays.
    pub fn reset(&mut self) {
        self.cursor = None;
    }

    /// The stretch that is shown large on a screen of so many columns; `None`: all of the timeline is shown alike.
    pub fn window(&self, now: DateTime<Utc>, cols: u16) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let (minutes, _) = LENGTHS.get(self.place(cols))?;
        let length = TimeDelta::minutes(*minutes);
        // It moves in steps, so that the picture stands still between them.
        let step = (minutes / 8).max(1).saturating_mul(60);
        let begin = now.timestamp().saturating_sub(minutes.saturating_mul(20));
        let mut from = begin.saturating_sub(begin.rem_euclid(step));
        if let Some(cursor) = self.cursor.map(|it| it.timestamp()) {
            let (half, end) = (minutes.saturating_mul(30), from.saturating_add(minutes.saturating_mul(60)));
            let pages = |beyond: i64| (beyond.saturating_add(half - 1) / half).saturating_mul(half);
            if cursor < from {
                from = from.saturating_sub(pages(from.saturating_sub(cursor)));
            } else if cursor >= end {
                from = from.saturating_add(pages(cursor.saturating_sub(end).saturating_add(1)));
            }
        }
        let from = DateTime::from_timestamp(from, 0)?;
        Some((from, from.checked_add_signed(length)?))
    }

    /// One step nearer, or farther away.
    pub fn zoom(&mut self, nearer: bool, cols: u16) {
        let place = self.place(cols);
        self.farther = match nearer {
            true if place > 0 => self.farther.saturating_sub(1),
            false if place < LENGTHS.len() => self.farther.saturating_add(1),
            _ => self.farther,
        };
    }

    /// Points at a later moment, or at an earlier one; at first at the present.
    pub fn step(&mut self, later: bool, now: DateTime<Utc>, cols: u16) {
        let minutes = LENGTHS.get(self.place(cols)).map_or(FARTHEST, |(_, step)| *step);
        let step = if later { TimeDelta::minutes(minutes) } else { TimeDelta::minutes(-minutes) };
        let even = now.timestamp() - now.timestamp().rem_euclid(minutes * 60);
        let from = self.cursor.or_else(|| DateTime::from_timestamp(even, 0));
        self.cursor = from.and_then(|at| at.checked_add_signed(step)).or(self.cursor);
    }

    fn place(&self, cols: u16) -> usize {
        let usual = USUAL.iter().find(|(least, _)| cols >= *least).map_or(0, |(_, place)| *place);
        usual.saturating_add_signed(isize::from(self.farther)).min(LENGTHS.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn it_stands_still_for_an_hour_and_keeps_the_past_third() {
        let nine = at(1_796_202_000);
        let (from, to) = Lens::default().window(nine, 120).unwrap();
        assert_eq!((from, to), (nine - TimeDelta::hours(3), nine + TimeDelta::hours(5)));
        assert_eq!(Lens::default().window(nine + TimeDelta::minutes(20), 120), Some((from, to)));
        assert_eq!(Lens::default().window(nine, 80).map(|(from, to)| to - from), Some(TimeDelta::hours(4)));
    }

    #[test]
    fn the_whole_is_the_farthest_and_there_is_a_nearest() {
        let mut lens = Lens::default();
        (0..40).for_each(|_| lens.zoom(false, 120));
        assert_eq!(lens.window(at(0), 120), None);
        lens.zoom(true, 120);
        assert!(lens.window(at(0), 120).is_some(), "one step back is one step");
        (0..40).for_each(|_| lens.zoom(true, 120));
        assert_eq!(lens.window(at(0), 120).map(|(from, to)| to - from), Some(TimeDelta::minutes(30)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]
        #[test]
        fn what_is_pointed_at_is_in_sight(zooms in prop::collection::vec(any::<bool>(), 0..9), steps in prop::collection::vec(any::<bool>(), 1..300), now in any::<i32>(), cols in 40_u16..300) {
            let (now, mut lens) = (at(i64::from(now)), Lens::default());
            zooms.into_iter().for_each(|nearer| lens.zoom(nearer, cols));
            for later in steps {
                lens.step(later, now, cols);
                let cursor = lens.cursor().unwrap();
                if let Some((from, to)) = lens.window(now, cols) {
                    prop_assert!(from <= cursor && cursor < to, "{cursor} in {from} to {to}");
                }
            }
        }
    }
}
