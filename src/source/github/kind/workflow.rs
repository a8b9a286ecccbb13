//! `github.workflow`: the newest runs of a workflow succeeded.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        fact::{Fact, FactResult, JudgeStop, PagedList, RestFact, Take},
        finding::{FindingDraft, list},
        identity::{self, CountedWords, CurrentWords, EventDoubt, IdentifiedWord},
        judge_context::JudgeContext,
        limits::{Accept, Lasting, LimitProblems, Name},
        needs::{self, Needs},
    },
    EvidenceKind, Judge, pull,
};
use crate::Description;
use gonogo_domain::{Bound, FailureKind, Oid, Outcome};

mod run;

pub(super) use self::run::{Run, RunState};

/// Runs of a page that is shared by all gates of one commit.
const PER_PAGE: &str = "100";
const NEEDS: Needs = &[&needs::ACTIONS];

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Workflow {
    file: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    consecutive: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age: Option<Lasting>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<Name>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    accept: Vec<Accept>,
}

impl EvidenceKind for Workflow {
    const THING: &'static str = "workflow";
    const DESCRIPTION: Description = Description {
        proves: "a workflow has succeeded on the release commit",
        keys: &[
            ("file", "the workflow's file in `.github/workflows`, such as `ci.yml`"),
            ("consecutive", "how many runs in a row must have succeeded; 1 by default"),
            ("max_age", "how long a success counts after its run began"),
            ("event", "only runs started by this event: `push`, `schedule`, `workflow_dispatch`"),
            ("branch", "look at the newest runs of this branch, which must be of the release commit"),
            ("accept", "other conclusions that pass: `skipped`, `neutral`"),
        ],
    };

    fn bound(&self) -> Bound {
        Bound::Commit
    }

    fn describe(&self) -> String {
        let mut said = self.file().to_owned();
        if self.wanted() > 1 {
            said += &format!(", {} in a row", self.wanted());
        }
        if let Some(branch) = &self.branch {
            said += &format!(" on {branch}");
        }
        if let Some(event) = &self.event {
            said += &format!(", by {event}");
        }
        if let Some(age) = &self.max_age {
            said += &format!(", within {age}");
        }
        said
    }

    #[expect(clippy::case_sensitive_file_extension_comparisons, reason = "GitHub reads no other")]
    fn check(&self, wrong: &mut LimitProblems<'_>) {
        wrong.at_least_one("consecutive", self.consecutive, 50);
        let file = self.file();
        if file.contains('/') || !(file.ends_with(".yml") || file.ends_with(".yaml") || file.contains("{{")) {
            wrong.say(
                "file",
                format!("`{}` is not a workflow file", self.file),
                "write its name in .github/workflows, such as ci.yml",
            );
        }
    }
}

impl Judge for Workflow {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        match &self.branch {
            Some(branch) => self.judge_branch(case, branch.as_str()),
            None => self.judge_commit(case),
        }
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        format!("{}/actions/workflows/{}", case.home(), self.file())
    }
}

impl Workflow {
    fn file(&self) -> &str {
        self.file.as_str().strip_prefix(".github/workflows/").unwrap_or(self.file.as_str())
    }

    fn wanted(&self) -> usize {
        self.consecutive.unwrap_or(1).max(1) as usize
    }

    /// All runs of the commit are listed once for all gates; ours are picked out.
    fn judge_commit(&self, case: &JudgeContext<'_>) -> FactResult {
        // The repository goes along in the first request; beside the list of runs it would be one of its own.
        let mut first = case.target_facts();
        first.push(case.repository());
        case.need(&first)?;
        let target = case.target()?;
        let runs = runs_of_commit(case, &target.oid, self.file())?;
        self.settle(case, &runs, &target.oid, "rest actions/runs")
    }

