//! Foreign text in Markdown: what a reader sees is what was written, and nothing in it acts.
//!
//! No raw HTML, no link, no mention of a person (`@name`), no reference to an issue (`#123`), no table cell or
//! emphasis of its own. Where a host links what it finds in the rendered text, a word joiner breaks it up.

use gonogo_text::clean;

/// Breaks what a host would link; takes no column.
pub(super) const JOINER: char = '\u{2060}';

/// Characters that mean something to Markdown, its tables, its autolinks, or to mathematics in it.
const SPECIAL: &str = "\\`*_[]()#!|~$";

/// One line of foreign text, harmless anywhere in a line of ours.
pub(super) fn escape(text: &str) -> String {
    let text = clean(text);
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = ' ';
    let mut rest = text.trim().chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // `www.` is a link to some readers.
            '.' if is_www(&out) => out.push_str("\\."),
            // `https:` is one too; a time of day is none.
            ':' if before.is_ascii_digit() && rest.peek().is_some_and(char::is_ascii_digit) => out.push(':'),
            ':' if rest.peek().is_some_and(|next| !next.is_whitespace()) => out.push_str("\\:"),
            '-' | '+' | '=' if out.is_empty() => out.extend(['\\', c]),
            '.' if out.chars().all(|it| it.is_ascii_digit()) => out.push_str("\\."),
            c if SPECIAL.contains(c) => out.extend(['\\', c]),
            c => out.push(c),
        }
        let word = rest.peek().is_some_and(|next| next.is_alphanumeric());
        let reference = c == '-' && before.eq_ignore_ascii_case(&'h');
        if word && (matches!(c, '@' | '#') || reference) {
            out.push(JOINER);
        }
        before = c;
    }
    out
}

/// Whether a text ends with the letters that some readers take for the beginning of an address.
fn is_www(text: &str) -> bool {
    text.get(text.len().saturating_sub(3)..).is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

/// A machine's name of ours, such as a hash: only letters, digits and plain marks, as code.
pub(super) fn code(text: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || "._/-".contains(*c);
    let kept: String = text.chars().filter(plain).collect();
    if kept.is_empty() { "–".into() } else { format!("`{kept}`") }
}

/// One row of a table; the cells are Markdown already.
pub(super) fn row<const N: usize>(cells: [&str; N]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// The head of a table.
pub(super) fn head<const N: usize>(titles: [&str; N]) -> String {
    row(titles) + &row([":---"; N])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader of the rendered page sees.
    fn rendered(markdown: &str) -> String {
        let mut out = String::new();
        let mut rest = markdown.chars();
        while let Some(c) = rest.next() {
            out.push(if c == '\\' { rest.next().unwrap_or('\\') } else { c });
        }
        let out = out.replace("&lt;", "<").replace("&gt;", ">");
        out.replace("&amp;", "&").replace(JOINER, "")
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        for text in [
            "a | b",
            "<script>alert(1)</script>",
            "![x](https://evil.example/p.png) [go](javascript:alert(1))",
            "`code` **bold** _it_ ~~no~~ $x$",
            "&lt; &#64;",
            "- list",
            "1. one",
            "# title",
            "=== | --- ",
            "back\\slash \\| \\",
            "https://evil.example and www.evil.example",
        ] {
            assert_eq!(rendered(&escape(text)), text.trim(), "{text}");
        }
    }

    #[test]
    fn nothing_in_it_acts() {
        let text =
            escape("<b>x</b> @octocat fixes #12, GH-7, acme/x#9 | ![a](b) https://x.example :tada: `x`");
        for live in ["<", "@o", "#1", "#9", "GH-7", "](", "![", "s:/"] {
            assert!(!text.contains(live), "{live}: {text}");
        }
        for (at, _) in text.match_indices(['|', '`', '[', '(', '!', '#', '*', '_']) {
            assert_eq!(text.as_bytes()[at - 1], b'\\', "{text}");
        }
        assert_eq!(escape("It is GO now."), "It is GO now.", "no mark that a plain text does not need");
        assert!(!escape("see WWW.evil.example").contains("WWW."), "an address by itself");
        assert_eq!(escape("a\nb\r\n# c").lines().count(), 1, "one line stays one");
        assert_eq!(code("a`b|c d\n<e>"), "`abcde`");
    }
}
