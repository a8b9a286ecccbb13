//! Limits as files give them: read strictly, checked, and brought into their canonical form.

use serde::{Deserialize, de::Error};

use super::spec::{
    Accepted, Args, Count, Cycle, Document, Health, Initiative, InitiativeStatus, Issues, IssuesDone,
    Milestone, Priority, Project, ProjectStatus, Release, View, ViewOf,
};
use crate::{Decoded, Limits, Thing};
use gonogo_domain::Length;
use gonogo_yaml::{Problem, Shape};

/// Every kind, for files.
pub(super) const THINGS: &[Thing] = &[
    thing::<InIssues>("issues"),
    thing::<InIssuesDone>("issues_done"),
    thing::<InProject>("project"),
    thing::<InInitiative>("initiative"),
    thing::<InMilestone>("milestone"),
    thing::<InCycle>("cycle"),
    thing::<InView>("view"),
    thing::<InDocument>("document"),
    thing::<InRelease>("release"),
];

const fn thing<F: InFile + 'static>(name: &'static str) -> Thing {
    Thing { name, decode: decode::<F>, shape: Shape::of::<F> }
}

/// Limits with the keys and types of the file.
trait InFile: for<'de> Deserialize<'de> {
    type Args: Args;

    /// The canonical form; `team` is the launch's default.
    fn args(self, team: Option<String>) -> Self::Args;
}

fn decode<F: InFile>(limits: &Limits<'_>, problems: &mut Vec<Problem>) -> Option<Decoded> {
    let file: F = limits.document.decode(limits.node, problems)?;
    let args = file.args(limits.defaults.get("team").map(ToString::to_string));
    if let Err((key, message)) = args.check() {
        problems.push(problem(limits, key, message));
        return None;
    }
    let canonical = serde_json::to_value(&args).ok()?;
    Some(Decoded { args: canonical, bound: args.bound(), said: args.describe().into() })
}

/// At the value of the key, or at the whole map where the key is not there.
fn problem(limits: &Limits<'_>, key: &str, message: String) -> Problem {
    let document = limits.document;
    let span = document
        .get(limits.node, key)
        .map_or_else(|| document.head_span(limits.node), |it| document.span(it));
    Problem::new("limits", message).at(span, "here")
}

/// A length of time of a fixed number of seconds.
#[derive(Clone, Copy)]
struct Seconds(u64);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let length = Length::parse(&text).map_err(D::Error::custom)?;
        let exact = length.exact().filter(|length| !length.is_zero());
        exact.map(|length| Self(length.as_secs())).ok_or_else(|| {
            D::Error::custom(format!("`{text}` has no fixed length: write hours or days, such as 24h or 3d"))
        })
    }
}

/// At most none, where neither limit is given.
fn count(at_most: Option<u32>, at_least: Option<u32>) -> Count {
    Count { at_most: at_most.or(at_least.is_none().then_some(0)), at_least }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InIssues {
    team: Option<String>,
    labels: Option<Vec<String>>,
    project: Option<String>,
    milestone: Option<String>,
    cycle: Option<String>,
    release: Option<String>,
    assignee: Option<String>,
    states: Option<Vec<String>>,
    priority: Option<Priority>,
    at_most: Option<u32>,
    at_least: Option<u32>,
}

impl InFile for InIssues {
    type Args = Issues;

    fn args(self, team: Option<String>) -> Issues {
        let mut issues = Issues {
            team: self.team,
            // A list that is there and empty would hold for anything: an empty name in it is found by the check.
            labels: or_blank(self.labels),
            project: self.project,
            milestone: self.milestone,
            cycle: self.cycle,
            release: self.release,
            assignee: self.assignee,
            states: or_blank(self.states),
            priority: self.priority,
            count: count(self.at_most, self.at_least),
        };
        // The default narrows down what the gate says; alone it says nothing.
        if issues.is_narrowed() {
            issues.team = issues.team.or(team);
        }
        issues
    }
}

fn or_blank(list: Option<Vec<String>>) -> Vec<String> {
    match list {
        Some(list) if list.is_empty() => vec![String::new()],
        other => other.unwrap_or_default(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InIssuesDone {
    ids: Vec<String>,
    #[serde(default)]
    accept: Vec<Accepted>,
}

impl InFile for InIssuesDone {
    type Args = IssuesDone;

    fn args(self, _: Option<String>) -> IssuesDone {
        IssuesDone { ids: self.ids, accept: self.accept }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InProject {
    name: String,
    status: Option<ProjectStatus>,
    health: Option<Health>,
    progress_at_least: Option<f64>,
    update_max_age: Option<Seconds>,
}

impl InFile for InProject {
    type Args = Project;

    fn args(self, _: Option<String>) -> Project {
        Project {
            name: self.name,
            status: self.status,
            health: self.health,
            progress_at_least: self.progress_at_least,
            update_max_age: self.update_max_age.map(|it| it.0),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InInitiative {
    name: String,
    status: Option<InitiativeStatus>,
    health: Option<Health>,
}

impl InFile for InInitiative {
    type Args = Initiative;

    fn args(self, _: Option<String>) -> Initiative {
        Initiative { name: self.name, status: self.status, health: self.health }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InMilestone {
    project: String,
    name: String,
}

impl InFile for InMilestone {
    type Args = Milestone;

    fn args(self, _: Option<String>) -> Milestone {
        Milestone { project: self.project, name: self.name }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InCycle {
    number: String,
    team: Option<String>,
    at_most: Option<u32>,
}

impl InFile for InCycle {
    type Args = Cycle;

    fn args(self, team: Option<String>) -> Cycle {
        let team = self.team.or(team).unwrap_or_default();
        Cycle { team, number: self.number, at_most: self.at_most.unwrap_or(0) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InView {
    id: String,
    of: ViewOf,
    at_most: Option<u32>,
    at_least: Option<u32>,
}

impl InFile for InView {
    type Args = View;

    fn args(self, _: Option<String>) -> View {
        View { id: self.id, of: self.of, count: count(self.at_most, self.at_least) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InDocument {
    id: String,
    max_age: Option<Seconds>,
}

impl InFile for InDocument {
    type Args = Document;

    fn args(self, _: Option<String>) -> Document {
        Document { id: self.id, max_age: self.max_age.map(|it| it.0) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InRelease {
    version: String,
    pipeline: Option<String>,
    at_most: Option<u32>,
    #[serde(default)]
    frozen: bool,
    #[serde(default)]
    same_commit: bool,
}

impl InFile for InRelease {
    type Args = Release;

    fn args(self, _: Option<String>) -> Release {
        Release {
            version: self.version,
            pipeline: self.pipeline,
            at_most: self.at_most.unwrap_or(0),
            frozen: self.frozen,
            same_commit: self.same_commit,
        }
    }
}
