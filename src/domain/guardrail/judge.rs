//! The test: from windows to a standing.

use serde::{Deserialize, Serialize};

use super::{
    Limits, Measure,
    e_value::{ln_down, ln_up, may_reach},
    series::{Measurement, Window},
};

/// The chance that a guardrail which is fine calls a breach, all guardrails of a stage together.
pub const ALPHA: f64 = 0.05;
/// The same where a breach calls for a rollback.
pub const ALPHA_OF_ROLLBACK: f64 = 0.01;
/// Evidence over this is worth a look.
const WATCH: f64 = 5.0;
/// The clock that starts afresh, in seconds: a late fault must not drown in good hours.
const HOUR: i64 = 3_600;
/// What of the second clock's part of alpha is kept for the hours after the soak.
const AFTERWARDS: f64 = 0.1;
/// How much of the time since the stage started must have data before anything is fine.
const COVERED: f64 = 0.9;
/// How far beyond what is known the samples still needed are looked for.
const MOST_DOUBLINGS: u32 = 24;
/// Steps between two of these: to less than a thousandth.
const HALVINGS: u32 = 10;

/// Where a guardrail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is shown that the limit is passed, or one window passed the limit for a fire.
    Breach,
    /// Worth a look; proves nothing.
    Watch,
    /// It is shown that the limit is kept.
    Ok,
    /// Neither is shown.
    NotEnoughYet,
    /// Nothing fresh and whole is known.
    NoData,
}

impl Standing {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Breach => "breach",
            Self::Watch => "watch",
            Self::Ok => "ok",
            Self::NotEnoughYet => "not enough yet",
            Self::NoData => "no data",
        }
    }
}

/// What the windows are judged by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judging {
    /// When the stage started, in seconds since 1970: nothing before counts.
    pub since: i64,
    /// Now: a window that ends later is not complete.
    pub now: i64,
    /// The length of a window, in seconds.
    pub window: i64,
    /// How long ago the newest window may have ended, in seconds.
    pub fresh: i64,
    /// The chance of a false call that this guardrail may have.
    pub alpha: f64,
    /// Hours of the soak, over which the second clock's part is shared.
    pub hours: f64,
}

/// Why a breach is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreachReason {
    /// All windows since the stage started together.
    SinceTheStart,
    /// Those of one hour together.
    InAnHour,
    /// One window was over `stop_at`.
    InOneWindow,
}

/// A breach: it stands until people decide, whatever comes later.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Breach {
    /// The end of the window that showed it.
    pub at: i64,
    /// What showed it.
    pub shown: BreachReason,
    /// Against which limit.
    pub against: Against,
}

/// A limit that is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Against {
    /// `at_most`.
    Limit,
    /// So much of the control.
    Control,
}

/// Why nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// There is no window since the stage started.
    Nothing,
    /// The newest window is too old.
    Stale,
    /// Too many windows are missing.
    Gaps,
}

/// What the windows say.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Where it stands.
    pub standing: Standing,
    /// The breach, if there was one.
    pub breach: Option<Breach>,
    /// Why nothing is known, if so.
    pub lack: Option<Lack>,
    /// Bad ones; windows over the limit where a value is measured.
    pub bad: f64,
    /// All; windows where a value is measured.
    pub total: f64,
    /// How many would show that the limit is kept, if they go on as they did; `None`: none would, or it is shown.
    pub needed: Option<f64>,
    /// How many come in a second now.
    pub rate: f64,
    /// Whole windows that are missing between the first moment and the newest window.
    pub missing: usize,
    /// The newest complete window.
    pub newest: Option<Window>,
}

/// Judges windows that are in order and apart.
pub fn judge(limits: &Limits, windows: &[Window], by: &Judging) -> Judgement {
    let first = windows.partition_point(|it| it.from < by.since);
    let end = windows.partition_point(|it| it.to <= by.now).max(first);
    let windows = &windows[first..end];
    let tests = limits.tests();
    let alpha = by.alpha / f64::from(u32::try_from(tests.len().max(1)).unwrap_or(1));
    let mut watched: Vec<SequentialTest> =
        tests.iter().map(|against| SequentialTest::new(*against, alpha, by.hours)).collect();
    let mut breach = None;
    let (mut hour, mut ends) = (0, HOUR);
    for window in windows {
        let ran = window.from - by.since;
        if ran >= ends {
            hour = ran / HOUR;
            ends = (hour + 1) * HOUR;
        }
        for test in &mut watched {
            test.add(limits, window, hour);
            breach = breach.or_else(|| test.breach(limits, window));
        }
    }
    let (bad, total) = watched.first().map_or((0.0, 0.0), |it| (it.all.bad, it.all.total));
    let (missing, lack) = lack(windows, by);
    let mut judged = Judgement {
        standing: Standing::NoData,
        breach,
        lack,
        bad,
        total,
        needed: None,
        rate: rate(limits, windows),
        missing,
        newest: windows.last().copied(),
    };
    if breach.is_some() {
        // Bad news stands, also where nothing new is known.
        judged.standing = Standing::Breach;
    } else if lack.is_none() {
        judged.standing = standing(limits, windows, &watched, alpha);
        if judged.standing == Standing::NotEnoughYet
            && let Some(proof) = watched.first()
        {
            judged.needed = proof.needed(limits, alpha);
        }
    }
    judged
}

