//! The way back: the runbook of a launch, a run of it as the journal keeps it, and what the board shows of both.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Act, Actor, Event, GateId, History, Party, Spoken, StageId, Str};

/// The runbook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rollback {
    /// Who runs it.
    pub owner: Party,
    /// How long people may take to decide, from the breach that calls for it.
    pub decide_within: Option<Duration>,
    /// Gates that prove that it would work: they count for GO.
    pub ready_when: Vec<GateId>,
    /// Guardrails whose breach calls for it.
    pub triggers: Vec<Str>,
    /// Steps, in their order.
    pub steps: Vec<RollbackStep>,
    /// When else to roll back, and what to think of.
    pub notes: Option<Str>,
}

/// One step of the runbook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RollbackStep {
    /// Its name in the files.
    pub id: Str,
    /// What is true when it is done.
    pub title: Str,
    /// A command that is shown and copied, never run.
    pub by_hand: Option<Str>,
    /// Who does it; `None`: the owner of the runbook.
    pub owner: Option<Party>,
    /// How long it may take.
    pub within: Option<Duration>,
    /// What to think of.
    pub notes: Option<Str>,
}

/// How a rollback ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RollbackResult {
    /// All that was out was taken back.
    RolledBack,
    /// Some of it was: each stage says whether.
    Partly,
    /// It stays out, and is mended by a further change.
    ForwardFix,
}

/// Whose word it is, and when it was said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Voice {
    /// Whose word, and how the name is known.
    pub by: Actor,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// The fallback by which it was said; `None`: the giver holds a role that may say it.
    pub stands_in: Option<Party>,
    /// The moment, by the clock of whoever recorded it.
    pub at: DateTime<Utc>,
}

/// A run of the rollback.
#[derive(Clone, Debug, PartialEq)]
pub struct RollbackRecord {
    /// The place of its start among all events, from 1.
    pub seq: u64,
    /// Who started it.
    pub voice: Voice,
    /// What is wrong, in the words of whoever started it; kept in the journal.
    pub reason: Str,
    /// Steps that were done or skipped, in order.
    pub steps: Vec<StepRecord>,
    /// How it ended; `None`: it goes on.
    pub ended: Option<RollbackEnd>,
}

/// A step that was done or skipped.
#[derive(Clone, Debug, PartialEq)]
pub struct StepRecord {
    /// Its name in the files.
    pub step: Str,
    /// Who did or skipped it.
    pub voice: Voice,
    /// It was skipped.
    pub skipped: bool,
    /// In their own words; why, where it was skipped.
    pub note: Option<Str>,
}

/// How a rollback ended.
#[derive(Clone, Debug, PartialEq)]
pub struct RollbackEnd {
    /// Its place among all events, from 1.
    pub seq: u64,
    /// Who said so.
    pub voice: Voice,
    /// Whether all, some or nothing of it was taken back.
    pub result: RollbackResult,
    /// How things stood then, in the words of whoever ended it; kept in the journal.
    pub reason: Str,
}

/// The rollback on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RollbackState {
    /// Where it is.
    pub phase: RollbackPhase,
    /// Who runs it.
    pub owner: Option<Party>,
    /// Who may start and end it.
    pub who: Vec<Party>,
    /// When else to roll back.
    pub notes: Option<Str>,
    /// The breach that calls for it, while nobody has answered it.
    pub called: Option<RollbackCall>,
    /// The newest run, until a new final call.
    pub run: Option<RollbackRun>,
    /// Steps of the runbook, and where the run is in them.
    pub steps: Vec<StepState>,
    /// Nothing was decided since it started or ended.
    pub is_newest: bool,
    /// All that was out was taken back, nothing was decided since, and nothing went out again.
    pub is_headline: bool,
}

/// Where a rollback is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RollbackPhase {
    /// Nothing calls for it.
    Planned,
    /// A breach calls for it, and nobody has decided.
    Called,
    /// It runs.
    Running,
    /// All that was out was taken back.
    RolledBack,
    /// Some of it was taken back.
    Partly,
    /// It stays out, and is mended by a further change.
    ForwardFix,
}

/// A breach that calls for a rollback.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RollbackCall {
    /// The stage that is out.
    pub stage: StageId,
    /// Its guardrail.
    pub guardrail: Str,
    /// Since when it asks: since the breach was shown, or since an acceptance of it has ended.
    pub since: DateTime<Utc>,
    /// When people must have decided; `None`: not given.
    pub decide_by: Option<DateTime<Utc>>,
    /// That moment is over.
    pub overdue: bool,
}

