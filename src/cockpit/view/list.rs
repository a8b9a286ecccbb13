//! The list of checklists and gates. Only the rows in sight are built.

use std::time::Duration;

use super::{
    Canvas,
    canvas::{Piece, piece},
    look::verdict_role,
    when::moment,
};
use crate::{
    Filter, Model,
    model::{Row, Section},
};
use gonogo_domain::{Blocks, ChecklistState, GateState, Now, Verdict};
use gonogo_text::{self as text, age};
use gonogo_theme::Role;

/// Columns of `✖ NO-GO` and the blanks behind it.
const VERDICT: u16 = 11;
const OWNER: u16 = 12;
const DUE: u16 = 8;
const AGE: u16 = 4;
/// Where a gate's verdict begins: behind pointer and mark.
const INDENT: u16 = 3;

/// The columns that fit: the age goes first, then the due time, then the owner.
#[derive(Clone, Copy)]
struct Columns {
    owner: Option<u16>,
    due: Option<u16>,
    age: Option<u16>,
    /// Where the title ends.
    title_end: u16,
}

impl Columns {
    fn for_width(width: u16) -> Self {
        let (mut end, mut columns) =
            (width.saturating_sub(1), Self { owner: None, due: None, age: None, title_end: 0 });
        let mut take = |cols: u16, least: u16| {
            (width >= least).then(|| {
                end = end.saturating_sub(cols);
                let start = end;
                end = end.saturating_sub(1);
                start
            })
        };
        columns.age = take(AGE, 72);
        columns.due = take(DUE, 62);
        columns.owner = take(OWNER, 50);
        columns.title_end = end;
        columns
    }
}

/// The gates in sight, for those who must know when their ages change. Empty when no age is shown.
pub(crate) fn visible(model: &Model) -> impl Iterator<Item = &GateState> {
    let list = model.places().list;
    let shown = if Columns::for_width(list.width).age.is_some() { usize::from(list.height) } else { 0 };
    model.list.rows.iter().skip(model.list.offset).take(shown).filter_map(|row| match row {
        Row::Gate { at, .. } => model.board.gates.get(*at),
        Row::Checklist { .. } => None,
    })
}

/// How old a gate's deciding observation is.
pub(crate) fn row_age(gate: &GateState, now: Now) -> Option<Duration> {
    gate.observed_at.map(|stamp| stamp.age(now).shown())
}

pub(super) fn draw(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let columns = Columns::for_width(canvas.width());
    if model.list.rows.is_empty() {
        empty(model, canvas);
        return;
    }
    let mut headed = false;
    let rows = model.list.rows.iter().enumerate().skip(model.list.offset);
    for (y, (place, row)) in (0..canvas.height()).zip(rows) {
        match *row {
            Row::Checklist { section, folded } => {
                let Some(section) = model.index.sections().get(section) else { continue };
                checklist(model, section, folded, now, y, canvas);
                if !folded && !headed {
                    headings(columns, y, canvas);
                    headed = true;
                }
            }
            Row::Gate { at, depth } => {
                let Some(gate) = model.board.gates.get(at) else { continue };
                gate_row(model, gate, depth, columns, now, y, canvas);
            }
        }
        if place == model.list.cursor {
            canvas.over(0, y, canvas.width(), Role::Selection);
        }
    }
}

fn empty(model: &Model, canvas: &mut Canvas<'_>) {
    let text = match model.list.filter {
        Filter::All => "this launch has no gates: nothing proves a GO".to_owned(),
        filter => format!("no gate is {}; f: next filter", filter.name()),
    };
    canvas.put(INDENT, 1, u16::MAX, &text, Role::Dim);
}

fn headings(columns: Columns, y: u16, canvas: &mut Canvas<'_>) {
    for (x, name) in [(columns.owner, "owner"), (columns.due, "due")] {
        if let Some(x) = x {
            canvas.put(x, y, OWNER, name, Role::Dim);
        }
    }
    if let Some(x) = columns.age {
        canvas.put_right(x + AGE, y, AGE, "age", Role::Dim);
    }
}

fn checklist(model: &Model, section: &Section, folded: bool, now: Now, y: u16, canvas: &mut Canvas<'_>) {
    let symbols = canvas.symbols();
    let state = section.state.and_then(|at| model.board.checklists.get(at));
    let title = state.map_or(section.id.as_str(), |state| &state.title);
    canvas.put(1, y, 1, if folded { symbols.closed } else { symbols.open }, Role::Dim);
    let end = canvas.put(INDENT, y, 26, title, Role::Title);
    let Some(state) = state else { return };
    let aligned = if folded { end.max(INDENT + 16) } else { end };
    let line = summary(model, section, state, folded, now, canvas);
    canvas.line(aligned + 2, y, &line);
}

