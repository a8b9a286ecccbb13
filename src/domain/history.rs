//! The fold of all events: who said what and what of it stands.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::Deref,
};

use chrono::{DateTime, Utc};

use super::{
    Act, Actor, Asking, Closing, Confirmation, DecisionRecord, Digest, Event, GateId, HoldTally,
    IncidentRecord, MessageRecords, Oid, Party, ReviewRecord, RiskRecord, RollCall, RollbackRecord, Spoken,
    StageAct, StageId, StageWord, Stamp, Str, WaiverRisk, Write, WriteRecord, WriteState,
};
use gonogo_text::cap;

/// The fold of the journal's events, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Every sign-off and its fate, by gate, oldest first. Nothing is ever removed.
    pub sign_offs: BTreeMap<GateId, SignOffs>,
    /// Every waiver by gate, oldest first.
    pub waivers: BTreeMap<GateId, Vec<Waiver>>,
    /// The newest "not needed" by gate.
    pub not_needed: BTreeMap<GateId, NotNeeded>,
    /// The newest word that a gate is needed after all, with the text that it had been said of.
    pub needed_again: BTreeMap<GateId, (Digest, Ended)>,
    /// What happened to stages, in order.
    pub stages: BTreeMap<StageId, Vec<StageRecord>>,
    /// What people recorded about criteria and results of stages, in order.
    pub stage_words: BTreeMap<StageId, Vec<StageWord>>,
    /// Every run of the rollback, in order.
    pub rollbacks: Vec<RollbackRecord>,
    /// Every incident, in order.
    pub incidents: Vec<IncidentRecord>,
    /// Every risk of the launch, in the order in which they were stated.
    pub risks: Vec<RiskRecord>,
    /// Every round of the go/no-go poll, in order.
    pub roll_calls: Vec<RollCall>,
    /// Every decision, in order.
    pub decisions: Vec<DecisionRecord>,
    /// When the T clock stood, kept up with each decision.
    pub(super) holds: HoldTally,
    /// Free notes, in order.
    pub notes: Vec<(DateTime<Utc>, Actor, Option<GateId>, Str)>,
    /// What people did with messages, by occurrence.
    pub messages: MessageRecords,
    /// What gonogo was to change on servers, in order, each with what is known of it.
    pub writes: Vec<WriteRecord>,
    /// Every time that somebody was asked, by gate, oldest first.
    pub asked: BTreeMap<GateId, Vec<Asking>>,
    /// Every word of the readiness review by gate, oldest first.
    pub confirmations: BTreeMap<GateId, Vec<Confirmation>>,
    /// What was said in the review after the launch.
    pub review: ReviewRecord,
    /// Every closing of the launch, in order.
    pub closings: Vec<Closing>,
    /// Whoever is named in an event; roles are among them.
    pub(super) named: BTreeSet<Party>,
    /// The GitHub logins that tokens proved, and whose they are.
    pub(super) logins: BTreeMap<Str, Party>,
    /// Number of events folded.
    pub len: u64,
    /// The largest wall clock ever seen by the journal (V9): waivers end by it even when the clock is turned back. A
    /// recorded correction sets it.
    pub high_water: Option<DateTime<Utc>>,
    /// Every correction of it, in order: when, who, to what, why.
    pub clock_corrections: Vec<(DateTime<Utc>, Actor, DateTime<Utc>, Str)>,
    /// What stopped the same release under another name, for people.
    pub elsewhere: Option<Str>,
    /// Why the journal cannot be trusted (V11); then the board is unknown.
    pub broken: Option<Distrust>,
    /// How far a shared journal is known (V17); `None`: nobody else writes to it unseen.
    pub link: Option<RemoteJournal>,
    /// Why a journal on this machine cannot be read now (V11).
    pub unread: Option<Str>,
}

/// Why a journal cannot be trusted (V11). Its text says so in a whole sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distrust {
    /// The first entry that does not fit, if it is one.
    pub entry: Option<u64>,
    /// How it was seen.
    pub why: Str,
}

impl Distrust {
    /// How it was seen, and where, for whoever has said already that the journal cannot be trusted.
    pub fn detail(&self) -> String {
        let entry = self.entry.map(|entry| format!("entry {entry}: ")).unwrap_or_default();
        format!("{entry}{}", self.why)
    }
}

