//! The servers' clock (V16): a machine whose clock is wrong judges no dates.
//!
//! Each source's server tells its time beside its answers. What calendar rules go by is their median, anchored on the
//! boot clock, so that setting the wall clock changes nothing. Ages of observations stay with the two local clocks (V7).

use std::{collections::BTreeMap, fmt, time::Duration};

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{CLOCK_TOLERANCE, Now, SourceId, Stamp, Str, format};

/// Servers that are farther apart than this leave the time unknown.
const FAR_APART: TimeDelta = TimeDelta::minutes(10);
/// A correction below this is not worth a word.
const WORTH_SAYING: TimeDelta = TimeDelta::seconds(60);

/// What a server said about the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerTime {
    /// Its `Date`, to the second.
    pub date: DateTime<Utc>,
    /// Our wall clock before the request that it answers.
    pub wall: DateTime<Utc>,
    /// Our boot clock before the request that it answers.
    pub sent: Duration,
    /// Our boot clock once the answer was here.
    pub came: Duration,
}

/// The newest time that each server gave, by source and connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerClocks(BTreeMap<(SourceId, Option<Str>), ClockOffset>);

/// A server's clock when our boot clock stood at zero: not before and not after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ClockOffset {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// Our two clocks when it was asked for that last.
    wall: DateTime<Utc>,
    boot: Duration,
}

/// What time it is, as far as rules are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedTime {
    /// Now: the servers' wall clock where they contradict ours.
    pub now: Now,
    /// What ends, ends by this: one server alone ends nothing later than our own clock does.
    pub ends: DateTime<Utc>,
    /// The same for whoever looks at the board.
    pub clock: BoardClock,
    /// Whether any server was heard.
    pub heard: bool,
    /// Whether a server was heard and more than one clock says so: of servers' times only such a one is kept (V9).
    pub borne_out: bool,
}

/// The clock that a board was judged by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardClock {
    /// The servers' clock minus this machine's; zero where they agree or none was heard.
    pub correction: TimeDelta,
    /// Why no time is known; then nothing is GO and nobody can record anything.
    pub doubt: Option<ClockDoubt>,
}

/// Why it is not known what time it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockDoubt {
    /// Servers contradict each other.
    Apart {
        /// The one that is behind.
        behind: Str,
        /// The one that is ahead.
        ahead: Str,
        /// By so much.
        by: Duration,
    },
    /// A clock at a time that cannot be: before 1970 or after 9999.
    Absurd,
    /// This machine's wall and boot clock came apart since any server was heard: one of them stood, or was set.
    Jumped,
}

impl ServerTime {
    /// The server's clock minus ours; zero while ours is within what the answer leaves open.
    pub fn offset(&self, now: Now) -> TimeDelta {
        ClockOffset::of(self).and_then(|anchor| anchor.offset(now)).unwrap_or_default()
    }
}

impl ClockOffset {
    fn of(told: &ServerTime) -> Option<Self> {
        let back = |at: DateTime<Utc>, by| at.checked_sub_signed(TimeDelta::from_std(by).ok()?);
        // A date is cut to its second.
        let latest = told.date.checked_add_signed(TimeDelta::seconds(1))?;
        let (from, to) = (back(told.date, told.came)?, back(latest, told.sent)?);
        Some(Self { from, to, wall: told.wall, boot: told.sent })
    }

    fn offset(&self, now: Now) -> Option<TimeDelta> {
        let boot = TimeDelta::from_std(now.boot).ok()?;
        let (from, to) = (self.from.checked_add_signed(boot)?, self.to.checked_add_signed(boot)?);
        let (behind, ahead) = (from - now.wall, now.wall - to);
        let slack = TimeDelta::from_std(CLOCK_TOLERANCE).unwrap_or_default();
        Some(if behind > slack {
            behind
        } else if ahead > slack {
            -ahead
        } else {
            TimeDelta::zero()
        })
    }

