//! Disjoint windows of counts, as sources measured them.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// The longest time between two looks at counters that makes one window, in seconds, unless three windows are longer.
const LONGEST_LOOK: i64 = 900;

/// A number that is one: finite, so that it can be compared, kept and counted with.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Real(f64);

impl Real {
    /// `None` for NaN and what is endless: no measure of anything.
    pub fn new(value: f64) -> Option<Self> {
        // Minus nothing is nothing.
        value.is_finite().then_some(Self(value + 0.0))
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl PartialEq for Real {
    fn eq(&self, other: &Self) -> bool {
        self.0.total_cmp(&other.0) == Ordering::Equal
    }
}

impl Eq for Real {}

/// What was measured in one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Measurement {
    /// So many bad ones of so many.
    Share(Real, Real),
    /// One value: a percentile, a depth.
    Value(Real),
}

/// So many bad ones of so many; `None` where one of them is no number.
pub(super) fn share(bad: f64, total: f64) -> Option<Measurement> {
    Some(Measurement::Share(Real::new(bad)?, Real::new(total)?))
}

/// A complete window and what was measured in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Its beginning, in seconds since 1970.
    pub from: i64,
    /// Its end, which is not in it.
    pub to: i64,
    /// What was measured.
    pub is: Measurement,
    /// The same of those who did not get the release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Measurement>,
}

/// Counters as they stood at one moment, for what cannot be asked about the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counters {
    /// Seconds since 1970.
    pub at: i64,
    /// What was counted up to then.
    pub is: Measurement,
    /// The same of those who did not get the release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Measurement>,
    /// The least length of a window, in seconds.
    pub window: i64,
}

/// What a source measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measured {
    /// Every complete window that was asked about and has data; what is missing is no data, never zero.
    Windows(Vec<Window>),
    /// Counters now.
    Counters(Counters),
    /// For how many of everybody something is on now, in percent, 0 to 100: at least and at most.
    Reach {
        /// At least.
        low: Real,
        /// At most.
        high: Real,
    },
}

/// All windows that are known of one guardrail: disjoint, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    windows: Vec<Window>,
    /// Where the window began that is not complete yet.
    open: Option<Counters>,
}

impl Series {
    /// The windows, oldest first.
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Takes in what was measured. A window that is measured again is what it was last measured as: points come late.
    /// One that is left out stays what it was: a source that forgets takes nothing back.
    pub fn take(&mut self, measured: &Measured) {
        match measured {
            Measured::Windows(windows) => windows.iter().for_each(|it| self.put(*it)),
            Measured::Counters(counters) => self.count(*counters),
            // It is from one moment.
            Measured::Reach { .. } => {}
        }
    }

    /// What of it is not known yet: what is worth writing down.
    #[must_use]
    pub fn news(&self, measured: &Measured) -> Measured {
        match measured {
            Measured::Windows(windows) => {
                Measured::Windows(windows.iter().filter(|it| !self.has(it)).copied().collect())
            }
            Measured::Counters(_) | Measured::Reach { .. } => measured.clone(),
        }
    }

    fn has(&self, window: &Window) -> bool {
        let at = self.windows.binary_search_by_key(&window.from, |known| known.from);
        at.is_ok_and(|at| self.windows[at] == *window)
    }

    /// Puts a window in its place, instead of what it overlaps.
    fn put(&mut self, window: Window) {
        if window.to <= window.from {
            return;
        }
        let first = self.windows.partition_point(|known| known.to <= window.from);
        let end = self.windows.partition_point(|known| known.from < window.to).max(first);
        self.windows.splice(first..end, [window]);
    }

    /// A window is what was counted between two looks. A counter that fell was set back between them: what was counted
    /// then is not known, and no window.
    fn count(&mut self, now: Counters) {
        let Some(before) = self.open else {
            self.open = Some(now);
            return;
        };
        if now.at <= before.at {
            return;
        }
        let grown = grown(before.is, now.is);
        let control = match (before.control, now.control) {
            (Some(before), Some(now)) => grown_both(before, now),
            (None, None) => Some(None),
            _ => None,
        };
        let length = now.at.saturating_sub(before.at);
        // Nobody looked for long: a counter that was set back may have overtaken where it stood.
        let unseen = length > now.window.saturating_mul(3).max(LONGEST_LOOK);
        let (Some(is), Some(control), false) = (grown, control, unseen) else {
            self.open = Some(now);
            return;
        };
        if length >= now.window {
            self.put(Window { from: before.at, to: now.at, is, control });
            self.open = Some(now);
        }
    }
}

fn grown_both(before: Measurement, now: Measurement) -> Option<Option<Measurement>> {
    grown(before, now).map(Some)
}

