//! Facts against limits, one function per kind of evidence.

use serde_json::Value;

use super::{
    counter::{Counter, Row},
    finding::{Condition, all, counted, ends, plain, with_rows},
    row::{
        DocumentFacts, InitiativeFacts, IssueRow, MilestoneFacts, Page, Present, ProjectFacts, ReleaseFacts,
    },
    spec::{
        Document, Health, Initiative, Issues, IssuesDone, Milestone, Project, ProjectStatus, Release, Spec,
        percent,
    },
};
use crate::domain::{Failure, FailureKind, Finding, Oid, Outcome};

type Judged = Result<Finding, Failure>;

/// The finding of a gate for which everything has been asked.
pub(super) fn judge(spec: &Spec, facts: Option<&Value>, counter: Option<&Counter>) -> Judged {
    let facts = || facts.ok_or_else(lost);
    let counter = || counter.ok_or_else(lost);
    let (finding, lineage) = match spec {
        Spec::Issues(it) => (issues(it, counter()?), "graphql issues"),
        Spec::IssuesDone(it) => (issues_done(it, facts()?)?, "graphql issues"),
        Spec::Project(it) => (project(it, facts()?)?, "graphql projects"),
        Spec::Initiative(it) => (initiative(it, facts()?)?, "graphql initiatives"),
        Spec::Milestone(it) => (milestone(it, facts()?)?, "graphql projectMilestones"),
        Spec::Cycle(_) => (rows(counter()?, "open issue"), "graphql cycles"),
        Spec::View(it) => (rows(counter()?, it.of.one()), "graphql customView"),
        Spec::Document(it) => (document(it, facts()?)?, "graphql documents"),
        Spec::Release(it) => (release(it, facts()?, counter()?)?, "graphql releases"),
    };
    Ok(Finding { lineage: lineage.into(), ..finding })
}

/// What is asked for is always answered before it is judged; if not, there is no answer.
fn lost() -> Failure {
    Failure::new(FailureKind::Incomplete, "Linear left out a part of the answer")
}

/// Whether a list has no row.
pub(super) fn is_empty(answer: &Value) -> Result<bool, Failure> {
    Ok(Page::<Present>::read(answer)?.nodes.is_empty())
}

/// "No open issue" says nothing where there is no issue at all (V2).
pub(super) fn nothing_in(spec: &Spec) -> Finding {
    let what = match spec {
        Spec::Cycle(it) => format!("cycle {} of team {}", it.number, it.team),
        _ => "it".to_owned(),
    };
    plain(Outcome::Unclear, format!("{what} holds no issue, open or done"))
}

fn missing(what: &str) -> Failure {
    Failure::new(FailureKind::NotFound, format!("{what} does not exist, or this key can not see it"))
        .advise("check the spelling, upper and lower case included, and what the key may see")
}

fn rows(counter: &Counter, noun: &str) -> Finding {
    with_rows(all(vec![counted(counter, noun)]), &counter.rows)
}

fn issues(it: &Issues, counter: &Counter) -> Finding {
    if it.states.is_empty() {
        return rows(counter, "open issue");
    }
    let (outcome, fact) = counted(counter, "issue");
    with_rows(plain(outcome, format!("{fact} (in {})", it.states.join(" or "))), &counter.rows)
}

fn issues_done(it: &IssuesDone, facts: &Value) -> Judged {
    let page: Page<IssueRow> = Page::read(facts)?;
    if page.more {
        return Err(Failure::new(
            FailureKind::Incomplete,
            "Linear answered with more issues than were named",
        ));
    }
    let found = |id: &String| page.nodes.iter().find(|row| row.answers_to(id));
    let mut conditions = Vec::new();
    let mut accepted = Vec::new();
    for id in &it.ids {
        let Some(row) = found(id) else {
            conditions.push((Outcome::Unclear, format!("{id} was not found, or this key can not see it")));
            continue;
        };
        let (outcome, fact) = done(it, row);
        if outcome == Outcome::Holds && row.state.kind != "completed" {
            accepted.push(fact.as_str().into());
        }
        conditions.push((outcome, fact));
    }
    let holds = conditions.iter().all(|(outcome, _)| *outcome == Outcome::Holds);
    let mut finding = all(conditions);
    if holds {
        finding.reason = if it.ids.len() == 1 {
            "the issue is completed".into()
        } else {
            format!("all {} issues are completed", it.ids.len()).into()
        };
    }
    let rows: Vec<Row> = page.nodes.into_iter().map(|row| <(String, Row)>::from(row).1).collect();
    Ok(Finding { accepted, ..with_rows(finding, &rows) })
}

/// Closed is not done: only `completed` is, and what the gate lets pass. A type that is not known is open.
fn done(it: &IssuesDone, row: &IssueRow) -> Condition {
    let kind = row.state.kind.as_str();
    let outcome = match kind {
        "completed" => Outcome::Holds,
        _ if it.accept.iter().any(|state| state.word() == kind) => Outcome::Holds,
        "canceled" | "duplicate" => Outcome::Fails,
        _ => Outcome::Pending,
    };
    (
        outcome,
        format!("{} is {}", row.identifier, if row.state.name.is_empty() { kind } else { &row.state.name }),
    )
}

impl IssueRow {
    /// By identifier in any case, by UUID, or by a name from before it moved to another team.
    fn answers_to(&self, id: &str) -> bool {
        let names = [&self.identifier, &self.id].into_iter().chain(&self.previous_identifiers);
        names.into_iter().any(|name| name.eq_ignore_ascii_case(id))
    }
}

