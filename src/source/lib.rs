//! Where evidence comes from.
//!
//! A source is one folder and one line in [`KINDS`]. It promises:
//!
//! - **complete or a typed failure** (V3): an answer is never a prefix, never a guess, never "none" for "cannot see";
//! - **one answer for every question** of a batch, in few requests;
//! - **no verdicts**: it compares facts with the gate's own limits ([`Outcome`](crate::domain::Outcome)); freshness,
//!   target, order and people are the evaluator's;
//! - **no retries and no sleeping**: when to ask again is the poller's; it says what the server asked for in
//!   [`Report::wait`].

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

use crate as source;
use gonogo_domain as domain;
use gonogo_files as files;
use gonogo_text as text;
use gonogo_yaml as yaml;

mod api;
pub mod command;
pub mod connection;
pub mod datadog;
mod fact;
pub mod flag;
pub mod github;
pub mod http;
pub mod jira;
pub mod linear;
pub mod macros;
mod metric;
pub mod notion;
pub mod open;
pub mod pagerduty;
pub mod probe;
pub mod prometheus;
pub mod recorded;
pub mod sentry;
mod spec;
pub mod statuspage;

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::domain::{
    Bound, Budget, Failure, FailureKind, Finding, GateId, Logins, Oid, Question, SourceId, Str,
};

/// Something that answers questions about gates.
pub trait Source: Send + Sync {
    /// Its name in files and on the board.
    fn id(&self) -> SourceId;

    /// Answers every question of the batch. Returns as soon as `cancel` fires; what has not been answered by then is
    /// a failure, never a partial result (V10).
    fn ask<'a>(&'a self, batch: &'a Batch, cancel: &'a CancellationToken) -> BoxFuture<'a, Report>;

    /// Whether it can tell where a repository's ref points.
    fn resolves_targets(&self) -> bool {
        false
    }

    /// The page that a person would open for this question, as far as that is known without asking.
    fn page(&self, question: &Question) -> Option<Str> {
        let _ = question;
        None
    }
}

/// How a source knows what time it is.
pub type Clock = std::sync::Arc<dyn Fn() -> crate::domain::Now + Send + Sync>;

/// What one poll asks of one source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Questions of gates.
    pub questions: Vec<Question>,
    /// Where do these refs point? Only for a source that [`Source::resolves_targets`].
    pub targets: Vec<TargetQuestion>,
}

/// Where does this ref point?
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TargetQuestion {
    /// `None`: the launch's own target.
    pub component: Option<Str>,
    /// `owner/name`.
    pub repository: Str,
    /// Branch, tag or full commit id.
    pub git_ref: Str,
}

/// What a source has to say after one poll.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// One answer per question.
    pub answers: Vec<(GateId, Result<Finding, Failure>)>,
    /// One answer per target question.
    pub targets: Vec<(Option<Str>, Result<Oid, Failure>)>,
    /// What is left of each rate budget that the server told of.
    pub budgets: Vec<Budget>,
    /// The server asked not to be called for so long (already clamped to 15 minutes).
    pub wait: Option<Duration>,
    /// The server's own clock.
    pub server_time: Option<DateTime<Utc>>,
    /// Requests that were sent.
    pub requests: u32,
    /// How many of them were answered "not modified".
    pub not_modified: u32,
    /// Gates whose answer is whole and that another look brings nearer to a go: so many good looks in a row.
    pub again: Vec<GateId>,
}

impl Report {
    /// The same failure for everything that was asked.
    pub fn failed(batch: &Batch, failure: &Failure) -> Self {
        Self {
            answers: batch.questions.iter().map(|it| (it.gate.clone(), Err(failure.clone()))).collect(),
            targets: batch.targets.iter().map(|it| (it.component.clone(), Err(failure.clone()))).collect(),
            ..Self::default()
        }
    }

    /// The batch with every question answered: those that a source forgot fail as its fault (V2: silence is no
    /// answer).
    #[must_use]
    pub fn complete(mut self, batch: &Batch) -> Self {
        let silent = |what: &str| {
            Failure::new(FailureKind::Incomplete, format!("the source said nothing about {what}"))
        };
        for question in &batch.questions {
            if !self.answers.iter().any(|(gate, _)| *gate == question.gate) {
                self.answers.push((question.gate.clone(), Err(silent("this gate"))));
            }
        }
        for target in &batch.targets {
            if !self.targets.iter().any(|(component, _)| *component == target.component) {
                self.targets.push((target.component.clone(), Err(silent("this ref"))));
            }
        }
        self
    }
}

/// The kinds of evidence that one source offers to files.
#[derive(Clone, Copy, Debug)]
pub struct Kinds {
    /// The key in a gate: `github`.
    pub source: &'static str,
    /// What stands below it: `workflow`, `checks`, ...; a single entry with an empty name when the limits stand
    /// directly below the source (`http`).
    pub things: &'static [Thing],
}

/// One kind of evidence.
#[derive(Clone, Copy, Debug)]
pub struct Thing {
    /// The key below the source.
    pub name: &'static str,
    /// Reads its limits from a file, strictly; `None` after having reported problems.
    pub decode: fn(&Limits<'_>, &mut Vec<yaml::Problem>) -> Option<Decoded>,
}

/// The limits of one gate as they stand in a file.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    /// The file.
    pub document: &'a yaml::Document,
    /// The map with the limits.
    pub node: yaml::NodeId,
    /// `defaults` of `launch.yaml` for this source: `team: CHK`.
    pub defaults: &'a BTreeMap<Str, Str>,
    /// The launch's version.
    pub version: &'a str,
    /// The GitHub accounts behind each person and role of the launch.
    pub people: &'a BTreeMap<Str, Logins>,
}

/// Limits as the source understood them.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// Canonical form: what is asked, and what a sign-off binds to.
    pub args: Value,
    /// Whether the answer must be about the target commit.
    pub bound: Bound,
    /// In one line for people: `workflow smoke.yml, 3 in a row`.
    pub said: Str,
}

/// Every kind of evidence that files may ask for. A new source adds its line here.
pub const KINDS: &[Kinds] = &[
    github::KINDS,
    linear::KINDS,
    probe::KINDS,
    prometheus::KINDS,
    datadog::KINDS,
    sentry::KINDS,
    flag::KINDS,
    macros::KINDS,
    jira::KINDS,
    notion::KINDS,
    pagerduty::KINDS,
    statuspage::KINDS,
    command::KINDS,
];
