//! The hash chain: one per launch, over the stored bytes.
//!
//! `hash(n) = SHA-256(domain, hash(n-1), n, stored bytes)`; `hash(0)` comes from the launch's id, so that no entry can
//! move to another launch. An event is serialised once, when it is appended; what was stored is what is hashed, read,
//! exported and copied ever after.

use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::JournalError;
use gonogo_domain::Event;

const GENESIS: &[u8] = b"gonogo journal genesis 1\0";
const ENTRY: &[u8] = b"gonogo journal entry 1\0";

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; 32]);

/// The end of a chain: how many entries, and the hash of the last. Whoever keeps a printed head can later tell whether
/// the journal still holds everything up to it; without a head kept elsewhere, a cut tail cannot be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head {
    /// Sequence of the last entry; 0 when there is none.
    pub seq: u64,
    /// Its hash; at 0 the launch's own.
    pub hash: Hash,
}

/// One recorded event.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Place in the launch's chain, from 1 without gaps. The only order there is.
    pub seq: u64,
    /// The event's id.
    pub id: Uuid,
    /// Hash of the entry before it.
    pub prev_hash: Hash,
    /// Hash of this entry.
    pub hash: Hash,
    /// The very bytes that were recorded: the event as JSON.
    pub stored: Vec<u8>,
    /// The same, decoded.
    pub event: Event,
}

/// What an append came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Append {
    /// The entry is durable. Also the answer when the same event had been recorded before.
    Appended(Box<Entry>),
    /// Not recorded: others were first. These are the entries after the expected head; decide again on them.
    Conflict(Vec<Entry>),
}

/// An entry as a store keeps it, not yet trusted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StoredEntry {
    pub(super) seq: i64,
    pub(super) id: Vec<u8>,
    pub(super) prev_hash: Vec<u8>,
    pub(super) hash: Vec<u8>,
    pub(super) stored: Vec<u8>,
}

/// An event about to be recorded.
#[derive(Clone, Debug)]
pub(super) struct PreparedEntry {
    pub(super) event: Event,
    pub(super) stored: Vec<u8>,
    pub(super) expected: Head,
}

/// What a store found, inside the transaction of an append.
#[derive(Debug)]
pub(super) struct AppendState {
    /// The recorded head.
    pub(super) head: Head,
    /// The entry that has the draft's id, whatever its launch: launch and row.
    pub(super) same_id: Option<(String, StoredEntry)>,
    /// The last entry up to the expected head, and all after it.
    pub(super) tail: Vec<StoredEntry>,
}

/// What an append shall do.
#[derive(Debug)]
pub(super) enum AppendPlan {
    /// Nothing: this is the answer.
    Answer(Append),
    /// Insert this entry, and answer with it once it is durable.
    Insert(Box<Entry>),
}

