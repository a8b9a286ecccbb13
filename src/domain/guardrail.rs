//! Guardrails: whether a stage does harm, decided so that looking often is no mistake.
//!
//! A guardrail is a series of disjoint windows since its stage started. [`judge`] is pure: windows in, [`Standing`] out.
//! It promises:
//!
//! - a guardrail that keeps its limit calls a breach with a chance of alpha at most, however often anybody looks;
//! - `ok` is shown, not assumed: what is not enough stays "not enough yet", whatever time passes;
//! - a window that is missing is no data and never zero;
//! - the answer depends on the windows alone: not on who was looking, nor on when the cockpit was started.

mod backtest;
mod e_value;
mod judge;
mod proof;
pub(crate) mod said;
mod series;
pub(crate) mod soak_clock;
mod state;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{GateId, Query, Str};

pub(crate) use backtest::counts;
pub use backtest::{Backtest, Trial, backtest, seen};
use e_value::ln_down;
pub(crate) use judge::first_fire;
pub use judge::{
    ALPHA, ALPHA_OF_ROLLBACK, Against, Breach, BreachReason, Judgement, Judging, Lack, Standing, judge,
};
pub use proof::{Proof, prove};
pub use said::percent;
pub use series::{Counters, Measured, Measurement, Real, Series, Window};
pub use state::GuardrailState;

/// A guardrail as the launch plans it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guardrail {
    /// Its name in the files.
    pub id: Str,
    /// What is measured, for people.
    pub title: Str,
    /// What people are asked to decide when it is breached.
    pub calls_for: CallsFor,
    /// The length of a window.
    pub window: Duration,
    /// What it must be.
    pub limits: Limits,
    /// What its source is asked.
    pub query: Query,
    /// A connection of the user's settings, by name.
    pub connection: Option<Str>,
    /// How old an answer may be and still count (V5).
    pub fresh: Duration,
}

impl Guardrail {
    /// What observations call it: `guardrail/errors`, which is the name of no gate.
    pub fn subject(&self) -> GateId {
        GateId::new(format!("guardrail/{}", self.id))
    }
}

/// What a breach puts to people. It never decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallsFor {
    /// It is shown.
    Tell,
    /// Whether to hold the stage.
    #[default]
    Hold,
    /// Whether to roll back.
    Rollback,
}

impl CallsFor {
    /// The word in files and for machines.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tell => "tell",
            Self::Hold => "hold",
            Self::Rollback => "rollback",
        }
    }

    /// The chance of a false call: less where more hangs on it.
    pub fn alpha(self) -> f64 {
        if self == Self::Rollback { ALPHA_OF_ROLLBACK } else { ALPHA }
    }
}

/// What is measured in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// Bad ones of all.
    Share,
    /// One value.
    Value,
}

/// In what a limit is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LimitUnit {
    /// A plain number.
    #[default]
    Plain,
    /// A share; written in percent.
    Percent,
    /// Seconds; written in the unit that fits.
    Seconds,
}

/// Limits of a guardrail.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// What is measured.
    pub measure: Measure,
    /// The limit that is tested: a share from 0 to 1, or a value.
    pub at_most: Option<f64>,
    /// So many times the control, at most: 1.2 for 120 %.
    pub control: Option<f64>,
    /// A newest window over this is worth a look.
    pub watch_at: Option<f64>,
    /// One window over this is a breach without waiting for proof.
    pub stop_at: Option<f64>,
    /// How many come together as a rule (retries, bursts): they count as one.
    pub cluster: f64,
    /// In what the limits of a value are written.
    pub unit: LimitUnit,
}

impl Limits {
    /// In one line: `at most 1 %, at most 120 % of the control`.
    pub fn describe(&self) -> String {
        said::limits(self)
    }

    /// The limits that are tested.
    fn tests(&self) -> Vec<Against> {
        let limit = self.at_most.map(|_| Against::Limit);
        limit.into_iter().chain(self.control.map(|_| Against::Control)).collect()
    }

    fn first(&self) -> Against {
        if self.at_most.is_some() { Against::Limit } else { Against::Control }
    }
}

/// A count for people: `2,600`.
pub fn grouped(count: f64) -> String {
    said::grouped(said::whole(count))
}

/// How large a share so many samples show to be within the limit; `None`: not even that of none at all.
pub fn shows(limit: f64, samples: f64, alpha: f64) -> Option<f64> {
    let bound = -alpha.ln();
    let shown = |share: f64| ln_down(share * samples, samples, limit) >= bound;
    if !shown(0.0) {
        return None;
    }
    let (mut least, mut most) = (0.0, limit);
    for _ in 0..30 {
        let middle = f64::midpoint(least, most);
        if shown(middle) { least = middle } else { most = middle }
    }
    Some(least)
}
