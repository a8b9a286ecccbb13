//! What goes wrong on the way to a server, told apart by what is known of the entry afterwards.

use tokio_postgres::{Error, error::SqlState};

use crate::JournalError;
use gonogo_text::Veil;

/// A failure within or around a transaction.
#[derive(Debug)]
pub(super) enum TransactionFault {
    /// The server refused a statement; the transaction did not happen.
    Refused { code: SqlState, why: String },
    /// No connection; the transaction did not happen.
    Lost(String),
    /// The connection went while it was being committed: it may have happened.
    Unknown(String),
    /// Our own rules; the transaction did not happen.
    Journal(JournalError),
}

impl From<Error> for TransactionFault {
    fn from(why: Error) -> Self {
        match why.as_db_error() {
            // A server that is going down ends the connection, whatever it says.
            Some(db) if !goes_down(db.code()) => Self::Refused {
                code: db.code().clone(),
                why: format!("PostgreSQL {}: {}", db.code().code(), db.message()),
            },
            Some(db) => Self::Lost(format!("PostgreSQL {}: {}", db.code().code(), db.message())),
            None => Self::Lost(chain(&why)),
        }
    }
}

impl From<JournalError> for TransactionFault {
    fn from(why: JournalError) -> Self {
        Self::Journal(why)
    }
}

impl TransactionFault {
    /// Whether the same transaction may well succeed at once: others were in the way.
    pub(super) fn is_contention(&self) -> bool {
        let Self::Refused { code, .. } = self else { return false };
        let contention = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::UNIQUE_VIOLATION,
        ];
        contention.contains(code)
    }

    /// Whether the connection is of no use any more.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Unknown(_))
    }

    /// As the answer to a read.
    pub(super) fn reading(self) -> JournalError {
        match self {
            Self::Refused { code, why } if is_damage(&code) => JournalError::broken(None, why),
            Self::Refused { why, .. } => JournalError::Unreadable { why },
            Self::Lost(why) | Self::Unknown(why) => JournalError::Offline { why },
            Self::Journal(why) => why,
        }
    }

    /// As the answer to a write that is known not to have happened.
    pub(super) fn writing(self) -> JournalError {
        match self.reading() {
            JournalError::Unreadable { why } => JournalError::NotRecorded { why },
            other => other,
        }
    }

    /// The same, without what the server repeats of a secret.
    pub(super) fn behind(self, veil: &Veil) -> Self {
        match self {
            Self::Refused { code, why } => Self::Refused { code, why: veil.text(why) },
            Self::Lost(why) => Self::Lost(veil.text(why)),
            Self::Unknown(why) => Self::Unknown(veil.text(why)),
            Self::Journal(why) => Self::Journal(why),
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Refused { why, .. } | Self::Lost(why) | Self::Unknown(why) => why.clone(),
            Self::Journal(why) => why.to_string(),
        }
    }
}

fn goes_down(code: &SqlState) -> bool {
    let class = code.code().get(..2).unwrap_or_default();
    class == "08"
        || [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW].contains(code)
}

/// Tables that are gone or damaged; never "nothing there".
fn is_damage(code: &SqlState) -> bool {
    [
        SqlState::DATA_CORRUPTED,
        SqlState::INDEX_CORRUPTED,
        SqlState::UNDEFINED_TABLE,
        SqlState::UNDEFINED_COLUMN,
        SqlState::INVALID_SCHEMA_NAME,
    ]
    .contains(code)
}

/// The library's text alone says little; its causes say it.
fn chain(why: &Error) -> String {
    let mut text = why.to_string();
    let mut source = std::error::Error::source(why);
    while let Some(why) = source {
        text = format!("{text}: {why}");
        source = why.source();
    }
    text
}
