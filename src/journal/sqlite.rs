//! The journal in an SQLite file.
//!
//! Write-ahead log, synced in full at each commit; a rollback journal on network file systems. Everything is read and
//! verified before the first byte is written. After a failed sync the connection is made anew and the log is carried
//! over into the file before an entry that it still shows counts as recorded.

mod answers;
mod connect;
mod place;
mod rows;
mod schema;
#[cfg(test)]
mod tests;

use std::{fs::File, io, path::Path};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::{
    Access, Append, ClockMark, Correction, Head, JournalError, Keep, OpenOptions, RecordedMoment,
    RecordedPoll,
    chain::{self, AppendPlan, PreparedEntry, StoredEntry},
    store::{Store, Tail},
};
use place::{JournalFile, Witness};

/// How SQLite keeps what a crash must not lose.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LogMode {
    /// In a log beside the file.
    WriteAhead,
    /// In a copy of what is overwritten: where a network file system shares no memory.
    Rollback,
}

/// One launch's part of an SQLite file.
struct Sqlite {
    connection: Connection,
    /// `None`: in memory.
    place: Option<JournalFile>,
    /// Device and inode of the file that was opened.
    identity: Option<(u64, u64)>,
    launch: String,
    access: Access,
    log: LogMode,
    /// As of what was read last.
    data_version: Option<i64>,
    /// An entry was committed but its sync failed: nothing is appended before the log has been carried over.
    unsynced: bool,
    /// The last entry that was written to the witness from here.
    witnessed: u64,
    /// Holds the lease on recording observations.
    lease: Option<File>,
}

/// Whether the file is on a file system over a network, where others write without our system knowing.
pub(super) fn is_over_network(path: &Path) -> bool {
    JournalFile::find(path, Access::Read).map_or(true, |place| place.network.is_some())
}

/// Opens a file, or memory.
pub(super) fn open(path: Option<&Path>, options: &OpenOptions) -> Result<Box<dyn Store>, JournalError> {
    connect::fit_library(rusqlite::version_number())?;
    let launch = options.launch.to_string();
    let Some(path) = path else {
        let mut connection = Connection::open_in_memory().map_err(read_error)?;
        schema::create(&mut connection, schema::STEPS)?;
        return Ok(Box::new(Sqlite::new(connection, None, launch, options.access, LogMode::Rollback)));
    };
    let place = JournalFile::find(path, options.access)?;
    let log = match place.network {
        None if !options.without_wal => LogMode::WriteAhead,
        _ => LogMode::Rollback,
    };
    if !place.exists {
        make(&place, log, &launch, options.access)?;
    }
    // Before the file is read: what the witness saw was committed by then.
    let witness = place.witness();
    let mut connection = connect::connect(&place, options.access)?;
    if options.access != Access::Salvage {
        let version = connect::inspect(&connection, &place, witness)?;
        if version < schema::STEPS.len() {
            bring_up_to_date(&mut connection, &place, options, version)?;
        }
    }
    Ok(Box::new(Sqlite::new(connection, Some(place), launch, options.access, log)))
}

fn make(place: &JournalFile, log: LogMode, launch: &str, access: Access) -> Result<(), JournalError> {
    if !access.writes() {
        return Err(JournalError::Missing { place: place.name() });
    }
    if let Some(witness) = place.witness() {
        let beside = place.beside("-head");
        let why = format!(
            "the file is gone, but {} says that it held {}; remove that file to begin anew on purpose",
            beside.display(),
            witness.head
        );
        return Err(JournalError::broken(None, why));
    }
    schema::create_file(place, log, launch)
}

fn bring_up_to_date(
    connection: &mut Connection,
    place: &JournalFile,
    options: &OpenOptions,
    version: usize,
) -> Result<(), JournalError> {
    let number = |it: usize| i64::try_from(it).unwrap_or(i64::MAX);
    if !options.access.writes() {
        let (found, known) = (number(version), number(schema::STEPS.len()));
        return Err(JournalError::Older { place: place.name(), found, known });
    }
    schema::migrate(connection, place, schema::STEPS, &options.launch)
}

/// A failure of an append.
enum AppendFailure {
    /// Before the commit: nothing is recorded.
    Before(JournalError),
    /// In the commit: not yet known.
    Commit(rusqlite::Error),
}

impl From<JournalError> for AppendFailure {
    fn from(why: JournalError) -> Self {
        Self::Before(why)
    }
}

