//! From words to moments: anchors, calendars, clocks that are put forward and back.

use crate::Zone;
use chrono::{
    DateTime, Datelike, Days, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeDelta,
    TimeZone, Utc,
};

use super::{Freeze, Length, Moment, MomentExpr, Schedule, ScheduleError, Stood, Unit};

/// The most working days an offset may count: a century of days.
const MOST_WORKING_DAYS: u32 = 36_525;

impl Schedule {
    /// When that is.
    ///
    /// `s m h` are exact. `d` and `wd` count days of the launch's zone from the anchor's day and land on the time of
    /// day given, else on the cut-off, else on the anchor's own. A day offset that lands where the clocks are put
    /// forward moves forward with them; one that comes twice is the earlier one. A written-out time that comes twice, or
    /// never, needs its offset. What is counted from T follows the T clock: see [`Schedule::comes`].
    ///
    /// # Errors
    /// An unknown or circular anchor, a written-out time that does not exist or comes twice, or a moment outside the years 1 to 9999.
    pub fn resolve(&self, expr: &MomentExpr) -> Result<DateTime<Utc>, ScheduleError> {
        let (at, counted) = self.by_calendar(expr)?;
        Ok(if counted { self.comes(at) } else { at })
    }

    /// So many steps after a moment; steps of days land on its time of day.
    ///
    /// # Errors
    /// As [`Schedule::resolve`].
    pub fn stepped(&self, from: &MomentExpr, by: Length) -> Result<DateTime<Utc>, ScheduleError> {
        let (first, counted) = self.by_calendar(from)?;
        let in_days = matches!(by.unit, Unit::Days | Unit::WorkingDays);
        let time = local(first, self.zone).filter(|_| in_days).map(|local| local.time());
        let step = MomentExpr::Relative { anchor: "T".into(), offset: Some(by), time, zone: None };
        let at = if by.count == 0 { first } else { self.offset(first, &step)? };
        Ok(if counted { self.comes(at) } else { at })
    }

    /// When T-0 comes by the T clock.
    pub fn t_zero(&self) -> DateTime<Utc> {
        self.comes(self.t0)
    }

    /// When the T clock shows what it would have shown at this moment if it had never stood. What it had shown before
    /// a hold began has come, and stays.
    pub fn comes(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        Stood::shift(&self.stood, at)
    }

    /// Whether a moment as written is counted from T, directly or by an anchor.
    pub fn counts_from_t(&self, said: &str) -> bool {
        MomentExpr::parse(said).is_ok_and(|expr| self.by_calendar(&expr).is_ok_and(|(_, counted)| counted))
    }

    /// When that would be if the T clock had never stood, and whether it is counted from T.
    fn by_calendar(&self, expr: &MomentExpr) -> Result<(DateTime<Utc>, bool), ScheduleError> {
        let mut chain = vec![expr];
        let mut seen: Vec<&str> = Vec::new();
        let (mut at, counted) = loop {
            match chain[chain.len() - 1] {
                MomentExpr::Absolute { local, zone, offset } => {
                    chain.pop();
                    break (absolute(*local, zone.unwrap_or(self.zone), *offset)?, false);
                }
                MomentExpr::Relative { anchor, .. } if &**anchor == "T" => break (self.t0, true),
                MomentExpr::Relative { anchor, .. } => {
                    if seen.contains(&&**anchor) {
                        return Err(ScheduleError::Circular(anchor.to_string()));
                    }
                    seen.push(anchor);
                    let next = self.anchors.get(anchor);
                    chain.push(&next.ok_or_else(|| ScheduleError::UnknownAnchor(anchor.to_string()))?.expr);
                }
            }
        };
        while let Some(step) = chain.pop() {
            at = self.offset(at, step)?;
        }
        Ok((in_range(at).ok_or_else(|| ScheduleError::OutOfRange(expr.to_string()))?, counted))
    }

    /// Reads and resolves a moment, and keeps the words.
    ///
    /// # Errors
    /// As [`MomentExpr::parse`] and [`Schedule::resolve`].
    pub fn moment(&self, text: &str) -> Result<Moment, ScheduleError> {
        Ok(Moment { at: self.resolve(&MomentExpr::parse(text)?)?, said: text.into() })
    }

