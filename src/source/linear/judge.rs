//! Facts against limits, one function per kind of evidence.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    counter::{CountedRow, Counter, counted, with_rows},
    lookup::not_unique,
    row::{
        CycleFacts, DocumentFacts, InitiativeFacts, IssueRow, Linked, Matches, MilestoneFacts, Page, Present,
        ProjectFacts, ReleaseFacts, Status, Update,
    },
    spec::{
        Cycle, Health, Initiative, Issues, IssuesDone, LinearDocument, LinearSpec, Milestone, Project,
        ProjectStatus, Release, View, percent,
    },
};
use crate::api::FindingResult;
use crate::finding::{self, ConditionResult, ends};
use gonogo_domain::{Failure, FailureKind, Finding, Oid, Outcome};

/// The finding of a gate for which everything has been asked.
pub(super) fn judge(spec: &LinearSpec, facts: Option<&Value>, counter: Option<&Counter>) -> FindingResult {
    let facts = || facts.ok_or_else(lost);
    let counter = || counter.ok_or_else(lost);
    let (finding, lineage) = match spec {
        LinearSpec::Issues(it) => (issues(it, counter()?), "graphql issues"),
        LinearSpec::IssuesDone(it) => (issues_done(it, facts()?)?, "graphql issues"),
        LinearSpec::Project(it) => (project(it, facts()?)?, "graphql projects"),
        LinearSpec::Initiative(it) => (initiative(it, facts()?)?, "graphql initiatives"),
        LinearSpec::Milestone(it) => (milestone(it, facts()?)?, "graphql projectMilestones"),
        LinearSpec::Cycle(it) => (cycle(it, facts()?, counter()?)?, "graphql cycles"),
        LinearSpec::View(it) => (view(it, counter()?), "graphql customView"),
        LinearSpec::Document(it) => (document(it, facts()?)?, "graphql documents"),
        LinearSpec::Release(it) => (release(it, facts()?, counter()?)?, "graphql releases"),
    };
    Ok(Finding { lineage: lineage.into(), ..finding })
}

/// What [`judge`] says of where an answer comes from, until it knows the kind.
const GRAPHQL: &str = "graphql";

fn plain(outcome: Outcome, reason: String) -> Finding {
    finding::finding(outcome, reason, GRAPHQL)
}

fn all(conditions: &[ConditionResult]) -> Finding {
    finding::all(conditions, GRAPHQL)
}

/// What is asked for is always answered before it is judged; if not, there is no answer.
fn lost() -> Failure {
    Failure::new(FailureKind::Incomplete, "Linear left out a part of the answer")
}

/// Whether a list has no row, but for what is in the trash.
pub(super) fn is_empty(answer: &Value) -> Result<bool, Failure> {
    Ok(Page::<Present>::read(answer)?.nodes.iter().all(|it| it.trashed == Some(true)))
}

/// The one thing that a name means; or what is to be said instead: that there is none, or that there are several.
fn only<T: DeserializeOwned + Linked>(
    facts: &Value,
    what: &str,
    advice: &str,
) -> Result<T, Box<FindingResult>> {
    match Page::<T>::read(facts).map_err(|failure| Box::new(Err(failure)))?.only() {
        Matches::One(it) => Ok(it),
        Matches::None => Err(Box::new(Err(missing(what)))),
        Matches::Several(all) => {
            let urls: Vec<&str> = all.iter().map(Linked::link).filter(|url| !url.is_empty()).collect();
            let reason = format!("{}: {advice}", not_unique(what, &urls));
            let url = urls.first().map(|url| (*url).into());
            let rows = urls.iter().map(|url| (*url).into()).collect();
            Err(Box::new(Ok(Finding { url, rows, ..plain(Outcome::Unclear, reason) })))
        }
    }
}

/// What was thrown away proves nothing, whatever it said last.
fn in_the_trash(what: &str, trashed: Option<bool>, url: &str) -> Option<Finding> {
    let found = plain(Outcome::Unclear, format!("{what} is in the trash"));
    (trashed == Some(true)).then(|| Finding { url: Some(url.into()), ..found })
}

