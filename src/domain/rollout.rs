//! The staged rollout: who gets it when, for how long it soaks.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Actor, AskType, Clause, Gauge, GuardrailState, Moment, Party, Spoken, StageId, Str};

/// The staged rollout.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rollout {
    /// Who may start, hold and advance stages.
    pub advance_by: Vec<Party>,
    /// How long a stage may stand soaked before that is worth a word; `None`: for ever.
    pub stalled_after: Option<Duration>,
    /// Stages in order.
    pub stages: Vec<Stage>,
    /// The traffic of everybody, in requests (or what its guardrails count) a second: lets a plan say what a soak can show.
    #[serde(default)]
    pub expect_traffic: Option<f64>,
    /// What tells how far the release really is out.
    #[serde(default)]
    pub actual: Option<Gauge>,
    /// The share of the traffic that has the release.
    #[serde(default)]
    pub exposure: Option<Gauge>,
}

/// One step of the rollout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Its name in the files, by which all else refers to it.
    pub id: StageId,
    /// Who gets it.
    pub audience: Audience,
    /// Planned start; `None`: at the end of the soak before it.
    pub start: Option<Moment>,
    /// The least that it must run.
    pub soak: Option<Soak>,
    /// Its percentage is reached in a steady ramp of this length, from that of the stage before.
    pub over: Option<Duration>,
    /// Runs before GO, which may need it.
    pub pilot: bool,
    /// May run while an earlier one has not (V10).
    pub independent: bool,
    /// No way back after it; acting on it asks for typed words.
    pub point_of_no_return: bool,
    /// The command that makes it real: shown and copied, never run.
    pub by_hand: Option<Str>,
    /// The command that takes it back: shown and copied, never run.
    pub by_hand_back: Option<Str>,
    /// Why a `when` leaves it out of this launch.
    pub excluded: Option<Str>,
    /// Who watches it.
    pub watcher: Option<Party>,
    /// The guardrails it is watched by, which must be ok before the next stage.
    pub guardrails: Vec<Str>,
    /// Statements that people confirm one by one before the next stage.
    pub criteria: Vec<Str>,
    /// Its results, which people give before the next stage.
    pub asks: BTreeMap<Str, AskType>,
}

impl Stage {
    /// The least that it runs: its soak, and its ramp.
    pub fn least(&self) -> Duration {
        let soak = self.soak.and_then(|soak| soak.time).unwrap_or_default();
        soak.max(self.over.unwrap_or_default())
    }
}

/// Who gets a stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// A share, 0 to 100.
    Percent(f64),
    /// A named group of people.
    Cohort(Str),
    /// A ring: beta, professional, ...
    Ring(Str),
}

/// The least that a stage must run: time and evidence, both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Soak {
    /// Least time.
    pub time: Option<Duration>,
    /// Least number of samples.
    pub samples: Option<u64>,
}

/// A stage on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageState {
    /// Its name in the files, by which all else refers to it.
    pub id: StageId,
    /// Who gets it, for people: `10 %`, `ring professional`.
    pub audience: Str,
    /// Where it is.
    pub status: StageStatus,
    /// When it starts by the plan.
    pub planned: Option<DateTime<Utc>>,
    /// When it did start.
    pub started: Option<DateTime<Utc>>,
    /// When its soak ends (ended), or would by the plan.
    pub soaked_at: Option<DateTime<Utc>>,
    /// When it was closed, taken back, or followed by the next one.
    #[serde(default)]
    pub ended: Option<DateTime<Utc>>,
    /// When it was held since it started, in order; the last hold may go on.
    #[serde(default)]
    pub pauses: Vec<Pause>,
    /// How long it soaks.
    pub soak: Soak,
    /// Its guardrails, while it is out.
    pub guardrails: Vec<GuardrailState>,
    /// Its contract: before it starts, what it waits for; while it is out, what it must have shown.
    #[serde(default)]
    pub clauses: Vec<Clause>,
    /// The clauses that are not met, in words: why it cannot start or advance yet; empty when it can.
    pub waits_for: Vec<Str>,
    /// What of that only a recorded override passes (V12): starting now is early, or against what was decided.
    pub early: Vec<Str>,
    /// Who started it so, and why.
    pub overridden: Option<Str>,
    /// Who closed it before it had shown all, and why.
    #[serde(default)]
    pub closed_early: Option<Str>,
    /// Who may act on it.
    pub who: Vec<Party>,
    /// Who watches it, and may hold it.
    #[serde(default)]
    pub watcher: Option<Party>,
    /// No way back after it.
    pub point_of_no_return: bool,
    /// The command of the act that is meant now: forward, or back where it was taken back.
    #[serde(default)]
    pub by_hand: Option<Str>,
    /// Its statements, and what people recorded about them since it started.
    #[serde(default)]
    pub criteria: Vec<CriterionState>,
    /// Its results, as given since it started.
    #[serde(default)]
    pub answers: Vec<StageAnswer>,
    /// Where its steady ramp is.
    #[serde(default)]
    pub ramp: Option<Ramp>,
    /// Since when its soak is over, where nobody has advanced it for longer than `stalled_after`.
    #[serde(default)]
    pub stalled_since: Option<DateTime<Utc>>,
}

