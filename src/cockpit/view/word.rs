//! The board's word in large letters.

use ratatui::{layout::Rect, style::Modifier};

use super::{
    Canvas,
    letters::{self, Letter},
    look::word_role,
};
use gonogo_domain::{Board, BoardWord};
use gonogo_theme::Role;

const G: Letter = &[" #### ", "##    ", "## ###", "##  ##", "##  ##", " #### "];
const O: Letter = &[" #### ", "##  ##", "##  ##", "##  ##", "##  ##", " #### "];
const N: Letter = &["##   ##", "###  ##", "#### ##", "## ####", "##  ###", "##   ##"];
const H: Letter = &["##  ##", "##  ##", "######", "##  ##", "##  ##", "##  ##"];
const L: Letter = &["##   ", "##   ", "##   ", "##   ", "##   ", "#####"];
const D: Letter = &["##### ", "##  ##", "##  ##", "##  ##", "##  ##", "##### "];
const DASH: Letter = &["   ", "   ", "###", "###", "   ", "   "];

const E: Letter = &["######", "##    ", "##### ", "##    ", "##    ", "######"];
const A: Letter = &[" #### ", "##  ##", "##  ##", "######", "##  ##", "##  ##"];
const K: Letter = &["##  ##", "## ## ", "####  ", "####  ", "## ## ", "##  ##"];
const SPACE: Letter = &["  ", "  ", "  ", "  ", "  ", "  "];
const S: Letter = &[" #### ", "##  ##", " ##   ", "   ## ", "##  ##", " #### "];
const C: Letter = &[" #### ", "##  ##", "##    ", "##    ", "##  ##", " #### "];
const R: Letter = &["##### ", "##  ##", "##  ##", "##### ", "##  ##", "##  ##"];
const U: Letter = &["##  ##", "##  ##", "##  ##", "##  ##", "##  ##", " #### "];
const B: Letter = &["##### ", "##  ##", "##### ", "##  ##", "##  ##", "##### "];

/// Columns of a plate that holds two words.
const PLAQUE: u16 = 27;

/// The word and what it is called: a SCRUB is a HOLD by name.
#[derive(Clone, Copy)]
pub(super) struct ShownWord {
    word: BoardWord,
    scrubbed: bool,
    rolled_back: bool,
    closed: bool,
    named: &'static str,
}

impl ShownWord {
    pub fn of(board: &Board) -> Self {
        Self {
            word: board.word,
            scrubbed: board.is_scrubbed(),
            rolled_back: board.is_rolled_back() && !board.is_closed(),
            closed: board.is_closed(),
            named: board.named(),
        }
    }

    fn letters(self) -> &'static [Letter] {
        match self.word {
            _ if self.rolled_back => &[R, O, L, L, E, D, SPACE, B, A, C, K],
            BoardWord::Go => &[G, O],
            BoardWord::NoGo => &[N, O, DASH, G, O],
            BoardWord::Hold if self.closed => &[C, L, O, S, E, D],
            BoardWord::Hold if self.scrubbed => &[S, C, R, U, B],
            BoardWord::Hold => &[H, O, L, D],
        }
    }
}

/// Columns that the word takes at this scale.
pub(super) fn columns(word: ShownWord, scale: u16) -> u16 {
    // Two words are too long to be doubled, or to stand beside anything on a small screen.
    match (word.rolled_back, scale) {
        (true, 1) => PLAQUE,
        (true, _) => letters::columns(word.letters()),
        (false, scale) => letters::columns(word.letters()) * scale,
    }
}

/// Draws the word in the upper left corner of `place`: whole, or not at all.
pub(super) fn draw(word: ShownWord, scale: u16, place: Rect, canvas: &mut Canvas<'_>) -> bool {
    let rows = 3 * scale;
    if place.width < columns(word, scale) || place.height < rows {
        return false;
    }
    let mut part = canvas.part(place);
    if part.width() < columns(word, scale) || part.height() < rows {
        return false;
    }
    // The letters are drawn by their shape; turned inside out or underlined they could not be read.
    let style =
        part.look.style(word_role(word.word)).remove_modifier(Modifier::REVERSED | Modifier::UNDERLINED);
    match (part.look.is_ascii(), scale) {
        (_, 1) if word.rolled_back => plaque(word, &mut part),
        (ascii, _) if word.rolled_back => {
            for y in 0..rows / 2 {
                part.put_styled(0, y + 1, u16::MAX, &letters::row(word.letters(), 1, y, ascii), style);
            }
        }
        (true, 1) => plaque(word, &mut part),
        (ascii, _) => {
            for y in 0..rows {
                part.put_styled(0, y, u16::MAX, &letters::row(word.letters(), scale, y, ascii), style);
            }
        }
    }
    true
}

/// Three rows of ASCII are too few for letters: the word on a plate, in reverse where the terminal has that.
fn plaque(word: ShownWord, part: &mut Canvas<'_>) {
    let cols = usize::from(columns(word, 1));
    let style = part.look.style(word_role(word.word)).add_modifier(Modifier::REVERSED | Modifier::BOLD);
    let spaced = word.named.chars().map(String::from).collect::<Vec<_>>().join(" ");
    for (y, text) in (0..).zip(["", spaced.as_str(), ""]) {
        part.put_styled(0, y, u16::MAX, &format!("#{text:^width$}#", width = cols.saturating_sub(2)), style);
    }
}

/// Draws the word as plain text with its shape, whole or as the shape alone: a part of NO-GO could read GO.
/// The column behind it is the answer.
pub(super) fn plain(word: ShownWord, x: u16, y: u16, canvas: &mut Canvas<'_>) -> u16 {
    let shape = canvas.look.word_shape(word.word);
    let full = format!("{shape} {}", word.named);
    let room = canvas.width().saturating_sub(x);
    let text = [full.as_str(), word.named, shape].into_iter().find(|text| canvas.cols(text) <= room);
    canvas.put(x, y, room, text.unwrap_or_default(), word_role(word.word))
}

/// The role that the word is drawn in.
pub(super) fn role(word: BoardWord) -> Role {
    word_role(word)
}
