//! The second stream, and the clock's mark.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::{read_error, write_error};
use crate::{
    ClockMark, Correction, JournalError, Keep, RecordedMoment, RecordedPoll,
    mark::{self, StoredCorrection},
    observed::{self, NewestRows, RowKind, StoredRow},
};

/// Adds the rows of one poll.
pub(super) fn record(
    connection: &mut Connection,
    launch: &str,
    poll: &RecordedPoll,
) -> Result<(), JournalError> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(write_error)?;
    let newest = newest(&transaction, launch, poll)?;
    let sql = "SELECT coalesce(max(row), 0) + 1 FROM observations WHERE launch = ?1";
    let next: i64 = transaction.query_row(sql, [launch], |row| row.get(0)).map_err(write_error)?;
    let sql = "INSERT INTO observations (launch, row, source, wall, boot, kind, subject, body, checksum)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    for it in observed::plan(poll, launch, &newest, next)? {
        let values =
            params![launch, it.n, it.source, it.wall, it.boot, it.kind, it.subject, it.body, it.checksum];
        transaction.execute(sql, values).map_err(write_error)?;
    }
    transaction.commit().map_err(write_error)
}

fn newest(connection: &Connection, launch: &str, poll: &RecordedPoll) -> Result<NewestRows, JournalError> {
    let sql = "SELECT row, body FROM observations WHERE launch = ?1 AND kind = ?2 AND subject = ?3
               ORDER BY row DESC LIMIT 1";
    let mut statement = connection.prepare(sql).map_err(read_error)?;
    let mut newest = NewestRows::new();
    for it in observed::subjects(poll)? {
        let row = statement
            .query_row(params![launch, it.kind.as_str(), it.name], |row| Ok((row.get(0)?, row.get(1)?)));
        if let Some(found) = row.optional().map_err(read_error)? {
            newest.insert((it.kind, it.name), found);
        }
    }
    Ok(newest)
}

/// Everything up to `to`.
pub(super) fn recorded(
    connection: &Connection,
    launch: &str,
    to: DateTime<Utc>,
) -> Result<Vec<RecordedMoment>, JournalError> {
    let sql = "SELECT row, source, wall, boot, kind, subject, body, checksum FROM observations
               WHERE launch = ?1 ORDER BY row";
    let mut statement = connection.prepare(sql).map_err(read_error)?;
    let rows = statement.query_map([launch], |row| {
        let kind: String = row.get(4)?;
        Ok(StoredRow {
            n: row.get(0)?,
            source: row.get(1)?,
            wall: row.get(2)?,
            boot: row.get(3)?,
            kind: RowKind::parse(&kind).map_or("", RowKind::as_str),
            subject: row.get(5)?,
            body: row.get(6)?,
            checksum: row.get(7)?,
        })
    });
    let rows: Vec<StoredRow> = rows.and_then(Iterator::collect).map_err(read_error)?;
    let mut all = observed::expand(&rows, launch)?;
    all.retain(|it| it.at <= to);
    Ok(all)
}

/// Drops rows before the newest cut that `keep` asks for; what is needed to know the state at the cut stays.
pub(super) fn prune(connection: &mut Connection, launch: &str, keep: Keep) -> Result<u64, JournalError> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(write_error)?;
    let since = keep.since.map_or(i64::MIN, |it| it.timestamp_micros());
    let bytes = keep.bytes.map_or(i64::MAX, |it| i64::try_from(it).unwrap_or(i64::MAX));
    let cut: i64 =
        transaction.query_row(CUT, params![launch, since, bytes], |row| row.get(0)).map_err(write_error)?;
    let gone = transaction.execute(PRUNE, params![launch, cut]).map_err(write_error)?;
    transaction.commit().map_err(write_error)?;
    Ok(gone as u64)
}

const CUT: &str = "SELECT coalesce(max(row), 0) + 1 FROM (
    SELECT row, wall, sum(length(body) + length(subject) + 64) OVER (ORDER BY row DESC) AS size
    FROM observations WHERE launch = ?1
  ) WHERE wall < ?2 OR size > ?3";

const PRUNE: &str =
    "DELETE FROM observations WHERE launch = ?1 AND row < ?2 AND (kind = 'renewed' OR EXISTS (
    SELECT 1 FROM observations AS newer WHERE newer.launch = ?1 AND newer.kind = observations.kind
      AND newer.subject = observations.subject AND newer.row > observations.row AND newer.row < ?2))";

/// The mark and its corrections.
pub(super) fn mark(connection: &Connection, launch: &str) -> Result<ClockMark, JournalError> {
    let sql = "SELECT high_water, checksum FROM marks WHERE launch = ?1";
    let high_water = connection.query_row(sql, [launch], |row| Ok((row.get(0)?, row.get(1)?)));
    let high_water = high_water.optional().map_err(read_error)?;
    let sql = "SELECT n, body, checksum FROM corrections WHERE launch = ?1 ORDER BY n";
    let mut statement = connection.prepare(sql).map_err(read_error)?;
    let rows = statement.query_map([launch], |row| {
        Ok(StoredCorrection { n: row.get(0)?, body: row.get(1)?, checksum: row.get(2)? })
    });
    let corrections: Vec<_> = rows.and_then(Iterator::collect).map_err(read_error)?;
    mark::read(launch, high_water, &corrections)
}

/// Raises the mark.
pub(super) fn raise_mark(
    connection: &mut Connection,
    launch: &str,
    to: DateTime<Utc>,
) -> Result<DateTime<Utc>, JournalError> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(write_error)?;
    if let Some(now) = mark(&transaction, launch)?.high_water.filter(|now| *now >= to) {
        return Ok(now);
    }
    set_mark(&transaction, launch, to)?;
    transaction.commit().map_err(write_error)?;
    Ok(to)
}

/// Records a correction and sets the mark.
pub(super) fn correct_mark(
    connection: &mut Connection,
    launch: &str,
    correction: &Correction,
) -> Result<(), JournalError> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(write_error)?;
    let before = mark(&transaction, launch)?.corrections.len();
    let it = mark::write(launch, before, correction).map_err(JournalError::not_recorded)?;
    let sql = "INSERT INTO corrections (launch, n, body, checksum) VALUES (?1, ?2, ?3, ?4)";
    transaction.execute(sql, params![launch, it.n, it.body, it.checksum]).map_err(write_error)?;
    set_mark(&transaction, launch, correction.to)?;
    transaction.commit().map_err(write_error)
}

fn set_mark(connection: &Connection, launch: &str, to: DateTime<Utc>) -> Result<(), JournalError> {
    let micros = to.timestamp_micros();
    let sql = "INSERT INTO marks (launch, high_water, checksum) VALUES (?1, ?2, ?3)
               ON CONFLICT (launch) DO UPDATE SET high_water = excluded.high_water, checksum = excluded.checksum";
    let written = connection.execute(sql, params![launch, micros, mark::sum(launch, micros)]);
    written.map(drop).map_err(write_error)
}
