//! The shortest list of what must happen before GO, in order, and the earliest GO.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Advice, Cause, GateId, Party, Str};

/// What must happen, in order, and when GO is possible at the earliest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PathToGo {
    /// Steps in an order in which they can be done. Empty when the board is GO.
    pub steps: Vec<Step>,
    /// The latest of the known timers, embargoes and freezes on the path; steps of people and machines count as no
    /// time. `None`: nothing is known to prevent it but the steps.
    pub not_before: Option<DateTime<Utc>>,
}

/// One thing that must happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What it opens.
    pub opens: Opens,
    /// Other gates that the same step opens: one outage is one step.
    #[serde(default)]
    pub also: Vec<GateId>,
    /// What sort.
    pub kind: StepKind,
    /// What must happen.
    pub does: Advice,
    /// Who can do it.
    pub who: Vec<Party>,
    /// For a wait: until when.
    pub until: Option<DateTime<Utc>>,
    /// What was recorded about its plan: at risk, or late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<Str>,
}

/// What a step opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opens {
    /// A gate.
    Gate(GateId),
    /// The board, which this lowers as a whole.
    Board(Cause),
}

impl Step {
    /// The gate that it opens; `None`: it is about the board as a whole.
    pub fn gate(&self) -> Option<&GateId> {
        match &self.opens {
            Opens::Gate(gate) => Some(gate),
            Opens::Board(_) => None,
        }
    }

    /// What it settles, in few words: a gate's own name, `the final call`.
    pub fn name(&self) -> &str {
        match &self.opens {
            Opens::Gate(gate) => gate.local(),
            Opens::Board(cause) => cause.name(),
        }
    }
}

/// Sorts of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// A person must do or say something.
    Act,
    /// A machine must finish, or a source must answer.
    Machine,
    /// Time must pass.
    Wait,
}
