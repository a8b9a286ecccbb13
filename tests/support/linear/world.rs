//! What exists in our Linear workspace. Fields are public; the methods are the usual ways.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

/// Everything.
#[derive(Debug)]
pub struct LinearWorld {
    pub url_key: String,
    /// Keys with the teams they may see (None: all). Empty: every key is accepted.
    pub keys: BTreeMap<String, Option<Vec<String>>>,
    pub teams: Vec<Team>,
    pub issues: Vec<Issue>,
    pub projects: Vec<Project>,
    pub cycles: Vec<Cycle>,
    pub initiatives: Vec<Initiative>,
    pub releases: Vec<Release>,
    pub documents: Vec<Document>,
    pub views: Vec<View>,
    /// People beside those who have issues.
    pub users: Vec<String>,
    /// Labels of the whole workspace.
    pub labels: Vec<String>,
    pub requests: RateState,
    pub complexity: RateState,
}

/// A rate budget; `reset` in seconds from now.
#[derive(Debug, Clone, Copy)]
pub struct RateState {
    pub limit: u64,
    pub remaining: u64,
    pub reset: u64,
}

#[derive(Debug, Clone)]
pub struct Team {
    pub key: String,
    pub name: String,
    /// The team above it.
    pub parent: Option<String>,
    /// (name, type).
    pub states: Vec<(String, String)>,
    pub labels: Vec<String>,
    /// Labels that only hold others: no issue can have one.
    pub label_groups: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Issue {
    pub team: String,
    pub number: u64,
    pub title: String,
    /// Name of one of the team's states.
    pub state: String,
    pub labels: Vec<String>,
    pub project: Option<String>,
    pub milestone: Option<String>,
    pub cycle: Option<u64>,
    /// 0 none, 1 urgent .. 4 low.
    pub priority: u8,
    pub assignee: Option<String>,
    pub due: Option<String>,
    pub description: Option<String>,
    /// Identifiers of issues that block this one.
    pub blocked_by: Vec<String>,
    pub archived: bool,
    /// In the trash, and so archived too.
    pub trashed: bool,
    /// Identifiers from before it moved to its team.
    pub previous: Vec<String>,
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub struct Project {
    pub name: String,
    /// Status name and type: backlog planned started paused completed canceled.
    pub status: (String, String),
    /// onTrack, atRisk, offTrack; None: no update yet.
    pub health: Option<String>,
    pub progress: f64,
    pub lead: Option<String>,
    pub target: Option<String>,
    pub milestones: Vec<Milestone>,
    /// The newest update: when, and whether it is stale.
    pub update: Option<(DateTime<Utc>, bool)>,
    pub trashed: bool,
}

#[derive(Debug, Clone)]
pub struct Milestone {
    pub name: String,
    /// unstarted, next, overdue or done.
    pub status: String,
    pub progress: f64,
    pub target: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Cycle {
    pub team: String,
    pub number: u64,
    pub name: Option<String>,
    pub active: bool,
    pub progress: f64,
    /// Identifiers of what was open when it ended; Linear has moved them to another cycle.
    pub left: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Initiative {
    pub name: String,
    /// Proposed Planned Active Completed Canceled.
    pub status: String,
    pub health: Option<String>,
    pub projects: Vec<String>,
    /// The newest update: when, and whether it is stale.
    pub update: Option<(DateTime<Utc>, bool)>,
}

#[derive(Debug, Clone)]
pub struct Release {
    pub name: String,
    pub version: Option<String>,
    pub pipeline: String,
    /// Stage name, type (planned started completed canceled), frozen.
    pub stage: (String, String, bool),
    pub commit: Option<String>,
    /// Identifiers.
    pub issues: Vec<String>,
    pub completed: bool,
}

#[derive(Debug, Clone)]
pub struct Document {
    pub title: String,
    pub content: Option<String>,
    pub at: DateTime<Utc>,
    pub trashed: bool,
}

#[derive(Debug, Clone)]
pub struct View {
    pub name: String,
    /// Issue, Project, Initiative or FeedItem.
    pub model: String,
    /// Identifiers or project names it shows.
    pub shows: Vec<String>,
}

impl Default for LinearWorld {
    fn default() -> Self {
        Self {
            url_key: "acme".into(),
            keys: BTreeMap::new(),
            teams: Vec::new(),
            issues: Vec::new(),
            projects: Vec::new(),
            cycles: Vec::new(),
            initiatives: Vec::new(),
            releases: Vec::new(),
            documents: Vec::new(),
            views: Vec::new(),
            users: Vec::new(),
            labels: Vec::new(),
            requests: RateState { limit: 2500, remaining: 2499, reset: 3600 },
            complexity: RateState { limit: 3_000_000, remaining: 2_999_999, reset: 3600 },
        }
    }
}

/// An hour before now, in whole seconds.
pub fn then() -> DateTime<Utc> {
    let moment = Utc::now() - TimeDelta::hours(1);
    DateTime::from_timestamp(moment.timestamp(), 0).unwrap_or(moment)
}

/// A UUID made from a name, the same each time.
pub fn id(name: &str) -> String {
    let hex = crate::support::github::oid(name);
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

impl LinearWorld {
    /// The team with this key, made with Linear's usual states if it is not there.
    pub fn team(&mut self, key: &str) -> &mut Team {
        let at = self.teams.iter().position(|team| team.key == key).unwrap_or_else(|| {
            let states = [
                ("Triage", "triage"),
                ("Backlog", "backlog"),
                ("Todo", "unstarted"),
                ("In Progress", "started"),
                ("Done", "completed"),
                ("Canceled", "canceled"),
                ("Duplicate", "duplicate"),
            ];
            let states = states.iter().map(|(name, kind)| ((*name).into(), (*kind).into())).collect();
            self.teams.push(Team {
                key: key.into(),
                name: format!("Team {key}"),
                parent: None,
                states,
                labels: Vec::new(),
                label_groups: Vec::new(),
            });
            self.teams.len() - 1
        });
        &mut self.teams[at]
    }

    /// The issue `ENG-101`, made in state "Todo" if it is not there.
    pub fn issue(&mut self, identifier: &str, title: &str) -> &mut Issue {
        let (team, number) = identifier.split_once('-').expect("TEAM-1");
        let number = number.parse().expect("TEAM-1");
        self.team(team);
        let at =
            self.issues.iter().position(|it| it.team == team && it.number == number).unwrap_or_else(|| {
                self.issues.push(Issue {
                    team: team.into(),
                    number,
                    title: title.into(),
                    state: "Todo".into(),
                    labels: Vec::new(),
                    project: None,
                    milestone: None,
                    cycle: None,
                    priority: 0,
                    assignee: None,
                    due: None,
                    description: None,
                    blocked_by: Vec::new(),
                    archived: false,
                    trashed: false,
                    previous: Vec::new(),
                    at: then(),
                });
                self.issues.len() - 1
            });
        &mut self.issues[at]
    }

    /// Puts a label on an issue and makes it known to its team.
    pub fn label(&mut self, identifier: &str, label: &str) {
        self.issue(identifier, "").labels.push(label.into());
        let team = identifier.split_once('-').expect("TEAM-1").0;
        let labels = &mut self.team(team).labels;
        if !labels.iter().any(|it| it == label) {
            labels.push(label.into());
        }
    }

    /// Moves an issue: "Done", "In Progress", ...
    pub fn set_state(&mut self, identifier: &str, state: &str) {
        self.issue(identifier, "").state = state.into();
    }

    pub fn project(&mut self, name: &str) -> &mut Project {
        let at = self.projects.iter().position(|it| it.name == name).unwrap_or_else(|| {
            self.projects.push(Project {
                name: name.into(),
                status: ("In Progress".into(), "started".into()),
                health: None,
                progress: 0.0,
                lead: None,
                target: None,
                milestones: Vec::new(),
                update: None,
                trashed: false,
            });
            self.projects.len() - 1
        });
        &mut self.projects[at]
    }

    pub fn cycle(&mut self, team: &str, number: u64, active: bool) -> &mut Cycle {
        self.team(team);
        self.cycles.push(Cycle {
            team: team.into(),
            number,
            name: None,
            active,
            progress: 0.5,
            left: Vec::new(),
        });
        self.cycles.last_mut().expect("just pushed")
    }

    pub fn initiative(&mut self, name: &str, status: &str) -> &mut Initiative {
        self.initiatives.push(Initiative {
            name: name.into(),
            status: status.into(),
            health: None,
            projects: Vec::new(),
            update: Some((then(), false)),
        });
        self.initiatives.last_mut().expect("just pushed")
    }

    pub fn release(&mut self, version: &str, pipeline: &str) -> &mut Release {
        self.releases.push(Release {
            name: version.into(),
            version: Some(version.into()),
            pipeline: pipeline.into(),
            stage: ("Release candidate".into(), "started".into(), false),
            commit: None,
            issues: Vec::new(),
            completed: false,
        });
        self.releases.last_mut().expect("just pushed")
    }

    pub fn document(&mut self, title: &str) -> &mut Document {
        self.documents.push(Document { title: title.into(), content: None, at: then(), trashed: false });
        self.documents.last_mut().expect("just pushed")
    }

    pub fn view(&mut self, name: &str, model: &str, shows: &[&str]) {
        let shows = shows.iter().map(|it| (*it).into()).collect();
        self.views.push(View { name: name.into(), model: model.into(), shows });
    }
}

impl Issue {
    pub fn identifier(&self) -> String {
        format!("{}-{}", self.team, self.number)
    }
}

impl Project {
    /// Health with a fresh update.
    pub fn healthy(&mut self, health: &str) -> &mut Self {
        self.health = Some(health.into());
        self.update = Some((then(), false));
        self
    }

    pub fn milestone(&mut self, name: &str, status: &str, progress: f64) -> &mut Self {
        self.milestones.push(Milestone { name: name.into(), status: status.into(), progress, target: None });
        self
    }
}
