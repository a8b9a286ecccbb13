//! `github.pull_request`: one pull request is in the expected state. Also how others find the pull request of a branch.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        fact::{Fact, FactResult, JudgeStop, RestFact, Take},
        finding::{FindingDraft, list},
        judge_context::{JudgeContext, PageInfo, gap},
        limits::{LimitProblems, Name, Number},
        needs, query_template,
        target::{RefKind, ResolvedTarget},
    },
    EvidenceKind, Judge,
    revert::{self, Timeline},
};
use crate::Description;
use gonogo_domain::{Bound, Failure, FailureKind, Oid, Outcome};

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct PullRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<Name>,
    #[serde(default)]
    expect: Expect,
    /// The branch that it must be merged into.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<Name>,
    /// Whether what was merged must be contained in the target commit; true by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_target: Option<bool>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expect {
    #[default]
    Merged,
    Approved,
    Mergeable,
    Closed,
}

/// A pull request as GraphQL returns it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pull {
    pub(super) number: u64,
    title: String,
    pub(super) url: String,
    pub(super) state: String,
    merged_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    is_draft: bool,
    is_cross_repository: bool,
    is_in_merge_queue: bool,
    mergeable: String,
    merge_state_status: String,
    pub(super) review_decision: Option<String>,
    pub(super) head_ref_oid: String,
    pub(super) base_ref_name: String,
    head_ref_name: Option<String>,
    merge_commit: Option<Commit>,
    /// Where it was asked for by its number.
    pub(super) timeline_items: Option<Timeline>,
}

#[derive(Clone, Debug, Deserialize)]
struct Commit {
    oid: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfBranch {
    page_info: PageInfo,
    nodes: Vec<Pull>,
}

/// The text for one that was given up: nothing from before counts any more.
pub(super) const GIVEN_UP: &str = "closed without being merged";

impl Pull {
    /// Closed, and not merged.
    pub(super) fn is_given_up(&self) -> bool {
        self.state == "CLOSED"
    }
}

impl EvidenceKind for PullRequest {
    const THING: &'static str = "pull_request";
    const DESCRIPTION: Description = Description {
        proves: "a pull request is merged, and in the release",
        keys: &[
            ("number", "its number"),
            ("branch", "the branch it comes from, instead of a number"),
            ("expect", "`merged` (the default), `approved`, `mergeable` or `closed`"),
            ("base", "the branch it must be merged into"),
            ("in_target", "`false`: the merge need not be in the release commit"),
        ],
    };

    /// What must be in the target is about its commit.
    fn bound(&self) -> Bound {
        if self.must_be_in_target() { Bound::Commit } else { Bound::Free }
    }

    fn describe(&self) -> String {
        let state = match self.expect {
            Expect::Merged => "merged",
            Expect::Approved => "approved",
            Expect::Mergeable => "mergeable",
            Expect::Closed => "closed",
        };
        let base = self.base.as_ref().map(|base| format!(" into {base}")).unwrap_or_default();
        let anywhere = if self.in_target == Some(false) { ", in the target or not" } else { "" };
        format!("{} {state}{base}{anywhere}", name(self.number.as_ref(), self.branch.as_ref()))
    }

