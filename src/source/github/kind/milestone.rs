//! `github.milestone`: so many of its issues and pull requests are open, and it is not empty.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        fact::{Fact, FactResult, JudgeStop},
        finding::{FindingDraft, count},
        judge_context::{JudgeContext, Page},
        limits::Name,
        query_template,
    },
    EvidenceKind, Judge,
};
use crate::{Description, lookalike::odd};
use gonogo_domain::{Failure, FailureKind, Outcome};

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Milestone {
    title: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<u64>,
}

/// A milestone with its counts.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MilestoneNode {
    pub(super) number: u64,
    title: String,
    state: String,
    url: String,
    open_issues: FirstFive,
    open_pull_requests: FirstFive,
    closed_issues: Total,
    closed_pull_requests: Total,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FirstFive {
    total_count: u64,
    nodes: Vec<Item>,
}

#[derive(Clone, Debug, Deserialize)]
struct Item {
    number: u64,
    title: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Total {
    total_count: u64,
}

impl EvidenceKind for Milestone {
    const THING: &'static str = "milestone";
    const DESCRIPTION: Description = Description {
        proves: "a milestone has nothing open",
        keys: &[
            ("title", "its title"),
            ("at_most", "how many issues and pull requests may be open; 0 by default"),
        ],
    };

    fn describe(&self) -> String {
        match self.at_most.unwrap_or(0) {
            0 => format!("{} has nothing open", self.title),
            most => format!("{} has at most {most} open", self.title),
        }
    }
}

impl Judge for Milestone {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        let found = by_title(case, self.title.as_str())?;
        let open = found.open_issues.total_count + found.open_pull_requests.total_count;
        let closed = found.closed_issues.total_count + found.closed_pull_requests.total_count;
        let items = found.open_issues.nodes.iter().chain(&found.open_pull_requests.nodes);
        let rows: Vec<String> = items.map(|item| format!("#{} {}", item.number, item.title)).collect();
        let (outcome, reason) = if open + closed == 0 {
            (Outcome::Unclear, format!("milestone {} is empty", found.title))
        } else {
            let most = self.at_most.unwrap_or(0);
            let outcome = if open <= most { Outcome::Holds } else { Outcome::Fails };
            let state = if found.state == "CLOSED" { ", and is closed" } else { "" };
            let counted = format!("{open} of {} open", count(open + closed, "item"));
            (outcome, format!("milestone {}{state}: {counted}", found.title))
        };
        FindingDraft::new(outcome, reason).url(Some(&found.url)).rows(rows).from("graphql milestones")
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        format!("{}/milestones", case.home())
    }
}

/// The fact that looks for a title first.
pub(super) fn lookup(case: &JudgeContext<'_>, title: &str) -> Fact {
    page(case, Some(title), None)
}

fn page(case: &JudgeContext<'_>, like: Option<&str>, after: Option<&str>) -> Fact {
    case.graph(
        &query_template::MILESTONES,
        [("like", like.map_or(Value::Null, |like| json!(like))), ("after", json!(after))],
    )
}

/// The milestone of exactly that title. GitHub's own filter is a search, so it is not trusted to find everything: what
/// it does not find is looked for among all.
pub(super) fn by_title(case: &JudgeContext<'_>, title: &str) -> FactResult<MilestoneNode> {
    for like in [Some(title), None] {
        let all =
            case.pages("milestones", |after| case.read::<Page<MilestoneNode>>(&page(case, like, after)))?;
        if let Some(found) = all.into_iter().find(|it| it.title == title) {
            return Ok(found);
        }
    }
    Err(JudgeStop::Failed(
        Failure::new(
            FailureKind::NotFound,
            format!("{} has no milestone `{title}`{}", case.repo, odd(title)),
        )
        .advise("check the spelling of the milestone"),
    ))
}
