//! `github.deployment`: the newest deployment to an environment is a success at the target commit.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        fact::{Fact, FactResult, JudgeStop, PagedList, RestFact, Take},
        finding::{FindingDraft, list},
        identity::{self, CurrentWords, IdentifiedWord, Identity, Turn},
        judge_context::JudgeContext,
        limits::{Lasting, Name},
        needs, query_template,
    },
    EvidenceKind, Judge,
};
use crate::Description;
use gonogo_domain::{Bound, Failure, FailureKind, Oid, Outcome};

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Deployment {
    environment: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age: Option<Lasting>,
}

/// As many are listed, the newest first.
const MOST_LISTED: usize = 20;

const LINEAGE: &str = "graphql deployments";

/// An environment by the name that it has.
#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Deployments {
    total_count: u64,
    nodes: Vec<Deployed>,
}

/// One deployment.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Deployed {
    database_id: Option<u64>,
    pub(super) commit_oid: String,
    task: Option<String>,
    creator: Option<Creator>,
    pub(super) created_at: DateTime<Utc>,
    environment: Option<String>,
    pub(super) latest_status: Option<Status>,
}

/// Who made a deployment.
#[derive(Clone, Debug, Deserialize)]
struct Creator {
    #[serde(rename = "__typename")]
    kind: String,
    login: String,
}

/// Where a deployment has got to.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    pub(super) state: String,
    created_at: DateTime<Utc>,
    environment_url: Option<String>,
    log_url: Option<String>,
}

impl EvidenceKind for Deployment {
    const THING: &'static str = "deployment";
    const DESCRIPTION: Description = Description {
        proves: "the release commit is deployed to an environment",
        keys: &[
            ("environment", "its name"),
            ("task", "only deployments with this task, such as `deploy` or `deploy:migrations`"),
            ("max_age", "how long the deployment counts"),
        ],
    };

    fn bound(&self) -> Bound {
        Bound::Commit
    }

    fn describe(&self) -> String {
        let age = self.max_age.as_ref().map(|age| format!(", within {age}")).unwrap_or_default();
        let task = self.task.as_ref().map(|task| format!(", task {task}")).unwrap_or_default();
        format!("to {}{task}{age}", self.environment)
    }
}

impl Deployed {
    /// The run that made it, where its log says so.
    pub(super) fn run(&self) -> Option<u64> {
        self.after("/actions/runs/")
    }

    fn job(&self) -> Option<u64> {
        self.after("/job/")
    }

    fn after(&self, part: &str) -> Option<u64> {
        let log = self.latest_status.as_ref()?.log_url.as_deref()?;
        let (_, rest) = log.split_once(part)?;
        rest.split(['/', '?', '#']).next()?.parse().ok()
    }

    /// Whether it can be a job's of GitHub Actions, whose log does not say so.
    pub(super) fn may_be_by_actions(&self) -> bool {
        self.app().is_none_or(|app| app.starts_with("github-actions"))
    }

    /// The app that made it; people are no apps.
    fn app(&self) -> Option<&str> {
        self.creator.as_ref().filter(|it| it.kind == "Bot").map(|it| it.login.as_str())
    }

    /// What it says, and of what. The jobs of one run stand side by side.
    fn word(&self) -> IdentifiedWord<&Self> {
        let of = Identity::Deployment {
            app: self.app().map(str::to_owned),
            task: self.task.clone().unwrap_or_default(),
        };
        let own = || format!("{} {}", self.created_at, self.database_id.unwrap_or_default());
        let id = self.run().map_or_else(own, |run| format!("run {run}"));
        IdentifiedWord {
            of,
            turn: Turn { number: 0, made: Some(self.created_at), id },
            begun: Some(self.created_at),
            outcome: state(self.latest_status.as_ref()).0,
            skipped: false,
            shared: false,
            it: self,
        }
    }

    /// `success of abc1234 by deploy-bot, https://…`
    fn row(&self) -> String {
        let word = state(self.latest_status.as_ref()).1;
        let commit = self.commit_oid.get(..7).unwrap_or_default();
        let by = self.creator.as_ref().map(|it| format!(" by {}", it.login)).unwrap_or_default();
        let page = self.page().map(|page| format!(", {page}")).unwrap_or_default();
        format!("{word} of {commit}{by}{page}")
    }

    fn page(&self) -> Option<&str> {
        let status = self.latest_status.as_ref()?;
        status.log_url.as_deref().or(status.environment_url.as_deref()).filter(|page| !page.is_empty())
    }