/// "No open issue" says nothing where there is no issue at all (V2).
pub(super) fn nothing_in(spec: &LinearSpec) -> Finding {
    let what = match spec {
        LinearSpec::Cycle(it) => format!("cycle {} of team {}", it.number, it.team),
        _ => "it".to_owned(),
    };
    plain(Outcome::Unclear, format!("{what} has no issues, open or done"))
}

fn missing(what: &str) -> Failure {
    Failure::new(FailureKind::NotFound, format!("{what} does not exist, or this key cannot see it"))
        .advise("check the spelling, upper and lower case included, whether it was renamed or archived, and what the key can see")
}

fn rows(counter: &Counter, noun: &str) -> Finding {
    with_rows(all(&[counted(counter, noun)]), &counter.rows)
}

/// A view lists what it was saved with; one that was made for reading may list what is done as well.
fn view(it: &View, counter: &Counter) -> Finding {
    let found = rows(counter, it.of.one());
    let closed = !counter.rows.is_empty() && counter.rows.iter().all(|row| row.closed);
    if found.outcome == Outcome::Fails && closed && it.count.at_least.is_none() {
        let reason = format!("{}; all of them are closed: make the view list open ones only", found.reason);
        return Finding { reason: reason.into(), ..found };
    }
    found
}

fn issues(it: &Issues, counter: &Counter) -> Finding {
    if it.states.is_empty() {
        return rows(counter, "open issue");
    }
    let (outcome, fact) = counted(counter, "issue");
    with_rows(plain(outcome, format!("{fact} (in {})", it.states.join(" or "))), &counter.rows)
}

fn issues_done(it: &IssuesDone, facts: &Value) -> FindingResult {
    let page: Page<IssueRow> = Page::read(facts)?;
    if page.more {
        return Err(Failure::new(
            FailureKind::Incomplete,
            "Linear answered with more issues than were named",
        ));
    }
    // A name that an issue has now goes before one that it had before it moved.
    let found = |id: &String| {
        let now = page.nodes.iter().find(|row| row.is_called(id));
        now.or_else(|| page.nodes.iter().find(|row| row.was_called(id)))
    };
    let mut conditions = Vec::new();
    let mut accepted = Vec::new();
    for id in &it.ids {
        let Some(row) = found(id) else {
            conditions.push((Outcome::Unclear, format!("{id} was not found, or this key cannot see it")));
            continue;
        };
        if row.trashed == Some(true) {
            conditions.push((Outcome::Unclear, format!("{} is in the trash", row.identifier)));
            continue;
        }
        let (outcome, fact) = done(it, row);
        if outcome == Outcome::Holds && row.state.kind != "completed" {
            accepted.push(fact.as_str().into());
        }
        conditions.push((outcome, fact));
    }
    let holds = conditions.iter().all(|(outcome, _)| *outcome == Outcome::Holds);
    let mut finding = all(&conditions);
    if holds {
        finding.reason = if it.ids.len() == 1 {
            "the issue is completed".into()
        } else {
            format!("all {} issues are completed", it.ids.len()).into()
        };
    }
    // What was let pass though it was not completed has no such time.
    let ended =
        it.ids.iter().map(|id| found(id).and_then(|row| row.completed_at)).collect::<Option<Vec<_>>>();
    finding.since = ended.filter(|_| holds && accepted.is_empty()).and_then(|all| all.into_iter().max());
    let open = page.nodes.iter().find(|row| row.state.kind != "completed" || row.trashed == Some(true));
    let url = open.or(page.nodes.first()).map(|row| row.url.as_str().into());
    let rows: Vec<CountedRow> =
        page.nodes.into_iter().map(|row| <(String, CountedRow)>::from(row).1).collect();
    Ok(Finding { url, accepted, ..with_rows(finding, &rows) })
}

/// Closed is not done: only `completed` is, and what the gate lets pass. A type that is not known is open.
fn done(it: &IssuesDone, row: &IssueRow) -> ConditionResult {
    let kind = row.state.kind.as_str();
    let outcome = match kind {
        "completed" => Outcome::Holds,
        _ if it.accept.iter().any(|state| state.word() == kind) => Outcome::Holds,
        "canceled" | "duplicate" => Outcome::Fails,
        // Put away as it was: nobody works on it any more.
        _ if row.archived_at.is_some() => Outcome::Fails,
        _ => Outcome::Pending,
    };
    let away = if outcome == Outcome::Fails && row.archived_at.is_some() { ", and archived" } else { "" };
    let state = if row.state.name.is_empty() { kind } else { &row.state.name };
    (outcome, format!("{} is {state}{away}", row.identifier))
}

