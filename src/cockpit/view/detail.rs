//! One gate in full: why, what next, who, on what evidence, what changed.

use super::{
    Canvas, advice,
    canvas::{Piece, piece},
    frame,
    list::row_age,
    look::verdict_role,
    when::{moment, moment_zoned},
    wrap::wrap,
};
use crate::{Action, Context, Model, Pane, Target};
use gonogo_domain::{Blocks, GateId, GateState, Now, Party, Verdict};
use gonogo_text::{Link, age};
use gonogo_theme::Role;

/// Columns of a label.
const LABEL: u16 = 10;

pub(super) type Line<'a> = Vec<Piece<'a>>;

pub(super) fn reason_role(gate: &GateState) -> Role {
    if gate.verdict.blocks() { verdict_role(gate.verdict) } else { Role::Text }
}

pub(super) fn parties(list: &[Party]) -> String {
    list.iter().map(Party::as_str).collect::<Vec<_>>().join(", ")
}

/// The pane beside the list.
pub(super) fn pane(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let Some(gate) = model.chosen_gate() else { return };
    body(model, gate, now, canvas);
}

/// The whole screen.
pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let rest = frame::draw(model, now, canvas);
    if let Some(gate) = model.chosen_gate() {
        body(model, gate, now, &mut canvas.part(rest));
    }
}

fn body(model: &Model, gate: &GateState, now: Now, canvas: &mut Canvas<'_>) {
    let head = head(model, gate, canvas);
    let mut writer = Writer { lines: Vec::new(), cols: canvas.width().saturating_sub(LABEL + 2) };
    write(model, gate, now, &mut writer, canvas);
    let mut part = canvas.part(ratatui::layout::Rect {
        x: 0,
        y: head + 1,
        width: canvas.width(),
        height: canvas.height(),
    });
    let more = if model.context() == Context::Detail { "down: more" } else { "J: more" };
    scrolled(&writer.lines, model.scroll.detail, (Pane::Detail, more), &mut part);
}

