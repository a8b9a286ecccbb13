//! The second stream: what sources answered. Not chained, and prunable; each row has a checksum instead.
//!
//! An answer is stored when it differs from the one before it; a poll that brought the same answers stores one renewal
//! row that names them. A replay thus sees every answer at every moment at which it was observed.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

use super::JournalError;
use gonogo_domain::{
    Answer, BoardClock, Digest, GateId, Observation, Oid, SourceId, Stamp, Str, TargetAnswer,
};

/// What one poll of one source brought.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedPoll {
    /// The source.
    pub source: SourceId,
    /// Its answers about gates.
    pub observations: Vec<Observation>,
    /// Its answers about where refs point.
    pub targets: Vec<TargetAnswer>,
}

impl RecordedPoll {
    /// The same on the clock that the board is judged by, which is that of all that is recorded.
    #[must_use]
    pub fn shifted(mut self, clock: &BoardClock) -> Self {
        self.observations.iter_mut().for_each(|it| it.seen = clock.stamp(it.seen));
        self.targets.iter_mut().for_each(|it| it.seen = clock.stamp(it.seen));
        self
    }
}

/// One answer at one moment, as it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedMoment {
    /// The source.
    pub source: SourceId,
    /// When, to the microsecond. Without the boot-time clock, as for everything read from disk (V7).
    pub at: DateTime<Utc>,
    /// The recorder's boot-time clock then: only for a replay, which has its own present.
    pub boot: Option<Duration>,
    /// The answer.
    pub answer: RecordedAnswer,
}

/// An answer about a gate or about a target.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordedAnswer {
    /// About a gate.
    Gate(Observation),
    /// About where a ref points.
    Target(TargetAnswer),
}

/// How much of the second stream to keep. The newest answer about each gate always stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// Only what was observed at or after this moment.
    pub since: Option<DateTime<Utc>>,
    /// Only the newest so many bytes.
    pub bytes: Option<u64>,
}

/// What a row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum RowKind {
    Gate,
    Target,
    Renewed,
}

/// One row of the stream as a store keeps it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StoredRow {
    pub(super) n: i64,
    pub(super) source: String,
    /// Microseconds since 1970.
    pub(super) wall: i64,
    /// Microseconds since boot.
    pub(super) boot: Option<i64>,
    pub(super) kind: &'static str,
    pub(super) subject: String,
    pub(super) body: Vec<u8>,
    pub(super) checksum: Vec<u8>,
}

/// The newest row about each subject.
pub(super) type NewestRows = HashMap<(RowKind, String), (i64, Vec<u8>)>;

/// One answer of a poll, as it would be stored.
pub(super) struct ObservedAnswer {
    pub(super) kind: RowKind,
    pub(super) name: String,
    body: Vec<u8>,
    seen: Stamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GateBody {
    question: Digest,
    answer: Answer,
}

impl RowKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Target => "target",
            Self::Renewed => "renewed",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Gate, Self::Target, Self::Renewed].into_iter().find(|kind| kind.as_str() == text)
    }
}

impl StoredRow {
    fn seal(mut self, launch: &str) -> Self {
        self.checksum = self.sum(launch);
        self
    }

    /// The first half of a SHA-256 over all columns.
    fn sum(&self, launch: &str) -> Vec<u8> {
        let boot = self.boot.map(i64::to_be_bytes);
        let (n, wall) = (self.n.to_be_bytes(), self.wall.to_be_bytes());
        let boot = boot.as_ref().map_or(&[][..], |boot| boot);
        let parts: [&[u8]; 8] = [
            launch.as_bytes(),
            &n,
            self.source.as_bytes(),
            &wall,
            boot,
            self.kind.as_bytes(),
            self.subject.as_bytes(),
            &self.body,
        ];
        checksum(&parts)
    }

    pub(super) fn is_whole(&self, launch: &str) -> bool {
        self.checksum == self.sum(launch)
    }
}

/// The first half of a SHA-256 over the parts with their lengths: against accidents, not against forgers.
pub(super) fn checksum(parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().take(16).copied().collect()
}

/// What a poll speaks about.
pub(super) fn subjects(poll: &RecordedPoll) -> Result<Vec<ObservedAnswer>, JournalError> {
    let mut all = Vec::new();
    for it in &poll.observations {
        let body = json(&GateBody { question: it.question.clone(), answer: it.answer.clone() })?;
        all.push(ObservedAnswer { kind: RowKind::Gate, name: it.gate.to_string(), body, seen: it.seen });
    }
    for it in &poll.targets {
        let name = String::from_utf8(json(&it.component)?).map_err(JournalError::not_recorded)?;
        all.push(ObservedAnswer { kind: RowKind::Target, name, body: json(&it.answer)?, seen: it.seen });
    }
    Ok(all)
}

