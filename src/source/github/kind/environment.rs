//! `github.environment`: the workflow's run of the target commit has reached the environment, and nothing waits for
//! approval there.

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
    reviewers: Option<Vec<Reviewer>>,
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
        let Some(run) = row.first() else {
            let reason = format!("{file} has not run for {}", target.oid.short());
            let page = format!("{}/actions/workflows/{file}", case.home());
            let draft = FindingDraft::new(Outcome::Unclear, reason).about(&target.oid).url(Some(&page));
            return draft.from("rest actions/runs");
        };
        // Runs by another event, or on another branch, do not replace each other: one that waits there waits.
        let standing = identity::standing(row.iter().map(|run| run.word_of(file, &[])));
        let words = standing.iter().flat_map(|it| &it.words).map(|word| &word.it);
        let open: Vec<&Run> =
            words.filter(|it| it.id != run.id && it.state(&[]) == RunState::UnderWay).collect();
        case.need(&open.iter().map(|it| Fact::Rest(waiting_fact(case, it))).collect::<Vec<_>>())?;
        let (mut run, mut waits) = (run, waiting(case, run)?);
        for other in open {
            let there = waiting(case, other)?;
            if !waits.iter().any(|it| self.is_it(it)) && there.iter().any(|it| self.is_it(it)) {
                (run, waits) = (other, there);
            }
        }
        let (outcome, reason) = self.verdict(run, &waits, &deployed, &target.oid);
        FindingDraft::new(outcome, reason)
            .about(&target.oid)
            .url(run.html_url.as_deref())
            .from("rest pending_deployments")
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

    fn verdict(
        &self,
        run: &Run,
        waiting: &[Waiting],
        deployed: &[deployment::Deployed],
        oid: &Oid,
    ) -> (Outcome, String) {
        let name = self.name.as_str();
        if let Some(here) = waiting.iter().find(|it| self.is_it(it)) {
            let which = format!("the run by {}", run.event());
            return (Outcome::Pending, format!("{name} waits for approval{} ({which})", here.by()));
        }
        // An empty list is also what there is before the job gets there.
        let reached = deployed.iter().any(|it| {
            let begun = it.latest_status.as_ref().map(|status| status.state.as_str());
            it.commit_oid == oid.as_str()
                // A run that is started again keeps the moment it was made: what it deployed before does not count.
                && run.started().is_some_and(|start| it.created_at >= start)
                && it.run().map_or_else(|| it.may_be_by_actions(), |id| id == run.id)
                && matches!(begun, Some("IN_PROGRESS" | "SUCCESS" | "INACTIVE"))
        });
        if reached {
            return (
                Outcome::Holds,
                format!("the run for {} has reached {name}, and nothing waits", oid.short()),
            );
        }
        match run.state(&[]) {
            RunState::UnderWay => {
                (Outcome::Pending, format!("the run for {} has not reached {name} yet", oid.short()))
            }
            RunState::Unknown => {
                (Outcome::Unclear, format!("the run for {} is in an unknown state", oid.short()))
            }
            _ => {
                let word = run.word();
                (
                    Outcome::Fails,
                    format!("the run for {} ended ({word}) without reaching {name}", oid.short()),
                )
            }
        }
    }
}

impl Waiting {
    /// ` by a and b`, or nothing.
    fn by(&self) -> String {
        let who = self.reviewers.iter().flatten().filter_map(|it| it.reviewer.as_ref());
        let names: Vec<&str> = who.filter_map(|who| who.login.as_deref().or(who.name.as_deref())).collect();
        if names.is_empty() { String::new() } else { format!(" by {}", list(&names)) }
    }
}
