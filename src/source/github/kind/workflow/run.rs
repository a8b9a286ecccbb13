//! One run of a workflow, and what it says.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::super::super::{
    identity::{IdentifiedWord, Identity, Turn},
    judge_context::JudgeContext,
    limits::Accept,
};
use gonogo_domain::Outcome;

/// A run as REST returns it.
#[derive(Clone, Debug, Deserialize)]
pub(in super::super) struct Run {
    pub(in super::super) id: u64,
    pub(in super::super) path: String,
    pub(in super::super) head_branch: Option<String>,
    pub(in super::super) head_sha: String,
    pub(in super::super) run_number: u64,
    pub(in super::super) run_attempt: Option<u64>,
    pub(in super::super) event: String,
    pub(in super::super) status: Option<String>,
    pub(in super::super) conclusion: Option<String>,
    pub(in super::super) html_url: Option<String>,
    pub(in super::super) created_at: Option<DateTime<Utc>>,
    pub(in super::super) run_started_at: Option<DateTime<Utc>>,
    /// Of a run that has ended, when that was: GitHub tells it nowhere else. Never earlier than that.
    pub(in super::super) updated_at: Option<DateTime<Utc>>,
    pub(in super::super) head_repository: Option<Repository>,
}

#[derive(Clone, Debug, Deserialize)]
pub(in super::super) struct Repository {
    full_name: String,
}

/// What one run says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum RunState {
    Succeeded,
    Accepted(Accept),
    Failed,
    UnderWay,
    Unknown,
}

impl Run {
    pub(super) fn is_of(&self, file: &str) -> bool {
        let path = self.path.split('@').next().unwrap_or_default();
        path.strip_prefix(".github/workflows/") == Some(file)
    }

    /// A fork may have a branch of the same name: its runs say nothing about ours.
    pub(super) fn is_from(&self, case: &JudgeContext<'_>) -> bool {
        let from = self.head_repository.as_ref().map(|it| it.full_name.as_str());
        let now = case.facts.renamed.get(case.repo);
        from.is_some_and(|from| case.repo.is(from) || now.is_some_and(|now| now.eq_ignore_ascii_case(from)))
    }

    /// The event that started it.
    pub(in super::super) fn event(&self) -> &str {
        &self.event
    }

    /// When its last attempt began.
    pub(in super::super) fn started(&self) -> Option<DateTime<Utc>> {
        self.run_started_at.or(self.created_at)
    }

    /// What it says. Values that were not known when this was written say nothing (V4).
    pub(in super::super) fn state(&self, accept: &[Accept]) -> RunState {
        match (self.status.as_deref(), self.conclusion.as_deref()) {
            (Some("completed"), Some("success")) => RunState::Succeeded,
            (Some("completed"), Some("skipped")) => lenient(Accept::Skipped, accept),
            (Some("completed"), Some("neutral")) => lenient(Accept::Neutral, accept),
            (Some("completed"), Some("failure" | "timed_out" | "startup_failure" | "cancelled")) => {
                RunState::Failed
            }
            (Some("completed"), Some("action_required")) => RunState::UnderWay,
            (Some("queued" | "in_progress" | "waiting" | "requested" | "pending"), None) => {
                RunState::UnderWay
            }
            _ => RunState::Unknown,
        }
    }

    /// Its state in GitHub's words.
    pub(in super::super) fn word(&self) -> String {
        let word = self.conclusion.as_deref().or(self.status.as_deref()).unwrap_or("no state");
        word.replace('_', " ")
    }

    /// What it says, and of what.
    pub(in super::super) fn word_of(&self, file: &str, accept: &[Accept]) -> IdentifiedWord<Self> {
        IdentifiedWord {
            of: Identity::Run {
                file: file.to_owned(),
                commit: self.head_sha.clone(),
                event: self.event.clone(),
                branch: self.head_branch.clone(),
            },
            turn: Turn { number: self.run_number, made: self.created_at, id: self.id.to_string() },
            begun: self.started(),
            outcome: self.state(accept).outcome(),
            skipped: self.conclusion.as_deref() == Some("skipped"),
            shared: false,
            it: self.clone(),
        }
    }

    pub(super) fn row(&self) -> String {
        let attempt = match self.run_attempt {
            Some(attempt) if attempt > 1 => format!(", attempt {attempt}"),
            _ => String::new(),
        };
        format!("#{} by {}: {}{attempt}", self.run_number, self.event, self.word())
    }
}

fn lenient(state: Accept, accept: &[Accept]) -> RunState {
    if accept.contains(&state) { RunState::Accepted(state) } else { RunState::Unknown }
}

impl RunState {
    pub(super) fn passes(self) -> bool {
        matches!(self, Self::Succeeded | Self::Accepted(_))
    }

    pub(in super::super) fn outcome(self) -> Outcome {
        match self {
            Self::Succeeded | Self::Accepted(_) => Outcome::Holds,
            Self::Failed => Outcome::Fails,
            Self::UnderWay => Outcome::Pending,
            Self::Unknown => Outcome::Unclear,
        }
    }
}
