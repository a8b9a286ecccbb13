//! What gates may ask Linear for, in the canonical form that questions carry and sign-offs bind to.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use gonogo_domain::{Bound, Failure, FailureKind, Question};

mod check;
mod said;

pub(super) use self::{
    check::{cycle_of, is_uuid},
    said::percent,
};

/// The largest number that a count may be held against: more rows than this are not read.
pub(super) const MOST_ROWS: u32 = 2_000;

/// The most issues that one gate may name.
pub(super) const MOST_IDS: usize = 100;

/// One kind of evidence of Linear.
pub(super) trait Args: Serialize + DeserializeOwned {
    /// What is wrong with it: the key, and the rule it breaks. Text that an answer fills in later passes until then.
    fn check(&self) -> Result<(), (&'static str, String)>;

    /// In one line for people.
    fn describe(&self) -> String;

    /// Whether the answer must be about the target commit.
    fn bound(&self) -> Bound {
        Bound::Free
    }
}

/// How many rows may or must be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Count {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) at_most: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) at_least: Option<u32>,
}

/// How urgent. As a limit it means "this or more urgent".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Priority {
    Urgent,
    High,
    Medium,
    Low,
    /// No priority was given. Not the most urgent, although Linear's number for it is 0.
    None,
}

/// A closed state that a gate lets pass as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum AcceptedState {
    Canceled,
    Duplicate,
}

/// The health that a project's or initiative's last update gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Health {
    OnTrack,
    AtRisk,
    OffTrack,
}

/// The type of a project's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ProjectStatus {
    Backlog,
    Planned,
    Started,
    Paused,
    Completed,
    Canceled,
}

/// The status of an initiative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum InitiativeStatus {
    Proposed,
    Planned,
    Active,
    Completed,
    Canceled,
}

/// What a view lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ViewOf {
    Issues,
    Projects,
}

/// Issues that are open, or in the states named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Issues {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) team: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) labels: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) project: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) milestone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cycle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) release: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) assignee: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) states: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) priority: Option<Priority>,
    pub(super) count: Count,
}

/// Issues by identifier that must be completed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IssuesDone {
    pub(super) ids: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) accept: Vec<AcceptedState>,
}

/// A project in a status, with a health, so far along, with a recent update.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<ProjectStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) health: Option<Health>,
    /// Share, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) progress_at_least: Option<f64>,
    /// A length in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) update_max_age: Option<u64>,
}

/// An initiative in a status, with a health.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Initiative {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<InitiativeStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) health: Option<Health>,
}

/// A project's milestone that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Milestone {
    pub(super) project: String,
    pub(super) name: String,
}

/// A team's cycle with few open issues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cycle {
    pub(super) team: String,
    pub(super) number: String,
    pub(super) at_most: u32,
}

/// A saved view with so many rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct View {
    pub(super) id: String,
    pub(super) of: ViewOf,
    pub(super) count: Count,
}

/// A document that is there and was edited lately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinearDocument {
    pub(super) id: String,
    /// A length in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) max_age: Option<u64>,
}

/// A release with few open issues, frozen, of the target commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    pub(super) version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pipeline: Option<String>,
    #[serde(default)]
    pub(super) at_most: u32,
    #[serde(default)]
    pub(super) frozen: bool,
    #[serde(default)]
    pub(super) same_commit: bool,
}

/// Any of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum LinearSpec {
    Issues(Issues),
    IssuesDone(IssuesDone),
    Project(Project),
    Initiative(Initiative),
    Milestone(Milestone),
    Cycle(Cycle),
    View(View),
    Document(LinearDocument),
    Release(Release),
}

impl LinearSpec {
    /// What a question asks for.
    ///
    /// # Errors
    /// [`FailureKind::Rejected`] for limits that Linear could not be asked, an answer that was filled in included.
    pub(super) fn read(question: &Question) -> Result<Self, Failure> {
        match &*question.query.thing {
            "issues" => args(question).map(Self::Issues),
            "issues_done" => args(question).map(Self::IssuesDone),
            "project" => args(question).map(Self::Project),
            "initiative" => args(question).map(Self::Initiative),
            "milestone" => args(question).map(Self::Milestone),
            "cycle" => args(question).map(Self::Cycle),
            "view" => args(question).map(Self::View),
            "document" => args(question).map(Self::Document),
            "release" => args(question).map(Self::Release),
            other => Err(Failure::new(FailureKind::Rejected, format!("`linear` has no {other}"))),
        }
    }
}

fn args<T: Args>(question: &Question) -> Result<T, Failure> {
    let args: T = serde_json::from_value(question.query.args.clone())
        .map_err(|_| Failure::new(FailureKind::Rejected, "what this gate asks for cannot be read"))?;
    let wrong = |(key, rule)| Failure::new(FailureKind::Rejected, format!("`{key}`: {rule}"));
    args.check().map_err(wrong)?;
    Ok(args)
}
