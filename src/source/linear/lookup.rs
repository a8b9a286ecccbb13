//! What a gate names must exist and be visible to the key: else "none" would mean "cannot see" (V2).

use serde_json::{Value, json};

use super::{
    document::DocumentField,
    filter::{self, equals},
    row::{Page, Present},
};
use gonogo_domain::{Failure, FailureKind};

/// Something that a gate names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lookup {
    Team(String),
    /// `above`: the teams above its team, once it was not found in the team itself. A sub-team has the labels of those.
    Label {
        name: String,
        team: Option<String>,
        above: Vec<String>,
    },
    State {
        name: String,
        team: Option<String>,
    },
    Project(String),
    Milestone {
        name: String,
        project: Option<String>,
    },
    Cycle {
        number: String,
        team: String,
    },
    Release(String),
    Person(String),
}

impl Lookup {
    /// The field that finds it, in the same request as what is counted.
    pub(super) fn item(&self) -> DocumentField {
        let body = match self {
            Self::Project(_) | Self::Release(_) => "pageInfo { hasNextPage } nodes { id url }",
            Self::Team(_) => {
                "pageInfo { hasNextPage } nodes { id parent { key parent { key parent { key } } } }"
            }
            _ => "pageInfo { hasNextPage } nodes { id }",
        };
        let list = |field, kind, filter| DocumentField::list(field, "first: 2", kind, filter, body);
        match self {
            Self::Team(key) => list("teams", "TeamFilter", filter::team(key)),
            Self::Label { name, team, above } => {
                list("issueLabels", "IssueLabelFilter", label(name, team.as_deref(), above))
            }
            Self::State { name, team } => {
                list("workflowStates", "WorkflowStateFilter", state(name, team.as_deref()))
            }
            Self::Project(name) => list("projects", "ProjectFilter", filter::named(name)),
            Self::Milestone { name, project } => {
                list("projectMilestones", "ProjectMilestoneFilter", milestone(name, project.as_deref()))
            }
            Self::Cycle { number, team } => list("cycles", "CycleFilter", filter::cycle(number, team)),
            Self::Release(version) => list("releases", "ReleaseFilter", filter::release(version, None)),
            Self::Person(name) => {
                let more = "first: 2, includeDisabled: true";
                DocumentField::list("users", more, "UserFilter", filter::person(name), body)
            }
        }
    }

    /// The teams above the one that it finds, the nearest first.
    pub(super) fn above(&self, answer: &Value) -> Result<Vec<String>, Failure> {
        let Self::Team(_) = self else { return Ok(Vec::new()) };
        let page: Page<Present> = Page::read(answer)?;
        let parent = page.nodes.into_iter().next().and_then(|team| team.parent);
        let chain = std::iter::successors(parent, |team| team.parent.as_deref().cloned());
        Ok(chain.map(|team| team.key).collect())
    }

    /// The same among the teams above, if it was not found in the team itself and may be there.
    pub(super) fn among(&self, teams: &[String], answer: &Value) -> Result<Option<Self>, Failure> {
        match self {
            Self::Label { name, team, above } if above.is_empty() && !teams.is_empty() => {
                let none = Page::<Present>::read(answer)?.nodes.is_empty();
                let (name, team, above) = (name.clone(), team.clone(), teams.to_vec());
                Ok(none.then_some(Self::Label { name, team, above }))
            }
            _ => Ok(None),
        }
    }

    /// Whether it is there, and one thing where a name should mean one thing.
    pub(super) fn judge(&self, answer: &Value) -> Result<(), Failure> {
        let page: Page<Present> = Page::read(answer)?;
        match page.nodes.len() {
            0 if page.more => Err(Failure::new(FailureKind::Incomplete, format!("{self} was not shown"))),
            0 => Err(Failure::new(
                FailureKind::NotFound,
                format!("{self} does not exist, or this key cannot see it"),
            )
            .advise(self.advice())),
            1 if !page.more => Ok(()),
            _ => self.several(&page),
        }
    }

    fn several(&self, page: &Page<Present>) -> Result<(), Failure> {
        let advice = match self {
            Self::Project(_) => "name it by the last part of its address",
            Self::Milestone { project: None, .. } => "name the project too",
            Self::Milestone { project: Some(_), .. } => {
                "give the milestones of the project different names, or name the project by the last part of its address"
            }
            Self::Release(_) => "use linear: { release: ... } and name the pipeline",
            Self::Person(_) => "name the person by email address",
            Self::Team(_) | Self::Label { .. } | Self::State { .. } | Self::Cycle { .. } => return Ok(()),
        };
        let urls: Vec<&str> = page.nodes.iter().filter_map(|it| it.url.as_deref()).collect();
        Err(Failure::new(FailureKind::Rejected, not_unique(&self.to_string(), &urls)).advise(advice))
    }

    fn advice(&self) -> &'static str {
        match self {
            Self::Team(_) => {
                "write the team's key as in its issue ids, and give the API key access to the team"
            }
            Self::Label { .. } => "check the spelling; a label group cannot be on an issue",
            Self::Project(_) => {
                "check the spelling; after a rename it answers to its new name, or always to the last part of its \
                 address; archived ones are not looked at"
            }
            _ => "check the spelling, upper and lower case included, and what the key can see",
        }
    }
}

/// A name that means several things, and which.
pub(super) fn not_unique(what: &str, urls: &[&str]) -> String {
    let candidates = if urls.is_empty() { String::new() } else { format!(": {}", urls.join(", ")) };
    format!("{what} is not unique: Linear has several{candidates}")
}

/// A label of the team, of those above it, or of the whole workspace. A group is no label: no issue can have it.
fn label(name: &str, team: Option<&str>, above: &[String]) -> Value {
    let mut filter = json!({ "name": equals(name), "isGroup": { "eq": false } });
    if let Some(key) = team {
        let teams = std::iter::once(key).chain(above.iter().map(String::as_str));
        let mut any: Vec<Value> = teams.map(|key| json!({ "team": filter::team(key) })).collect();
        any.push(json!({ "team": { "null": true } }));
        filter["or"] = Value::Array(any);
    }
    filter
}

fn state(name: &str, team: Option<&str>) -> Value {
    let mut filter = json!({ "name": equals(name) });
    if let Some(key) = team {
        filter["team"] = filter::team(key);
    }
    filter
}

/// A milestone of a project, by its name.
pub(super) fn milestone(name: &str, project: Option<&str>) -> Value {
    let mut filter = json!({ "name": equals(name) });
    if let Some(project) = project {
        filter["project"] = filter::named(project);
    }
    filter
}

impl std::fmt::Display for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Team(key) => write!(f, "team {key}"),
            Self::Label { name, team: Some(team), .. } => write!(f, "label {name} of team {team}"),
            Self::Label { name, .. } => write!(f, "label {name}"),
            Self::State { name, team: Some(team) } => write!(f, "state {name} of team {team}"),
            Self::State { name, .. } => write!(f, "state {name}"),
            Self::Project(name) => write!(f, "project {name}"),
            Self::Milestone { name, project: Some(project) } => {
                write!(f, "milestone {name} of project {project}")
            }
            Self::Milestone { name, .. } => write!(f, "milestone {name}"),
            Self::Cycle { number, team } => write!(f, "cycle {number} of team {team}"),
            Self::Release(version) => write!(f, "release {version}"),
            Self::Person(name) => write!(f, "assignee {name}"),
        }
    }
}
