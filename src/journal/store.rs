//! What a kind of store must do. Blocking; called by the journal's own thread alone.

use chrono::{DateTime, Utc};

use super::{
    Access, Append, ClockMark, Correction, Head, JournalError, Keep, RecordedMoment, RecordedPoll,
    chain::{PreparedEntry, StoredEntry},
};

/// The rows after some entry, and the recorded head, of one moment.
#[derive(Debug)]
pub(super) struct Tail {
    pub(super) rows: Vec<StoredEntry>,
    pub(super) head: Head,
}

/// How an event of an incident is found among stored ones: text in JSON cannot hold this.
pub(super) const OF_INCIDENT: &[u8] = b"\"act\":{\"act\":\"incident\"";
/// The same for a final call.
pub(super) const OF_CALL: &[u8] = b"\"act\":{\"act\":\"decided\"";

/// One launch's part of a store.
pub(super) trait Store {
    /// The rows after `seq`, in order, and the head, of the same moment.
    fn tail(&mut self, after: u64) -> Result<Tail, JournalError>;

    /// Called once the chain has been verified: only now may anything be written.
    fn arm(&mut self) -> Result<(), JournalError>;

    /// Records one event in one transaction; durable when this returns.
    fn append(&mut self, draft: &PreparedEntry) -> Result<Append, JournalError>;

    /// Whether others may have written since the last call. May try to connect again.
    fn changed(&mut self) -> Result<bool, JournalError>;

    /// Whether [`Store::changed`] costs next to nothing.
    fn is_local(&self) -> bool;

    /// Whether it only follows another store, which may have acknowledged more.
    fn is_standby(&self) -> bool {
        false
    }

    /// Records one poll's answers; `false`: another cockpit holds the lease on that.
    fn record(&mut self, poll: &RecordedPoll) -> Result<bool, JournalError>;

    /// The recorded answers from the beginning up to `to`.
    fn recorded(&mut self, to: DateTime<Utc>) -> Result<Vec<RecordedMoment>, JournalError>;

    /// Drops old answers, but never the newest of a gate.
    fn prune(&mut self, keep: Keep) -> Result<u64, JournalError>;

    /// The clock's high-water mark and its corrections.
    fn mark(&mut self) -> Result<ClockMark, JournalError>;

    /// Raises the mark, and answers with it; a lower moment changes nothing.
    fn raise_mark(&mut self, to: DateTime<Utc>) -> Result<DateTime<Utc>, JournalError>;

    /// Records a correction and sets the mark to it.
    fn correct_mark(&mut self, correction: &Correction) -> Result<(), JournalError>;

    /// All launches in the store.
    fn launches(&mut self) -> Result<Vec<String>, JournalError>;

    /// For another launch: the newest final call and everything about incidents, as stored, in order; nothing is verified.
    fn calls_of(&mut self, launch: &str) -> Result<Vec<Vec<u8>>, JournalError>;

    /// Every row that can still be read, and what could not; nothing is verified.
    fn salvage(&mut self) -> (Vec<StoredEntry>, Vec<String>) {
        match self.tail(0) {
            Ok(tail) => (tail.rows, Vec::new()),
            Err(why) => (Vec::new(), vec![why.to_string()]),
        }
    }

    /// Things worth saying that are no errors: a rollback journal on a network file system.
    fn remarks(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Access {
    pub(super) fn writes(self) -> bool {
        self == Self::Write
    }
}