/// A run on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RollbackRun {
    /// Who started it.
    pub started: Voice,
    /// What is wrong, in the words of whoever started it.
    pub reason: Str,
    /// Who ended it; `None`: it goes on.
    pub ended: Option<Voice>,
    /// How it ended.
    pub result: Option<RollbackResult>,
    /// What was said at its end.
    pub outcome: Option<Str>,
}

/// A step on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepState {
    /// As the runbook plans it; where it names nobody, the runbook's owner does it.
    #[serde(flatten)]
    pub plan: RollbackStep,
    /// Where it is.
    pub status: StepStatus,
    /// Since when it is its turn.
    pub since: Option<DateTime<Utc>>,
    /// When it should be done.
    pub due: Option<DateTime<Utc>>,
    /// It should have been done by now.
    pub overdue: bool,
    /// Who did or skipped it.
    pub voice: Option<Voice>,
    /// What was said with it.
    pub note: Option<Str>,
}

/// Where a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepStatus {
    /// Not yet.
    Open,
    /// It is its turn.
    Now,
    /// It was done.
    Done,
    /// It was skipped, with a reason.
    Skipped,
}

impl RollbackResult {
    /// The word for machines and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RolledBack => "rolled-back",
            Self::Partly => "partly",
            Self::ForwardFix => "forward-fix",
        }
    }

    /// The word on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::RolledBack => "ROLLED BACK",
            Self::Partly => "PARTLY ROLLED BACK",
            Self::ForwardFix => "FORWARD FIX",
        }
    }

    /// All of them.
    pub const ALL: [Self; 3] = [Self::RolledBack, Self::Partly, Self::ForwardFix];
}

impl StepStatus {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Now => "now",
            Self::Done => "done",
            Self::Skipped => "SKIPPED",
        }
    }
}

impl Voice {
    /// The voice of an event.
    pub(super) fn of(event: &Event) -> Self {
        let (by, recorder) = (event.actor.clone(), event.recorder.clone());
        Self { by, recorder, stands_in: event.stands_in.clone(), at: event.at }
    }

    /// Whose word it is.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken::new(&self.by, self.recorder.as_ref(), self.stands_in.as_ref())
    }
}

impl RollbackState {
    /// The step whose turn it is.
    pub fn current(&self) -> Option<&StepState> {
        self.steps.iter().find(|step| step.status == StepStatus::Now)
    }
}

impl History {
    /// The newest run, while it goes on.
    pub fn open_rollback(&self) -> Option<&RollbackRecord> {
        self.rollbacks.last().filter(|run| run.ended.is_none())
    }

    /// How the newest run that is over ended: what was decided before it does not stand any more.
    pub fn last_rollback(&self) -> Option<&RollbackEnd> {
        self.rollbacks.iter().rev().find_map(|run| run.ended.as_ref())
    }

    /// The newest end by which all that was out was taken back.
    pub(super) fn all_back(&self) -> Option<&RollbackEnd> {
        let ends = self.rollbacks.iter().filter_map(|run| run.ended.as_ref());
        ends.filter(|end| end.result == RollbackResult::RolledBack).max_by_key(|end| end.seq)
    }

    /// Takes in what happened to a rollback. A step or an end without a run is kept, and means nothing.
    pub(super) fn roll_back(&mut self, event: &Event) {
        let (seq, voice) = (self.len, Voice::of(event));
        let open = self.rollbacks.last_mut().filter(|run| run.ended.is_none());
        match (&event.act, open) {
            (Act::RollbackStarted { reason }, None) => {
                let (reason, steps) = (reason.clone(), Vec::new());
                self.rollbacks.push(RollbackRecord { seq, voice, reason, steps, ended: None });
            }
            (Act::RollbackStepDone { step, note }, Some(run)) => {
                let (step, note) = (step.clone(), note.clone());
                run.steps.push(StepRecord { step, voice, skipped: false, note });
            }
            (Act::RollbackStepSkipped { step, reason }, Some(run)) => {
                let (step, note) = (step.clone(), Some(reason.clone()));
                run.steps.push(StepRecord { step, voice, skipped: true, note });
            }
            (Act::RollbackEnded { result, reason }, Some(run)) => {
                run.ended = Some(RollbackEnd { seq, voice, result: *result, reason: reason.clone() });
            }
            _ => {}
        }
    }
}