fn grown(before: Measurement, now: Measurement) -> Option<Measurement> {
    match (before, now) {
        (Measurement::Share(bad, total), Measurement::Share(bad_now, total_now)) => {
            let (bad, total) = (bad_now.get() - bad.get(), total_now.get() - total.get());
            if bad < 0.0 || total < 0.0 || bad > total {
                return None;
            }
            share(bad, total)
        }
        // A value is not counted: it is what it is now.
        (Measurement::Value(_), Measurement::Value(now)) => Some(Measurement::Value(now)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(bad: f64, total: f64) -> Measurement {
        super::share(bad, total).unwrap()
    }

    fn window(from: i64, to: i64, bad: f64) -> Window {
        Window { from, to, is: share(bad, 100.0), control: None }
    }

    fn counters(at: i64, bad: f64, total: f64) -> Measured {
        Measured::Counters(Counters { at, is: share(bad, total), control: None, window: 60 })
    }

    #[test]
    fn windows_stay_in_order_and_apart_whatever_order_they_come_in() {
        let all = [window(0, 60, 1.0), window(60, 120, 2.0), window(180, 240, 3.0)];
        let mut forwards = Series::default();
        forwards.take(&Measured::Windows(all.to_vec()));
        let mut backwards = Series::default();
        for it in all.iter().rev() {
            backwards.take(&Measured::Windows(vec![*it]));
        }
        assert_eq!(forwards, backwards);
        assert_eq!(forwards.windows(), all, "the gap from 120 to 180 stays one");
        assert_eq!(forwards.news(&Measured::Windows(all.to_vec())), Measured::Windows(vec![]));
        // A point that came late, and an answer that has forgotten the first window.
        let late = window(60, 120, 9.0);
        assert_eq!(forwards.news(&Measured::Windows(vec![late, all[2]])), Measured::Windows(vec![late]));
        forwards.take(&Measured::Windows(vec![late]));
        assert_eq!(forwards.windows(), [all[0], late, all[2]]);
        // Another length of window: what overlaps goes.
        forwards.take(&Measured::Windows(vec![window(30, 90, 4.0)]));
        assert_eq!(forwards.windows(), [window(30, 90, 4.0), all[2]]);
    }

    #[test]
    fn counters_become_windows_and_a_reset_is_a_gap() {
        let mut series = Series::default();
        for (at, bad, total) in [(0, 5.0, 100.0), (30, 5.0, 150.0), (60, 6.0, 200.0), (120, 9.0, 300.0)] {
            series.take(&counters(at, bad, total));
        }
        let first = Window { from: 0, to: 60, is: share(1.0, 100.0), control: None };
        let second = Window { from: 60, to: 120, is: share(3.0, 100.0), control: None };
        assert_eq!(series.windows(), [first, second]);
        series.take(&counters(180, 0.0, 10.0));
        series.take(&counters(240, 1.0, 60.0));
        let third = Window { from: 180, to: 240, is: share(1.0, 50.0), control: None };
        assert_eq!(series.windows(), [first, second, third], "120 to 180 is not known");
        // More bad ones than there were, and a clock that goes back: nothing.
        series.take(&counters(300, 100.0, 70.0));
        series.take(&counters(90, 0.0, 0.0));
        assert_eq!(series.windows().len(), 3);
    }

    #[test]
    fn counters_that_nobody_looked_at_for_long_are_a_gap() {
        let mut series = Series::default();
        series.take(&counters(0, 5.0, 100.0));
        series.take(&counters(900, 6.0, 200.0));
        assert_eq!(series.windows().len(), 1);
        // A restart in between may have taken anything with it.
        series.take(&counters(1_801, 7.0, 900.0));
        assert_eq!(series.windows().len(), 1, "900 to 1,801 is not known");
        series.take(&counters(1_861, 8.0, 1_000.0));
        assert_eq!(series.windows().last().map(|it| (it.from, it.to)), Some((1_801, 1_861)));
    }

    #[test]
    fn a_look_goes_on_where_the_last_one_ended_after_a_restart() {
        let (mut whole, mut again) = (Series::default(), Series::default());
        let looks = [counters(0, 5.0, 100.0), counters(60, 6.0, 200.0), counters(120, 9.0, 300.0)];
        looks.iter().for_each(|it| whole.take(it));
        // What was recorded is taken in again, and the same look twice is one.
        looks.iter().chain(&looks).for_each(|it| again.take(it));
        assert_eq!(whole, again);
    }

    #[test]
    fn what_is_no_number_can_not_be_measured() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Real::new(value), None);
        }
        assert_eq!(Real::new(-0.0), Real::new(0.0));
        let window = Window { from: 0, to: 60, is: share(1.0, 100.0), control: Some(share(2.0, 50.0)) };
        let text = serde_json::to_string(&window).unwrap();
        assert_eq!(text, r#"{"from":0,"to":60,"is":[1.0,100.0],"control":[2.0,50.0]}"#);
        assert_eq!(serde_json::from_str::<Window>(&text).unwrap(), window);
    }
}
