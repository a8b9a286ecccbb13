//! A form: a sheet at the bottom of the screen, so that the word stays in sight.

use ratatui::layout::{Position, Rect};

use super::{Canvas, footer, wrap::wrap};
use crate::{
    Model, Target,
    model::{Choice, Field, Form, Me, Purpose, TextField, Value},
};
use gonogo_text as text;
use gonogo_theme::Role;

/// Columns of a label.
const LABEL: u16 = 13;

/// Draws the form; where the text cursor stands is the answer.
pub(super) fn draw(model: &Model, form: &Form, canvas: &mut Canvas<'_>) -> Option<Position> {
    let (width, height) = (canvas.width(), canvas.height());
    let intro = intro(form, width.saturating_sub(3));
    let heights: Vec<u16> = form.fields.iter().map(|field| height_of(field, canvas)).collect();
    let fields = heights.iter().fold(0, |all: u16, rows| all.saturating_add(*rows));
    // What the word would do stands above the hint; its rows are kept free, so that nothing moves when it is known.
    let told = if height >= 20 { 2 } else { 1 };
    let under = under(form, width);
    let wanted = 4 + told + u16::try_from(intro.len()).unwrap_or(0) + fields + under.rows();
    let rows = wanted.min(height.saturating_sub(2));
    let top = height - rows;
    let mut sheet = canvas.part(Rect { x: 0, y: top, width, height: rows });
    sheet.clear();
    head(form, &mut sheet);
    // Fields come before the introduction when there is no room for both.
    let room = rows.saturating_sub(3 + told);
    let spare = room.saturating_sub(fields + under.rows());
    let mut y = 1;
    for line in intro.iter().take(usize::from(spare)) {
        sheet.put(2, y, u16::MAX, line, Role::Dim);
        y += 1;
    }
    let seen = rows.saturating_sub(y + 2 + told + under.rows());
    let first = first_shown(&heights, form.focus, seen);
    let mut cursor = None;
    let mut at_field = false;
    for (n, field) in form.fields.iter().enumerate().skip(first) {
        if y + 2 + told > rows {
            break;
        }
        sheet.hot_row(0, y, width, Target::Field(n));
        if n != form.focus {
            draw_field((n, field), (y, rows.saturating_sub(1 + told)), &mut sheet);
            y += heights.get(n).copied().unwrap_or(1);
            continue;
        }
        // Long texts and what is wrong stand where the field is, as far as there is room.
        let last = rows.saturating_sub(2 + told);
        let (at, next) = draw_focused(model, (n, field), &under, (y, last), &mut sheet);
        cursor = at.map(|(x, y)| Position { x, y: top + y });
        let own = u16::try_from(under.text.len()).unwrap_or(0).max(heights.get(n).copied().unwrap_or(1));
        at_field = next > y + own || under.error.is_empty();
        y = next;
    }
    foreseen(form, told, &mut sheet);
    last_lines(model, form, at_field, &mut sheet);
    cursor
}

/// The first field that is drawn, so that the chosen one is whole.
fn first_shown(heights: &[u16], focus: usize, seen: u16) -> usize {
    let mut room = seen;
    let above = heights.iter().take(focus + 1).rev();
    let fits = |rows: &&u16| {
        let left = room.checked_sub(**rows);
        room = left.unwrap_or(room);
        left.is_some()
    };
    let fit = above.take_while(fits).count();
    (focus + 1).saturating_sub(fit.max(1))
}

/// Columns between two choices.
const BETWEEN: u16 = 3;

/// Where each choice stands: its column and its row below the first. One that does not fit behind the others begins a row.
fn places(options: &[Choice], canvas: &Canvas<'_>) -> Vec<(u16, u16)> {
    let start = 2 + LABEL + 1;
    let (mut x, mut row) = (start, 0);
    let each = options.iter().map(|choice| {
        let cols = 6 + canvas.cols(&choice.label);
        if x > start && x + cols >= canvas.width() {
            (x, row) = (start, row + 1);
        }
        let at = (x, row);
        x += cols + BETWEEN;
        at
    });
    each.collect()
}

/// Rows of a field without what is typed and what is wrong.
fn height_of(field: &Field, canvas: &Canvas<'_>) -> u16 {
    match &field.value {
        Value::Pick { options, .. } => places(options, canvas).last().map_or(1, |(_, row)| row + 1),
        Value::Text(_) | Value::Typed { .. } => 1,
    }
}