    /// The newest runs on a branch; the newest of them says which commit the answer is about.
    fn judge_branch(&self, case: &JudgeContext<'_>, branch: &str) -> FactResult {
        let path = ["actions", "workflows", self.file(), "runs"];
        let mut fact = RestFact::of(case.repo, &path, Take::First("workflow_runs"), "workflow runs", NEEDS)
            .with("branch", branch);
        if let Some(event) = &self.event {
            fact = fact.with("event", event.as_str());
        }
        let fact = fact.with("exclude_pull_requests", "true").with("per_page", PER_PAGE);
        let mut first = case.target_facts();
        first.extend([case.repository(), Fact::Rest(fact.clone())]);
        case.need(&first)?;
        let runs: FactResult<Vec<Run>> = case.rest(&fact);
        if case.is_missing(&fact) {
            return Err(no_such_workflow(case, self.file()));
        }
        let mut runs = runs?;
        runs.retain(|run| run.is_of(self.file()) && run.head_branch.as_deref() == Some(branch));
        runs.retain(|run| run.is_from(case) && self.is_by(run));
        let about = match counted(&runs, self.file(), &self.accept).0.first() {
            Some(run) => {
                Oid::parse(&run.head_sha).ok_or_else(|| super::super::judge_context::gap("workflow runs"))?
            }
            None => case.target()?.oid,
        };
        self.settle(case, &runs, &about, "rest actions/workflows/runs")
    }

    fn is_by(&self, run: &Run) -> bool {
        self.event.as_ref().is_none_or(|event| event.as_str() == run.event)
    }

    /// What runs of one commit say.
    fn words(&self, row: &[Run], about: &Oid) -> Vec<IdentifiedWord<Run>> {
        let here = row.iter().filter(|run| run.head_sha == about.as_str());
        here.map(|run| run.word_of(self.file(), &self.accept)).collect()
    }

    /// One event's newest run says no, or cannot be told from an older one: the row is not looked at then.
    fn contradiction(
        &self,
        row: &[Run],
        about: &Oid,
        shared: &BTreeMap<String, Vec<String>>,
    ) -> Option<(Outcome, String, Option<String>)> {
        let all = identity::standing(self.words(row, about).into_iter().map(|word| {
            let shared = word.it.head_branch.as_ref().is_some_and(|it| shared.contains_key(it));
            IdentifiedWord { shared, ..word }
        }));
        let file = self.file();
        if let Some(it) = all.iter().find(|it| !it.rivals.is_empty()) {
            let both: Vec<&Run> = it.words.iter().chain(&it.rivals).map(|word| &word.it).collect();
            let said: Vec<String> = both.iter().map(|run| run.row()).collect();
            let pages: Vec<&str> = both.iter().filter_map(|run| run.html_url.as_deref()).collect();
            let heads = both.iter().find_map(|run| shared.get(run.head_branch.as_ref()?));
            let heads = heads.map(|pulls| format!("; {} have this head", list(pulls))).unwrap_or_default();
            let reason = format!(
                "{file}: {} of {}, and it is not clear which of them counts: {}{heads}",
                list(&said),
                about.short(),
                list(&pages)
            );
            return Some((Outcome::Unclear, reason, pages.first().map(|&url| url.to_owned())));
        }
        let newest = row.first()?;
        let own = newest.word_of(self.file(), &self.accept).of;
        let bad = all.iter().filter(|it| it.of != own);
        let (outcome, run) = bad
            .filter_map(|it| Some((it.outcome(), &it.words.first()?.it)))
            .max_by_key(|(outcome, _)| *outcome)
            .filter(|(outcome, _)| *outcome > newest.state(&self.accept).outcome())?;
        let newer = if newest.run_number > run.run_number { "newer " } else { "" };
        let (how, key) = match &newest.head_branch {
            Some(branch) if newest.event == run.event => (format!("{} on {branch}", newest.event), "branch"),
            _ => (newest.event.clone(), "event"),
        };
        let reason = format!(
            "{file}: {} of {}; the {newer}#{} by {how} does not replace it: write `{key}` if you mean only one of them",
            run.row(),
            about.short(),
            newest.run_number,
        );
        Some((outcome, reason, run.html_url.clone()))
    }

