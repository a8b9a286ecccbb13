//! Reading a moment that a person types: so long from now, a time of day, or a date and time.

use chrono::{DateTime, Days, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::domain::zoned;

/// The moment that `text` means at `now`; times without a zone are in `zone`. `None` if it means none, or one
/// that the clocks are put forward over.
pub(super) fn read_moment(text: &str, now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let text = text.trim();
    read_length(text)
        .and_then(|length| now.checked_add_signed(length))
        .or_else(|| read_time_of_day(text, now, zone))
        .or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()))
        .or_else(|| read_local(text, zone))
}

/// A moment of the past that a person types: a time of the day around `near`, or a date and time.
pub(in crate::cockpit) fn read_past(text: &str, near: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let time = ["%H:%M", "%H:%M:%S"].iter().find_map(|format| NaiveTime::parse_from_str(text, format).ok());
    let on_that_day = |time| zone.from_local_datetime(&zoned(near, zone).date_naive().and_time(time));
    time.and_then(|time| on_that_day(time).latest().map(|at| at.to_utc()))
        .or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()))
        .or_else(|| read_local(text, zone))
}

fn read_length(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().next_back()?;
    let count: i64 = text.strip_suffix(unit)?.trim().parse().ok().filter(|n| (1..=10_000).contains(n))?;
    match unit {
        'm' => TimeDelta::try_minutes(count),
        'h' => TimeDelta::try_hours(count),
        'd' => TimeDelta::try_days(count),
        _ => None,
    }
}

/// The next time it is so late; the later one if it is so late twice.
fn read_time_of_day(text: &str, now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok()?;
    let today = zoned(now, zone).date_naive();
    let on = |day: chrono::NaiveDate| zone.from_local_datetime(&day.and_time(time)).latest();
    let at = on(today).filter(|at| at.to_utc() > now);
    at.or_else(|| on(today.checked_add_days(Days::new(1))?)).map(|at| at.to_utc())
}

fn read_local(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let local = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
    zone.from_local_datetime(&local).latest().map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::London;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn lengths_times_and_dates_are_read() {
        let now = at("2026-07-01T17:30:00Z");
        for (text, meant) in [
            ("90m", "2026-07-01T19:00:00Z"),
            (" 2 h ", "2026-07-01T19:30:00Z"),
            ("1d", "2026-07-02T17:30:00Z"),
            ("19:00", "2026-07-01T18:00:00Z"),
            ("18:00", "2026-07-02T17:00:00Z"),
            ("2026-07-03T10:00", "2026-07-03T09:00:00Z"),
            ("2026-07-03 10:00", "2026-07-03T09:00:00Z"),
            ("2026-07-03T10:00:00+02:00", "2026-07-03T08:00:00Z"),
        ] {
            assert_eq!(read_moment(text, now, London), Some(at(meant)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        let now = at("2026-07-01T17:30:00Z");
        for text in ["", "h", "-2h", "0h", "99999999999h", "2w", "25:00", "soon", "2026-03-29T01:30", "é"] {
            assert_eq!(read_moment(text, now, London), None, "{text}");
        }
        assert_eq!(read_moment("9999d", DateTime::<Utc>::MAX_UTC, London), None);
    }
}
