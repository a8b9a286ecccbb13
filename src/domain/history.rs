//! The fold of all events: who said what and what of it stands.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    Act, Actor, DecisionRecord, Digest, Event, Exposure, GateId, Oid, Party, RollCall, StageAct, StageId,
    Stamp, Str,
};

/// The fold of the journal's events, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Every sign-off and its fate, by gate, oldest first. Nothing is ever removed.
    pub sign_offs: BTreeMap<GateId, Vec<SignOff>>,
    /// Every waiver by gate, oldest first.
    pub waivers: BTreeMap<GateId, Vec<Waiver>>,
    /// The newest "not needed" by gate: who, the gate's digest, why.
    pub not_needed: BTreeMap<GateId, (Actor, Digest, Str)>,
    /// What happened to stages, in order.
    pub stages: BTreeMap<StageId, Vec<StageRecord>>,
    /// Every round of the go/no-go poll, in order.
    pub roll_calls: Vec<RollCall>,
    /// Every decision, in order.
    pub decisions: Vec<DecisionRecord>,
    /// Free notes, in order.
    pub notes: Vec<(DateTime<Utc>, Actor, Option<GateId>, Str)>,
    /// Number of events folded.
    pub len: u64,
    /// The largest wall clock ever seen by the journal (V9): waivers end by it even when the clock is turned back. A
    /// recorded correction sets it.
    pub high_water: Option<DateTime<Utc>>,
    /// Every correction of it, in order: when, who, to what, why.
    pub clock_corrections: Vec<(DateTime<Utc>, Actor, DateTime<Utc>, Str)>,
    /// Why the journal can not be trusted (V11); then the board is unknown.
    pub broken: Option<Str>,
    /// How far a shared journal is known (V17); `None`: nobody else writes to it unseen.
    pub link: Option<Link>,
}

/// What a reader knows of a journal that others write to from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// When it was last heard to hold nothing new.
    pub heard: Stamp,
    /// It can not be reached now.
    pub cut: bool,
}

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
    /// When.
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
    /// When and why the giver took it back.
    pub withdrawn: Option<(DateTime<Utc>, Str)>,
}

/// One waiver.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiver {
    /// Who approved it.
    pub approver: Actor,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// The gate's digest that was waived.
    pub digest: Digest,
    /// Why.
    pub reason: Str,
    /// What can go wrong.
    pub risk: Exposure,
    /// Under which conditions.
    pub conditions: Vec<Str>,
    /// When.
    pub at: DateTime<Utc>,
    /// When it ends.
    pub until: DateTime<Utc>,
    /// Ended before its time, and why.
    pub ended: Option<(DateTime<Utc>, Str)>,
}

/// One thing that happened to a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct StageRecord {
    /// What.
    pub step: StageAct,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// Why.
    pub note: Option<Str>,
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

    /// Takes in the next event.
    pub fn apply(&mut self, event: &Event) {
        self.len += 1;
        self.high_water = self.high_water.max(Some(event.at));
        let actor = event.actor.clone();
        match &event.act {
            Act::SignedOff { .. } => self.sign(event),
            Act::Withdrawn { gate, reason } => self.withdraw(gate, &event.actor, event.at, reason),
            Act::Waived { .. } => self.waive(event),
            Act::WaiverEnded { gate, reason } => {
                if let Some(waiver) = self.waivers.get_mut(gate).and_then(|all| all.last_mut()) {
                    waiver.ended.get_or_insert((event.at, reason.clone()));
                }
            }
            Act::NotNeeded { gate, digest, reason } => {
                self.not_needed.insert(gate.clone(), (actor, digest.clone(), reason.clone()));
            }
            Act::NeededAgain { gate, .. } => drop(self.not_needed.remove(gate)),
            Act::ClockCorrected { to, reason } => {
                self.high_water = Some(*to);
                self.clock_corrections.push((event.at, actor, *to, reason.clone()));
            }
            Act::Stage { stage, step, note } => {
                let record = StageRecord { step: *step, at: event.at, actor, note: note.clone() };
                self.stages.entry(stage.clone()).or_default().push(record);
            }
            Act::RollCallOpened { round } => self.open_round(event, *round),
            Act::Voted { .. } => self.vote(event),
            Act::Decided { .. } => self.decide(event),
            Act::HoldEnded { reason } => self.resume(event, reason),
            Act::Note { gate, text } => self.notes.push((event.at, actor, gate.clone(), text.clone())),
        }
    }

    fn sign(&mut self, event: &Event) {
        let Act::SignedOff { gate, digest, go, role, stands_in, note, answers } = &event.act else { return };
        self.sign_offs.entry(gate.clone()).or_default().push(SignOff {
            actor: event.actor.clone(),
            recorder: event.recorder.clone(),
            role: role.clone(),
            stands_in: stands_in.clone(),
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

    fn withdraw(&mut self, gate: &GateId, actor: &Actor, at: DateTime<Utc>, reason: &Str) {
        let own = self.sign_offs.get_mut(gate).into_iter().flatten().rev();
        // What comes before a word that was taken back was taken back with it.
        let standing = own.filter(|it| it.actor.name == actor.name).take_while(|it| it.withdrawn.is_none());
        standing.for_each(|given| given.withdrawn = Some((at, reason.clone())));
    }

    fn waive(&mut self, event: &Event) {
        let Act::Waived { gate, digest, reason, risk, until, conditions } = &event.act else { return };
        self.waivers.entry(gate.clone()).or_default().push(Waiver {
            approver: event.actor.clone(),
            recorder: event.recorder.clone(),
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
