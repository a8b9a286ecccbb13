//! Limits in one line for people.

use std::time::Duration;

use super::{
    AcceptedState, Count, Health, Initiative, InitiativeStatus, Issues, IssuesDone, LinearDocument, Priority,
    Project, ProjectStatus, Release, View, ViewOf,
};
use gonogo_text::length;

pub(super) fn issues(it: &Issues) -> String {
    let noun = if it.states.is_empty() {
        "open issues".into()
    } else {
        format!("issues in {}", it.states.join(" or "))
    };
    format!("{} {noun}: {}", it.count, it.scope())
}

pub(super) fn issues_done(it: &IssuesDone) -> String {
    let accepted: Vec<_> = it.accept.iter().map(|state| state.word()).collect();
    let accepted = if accepted.is_empty() { String::new() } else { format!(" (or {})", accepted.join(", ")) };
    format!("{} completed{accepted}", it.ids.join(", "))
}

pub(super) fn project(it: &Project) -> String {
    let limits = [
        it.status.map(|status| status.word().to_owned()),
        it.health.map(|health| health.words().to_owned()),
        it.progress_at_least.map(|share| format!("progress at least {}", percent(share))),
        it.update_max_age.map(|age| format!("update within {}", length(Duration::from_secs(age)))),
    ];
    let limits: Vec<_> = limits.into_iter().flatten().collect();
    format!("project {}: {}", it.name, limits.join(", "))
}

pub(super) fn initiative(it: &Initiative) -> String {
    let limits = [it.status.map(InitiativeStatus::word), it.health.map(Health::words)];
    let limits: Vec<_> = limits.into_iter().flatten().collect();
    format!("initiative {}: {}", it.name, limits.join(", "))
}

pub(super) fn cycle(team: &str, number: &str) -> String {
    match number {
        "active" | "next" => format!("the {number} cycle of team {team}"),
        _ => format!("cycle {number} of team {team}"),
    }
}

pub(super) fn view(it: &View) -> String {
    format!("{} {} in view {}", it.count, it.of.word(), it.id)
}

pub(super) fn document(it: &LinearDocument) -> String {
    match it.max_age {
        Some(age) => format!("document {} edited within {}", it.id, length(Duration::from_secs(age))),
        None => format!("document {} exists", it.id),
    }
}

pub(super) fn release(it: &Release) -> String {
    let pipeline = it.pipeline.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
    let frozen = if it.frozen { ", frozen" } else { "" };
    let commit = if it.same_commit { ", of the target commit" } else { "" };
    format!("release {}{pipeline}: at most {} open issues{frozen}{commit}", it.version, it.at_most)
}

impl Issues {
    /// What narrows it down: `team CHK, label release-blocker`.
    pub(in crate::linear) fn scope(&self) -> String {
        let mut parts = Vec::new();
        let mut say = |word: &str, name: &Option<String>| {
            parts.extend(name.as_ref().map(|name| format!("{word} {name}")));
        };
        say("team", &self.team);
        say("project", &self.project);
        say("milestone", &self.milestone);
        say("cycle", &self.cycle);
        say("release", &self.release);
        say("assignee", &self.assignee);
        match self.labels.as_slice() {
            [] => {}
            [one] => parts.push(format!("label {one}")),
            all => parts.push(format!("labels {}", all.join(" or "))),
        }
        parts.extend(self.priority.map(|priority| match priority {
            Priority::Urgent | Priority::None => format!("priority {}", priority.word()),
            _ => format!("priority {} or above", priority.word()),
        }));
        if parts.is_empty() { "everywhere".into() } else { parts.join(", ") }
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.at_least, self.at_most) {
            (Some(least), Some(most)) => write!(f, "{least} to {most}"),
            (Some(least), None) => write!(f, "at least {least}"),
            (None, most) => write!(f, "at most {}", most.unwrap_or(0)),
        }
    }
}

impl Priority {
    pub(in crate::linear) fn word(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::None => "none",
        }
    }
}

impl AcceptedState {
    /// As Linear's state types say it.
    pub(in crate::linear) fn word(self) -> &'static str {
        match self {
            Self::Canceled => "canceled",
            Self::Duplicate => "duplicate",
        }
    }
}

impl Health {
    /// For people.
    pub(in crate::linear) fn words(self) -> &'static str {
        match self {
            Self::OnTrack => "on track",
            Self::AtRisk => "at risk",
            Self::OffTrack => "off track",
        }
    }

    /// Reads Linear's word; None for a value that is not known.
    pub(in crate::linear) fn read(word: &str) -> Option<Self> {
        Some(match word {
            "onTrack" => Self::OnTrack,
            "atRisk" => Self::AtRisk,
            "offTrack" => Self::OffTrack,
            _ => return None,
        })
    }
}

impl ProjectStatus {
    pub(in crate::linear) fn word(self) -> &'static str {
        match self {
            Self::Backlog => "backlog",
            Self::Planned => "planned",
            Self::Started => "started",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Canceled => "canceled",
        }
    }
}

impl InitiativeStatus {
    pub(in crate::linear) fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Planned => "planned",
            Self::Active => "active",
            Self::Completed => "completed",
            Self::Canceled => "canceled",
        }
    }
}

impl ViewOf {
    pub(in crate::linear) fn word(self) -> &'static str {
        match self {
            Self::Issues => "issues",
            Self::Projects => "projects",
        }
    }

    /// One row.
    pub(in crate::linear) fn one(self) -> &'static str {
        match self {
            Self::Issues => "issue",
            Self::Projects => "project",
        }
    }
}

/// `0.9` as `90%`.
pub(in crate::linear) fn percent(share: f64) -> String {
    format!("{}%", (share * 1000.0).round() / 10.0)
}
