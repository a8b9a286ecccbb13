//! `gonogo journal`: what is in it, and the proof that it is whole.

use std::fmt::Write as _;

use super::{AppError, Opened, store};
use crate::{
    domain::{Act, Event},
    journal::{Access, Journal, JournalError, OpenOptions},
    report::harmless,
    text::clean,
};

/// What to show of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JournalView {
    /// Who did what, oldest first.
    Show,
    /// Every entry as a line of JSON.
    Export,
    /// The hash of the newest entry.
    Head,
    /// The proof of the chain.
    Verify,
}

/// The text of a view.
///
/// # Errors
/// [`AppError::Store`]: the journal is not there, can not be read, or is broken at the entry it names.
pub fn journal(opened: &Opened, view: JournalView) -> Result<String, AppError> {
    let failed = |error: JournalError| AppError::Store(format!("error: {}", clean(&error.to_string())));
    let Some(location) = store::location(opened)? else {
        return Err(AppError::Store("error: there is no state folder; name a journal with --journal".into()));
    };
    let access = if view == JournalView::Export { Access::Salvage } else { Access::Read };
    let options = OpenOptions::new(opened.loaded.launch.id.clone()).access(access);
    let journal = Journal::open(&location, options).map_err(failed)?;
    match view {
        JournalView::Show => show(&journal).map_err(failed),
        JournalView::Head => journal.head().wait().map(|head| format!("{head}\n")).map_err(failed),
        JournalView::Export => {
            journal.export().wait().map(|lines| String::from_utf8_lossy(&lines).into_owned()).map_err(failed)
        }
        JournalView::Verify => {
            let verified = journal.verify(None).wait().map_err(failed)?;
            Ok(format!("ok: {} entries, head {}\n", verified.head.seq, verified.head))
        }
    }
}

fn show(journal: &Journal) -> Result<String, JournalError> {
    let mut out = String::new();
    for entry in journal.read_since(0).wait()? {
        let Event { at, actor, recorder, .. } = &entry.event;
        let by = super::who::known(actor);
        let recorder = recorder.as_ref().map(|it| format!(", recorded by {}", clean(it.name.as_str())));
        let _ = writeln!(
            out,
            "{:>5}  {}  {} ({}{})  {}",
            entry.seq,
            at.format("%Y-%m-%d %H:%M:%S UTC"),
            clean(actor.name.as_str()),
            clean(&by),
            recorder.unwrap_or_default(),
            clean(&said(&entry.event.act)),
        );
    }
    Ok(harmless(&out))
}

/// An act in one line. Foreign words in it are not yet sanitised.
pub(super) fn said(act: &Act) -> String {
    let noted =
        |note: &Option<crate::domain::Str>| note.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
    match act {
        Act::SignedOff { gate, go, role, note, .. } => {
            format!("{} on {gate} as {role}{}", if *go { "GO" } else { "NO-GO" }, noted(note))
        }
        Act::Withdrawn { gate, reason } => format!("withdrew the answer on {gate}: {reason}"),
        Act::Waived { gate, reason, until, .. } => {
            format!("waived {gate} until {}: {reason}", until.format("%Y-%m-%d %H:%M UTC"))
        }
        Act::WaiverEnded { gate, reason } => format!("ended the waiver of {gate}: {reason}"),
        Act::NotNeeded { gate, reason, .. } => format!("declared {gate} not needed: {reason}"),
        Act::Stage { stage, step, note } => format!("stage {stage} {}{}", step.word(), noted(note)),
        Act::RollCallOpened { round } => format!("opened roll call {round}"),
        Act::Voted { station, vote, note, corrects, .. } => {
            let corrects = corrects.map(|_| " (a correction)").unwrap_or_default();
            format!("{} for {station}{corrects}{}", vote.word(), noted(note))
        }
        Act::Decided { decision, reason, overrides, word, .. } => {
            let label = if *overrides { "OVERRIDE" } else { decision.word() };
            format!("decided {label} on a board that was {word}: {reason}")
        }
        Act::HoldEnded { reason } => format!("ended the hold: {reason}"),
        Act::Note { gate: Some(gate), text } => format!("note on {gate}: {text}"),
        Act::Note { gate: None, text } => format!("note: {text}"),
    }
}
