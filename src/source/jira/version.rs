//! `jira.version`: a version is released, or none of its issues is open.

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use super::{Jira, REST};
use crate::{
    DecodedLimits, Description,
    api::{FindingResult, Poll},
    finding::finding,
    spec::{LimitKeys, Spec, args},
};
use gonogo_domain::{Failure, FailureKind, Outcome, Question};
use gonogo_yaml::Spanned;

/// Where a day begins first.
const FARTHEST_EAST: TimeDelta = TimeDelta::hours(14);

/// Pages of 50 versions that match the name, which a version contains rather than equals.
const MOST_PAGES: usize = 10;

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Expect {
    Released,
    NoOpenIssues,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: String,
    project: String,
    expect: Expect,
}

#[derive(Deserialize)]
pub(super) struct Keys {
    name: Spanned<String>,
    project: Option<Spanned<String>>,
    expect: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    values: Vec<Version>,
    is_last: bool,
}

#[derive(Deserialize)]
struct Version {
    id: String,
    name: String,
    released: bool,
    archived: bool,
    /// A day without a zone.
    #[serde(rename = "releaseDate")]
    release_date: Option<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    issues_count: u64,
    issues_unresolved_count: u64,
}

impl LimitKeys for Keys {
    const DESCRIPTION: Description = Description {
        proves: "a version is released",
        keys: &[
            ("name", "its name"),
            ("project", "the key of its project"),
            ("expect", "`released` (the default) or `no_open_issues`"),
        ],
    };

    fn limits(self, mut spec: Spec<'_, '_, '_>) -> Option<DecodedLimits> {
        let words = [("released", Expect::Released), ("no_open_issues", Expect::NoOpenIssues)];
        let expect = match &self.expect {
            Some(spot) => spec.word(spot, &words).unwrap_or(Expect::Released),
            None => Expect::Released,
        };
        let name = spec.text(&self.name, "the name");
        let Some(project) = spec.or_default(self.project.as_ref(), "project") else {
            spec.lacks("versions belong to projects", "add `project`, here or under `defaults`");
            return None;
        };
        let state = if matches!(expect, Expect::Released) { "released" } else { "without open issues" };
        let said = format!("version {name} of {project}, {state}");
        spec.finish(Wanted { name, project, expect }, said)
    }
}

pub(super) async fn answer(jira: &Jira, question: &Question, poll: &Poll<'_>) -> FindingResult {
    let wanted: Wanted = args(question)?;
    // A project that was renamed still answers to its old key.
    jira.project(&wanted.project, poll).await?;
    let version = find(jira, &wanted, poll).await?;
    let path = [&REST[..], &["version", &version.id, "unresolvedIssueCount"]].concat();
    let counts: Counts = jira.api.get(poll, &path, &[], "the open issues of the version").await?;
    if counts.issues_unresolved_count > counts.issues_count {
        return Err(Failure::new(FailureKind::Incomplete, "Jira counts more open issues than issues"));
    }
    let today = poll.server_time().and_then(|now| now.checked_add_signed(FARTHEST_EAST));
    let today = today.map(|now| now.date_naive());
    let (outcome, reason) = judge(wanted.expect, &version, &counts, today);
    let mut finding = finding(outcome, reason, "versions");
    finding.url = jira
        .api
        .url(&["projects", &wanted.project, "versions", &version.id], &[])
        .ok()
        .map(|url| url.as_str().into());
    Ok(finding)
}

/// `today` is the latest day that it is anywhere.
fn judge(expect: Expect, version: &Version, counts: &Counts, today: Option<NaiveDate>) -> (Outcome, String) {
    let Counts { issues_count: all, issues_unresolved_count: open } = counts;
    let ahead = version.release_date.filter(|day| today.is_none_or(|today| *day > today));
    match expect {
        Expect::Released if !version.released => {
            (Outcome::Fails, format!("not released; {open} of {all} issues open"))
        }
        Expect::NoOpenIssues if *open > 0 => (Outcome::Fails, format!("{open} of {all} issues open")),
        // Put away: it says nothing of what goes out now.
        _ if version.archived => (Outcome::Unclear, "the version is archived".into()),
        Expect::Released => match ahead {
            Some(day) => (
                Outcome::Unclear,
                format!("marked as released, but its release date is in the future: {day}"),
            ),
            // Released means that somebody pressed the button; what is open is shown beside it.
            None => (Outcome::Holds, format!("released; {open} of {all} issues open")),
        },
        Expect::NoOpenIssues if *all == 0 => (Outcome::Unclear, "the version has no issues".into()),
        Expect::NoOpenIssues => (Outcome::Holds, format!("none of {all} issues open")),
    }
}

async fn find(jira: &Jira, wanted: &Wanted, poll: &Poll<'_>) -> Result<Version, Failure> {
    let path = [&REST[..], &["project", &wanted.project, "version"]].concat();
    let mut start = 0;
    for _ in 0..MOST_PAGES {
        let at = start.to_string();
        let query = [("query", wanted.name.as_str()), ("maxResults", "50"), ("startAt", &at)];
        let page: Page =
            jira.api.get(poll, &path, &query, &format!("the project {}", wanted.project)).await?;
        start += page.values.len();
        let ends = page.is_last || page.values.is_empty();
        if let Some(version) = page.values.into_iter().find(|version| version.name == wanted.name) {
            return Ok(version);
        }
        if ends {
            let message = format!("the project {} has no version {}", wanted.project, wanted.name);
            return Err(Failure::new(FailureKind::NotFound, message)
                .advise("check the spelling of its name, and whether it was renamed"));
        }
    }
    Err(Failure::new(FailureKind::Incomplete, "there are too many versions to read"))
}
