//! The board that a decision was made on, as it was written down then.

use std::sync::Arc;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Board;

/// A board as JSON, within the JSON of its decision: it is read when somebody asks for it, and not each time that the
/// journal is. Boards of older versions have fewer keys, of newer ones more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeptBoard(Arc<str>);

impl KeptBoard {
    /// This board, written down.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn of(board: &Board) -> Result<Self, serde_json::Error> {
        serde_json::to_string(board).map(Self::written)
    }

    /// A board that was written down.
    pub fn written(json: impl Into<Arc<str>>) -> Self {
        Self(json.into())
    }

    /// Whether none was kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was written down, as far as it is understood.
    ///
    /// # Errors
    /// There is none, or it is not of that form.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}
