//! `github.checks`: every named check is there and succeeded on the target commit.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;

use self::{
    context::{Object, RollupContext},
    named::{CheckDemands, NamedCheck},
    rerun::Reruns,
};
use super::{
    super::{
        fact::{Fact, FactResult, JudgeStop},
        finding::{FindingDraft, count, list},
        identity,
        judge_context::{JudgeContext, Page, gap},
        limits::{Accept, LimitProblems, Name},
        query_template,
        target::RefKind,
    },
    EvidenceKind, Judge, pull,
    rules::{self, RequiredCheck},
};
use crate::Description;
use gonogo_domain::{Bound, Failure, FailureKind, Oid, Outcome};

mod context;
mod named;
mod rerun;

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Checks {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    required: Vec<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_branch_rules: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    accept: Vec<Accept>,
    /// Only runs by this event. What no workflow made has none, and counts as always.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Name>,
}

impl EvidenceKind for Checks {
    const THING: &'static str = "checks";
    const DESCRIPTION: Description = Description {
        proves: "checks and statuses of the release commit have passed",
        keys: &[
            ("required", "names of the checks, exactly as on GitHub"),
            ("from_branch_rules", "`true`: everything that the branch's protection and rules require"),
            ("accept", "other conclusions that pass: `skipped`, `neutral`"),
            (
                "event",
                "only checks from runs started by this event; checks that no workflow made always count",
            ),
        ],
    };

    fn bound(&self) -> Bound {
        Bound::Commit
    }

    fn describe(&self) -> String {
        let by = self.event.as_ref().map(|event| format!(", by {event}")).unwrap_or_default();
        if self.from_branch_rules.is_some() {
            return format!("that the branch rules require{by}");
        }
        format!("{}{by}", list(&self.required))
    }

    fn check(&self, wrong: &mut LimitProblems<'_>) {
        wrong.whole("required", &self.required);
        wrong.one_of(
            ("required", !self.required.is_empty()),
            ("from_branch_rules", self.from_branch_rules.is_some()),
        );
        if self.from_branch_rules == Some(false) {
            wrong.say(
                "from_branch_rules",
                "`from_branch_rules: false` asks for nothing",
                "write true, or `required`",
            );
        }
    }
}

impl Judge for Checks {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        let mut first = case.target_facts();
        first.push(rollup(case, case.git_ref, None));
        case.need(&first)?;
        let target = case.target()?;
        let mut others = BTreeSet::new();
        let required = match (self.from_branch_rules, &target.place) {
            (None, _) => self.required.iter().map(|name| RequiredCheck::named(name.as_str())).collect(),
            (Some(_), RefKind::Branch(branch)) => {
                let rules = rules::of_branch(case, branch)?;
                others = rules.others;
                rules.checks
            }
            (Some(_), _) => return Err(no_branch(case)),
        };
        if !others.is_empty() {
            return not_looked_at(case, &others, &target.oid);
        }
        if required.is_empty() {
            let reason = format!("the rules of {} require no checks", case.git_ref);
            let page = format!("{}/rules", case.home());
            let draft = FindingDraft::new(Outcome::Unclear, reason).about(&target.oid).url(Some(&page));
            return draft.from("rest rules/branches");
        }
        let contexts = contexts(case, &target.oid)?;
        let asked = |it: &&RollupContext| required.iter().any(|one| it.answers(one));
        let named = contexts.iter().filter(asked).enumerate();
        let words: Vec<_> = named.map(|(at, it)| it.word(at, &self.accept, &BTreeMap::new())).collect();
        let shared = pull::sharing(case, &identity::contested(&words), &target.oid)?;
        let reruns = Reruns::of(case, &contexts, &required, &self.accept)?;
        self.settle(case, &required, &contexts, (&target.oid, &shared, &reruns))
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        format!("{}/commits/{}", case.home(), case.git_ref)
    }
}

/// Green checks are not all that the rules ask for.
fn not_looked_at(case: &JudgeContext<'_>, others: &BTreeSet<String>, oid: &Oid) -> FactResult {
    let names: Vec<&String> = others.iter().collect();
    let reason = format!(
        "the rules of {} also ask for what is not looked at here ({}): name the checks with `required`, and give the \
         rest gates of their own",
        case.git_ref,
        list(&names)
    );
    let page = format!("{}/rules", case.home());
    FindingDraft::new(Outcome::Unclear, reason).about(oid).url(Some(&page)).from("rest rules/branches")
}

/// The checks of a ref or commit.
fn rollup(case: &JudgeContext<'_>, expression: &str, after: Option<&str>) -> Fact {
    case.graph(&query_template::ROLLUP, [("expression", json!(expression)), ("after", json!(after))])
}

/// Every check of the commit, page by page. The first page is asked for by the ref, in the same round as the ref itself;
/// if that was another commit (the ref moved, or is an annotated tag), it is asked for again by commit.
fn contexts(case: &JudgeContext<'_>, oid: &Oid) -> FactResult<Vec<RollupContext>> {
    let by_ref = case.find::<Object>(&rollup(case, case.git_ref, None));
    let same = match by_ref {
        Ok(Some(object)) => object.kind == "Commit" && object.oid.as_deref() == Some(oid.as_str()),
        Ok(None) => false,
        Err(stop) => return Err(stop),
    };
    let start = if same { case.git_ref } else { oid.as_str() };
    let mut none = false;
    let all = case.pages("the checks", |after| {
        let expression = if after.is_none() { start } else { oid.as_str() };
        let object: Object = case.read(&rollup(case, expression, after))?;
        if object.oid.as_deref() != Some(oid.as_str())
            || object.target.is_some_and(|it| it.oid != oid.as_str())
        {
            return Err(gap("the checks"));
        }
        // Null is "nothing has reported", not an error.
        let empty = || Page { total_count: None, page_info: rules::last_page(), nodes: Vec::new() };
        none = object.rollup.is_none();
        Ok(object.rollup.map_or_else(empty, |rollup| rollup.contexts))
    })?;
    Ok(if none { Vec::new() } else { all })
}

