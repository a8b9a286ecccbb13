//! The second stream, and the clock's mark.

use chrono::{DateTime, Utc};
use tokio_postgres::{
    Client,
    types::{ToSql, Type},
};
use uuid::Uuid;

use super::fault::TransactionFault;
use crate::{
    ClockMark, Correction, JournalError, Keep, RecordedMoment, RecordedPoll,
    mark::{self, StoredCorrection},
    observed::{self, NewestRows, RowKind, StoredRow},
};

/// Takes or renews the lease on recording observations, by the server's clock; `false`: another cockpit has it.
pub(super) async fn lease(client: &Client, launch: &str, holder: Uuid) -> Result<bool, TransactionFault> {
    let sql = "INSERT INTO gonogo.recorders AS own (launch, holder, until)
               VALUES ($1, $2, clock_timestamp() + interval '60 seconds')
               ON CONFLICT (launch) DO UPDATE SET holder = $2, until = clock_timestamp() + interval '60 seconds'
               WHERE own.holder = $2 OR own.until < clock_timestamp()";
    let holder = holder.as_bytes().as_slice();
    Ok(client.execute_typed(sql, &[(&launch, Type::TEXT), (&holder, Type::BYTEA)]).await? == 1)
}

/// Gives the lease back.
pub(super) async fn give_back(client: &Client, launch: &str, holder: Uuid) -> Result<(), TransactionFault> {
    let sql = "UPDATE gonogo.recorders SET until = '-infinity' WHERE launch = $1 AND holder = $2";
    let holder = holder.as_bytes().as_slice();
    client.execute_typed(sql, &[(&launch, Type::TEXT), (&holder, Type::BYTEA)]).await?;
    Ok(())
}

/// Adds the rows of one poll. The lease's row is locked by now, so that there is one such writer.
pub(super) async fn record(
    client: &Client,
    launch: &str,
    poll: &RecordedPoll,
) -> Result<(), TransactionFault> {
    let newest = newest(client, launch, poll).await?;
    let sql = "SELECT coalesce(max(n), 0) + 1 FROM gonogo.observations WHERE launch = $1";
    let next: i64 = client.query_typed_one(sql, &[(&launch, Type::TEXT)]).await?.try_get(0)?;
    let sql = "INSERT INTO gonogo.observations (launch, n, source, wall, boot, kind, subject, body, checksum)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    for it in observed::plan(poll, launch, &newest, next)? {
        client
            .execute_typed(
                sql,
                &[
                    (&launch, Type::TEXT),
                    (&it.n, Type::INT8),
                    (&it.source, Type::TEXT),
                    (&it.wall, Type::INT8),
                    (&it.boot, Type::INT8),
                    (&it.kind, Type::TEXT),
                    (&it.subject, Type::TEXT),
                    (&it.body, Type::BYTEA),
                    (&it.checksum, Type::BYTEA),
                ],
            )
            .await?;
    }
    Ok(())
}

async fn newest(client: &Client, launch: &str, poll: &RecordedPoll) -> Result<NewestRows, TransactionFault> {
    let wanted: Vec<String> = observed::subjects(poll)?.into_iter().map(|it| it.name).collect();
    let sql = "SELECT DISTINCT ON (kind, subject) kind, subject, n, body FROM gonogo.observations
               WHERE launch = $1 AND kind <> 'renewed' AND subject = ANY ($2) ORDER BY kind, subject, n DESC";
    let rows = client.query_typed(sql, &[(&launch, Type::TEXT), (&wanted, Type::TEXT_ARRAY)]).await?;
    let mut newest = NewestRows::new();
    for row in rows {
        if let Some(kind) = RowKind::parse(row.try_get(0)?) {
            newest.insert((kind, row.try_get(1)?), (row.try_get(2)?, row.try_get(3)?));
        }
    }
    Ok(newest)
}

/// Everything up to `to`.
pub(super) async fn recorded(
    client: &Client,
    launch: &str,
    to: DateTime<Utc>,
) -> Result<Vec<RecordedMoment>, TransactionFault> {
    let sql = "SELECT n, source, wall, boot, kind, subject, body, checksum FROM gonogo.observations
               WHERE launch = $1 ORDER BY n";
    let mut rows = Vec::new();
    for row in client.query_typed(sql, &[(&launch, Type::TEXT)]).await? {
        rows.push(StoredRow {
            n: row.try_get(0)?,
            source: row.try_get(1)?,
            wall: row.try_get(2)?,
            boot: row.try_get(3)?,
            kind: RowKind::parse(row.try_get(4)?).map_or("", RowKind::as_str),
            subject: row.try_get(5)?,
            body: row.try_get(6)?,
            checksum: row.try_get(7)?,
        });
    }
    let mut all = observed::expand(&rows, launch)?;
    all.retain(|it| it.at <= to);
    Ok(all)
}

