//! What stands beside the log of an incident: who has which role, when what happened, which messages tell of it, what was decided.

use chrono::{DateTime, Utc};
use gonogo_domain::{IncidentLine, IncidentRole, IncidentState, LineKind, Now, Occasion, Party};
use gonogo_text::length;
use gonogo_theme::Role;

use super::super::{
    Canvas,
    canvas::piece,
    comms, header,
    roll_call::{Line, labelled, lines},
    when::{moment, moment_zoned},
};
use crate::Model;

/// Columns of what a line is about.
const LABEL: usize = 11;
/// Columns of a moment.
const MOMENT: usize = 16;

pub(super) fn draw(model: &Model, now: Now, state: &IncidentState, canvas: &mut Canvas<'_>) {
    canvas.line_across(0, 0, canvas.width());
    let mut all = roles(state);
    for more in [
        times(model, now, state),
        messages(model, now),
        follow_ups(state, canvas),
        decided(model, now, state, canvas),
    ] {
        if !more.is_empty() {
            all.push(Vec::new());
            all.extend(more);
        }
    }
    lines(1, &all, canvas);
}

fn label(what: &str) -> String {
    format!(" {what:<LABEL$}")
}

fn roles(state: &IncidentState) -> Vec<Line> {
    let role = |role: IncidentRole, who: Option<&Party>| {
        let (name, colour) = who.map_or(("nobody", Role::Hold), |who| (who.as_str(), Role::Title));
        vec![piece(label(role.word()), Role::Dim), piece(name.to_owned(), colour)]
    };
    let mut all = vec![
        role(IncidentRole::Lead, Some(&state.lead)),
        role(IncidentRole::Comms, state.comms.as_ref()),
        role(IncidentRole::Scribe, state.scribe.as_ref()),
    ];
    if let Some(link) = state.link.as_deref().and_then(gonogo_text::Link::parse) {
        all.push(vec![piece(label("meet"), Role::Dim), piece(link.shown().to_owned(), Role::Accent)]);
    }
    all
}

/// Each moment, and how long it took; of what is still to come, how long it takes already.
fn times(model: &Model, now: Now, state: &IncidentState) -> Vec<Line> {
    let it = &state.times;
    let line = |what: &str, at: Option<DateTime<Utc>>, span: String| {
        let at = at.map(|at| moment_zoned(at, now.wall, model.launch.schedule.zone));
        let colour = if at.is_some() { Role::Text } else { Role::Dim };
        let at = format!("{:<MOMENT$}", at.as_deref().unwrap_or("-"));
        vec![piece(label(what), Role::Dim), piece(at, colour), piece(span, Role::Dim)]
    };
    let took = |span: Option<_>, what: &str| span.map(|span| format!("{} to {what}", length(span)));
    let so_far = || {
        let running = state.is_running() && it.detected <= now.wall;
        if running { format!("{} so far", header::running(now.wall - it.detected)) } else { String::new() }
    };
    let span = |span, what| took(span, what).unwrap_or_else(so_far);
    vec![
        line("began", it.began, String::new()),
        line("detected", Some(it.detected), took(it.to_detect(), "detect").unwrap_or_default()),
        line("opened", Some(it.opened), String::new()),
        line("decided", it.decided, span(it.to_decide(), "decide")),
        line("mitigated", it.mitigated, span(it.to_mitigate(), "mitigate")),
        line("resolved", it.resolved, span(it.to_resolve(), "resolve")),
    ]
}

/// The messages that tell of it, those that ask for somebody first.
fn messages(model: &Model, now: Now) -> Vec<Line> {
    let of = |it: &Occasion| matches!(it, Occasion::Incident | Occasion::Update | Occasion::AllClear);
    let mut all: Vec<_> = model.board.messages.iter().filter(|it| of(&it.occasion)).collect();
    if all.is_empty() {
        return vec![vec![
            piece(label("messages"), Role::Dim),
            piece("none is planned for an incident".to_owned(), Role::Dim),
        ]];
    }
    all.sort_by_key(|it| !it.status.asks());
    let longest =
        all.iter().map(|it| gonogo_text::width(&comms::word(it))).max().unwrap_or_default().max(LABEL - 2);
    let line = |it: &gonogo_domain::MessageState| {
        let free = longest.saturating_sub(gonogo_text::width(&comms::word(it)));
        let due = it.sent.as_ref().map(|sent| sent.voice.at).or(it.due);
        let due = due.map(|at| moment_zoned(at, now.wall, model.launch.schedule.zone)).unwrap_or_default();
        vec![
            piece(format!(" {}", comms::word(it)), comms::role(it)),
            piece(" ".repeat(free + 2), Role::Text),
            piece(format!("{due:<MOMENT$}"), Role::Dim),
            piece(format!("{} to {}", it.of.message, it.audience), Role::Text),
        ]
    };
    let head = vec![piece(" messages".to_owned(), Role::Dim)];
    std::iter::once(head).chain(all.into_iter().map(line)).collect()
}

fn follow_ups(state: &IncidentState, canvas: &Canvas<'_>) -> Vec<Line> {
    let all = state.follow_up.iter();
    all.flat_map(|follow| labelled(&label("follow-up"), follow, Role::Text, 3, canvas)).collect()
}

/// What was decided, apart from the facts, newest first.
fn decided(model: &Model, now: Now, state: &IncidentState, canvas: &Canvas<'_>) -> Vec<Line> {
    let lines_of = |line: &IncidentLine| {
        let at = moment(line.voice.at, now.wall, model.launch.schedule.zone);
        let text = format!("{}: {}", line.voice.spoken().named(), line.text);
        labelled(&format!(" {at}"), &text, Role::Title, 3, canvas)
    };
    let said = state.log.iter().rev().filter(|line| line.kind == LineKind::Decision);
    let mut all = vec![vec![piece(" decided, newest first".to_owned(), Role::Dim)]];
    all.extend(said.flat_map(lines_of));
    if all.len() == 1 {
        all.push(vec![piece(" nothing yet".to_owned(), Role::Text)]);
    }
    all
}
