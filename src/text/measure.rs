//! Columns and lengths. Everything here cleans first, so nothing that was measured can be unfit for output.

use super::clean::clean;
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr;

/// The terminal columns that `text` takes once cleaned, counted by grapheme.
pub fn width(text: &str) -> usize {
    columns(&clean(text))
}

/// `text` on one line of at most `cols` columns, cut at a grapheme and ending in `…` if anything was cut.
pub fn fit(text: &str, cols: usize) -> String {
    cut(clean(text), cols, '…')
}

/// As [`fit`], for terminals without UTF-8: through [`ascii`], and a cut shows as `~`.
pub fn fit_ascii(text: &str, cols: usize) -> String {
    cut(ascii(text), cols, '~')
}

/// `text` in exactly `cols` columns: cut as by [`fit`], or filled up with spaces on the right.
pub fn pad(text: &str, cols: usize) -> String {
    let mut out = fit(text, cols);
    out.push_str(&" ".repeat(cols.saturating_sub(columns(&out))));
    out
}

/// As [`pad`], with the spaces on the left: for numbers.
pub fn pad_left(text: &str, cols: usize) -> String {
    let body = fit(text, cols);
    " ".repeat(cols.saturating_sub(columns(&body))) + &body
}

/// `text` on one line of at most `max_chars` characters (scalar values after cleaning), cut at a grapheme and
/// ending in `…` if anything was cut. For logs and files, where length counts and columns do not.
pub fn cap(text: &str, max_chars: usize) -> String {
    let text = clean(text);
    if text.chars().nth(max_chars).is_none() {
        return text.into_owned();
    }
    let room = max_chars.saturating_sub(1);
    shorten(&text, room, |g| g.chars().count()) + if max_chars == 0 { "" } else { "…" }
}

/// `text` cleaned, with `?` in every column that is not ASCII. The width stays the same.
pub fn ascii(text: &str) -> Cow<'_, str> {
    let text = clean(text);
    if text.is_ascii() {
        return text;
    }
    let shown = |g: &str| if g.is_ascii() { g.to_owned() } else { "?".repeat(g.width()) };
    Cow::Owned(text.graphemes(true).map(shown).collect())
}

/// Columns of text that is clean already.
fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

fn cut(text: Cow<'_, str>, cols: usize, mark: char) -> String {
    if columns(&text) <= cols {
        return text.into_owned();
    }
    let mut out = shorten(&text, cols.saturating_sub(1), UnicodeWidthStr::width);
    if cols > 0 {
        out.push(mark);
    }
    out
}

/// The longest run of whole graphemes from the start that measures at most `room`.
fn shorten(text: &str, room: usize, measure: impl Fn(&str) -> usize) -> String {
    let mut used = 0;
    let fits = |g: &&str| {
        used += measure(g);
        used <= room
    };
    text.graphemes(true).take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_is_counted_by_grapheme() {
        for (text, cols) in [
            ("", 0),
            ("abc", 3),
            ("e\u{301}", 1),
            ("世界", 4),
            ("🚀", 2),
            ("👩🏽", 2),
            ("\u{1b}", 1),
            ("\u{200b}", 8),
        ] {
            assert_eq!(width(text), cols, "{text:?}");
        }
    }

    #[test]
    fn a_cut_shows_and_keeps_letters_whole() {
        assert_eq!(fit("checklist", 9), "checklist");
        assert_eq!(fit("checklist", 5), "chec…");
        assert_eq!(fit("世界平和", 4), "世…");
        assert_eq!(fit("cafe\u{301}s", 4), "caf…");
        assert_eq!(fit("cafe\u{301}s", 5), "cafe\u{301}s");
        assert_eq!((fit("ab", 1), fit("ab", 0)), ("…".into(), String::new()));
        assert_eq!(fit_ascii("Ångström 世界", 10), "?ngstr?m ~");
    }

    #[test]
    fn a_cut_can_not_make_no_go_read_go() {
        assert!((0..5).all(|cols| !fit("NO-GO", cols).ends_with("GO")));
    }

    #[test]
    fn padding_is_exact() {
        assert_eq!(pad("qa", 4), "qa  ");
        assert_eq!(pad_left("7", 3), "  7");
        assert_eq!(pad("世界", 3), "世…");
        assert_eq!(pad("世界!", 4), "世… ");
    }

    #[test]
    fn a_cap_counts_characters() {
        assert_eq!(cap("release", 7), "release");
        assert_eq!(cap("release", 4), "rel…");
        assert_eq!(cap("e\u{301}e\u{301}e\u{301}", 4), "e\u{301}…");
        assert_eq!(cap("release", 0), "");
    }

    #[test]
    fn ascii_keeps_the_width() {
        assert_eq!(ascii("naïve 世"), "na?ve ??");
    }
}
