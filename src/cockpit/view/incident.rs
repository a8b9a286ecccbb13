//! The incident, made for a shared screen: how bad, for how long, who leads it, when the next update is due, and its log.

mod beside;
mod none;

use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::piece,
    frame, header, letters,
    roll_call::{Line, labelled, lines},
    when::{moment, moment_zoned},
    wrap::wrap,
};
use crate::{Action, Model, Pane, Target};
use gonogo_domain::{IncidentLine, IncidentPhase, IncidentState, LineKind, Now, Party};
use gonogo_text::length;
use gonogo_theme::Role;

/// Columns of a severity in large letters, and what is free beside it.
const LARGE: u16 = 21;
/// From so many rows on there is room for large letters and for the draft.
const TALL: u16 = 15;
/// From so many columns on roles, times, messages and what was decided stand beside the log.
const BESIDE: u16 = 110;
/// Columns before the words of a line of the log.
const HEAD: u16 = 16;

pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let body = frame::inset(frame::draw(model, now, canvas));
    let mut part = canvas.part(body);
    match &model.board.incident {
        Some(state) => draw(model, now, state, &mut part),
        None => none::draw(model, &mut part),
    }
}

fn draw(model: &Model, now: Now, state: &IncidentState, canvas: &mut Canvas<'_>) {
    let (width, height) = (canvas.width(), canvas.height());
    let tall = height >= TALL;
    let x = if tall { LARGE } else { 0 };
    if tall {
        let role = if state.is_running() { Role::NoGo } else { Role::Dim };
        let place = Rect { x: 0, y: 0, width: LARGE - 1, height: 3 };
        letters::draw(&state.severity.to_string(), 1, role, &mut canvas.part(place));
    }
    let head = head(model, now, state, tall);
    let rows = u16::try_from(head.len()).unwrap_or(u16::MAX);
    lines(0, &head, &mut canvas.part(Rect { x, y: 0, width: width.saturating_sub(x), height: rows }));
    let mut y = rows.max(if tall { 3 } else { 0 });
    let beside = width >= BESIDE;
    if !beside {
        let facts = facts(state, canvas);
        lines(0, &facts, &mut canvas.part(Rect { x: 0, y, width, height: height.saturating_sub(y) }));
        y += u16::try_from(facts.len()).unwrap_or(u16::MAX);
    }
    // What could be told next stands below, the log takes the rest.
    let draft = if tall && state.is_running() { draft(model, now, state, canvas) } else { Vec::new() };
    let below = u16::try_from(draft.len()).unwrap_or(0).min(height.saturating_sub(y) / 2);
    let log = Rect { x: 0, y, width, height: height.saturating_sub(y + below) };
    if beside {
        let left = width * 11 / 20;
        let right = Rect { x: left + 1, width: width - left - 1, ..log };
        self::log(model, now, state, &mut canvas.part(Rect { width: left, ..log }));
        canvas.part(Rect { x: left, width: 1, ..log }).line_down(0);
        beside::draw(model, now, state, &mut canvas.part(right));
    } else {
        self::log(model, now, state, &mut canvas.part(log));
    }
    lines(0, &draft, &mut canvas.part(Rect { x: 0, y: height - below, width, height: below }));
}

/// What is wrong, for how long, and when the next update is due.
fn head(model: &Model, now: Now, state: &IncidentState, tall: bool) -> Vec<Line> {
    let at = |moment: DateTime<Utc>| moment_zoned(moment, now.wall, model.launch.schedule.zone);
    let severity = if tall { String::new() } else { format!("{}  ", state.severity) };
    let mut all = vec![vec![
        piece(severity, Role::NoGo),
        piece(state.title.to_string(), Role::Title),
        piece(format!("  incident {}", state.number), Role::Dim),
    ]];
    let (word, role) = match state.phase {
        IncidentPhase::Open => ("OPEN", Role::NoGo),
        IncidentPhase::Mitigated => ("MITIGATED", Role::Hold),
        IncidentPhase::Resolved => ("RESOLVED", Role::Go),
        IncidentPhase::Closed => ("CLOSED", Role::Dim),
    };
    let until = state.times.resolved.filter(|_| !state.is_running()).unwrap_or(now.wall);
    let clock = header::running(until - state.times.opened);
    let mut line = vec![
        piece(word.to_owned(), role),
        piece(format!("  {clock}"), Role::Title),
        piece(format!(" since {}", at(state.times.opened)), Role::Text),
    ];
    line.extend(match (&state.goes_on, state.is_running()) {
        (_, false) => None,
        (None, true) => Some(piece("  the rollout waits".to_owned(), Role::Hold)),
        (Some(word), true) => {
            let by = word.voice.spoken().named();
            Some(piece(format!("  the rollout goes on by {by}: {}", word.text), Role::Hold))
        }
    });
    all.push(line);
    if let Some(act) = model.acts.of_incident() {
        all.push(vec![piece(format!("{}: recording, not yet acknowledged", act.what), Role::Hold)]);
    } else if let Some(update) = state.update {
        let key = model.keymap.said(Action::UpdateIncident);
        all.push(vec![if update.at <= now.wall {
            let late = header::running(now.wall - update.at);
            piece(format!("update OVERDUE by {late}, since {}: {key} gives it", at(update.at)), Role::Error)
        } else {
            let left = header::running(update.at - now.wall);
            piece(format!("next update in {left}, by {}", at(update.at)), Role::Hold)
        }]);
    }
    all.extend(to_send(model));
    all
}

