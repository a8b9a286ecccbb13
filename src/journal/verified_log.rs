//! What every kind of store has in common: the chain is verified up to `known`, and what comes after it is verified
//! before anybody sees it.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use super::{
    Access, Append, ClockMark, Correction, Entry, Head, JournalError, Keep, RecordedMoment, RecordedPoll,
    chain,
    chain::PreparedEntry,
    export, mark, observed,
    store::{Store, Tail},
};
use gonogo_domain::{Event, Str};

/// The clock is stored when it moved by this much; less is kept in memory.
const MARK_STEP: TimeDelta = TimeDelta::seconds(1);

/// What is said of a standby that has less than was read already.
const LAGGING: &str = "the server is a standby that does not have yet all that was read before";

/// What [`super::Journal::watch`] shows: always the newest state, never a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedState {
    /// The head up to which the journal was verified. When it is ahead of what you have, read what is new.
    pub head: Head,
    /// How often a shared journal was found to hold nothing that is not known here.
    pub looked: u64,
    /// A shared journal is read from a standby server: what the primary has acknowledged since may not be there yet.
    pub standby: bool,
    /// Why the journal cannot be reached or read now; `None`: it can.
    pub offline: Option<String>,
    /// Why the journal cannot be trusted any more (V11). Stays until it is opened anew.
    pub broken: Option<JournalError>,
}

/// A verified chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Its head: print it and keep it elsewhere.
    pub head: Head,
}

/// One launch's journal on the journal's thread.
pub(super) struct VerifiedLog {
    store: Box<dyn Store>,
    launch: Str,
    access: Access,
    known: Head,
    /// A newer head was read than is verified: what others wrote waits to be taken in, whatever the store says of news.
    behind: bool,
    /// What was verified when it was opened, until it is read: a long chain is walked once.
    opened: Option<Vec<Entry>>,
    seen: watch::Sender<VerifiedState>,
    high_water: Option<DateTime<Utc>>,
    /// The clock that the store was told last.
    noted: Option<DateTime<Utc>>,
}

impl VerifiedLog {
    /// Verifies the whole chain, or what follows a head that this process has verified, and only then lets the store
    /// write.
    pub(super) fn start(
        store: Box<dyn Store>,
        launch: Str,
        access: Access,
        verified: Option<Head>,
    ) -> Result<Self, JournalError> {
        let known = verified.unwrap_or_else(|| Head::genesis(&launch));
        let (seen, _) = watch::channel(VerifiedState {
            head: known,
            looked: 0,
            standby: store.is_standby(),
            offline: None,
            broken: None,
        });
        let (high_water, noted, opened) = (None, None, None);
        let behind = false;
        let mut ledger = Self { store, launch, access, known, behind, opened, seen, high_water, noted };
        if access != Access::Salvage {
            let entries = ledger.catch_up()?;
            ledger.opened = verified.is_none().then_some(entries);
            if access.writes() {
                ledger.store.arm()?;
            }
            ledger.high_water = ledger.store.mark()?.high_water;
        }
        Ok(ledger)
    }

    pub(super) fn watch(&self) -> watch::Receiver<VerifiedState> {
        self.seen.subscribe()
    }

    pub(super) fn remarks(&self) -> Vec<String> {
        self.store.remarks()
    }

    /// Looks whether others have written, and tells the watchers.
    pub(super) fn look(&mut self) {
        if self.access == Access::Salvage || self.seen.borrow().broken.is_some() {
            return;
        }
        match self.store.changed() {
            Ok(changed) if changed || self.behind => drop(self.catch_up()),
            Ok(_) => self.note_link(None),
            Err(why) => self.note_error(&why),
        }
    }

    /// The same where it costs next to nothing.
    pub(super) fn glance(&mut self) {
        if self.store.is_local() {
            self.look();
        }
    }

    pub(super) fn append(&mut self, event: &Event, expected: Head) -> Result<Append, JournalError> {
        self.may_write()?;
        if event.launch != self.launch {
            let (event, journal) = (event.launch.to_string(), self.launch.to_string());
            return Err(JournalError::WrongLaunch { event, journal });
        }
        let stored = serde_json::to_vec(event).map_err(JournalError::not_recorded)?;
        // What cannot be read back would break the journal for everybody.
        let read: Result<Event, _> = serde_json::from_slice(&stored);
        if read.ok().as_ref() != Some(event) {
            return Err(JournalError::not_recorded("the event does not survive being written and read"));
        }
        let draft = PreparedEntry { event: event.clone(), stored, expected };
        let answer = self.store.append(&draft);
        match &answer {
            Ok(Append::Appended(entry)) if entry.prev_hash == self.known.hash => self.advance(entry.head()),
            // A failure to read on is not a failure of this entry: the watchers hear of it.
            Ok(_) => drop(self.catch_up()),
            Err(why) => self.note_error(why),
        }
        answer
    }