/// The rows to add for a poll: answers that changed, and one renewal for all others of the same moment.
pub(super) fn plan(
    poll: &RecordedPoll,
    launch: &str,
    newest: &NewestRows,
    next: i64,
) -> Result<Vec<StoredRow>, JournalError> {
    let mut rows: Vec<StoredRow> = Vec::new();
    let mut renewed: BTreeMap<(i64, Option<i64>), Vec<i64>> = BTreeMap::new();
    let mut next = next;
    let mut add = |kind: RowKind, subject: String, body: Vec<u8>, (wall, boot)| {
        let (source, kind) = (poll.source.to_string(), kind.as_str());
        let row = StoredRow { n: next, source, wall, boot, kind, subject, body, checksum: Vec::new() };
        rows.push(row.seal(launch));
        next += 1;
    };
    for ObservedAnswer { kind, name, body, seen } in subjects(poll)? {
        let moment = (seen.wall.timestamp_micros(), seen.boot.map(micros));
        let known = newest.get(&(kind, name.clone())).filter(|(_, known)| *known == body);
        match known {
            Some((n, _)) => renewed.entry(moment).or_default().push(*n),
            None => add(kind, name, body, moment),
        }
    }
    for (moment, list) in renewed {
        add(RowKind::Renewed, String::new(), json(&list)?, moment);
    }
    Ok(rows)
}

/// What the rows say, in order, renewals included.
pub(super) fn expand(rows: &[StoredRow], launch: &str) -> Result<Vec<RecordedMoment>, JournalError> {
    let mut answers: HashMap<i64, &StoredRow> = HashMap::new();
    let mut all = Vec::new();
    for row in rows {
        let broken =
            || JournalError::broken(None, format!("recorded answer {} is not what was recorded", row.n));
        if !row.is_whole(launch) {
            return Err(broken());
        }
        if row.kind == RowKind::Renewed.as_str() {
            let list: Vec<i64> = serde_json::from_slice(&row.body).map_err(|_| broken())?;
            for renewed in list {
                let answer = answers.get(&renewed).ok_or_else(broken)?;
                all.push(decode(answer, row).ok_or_else(broken)?);
            }
        } else {
            answers.insert(row.n, row);
            all.push(decode(row, row).ok_or_else(broken)?);
        }
    }
    Ok(all)
}

/// The answer of one row at the moment of another.
fn decode(answer: &StoredRow, moment: &StoredRow) -> Option<RecordedMoment> {
    let at = DateTime::from_timestamp_micros(moment.wall)?;
    let seen = Stamp { wall: at, boot: None };
    let boot = moment.boot.map(|boot| Duration::from_micros(boot.unsigned_abs()));
    let decoded = if answer.kind == RowKind::Gate.as_str() {
        let body: GateBody = serde_json::from_slice(&answer.body).ok()?;
        let gate = GateId::new(answer.subject.as_str());
        RecordedAnswer::Gate(Observation { gate, question: body.question, seen, answer: body.answer })
    } else {
        let component: Option<Str> = serde_json::from_str(&answer.subject).ok()?;
        let answer: Result<Oid, gonogo_domain::Failure> = serde_json::from_slice(&answer.body).ok()?;
        RecordedAnswer::Target(TargetAnswer { component, seen, answer })
    };
    Some(RecordedMoment { source: SourceId::new(moment.source.as_str()), at, boot, answer: decoded })
}

/// What was observed from `from` on, after the state at `from`: the newest answer about each subject before it.
pub(super) fn from(recorded: &[RecordedMoment], from: DateTime<Utc>) -> Vec<RecordedMoment> {
    let mut newest: HashMap<String, usize> = HashMap::new();
    for (at, it) in recorded.iter().enumerate().filter(|(_, it)| it.at < from) {
        newest.insert(it.answer.subject(), at);
    }
    // Windows are written down once: what was measured before is part of the state.
    let measured = |it: &RecordedMoment| {
        let RecordedAnswer::Gate(seen) = &it.answer else { return false };
        matches!(&seen.answer, Answer::Found(found) if found.measured.is_some())
    };
    let keep = |at: usize, it: &RecordedMoment| {
        it.at >= from || measured(it) || newest.get(&it.answer.subject()) == Some(&at)
    };
    recorded.iter().enumerate().filter(|(at, it)| keep(*at, it)).map(|(_, it)| it.clone()).collect()
}

impl RecordedAnswer {
    fn subject(&self) -> String {
        match self {
            Self::Gate(it) => format!("gate {}", it.gate),
            Self::Target(it) => format!("target {:?}", it.component),
        }
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, JournalError> {
    serde_json::to_vec(value).map_err(JournalError::not_recorded)
}
