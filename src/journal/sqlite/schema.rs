//! The layout of the file: made, recognised, brought up to date.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior, backup::Backup};

use super::{LogMode, place::JournalFile, point, read_error, write_error};
use crate::JournalError;

/// Marks the file as ours: "gono".
pub(super) const APPLICATION_ID: i64 = 0x676f_6e6f;

/// Each step brings the layout from its index to the next number. Steps are never changed once released.
pub(super) const STEPS: &[&str] = &[V1];

const V1: &str = "
CREATE TABLE launches (
  launch TEXT NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL CHECK (seq > 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TABLE events (
  launch TEXT NOT NULL REFERENCES launches (launch),
  seq INTEGER NOT NULL CHECK (seq > 0),
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  stored BLOB NOT NULL,
  PRIMARY KEY (launch, seq)
) STRICT;
CREATE TRIGGER events_stay_as_they_are BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_stay BEFORE DELETE ON events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_are_not_replaced BEFORE INSERT ON events
  WHEN EXISTS (SELECT 1 FROM events WHERE (launch = NEW.launch AND seq = NEW.seq) OR id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER heads_stay BEFORE DELETE ON launches
  BEGIN SELECT RAISE(ABORT, 'heads only advance'); END;
CREATE TRIGGER heads_advance BEFORE UPDATE ON launches WHEN NEW.launch <> OLD.launch OR NEW.seq <> OLD.seq + 1
  BEGIN SELECT RAISE(ABORT, 'heads only advance'); END;
CREATE TRIGGER heads_are_not_replaced BEFORE INSERT ON launches
  WHEN NEW.seq <> 1 OR EXISTS (SELECT 1 FROM launches WHERE launch = NEW.launch)
  BEGIN SELECT RAISE(ABORT, 'heads only advance'); END;
CREATE TABLE observations (
  launch TEXT NOT NULL,
  row INTEGER NOT NULL,
  source TEXT NOT NULL,
  wall INTEGER NOT NULL,
  boot INTEGER,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  body BLOB NOT NULL,
  checksum BLOB NOT NULL,
  PRIMARY KEY (launch, row)
) STRICT;
CREATE INDEX observations_by_subject ON observations (launch, kind, subject, row);
CREATE TABLE marks (
  launch TEXT NOT NULL PRIMARY KEY,
  high_water INTEGER NOT NULL,
  checksum BLOB NOT NULL
) STRICT;
CREATE TABLE corrections (
  launch TEXT NOT NULL,
  n INTEGER NOT NULL,
  body BLOB NOT NULL,
  checksum BLOB NOT NULL,
  PRIMARY KEY (launch, n)
) STRICT;
CREATE TRIGGER corrections_stay_as_they_are BEFORE UPDATE ON corrections
  BEGIN SELECT RAISE(ABORT, 'corrections are append-only'); END;
CREATE TRIGGER corrections_stay BEFORE DELETE ON corrections
  BEGIN SELECT RAISE(ABORT, 'corrections are append-only'); END;
";

/// Makes the tables in an empty database.
pub(super) fn create(connection: &mut Connection, steps: &[&str]) -> Result<(), JournalError> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(write_error)?;
    for step in steps {
        transaction.execute_batch(step).map_err(write_error)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(write_error)?;
    transaction.pragma_update(None, "user_version", number(steps.len())).map_err(write_error)?;
    transaction.commit().map_err(write_error)
}

/// Makes a new journal file, whole or not at all: built beside, then linked into place. When another program was
/// first, its file stays.
pub(super) fn create_file(place: &JournalFile, log: LogMode, launch: &str) -> Result<(), JournalError> {
    let refuse = |why: &dyn ToString| JournalError::NotWritable { place: place.name(), why: why.to_string() };
    let new = tempfile::Builder::new().prefix(".journal-").suffix(".new").tempfile_in(place.folder());
    let new = new.map_err(|why| refuse(&why))?.into_temp_path();
    let mut connection = Connection::open(&new).map_err(|why| refuse(&why))?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(|why| refuse(&why))?;
    if log == LogMode::WriteAhead {
        connection.pragma_update(None, "journal_mode", "WAL").map_err(|why| refuse(&why))?;
    }
    create(&mut connection, STEPS).map_err(|why| refuse(&why))?;
    connection.close().map_err(|(_, why)| refuse(&why))?;
    point(launch, "create.built").map_err(|why| refuse(&why))?;
    match new.persist_noclobber(&place.path) {
        Ok(()) => {
            point(launch, "create.linked").and_then(|()| place.sync_folder()).map_err(|why| refuse(&why))
        }
        Err(why) if why.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(why) => Err(refuse(&why.error)),
    }
}

/// The layout's number, once the file is known to be ours and its tables to be as that layout makes them.
pub(super) fn recognise(connection: &Connection, name: &str, steps: &[&str]) -> Result<usize, JournalError> {
    let pragma = |key| connection.pragma_query_value(None, key, |row| row.get::<_, i64>(0));
    let foreign = |why: &str| JournalError::Foreign { place: name.into(), why: why.into() };
    let application = pragma("application_id").map_err(|why| match read_error(why) {
        JournalError::Broken { why, .. } => foreign(&why),
        other => other,
    })?;
    if application != APPLICATION_ID {
        return Err(foreign("it belongs to another program, or its head is damaged"));
    }
    let found = pragma("user_version").map_err(read_error)?;
    let known = number(steps.len());
    if found > known {
        return Err(JournalError::Newer { place: name.into(), found, known });
    }
    let version = usize::try_from(found).unwrap_or(0);
    let expected = steps.get(..version).filter(|_| version > 0);
    let expected = expected.ok_or_else(|| JournalError::broken(None, format!("its layout says {found}")))?;
    let mut fresh = Connection::open_in_memory().map_err(read_error)?;
    create(&mut fresh, expected)?;
    if tables(connection)? != tables(&fresh)? {
        return Err(JournalError::broken(None, "its tables are not as this layout makes them"));
    }
    Ok(version)
}

/// Every table, index and trigger, as text.
fn tables(connection: &Connection) -> Result<Vec<[String; 4]>, JournalError> {
    let sql = "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name";
    let mut statement = connection.prepare(sql).map_err(read_error)?;
    let rows = statement.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]));
    rows.and_then(Iterator::collect).map_err(read_error)
}