impl IssueRow {
    /// By identifier in any case, or by UUID.
    fn is_called(&self, id: &str) -> bool {
        [&self.identifier, &self.id].iter().any(|name| name.eq_ignore_ascii_case(id))
    }

    /// By a name from before it moved to another team.
    fn was_called(&self, id: &str) -> bool {
        self.previous_identifiers.iter().any(|name| name.eq_ignore_ascii_case(id))
    }
}

/// A cycle that has ended holds no open issue: Linear has moved them on. Those that were open then, and still are, are
/// open issues of this cycle.
fn cycle(it: &Cycle, facts: &Value, counter: &Counter) -> FindingResult {
    let page: Page<CycleFacts> = Page::read(facts)?;
    let mut found = rows(counter, "open issue");
    let Some(cycle) = page.nodes.into_iter().next().filter(|cycle| cycle.is_past) else { return Ok(found) };
    let more = cycle.left.page_info.has_next_page;
    let left: Vec<CountedRow> =
        cycle.left.nodes.into_iter().map(|row| <(String, CountedRow)>::from(row).1).collect();
    if left.is_empty() && !more {
        return Ok(found);
    }
    let all = u32::try_from(left.len()).unwrap_or(u32::MAX).saturating_add(counter.known());
    let names: Vec<&str> = left.iter().take(3).map(|row| row.name.as_str()).collect();
    let ended = format!(
        "cycle {} ended on {} and left open: {}{}",
        cycle.number,
        cycle.ends_at.format("%Y-%m-%d"),
        names.join(", "),
        if left.len() > 3 { ", …" } else { "" }
    );
    if all > it.at_most {
        return Ok(with_rows(plain(Outcome::Fails, ended), &left));
    }
    if more {
        return Ok(with_rows(plain(Outcome::Unclear, format!("{ended}, and more than can be read")), &left));
    }
    found.reason = format!("{}; {ended}, at most {} in all", found.reason, it.at_most).into();
    Ok(found)
}

fn project(it: &Project, facts: &Value) -> FindingResult {
    let what = format!("project {}", it.name);
    let facts: ProjectFacts = match only(facts, &what, "name it by the last part of its address") {
        Ok(facts) => facts,
        Err(said) => return *said,
    };
    if let Some(found) = in_the_trash(&what, facts.trashed, &facts.url) {
        return Ok(found);
    }
    let over = facts.status.kind == "completed";
    let mut conditions = match it.status {
        Some(wanted) => vec![project_status(wanted, &facts.status.kind)],
        // Whatever else is asked of it: one that was called off is not on its way.
        None => called_off(&facts.status).into_iter().collect(),
    };
    conditions.extend(it.health.map(|wanted| health(wanted, facts.health.as_deref())));
    if it.health.is_some() && it.update_max_age.is_none() && !over {
        conditions.extend(heard_of(facts.health.as_deref(), facts.last_update.as_ref()));
    }
    conditions.extend(it.progress_at_least.map(|least| progress(least, facts.progress)));
    let mut url = facts.url;
    let mut until = None;
    if let Some(age) = it.update_max_age {
        match facts.last_update {
            Some(update) => {
                until = Some(ends(update.created_at, Duration::from_secs(age)));
                url = update.url;
                conditions.push((
                    Outcome::Holds,
                    format!("updated {}", update.created_at.format("%Y-%m-%d %H:%M UTC")),
                ));
            }
            None => conditions.push((Outcome::Unclear, "no update has ever been posted".into())),
        }
    }
    let finding = all(&conditions);
    let rows =
        vec![format!("{}: {}, {} done", facts.name, facts.status.name, percent(facts.progress)).into()];
    Ok(Finding { until, url: Some(url.into()), rows, ..finding })
}

/// A project that was called off, for gates that do not ask for a status of their own.
fn called_off(status: &Status) -> Option<ConditionResult> {
    let off = matches!(status.kind.as_str(), "canceled" | "paused");
    off.then(|| (Outcome::Fails, format!("the project is {}", status.kind)))
}

