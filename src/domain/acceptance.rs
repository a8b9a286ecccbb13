//! A breach that a person accepts: it stays one, and what it asks is answered for a time.

use crate::Zone;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Str, Voice, format};

/// An acceptance that stands. It raises no word: the breach goes on keeping the board from GO, and only a recorded override
/// goes past it (V12, V18).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Who accepts it, and since when.
    pub voice: Voice,
    /// In the words of whoever did.
    pub reason: Str,
    /// When it ends, and the question is put again.
    pub until: DateTime<Utc>,
}

impl Acceptance {
    /// `accepted by octo until 2026-12-02 14:00 GMT: the limit was too tight`. Foreign text in it is not yet sanitised.
    pub fn said(&self, zone: Zone) -> String {
        let until = format::moment(self.until, zone);
        format!("accepted by {} until {until}: {}", self.voice.spoken().named(), self.reason)
    }
}
