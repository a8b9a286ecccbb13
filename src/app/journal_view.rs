//! `gonogo journal`: what is in it, and the proof that it is whole.

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{AppError, Opened, store};
use gonogo_domain::{
    Act, Actor, CloseStep, Condition, ConfirmStep, DecisionTerms, Event, GateId, IncidentStep, Known,
    ReviewStep, Str, Vote, Write, WriteState,
};
use gonogo_journal::{Access, Entry, Head, Journal, JournalError};
use gonogo_report::{harmless, harmless_json};
use gonogo_text::clean;

/// What to show of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JournalView {
    /// Who did what, oldest first, for people.
    Show,
    /// The same, one line of JSON each.
    Lines,
    /// Every entry as a line of JSON.
    Export,
    /// The hash of the newest entry.
    Head,
    /// The proof of the chain.
    Verify,
}

/// The text of a view, and whether it is whole: what is left of a damaged journal is not.
///
/// # Errors
/// [`AppError::Journal`]: the journal is not there, cannot be read, or is broken at the entry it names.
pub fn journal(opened: &Opened, view: JournalView) -> Result<(String, bool), AppError> {
    let Some(location) = store::location(opened)? else {
        return Err(AppError::NoJournal(
            "there is no state folder; name a journal with --journal".to_owned(),
        ));
    };
    let open = |access| Journal::open(&location, store::options(opened.loaded.launch.id.clone(), access));
    let text = match open(Access::Read) {
        Ok(journal) => (read(&journal, view)?, true),
        // What can still be read is offered, and says of itself that it is not whole (V11).
        Err(JournalError::Broken { .. }) if view == JournalView::Export => {
            (export(&open(Access::Salvage)?)?, false)
        }
        Err(error) => return Err(error.into()),
    };
    Ok(text)
}

/// What whoever reads the journal of a launch should know of where it is kept.
pub fn journal_remarks(opened: &Opened) -> Vec<String> {
    store::location(opened).ok().flatten().as_ref().map(store::remarks).unwrap_or_default()
}

/// This machine's clock beside the largest that the journal has seen (V9), and what was corrected.
///
/// # Errors
/// [`AppError::Journal`]: the journal cannot be read or trusted.
pub fn clock(opened: &Opened) -> Result<String, AppError> {
    let store = store::read(opened)?;
    if let Some(why) = &store.history.broken {
        return Err(AppError::Distrusted(why.clone()));
    }
    let now = gonogo_clock::Clock::system().read().wall;
    let time = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
    let mut out = format!("this machine     {}\n", time(now));
    let mark = store.history.high_water.map_or_else(|| "none yet".into(), time);
    let _ = writeln!(out, "largest seen     {mark}");
    for (at, by, to, why) in &store.history.clock_corrections {
        let (by, why) = (clean(by.name.as_str()), clean(why));
        let _ = writeln!(out, "corrected        to {} by {by} at {}: {why}", time(*to), time(*at));
    }
    if let Some(remark) = store::clock_remark(&store.history, now) {
        let _ = writeln!(out, "{remark}");
    }
    Ok(harmless(&out))
}

fn read(journal: &Journal, view: JournalView) -> Result<String, JournalError> {
    match view {
        JournalView::Show => show(journal),
        JournalView::Lines => lines(journal),
        JournalView::Head => journal.head().wait().map(|head| format!("{head}\n")),
        JournalView::Export => export(journal),
        JournalView::Verify => {
            let verified = journal.prove(None)?;
            Ok(format!("ok: {} entries, head {}\n", verified.head.seq, verified.head))
        }
    }
}

fn export(journal: &Journal) -> Result<String, JournalError> {
    journal.export().wait().map(|lines| String::from_utf8_lossy(&lines).into_owned())
}

fn show(journal: &Journal) -> Result<String, JournalError> {
    let mut out = String::new();
    for entry in journal.read_since(0).wait()? {
        let Event { at, act, .. } = &entry.event;
        let (at, by) = (at.format("%Y-%m-%d %H:%M:%S UTC"), entry.event.spoken().to_string());
        let _ = writeln!(out, "{:>5}  {at}  {}  {}", entry.seq, clean(&by), clean(&said(act)));
    }
    Ok(harmless(&out))
}

