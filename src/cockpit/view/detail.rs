//! One gate in full: why, what next, who, on what evidence, what changed.

use super::{
    Canvas,
    canvas::{Piece, piece},
    frame,
    gate_facts::gate_facts,
    look::verdict_role,
    wrap::wrap,
};
use crate::{Context, Model, Pane, Target, model::other_than_go};
use gonogo_domain::{Blocks, Flip, GateState, Now};
use gonogo_theme::Role;

/// Columns of a label.
const LABEL: u16 = 10;

pub(super) type Line<'a> = Vec<Piece<'a>>;

pub(super) fn reason_role(gate: &GateState) -> Role {
    if gate.verdict.blocks() { verdict_role(gate.verdict) } else { Role::Text }
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
    let blocks = match (other_than_go(&model.board, gate), &gate.blocks) {
        (None, _) => "blocking".to_owned(),
        (Some(said), Blocks::Nothing) => said,
        (Some(said), _) => format!("blocks {said}"),
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
    writer.add("why", &gate.reason, reason_role(gate));
    let shape = |verdict| canvas.look.shape(verdict);
    let flip = |flip: &Flip| {
        let from = flip.from.map_or(canvas.symbols().dash, shape);
        format!("{from}{}{} {}", canvas.symbols().arrow, shape(flip.to), flip.reason)
    };
    for fact in gate_facts(model, gate, now, &flip) {
        writer.add(if fact.goes_on { "" } else { fact.name }, &fact.text, fact.role);
    }
    writer.add("rule", &format!("{:?}", gate.rule), Role::Dim);
    writer.add("id", gate.id.as_str(), Role::Dim);
}
