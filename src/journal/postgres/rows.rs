//! Entries as rows.

use futures_util::future::{try_join3, try_join4};
use tokio_postgres::{
    Client, Row,
    types::{ToSql, Type},
};
use uuid::Uuid;

use super::fault::TransactionFault;
use crate::{
    Append, Entry, Head, JournalError,
    chain::{self, AppendPlan, AppendState, Hash, PreparedEntry, StoredEntry},
    store::{OF_CALL, OF_INCIDENT, Tail},
};

const COLUMNS: &str = "seq, id, prev_hash, hash, stored";

fn raw(row: &Row) -> Result<StoredEntry, TransactionFault> {
    Ok(StoredEntry {
        seq: row.try_get(0)?,
        id: row.try_get(1)?,
        prev_hash: row.try_get(2)?,
        hash: row.try_get(3)?,
        stored: row.try_get(4)?,
    })
}

/// The rows after `seq` and the head.
pub(super) async fn tail(client: &Client, launch: &str, seq: u64) -> Result<Tail, TransactionFault> {
    Ok(Tail { rows: after(client, launch, seq).await?, head: head(client, launch).await? })
}

async fn after(client: &Client, launch: &str, seq: u64) -> Result<Vec<StoredEntry>, TransactionFault> {
    let sql = format!("SELECT {COLUMNS} FROM gonogo.events WHERE launch = $1 AND seq > $2 ORDER BY seq");
    let rows = client.query_typed(&sql, &[(&launch, Type::TEXT), (&number(seq), Type::INT8)]).await?;
    rows.iter().map(raw).collect()
}

/// The recorded head; the launch's own when it has no entry.
pub(super) async fn head(client: &Client, launch: &str) -> Result<Head, TransactionFault> {
    let sql = "SELECT seq, hash FROM gonogo.launches WHERE launch = $1";
    let Some(row) = client.query_typed_opt(sql, &[(&launch, Type::TEXT)]).await? else {
        return Ok(Head::genesis(launch));
    };
    let (seq, hash): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
    let head = u64::try_from(seq).ok().zip(Hash::from_bytes(&hash)).map(|(seq, hash)| Head { seq, hash });
    head.ok_or_else(|| JournalError::broken(None, "the recorded head is damaged").into())
}

/// Appends within a transaction. The lock keeps others out until it ends, so that what is read here stays true; it also
/// waits for an earlier transaction of a connection that was lost. Statements that do not wait for each other's answers
/// are sent together, in this order: while the lock is held, every trip to the server counts for all cockpits.
pub(super) async fn append(
    client: &Client,
    draft: &PreparedEntry,
    channel: &str,
) -> Result<Append, TransactionFault> {
    let launch = &*draft.event.launch;
    let (id, before) = (draft.event.id, draft.expected.seq.saturating_sub(1));
    let found = try_join4(
        locked(client, launch),
        with_id(client, id),
        after(client, launch, before),
        head(client, launch),
    );
    let ((), same_id, tail, head) = found.await?;
    let entry = match chain::decide(draft, AppendState { head, same_id, tail })? {
        AppendPlan::Answer(answer) => return Ok(answer),
        AppendPlan::Insert(entry) => entry,
    };
    let written = try_join3(
        move_head(client, launch, &entry),
        insert(client, launch, &entry),
        announce(client, channel, entry.seq),
    );
    let (moved, added, ()) = written.await?;
    if (moved, added) == (1, 1) {
        Ok(Append::Appended(entry))
    } else {
        Err(JournalError::not_recorded("the journal's head did not move").into())
    }
}

async fn locked(client: &Client, launch: &str) -> Result<(), TransactionFault> {
    client.query_typed("SELECT pg_advisory_xact_lock($1)", &[(&lock(launch), Type::INT8)]).await?;
    Ok(())
}

