//! `github.branch_rules`: the rules of a branch ask for at least this.

use serde::{Deserialize, Serialize};

use super::{
    super::{
        fact::FactResult,
        finding::{FindingDraft, count, list},
        judge_context::JudgeContext,
        limits::{LimitProblems, Name},
    },
    EvidenceKind, Judge, rules,
};
use crate::Description;
use gonogo_domain::Outcome;

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct BranchRules {
    branch: Name,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    checks: Vec<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approvals: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_owners: Option<bool>,
}

impl EvidenceKind for BranchRules {
    const THING: &'static str = "branch_rules";
    const DESCRIPTION: Description = Description {
        proves: "a branch is protected as it should be",
        keys: &[
            ("branch", "the branch"),
            ("checks", "checks that its rules must require"),
            ("approvals", "how many approvals they must require"),
            ("code_owners", "`true`: they must require the owners of the changed files"),
        ],
    };

    fn describe(&self) -> String {
        format!("of {} ask for {}", self.branch, list(&self.wanted()))
    }

    fn check(&self, wrong: &mut LimitProblems<'_>) {
        wrong.whole("checks", &self.checks);
        if self.checks.is_empty() && self.approvals.is_none() && self.code_owners.is_none() {
            wrong.say(
                "",
                "it does not say what the rules must require",
                "write at least one of `checks`, `approvals`, `code_owners`",
            );
        }
        wrong.at_least_one("approvals", self.approvals, 10);
        if self.code_owners == Some(false) {
            wrong.say("code_owners", "`code_owners: false` asks for nothing", "write true, or remove it");
        }
    }
}

impl BranchRules {
    fn wanted(&self) -> Vec<String> {
        let mut wanted: Vec<String> = self.checks.iter().map(|check| format!("check {check}")).collect();
        wanted.extend(self.approvals.map(|number| count(u64::from(number), "approval")));
        wanted.extend(self.code_owners.map(|_| "code owners".to_owned()));
        wanted
    }
}

impl Judge for BranchRules {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        let rules = rules::of_branch(case, self.branch.as_str())?;
        let mut missing: Vec<String> = Vec::new();
        for check in &self.checks {
            if !rules.checks.iter().any(|required| required.name == check.as_str()) {
                missing.push(format!("check {check}"));
            }
        }
        if let Some(wanted) = self.approvals
            && rules.approvals < u64::from(wanted)
        {
            missing.push(format!(
                "{} (they require {})",
                count(u64::from(wanted), "approval"),
                rules.approvals
            ));
        }
        if self.code_owners == Some(true) && !rules.code_owners {
            missing.push("code owners".into());
        }
        let (outcome, reason) = if missing.is_empty() {
            (Outcome::Holds, format!("the rules of {} require {}", self.branch, list(&self.wanted())))
        } else {
            (Outcome::Fails, format!("the rules of {} do not require {}", self.branch, list(&missing)))
        };
        let rows = rules.checks.iter().map(|check| format!("check {}", check.name));
        let page = format!("{}/settings/rules", case.home());
        FindingDraft::new(outcome, reason).url(Some(&page)).rows(rows).from("rest rules/branches")
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        format!("{}/rules", case.home())
    }
}
