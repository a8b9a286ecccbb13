//! What people recorded about a stage while it was out: criteria, results, accepted breaches.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Act, Actor, Event, History, Party, Spoken, Str};

/// A person's word on a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct StageWord {
    /// Its place among all events, from 1.
    pub seq: u64,
    /// The moment, by the clock of whoever recorded it.
    pub at: DateTime<Utc>,
    /// Whose word it is, and how the name is known.
    pub actor: Actor,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// The fallback by which it was said; `None`: the giver holds a role that may say it.
    pub stands_in: Option<Party>,
    /// What was said.
    pub said: StageSaid,
}

/// What a person recorded about a stage.
#[derive(Clone, Debug, PartialEq)]
pub enum StageSaid {
    /// A criterion holds, or does not.
    Criterion {
        /// The statement, as it stood in the files.
        text: Str,
        /// It holds, or it does not.
        holds: bool,
        /// In their own words.
        note: Option<Str>,
    },
    /// Results, by what was asked for.
    Answers(BTreeMap<Str, Str>),
    /// A breach of a guardrail is accepted.
    Accepted {
        /// The guardrail.
        guardrail: Str,
        /// The limits that it was over.
        limit: Str,
        /// When that breach was shown.
        since: DateTime<Utc>,
        /// In the words of whoever accepts it; kept in the journal.
        reason: Str,
        /// When it ends.
        until: DateTime<Utc>,
    },
    /// It is accepted no more.
    AcceptanceEnded {
        /// The guardrail.
        guardrail: Str,
        /// In the words of whoever ends it; kept in the journal.
        reason: Str,
    },
}

impl StageWord {
    /// Whose word it is.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken::new(&self.actor, self.recorder.as_ref(), self.stands_in.as_ref())
    }
}

impl History {
    /// Takes in a word on a stage.
    pub(super) fn hear_of_stage(&mut self, event: &Event) {
        let (stage, said) = match &event.act {
            Act::CriterionJudged { stage, criterion, holds, note } => {
                (stage, StageSaid::Criterion { text: criterion.clone(), holds: *holds, note: note.clone() })
            }
            Act::StageAnswered { stage, answers } => (stage, StageSaid::Answers(answers.clone())),
            Act::BreachAccepted { stage, guardrail, limit, since, reason, until } => {
                let (guardrail, limit, reason) = (guardrail.clone(), limit.clone(), reason.clone());
                (stage, StageSaid::Accepted { guardrail, limit, since: *since, reason, until: *until })
            }
            Act::AcceptanceEnded { stage, guardrail, reason } => {
                let (guardrail, reason) = (guardrail.clone(), reason.clone());
                (stage, StageSaid::AcceptanceEnded { guardrail, reason })
            }
            _ => return,
        };
        self.stage_words.entry(stage.clone()).or_default().push(StageWord {
            seq: self.len,
            at: event.at,
            actor: event.actor.clone(),
            recorder: event.recorder.clone(),
            stands_in: event.stands_in.clone(),
            said,
        });
    }
}