async fn with_id(client: &Client, id: Uuid) -> Result<Option<(String, StoredEntry)>, TransactionFault> {
    let sql = format!("SELECT {COLUMNS}, launch FROM gonogo.events WHERE id = $1");
    match client.query_typed_opt(&sql, &[(&id.as_bytes().as_slice(), Type::BYTEA)]).await? {
        Some(row) => Ok(Some((row.try_get(5)?, raw(&row)?))),
        None => Ok(None),
    }
}

async fn move_head(client: &Client, launch: &str, entry: &Entry) -> Result<u64, TransactionFault> {
    let sql = if entry.seq == 1 {
        "INSERT INTO gonogo.launches (launch, seq, hash) VALUES ($1, $2, $3)"
    } else {
        "UPDATE gonogo.launches SET seq = $2, hash = $3 WHERE launch = $1"
    };
    let (seq, hash) = (number(entry.seq), entry.hash.bytes());
    Ok(client.execute_typed(sql, &[(&launch, Type::TEXT), (&seq, Type::INT8), (&hash, Type::BYTEA)]).await?)
}

async fn insert(client: &Client, launch: &str, entry: &Entry) -> Result<u64, TransactionFault> {
    let sql = "INSERT INTO gonogo.events (launch, seq, id, prev_hash, hash, stored) VALUES ($1, $2, $3, $4, $5, $6)";
    let (seq, id) = (number(entry.seq), entry.id.as_bytes().as_slice());
    let (prev_hash, hash) = (entry.prev_hash.bytes(), entry.hash.bytes());
    let values: [(&(dyn ToSql + Sync), Type); 6] = [
        (&launch, Type::TEXT),
        (&seq, Type::INT8),
        (&id, Type::BYTEA),
        (&prev_hash, Type::BYTEA),
        (&hash, Type::BYTEA),
        (&entry.stored, Type::BYTEA),
    ];
    Ok(client.execute_typed(sql, &values).await?)
}

/// A hint for the other cockpits, delivered at commit.
async fn announce(client: &Client, channel: &str, seq: u64) -> Result<(), TransactionFault> {
    let payload = seq.to_string();
    client.query_typed("SELECT pg_notify($1, $2)", &[(&channel, Type::TEXT), (&payload, Type::TEXT)]).await?;
    Ok(())
}

pub(super) async fn launches(client: &Client) -> Result<Vec<String>, TransactionFault> {
    let rows = client.query_typed("SELECT launch FROM gonogo.launches ORDER BY launch", &[]).await?;
    rows.iter().map(|row| row.try_get(0).map_err(TransactionFault::from)).collect()
}

/// See [`crate::store::Store::calls_of`].
pub(super) async fn calls_of(client: &Client, launch: &str) -> Result<Vec<Vec<u8>>, TransactionFault> {
    let sql = "SELECT stored FROM gonogo.events WHERE launch = $1 AND (position($2 IN stored) > 0 OR seq =
               (SELECT max(seq) FROM gonogo.events WHERE launch = $1 AND position($3 IN stored) > 0)) ORDER BY seq";
    let values: [(&(dyn ToSql + Sync), Type); 3] =
        [(&launch, Type::TEXT), (&OF_INCIDENT, Type::BYTEA), (&OF_CALL, Type::BYTEA)];
    let rows = client.query_typed(sql, &values).await?;
    rows.iter().map(|row| row.try_get(0).map_err(TransactionFault::from)).collect()
}

/// The lock of a launch's chain.
fn lock(launch: &str) -> i64 {
    let mut key = [0; 8];
    key.iter_mut().zip(Head::genesis(launch).hash.bytes()).for_each(|(to, from)| *to = *from);
    i64::from_be_bytes(key)
}

/// The channel on which new entries of a launch are announced.
pub(super) fn channel(launch: &str) -> String {
    let name = Head::genesis(launch).hash.to_hex();
    format!("gonogo_{}", name.get(..16).unwrap_or_default())
}

fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}