/// When the first window since the stage started ended that was over `stop_at`, and no chance.
pub(crate) fn first_fire(limits: &Limits, windows: &[Window], by: &Judging) -> Option<i64> {
    let most = limits.stop_at?;
    let mut since = windows.iter().filter(|it| it.from >= by.since && it.to <= by.now);
    since.find(|it| over(it.is, most) && is_no_chance(limits, it)).map(|it| it.to)
}

fn standing(limits: &Limits, windows: &[Window], watched: &[SequentialTest], alpha: f64) -> Standing {
    let crossed = limits.watch_at.is_some_and(|most| windows.last().is_some_and(|it| over(it.is, most)));
    if crossed || watched.iter().any(|it| it.is_worth_a_look(limits)) {
        return Standing::Watch;
    }
    // The first test proves that all is well; where there is a limit, the control can only take it away.
    match watched.first() {
        Some(proof) if proof.all.down(limits, proof.against) >= -alpha.ln() => Standing::Ok,
        _ => Standing::NotEnoughYet,
    }
}

/// Windows that are missing, and whether too little is known to say anything good.
fn lack(windows: &[Window], by: &Judging) -> (usize, Option<Lack>) {
    let Some(newest) = windows.last() else { return (0, Some(Lack::Nothing)) };
    let covered: i64 = windows.iter().map(|it| it.to - it.from).sum();
    // The first window begins on a round moment at or after the start.
    let open = (newest.to - by.since - by.window - covered).max(0);
    let missing = usize::try_from(open / by.window.max(1)).unwrap_or(usize::MAX);
    #[expect(clippy::cast_precision_loss, reason = "seconds of a few years")]
    let whole = covered as f64 >= COVERED * (covered + open) as f64;
    let lack = if newest.to < by.now.saturating_sub(by.fresh) {
        Some(Lack::Stale)
    } else if whole {
        None
    } else {
        Some(Lack::Gaps)
    };
    (missing, lack)
}

/// How many came in a second in the last hour that is known.
fn rate(limits: &Limits, windows: &[Window]) -> f64 {
    let Some(newest) = windows.last() else { return 0.0 };
    let recent = windows.iter().rev().take_while(|it| it.to > newest.to - HOUR);
    let (mut count, mut seconds) = (0.0, 0);
    for window in recent {
        count += WindowTally::of(limits, window, Against::Limit).total;
        seconds += window.to - window.from;
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds of an hour")]
    let seconds = seconds as f64;
    if seconds > 0.0 { count / seconds } else { 0.0 }
}

/// Whether one window is over a limit of its own.
fn over(is: Measurement, most: f64) -> bool {
    match is {
        Measurement::Share(bad, total) => total.get() > 0.0 && bad.get() > most * total.get(),
        Measurement::Value(value) => value.get() > most,
    }
}

/// One test with its two clocks.
struct SequentialTest {
    against: Against,
    all: WindowTally,
    hour: WindowTally,
    /// Which hour that is.
    nth: i64,
    /// What each clock may have of alpha, all its time together.
    half: f64,
    /// Hours of the soak.
    hours: f64,
    /// The evidence that each clock asks for.
    bound: f64,
    hourly: f64,
}

/// What came together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WindowTally {
    pub(super) bad: f64,
    pub(super) total: f64,
    control_bad: f64,
    control_total: f64,
}

impl SequentialTest {
    fn new(against: Against, alpha: f64, hours: f64) -> Self {
        let half = alpha / 2.0;
        let (all, hour) = (WindowTally::default(), WindowTally::default());
        Self {
            against,
            all,
            hour,
            nth: 0,
            half,
            hours,
            bound: -half.ln(),
            hourly: -part(half, 0, hours).ln(),
        }
    }

    fn add(&mut self, limits: &Limits, window: &Window, hour: i64) {
        if hour != self.nth {
            (self.nth, self.hour) = (hour, WindowTally::default());
            self.hourly = -part(self.half, hour, self.hours).ln();
        }
        let tally = WindowTally::of(limits, window, self.against);
        self.all.add(tally);
        self.hour.add(tally);
    }

    fn breach(&self, limits: &Limits, window: &Window) -> Option<Breach> {
        let found = |shown| Some(Breach { at: window.to, shown, against: self.against });
        let fire = limits.stop_at.filter(|_| self.against == limits.first());
        if fire.is_some_and(|most| over(window.is, most) && is_no_chance(limits, window)) {
            return found(BreachReason::InOneWindow);
        }
        if self.all.reaches(limits, self.against, self.bound) {
            return found(BreachReason::SinceTheStart);
        }
        if self.hour.reaches(limits, self.against, self.hourly) {
            return found(BreachReason::InAnHour);
        }
        None
    }

