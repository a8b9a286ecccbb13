//! What can go wrong with a journal. None of it ever means "recorded".

use uuid::Uuid;

use gonogo_domain::Distrust;

/// Why the journal did not do what was asked.
///
/// The texts may hold foreign text (paths, messages of a server): they pass the room `text` before any output.
/// None of them holds a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The location cannot be understood.
    #[error("this does not name a journal: {why}")]
    Location {
        /// What is wrong with it.
        why: String,
    },
    /// There is none, and this open does not make one.
    #[error("there is no journal at {place}: no such file")]
    Missing {
        /// The path or the address, without its password.
        place: String,
    },
    /// The path is not safe to use: a symbolic link, not a regular file, writable for everybody.
    #[error("{place} is not a safe place for a journal: {why}")]
    Unsafe {
        /// The path or the address, without its password.
        place: String,
        /// Why not.
        why: String,
    },
    /// Something else lives there. It was not touched.
    #[error("{place} is not a gonogo journal: {why}; it was left as it is")]
    Foreign {
        /// The path or the address, without its password.
        place: String,
        /// How it was seen.
        why: String,
    },
    /// A newer program wrote it. It was not touched.
    #[error(
        "{place} was written by a newer gonogo (layout {found}, this one knows up to {known}); it was left as it is"
    )]
    Newer {
        /// The path or the address, without its password.
        place: String,
        /// The layout found.
        found: i64,
        /// The newest layout that this program knows.
        known: i64,
    },
    /// An older program wrote it, and this open may not change it.
    #[error(
        "{place} has an older layout ({found}, now {known}): open it for writing once, so that it is brought up to date"
    )]
    Older {
        /// The path or the address, without its password.
        place: String,
        /// The layout found.
        found: i64,
        /// The layout needed.
        known: i64,
    },
    /// It cannot be trusted (V11): the chain, the file or its layout is not what was written.
    #[error("the journal cannot be trusted{}: {why}", .seq.map(|seq| format!(" at entry {seq}")).unwrap_or_default())]
    Broken {
        /// The first entry that does not fit, if it is one.
        seq: Option<u64>,
        /// How it was seen.
        why: String,
    },
    /// It can be read but not written: a view-only file system, file or folder.
    #[error("{place} cannot be written: {why}")]
    NotWritable {
        /// The path or the address, without its password.
        place: String,
        /// Why not.
        why: String,
    },
    /// This handle was opened for reading only.
    #[error("the journal is open for reading only: nothing was recorded")]
    ReadOnly,
    /// The entry is **not** in the journal.
    #[error("NOT recorded: {why}")]
    NotRecorded {
        /// Why not.
        why: String,
    },
    /// The connection was lost while the entry was being recorded, and the journal cannot be asked yet. Appending the
    /// same event again is safe: it is recorded at most once.
    #[error("NOT known to be recorded (event {id}): {why}; recording the same event again is safe")]
    OutcomeUnknown {
        /// The event's id.
        id: Uuid,
        /// What happened.
        why: String,
    },
    /// Another event already has this id. Ids are made once per event, so one of the two is forged or a fault.
    #[error("NOT recorded: event {id} is already in the journal with another content")]
    IdReused {
        /// The id.
        id: Uuid,
    },
    /// The event belongs to another launch.
    #[error("NOT recorded: the event belongs to launch `{event}`, this journal to `{journal}`")]
    WrongLaunch {
        /// The event's launch.
        event: String,
        /// The journal's launch.
        journal: String,
    },
    /// The caller's head was never in this chain.
    #[error("NOT recorded: the history it was decided on ({expected}) is not in this journal")]
    UnknownHead {
        /// The head that the caller gave.
        expected: String,
    },
    /// The shared journal cannot be reached now.
    #[error("the shared journal is offline: {why}")]
    Offline {
        /// What the system or the server said, one line.
        why: String,
    },
    /// Reading failed.
    #[error("the journal cannot be read: {why}")]
    Unreadable {
        /// What the system or the server said, one line.
        why: String,
    },
    /// This machine's or server's software is not fit to keep a journal.
    #[error("this journal cannot be used safely: {why}")]
    Unsupported {
        /// What is unfit.
        why: String,
    },
    /// The journal was closed, or its thread ended.
    #[error("the journal is closed")]
    Closed,
}

/// Why whoever met this cannot trust the journal (V11).
impl From<&JournalError> for Distrust {
    fn from(error: &JournalError) -> Self {
        match error {
            JournalError::Broken { seq, why } => Self { entry: *seq, why: why.as_str().into() },
            other => other.to_string().into(),
        }
    }
}

impl JournalError {
    pub(super) fn broken(seq: impl Into<Option<u64>>, why: impl Into<String>) -> Self {
        Self::Broken { seq: seq.into(), why: why.into() }
    }

    pub(super) fn not_recorded(why: impl ToString) -> Self {
        Self::NotRecorded { why: why.to_string() }
    }

    pub(super) fn unreadable(why: impl ToString) -> Self {
        Self::Unreadable { why: why.to_string() }
    }
}
