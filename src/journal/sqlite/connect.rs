//! Connections: opened without making anything, set up, checked, and only then armed for writing.

use std::{os::unix::ffi::OsStrExt as _, time::Duration};

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};

use super::{
    LogMode,
    place::{JournalFile, Witness},
    read_error, rows, schema,
};
use crate::{Access, Head, JournalError, chain::hex};

/// How long to wait for another program's commit.
const BUSY: Duration = Duration::from_secs(5);
/// Larger files get the quick check at opening: it does not compare indexes with their tables, the chain's own check
/// does that for entries.
const THOROUGH: u64 = 64 << 20;

/// Refuses libraries that can lose or damage a log that two programs share.
pub(super) fn fit_library(version: i32) -> Result<(), JournalError> {
    if version >= 3_051_003 && version != 3_052_000 {
        return Ok(());
    }
    Err(JournalError::Unsupported {
        why: format!("SQLite {version} can damage a journal that two programs share"),
    })
}

/// Opens the existing file. Nothing is written.
pub(super) fn connect(place: &JournalFile, access: Access) -> Result<Connection, JournalError> {
    let refuse = |why: String| JournalError::NotWritable { place: place.name(), why };
    if !access.writes() {
        return view(place);
    }
    let connection = open(place, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(read_error)?;
    if connection.is_readonly("main").map_err(read_error)? {
        return Err(refuse("the file or its file system is read-only".into()));
    }
    match probe(&connection) {
        Err(why) if matches!(why.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)) => {
            Err(refuse(format!("its folder is read-only or full ({why})")))
        }
        // Everything else is seen, and told apart, by whoever reads next.
        _ => Ok(connection),
    }
}

/// Opens for reading. Where not even the log's index can be made, and there is no log, the file alone is read.
fn view(place: &JournalFile) -> Result<Connection, JournalError> {
    let connection = open(place, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(read_error)?;
    let Err(why) = probe(&connection) else { return Ok(connection) };
    let no_log = std::fs::metadata(place.beside("-wal")).map_or(true, |it| it.len() == 0);
    if no_log && matches!(why.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)) {
        return immutable(place).map_err(read_error);
    }
    Ok(connection)
}

fn open(place: &JournalFile, access: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = access
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    set_up(Connection::open_with_flags(&place.path, flags)?)
}

fn immutable(place: &JournalFile) -> rusqlite::Result<Connection> {
    let path: String =
        place.path.as_os_str().as_bytes().iter().flat_map(|byte| ["%".into(), hex(&[*byte])]).collect();
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    set_up(Connection::open_with_flags(format!("file:{path}?immutable=1"), flags)?)
}

/// Settings of the connection alone; none of them changes the file. Until it is armed, closing must not carry a log
/// over into the file either: in a damaged log there may be more than what could be read of it.
fn set_up(connection: Connection) -> rusqlite::Result<Connection> {
    connection.busy_timeout(BUSY)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    for (key, value) in [("foreign_keys", "ON"), ("trusted_schema", "OFF"), ("cell_size_check", "ON")] {
        connection.pragma_update(None, key, value)?;
    }
    Ok(connection)
}

fn probe(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
}

/// Checks that the file is ours, whole, and not older than what was acknowledged from it. Answers with its layout.
pub(super) fn inspect(
    connection: &Connection,
    place: &JournalFile,
    witness: Option<Witness>,
) -> Result<usize, JournalError> {
    let transaction = connection.unchecked_transaction().map_err(read_error)?;
    let version = schema::recognise(&transaction, &place.name(), schema::STEPS)?;
    let large = std::fs::metadata(&place.path).is_ok_and(|it| it.len() > THOROUGH);
    let check = if large { "PRAGMA quick_check(1)" } else { "PRAGMA integrity_check(1)" };
    let found: String = transaction.query_row(check, [], |row| row.get(0)).map_err(read_error)?;
    if found != "ok" {
        return Err(JournalError::broken(None, format!("the file is damaged: {found}")));
    }
    if let Some(witness) = witness {
        holds(&transaction, place, witness)?;
    }
    Ok(version)
}

fn holds(connection: &Connection, place: &JournalFile, witness: Witness) -> Result<(), JournalError> {
    for launch in rows::launches(connection).map_err(read_error)? {
        if Head::genesis(&launch).hash == witness.genesis {
            let hash = rows::hash_at(connection, &launch, witness.head.seq).map_err(read_error)?;
            if hash.is_some_and(|hash| hash == witness.head.hash.bytes()) {
                return Ok(());
            }
        }
    }
    let why = format!(
        "an entry that was acknowledged is gone: {} says that this file held {}; the file was set back or its log was \
         lost; remove that small file if that was on purpose",
        place.beside("-head").display(),
        witness.head
    );
    Err(JournalError::broken(witness.head.seq, why))
}

/// Sets the file up for durable appends, and checks that each setting took effect.
pub(super) fn arm(connection: &Connection, place: &JournalFile, log: LogMode) -> Result<(), JournalError> {
    let refuse = |why: String| JournalError::NotWritable { place: place.name(), why };
    let (journal, level, synchronous) = match log {
        LogMode::WriteAhead => ("wal", "FULL", 2),
        LogMode::Rollback => ("delete", "EXTRA", 3),
    };
    let now: String = connection
        .pragma_update_and_check(None, "journal_mode", journal, |row| row.get(0))
        .map_err(|why| refuse(why.to_string()))?;
    if now != journal {
        return Err(refuse(format!("the journal mode stays `{now}`, `{journal}` is needed")));
    }
    connection.pragma_update(None, "synchronous", level).map_err(|why| refuse(why.to_string()))?;
    for (key, wanted) in [("synchronous", synchronous), ("foreign_keys", 1), ("busy_timeout", 5_000)] {
        let found: i64 = connection.pragma_query_value(None, key, |row| row.get(0)).map_err(read_error)?;
        if found != wanted {
            return Err(JournalError::Unsupported {
                why: format!("SQLite keeps {key} at {found}, {wanted} is needed"),
            });
        }
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(read_error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_with_the_log_fault_are_refused() {
        for (version, fit) in
            [(3_051_002, false), (3_051_003, true), (3_052_000, false), (3_053_000, true), (3_007_000, false)]
        {
            assert_eq!(fit_library(version).is_ok(), fit, "{version}");
        }
        fit_library(rusqlite::version_number()).unwrap();
    }
}
