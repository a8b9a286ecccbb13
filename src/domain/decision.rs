//! What was decided: by whom, why, on which board, against whom; and the holds that stop the T clock.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Act, Actor, Ballot, BoardWord, DecisionTerms, Digest, Ended, Event, History, KeptBoard, Launch, Oid,
    Party, Stood, Str, Vote,
};

/// The final call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Decision {
    /// It goes out: this commit.
    Go {
        /// One of the launch's own options, such as `ship-with-safeguards`.
        #[serde(default)]
        option: Option<Str>,
    },
    /// It does not.
    NoGo {
        /// One of the launch's own options, such as `slip`.
        option: Option<Str>,
        /// The date that is looked at next.
        new_date: Option<DateTime<Utc>>,
    },
    /// The T clock stops.
    Hold {
        /// Ends by itself then, unless it also waits for something.
        until: Option<DateTime<Utc>>,
        /// What must be true before somebody ends it: `qa/smoke`, `checklist/qa`.
        until_true: Vec<Str>,
    },
    /// A new T-0.
    Scrub {
        /// The new T-0.
        t0: DateTime<Utc>,
    },
}

impl Decision {
    /// GO without an option of its own.
    pub const GO: Self = Self::Go { option: None };

    /// Whether it is a GO, of whatever option. An override is one as well: see [`DecisionState::is_go`].
    pub fn is_go(&self) -> bool {
        matches!(self, Self::Go { .. })
    }

    /// The word for it with what it goes against: an override is never called GO (V12), and a GO over a station's no-go
    /// is named as one.
    pub fn label(&self, overrides: bool, over: &[Party]) -> &'static str {
        match (overrides, over.is_empty()) {
            (true, true) => "OVERRIDE",
            (true, false) => "OVERRIDE OVER DISSENT",
            (false, false) if self.is_go() => "GO OVER DISSENT",
            (false, _) => self.word(),
        }
    }

    /// The word on screen. An override is never called by this word: see [`DecisionState::label`].
    pub fn word(&self) -> &'static str {
        match self {
            Self::Go { .. } => "GO",
            Self::NoGo { .. } => "NO-GO",
            Self::Hold { .. } => "HOLD",
            Self::Scrub { .. } => "SCRUB",
        }
    }
}

/// A decision, as the journal keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionRecord {
    /// The event's id.
    pub id: Uuid,
    /// Its place among all events, from 1: what was said before it has a smaller one.
    pub seq: u64,
    /// The moment, by the clock of whoever recorded it.
    pub at: DateTime<Utc>,
    /// Whose word it is, and how the name is known.
    pub actor: Actor,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// The fallback by which it was said; `None`: the giver holds a role that may say it.
    pub stands_in: Option<Party>,
    /// The round of the poll that it ended; `None`: made outside a poll.
    pub round: Option<u32>,
    /// GO, HOLD, NO-GO or SCRUB, with what goes with it.
    pub decision: Decision,
    /// In the words of whoever does it; kept in the journal.
    pub reason: Str,
    /// The whole board it was made on.
    pub board: KeptBoard,
    /// The word that was computed then, which the final call is judged by.
    pub word: BoardWord,
    /// GO against a board that was not GO (V12).
    pub overrides: bool,
    /// Stations whose no-go it goes over, knowingly.
    pub over: Vec<Party>,
    /// What goes with it: options, conditions, the next review, risks.
    pub terms: DecisionTerms,
    /// The commit it pins.
    pub commit: Option<Oid>,
    /// Fingerprint of the launch's files at that moment.
    pub checklist_digest: Digest,
    /// Stations that said no-go or had conditions.
    pub dissent: Vec<Dissent>,
    /// A hold that somebody ended.
    pub resumed: Option<Ended>,
}

/// A station that did not simply agree, with its own words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dissent {
    /// The station.
    pub station: Party,
    /// Who spoke.
    pub by: Party,
    /// No-go, or go with conditions.
    pub vote: Vote,
    /// What was said with it, if anything was.
    pub note: Option<Str>,
}