impl From<&str> for Distrust {
    fn from(why: &str) -> Self {
        Self { entry: None, why: why.into() }
    }
}

impl From<String> for Distrust {
    fn from(why: String) -> Self {
        why.as_str().into()
    }
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// In characters: it stands at every gate.
        const LONGEST: usize = 400;
        let entry = self.entry.map(|entry| format!(" at entry {entry}")).unwrap_or_default();
        f.write_str(&cap(&format!("the journal cannot be trusted{entry}: {}", self.why), LONGEST))
    }
}

/// What a reader knows of a journal that others write to from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RemoteJournal {
    /// When it was last heard to hold nothing new.
    pub heard: Stamp,
    /// It cannot be reached now.
    pub cut: bool,
    /// It is read from a server that only follows another one, and may lack words that were acknowledged there.
    pub standby: bool,
}

/// Every sign-off on one gate, oldest first, and what of it an evaluation asks for: it costs as much as there are people,
/// however often they changed their minds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignOffs {
    all: Vec<SignOff>,
    /// The newest word of each name and writer in each role, as places among all.
    newest: BTreeMap<(Actor, Option<Actor>, Party), usize>,
    /// Of the words that were not taken back: the first of each name, writer, text and commit.
    kept: BTreeMap<Meant, usize>,
}

/// Who said and who wrote something, of which text of the gate and of which commit.
type Meant = (Actor, Option<Actor>, Digest, Option<Oid>);

/// One sign-off.
#[derive(Clone, Debug, PartialEq)]
pub struct SignOff {
    /// Whose word.
    pub actor: Actor,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// In which role.
    pub role: Party,
    /// The fallback by which it was said; `None`: the giver holds the role.
    pub stands_in: Option<Party>,
    /// Go or no-go.
    pub go: bool,
    /// Its place among all events, from 1.
    pub seq: u64,
    /// The moment, by the clock of whoever recorded it.
    pub at: DateTime<Utc>,
    /// The gate's digest that was signed.
    pub digest: Digest,
    /// The commit it was about.
    pub commit: Option<Oid>,
    /// The version it was about.
    pub version: Str,
    /// In their own words.
    pub note: Option<Str>,
    /// The mandatory answers.
    pub answers: BTreeMap<Str, Str>,
    /// The giver took it back.
    pub withdrawn: Option<Ended>,
}

/// One waiver.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiver {
    /// Who approved it.
    pub approver: Actor,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// The fallback by which it was said; `None`: the giver holds a role that may say it.
    pub stands_in: Option<Party>,
    /// The gate's digest that was waived.
    pub digest: Digest,
    /// In the words of whoever does it; kept in the journal.
    pub reason: Str,
    /// What can go wrong.
    pub risk: WaiverRisk,
    /// Under which conditions.
    pub conditions: Vec<Str>,
    /// The moment, by the clock of whoever recorded it.
    pub at: DateTime<Utc>,
    /// When it ends.
    pub until: DateTime<Utc>,
    /// Ended before its time.
    pub ended: Option<Ended>,
}

/// How something that was said came to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// The moment, by the clock of whoever recorded it.
    pub at: DateTime<Utc>,
    /// Who ended it.
    pub actor: Actor,
    /// Who wrote that down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// The fallback by which it was said; `None`: the giver holds a role that may say it.
    pub stands_in: Option<Party>,
    /// In the words of whoever does it; kept in the journal.
    pub reason: Str,
}

/// A gate that somebody declared not needed.
#[derive(Clone, Debug, PartialEq)]
pub struct NotNeeded {
    /// Who said so.
    pub actor: Actor,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// The fallback by which it was said; `None`: the giver holds a role that may say it.
    pub stands_in: Option<Party>,
    /// The moment, by the clock of whoever recorded it.
    pub at: DateTime<Utc>,
    /// The digest of the gate when it was recorded.
    pub digest: Digest,
    /// In the words of whoever does it; kept in the journal.
    pub reason: Str,
}

