//! `github.pull_request`: one pull request is in the expected state. Also how others find the pull request of a branch.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        case::{Case, PageInfo, gap},
        fact::{Fact, Judged, RestFact, Stop, Take},
        finding::Draft,
        limits::{Name, Number, Wrong},
        shape,
        target::Place,
    },
    Evidence, Judge,
};
use crate::domain::{Failure, FailureKind, Outcome};

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct PullRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<Name>,
    #[serde(default)]
    expect: Expect,
    /// The branch that it must be merged into; without it that is the target, if it is a branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<Name>,
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

/// A pull request as GraphQL tells of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pull {
    pub(super) number: u64,
    title: String,
    pub(super) url: String,
    state: String,
    is_draft: bool,
    is_cross_repository: bool,
    is_in_merge_queue: bool,
    mergeable: String,
    merge_state_status: String,
    pub(super) review_decision: Option<String>,
    pub(super) head_ref_oid: String,
    pub(super) base_ref_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfBranch {
    page_info: PageInfo,
    nodes: Vec<Pull>,
}

impl Evidence for PullRequest {
    const THING: &'static str = "pull_request";

    fn said(&self) -> String {
        let state = match self.expect {
            Expect::Merged => "merged",
            Expect::Approved => "approved",
            Expect::Mergeable => "mergeable",
            Expect::Closed => "closed",
        };
        let base = self.base.as_ref().map(|base| format!(" into {base}")).unwrap_or_default();
        format!("{} {state}{base}", name(self.number.as_ref(), self.branch.as_ref()))
    }

    fn check(&self, wrong: &mut Wrong<'_>) {
        wrong.one_of(("number", self.number.is_some()), ("branch", self.branch.is_some()));
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
pub(super) fn find(case: &Case<'_>, number: Option<&Number>, branch: Option<&Name>) -> Judged<Option<Pull>> {
    match (number, branch) {
        (Some(_), _) => case.find(&fact(case, number, None)),
        (None, Some(name)) => of_branch(case, name.as_str(), &fact(case, None, branch)),
        (None, None) => Err(Stop::failed(FailureKind::Rejected, "neither `number` nor `branch` is given")),
    }
}

/// What finds it out.
fn fact(case: &Case<'_>, number: Option<&Number>, branch: Option<&Name>) -> Fact {
    match number {
        Some(number) => case.graph(&shape::PULL_REQUEST, [("number", json!(number.get()))]),
        None => case.graph(
            &shape::PULL_REQUESTS_OF_BRANCH,
            [("branch", json!(branch.map(Name::as_str).unwrap_or_default()))],
        ),
    }
}

fn of_branch(case: &Case<'_>, branch: &str, fact: &Fact) -> Judged<Option<Pull>> {
    let found: OfBranch = case.read(fact)?;
    // A fork may have a branch of the same name: whoever opens a pull request from it must not answer our gate.
    let own: Vec<&Pull> = found.nodes.iter().filter(|pull| !pull.is_cross_repository).collect();
    let open: Vec<&&Pull> = own.iter().filter(|pull| pull.state == "OPEN").collect();
    match (open.as_slice(), own.first()) {
        ([one], _) => Ok(Some((**one).clone())),
        ([], Some(newest)) => Ok(Some((*newest).clone())),
        ([], None) if found.page_info.has_next_page => Err(gap("pull requests of the branch")),
        ([], None) => Ok(None),
        (several, _) => Err(Stop::Failed(
            Failure::new(
                FailureKind::Rejected,
                format!("{} pull requests from `{branch}` are open: which one is meant?", several.len()),
            )
            .advise("write its `number`"),
        )),
    }
}

/// What a gate says when there is no pull request.
pub(super) fn none(case: &Case<'_>, branch: Option<&Name>, lineage: &str) -> Judged {
    let branch = branch.map(ToString::to_string).unwrap_or_default();
    let reason = format!("there is no pull request from `{branch}`");
    Draft::new(Outcome::Unclear, reason).url(Some(&format!("{}/pulls", case.home()))).from(lineage)
}

impl PullRequest {
    /// The branch that a merge must have gone to, if any is known.
    fn wanted_base(&self, case: &Case<'_>) -> Judged<Option<String>> {
        if let Some(base) = &self.base {
            return Ok(Some(base.to_string()));
        }
        Ok(match case.target()?.place {
            Place::Branch(branch) => Some(branch),
            _ => None,
        })
    }

    /// What was merged somewhere else need not be in the target.
    fn elsewhere(&self, case: &Case<'_>, pull: &Pull) -> Judged<Option<(Outcome, String)>> {
        if pull.state != "MERGED" || self.expect == Expect::Closed {
            return Ok(None);
        }
        let Some(base) = self.wanted_base(case)?.filter(|base| *base != pull.base_ref_name) else {
            return Ok(None);
        };
        let into = &pull.base_ref_name;
        let said = format!("merged into {into}, not into {base}; if that is meant, write `base: {into}`");
        Ok(Some((Outcome::Unclear, said)))
    }
}

impl Judge for PullRequest {
    fn judge(&self, case: &Case<'_>) -> Judged {
        let mut first = vec![fact(case, self.number.as_ref(), self.branch.as_ref())];
        if self.base.is_none() && self.expect != Expect::Closed {
            first.extend(case.target_facts());
        }
        case.need(&first)?;
        let Some(pull) = find(case, self.number.as_ref(), self.branch.as_ref())? else {
            return none(case, self.branch.as_ref(), "graphql pullRequests");
        };
        if let Some((outcome, state)) = self.elsewhere(case, &pull)? {
            let reason = format!("#{} \"{}\": {state}", pull.number, pull.title);
            return Draft::new(outcome, reason).url(Some(&pull.url)).from("graphql pullRequest");
        }
        let (outcome, state) = match self.expect {
            Expect::Merged => merged(&pull),
            Expect::Closed => closed(&pull),
            Expect::Approved => approved(&pull),
            Expect::Mergeable => mergeable(&pull, case)?,
        };
        let reason = format!("#{} \"{}\": {state}", pull.number, pull.title);
        Draft::new(outcome, reason).url(Some(&pull.url)).from("graphql pullRequest")
    }
}

fn merged(pull: &Pull) -> (Outcome, String) {
    match pull.state.as_str() {
        "MERGED" => (Outcome::Holds, "merged".into()),
        "CLOSED" => (Outcome::Fails, "closed without being merged".into()),
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

fn mergeable(pull: &Pull, case: &Case<'_>) -> Judged<(Outcome, String)> {
    // After the merge GitHub no longer knows whether it could be merged.
    match pull.state.as_str() {
        "MERGED" => return Ok((Outcome::Holds, "merged already".into())),
        "CLOSED" => return Ok((Outcome::Fails, "closed without being merged".into())),
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
fn computing(number: u64, case: &Case<'_>) -> Judged<(Outcome, String)> {
    #[derive(Deserialize)]
    struct Rest {
        mergeable: Option<bool>,
        mergeable_state: Option<String>,
    }
    let number = number.to_string();
    let fact =
        RestFact::of(case.repo, &["pulls", &number], Take::Whole, "the pull request", "Pull requests: read");
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
