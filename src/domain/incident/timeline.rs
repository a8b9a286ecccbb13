//! All that was said and done in an incident, in one line each: facts, decisions and updates apart.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{IncidentRecord, IncidentStep, IncidentTimes};
use crate::{DecisionRecord, History, RollbackEnd, StageRecord, Str, Voice};

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentLine {
    /// Its place among all events, from 1.
    pub seq: u64,
    /// What sort it is.
    pub kind: LineKind,
    /// Whose word, and when.
    pub voice: Voice,
    /// The words. Foreign text in it is not yet sanitised.
    pub text: Str,
}

/// Sorts of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineKind {
    /// Something that was seen, or that happened.
    Fact,
    /// Something that was decided: in the incident, or of the launch while it went on.
    Decision,
    /// Stakeholders were told, or a message of the comms plan went to them.
    Update,
}

impl LineKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Decision => "decision",
            Self::Update => "update",
        }
    }
}

impl IncidentRecord {
    /// Its lines, with the decisions about the launch while it was open, and the messages about it.
    pub fn timeline(&self, history: &History) -> Vec<IncidentLine> {
        let mut lines = vec![IncidentLine {
            seq: self.seq,
            kind: LineKind::Fact,
            voice: self.voice.clone(),
            text: format!("{} opened: {}", self.opening.severity, self.opening.title).into(),
        }];
        lines.extend(self.opening.goes_on.as_ref().map(|why| IncidentLine {
            seq: self.seq,
            kind: LineKind::Decision,
            voice: self.voice.clone(),
            text: format!("the rollout goes on: {why}").into(),
        }));
        lines.extend(self.entries.iter().map(|entry| IncidentLine {
            seq: entry.seq,
            kind: entry.step.kind(),
            voice: entry.voice.clone(),
            text: entry.step.said().into(),
        }));
        lines.extend(self.meanwhile(history));
        lines.extend(self.told(history));
        lines.sort_by_key(|line| line.seq);
        lines
    }

    /// What was decided of the launch while it went on.
    fn meanwhile(&self, history: &History) -> impl Iterator<Item = IncidentLine> {
        let closed = |entry: &&super::IncidentEntry| matches!(entry.step, IncidentStep::Closed { .. });
        let end = self.entries.iter().find(closed).map_or(u64::MAX, |entry| entry.seq);
        let stages = history.stages.iter().flat_map(|(id, all)| {
            all.iter().map(move |it| {
                let note = it.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
                (it.seq, of_stage(it), format!("stage {id} {}{note}", it.step.word()))
            })
        });
        let rollbacks = history.rollbacks.iter().flat_map(|run| {
            let started = (run.seq, run.voice.clone(), format!("rollback started: {}", run.reason));
            let ended = run.ended.as_ref().map(of_end);
            std::iter::once(started).chain(ended)
        });
        let calls = history
            .decisions
            .iter()
            .map(|it| (it.seq, of_call(it), format!("final call {}: {}", it.label(), it.reason)));
        let begin = self.seq;
        let all: Vec<_> = stages.chain(rollbacks).chain(calls).collect();
        all.into_iter().filter(move |(seq, ..)| (begin..end).contains(seq)).map(|(seq, voice, text)| {
            IncidentLine { seq, kind: LineKind::Decision, voice, text: text.into() }
        })
    }

    /// The messages of the comms plan about it, as far as they went out.
    fn told(&self, history: &History) -> impl Iterator<Item = IncidentLine> {
        let own = |cause: u64| cause == self.seq || self.entries.iter().any(|entry| entry.seq == cause);
        history.messages.iter().filter(move |(of, _)| own(of.cause)).filter_map(|(of, record)| {
            let id = &of.message;
            let (seq, voice, text) = match (&record.sent, &record.sending) {
                (Some(sent), _) => (sent.seq, &sent.voice, sent.said(id)),
                (None, Some(sending)) => {
                    let text = format!("message {id}: it is not known whether it arrived");
                    (sending.seq, &sending.voice, text)
                }
                (None, None) => return None,
            };
            Some(IncidentLine { seq, kind: LineKind::Update, voice: voice.clone(), text: text.into() })
        })
    }

    /// Its moments, as far as they were said, those of the launch included.
    pub fn times(&self, history: &History) -> IncidentTimes {
        self.with_deeds(history, self.standing(None).times)
    }

    /// The same moments with the first decision of the launch while it went on.
    pub(crate) fn with_deeds(&self, history: &History, times: IncidentTimes) -> IncidentTimes {
        let first: Option<DateTime<Utc>> = self.meanwhile(history).map(|line| line.voice.at).min();
        let decided = [times.decided, first].into_iter().flatten().min();
        IncidentTimes { decided, ..times }
    }
}

impl IncidentStep {
    fn kind(&self) -> LineKind {
        match self {
            Self::Updated { .. } => LineKind::Update,
            step if step.decides() => LineKind::Decision,
            _ => LineKind::Fact,
        }
    }

    /// In one line. Foreign words in it are not yet sanitised.
    pub fn said(&self) -> String {
        let noted = |note: &Option<Str>| note.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
        match self {
            Self::Opened(opening) => format!("{} opened: {}", opening.severity, opening.title),
            Self::Logged { text, .. } | Self::Updated { text } => text.to_string(),
            Self::Role { role, party } => format!("{} is {party}", role.word()),
            Self::Severity { level, reason } => format!("it is {level} now: {reason}"),
            Self::Rollout { goes_on: true, reason } => format!("the rollout goes on: {reason}"),
            Self::Rollout { goes_on: false, reason } => format!("the rollout waits: {reason}"),
            Self::Mitigated { note } => format!("mitigated{}", noted(note)),
            Self::Resolved { note } => format!("resolved{}", noted(note)),
            Self::Reopened { reason } => format!("it has come back: {reason}"),
            Self::Closed { follow_up, .. } if follow_up.is_empty() => "closed".to_owned(),
            Self::Closed { follow_up, .. } => format!("closed; what follows: {}", follow_up.join("; ")),
        }
    }
}

fn of_stage(it: &StageRecord) -> Voice {
    let (by, recorder) = (it.actor.clone(), it.recorder.clone());
    Voice { by, recorder, stands_in: it.stands_in.clone(), at: it.at }
}

fn of_call(it: &DecisionRecord) -> Voice {
    let (by, recorder) = (it.actor.clone(), it.recorder.clone());
    Voice { by, recorder, stands_in: it.stands_in.clone(), at: it.at }
}

fn of_end(end: &RollbackEnd) -> (u64, Voice, String) {
    (end.seq, end.voice.clone(), format!("{}: {}", end.result.word(), end.reason))
}
