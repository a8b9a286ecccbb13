//! Entries as rows.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{read_error, write_error};
use crate::{
    Entry, Head, JournalError,
    chain::{AppendState, Hash, PreparedEntry, StoredEntry},
    store::{OF_CALL, OF_INCIDENT},
};

/// After so many missing entries in a row, what is left is not looked for any more.
const LONGEST_GAP: u32 = 1_000;
const COLUMNS: &str = "seq, id, prev_hash, hash, stored";

fn raw(row: &Row<'_>) -> rusqlite::Result<StoredEntry> {
    Ok(StoredEntry {
        seq: row.get(0)?,
        id: row.get(1)?,
        prev_hash: row.get(2)?,
        hash: row.get(3)?,
        stored: row.get(4)?,
    })
}

/// The rows after `seq`, in order.
pub(super) fn after(connection: &Connection, launch: &str, seq: u64) -> rusqlite::Result<Vec<StoredEntry>> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE launch = ?1 AND seq > ?2 ORDER BY seq");
    let mut statement = connection.prepare(&sql)?;
    statement.query_map(params![launch, number(seq)], raw)?.collect()
}

/// The recorded head; the launch's own when it has no entry.
pub(super) fn head(connection: &Connection, launch: &str) -> Result<Head, JournalError> {
    let sql = "SELECT seq, hash FROM launches WHERE launch = ?1";
    let row =
        connection.query_row(sql, [launch], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)));
    let Some((seq, hash)) = row.optional().map_err(read_error)? else { return Ok(Head::genesis(launch)) };
    let head = u64::try_from(seq).ok().zip(Hash::from_bytes(&hash)).map(|(seq, hash)| Head { seq, hash });
    head.ok_or_else(|| JournalError::broken(None, "the recorded head is damaged"))
}

/// What an append needs to know.
pub(super) fn situation(
    connection: &Connection,
    launch: &str,
    draft: &PreparedEntry,
) -> Result<AppendState, JournalError> {
    let sql = format!("SELECT {COLUMNS}, launch FROM events WHERE id = ?1");
    let same_id = connection
        .query_row(&sql, [draft.event.id.as_bytes().as_slice()], |row| Ok((row.get(5)?, raw(row)?)))
        .optional()
        .map_err(read_error)?;
    let tail = after(connection, launch, draft.expected.seq.saturating_sub(1)).map_err(read_error)?;
    Ok(AppendState { head: head(connection, launch)?, same_id, tail })
}

/// Adds an entry and moves the head.
pub(super) fn insert(connection: &Connection, launch: &str, entry: &Entry) -> Result<(), JournalError> {
    let sql = if entry.seq == 1 {
        "INSERT INTO launches (launch, seq, hash) VALUES (?1, ?2, ?3)"
    } else {
        "UPDATE launches SET seq = ?2, hash = ?3 WHERE launch = ?1"
    };
    let moved = connection
        .execute(sql, params![launch, number(entry.seq), entry.hash.bytes()])
        .map_err(write_error)?;
    let sql = "INSERT INTO events (launch, seq, id, prev_hash, hash, stored) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let (prev_hash, hash) = (entry.prev_hash.bytes(), entry.hash.bytes());
    let values =
        params![launch, number(entry.seq), entry.id.as_bytes().as_slice(), prev_hash, hash, entry.stored];
    let added = connection.execute(sql, values).map_err(write_error)?;
    if (moved, added) == (1, 1) {
        Ok(())
    } else {
        Err(JournalError::not_recorded("the journal's head did not move"))
    }
}

pub(super) fn hash_at(connection: &Connection, launch: &str, seq: u64) -> rusqlite::Result<Option<Vec<u8>>> {
    let sql = "SELECT hash FROM events WHERE launch = ?1 AND seq = ?2";
    connection.query_row(sql, params![launch, number(seq)], |row| row.get(0)).optional()
}

pub(super) fn launches(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT launch FROM launches ORDER BY launch")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// See [`crate::store::Store::calls_of`].
pub(super) fn calls_of(connection: &Connection, launch: &str) -> rusqlite::Result<Vec<Vec<u8>>> {
    let sql = "SELECT stored FROM events WHERE launch = ?1 AND (instr(stored, ?2) > 0 OR seq =
               (SELECT max(seq) FROM events WHERE launch = ?1 AND instr(stored, ?3) > 0)) ORDER BY seq";
    let mut statement = connection.prepare(sql)?;
    statement.query_map(params![launch, OF_INCIDENT, OF_CALL], |row| row.get(0))?.collect()
}

/// Row by row, so that a damaged one costs only itself.
pub(super) fn salvage(connection: &Connection, launch: &str) -> (Vec<StoredEntry>, Vec<String>) {
    let mut lost = Vec::new();
    let sql = "SELECT max(coalesce((SELECT max(seq) FROM events WHERE launch = ?1), 0),
                          coalesce((SELECT seq FROM launches WHERE launch = ?1), 0))";
    let end: i64 = connection.query_row(sql, [launch], |row| row.get(0)).unwrap_or_else(|why| {
        lost.push(format!("the number of entries: {why}"));
        0
    });
    let sql = format!("SELECT {COLUMNS} FROM events WHERE launch = ?1 AND seq = ?2");
    let mut rows = Vec::new();
    let mut missing = 0;
    for seq in 1..=end {
        match connection.query_row(&sql, params![launch, seq], raw) {
            Ok(row) => {
                rows.push(row);
                missing = 0;
            }
            Err(why) => {
                lost.push(format!("entry {seq}: {why}"));
                missing += 1;
            }
        }
        // A damaged head may name any number.
        if missing > LONGEST_GAP {
            break;
        }
    }
    (rows, lost)
}

fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}
