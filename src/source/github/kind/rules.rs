//! What the rules of a branch ask for: rulesets and classic protection, whichever asks for more.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{
    fact::{Fact, FactResult, JudgeStop, PagedList, RestFact, Take},
    judge_context::{JudgeContext, PageInfo, gap},
    needs, query_template,
};
use gonogo_domain::FailureKind;

/// A check that must pass.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RequiredCheck {
    pub(super) name: String,
    /// The id of the app that it must come from.
    pub(super) app: Option<u64>,
    /// Branch rules ask for it: GitHub knows it by its own name alone, never by that of its workflow.
    pub(super) by_rule: bool,
}

impl RequiredCheck {
    fn by_rule(name: String, app: Option<u64>) -> Self {
        Self { name, app, by_rule: true }
    }

    /// As a gate names it.
    pub(super) fn named(name: &str) -> Self {
        Self { name: name.to_owned(), app: None, by_rule: false }
    }
}

/// All that the rules of one branch ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rules {
    pub(super) checks: Vec<RequiredCheck>,
    pub(super) approvals: u64,
    pub(super) code_owners: bool,
    /// Kinds of rules that ask for proof which is not looked at here, or which did not exist when this was written.
    pub(super) others: BTreeSet<String>,
}

/// Rules about what may be pushed, and by whom: once a commit is on the branch they ask for nothing more.
const OF_PUSHES: &[&str] = &[
    "creation",
    "update",
    "deletion",
    "required_linear_history",
    "required_signatures",
    "non_fast_forward",
    "commit_message_pattern",
    "commit_author_email_pattern",
    "committer_email_pattern",
    "branch_name_pattern",
    "tag_name_pattern",
    "file_path_restriction",
    "max_file_path_length",
    "file_extension_restriction",
    "max_file_size",
    "merge_queue",
    "copilot_code_review",
];

#[derive(Deserialize)]
struct Rule {
    #[serde(rename = "type")]
    kind: String,
    parameters: Option<Value>,
}

#[derive(Deserialize)]
struct StatusChecks {
    required_status_checks: Vec<StatusCheck>,
}

#[derive(Deserialize)]
struct StatusCheck {
    context: String,
    integration_id: Option<u64>,
}

#[derive(Deserialize)]
struct PullRequestRule {
    required_approving_review_count: u64,
    require_code_owner_review: bool,
}

#[derive(Deserialize)]
struct Branch {
    #[serde(rename = "refUpdateRule")]
    rule: Option<Classic>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Classic {
    required_approving_review_count: Option<u64>,
    required_status_check_contexts: Option<Vec<Option<String>>>,
    requires_code_owner_reviews: bool,
}

/// What REST returns for a branch: classic protection with the apps that its checks must come from.
#[derive(Deserialize)]
struct Protected {
    protection: Option<Protection>,
}

#[derive(Deserialize)]
struct Protection {
    required_status_checks: Option<ProtectedChecks>,
}

#[derive(Deserialize)]
struct ProtectedChecks {
    checks: Option<Vec<ProtectedCheck>>,
}

#[derive(Deserialize)]
struct ProtectedCheck {
    context: String,
    /// Absent, null or -1: any app.
    app_id: Option<i64>,
}

/// The page of a connection that is not there.
pub(super) fn last_page() -> PageInfo {
    PageInfo { has_next_page: false, end_cursor: None }
}

/// The union of both systems.
pub(super) fn of_branch(case: &JudgeContext<'_>, branch: &str) -> FactResult<Rules> {
    let name = format!("refs/heads/{branch}");
    let classic = case.graph(&query_template::BRANCH_RULE, [("ref", json!(name))]);
    let path = ["rules", "branches", branch];
    let rest = RestFact::of(case.repo, &path, Take::Pages(""), "branch rules", &[&needs::METADATA])
        .with("per_page", "100");
    let apps = RestFact::of(case.repo, &["branches", branch], Take::Whole, "the branch", &[&needs::CONTENTS]);
    case.need(&[classic.clone(), Fact::Rest(rest.clone()), Fact::Rest(apps.clone()), case.repository()])?;
    let Some(found) = case.find::<Branch>(&classic)? else {
        let message = format!("{} has no branch `{branch}`", case.repo);
        return Err(JudgeStop::failed(FailureKind::NotFound, message));
    };
    let list: PagedList<Rule> = case.rest(&rest)?;
    if list.more {
        return Err(gap("branch rules"));
    }
    let mut rules = Rules::default();
    list.items.iter().try_for_each(|rule| rules.add(rule))?;
    let protected: Protected = case.rest(&apps)?;
    let checks = protected.protection.and_then(|it| it.required_status_checks).and_then(|it| it.checks);
    rules.add_classic(found.rule, checks.unwrap_or_default());
    rules.checks.sort();
    rules.checks.dedup();
    // From any app is met by what is from the app that another rule asks for.
    let named: BTreeSet<String> =
        rules.checks.iter().filter(|it| it.app.is_some()).map(|it| it.name.clone()).collect();
    rules.checks.retain(|it| it.app.is_some() || !named.contains(&it.name));
    Ok(rules)
}

impl Rules {
    fn add(&mut self, rule: &Rule) -> FactResult<()> {
        let parameters = rule.parameters.as_ref().unwrap_or(&Value::Null);
        match rule.kind.as_str() {
            "required_status_checks" => {
                let checks = StatusChecks::deserialize(parameters).map_err(|_| gap("branch rules"))?;
                let required = checks.required_status_checks.into_iter();
                self.checks.extend(required.map(|it| RequiredCheck::by_rule(it.context, it.integration_id)));
            }
            "pull_request" => {
                let asked = PullRequestRule::deserialize(parameters).map_err(|_| gap("branch rules"))?;
                self.approvals = self.approvals.max(asked.required_approving_review_count);
                self.code_owners |= asked.require_code_owner_review;
            }
            kind if OF_PUSHES.contains(&kind) => {}
            kind => {
                self.others.insert(kind.to_owned());
            }
        }
        Ok(())
    }

    /// GraphQL names the checks of classic protection, REST also the apps that they must come from.
    fn add_classic(&mut self, rule: Option<Classic>, checks: Vec<ProtectedCheck>) {
        let app = |check: &ProtectedCheck| check.app_id.and_then(|id| u64::try_from(id).ok());
        let named: BTreeSet<String> = checks.iter().map(|check| check.context.clone()).collect();
        self.checks.extend(checks.into_iter().map(|it| {
            let app = app(&it);
            RequiredCheck::by_rule(it.context, app)
        }));
        let Some(rule) = rule else { return };
        let names = rule.required_status_check_contexts.unwrap_or_default().into_iter().flatten();
        let others = names.filter(|name| !named.contains(name));
        self.checks.extend(others.map(|name| RequiredCheck::by_rule(name, None)));
        self.approvals = self.approvals.max(rule.required_approving_review_count.unwrap_or(0));
        self.code_owners |= rule.requires_code_owner_reviews;
    }
}
