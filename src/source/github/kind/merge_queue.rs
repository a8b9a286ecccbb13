//! `github.merge_queue`: so many wait in a queue that exists.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        fact::{FactResult, JudgeStop},
        finding::{FindingDraft, count},
        judge_context::JudgeContext,
        limits::Name,
        query_template,
    },
    EvidenceKind, Judge,
};
use crate::Description;
use gonogo_domain::{Failure, FailureKind, Outcome};

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct MergeQueue {
    branch: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<u64>,
}

#[derive(Deserialize)]
struct Queue {
    url: String,
    entries: QueueEntries,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueueEntries {
    total_count: u64,
    nodes: Vec<QueueEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueueEntry {
    position: u64,
    state: String,
    pull_request: Option<Pull>,
}

#[derive(Deserialize)]
struct Pull {
    number: u64,
    title: String,
}

impl EvidenceKind for MergeQueue {
    const THING: &'static str = "merge_queue";
    const DESCRIPTION: Description = Description {
        proves: "the merge queue is empty",
        keys: &[("branch", "the branch that it merges into"), ("at_most", "how many may wait; 0 by default")],
    };

    fn describe(&self) -> String {
        format!("of {}, at most {}", self.branch, self.at_most.unwrap_or(0))
    }
}

impl Judge for MergeQueue {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        let fact = case.graph(&query_template::MERGE_QUEUE, [("branch", json!(self.branch.as_str()))]);
        let Some(queue) = case.find::<Queue>(&fact)? else {
            return Err(JudgeStop::Failed(
                Failure::new(
                    FailureKind::FeatureOff,
                    format!("{} of {} has no merge queue", self.branch, case.repo),
                )
                .advise("check `branch`, or remove the gate"),
            ));
        };
        let waiting = queue.entries.total_count;
        let outcome = if waiting <= self.at_most.unwrap_or(0) { Outcome::Holds } else { Outcome::Fails };
        let reason = format!("{} in the merge queue of {}", count(waiting, "pull request"), self.branch);
        let rows = queue.entries.nodes.iter().map(|entry| {
            let pull = entry.pull_request.as_ref().map(|it| format!("#{} {}", it.number, it.title));
            let state = entry.state.to_lowercase().replace('_', " ");
            format!("{}. {} ({state})", entry.position, pull.unwrap_or_else(|| "hidden".into()))
        });
        FindingDraft::new(outcome, reason).url(Some(&queue.url)).rows(rows).from("graphql mergeQueue")
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        format!("{}/queue/{}", case.home(), self.branch)
    }
}
