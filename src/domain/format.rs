//! Plain wording for reasons and next actions.

use std::{borrow::Cow, fmt::Display, time::Duration};

use crate::Zone;
use chrono::{DateTime, Datelike, Offset, TimeDelta, TimeZone, Timelike, Utc};

pub(super) use gonogo_text::span;

/// A moment in the launch's zone, with the zone's name for it.
pub(super) fn moment(at: DateTime<Utc>, zone: Zone) -> String {
    if !(2..9_999).contains(&at.year()) {
        return "the end of time".into();
    }
    // Written out digit by digit: each sign-off on the board has one, and the formatter costs more than the rest.
    let offset = zone.offset_from_utc_datetime(&at.naive_utc());
    let Some(local) = at.naive_utc().checked_add_offset(offset.fix()) else {
        return "the end of time".into();
    };
    let name = offset.abbreviation();
    let year = local.year().unsigned_abs();
    let mut text = String::with_capacity(17 + name.len());
    digits(&mut text, year / 100);
    for (mark, number) in [
        ("", year % 100),
        ("-", local.month()),
        ("-", local.day()),
        (" ", local.hour()),
        (":", local.minute()),
    ] {
        text.push_str(mark);
        digits(&mut text, number);
    }
    text.push(' ');
    text.push_str(name);
    text
}

/// A moment on the clocks of a zone. The ends of time, where such clocks do not reach, are drawn in.
pub fn zoned(at: DateTime<Utc>, zone: Zone) -> DateTime<Zone> {
    let ends = |year| Utc.with_ymd_and_hms(year, 1, 2, 0, 0, 0).single().unwrap_or(DateTime::UNIX_EPOCH);
    at.clamp(ends(-9_999), ends(9_999)).with_timezone(&zone)
}

fn digits(text: &mut String, number: u32) {
    for digit in [number / 10 % 10, number % 10] {
        text.push(char::from_digit(digit, 10).unwrap_or('0'));
    }
}

/// `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`.
pub(super) fn list<T: Display>(items: &[T]) -> Cow<'static, str> {
    match items {
        [] => Cow::Borrowed("nobody"),
        [one] => Cow::Owned(one.to_string()),
        [init @ .., last] if items.len() <= 4 => {
            let init: Vec<_> = init.iter().map(ToString::to_string).collect();
            Cow::Owned(format!("{} and {last}", init.join(", ")))
        }
        [a, b, c, rest @ ..] => Cow::Owned(format!("{a}, {b}, {c} and {} more", rest.len())),
        _ => Cow::Borrowed(""),
    }
}

/// `the code freeze`, `the black-friday freeze`: a name may say itself that it is one.
pub(super) fn freeze(name: &str) -> String {
    if name.to_lowercase().contains("freeze") { format!("the {name}") } else { format!("the {name} freeze") }
}

/// `1 gate`, `3 gates`.
pub(super) fn count(number: usize, noun: &str) -> String {
    match noun.strip_suffix("ry") {
        _ if number == 1 => format!("1 {noun}"),
        Some(stem) => format!("{number} {stem}ries"),
        None => format!("{number} {noun}s"),
    }
}

/// So much later, or the end of time.
pub(super) fn later(at: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(by).ok().and_then(|by| at.checked_add_signed(by)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// The first moment after this one.
pub(super) fn just_after(at: DateTime<Utc>) -> DateTime<Utc> {
    later(at, Duration::from_nanos(1))
}

/// The earlier of two moments that may not come.
pub(super) fn earlier(a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::named;

    #[test]
    fn spans_and_lists() {
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list(&["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }

    #[test]
    fn the_end_of_time_is_no_panic() {
        assert_eq!(later(DateTime::<Utc>::MAX_UTC, Duration::MAX), DateTime::<Utc>::MAX_UTC);
        let summer = "2026-06-07T08:05:59Z".parse().unwrap();
        assert_eq!(moment(summer, named("Europe/London")), "2026-06-07 09:05 BST");
        assert_eq!(moment(DateTime::<Utc>::MAX_UTC, named("Asia/Tokyo")), "the end of time");
        for (end, year) in [(DateTime::<Utc>::MAX_UTC, 9_999), (DateTime::<Utc>::MIN_UTC, -9_999)] {
            assert_eq!(zoned(end, named("Pacific/Kiritimati")).date_naive().year(), year);
        }
    }
}
