//! The tables of a shared journal: made, recognised, brought up to date. They live in a schema of their own.

use tokio_postgres::{Client, Error, types::Type};

use super::{
    fault::TransactionFault,
    link::{ServerLink, TransactionKind},
};
use crate::{Access, JournalError};

/// Each step brings the layout from its index to the next number. Steps are never changed once released.
const STEPS: &[&str] = &[V1];
/// The lock under which tables are made and changed: "gonogo".
const LOCK: &str = "SELECT pg_advisory_xact_lock(113723360997999)";
/// Triggers that must be there and on.
const TRIGGERS: i64 = 6;
/// What is said of a server that follows another one.
pub(super) const STANDBY: &str = "the server is a standby: it takes no words, and may lack some that its primary has \
                                  acknowledged; name the primary";
/// The oldest server that is tested.
const OLDEST: i32 = 130_000;

const V1: &str = "
CREATE SCHEMA gonogo;
CREATE TABLE gonogo.layout (version bigint NOT NULL);
CREATE TABLE gonogo.launches (
  launch text PRIMARY KEY,
  seq bigint NOT NULL CHECK (seq > 0),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);
CREATE TABLE gonogo.events (
  launch text NOT NULL REFERENCES gonogo.launches (launch),
  seq bigint NOT NULL CHECK (seq > 0),
  id bytea NOT NULL UNIQUE CHECK (octet_length(id) = 16),
  prev_hash bytea NOT NULL CHECK (octet_length(prev_hash) = 32),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  stored bytea NOT NULL,
  PRIMARY KEY (launch, seq)
);
CREATE TABLE gonogo.observations (
  launch text NOT NULL,
  n bigint NOT NULL,
  source text NOT NULL,
  wall bigint NOT NULL,
  boot bigint,
  kind text NOT NULL,
  subject text NOT NULL,
  body bytea NOT NULL,
  checksum bytea NOT NULL,
  PRIMARY KEY (launch, n)
);
CREATE INDEX observations_by_subject ON gonogo.observations (launch, kind, subject, n);
CREATE TABLE gonogo.recorders (
  launch text PRIMARY KEY,
  holder bytea NOT NULL,
  until timestamptz NOT NULL
);
CREATE TABLE gonogo.marks (
  launch text PRIMARY KEY,
  high_water bigint NOT NULL,
  checksum bytea NOT NULL
);
CREATE TABLE gonogo.corrections (
  launch text NOT NULL,
  n bigint NOT NULL,
  body bytea NOT NULL,
  checksum bytea NOT NULL,
  PRIMARY KEY (launch, n)
);
CREATE FUNCTION gonogo.refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS
  $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE FUNCTION gonogo.advance() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS
  $$ BEGIN
    IF NEW.launch <> OLD.launch OR NEW.seq <> OLD.seq + 1 THEN RAISE EXCEPTION 'heads only advance'; END IF;
    RETURN NEW;
  END $$;
CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE ON gonogo.events
  FOR EACH ROW EXECUTE FUNCTION gonogo.refuse();
CREATE TRIGGER events_are_not_emptied BEFORE TRUNCATE ON gonogo.events
  FOR EACH STATEMENT EXECUTE FUNCTION gonogo.refuse();
CREATE TRIGGER heads_advance BEFORE UPDATE ON gonogo.launches
  FOR EACH ROW EXECUTE FUNCTION gonogo.advance();
CREATE TRIGGER heads_stay BEFORE DELETE ON gonogo.launches
  FOR EACH ROW EXECUTE FUNCTION gonogo.refuse();
CREATE TRIGGER heads_are_not_emptied BEFORE TRUNCATE ON gonogo.launches
  FOR EACH STATEMENT EXECUTE FUNCTION gonogo.refuse();
CREATE TRIGGER corrections_stay BEFORE UPDATE OR DELETE ON gonogo.corrections
  FOR EACH ROW EXECUTE FUNCTION gonogo.refuse();
INSERT INTO gonogo.layout VALUES (0);
";

