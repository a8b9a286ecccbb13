//! Limits as files give them: read strictly, checked, and brought into their canonical form.

use serde::{Deserialize, de::Error};

use super::spec::{
    Args, Count, Cycle, Health, Initiative, Issues, IssuesDone, LinearDocument, Milestone, Priority, Project,
    ProjectStatus, Release, View, ViewOf,
};
use crate::{DecodedLimits, Description, GateLimits, Thing};
use gonogo_domain::Length;
use gonogo_yaml::{Problem, Shape};

/// Every kind, for files.
pub(super) const THINGS: &[Thing] = &[
    thing::<InIssues>("issues"),
    thing::<IssuesDone>("issues_done"),
    thing::<ProjectKeys>("project"),
    thing::<Initiative>("initiative"),
    thing::<Milestone>("milestone"),
    thing::<InCycle>("cycle"),
    thing::<InView>("view"),
    thing::<InDocument>("document"),
    thing::<Release>("release"),
];

const fn thing<F: InFile + 'static>(name: &'static str) -> Thing {
    Thing { name, decode: decode::<F>, shape: Shape::of::<F>, description: F::DESCRIPTION }
}

/// Limits with the keys and types of the file.
trait InFile: for<'de> Deserialize<'de> {
    type Args: Args;
    /// What it is for.
    const DESCRIPTION: Description;

    /// The canonical form; `team` is the launch's default.
    fn args(self, team: Option<String>) -> Self::Args;
}

fn decode<F: InFile>(limits: &GateLimits<'_>, problems: &mut Vec<Problem>) -> Option<DecodedLimits> {
    let file: F = limits.document.decode(limits.node, problems)?;
    let args = file.args(limits.defaults.get("team").map(ToString::to_string));
    if let Err((key, message)) = args.check() {
        problems.push(problem(limits, key, message));
        return None;
    }
    let canonical = serde_json::to_value(&args).ok()?;
    Some(DecodedLimits { args: canonical, bound: args.bound(), said: args.describe().into() })
}

/// At the value of the key, or at the whole map where the key is not there.
fn problem(limits: &GateLimits<'_>, key: &str, message: String) -> Problem {
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
    const DESCRIPTION: Description = Description {
        proves: "no issues of a kind are open",
        keys: &[
            ("team", "the key of a team; its sub-teams count too, unless a `cycle` or `at_least` is given"),
            ("labels", "with any of these labels"),
            ("project", "in this project, by its name or the last part of its address"),
            ("milestone", "in this milestone of the project"),
            ("cycle", "in this cycle of the team: its number, `active` or `next`"),
            ("release", "in this release, by its version"),
            ("assignee", "its assignee: name, display name or e-mail address"),
            ("states", "in these states, instead of all open ones"),
            (
                "priority",
                "`urgent`, `high`, `medium` or `low`: this priority and above; `none`: those without one",
            ),
            ("at_most", "how many there may be; 0 unless a limit is given"),
            ("at_least", "how many there must be"),
        ],
    };

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

impl InFile for IssuesDone {
    type Args = Self;
    const DESCRIPTION: Description = Description {
        proves: "the named issues are completed",
        keys: &[
            ("ids", "their identifiers: `[CHK-101, CHK-108]`"),
            ("accept", "other ways of closing that pass: `canceled`, `duplicate`"),
        ],
    };

    fn args(self, _: Option<String>) -> Self {
        self
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectKeys {
    name: String,
    status: Option<ProjectStatus>,
    health: Option<Health>,
    progress_at_least: Option<f64>,
    update_max_age: Option<Seconds>,
}

impl InFile for ProjectKeys {
    type Args = Project;
    const DESCRIPTION: Description = Description {
        proves: "a project is where it should be",
        keys: &[
            ("name", "its name, or the last part of its address"),
            ("status", "`backlog`, `planned`, `started`, `paused`, `completed` or `canceled`"),
            ("health", "what its last update must say: `on_track`, `at_risk` or `off_track`"),
            ("progress_at_least", "how far along it must be: `0.9` is 90 %"),
            ("update_max_age", "how old its last update may be"),
        ],
    };

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

impl InFile for Initiative {
    type Args = Self;
    const DESCRIPTION: Description = Description {
        proves: "an initiative is where it should be",
        keys: &[
            ("name", "its name, or the last part of its address"),
            ("status", "`proposed`, `planned`, `active`, `completed` or `canceled`"),
            ("health", "what its last update must say: `on_track`, `at_risk` or `off_track`"),
        ],
    };

    fn args(self, _: Option<String>) -> Self {
        self
    }
}

impl InFile for Milestone {
    type Args = Self;
    const DESCRIPTION: Description = Description {
        proves: "a milestone of a project is done",
        keys: &[
            ("project", "the project, by its name or the last part of its address"),
            ("name", "the milestone's name"),
        ],
    };

    fn args(self, _: Option<String>) -> Self {
        self
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
    const DESCRIPTION: Description = Description {
        proves: "a cycle is done",
        keys: &[
            ("number", "its number, `active` or `next`"),
            ("team", "the key of its team"),
            ("at_most", "how many of its issues may be open; 0 by default"),
        ],
    };

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
    const DESCRIPTION: Description = Description {
        proves: "a saved view is empty",
        keys: &[
            ("id", "the last part of its address"),
            ("of", "what it lists: `issues` or `projects`"),
            ("at_most", "how many it may list; 0 unless a limit is given"),
            ("at_least", "how many it must list"),
        ],
    };

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
    type Args = LinearDocument;
    const DESCRIPTION: Description = Description {
        proves: "a document exists, and was edited recently",
        keys: &[("id", "the last part of its address"), ("max_age", "how long ago it may have been edited")],
    };

    fn args(self, _: Option<String>) -> LinearDocument {
        LinearDocument { id: self.id, max_age: self.max_age.map(|it| it.0) }
    }
}

impl InFile for Release {
    type Args = Self;
    const DESCRIPTION: Description = Description {
        proves: "a release is ready",
        keys: &[
            ("version", "its version"),
            ("pipeline", "its pipeline, where several have this version"),
            ("at_most", "how many of its issues may be open; 0 by default"),
            ("frozen", "`true`: it must be frozen"),
            ("same_commit", "`true`: it must be of the release commit"),
        ],
    };

    fn args(self, _: Option<String>) -> Self {
        self
    }
}