/// One thing that happened to a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct StageRecord {
    /// Its place among all events, from 1.
    pub seq: u64,
    /// Start, hold, resume, roll back or close.
    pub step: StageAct,
    /// The moment, by the clock of whoever recorded it.
    pub at: DateTime<Utc>,
    /// Whose word it is, and how the name is known.
    pub actor: Actor,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// The fallback by which it was said; `None`: the giver holds a role that may say it.
    pub stands_in: Option<Party>,
    /// What was said with it, if anything was.
    pub note: Option<Str>,
    /// It started early, or against what was decided (V10, V12).
    pub overrides: bool,
    /// The target commit at that moment, if it was known.
    pub commit: Option<Oid>,
}

impl History {
    /// The fold of these events.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut history = Self::default();
        for event in events {
            history.apply(event);
        }
        history
    }

    /// Nothing, because the journal cannot be trusted (V11).
    pub fn untrusted(why: Distrust) -> Self {
        Self { broken: Some(why), ..Self::default() }
    }

    /// Takes in the next event.
    pub fn apply(&mut self, event: &Event) {
        self.len += 1;
        self.high_water = self.high_water.max(Some(event.at));
        self.hear_names(event);
        let actor = event.actor.clone();
        match &event.act {
            Act::SignedOff { .. } => self.sign(event),
            Act::Withdrawn { gate, reason } => self.withdraw(gate, &Ended::by(event, reason)),
            Act::Waived { .. } => self.waive(event),
            Act::WaiverEnded { gate, reason } => {
                if let Some(waiver) = self.waivers.get_mut(gate).and_then(|all| all.last_mut()) {
                    waiver.ended.get_or_insert_with(|| Ended::by(event, reason));
                }
            }
            Act::NotNeeded { gate, digest, reason } => {
                let (recorder, stands_in) = (event.recorder.clone(), event.stands_in.clone());
                let (at, digest, reason) = (event.at, digest.clone(), reason.clone());
                let said = NotNeeded { actor, recorder, stands_in, at, digest, reason };
                self.not_needed.insert(gate.clone(), said);
            }
            Act::NeededAgain { gate, reason } => self.need_again(event, gate, reason),
            Act::ClockCorrected { to, reason } => {
                self.high_water = Some(*to);
                self.clock_corrections.push((event.at, actor, *to, reason.clone()));
            }
            Act::Stage { stage, step, note, overrides } => {
                let (recorder, stands_in) = (event.recorder.clone(), event.stands_in.clone());
                let (seq, at) = (self.len, event.at);
                let (step, note, overrides) = (*step, note.clone(), *overrides);
                let commit = event.commit.clone();
                let record =
                    StageRecord { seq, step, at, actor, recorder, stands_in, note, overrides, commit };
                self.stages.entry(stage.clone()).or_default().push(record);
            }
            Act::CriterionJudged { .. }
            | Act::StageAnswered { .. }
            | Act::BreachAccepted { .. }
            | Act::AcceptanceEnded { .. } => self.hear_of_stage(event),
            Act::RollbackStarted { .. }
            | Act::RollbackStepDone { .. }
            | Act::RollbackStepSkipped { .. }
            | Act::RollbackEnded { .. } => self.roll_back(event),
            Act::Incident { .. } => self.hear_of_incident(event),
            Act::Risk { .. } => self.hear_of_risk(event),
            Act::RollCallOpened { round } => self.open_round(event, *round),
            Act::Voted { .. } => self.vote(event),
            Act::Decided { .. } => self.decide(event),
            Act::HoldEnded { reason } => self.resume(event, reason),
            Act::Message { .. } => self.hear_of_message(event),
            Act::Wrote { write, state, told } => {
                self.hear_of_sending(event, write, *state, told.as_ref());
                self.wrote(event, write, *state, told.as_ref());
            }
            Act::Confirmed { .. } => self.hear_of_plan(event),
            Act::Asked { .. } => self.hear_asking(event),
            Act::Review { .. } => self.hear_of_review(event),
            Act::Close { .. } => self.hear_of_close(event),
            Act::Note { gate, text } => self.notes.push((event.at, actor, gate.clone(), text.clone())),
        }
    }

    fn wrote(&mut self, event: &Event, write: &Write, state: WriteState, told: Option<&Str>) {
        let (write, told) = (write.clone(), told.cloned());
        let record = WriteRecord { write, state, told, at: event.at, actor: event.actor.clone() };
        match self.writes.iter_mut().find(|known| known.write.id == record.write.id) {
            Some(known) => *known = record,
            None => self.writes.push(record),
        }
    }

    fn sign(&mut self, event: &Event) {
        let Act::SignedOff { gate, digest, go, role, note, answers } = &event.act else { return };
        self.sign_offs.entry(gate.clone()).or_default().take(SignOff {
            actor: event.actor.clone(),
            recorder: event.recorder.clone(),
            role: role.clone(),
            stands_in: event.stands_in.clone(),
            go: *go,
            seq: self.len,
            at: event.at,
            digest: digest.clone(),
            commit: event.commit.clone(),
            version: event.version.clone(),
            note: note.clone(),
            answers: answers.clone(),
            withdrawn: None,
        });
    }

    fn withdraw(&mut self, gate: &GateId, end: &Ended) {
        if let Some(all) = self.sign_offs.get_mut(gate) {
            all.withdraw(end);
        }
    }

    fn need_again(&mut self, event: &Event, gate: &GateId, reason: &Str) {
        if let Some(said) = self.not_needed.remove(gate) {
            self.needed_again.insert(gate.clone(), (said.digest, Ended::by(event, reason)));
        }
    }

    fn waive(&mut self, event: &Event) {
        let Act::Waived { gate, digest, reason, risk, until, conditions } = &event.act else { return };
        self.waivers.entry(gate.clone()).or_default().push(Waiver {
            approver: event.actor.clone(),
            recorder: event.recorder.clone(),
            stands_in: event.stands_in.clone(),
            digest: digest.clone(),
            reason: reason.clone(),
            risk: risk.clone(),
            conditions: conditions.clone(),
            at: event.at,
            until: *until,
            ended: None,
        });
    }
}

