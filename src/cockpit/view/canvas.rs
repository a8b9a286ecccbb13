//! The one way to put text on the screen: sanitised, cut at a grapheme, never outside its place.

use std::borrow::Cow;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};
use unicode_segmentation::UnicodeSegmentation as _;

use super::Look;
use crate::{Target, Zones};
use gonogo_text as text;
use gonogo_theme::{Role, SymbolSet};

/// A place on the screen to draw on, with coordinates of its own.
pub(crate) struct Canvas<'a> {
    buffer: &'a mut Buffer,
    area: Rect,
    pub(super) look: &'a Look,
    /// What stands where, for the pointer.
    zones: &'a mut Zones,
}

/// A piece of a line.
pub(super) type Piece<'a> = (Cow<'a, str>, Role);

/// A piece of a line from anything that is text.
pub(super) fn piece<'a>(text: impl Into<Cow<'a, str>>, role: Role) -> Piece<'a> {
    (text.into(), role)
}

impl<'a> Canvas<'a> {
    pub fn new(buffer: &'a mut Buffer, area: Rect, look: &'a Look, zones: &'a mut Zones) -> Self {
        let area = area.intersection(buffer.area);
        Self { buffer, area, look, zones }
    }

    /// The part of it at `place`, which counts from its corner.
    pub fn part(&mut self, place: Rect) -> Canvas<'_> {
        let x = self.area.x.saturating_add(place.x);
        let y = self.area.y.saturating_add(place.y);
        let area = Rect { x, y, ..place }.intersection(self.area);
        Canvas { buffer: self.buffer, area, look: self.look, zones: self.zones }
    }

    /// Lets `target` be pointed at on `place`, which counts from its corner.
    pub fn hot(&mut self, place: Rect, target: Target) {
        let x = self.area.x.saturating_add(place.x);
        let y = self.area.y.saturating_add(place.y);
        self.zones.add(Rect { x, y, ..place }.intersection(self.area), target);
    }

    /// The same for so many columns of one row.
    pub fn hot_row(&mut self, x: u16, y: u16, cols: u16, target: Target) {
        self.hot(Rect { x, y, width: cols, height: 1 }, target);
    }

    /// The same for all of it.
    pub fn hot_whole(&mut self, target: Target) {
        self.zones.add(self.area, target);
    }

    pub fn width(&self) -> u16 {
        self.area.width
    }

    pub fn height(&self) -> u16 {
        self.area.height
    }

    pub fn symbols(&self) -> &'a SymbolSet {
        self.look.symbols()
    }

    /// Fills it with blanks in the ground of the screen; what lay there cannot be pointed at any more.
    pub fn clear(&mut self) {
        self.zones.cover(self.area);
        let style = self.look.style(Role::Text);
        for y in self.area.top()..self.area.bottom() {
            for x in self.area.left()..self.area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
        }
    }

    /// Takes the strength out of all that has been drawn on it.
    pub fn dim(&mut self) {
        let style = Style::new().add_modifier(Modifier::DIM).remove_modifier(Modifier::BOLD);
        self.buffer.set_style(self.area, style);
    }

    /// Puts `text` at this place, within `cols` columns; the column behind it is the answer.
    pub fn put(&mut self, x: u16, y: u16, cols: u16, text: &str, role: Role) -> u16 {
        self.put_styled(x, y, cols, text, self.look.style(role))
    }

    pub fn put_styled(&mut self, x: u16, y: u16, cols: u16, text: &str, style: Style) -> u16 {
        let cols = cols.min(self.area.width.saturating_sub(x));
        if y >= self.area.height || cols == 0 {
            return x;
        }
        let fitted = self.fitted(text, cols);
        let end =
            self.buffer.set_stringn(self.area.x + x, self.area.y + y, fitted, usize::from(cols), style).0;
        end.saturating_sub(self.area.x)
    }

    /// Puts `text` so that it ends before the column `end`; the column where it starts is the answer.
    pub fn put_right(&mut self, end: u16, y: u16, cols: u16, text: &str, role: Role) -> u16 {
        let start = end.saturating_sub(self.cols(text).min(cols));
        self.put(start, y, end - start, text, role);
        start
    }

    /// Shows in the last column which part of a longer list is in sight: `shown` of `all` from `first` on.
    pub fn thumb(&mut self, first: usize, shown: usize, all: usize) {
        let rows = usize::from(self.area.height);
        let Some(hidden) = all.checked_sub(shown).filter(|hidden| *hidden > 0 && rows > 2) else { return };
        // By the rows there are: the explanation below the chosen row comes and goes, and the thumb must not flicker with it.
        let length = (rows * rows.min(all) / all).clamp(1, rows - 1);
        let top = (rows - length) * first.min(hidden) / hidden;
        let column = self.area.width.saturating_sub(1);
        // On the ground of the screen, also beside the chosen row: a move of the cursor leaves it alone.
        let style = self.look.style(Role::Text).patch(self.look.style(Role::Dim));
        let style = style.remove_modifier(Modifier::all());
        for y in (0..self.area.height).skip(top).take(length) {
            self.put_styled(column, y, 1, self.look.symbols().thumb, style);
        }
    }

    /// Puts `text` as [`Canvas::put`] does, with the letters at `marks` (by graphemes, in order) in another role.
    pub fn put_marked(
        &mut self,
        (x, y, cols): (u16, u16, u16),
        text: &str,
        marks: &[u32],
        (role, marked): (Role, Role),
    ) -> u16 {
        if marks.is_empty() {
            return self.put(x, y, cols, text, role);
        }
        let fitted = self.fitted(text, cols.min(self.area.width.saturating_sub(x)));
        let mut pieces: Vec<(String, bool)> = Vec::new();
        for (at, letter) in (0_u32..).zip(fitted.graphemes(true)) {
            let is_marked = marks.binary_search(&at).is_ok();
            match pieces.last_mut().filter(|(_, it)| *it == is_marked) {
                Some((piece, _)) => piece.push_str(letter),
                None => pieces.push((letter.to_owned(), is_marked)),
            }
        }
        let end = x.saturating_add(cols);
        pieces.iter().fold(x, |x, (text, is_marked)| {
            self.put(x, y, end.saturating_sub(x), text, if *is_marked { marked } else { role })
        })
    }

    /// Puts pieces one behind another from `x` up to the right edge; the column behind them is the answer.
    pub fn line(&mut self, x: u16, y: u16, pieces: &[Piece<'_>]) -> u16 {
        pieces.iter().fold(x, |x, (text, role)| self.put(x, y, u16::MAX, text, *role))
    }

    /// Columns that `text` takes.
    pub fn cols(&self, text: &str) -> u16 {
        u16::try_from(text::width(&self.plain(text))).unwrap_or(u16::MAX)
    }

    /// Lays the ground and the attributes of a style over a row of this place. Colours of text stay: they mean
    /// something. In the first column a pointer says the same without colour.
    pub fn over(&mut self, x: u16, y: u16, cols: u16, role: Role) {
        let style = self.ground(x, y, cols, role);
        if role == Role::Selection {
            let pointer = self.look.style(Role::Accent).patch(style);
            self.put_styled(x, y, 1, self.symbols().pointer, pointer);
        }
    }

    /// The same without a pointer, for further rows of the same thing; the style that was laid is the answer.
    pub fn ground(&mut self, x: u16, y: u16, cols: u16, role: Role) -> Style {
        let style = Style { fg: None, ..self.look.style(role) };
        let area = Rect {
            x: self.area.x.saturating_add(x),
            y: self.area.y.saturating_add(y),
            width: cols,
            height: 1,
        };
        self.buffer.set_style(area.intersection(self.area), style);
        style
    }

    /// A line down its whole height.
    pub fn line_down(&mut self, x: u16) {
        for y in 0..self.height() {
            self.put(x, y, 1, self.symbols().rule[1], Role::Border);
        }
    }

    /// A line across.
    pub fn line_across(&mut self, x: u16, y: u16, cols: u16) {
        let rule = self.symbols().rule[0].repeat(usize::from(cols.min(self.width())));
        self.put(x, y, cols, &rule, Role::Border);
    }

    fn fitted(&self, text: &str, cols: u16) -> String {
        let text = self.plain(text);
        if self.look.is_ascii() {
            text::fit_ascii(&text, usize::from(cols))
        } else {
            text::fit(&text, usize::from(cols))
        }
    }

    /// In ASCII, typographic signs become the nearest plain one rather than a question mark.
    fn plain<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.look.is_ascii() || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        Cow::Owned(text.chars().map(plain_char).collect())
    }
}

fn plain_char(c: char) -> char {
    match c {
        '·' | '│' | '┃' => '|',
        '–' | '—' | '‐' | '‑' | '−' | '─' => '-',
        '→' => '>',
        '←' => '<',
        '…' | '≈' => '~',
        '‘' | '’' => '\'',
        '“' | '”' | '„' => '"',
        '×' => 'x',
        '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
        other => other,
    }
}
