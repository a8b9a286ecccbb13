//! What a source is asked, row by row: who asks, what was answered last and when, and the question itself.

use super::super::{
    Canvas,
    canvas::{Piece, piece},
    list::row_age,
    look::{standing_role, verdict_role},
    table::{self, Cells},
    wrap::wrap,
};
use crate::{Model, Target, layout};
use gonogo_domain::{
    Gate, GateState, Guardrail, GuardrailState, Kind, Now, Query, SourceHealth, Str, Verdict,
};
use gonogo_text::{self as text, age};
use gonogo_theme::Role;

/// From so many columns on the question stands with its answer, in fewer the answer alone.
const BOTH: u16 = 100;
/// Columns before a row.
const INDENT: u16 = 4;
/// The most columns of who asks, and of a question that stands beside its answer.
const MOST: usize = 60;

/// A row, and what it is about for the pointer.
pub(super) type Row = (Vec<Piece<'static>>, Option<Target>);

struct AskedRow<'a> {
    /// Where whoever asks stands: its shape and word.
    word: (String, Role),
    by: String,
    said: &'a str,
    answer: String,
    age: String,
    target: Option<Target>,
}

/// The gates that ask this source, the worst first.
pub(super) fn gates<'a>(model: &'a Model, source: &SourceHealth) -> Vec<(&'a Query, &'a GateState)> {
    let query = |gate: &'a Gate| match &gate.kind {
        Kind::Evidence(query) if is_asked(query, gate.connection.as_ref(), source) => Some(query),
        _ => None,
    };
    let asks = |gate: &'a Gate| Some((query(gate)?, model.gate(&gate.id)?));
    let mut all: Vec<_> = model.launch.gates.iter().filter_map(asks).collect();
    all.sort_by_key(|(_, state)| Verdict::ALL.iter().position(|verdict| *verdict == state.verdict));
    all
}

fn is_asked(query: &Query, connection: Option<&Str>, source: &SourceHealth) -> bool {
    query.source == source.source && connection == source.connection.as_ref()
}

/// The guardrails that it measures, each as the stage that matters now has it.
fn guardrails<'a>(
    model: &'a Model,
    source: &SourceHealth,
) -> Vec<(&'a Guardrail, Option<&'a GuardrailState>)> {
    let own = |it: &&Guardrail| is_asked(&it.query, it.connection.as_ref(), source);
    let stage = model.chosen_stage();
    let state = |it: &Guardrail| stage?.guardrails.iter().find(|state| state.id == it.id);
    model.launch.guardrails.values().filter(own).map(|it| (it, state(it))).collect()
}

/// A row for each question, under its source.
pub(super) fn rows(model: &Model, source: &SourceHealth, now: Now, canvas: &Canvas<'_>) -> Vec<Row> {
    let gates = gates(model, source).into_iter().map(|(query, state)| of_gate(query, state, now, canvas));
    let guardrails = guardrails(model, source).into_iter().map(|(it, state)| of_guardrail(it, state, now));
    let all: Vec<_> = gates.chain(guardrails).collect();
    let cols = canvas.width().saturating_sub(INDENT + 1);
    let beside = layout::is_wide(model.size.0);
    let cells: Vec<Cells> = all.iter().map(|it| it.cells(beside)).collect();
    let mut widths = table::widths(cells.iter(), MOST);
    if let Some(last) = widths.last_mut() {
        *last = (*last).min(MOST);
    }
    let before = u16::try_from(table::cols(&widths) + 2).unwrap_or(u16::MAX);
    let told = |it: &AskedRow<'_>, cells: &Cells| {
        let texts = it.texts(beside, cols, cols.saturating_sub(before));
        let rows = (0..).zip(texts).map(|(n, (text, role))| {
            let mut line = vec![piece(" ".repeat(usize::from(INDENT)), Role::Text)];
            if n == 0 {
                line.extend(table::line(cells, &widths));
                let used: usize = line.iter().map(|(text, _)| text::width(text)).sum();
                let free = usize::from(INDENT + before).saturating_sub(used);
                line.push(piece(" ".repeat(free), Role::Text));
            } else {
                line.push(piece(" ".repeat(usize::from(before)), Role::Text));
            }
            line.push(piece(text, role));
            (line, it.target.clone())
        });
        rows.collect::<Vec<_>>()
    };
    all.iter().zip(&cells).flat_map(|(it, cells)| told(it, cells)).collect()
}

fn of_gate<'a>(query: &'a Query, state: &GateState, now: Now, canvas: &Canvas<'_>) -> AskedRow<'a> {
    let verdict = state.verdict;
    let trouble = state.trouble.as_deref().filter(|trouble| !state.reason.contains(trouble));
    let trouble = trouble.map(|trouble| format!("; {trouble}")).unwrap_or_default();
    AskedRow {
        word: (format!("{} {}", canvas.look.shape(verdict), verdict.word()), verdict_role(verdict)),
        by: state.id.to_string(),
        said: &query.said,
        answer: format!("{}{trouble}", state.reason),
        age: row_age(state, now).map(age).unwrap_or_default(),
        target: Some(Target::Gate(state.id.clone())),
    }
}

fn of_guardrail<'a>(it: &'a Guardrail, state: Option<&GuardrailState>, now: Now) -> AskedRow<'a> {
    let seen = state.and_then(|state| state.observed_at).map(|stamp| age(stamp.age(now).shown()));
    AskedRow {
        word: state.map_or_else(
            || ("not yet".to_owned(), Role::Dim),
            |state| (state.standing.word().to_owned(), standing_role(state.standing)),
        ),
        by: format!("guardrail {}", it.id),
        said: &it.query.said,
        answer: state.map_or_else(
            || "measured once a stage that it watches has started".to_owned(),
            |state| state.reason.to_string(),
        ),
        age: seen.unwrap_or_default(),
        target: None,
    }
}

impl AskedRow<'_> {
    fn cells(&self, beside: bool) -> Cells {
        let (word, role) = self.word.clone();
        let mut cells =
            vec![piece(word, role), piece(self.by.clone(), Role::Title), piece(self.age.clone(), Role::Dim)];
        if beside {
            cells.push(piece(self.said.to_owned(), Role::Dim));
        }
        cells
    }

    /// What stands behind the cells, in lines of so many columns.
    fn texts(&self, beside: bool, all: u16, cols: u16) -> Vec<(String, Role)> {
        let role = if self.word.1 == Role::Go { Role::Text } else { self.word.1 };
        let told = |text: &str, most, role| wrap(text, cols, most).into_iter().map(move |line| (line, role));
        match (beside, all) {
            (true, _) => told(&self.answer, 4, role).collect(),
            (false, BOTH..) => {
                let one = format!("{}: {}", self.said, self.answer);
                if text::width(&one) <= usize::from(cols) {
                    return vec![(one, role)];
                }
                told(self.said, 2, Role::Dim).chain(told(&self.answer, 4, role)).collect()
            }
            (false, _) => vec![(self.answer.clone(), role)],
        }
    }
}