/// The title, and what the mark means where something is missing.
fn head(form: &Form, sheet: &mut Canvas<'_>) {
    let width = sheet.width();
    sheet.line_across(0, 0, width);
    let end = sheet.put(2, 0, width.saturating_sub(4), &format!(" {} ", form.title), Role::Title);
    let legend = " * is needed ";
    if form.fields.iter().any(Field::is_missing) && end + sheet.cols(legend) + 2 < width {
        sheet.put_right(width.saturating_sub(2), 0, 20, legend, Role::Dim);
    }
}

/// What the focused field needs beside its row.
struct Under {
    /// Its text in rows of the sheet, if it is text.
    text: Vec<String>,
    /// The row and the column of the cursor in it.
    cursor: (usize, usize),
    /// What is wrong.
    error: Vec<String>,
}

impl Under {
    /// Rows beside the first.
    fn rows(&self) -> u16 {
        u16::try_from(self.text.len().saturating_sub(1) + self.error.len()).unwrap_or(u16::MAX)
    }
}

/// Rows of one text, at the most.
const TEXT_ROWS: usize = 3;

fn under(form: &Form, width: u16) -> Under {
    let cols = width.saturating_sub(2 + LABEL + 2);
    let error = form.error.iter().flat_map(|error| wrap(error, cols, 2)).collect();
    let (text, cursor) = match form.fields.get(form.focus).map(|field| &field.value) {
        Some(Value::Text(text) | Value::Typed { text, .. }) => laid(text, usize::from(cols)),
        _ => (Vec::new(), (0, 0)),
    };
    Under { text, cursor, error }
}

/// A text in rows of so many columns, those around its cursor, and where in them that stands.
fn laid(field: &TextField, cols: usize) -> (Vec<String>, (usize, usize)) {
    use unicode_segmentation::UnicodeSegmentation as _;
    let (before, behind) = field.halves();
    let (before, behind) = (text::clean_block(before), text::clean_block(behind));
    let mut rows = vec![(String::new(), 0)];
    let mut put = |letters: &str| {
        for letter in letters.graphemes(true) {
            if letter == "\n" {
                rows.push((String::new(), 0));
                continue;
            }
            let cols_of = text::width(letter);
            // A column stays free for the cursor.
            if rows.last().is_some_and(|(_, used)| used + cols_of >= cols.max(2)) {
                rows.push((String::new(), 0));
            }
            if let Some((row, used)) = rows.last_mut() {
                row.push_str(letter);
                *used += cols_of;
            }
        }
        (rows.len() - 1, rows.last().map_or(0, |(_, used)| *used))
    };
    let cursor = put(&before);
    put(&behind);
    let first = (cursor.0 + 1).saturating_sub(TEXT_ROWS);
    let shown = rows.into_iter().skip(first).take(TEXT_ROWS).map(|(row, _)| row).collect();
    (shown, (cursor.0 - first, cursor.1))
}

/// Draws the field that has the focus, its text in several rows where it is long, and what is wrong under it. The place of the
/// cursor, and the row behind it all, are the answer.
fn draw_focused(
    model: &Model,
    (n, field): (usize, &Field),
    under: &Under,
    (y, last): (u16, u16),
    sheet: &mut Canvas<'_>,
) -> (Option<(u16, u16)>, u16) {
    let (width, x) = (sheet.width(), 2 + LABEL + 1);
    let wrong = !under.error.is_empty();
    label(field, if wrong { Role::Error } else { Role::Title }, y, sheet);
    let mut next = y + 1;
    let mut cursor = None;
    if under.text.is_empty() {
        value((n, field), (y, last), sheet);
        next = (y + height_of(field, sheet)).min(last.max(y + 1));
        sheet.over(0, y, width, Role::Selection);
        for row in y + 1..next {
            sheet.ground(0, row, width, Role::Selection);
        }
    } else {
        for (at, (row, text)) in (0..).zip((y..last).zip(&under.text)) {
            let end = sheet.put(x, row, width.saturating_sub(x + 1), text, Role::Text);
            if at == under.cursor.0 {
                let column = x + u16::try_from(under.cursor.1).unwrap_or_default();
                cursor = Some((column.min(width.saturating_sub(1)), row));
                if let Some(ghost) = model.ghost() {
                    let end = sheet.put(end, row, width.saturating_sub(end + 1), &ghost, Role::Dim);
                    sheet.put(end + 2, row, width.saturating_sub(end + 3), "Right takes it", Role::KeyHint);
                }
            }
            if at == 0 {
                sheet.over(0, row, width, Role::Selection);
            } else {
                sheet.ground(0, row, width, Role::Selection);
            }
            next = row + 1;
        }
    }
    for (row, line) in (next..last).zip(&under.error) {
        sheet.put(x, row, width.saturating_sub(x + 1), line, Role::Error);
        next = row + 1;
    }
    (cursor, next)
}

