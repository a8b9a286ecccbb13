//! The append-only record of what people did, and beside it what sources answered. The only state there is.
//!
//! It promises:
//!
//! - **acknowledged means durable**: [`Append::Appended`] comes after the store has synced; everything else is not
//!   recorded, and says so;
//! - **at most once**: an event has a client-made id; appending it again finds it;
//! - **no lost update**: an append names the head it was decided on and gets [`Append::Conflict`] with what is new;
//! - **tamper-evident**: entries are chained by hash over the stored bytes; the chain is verified when the journal is
//!   opened and whenever it grows. A cut tail shows only against a head kept elsewhere: print it, export it;
//! - **nothing is repaired or overwritten** in a journal that is damaged, foreign or newer: a typed error, and
//!   [`Access::Salvage`] to export what is left (V11);
//! - **never found by itself**: its place comes from the caller.
//!
//! All work is done by one thread per open journal. Methods return a [`Pending`], to be awaited or waited for.

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod chain;
mod error;
mod export;
mod location;
mod mark;
mod notices;
mod observed;
mod postgres;
mod sqlite;
mod store;
#[cfg(test)]
mod tests;
mod verified_log;
mod worker;

#[cfg(test)]
mod fail;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use tokio::sync::watch;

pub use chain::{Append, Entry, Hash, Head};
pub use error::JournalError;
pub use export::read_export;
pub use location::Location;
pub use mark::{ClockMark, Correction};
pub use observed::{Keep, RecordedAnswer, RecordedMoment, RecordedPoll};
pub use verified_log::{Verified, VerifiedState};
pub use worker::Pending;

use gonogo_domain::{Event, Str};
use verified_log::VerifiedLog;
use worker::Worker;

/// What an open journal may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read and append; a missing file is made.
    Write,
    /// Read. Nothing is made or changed; a missing file is [`JournalError::Missing`].
    Read,
    /// Read what is left of a damaged journal, unverified: [`Journal::export`] alone works.
    Salvage,
}

/// How to open a journal.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// The launch whose chain this is; several launches may share a file or database.
    pub launch: Str,
    /// What it may do.
    pub access: Access,
    /// How often to look for rows of other programs. Default: 250 ms for a file, one second for a shared journal, which
    /// is told of most of them at once.
    pub poll: Option<Duration>,
    /// The password for a shared journal whose URL has none.
    pub password: Option<SecretString>,
    /// A head up to which this very process has verified the chain a moment ago: what follows it is verified, and what is
    /// before it is not walked again. Never of a file, a setting or another process: whoever forges one makes a GO.
    pub verified: Option<Head>,
    /// Never use a write-ahead log, whatever the file system. It needs shared memory, which network file systems do
    /// not have; those that are known are found out without this.
    pub without_wal: bool,
}

impl OpenOptions {
    /// Opens for reading and appending.
    pub fn new(launch: impl Into<Str>) -> Self {
        Self {
            launch: launch.into(),
            access: Access::Write,
            poll: None,
            password: None,
            verified: None,
            without_wal: false,
        }
    }

    /// The same with another access.
    #[must_use]
    pub fn access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }
}

/// An open journal of one launch. Cheap to clone; the last clone that goes ends its thread.
#[derive(Clone, Debug)]
pub struct Journal {
    worker: Arc<Worker>,
    location: Location,
    launch: Str,
    access: Access,
    remarks: Vec<String>,
    seen: watch::Receiver<VerifiedState>,
}

impl Journal {
    /// Opens the journal and verifies it whole. Blocks.
    ///
    /// # Errors
    /// Every way in which it cannot be used or trusted; nothing was changed then. A file that can be read but not
    /// written is [`JournalError::NotWritable`]: open it with [`Access::Read`] for a view.
    pub fn open(location: &Location, options: OpenOptions) -> Result<Self, JournalError> {
        let (place, wanted) = (location.clone(), options.clone());
        let poll = options.poll.unwrap_or(match location {
            Location::Postgres(_) => Duration::from_secs(1),
            Location::File(_) => Duration::from_millis(250),
            // Nobody else can write to it.
            Location::Memory => Duration::from_secs(60),
        });
        // Whoever says how often to look is not told in between.
        let told = options.poll.is_none();
        let (worker, (seen, remarks)) = Worker::start(poll, move |hints| {
            let store = match &place {
                Location::File(path) => sqlite::open(Some(path), &wanted)?,
                Location::Memory => sqlite::open(None, &wanted)?,
                Location::Postgres(url) => postgres::open(url, &place.to_string(), &wanted, hints)?,
            };
            let ledger = VerifiedLog::start(store, wanted.launch, wanted.access, wanted.verified)?;
            let extra = (ledger.watch(), ledger.remarks());
            let notices = match &place {
                Location::File(path) if told && !sqlite::is_over_network(path) => {
                    worker::notices(path, hints)
                }
                _ => None,
            };
            Ok((ledger, notices, extra))
        })?;
        let OpenOptions { launch, access, .. } = options;
        Ok(Self { worker: Arc::new(worker), location: location.clone(), launch, access, remarks, seen })
    }

    /// Where it is. Prints without secrets.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Whether others write to it from elsewhere: a connection that is cut hides their words.
    pub fn is_shared(&self) -> bool {
        matches!(self.location, Location::Postgres(_))
    }

    /// Whether a shared journal is read from a standby server: words that its primary has acknowledged may not be there yet.
    pub fn is_standby(&self) -> bool {
        self.seen.borrow().standby
    }