impl SignOffs {
    /// The newest word of each name in each role, newest first.
    pub(super) fn newest(&self) -> Vec<&SignOff> {
        self.at(self.newest.values()).into_iter().rev().collect()
    }

    /// Of the words that were not taken back, the first of each that says something new of who had a part in them.
    pub(super) fn parts(&self) -> Vec<&SignOff> {
        self.at(self.kept.values())
    }

    /// In the order in which they were said.
    fn at<'a>(&'a self, places: impl Iterator<Item = &'a usize>) -> Vec<&'a SignOff> {
        let mut places: Vec<_> = places.copied().collect();
        places.sort_unstable();
        places.into_iter().filter_map(|at| self.all.get(at)).collect()
    }

    fn take(&mut self, given: SignOff) {
        let at = self.all.len();
        let (actor, recorder) = (given.actor.clone(), given.recorder.clone());
        self.newest.insert((actor.clone(), recorder.clone(), given.role.clone()), at);
        self.kept.entry((actor, recorder, given.digest.clone(), given.commit.clone())).or_insert(at);
        self.all.push(given);
    }

    fn withdraw(&mut self, end: &Ended) {
        let own = |given: &&mut SignOff| given.actor.is_same(&end.actor);
        // What lies before an own word that was taken back was taken back with it. A claim never stands in the way of
        // a word that is proven.
        let open = |given: &&mut SignOff| {
            given.withdrawn.as_ref().is_none_or(|old| end.is_proven() && !old.is_proven())
        };
        for given in self.all.iter_mut().rev().filter(own).take_while(open) {
            given.withdrawn = Some(end.clone());
        }
        let all = &self.all;
        self.kept.retain(|_, at| all.get(*at).is_some_and(|given| given.withdrawn.is_none()));
    }
}

impl Deref for SignOffs {
    type Target = [SignOff];

    fn deref(&self) -> &[SignOff] {
        &self.all
    }
}

impl Ended {
    pub(super) fn by(event: &Event, reason: &Str) -> Self {
        let (actor, recorder) = (event.actor.clone(), event.recorder.clone());
        Self { at: event.at, actor, recorder, stands_in: event.stands_in.clone(), reason: reason.clone() }
    }

    /// Whose word it is.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken::new(&self.actor, self.recorder.as_ref(), self.stands_in.as_ref())
    }

    fn is_proven(&self) -> bool {
        self.spoken().is_proven()
    }
}

impl NotNeeded {
    /// Whose word it is.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken::new(&self.actor, self.recorder.as_ref(), self.stands_in.as_ref())
    }
}