    fn is_worth_a_look(&self, limits: &Limits) -> bool {
        let bound = WATCH.ln();
        self.all.reaches(limits, self.against, bound) || self.hour.reaches(limits, self.against, bound)
    }

    /// How many more would show that the limit is kept.
    fn needed(&self, limits: &Limits, alpha: f64) -> Option<f64> {
        let (bad, total, limit) = self.all.tested(limits, self.against)?;
        let wanted = samples_for(bad / total, limit, alpha, total)?;
        Some((wanted - total).max(1.0) * limits.cluster)
    }
}

/// What the nth hour may have of alpha: equal parts for those of the soak, ever less for those after it, so that all of
/// them together are no more than it.
pub(super) fn part(alpha: f64, nth: i64, hours: f64) -> f64 {
    let hours = hours.max(1.0).ceil();
    #[expect(clippy::cast_precision_loss, reason = "hours of a few years")]
    let after = nth as f64 - hours + 1.0;
    if after < 1.0 {
        alpha * (1.0 - AFTERWARDS) / hours
    } else {
        alpha * AFTERWARDS / (after * (after + 1.0))
    }
}

/// One bad request of three is over every limit, and no fire.
fn is_no_chance(limits: &Limits, window: &Window) -> bool {
    match (limits.measure, limits.at_most) {
        (Measure::Share, Some(most)) => {
            let tally = WindowTally::of(limits, window, Against::Limit);
            ln_up(tally.bad, tally.total, most) >= WATCH.ln()
        }
        _ => true,
    }
}

/// How many samples prove that a share of `bad` keeps the limit; `None`: no number would, or none that is realistic.
pub(super) fn samples_for(share: f64, limit: f64, alpha: f64, from: f64) -> Option<f64> {
    if !(share < limit && from > 0.0) {
        return None;
    }
    let bound = -alpha.ln();
    let enough = |count: f64| ln_down(share * count, count, limit) >= bound;
    let mut most = from.max(1.0);
    let mut least = most;
    for _ in 0..MOST_DOUBLINGS {
        if enough(most) {
            break;
        }
        (least, most) = (most, most * 2.0);
    }
    if !enough(most) {
        return None;
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(least, most);
        if enough(middle) { most = middle } else { least = middle }
    }
    Some(most.ceil())
}

impl WindowTally {
    pub(super) fn of(limits: &Limits, window: &Window, against: Against) -> Self {
        let scale = 1.0 / limits.cluster;
        match (window.is, window.control, against) {
            (Measurement::Share(bad, total), _, Against::Limit) => {
                Self { bad: bad.get() * scale, total: total.get() * scale, ..Self::default() }
            }
            (Measurement::Share(bad, total), Some(Measurement::Share(other, all)), Against::Control) => {
                Self {
                    bad: bad.get() * scale,
                    total: total.get() * scale,
                    control_bad: other.get() * scale,
                    control_total: all.get() * scale,
                }
            }
            (Measurement::Value(value), _, Against::Limit) => {
                let most = limits.at_most.unwrap_or(f64::INFINITY);
                Self { bad: f64::from(u8::from(value.get() > most)), total: 1.0, ..Self::default() }
            }
            (Measurement::Value(value), Some(Measurement::Value(other)), Against::Control) => {
                let most = limits.control.unwrap_or(f64::INFINITY) * other.get();
                Self { bad: f64::from(u8::from(value.get() > most)), total: 1.0, ..Self::default() }
            }
            _ => Self::default(),
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.bad += other.bad;
        self.total += other.total;
        self.control_bad += other.control_bad;
        self.control_total += other.control_total;
    }

    /// What is tested: bad ones, all, and the share of them that the limit allows.
    fn tested(&self, limits: &Limits, against: Against) -> Option<(f64, f64, f64)> {
        match (limits.measure, against) {
            // A sign test: whatever the values are like, half of the windows is the middle.
            (Measure::Value, _) => Some((self.bad, self.total, 0.5)),
            (Measure::Share, Against::Limit) => Some((self.bad, self.total, limits.at_most?)),
            (Measure::Share, Against::Control) => {
                let weight = limits.control? * self.total;
                let share = weight / (weight + self.control_total);
                Some((self.bad, self.bad + self.control_bad, share))
            }
        }
        .filter(|(_, total, share)| *total > 0.0 && share.is_finite())
    }

    fn reaches(&self, limits: &Limits, against: Against, bound: f64) -> bool {
        self.tested(limits, against).is_some_and(|(bad, total, limit)| {
            may_reach(bound, bad, total, limit) && ln_up(bad, total, limit) >= bound
        })
    }

    pub(super) fn down(&self, limits: &Limits, against: Against) -> f64 {
        self.tested(limits, against)
            .map_or(f64::NEG_INFINITY, |(bad, total, limit)| ln_down(bad, total, limit))
    }
}
