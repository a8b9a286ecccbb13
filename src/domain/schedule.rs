//! T-0 and all that is counted from it: anchors, offsets, working days, time zones.
//!
//! Reading ([`Length::parse`], [`MomentExpr::parse`]) knows no calendar; resolving ([`Schedule::resolve`]) does, and
//! never panics: what no calendar holds is an error.

mod meant;
mod parse;
mod resolve;
mod typed;
mod zones;

use std::{collections::BTreeMap, time::Duration};

use crate::Zone;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc, Weekday};
use serde::{Deserialize, Serialize};

pub use self::typed::TYPED;
pub use self::zones::{is_fixed_offset, meant_zone, places_near};
use super::{Party, Str};

/// The launch clock: T-0, named anchors, holidays.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// T-0.
    pub t0: DateTime<Utc>,
    /// The zone in which days begin and end.
    pub zone: Zone,
    /// Named moments beside `T`.
    pub anchors: BTreeMap<Str, Anchor>,
    /// Days that are no working days.
    pub holidays: Vec<NaiveDate>,
    /// Weekdays that are no working days.
    pub weekend: Vec<Weekday>,
    /// The time of day on which offsets in days land; `None`: the anchor's own.
    pub cutoff: Option<NaiveTime>,
    /// Times when something stops.
    pub freezes: Vec<Freeze>,
    /// Who must be reachable when.
    pub on_call: Vec<OnCall>,
    /// When the T clock stood since T-0 was set, in order; none in the files. What is counted from T and had not come
    /// yet comes so much later.
    pub stood: Vec<Stood>,
}

/// A time in which the T clock stood: a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stood {
    /// The first moment that belongs to it.
    pub from: DateTime<Utc>,
    /// End; of a hold that goes on, its planned end, or else the first whole minute at which it could end.
    pub until: DateTime<Utc>,
}

/// A named moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// As written.
    pub expr: MomentExpr,
}

/// A moment as written in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MomentExpr {
    /// A wall-clock time in `zone`, the launch's when `None`.
    Absolute {
        /// Local date and time.
        local: NaiveDateTime,
        /// A zone of its own.
        zone: Option<Zone>,
        /// How far ahead of UTC that time is, if given: `2026-10-25T01:30+01:00`. It then is one moment,
        /// whatever the clocks do.
        offset: Option<FixedOffset>,
    },
    /// An anchor, with an offset and a time of day of its own.
    Relative {
        /// `T` or a name of [`Schedule::anchors`].
        anchor: Str,
        /// Offset; negative is before.
        offset: Option<Length>,
        /// A time of day that `d` and `wd` offsets land on.
        time: Option<NaiveTime>,
        /// The zone of that time of day.
        zone: Option<Zone>,
    },
}

/// A signed length of time as written: `-5wd`, `90m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Length {
    /// How many; negative is before.
    pub count: i32,
    /// Of what.
    pub unit: Unit,
}

/// Units of [`Length`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// `s`
    Seconds,
    /// `m`
    Minutes,
    /// `h`
    Hours,
    /// `d`: days by the calendar of the zone.
    Days,
    /// `wd`: days that are neither weekend nor holiday.
    WorkingDays,
}

/// A resolved moment, with the words it was written in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The moment, by the clock of whoever recorded it.
    pub at: DateTime<Utc>,
    /// As written: `T-5wd`.
    pub said: Str,
}

/// A time when something stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// What people call it; part of the reasons that it causes.
    pub name: Str,
    /// The first moment that belongs to it.
    pub from: Moment,
    /// The first moment that does not belong to it any more.
    pub until: Moment,
    /// Whether no stage may start in it; else a freeze of changes, which is shown.
    pub stops_rollout: bool,
    /// What is still allowed.
    pub rule: Option<Str>,
    /// Who may make an exception.
    pub exceptions_by: Vec<Party>,
}

/// Who must be reachable when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnCall {
    /// The role.
    pub role: Party,
    /// The first moment that belongs to it.
    pub from: Moment,
    /// The first moment that does not belong to it any more.
    pub until: Moment,
}

/// Why a moment could not be read or resolved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not of the form of a moment.
    #[error("`{0}` is not a moment: write {said}", said = moment_instead(.0))]
    NotAMoment(String),
    /// Not a moment that a person may type.
    #[error("`{0}` is not a moment: write {typed}", typed = TYPED)]
    NotTyped(String),
    /// Not of the form of a length of time.
    #[error("`{0}` is not a length of time: write {said}", said = length_instead(.0))]
    NotALength(String),
    /// The anchor is not in the schedule.
    #[error("there is no anchor `{0}`")]
    UnknownAnchor(String),
    /// Anchors refer to each other in a circle.
    #[error("the anchor `{0}` refers to itself")]
    Circular(String),
    /// The zone is not known.
    #[error("`{0}` is not a time zone: write a name such as Europe/London")]
    UnknownZone(String),
    /// The local time does not exist.
    #[error(
        "`{0}` does not exist in {1}: the clocks are put forward over it; write another hour, or add the offset"
    )]
    NoSuchTime(String, String),
    /// The local time comes twice.
    #[error(
        "`{said}` comes twice in {zone}: the clocks are put back over it; write {said}{first} or {said}{second}"
    )]
    TwoTimes {
        /// As written, without its zone.
        said: String,
        /// The time zone, as it is written in the file.
        zone: String,
        /// How far ahead of UTC the earlier one is.
        first: FixedOffset,
        /// And the later one.
        second: FixedOffset,
    },
    /// The calendar has no such day.
    #[error("`{0}` does not exist: that month has no such day")]
    NoSuchDay(String),
    /// Farther away than a calendar goes.
    #[error("`{0}` is too far away for a calendar")]
    OutOfRange(String),
    /// Longer than anything that is planned; as written, and the most of its unit.
    #[error("`{0}` is longer than a century: write {1}{unit} at most", unit = .0.trim_start_matches(|c: char| c.is_ascii_digit()))]
    TooLong(String, i32),
}

/// What to write for a text that is no moment.
fn moment_instead(text: &str) -> String {
    let general = "a time such as 2026-12-02T09:00, or an anchor with an offset such as T-5wd";
    meant::meant_moment(text).map_or_else(|| general.to_owned(), |meant| format!("`{meant}`"))
}

/// What to write for a text that is no length of time.
fn length_instead(text: &str) -> String {
    let general = "a number and a unit, such as 90s, 30m, 2h, 3d or 5wd";
    meant::meant_length(text).map_or_else(|| general.to_owned(), |meant| format!("`{meant}`"))
}

impl Length {
    /// The exact duration of `s`, `m` and `h`, and of `d` as 24 hours; `None` for working days and negative lengths,
    /// which have none without a calendar.
    pub fn exact(self) -> Option<Duration> {
        let seconds = match self.unit {
            Unit::Seconds => 1,
            Unit::Minutes => 60,
            Unit::Hours => 3_600,
            Unit::Days => 86_400,
            Unit::WorkingDays => return None,
        };
        u64::try_from(self.count).ok().map(|count| Duration::from_secs(count * seconds))
    }
}