    /// Taken over by a later one, as GitHub says.
    fn is_inactive(&self) -> bool {
        self.latest_status.as_ref().is_some_and(|it| it.state == "INACTIVE")
    }
}

/// Both facts about an environment: whether it exists, and its newest deployments.
pub(super) fn facts(case: &JudgeContext<'_>, environment: &str) -> [Fact; 2] {
    let variables = || [("environment", json!(environment))];
    [
        case.graph(&query_template::ENVIRONMENT, variables()),
        case.graph(&query_template::DEPLOYMENTS, variables()),
    ]
}

/// The newest deployments to an environment that exists, newest first.
pub(super) fn newest(case: &JudgeContext<'_>, environment: &str) -> FactResult<Vec<Deployed>> {
    let [exists, deployments] = facts(case, environment);
    case.need(&[exists.clone(), deployments.clone()])?;
    // The names of environments are the same in upper and lower case, but deployments are listed by the name they have.
    let named: Option<Named> = case.find(&exists)?;
    let named = named.map(|it| it.name).filter(|name| name.to_lowercase() == environment.to_lowercase());
    let name = named.as_deref().unwrap_or(environment);
    let [_, deployments] = facts(case, name);
    let Deployments { total_count, mut nodes } = case.read(&deployments)?;
    if (nodes.len() as u64) < total_count.min(MOST_LISTED as u64) {
        return Err(super::super::judge_context::gap("deployments"));
    }
    if nodes.iter().any(|it| it.environment.as_deref().is_some_and(|other| other != name)) {
        return Err(super::super::judge_context::gap("deployments"));
    }
    // Deployments made by other tools may exist without an environment of that name; nothing at all may be a typo.
    if nodes.is_empty() && case.value(&exists)?.is_null() {
        return Err(JudgeStop::Failed(
            Failure::new(FailureKind::NotFound, format!("{} has no environment `{environment}`", case.repo))
                .advise("check the spelling of the environment"),
        ));
    }
    nodes.sort_by_key(|it| std::cmp::Reverse(it.created_at));
    Ok(nodes)
}

impl Judge for Deployment {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        let mut first = case.target_facts();
        first.extend(facts(case, self.environment.as_str()));
        case.need(&first)?;
        let target = case.target()?.oid;
        let all = self.of_task(newest(case, self.environment.as_str())?)?;
        let rows: Vec<String> = all.iter().map(Deployed::row).collect();
        let stands = identity::standing(all.iter().map(Deployed::word));
        let Some(newest) = stands.iter().max_by_key(|it| it.words.iter().map(|word| word.turn.made).max())
        else {
            let reason =
                format!("nothing has ever been deployed to {}{}", self.environment, self.task_said());
            return FindingDraft::new(Outcome::Pending, reason)
                .about(&target)
                .url(Some(&format!("{}/deployments", case.home())))
                .from(LINEAGE);
        };
        let words = latest_jobs(case, newest)?;
        let Some(first) = words.iter().max_by_key(|it| (it.outcome, it.turn.made)).map(|it| it.it) else {
            return Err(super::super::judge_context::gap("deployments"));
        };
        if let Some(other) = rival(&stands, newest, first, &target) {
            return self.which_one(case, [first, other], &target);
        }
        if let Some(other) = other_task(&stands, first).filter(|_| self.task.is_none()) {
            return self.which_one(case, [first, other], &target);
        }
        let oid =
            Oid::parse(&first.commit_oid).ok_or_else(|| super::super::judge_context::gap("deployments"))?;
        let (outcome, state) = state(first.latest_status.as_ref());
        let by = first.app().map(|app| format!(" by {app}")).unwrap_or_default();
        let reason =
            format!("the newest deployment to {} is of {}{by}: {state}", self.environment, oid.short());
        let status = first.latest_status.as_ref();
        let list = format!("{}/deployments", case.home());
        FindingDraft::new(outcome, reason)
            .about(&oid)
            .url(first.page().or(Some(&list)))
            .rows(rows)
            .since(status.map(|it| it.created_at))
            .within(status.map(|it| it.created_at), self.max_age.as_ref().map(Lasting::get))
            .from(LINEAGE)
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        format!("{}/deployments", case.home())
    }
}

impl Deployment {
    /// Those of the task that is asked for, if one is. The newest twenty that are listed may all be of others.
    fn of_task(&self, mut all: Vec<Deployed>) -> FactResult<Vec<Deployed>> {
        let Some(task) = &self.task else { return Ok(all) };
        let whole = all.len() < MOST_LISTED;
        all.retain(|it| it.task.as_deref() == Some(task.as_str()));
        if all.is_empty() && !whole {
            return Err(super::super::judge_context::gap("deployments"));
        }
        Ok(all)
    }

