//! `sentry.issues`: so many issues are new in a release and unresolved.

use serde::{Deserialize, Serialize};

use super::{ReleaseScope, Sentry};
use crate::{
    DecodedLimits, Description,
    api::{FindingResult, Poll},
    fact::counted,
    finding::{MOST_ROWS, finding},
    http::{HttpRequest, Response, link},
    spec::{LimitKeys, Spec, args},
};
use gonogo_domain::{Failure, FailureKind, Outcome, Question};
use gonogo_yaml::Spanned;

/// Pages of 100 issues that are read.
const MOST_PAGES: usize = 10;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    place: ReleaseScope,
    at_most: u64,
}

#[derive(Deserialize)]
pub(super) struct Keys {
    release: Option<Spanned<String>>,
    environment: Option<Spanned<String>>,
    project: Option<Spanned<String>>,
    at_most: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issue {
    title: String,
    short_id: Option<String>,
    permalink: Option<String>,
}

impl LimitKeys for Keys {
    const DESCRIPTION: Description = Description {
        proves: "a release has no new errors",
        keys: &[
            ("release", "the release as Sentry knows it; the launch's version by default"),
            ("environment", "only of this environment"),
            ("project", "only of this project, by its slug"),
            ("at_most", "how many may be new; 0 by default"),
        ],
    };

    fn limits(self, mut spec: Spec<'_, '_, '_>) -> Option<DecodedLimits> {
        let place = ReleaseScope::check(
            &mut spec,
            self.release.as_ref(),
            self.environment.as_ref(),
            self.project.as_ref(),
        );
        let at_most = self.at_most.unwrap_or(0);
        let said = format!("new issues of {}, at most {at_most}", place.describe());
        spec.finish(Wanted { place, at_most }, said)
    }
}

pub(super) async fn answer(sentry: &Sentry, question: &Question, poll: &Poll<'_>) -> FindingResult {
    let wanted: Wanted = args(question)?;
    let known = sentry.release(&wanted.place, poll).await?;
    let found = issues(sentry, &wanted, &known.project, poll).await?;
    let (mut outcome, mut reason) = counted(found.len() as u64, wanted.at_most, "new issue", "new issues");
    if let Some(first) = found.first() {
        reason = format!("{reason}: {}", row(first));
    }
    // What never ran has brought no error either.
    if outcome == Outcome::Holds && found.is_empty() && !sentry.ran_in(&wanted.place, &known, poll).await? {
        let there = wanted.place.environment.as_deref().map(|name| format!(" in {name}")).unwrap_or_default();
        outcome = Outcome::Unclear;
        reason = format!(
            "{reason}, but no event, session or deploy of {}{there} is known: once it runs there, record its deploy or \
             send its sessions{}",
            wanted.place.release,
            if there.is_empty() { ", and name its `environment`" } else { "" }
        );
    }
    let mut finding = finding(outcome, reason, "issues");
    finding.rows = found.iter().take(MOST_ROWS).map(|issue| row(issue).into()).collect();
    let first = found.first().and_then(|issue| issue.permalink.as_deref()).map(Into::into);
    finding.url = first.or_else(|| sentry.page(&wanted.place));
    Ok(finding)
}

/// All issues, or more than there may be: then the rest makes no difference.
async fn issues(
    sentry: &Sentry,
    wanted: &Wanted,
    project: &str,
    poll: &Poll<'_>,
) -> Result<Vec<Issue>, Failure> {
    let search = format!("is:unresolved first-release:\"{}\"", wanted.place.release);
    let mut query = wanted.place.query(project);
    // The longest span there is: an issue that was last seen before it would be left out.
    query.extend([("query", search.as_str()), ("statsPeriod", "90d"), ("limit", "100")]);
    let mut found: Vec<Issue> = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let mut page = query.clone();
        page.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let url = sentry.api.folder(&["issues"], &page)?;
        let response = sentry.api.send(poll, HttpRequest::get(url), "the issues").await?;
        found.extend(sentry.api.read::<Vec<Issue>>(&response)?);
        if found.len() as u64 > wanted.at_most {
            return Ok(found);
        }
        match next(&response, "issues")? {
            None => return Ok(found),
            Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
            Some(_) => return Err(incomplete("issues")),
        }
    }
    Err(incomplete("issues"))
}

pub(super) fn incomplete(what: &str) -> Failure {
    Failure::new(FailureKind::Incomplete, format!("Sentry's list of {what} is incomplete"))
}

/// The cursor of the next page. A `next` is always there; `results` says whether anything is behind it.
pub(super) fn next(response: &Response, what: &str) -> Result<Option<String>, Failure> {
    let hole = || incomplete(what);
    let link = link(response, "next").ok().flatten().ok_or_else(hole)?;
    match link.parameter("results") {
        Some("false") => Ok(None),
        Some("true") => link.parameter("cursor").map(|cursor| Some(cursor.to_owned())).ok_or_else(hole),
        _ => Err(hole()),
    }
}

fn row(issue: &Issue) -> String {
    format!("{} {}", issue.short_id.as_deref().unwrap_or("?"), issue.title)
}
