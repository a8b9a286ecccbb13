//! `jira.issues`: so many issues match a query.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Jira, REST, jql};
use crate::{
    DecodedLimits, Description,
    api::{FindingResult, Poll},
    fact::counted,
    finding::{MOST_ROWS, finding},
    http::Body,
    lookalike::odd,
    spec::{LimitKeys, Spec, args},
};
use gonogo_domain::{Failure, FailureKind, Outcome, Question};
use gonogo_yaml::Spanned;

/// Issues of one page.
const PAGE: u64 = 100;
/// Pages that are read.
const MOST_PAGES: usize = 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JiraSearch {
    jql: String,
    at_most: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    project: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Keys {
    jql: Spanned<String>,
    at_most: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    issues: Vec<Issue>,
    next_page_token: Option<String>,
    is_last: Option<bool>,
}

#[derive(Deserialize)]
struct Issue {
    key: String,
    fields: Fields,
}

#[derive(Deserialize)]
struct Fields {
    summary: Option<String>,
}

impl LimitKeys for Keys {
    const DESCRIPTION: Description = Description {
        proves: "a search finds no issues",
        keys: &[("jql", "the search, in JQL"), ("at_most", "how many may match; 0 by default")],
    };

    fn limits(self, mut spec: Spec<'_, '_, '_>) -> Option<DecodedLimits> {
        let jql = spec.text(&self.jql, "the query");
        if let Some(field) = jql::leaves_out_empty(&jql) {
            spec.wrong(
                self.jql.at,
                format!("Jira leaves out issues with an empty {field} here, so they would be missed"),
                if field.eq_ignore_ascii_case("resolution") {
                    "an open issue has none: write `resolution is EMPTY`".to_owned()
                } else {
                    let field = if field.contains(' ') { format!("\"{field}\"") } else { field };
                    format!("write `({field} is EMPTY OR {field} not in (...))`, or `{field} is not EMPTY AND` before it")
                },
            );
        }
        let at_most = self.at_most.unwrap_or(0);
        let project = spec.default("project").map(|key| key.to_string());
        let said = format!("issues of \"{jql}\", at most {at_most}");
        spec.finish(JiraSearch { jql, at_most, project }, said)
    }
}

pub(super) async fn answer(jira: &Jira, question: &Question, poll: &Poll<'_>) -> FindingResult {
    let search: JiraSearch = args(question)?;
    // Of a project that cannot be seen, a query finds nothing.
    if let Some(project) = &search.project {
        jira.project(project, poll).await?;
    }
    let found = issues(jira, &search, poll).await?;
    let (outcome, mut reason) = counted(found.len() as u64, search.at_most, "issue", "issues");
    if outcome == Outcome::Holds {
        labels_are_known(jira, &search.jql, poll).await?;
    }
    if let Some(first) = found.first() {
        reason = format!("{reason}: {}", row(first));
    }
    let mut finding = finding(outcome, reason, "jql search");
    finding.rows = found.iter().take(MOST_ROWS).map(|issue| row(issue).into()).collect();
    let mut page = jira.api.url(&["issues"], &[])?;
    page.query_pairs_mut().append_pair("jql", &search.jql);
    finding.url = Some(page.as_str().into());
    Ok(finding)
}

/// Of a label that no issue has Jira finds none, and says nothing (V2): a label is there by being on an issue.
async fn labels_are_known(jira: &Jira, jql: &str, poll: &Poll<'_>) -> Result<(), Failure> {
    let path = [&REST[..], &["search", "jql"]].concat();
    for label in jql::labels(jql) {
        let quoted = label.replace('\\', "\\\\").replace('"', "\\\"");
        let body = json!({ "jql": format!("labels = \"{quoted}\""), "fields": ["summary"], "maxResults": 1 });
        let page: Page = jira.api.post(poll, &path, Body::Json(body), "the label").await?;
        if page.issues.is_empty() {
            let message = format!("no issue, open or done, has the label `{label}`{}", odd(&label));
            return Err(Failure::new(FailureKind::NotFound, message).advise(
                "check the spelling of the label; Jira knows it once any issue has it, even a closed one",
            ));
        }
    }
    Ok(())
}

/// All issues, or more than there may be: then the rest makes no difference.
async fn issues(jira: &Jira, search: &JiraSearch, poll: &Poll<'_>) -> Result<Vec<Issue>, Failure> {
    let path = [&REST[..], &["search", "jql"]].concat();
    let mut found: Vec<Issue> = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let mut body = json!({ "jql": search.jql, "fields": ["summary"], "maxResults": PAGE });
        if let Some(token) = &token {
            body["nextPageToken"] = json!(token);
        }
        let page: Page = jira.api.post(poll, &path, Body::Json(body), "the issues").await?;
        found.extend(page.issues);
        if found.len() as u64 > search.at_most {
            return Ok(found);
        }
        match (page.is_last, page.next_page_token) {
            (Some(true) | None, None) => return Ok(found),
            (Some(false) | None, Some(next)) if token.as_ref() != Some(&next) => token = Some(next),
            _ => return Err(incomplete("its pages do not add up")),
        }
    }
    Err(incomplete("there are too many pages to read"))
}

fn incomplete(why: &str) -> Failure {
    Failure::new(FailureKind::Incomplete, format!("Jira's list of issues is incomplete: {why}"))
}

fn row(issue: &Issue) -> String {
    format!("{} {}", issue.key, issue.fields.summary.as_deref().unwrap_or("(no summary)"))
}