    /// Whether our two clocks ran on together since: else nobody knows which of them is right.
    fn is_steady(&self, now: Now) -> bool {
        let boot = TimeDelta::from_std(now.boot.saturating_sub(self.boot)).unwrap_or(TimeDelta::MAX / 2);
        (now.wall.signed_duration_since(self.wall) - boot).abs() <= WORTH_SAYING
    }
}

impl ServerClocks {
    /// Takes in what a source's server said. What agrees with its earlier word makes that more exact.
    pub fn hear(&mut self, source: SourceId, connection: Option<Str>, told: ServerTime) {
        let Some(new) = ClockOffset::of(&told) else { return };
        let known = self.0.entry((source, connection)).or_insert(new);
        let both = ClockOffset { from: known.from.max(new.from), to: known.to.min(new.to), ..new };
        *known = if both.from <= both.to { both } else { new };
    }

    /// What time it is. Each source has one voice, however many connections go to it.
    pub fn judge(&self, now: Now) -> JudgedTime {
        let steady = self.0.values().any(|anchor| anchor.is_steady(now));
        // What was heard before our clocks came apart counts only where nothing was heard since.
        let counts = |anchor: &ClockOffset| !steady || anchor.is_steady(now);
        let counted = self.0.iter().filter(|(_, anchor)| counts(anchor));
        let mut told: Vec<_> =
            counted.filter_map(|(name, anchor)| Some((anchor.offset(now)?, name))).collect();
        told.sort();
        let voices = voices(&told);
        let correction = later_median(&voices).unwrap_or_default();
        let wall = now.wall.checked_add_signed(correction);
        let apart = match (told.first(), told.last()) {
            (Some((behind, one)), Some((ahead, other))) if *ahead - *behind > FAR_APART => {
                let by = (*ahead - *behind).to_std().unwrap_or_default();
                Some(ClockDoubt::Apart { behind: said(one), ahead: said(other), by })
            }
            _ => None,
        };
        let absurd = wall.is_none_or(|wall| !(1970..=9999).contains(&wall.year()));
        let jumped = !steady && !told.is_empty();
        let doubt = apart.or(absurd.then_some(ClockDoubt::Absurd)).or(jumped.then_some(ClockDoubt::Jumped));
        let wall = wall.unwrap_or(now.wall);
        let alone = voices.len() < 2;
        JudgedTime {
            now: Now { wall, ..now },
            ends: if alone { wall.max(now.wall) } else { wall },
            heard: !told.is_empty(),
            borne_out: doubt.is_none() && !told.is_empty() && (!alone || correction.abs() <= FAR_APART),
            clock: BoardClock { correction, doubt },
        }
    }
}

/// What each source says, in order: several of its connections may well lead to one server.
fn voices(told: &[(TimeDelta, &(SourceId, Option<Str>))]) -> Vec<TimeDelta> {
    let mut by_source: BTreeMap<&SourceId, Vec<TimeDelta>> = BTreeMap::new();
    for (offset, (source, _)) in told {
        by_source.entry(source).or_default().push(*offset);
    }
    let mut voices: Vec<_> = by_source.values().filter_map(|all| later_median(all)).collect();
    voices.sort();
    voices
}

/// Of sorted ones the one in the middle. Of an even number the later one counts: no server alone turns the clock of two back.
fn later_median(sorted: &[TimeDelta]) -> Option<TimeDelta> {
    sorted.get(sorted.len() / 2).copied()
}

fn said((source, connection): &(SourceId, Option<Str>)) -> Str {
    connection.as_ref().map_or_else(|| source.text(), |name| format!("{source} ({name})").into())
}

impl BoardClock {
    /// Now, by the clock that the board was judged by.
    pub fn judge(&self, now: Now) -> Now {
        Now { wall: self.shift(now.wall), ..now }
    }

    /// A moment of this machine's clock on the clock of the board.
    pub fn shift(&self, local: DateTime<Utc>) -> DateTime<Utc> {
        local.checked_add_signed(self.correction).unwrap_or(local)
    }