    /// Whether work is done on that day.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        !self.weekend.contains(&day.weekday()) && !self.holidays.contains(&day)
    }

    /// The freezes of the rollout that hold at this moment. Each stops by itself.
    pub fn rollout_freezes(&self, at: DateTime<Utc>) -> impl Iterator<Item = &Freeze> {
        let holds =
            move |freeze: &&Freeze| freeze.stops_rollout && freeze.from.at <= at && at < freeze.until.at;
        self.freezes.iter().filter(holds)
    }

    fn offset(&self, base: DateTime<Utc>, step: &MomentExpr) -> Result<DateTime<Utc>, ScheduleError> {
        let MomentExpr::Relative { offset, time, zone, .. } = step else { return Ok(base) };
        let far = || ScheduleError::OutOfRange(step.to_string());
        let length = match (offset, time) {
            (Some(length), _) => *length,
            (None, Some(_)) => Length { count: 0, unit: Unit::Days },
            (None, None) => return Ok(base),
        };
        let count = i64::from(length.count);
        let exact = match length.unit {
            Unit::Seconds => TimeDelta::try_seconds(count),
            Unit::Minutes => TimeDelta::try_minutes(count),
            Unit::Hours => TimeDelta::try_hours(count),
            Unit::Days | Unit::WorkingDays => None,
        };
        if let Some(exact) = exact {
            return base.checked_add_signed(exact).and_then(in_range).ok_or_else(far);
        }
        let local = local(base, self.zone).ok_or_else(far)?;
        let day = match length.unit {
            Unit::WorkingDays => self.working_days(local.date(), length.count),
            _ => shift(local.date(), length.count),
        };
        let time = time.or(self.cutoff).unwrap_or_else(|| local.time());
        forward(day.ok_or_else(far)?.and_time(time), zone.unwrap_or(self.zone)).ok_or_else(far)
    }

    /// So many working days away, at the same time of day.
    pub(super) fn working_days_from(&self, from: DateTime<Utc>, count: i32) -> Option<DateTime<Utc>> {
        let local = local(from, self.zone)?;
        forward(self.working_days(local.date(), count)?.and_time(local.time()), self.zone)
    }

    fn working_days(&self, from: NaiveDate, count: i32) -> Option<NaiveDate> {
        if count.unsigned_abs() > MOST_WORKING_DAYS || (1..=7).all(|day| self.is_rest(day)) {
            return None;
        }
        let (mut day, mut left) = (from, count.unsigned_abs());
        while left > 0 {
            day = shift(day, count.signum())?;
            left -= u32::from(self.is_working_day(day));
        }
        Some(day)
    }

    fn is_rest(&self, number: u32) -> bool {
        self.weekend.iter().any(|day| day.number_from_monday() == number)
    }
}

impl Stood {
    /// See [`Schedule::comes`].
    pub(crate) fn shift(all: &[Self], at: DateTime<Utc>) -> DateTime<Utc> {
        let length = |it: &Self| (it.until - it.from).max(TimeDelta::zero());
        all.iter().fold(at, |at, hold| {
            if hold.from < at { at.checked_add_signed(length(hold)).unwrap_or(at) } else { at }
        })
    }
}

/// A written-out local time.
fn absolute(
    local: NaiveDateTime,
    zone: Zone,
    offset: Option<FixedOffset>,
) -> Result<DateTime<Utc>, ScheduleError> {
    let said = || local.format("%Y-%m-%dT%H:%M").to_string();
    if !(1..=9_999).contains(&local.year()) {
        return Err(ScheduleError::OutOfRange(said()));
    }
    if let Some(offset) = offset {
        let at = local.checked_sub_offset(offset).map(|utc| utc.and_utc());
        return at.and_then(in_range).ok_or_else(|| ScheduleError::OutOfRange(said()));
    }
    match zone.from_local_datetime(&local) {
        LocalResult::None => Err(ScheduleError::NoSuchTime(said(), zone.to_string())),
        LocalResult::Single(at) => Ok(at.with_timezone(&Utc)),
        LocalResult::Ambiguous(one, other) => Err(ScheduleError::TwoTimes {
            said: said(),
            zone: zone.to_string(),
            first: one.offset().fix(),
            second: other.offset().fix(),
        }),
    }
}