fn no_branch(case: &JudgeContext<'_>) -> JudgeStop {
    let message = format!("`{}` is not a branch of {}, so no branch rules apply", case.git_ref, case.repo);
    JudgeStop::Failed(Failure::new(FailureKind::Rejected, message).advise("name the checks with `required`"))
}

impl Checks {
    fn settle(
        &self,
        case: &JudgeContext<'_>,
        required: &[RequiredCheck],
        contexts: &[RollupContext],
        (oid, shared, reruns): (&Oid, &BTreeMap<String, Vec<String>>, &Reruns),
    ) -> FactResult {
        let own = own_job(contexts, case);
        let doubt = own.doubt(contexts, required);
        let (event, own_index) = (self.event.as_ref(), own.index());
        let asked = CheckDemands { accept: &self.accept, event, own: own_index, shared, reruns };
        let all: Vec<NamedCheck> = required.iter().map(|it| named::judge(it, contexts, &asked)).collect();
        let (own, counted): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.own);
        let outcome = counted.iter().map(|it| it.outcome).max().unwrap_or(Outcome::Unclear);
        let good: Vec<&NamedCheck> = counted.iter().filter(|it| it.outcome == Outcome::Holds).collect();
        let mut reason = if counted.is_empty() {
            format!("there are no checks to look at on {}", oid.short())
        } else {
            let total = count(counted.len() as u64, "check");
            format!("{} of {total} succeeded on {}", good.len(), oid.short())
        };
        let bad: Vec<&str> =
            counted.iter().filter(|it| it.outcome == outcome).map(|it| it.said.as_str()).collect();
        if !bad.is_empty() {
            reason += &format!(": {}", list(&bad));
        }
        for it in &own {
            reason += &format!("; left out: {}, the job that gonogo itself runs in", it.said);
        }
        reason += &doubt.unwrap_or_default();
        let mut sorted: Vec<&NamedCheck> = counted.iter().collect();
        sorted.sort_by_key(|it| std::cmp::Reverse(it.outcome));
        let mut rows: Vec<String> =
            sorted.iter().flat_map(|it| std::iter::once(it.said.clone()).chain(it.more.clone())).collect();
        if sorted.iter().any(|it| it.url.is_none() && it.outcome == Outcome::Unclear) {
            rows.extend(named::reported(contexts, &self.accept));
        }
        let accepted = counted.iter().flat_map(|it| it.accepted.clone());
        let ended: Option<Vec<_>> = counted.iter().map(|it| it.ended).collect();
        let draft = FindingDraft::new(outcome, reason).about(oid).rows(rows).accepted(accepted);
        let draft = draft.since(ended.and_then(|all| all.into_iter().max()));
        named::page(&sorted, case, draft, oid.as_str()).from("graphql statusCheckRollup")
    }
}

/// The job that gonogo itself runs in, among the checks.
enum Own {
    /// Not here, or not looked for.
    Elsewhere,
    /// This one: nothing else of its run is unfinished, and it cannot be finished itself.
    Is(usize),
    /// One of these. A job is known by its display name, which the runner does not tell, so none is left out.
    OneOf(Vec<usize>),
}

impl Own {
    fn index(&self) -> Option<usize> {
        if let Self::Is(index) = self { Some(*index) } else { None }
    }

    /// Why a check that was asked for may wait for gonogo itself.
    fn doubt(&self, contexts: &[RollupContext], required: &[RequiredCheck]) -> Option<String> {
        let Self::OneOf(all) = self else { return None };
        let open = all.iter().filter_map(|at| contexts.get(*at));
        let asked = |it: &&RollupContext| required.iter().any(|one| it.answers(one));
        let asked: Vec<_> = open.filter(asked).filter_map(RollupContext::name).collect();
        if asked.is_empty() {
            return None;
        }
        let said = "may be the job that gonogo itself runs in; it counts while other jobs of that run are unfinished";
        Some(format!("; {} {said}", list(&asked)))
    }
}

fn own_job(contexts: &[RollupContext], case: &JudgeContext<'_>) -> Own {
    let Some(own) = case.own else { return Own::Elsewhere };
    let unfinished = contexts.iter().enumerate().filter(|(_, context)| match context {
        RollupContext::CheckRun(run) => run.is_of_run(own.run_id) && run.status != "COMPLETED",
        _ => false,
    });
    let all: Vec<_> = unfinished.map(|(index, _)| index).collect();
    let running = |index: &usize| matches!(contexts.get(*index), Some(RollupContext::CheckRun(run)) if run.status == "IN_PROGRESS");
    match all[..] {
        [] => Own::Elsewhere,
        [one] if running(&one) => Own::Is(one),
        [_] => Own::Elsewhere,
        _ => Own::OneOf(all),
    }
}
