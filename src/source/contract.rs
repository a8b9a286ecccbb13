//! What every source keeps to: questions in, one answer for each out.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::Permission;
use gonogo_domain::{
    Budget, Digest, Failure, FailureKind, Finding, GateId, Now, Oid, Prepared, Question, Sent, SourceId, Str,
    Write, WriteAsk,
};

/// What a server answers in time, or why it did not.
pub type AnswerFuture<'a, T> = BoxFuture<'a, Result<T, Failure>>;

/// Something that answers questions about gates.
pub trait Source: Send + Sync {
    /// Its name in files and on the board.
    fn id(&self) -> SourceId;

    /// Answers every question of the batch. Returns as soon as `cancel` fires; what has not been answered by then is
    /// a failure, never a partial result (V10).
    fn ask<'a>(&'a self, batch: &'a Batch, cancel: &'a CancellationToken) -> BoxFuture<'a, Report>;

    /// The same for all that ask one server with one credential: they share its limits. `None`: it asks many, or none.
    fn server(&self) -> Option<Digest> {
        None
    }

    /// Whether each question is asked in a poll of its own, because one may take minutes and the others need not wait for
    /// it.
    fn asks_apart(&self) -> bool {
        false
    }

    /// Whether it can tell where a repository's ref points.
    fn resolves_targets(&self) -> bool {
        false
    }

    /// Whose credential it is, and what it may see: for diagnosis. `None`: the server does not say.
    fn owner<'a>(&'a self, cancel: &'a CancellationToken) -> AnswerFuture<'a, Option<CredentialOwner>> {
        let _ = cancel;
        Box::pin(std::future::ready(Ok(None)))
    }

    /// The logins of a team's members in lower case; all of them, or a failure.
    fn members<'a>(&'a self, team: &'a str) -> AnswerFuture<'a, BTreeSet<String>> {
        let failure =
            Failure::new(FailureKind::Rejected, format!("{} knows nothing of the team {team}", self.id()));
        Box::pin(std::future::ready(Err(failure)))
    }

    /// Those of these repositories that have another name now, with that name.
    fn renamed<'a>(&'a self, repositories: &'a [Str]) -> AnswerFuture<'a, Vec<(String, String)>> {
        let _ = repositories;
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    /// What it can change at a person's word; `None`: it only reads.
    fn writes(&self) -> Option<&dyn Writes> {
        None
    }

    /// What a repository has that a launch can ask about.
    fn survey<'a>(&'a self, repository: &'a str) -> AnswerFuture<'a, Survey> {
        let message = format!("{} knows nothing of the repository {repository}", self.id());
        Box::pin(std::future::ready(Err(Failure::new(FailureKind::Rejected, message))))
    }

    /// A checklist that is kept there, in what [`super::Declaration::keeps`] names.
    fn checklist<'a>(&'a self, name: &'a str) -> AnswerFuture<'a, KeptChecklist> {
        let message = format!("{} keeps no checklist `{name}`", self.id());
        Box::pin(std::future::ready(Err(Failure::new(FailureKind::Rejected, message))))
    }

    /// The page that a person would open for this question, as far as that is known without asking.
    fn page(&self, question: &Question) -> Option<Str> {
        let _ = question;
        None
    }
}

/// What a credential needs for a write, by its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteNeed {
    /// The permission.
    pub permission: &'static Permission,
    /// Scopes of a classic token, any of which holds it; the narrowest first.
    pub classic: &'static [&'static str],
}

/// A source that can change something at a person's word. It decides nothing and sends nothing twice.
pub trait Writes: Send + Sync {
    /// What a credential needs for a write, by what the settings call it; `None`: it cannot do that, or its server does not
    /// tell what a credential may.
    fn needs(&self, write: &str) -> Option<WriteNeed> {
        let _ = write;
        None
    }

    /// Works out what would have to be sent: it asks, and changes nothing.
    fn prepare<'a>(&'a self, ask: &'a WriteAsk, cancel: &'a CancellationToken) -> AnswerFuture<'a, Prepared>;

    /// Sends it, once.
    fn send<'a>(&'a self, write: &'a Write, cancel: &'a CancellationToken) -> BoxFuture<'a, Sent>;

    /// Whether the server has this very request: what it says of it, or `None`.
    fn look<'a>(&'a self, write: &'a Write, cancel: &'a CancellationToken) -> AnswerFuture<'a, Option<Str>>;
}

/// Whose credential a source has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialOwner {
    /// By the server's own name for them, such as a login.
    pub name: String,
    /// In one line for people: `Ada in workspace acme`.
    pub said: String,
    /// What the credential reaches, where the server says it: its word for such things (`scopes`, `teams`), and each.
    pub reach: Option<(&'static str, Vec<String>)>,
    /// When the credential expires, in the server's words.
    pub expires: Option<String>,
}

/// A checklist as a server keeps it. Foreign text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptChecklist {
    /// What it is called there.
    pub title: String,
    /// Its items, as Markdown.
    pub markdown: String,
}

/// What a repository has, by name, as far as the credential can see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// The branch that it is developed on.
    pub default_branch: String,
    /// Labels of issues.
    pub labels: Vec<String>,
    /// Milestones that are open.
    pub milestones: Vec<String>,
    /// Environments that are deployed to.
    pub environments: Vec<String>,
}

/// How a source knows what time it is.
pub type NowFn = std::sync::Arc<dyn Fn() -> Now + Send + Sync>;

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
    /// What is left of each rate budget that the server reported.
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
    /// Answers that are older than this poll, as those of a recorded day are.
    pub given: AnswerTimes,
    /// For how long a cache had kept what the answer to a gate comes of: it is so much older than the look.
    pub kept: HashMap<GateId, Duration>,
    /// When the look at a gate began, where it had to wait for its turn after the poll had begun.
    pub begun: HashMap<GateId, Now>,
}

/// When answers were given, where that was not now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerTimes {
    /// Of gates.
    pub gates: HashMap<GateId, DateTime<Utc>>,
    /// Of refs, by component.
    pub targets: HashMap<Option<Str>, DateTime<Utc>>,
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