    fn check(&self, wrong: &mut LimitProblems<'_>) {
        wrong.one_of(("number", self.number.is_some()), ("branch", self.branch.is_some()));
        if self.in_target.is_some() && self.expect != Expect::Merged {
            wrong.say("in_target", "`in_target` is for `expect: merged`", "remove it");
        }
        if self.base.is_some() && self.expect == Expect::Closed {
            wrong.say("base", "a pull request that is closed unmerged goes into no branch", "remove it");
        }
    }
}

/// `#7`, or `of branch x`.
pub(super) fn name(number: Option<&Number>, branch: Option<&Name>) -> String {
    match (number, branch) {
        (Some(number), _) => format!("#{number}"),
        (None, Some(branch)) => format!("of branch {branch}"),
        (None, None) => String::new(),
    }
}

/// The pull request of that number, or the one that comes from that branch of this very repository: the open one, else
/// the newest. `None`: there is none.
pub(super) fn find(
    case: &JudgeContext<'_>,
    number: Option<&Number>,
    branch: Option<&Name>,
) -> FactResult<Option<Pull>> {
    match (number, branch) {
        (Some(wanted), _) => {
            let found: Option<Pull> = case.find(&fact(case, number, None))?;
            match found {
                Some(found) if i64::try_from(found.number) != Ok(i64::from(wanted.get())) => {
                    Err(gap("the pull request"))
                }
                found => Ok(found),
            }
        }
        (None, Some(name)) => of_branch(case, name.as_str(), &fact(case, None, branch)),
        (None, None) => {
            Err(JudgeStop::failed(FailureKind::Rejected, "neither `number` nor `branch` is given"))
        }
    }
}

/// What finds it out.
fn fact(case: &JudgeContext<'_>, number: Option<&Number>, branch: Option<&Name>) -> Fact {
    match number {
        Some(number) => case.graph(
            &query_template::PULL_REQUEST,
            [("number", json!(number.get())), ("before", serde_json::Value::Null)],
        ),
        None => case.graph(
            &query_template::PULL_REQUESTS_OF_BRANCH,
            [("branch", json!(branch.map(Name::as_str).unwrap_or_default()))],
        ),
    }
}

fn of_branch(case: &JudgeContext<'_>, branch: &str, fact: &Fact) -> FactResult<Option<Pull>> {
    let found: OfBranch = case.read(fact)?;
    // A fork may have a branch of the same name: whoever opens a pull request from it must not answer our gate.
    let own: Vec<&Pull> = found.nodes.iter().filter(|pull| !pull.is_cross_repository).collect();
    if own.iter().any(|pull| pull.head_ref_name.as_deref().is_some_and(|head| head != branch)) {
        return Err(gap("pull requests of the branch"));
    }
    let open: Vec<&&Pull> = own.iter().filter(|pull| pull.state == "OPEN").collect();
    match (open.as_slice(), own.first()) {
        ([one], _) => Ok(Some((**one).clone())),
        ([], Some(newest)) if newest.state == "CLOSED" && own.iter().any(|it| it.state == "MERGED") => {
            Err(which_one(case, branch, &own))
        }
        ([], Some(newest)) => Ok(Some((*newest).clone())),
        ([], None) if found.page_info.has_next_page => Err(gap("pull requests of the branch")),
        ([], None) => Ok(None),
        (several, _) => Err(which_one(case, branch, &several.iter().map(|it| **it).collect::<Vec<_>>())),
    }
}

/// The pull requests that have a commit for their head, of those that come from these branches of this very repository:
/// of each branch where there are several, `#5 into main`. Which of them a run is of cannot be told.
pub(super) fn sharing(
    case: &JudgeContext<'_>,
    heads: &BTreeSet<String>,
    oid: &Oid,
) -> FactResult<BTreeMap<String, Vec<String>>> {
    let fact =
        |head: &String| case.graph(&query_template::PULL_REQUESTS_OF_BRANCH, [("branch", json!(head))]);
    case.need(&heads.iter().map(fact).collect::<Vec<_>>())?;
    let mut shared = BTreeMap::new();
    for head in heads {
        let found: OfBranch = case.read(&fact(head))?;
        let own = found.nodes.iter().filter(|it| !it.is_cross_repository && it.head_ref_oid == oid.as_str());
        let own: Vec<String> = own.map(|it| format!("#{} into {}", it.number, it.base_ref_name)).collect();
        if own.len() > 1 {
            shared.insert(head.clone(), own);
        }
    }
    Ok(shared)
}

/// Pull requests from one branch do not tell which of them is meant.
fn which_one(case: &JudgeContext<'_>, branch: &str, all: &[&Pull]) -> JudgeStop {
    let said = all.iter().map(|it| format!("#{} {}, {}", it.number, it.state.to_lowercase(), it.url));
    let said: Vec<String> = said.collect();
    let message = format!("{} pull requests come from `{branch}`: {}", all.len(), list(&said));
    let failure = Failure::new(FailureKind::Rejected, message).advise("write its `number`");
    JudgeStop::Failed(failure.at(all.first().map_or_else(|| page(case, None), |it| it.url.clone())))
}

/// Its page, or the list of all.
pub(super) fn page(case: &JudgeContext<'_>, number: Option<&Number>) -> String {
    match number {
        Some(number) => format!("{}/pull/{number}", case.home()),
        None => format!("{}/pulls", case.home()),
    }
}

/// What a gate says when there is no pull request.
pub(super) fn none(
    case: &JudgeContext<'_>,
    branch: Option<&Name>,
    about: Option<&Oid>,
    lineage: &str,
) -> FactResult {
    let branch = branch.map(ToString::to_string).unwrap_or_default();
    let reason = format!("there is no pull request from `{branch}`");
    let draft = FindingDraft::new(Outcome::Unclear, reason).url(Some(&page(case, None)));
    let draft = match about {
        Some(oid) => draft.about(oid),
        None => draft,
    };
    draft.from(lineage)
}

impl PullRequest {
    fn must_be_in_target(&self) -> bool {
        self.expect == Expect::Merged && self.in_target != Some(false)
    }

