//! Lines across the board that must not be missed: what it is not, what is wrong, what overrides.

use super::Model;
use crate::{Action, JournalState, Screen, when::moment};
use gonogo_domain::{BoardWord, Cause, ChecklistId, Party};
use gonogo_theme::Role;

/// What the whole screen is not, in a word or two: a recording, a rehearsal, words that cannot be recorded. It stands on every
/// screen; the whole sentence, with the chapter of a story, stands in a banner.
pub(super) fn ribbon(model: &Model) -> Option<String> {
    let locked = [
        (model.board.closed.is_some(), "CLOSED"),
        (model.is_stale_launch(), "STALE LAUNCH"),
        (model.presenting, "PRESENTING"),
        (model.read_only, "READ-ONLY"),
    ];
    let locked = locked.into_iter().filter(|(is, _)| *is).map(|(_, word)| word.to_owned());
    let words: Vec<_> = kind(model).into_iter().chain(locked).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn kind(model: &Model) -> Option<String> {
    if model.rehearsal {
        return Some("REHEARSAL".to_owned());
    }
    if let Some(playback) = &model.playback {
        return Some(playback.name.to_string());
    }
    if let Some(played) = model.board.scope.played {
        return Some(played.word().to_owned());
    }
    match &model.journal {
        JournalState::Broken(_) => Some("JOURNAL BROKEN".to_owned()),
        JournalState::Offline(_) => Some("OFFLINE".to_owned()),
        JournalState::Writable | JournalState::ViewOnly(_) => None,
    }
}

/// What to say, most important first.
pub(super) fn banners(model: &Model) -> Vec<(Role, String)> {
    let mut lines = Vec::new();
    manner(model, &mut lines);
    journal(model, &mut lines);
    drafts(model, &mut lines);
    // The meeting tells who decided what and why by itself.
    if let Some(decided) = model.board.lowered_by_decision().filter(|_| model.screen != Screen::RollCall) {
        let role = if decided.at_most == BoardWord::NoGo { Role::Error } else { Role::Banner };
        lines.push((role, decided.reason.to_string()));
    }
    lines.extend(model.running_rollback().and_then(|_| {
        let running = model.board.lowered.iter().find(|it| it.cause == Cause::RollbackRuns);
        running.map(|it| (Role::Error, it.reason.to_string()))
    }));
    lines.extend(incident(model));
    lines.extend(risks(model));
    lines.extend(called(model));
    if let Some(over) = model.board.over_dissent() {
        let stations: Vec<_> = over.iter().map(Party::as_str).collect();
        lines.push((Role::Banner, format!("GO OVER DISSENT: {} said NO-GO", stations.join(", "))));
    }
    if let Some(who) = &model.board.overridden {
        let word = model.board.evidence;
        lines.push((Role::Error, format!("OVERRIDE {who}. It is no GO: the computed word stays {word}.")));
    }
    if model.is_narrowed() {
        lines.push((Role::Banner, narrowed(model)));
    }
    if let (None, Some(played)) = (&model.playback, model.board.scope.played) {
        let at = moment(model.board.evaluated_at, model.board.evaluated_at, model.launch.schedule.zone);
        lines.push((Role::Banner, format!("{} of {at}: this is not the present.", played.word())));
    }
    if let Some(playback) = &model.playback {
        lines.push((Role::Banner, model.played(playback)));
    }
    lines.extend(model.board.remarks.iter().map(|remark| (Role::Changed, remark.to_string())));
    lines
}

/// What the whole screen is not, in a sentence each.
fn manner(model: &Model, lines: &mut Vec<(Role, String)>) {
    if model.rehearsal {
        let text = "REHEARSAL: this is practice, nothing of it is recorded in the launch's journal";
        lines.push((Role::Banner, text.to_owned()));
    }
    if model.read_only {
        let text = "READ-ONLY: this screen looks, and nothing is recorded from it";
        lines.push((Role::Banner, text.to_owned()));
    }
    if model.is_stale_launch() {
        let key = model.keymap.said(Action::ShowFaults);
        let text = format!(
            "STALE LAUNCH: its files were changed and cannot be used; this is as it was before. {key} shows why"
        );
        lines.push((Role::Error, text));
    }
    // Other screens have it in their title.
    if model.presenting && model.screen == Screen::RollCall {
        let text = format!("PRESENTING: nothing is recorded; {} ends it", model.keymap.said(Action::Present));
        lines.push((Role::Banner, text));
    }
}

/// A breach that calls for the rollback, while nobody has answered it.
fn called(model: &Model) -> Option<(Role, String)> {
    let call = model.board.rollback.as_ref()?.called.as_ref()?;
    let at = |by| moment(by, model.board.evaluated_at, model.launch.schedule.zone);
    let by = match (call.decide_by, call.overdue) {
        (Some(by), true) => format!(", OVERDUE since {}", at(by)),
        (Some(by), false) => format!(", decide by {}", at(by)),
        (None, _) => String::new(),
    };
    let key = |action| model.keymap.said(action);
    let (answers, shows) = (key(Action::AnswerBreach), key(Action::ShowRollback));
    let what =
        format!("ROLL BACK? {} of {}{by}; {answers} answers, {shows} shows how", call.guardrail, call.stage);
    Some((Role::Error, what))
}

/// An incident that goes on.
fn incident(model: &Model) -> Option<(Role, String)> {
    let state = model.running_incident()?;
    let at = |at| moment(at, model.board.evaluated_at, model.launch.schedule.zone);
    let key = |action| model.keymap.said(action);
    let rollout = if state.holds { "the rollout waits" } else { "the rollout goes on" };
    let late = state
        .update
        .filter(|it| it.overdue)
        .map(|it| format!("; UPDATE OVERDUE since {}, {} gives it", at(it.at), key(Action::UpdateIncident)));
    let (name, phase, shows) = (state.name(), state.phase.word(), key(Action::ShowIncident));
    let text = format!(
        "{} {phase}{}: {}; led by {}, {rollout} ({shows})",
        name.to_uppercase(),
        late.unwrap_or_default(),
        state.title,
        state.lead
    );
    Some((Role::Error, text))
}

/// Risks that stop GO.
fn risks(model: &Model) -> Option<(Role, String)> {
    let blocking: Vec<_> = model.board.risks.iter().filter(|it| it.blocks()).collect();
    let first = blocking.first()?;
    let more = blocking.len() - 1;
    let more = if more == 0 { String::new() } else { format!(" (+{more} more)") };
    let (id, what, owner) = (&first.id, &first.figures.what, &first.figures.owner);
    let shows = model.keymap.said(Action::ShowRisks);
    Some((Role::Banner, format!("RISK {id} BLOCKS{more}: {what}; {owner} sees to it ({shows})")))
}

fn journal(model: &Model, lines: &mut Vec<(Role, String)>) {
    match &model.journal {
        JournalState::Writable => {}
        JournalState::Broken(why) => {
            lines.push((Role::Error, format!("JOURNAL BROKEN, nothing can be recorded: {why}")));
        }
        JournalState::Offline(why) => {
            lines.push((Role::Banner, format!("JOURNAL OFFLINE, nothing can be recorded: {why}")));
        }
        JournalState::ViewOnly(_) if model.playback.is_some() || model.read_only => {}
        JournalState::ViewOnly(why) => lines.push((Role::Banner, format!("VIEW ONLY: {why}"))),
    }
}

/// Answers that exist only here. They are not news: nobody else has heard them.
fn drafts(model: &Model, lines: &mut Vec<(Role, String)>) {
    let said = match model.meeting.drafts.len() {
        0 => return,
        1 => "1 answer is NOT RECORDED".to_owned(),
        n => format!("{n} answers are NOT RECORDED"),
    };
    let next = match model.only_drafts_because() {
        Some(_) => "kept here until the journal is back".to_owned(),
        None => format!("{} records them", model.keymap.said(Action::SendDrafts)),
    };
    lines.push((Role::Error, format!("{said}: {next}")));
}

fn narrowed(model: &Model) -> String {
    let scope = &model.board.scope;
    let only: Vec<_> = scope.only.iter().map(ChecklistId::as_str).collect();
    let mut said = if only.is_empty() { String::new() } else { format!("ONLY {}", only.join(", ")) };
    if scope.evidence_only {
        said.push_str(if said.is_empty() { "WITHOUT people's gates" } else { ", without people's gates" });
    }
    format!("{said}: this is not the answer for the whole launch")
}
