//! `github.deployment`: the newest deployment to an environment is a success at the target commit.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        case::Case,
        fact::{Fact, Judged, Stop},
        finding::Draft,
        limits::{Lasting, Name},
        shape,
    },
    Evidence, Judge,
};
use crate::domain::{Bound, Failure, FailureKind, Oid, Outcome};

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Deployment {
    environment: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age: Option<Lasting>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct All {
    total_count: u64,
    nodes: Vec<Deployed>,
}

/// One deployment.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Deployed {
    pub(super) commit_oid: String,
    pub(super) created_at: DateTime<Utc>,
    environment: Option<String>,
    pub(super) latest_status: Option<Status>,
}

/// Where a deployment has got to.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    pub(super) state: String,
    created_at: DateTime<Utc>,
    environment_url: Option<String>,
    log_url: Option<String>,
}

impl Evidence for Deployment {
    const THING: &'static str = "deployment";

    fn bound(&self) -> Bound {
        Bound::Commit
    }

    fn said(&self) -> String {
        let age = self.max_age.as_ref().map(|age| format!(", within {age}")).unwrap_or_default();
        format!("to {}{age}", self.environment)
    }
}

impl Deployed {
    /// The run that made it, where its log says so.
    pub(super) fn run(&self) -> Option<u64> {
        let log = self.latest_status.as_ref()?.log_url.as_deref()?;
        let (_, rest) = log.split_once("/actions/runs/")?;
        rest.split(['/', '?', '#']).next()?.parse().ok()
    }
}

/// Both facts about an environment: whether it exists, and its newest deployments.
pub(super) fn facts(case: &Case<'_>, environment: &str) -> [Fact; 2] {
    let variables = || [("environment", json!(environment))];
    [case.graph(&shape::ENVIRONMENT, variables()), case.graph(&shape::DEPLOYMENTS, variables())]
}

/// The newest deployments to an environment that exists, newest first.
pub(super) fn newest(case: &Case<'_>, environment: &str) -> Judged<Vec<Deployed>> {
    let [exists, deployments] = facts(case, environment);
    case.need(&[exists.clone(), deployments.clone()])?;
    let All { total_count, mut nodes } = case.read(&deployments)?;
    if (nodes.len() as u64) < total_count.min(20) {
        return Err(super::super::case::gap("deployments"));
    }
    if nodes.iter().any(|it| it.environment.as_deref().is_some_and(|name| name != environment)) {
        return Err(super::super::case::gap("deployments"));
    }
    // Deployments made by other tools may exist without an environment of that name; nothing at all may be a typo.
    if nodes.is_empty() && case.value(&exists)?.is_null() {
        return Err(Stop::Failed(
            Failure::new(FailureKind::NotFound, format!("{} has no environment `{environment}`", case.repo))
                .advise("check how the environment is written"),
        ));
    }
    nodes.sort_by_key(|it| std::cmp::Reverse(it.created_at));
    Ok(nodes)
}

impl Judge for Deployment {
    fn judge(&self, case: &Case<'_>) -> Judged {
        let mut first = case.target_facts();
        first.extend(facts(case, self.environment.as_str()));
        case.need(&first)?;
        let all = newest(case, self.environment.as_str())?;
        let Some(newest) = all.first() else {
            let reason = format!("nothing was ever deployed to {}", self.environment);
            return Draft::new(Outcome::Pending, reason)
                .about(&case.target()?.oid)
                .url(Some(&format!("{}/deployments", case.home())))
                .from("graphql deployments");
        };
        let oid = Oid::parse(&newest.commit_oid).ok_or_else(|| super::super::case::gap("deployments"))?;
        let (outcome, state) = state(newest.latest_status.as_ref());
        let reason = format!("the newest deployment to {} is of {}: {state}", self.environment, oid.short());
        let status = newest.latest_status.as_ref();
        let page = status.and_then(|it| it.log_url.as_deref().or(it.environment_url.as_deref()));
        let list = format!("{}/deployments", case.home());
        let page = page.filter(|page| !page.is_empty()).or(Some(&list));
        let rows = all.iter().map(|it| {
            let state = it.latest_status.as_ref().map_or("created", |status| status.state.as_str());
            format!("{} {}", it.commit_oid.get(..7).unwrap_or_default(), state.to_lowercase())
        });
        Draft::new(outcome, reason)
            .about(&oid)
            .url(page)
            .rows(rows)
            .within(status.map(|it| it.created_at), self.max_age.as_ref().map(Lasting::get))
            .from("graphql deployments")
    }
}

fn state(status: Option<&Status>) -> (Outcome, String) {
    let Some(status) = status else { return (Outcome::Pending, "created, not started".into()) };
    let outcome = match status.state.as_str() {
        "SUCCESS" => Outcome::Holds,
        "FAILURE" | "ERROR" => Outcome::Fails,
        "IN_PROGRESS" | "QUEUED" | "PENDING" | "WAITING" => Outcome::Pending,
        // `INACTIVE` of the newest: taken down, not superseded. And values not known when this was written.
        _ => Outcome::Unclear,
    };
    (outcome, status.state.to_lowercase().replace('_', " "))
}
