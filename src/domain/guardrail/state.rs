//! A guardrail of a stage on the board.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{CallsFor, Standing};
use crate::{Acceptance, Advice, Stamp, Str};

/// A guardrail of a stage that is out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuardrailState {
    /// Its name in the files.
    pub id: Str,
    /// What is measured, for people.
    pub title: Str,
    /// Where it stands.
    pub standing: Standing,
    /// What a breach puts to people.
    pub calls_for: CallsFor,
    /// Why, for a person: `12 of 2,600 (0.46 %), at most 1 %`. Foreign text in it is not yet sanitised.
    pub reason: Str,
    /// What people are to do; empty where nothing is.
    pub next: Advice,
    /// The limits in one line.
    pub limit: Str,
    /// Counted since the stage started, holds left out; `None` where windows of a value are judged.
    pub samples: Option<u64>,
    /// So many come in a second at the traffic of now; `None`: none did.
    #[serde(default)]
    pub per_second: Option<f64>,
    /// The share that is bad, 0 to 1.
    pub share: Option<f64>,
    /// How many more would prove that the limit is kept, at the current share.
    pub needed: Option<u64>,
    /// When these have come at the traffic of now.
    pub ready_at: Option<DateTime<Utc>>,
    /// When the breach was shown.
    pub breached_at: Option<DateTime<Utc>>,
    /// Since when it asks people to decide: since the breach, or since an acceptance of it has ended.
    #[serde(default)]
    pub asks_since: Option<DateTime<Utc>>,
    /// Who accepts the breach, until when and why. It stays a breach.
    #[serde(default)]
    pub accepted: Option<Acceptance>,
    /// Windows that are missing.
    pub missing: usize,
    /// The newest windows, oldest first: a share or a value, `None` for no data.
    pub recent: Vec<Option<f64>>,
    /// When it was last measured.
    pub observed_at: Option<Stamp>,
    /// The newest failure of its source.
    pub trouble: Option<Str>,
    /// The page a person would open.
    pub url: Option<Str>,
    /// The first moment at which it changes unaided.
    pub changes_at: Option<DateTime<Utc>>,
}

impl GuardrailState {
    /// Where it stands and why: `not enough yet: 3 of 400 (0.75 %), at most 1 %; 1,900 more`.
    pub fn describe(&self) -> String {
        let accepted = match &self.accepted {
            Some(it) => format!(", accepted by {}", it.voice.spoken().named()),
            None => String::new(),
        };
        format!("{}{accepted}: {}", self.standing.word(), self.reason)
    }

    /// Whether it is a breach that nobody has accepted.
    pub fn asks(&self) -> bool {
        self.standing == Standing::Breach && self.accepted.is_none()
    }
}