/// The newest decision on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionState {
    /// GO, HOLD, NO-GO or SCRUB, with what goes with it.
    pub decision: Decision,
    /// Made against a board that was not GO (V12): shown as OVERRIDE, never as GO.
    pub overrides: bool,
    /// Stations whose no-go it goes over, knowingly: shown as GO OVER DISSENT.
    #[serde(default)]
    pub over: Vec<Party>,
    /// What goes with it: options, conditions, the next review, risks.
    #[serde(default)]
    pub terms: DecisionTerms,
    /// The round that it ended.
    pub round: Option<u32>,
    /// Whose word it is, and how the name is known.
    pub by: Actor,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// The fallback by which it was said; `None`: the giver holds a role that may say it.
    #[serde(default)]
    pub stands_in: Option<Party>,
    /// The moment, by the clock of whoever recorded it.
    pub at: DateTime<Utc>,
    /// In the words of whoever does it; kept in the journal.
    pub reason: Str,
    /// The commit it pins.
    pub commit: Option<Oid>,
    /// The word that was computed then, which the final call is judged by.
    pub word: BoardWord,
    /// It stands now. A GO of another commit and a hold that is over do not.
    pub stands: bool,
    /// Why it does not stand.
    pub void: Option<Str>,
    /// Stations that said no-go or had conditions.
    pub dissent: Vec<Dissent>,
    /// Which of its conditions a hold still waits for; empty too where it has none.
    pub waits_for: Vec<Str>,
}

impl DecisionState {
    /// The word for it: `OVERRIDE` for a GO against the board, `GO OVER DISSENT` for one over a station's no-go.
    pub fn label(&self) -> &'static str {
        self.decision.label(self.overrides, &self.over)
    }

    /// A GO against the board that stands: by whom, on which board, why.
    pub fn overridden(&self) -> Option<Str> {
        let (by, word, reason) = (self.spoken().named(), self.word, &self.reason);
        (self.overrides && self.stands)
            .then(|| format!("by {by} against a board that was {word}: {reason}").into())
    }

    /// The word that keeps the launch from going on until its people say another: a NO-GO, a SCRUB, or a HOLD that does not end
    /// by itself.
    pub fn stops(&self) -> Option<&'static str> {
        let stops = match &self.decision {
            Decision::Go { .. } => false,
            Decision::Hold { until, until_true } => until.is_none() && until_true.is_empty(),
            Decision::NoGo { .. } | Decision::Scrub { .. } => true,
        };
        (self.stands && stops).then(|| self.decision.word())
    }

    /// Whether a GO stands that the board was GO for.
    pub fn is_go(&self) -> bool {
        self.stands && !self.overrides && self.decision.is_go()
    }
}

impl DecisionRecord {
    /// The word for it: `OVERRIDE` for a GO against the board, `GO OVER DISSENT` for one over a station's no-go.
    pub fn label(&self) -> &'static str {
        self.decision.label(self.overrides, &self.over)
    }

    /// What it was when it was made: it stood, and waited for nothing.
    pub fn as_made(&self) -> DecisionState {
        DecisionState {
            decision: self.decision.clone(),
            overrides: self.overrides,
            over: self.over.clone(),
            terms: self.terms.clone(),
            round: self.round,
            by: self.actor.clone(),
            recorder: self.recorder.clone(),
            stands_in: self.stands_in.clone(),
            at: self.at,
            reason: self.reason.clone(),
            commit: self.commit.clone(),
            word: self.word,
            stands: true,
            void: None,
            dissent: self.dissent.clone(),
            waits_for: Vec::new(),
        }
    }

    /// When a hold ended that no later decision ended: by a person, or by its own time.
    pub(crate) fn ended(&self, latest: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let resumed = self.resumed.as_ref().map(|end| end.at);
        let own = self.ends_by_itself().filter(|end| *end <= latest);
        [resumed, own].into_iter().flatten().min()
    }

    /// When a hold ends by the clock alone.
    pub fn ends_by_itself(&self) -> Option<DateTime<Utc>> {
        match &self.decision {
            Decision::Hold { until, until_true } if until_true.is_empty() => *until,
            _ => None,
        }
    }
}

/// The T clock: stopped since when, and how much earlier holds have added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Since when it stands; `None`: it runs.
    pub since: Option<DateTime<Utc>>,
    /// What holds that are over have added since T-0 was last set.
    pub total: Duration,
}

