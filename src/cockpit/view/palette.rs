//! The palette: a sheet at the bottom of the screen, so that the word stays in sight.

use ratatui::layout::{Position, Rect};

use super::{Canvas, footer};
use crate::{
    Model, Target,
    model::{Palette, PaletteEntry},
};
use gonogo_text as text;
use gonogo_theme::Role;

/// Rows of entries, at the most.
const ROWS: u16 = 12;
/// Columns of a name, at the most.
const NAME: u16 = 36;
/// Where the keys end: they stay near to what they do on a wide screen.
const WIDEST: u16 = 104;

/// Draws it; where the text cursor stands is the answer.
pub(super) fn draw(model: &Model, palette: &Palette, canvas: &mut Canvas<'_>) -> Option<Position> {
    let (width, height) = (canvas.width(), canvas.height());
    // The rule, the line that is typed, the keys.
    let frame = 3;
    let rows = ROWS.min(height.saturating_sub(frame + 6)).max(3).min(height.saturating_sub(frame));
    let top = height.saturating_sub(rows + frame);
    let mut sheet = canvas.part(Rect { x: 0, y: top, width, height: rows + frame });
    sheet.clear();
    sheet.line_across(0, 0, width);
    let count = if palette.field.text().trim().is_empty() {
        format!(" {} actions ", palette.of)
    } else {
        format!(" {} fit ", palette.entries.len())
    };
    sheet.put(2, 0, width.saturating_sub(4), " What is to be done? ", Role::Title);
    sheet.put_right(width.saturating_sub(2), 0, 20, &count, Role::Dim);
    let cursor = typed(palette, &mut sheet).map(|x| Position { x, y: top + 1 });
    list(palette, rows, &mut sheet);
    let last = Rect { x: 0, y: rows + frame - 1, width, height: 1 };
    footer::only_keys(model, 0, &mut sheet.part(last));
    cursor
}

fn typed(palette: &Palette, sheet: &mut Canvas<'_>) -> Option<u16> {
    let width = sheet.width();
    let x = sheet.put(1, 1, 2, ":", Role::KeyHint) + 1;
    let (before, behind) = palette.field.halves();
    let before = text::clean(before);
    sheet.put(x, 1, u16::MAX, &format!("{before}{}", text::clean(behind)), Role::Text);
    if palette.field.text().is_empty() {
        let hint = "an action, or one with what it is about: sign qa, go to timeline";
        sheet.put(x + 1, 1, u16::MAX, hint, Role::Dim);
    }
    let cursor = x + u16::try_from(text::width(&before)).unwrap_or(u16::MAX).min(width);
    Some(cursor.min(width.checked_sub(1)?))
}

fn list(palette: &Palette, rows: u16, sheet: &mut Canvas<'_>) {
    if palette.entries.is_empty() {
        sheet.put(3, 2, u16::MAX, "nothing that can be done is called so", Role::Dim);
        return;
    }
    // The chosen one is in sight, and so is what is around it.
    let shown = usize::from(rows);
    let first = palette.at.saturating_sub(shown.saturating_sub(1));
    let name = palette.entries.iter().skip(first).take(shown).map(|it| sheet.cols(&it.name)).max();
    let name = name.unwrap_or_default().clamp(12, NAME).min(sheet.width() / 2);
    for (y, (at, entry)) in (2..).zip(palette.entries.iter().enumerate().skip(first).take(shown)) {
        let chosen = at == palette.at;
        row(entry, name, y, chosen, sheet);
        sheet.hot_row(0, y, sheet.width(), Target::Entry(at));
        if chosen {
            sheet.over(0, y, sheet.width(), Role::Selection);
        }
    }
}

/// `sign qa/smoke   Smoke test on staging   s`: dim, and with the reason, where it would be refused.
fn row(entry: &PaletteEntry, name: u16, y: u16, chosen: bool, sheet: &mut Canvas<'_>) {
    // On the ground of the chosen row only a colour of letters can be read.
    let marked = if chosen { Role::Accent } else { Role::SearchMatch };
    let end = sheet.width().min(WIDEST).saturating_sub(1);
    let refused = entry.refusal.is_some();
    let role = if refused { Role::Dim } else { Role::Text };
    sheet.put_marked((3, y, name), &entry.name, &entry.marks, (role, marked));
    let key = sheet.put_right(end, y, 12, &entry.key, if refused { Role::Dim } else { Role::KeyHint });
    let x = 3 + name + 2;
    let room = key.saturating_sub(x + 2);
    match &entry.refusal {
        Some(why) => sheet.put(x, y, room, &format!("not now: {why}"), Role::Dim),
        None => sheet.put_marked((x, y, room), &entry.about, &entry.about_marks, (Role::Dim, marked)),
    };
}