    /// A pull request that goes, or went, into another branch than the one that is asked for. Where none is named, one that
    /// is open may be on its way through others.
    fn elsewhere(&self, case: &JudgeContext<'_>, pull: &Pull) -> FactResult<Option<String>> {
        let merged = pull.state == "MERGED";
        if pull.is_given_up() || self.expect == Expect::Closed || (self.base.is_none() && !merged) {
            return Ok(None);
        }
        let base = match (&self.base, self.expect) {
            (Some(base), _) => base.to_string(),
            // Where the commit is proved to be in the target, it does not matter through which branch it came.
            (None, Expect::Merged) => return Ok(None),
            (None, _) => match case.target()?.place {
                RefKind::Branch(branch) => branch,
                _ => return Ok(None),
            },
        };
        let into = &pull.base_ref_name;
        let went = if merged { "merged" } else { "goes" };
        let said = format!("{went} into {into}, not into {base}; if that is intended, write `base: {into}`");
        Ok((base != *into).then_some(said))
    }

    /// Since when it is so. What was merged elsewhere came into the target at a time that nobody tells.
    fn since(&self, pull: &Pull, target: Option<&ResolvedTarget>) -> Option<DateTime<Utc>> {
        let came =
            target.is_none_or(|it| matches!(&it.place, RefKind::Branch(name) if *name == pull.base_ref_name));
        match self.expect {
            Expect::Merged => pull.merged_at.filter(|_| came),
            Expect::Closed => pull.closed_at,
            Expect::Approved | Expect::Mergeable => None,
        }
    }

    /// Whether what was merged is contained in the target commit: asked of GitHub, which knows the history.
    fn merged_into(
        &self,
        case: &JudgeContext<'_>,
        pull: &Pull,
        target: &ResolvedTarget,
    ) -> FactResult<(Outcome, String)> {
        let (at, into) = (target.oid.short(), &pull.base_ref_name);
        let Some(merge) = pull.merge_commit.as_ref().and_then(|it| Oid::parse(&it.oid)) else {
            let said = format!(
                "merged into {into}, but GitHub does not say as which commit, so it cannot be looked for in {at}"
            );
            return Ok((Outcome::Unclear, said));
        };
        let said = |how: &str| {
            format!("merged into {into} as {}, which is {how} {} ({at})", merge.short(), case.git_ref)
        };
        if case.contains(&target.oid, &merge)? {
            return Ok(match taken_back(case, pull, &merge, target)? {
                Some(by) => (Outcome::Unclear, format!("{}, and so is {by}", said("in"))),
                None => (Outcome::Holds, said("in")),
            });
        }
        let next =
            "point the target at a commit that contains it, or write `in_target: false` if it need not";
        Ok((Outcome::Unclear, format!("{}: {next}", said("not in"))))
    }
}

impl Judge for PullRequest {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        let mut first = vec![fact(case, self.number.as_ref(), self.branch.as_ref())];
        if self.expect != Expect::Closed {
            first.extend(case.target_facts());
        }
        case.need(&first)?;
        let found = find(case, self.number.as_ref(), self.branch.as_ref())?;
        let target = if self.must_be_in_target() { Some(case.target()?) } else { None };
        let Some(pull) = found else {
            return none(
                case,
                self.branch.as_ref(),
                target.as_ref().map(|it| &it.oid),
                "graphql pullRequests",
            );
        };
        let (outcome, state) = match (self.elsewhere(case, &pull)?, self.expect) {
            (Some(said), _) => (Outcome::Unclear, said),
            (None, Expect::Merged) => match (&target, pull.state.as_str()) {
                (Some(target), "MERGED") => self.merged_into(case, &pull, target)?,
                _ => merged(&pull),
            },
            (None, Expect::Closed) => closed(&pull),
            (None, Expect::Approved) => approved(&pull),
            (None, Expect::Mergeable) => mergeable(&pull, case)?,
        };
        let reason = format!("#{} \"{}\": {state}", pull.number, pull.title);
        let since = self.since(&pull, target.as_ref());
        let draft = FindingDraft::new(outcome, reason).url(Some(&pull.url)).since(since);
        let draft = match &target {
            Some(target) => draft.about(&target.oid),
            None => draft,
        };
        draft.from("graphql pullRequest")
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        page(case, self.number.as_ref())
    }
}

/// What took back what was merged, if the target holds it; and what to do about it.
fn taken_back(
    case: &JudgeContext<'_>,
    pull: &Pull,
    merge: &Oid,
    target: &ResolvedTarget,
) -> FactResult<Option<String>> {
    // A list by branch does not tell what refers to each.
    let mut timeline = match &pull.timeline_items {
        Some(known) => known.clone(),
        None => Timeline::read(case, pull, None)?,
    };
    for _ in 0..revert::MOST_PAGES {
        for revert in timeline.reverts(pull, merge) {
            let Some(oid) = &revert.oid else {
                let next = "GitHub does not say as which commit, so look whether the target has it";
                return Ok(Some(format!("perhaps {}, which takes it back: {next}", revert.name)));
            };
            if case.contains(&target.oid, oid)? {
                let next = "if it was brought in again, ask for the pull request that did";
                return Ok(Some(format!("{}, which takes it back: {next}", revert.name)));
            }
        }
        match timeline.older() {
            Some(before) => timeline = Timeline::read(case, pull, Some(before))?,
            None => return Ok(None),
        }
    }
    Err(gap("what refers to the pull request"))
}