/// The holds that a later decision ended, and the newest decisions of the kinds that move the T clock: a board costs
/// the same after many of them.
#[derive(Clone, Debug, Default, PartialEq)]
struct Holds {
    /// Since T-0 was last set, in order.
    past: Vec<Stood>,
    /// How long those were.
    total: Duration,
    /// How long those before were.
    before: Duration,
    /// The newest SCRUB, as a place among the decisions.
    scrub: Option<usize>,
    /// The newest HOLD.
    newest: Option<usize>,
    /// The HOLD that no later decision has ended, over or not.
    open: Option<usize>,
}

/// Where names must be checked, a stop that nobody proved adds one and ends none that is proven: two reckonings of the holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct HoldTally {
    /// By all that was decided.
    all: Holds,
    /// Where names must be checked.
    checked: Holds,
}

impl HoldTally {
    /// By the rules of this launch; `None`: every word counts, as in a record of what was said.
    fn of(&self, launch: Option<&Launch>) -> &Holds {
        if launch.is_some_and(|launch| launch.policies.checked_identity) { &self.checked } else { &self.all }
    }
}

impl Holds {
    /// Takes in a decision that comes behind these.
    fn count(&mut self, decisions: &[DecisionRecord], at: DateTime<Utc>, decision: &Decision) {
        if let Some(hold) = self.open.take().and_then(|place| decisions.get(place)) {
            // Its own time had come if a later decision came after it.
            let until = [Some(at), hold.ended(at)].into_iter().flatten().min().unwrap_or(at);
            let stood = Stood { from: hold.at, until };
            self.total = self.total.saturating_add(length(stood.from, stood.until));
            self.past.push(stood);
        }
        let here = decisions.len();
        match decision {
            Decision::Hold { .. } => (self.newest, self.open) = (Some(here), Some(here)),
            Decision::Scrub { .. } => {
                let before = self.before.saturating_add(self.total);
                *self = Self { scrub: Some(here), before, newest: self.newest, ..Self::default() };
            }
            Decision::Go { .. } | Decision::NoGo { .. } => {}
        }
    }
}

fn length(from: DateTime<Utc>, until: DateTime<Utc>) -> Duration {
    (until - from).to_std().unwrap_or_default()
}

/// The first whole minute after it.
fn next_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    let start = at.timestamp().div_euclid(60).saturating_add(1).saturating_mul(60);
    DateTime::from_timestamp(start, 0).unwrap_or(at)
}

impl History {
    /// The newest decision.
    pub fn decision(&self) -> Option<&DecisionRecord> {
        self.decisions.last()
    }

    /// The newest SCRUB.
    pub fn last_scrub(&self) -> Option<&DecisionRecord> {
        self.decisions.get(self.holds.all.scrub?)
    }

    /// The T-0 of the newest SCRUB; `None`: that of the files.
    pub fn t0(&self) -> Option<DateTime<Utc>> {
        match self.last_scrub()?.decision {
            Decision::Scrub { t0 } => Some(t0),
            _ => None,
        }
    }

    /// The T clock at the largest clock ever seen. Only HOLD decisions stop it; a board that is HOLD does not.
    pub fn held(&self, launch: &Launch, latest: DateTime<Utc>) -> Held {
        let total = self.holds.of(Some(launch)).total;
        let Some(hold) = self.open_hold(Some(launch)) else { return Held { since: None, total } };
        match hold.ended(latest) {
            Some(end) => Held { since: None, total: total.saturating_add(length(hold.at, end)) },
            None => Held { since: Some(hold.at), total },
        }
    }

    /// T-0 by the journal, else that of the files, and when the T clock stood since it was set. A hold without an end
    /// that is known is taken to end at the next whole minute: what waits for it is then always ahead.
    pub fn t_clock(
        &self,
        launch: Option<&Launch>,
        files: DateTime<Utc>,
        latest: DateTime<Utc>,
    ) -> (DateTime<Utc>, Vec<Stood>) {
        let newest = self.open_hold(launch).map(|hold| {
            let end = hold.ended(latest).or_else(|| hold.ends_by_itself());
            Stood { from: hold.at, until: end.unwrap_or_else(|| next_minute(latest)) }
        });
        (self.t0().unwrap_or(files), self.holds.of(launch).past.iter().copied().chain(newest).collect())
    }