/// One entry per line, and the head last: lines without it were cut.
fn lines(journal: &Journal) -> Result<String, JournalError> {
    let mut out = String::new();
    let entries = journal.read_since(0).wait()?;
    for entry in &entries {
        let Event { id, at, actor, recorder, stands_in, launch, version, commit, act, .. } = &entry.event;
        let checked = |actor: &Actor| match &actor.known {
            Known::Checked { login } => Some(clean(login).into_owned()),
            Known::Claimed => None,
        };
        let line = json!({
            "seq": entry.seq, "id": id, "at": at, "by": clean(actor.name.as_str()), "github_login": checked(actor),
            "recorder": recorder.as_ref().map(|it| clean(it.name.as_str())),
            "stands_in": stands_in.as_ref().map(|it| clean(it.as_str())),
            "launch": clean(launch), "version": clean(version), "commit": commit,
            "said": clean(&said(act)), "hash": entry.head().hash.to_string(),
        });
        let _ = writeln!(out, "{line}");
    }
    // Of the very entries above: one that lands now is in neither.
    let head = entries.last().map_or_else(|| Head::genesis(journal.launch()), Entry::head);
    // By hand, so that `complete` comes last (V14).
    let _ = writeln!(out, "{{\"head\":\"{head}\",\"complete\":true}}");
    Ok(harmless_json(&out))
}

fn named(answers: &BTreeMap<Str, Str>) -> String {
    let each = answers.iter().map(|(name, answer)| format!("{name} = {answer}"));
    each.collect::<Vec<_>>().join(", ")
}

/// An act in one line. Foreign words in it are not yet sanitised.
pub(super) fn said(act: &Act) -> String {
    let noted = |note: &Option<Str>| note.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
    let at = |at: &DateTime<Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
    match act {
        Act::SignedOff { gate, go, role, note, answers, .. } => {
            let word = if *go { "GO" } else { "NO-GO" };
            format!("{word} on {gate} as {role}{}{}", bracketed(&named(answers)), noted(note))
        }
        Act::Withdrawn { gate, reason } => format!("withdrew the answer on {gate}: {reason}"),
        Act::Waived { gate, reason, risk, until, conditions, .. } => {
            let on = listed("; conditions: ", conditions);
            format!("waived {gate} until {}: {reason} (risk: {risk}){on}", at(until))
        }
        Act::WaiverEnded { gate, reason } => format!("ended the waiver of {gate}: {reason}"),
        Act::NotNeeded { gate, reason, .. } => format!("declared {gate} not needed: {reason}"),
        Act::NeededAgain { gate, reason } => format!("declared {gate} needed again: {reason}"),
        Act::ClockCorrected { to, reason } => {
            format!("corrected the journal's clock to {}: {reason}", at(to))
        }
        Act::Stage { stage, step, note, overrides } => {
            let over = if *overrides { " by an OVERRIDE" } else { "" };
            format!("stage {stage} {}{over}{}", step.word(), noted(note))
        }
        Act::CriterionJudged { stage, criterion, holds, note } => {
            let word = if *holds { "holds" } else { "does NOT hold" };
            format!("stage {stage}: it {word} that \"{criterion}\"{}", noted(note))
        }
        Act::StageAnswered { stage, answers } => {
            format!("results of stage {stage}: {}", named(answers))
        }
        Act::BreachAccepted { stage, guardrail, reason, until, .. } => {
            let until = at(until);
            format!("accepted the breach of guardrail/{guardrail} of stage {stage} until {until}: {reason}")
        }
        Act::AcceptanceEnded { stage, guardrail, reason } => {
            format!("ended the acceptance of the breach of guardrail/{guardrail} of stage {stage}: {reason}")
        }
        Act::RollbackStarted { reason } => format!("started the rollback: {reason}"),
        Act::RollbackStepDone { step, note } => format!("step {step} of the rollback is done{}", noted(note)),
        Act::RollbackStepSkipped { step, reason } => format!("SKIPPED step {step} of the rollback: {reason}"),
        Act::RollbackEnded { result, reason } => format!("ended the rollback, {}: {reason}", result.word()),
        Act::Incident { incident, step } => format!("incident {incident}: {}", of_incident(step)),
        Act::Risk { risk, step } => format!("risk {risk}: {}", step.said()),
        Act::RollCallOpened { round } => format!("opened roll call {round}"),
        Act::Voted { station, vote, note, corrects, .. } => {
            let corrects = corrects.map(|_| " (a correction)").unwrap_or_default();
            format!("{} for {station}{corrects}{}{}", vote.word(), of_vote(vote), noted(note))
        }
        Act::Decided { decision, reason, overrides, over, word, terms, .. } => {
            let label = decision.label(*overrides, over);
            format!("decided {label} on evidence that was {word}: {reason}{}", under(terms))
        }
        Act::HoldEnded { reason } => format!("ended the hold: {reason}"),
        Act::Message { of, step } => step.said(&of.message),
        Act::Wrote { write, state, told } => wrote(write, *state, told.as_ref()),
        Act::Confirmed { .. } | Act::Asked { .. } | Act::Review { .. } | Act::Close { .. } => around(act, at),
        Act::Note { gate: Some(gate), text } => format!("note on {gate}: {text}"),
        Act::Note { gate: None, text } => format!("note: {text}"),
    }
}

