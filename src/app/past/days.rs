//! How ready a launch was, day by day: each day by its last moment of which something is on record.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Past, day::DayEvent};
use gonogo_domain::{Event, History, Readiness, ReadinessDay, ReadinessReading, zoned};

/// The most days that are shown, the newest ones.
const MOST_DAYS: u16 = 60;

impl Past {
    /// The days from the first thing on record to the last, oldest first. A day of which nothing is on record has no
    /// reading: what was true then is not known.
    pub fn days(&mut self) -> Vec<ReadinessDay> {
        let zone = self.launch().schedule.zone;
        let day_of = |at: DateTime<Utc>| zoned(at, zone).date_naive();
        let last: BTreeMap<NaiveDate, DateTime<Utc>> =
            self.day.steps.iter().map(|step| (day_of(step.at), step.at)).collect();
        let (Some((first, _)), Some((newest, _))) = (last.first_key_value(), last.last_key_value()) else {
            return Vec::new();
        };
        let mut day = *newest;
        let mut all = Vec::new();
        for _ in 0..MOST_DAYS {
            let reading = last.get(&day).map(|at| self.reading(*at));
            all.push(ReadinessDay { day, reading });
            match day.pred_opt().filter(|before| before >= first) {
                Some(before) => day = before,
                None => break,
            }
        }
        all.reverse();
        all
    }

    fn reading(&mut self, at: DateTime<Utc>) -> ReadinessReading {
        let board = self.board_at(at);
        let tally = Readiness::of(self.launch(), &board).tally;
        ReadinessReading { at, score: board.score, tally }
    }

    /// What people did, in order.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.day.steps.iter().filter_map(|step| match &step.what {
            DayEvent::Did(event) => Some(&**event),
            _ => None,
        })
    }

    /// What people said by the moment that was looked at last.
    pub fn history(&self) -> &History {
        self.here.live.history()
    }
}
