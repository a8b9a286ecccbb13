//! Times, ages and the launch clock, in words; and when those words change by themselves.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, TimeZone as _, Utc};
use gonogo_domain::Zone;

use gonogo_domain::{Board, zoned};

const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
/// A count with its thousands apart: `4,812`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The launch clock: T stops in a hold, L never does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clocks {
    pub t: String,
    pub l: String,
    /// A hold has put the two apart.
    pub apart: bool,
    pub holding: bool,
}

/// Both clocks at `now`.
pub(crate) fn clocks(board: &Board, now: DateTime<Utc>) -> Clocks {
    let (t, l) = readings(board, now);
    Clocks {
        t: format!("T{}", count(t)),
        l: format!("L{}", count(l)),
        apart: apart(board),
        holding: board.held_since.is_some(),
    }
}

/// How long until [`clocks`] changes; never for a T that a hold has stopped.
pub(crate) fn clocks_change(board: &Board, now: DateTime<Utc>) -> Option<Duration> {
    let (t, l) = readings(board, now);
    let t = board.held_since.is_none().then(|| count_changes(t));
    let l = apart(board).then(|| count_changes(l));
    t.into_iter().chain(l).min()
}

/// A moment by the T clock: `T+01:05:00`. Of the future, as it would be if no further hold came.
pub(super) fn since_t(board: &Board, now: DateTime<Utc>, at: DateTime<Utc>) -> String {
    let zero = if at > now { board.t_zero } else { board.t0 };
    format!("T{}", count(at.signed_duration_since(zero)))
}

fn apart(board: &Board) -> bool {
    board.held_since.is_some() || !board.held_for.is_zero()
}

/// Time since T-0 by the T clock and by the L clock; negative before.
fn readings(board: &Board, now: DateTime<Utc>) -> (TimeDelta, TimeDelta) {
    let held = TimeDelta::from_std(board.held_for).unwrap_or(TimeDelta::MAX);
    let t_now = board.held_since.map_or(now, |since| since.min(now));
    let t = t_now.signed_duration_since(board.t0);
    (t.checked_sub(&held).unwrap_or(TimeDelta::MIN), now.signed_duration_since(board.t0))
}

/// `-2d04h`, and with seconds in the day around zero: `-01:42:10`.
fn count(since: TimeDelta) -> String {
    let sign = if since < TimeDelta::zero() { '-' } else { '+' };
    let s = since.abs().to_std().unwrap_or(Duration::MAX).as_secs();
    match s {
        0..DAY => format!("{sign}{:02}:{:02}:{:02}", s / HOUR, s % HOUR / MINUTE, s % MINUTE),
        _ => format!("{sign}{}d{:02}h", s / DAY, s % DAY / HOUR),
    }
}

/// How long until a moment of the future: `in 00:12:34`.
pub(super) fn countdown(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    format!("in {}", count(now.signed_duration_since(at)).trim_start_matches(['-', '+']))
}

/// How long until [`countdown`] says something else.
pub(crate) fn countdown_changes(at: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    count_changes(now.signed_duration_since(at))
}

fn count_changes(since: TimeDelta) -> Duration {
    let before = since < TimeDelta::zero();
    let span = since.abs().to_std().unwrap_or(Duration::MAX);
    let unit = match span.as_secs() {
        0..DAY => 1,
        _ => HOUR,
    };
    let into = Duration::new(span.as_secs() % unit, span.subsec_nanos());
    // Counting down, the words change just below a whole unit, and at zero the sign does; counting up, at it.
    if before && span.as_secs() == 0 {
        return into;
    }
    if before { into + Duration::from_nanos(1) } else { Duration::from_secs(unit).saturating_sub(into) }
}

/// A moment as people near it say it: `10:55` today, `Thu 10:55` within six days, else with its date. Where the
/// clocks show that time twice, the zone's short name tells which.
pub(super) fn moment(at: DateTime<Utc>, now: DateTime<Utc>, zone: Zone) -> String {
    let local = zoned(at, zone);
    let twice = matches!(zone.from_local_datetime(&local.naive_local()), chrono::LocalResult::Ambiguous(..));
    let name = if twice { local.format(" %Z").to_string() } else { String::new() };
    let days = local.date_naive().signed_duration_since(zoned(now, zone).date_naive()).num_days();
    match days {
        0 => format!("{}{name}", local.format("%H:%M")),
        -1 => format!("yesterday {}{name}", local.format("%H:%M")),
        -6..=6 => format!("{}{name}", local.format("%a %H:%M")),
        _ => format!("{}{name}", local.format("%Y-%m-%d %H:%M")),
    }
}

/// As [`moment`], always with the zone's short name.
pub(super) fn moment_zoned(at: DateTime<Utc>, now: DateTime<Utc>, zone: Zone) -> String {
    let text = moment(at, now, zone);
    let name = zoned(at, zone).format("%Z").to_string();
    if text.ends_with(&name) { text } else { format!("{text} {name}") }
}

/// When "today" ends.
pub(crate) fn next_midnight(now: DateTime<Utc>, zone: Zone) -> Option<DateTime<Utc>> {
    let tomorrow = zoned(now, zone).date_naive().checked_add_days(Days::new(1))?;
    zone.from_local_datetime(&tomorrow.and_time(NaiveTime::MIN)).earliest().map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_changes_exactly_when_it_says() {
        for seconds in [-100_000, -86_400, -3_601, -3_600, -3_599, -61, -60, -1, 0, 1, 3_599, 3_600, 90_000] {
            for nanos in [0, 1, 500_000_000] {
                let since = TimeDelta::seconds(seconds) + TimeDelta::nanoseconds(nanos);
                let wait = TimeDelta::from_std(count_changes(since)).unwrap();
                assert_ne!(count(since), count(since + wait), "{since}");
                let before = since + wait - TimeDelta::nanoseconds(1);
                assert_eq!(count(since), count(before), "{since}");
            }
        }
    }

    #[test]
    fn the_clock_is_read_at_a_glance() {
        assert_eq!(count(TimeDelta::seconds(-6_130)), "-01:42:10");
        assert_eq!(count(TimeDelta::seconds(-2_530)), "-00:42:10");
        assert_eq!(count(TimeDelta::zero()), "+00:00:00");
        assert_eq!(count(TimeDelta::seconds(-187_200)), "-2d04h");
        assert_eq!(
            (grouped(999), grouped(5_000), grouped(1_234_567)),
            ("999".into(), "5,000".into(), "1,234,567".into())
        );
    }

    #[test]
    fn a_time_that_comes_twice_says_which() {
        let zone = "Europe/London".parse().unwrap();
        let now: DateTime<Utc> = "2026-10-25T00:10:00Z".parse().unwrap();
        let first = "2026-10-25T00:30:00Z".parse().unwrap();
        let second = "2026-10-25T01:30:00Z".parse().unwrap();
        assert_eq!(
            (moment(first, now, zone), moment(second, now, zone)),
            ("01:30 BST".into(), "01:30 GMT".into())
        );
        assert_eq!(moment_zoned(first, now, zone), "01:30 BST");
        assert_eq!(moment(now + TimeDelta::days(2), now, zone), "Tue 00:10");
        assert_eq!(moment(now - TimeDelta::days(1), now, zone), "yesterday 01:10");
        assert_eq!(moment(now + TimeDelta::days(9), now, zone), "2026-11-03 00:10");
        assert_eq!(next_midnight(now, zone).unwrap().to_rfc3339(), "2026-10-26T00:00:00+00:00");
    }
}
