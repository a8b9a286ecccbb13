//! `github.environment`: the workflow's run of the target commit has reached the environment, and nothing waits for
//! approval there.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        fact::{Fact, FactResult, RestFact, Take},
        finding::{FindingDraft, list},
        identity,
        judge_context::JudgeContext,
        limits::Name,
        needs::{self, Needs},
    },
    EvidenceKind, Judge, deployment,
    workflow::{self, Run, RunState},
};
use crate::Description;
use gonogo_domain::{Bound, Oid, Outcome};

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Environment {
    name: Name,
    file: Name,
}

#[derive(Deserialize)]
struct Waiting {
    environment: Named,
    #[serde(flatten)]
    hold: DeploymentHold,
}

/// What keeps a job that has got to an environment.
#[derive(Deserialize)]
pub(in super::super) struct DeploymentHold {
    /// Empty where nobody has to approve it.
    reviewers: Option<Vec<Reviewer>>,
    /// In minutes.
    wait_timer: Option<u32>,
    wait_timer_started_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Reviewer {
    reviewer: Option<Who>,
}

#[derive(Deserialize)]
struct Who {
    login: Option<String>,
    name: Option<String>,
}

impl EvidenceKind for Environment {
    const THING: &'static str = "environment";
    const DESCRIPTION: Description = Description {
        proves: "nothing waits for approval before an environment",
        keys: &[("name", "the environment"), ("file", "the workflow that deploys to it")],
    };

    fn bound(&self) -> Bound {
        Bound::Commit
    }

    fn describe(&self) -> String {
        format!("{} reached by {}", self.name, self.file)
    }
}

impl Judge for Environment {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        let name = self.name.as_str();
        let mut first = case.target_facts();
        first.extend(deployment::facts(case, name));
        first.push(case.repository());
        case.need(&first)?;
        let target = case.target()?;
        let file = self.file();
        let deployed = deployment::newest(case, name)?;
        let runs = workflow::runs_of_commit(case, &target.oid, file)?;
        let row = workflow::counted(&runs, file, &[]).0;
        let Some(newest) = row.first() else {
            let reason = format!("{file} has not run for {}", target.oid.short());
            let page = format!("{}/actions/workflows/{file}", case.home());
            let draft = FindingDraft::new(Outcome::Unclear, reason).about(&target.oid).url(Some(&page));
            return draft.from("rest actions/runs");
        };
        // Runs by another event, or on another branch, do not replace each other: one that waits there waits.
        let standing = identity::standing(row.iter().map(|run| run.word_of(file, &[])));
        let others: Vec<&Run> = standing.iter().flat_map(|it| &it.words).map(|word| &word.it).collect();
        let others: Vec<&Run> = others.into_iter().filter(|it| it.id != newest.id).collect();
        let open = others.iter().filter(|it| it.state(&[]) == RunState::UnderWay);
        let asked: Vec<&Run> = std::iter::once(newest).chain(open.copied()).collect();
        case.need(&asked.iter().map(|it| Fact::Rest(waiting_fact(case, it))).collect::<Vec<_>>())?;
        for run in &asked {
            if let Some(here) = waiting(case, run)?.iter().find(|it| self.is_it(it)) {
                let reason = format!("{name} waits for {} (the run by {})", here.hold.said(), run.event());
                return finding(Outcome::Pending, reason, run, &target.oid);
            }
        }
        let (outcome, reason, run) = self.verdict(newest, &others, &deployed, &target.oid);
        finding(outcome, reason, run, &target.oid)
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        format!("{}/actions/workflows/{}", case.home(), self.file())
    }
}

fn waiting_fact(case: &JudgeContext<'_>, run: &Run) -> RestFact {
    let id = run.id.to_string();
    let path = ["actions", "runs", &id, "pending_deployments"];
    let needs: Needs = &[&needs::ACTIONS, &needs::DEPLOYMENTS];
    RestFact::of(case.repo, &path, Take::Whole, "pending approvals", needs)
}

fn waiting(case: &JudgeContext<'_>, run: &Run) -> FactResult<Vec<Waiting>> {
    case.rest(&waiting_fact(case, run))
}

impl Environment {
    fn file(&self) -> &str {
        self.file.as_str().strip_prefix(".github/workflows/").unwrap_or(self.file.as_str())
    }