    /// When something was seen, on the clock of the board. What was read from disk is of no clock of this run.
    pub fn stamp(&self, seen: Stamp) -> Stamp {
        if seen.boot.is_none() { seen } else { Stamp { wall: self.shift(seen.wall), ..seen } }
    }

    /// What is worth saying of this machine's clock.
    pub fn remark(&self) -> Option<String> {
        (self.correction.abs() > WORTH_SAYING).then(|| {
            let way = if self.correction < TimeDelta::zero() { "ahead of" } else { "behind" };
            let far = format::span(self.correction.abs().to_std().unwrap_or_default());
            format!("this machine's clock is {far} {way} the servers': their time counts; set the clock")
        })
    }
}

impl fmt::Display for ClockDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Apart { behind, ahead, by } => {
                let by = format::span(*by);
                write!(f, "the servers' clocks disagree: {ahead} is {by} ahead of {behind}")
            }
            Self::Absurd => f.write_str("the clock is not between the years 1970 and 9999"),
            Self::Jumped => f.write_str(
                "this machine's clock was set, or stood still, since a server was heard; the next answer settles it",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOOT: u64 = 5_000;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn now() -> Now {
        Now { wall: at(0), boot: Duration::from_secs(BOOT) }
    }

    /// Servers whose clocks are so many seconds ahead of ours.
    fn heard(offsets: &[i64]) -> ServerClocks {
        let mut clocks = ServerClocks::default();
        for (n, offset) in offsets.iter().enumerate() {
            clocks.hear(SourceId::new(format!("s{n}")), None, told(*offset, BOOT, BOOT));
        }
        clocks
    }

    fn told(offset: i64, sent: u64, came: u64) -> ServerTime {
        let wall = at(i64::try_from(sent).unwrap() - i64::try_from(BOOT).unwrap());
        let (sent, came) = (Duration::from_secs(sent), Duration::from_secs(came));
        ServerTime { date: at(offset), wall, sent, came }
    }

    fn correction(offsets: &[i64]) -> i64 {
        heard(offsets).judge(now()).clock.correction.num_seconds()
    }

    #[test]
    fn the_median_counts_and_no_server_alone_turns_two_back() {
        assert_eq!(correction(&[]), 0);
        assert_eq!(correction(&[7_200]), 7_200, "one is enough to be wrong by");
        assert_eq!(correction(&[-7_200]), -7_199, "a date is cut to its second");
        assert_eq!(correction(&[0, -500]), 0, "two: the later one");
        assert_eq!(correction(&[100, 200, 300]), 200);
        assert_eq!(correction(&[3, -3]), 0, "within what two clocks may differ");
    }

    #[test]
    fn what_ends_does_not_end_later_by_the_word_of_one_server() {
        let one = heard(&[-86_400]).judge(now());
        assert_eq!((one.now.wall, one.ends), (at(-86_399), at(0)));
        assert!(!one.borne_out, "and such a time is not kept");
        let two = heard(&[-86_400, -86_400]).judge(now());
        assert_eq!(two.ends, two.now.wall, "two that agree are right");
        assert!(two.borne_out);
        assert_eq!(heard(&[86_400]).judge(now()).ends, at(86_400));
    }

    #[test]
    fn servers_far_apart_leave_the_time_unknown() {
        assert_eq!(heard(&[0, 500, 590]).judge(now()).clock.doubt, None);
        let doubt = heard(&[0, 900, 0]).judge(now()).clock.doubt.unwrap();
        assert_eq!(doubt.to_string(), "the servers' clocks disagree: s1 is 15 min ahead of s0");
    }

    #[test]
    fn a_slow_answer_leaves_open_when_its_date_was_written() {
        let mut clocks = ServerClocks::default();
        clocks.hear(SourceId::new("slow"), None, told(-20, BOOT - 30, BOOT));
        assert_eq!(clocks.judge(now()).clock.correction, TimeDelta::zero(), "30 s under way");
        clocks.hear(SourceId::new("slow"), None, told(-40, BOOT - 1, BOOT));
        assert_eq!(clocks.judge(now()).clock.correction.num_seconds(), -38);
    }

    #[test]
    fn setting_the_wall_clock_changes_nothing_once_a_server_was_heard() {
        let clocks = heard(&[0]);
        for step in [-86_400 * 365, -3_600, 3_600, 86_400 * 365] {
            let later = Now { wall: at(60 + step), boot: Duration::from_secs(BOOT + 60) };
            let judged = clocks.judge(later).now.wall;
            assert!((judged - at(60)).abs() <= TimeDelta::seconds(1), "{step}: {judged}");
        }
    }

    #[test]
    fn clocks_that_came_apart_leave_the_time_unknown_until_a_server_is_heard_again() {
        let mut clocks = heard(&[0, 0]);
        // Ten hours asleep, on a system whose boot clock stands meanwhile; or a machine that was paused.
        let morning = Now { wall: at(36_000), boot: Duration::from_secs(BOOT + 2) };
        let judged = clocks.judge(morning);
        assert_eq!(judged.clock.doubt, Some(ClockDoubt::Jumped));
        assert!(!judged.borne_out, "and such a time is not kept");
        let steady = Now { wall: at(40), boot: Duration::from_secs(BOOT + 2) };
        assert_eq!(clocks.judge(steady).clock.doubt, None, "no more than two clocks may differ");
        let told = ServerTime { date: at(36_000), wall: at(36_000), sent: morning.boot, came: morning.boot };
        clocks.hear(SourceId::new("s1"), None, told);
        let judged = clocks.judge(morning);
        assert_eq!(
            (judged.clock.doubt, judged.now.wall),
            (None, at(36_000)),
            "s0 was heard before the night"
        );
    }

    #[test]
    fn connections_of_one_source_are_one_voice() {
        let mut clocks = heard(&[]);
        for connection in [None, Some("bot".into())] {
            clocks.hear(SourceId::new("github"), connection, told(-500, BOOT, BOOT));
        }
        let judged = clocks.judge(now());
        assert_eq!(judged.ends, at(0), "one server, by two tokens, ends nothing later");
        clocks.hear(SourceId::new("linear"), None, told(0, BOOT, BOOT));
        assert_eq!(clocks.judge(now()).clock.correction, TimeDelta::zero(), "nor are they two against one");
    }

    #[test]
    fn a_time_that_can_not_be_is_no_time() {
        for wall in ["1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "+10000-01-01T00:00:00Z"] {
            let now = Now { wall: wall.parse().unwrap(), boot: Duration::from_secs(1) };
            assert_eq!(ServerClocks::default().judge(now).clock.doubt, Some(ClockDoubt::Absurd), "{wall}");
        }
        let wrong = Now { wall: DateTime::<Utc>::MIN_UTC, boot: Duration::from_secs(BOOT) };
        let mut clocks = ServerClocks::default();
        clocks.hear(SourceId::new("s0"), None, ServerTime { wall: wrong.wall, ..told(0, BOOT, BOOT) });
        let judged = clocks.judge(wrong);
        assert_eq!((judged.now.wall, judged.clock.doubt), (at(0), None), "a server knows better");
    }

    proptest! {
        #[test]
        fn no_clock_panics(
            wall in any::<i64>(), boot in any::<u64>(), date in any::<i64>(), sent in any::<u64>(),
            came in any::<u64>(), again in any::<i64>(), asked in any::<i64>(),
        ) {
            let end = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
            let now = Now { wall: end(wall), boot: Duration::from_secs(boot) };
            let mut clocks = ServerClocks::default();
            for (name, date) in [("a", date), ("b", again), ("a", again)] {
                let (sent, came) = (Duration::from_secs(sent), Duration::from_secs(came));
                let told = ServerTime { date: end(date), wall: end(asked), sent, came };
                clocks.hear(SourceId::new(name), None, told);
            }
            let judged = clocks.judge(now);
            judged.clock.stamp(Stamp::at(now));
            judged.clock.remark();
        }
    }
}
