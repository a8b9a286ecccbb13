//! A guardrail over past windows, before the day: how often it would have called, and what a stage would see.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    Limits, Measure, Measurement, Window,
    judge::{Judging, WindowTally, judge},
    series::share,
};

/// How past windows are tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial {
    /// The first moment that was asked about, in seconds since 1970.
    pub from: i64,
    /// The last one.
    pub to: i64,
    /// The length of a window, in seconds.
    pub window: i64,
    /// How long a stage runs, in seconds: the past is cut into runs of that length.
    pub soak: i64,
    /// The chance of a false call that the guardrail has in a stage.
    pub alpha: f64,
    /// The part of what was counted that the stage would get, 0 to 1.
    pub part: f64,
}

/// What the guardrail would have said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// Runs with data: as many stages could have been watched.
    pub runs: usize,
    /// Runs without any.
    pub empty: usize,
    /// When it would have called, once a run at most, in seconds since 1970. Where nothing was wrong then, these are false
    /// calls.
    pub called: Vec<i64>,
    /// Runs in which it would have shown that the limit is kept.
    pub shown: usize,
    /// After how long it would have, in the middle of these runs.
    pub shows_after: Option<Duration>,
    /// What one run counts, in the middle of them; windows where a value is measured.
    pub samples: Option<f64>,
}

/// Tries a guardrail over past windows, which are in order and apart.
pub fn backtest(limits: &Limits, windows: &[Window], trial: &Trial) -> Backtest {
    let mut found = Backtest::default();
    let (mut after, mut samples) = (Vec::new(), Vec::new());
    let soak = trial.soak.max(trial.window).max(1);
    let mut since = trial.from;
    while since.saturating_add(soak) <= trial.to {
        let end = since + soak;
        let first = windows.partition_point(|it| it.from < since);
        let last = windows.partition_point(|it| it.to <= end).max(first);
        let thin: Vec<Window> = windows[first..last].iter().map(|it| thinned(it, trial.part)).collect();
        if thin.is_empty() {
            found.empty += 1;
        } else {
            found.runs += 1;
            let by = judging(trial, since, end, soak);
            let judged = judge(limits, &thin, &by);
            found.called.extend(judged.breach.map(|breach| breach.at));
            samples.push(judged.total * limits.cluster);
            after.extend(shows_at(limits, &thin, trial.alpha).map(|at| at - since));
        }
        since = end;
    }
    found.shown = after.len();
    after.sort_unstable();
    samples.sort_unstable_by(f64::total_cmp);
    let middle = after.get(after.len() / 2).and_then(|it| u64::try_from(*it).ok());
    found.shows_after = middle.map(Duration::from_secs);
    found.samples = samples.get(samples.len() / 2).copied();
    found
}

/// What the windows hold together: bad ones of all; windows over the limit where a value is measured.
pub fn seen(limits: &Limits, windows: &[Window]) -> (f64, f64) {
    let mut all = WindowTally::default();
    windows.iter().for_each(|it| all.add(WindowTally::of(limits, it, limits.first())));
    (all.bad * limits.cluster, all.total * limits.cluster)
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a few years")]
fn judging(trial: &Trial, since: i64, now: i64, soak: i64) -> Judging {
    // How fresh it is makes no difference: it is past.
    let hours = soak as f64 / 3_600.0;
    Judging { since, now, window: trial.window, fresh: i64::MAX / 4, alpha: trial.alpha, hours }
}

/// What of a window the stage would get. A value is what it is.
fn thinned(window: &Window, part: f64) -> Window {
    let thin = |is: Measurement| match is {
        Measurement::Share(bad, total) => share(bad.get() * part, total.get() * part).unwrap_or(is),
        Measurement::Value(value) => Measurement::Value(value),
    };
    // The control keeps what it has.
    Window { is: thin(window.is), ..*window }
}

/// The end of the first window at which it is shown that the limit is kept.
fn shows_at(limits: &Limits, windows: &[Window], alpha: f64) -> Option<i64> {
    let tests = if limits.at_most.is_some() && limits.control.is_some() { 2.0 } else { 1.0 };
    let bound = -(alpha / tests).ln();
    let mut all = WindowTally::default();
    let mut shown = windows.iter().filter(|window| {
        all.add(WindowTally::of(limits, window, limits.first()));
        all.down(limits, limits.first()) >= bound
    });
    shown.next().map(|window| window.to)
}

/// Whether a guardrail counts, so that traffic says how much a stage sees.
pub fn counts(limits: &Limits) -> bool {
    limits.measure == Measure::Share && limits.at_most.is_some()
}

#[cfg(test)]
mod tests {
    use super::super::{ALPHA, LimitUnit};
    use super::*;

    const DAY: i64 = 86_400;

    fn limits() -> Limits {
        Limits {
            measure: Measure::Share,
            at_most: Some(0.01),
            control: None,
            watch_at: None,
            stop_at: None,
            cluster: 1.0,
            unit: LimitUnit::Percent,
        }
    }

    fn windows(days: i64, bad: impl Fn(i64) -> f64) -> Vec<Window> {
        let one =
            |at: i64| Window { from: at, to: at + 300, is: share(bad(at), 200.0).unwrap(), control: None };
        (0..days * DAY / 300).map(|at| one(at * 300)).collect()
    }

    fn trial(days: i64, part: f64) -> Trial {
        Trial { from: 0, to: days * DAY, window: 300, soak: DAY, alpha: ALPHA, part }
    }

    #[test]
    fn healthy_days_call_nothing_and_say_how_long_a_proof_takes() {
        // 0.5 %: one in 200 requests, 40 of them a minute.
        let found = backtest(&limits(), &windows(7, |_| 1.0), &trial(7, 1.0));
        assert_eq!((found.runs, found.empty, found.called.len(), found.shown), (7, 0, 0, 7));
        assert_eq!(found.samples, Some(57_600.0));
        let after = found.shows_after.unwrap().as_secs();
        assert!((30 * 60..80 * 60).contains(&after), "about 1,900 requests: {after} s");
        // A tenth of the traffic takes ten times as long.
        let tenth = backtest(&limits(), &windows(7, |_| 1.0), &trial(7, 0.1));
        assert_eq!(tenth.samples.map(f64::round), Some(5_760.0));
        let later = tenth.shows_after.unwrap().as_secs();
        assert!((8 * after..12 * after).contains(&later), "{later} s after {after} s");
    }

    #[test]
    fn a_bad_day_is_found_once_and_days_without_data_are_told_apart() {
        let mut all = windows(7, |at| if at / DAY == 3 { 8.0 } else { 1.0 });
        all.retain(|it| it.from / DAY != 5);
        let found = backtest(&limits(), &all, &trial(7, 1.0));
        assert_eq!((found.runs, found.empty, found.called.len()), (6, 1, 1));
        assert_eq!(found.called[0] / DAY, 3);
        assert_eq!(found.shown, 5, "a day at 4 % shows nothing good");
        assert_eq!(backtest(&limits(), &[], &trial(7, 1.0)).runs, 0);
        // A soak that is longer than the past.
        let none = backtest(&limits(), &all, &Trial { soak: 30 * DAY, ..trial(7, 1.0) });
        assert_eq!((none.runs, none.empty), (0, 0));
    }

    #[test]
    fn what_was_seen_is_added_up() {
        assert_eq!(seen(&limits(), &windows(1, |_| 1.0)), (288.0, 57_600.0));
        assert_eq!(seen(&limits(), &[]), (0.0, 0.0));
    }
}
