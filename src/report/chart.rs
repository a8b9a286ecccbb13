//! Two drawings for a page: the board as squares, the rollout along time. Colours and sizes of text come from the page's
//! style, so that light, dark and paper are its business; shapes and words tell the same without colour.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::{facts::moment, svg::escape};
use gonogo_domain::{Board, GateState, MessageMark, MessageState, StageState, StageStatus, Verdict};
use gonogo_text::{cap, clean};

/// Side of a square, and from one to the next.
const SQUARE: u32 = 20;
const STEP: u32 = 24;
/// Height of a line of text.
const LINE: u32 = 18;
/// Height of a stage.
const BAR: u32 = 26;

/// What a drawing is made for. Text keeps its size only where the drawing is about as wide as it is shown.
pub(super) struct Room {
    class: &'static str,
    width: u32,
    /// Where squares and bars begin; 0: below their name.
    left: u32,
    /// The space for a stage's text; 0: it is part of its name.
    words: u32,
    /// Characters of a name.
    name: usize,
}

/// A window, or paper.
pub(super) const WIDE: Room = Room { class: "wide", width: 760, left: 170, words: 180, name: 24 };
/// A phone.
pub(super) const NARROW: Room = Room { class: "narrow", width: 330, left: 0, words: 0, name: 40 };

impl Room {
    /// Squares in a row.
    fn in_a_row(&self) -> usize {
        ((self.width - self.left) / STEP).max(1) as usize
    }

    /// Down to where squares and bars of this name are.
    fn below_name(&self, y: u32) -> u32 {
        if self.left == 0 { y + LINE + 4 } else { y }
    }

    fn drawing(&self, title: &str, height: u32, body: &str) -> String {
        let Self { class, width, .. } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{class}\" viewBox=\"0 0 {width} {height}\" \
             role=\"img\">\n<title>{title}</title>\n{body}</svg>\n"
        )
    }
}

/// The board: a row of squares for each checklist, a square for each gate.
pub(super) fn squares(board: &Board, room: &Room) -> String {
    let mut body = String::new();
    let mut y = 4;
    for checklist in &board.checklists {
        let own =
            |gate: &&GateState| gate.id.checklist() == checklist.id.as_str() && (!gate.group || gate.counted);
        let gates: Vec<_> = board.gates.iter().filter(own).collect();
        if gates.is_empty() {
            continue;
        }
        label(&mut body, y, &checklist.title, room);
        y = room.below_name(y);
        for row in gates.chunks(room.in_a_row()) {
            for (x, gate) in (room.left..).step_by(STEP as usize).zip(row) {
                square(&mut body, (x, y), gate);
            }
            y += STEP;
        }
        y += 6;
    }
    room.drawing("The board: a square for each gate", y, &body)
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

fn label(out: &mut String, y: u32, text: &str, room: &Room) {
    let text = escape(&cap(text, room.name));
    let _ = writeln!(out, "<text class=\"label\" x=\"0\" y=\"{}\">{text}</text>", y + 15);
}

/// The rollout: a bar for each stage, a mark for each message, with T-0 and now, and the moments at both ends. `None`: nothing
/// of it has a time.
pub(super) fn timeline(board: &Board, room: &Room) -> Option<String> {
    let stages: Vec<_> = board.stages.iter().filter(|it| it.status != StageStatus::NotApplicable).collect();
    let spans: Vec<_> = stages.iter().filter_map(|it| Some((*it, span(it, board.evaluated_at)?))).collect();
    let marks = board.message_marks();
    let told = || marks.iter().map(|(at, ..)| *at);
    let from = spans.iter().map(|(_, (from, _))| *from).chain(told()).min()?;
    let to = spans.iter().map(|(_, (_, to))| *to).chain(told()).max()?;
    let from = from.min(board.t_zero).min(board.evaluated_at);
    let to = to.max(board.t_zero).max(board.evaluated_at);
    let axis = Axis { from, to, room };
    let mut body = String::new();
    let mut y = 22;
    for (stage, (start, end)) in spans {
        let said = format!("{} {}", stage.status.word(), cap(&stage.audience, 30));
        let name = if room.words == 0 { format!("{}: {said}", stage.id) } else { stage.id.to_string() };
        label(&mut body, y, &name, room);
        y = room.below_name(y);
        bar(&mut body, y, stage, (start, end), &axis);
        y += BAR;
    }
    if !marks.is_empty() {
        label(&mut body, y, "messages", room);
        y = room.below_name(y);
        messages(&mut body, y, &marks, &axis);
        y += BAR;
    }
    // Behind the words. One name above and one below: they may be at the same moment.
    let mut lines = String::new();
    for (name, at, name_y) in [("T-0", board.t_zero, 12), ("now", board.evaluated_at, y + 12)] {
        let x = axis.at(at);
        let _ = writeln!(
            lines,
            "<g class=\"line\"><title>{}</title><path d=\"M{x} 16V{y}\"/><text x=\"{x}\" y=\"{name_y}\" \
             text-anchor=\"{}\">{name}</text></g>",
            escape(&format!("{name}: {}", moment(at))),
            axis.anchor(x)
        );
    }
    for (at, x, anchor) in [(from, axis.at(from), "start"), (to, axis.at(to), "end")] {
        let _ = writeln!(
            body,
            "<text class=\"label\" x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            y + 28,
            moment(at)
        );
    }
    y += 34;
    for mark in MessageMark::ALL {
        let count = marks.iter().filter(|(_, it, _)| *it == mark).count();
        if count > 0 {
            let said = format!("{} {count} {} {}", shape(mark), noun(count), mark.word());
            let _ =
                writeln!(body, "<text class=\"{}\" x=\"0\" y=\"{}\">{said}</text>", class_of(mark), y + 12);
            y += LINE;
        }
    }
    Some(room.drawing("The rollout along time", y, &(lines + &body)))
}

/// A place in time, how it stands, and the message.
type Marked<'a> = (DateTime<Utc>, MessageMark, &'a MessageState);