/// The messages about it that ask for somebody.
fn to_send(model: &Model) -> Option<Line> {
    let asking: Vec<String> = model
        .board
        .messages_of_incident()
        .map(|it| format!("{} to {} ({})", it.of.message, it.audience, it.status.word()))
        .collect();
    let key = model.keymap.said(Action::ShowComms);
    (!asking.is_empty()).then(|| vec![piece(format!("{key} sends {}", asking.join(", ")), Role::Hold)])
}

/// Who has which role, and how long things took.
fn facts(state: &IncidentState, canvas: &Canvas<'_>) -> Vec<Line> {
    let who = |party: Option<&Party>| party.map_or_else(|| "nobody".to_owned(), ToString::to_string);
    let mut roles = vec![
        piece("lead ", Role::Dim),
        piece(who(Some(&state.lead)), Role::Title),
        piece("  comms ", Role::Dim),
        piece(who(state.comms.as_ref()), Role::Text),
        piece("  scribe ", Role::Dim),
        piece(who(state.scribe.as_ref()), Role::Text),
    ];
    if let Some(link) = state.link.as_deref().and_then(gonogo_text::Link::parse) {
        roles.push(piece(format!("  {}", link.shown()), Role::Accent));
    }
    let it = &state.times;
    let spans = [
        ("detect", it.to_detect()),
        ("decide", it.to_decide()),
        ("mitigate", it.to_mitigate()),
        ("resolve", it.to_resolve()),
    ];
    let spans = spans.map(|(what, span)| format!("{what} {}", span.map_or_else(|| "-".to_owned(), length)));
    let mut all = vec![roles, vec![piece(format!("time to {}", spans.join(", ")), Role::Dim)]];
    for follow in &state.follow_up {
        all.extend(labelled("follow-up:", follow, Role::Text, 2, canvas));
    }
    all
}

fn draft(model: &Model, now: Now, state: &IncidentState, canvas: &Canvas<'_>) -> Vec<Line> {
    let text = state.draft(now.wall, &model.launch);
    let key = model.keymap.said(Action::UpdateIncident);
    labelled(&format!("draft ({key}):"), &text, Role::Text, 4, canvas)
}

/// The log with its newest lines, unless somebody looks further back.
fn log(model: &Model, now: Now, state: &IncidentState, canvas: &mut Canvas<'_>) {
    canvas.line_across(0, 0, canvas.width());
    canvas.hot_whole(Target::Pane(Pane::Incident, state.log.len()));
    canvas.hot_whole(Target::Log);
    let room = usize::from(canvas.height().saturating_sub(1));
    let all: Vec<Line> = state.log.iter().flat_map(|line| told(model, now, line, canvas)).collect();
    let last = all.len().saturating_sub(model.scroll.incident.min(all.len().saturating_sub(room)));
    let first = last.saturating_sub(room);
    for (y, line) in (1..canvas.height()).zip(all.iter().take(last).skip(first)) {
        canvas.line(0, y, line);
    }
    let end = canvas.width();
    if first > 0 {
        canvas.put_right(end, 0, 20, &format!(" {first} more above "), Role::KeyHint);
    }
}

/// One line of it: when, what sort, who, and what.
fn told(model: &Model, now: Now, line: &IncidentLine, canvas: &Canvas<'_>) -> Vec<Line> {
    let at = moment(line.voice.at, now.wall, model.launch.schedule.zone);
    let (kind, role) = match line.kind {
        LineKind::Fact => ("fact", Role::Dim),
        LineKind::Decision => ("DECISION", Role::Title),
        LineKind::Update => ("update", Role::Accent),
    };
    let text = format!("{}: {}", line.voice.spoken().named(), line.text);
    let cols = usize::from(HEAD);
    let wrapped = wrap(&text, canvas.width().saturating_sub(HEAD), 3);
    let head = |n: usize| if n == 0 { format!("{at:<6}{kind:<10}") } else { " ".repeat(cols) };
    let body = if line.kind == LineKind::Fact { Role::Text } else { role };
    (0..).zip(wrapped).map(|(n, row)| vec![piece(head(n), role), piece(row, body)]).collect()
}
