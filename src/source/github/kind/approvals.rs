//! `github.approvals`: so many different people approve the head, and nobody asks for changes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        fact::{Fact, FactResult, RestFact, Take},
        finding::{FindingDraft, count, list},
        judge_context::{JudgeContext, Page, gap},
        limits::{LimitProblems, Name, Number},
        needs, query_template, team,
    },
    EvidenceKind, Judge,
    pull::{self, Pull},
    rules,
};
use crate::Description;
use gonogo_domain::Outcome;

const LINEAGE: &str = "graphql latestOpinionatedReviews";

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Approvals {
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<Name>,
    #[serde(default)]
    code_owners: bool,
    #[serde(default)]
    stale: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reviewed {
    head_ref_oid: String,
    latest_opinionated_reviews: Page<Review>,
}

#[derive(Clone, Deserialize)]
struct Review {
    state: String,
    author: Option<User>,
    commit: Option<Commit>,
}

#[derive(Clone, Deserialize)]
struct User {
    #[serde(rename = "__typename")]
    kind: Option<String>,
    login: String,
}

#[derive(Clone, Deserialize)]
struct Commit {
    oid: String,
}

impl EvidenceKind for Approvals {
    const THING: &'static str = "approvals";
    const DESCRIPTION: Description = Description {
        proves: "enough people have approved a pull request as it is now",
        keys: &[
            ("number", "its number"),
            ("branch", "the branch it comes from, instead of a number"),
            ("count", "how many people; 1 by default"),
            ("team", "only members of this team count, such as `acme/platform`"),
            ("code_owners", "`true`: the owners of the changed files must have approved as well"),
            ("stale", "`true`: an approval of an older commit counts too"),
        ],
    };

    fn describe(&self) -> String {
        let mut said = pull::name(self.number.as_ref(), self.branch.as_ref());
        said += &format!(" by {}", count(u64::from(self.wanted()), "person"));
        said = said.replace("persons", "people");
        if let Some(team) = &self.team {
            said += &format!(" of {team}");
        }
        if self.code_owners {
            said += " and the code owners";
        }
        said
    }

    fn check(&self, wrong: &mut LimitProblems<'_>) {
        wrong.one_of(("number", self.number.is_some()), ("branch", self.branch.is_some()));
        wrong.at_least_one("count", self.count, 100);
    }
}

impl Judge for Approvals {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        let Some(pull) = pull::find(case, self.number.as_ref(), self.branch.as_ref())? else {
            return pull::none(case, self.branch.as_ref(), None, LINEAGE);
        };
        if pull.is_given_up() {
            let reason = format!("#{}: {}", pull.number, pull::GIVEN_UP);
            return FindingDraft::new(Outcome::Fails, reason).url(Some(&pull.url)).from(LINEAGE);
        }
        self.ask_together(case, &pull)?;
        let reviews = reviews(case, &pull)?;
        let members = self.members(case)?;
        let owners = if self.code_owners { Some(code_owners(case, &pull)?) } else { None };
        let tally = self.tally(&pull, &reviews, members.as_ref());
        let (outcome, reason) = self.verdict(&tally, owners, members.is_some());
        FindingDraft::new(outcome, format!("#{}: {reason}", pull.number))
            .url(Some(&pull.url))
            .rows(tally.rows())
            .from(LINEAGE)
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        pull::page(case, self.number.as_ref())
    }
}

/// Who said what.
#[derive(Default)]
struct ReviewTally {
    approved: BTreeSet<String>,
    against: BTreeSet<String>,
    stale: BTreeSet<String>,
    outside: BTreeSet<String>,
    bots: BTreeSet<String>,
    unknown: BTreeSet<String>,
    nameless: usize,
}

impl Approvals {
    fn wanted(&self) -> u32 {
        self.count.unwrap_or(1).max(1)
    }

