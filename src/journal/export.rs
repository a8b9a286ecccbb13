//! The journal as JSON lines: one record per line, nothing in it that a terminal or a line reader would act on.
//!
//! The first line names the launch, each next one holds one entry, the last one the head: a file without it was cut.
//! `stored` is the recorded text, character by character, so that anybody can compute the chain again.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{
    Entry, Head, JournalError, chain,
    chain::{Hash, StoredEntry, hex},
};
use gonogo_domain::Str;

const VERSION: u64 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    gonogo_journal: u64,
    launch: Str,
    #[serde(default)]
    salvaged: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportRecord {
    seq: i64,
    id: Uuid,
    prev_hash: String,
    hash: String,
    stored: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LastLine {
    head: String,
    complete: bool,
}

/// A verified chain as lines.
pub(super) fn lines(launch: &str, entries: &[Entry]) -> Result<Vec<u8>, JournalError> {
    let mut out = String::new();
    line(&mut out, &json!({ "gonogo_journal": VERSION, "launch": launch }))?;
    for entry in entries {
        let stored = std::str::from_utf8(&entry.stored).map_err(JournalError::unreadable)?.to_owned();
        let (prev_hash, hash) = (entry.prev_hash.to_hex(), entry.hash.to_hex());
        let seq = i64::try_from(entry.seq).unwrap_or(i64::MAX);
        line(&mut out, &ExportRecord { seq, id: entry.id, prev_hash, hash, stored })?;
    }
    let head = entries.last().map_or_else(|| Head::genesis(launch), Entry::head);
    line(&mut out, &json!({ "head": head.to_string(), "complete": true }))?;
    Ok(out.into_bytes())
}

/// What could be read of a damaged journal, as lines that say so. Each entry is checked by itself.
pub(super) fn salvaged(launch: &str, rows: &[StoredEntry], lost: &[String]) -> Result<Vec<u8>, JournalError> {
    let mut out = String::new();
    line(&mut out, &json!({ "gonogo_journal": VERSION, "launch": launch, "salvaged": true }))?;
    for raw in rows {
        let before = u64::try_from(raw.seq)
            .ok()
            .and_then(|seq| seq.checked_sub(1))
            .zip(Hash::from_bytes(&raw.prev_hash));
        let why = match before.map(|(seq, hash)| Entry::check(raw.clone(), Head { seq, hash }, launch)) {
            Some(Ok(_)) => None,
            Some(Err(why)) => Some(why.to_string()),
            None => Some("it has no place in the chain".into()),
        };
        let record = json!({
            "seq": raw.seq, "id": hex(&raw.id), "prev_hash": hex(&raw.prev_hash), "hash": hex(&raw.hash),
            "stored": String::from_utf8_lossy(&raw.stored), "whole": why.is_none(), "why": why,
        });
        line(&mut out, &record)?;
    }
    for why in lost {
        line(&mut out, &json!({ "lost": why }))?;
    }
    line(&mut out, &json!({ "complete": false }))?;
    Ok(out.into_bytes())
}

/// Reads an export and verifies its chain: for checking a copy that was kept elsewhere.
///
/// # Errors
/// [`JournalError::Broken`] for anything but a whole, unsalvaged export.
pub fn read_export(bytes: &[u8]) -> Result<(Str, Vec<Entry>), JournalError> {
    let broken = |why: &str| JournalError::broken(None, why);
    let text = std::str::from_utf8(bytes).map_err(|_| broken("the export is not text"))?;
    let mut lines: Vec<&str> = text.lines().collect();
    let last: Option<LastLine> = lines.pop().and_then(|line| serde_json::from_str(line).ok());
    let last = last
        .filter(|last| last.complete)
        .ok_or_else(|| broken("the export was cut: its last line is missing"))?;
    let (first, records) = lines.split_first().ok_or_else(|| broken("the export has no first line"))?;
    let first: First =
        serde_json::from_str(first).map_err(|_| broken("this is not an export of a journal"))?;
    if first.gonogo_journal != VERSION || first.salvaged {
        return Err(broken("this export is from a newer gonogo, or was salvaged from a damaged journal"));
    }
    let rows: Result<Vec<StoredEntry>, JournalError> = records.iter().map(|line| row(line)).collect();
    let entries = chain::check(rows?, Head::genesis(&first.launch), last.head.parse()?, &first.launch)?;
    Ok((first.launch, entries))
}

fn row(line: &str) -> Result<StoredEntry, JournalError> {
    let record: ExportRecord = serde_json::from_str(line).map_err(|why| {
        JournalError::broken(None, format!("a line of the export is not understood ({why})"))
    })?;
    Ok(StoredEntry {
        seq: record.seq,
        id: record.id.as_bytes().to_vec(),
        prev_hash: record.prev_hash.parse::<Hash>()?.bytes().to_vec(),
        hash: record.hash.parse::<Hash>()?.bytes().to_vec(),
        stored: record.stored.into_bytes(),
    })
}

/// One record on one line. JSON already escapes C0 controls; of everything beyond ASCII only letters and digits stay,
/// so that no control, separator, direction mark or invisible character comes through.
fn line<T: Serialize>(out: &mut String, record: &T) -> Result<(), JournalError> {
    // A CI runner obeys `##[` anywhere in a line; to a reader of JSON this is the same text.
    let text = serde_json::to_string(record).map_err(JournalError::unreadable)?.replace("##[", "#\\u0023[");
    for character in text.chars() {
        if (character.is_ascii() && character != '\u{7f}')
            || (!character.is_ascii() && character.is_alphanumeric())
        {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}").map_err(JournalError::unreadable)?;
        }
    }
    out.push('\n');
    Ok(())
}