impl Hash {
    /// All 64 digits.
    pub fn to_hex(self) -> String {
        hex(&self.0)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl FromStr for Hash {
    type Err = JournalError;

    fn from_str(text: &str) -> Result<Self, JournalError> {
        let wrong = || JournalError::Location { why: "a hash has 64 hexadecimal digits".into() };
        let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
        let digits = digits.filter(|all| all.len() == 64).ok_or_else(wrong)?;
        let bytes: Vec<u8> = digits
            .chunks(2)
            .filter_map(|it| u8::try_from(it.iter().fold(0, |sum, it| sum * 16 + it)).ok())
            .collect();
        Self::from_bytes(&bytes).ok_or_else(wrong)
    }
}

impl Head {
    /// The head of a launch without entries.
    pub fn genesis(launch: &str) -> Self {
        Self { seq: 0, hash: Hash::of(&[GENESIS, launch.as_bytes()]) }
    }
}

impl fmt::Display for Head {
    /// `12:9f86...`, to be printed and kept.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

impl FromStr for Head {
    type Err = JournalError;

    fn from_str(text: &str) -> Result<Self, JournalError> {
        let wrong = || JournalError::Location { why: "a head looks like `12:9f86...`".into() };
        let (seq, hash) = text.split_once(':').ok_or_else(wrong)?;
        Ok(Self { seq: seq.parse().map_err(|_| wrong())?, hash: hash.parse()? })
    }
}

impl Entry {
    /// The next entry after `head`.
    fn next(head: Head, draft: &PreparedEntry) -> Self {
        let seq = head.seq + 1;
        Self {
            seq,
            id: draft.event.id,
            prev_hash: head.hash,
            hash: link(head.hash, seq, &draft.stored),
            stored: draft.stored.clone(),
            event: draft.event.clone(),
        }
    }

    /// The chain's head when this is its last entry.
    pub fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash }
    }

    /// Takes a stored row for the entry after `before`, if every column of it is what was written.
    pub(super) fn check(raw: StoredEntry, before: Head, launch: &str) -> Result<Self, JournalError> {
        let seq = before.seq + 1;
        let broken = |why: &str| JournalError::broken(seq, why);
        if u64::try_from(raw.seq) != Ok(seq) {
            return Err(broken(&format!("entry {seq} is missing; the next one there is {}", raw.seq)));
        }
        if raw.prev_hash != before.hash.bytes() {
            return Err(broken("it does not follow the entry before it"));
        }
        let hash = link(before.hash, seq, &raw.stored);
        if raw.hash != hash.bytes() {
            return Err(broken("its content is not what was recorded"));
        }
        let event: Event = serde_json::from_slice(&raw.stored)
            .map_err(|_| broken("it is whole but not understood: perhaps a newer gonogo wrote it"))?;
        if raw.id != event.id.as_bytes() {
            return Err(broken("its id is not the event's"));
        }
        if &*event.launch != launch {
            return Err(broken("it belongs to another launch"));
        }
        Ok(Self { seq, id: event.id, prev_hash: before.hash, hash, stored: raw.stored, event })
    }
}

/// Checks rows that follow `before` and end at `head`.
pub(super) fn check(
    rows: Vec<StoredEntry>,
    before: Head,
    head: Head,
    launch: &str,
) -> Result<Vec<Entry>, JournalError> {
    let mut entries: Vec<Entry> = Vec::with_capacity(rows.len());
    let mut last = before;
    for raw in rows {
        let entry = Entry::check(raw, last, launch)?;
        last = entry.head();
        entries.push(entry);
    }
    if last == head {
        return Ok(entries);
    }
    if last.seq == head.seq {
        return Err(JournalError::broken(last.seq, "it is not the entry that the journal's head names"));
    }
    Err(JournalError::broken(
        last.seq.min(head.seq) + 1,
        format!("the entries end at {}, the journal's head says {}", last.seq, head.seq),
    ))
}

/// That a head which was kept elsewhere is in this chain.
pub(super) fn must_hold(entries: &[Entry], kept: Head, launch: &str) -> Result<(), JournalError> {
    let there = kept == Head::genesis(launch) || entries.iter().any(|entry| entry.head() == kept);
    let why = "the head that was kept elsewhere is not in this chain";
    if there { Ok(()) } else { Err(JournalError::broken(kept.seq, why)) }
}

/// Why one chain is not the beginning of the other; `None`: it is.
pub(super) fn differs(beginning: &[Entry], whole: &[Entry]) -> Option<String> {
    let other = beginning.iter().zip(whole).find(|(one, other)| one.hash != other.hash);
    if let Some((one, _)) = other {
        return Some(format!("the other journal has a history of its own from entry {} on", one.seq));
    }
    let more = beginning.len().checked_sub(whole.len()).filter(|more| *more > 0)?;
    Some(format!("the other journal has {more} entries more: it has gone on since it was copied"))
}

/// What to do with a draft. Called by each store inside its transaction, so that there is one set of rules.
pub(super) fn decide(draft: &PreparedEntry, found: AppendState) -> Result<AppendPlan, JournalError> {
    let launch = &*draft.event.launch;
    if let Some((owner, raw)) = found.same_id {
        let same = owner == launch && raw.stored == draft.stored;
        return if same { already(raw, launch) } else { Err(JournalError::IdReused { id: draft.event.id }) };
    }
    let expected = draft.expected;
    let tail = from_expected(found.tail, expected, launch)?;
    let tail = check(tail, expected, found.head, launch)?;
    if tail.is_empty() {
        Ok(AppendPlan::Insert(Box::new(Entry::next(expected, draft))))
    } else {
        Ok(AppendPlan::Answer(Append::Conflict(tail)))
    }
}

fn already(raw: StoredEntry, launch: &str) -> Result<AppendPlan, JournalError> {
    let before = u64::try_from(raw.seq).ok().and_then(|seq| seq.checked_sub(1));
    let (Some(seq), Some(hash)) = (before, Hash::from_bytes(&raw.prev_hash)) else {
        return Err(JournalError::broken(None, "an entry has no place in the chain"));
    };
    let entry = Entry::check(raw, Head { seq, hash }, launch)?;
    Ok(AppendPlan::Answer(Append::Appended(Box::new(entry))))
}

/// The rows after the expected head, once it is known to be in this chain.
fn from_expected(
    mut tail: Vec<StoredEntry>,
    expected: Head,
    launch: &str,
) -> Result<Vec<StoredEntry>, JournalError> {
    let known = if expected.seq == 0 {
        expected == Head::genesis(launch)
    } else {
        let first = if tail.is_empty() { None } else { Some(tail.remove(0)) };
        first.is_some_and(|it| u64::try_from(it.seq) == Ok(expected.seq) && it.hash == expected.hash.bytes())
    };
    if known { Ok(tail) } else { Err(JournalError::UnknownHead { expected: expected.to_string() }) }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or('?');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn link(before: Hash, seq: u64, stored: &[u8]) -> Hash {
    Hash::of(&[ENTRY, &before.0, &seq.to_be_bytes(), &(stored.len() as u64).to_be_bytes(), stored])
}