    fn settle(&self, case: &JudgeContext<'_>, all: &[Run], about: &Oid, lineage: &str) -> FactResult {
        let all: Vec<&Run> = all.iter().filter(|run| self.is_by(run)).collect();
        let (runs, doubt) = counted(all.iter().copied(), self.file(), &self.accept);
        let Some(newest) = runs.first() else { return self.none(case, about, lineage) };
        let mut url = newest.html_url.clone();
        let left = all.iter().filter(|run| !runs.iter().any(|it| it.id == run.id));
        let rows = runs.iter().map(Run::row).chain(left.map(|run| format!("not counted: {}", run.row())));
        let rows: Vec<String> = rows.collect();
        let states: Vec<RunState> =
            runs.iter().take(self.wanted()).map(|run| run.state(&self.accept)).collect();
        let (mut outcome, mut reason) = self.verdict(&runs, &states, about, case);
        let shared = pull::sharing(case, &identity::contested(&self.words(&runs, about)), about)?;
        if let Some(other) = self.contradiction(&runs, about, &shared) {
            (outcome, reason, url) = other;
        } else if let Some(doubt) = doubt.filter(|_| self.event.is_none()) {
            outcome = doubt.on(outcome);
            if outcome != Outcome::Holds {
                reason += &format!("; {}", doubt.words());
            }
        }
        let oldest =
            runs.get(..states.len()).and_then(|streak| streak.iter().map(Run::started).min().flatten());
        let accepted = states.iter().zip(&runs).filter_map(|(state, run)| match state {
            RunState::Accepted(accept) => {
                Some(format!("{} #{} {}", self.file(), run.run_number, accept.word()))
            }
            _ => None,
        });
        let draft = FindingDraft::new(outcome, reason).about(about).url(url.as_deref()).rows(rows);
        let accepted: Vec<String> = accepted.collect();
        let draft = draft.since(self.since(&runs));
        draft.accepted(accepted).within(oldest, self.max_age.as_ref().map(Lasting::get)).from(lineage)
    }

    /// When enough runs of this commit had succeeded in a row: with the first of them, not with each that adds to them.
    fn since(&self, runs: &[Run]) -> Option<DateTime<Utc>> {
        let newest = runs.first()?;
        let good =
            runs.iter().take_while(|run| run.head_sha == newest.head_sha && run.state(&self.accept).passes());
        let good = good.count();
        let first = good.saturating_sub(self.wanted());
        let row = runs.get(first..first.checked_add(self.wanted())?)?;
        let ended: Option<Vec<_>> = row.iter().map(|run| run.updated_at).collect();
        ended?.into_iter().max()
    }

    /// The newest run decides; behind it, a row of successes is counted.
    fn verdict(
        &self,
        runs: &[Run],
        states: &[RunState],
        about: &Oid,
        case: &JudgeContext<'_>,
    ) -> (Outcome, String) {
        let file = self.file();
        let place = match &self.branch {
            Some(branch) => format!("on {branch}, the newest of {}", about.short()),
            None => format!("of {}", about.short()),
        };
        let good = states.iter().take_while(|state| state.passes()).count();
        if good == self.wanted() {
            let numbers: Vec<String> =
                runs.iter().take(good).map(|run| format!("#{}", run.run_number)).collect();
            let what = if good == 1 { "the newest run" } else { "the newest runs" };
            let by = runs.first().map_or("", |run| run.event.as_str());
            return (
                Outcome::Holds,
                format!("{file}: {what} {place} by {by} succeeded ({})", list(&numbers)),
            );
        }
        let Some((state, run)) = states.get(good).zip(runs.get(good)) else {
            let reason = format!("{file}: {good} of {} runs in a row succeeded {place}", self.wanted());
            return (Outcome::Pending, reason);
        };
        if good > 0 && matches!(state, RunState::Failed | RunState::Unknown) {
            let reason = format!(
                "{file}: {good} of {} runs in a row succeeded {place}; before them, #{} {}",
                self.wanted(),
                run.run_number,
                run.word()
            );
            return (Outcome::Pending, reason);
        }
        if *state == RunState::UnderWay && case.own.is_some_and(|own| own.run_id == run.id) {
            let reason = format!(
                "{file}: #{} {place} is the run that gonogo itself is in; run gonogo in its own workflow",
                run.run_number
            );
            return (Outcome::Pending, reason);
        }
        (state.outcome(), format!("{file}: #{} {place} by {}: {}", run.run_number, run.event, run.word()))
    }