    /// How long the T clock stood in all holds, those before a scrub included; one that goes on counts up to `latest`.
    pub fn held_ever(&self, latest: DateTime<Utc>) -> Duration {
        let newest = self.open_hold(None).map(|hold| length(hold.at, hold.ended(latest).unwrap_or(latest)));
        let past = self.holds.all.before.saturating_add(self.holds.all.total);
        past.saturating_add(newest.unwrap_or_default())
    }

    /// The hold that no later decision has ended, over or not. `None` for `launch`: every word counts.
    fn open_hold(&self, launch: Option<&Launch>) -> Option<&DecisionRecord> {
        self.decisions.get(self.holds.of(launch).open?)
    }

    /// The hold that stands: neither over nor ended by a later decision.
    pub(crate) fn standing_hold(&self, launch: &Launch, latest: DateTime<Utc>) -> Option<&DecisionRecord> {
        self.open_hold(Some(launch)).filter(|hold| hold.ended(latest).is_none())
    }

    /// The newest HOLD decision, over or not.
    pub fn last_hold(&self) -> Option<&DecisionRecord> {
        self.decisions.get(self.holds.all.newest?)
    }

    pub(super) fn decide(&mut self, event: &Event) {
        let Act::Decided { round, decision, reason, board, word, overrides, over, terms } = &event.act else {
            return;
        };
        let dissent =
            round.and_then(|round| self.dissent(round, event.commit.as_ref(), over)).unwrap_or_default();
        self.close_rounds();
        self.count_holds(event, decision);
        self.decisions.push(DecisionRecord {
            id: event.id,
            seq: self.len,
            at: event.at,
            actor: event.actor.clone(),
            recorder: event.recorder.clone(),
            stands_in: event.stands_in.clone(),
            round: *round,
            decision: decision.clone(),
            reason: reason.clone(),
            board: board.clone(),
            word: *word,
            overrides: *overrides,
            over: over.clone(),
            terms: terms.clone(),
            commit: event.commit.clone(),
            checklist_digest: event.checklist_digest.clone(),
            dissent,
            resumed: None,
        });
    }

    /// A decision ends the hold before it, and a SCRUB sets the T clock anew.
    fn count_holds(&mut self, event: &Event, decision: &Decision) {
        let stops = matches!(decision, Decision::Hold { .. } | Decision::NoGo { .. });
        let open = self.holds.checked.open.and_then(|place| self.decisions.get(place));
        let shadowed =
            stops && !event.spoken().is_proven() && open.is_some_and(|hold| hold.spoken().is_proven());
        let decisions = &self.decisions;
        self.holds.all.count(decisions, event.at, decision);
        if !shadowed {
            self.holds.checked.count(decisions, event.at, decision);
        }
    }

    pub(super) fn resume(&mut self, event: &Event, reason: &Str) {
        for place in [self.holds.all.open, self.holds.checked.open].into_iter().flatten() {
            if let Some(record) = self.decisions.get_mut(place) {
                record.resumed.get_or_insert_with(|| Ended::by(event, reason));
            }
        }
    }

    /// The stations of a round that said no-go or had conditions, in the order in which they first spoke. Whoever was gone over is
    /// one of them, also where a claim hides their no-go.
    fn dissent(&self, round: u32, commit: Option<&Oid>, over: &[Party]) -> Option<Vec<Dissent>> {
        let poll = self.roll_calls.iter().rfind(|poll| poll.round == round)?;
        let mut all = Vec::new();
        for station in poll.stations() {
            let newest = poll.answered(station).ballot;
            let newest = newest.filter(|it| it.vote.dissents() && it.void(commit).is_none());
            let hidden = || {
                let own = |it: &&Ballot| it.station == *station && it.vote == Vote::NoGo;
                poll.ballots.iter().rev().filter(own).find(|it| it.void(commit).is_none())
            };
            let hidden = || over.contains(station).then(hidden).flatten();
            let Some(given) = newest.or_else(hidden) else { continue };
            all.push(Dissent {
                station: station.clone(),
                by: given.actor.name.clone(),
                vote: given.vote.clone(),
                note: given.note.clone(),
            });
        }
        Some(all)
    }
}
