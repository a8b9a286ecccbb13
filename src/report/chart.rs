//! Two drawings for a page: the board as squares, the rollout along time. Colours and sizes of text come from the page's
//! style, so that light, dark and paper are its business; shapes and words tell the same without colour.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::{facts::moment, svg::escape};
use gonogo_domain::{Board, GateState, StageState, StageStatus, Verdict};
use gonogo_text::{cap, clean};

/// Side of a square, and from one to the next.
const SQUARE: u32 = 20;
const STEP: u32 = 24;
/// Squares in a row.
const IN_A_ROW: usize = 24;
/// Where squares and bars begin.
const LEFT: u32 = 170;
const WIDTH: u32 = 760;
/// Height of a stage.
const BAR: u32 = 26;
/// What the words of a stage may take.
const ROOM: u32 = 180;

/// The board: a row of squares for each checklist, a square for each gate.
pub(super) fn squares(board: &Board) -> String {
    let mut body = String::new();
    let mut y = 4;
    for checklist in &board.checklists {
        let own =
            |gate: &&GateState| gate.id.checklist() == checklist.id.as_str() && (!gate.group || gate.counted);
        let gates: Vec<_> = board.gates.iter().filter(own).collect();
        if gates.is_empty() {
            continue;
        }
        label(&mut body, y, &checklist.title);
        for row in gates.chunks(IN_A_ROW) {
            for (x, gate) in (LEFT..).step_by(STEP as usize).zip(row) {
                square(&mut body, (x, y), gate);
            }
            y += STEP;
        }
        y += 6;
    }
    drawing("The board: a square for each gate", y, &body)
}

fn square(out: &mut String, (x, y): (u32, u32), gate: &GateState) {
    let verdict = gate.verdict;
    let faint = if gate.counted { "" } else { " faint" };
    let told = format!("{} {}: {}", verdict.word(), clean(gate.id.as_str()), cap(&gate.reason, 200));
    let _ = writeln!(
        out,
        "<g class=\"{}{faint}\"><title>{}</title><rect x=\"{x}\" y=\"{y}\" width=\"{SQUARE}\" height=\"{SQUARE}\" \
         rx=\"3\"/><text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text></g>",
        verdict.as_str(),
        escape(&told),
        x + SQUARE / 2,
        y + 15,
        mark(verdict)
    );
}

/// A shape of its own for each.
fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Go => "✓",
        Verdict::NoGo => "✕",
        Verdict::Pending => "…",
        Verdict::Unknown => "?",
        Verdict::Waived => "w",
        Verdict::NotApplicable => "–",
    }
}

fn label(out: &mut String, y: u32, text: &str) {
    let _ = writeln!(out, "<text class=\"label\" x=\"0\" y=\"{}\">{}</text>", y + 15, escape(&cap(text, 24)));
}

/// The rollout: a bar for each stage, with T-0 and now. `None`: no stage has a time.
pub(super) fn timeline(board: &Board) -> Option<String> {
    let stages: Vec<_> = board.stages.iter().filter(|it| it.status != StageStatus::NotApplicable).collect();
    let spans: Vec<_> = stages.iter().filter_map(|it| Some((*it, span(it, board.evaluated_at)?))).collect();
    let from = spans.iter().map(|(_, (from, _))| *from).min()?.min(board.t_zero).min(board.evaluated_at);
    let to = spans.iter().map(|(_, (_, to))| *to).max()?.max(board.t_zero).max(board.evaluated_at);
    let axis = Axis { from, to };
    let mut body = String::new();
    let mut y = 22;
    for (stage, (start, end)) in spans {
        label(&mut body, y, stage.id.as_str());
        let (left, right) = (axis.at(start), axis.at(end));
        let told = format!(
            "{}, {}: {} to {}",
            clean(&stage.audience),
            stage.status.word(),
            moment(start),
            moment(end)
        );
        // A name that begins far to the right would not fit behind its bar.
        let (name_at, anchor) =
            if left > WIDTH - ROOM { (left.saturating_sub(5), "end") } else { (left + 5, "start") };
        let _ = writeln!(
            body,
            "<g class=\"stage {}\"><title>{}</title><rect x=\"{left}\" y=\"{y}\" width=\"{}\" height=\"{SQUARE}\" \
             rx=\"3\"/><text x=\"{name_at}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text></g>",
            class(stage.status),
            escape(&told),
            right.saturating_sub(left).max(3),
            y + 15,
            escape(&format!("{} {}", stage.status.word(), cap(&stage.audience, 30)))
        );
        y += BAR;
    }
    // One name above and one below: they may be at the same moment.
    for (name, at, name_y) in [("T-0", board.t_zero, 12), ("now", board.evaluated_at, y + 12)] {
        let x = axis.at(at);
        let _ = writeln!(
            body,
            "<g class=\"line\"><title>{}</title><path d=\"M{x} 16V{y}\"/><text x=\"{x}\" y=\"{name_y}\" \
             text-anchor=\"middle\">{name}</text></g>",
            escape(&format!("{name}: {}", moment(at)))
        );
    }
    Some(drawing("The rollout along time", y + 18, &body))
}

/// From when to when a stage is out, or would be by the plan.
fn span(stage: &StageState, now: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let start = stage.started.or(stage.planned)?;
    let running = stage.started.is_some() && stage.ended.is_none();
    let end = stage.ended.or(stage.soaked_at).unwrap_or(start);
    Some((start, if running { end.max(now) } else { end }))
}

fn class(status: StageStatus) -> &'static str {
    match status {
        StageStatus::Done => "go",
        StageStatus::Soaking | StageStatus::Soaked => "pending",
        StageStatus::Held => "unknown",
        StageStatus::RolledBack => "no-go",
        StageStatus::Planned | StageStatus::Ready | StageStatus::NotApplicable => "not-applicable",
    }
}

struct Axis {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Axis {
    /// The place of a moment, within the drawing.
    fn at(&self, moment: DateTime<Utc>) -> u32 {
        let whole = (self.to - self.from).num_seconds().max(1);
        let part = (moment - self.from).num_seconds().clamp(0, whole);
        let room = i64::from(WIDTH - LEFT - 20);
        LEFT + u32::try_from(part * room / whole).unwrap_or(0)
    }
}

fn drawing(title: &str, height: u32, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n<title>{title}</title>\n{body}</svg>\n"
    )
}
