//! Moments that a person types: one reader for forms and for commands.

use chrono::{DateTime, Days, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};

use super::{super::format::zoned, Length, Schedule, ScheduleError, Unit};

/// What a moment may look like, for fields and help.
pub const TYPED: &str = "10m, 14:30, 2026-12-02T09:00 or T+1h";

/// Which way a bare time or length is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CountDirection {
    On,
    Back,
}

impl Schedule {
    /// The moment that somebody types at `now`: so long from now on (`90s 10m 2h 3d 5wd`), the next time it is so late
    /// (`14:30`), or a moment as in the files (`2026-12-02T09:00`, `T+1h`, `freeze-2d 08:00`), also with a blank for the
    /// `T` or with an offset (RFC 3339).
    ///
    /// # Errors
    /// What it is not, and what to write.
    pub fn typed(&self, text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, ScheduleError> {
        self.read(text, now, CountDirection::On)
    }

    /// The same of what is over: so long before `near`, or the time of day on its day.
    ///
    /// # Errors
    /// As [`Schedule::typed`].
    pub fn typed_past(&self, text: &str, near: DateTime<Utc>) -> Result<DateTime<Utc>, ScheduleError> {
        self.read(text, near, CountDirection::Back)
    }

    fn read(
        &self,
        text: &str,
        near: DateTime<Utc>,
        way: CountDirection,
    ) -> Result<DateTime<Utc>, ScheduleError> {
        let text = text.trim();
        let wrong = || ScheduleError::NotTyped(text.to_owned());
        if let Some(length) = length(text) {
            return self.away(near, length?, way).ok_or_else(|| ScheduleError::OutOfRange(text.to_owned()));
        }
        if let Some(time) = time_of_day(text) {
            return self.at_time(time, near, way).ok_or_else(wrong);
        }
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return Ok(at.to_utc());
        }
        // A blank between date and time reads as the `T` of the files.
        let blank = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").is_ok();
        let said = if blank { text.replacen(' ', "T", 1) } else { text.to_owned() };
        self.moment(&said).map(|moment| moment.at).map_err(|error| match error {
            ScheduleError::NotAMoment(_) => wrong(),
            // A bare word is no slip in an anchor's name.
            ScheduleError::UnknownAnchor(name) if name == said => wrong(),
            other => other,
        })
    }

    fn away(&self, from: DateTime<Utc>, length: Length, way: CountDirection) -> Option<DateTime<Utc>> {
        let back = way == CountDirection::Back;
        if length.unit == Unit::WorkingDays {
            return self.working_days_from(from, if back { -length.count } else { length.count });
        }
        let exact = TimeDelta::from_std(length.exact()?).ok()?;
        from.checked_add_signed(if back { -exact } else { exact })
    }

    /// On: the next time it is so late. Back: that time on the day of `near`. The later one if it is so late twice.
    fn at_time(&self, time: NaiveTime, near: DateTime<Utc>, way: CountDirection) -> Option<DateTime<Utc>> {
        let today = zoned(near, self.zone).date_naive();
        let on = |day: chrono::NaiveDate| self.zone.from_local_datetime(&day.and_time(time)).latest();
        let at = on(today).filter(|at| way == CountDirection::Back || at.to_utc() > near);
        let tomorrow =
            || if way == CountDirection::On { on(today.checked_add_days(Days::new(1))?) } else { None };
        at.or_else(tomorrow).map(|at| at.to_utc())
    }
}

/// `None`: it does not look like a length. Blanks between number and unit are a person's.
fn length(text: &str) -> Option<Result<Length, ScheduleError>> {
    let plain: String = text.split_whitespace().collect();
    let digits = plain.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0)?;
    matches!(plain.get(digits..), Some("s" | "m" | "h" | "d" | "wd")).then(|| {
        let length = Length::parse(&plain)?;
        if length.count > 0 { Ok(length) } else { Err(ScheduleError::NotTyped(text.to_owned())) }
    })
}

fn time_of_day(text: &str) -> Option<NaiveTime> {
    ["%H:%M", "%H:%M:%S"].iter().find_map(|format| NaiveTime::parse_from_str(text, format).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::named;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn london() -> Schedule {
        Schedule {
            t0: at("2026-12-02T09:00:00Z"),
            zone: named("Europe/London"),
            anchors: std::collections::BTreeMap::new(),
            holidays: Vec::new(),
            weekend: vec![chrono::Weekday::Sat, chrono::Weekday::Sun],
            cutoff: None,
            freezes: Vec::new(),
            on_call: Vec::new(),
            stood: Vec::new(),
        }
    }

    #[test]
    fn lengths_times_dates_and_anchors_are_read_alike() {
        // A Wednesday evening in summer time.
        let now = at("2026-07-01T17:30:00Z");
        for (text, meant) in [
            ("90s", "2026-07-01T17:31:30Z"),
            ("10m", "2026-07-01T17:40:00Z"),
            ("90m", "2026-07-01T19:00:00Z"),
            (" 2 h ", "2026-07-01T19:30:00Z"),
            ("1d", "2026-07-02T17:30:00Z"),
            ("3wd", "2026-07-06T17:30:00Z"),
            ("19:00", "2026-07-01T18:00:00Z"),
            ("18:00", "2026-07-02T17:00:00Z"),
            ("2026-07-03T10:00", "2026-07-03T09:00:00Z"),
            ("2026-07-03 10:00", "2026-07-03T09:00:00Z"),
            ("2026-07-03T10:00:00+02:00", "2026-07-03T08:00:00Z"),
            ("T", "2026-12-02T09:00:00Z"),
            ("T+1h", "2026-12-02T10:00:00Z"),
            ("T-1d 08:00", "2026-12-01T08:00:00Z"),
        ] {
            assert_eq!(london().typed(text, now), Ok(at(meant)), "{text}");
        }
    }

    #[test]
    fn looking_back_counts_the_other_way() {
        let near = at("2026-07-01T17:30:00Z");
        for (text, meant) in [
            ("10m", "2026-07-01T17:20:00Z"),
            ("2wd", "2026-06-29T17:30:00Z"),
            ("19:00", "2026-07-01T18:00:00Z"),
            ("18:00:30", "2026-07-01T17:00:30Z"),
            ("2026-07-01T10:00", "2026-07-01T09:00:00Z"),
        ] {
            assert_eq!(london().typed_past(text, near), Ok(at(meant)), "{text}");
        }
    }

    #[test]
    fn anything_else_says_what_to_write() {
        let now = at("2026-07-01T17:30:00Z");
        for text in ["", "h", "-2h", "0h", "2w", "25:00", "soon", "é", "10"] {
            let why = london().typed(text, now).unwrap_err().to_string();
            assert!(why.contains("write") || why.contains("no anchor"), "{text}: {why}");
        }
        for text in ["99999999999h", "2026-03-29T01:30", "2026-02-30T09:00"] {
            assert!(london().typed(text, now).is_err(), "{text}");
        }
        assert!(london().typed("9999d", DateTime::<Utc>::MAX_UTC).is_err());
    }
}
