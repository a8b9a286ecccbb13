//! The explanation under the chosen row.

use crate::{
    Model,
    layout::{self, INDENT, VERDICT},
    model::ListRow,
    view::{
        advice,
        canvas::{Piece, piece},
        detail::reason_role,
        look::verdict_role,
        wrap::wrap,
    },
};
use gonogo_domain::GateState;
use gonogo_text as text;
use gonogo_theme::Role;

/// Columns of a label.
const LABEL: u16 = 6;
/// From so many columns on a reason fits into a line under the title.
const WIDE: u16 = 100;

/// Why what is chosen is what it is, and what is to be done, in as many lines as [`layout::explained`] gives.
pub(super) fn told(model: &Model, width: u16) -> Vec<Vec<Piece<'static>>> {
    let lines = layout::explained(model.size);
    let room = width.saturating_sub(indent(width) + LABEL + 1);
    let mut told = match model.chosen_row() {
        _ if lines == 0 => Vec::new(),
        Some(ListRow::Gate { at, .. }) => {
            model.board.gates.get(at).map(|gate| of_gate(model, gate, room, lines)).unwrap_or_default()
        }
        Some(ListRow::Checklist { section, .. }) => of_checklist(model, section, room, lines),
        None => Vec::new(),
    };
    told.resize(lines, Vec::new());
    told
}

/// Where it begins: under the title where there is room, else nearer to the edge.
pub(super) fn indent(width: u16) -> u16 {
    if width >= WIDE { INDENT + VERDICT } else { INDENT + 2 }
}

fn of_gate(model: &Model, gate: &GateState, room: u16, lines: usize) -> Vec<Vec<Piece<'static>>> {
    // The next act has a line of its own, where there are several.
    let why = if lines > 1 { lines - 1 } else { lines };
    let mut told = labelled("why", &gate.reason, reason_role(gate), room, why);
    if lines == 1 {
        return told;
    }
    let next = advice::said(model, &gate.next, &gate.who);
    if !next.is_empty() {
        told.extend(labelled("next", &next, Role::Text, room, lines - told.len()));
    }
    let keys: Vec<_> = advice::keys(model, gate).map(|said| piece(said, Role::KeyHint)).into_iter().collect();
    add_keys(&mut told, lines, keys, !next.is_empty(), usize::from(room + LABEL));
    told
}

/// What of a checklist is open, the worst first.
fn of_checklist(model: &Model, section: usize, room: u16, lines: usize) -> Vec<Vec<Piece<'static>>> {
    let Some(section) = model.index.sections().get(section) else { return Vec::new() };
    let gates = section.worst.iter().filter_map(|(at, _)| model.board.gates.get(*at));
    let open = gates.filter(|gate| gate.verdict.blocks() && !gate.group);
    let said = |(n, gate): (usize, &GateState)| {
        let text = format!("{}  {}", gate.id.local(), gate.reason);
        labelled(if n == 0 { "open" } else { "" }, &text, verdict_role(gate.verdict), room, 1)
    };
    open.take(lines).enumerate().flat_map(said).collect()
}

fn labelled(label: &str, text: &str, role: Role, room: u16, most: usize) -> Vec<Vec<Piece<'static>>> {
    let line = |(n, line)| {
        let label = if n == 0 { label } else { "" };
        vec![piece(format!("{label:<width$}", width = usize::from(LABEL)), Role::Dim), piece(line, role)]
    };
    wrap(text, room, most).into_iter().enumerate().map(line).collect()
}

/// Behind the last line where there is room, else in one of their own.
fn add_keys(
    told: &mut Vec<Vec<Piece<'static>>>,
    lines: usize,
    keys: Vec<Piece<'static>>,
    behind: bool,
    room: usize,
) {
    let full = told.len() >= lines;
    if let Some(line) = told.last_mut().filter(|line| behind && cols(line) + cols(&keys) + 3 <= room) {
        line.push(piece("   ", Role::Text));
        line.extend(keys);
    } else if !full && !keys.is_empty() {
        let blank = " ".repeat(usize::from(LABEL));
        told.push([vec![piece(blank, Role::Text)], keys].concat());
    }
}

fn cols(line: &[Piece<'_>]) -> usize {
    line.iter().map(|(text, _)| text::width(text)).sum()
}
