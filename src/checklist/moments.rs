//! Moments and lengths of time as they are written.

use std::time::Duration;

use super::{
    limits::MOST_LOOKUPS,
    reader::{Reader, SpannedText},
    symbols::Symbols,
};
use gonogo_domain::{Length, Moment, MomentExpr, Schedule, ScheduleError, Unit, meant_zone, places_near};
use gonogo_yaml::{Problem, nearest};

/// A moment in the form it is written in.
pub(super) fn expression(reader: &mut Reader<'_>, word: &SpannedText) -> Option<MomentExpr> {
    let parsed = MomentExpr::parse(&word.value);
    parsed.map_err(|error| report(reader, word, &error)).ok()
}

/// A length of time in the form it is written in, forwards and longer than nothing.
pub(super) fn length(reader: &mut Reader<'_>, word: &SpannedText) -> Option<Length> {
    match Length::parse(&word.value) {
        Ok(length) if length.count > 0 => Some(length),
        Ok(_) => {
            let message = format!("`{}` is not a length of time", word.value);
            reader.report("bad-length", message, word.at, "must be more than 0");
            None
        }
        Err(error) => {
            report(reader, word, &error);
            None
        }
    }
}

/// An exact length of time.
pub(super) fn duration(reader: &mut Reader<'_>, word: &SpannedText) -> Option<Duration> {
    let length = length(reader, word)?;
    let exact = length.exact();
    if exact.is_none() {
        let message = format!("`{}` has no fixed length", word.value);
        reader.advise(
            "bad-length",
            message,
            word.at,
            "working days cannot be used here",
            "write hours or days: 24h, 2d",
        );
    }
    exact
}

/// A length of time that may be absent.
pub(super) fn some_duration(reader: &mut Reader<'_>, word: Option<SpannedText>) -> Option<Duration> {
    duration(reader, &word?)
}

/// Notes that the calendar cannot be asked any further.
pub(super) fn too_far(reader: &mut Reader<'_>, word: &SpannedText) {
    let message = "the launch counts too many working days";
    reader.report("too-far", message, word.at, "the limit is here");
}

/// Notes what is wrong with a moment or a length.
pub(super) fn report(reader: &mut Reader<'_>, word: &SpannedText, error: &ScheduleError) {
    let problem = problem(reader, word, error);
    reader.problems.push(problem);
}

fn problem(reader: &Reader<'_>, word: &SpannedText, error: &ScheduleError) -> Problem {
    let place;
    let text = error.to_string();
    // What to write instead stands at its end.
    let end = match error {
        ScheduleError::NoSuchTime(..) | ScheduleError::TwoTimes { .. } => text.rfind("; "),
        _ => text.rfind(": write"),
    };
    let (message, instead) = text.split_at(end.unwrap_or(text.len()));
    let instead = instead.trim_start_matches(": ");
    let (code, label, help) = match error {
        ScheduleError::NotAMoment(_) | ScheduleError::NotTyped(_) => ("bad-moment", "not a moment", instead),
        ScheduleError::NotALength(_) => ("bad-length", "not a length of time", instead),
        ScheduleError::UnknownAnchor(_) => {
            ("unknown-anchor", "no such anchor", "anchors are `T` and those of `schedule: anchors`")
        }
        ScheduleError::Circular(_) => ("cycle", "refers to itself", "count one of the anchors from `T`"),
        ScheduleError::UnknownZone(zone) => {
            place = place_for(zone);
            ("unknown-zone", "not a time zone", place.as_str())
        }
        ScheduleError::NoSuchTime(..) => (
            "no-such-time",
            "skipped by the clocks",
            "write an hour earlier or later, or add the offset, such as +01:00",
        ),
        ScheduleError::TwoTimes { said, first, second, .. } => {
            place = format!("say which one: {said}{first} or {said}{second}");
            ("time-twice", "this hour comes twice", place.as_str())
        }
        ScheduleError::NoSuchDay(_) => ("no-such-day", "no such day", "write a day that the month has"),
        ScheduleError::TooLong(..) => ("bad-length", "too long", instead),
        ScheduleError::OutOfRange(_) => ("bad-moment", "too far away", "write a moment in this century"),
    };
    Problem::new(code, message).at(reader.span(word.at), label).help(help)
}

/// What to write for a text that is no zone: a place that it can be taken for, and never another one.
pub(super) fn place_for(text: &str) -> String {
    let near = || nearest(text, places_near(text));
    match meant_zone(text).or_else(near) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write a place such as Europe/London or America/Los_Angeles, or UTC".to_owned(),
    }
}

impl Symbols<'_> {
    /// A moment that gates and sections may name. `None`, without a problem, if the schedule has problems of its own.
    pub(super) fn moment(&self, reader: &mut Reader<'_>, word: &SpannedText) -> Option<Moment> {
        if let Some(known) = self.moments.borrow().get(&word.value) {
            return Some(known.clone());
        }
        let expression = expression(reader, word)?;
        self.known_anchor(reader, word, &expression)?;
        let moment = self.resolved(reader, word, self.settled.as_ref()?, &expression)?;
        self.moments.borrow_mut().insert(word.value.clone(), moment.clone());
        Some(moment)
    }

    /// Resolves a moment of a schedule, or notes why that cannot be done.
    pub(super) fn resolved(
        &self,
        reader: &mut Reader<'_>,
        word: &SpannedText,
        schedule: &Schedule,
        expression: &MomentExpr,
    ) -> Option<Moment> {
        if !self.affordable(schedule, expression) {
            too_far(reader, word);
            return None;
        }
        match schedule.resolve(expression) {
            Ok(at) => Some(Moment { at, said: word.value.as_str().into() }),
            Err(error) => {
                report(reader, word, &error);
                None
            }
        }
    }

    /// Whether the calendar may be asked about this: working days are counted one by one.
    pub(super) fn affordable(&self, schedule: &Schedule, expression: &MomentExpr) -> bool {
        match expression {
            MomentExpr::Relative { offset: Some(by), .. } => self.affords(schedule, *by),
            _ => self.affords(schedule, Length { count: 0, unit: Unit::Days }),
        }
    }

    /// The same for an offset.
    pub(super) fn affords(&self, schedule: &Schedule, by: Length) -> bool {
        let days = if by.unit == Unit::WorkingDays { by.count.unsigned_abs() as usize } else { 0 };
        let cost = days.saturating_mul(schedule.holidays.len() + 1);
        self.lookups.set(self.lookups.get().saturating_add(cost));
        self.lookups.get() <= MOST_LOOKUPS
    }

    /// As [`Symbols::moment`] for a key that may be absent.
    pub(super) fn some_moment(&self, reader: &mut Reader<'_>, word: Option<SpannedText>) -> Option<Moment> {
        self.moment(reader, &word?)
    }

    /// Checks that the anchor of a moment exists.
    pub(super) fn known_anchor(
        &self,
        reader: &mut Reader<'_>,
        word: &SpannedText,
        expression: &MomentExpr,
    ) -> Option<()> {
        let MomentExpr::Relative { anchor, .. } = expression else { return Some(()) };
        let span = reader.span(word.at);
        reader.take(self.anchors.look_up(anchor, span, &self.hints)).flatten().copied()
    }
}