/// Drops rows before the newest cut that `keep` asks for; what is needed to know the state at the cut stays.
pub(super) async fn prune(client: &Client, launch: &str, keep: Keep) -> Result<u64, TransactionFault> {
    let since = keep.since.map_or(i64::MIN, |it| it.timestamp_micros());
    let bytes = keep.bytes.map_or(i64::MAX, |it| i64::try_from(it).unwrap_or(i64::MAX));
    let sql = "SELECT coalesce(max(n), 0) + 1 FROM (
                 SELECT n, wall, sum(octet_length(body) + octet_length(subject) + 64) OVER (ORDER BY n DESC) AS size
                 FROM gonogo.observations WHERE launch = $1
               ) AS sized WHERE wall < $2 OR size > $3";
    let values: [(&(dyn ToSql + Sync), Type); 3] =
        [(&launch, Type::TEXT), (&since, Type::INT8), (&bytes, Type::INT8)];
    let cut: i64 = client.query_typed_one(sql, &values).await?.try_get(0)?;
    let sql = "DELETE FROM gonogo.observations AS old WHERE launch = $1 AND n < $2 AND (kind = 'renewed' OR EXISTS (
                 SELECT 1 FROM gonogo.observations AS newer WHERE newer.launch = $1 AND newer.kind = old.kind
                   AND newer.subject = old.subject AND newer.n > old.n AND newer.n < $2))";
    Ok(client.execute_typed(sql, &[(&launch, Type::TEXT), (&cut, Type::INT8)]).await?)
}

/// The mark and its corrections.
pub(super) async fn mark(client: &Client, launch: &str) -> Result<ClockMark, TransactionFault> {
    let sql = "SELECT high_water, checksum FROM gonogo.marks WHERE launch = $1";
    let high_water = match client.query_typed_opt(sql, &[(&launch, Type::TEXT)]).await? {
        Some(row) => Some((row.try_get(0)?, row.try_get(1)?)),
        None => None,
    };
    let sql = "SELECT n, body, checksum FROM gonogo.corrections WHERE launch = $1 ORDER BY n";
    let mut corrections = Vec::new();
    for row in client.query_typed(sql, &[(&launch, Type::TEXT)]).await? {
        corrections.push(StoredCorrection {
            n: row.try_get(0)?,
            body: row.try_get(1)?,
            checksum: row.try_get(2)?,
        });
    }
    Ok(mark::read(launch, high_water, &corrections)?)
}

/// Raises the mark.
pub(super) async fn raise_mark(
    client: &Client,
    launch: &str,
    to: DateTime<Utc>,
) -> Result<DateTime<Utc>, TransactionFault> {
    alone(client).await?;
    if let Some(now) = mark(client, launch).await?.high_water.filter(|now| *now >= to) {
        return Ok(now);
    }
    set_mark(client, launch, to).await?;
    Ok(to)
}

/// Records a correction and sets the mark.
pub(super) async fn correct_mark(
    client: &Client,
    launch: &str,
    correction: &Correction,
) -> Result<(), TransactionFault> {
    alone(client).await?;
    let before = mark(client, launch).await?.corrections.len();
    let it = mark::write(launch, before, correction).map_err(JournalError::not_recorded)?;
    let sql = "INSERT INTO gonogo.corrections (launch, n, body, checksum) VALUES ($1, $2, $3, $4)";
    client
        .execute_typed(
            sql,
            &[
                (&launch, Type::TEXT),
                (&it.n, Type::INT8),
                (&it.body, Type::BYTEA),
                (&it.checksum, Type::BYTEA),
            ],
        )
        .await?;
    set_mark(client, launch, correction.to).await
}

/// Keeps two programs from reading the same old mark.
async fn alone(client: &Client) -> Result<(), TransactionFault> {
    client.query_typed("SELECT pg_advisory_xact_lock(113723360998000)", &[]).await?;
    Ok(())
}

async fn set_mark(client: &Client, launch: &str, to: DateTime<Utc>) -> Result<(), TransactionFault> {
    let micros = to.timestamp_micros();
    let sum = mark::sum(launch, micros);
    let sql = "INSERT INTO gonogo.marks (launch, high_water, checksum) VALUES ($1, $2, $3)
               ON CONFLICT (launch) DO UPDATE SET high_water = excluded.high_water, checksum = excluded.checksum";
    client.execute_typed(sql, &[(&launch, Type::TEXT), (&micros, Type::INT8), (&sum, Type::BYTEA)]).await?;
    Ok(())
}
