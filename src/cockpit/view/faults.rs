//! What is wrong with files that were changed, over the lower half of any screen: the word stays in sight.

use ratatui::layout::Rect;

use super::{Canvas, wrap::wrap};
use crate::{Action, Model, Target};
use gonogo_text::clean_block;
use gonogo_theme::Role;

/// Draws it as far as it fits, if there is anything to be said.
pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>) {
    let Some(told) = model.faults.as_ref().filter(|_| model.faults_shown) else { return };
    let (width, height) = (canvas.width(), canvas.height());
    let text = clean_block(&told.told);
    let lines: Vec<String> = text.lines().flat_map(|line| fitted(line, width.saturating_sub(2))).collect();
    let wanted = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(3);
    let rows = wanted.min(height * 2 / 3);
    let mut sheet = canvas.part(Rect { x: 0, y: height - rows, width, height: rows });
    sheet.clear();
    sheet.line_across(0, 0, width);
    let title = if told.launch {
        " The files cannot be used: the launch stays as it was read last "
    } else {
        " The theme cannot be used: colours stay as they were "
    };
    sheet.put(2, 0, width.saturating_sub(4), title, Role::Error);
    let room = usize::from(rows.saturating_sub(2));
    for (y, line) in (1..).zip(lines.iter().take(room)) {
        let role = if line.starts_with("error") { Role::Error } else { Role::Text };
        sheet.put(1, y, width.saturating_sub(2), line, role);
    }
    let foot = rows.saturating_sub(1);
    let hidden = lines.len().saturating_sub(room);
    if hidden > 0 {
        let more = format!("{hidden} more lines: gonogo validate shows all");
        let more = wrap(&more, width / 2, 1).concat();
        sheet.put(1, foot, width / 2, &more, Role::Dim);
    }
    let end = width.saturating_sub(1);
    let start = sheet.put_right(end, foot, 12, "Esc closes", Role::KeyHint);
    sheet.hot_row(start, foot, end.saturating_sub(start), Target::Action(Action::Back));
}

/// A snippet is not broken: its marks stand under what they mark. Sentences are.
fn fitted(line: &str, cols: u16) -> Vec<String> {
    let number = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    let is_snippet = number.trim_start().starts_with('|');
    if is_snippet || line.is_empty() { vec![line.to_owned()] } else { wrap(line, cols, 4) }
}