    /// No run: say whether there is such a workflow at all.
    fn none(&self, case: &JudgeContext<'_>, about: &Oid, lineage: &str) -> FactResult {
        #[derive(Deserialize)]
        struct WorkflowNode {
            state: String,
            html_url: Option<String>,
        }
        let file = self.file();
        let fact =
            RestFact::of(case.repo, &["actions", "workflows", file], Take::Whole, "the workflow", NEEDS);
        let known: FactResult<WorkflowNode> = case.rest(&fact);
        if case.is_missing(&fact) {
            return Err(no_such_workflow(case, file));
        }
        let known = known?;
        let off = if known.state == "active" {
            String::new()
        } else {
            format!("; the workflow is {}", known.state)
        };
        let event = self.event.as_ref().map(|event| format!(" by {event}")).unwrap_or_default();
        let place = match &self.branch {
            Some(branch) => format!("on {branch}"),
            None => format!("of {}", about.short()),
        };
        FindingDraft::new(Outcome::Unclear, format!("{file}: there is no run {place}{event}{off}"))
            .about(about)
            .url(known.html_url.as_deref())
            .from(lineage)
    }
}

/// The runs of one workflow at one commit, from the list that all gates of the commit share.
pub(super) fn runs_of_commit(case: &JudgeContext<'_>, oid: &Oid, file: &str) -> FactResult<Vec<Run>> {
    let fact =
        RestFact::of(case.repo, &["actions", "runs"], Take::Pages("workflow_runs"), "workflow runs", NEEDS)
            .with("head_sha", oid.as_str())
            .with("exclude_pull_requests", "true")
            .with("per_page", PER_PAGE);
    let all: PagedList<Run> = case.rest(&fact)?;
    if all.more {
        return Err(super::super::judge_context::gap("workflow runs"));
    }
    if all.items.iter().any(|run| run.head_sha != oid.as_str()) {
        let message = format!("GitHub listed runs of another commit than {}", oid.short());
        return Err(JudgeStop::failed(FailureKind::Incomplete, message));
    }
    let mut runs = all.items;
    runs.retain(|run| run.is_of(file) && run.is_from(case));
    Ok(runs)
}

/// The runs that count, newest first: those that speak of their commit, and none that was skipped where others of its
/// commit ran.
pub(super) fn counted<'r>(
    runs: impl IntoIterator<Item = &'r Run>,
    file: &str,
    accept: &[Accept],
) -> (Vec<Run>, Option<EventDoubt>) {
    // Each run is a word of its own here: in a row, a later one does not take the place of an earlier one.
    let each = runs.into_iter().map(|run| run.word_of(file, accept));
    let each = each.map(|word| CurrentWords { of: word.of.clone(), words: vec![word], rivals: Vec::new() });
    let CountedWords { words: kept, doubt } = identity::counted(each.collect());
    let mut row: Vec<Run> = kept.into_iter().flat_map(|it| it.words).map(|word| word.it).collect();
    row.sort_by_key(|run| std::cmp::Reverse((run.run_number, run.id)));
    (row, doubt)
}

fn no_such_workflow(case: &JudgeContext<'_>, file: &str) -> JudgeStop {
    JudgeStop::Failed(
        gonogo_domain::Failure::new(
            FailureKind::NotFound,
            format!("{} has no workflow {file}, or this token cannot see it", case.repo),
        )
        .advise("check `file`: it is the name below .github/workflows on the default branch"),
    )
}