/// Whether a health is still somebody's word: the update that gave it must be there and, by Linear's own rule, not
/// stale. A gate with its own limit uses that.
fn heard_of(health: Option<&str>, update: Option<&Update>) -> Option<ConditionResult> {
    health?;
    match update {
        Some(update) if update.is_stale => {
            let day = update.created_at.format("%Y-%m-%d");
            Some((Outcome::Unclear, format!("its last update, from {day}, is stale")))
        }
        Some(_) => None,
        None => Some((Outcome::Unclear, "the update that gave its health no longer exists".into())),
    }
}

/// Under way to the wanted status is pending; paused, canceled or past it is a no.
fn project_status(wanted: ProjectStatus, found: &str) -> ConditionResult {
    const ON_THE_WAY: [&str; 4] = ["backlog", "planned", "started", "completed"];
    let place = |word: &str| ON_THE_WAY.iter().position(|known| *known == word);
    let outcome = match (place(found), place(wanted.word()), found) {
        _ if found == wanted.word() => Outcome::Holds,
        (Some(found), Some(wanted), _) if found < wanted => Outcome::Pending,
        (Some(_), _, _) | (_, _, "paused" | "canceled") => Outcome::Fails,
        (None, ..) => Outcome::Unclear,
    };
    (outcome, standing("its status", found, wanted.word(), outcome))
}

/// No health is no proof: nobody ever posted an update.
fn health(wanted: Health, found: Option<&str>) -> ConditionResult {
    let Some(found) = found else {
        return (Outcome::Unclear, "it has no health: no update has ever been posted".into());
    };
    match Health::read(found) {
        None => (Outcome::Unclear, format!("its health is {found}, which this version does not know")),
        Some(health) => {
            let outcome = if health == wanted { Outcome::Holds } else { Outcome::Fails };
            (outcome, standing("it", health.words(), wanted.words(), outcome))
        }
    }
}

/// Floating point: a share that was computed may miss a round number by its last digit.
fn progress(least: f64, found: f64) -> ConditionResult {
    let outcome = match found {
        _ if !(0.0..=1.0 + 1e-9).contains(&found) => Outcome::Unclear,
        _ if found + 1e-9 >= least => Outcome::Holds,
        _ => Outcome::Pending,
    };
    (outcome, format!("{} done, at least {} asked for", percent(found), percent(least)))
}

fn standing(what: &str, found: &str, wanted: &str, outcome: Outcome) -> String {
    match outcome {
        Outcome::Holds => format!("{what} is {found}"),
        Outcome::Unclear => format!("{what} is {found}, which this version does not know"),
        _ => format!("{what} is {found}, not {wanted}"),
    }
}

fn initiative(it: &Initiative, facts: &Value) -> FindingResult {
    let what = format!("initiative {}", it.name);
    let facts: InitiativeFacts = match only(facts, &what, "name it by the last part of its address") {
        Ok(facts) => facts,
        Err(said) => return *said,
    };
    if let Some(found) = in_the_trash(&what, facts.trashed, &facts.url) {
        return Ok(found);
    }
    // Capitalised at Linear, unlike all its other states.
    let status = facts.status.to_ascii_lowercase();
    let mut conditions = match it.status {
        Some(wanted) => vec![initiative_status(wanted.word(), &status)],
        None if status == "canceled" => vec![(Outcome::Fails, "the initiative is canceled".into())],
        None => Vec::new(),
    };
    conditions.extend(it.health.map(|wanted| health(wanted, facts.health.as_deref())));
    if it.health.is_some() && status != "completed" {
        conditions.extend(heard_of(facts.health.as_deref(), facts.last_update.as_ref()));
    }
    let rows = vec![format!("{}: {}", facts.name, facts.status).into()];
    Ok(Finding { url: Some(facts.url.into()), rows, ..all(&conditions) })
}

fn initiative_status(wanted: &str, found: &str) -> ConditionResult {
    const ON_THE_WAY: [&str; 4] = ["proposed", "planned", "active", "completed"];
    let place = |word: &str| ON_THE_WAY.iter().position(|known| *known == word);
    let outcome = match (place(found), place(wanted)) {
        _ if found == wanted => Outcome::Holds,
        (Some(found), Some(wanted)) if found < wanted => Outcome::Pending,
        (Some(_), _) => Outcome::Fails,
        (None, _) if found == "canceled" => Outcome::Fails,
        (None, _) => Outcome::Unclear,
    };
    (outcome, standing("its status", found, wanted, outcome))
}