    pub(super) fn read_since(&mut self, seq: u64) -> Result<Vec<Entry>, JournalError> {
        self.may_trust()?;
        if seq == 0 {
            return self.whole();
        }
        let tail = self.tail(seq)?;
        let Some(first) = tail.rows.first() else { return self.catch_up().map(|_| Vec::new()) };
        let hash = chain::Hash::from_bytes(&first.prev_hash)
            .ok_or_else(|| JournalError::broken(seq + 1, "it does not follow the entry before it"))?;
        let entries = chain::check(tail.rows, Head { seq, hash }, tail.head, &self.launch)
            .inspect_err(|why| self.note_error(why))?;
        if tail.head != self.known {
            self.catch_up()?;
        }
        Ok(entries)
    }

    /// All entries, from the launch's own beginning. What was verified when it was opened is handed out once, and not
    /// read and verified a second time.
    fn whole(&mut self) -> Result<Vec<Entry>, JournalError> {
        // Only while nothing has come since: what was taken in meanwhile is in the store alone.
        let opened = self.opened.take().filter(|all| all.last().map_or(0, |it| it.seq) == self.known.seq);
        if let Some(mut entries) = opened {
            entries.extend(self.catch_up()?);
            return Ok(entries);
        }
        self.walk()
    }

    /// Reads and checks everything, from the launch's own beginning.
    fn walk(&mut self) -> Result<Vec<Entry>, JournalError> {
        let tail = self.tail(0)?;
        let entries = chain::check(tail.rows, Head::genesis(&self.launch), tail.head, &self.launch)
            .inspect_err(|why| self.note_error(why))?;
        if tail.head != self.known {
            self.catch_up()?;
        }
        Ok(entries)
    }

    pub(super) fn head(&mut self) -> Result<Head, JournalError> {
        self.may_trust()?;
        self.catch_up()?;
        Ok(self.known)
    }

    /// Reads and checks everything again, and looks for a head that was kept elsewhere.
    pub(super) fn verify(&mut self, kept: Option<Head>) -> Result<Verified, JournalError> {
        self.may_trust()?;
        let entries = self.walk()?;
        if let Some(kept) = kept {
            chain::must_hold(&entries, kept, &self.launch)?;
        }
        Ok(Verified { head: self.known })
    }

    /// Adds verified entries of the same launch from another journal.
    pub(super) fn adopt(&mut self, entries: &[Entry]) -> Result<Head, JournalError> {
        self.may_write()?;
        for entry in entries {
            let expected = Head { seq: entry.seq.saturating_sub(1), hash: entry.prev_hash };
            let draft = PreparedEntry { event: entry.event.clone(), stored: entry.stored.clone(), expected };
            match self.store.append(&draft)? {
                Append::Appended(added) if added.head() == entry.head() => {}
                _ => return Err(JournalError::not_recorded("the two journals have different histories")),
            }
        }
        self.head()
    }

    pub(super) fn note_clock(
        &mut self,
        wall: DateTime<Utc>,
        server: Option<DateTime<Utc>>,
    ) -> Result<DateTime<Utc>, JournalError> {
        if !mark::believable(wall, server) {
            return Ok(self.high_water.or(server).unwrap_or(wall));
        }
        if self.noted.is_none_or(|noted| (wall - noted).abs() >= MARK_STEP) {
            match self.stored_mark(wall) {
                Ok(stored) => {
                    // What is stored rules: another cockpit may have raised it, or recorded a correction.
                    self.high_water = Some(stored);
                    self.noted = Some(wall);
                }
                Err(why @ JournalError::Offline { .. }) => self.note_error(&why),
                Err(why) => return Err(why),
            }
        }
        let high = self.high_water.map_or(wall, |mark| mark.max(wall));
        self.high_water = Some(high);
        Ok(high)
    }

    fn stored_mark(&mut self, wall: DateTime<Utc>) -> Result<DateTime<Utc>, JournalError> {
        if self.access.writes() {
            return self.store.raise_mark(wall);
        }
        Ok(self.store.mark()?.high_water.map_or(wall, |mark| mark.max(wall)))
    }