    /// All that is needed once the pull request is known, in one round.
    fn ask_together(&self, case: &JudgeContext<'_>, pull: &Pull) -> FactResult<()> {
        let mut facts = vec![reviews_after(case, pull, None)];
        if let Some(team) = &self.team {
            facts.push(Fact::Rest(team::fact_of(case, team.as_str())));
            facts.push(case.repository());
        }
        if self.code_owners {
            facts.push(Fact::Rest(codeowners_errors(case, pull)));
            facts.push(review_requests(case, pull));
        }
        case.need(&facts)
    }

    fn members(&self, case: &JudgeContext<'_>) -> FactResult<Option<BTreeSet<String>>> {
        self.team.as_ref().map(|team| team::members_of(case, team.as_str())).transpose()
    }

    fn tally(&self, pull: &Pull, reviews: &[Review], members: Option<&BTreeSet<String>>) -> ReviewTally {
        let mut tally = ReviewTally::default();
        for review in reviews {
            let Some(author) = &review.author else {
                // A deleted account: its approval does not count, its objection still does.
                tally.nameless += usize::from(review.state == "CHANGES_REQUESTED");
                continue;
            };
            let login = author.login.clone();
            let current = review.commit.as_ref().is_some_and(|commit| commit.oid == pull.head_ref_oid);
            match review.state.as_str() {
                "CHANGES_REQUESTED" => tally.against.insert(login),
                "APPROVED" if author.kind.as_deref() == Some("Bot") => tally.bots.insert(login),
                "APPROVED" if !(current || self.stale) => tally.stale.insert(login),
                "APPROVED" if members.is_some_and(|members| !members.contains(&login.to_lowercase())) => {
                    tally.outside.insert(login)
                }
                "APPROVED" => tally.approved.insert(login),
                "COMMENTED" | "DISMISSED" | "PENDING" => false,
                state => tally.unknown.insert(format!("{login} ({state})")),
            };
        }
        tally
    }

    fn verdict(
        &self,
        tally: &ReviewTally,
        owners: Option<CodeOwnerState>,
        of_team: bool,
    ) -> (Outcome, String) {
        let approved: Vec<&String> = tally.approved.iter().collect();
        let against: Vec<&String> = tally.against.iter().collect();
        let so_far = if approved.is_empty() { "nobody".into() } else { list(&approved) };
        if !against.is_empty() || tally.nameless > 0 {
            let who = if against.is_empty() { "a deleted account".into() } else { list(&against) };
            return (Outcome::Fails, format!("changes are requested by {who}"));
        }
        if !tally.unknown.is_empty() {
            let who: Vec<&String> = tally.unknown.iter().collect();
            return (
                Outcome::Unclear,
                format!("reviews of a kind that gonogo does not know: {}", list(&who)),
            );
        }
        if approved.len() < self.wanted() as usize {
            let mut reason = format!("{} of {} approve the head ({so_far})", approved.len(), self.wanted());
            if !tally.stale.is_empty() {
                let who: Vec<&String> = tally.stale.iter().collect();
                reason += &format!("; {} approved an older commit", list(&who));
            }
            if !tally.bots.is_empty() {
                let who: Vec<&String> = tally.bots.iter().collect();
                reason += &format!("; not people: {}", list(&who));
            }
            if of_team && !tally.outside.is_empty() {
                let who: Vec<&String> = tally.outside.iter().collect();
                reason += &format!("; not in the team: {}", list(&who));
            }
            return (Outcome::Pending, reason);
        }
        let reason = format!("approved by {so_far}");
        match owners {
            None | Some(CodeOwnerState::Approve) => (Outcome::Holds, reason),
            Some(CodeOwnerState::Waited) => {
                (Outcome::Pending, format!("{reason}; code owners have yet to approve"))
            }
            Some(CodeOwnerState::Unclear(why)) => (Outcome::Unclear, format!("{reason}, but {why}")),
        }
    }
}

