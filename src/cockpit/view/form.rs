//! A form: a sheet at the bottom of the screen, so that the word stays in sight.

use ratatui::layout::{Position, Rect};

use super::{Canvas, footer, wrap::wrap};
use crate::{
    Model, Target,
    model::{Field, Form, Me, Purpose, TextField, Value},
};
use gonogo_text as text;
use gonogo_theme::Role;

/// Columns of a label.
const LABEL: u16 = 13;

/// Draws the form; where the text cursor stands is the answer.
pub(super) fn draw(model: &Model, form: &Form, canvas: &mut Canvas<'_>) -> Option<Position> {
    let (width, height) = (canvas.width(), canvas.height());
    let intro = intro(form, width.saturating_sub(3));
    let fields = u16::try_from(form.fields.len()).unwrap_or(u16::MAX);
    // What the word would do stands above the hint; its rows are kept free, so that nothing moves when it is known.
    let told = if height >= 20 { 2 } else { 1 };
    let wanted = 4 + told + u16::try_from(intro.len()).unwrap_or(0) + fields;
    let rows = wanted.min(height.saturating_sub(2));
    let top = height - rows;
    let mut sheet = canvas.part(Rect { x: 0, y: top, width, height: rows });
    sheet.clear();
    sheet.line_across(0, 0, width);
    sheet.put(2, 0, width.saturating_sub(4), &format!(" {} ", form.title), Role::Title);
    // Fields come before the introduction when there is no room for both.
    let room = rows.saturating_sub(3 + told);
    let spare = room.saturating_sub(fields);
    let mut y = 1;
    for line in intro.iter().take(usize::from(spare)) {
        sheet.put(2, y, u16::MAX, line, Role::Dim);
        y += 1;
    }
    let first = (form.focus + 1).saturating_sub(usize::from(rows.saturating_sub(y + 2 + told)).max(1));
    let mut cursor = None;
    for (n, field) in form.fields.iter().enumerate().skip(first) {
        if y + 2 + told > rows {
            break;
        }
        let focused = n == form.focus;
        sheet.hot_row(0, y, width, Target::Field(n));
        let at = draw_field((n, field), focused, y, &mut sheet);
        cursor = cursor.or(at.map(|x| Position { x, y: top + y }));
        y += 1;
    }
    foreseen(form, told, &mut sheet);
    last_lines(model, form, &mut sheet);
    cursor
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

/// Draws one field; the column of the cursor, if it stands there, is the answer.
fn draw_field((at, field): (usize, &Field), focused: bool, y: u16, sheet: &mut Canvas<'_>) -> Option<u16> {
    let need = if field.required { "" } else { "?" };
    sheet.put(2, y, LABEL, &format!("{}{need}", field.label), if focused { Role::Title } else { Role::Dim });
    let x = 2 + LABEL + 1;
    let cursor = match &field.value {
        Value::Pick { options, picked, .. } => {
            options.iter().enumerate().fold(x, |x, (n, choice)| {
                let on = *picked == Some(n);
                let from = x;
                let mark = if on { "(x)" } else { "( )" };
                let x = sheet.put(x, y, 4, mark, if on { Role::Accent } else { Role::Dim }) + 1;
                let x = sheet.put(x, y, 2, &choice.key.to_string(), Role::KeyHint) + 1;
                let end = sheet.put(x, y, u16::MAX, &choice.label, if on { Role::Title } else { Role::Text });
                sheet.hot_row(from, y, end - from, Target::Choice(at, n));
                end + 3
            });
            None
        }
        Value::Text(text) | Value::Typed { text, .. } => {
            let cols = sheet.width().saturating_sub(x + 1);
            let (shown, cursor) = window(text, usize::from(cols));
            sheet.put(x, y, cols, &shown, Role::Text);
            focused.then(|| x + u16::try_from(cursor).unwrap_or_default())
        }
    };
    if focused {
        sheet.over(0, y, sheet.width(), Role::Selection);
    }
    cursor
}

/// The part of a long text around its cursor, and the cursor's column in it.
fn window(field: &TextField, cols: usize) -> (String, usize) {
    use unicode_segmentation::UnicodeSegmentation as _;
    let (before, behind) = field.halves();
    let (before, behind) = (text::clean(before), text::clean(behind));
    let mut used = 0;
    let room = cols.saturating_sub(1);
    let tail: Vec<&str> = before
        .graphemes(true)
        .rev()
        .take_while(|letter| {
            used += text::width(letter);
            used <= room
        })
        .collect();
    let shown: String = tail.into_iter().rev().collect();
    let cursor = text::width(&shown);
    (format!("{shown}{behind}"), cursor)
}

fn last_lines(model: &Model, form: &Form, sheet: &mut Canvas<'_>) {
    let (width, rows) = (sheet.width(), sheet.height());
    let hint = form.fields.get(form.focus).map_or("", |field| field.hint.as_str());
    match &form.error {
        Some(error) => sheet.put(2, rows.saturating_sub(2), u16::MAX, error, Role::Error),
        None => sheet.put(2, rows.saturating_sub(2), u16::MAX, hint, Role::Dim),
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
