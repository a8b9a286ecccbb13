//! The banners, drawn.

use super::Canvas;
use crate::Model;
use gonogo_theme::Role;

/// Draws as many as there is room for; one that says how many more there are, if there are.
pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>) {
    let lines = model.banners();
    let rows = canvas.height();
    let cols = canvas.width();
    for (y, (role, text)) in (0..rows).zip(&lines) {
        if *role != Role::Changed {
            canvas.put(0, y, cols, &" ".repeat(usize::from(cols)), *role);
        }
        let hidden = lines.len().saturating_sub(usize::from(rows));
        let end = if y + 1 == rows && hidden > 0 {
            canvas.put_right(cols.saturating_sub(1), y, 10, &format!("+{hidden}"), *role)
        } else {
            cols
        };
        canvas.put(1, y, end.saturating_sub(2), text, *role);
    }
}