/// Draws lines of a pane from `scroll` on, and says when there are more; the first line that is drawn is the answer.
pub(super) fn scrolled(
    lines: &[Line<'_>],
    scroll: usize,
    (pane, more): (Pane, &str),
    canvas: &mut Canvas<'_>,
) -> usize {
    let rows = usize::from(canvas.height());
    canvas.hot_whole(Target::Pane(pane, lines.len().saturating_sub(rows)));
    let first = scroll.min(lines.len().saturating_sub(rows));
    for (y, line) in (0..canvas.height()).zip(lines.iter().skip(first)) {
        canvas.line(1, y, line);
    }
    if lines.len() > first + rows && rows > 0 {
        let y = canvas.height() - 1;
        canvas.put_right(canvas.width(), y, 14, &format!("  {more}"), Role::KeyHint);
    }
    first
}

/// Lets lines be pointed at, each by its place among all, of which `first` is drawn at the top.
pub(super) fn hot_lines(targets: &[(usize, Target)], first: usize, canvas: &mut Canvas<'_>) {
    for (line, target) in targets {
        if let Some(y) = line.checked_sub(first).and_then(|y| u16::try_from(y).ok()) {
            canvas.hot_row(0, y, canvas.width(), target.clone());
        }
    }
}

/// Answers with the rows that it takes: a long title has two.
fn head(model: &Model, gate: &GateState, canvas: &mut Canvas<'_>) -> u16 {
    let blocks = match &gate.blocks {
        Blocks::Go => "blocking".to_owned(),
        Blocks::Stage(stage) => format!("blocks {}", model.audience(stage)),
        Blocks::Close => "blocks closing".to_owned(),
        Blocks::Nothing => "advisory".to_owned(),
    };
    let right = format!("{} {} {blocks}", gate.id.checklist(), canvas.symbols().dot);
    let verdict = format!("{} {}", canvas.look.shape(gate.verdict), gate.verdict.word());
    let end = canvas.width().saturating_sub(1);
    let shown = canvas.cols(&right) + 24 < end;
    let end = if shown { canvas.put_right(end, 0, 30, &right, Role::Dim) } else { end };
    let x = canvas.put(1, 0, 12, &verdict, verdict_role(gate.verdict)) + 2;
    let lines = wrap(&gate.title, end.saturating_sub(x + 1), 2);
    for (y, line) in (0..).zip(&lines) {
        canvas.put(x, y, u16::MAX, line, Role::Title);
    }
    u16::try_from(lines.len()).unwrap_or(1).max(1)
}

/// Gathers labelled, wrapped text.
struct Writer {
    lines: Vec<Line<'static>>,
    cols: u16,
}

impl Writer {
    fn add(&mut self, label: &'static str, text: &str, role: Role) {
        if text.is_empty() {
            return;
        }
        for (n, line) in wrap(text, self.cols, 12).into_iter().enumerate() {
            let label = if n == 0 { label } else { "" };
            let label = format!("{label:<width$}", width = usize::from(LABEL));
            self.lines.push(vec![piece(label, Role::Dim), piece(line, role)]);
        }
    }
}

fn write(model: &Model, gate: &GateState, now: Now, writer: &mut Writer, canvas: &Canvas<'_>) {
    let zone = model.launch.schedule.zone;
    let plan = model.launch.gate(&gate.id);
    writer.add("why", &gate.reason, reason_role(gate));
    for (n, row) in gate.rows.iter().enumerate() {
        writer.add(if n == 0 && gate.reason.is_empty() { "why" } else { "" }, row, Role::Text);
    }
    writer.add("next", &advice::said(model, &gate.next), Role::Title);
    writer.add("", &advice::keys(model, gate).unwrap_or_default(), Role::KeyHint);
    writer.add("who", &parties(&gate.who), Role::Text);
    if let Some(act) = model.acts.of_gate(&gate.id) {
        let state = if act.unsure { "being looked up" } else { "being recorded, not yet acknowledged" };
        writer.add("act", &format!("{}: {state}", act.what), Role::Hold);
    }
    writer.add("trouble", gate.trouble.as_deref().unwrap_or_default(), Role::Error);
    writer.add("evidence", &evidence(gate, now), Role::Text);
    if let Some(link) = gate.url.as_deref().and_then(Link::parse) {
        writer.add("link", link.shown(), Role::Accent);
    }
    writer.add("needs", &gate.waits_for.join(", "), Role::Text);
    let needed: Vec<_> = model.index.needed_by(&gate.id).iter().map(GateId::as_str).collect();
    writer.add("needed by", &needed.join(", "), Role::Text);
    if let Some(due) = &gate.due {
        let late = if gate.overdue { ", overdue" } else { "" };
        let text = format!("{}, {}{late}", due.said, moment_zoned(due.at, now.wall, zone));
        writer.add("due", &text, if gate.overdue { Role::Overdue } else { Role::Text });
    }
    plan_word(model, gate, now, writer);
    writer.add("owner", gate.owner.as_ref().map_or("", |owner| owner.as_str()), Role::Text);
    waiver(model, gate, now, writer);
    let asked = model.board.asked(&gate.id).map(|it| it.describe(&model.launch.schedule));
    writer.add("asked", asked.as_deref().unwrap_or_default(), Role::Text);
    if let Some(plan) = plan {
        writer.add("by hand", plan.by_hand.as_deref().unwrap_or_default(), Role::Accent);
        writer.add("notes", plan.notes.as_deref().unwrap_or_default(), Role::Text);
        for (name, address) in &plan.links {
            let shown =
                Link::parse(address).map_or_else(|| address.to_string(), |link| link.shown().to_owned());
            writer.add("see", &format!("{name}: {shown}"), Role::Dim);
        }
    }
    history(model, gate, now, writer, canvas);
    writer.add("rule", &format!("{:?}", gate.rule), Role::Dim);
    writer.add("id", gate.id.as_str(), Role::Dim);
}

/// What its owner said in the readiness review.
fn plan_word(model: &Model, gate: &GateState, now: Now, writer: &mut Writer) {
    let Some(word) = model.board.plan_of(&gate.id) else { return };
    let at = moment_zoned(word.voice.at, now.wall, model.launch.schedule.zone);
    let text = format!("{}, says {} {at}", word.standing.word(), word.voice.spoken().named());
    let role = if word.warning.is_some() { Role::Hold } else { Role::Text };
    writer.add("plan", &text, role);
    for line in word.warning.iter().chain(&word.void).chain(&word.link) {
        writer.add("", line, role);
    }
}

fn evidence(gate: &GateState, now: Now) -> String {
    let old = row_age(gate, now).map(|old| format!("{} ago", age(old)));
    let stale = gate.stale.then(|| "stale: it does not count".to_owned());
    let parts = [Some(gate.evidence.to_string()).filter(|it| !it.is_empty()), old, stale];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn waiver(model: &Model, gate: &GateState, now: Now, writer: &mut Writer) {
    let zone = model.launch.schedule.zone;
    if let Some(until) = gate.waived_until.filter(|_| gate.verdict == Verdict::Waived) {
        writer.add(
            "waiver",
            &format!(
                "until {}; {} ends it",
                moment_zoned(until, now.wall, zone),
                model.keymap.said(Action::EndWaiver)
            ),
            Role::Waived,
        );
    } else if gate.verdict.blocks()
        && model.launch.gate(&gate.id).is_some_and(|plan| plan.waivable && !plan.is_group())
    {
        let by = parties(&model.launch.policies.waive_by);
        let by = if by.is_empty() {
            "nobody may waive in this launch".to_owned()
        } else {
            format!("it takes {by}")
        };
        writer.add("waiver", &format!("none; {by}"), Role::Dim);
    }
}

fn history(model: &Model, gate: &GateState, now: Now, writer: &mut Writer, canvas: &Canvas<'_>) {
    let arrow = canvas.symbols().arrow;
    for (n, flip) in model.flips.of(&gate.id).take(8).enumerate() {
        let from = flip.from.map_or(canvas.symbols().dash, |from| canvas.look.shape(from));
        let at = moment(flip.at, now.wall, model.launch.schedule.zone);
        let text = format!("{at} {from}{arrow}{} {}", canvas.look.shape(flip.to), flip.reason);
        writer.add(if n == 0 { "history" } else { "" }, &text, Role::Dim);
    }
}