fn milestone(it: &Milestone, facts: &Value) -> FindingResult {
    let what = format!("milestone {} of project {}", it.name, it.project);
    let facts: MilestoneFacts = match only(facts, &what, "give each milestone of the project its own name") {
        Ok(facts) => facts,
        Err(said) => return *said,
    };
    let project = &facts.project;
    if let Some(found) = in_the_trash(&format!("project {}", it.project), project.trashed, &project.url) {
        return Ok(found);
    }
    let outcome = match facts.status.as_str() {
        "done" if project.status.kind == "canceled" => Outcome::Unclear,
        "done" => Outcome::Holds,
        "unstarted" | "next" | "overdue" => Outcome::Pending,
        _ => Outcome::Unclear,
    };
    let off = if project.status.kind == "canceled" { "; its project is canceled" } else { "" };
    let reason = format!("it is {}, {}{off}", facts.status, percent(facts.progress));
    let due = facts.target_date.map(|day| format!(", due {day}")).unwrap_or_default();
    let row = format!("{} / {}: {}{due}", facts.project.name, facts.name, facts.status);
    let url = Some(facts.project.url.into());
    Ok(Finding { url, rows: vec![row.into()], ..plain(outcome, reason) })
}

fn document(it: &LinearDocument, facts: &Value) -> FindingResult {
    let what = format!("document {}", it.id);
    let facts: DocumentFacts = match only(facts, &what, "name it by its UUID") {
        Ok(facts) => facts,
        Err(said) => return *said,
    };
    if let Some(found) = in_the_trash(&what, facts.trashed, &facts.url) {
        return Ok(found);
    }
    let reason = format!("\"{}\" edited {}", facts.title, facts.updated_at.format("%Y-%m-%d %H:%M UTC"));
    let until = it.max_age.map(|age| ends(facts.updated_at, Duration::from_secs(age)));
    Ok(Finding { until, url: Some(facts.url.into()), ..plain(Outcome::Holds, reason) })
}

fn release(it: &Release, facts: &Value, counter: &Counter) -> FindingResult {
    let pipeline = it.pipeline.as_ref().map(|name| format!(" of pipeline {name}")).unwrap_or_default();
    let what = format!("release {}{pipeline}", it.version);
    let facts: ReleaseFacts = match only(facts, &what, "name the `pipeline` too") {
        Ok(facts) => facts,
        Err(said) => return *said,
    };
    if let Some(found) = in_the_trash(&what, facts.trashed, &facts.url) {
        return Ok(found);
    }
    let mut conditions = vec![stage(&facts)];
    conditions.push(match facts.issue_count {
        0 => (Outcome::Unclear, "the release has no issues, open or done".into()),
        _ => counted(counter, "open issue"),
    });
    if it.frozen {
        let outcome = if facts.stage.frozen { Outcome::Holds } else { Outcome::Pending };
        let word = if facts.stage.frozen { "is" } else { "is not" };
        conditions.push((outcome, format!("stage {} {word} frozen", facts.stage.name)));
    }
    let about = facts.commit_sha.as_deref().and_then(Oid::parse);
    if it.same_commit && about.is_none() {
        let said = match &facts.commit_sha {
            Some(_) => "the release does not name a full commit id",
            None => "the release names no commit",
        };
        conditions.push((Outcome::Unclear, said.into()));
    }
    let mut finding = with_rows(all(&conditions), &counter.rows);
    finding.url = Some(facts.url.into());
    finding.rows.insert(0, format!("{}: {}", facts.pipeline.name, facts.stage.name).into());
    finding.rows.truncate(10);
    Ok(Finding { about, ..finding })
}

/// A canceled release proves nothing about the one that goes out.
fn stage(facts: &ReleaseFacts) -> ConditionResult {
    match facts.stage.kind.as_str() {
        _ if facts.canceled_at.is_some() => (Outcome::Fails, "the release is canceled".into()),
        "planned" | "started" | "completed" => (Outcome::Holds, format!("stage {}", facts.stage.name)),
        "canceled" => (Outcome::Fails, "the release is canceled".into()),
        other => {
            (Outcome::Unclear, format!("its stage is of type {other}, which this version does not know"))
        }
    }
}
