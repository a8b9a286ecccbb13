//! Lengths and moments as people write them.

use std::{fmt, str::FromStr};

use crate::Zone;
use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::{Length, MomentExpr, ScheduleError, Unit};

/// The longest length in days, a century: whatever is longer was meant in another unit.
const MOST_DAYS: i64 = 36_525;

impl Length {
    /// Reads `90s 30m 2h 3d 5wd`: digits and a unit, no sign, no blanks.
    ///
    /// # Errors
    /// [`ScheduleError::NotALength`], or [`ScheduleError::TooLong`] for one beyond a century.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let wrong = || ScheduleError::NotALength(text.to_owned());
        let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (digits, unit) = text.split_at(split);
        let unit = Unit::parse(unit).ok_or_else(wrong)?;
        if digits.is_empty() {
            return Err(wrong());
        }
        let long = || ScheduleError::TooLong(text.to_owned(), unit.most());
        let count = digits.parse().ok().filter(|count| *count <= unit.most());
        Ok(Self { count: count.ok_or_else(long)?, unit })
    }
}

impl Unit {
    /// How many make a century; of seconds, as many as are counted.
    fn most(self) -> i32 {
        let each = match self {
            Self::Seconds => 86_400,
            Self::Minutes => 1_440,
            Self::Hours => 24,
            Self::Days | Self::WorkingDays => 1,
        };
        i32::try_from(MOST_DAYS * each).unwrap_or(i32::MAX)
    }

    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "s" => Self::Seconds,
            "m" => Self::Minutes,
            "h" => Self::Hours,
            "d" => Self::Days,
            "wd" => Self::WorkingDays,
            _ => return None,
        })
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Minutes => "m",
            Self::Hours => "h",
            Self::Days => "d",
            Self::WorkingDays => "wd",
        }
    }
}

impl MomentExpr {
    /// Reads `2026-12-02T09:00`, `2026-12-02T09:00+01:00`, `T`, `T-5wd`, `freeze+2d 08:00`, `announce+0d 08:00 America/New_York`. Only offsets in
    /// `d` and `wd` take a time of day: the others are exact.
    ///
    /// # Errors
    /// A [`ScheduleError`] that says what to write. Whether the anchor exists is checked by
    /// [`super::Schedule::resolve`].
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let wrong = || ScheduleError::NotAMoment(text.to_owned());
        let mut words = text.split(' ');
        let head = words.next().unwrap_or_default();
        let rest: Vec<_> = words.collect();
        if head.starts_with(|c: char| c.is_ascii_digit()) {
            let (head, offset) = with_offset(head);
            let local = local_time(head).ok_or_else(|| {
                if has_no_such_day(head) { ScheduleError::NoSuchDay(head.to_owned()) } else { wrong() }
            })?;
            let zone = match rest.as_slice() {
                [] => None,
                [zone] => Some(read_zone(zone)?),
                _ => return Err(wrong()),
            };
            return Ok(Self::Absolute { local, zone, offset });
        }
        let (anchor, offset) = anchored(head).ok_or_else(wrong)?;
        let offset = offset.map_err(|error| match error {
            ScheduleError::TooLong(..) => ScheduleError::OutOfRange(text.to_owned()),
            _ => wrong(),
        })?;
        let (time, zone) = match rest.as_slice() {
            [] => (None, None),
            [time] => (Some(time_of_day(time).ok_or_else(wrong)?), None),
            [time, zone] => (Some(time_of_day(time).ok_or_else(wrong)?), Some(read_zone(zone)?)),
            _ => return Err(wrong()),
        };
        let by_day = matches!(offset, Some(Length { unit: Unit::Days | Unit::WorkingDays, .. }));
        if time.is_some() && !by_day {
            return Err(wrong());
        }
        Ok(Self::Relative { anchor: anchor.into(), offset, time, zone })
    }
}

impl FromStr for MomentExpr {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        Self::parse(text)
    }
}

impl FromStr for Length {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        Self::parse(text)
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.as_str())
    }
}

impl fmt::Display for MomentExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = match self {
            Self::Absolute { local, zone, offset } => {
                write!(f, "{}", local.format("%Y-%m-%dT%H:%M"))?;
                offset.iter().try_for_each(|offset| write!(f, "{offset}"))?;
                zone
            }
            Self::Relative { anchor, offset, time, zone } => {
                f.write_str(anchor)?;
                if let Some(Length { count, unit }) = offset {
                    write!(f, "{count:+}{}", unit.as_str())?;
                }
                if let Some(time) = time {
                    write!(f, " {}", time.format("%H:%M"))?;
                }
                zone
            }
        };
        zone.map_or(Ok(()), |zone| write!(f, " {zone}"))
    }
}

/// An anchor's name and what follows it.
fn anchored(text: &str) -> Option<(&str, Result<Option<Length>, ScheduleError>)> {
    let end = text.find(|c: char| !(c.is_ascii_alphabetic() || c == '_')).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    let Some(sign) = rest.chars().next() else { return Some((name, Ok(None))) };
    let length = match sign {
        '+' => Length::parse(&rest[1..]),
        '-' => Length::parse(&rest[1..]).map(|length| Length { count: -length.count, ..length }),
        _ => return None,
    };
    Some((name, length.map(Some)))
}

/// A time and the offset at its end, as in `2026-10-25T01:30+01:00`.
fn with_offset(text: &str) -> (&str, Option<FixedOffset>) {
    let split = || {
        let (time, offset) = text.split_at_checked(text.len().checked_sub(6)?)?;
        let (sign, clock) = offset.split_at_checked(1)?;
        let seconds = i32::try_from(time_of_day(clock)?.num_seconds_from_midnight()).ok()?;
        let offset = match sign {
            "+" => FixedOffset::east_opt(seconds),
            "-" => FixedOffset::west_opt(seconds),
            _ => None,
        };
        Some((time, offset?)).filter(|_| seconds <= 14 * 3_600 && time.len() > 10)
    };
    split().map_or((text, None), |(time, offset)| (time, Some(offset)))
}

