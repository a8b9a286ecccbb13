//! `github.tag`: the tag is there, at the target commit.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        fact::FactResult,
        finding::FindingDraft,
        judge_context::JudgeContext,
        limits::{LimitProblems, Name},
        query_template, target,
    },
    EvidenceKind, Judge,
};
use crate::Description;
use gonogo_domain::{Bound, Outcome};

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Tag {
    name: Name,
}

impl EvidenceKind for Tag {
    const THING: &'static str = "tag";
    const DESCRIPTION: Description =
        Description { proves: "a tag points at the release commit", keys: &[("name", "the tag")] };

    fn bound(&self) -> Bound {
        Bound::Commit
    }

    fn describe(&self) -> String {
        self.name.to_string()
    }

    fn check(&self, wrong: &mut LimitProblems<'_>) {
        if self.name.as_str().starts_with("refs/") {
            wrong.say("name", "write the tag without refs/tags/", "write only its name, such as v3.0.0");
        }
    }
}

impl Judge for Tag {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        let name = format!("refs/tags/{}", self.name);
        let fact = case.graph(&query_template::REF, [("ref", json!(name))]);
        let mut first = case.target_facts();
        first.push(fact.clone());
        case.need(&first)?;
        let page = format!("{}/releases/tag/{}", case.home(), self.name);
        let draft = match target::points_at(case.facts, &fact, &name)? {
            Some(oid) => {
                let reason = format!("tag {} points at {}", self.name, oid.short());
                FindingDraft::new(Outcome::Holds, reason).about(&oid).url(Some(&page))
            }
            None => {
                let reason = format!("{} has no tag {} yet", case.repo, self.name);
                let page = format!("{}/tags", case.home());
                FindingDraft::new(Outcome::Pending, reason).about(&case.target()?.oid).url(Some(&page))
            }
        };
        draft.from("graphql ref")
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        format!("{}/tags", case.home())
    }
}
