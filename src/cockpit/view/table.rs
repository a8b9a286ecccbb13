//! Rows whose columns are as wide as their content.

use super::canvas::{Piece, piece};
use gonogo_text as text;
use gonogo_theme::Role;

/// The most columns of a cell but the last.
pub(super) const CELL: usize = 24;
/// Blanks before a row, for the pointer.
pub(super) const INDENT: u16 = 2;
/// Blanks between two columns.
const GAP: usize = 2;

/// The cells of a row. All rows of a table have as many.
pub(super) type Cells = Vec<Piece<'static>>;

/// How wide each column is: as wide as its widest cell. One without anything in it is none. One long cell does not push the
/// others out: but for the last, no column has more than `most`.
pub(super) fn widths<'a>(rows: impl Iterator<Item = &'a Cells>, most: usize) -> Vec<usize> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, (cell, _)) in widths.iter_mut().zip(row) {
            *width = text::width(cell).max(*width);
        }
    }
    let last = widths.len().saturating_sub(1);
    widths.iter_mut().take(last).for_each(|width| *width = (*width).min(most));
    widths
}

/// Columns that the whole table takes.
pub(super) fn cols(widths: &[usize]) -> usize {
    let shown = widths.iter().filter(|width| **width > 0).count();
    widths.iter().sum::<usize>() + GAP * shown.saturating_sub(1)
}

/// Where the last column begins.
pub(super) fn before_last(widths: &[usize]) -> usize {
    let before = widths.get(..widths.len().saturating_sub(1)).unwrap_or_default();
    let cols = cols(before);
    if cols == 0 { 0 } else { cols + GAP }
}

/// A row with its cells in their columns. What fills a column up has no role of its own.
pub(super) fn line(cells: &Cells, widths: &[usize]) -> Vec<Piece<'static>> {
    let shown = cells.iter().zip(widths).filter(|(_, width)| **width > 0);
    let mut line = Vec::with_capacity(2 * cells.len());
    let mut behind = 0;
    for ((cell, role), width) in shown {
        let fitted = text::fit(cell, *width);
        if behind > 0 {
            line.push(piece(" ".repeat(behind), Role::Text));
        }
        behind = width.saturating_sub(text::width(&fitted)) + GAP;
        line.push(piece(fitted, *role));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(words: &[&str]) -> Cells {
        words.iter().map(|word| piece((*word).to_owned(), Role::Text)).collect()
    }

    #[test]
    fn columns_are_as_wide_as_what_stands_in_them() {
        let rows =
            [cells(&["due", "", "世界", "to all"]), cells(&["OVERDUE", "", "room", "to nobody at all"])];
        let widths = widths(rows.iter(), 20);
        assert_eq!(widths, [7, 0, 4, 16]);
        let said = |row| line(row, &widths).into_iter().map(|(text, _)| text.to_string()).collect::<String>();
        assert_eq!(said(&rows[0]), "due      世界  to all");
        assert_eq!(said(&rows[1]), "OVERDUE  room  to nobody at all");
        assert_eq!((cols(&widths), before_last(&widths)), (31, 15));
    }

    #[test]
    fn one_long_cell_does_not_push_the_others_out() {
        let rows = [cells(&["a-name-that-goes-on-and-on", "x"])];
        let widths = widths(rows.iter(), 8);
        assert_eq!(widths, [8, 1]);
        assert_eq!(line(&rows[0], &widths)[0].0, "a-name-…");
    }
}