impl From<rusqlite::Error> for AppendFailure {
    fn from(why: rusqlite::Error) -> Self {
        Self::Before(write_error(why))
    }
}

impl Sqlite {
    fn new(
        connection: Connection,
        place: Option<JournalFile>,
        launch: String,
        access: Access,
        log: LogMode,
    ) -> Self {
        let identity = place.as_ref().and_then(JournalFile::identity);
        Self {
            connection,
            place,
            identity,
            launch,
            access,
            log,
            data_version: None,
            unsynced: false,
            witnessed: 0,
            lease: None,
        }
    }

    fn append_once(&mut self, draft: &PreparedEntry) -> Result<Append, AppendFailure> {
        self.still_there()?;
        let launch = self.launch.as_str();
        point(launch, "append.begin").map_err(JournalError::not_recorded)?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let situation = rows::situation(&transaction, launch, draft)?;
        let entry = match chain::decide(draft, situation)? {
            AppendPlan::Answer(answer) => return Ok(answer),
            AppendPlan::Insert(entry) => entry,
        };
        rows::insert(&transaction, launch, &entry)?;
        point(launch, "append.inserted").map_err(JournalError::not_recorded)?;
        if let Err(why) = point(launch, "append.commit") {
            return Err(AppendFailure::Commit(injected(&why)));
        }
        transaction.commit().map_err(AppendFailure::Commit)?;
        if let Err(why) = point(launch, "append.synced") {
            return Err(AppendFailure::Commit(injected(&why)));
        }
        Ok(Append::Appended(entry))
    }

    /// Finds out what became of a commit that failed.
    fn settle(&mut self, draft: &PreparedEntry, why: &rusqlite::Error) -> Result<Append, JournalError> {
        if matches!(why.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DiskFull)) {
            return Err(JournalError::not_recorded(why));
        }
        let id = draft.event.id;
        let unknown = |more: &dyn ToString| JournalError::OutcomeUnknown {
            id,
            why: format!("{why}; {}", more.to_string()),
        };
        self.reconnect().map_err(|more| unknown(&more))?;
        let found = rows::situation(&self.connection, &self.launch, draft).map_err(|more| unknown(&more))?;
        if found.same_id.is_none() {
            return Err(JournalError::not_recorded(why));
        }
        self.unsynced = true;
        self.carry_over().map_err(|more| unknown(&more))?;
        match chain::decide(draft, found)? {
            AppendPlan::Answer(answer) => Ok(answer),
            AppendPlan::Insert(_) => Err(JournalError::not_recorded(why)),
        }
    }

    /// Copies the log into the file and syncs both. What a failed sync left in the log is durable only after this.
    fn carry_over(&mut self) -> Result<(), JournalError> {
        if self.log == LogMode::WriteAhead {
            let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
            let done =
                self.connection.query_row(sql, [], |row| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)));
            let (log, carried) = done.map_err(write_error)?;
            if log != carried {
                return Err(JournalError::not_recorded(
                    "the log of a failed write is still in use by another program",
                ));
            }
        }
        self.unsynced = false;
        Ok(())
    }

    fn reconnect(&mut self) -> Result<(), JournalError> {
        let Some(place) = self.place.clone() else { return Ok(()) };
        self.connection = connect::connect(&place, self.access)?;
        self.data_version = None;
        self.arm()
    }

    /// Another number than before: somebody else wrote. It means nothing on another connection.
    fn version(&self) -> Result<i64, JournalError> {
        self.connection.pragma_query_value(None, "data_version", |row| row.get(0)).map_err(read_error)
    }

    /// Whether the path still leads to the file that is open: what goes into a file that was moved away is lost.
    fn still_there(&self) -> Result<(), JournalError> {
        match &self.place {
            Some(place) if place.identity() != self.identity => {
                Err(JournalError::broken(None, "its file was moved, removed or replaced while it was open"))
            }
            _ => Ok(()),
        }
    }

    /// Once for each entry; [`JournalFile::bear`] never sets the witness back.
    fn bear_witness(&mut self, head: Head) {
        if let Some(place) = self.place.as_ref().filter(|_| head.seq > self.witnessed) {
            place.bear(Witness { genesis: Head::genesis(&self.launch).hash, head });
            self.witnessed = head.seq;
        }
    }
}

impl Store for Sqlite {
    fn tail(&mut self, after: u64) -> Result<Tail, JournalError> {
        let version = self.version()?;
        let transaction = self.connection.transaction().map_err(read_error)?;
        let rows = rows::after(&transaction, &self.launch, after).map_err(read_error)?;
        let head = rows::head(&transaction, &self.launch)?;
        drop(transaction);
        // Only now: what could not be read is still news.
        self.data_version = Some(version);
        Ok(Tail { rows, head })
    }