impl ReviewTally {
    fn rows(&self) -> Vec<String> {
        let say = |who: &BTreeSet<String>, what: &str| -> Vec<String> {
            who.iter().map(|login| format!("{login}: {what}")).collect()
        };
        [
            say(&self.against, "changes requested"),
            say(&self.approved, "approved"),
            say(&self.stale, "approved an older commit"),
            say(&self.outside, "approved, not in the team"),
            say(&self.bots, "approved, a bot"),
        ]
        .concat()
    }
}

fn reviews_after(case: &JudgeContext<'_>, pull: &Pull, after: Option<&str>) -> Fact {
    case.graph(&query_template::REVIEWS, [("number", json!(pull.number)), ("after", json!(after))])
}

fn reviews(case: &JudgeContext<'_>, pull: &Pull) -> FactResult<Vec<Review>> {
    case.pages("the reviews", |after| {
        let page: Reviewed = case.read(&reviews_after(case, pull, after))?;
        // A push between two questions: the reviews would be held against the wrong head.
        if page.head_ref_oid != pull.head_ref_oid {
            return Err(gap("the reviews"));
        }
        Ok(page.latest_opinionated_reviews)
    })
}

/// What can be known about the code owners.
enum CodeOwnerState {
    Approve,
    Waited,
    Unclear(String),
}

fn codeowners_errors(case: &JudgeContext<'_>, pull: &Pull) -> RestFact {
    RestFact::of(case.repo, &["codeowners", "errors"], Take::Whole, "CODEOWNERS", &[&needs::CONTENTS])
        .with("ref", pull.base_ref_name.clone())
}

fn review_requests(case: &JudgeContext<'_>, pull: &Pull) -> Fact {
    case.graph(&query_template::REVIEW_REQUESTS, [("number", json!(pull.number))])
}

/// No API says "the code owners approve". GitHub's own decision does, where the branch rules ask for them and
/// CODEOWNERS has no errors (GitHub leaves faulty lines out).
fn code_owners(case: &JudgeContext<'_>, pull: &Pull) -> FactResult<CodeOwnerState> {
    #[derive(Deserialize)]
    struct Errors {
        errors: Vec<serde_json::Value>,
    }
    let fact = codeowners_errors(case, pull);
    let errors: FactResult<Errors> = case.rest(&fact);
    if case.is_missing(&fact) {
        return Ok(CodeOwnerState::Unclear(format!("{} has no CODEOWNERS file", case.repo)));
    }
    let faults = errors?.errors.len() as u64;
    if faults > 0 {
        return Ok(CodeOwnerState::Unclear(format!("CODEOWNERS has {}", count(faults, "error"))));
    }
    let base = &pull.base_ref_name;
    if !rules::of_branch(case, base)?.code_owners {
        return Ok(CodeOwnerState::Unclear(format!(
            "the rules of {base} do not ask for code owners, so GitHub does not say whether they approved"
        )));
    }
    if still_asked(case, pull)? {
        return Ok(CodeOwnerState::Waited);
    }
    Ok(match pull.review_decision.as_deref() {
        Some("APPROVED") => CodeOwnerState::Approve,
        Some("REVIEW_REQUIRED") => CodeOwnerState::Waited,
        _ => CodeOwnerState::Unclear("GitHub has no decision on the reviews".into()),
    })
}

fn still_asked(case: &JudgeContext<'_>, pull: &Pull) -> FactResult<bool> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct RequestedReviews {
        review_requests: Requests,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Requests {
        total_count: u64,
        nodes: Vec<Request>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Request {
        as_code_owner: bool,
    }
    let asked: RequestedReviews = case.read(&review_requests(case, pull))?;
    let requests = asked.review_requests;
    if requests.nodes.iter().any(|request| request.as_code_owner) {
        return Ok(true);
    }
    if requests.total_count == requests.nodes.len() as u64 { Ok(false) } else { Err(gap("review requests")) }
}
