//! Closing a launch, and opening it again (V24).

use serde::{Deserialize, Serialize};

use super::{Act, Board, Ended, Event, Figures, History, KeptBoard, Launch, Str, Voice};

/// A launch is closed, or opened again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum CloseStep {
    /// It is closed.
    Closed {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
        /// What was not finished, where it was closed all the same.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unfinished: Vec<Str>,
        /// The whole board it was closed on.
        #[serde(default, skip_serializing_if = "KeptBoard::is_empty")]
        board: KeptBoard,
        /// What the record of the launch comes to, so that later launches can be compared with it without its files.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        figures: Option<Box<Figures>>,
    },
    /// It is opened again.
    Reopened {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
}

/// What a person wants of it.
#[derive(Clone, Debug, PartialEq)]
pub enum CloseWish {
    /// To close it.
    Close {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
        /// Although it is not finished: it was scrubbed for good, rolled back, or goes no further.
        unfinished: bool,
        /// What its record comes to, if that is known.
        figures: Option<Box<Figures>>,
    },
    /// To open it again.
    Reopen {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
}

/// A closing, as the journal keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Closing {
    /// Its place among all events, from 1.
    pub seq: u64,
    /// Whose word it is.
    pub voice: Voice,
    /// In the words of whoever closed it; kept in the journal.
    pub reason: Str,
    /// What was not finished.
    pub unfinished: Vec<Str>,
    /// The whole board it was closed on.
    pub board: KeptBoard,
    /// What its record came to.
    pub figures: Option<Box<Figures>>,
    /// Words by which it was opened again, in order; one of a name that must be checked and is not does not count.
    pub reopened: Vec<Ended>,
}

/// A launch that is closed, on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClosedState {
    /// Whose word it is.
    pub voice: Voice,
    /// In the words of whoever closed it; kept in the journal.
    pub reason: Str,
    /// What was not finished.
    pub unfinished: Vec<Str>,
}

impl Board {
    /// What is not finished of the launch, a line each; empty: nothing but a follow-up without owner, a rollback or an
    /// incident can prevent closing it.
    pub fn unfinished(&self, launch: &Launch) -> Vec<Str> {
        super::evaluate::close::unfinished(launch, self)
    }
}

impl From<CloseStep> for CloseWish {
    /// What asks for the same again.
    fn from(step: CloseStep) -> Self {
        match step {
            CloseStep::Closed { reason, unfinished, figures, .. } => {
                Self::Close { reason, unfinished: !unfinished.is_empty(), figures }
            }
            CloseStep::Reopened { reason } => Self::Reopen { reason },
        }
    }
}

impl History {
    /// Takes in a closing, or its end.
    pub(super) fn hear_of_close(&mut self, event: &Event) {
        let Act::Close { step } = &event.act else { return };
        match step {
            CloseStep::Closed { reason, unfinished, board, figures } => self.closings.push(Closing {
                seq: self.len,
                voice: Voice::of(event),
                reason: reason.clone(),
                unfinished: unfinished.clone(),
                board: board.clone(),
                figures: figures.clone(),
                reopened: Vec::new(),
            }),
            CloseStep::Reopened { reason } => {
                if let Some(closing) = self.closings.last_mut() {
                    closing.reopened.push(Ended::by(event, reason));
                }
            }
        }
    }
}
