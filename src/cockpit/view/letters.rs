//! Words in letters that are read from the back of a room: three rows of the screen each, whole or not at all.

use ratatui::style::Modifier;

use super::Canvas;
use gonogo_theme::Role;

/// A letter, one string per row of pixels. Two rows share a row of the screen.
pub(super) type Letter = &'static [&'static str];

/// Rows of pixels of a letter here.
const HEIGHT: u16 = 5;
/// Rows of the screen at scale 1.
pub(super) const ROWS: u16 = 3;

/// Each letter, one string per row of pixels.
#[rustfmt::skip]
const LETTERS: [(char, Letter); 40] = [
    ('A', &[" # ", "# #", "###", "# #", "# #"]), ('B', &["## ", "# #", "## ", "# #", "## "]),
    ('C', &[" ##", "#  ", "#  ", "#  ", " ##"]), ('D', &["## ", "# #", "# #", "# #", "## "]),
    ('E', &["###", "#  ", "## ", "#  ", "###"]), ('F', &["###", "#  ", "## ", "#  ", "#  "]),
    ('G', &[" ###", "#   ", "# ##", "#  #", " ###"]), ('H', &["# #", "# #", "###", "# #", "# #"]),
    ('I', &["#", "#", "#", "#", "#"]), ('J', &["  #", "  #", "  #", "# #", " # "]),
    ('K', &["# #", "# #", "## ", "# #", "# #"]), ('L', &["#  ", "#  ", "#  ", "#  ", "###"]),
    ('M', &["#   #", "## ##", "# # #", "#   #", "#   #"]), ('N', &["#  #", "## #", "# ##", "#  #", "#  #"]),
    ('O', &[" ## ", "#  #", "#  #", "#  #", " ## "]), ('P', &["## ", "# #", "## ", "#  ", "#  "]),
    ('Q', &[" ## ", "#  #", "#  #", "# # ", " # #"]), ('R', &["## ", "# #", "## ", "# #", "# #"]),
    ('S', &[" ##", "#  ", " # ", "  #", "## "]), ('T', &["###", " # ", " # ", " # ", " # "]),
    ('U', &["# #", "# #", "# #", "# #", "###"]), ('V', &["# #", "# #", "# #", "# #", " # "]),
    ('W', &["#   #", "#   #", "# # #", "## ##", "#   #"]), ('X', &["# #", "# #", " # ", "# #", "# #"]),
    ('Y', &["# #", "# #", " # ", " # ", " # "]), ('Z', &["###", "  #", " # ", "#  ", "###"]),
    ('0', &["###", "# #", "# #", "# #", "###"]), ('1', &["## ", " # ", " # ", " # ", "###"]),
    ('2', &["###", "  #", "###", "#  ", "###"]), ('3', &["###", "  #", " ##", "  #", "###"]),
    ('4', &["# #", "# #", "###", "  #", "  #"]), ('5', &["###", "#  ", "###", "  #", "###"]),
    ('6', &["###", "#  ", "###", "# #", "###"]), ('7', &["###", "  #", " # ", " # ", " # "]),
    ('8', &["###", "# #", "###", "# #", "###"]), ('9', &["###", "# #", "###", "  #", "###"]),
    ('-', &["  ", "  ", "##", "  ", "  "]), (' ', &["  ", "  ", "  ", "  ", "  "]),
    ('.', &[" ", " ", " ", " ", "#"]), ('/', &["  #", "  #", " # ", "#  ", "#  "]),
];

/// The letters of a text; `None` if one of them is not among ours.
fn letters(text: &str) -> Option<Vec<Letter>> {
    let letter = |c: char| LETTERS.iter().find(|(own, _)| *own == c).map(|(_, pixels)| *pixels);
    text.chars().flat_map(char::to_uppercase).map(letter).collect()
}

/// Columns of a text at scale 1.
pub(super) fn columns(letters: &[Letter]) -> u16 {
    let cols: usize = letters.iter().map(|letter| letter[0].len() + 1).sum();
    u16::try_from(cols.saturating_sub(1)).unwrap_or(u16::MAX)
}

/// Draws `text` at the upper left, as large as there is room for up to `most` times, and answers with the rows it
/// took. Where it does not fit as large letters it is one line, spaced out, with a rule below.
pub(super) fn draw(text: &str, most: u16, role: Role, canvas: &mut Canvas<'_>) -> u16 {
    let drawn = letters(text.trim()).filter(|it| !it.is_empty() && !canvas.look.is_ascii());
    let scale = drawn.as_ref().and_then(|letters| {
        (1..=most).rev().find(|scale| {
            columns(letters).saturating_mul(*scale) <= canvas.width() && ROWS * scale <= canvas.height()
        })
    });
    let (Some(letters), Some(scale)) = (drawn, scale) else { return plain(text, role, canvas) };
    // The letters are drawn by their shape; turned inside out or underlined they could not be read.
    let style = canvas.look.style(role).remove_modifier(Modifier::REVERSED | Modifier::UNDERLINED);
    let rows = (HEIGHT * scale).div_ceil(2);
    for y in 0..rows {
        canvas.put_styled(0, y, u16::MAX, &row(&letters, scale, y, false), style);
    }
    rows
}

/// One row of the screen, in half blocks, or in `#` where there are none.
pub(super) fn row(letters: &[Letter], scale: u16, y: u16, ascii: bool) -> String {
    let scale = usize::from(scale);
    let (upper, lower) = (usize::from(y) * 2 / scale, (usize::from(y) * 2 + 1) / scale);
    let mut line = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if at > 0 {
            line.push_str(&" ".repeat(scale));
        }
        for x in 0..letter[0].len() {
            let lit = |row: usize| letter.get(row).and_then(|it| it.as_bytes().get(x)) == Some(&b'#');
            let cell = match (lit(upper), lit(lower)) {
                (true, _) if ascii => '#',
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            };
            line.extend(std::iter::repeat_n(cell, scale));
        }
    }
    line
}

/// One line, in capitals and spaced out where that fits, and a rule of the same length.
fn plain(text: &str, role: Role, canvas: &mut Canvas<'_>) -> u16 {
    let capitals = text.trim().to_uppercase();
    let spaced = capitals.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let fits = capitals.is_ascii() && canvas.cols(&spaced) <= canvas.width();
    let shown = if fits { spaced } else { text.trim().to_owned() };
    let end = canvas.put(0, 0, u16::MAX, &shown, role);
    canvas.line_across(0, 1, end);
    canvas.height().min(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_is_as_wide_in_each_row() {
        for (c, pixels) in LETTERS {
            assert!(pixels.iter().all(|row| row.len() == pixels[0].len()), "{c}");
        }
    }

    #[test]
    fn letters_are_read_back() {
        let letters = letters("Go").unwrap();
        assert_eq!(row(&letters, 1, 0, false), "▄▀▀▀ ▄▀▀▄");
        assert_eq!(row(&letters, 1, 1, false), "█ ▀█ █  █");
        assert_eq!(row(&letters, 1, 2, false), " ▀▀▀  ▀▀ ");
    }

    #[test]
    fn what_has_no_letters_is_none() {
        assert!(letters("品質").is_none());
        assert!(letters("R&D").is_none());
    }
}
