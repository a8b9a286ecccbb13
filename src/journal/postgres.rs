//! The journal in a PostgreSQL database, for several cockpits at one launch.
//!
//! An append is one transaction under the launch's lock, committed synchronously. When the connection dies in the
//! commit, the same event is looked up again under that lock before anything is answered. Announcements of the server
//! are hints to look; a timer looks anyway.

mod address;
mod answers;
mod fault;
mod link;
mod rows;
mod schema;
mod tls;

use std::sync::mpsc;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use uuid::{NoContext, Timestamp, Uuid};

use super::{
    Append, ClockMark, Correction, Head, JournalError, Keep, OpenOptions, RecordedMoment, RecordedPoll,
    chain::PreparedEntry,
    store::{Store, Tail},
    worker::WorkerMessage,
};
use address::Address;
use fault::TransactionFault;
use link::{NotifyHints, ServerLink, TransactionKind};

/// How often one append is tried: others in the way, or an unknown outcome to settle.
const ATTEMPTS: u32 = 8;

/// One launch's part of a database.
struct Postgres {
    link: ServerLink,
    launch: String,
    channel: String,
    /// The head that was read last.
    seen: Option<Head>,
    /// Who we are for the lease on recording observations.
    holder: Uuid,
    leased: bool,
}

/// Connects and checks the server and the tables.
pub(super) fn open(
    url: &SecretString,
    place: &str,
    options: &OpenOptions,
    hints: &mpsc::Sender<WorkerMessage>,
) -> Result<Box<dyn Store>, JournalError> {
    let address = Address::read(url, options.password.as_ref(), options.access)?;
    let launch = options.launch.to_string();
    let channel = rows::channel(&launch);
    let mut link = ServerLink::new(address, NotifyHints::new(hints.clone()), channel.clone())?;
    schema::prepare(&mut link, place, options.access)?;
    // Only its random part matters; the clock may be one that no id can be made of.
    let holder = Uuid::new_v7(Timestamp::from_unix(NoContext, 0, 0));
    Ok(Box::new(Postgres { link, launch, channel, seen: None, holder, leased: false }))
}

impl Postgres {
    fn append_once(&mut self, draft: &PreparedEntry) -> Result<Append, TransactionFault> {
        let channel = self.channel.as_str();
        self.link.transact(TransactionKind::Write, async |client| rows::append(client, draft, channel).await)
    }
}

impl Store for Postgres {
    fn tail(&mut self, after: u64) -> Result<Tail, JournalError> {
        let launch = self.launch.as_str();
        let tail =
            self.link.transact(TransactionKind::Read, async |client| rows::tail(client, launch, after).await);
        let tail = tail.map_err(TransactionFault::reading)?;
        self.seen = Some(tail.head);
        Ok(tail)
    }

    fn arm(&mut self) -> Result<(), JournalError> {
        Ok(())
    }

    fn append(&mut self, draft: &PreparedEntry) -> Result<Append, JournalError> {
        let mut doubt: Option<String> = None;
        for attempt in 0..ATTEMPTS {
            let fresh = !self.link.is_up();
            let fault = match self.append_once(draft) {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
            match fault {
                TransactionFault::Unknown(why) => doubt = Some(why),
                // A connection that had died long before says nothing about the server now.
                TransactionFault::Lost(_) if doubt.is_some() || (!fresh && attempt == 0) => {}
                fault if fault.is_contention() => {}
                fault => {
                    let why = fault.writing();
                    return Err(
                        doubt.map_or(why, |why| JournalError::OutcomeUnknown { id: draft.event.id, why })
                    );
                }
            }
            self.link.rest(attempt);
        }
        let why = "other cockpits were in the way each time";
        Err(doubt.map_or_else(
            || JournalError::not_recorded(why),
            |why| JournalError::OutcomeUnknown { id: draft.event.id, why },
        ))
    }

    fn changed(&mut self) -> Result<bool, JournalError> {
        self.link.hints().taken();
        if !self.link.is_up() {
            self.link.may_try().map_err(TransactionFault::reading)?;
        }
        let launch = self.launch.as_str();
        let standby = self.link.is_standby();
        let head = self.link.transact(TransactionKind::Read, async |client| {
            let follows = standby && schema::is_standby(client).await?;
            Ok((rows::head(client, launch).await?, follows))
        });
        let (head, follows) = head.map_err(TransactionFault::reading)?;
        if standby && !follows {
            self.link.promoted();
        }
        Ok(Some(head) != self.seen)
    }

    fn is_local(&self) -> bool {
        false
    }

    fn is_standby(&self) -> bool {
        self.link.is_standby()
    }

    fn record(&mut self, poll: &RecordedPoll) -> Result<bool, JournalError> {
        let (launch, holder) = (self.launch.as_str(), self.holder);
        let recorded = self.link.transact(TransactionKind::Write, async |client| {
            if !answers::lease(client, launch, holder).await? {
                return Ok(false);
            }
            answers::record(client, launch, poll).await?;
            Ok(true)
        });
        // An unknown outcome is harmless here: the same answers come again with the next poll.
        self.leased = recorded.map_err(TransactionFault::writing)?;
        Ok(self.leased)
    }

    fn recorded(&mut self, to: DateTime<Utc>) -> Result<Vec<RecordedMoment>, JournalError> {
        let launch = self.launch.as_str();
        let all = self
            .link
            .transact(TransactionKind::Read, async |client| answers::recorded(client, launch, to).await);
        all.map_err(TransactionFault::reading)
    }

    fn prune(&mut self, keep: Keep) -> Result<u64, JournalError> {
        let launch = self.launch.as_str();
        let gone = self
            .link
            .transact(TransactionKind::Write, async |client| answers::prune(client, launch, keep).await);
        gone.map_err(TransactionFault::writing)
    }

    fn mark(&mut self) -> Result<ClockMark, JournalError> {
        let launch = self.launch.as_str();
        self.link
            .transact(TransactionKind::Read, async |client| answers::mark(client, launch).await)
            .map_err(TransactionFault::reading)
    }

    fn raise_mark(&mut self, to: DateTime<Utc>) -> Result<DateTime<Utc>, JournalError> {
        let launch = self.launch.as_str();
        let raised = self
            .link
            .transact(TransactionKind::Write, async |client| answers::raise_mark(client, launch, to).await);
        raised.map_err(TransactionFault::writing)
    }

    fn correct_mark(&mut self, correction: &Correction) -> Result<(), JournalError> {
        let launch = self.launch.as_str();
        let done = self.link.transact(TransactionKind::Write, async |client| {
            answers::correct_mark(client, launch, correction).await
        });
        done.map_err(TransactionFault::writing)
    }

    fn launches(&mut self) -> Result<Vec<String>, JournalError> {
        self.link
            .transact(TransactionKind::Read, async |client| rows::launches(client).await)
            .map_err(TransactionFault::reading)
    }

    fn calls_of(&mut self, launch: &str) -> Result<Vec<Vec<u8>>, JournalError> {
        self.link
            .transact(TransactionKind::Read, async |client| rows::calls_of(client, launch).await)
            .map_err(TransactionFault::reading)
    }
}

impl Drop for Postgres {
    /// Lets another cockpit record at once; otherwise the lease ends by itself.
    fn drop(&mut self) {
        if self.leased && self.link.is_up() {
            let (launch, holder) = (self.launch.as_str(), self.holder);
            let _ = self.link.transact(TransactionKind::Write, async |client| {
                answers::give_back(client, launch, holder).await
            });
        }
    }
}