/// A computed local time: where the clocks are put forward over it, it moves forward with them.
fn forward(local: NaiveDateTime, zone: Zone) -> Option<DateTime<Utc>> {
    if !(1..=9_999).contains(&local.year()) {
        return None;
    }
    if let Some(at) = zone.from_local_datetime(&local).earliest() {
        return in_range(at.with_timezone(&Utc));
    }
    // The offset that held before the gap; some zones have skipped a whole day.
    let before = [1, 3, 6, 12, 25, 49].into_iter().find_map(|hours| {
        let earlier = local.checked_sub_signed(TimeDelta::hours(hours))?;
        zone.from_local_datetime(&earlier).latest()
    })?;
    let utc = local.checked_sub_offset(before.offset().fix())?;
    in_range(utc.and_utc())
}

fn local(at: DateTime<Utc>, zone: Zone) -> Option<NaiveDateTime> {
    in_range(at).map(|at| at.with_timezone(&zone).naive_local())
}

fn shift(day: NaiveDate, count: i32) -> Option<NaiveDate> {
    let days = Days::new(u64::from(count.unsigned_abs()));
    let day = if count < 0 { day.checked_sub_days(days) } else { day.checked_add_days(days) };
    day.filter(|day| (1..=9_999).contains(&day.year()))
}

