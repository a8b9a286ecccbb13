//! `github.checks`: every named check is there and succeeded on the target commit.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        case::{Case, Page, gap},
        fact::{Fact, Judged, Stop},
        finding::{Draft, count, list, rank, worst},
        limits::{Accept, Name, Wrong},
        shape,
        target::Place,
    },
    Evidence, Judge,
    rules::{self, Required},
};
use crate::domain::{Bound, Failure, FailureKind, Oid, Outcome};

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Checks {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    required: Vec<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_branch_rules: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    accept: Vec<Accept>,
}

#[derive(Debug, Deserialize)]
struct Object {
    #[serde(rename = "__typename")]
    kind: String,
    oid: Option<String>,
    #[serde(rename = "statusCheckRollup")]
    rollup: Option<Rollup>,
    target: Option<Tagged>,
}

#[derive(Debug, Deserialize)]
struct Tagged {
    oid: String,
}

#[derive(Debug, Deserialize)]
struct Rollup {
    contexts: Page<Context>,
}

/// A check run or a commit status.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "__typename")]
#[expect(clippy::enum_variant_names, reason = "the names are those of the GraphQL types")]
enum Context {
    CheckRun(CheckRun),
    StatusContext(Status),
    /// A kind of check that did not exist when this was written.
    #[serde(other)]
    Other,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CheckRun {
    name: String,
    status: String,
    conclusion: Option<String>,
    details_url: Option<String>,
    check_suite: Suite,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Suite {
    id: String,
    created_at: chrono::DateTime<chrono::Utc>,
    app: Option<App>,
    workflow_run: Option<WorkflowRun>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct App {
    database_id: Option<u64>,
}

#[derive(Clone, Debug, Deserialize)]
struct WorkflowRun {
    event: String,
    url: String,
    workflow: WorkflowName,
}

#[derive(Clone, Debug, Deserialize)]
struct WorkflowName {
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    context: String,
    state: String,
    target_url: Option<String>,
}

impl Evidence for Checks {
    const THING: &'static str = "checks";

    fn bound(&self) -> Bound {
        Bound::Commit
    }

    fn said(&self) -> String {
        if self.from_branch_rules.is_some() {
            return "that the branch rules require".into();
        }
        list(&self.required)
    }

    fn check(&self, wrong: &mut Wrong<'_>) {
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
    fn judge(&self, case: &Case<'_>) -> Judged {
        let mut first = case.target_facts();
        first.push(rollup(case, case.git_ref, None));
        case.need(&first)?;
        let target = case.target()?;
        let mut others = BTreeSet::new();
        let required = match (self.from_branch_rules, &target.place) {
            (None, _) => self.required.iter().map(|name| Required::named(name.as_str())).collect(),
            (Some(_), Place::Branch(branch)) => {
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
            let draft = Draft::new(Outcome::Unclear, reason).about(&target.oid).url(Some(&page));
            return draft.from("rest rules/branches");
        }
        let contexts = contexts(case, &target.oid)?;
        self.settle(case, &required, &contexts, &target.oid)
    }
}

/// Green checks are not all that the rules ask for.
fn not_looked_at(case: &Case<'_>, others: &BTreeSet<String>, oid: &Oid) -> Judged {
    let names: Vec<&String> = others.iter().collect();
    let reason = format!(
        "the rules of {} also ask for what is not looked at here ({}): name the checks with `required`, and give the \
         rest gates of their own",
        case.git_ref,
        list(&names)
    );
    let page = format!("{}/rules", case.home());
    Draft::new(Outcome::Unclear, reason).about(oid).url(Some(&page)).from("rest rules/branches")
}

/// The checks of a ref or commit.
fn rollup(case: &Case<'_>, expression: &str, after: Option<&str>) -> Fact {
    case.graph(&shape::ROLLUP, [("expression", json!(expression)), ("after", json!(after))])
}

/// Every check of the commit, page by page. The first page is asked for by the ref, in the same round as the ref itself;
/// if that was another commit (the ref moved, or is an annotated tag), it is asked for again by commit.
fn contexts(case: &Case<'_>, oid: &Oid) -> Judged<Vec<Context>> {
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

fn no_branch(case: &Case<'_>) -> Stop {
    let message = format!("`{}` is no branch of {}, so no branch rules apply", case.git_ref, case.repo);
    Stop::Failed(Failure::new(FailureKind::Rejected, message).advise("name the checks with `required`"))
}

/// What was found for one required name.
struct Judgement {
    outcome: Outcome,
    said: String,
    accepted: Vec<String>,
    url: Option<String>,
    /// Only gonogo's own job goes by this name.
    own: bool,
}

impl Checks {
    fn settle(&self, case: &Case<'_>, required: &[Required], contexts: &[Context], oid: &Oid) -> Judged {
        let own = own_job(contexts, case);
        let doubt = own.doubt(contexts, required);
        let all: Vec<Judgement> = required.iter().map(|it| self.one(it, contexts, own.index())).collect();
        let (own, counted): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.own);
        let outcome = worst(counted.iter().map(|it| it.outcome)).unwrap_or(Outcome::Unclear);
        let good = counted.iter().filter(|it| it.outcome == Outcome::Holds).count();
        let mut reason = if counted.is_empty() {
            format!("no check is left to look at on {}", oid.short())
        } else {
            let total = count(counted.len() as u64, "check");
            format!("{good} of {total} succeeded on {}", oid.short())
        };
        let bad: Vec<&str> =
            counted.iter().filter(|it| it.outcome == outcome).map(|it| it.said.as_str()).collect();
        if outcome != Outcome::Holds && !bad.is_empty() {
            reason += &format!(": {}", list(&bad));
        }
        for it in &own {
            reason += &format!("; left out: {}, the job that gonogo itself runs in", it.said);
        }
        reason += &doubt.unwrap_or_default();
        let mut sorted: Vec<&Judgement> = counted.iter().collect();
        sorted.sort_by_key(|it| std::cmp::Reverse(rank(it.outcome)));
        let page = sorted.first().filter(|it| it.outcome != Outcome::Holds).and_then(|it| it.url.clone());
        let page = page.unwrap_or_else(|| format!("{}/commit/{oid}/checks", case.home()));
        Draft::new(outcome, reason)
            .about(oid)
            .url(Some(&page))
            .rows(sorted.iter().map(|it| it.said.clone()))
            .accepted(counted.iter().flat_map(|it| it.accepted.clone()))
            .from("graphql statusCheckRollup")
    }

    /// All newest checks of that name: of every app, workflow and event, and all of a matrix.
    fn one(&self, required: &Required, contexts: &[Context], own: Option<usize>) -> Judgement {
        let name = &required.name;
        let mut groups: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for (index, context) in contexts.iter().enumerate() {
            if context.is(required) {
                groups.entry(context.key()).or_default().push(index);
            }
        }
        if groups.is_empty() {
            let from = required.app.map(|_| " from the app that the rules name").unwrap_or_default();
            let said = format!("{name} has not reported{from}");
            return Judgement {
                outcome: Outcome::Unclear,
                said,
                accepted: Vec::new(),
                url: None,
                own: false,
            };
        }
        let found = groups.len();
        groups.retain(|_, members| !own.is_some_and(|own| members.contains(&own)));
        if groups.is_empty() && found > 0 {
            let said = name.clone();
            return Judgement { outcome: Outcome::Pending, said, accepted: Vec::new(), url: None, own: true };
        }
        let newest = groups.values().flat_map(|members| newest(members, contexts));
        let mut states: Vec<(Outcome, String, Option<&str>)> = newest
            .map(|context| {
                let (outcome, word) = self.state(context);
                (outcome, word, context.url())
            })
            .collect();
        states.sort_by_key(|(outcome, ..)| std::cmp::Reverse(rank(*outcome)));
        let outcome = states.first().map_or(Outcome::Unclear, |(outcome, ..)| *outcome);
        let word = states.first().map(|(_, word, _)| word.clone()).unwrap_or_default();
        let url = states.first().and_then(|(_, _, url)| url.map(str::to_owned));
        let lenient =
            states.iter().filter(|(outcome, word, _)| *outcome == Outcome::Holds && word != "success");
        let accepted = lenient.map(|(_, word, _)| format!("{name} {word}")).collect();
        let times =
            if states.len() > 1 { format!(" ({} checks of that name)", states.len()) } else { String::new() };
        Judgement { outcome, said: format!("{name}: {word}{times}"), accepted, url, own: false }
    }

    fn state(&self, context: &Context) -> (Outcome, String) {
        let (status, conclusion) = match context {
            Context::CheckRun(run) => (run.status.as_str(), run.conclusion.as_deref()),
            Context::StatusContext(status) => return legacy(&status.state),
            Context::Other => return (Outcome::Unclear, "of an unknown kind".into()),
        };
        let word = conclusion.unwrap_or(status).to_lowercase().replace('_', " ");
        let accepts = |accept| if self.accept.contains(&accept) { Outcome::Holds } else { Outcome::Unclear };
        let outcome = match (status, conclusion) {
            ("COMPLETED", Some("SUCCESS")) => Outcome::Holds,
            ("COMPLETED", Some("SKIPPED")) => accepts(Accept::Skipped),
            ("COMPLETED", Some("NEUTRAL")) => accepts(Accept::Neutral),
            ("COMPLETED", Some("FAILURE" | "TIMED_OUT" | "STARTUP_FAILURE" | "CANCELLED")) => Outcome::Fails,
            ("COMPLETED", Some("ACTION_REQUIRED")) => Outcome::Pending,
            ("QUEUED" | "IN_PROGRESS" | "WAITING" | "REQUESTED" | "PENDING", None) => Outcome::Pending,
            _ => Outcome::Unclear,
        };
        (outcome, word)
    }
}

fn legacy(state: &str) -> (Outcome, String) {
    let outcome = match state {
        "SUCCESS" => Outcome::Holds,
        "FAILURE" | "ERROR" => Outcome::Fails,
        "PENDING" | "EXPECTED" => Outcome::Pending,
        _ => Outcome::Unclear,
    };
    (outcome, state.to_lowercase())
}

/// Checks of one key replace each other; those of one suite stand side by side (a matrix).
type Key = (Option<u64>, String, String, String);

/// The members of a group's newest suite. Commit statuses have no suites: all of them.
fn newest<'c>(members: &[usize], contexts: &'c [Context]) -> Vec<&'c Context> {
    let all = || members.iter().filter_map(|index| contexts.get(*index));
    let suite = |context: &&Context| match context {
        Context::CheckRun(run) => Some((run.check_suite.created_at, run.check_suite.id.clone())),
        _ => None,
    };
    let last = all().filter_map(|context| suite(&context)).max();
    all().filter(|context| suite(context) == last).collect()
}

impl Context {
    fn key(&self) -> Key {
        match self {
            Self::CheckRun(run) => {
                let suite = &run.check_suite;
                let app = suite.app.as_ref().and_then(|app| app.database_id);
                let workflow = suite.workflow_run.as_ref();
                let of = |part: fn(&WorkflowRun) -> &String| workflow.map(part).cloned().unwrap_or_default();
                (app, of(|it| &it.workflow.name), of(|it| &it.event), run.name.clone())
            }
            Self::StatusContext(status) => (None, String::new(), String::new(), status.context.clone()),
            Self::Other => (None, String::new(), String::new(), String::new()),
        }
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::CheckRun(run) => Some(&run.name),
            Self::StatusContext(status) => Some(&status.context),
            Self::Other => None,
        }
    }

    fn url(&self) -> Option<&str> {
        match self {
            Self::CheckRun(run) => run.details_url.as_deref(),
            Self::StatusContext(status) => status.target_url.as_deref(),
            Self::Other => None,
        }
    }

    /// Whether this is a check that was required: by its name, or by `workflow / name` as GitHub shows it.
    fn is(&self, required: &Required) -> bool {
        match self {
            Self::CheckRun(run) => {
                let suite = &run.check_suite;
                let app = suite.app.as_ref().and_then(|app| app.database_id);
                let workflow = suite.workflow_run.as_ref().map(|it| it.workflow.name.as_str());
                let shown = workflow.map(|workflow| format!("{workflow} / {}", run.name));
                let named = run.name == required.name || shown.as_ref() == Some(&required.name);
                named && required.app.is_none_or(|wanted| app == Some(wanted))
            }
            Self::StatusContext(status) => status.context == required.name && required.app.is_none(),
            Self::Other => false,
        }
    }
}

/// The job that gonogo itself runs in, among the checks.
enum Own {
    /// Not here, or not looked for.
    Elsewhere,
    /// This one: nothing else of its run is unfinished, and it can not be finished itself.
    Is(usize),
    /// One of these. A job goes by its display name, which the runner does not tell: none is left out.
    OneOf(Vec<usize>),
}

impl Own {
    fn index(&self) -> Option<usize> {
        if let Self::Is(index) = self { Some(*index) } else { None }
    }

    /// Why a check that was asked for may wait for gonogo itself.
    fn doubt(&self, contexts: &[Context], required: &[Required]) -> Option<String> {
        let Self::OneOf(all) = self else { return None };
        let open = all.iter().filter_map(|at| contexts.get(*at));
        let asked = |it: &&Context| required.iter().any(|required| it.is(required));
        let asked: Vec<_> = open.filter(asked).filter_map(Context::name).collect();
        if asked.is_empty() {
            return None;
        }
        let said =
            "may be the job that gonogo itself runs in; it is counted while others of its run are unfinished";
        Some(format!("; {} {said}", list(&asked)))
    }
}

fn own_job(contexts: &[Context], case: &Case<'_>) -> Own {
    let Some(own) = case.own else { return Own::Elsewhere };
    let end = format!("/actions/runs/{}", own.run_id);
    let unfinished = contexts.iter().enumerate().filter(|(_, context)| match context {
        Context::CheckRun(run) => {
            let mine = run.check_suite.workflow_run.as_ref().is_some_and(|it| it.url.ends_with(&end));
            mine && run.status != "COMPLETED"
        }
        _ => false,
    });
    let all: Vec<_> = unfinished.map(|(index, _)| index).collect();
    let running = |index: &usize| matches!(contexts.get(*index), Some(Context::CheckRun(run)) if run.status == "IN_PROGRESS");
    match all[..] {
        [] => Own::Elsewhere,
        [one] if running(&one) => Own::Is(one),
        [_] => Own::Elsewhere,
        _ => Own::OneOf(all),
    }
}
