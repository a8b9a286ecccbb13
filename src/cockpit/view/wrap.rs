//! Breaking text into lines that fit.

use super::canvas::{Piece, piece};
use gonogo_text as text;
use gonogo_theme::Role;

/// Columns that the beginning of a long word is worth, its blank among them.
const LEAST: usize = 5;

/// `text` in lines of at most `cols` columns, broken at blanks where there are any. At most `most` lines; what is
/// beyond is cut and says so.
pub(crate) fn wrap(text: &str, cols: u16, most: usize) -> Vec<String> {
    let cols = usize::from(cols.max(1));
    let mut lines = Vec::new();
    for paragraph in text::clean_block(text).lines() {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            add_word(&mut lines, &mut line, word, cols);
        }
        lines.push(line);
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = text::fit(&format!("{last} \u{2026}"), cols);
        }
    }
    lines
}

/// A line of pieces in lines of at most `cols` columns, broken at blanks, each piece in its own role. Lines but the first begin
/// with `indent` blanks.
pub(super) fn wrap_pieces(line: &[Piece<'_>], cols: u16, indent: usize) -> Vec<Vec<Piece<'static>>> {
    let cols = usize::from(cols.max(1));
    let (mut lines, mut now): (Vec<_>, Vec<Piece<'static>>) = (Vec::new(), Vec::new());
    let mut used = 0;
    for (said, role) in line {
        for word in text::clean(said).split_inclusive(' ') {
            let width = text::width(word.trim_end());
            if used + width > cols && used > indent {
                lines.push(std::mem::replace(&mut now, vec![piece(" ".repeat(indent), Role::Text)]));
                used = indent;
            }
            // No line but the first begins with a blank of its own.
            if width == 0 && used == indent && !lines.is_empty() {
                continue;
            }
            used += text::width(word);
            now.push(piece(word.to_owned(), *role));
        }
    }
    lines.push(now);
    lines
}

fn add_word(lines: &mut Vec<String>, line: &mut String, word: &str, cols: usize) {
    let gap = usize::from(!line.is_empty());
    if text::width(line) + gap + text::width(word) <= cols {
        if gap > 0 {
            line.push(' ');
        }
        line.push_str(word);
        return;
    }
    if gap > 0 && text::width(word) > cols && text::width(line) + LEAST <= cols {
        // It is broken anyway: it begins where there is room.
        line.push(' ');
    } else if !line.is_empty() {
        lines.push(std::mem::take(line));
    }
    *line = break_long(lines, std::mem::take(line), word, cols);
}

/// Breaks a word that is longer than a line, after what is already in the line; returns what is left over.
fn break_long(lines: &mut Vec<String>, mut line: String, word: &str, cols: usize) -> String {
    use unicode_segmentation::UnicodeSegmentation as _;
    let mut used = text::width(&line);
    for letter in word.graphemes(true) {
        let width = text::width(letter);
        if used + width > cols && used > 0 {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        line.push_str(letter);
        used += width;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_and_long_words_between_letters() {
        assert_eq!(wrap("one two three", 7, 9), ["one two", "three"]);
        assert_eq!(wrap("a\nb", 7, 9), ["a", "b"]);
        assert_eq!(wrap("世界平和です", 5, 9), ["世界", "平和", "です"]);
        assert_eq!(wrap("ab 世界平和です", 8, 9), ["ab 世界", "平和です"]);
        assert_eq!(wrap("abcd 世界平和です", 8, 9), ["abcd", "世界平和", "です"]);
        assert_eq!(wrap("one two three four", 5, 2), ["one", "two …"]);
        assert_eq!(wrap("", 5, 2), Vec::<String>::new());
    }

    #[test]
    fn pieces_keep_their_roles_when_they_are_broken() {
        let line = [piece("  QA: ", Role::Title), piece("responsible NOBODY; accountable octo", Role::Hold)];
        let lines = wrap_pieces(&line, 24, 4);
        let said = |line: &Vec<Piece<'_>>| line.iter().map(|(text, _)| text.to_string()).collect::<String>();
        let said: Vec<_> = lines.iter().map(said).collect();
        assert_eq!(said, ["  QA: responsible ", "    NOBODY; accountable ", "    octo"]);
        assert_eq!(lines[0][2].1, Role::Title);
        assert!(lines[1].iter().skip(1).all(|(_, role)| *role == Role::Hold));
    }

    #[test]
    fn no_line_is_too_long() {
        for cols in 1..20 {
            for line in wrap(
                "NO-GO: 👩🏽\u{200d}💻 e\u{301}e\u{301} \u{202e}evil\u{1b}[31m 1234567890123456789012",
                cols,
                99,
            ) {
                assert!(text::width(&line) <= usize::from(cols.max(8)), "{cols}: {line}");
            }
        }
    }
}