/// A hold of a stage: from when, and until when if it is over.
pub type Pause = (DateTime<Utc>, Option<DateTime<Utc>>);

/// A criterion of a stage, and the newest word on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CriterionState {
    /// The statement.
    pub text: Str,
    /// Whether people said that it holds, or that it does not; `None`: nobody said anything.
    pub holds: Option<bool>,
    /// Whose word.
    pub by: Option<Actor>,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// The fallback by which it was said.
    pub stands_in: Option<Party>,
    /// When it was said.
    pub at: Option<DateTime<Utc>>,
    /// In their own words.
    pub note: Option<Str>,
}

/// A result that a stage asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageAnswer {
    /// What is asked for.
    pub name: Str,
    /// Of which type.
    pub kind: AskType,
    /// The newest answer.
    pub answer: Option<Str>,
    /// Whose word.
    pub by: Option<Actor>,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// The fallback by which it was said.
    pub stands_in: Option<Party>,
    /// When it was given.
    pub at: Option<DateTime<Utc>>,
}

/// A steady ramp, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ramp {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// What it should be now; holds stop it. `None` before the stage starts.
    pub now: Option<f64>,
    /// When it ends, at the earliest; `None` before the stage starts.
    pub full_at: Option<DateTime<Utc>>,
}

impl CriterionState {
    /// Whose word it is, if anybody said anything.
    pub fn spoken(&self) -> Option<Spoken<'_>> {
        self.by.as_ref().map(|by| Spoken::new(by, self.recorder.as_ref(), self.stands_in.as_ref()))
    }
}

impl StageAnswer {
    /// Whose word it is, if it was given.
    pub fn spoken(&self) -> Option<Spoken<'_>> {
        self.by.as_ref().map(|by| Spoken::new(by, self.recorder.as_ref(), self.stands_in.as_ref()))
    }
}

/// Where a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageStatus {
    /// Not started.
    Planned,
    /// Not started, and nothing keeps it from starting now.
    Ready,
    /// Started, still soaking.
    Soaking,
    /// Started, its soak is over, nobody advanced it yet.
    Soaked,
    /// Held by a person.
    Held,
    /// A later stage has started, or it was closed.
    Done,
    /// Taken back.
    RolledBack,
    /// Left out of this launch.
    NotApplicable,
}

impl StageStatus {
    /// Whether people have the release by it, and nothing later took its place.
    pub fn is_current(self) -> bool {
        matches!(self, Self::Soaking | Self::Soaked | Self::Held)
    }

    /// Whether people have the release by it, later stages or not.
    pub fn is_out(self) -> bool {
        self.is_current() || self == Self::Done
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Ready => "ready",
            Self::Soaking => "soaking",
            Self::Soaked => "soaked",
            Self::Held => "held",
            Self::Done => "done",
            Self::RolledBack => "rolled back",
            Self::NotApplicable => "not part of this launch",
        }
    }
}

impl Audience {
    /// The share, 0 to 100; `None` for a group with a name.
    pub fn percent(&self) -> Option<f64> {
        match self {
            Self::Percent(share) => Some(*share),
            Self::Cohort(_) | Self::Ring(_) => None,
        }
    }

    /// For people: `10 %`, `12 recruited testers`, `ring professional`.
    pub fn label(&self) -> Str {
        match self {
            Self::Percent(share) => format!("{share} %").into(),
            Self::Cohort(name) => name.clone(),
            Self::Ring(name) => format!("ring {name}").into(),
        }
    }
}