    /// Names of environments are the same in upper and lower case.
    fn is_it(&self, waiting: &Waiting) -> bool {
        waiting.environment.name.to_lowercase() == self.name.as_str().to_lowercase()
    }

    /// The newest run decides, unless one that it does not replace has reached the environment.
    fn verdict<'r>(
        &self,
        newest: &'r Run,
        others: &[&'r Run],
        deployed: &[deployment::Deployed],
        oid: &Oid,
    ) -> (Outcome, String, &'r Run) {
        let (name, commit) = (self.name.as_str(), oid.short());
        let reached = |run: &Run| deployed.iter().any(|it| is_by(it, run, oid));
        let word = newest.word();
        if reached(newest) {
            let reason = format!("the run for {commit} has reached {name}, and nothing waits");
            return (Outcome::Holds, reason, newest);
        }
        let state = newest.state(&[]);
        let other = others.iter().copied().find(|run| reached(run)).filter(|_| state != RunState::UnderWay);
        match (state, other) {
            (RunState::Succeeded, Some(other)) => (
                Outcome::Holds,
                format!("the run for {commit} by {} has reached {name}, and nothing waits", other.event()),
                other,
            ),
            (_, Some(other)) => {
                let reason = format!(
                    "the run for {commit} by {} has reached {name}; the newer one by {} ended ({word}) without it",
                    other.event(),
                    newest.event()
                );
                (Outcome::Unclear, reason, newest)
            }
            (RunState::UnderWay, None) => {
                (Outcome::Pending, format!("the run for {commit} has not reached {name} yet"), newest)
            }
            (RunState::Unknown, None) => (
                Outcome::Unclear,
                format!("the run for {commit} is in a state that gonogo does not know"),
                newest,
            ),
            (_, None) => match others.iter().copied().find(|run| run.state(&[]) == RunState::UnderWay) {
                Some(open) => {
                    let reason =
                        format!("the run for {commit} by {} has not reached {name} yet", open.event());
                    (Outcome::Pending, reason, open)
                }
                None => {
                    let reason = format!("the run for {commit} ended ({word}) without reaching {name}");
                    (Outcome::Fails, reason, newest)
                }
            },
        }
    }
}

fn finding(outcome: Outcome, reason: String, run: &Run, oid: &Oid) -> FactResult {
    let draft = FindingDraft::new(outcome, reason).about(oid).url(run.html_url.as_deref());
    draft.from("rest pending_deployments")
}

/// Whether a run has begun to deploy the commit.
fn is_by(it: &deployment::Deployed, run: &Run, oid: &Oid) -> bool {
    let begun = it.latest_status.as_ref().map(|status| status.state.as_str());
    it.commit_oid == oid.as_str()
        // A run that is started again keeps the moment it was made: what it deployed before does not count.
        && run.started().is_some_and(|start| it.created_at >= start)
        && it.run().map_or_else(|| it.may_be_by_actions(), |id| id == run.id)
        && matches!(begun, Some("IN_PROGRESS" | "SUCCESS" | "INACTIVE"))
}

impl DeploymentHold {
    /// What it waits for: `approval by a and b`, a timer, or a rule that no person answers.
    fn said(&self) -> String {
        self.unmanned().unwrap_or_else(|| format!("approval{}", self.by()))
    }

    /// What it waits for where nobody has to approve it; `None`: somebody has.
    pub(in super::super) fn unmanned(&self) -> Option<String> {
        if !self.reviewers.as_ref()?.is_empty() {
            return None;
        }
        let Some(minutes) = self.wait_timer.filter(|minutes| *minutes > 0) else {
            return Some("a protection rule: an app, or which branches may deploy".into());
        };
        let start = self.wait_timer_started_at;
        let end = start.and_then(|start| start.checked_add_signed(TimeDelta::minutes(minutes.into())));
        let end = end.map(|end| format!(", until {} UTC", end.format("%Y-%m-%d %H:%M"))).unwrap_or_default();
        Some(format!("its timer of {minutes} min{end}"))
    }

    /// ` by a and b`, or nothing.
    fn by(&self) -> String {
        let who = self.reviewers.iter().flatten().filter_map(|it| it.reviewer.as_ref());
        let names: Vec<&str> = who.filter_map(|who| who.login.as_deref().or(who.name.as_deref())).collect();
        if names.is_empty() { String::new() } else { format!(" by {}", list(&names)) }
    }
}