    pub(super) fn correct_clock(&mut self, correction: &Correction) -> Result<(), JournalError> {
        self.may_write()?;
        self.store.correct_mark(correction)?;
        self.high_water = Some(correction.to);
        self.noted = None;
        Ok(())
    }

    pub(super) fn mark(&mut self) -> Result<ClockMark, JournalError> {
        self.may_trust()?;
        self.store.mark()
    }

    pub(super) fn record(&mut self, poll: &RecordedPoll) -> Result<bool, JournalError> {
        self.may_write()?;
        self.store.record(poll)
    }

    pub(super) fn recorded(
        &mut self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<RecordedMoment>, JournalError> {
        self.may_trust()?;
        Ok(observed::from(&self.store.recorded(to)?, from))
    }

    pub(super) fn prune(&mut self, keep: Keep) -> Result<u64, JournalError> {
        self.may_write()?;
        self.store.prune(keep)
    }

    pub(super) fn launches(&mut self) -> Result<Vec<String>, JournalError> {
        self.store.launches()
    }

    pub(super) fn calls_of(&mut self, launch: &str) -> Result<Vec<Event>, JournalError> {
        let stored = self.store.calls_of(launch)?;
        Ok(stored.iter().filter_map(|it| serde_json::from_slice(it).ok()).collect())
    }

    pub(super) fn export(&mut self) -> Result<Vec<u8>, JournalError> {
        if self.access == Access::Salvage {
            let (rows, lost) = self.store.salvage();
            return export::salvaged(&self.launch, &rows, &lost);
        }
        let entries = self.read_since(0)?;
        export::lines(&self.launch, &entries)
    }

    /// Verifies what came since `known`.
    fn catch_up(&mut self) -> Result<Vec<Entry>, JournalError> {
        let known = self.known;
        let tail = self.tail(known.seq)?;
        if self.store.is_standby() && tail.head.seq < known.seq {
            // Another standby than the one that was read before, and farther behind: it will have the rest.
            let why = JournalError::Offline { why: LAGGING.into() };
            self.note_error(&why);
            return Err(why);
        }
        let entries = chain::check(tail.rows, known, tail.head, &self.launch)
            .inspect_err(|why| self.note_error(why))?;
        self.advance(tail.head);
        Ok(entries)
    }

    /// What the store has after `seq`. The store takes it for told from here on, and it is not until it is verified.
    fn tail(&mut self, seq: u64) -> Result<Tail, JournalError> {
        let tail = self.store.tail(seq).inspect_err(|why| self.note_error(why))?;
        self.behind |= tail.head != self.known;
        Ok(tail)
    }

    fn advance(&mut self, head: Head) {
        (self.known, self.behind) = (head, false);
        let (shared, standby) = (!self.store.is_local(), self.store.is_standby());
        self.seen.send_if_modified(|seen| {
            seen.standby = standby;
            let changed = seen.head != head || seen.offline.is_some() || shared;
            seen.head = head;
            seen.looked += u64::from(shared);
            seen.offline = None;
            changed
        });
    }

    fn note_link(&self, offline: Option<String>) {
        let (heard, standby) = (offline.is_none() && !self.store.is_local(), self.store.is_standby());
        self.seen.send_if_modified(|seen| {
            seen.standby = standby;
            let changed = seen.offline != offline || heard;
            seen.looked += u64::from(heard);
            seen.offline = offline;
            changed
        });
    }

    fn note_error(&self, why: &JournalError) {
        match why {
            JournalError::Broken { .. } => self.seen.send_modify(|seen| seen.broken = Some(why.clone())),
            JournalError::Offline { why }
            | JournalError::OutcomeUnknown { why, .. }
            | JournalError::Unreadable { why } => {
                self.note_link(Some(why.clone()));
            }
            _ => {}
        }
    }

    fn may_write(&self) -> Result<(), JournalError> {
        if !self.access.writes() {
            return Err(JournalError::ReadOnly);
        }
        self.may_trust()
    }

    fn may_trust(&self) -> Result<(), JournalError> {
        match (&self.seen.borrow().broken, self.access) {
            (_, Access::Salvage) => Err(JournalError::ReadOnly),
            (Some(why), _) => Err(why.clone()),
            (None, _) => Ok(()),
        }
    }
}