fn merged(pull: &Pull) -> (Outcome, String) {
    match pull.state.as_str() {
        "MERGED" => (Outcome::Holds, "merged".into()),
        "CLOSED" => (Outcome::Fails, GIVEN_UP.into()),
        "OPEN" if pull.is_in_merge_queue => (Outcome::Pending, "in the merge queue".into()),
        "OPEN" if pull.is_draft => (Outcome::Pending, "still a draft".into()),
        "OPEN" => (Outcome::Pending, "open, not merged".into()),
        state => unknown(state),
    }
}

fn closed(pull: &Pull) -> (Outcome, String) {
    match pull.state.as_str() {
        "MERGED" => (Outcome::Holds, "merged".into()),
        "CLOSED" => (Outcome::Holds, "closed".into()),
        "OPEN" => (Outcome::Pending, "still open".into()),
        state => unknown(state),
    }
}

fn approved(pull: &Pull) -> (Outcome, String) {
    if pull.is_given_up() {
        return (Outcome::Fails, GIVEN_UP.into());
    }
    match pull.review_decision.as_deref() {
        Some("APPROVED") => (Outcome::Holds, "approved".into()),
        Some("CHANGES_REQUESTED") => (Outcome::Fails, "changes are requested".into()),
        Some("REVIEW_REQUIRED") => (Outcome::Pending, "waits for reviews".into()),
        None => {
            let said =
                format!("the rules of {} require no review, so there is no decision", pull.base_ref_name);
            (Outcome::Unclear, format!("{said}; count reviews with `approvals`"))
        }
        Some(state) => unknown(state),
    }
}

fn mergeable(pull: &Pull, case: &JudgeContext<'_>) -> FactResult<(Outcome, String)> {
    // After the merge GitHub no longer knows whether it could be merged.
    match pull.state.as_str() {
        "MERGED" => return Ok((Outcome::Holds, "merged already".into())),
        "CLOSED" => return Ok((Outcome::Fails, GIVEN_UP.into())),
        "OPEN" => {}
        state => return Ok(unknown(state)),
    }
    if pull.is_draft {
        return Ok((Outcome::Pending, "still a draft".into()));
    }
    match pull.mergeable.as_str() {
        "CONFLICTING" => Ok((Outcome::Fails, format!("conflicts with {}", pull.base_ref_name))),
        "MERGEABLE" => Ok(by_rules(&pull.merge_state_status)),
        "UNKNOWN" => computing(pull.number, case),
        state => Ok(unknown(state)),
    }
}

/// GraphQL only reports; the REST read makes GitHub work it out.
fn computing(number: u64, case: &JudgeContext<'_>) -> FactResult<(Outcome, String)> {
    #[derive(Deserialize)]
    struct Rest {
        mergeable: Option<bool>,
        mergeable_state: Option<String>,
    }
    let number = number.to_string();
    let fact =
        RestFact::of(case.repo, &["pulls", &number], Take::Whole, "the pull request", &[&needs::PULLS]);
    let rest: Rest = case.rest(&fact)?;
    Ok(match (rest.mergeable, rest.mergeable_state) {
        (Some(true), Some(state)) => by_rules(&state.to_uppercase()),
        (Some(false), _) => (Outcome::Fails, "conflicts with its base".into()),
        _ => (Outcome::Pending, "GitHub is still computing whether it can be merged".into()),
    })
}

/// `mergeStateStatus` of a pull request without conflicts.
fn by_rules(state: &str) -> (Outcome, String) {
    match state {
        "CLEAN" | "HAS_HOOKS" => (Outcome::Holds, "can be merged".into()),
        "UNSTABLE" => {
            (Outcome::Holds, "can be merged, though a check that is not required has not passed".into())
        }
        "BLOCKED" => (Outcome::Pending, "the branch rules do not allow the merge yet".into()),
        "DRAFT" => (Outcome::Pending, "still a draft".into()),
        "UNKNOWN" => (Outcome::Pending, "GitHub is still computing whether it can be merged".into()),
        "BEHIND" => (Outcome::Fails, "behind its base branch".into()),
        "DIRTY" => (Outcome::Fails, "conflicts with its base".into()),
        state => unknown(state),
    }
}

fn unknown(state: &str) -> (Outcome, String) {
    (Outcome::Unclear, format!("in a state that gonogo does not know ({state})"))
}
