//! Check runs and commit statuses as GraphQL returns them, and what each of them is.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::super::{
    super::{
        identity::{IdentifiedWord, Identity, Turn},
        judge_context::Page,
        limits::Accept,
    },
    rules::RequiredCheck,
};
use gonogo_domain::Outcome;

/// What stands at an expression.
#[derive(Debug, Deserialize)]
pub(super) struct Object {
    #[serde(rename = "__typename")]
    pub(super) kind: String,
    pub(super) oid: Option<String>,
    #[serde(rename = "statusCheckRollup")]
    pub(super) rollup: Option<Rollup>,
    pub(super) target: Option<Tagged>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tagged {
    pub(super) oid: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Rollup {
    pub(super) contexts: Page<RollupContext>,
}

/// A check run or a commit status.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "__typename")]
pub(super) enum RollupContext {
    CheckRun(Box<CheckRun>),
    StatusContext(Status),
    /// A kind of check that did not exist when this was written.
    #[serde(other)]
    Other,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CheckRun {
    pub(super) name: String,
    pub(super) status: String,
    conclusion: Option<String>,
    details_url: Option<String>,
    url: Option<String>,
    started_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    check_suite: Suite,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Suite {
    id: String,
    status: String,
    created_at: DateTime<Utc>,
    app: Option<App>,
    /// `None`: a tag, a branch that is gone, or one of a fork.
    branch: Option<Branch>,
    workflow_run: Option<WorkflowRun>,
}

#[derive(Clone, Debug, Deserialize)]
struct Branch {
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct App {
    pub(super) database_id: Option<u64>,
    pub(super) slug: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WorkflowRun {
    database_id: Option<u64>,
    #[serde(default)]
    run_number: u64,
    event: String,
    url: String,
    file: Option<File>,
    workflow: Workflow,
}

#[derive(Clone, Debug, Deserialize)]
struct File {
    path: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Workflow {
    id: String,
    name: String,
    /// `/acme/rocket/actions/workflows/ci.yml`
    resource_path: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    pub(super) context: String,
    state: String,
    target_url: Option<String>,
    created_at: Option<DateTime<Utc>>,
}

impl WorkflowRun {
    /// Its file, in whichever form GitHub gives it.
    fn file(&self) -> String {
        let path = self.file.as_ref().map(|it| it.path.clone());
        path.or_else(|| self.workflow.resource_path.clone()).unwrap_or_default()
    }
}

impl CheckRun {
    pub(super) fn app(&self) -> Option<&App> {
        self.check_suite.app.as_ref()
    }

    /// The run of GitHub Actions that it belongs to, while something of that is unfinished.
    pub(super) fn open_run(&self) -> Option<u64> {
        let run = self.check_suite.workflow_run.as_ref()?;
        run.database_id.filter(|_| self.check_suite.status != "COMPLETED")
    }

    /// Whether it belongs to this run of GitHub Actions.
    pub(super) fn is_of_run(&self, run_id: u64) -> bool {
        let end = format!("/actions/runs/{run_id}");
        self.check_suite.workflow_run.as_ref().is_some_and(|it| it.url.ends_with(&end))
    }

    fn identity(&self) -> Identity {
        let app = self.app().and_then(|app| app.database_id);
        let actions = self.app().and_then(|app| app.slug.as_deref()) == Some("github-actions");
        match &self.check_suite.workflow_run {
            Some(run) => Identity::Job {
                app,
                workflow: (run.workflow.id.clone(), run.file()),
                event: run.event.clone(),
                branch: self.check_suite.branch.as_ref().map(|it| it.name.clone()),
                name: self.name.clone(),
            },
            None if actions => Identity::Nameless { app, name: self.name.clone() },
            None => Identity::Check { app, name: self.name.clone() },
        }
    }

    fn turn(&self) -> Turn {
        let suite = &self.check_suite;
        let number = suite.workflow_run.as_ref().map_or(0, |run| run.run_number);
        Turn { number, made: Some(suite.created_at), id: suite.id.clone() }
    }
}

impl RollupContext {
    /// What it says, and of what. `shared`: branches that several pull requests come from.
    pub(super) fn word(
        &self,
        at: usize,
        accept: &[Accept],
        shared: &BTreeMap<String, Vec<String>>,
    ) -> IdentifiedWord<usize> {
        let (outcome, _) = self.state(accept);
        let shared = self.branch().is_some_and(|branch| shared.contains_key(branch));
        let word =
            |of, turn, begun, skipped| IdentifiedWord { of, turn, begun, outcome, skipped, shared, it: at };
        match self {
            Self::CheckRun(run) => {
                let skipped = run.conclusion.as_deref() == Some("SKIPPED");
                word(run.identity(), run.turn(), run.started_at, skipped)
            }
            Self::StatusContext(status) => {
                let of = Identity::Status { context: status.context.clone() };
                word(of, Turn::default(), None, false)
            }
            Self::Other => {
                word(Identity::Nameless { app: None, name: String::new() }, Turn::default(), None, false)
            }
        }
    }

    /// The branch of its suite, while that is there.
    pub(super) fn branch(&self) -> Option<&str> {
        match self {
            Self::CheckRun(run) => run.check_suite.branch.as_ref().map(|it| it.name.as_str()),
            _ => None,
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::CheckRun(run) => Some(&run.name),
            Self::StatusContext(status) => Some(&status.context),
            Self::Other => None,
        }
    }

    /// The event of its run, where GitHub Actions made it.
    pub(super) fn event(&self) -> Option<&str> {
        match self {
            Self::CheckRun(run) => run.check_suite.workflow_run.as_ref().map(|it| it.event.as_str()),
            _ => None,
        }
    }

    /// When it came to say what it says.
    pub(super) fn ended(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::CheckRun(run) => run.completed_at,
            Self::StatusContext(status) => status.created_at,
            Self::Other => None,
        }
    }

    pub(super) fn url(&self) -> Option<&str> {
        match self {
            Self::CheckRun(run) => run.details_url.as_deref().or(run.url.as_deref()),
            Self::StatusContext(status) => status.target_url.as_deref(),
            Self::Other => None,
        }
    }

    /// Whether it is what is asked for, by its name and its app. Branch rules mean the name itself; whoever writes a gate may
    /// also write `workflow / name`, as GitHub shows it.
    pub(super) fn answers(&self, required: &RequiredCheck) -> bool {
        let named =
            !required.by_rule || matches!(self, Self::Other) || self.name() == Some(required.name.as_str());
        named && self.is_called(&required.name) && self.is_from(required)
    }

    /// Whether it is called so: by its name, or by `workflow / name` as GitHub shows it.
    pub(super) fn is_called(&self, name: &str) -> bool {
        match self {
            Self::CheckRun(run) => {
                let workflow = run.check_suite.workflow_run.as_ref().map(|it| it.workflow.name.as_str());
                let shown = workflow.map(|workflow| format!("{workflow} / {}", run.name));
                run.name == name || shown.as_deref() == Some(name)
            }
            Self::StatusContext(status) => status.context == name,
            // What nobody knows may be the newest word of any.
            Self::Other => true,
        }
    }

    /// Whether it is from the app that is asked for, if one is. A commit status does not tell its app.
    fn is_from(&self, required: &RequiredCheck) -> bool {
        let Some(wanted) = required.app else { return true };
        match self {
            Self::CheckRun(run) => run.app().and_then(|app| app.database_id) == Some(wanted),
            Self::StatusContext(_) => false,
            Self::Other => true,
        }
    }

    /// What it says and its word: `failure (push)`.
    pub(super) fn state(&self, accept: &[Accept]) -> (Outcome, String) {
        let (status, conclusion) = match self {
            Self::CheckRun(run) => (run.status.as_str(), run.conclusion.as_deref()),
            Self::StatusContext(status) => return legacy(&status.state),
            Self::Other => return (Outcome::Unclear, "of an unknown kind".into()),
        };
        let word = conclusion.unwrap_or(status).to_lowercase().replace('_', " ");
        let accepts = |state| if accept.contains(&state) { Outcome::Holds } else { Outcome::Unclear };
        let outcome = match (status, conclusion) {
            ("COMPLETED", Some("SUCCESS")) => Outcome::Holds,
            ("COMPLETED", Some("SKIPPED")) => accepts(Accept::Skipped),
            ("COMPLETED", Some("NEUTRAL")) => accepts(Accept::Neutral),
            ("COMPLETED", Some("FAILURE" | "TIMED_OUT" | "STARTUP_FAILURE" | "CANCELLED")) => Outcome::Fails,
            ("COMPLETED", Some("ACTION_REQUIRED")) => Outcome::Pending,
            ("QUEUED" | "IN_PROGRESS" | "WAITING" | "REQUESTED" | "PENDING", None) => Outcome::Pending,
            _ => Outcome::Unclear,
        };
        (outcome, word)
    }
}

fn legacy(state: &str) -> (Outcome, String) {
    let outcome = match state {
        "SUCCESS" => Outcome::Holds,
        "FAILURE" | "ERROR" => Outcome::Fails,
        "PENDING" | "EXPECTED" => Outcome::Pending,
        _ => Outcome::Unclear,
    };
    (outcome, state.to_lowercase())
}
