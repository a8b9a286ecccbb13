//! The clock of a soak stands while its stage is held: what was measured then proves nothing of the soak.

use super::{Judgement, Judging, Lack, Limits, Standing, Window, judge};

/// A hold, in seconds since 1970; the end is not in it.
pub(crate) type Hold = (i64, i64);

/// Judges a guardrail of a stage that was held. Windows during a hold still count for `breach` and `watch`; that
/// all is well is shown, and samples are counted, by the others alone. The second value is what was counted of those.
pub(crate) fn judge_soak(
    limits: &Limits,
    windows: &[Window],
    by: &Judging,
    holds: &[Hold],
) -> (Judgement, f64) {
    let all = judge(limits, windows, by);
    if holds.is_empty() {
        let total = all.total;
        return (all, total);
    }
    let (kept, clock) = on_soak_clock(windows, by, holds);
    let soak = judge(limits, &kept, &clock);
    let total = soak.total;
    // What is missing in a hold is no gap.
    let silent = all.standing == Standing::NoData && all.lack != Some(Lack::Gaps);
    if silent || matches!(all.standing, Standing::Breach | Standing::Watch) {
        return (all, total);
    }
    let (standing, lack) = match soak.standing {
        Standing::Breach | Standing::Watch => (Standing::Watch, None),
        Standing::NoData if soak.lack == Some(Lack::Gaps) => (Standing::NoData, soak.lack),
        // Before the hold there was no time to show anything.
        Standing::NoData => (Standing::NotEnoughYet, None),
        standing => (standing, None),
    };
    let (newest, rate) = (all.newest, all.rate);
    (Judgement { standing, breach: None, lack, newest, rate, ..soak }, total)
}

/// The windows outside of the holds, on a clock that stood in them.
fn on_soak_clock(windows: &[Window], by: &Judging, holds: &[Hold]) -> (Vec<Window>, Judging) {
    let mut cut: Vec<Hold> = Vec::with_capacity(holds.len());
    for (from, until) in holds {
        let (mut from, mut until) = ((*from).max(by.since), (*until).min(by.now));
        // A window that is partly in a hold is left out with it.
        let first = windows.iter().find(|it| it.from < until && it.to > from).map(|it| it.from);
        let last = windows.iter().rfind(|it| it.from < until && it.to > from).map(|it| it.to);
        from = first.map_or(from, |first| first.min(from)).max(by.since);
        until = last.map_or(until, |last| last.max(until));
        match cut.last_mut().filter(|before| before.1 >= from) {
            Some(before) => before.1 = before.1.max(until),
            None if until > from => cut.push((from, until)),
            None => {}
        }
    }
    let stood = |at: i64| -> i64 {
        cut.iter().map(|(from, until)| until.min(&at).saturating_sub(*from).max(0)).sum()
    };
    let outside = |it: &&Window| !cut.iter().any(|(from, until)| it.from < *until && it.to > *from);
    let moved = |it: &Window| {
        let by = stood(it.from);
        Window { from: it.from.saturating_sub(by), to: it.to.saturating_sub(by), ..*it }
    };
    let clock = Judging { now: by.now.saturating_sub(stood(by.now)), ..*by };
    (windows.iter().filter(outside).map(moved).collect(), clock)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{LimitUnit, Measure, Measurement, Real},
        *,
    };

    const LIMITS: Limits = Limits {
        measure: Measure::Share,
        at_most: Some(0.01),
        control: None,
        watch_at: None,
        stop_at: None,
        cluster: 1.0,
        unit: LimitUnit::Plain,
    };

    fn windows(from: i64, count: i64, bad: f64) -> Vec<Window> {
        let is = Measurement::Share(Real::new(bad).unwrap(), Real::new(100.0).unwrap());
        (0..count)
            .map(|n| Window { from: from + n * 300, to: from + (n + 1) * 300, is, control: None })
            .collect()
    }

    fn by(now: i64) -> Judging {
        Judging { since: 0, now, window: 300, fresh: 1_200, alpha: 0.05, hours: 24.0 }
    }

    #[test]
    fn windows_in_a_hold_are_no_samples_and_no_gaps() {
        let all = windows(0, 24, 0.0);
        let (judged, counted) = judge_soak(&LIMITS, &all, &by(7_200), &[(3_010, 4_790)]);
        // Half an hour, and the windows that are partly in it: from 3,000 to 4,800.
        assert_eq!((counted, judged.missing), (1_800.0, 0));
        assert_eq!(judged.standing, Standing::Ok);
        assert_eq!(judged.newest, all.last().copied(), "how old it is, is told by the clock of the wall");
        let (all_of_it, counted) = judge_soak(&LIMITS, &all, &by(7_200), &[]);
        assert_eq!((all_of_it.missing, counted), (0, 2_400.0));
    }

    #[test]
    fn a_hold_without_data_is_no_gap_either() {
        let all = [windows(0, 6, 0.0), windows(5_400, 6, 0.0)].concat();
        let (judged, counted) = judge_soak(&LIMITS, &all, &by(7_200), &[(1_800, 5_400)]);
        assert_eq!((judged.standing, counted, judged.missing), (Standing::Ok, 1_200.0, 0));
        let gaps = [windows(0, 2, 0.0), windows(5_400, 6, 0.0)].concat();
        let (judged, _) = judge_soak(&LIMITS, &gaps, &by(7_200), &[(1_800, 5_400)]);
        assert_eq!((judged.standing, judged.lack), (Standing::NoData, Some(Lack::Gaps)), "that was not held");
        let short = [windows(0, 20, 0.0), windows(6_600, 20, 0.0)].concat();
        let (judged, counted) = judge_soak(&LIMITS, &short, &by(12_600), &[(6_000, 6_600)]);
        assert_eq!((judged.standing, counted, judged.missing), (Standing::Ok, 4_000.0, 0));
    }

    #[test]
    fn harm_in_a_hold_is_heard_and_health_in_it_proves_nothing() {
        let harm = [windows(0, 3, 0.0), windows(900, 6, 20.0), windows(2_700, 3, 0.0)].concat();
        let (judged, _) = judge_soak(&LIMITS, &harm, &by(3_600), &[(900, 2_700)]);
        assert_eq!(judged.standing, Standing::Breach);
        let (judged, counted) = judge_soak(&LIMITS, &windows(0, 24, 0.0), &by(7_200), &[(0, 7_200)]);
        assert_eq!((judged.standing, counted), (Standing::NotEnoughYet, 0.0));
        let (open, counted) = judge_soak(&LIMITS, &windows(0, 24, 0.0), &by(7_200), &[(600, i64::MAX)]);
        assert_eq!((open.standing, counted), (Standing::NotEnoughYet, 200.0));
    }

    #[test]
    fn no_clock_is_too_far() {
        let all = windows(0, 24, 0.0);
        for (from, until) in [(i64::MIN, i64::MAX), (i64::MAX, i64::MIN), (i64::MAX, i64::MAX), (7_200, 0)] {
            for now in [i64::MIN, 0, 7_200, i64::MAX] {
                let _ = judge_soak(&LIMITS, &all, &by(now), &[(from, until), (from, until)]);
            }
        }
    }
}
