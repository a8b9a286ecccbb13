//! What the terminal is known to show, as far as it saves bytes to know it.

use ratatui::{layout::Size, style::Color};

use super::{ON_BLANKS, Pen};

/// What is known of a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KnownCell {
    /// What it shows is not known.
    Nothing,
    /// Something else than a letter of ASCII: terminals do not agree on how wide it is.
    Other,
    /// This letter, and how it is drawn.
    Letter(u8, Pen),
}

/// The cells of a terminal.
pub(super) struct KnownCells {
    size: Size,
    cells: Vec<KnownCell>,
}

impl KnownCells {
    /// Nothing is known.
    pub(super) fn nothing(size: Size) -> Self {
        let cells = usize::from(size.width) * usize::from(size.height);
        Self { size, cells: vec![KnownCell::Nothing; cells] }
    }

    fn at(&mut self, x: u16, y: u16) -> Option<&mut KnownCell> {
        if x >= self.size.width {
            return None;
        }
        self.cells.get_mut(usize::from(y) * usize::from(self.size.width) + usize::from(x))
    }

    /// The cells of `y` from `from` up to `to`.
    fn row(&self, from: u16, to: u16, y: u16) -> Option<&[KnownCell]> {
        let row = usize::from(y) * usize::from(self.size.width);
        self.cells.get(row + usize::from(from)..row + usize::from(to))
    }

    /// A letter was written.
    pub(super) fn wrote(&mut self, x: u16, y: u16, symbol: &str, pen: Pen) {
        let new = match symbol.as_bytes() {
            [byte] => KnownCell::Letter(*byte, pen),
            _ => KnownCell::Other,
        };
        let Some(cell) = self.at(x, y) else { return };
        let old = std::mem::replace(cell, new);
        // What is wide, or was, has taken the next cell with it.
        if (old == KnownCell::Other || new == KnownCell::Other)
            && let Some(next) = self.at(x + 1, y)
        {
            *next = KnownCell::Nothing;
        }
    }

    /// All of it was erased in this ground.
    pub(super) fn cleared(&mut self, pen: Pen) {
        self.cells.fill(KnownCell::Letter(b' ', pen));
    }

    /// Whether the cells of `y` from `from` up to `to` are blanks in this ground.
    pub(super) fn are_blank(&self, from: u16, to: u16, y: u16, ground: Color) -> bool {
        let blank = |cell: &KnownCell| match cell {
            KnownCell::Letter(b' ', it) => it.bg == ground && !it.modifier.intersects(ON_BLANKS),
            _ => false,
        };
        self.row(from, to, y).is_some_and(|cells| cells.iter().all(blank))
    }

    /// Whether so many cells from `x` on were written in a ground of our own.
    pub(super) fn have_ground(&self, x: u16, y: u16, cells: u16) -> bool {
        let ours = |cell: &KnownCell| matches!(cell, KnownCell::Letter(_, pen) if pen.bg != Color::Reset);
        self.row(x, x.saturating_add(cells), y).is_some_and(|cells| cells.iter().all(ours))
    }

    /// The letters of `y` from `from` up to `to`, if writing them anew with this pen would change none of them.
    pub(super) fn between(&self, from: u16, to: u16, y: u16, pen: Pen) -> Option<String> {
        let letter = |cell: &KnownCell| match cell {
            KnownCell::Letter(b' ', it) => {
                (it.bg == pen.bg && !(it.modifier | pen.modifier).intersects(ON_BLANKS)).then_some(' ')
            }
            KnownCell::Letter(letter, it) => (*it == pen).then(|| char::from(*letter)),
            KnownCell::Nothing | KnownCell::Other => None,
        };
        self.row(from, to, y)?.iter().map(letter).collect()
    }
}