/// Messages where they went out or are due, each with its name as far as there is room before the next.
fn messages(out: &mut String, y: u32, marks: &[Marked<'_>], axis: &Axis<'_>) {
    let ends = marks.iter().skip(1).map(|(at, ..)| axis.at(*at)).chain([axis.room.width]);
    for ((at, mark, it), end) in marks.iter().zip(ends) {
        let x = axis.at(*at);
        let id = clean(&it.of.message);
        let to = clean(&it.audience);
        let told = format!("{id} to {to}, {}: {}", mark.word(), moment(*at));
        // About seven to a letter.
        let letters = usize::try_from(end.saturating_sub(x + 14) / 7).unwrap_or(0);
        let name = if axis.room.words > 0 && letters > 2 {
            format!(" {}", cap(&id, letters))
        } else {
            String::new()
        };
        let _ = writeln!(
            out,
            "<g class=\"{}\"><title>{}</title><text x=\"{}\" y=\"{}\">{}{}</text></g>",
            class_of(*mark),
            escape(&told),
            x.saturating_sub(5),
            y + 15,
            shape(*mark),
            escape(&name)
        );
    }
}

fn noun(count: usize) -> &'static str {
    if count == 1 { "message" } else { "messages" }
}

/// A shape of its own for each.
fn shape(mark: MessageMark) -> &'static str {
    match mark {
        MessageMark::Sent => "\u{25c6}",
        MessageMark::ToCome => "\u{25c7}",
        MessageMark::Due => "\u{25cb}",
        MessageMark::Unknown => "?",
        MessageMark::Overdue => "!",
    }
}

fn class_of(mark: MessageMark) -> &'static str {
    match mark {
        MessageMark::Sent => "go",
        MessageMark::ToCome => "not-applicable",
        MessageMark::Due => "pending",
        MessageMark::Unknown => "unknown",
        MessageMark::Overdue => "no-go",
    }
}

fn bar(
    out: &mut String,
    y: u32,
    stage: &StageState,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
    axis: &Axis<'_>,
) {
    let (left, right, room) = (axis.at(start), axis.at(end), axis.room);
    let said = format!("{} {}", stage.status.word(), cap(&stage.audience, 30));
    let told =
        format!("{}, {}: {} to {}", clean(&stage.audience), stage.status.word(), moment(start), moment(end));
    let _ = write!(
        out,
        "<g class=\"stage {}\"><title>{}</title><rect x=\"{left}\" y=\"{y}\" width=\"{}\" height=\"{SQUARE}\" rx=\"3\"/>",
        class(stage.status),
        escape(&told),
        right.saturating_sub(left).max(3),
    );
    if room.words > 0 {
        // A name that begins far to the right would not fit behind its bar.
        let late = left > room.width - room.words;
        let (name_at, anchor) = if late { (left.saturating_sub(5), "end") } else { (left + 5, "start") };
        let y = y + 15;
        let _ =
            write!(out, "<text x=\"{name_at}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>", escape(&said));
    }
    out.push_str("</g>\n");
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

struct Axis<'a> {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    room: &'a Room,
}

impl Axis<'_> {
    /// The place of a moment, within the drawing.
    fn at(&self, moment: DateTime<Utc>) -> u32 {
        let whole = (self.to - self.from).num_seconds().max(1);
        let part = (moment - self.from).num_seconds().clamp(0, whole);
        let (left, width) = (self.room.left + 4, self.room.width);
        left + u32::try_from(part * i64::from(width - left - 20) / whole).unwrap_or(0)
    }

    /// How a name stands at its line, so that none of it is cut off.
    fn anchor(&self, x: u32) -> &'static str {
        match x {
            _ if x < self.room.left + 20 => "start",
            _ if x + 24 > self.room.width => "end",
            _ => "middle",
        }
    }
}
