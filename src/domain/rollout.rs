//! The staged rollout: who gets it when, for how long it soaks.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{GuardrailState, Moment, Party, StageId, Str};

/// The staged rollout.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rollout {
    /// Who may start, hold and advance stages.
    pub advance_by: Vec<Party>,
    /// Stages in order.
    pub stages: Vec<Stage>,
    /// The traffic of everybody, in requests (or what its guardrails count) a second: lets a plan say what a soak can show.
    #[serde(default)]
    pub expect_traffic: Option<f64>,
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
    /// Runs before GO, which may need it.
    pub pilot: bool,
    /// May run while an earlier one has not (V10).
    pub independent: bool,
    /// No way back after it; acting on it asks for typed words.
    pub point_of_no_return: bool,
    /// A command that is shown and copied, never run.
    pub by_hand: Option<Str>,
    /// Why a `when` leaves it out of this launch.
    pub excluded: Option<Str>,
    /// Who watches it.
    pub watcher: Option<Party>,
    /// The guardrails it is watched by, which must be ok before the next stage.
    pub guardrails: Vec<Str>,
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
    /// How long it soaks.
    pub soak: Soak,
    /// Its guardrails, while it is out.
    pub guardrails: Vec<GuardrailState>,
    /// Why it can not start or advance yet; empty when it can.
    pub waits_for: Vec<Str>,
    /// What of that only a recorded override passes (V12): starting now is early, or against what was decided.
    pub early: Vec<Str>,
    /// Who started it so, and why.
    pub overridden: Option<Str>,
    /// Who may act on it.
    pub who: Vec<Party>,
    /// No way back after it.
    pub point_of_no_return: bool,
}

/// Where a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageStatus {
    /// Not started.
    Planned,
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

impl Audience {
    /// For people: `10 %`, `12 recruited testers`, `ring professional`.
    pub fn label(&self) -> Str {
        match self {
            Self::Percent(share) => format!("{share} %").into(),
            Self::Cohort(name) => name.clone(),
            Self::Ring(name) => format!("ring {name}").into(),
        }
    }
}