/// Checks the server and the tables; makes or updates the tables when this journal may write.
pub(super) fn prepare(link: &mut ServerLink, place: &str, access: Access) -> Result<(), JournalError> {
    let writes = access.writes();
    link.transact(TransactionKind::Read, async |client| fit(client, place, access).await)
        .map_err(TransactionFault::reading)?;
    let found = link
        .transact(TransactionKind::Read, async |client| layout(client, place).await)
        .map_err(TransactionFault::reading)?;
    let known = number(STEPS.len());
    match found {
        None if !writes => return Err(JournalError::Missing { place: place.into() }),
        Some(found) if found > known => {
            return Err(JournalError::Newer { place: place.into(), found, known });
        }
        Some(found) if found < known && !writes => {
            return Err(JournalError::Older { place: place.into(), found, known });
        }
        Some(found) if found == known => {}
        _ => {
            let refuse = |why: TransactionFault| match why.writing() {
                JournalError::NotRecorded { why } => JournalError::NotWritable { place: place.into(), why },
                other => other,
            };
            link.transact(TransactionKind::Write, async |client| upgrade(client, place).await)
                .map_err(refuse)?;
        }
    }
    link.transact(TransactionKind::Read, async |client| guarded(client).await)
        .map_err(TransactionFault::reading)
}

/// Whether the server keeps what it acknowledges.
async fn fit(client: &Client, place: &str, access: Access) -> Result<(), TransactionFault> {
    let sql =
        "SELECT current_setting('server_version_num')::int, current_setting('fsync'), pg_is_in_recovery()";
    let row = client.query_typed_one(sql, &[]).await?;
    let (version, fsync, standby): (i32, String, bool) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    if version < OLDEST {
        let why = format!("PostgreSQL {} is older than 13", version / 10_000);
        return Err(JournalError::Unsupported { why }.into());
    }
    if access.writes() && fsync != "on" {
        let why = "the PostgreSQL server runs with fsync off: it does not keep what it acknowledges".into();
        return Err(JournalError::Unsupported { why }.into());
    }
    if access.writes() && standby {
        return Err(JournalError::NotWritable { place: place.into(), why: STANDBY.into() }.into());
    }
    Ok(())
}

/// Whether the server only follows another one.
pub(super) async fn is_standby(client: &Client) -> Result<bool, Error> {
    client.query_typed_one("SELECT pg_is_in_recovery()", &[]).await?.try_get(0)
}

/// The layout's number, if there are tables.
async fn layout(client: &Client, place: &str) -> Result<Option<i64>, TransactionFault> {
    // From the catalogue's tables: functions like to_regclass may answer from a cache older than the lock we hold.
    let sql = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'gonogo'),
                      EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                              WHERE n.nspname = 'gonogo' AND c.relname = 'layout')";
    let row = client.query_typed_one(sql, &[]).await?;
    match (row.try_get(0)?, row.try_get(1)?) {
        (false, _) => Ok(None),
        (true, false) => {
            let why = "there is a schema `gonogo` that is not a journal's".into();
            Err(JournalError::Foreign { place: place.into(), why }.into())
        }
        (true, true) => {
            let row = client.query_typed_one("SELECT version FROM gonogo.layout", &[]).await?;
            Ok(Some(row.try_get(0)?))
        }
    }
}

/// All missing steps in one transaction, by one program at a time.
async fn upgrade(client: &Client, place: &str) -> Result<(), TransactionFault> {
    client.batch_execute(LOCK).await?;
    let found = layout(client, place).await?.unwrap_or(0);
    let from = usize::try_from(found).unwrap_or(STEPS.len());
    for step in STEPS.get(from..).unwrap_or_default() {
        client.batch_execute(step).await?;
    }
    let known = number(STEPS.len());
    client.execute_typed("UPDATE gonogo.layout SET version = $1", &[(&known, Type::INT8)]).await?;
    Ok(())
}

/// Whether the triggers that refuse changes are there and on.
async fn guarded(client: &Client) -> Result<(), TransactionFault> {
    let sql = "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
               JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'gonogo' AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')";
    let found: i64 = client.query_typed_one(sql, &[]).await?.try_get(0)?;
    if found == TRIGGERS {
        return Ok(());
    }
    Err(JournalError::broken(None, "the triggers that keep entries from being changed are missing or off")
        .into())
}

fn number(steps: usize) -> i64 {
    i64::try_from(steps).unwrap_or(i64::MAX)
}