    fn arm(&mut self) -> Result<(), JournalError> {
        match &self.place {
            Some(place) if self.access.writes() => connect::arm(&self.connection, place, self.log),
            _ => Ok(()),
        }
    }

    fn append(&mut self, draft: &PreparedEntry) -> Result<Append, JournalError> {
        if self.unsynced {
            self.reconnect().and_then(|()| self.carry_over()).map_err(JournalError::not_recorded)?;
        }
        let answer = match self.append_once(draft) {
            Ok(answer) => Ok(answer),
            Err(AppendFailure::Before(why)) => Err(why),
            Err(AppendFailure::Commit(why)) => self.settle(draft, &why),
        }?;
        if let Append::Appended(entry) = &answer {
            self.bear_witness(entry.head());
        }
        let _ = point(&self.launch, "append.witnessed");
        Ok(answer)
    }

    fn changed(&mut self) -> Result<bool, JournalError> {
        self.still_there()?;
        let version = self.version()?;
        Ok(self.data_version != Some(version))
    }

    fn is_local(&self) -> bool {
        true
    }

    fn record(&mut self, poll: &RecordedPoll) -> Result<bool, JournalError> {
        if self.lease.is_none() {
            match self.place.as_ref().map(|place| place.lease(&self.launch)) {
                Some(Ok(Some(lease))) => self.lease = Some(lease),
                Some(Ok(None)) => return Ok(false),
                Some(Err(why)) => return Err(JournalError::not_recorded(why)),
                None => {}
            }
        }
        answers::record(&mut self.connection, &self.launch, poll)?;
        Ok(true)
    }

    fn recorded(&mut self, to: DateTime<Utc>) -> Result<Vec<RecordedMoment>, JournalError> {
        answers::recorded(&self.connection, &self.launch, to)
    }

    fn prune(&mut self, keep: Keep) -> Result<u64, JournalError> {
        answers::prune(&mut self.connection, &self.launch, keep)
    }

    fn mark(&mut self) -> Result<ClockMark, JournalError> {
        answers::mark(&self.connection, &self.launch)
    }

    fn raise_mark(&mut self, to: DateTime<Utc>) -> Result<DateTime<Utc>, JournalError> {
        answers::raise_mark(&mut self.connection, &self.launch, to)
    }

    fn correct_mark(&mut self, correction: &Correction) -> Result<(), JournalError> {
        answers::correct_mark(&mut self.connection, &self.launch, correction)
    }

    fn launches(&mut self) -> Result<Vec<String>, JournalError> {
        rows::launches(&self.connection).map_err(read_error)
    }

    fn calls_of(&mut self, launch: &str) -> Result<Vec<Vec<u8>>, JournalError> {
        rows::calls_of(&self.connection, launch).map_err(read_error)
    }

    fn salvage(&mut self) -> (Vec<StoredEntry>, Vec<String>) {
        rows::salvage(&self.connection, &self.launch)
    }

    fn remarks(&self) -> Vec<String> {
        let network = self.place.as_ref().and_then(|place| place.network);
        let text = |name| {
            format!(
                "the journal is on {name}: it works without a write-ahead log, slower; for several machines use PostgreSQL"
            )
        };
        network.map(text).into_iter().collect()
    }
}

/// A failure to read. Damage is distinguished: it is never "nothing there".
fn read_error(why: rusqlite::Error) -> JournalError {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
    let damaged = matches!(
        why.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::SchemaChanged
                | ErrorCode::Unknown
        )
    ) || matches!(
        why,
        FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..) | Utf8Error(..)
    );
    if damaged { JournalError::broken(None, why.to_string()) } else { JournalError::unreadable(why) }
}

/// A failure to write: not recorded, whatever the reason.
fn write_error(why: rusqlite::Error) -> JournalError {
    match read_error(why) {
        JournalError::Unreadable { why } => JournalError::NotRecorded { why },
        other => other,
    }
}

#[cfg(test)]
use super::fail::point;

/// In tests, a place to fail at.
#[cfg(not(test))]
fn point(_: &str, _: &str) -> io::Result<()> {
    Ok(())
}

fn injected(why: &io::Error) -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_FSYNC);
    rusqlite::Error::SqliteFailure(code, Some(why.to_string()))
}