/// What the board becomes, or why it would be refused.
fn foreseen(form: &Form, told: u16, sheet: &mut Canvas<'_>) {
    let (text, role) = match form.foreseen() {
        Some(Ok(said)) => (said.clone(), Role::Text),
        Some(Err(why)) => (format!("would be refused: {why}"), Role::Hold),
        None => return,
    };
    let (first, cols) = (sheet.height().saturating_sub(2 + told), sheet.width().saturating_sub(3));
    for (y, line) in (first..).zip(wrap(&text, cols, usize::from(told))) {
        sheet.put(2, y, cols, &line, role);
    }
}

fn intro(form: &Form, cols: u16) -> Vec<String> {
    // A request is shown to the letter.
    let most = if form.purpose == Purpose::Request { 12 } else { 2 };
    form.intro.iter().flat_map(|line| wrap(line, cols, most)).collect()
}

/// Draws one field that has not the focus.
fn draw_field(field: (usize, &Field), (y, last): (u16, u16), sheet: &mut Canvas<'_>) {
    label(field.1, Role::Dim, y, sheet);
    value(field, (y, last), sheet);
}

/// The name of a field, marked while it is needed and empty.
fn label(field: &Field, role: Role, y: u16, sheet: &mut Canvas<'_>) {
    let end = sheet.put(2, y, LABEL - 1, &field.label, role);
    if field.is_missing() {
        sheet.put(end, y, 1, "*", Role::Accent);
    }
}

/// From row `y` on, and never in row `last` or below.
fn value((at, field): (usize, &Field), (y, last): (u16, u16), sheet: &mut Canvas<'_>) {
    let x = 2 + LABEL + 1;
    match &field.value {
        Value::Pick { options, picked, .. } => {
            let places = places(options, sheet);
            for (n, (choice, (from, row))) in options.iter().zip(places).enumerate() {
                let y = y + row;
                if y >= last.max(1) && row > 0 {
                    break;
                }
                let (on, x) = (*picked == Some(n), from);
                let mark = if on { "(x)" } else { "( )" };
                let x = sheet.put(x, y, 4, mark, if on { Role::Accent } else { Role::Dim }) + 1;
                let x = sheet.put(x, y, 2, &choice.key.to_string(), Role::KeyHint) + 1;
                let end = sheet.put(x, y, u16::MAX, &choice.label, if on { Role::Title } else { Role::Text });
                sheet.hot_row(from, y, end.saturating_sub(from), Target::Choice(at, n));
            }
        }
        Value::Text(text) | Value::Typed { text, .. } => {
            let cols = sheet.width().saturating_sub(x + 1);
            sheet.put(x, y, cols, text.text(), Role::Text);
        }
    }
}

fn last_lines(model: &Model, form: &Form, at_field: bool, sheet: &mut Canvas<'_>) {
    let (width, rows) = (sheet.width(), sheet.height());
    let hint = form.fields.get(form.focus).map_or("", |field| field.hint.as_str());
    match &form.error {
        // Without room for it at its field it stands here.
        Some(error) if !at_field => sheet.put(2, rows.saturating_sub(2), u16::MAX, error, Role::Error),
        _ => sheet.put(2, rows.saturating_sub(2), u16::MAX, hint, Role::Dim),
    };
    let mut foot = sheet.part(Rect { x: 0, y: rows.saturating_sub(1), width, height: 1 });
    // Whose word it is comes before the keys: those are in the help as well.
    let said = model.me.as_ref().map(|me| whose(me, form)).unwrap_or_default();
    let least = if said.is_empty() { 0 } else { foot.cols(&said) + 4 };
    let start = footer::only_keys(model, least.min(width), &mut foot);
    foot.put(2, 0, start.saturating_sub(3), &said, Role::Title);
}

/// Whose word it is, and who writes it down.
fn whose(me: &Me, form: &Form) -> String {
    let other = form.speaker().filter(|by| **by != me.name);
    let open = form.fields.iter().any(Field::asks_whose);
    match other {
        _ if open => "whose word is it?".to_owned(),
        Some(by) => format!("word of {by}, written down by {}", me.name),
        None if form.is_by_fallback() => format!("as {}, as fallback", me.name),
        None => format!("as {}, {}", me.name, me.known),
    }
}