/// Brings an older file up to date: a copy first, then all steps in one transaction. Two programs at once are safe: the
/// second finds it done.
pub(super) fn migrate(
    connection: &mut Connection,
    place: &JournalFile,
    steps: &[&str],
    launch: &str,
) -> Result<(), JournalError> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(write_error)?;
    let from = recognise(&transaction, &place.name(), steps)?;
    if from == steps.len() {
        return Ok(());
    }
    back_up(place, from, launch)?;
    for step in steps.get(from..).unwrap_or_default() {
        transaction.execute_batch(step).map_err(write_error)?;
        point(launch, "migrate.step").map_err(JournalError::not_recorded)?;
    }
    transaction.pragma_update(None, "user_version", number(steps.len())).map_err(write_error)?;
    point(launch, "migrate.commit").map_err(JournalError::not_recorded)?;
    transaction.commit().map_err(write_error)
}

/// Copies the file as it is to `NAME-layout-N`. Its own connection sees the state before the open transaction.
fn back_up(place: &JournalFile, version: usize, launch: &str) -> Result<(), JournalError> {
    let target = place.beside(&format!("-layout-{version}"));
    if target.exists() {
        return Ok(());
    }
    let new = tempfile::Builder::new().prefix(".journal-").suffix(".copy").tempfile_in(place.folder());
    let new = new.map_err(JournalError::not_recorded)?.into_temp_path();
    copy(&place.path, &new).map_err(write_error)?;
    point(launch, "migrate.backup").map_err(JournalError::not_recorded)?;
    std::fs::File::open(&new).and_then(|file| file.sync_all()).map_err(JournalError::not_recorded)?;
    new.persist(&target).map_err(|why| JournalError::not_recorded(why.error))?;
    place.sync_folder().map_err(JournalError::not_recorded)
}

fn copy(from: &Path, to: &Path) -> rusqlite::Result<()> {
    let from = Connection::open_with_flags(from, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut to = Connection::open(to)?;
    Backup::new(&from, &mut to)?.run_to_completion(1_000, std::time::Duration::ZERO, None)?;
    to.close().map_err(|(_, why)| why)
}

fn number(steps: usize) -> i64 {
    i64::try_from(steps).unwrap_or(i64::MAX)
}
