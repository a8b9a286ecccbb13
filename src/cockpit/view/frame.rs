//! What stands around every screen but the board: whose launch it is and what it says, and the keys.

use ratatui::layout::Rect;

use super::{Canvas, banner, footer, header};
use crate::{Model, layout};
use gonogo_domain::Now;

/// Draws title, word, banners and keys; the place that is left is the answer, a free row below the banners.
pub(super) fn draw(model: &Model, now: Now, canvas: &mut Canvas<'_>) -> Rect {
    let (width, height) = (canvas.width(), canvas.height());
    header::title(model, now, canvas);
    header::word_line(model, &mut canvas.part(Rect { x: 0, y: 1, width, height: 1 }));
    let most = match height {
        30.. => 4,
        20.. => 2,
        _ => 1,
    };
    let banners = u16::try_from(model.banners().len()).unwrap_or(u16::MAX).min(most);
    banner::draw(model, &mut canvas.part(Rect { x: 0, y: 2, width, height: banners }));
    let foot = foot(model, now, canvas);
    let top = 3 + banners;
    Rect { x: 0, y: top, width, height: height.saturating_sub(top + foot) }
}

/// Draws the last lines; the rows taken are the answer.
pub(super) fn foot(model: &Model, now: Now, canvas: &mut Canvas<'_>) -> u16 {
    let (width, height) = (canvas.width(), canvas.height());
    let rows = layout::foot_rows((width, height));
    let place = Rect { x: 0, y: height.saturating_sub(rows), width, height: rows };
    footer::draw(model, now, true, &mut canvas.part(place));
    rows
}

/// The same place with a free column on both sides.
pub(super) fn inset(place: Rect) -> Rect {
    Rect { x: place.x + 1, width: place.width.saturating_sub(2), ..place }
}

/// What is left of a place below its first rows.
pub(super) fn below(place: Rect, rows: u16) -> Rect {
    let rows = rows.min(place.height);
    Rect { y: place.y + rows, height: place.height - rows, ..place }
}