/// `2026-12-02T09:00`, exactly: the library's own reading takes one-digit months and five-digit years.
fn local_time(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.split_once('T')?;
    let shape =
        date.len() == 10 && date.bytes().enumerate().all(|(at, b)| digit_or(b, b'-', at == 4 || at == 7));
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok().filter(|_| shape)?;
    Some(date.and_time(time_of_day(time)?))
}

/// Whether a text has the form of a time, in a month that there is, on a day that it has not.
fn has_no_such_day(text: &str) -> bool {
    let Some((month, _)) = text.split_once('T').and_then(|(date, _)| date.rsplit_once('-')) else {
        return false;
    };
    let day = text.get(month.len() + 1..month.len() + 3).and_then(|day| day.parse::<u32>().ok());
    local_time(text).is_none()
        && local_time(&format!("{month}-01{}", text.get(month.len() + 3..).unwrap_or_default())).is_some()
        && day.is_some_and(|day| (1..=31).contains(&day))
}

/// `09:00`, exactly.
fn time_of_day(text: &str) -> Option<NaiveTime> {
    let shape = text.len() == 5 && text.bytes().enumerate().all(|(at, b)| digit_or(b, b':', at == 2));
    NaiveTime::parse_from_str(text, "%H:%M").ok().filter(|_| shape)
}

fn digit_or(byte: u8, mark: u8, here: bool) -> bool {
    if here { byte == mark } else { byte.is_ascii_digit() }
}

fn read_zone(text: &str) -> Result<Zone, ScheduleError> {
    text.parse().map_err(|_| ScheduleError::UnknownZone(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths() {
        for (text, count, unit) in [
            ("90s", 90, Unit::Seconds),
            ("30m", 30, Unit::Minutes),
            ("2h", 2, Unit::Hours),
            ("3d", 3, Unit::Days),
            ("5wd", 5, Unit::WorkingDays),
        ] {
            assert_eq!(Length::parse(text), Ok(Length { count, unit }), "{text}");
        }
        for text in ["", "d", "5", "-5d", "+5d", "5 d", "5D", "1.5h", "5w", "5wdd", "٣d", "0x1s"] {
            assert_eq!(Length::parse(text), Err(ScheduleError::NotALength(text.into())), "{text}");
        }
        for text in ["99999999999d", "36526d", "876601h", "52596001m", "2147483648s", "36526wd"] {
            assert!(matches!(Length::parse(text), Err(ScheduleError::TooLong(..))), "{text}");
        }
        for text in ["36525d", "876600h", "52596000m", "2147483647s", "36525wd"] {
            assert!(Length::parse(text).is_ok(), "{text}");
        }
        let why = Length::parse("900000d").unwrap_err().to_string();
        assert_eq!(why, "`900000d` is longer than a century: write 36525d at most");
    }

    #[test]
    fn moments_read_and_print_alike() {
        for text in [
            "2026-12-02T09:00",
            "2026-12-02T09:00 Asia/Tokyo",
            "2026-10-25T01:30+01:00",
            "2026-10-25T01:30-09:30 Asia/Tokyo",
            "T",
            "T-5wd",
            "T+24h",
            "freeze-2d",
            "announce+0d 08:00 America/New_York",
            "T-1d 08:00",
        ] {
            assert_eq!(MomentExpr::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_moment() {
        for text in [
            "",
            " T",
            "T ",
            "T - 5d",
            "T-",
            "T-5",
            "T5d",
            "T-5x",
            "T-2h 08:00",
            "T 08:00",
            "T-1d 8:00",
            "T-1d 24:00",
            "2026-12-02",
            "2026-12-2T09:00",
            "2026-13-02T09:00",
            "+2026-12-02T09:00",
            "2026-12-02T09:00Z",
            "2026-12-02T09:00+1:00",
            "2026-12-02T09:00+15:00",
            "2026-12-02+01:00",
            "12026-12-02T09:00",
            "T-1d 08:00 Asia/Tokyo x",
            "2026-12-02T09:00:00",
            "T--5d",
            "T-+5d",
        ] {
            assert_eq!(MomentExpr::parse(text), Err(ScheduleError::NotAMoment(text.into())), "{text}");
        }
        for text in ["2026-02-30T09:00", "2027-02-29T09:00", "2026-04-31T00:00"] {
            assert_eq!(MomentExpr::parse(text), Err(ScheduleError::NoSuchDay(text.into())), "{text}");
        }
        assert_eq!(
            MomentExpr::parse("T+0d 08:00 Mars/Base"),
            Err(ScheduleError::UnknownZone("Mars/Base".into()))
        );
        let far = "T-9999999999d";
        assert_eq!(MomentExpr::parse(far), Err(ScheduleError::OutOfRange(far.into())));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_panic(text in "\\PC*") {
            let _ = MomentExpr::parse(&text);
            let _ = Length::parse(&text);
        }

        #[test]
        fn what_is_read_prints_back(count in 0..=36_525i32, minus: bool, unit in 0..5usize) {
            let unit = ["s", "m", "h", "d", "wd"][unit];
            let text = format!("T{}{count}{unit}", if minus && count > 0 { '-' } else { '+' });
            prop_assert_eq!(MomentExpr::parse(&text).unwrap().to_string(), text);
        }
    }
}