fn in_range(at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (1..=9_999).contains(&at.year()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::super::Anchor;
    use super::*;
    use crate::zone::named;
    use chrono::{NaiveTime, Timelike, Weekday};
    use proptest::prelude::*;

    fn schedule(zone: Zone, t0: &str) -> Schedule {
        let mut schedule = Schedule {
            t0: DateTime::<Utc>::UNIX_EPOCH,
            zone,
            anchors: std::collections::BTreeMap::new(),
            holidays: vec![NaiveDate::from_ymd_opt(2026, 11, 26).unwrap()],
            weekend: vec![Weekday::Sat, Weekday::Sun],
            cutoff: None,
            freezes: Vec::new(),
            on_call: Vec::new(),
            stood: Vec::new(),
        };
        schedule.t0 = schedule.resolve(&MomentExpr::parse(t0).unwrap()).unwrap();
        schedule
    }

    fn london() -> Schedule {
        schedule(named("Europe/London"), "2026-12-02T09:00")
    }

    fn at(schedule: &Schedule, text: &str) -> String {
        match schedule.moment(text) {
            Ok(moment) => moment.at.format("%Y-%m-%dT%H:%MZ").to_string(),
            Err(error) => error.to_string(),
        }
    }

    fn with(mut schedule: Schedule, name: &str, expr: &str) -> Schedule {
        schedule.anchors.insert(name.into(), Anchor { expr: MomentExpr::parse(expr).unwrap() });
        schedule
    }

    #[test]
    fn working_days_skip_weekends_and_holidays() {
        let schedule = london();
        assert_eq!(at(&schedule, "T-5wd"), "2026-11-24T09:00Z", "over a weekend and one holiday");
        assert_eq!(at(&schedule, "T+3wd"), "2026-12-07T09:00Z");
        assert_eq!(at(&schedule, "T+0wd"), "2026-12-02T09:00Z");
        assert_eq!(at(&schedule, "T-5d"), "2026-11-27T09:00Z");
    }

    #[test]
    fn only_days_land_on_the_cut_off() {
        let schedule = Schedule { cutoff: NaiveTime::from_hms_opt(10, 0, 0), ..london() };
        assert_eq!(at(&schedule, "T-1d"), "2026-12-01T10:00Z");
        assert_eq!(at(&schedule, "T-24h"), "2026-12-01T09:00Z");
        assert_eq!(at(&schedule, "T-90m"), "2026-12-02T07:30Z");
        assert_eq!(at(&schedule, "T-1d 08:00"), "2026-12-01T08:00Z", "the one given wins");
        assert_eq!(at(&schedule, "T"), "2026-12-02T09:00Z");
    }

    #[test]
    fn a_time_of_day_may_have_a_zone_of_its_own() {
        assert_eq!(at(&london(), "T+0d 08:00 Asia/Tokyo"), "2026-12-01T23:00Z");
        let schedule = with(london(), "announce", "2026-12-03T08:00");
        assert_eq!(at(&schedule, "announce+0d 08:00 America/New_York"), "2026-12-03T13:00Z");
    }

    #[test]
    fn anchors_refer_to_anchors_but_not_in_circles() {
        let schedule = with(with(london(), "freeze", "T-5wd"), "docs", "freeze-2d");
        assert_eq!(at(&schedule, "docs+1h"), "2026-11-22T10:00Z");
        let circle = with(with(london(), "a", "b-1d"), "b", "a+1d");
        assert_eq!(circle.moment("a").unwrap_err(), ScheduleError::Circular("a".into()));
        assert_eq!(circle.moment("c").unwrap_err(), ScheduleError::UnknownAnchor("c".into()));
    }

    #[test]
    fn a_very_long_chain_of_anchors_needs_no_stack() {
        let mut schedule = london();
        let name = |n: u32| {
            (0..5).map(|place| char::from(b'a' + (n / 10u32.pow(place) % 10) as u8)).collect::<String>()
        };
        for n in 0..2_000 {
            let base = if n == 0 { "T".into() } else { name(n - 1) };
            schedule = with(schedule, &name(n), &format!("{base}+1s"));
        }
        assert_eq!(at(&schedule, &name(1_999)), "2026-12-02T09:33Z");
    }

    #[test]
    fn clocks_put_forward() {
        let schedule = schedule(named("Europe/London"), "2026-03-28T01:30");
        assert_eq!(at(&schedule, "T+1d"), "2026-03-29T01:30Z", "01:30 does not exist: 02:30 summer time");
        let error = schedule.moment("2026-03-29T01:30").unwrap_err();
        assert_eq!(error, ScheduleError::NoSuchTime("2026-03-29T01:30".into(), "Europe/London".into()));
        assert_eq!(at(&schedule, "2026-03-29T01:30+00:00"), "2026-03-29T01:30Z", "an offset says which");
        assert_eq!(at(&schedule, "T+24h"), "2026-03-29T01:30Z");
        assert_eq!(at(&schedule, "T+2d"), "2026-03-30T00:30Z", "the same wall-clock time, an hour earlier");
        let samoa = self::schedule(named("Pacific/Apia"), "2011-12-29T12:00");
        assert_eq!(at(&samoa, "T+1d"), "2011-12-30T22:00Z", "a day that was skipped");
    }

    #[test]
    fn clocks_put_back_the_earlier_of_two() {
        let schedule = schedule(named("Europe/London"), "2026-10-24T01:30");
        assert_eq!(at(&schedule, "T+1d"), "2026-10-25T00:30Z");
        let both = schedule.moment("2026-10-25T01:30").unwrap_err().to_string();
        assert!(both.contains("comes twice in Europe/London"), "{both}");
        assert!(both.ends_with("write 2026-10-25T01:30+01:00 or 2026-10-25T01:30+00:00"), "{both}");
        assert_eq!(at(&schedule, "2026-10-25T01:30+01:00"), "2026-10-25T00:30Z");
        assert_eq!(at(&schedule, "2026-10-25T01:30+00:00"), "2026-10-25T01:30Z");
        assert!(schedule.moment("2026-10-25T01:30 Europe/Paris").is_ok(), "there it comes once");
        assert!(schedule.moment("2026-10-25T02:30 Europe/Paris").is_err());
    }

    #[test]
    fn the_ends_of_the_calendar() {
        let schedule = london();
        assert!(schedule.moment("T+8000d").is_ok());
        for text in ["T+2147483647d", "T-2147483647d", "T+2147483647h", "T-2147483647wd", "T+36526wd"] {
            let error = schedule.moment(text);
            assert!(matches!(error, Err(ScheduleError::OutOfRange(_))), "{text}: {error:?}");
        }
        let never = Schedule { weekend: (0..7).map(|n| Weekday::try_from(n).unwrap()).collect(), ..london() };
        assert!(matches!(never.moment("T-1wd"), Err(ScheduleError::OutOfRange(_))));
        assert!(matches!(schedule.moment("0000-01-01T00:00"), Err(ScheduleError::OutOfRange(_))));
        let end = Schedule { t0: DateTime::<Utc>::MAX_UTC, ..london() };
        assert!(end.moment("T+1d").is_err());
        assert!(end.moment("T").is_err());
    }

    #[test]
    fn what_is_counted_from_t_comes_later_by_the_holds_before_it() {
        let mut schedule = with(with(london(), "review", "T+1h"), "fixed", "2026-12-02T10:00");
        let stood = |from: &str, until: &str| Stood {
            from: format!("2026-12-02T{from}:00Z").parse().unwrap(),
            until: format!("2026-12-02T{until}:00Z").parse().unwrap(),
        };
        schedule.stood = vec![stood("08:00", "08:30"), stood("09:45", "10:45")];
        assert_eq!(at(&schedule, "T-1h"), "2026-12-02T08:00Z", "the T clock had shown it");
        assert_eq!(at(&schedule, "T-59m"), "2026-12-02T08:31Z");
        assert_eq!(at(&schedule, "T"), "2026-12-02T09:30Z");
        assert_eq!(at(&schedule, "T+15m"), "2026-12-02T09:45Z");
        assert_eq!(at(&schedule, "review"), "2026-12-02T11:30Z", "both holds were before it");
        assert_eq!(at(&schedule, "fixed"), "2026-12-02T10:00Z", "a date stays");
        assert_eq!(at(&schedule, "fixed+1h"), "2026-12-02T11:00Z");
        assert!(schedule.counts_from_t("review-2d") && !schedule.counts_from_t("fixed+1d"));
    }

    #[test]
    fn steps_of_days_keep_the_time_of_day_of_the_first() {
        let schedule = Schedule { cutoff: NaiveTime::from_hms_opt(10, 0, 0), ..london() };
        let step = |count, unit| {
            let at = schedule.stepped(&MomentExpr::parse("T-90m").unwrap(), Length { count, unit }).unwrap();
            at.format("%Y-%m-%dT%H:%M").to_string()
        };
        assert_eq!(step(0, Unit::Days), "2026-12-02T07:30");
        assert_eq!(step(3, Unit::WorkingDays), "2026-12-07T07:30");
        assert_eq!(step(6, Unit::Hours), "2026-12-02T13:30");
    }

    proptest! {
        #[test]
        fn working_days_land_on_working_days_and_come_back(count in 1..400i32) {
            let schedule = london();
            let there = schedule.moment(&format!("T-{count}wd")).unwrap().at;
            prop_assert!(schedule.is_working_day(there.date_naive()));
            let back = Schedule { t0: there, ..london() }.moment(&format!("T+{count}wd")).unwrap().at;
            prop_assert_eq!(back.date_naive(), schedule.t0.date_naive());
        }

        #[test]
        fn days_keep_the_wall_clock(count in -4_000..4_000i32, name in 0..Zone::names().count()) {
            let zone = named(Zone::names().nth(name).unwrap());
            let schedule = schedule(zone, "2026-12-02T12:00");
            let there = schedule.resolve(&MomentExpr::parse(&format!("T{count:+}d")).unwrap()).unwrap();
            prop_assert_eq!(there.with_timezone(&zone).hour(), 12);
        }

        #[test]
        fn nothing_panics(count: i32, unit in 0..5usize, secs: i64, cutoff: bool) {
            let unit = [Unit::Seconds, Unit::Minutes, Unit::Hours, Unit::Days, Unit::WorkingDays][unit];
            let t0 = DateTime::from_timestamp(secs % 300_000_000_000, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
            let cutoff = cutoff.then(|| NaiveTime::from_hms_opt(2, 30, 0).unwrap());
            let schedule = Schedule { t0, cutoff, ..london() };
            let expr = MomentExpr::Relative { anchor: "T".into(), offset: Some(Length { count, unit }), time: None, zone: None };
            if let Ok(at) = schedule.resolve(&expr) {
                prop_assert!((1..=9_999).contains(&at.year()));
            }
        }
    }
}