    fn task_said(&self) -> String {
        self.task.as_ref().map(|task| format!(" as {task}")).unwrap_or_default()
    }

    /// Two that do not replace each other say different things.
    fn which_one(&self, case: &JudgeContext<'_>, both: [&Deployed; 2], target: &Oid) -> FactResult {
        let differ = both.iter().any(|it| it.task != both[0].task);
        let task = |it: &Deployed| it.task.as_ref().filter(|_| differ).map(|task| format!("{task}: "));
        let said = both.iter().map(|it| task(it).unwrap_or_default() + &it.row());
        let said: Vec<String> = said.collect();
        let reason = format!(
            "{} deployments to {} do not replace each other, and they disagree{}: {}",
            both.len(),
            self.environment,
            if differ { " (say which one with `task`)" } else { "" },
            list(&said)
        );
        let page = both.iter().find_map(|it| it.page()).map(str::to_owned);
        let page = page.unwrap_or_else(|| format!("{}/deployments", case.home()));
        FindingDraft::new(Outcome::Unclear, reason).about(target).url(Some(&page)).rows(said).from(LINEAGE)
    }
}

/// The jobs of a run that deploy side by side; those that were started again are left out in their earlier attempts.
fn latest_jobs<'d>(
    case: &JudgeContext<'_>,
    newest: &CurrentWords<&'d Deployed>,
) -> FactResult<Vec<IdentifiedWord<&'d Deployed>>> {
    #[derive(Deserialize)]
    struct Job {
        id: u64,
    }
    let words = &newest.words;
    let differ = words.iter().any(|word| Some(word.outcome) != words.first().map(|it| it.outcome));
    let run = words.first().and_then(|word| word.it.run()).filter(|_| differ);
    let Some(run) = run else { return Ok(words.clone()) };
    let path = ["actions", "runs", &run.to_string(), "jobs"];
    let fact = RestFact::of(case.repo, &path, Take::Pages("jobs"), "the run's jobs", &[&needs::ACTIONS])
        .with("filter", "latest")
        .with("per_page", "100");
    let jobs: PagedList<Job> = case.rest(&fact)?;
    if jobs.more {
        return Err(super::super::judge_context::gap("the run's jobs"));
    }
    let latest = |word: &&IdentifiedWord<&Deployed>| {
        word.it.job().is_none_or(|id| jobs.items.iter().any(|job| job.id == id))
    };
    let kept: Vec<_> = words.iter().filter(latest).cloned().collect();
    Ok(if kept.is_empty() { words.clone() } else { kept })
}

/// What another app says of the same commit, or of the target where the newest is of another.
fn rival<'d>(
    all: &[CurrentWords<&'d Deployed>],
    newest: &CurrentWords<&'d Deployed>,
    first: &Deployed,
    target: &Oid,
) -> Option<&'d Deployed> {
    let own = state(first.latest_status.as_ref()).0;
    let others = all.iter().filter(|it| it.of != newest.of).flat_map(|it| &it.words);
    let mut others = others.chain(&newest.rivals).filter(|word| !word.it.is_inactive());
    let about = |it: &Deployed| {
        let same = it.commit_oid == first.commit_oid;
        let meant = it.commit_oid == target.as_str() && first.commit_oid != target.as_str();
        (same && state(it.latest_status.as_ref()).0 != own) || meant
    };
    others.find(|word| about(word.it)).map(|word| word.it)
}

/// What another task has brought there, where that is another commit: of the two, nobody knows which is the release.
fn other_task<'d>(all: &[CurrentWords<&'d Deployed>], first: &Deployed) -> Option<&'d Deployed> {
    let mut others = all.iter().flat_map(|it| &it.words).filter(|word| word.it.task != first.task);
    let stands = |it: &Deployed| state(it.latest_status.as_ref()).0 == Outcome::Holds;
    others.find(|word| stands(word.it) && word.it.commit_oid != first.commit_oid).map(|word| word.it)
}

fn state(status: Option<&Status>) -> (Outcome, String) {
    let Some(status) = status else { return (Outcome::Pending, "created, not started".into()) };
    let outcome = match status.state.as_str() {
        "SUCCESS" => Outcome::Holds,
        "FAILURE" | "ERROR" => Outcome::Fails,
        "IN_PROGRESS" | "QUEUED" | "PENDING" | "WAITING" => Outcome::Pending,
        // `INACTIVE` of the newest: taken down, not superseded. And values not known when this was written.
        _ => Outcome::Unclear,
    };
    (outcome, status.state.to_lowercase().replace('_', " "))
}