fn project(it: &Project, facts: &Value) -> Judged {
    let what = format!("project {}", it.name);
    let page: Page<ProjectFacts> = Page::read(facts)?;
    let facts = page.only(&what, "name it by the last part of its address")?.ok_or_else(|| missing(&what))?;
    let mut conditions = Vec::new();
    conditions.extend(it.status.map(|wanted| project_status(wanted, &facts.status.kind)));
    conditions.extend(it.health.map(|wanted| health(wanted, facts.health.as_deref())));
    conditions.extend(it.progress_at_least.map(|least| progress(least, facts.progress)));
    let mut url = facts.url;
    let mut until = None;
    if let Some(age) = it.update_max_age {
        match facts.last_update {
            Some(update) => {
                until = Some(ends(update.created_at, age));
                url = update.url;
                conditions.push((
                    Outcome::Holds,
                    format!("updated {}", update.created_at.format("%Y-%m-%d %H:%M UTC")),
                ));
            }
            None => conditions.push((Outcome::Unclear, "no update was ever posted".into())),
        }
    }
    let finding = all(conditions);
    let rows =
        vec![format!("{}: {}, {} done", facts.name, facts.status.name, percent(facts.progress)).into()];
    Ok(Finding { until, url: Some(url.into()), rows, ..finding })
}

/// Under way to the wanted status is pending; paused, canceled or past it is a no.
fn project_status(wanted: ProjectStatus, found: &str) -> Condition {
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
fn health(wanted: Health, found: Option<&str>) -> Condition {
    let Some(found) = found else {
        return (Outcome::Unclear, "it has no health: no update was ever posted".into());
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
fn progress(least: f64, found: f64) -> Condition {
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

fn initiative(it: &Initiative, facts: &Value) -> Judged {
    let what = format!("initiative {}", it.name);
    let page: Page<InitiativeFacts> = Page::read(facts)?;
    let facts = page.only(&what, "name it by the last part of its address")?.ok_or_else(|| missing(&what))?;
    let mut conditions = Vec::new();
    if let Some(wanted) = it.status {
        // Capitalised at Linear, unlike all its other states.
        let found = facts.status.to_ascii_lowercase();
        conditions.push(initiative_status(wanted.word(), &found));
    }
    conditions.extend(it.health.map(|wanted| health(wanted, facts.health.as_deref())));
    let rows = vec![format!("{}: {}", facts.name, facts.status).into()];
    Ok(Finding { url: Some(facts.url.into()), rows, ..all(conditions) })
}

fn initiative_status(wanted: &str, found: &str) -> Condition {
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

fn milestone(it: &Milestone, facts: &Value) -> Judged {
    let what = format!("milestone {} of project {}", it.name, it.project);
    let page: Page<MilestoneFacts> = Page::read(facts)?;
    let facts =
        page.only(&what, "give each milestone of the project its own name")?.ok_or_else(|| missing(&what))?;
    let outcome = match facts.status.as_str() {
        "done" => Outcome::Holds,
        "unstarted" | "next" | "overdue" => Outcome::Pending,
        _ => Outcome::Unclear,
    };
    let reason = format!("it is {}, {}", facts.status, percent(facts.progress));
    let due = facts.target_date.map(|day| format!(", due {day}")).unwrap_or_default();
    let row = format!("{} / {}: {}{due}", facts.project.name, facts.name, facts.status);
    let url = Some(facts.project.url.into());
    Ok(Finding { url, rows: vec![row.into()], ..plain(outcome, reason) })
}

fn document(it: &Document, facts: &Value) -> Judged {
    let what = format!("document {}", it.id);
    let page: Page<DocumentFacts> = Page::read(facts)?;
    let facts = page.only(&what, "name it by its UUID")?.ok_or_else(|| missing(&what))?;
    let reason = format!("\"{}\" edited {}", facts.title, facts.updated_at.format("%Y-%m-%d %H:%M UTC"));
    let until = it.max_age.map(|age| ends(facts.updated_at, age));
    Ok(Finding { until, url: Some(facts.url.into()), ..plain(Outcome::Holds, reason) })
}

fn release(it: &Release, facts: &Value, counter: &Counter) -> Judged {
    let pipeline = it.pipeline.as_ref().map(|name| format!(" of pipeline {name}")).unwrap_or_default();
    let what = format!("release {}{pipeline}", it.version);
    let page: Page<ReleaseFacts> = Page::read(facts)?;
    let facts = page.only(&what, "name the `pipeline` too")?.ok_or_else(|| missing(&what))?;
    let mut conditions = vec![stage(&facts)];
    conditions.push(match facts.issue_count {
        0 => (Outcome::Unclear, "the release holds no issue, open or done".into()),
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
            Some(_) => "the release does not name a whole commit id",
            None => "the release names no commit",
        };
        conditions.push((Outcome::Unclear, said.into()));
    }
    let mut finding = with_rows(all(conditions), &counter.rows);
    finding.url = Some(facts.url.into());
    finding.rows.insert(0, format!("{}: {}", facts.pipeline.name, facts.stage.name).into());
    finding.rows.truncate(10);
    Ok(Finding { about, ..finding })
}

/// A canceled release proves nothing about the one that goes out.
fn stage(facts: &ReleaseFacts) -> Condition {
    match facts.stage.kind.as_str() {
        "planned" | "started" | "completed" => (Outcome::Holds, format!("stage {}", facts.stage.name)),
        "canceled" => (Outcome::Fails, "the release is canceled".into()),
        other => {
            (Outcome::Unclear, format!("its stage is of type {other}, which this version does not know"))
        }
    }
}