    /// The launch whose chain this is.
    pub fn launch(&self) -> &Str {
        &self.launch
    }

    /// What it may do.
    pub fn access(&self) -> Access {
        self.access
    }

    /// Things worth telling the user that are no errors.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// Records an event that was decided on the history up to `expected`.
    ///
    /// # Errors
    /// It is **not** recorded; only [`JournalError::OutcomeUnknown`] leaves that open. Appending the same event again
    /// is always safe.
    pub fn append(&self, event: &Event, expected: Head) -> Pending<Append> {
        let event = event.clone();
        self.worker.ask(move |ledger| ledger.append(&event, expected))
    }

    /// The entries after `seq`, verified; all of them for 0.
    pub fn read_since(&self, seq: u64) -> Pending<Vec<Entry>> {
        self.worker.ask(move |ledger| ledger.read_since(seq))
    }

    /// The head now.
    pub fn head(&self) -> Pending<Head> {
        self.worker.ask(VerifiedLog::head)
    }

    /// Reads and checks the whole chain again, and that it holds a head that was kept elsewhere.
    ///
    /// # Errors
    /// [`JournalError::Broken`] with the first entry that does not fit.
    pub fn verify(&self, kept: Option<Head>) -> Pending<Verified> {
        self.worker.ask(move |ledger| ledger.verify(kept))
    }

    /// Proves a chain that was just opened: it was read and checked then, and is not walked twice.
    ///
    /// # Errors
    /// [`JournalError::Broken`] as [`Journal::verify`].
    pub fn prove(&self, kept: Option<Head>) -> Result<Verified, JournalError> {
        let entries = self.read_since(0).wait()?;
        if let Some(kept) = kept {
            chain::must_hold(&entries, kept, &self.launch)?;
        }
        Ok(Verified { head: entries.last().map_or_else(|| Head::genesis(&self.launch), Entry::head) })
    }

    /// Tells of new entries (also those of other programs), of a shared journal that went offline, and of damage.
    /// Do not keep what it lends while waiting for an answer: the journal's thread would wait for it in turn.
    pub fn watch(&self) -> watch::Receiver<VerifiedState> {
        self.seen.clone()
    }

    /// Notes the wall clock, with a server's own date of the same moment where one was asked; answers with the largest
    /// believable clock ever seen (V9).
    pub fn note_clock(&self, wall: DateTime<Utc>, server: Option<DateTime<Utc>>) -> Pending<DateTime<Utc>> {
        self.worker.ask(move |ledger| ledger.note_clock(wall, server))
    }

    /// Records that the clock's mark was wrong, and sets it.
    pub fn correct_clock(&self, correction: Correction) -> Pending<()> {
        self.worker.ask(move |ledger| ledger.correct_clock(&correction))
    }

    /// The clock's mark and its corrections.
    pub fn clock(&self) -> Pending<ClockMark> {
        self.worker.ask(VerifiedLog::mark)
    }

    /// Records what a poll of a source brought; `false`: another cockpit records for this launch.
    pub fn record_observations(&self, poll: RecordedPoll) -> Pending<bool> {
        self.worker.ask(move |ledger| ledger.record(&poll))
    }

    /// What was observed in this time, in order, after the newest answer about each gate before `from`: what a replay
    /// needs.
    pub fn observations_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Pending<Vec<RecordedMoment>> {
        self.worker.ask(move |ledger| ledger.recorded(from, to))
    }

    /// Drops old observations; answers with how many rows went.
    pub fn prune_observations(&self, keep: Keep) -> Pending<u64> {
        self.worker.ask(move |ledger| ledger.prune(keep))
    }

    /// All launches in this file or database.
    pub fn launches(&self) -> Pending<Vec<String>> {
        self.worker.ask(VerifiedLog::launches)
    }

    /// For another launch in this file or database: the newest final call and everything about incidents. Its chain is not
    /// verified, and what cannot be read is left out: for a remark, and for no verdict.
    pub fn calls_of(&self, launch: impl Into<Str>) -> Pending<Vec<Event>> {
        let launch = launch.into();
        self.worker.ask(move |ledger| ledger.calls_of(&launch))
    }

    /// The journal as JSON lines, see [`read_export`].
    pub fn export(&self) -> Pending<Vec<u8>> {
        self.worker.ask(VerifiedLog::export)
    }

    /// Copies the launch's entries and its clock's mark, byte by byte and with their hashes. Observations stay where
    /// they are. One that was cut short is continued by the next. Blocks.
    ///
    /// # Errors
    /// [`JournalError::NotRecorded`] when the other journal is not the beginning of this one: nothing was changed then.
    pub fn copy(from: &Self, to: &Self) -> Result<Head, JournalError> {
        if from.launch != to.launch {
            let (event, journal) = (from.launch.to_string(), to.launch.to_string());
            return Err(JournalError::WrongLaunch { event, journal });
        }
        let mut entries = from.read_since(0).wait()?;
        let mark = from.clock().wait()?;
        let there = to.read_since(0).wait()?;
        if let Some(why) = chain::differs(&there, &entries) {
            return Err(JournalError::not_recorded(why));
        }
        let entries = entries.split_off(there.len());
        let head = to.worker.ask(move |ledger| ledger.adopt(&entries)).wait()?;
        if let Some(high) = mark.high_water {
            to.note_clock(high, None).wait()?;
        }
        Ok(head)
    }

    /// Closes it after all that was asked before. Awaiting the answer is optional: acknowledged is durable.
    pub fn close(&self) -> Pending<()> {
        self.worker.stop()
    }
}