/// `✔ 5/6  ≈ 1 waived until 18:00`; what is open is counted when it can not be seen.
fn summary(
    model: &Model,
    section: &Section,
    state: &ChecklistState,
    folded: bool,
    now: Now,
    canvas: &Canvas<'_>,
) -> Vec<Piece<'static>> {
    let score = &state.score;
    let figures = format!("{}/{}", score.go, score.of);
    if !folded {
        return vec![piece(figures, Role::Dim)];
    }
    let shape = canvas.look.shape(state.verdict);
    let mut line = vec![piece(format!("{shape} "), verdict_role(state.verdict)), piece(figures, Role::Text)];
    let open =
        [(Verdict::NoGo, score.no_go), (Verdict::Unknown, score.unknown), (Verdict::Pending, score.pending)];
    for (verdict, count) in open.into_iter().filter(|(_, count)| *count > 0) {
        let text = format!("  {} {count} {}", canvas.look.shape(verdict), verdict.word().to_lowercase());
        line.push(piece(text, verdict_role(verdict)));
    }
    if score.waived > 0 {
        let until = waived_until(model, section, now);
        line.push(piece(
            format!("  {} {} waived{until}", canvas.symbols().waived, score.waived),
            Role::Waived,
        ));
    }
    line
}

fn waived_until(model: &Model, section: &Section, now: Now) -> String {
    let gates = section.gates.iter().take(500).filter_map(|(at, _)| model.board.gates.get(*at));
    let first = gates.filter_map(|gate| gate.waived_until).min();
    first.map_or(String::new(), |at| format!(" until {}", moment(at, now.wall, model.launch.schedule.zone)))
}

fn gate_row(
    model: &Model,
    gate: &GateState,
    depth: u8,
    columns: Columns,
    now: Now,
    y: u16,
    canvas: &mut Canvas<'_>,
) {
    if model.flips.unseen().contains(&gate.id) {
        canvas.put(1, y, 1, canvas.symbols().moment[0], Role::Changed);
    }
    let role = verdict_role(gate.verdict);
    let shape = canvas.look.shape(gate.verdict);
    canvas.put(INDENT, y, VERDICT, &format!("{shape} {}", gate.verdict.word()), role);
    let x = INDENT + VERDICT + 2 * u16::from(depth.min(6));
    let tags = tags(model, gate, now);
    let room = columns.title_end.saturating_sub(x);
    let tag_cols = canvas.cols(&tags).min(room * 2 / 5);
    let title_cols = room.saturating_sub(if tags.is_empty() { 0 } else { tag_cols + 1 });
    let end = title(model, gate, (x, y, title_cols), canvas);
    if !tags.is_empty() {
        let role = if gate.stale { Role::Stale } else { Role::Dim };
        canvas.put(end + 1, y, columns.title_end.saturating_sub(end + 1), &tags, role);
    }
    details(gate, columns, now, y, canvas);
}

fn details(gate: &GateState, columns: Columns, now: Now, y: u16, canvas: &mut Canvas<'_>) {
    if let (Some(x), Some(owner)) = (columns.owner, &gate.owner) {
        canvas.put(x, y, OWNER, owner.as_str(), Role::Dim);
    }
    if let (Some(x), Some(due)) = (columns.due, &gate.due) {
        let (text, role) = if gate.overdue {
            (format!("!{}", due.said), Role::Overdue)
        } else {
            (due.said.to_string(), Role::Dim)
        };
        canvas.put(x, y, DUE, &text, role);
    }
    if let (Some(x), Some(old)) = (columns.age, row_age(gate, now)) {
        let role = if gate.stale { Role::Stale } else { Role::Dim };
        canvas.put_right(x + AGE, y, AGE, &age(old), role);
    }
}

/// The title, with what a search found in it marked; the column behind it is the answer.
fn title(model: &Model, gate: &GateState, (x, y, cols): (u16, u16, u16), canvas: &mut Canvas<'_>) -> u16 {
    let role = if gate.blocks == Blocks::Go { Role::Text } else { Role::Dim };
    let Some(wanted) = model.search.wanted() else {
        return canvas.put(x, y, cols, &gate.title, role);
    };
    let clean = text::clean(&gate.title);
    let lower = clean.to_lowercase();
    // Lower case may be longer; then nothing is marked rather than the wrong letters.
    let found = lower.find(&wanted).filter(|_| lower.len() == clean.len());
    let parts = found.and_then(|at| {
        let (before, rest) = clean.split_at_checked(at)?;
        let (hit, behind) = rest.split_at_checked(wanted.len())?;
        Some([(before, role), (hit, Role::SearchMatch), (behind, role)])
    });
    match parts {
        Some(parts) => {
            let end = x + cols;
            parts.iter().fold(x, |x, (text, role)| canvas.put(x, y, end.saturating_sub(x), text, *role))
        }
        None => canvas.put(x, y, cols, &gate.title, role),
    }
}

/// What a row says in small words behind its title.
fn tags(model: &Model, gate: &GateState, now: Now) -> String {
    let mut tags: Vec<String> = Vec::new();
    if let Some(act) = model.acts.of_gate(&gate.id) {
        tags.push(if act.unsure { "checking...".to_owned() } else { "recording...".to_owned() });
    }
    if gate.stale {
        tags.push("stale".to_owned());
    }
    if let Some(until) = gate.waived_until.filter(|_| gate.verdict == Verdict::Waived) {
        tags.push(format!("until {}", moment(until, now.wall, model.launch.schedule.zone)));
    }
    match &gate.blocks {
        Blocks::Go => {}
        Blocks::Nothing => tags.push("advisory".to_owned()),
        Blocks::Stage(stage) => tags.push(format!("blocks {}", model.audience(stage))),
        Blocks::Close => tags.push("blocks closing".to_owned()),
    }
    if gate.trouble.is_some() && !gate.stale {
        tags.push("no fresh answer".to_owned());
    }
    tags.join(", ")
}
