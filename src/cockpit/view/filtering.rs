//! A filter: the line in which it is typed, and the line that always says what it leaves out.

use ratatui::layout::{Position, Rect};

use super::{Canvas, footer};
use crate::{Action, Model, model::Filtering};
use gonogo_text as text;
use gonogo_theme::Role;

/// Columns of a candidate, and how many are shown.
const CANDIDATE: u16 = 24;
const CANDIDATES: u16 = 4;

/// The first row of a list that is not all there; whether there is such a row is the answer.
pub(super) fn chip(model: &Model, canvas: &mut Canvas<'_>) -> bool {
    let Some(hidden) = model.hidden() else { return false };
    let cols = canvas.width();
    canvas.put(0, 0, cols, &" ".repeat(usize::from(cols)), Role::Banner);
    let wrong = if model.list.criteria.faults().is_empty() { "" } else { ", not all of it understood" };
    let said = format!("FILTERED{wrong}: {}", hidden.said());
    let end = canvas.put(1, 0, cols.saturating_sub(2), &said, Role::Banner);
    let name = model.filter_name().map(|name| format!("{name} = ")).unwrap_or_default();
    let (terms, back) = (model.list.criteria.text(), model.keymap.said(Action::Back));
    let filter = format!("  {name}{terms}  {back} shows all");
    canvas.put(end, 0, cols.saturating_sub(end + 1), &filter, Role::Banner);
    true
}

/// The sheet in which it is typed; where the text cursor stands is the answer.
pub(super) fn draw(model: &Model, filtering: &Filtering, canvas: &mut Canvas<'_>) -> Option<Position> {
    let (width, height) = (canvas.width(), canvas.height());
    let wanted = model.completions();
    let rows = 4 + CANDIDATES.min(height.saturating_sub(16));
    let top = height.saturating_sub(rows);
    let mut sheet = canvas.part(Rect { x: 0, y: top, width, height: rows });
    sheet.clear();
    sheet.line_across(0, 0, width);
    sheet.put(2, 0, width.saturating_sub(4), " Which gates? ", Role::Title);
    let cursor = typed(model, filtering, &mut sheet);
    let fault = model.list.criteria.faults().first();
    match fault {
        Some(fault) => sheet.put(1, 2, width.saturating_sub(2), &fault.why, Role::Error),
        None if filtering.field.text().trim().is_empty() => {
            let hint = "owner:qa verdict:no-go blocks:go age>1h due<2h is:mine, words; -term: not so";
            sheet.put(1, 2, width.saturating_sub(2), hint, Role::Dim)
        }
        None => sheet.put(1, 2, width.saturating_sub(2), &said(model), Role::Dim),
    };
    let shown = usize::from(rows.saturating_sub(4));
    let first = filtering.at.saturating_sub(shown.saturating_sub(1));
    for (y, (at, candidate)) in (3..).zip(wanted.iter().enumerate().skip(first).take(shown)) {
        sheet.put(3, y, CANDIDATE, &candidate.name, Role::Text);
        sheet.put(3 + CANDIDATE, y, u16::MAX, &candidate.about, Role::Dim);
        if at == filtering.at {
            sheet.over(0, y, width, Role::Selection);
        }
    }
    footer::only_keys(model, 0, &mut sheet.part(Rect { x: 0, y: rows - 1, width, height: 1 }));
    Some(Position { x: cursor.min(width.checked_sub(1)?), y: top + 1 })
}

fn said(model: &Model) -> String {
    model.hidden().map_or_else(|| "all gates".to_owned(), |hidden| hidden.said())
}

/// The terms, those with a fault set off; the column of the cursor is the answer.
fn typed(model: &Model, filtering: &Filtering, sheet: &mut Canvas<'_>) -> u16 {
    let whole = filtering.field.text();
    // Faults count from the first letter.
    let skipped = whole.len() - whole.trim_start().len();
    let faults = model.list.criteria.faults();
    let (mut x, mut at) = (1, 0);
    for fault in faults {
        let (from, to) = (fault.from + skipped, fault.to + skipped);
        let (Some(before), Some(wrong)) = (whole.get(at..from), whole.get(from..to)) else { break };
        x = sheet.put(x, 1, u16::MAX, &text::clean(before), Role::Text);
        x = sheet.put(x, 1, u16::MAX, &text::clean(wrong), Role::Error);
        at = to;
    }
    sheet.put(x, 1, u16::MAX, &text::clean(whole.get(at..).unwrap_or_default()), Role::Text);
    let (before, _) = filtering.field.halves();
    1 + u16::try_from(text::width(&text::clean(before))).unwrap_or(u16::MAX - 1)
}