/// Entries before launch day, after it, and between people.
fn around(act: &Act, at: impl Fn(&DateTime<Utc>) -> String) -> String {
    match act {
        Act::Confirmed { gate, step, .. } => planned(gate, step, at),
        Act::Asked { gate, of, note } => {
            let note = note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
            let of: Vec<_> = of.iter().map(gonogo_domain::Party::as_str).collect();
            format!("asked {} about {gate}{note}", of.join(", "))
        }
        Act::Review { step } => reviewed(step, at),
        Act::Close { step: CloseStep::Closed { reason, unfinished, .. } } if unfinished.is_empty() => {
            format!("CLOSED the launch: {reason}")
        }
        Act::Close { step: CloseStep::Closed { reason, unfinished, .. } } => {
            format!("CLOSED the launch UNFINISHED: {reason} ({})", unfinished.join("; "))
        }
        Act::Close { step: CloseStep::Reopened { reason } } => format!("opened the launch again: {reason}"),
        _ => String::new(),
    }
}

/// A word of the readiness review.
fn planned(gate: &GateId, step: &ConfirmStep, at: impl Fn(&DateTime<Utc>) -> String) -> String {
    let linked = |link: &Option<Str>| link.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
    match step {
        ConfirmStep::Confirmed { link, note } => {
            let note = note.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
            format!("confirmed the plan of {gate}{}{note}", linked(link))
        }
        ConfirmStep::NewDate { by, reason, link } => {
            format!("promised {gate} for {}{}: {reason}", at(by), linked(link))
        }
        ConfirmStep::AtRisk { reason } => format!("called {gate} AT RISK: {reason}"),
        ConfirmStep::TakenBack { reason } => {
            format!("took back what was said of the plan of {gate}: {reason}")
        }
    }
}

/// A word of the review after the launch.
fn reviewed(step: &ReviewStep, at: impl Fn(&DateTime<Utc>) -> String) -> String {
    let due =
        |due: &Option<DateTime<Utc>>| due.as_ref().map(|it| format!(", due {}", at(it))).unwrap_or_default();
    match step {
        ReviewStep::Learned { text } => format!("learned: {text}"),
        ReviewStep::FollowUp { text, owner, due: by } => {
            let owner = owner.as_ref().map_or_else(|| "nobody yet".to_owned(), ToString::to_string);
            format!("follow-up for {owner}{}: {text}", due(by))
        }
        ReviewStep::Assigned { number, owner, due: by } => {
            format!("gave follow-up {number} to {owner}{}", due(by))
        }
        ReviewStep::Done { number, note } => {
            let note = note.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
            format!("follow-up {number} is done{note}")
        }
        ReviewStep::Dropped { number, reason } => format!("dropped follow-up {number}: {reason}"),
    }
}

/// What a decision weighed and goes with: `; considered: slip: too late; conditions: qa: run it again, by T+2h`.
fn under(terms: &DecisionTerms) -> String {
    let weighed = terms.considered.iter().map(|it| format!("{}: {}", it.option, it.tradeoff));
    let weighed: Vec<_> = weighed.collect();
    let conditions: Vec<_> = terms.conditions.iter().map(Condition::said).collect();
    listed("; considered: ", &weighed) + &listed("; conditions: ", &conditions)
}

/// What a vote says besides its word: its conditions, or who answers instead.
fn of_vote(vote: &Vote) -> String {
    match vote {
        Vote::GoWithConditions { conditions } => listed(", conditions: ", conditions),
        Vote::Delegate { to } => format!(" to {to}"),
        Vote::Go | Vote::NoGo | Vote::Abstain => String::new(),
    }
}

/// All of them behind what they are; nothing where there is none.
fn listed<T: AsRef<str>>(what: &str, all: &[T]) -> String {
    let all: Vec<&str> = all.iter().map(AsRef::as_ref).collect();
    if all.is_empty() { String::new() } else { format!("{what}{}", all.join("; ")) }
}

/// A part that may be empty, in brackets.
fn bracketed(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}

fn of_incident(step: &IncidentStep) -> String {
    match step {
        IncidentStep::Logged { text, decision: true } => format!("decided: {text}"),
        IncidentStep::Updated { text } => format!("told stakeholders: {text}"),
        other => other.said(),
    }
}

fn wrote(write: &Write, state: WriteState, told: Option<&Str>) -> String {
    let told = told.map(|told| format!(" ({told})")).unwrap_or_default();
    let sent = if state == WriteState::Intended {
        format!(": {} {} {}", write.method, write.url, write.body)
    } else {
        told
    };
    format!("{}: {}{sent}", state.word(), write.subject)
}
