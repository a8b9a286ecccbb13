//! A store whose connection ends between one answer and the next.

use chrono::{DateTime, Utc};

use super::kit::{all, at, fill};
use crate::{
    Access, Append, ClockMark, Correction, Head, Journal, JournalError, Keep, Location, OpenOptions,
    RecordedMoment, RecordedPoll,
    chain::{PreparedEntry, StoredEntry},
    store::{Store, Tail},
    verified_log::VerifiedLog,
};

/// It tells of news by what was read last, and fails when it is read for the `fails`th time.
struct Dying {
    rows: Vec<StoredEntry>,
    heads: Vec<Head>,
    /// So many of them are there at each reading, and at all later ones.
    there: Vec<usize>,
    reads: usize,
    fails: usize,
    seen: Option<Head>,
    standby: bool,
}

impl Dying {
    fn head(&self) -> Head {
        let there = self.there.get(self.reads).or(self.there.last()).copied().unwrap();
        self.heads[there]
    }
}

impl Store for Dying {
    fn tail(&mut self, after: u64) -> Result<Tail, JournalError> {
        let head = self.head();
        self.reads += 1;
        if self.reads == self.fails {
            return Err(JournalError::Offline { why: "the connection ended".into() });
        }
        self.seen = Some(head);
        let (from, to) = (usize::try_from(after).unwrap(), usize::try_from(head.seq).unwrap());
        Ok(Tail { rows: self.rows.get(from..to).unwrap_or_default().to_vec(), head })
    }

    fn changed(&mut self) -> Result<bool, JournalError> {
        Ok(Some(self.head()) != self.seen)
    }

    fn is_local(&self) -> bool {
        false
    }

    fn is_standby(&self) -> bool {
        self.standby
    }

    fn arm(&mut self) -> Result<(), JournalError> {
        Ok(())
    }

    fn append(&mut self, _: &PreparedEntry) -> Result<Append, JournalError> {
        Err(JournalError::ReadOnly)
    }

    fn record(&mut self, _: &RecordedPoll) -> Result<bool, JournalError> {
        Ok(false)
    }

    fn recorded(&mut self, _: DateTime<Utc>) -> Result<Vec<RecordedMoment>, JournalError> {
        Ok(Vec::new())
    }

    fn prune(&mut self, _: Keep) -> Result<u64, JournalError> {
        Ok(0)
    }

    fn mark(&mut self) -> Result<ClockMark, JournalError> {
        Ok(ClockMark { high_water: None, corrections: Vec::new() })
    }

    fn raise_mark(&mut self, _: DateTime<Utc>) -> Result<DateTime<Utc>, JournalError> {
        Ok(at(0))
    }

    fn correct_mark(&mut self, _: &Correction) -> Result<(), JournalError> {
        Ok(())
    }

    fn launches(&mut self) -> Result<Vec<String>, JournalError> {
        Ok(Vec::new())
    }

    fn calls_of(&mut self, _: &str) -> Result<Vec<Vec<u8>>, JournalError> {
        Ok(Vec::new())
    }
}

/// A store with three entries.
fn dying(there: Vec<usize>, fails: usize) -> Dying {
    let source = Journal::open(&Location::Memory, OpenOptions::new("one")).unwrap();
    fill(&source, 3);
    let entries = all(&source);
    let rows = entries.iter().map(|it| StoredEntry {
        seq: i64::try_from(it.seq).unwrap(),
        id: it.id.as_bytes().to_vec(),
        prev_hash: it.prev_hash.bytes().to_vec(),
        hash: it.hash.bytes().to_vec(),
        stored: it.stored.clone(),
    });
    let heads = [Head::genesis("one")].into_iter().chain(entries.iter().map(crate::Entry::head));
    Dying { rows: rows.collect(), heads: heads.collect(), there, reads: 0, fails, seen: None, standby: false }
}

/// Others write while somebody reads, and the connection ends before it is verified: it stays news until it was told.
#[test]
fn what_was_read_and_not_yet_verified_stays_news() {
    let store = dying(vec![2, 3], 3);
    let mut log = VerifiedLog::start(Box::new(store), "one".into(), Access::Read, None).unwrap();
    let watch = log.watch();
    assert_eq!(watch.borrow().head.seq, 2);
    assert!(log.read_since(1).is_err(), "the connection ends between the two");
    assert!(watch.borrow().offline.is_some());
    log.look();
    let now = watch.borrow();
    assert_eq!((now.head.seq, now.offline.as_deref()), (3, None), "the entry of somebody else is told");
}

/// A name leads to two standbys, and one is behind the other: nothing is broken, and nothing is forgotten.
#[test]
fn a_standby_that_is_behind_another_one_is_waited_for() {
    for standby in [true, false] {
        let store = Dying { standby, ..dying(vec![3, 2, 3], usize::MAX) };
        let mut log = VerifiedLog::start(Box::new(store), "one".into(), Access::Read, None).unwrap();
        let watch = log.watch();
        log.look();
        let behind = watch.borrow().clone();
        assert_eq!(behind.head.seq, 3);
        assert_eq!((behind.offline.is_some(), behind.broken.is_some()), (standby, !standby));
        log.look();
        let now = watch.borrow().clone();
        assert_eq!((now.head.seq, now.offline), (3, None));
    }
}
