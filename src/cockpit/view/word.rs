//! The board's word in large letters.

use ratatui::layout::Rect;

use super::{Canvas, look::word_role};
use crate::{domain::BoardWord, theme::Role};

/// Rows of pixels of a letter. Two of them share a row of the screen.
const PIXELS: usize = 6;

/// A letter, one string per row of pixels.
type Letter = [&'static str; PIXELS];

const G: Letter = [" ####", "##   ", "## ##", "##  #", "##  #", " ####"];
const O: Letter = [" ### ", "## ##", "## ##", "## ##", "## ##", " ### "];
const N: Letter = ["##  ##", "### ##", "######", "## ###", "##  ##", "##  ##"];
const H: Letter = ["## ##", "## ##", "#####", "#####", "## ##", "## ##"];
const L: Letter = ["##  ", "##  ", "##  ", "##  ", "####", "####"];
const D: Letter = ["#### ", "## ##", "## ##", "## ##", "## ##", "#### "];
const DASH: Letter = ["   ", "   ", "###", "###", "   ", "   "];

fn letters(word: BoardWord) -> &'static [Letter] {
    match word {
        BoardWord::Go => &[G, O],
        BoardWord::Hold => &[H, O, L, D],
        BoardWord::NoGo => &[N, O, DASH, G, O],
    }
}

/// Columns that the word takes at this scale.
pub(super) fn columns(word: BoardWord, scale: u16) -> u16 {
    let widths = letters(word).iter().map(|letter| letter[0].len() + 1).sum::<usize>();
    u16::try_from(widths.saturating_sub(1)).unwrap_or(u16::MAX) * scale
}

/// Draws the word in the upper left corner of `place`: whole, or not at all.
pub(super) fn draw(word: BoardWord, scale: u16, place: Rect, canvas: &mut Canvas<'_>) -> bool {
    let rows = 3 * scale;
    if place.width < columns(word, scale) || place.height < rows {
        return false;
    }
    let mut part = canvas.part(place);
    if part.width() < columns(word, scale) || part.height() < rows {
        return false;
    }
    for y in 0..rows {
        let line = row(word, scale, y, part.look.is_ascii());
        part.put(0, y, u16::MAX, &line, word_role(word));
    }
    true
}

/// One row of the screen.
fn row(word: BoardWord, scale: u16, y: u16, ascii: bool) -> String {
    let scale = usize::from(scale);
    let (upper, lower) = (usize::from(y) * 2 / scale, (usize::from(y) * 2 + 1) / scale);
    let mut line = String::new();
    for (at, letter) in letters(word).iter().enumerate() {
        if at > 0 {
            line.push_str(&" ".repeat(scale));
        }
        for x in 0..letter[0].len() {
            let lit = |row: usize| letter.get(row).and_then(|it| it.as_bytes().get(x)) == Some(&b'#');
            let cell = match (lit(upper), lit(lower)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            };
            let cell = if ascii && cell != ' ' { ascii_cell(cell) } else { cell };
            line.extend(std::iter::repeat_n(cell, scale));
        }
    }
    line
}

fn ascii_cell(cell: char) -> char {
    match cell {
        '▀' => '"',
        '▄' => '_',
        _ => '#',
    }
}

/// Draws the word as plain text with its shape, whole or as the shape alone: a part of NO-GO could read GO.
/// The column behind it is the answer.
pub(super) fn plain(word: BoardWord, x: u16, y: u16, canvas: &mut Canvas<'_>) -> u16 {
    let shape = canvas.look.word_shape(word);
    let full = format!("{shape} {word}");
    let room = canvas.width().saturating_sub(x);
    let text = [full.as_str(), word.word(), shape].into_iter().find(|text| canvas.cols(text) <= room);
    canvas.put(x, y, room, text.unwrap_or_default(), word_role(word))
}

/// The role that the word is drawn in.
pub(super) fn role(word: BoardWord) -> Role {
    word_role(word)
}
