//! A title of a line or a paragraph: what fits a board, with the rest left to the notes.

use super::{code, items::Item};

/// Characters of a title.
const LONGEST: usize = 160;
/// A text that is longer is cut behind its first sentence.
const ONE_LINE: usize = 100;
/// A first sentence that is shorter says too little.
const SHORTEST: usize = 15;

/// A title, and whether something of the text is not in it.
pub(super) fn headline(text: &str) -> (String, bool) {
    let text = without_shortcodes(text);
    let length = |text: &str| text.chars().count();
    let first = first_sentence(&text);
    if length(&text) > ONE_LINE && (SHORTEST..=LONGEST).contains(&length(first)) && first.len() < text.len() {
        return (plain_end(first), true);
    }
    if length(&text) <= LONGEST {
        return (plain_end(&text), false);
    }
    let cut: String = text.chars().take(LONGEST - 1).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(before, _)| before);
    (format!("{}\u{2026}", cut.trim_end_matches([',', ';', ':'])), true)
}

/// The text of an item without what is shown in a place of its own: commands, and links that are called `LINK`.
pub(super) fn text_of(item: &Item) -> String {
    let text = item.text.plain.trim();
    let mut lines: Vec<&str> = text.lines().filter(|line| !is_command_of(item, line.trim())).collect();
    if lines.is_empty() {
        lines = text.lines().collect();
    }
    let text = lines.join("\n");
    let bare = item.text.links.iter().any(|(label, _)| label.eq_ignore_ascii_case("link"));
    let shown = text.trim_end();
    match shown.get(shown.len().saturating_sub(5)..) {
        Some(end) if bare && end.eq_ignore_ascii_case(" link") => {
            shown[..shown.len() - 5].trim_end().to_owned()
        }
        _ => text,
    }
}

fn is_command_of(item: &Item, line: &str) -> bool {
    item.text.codes.iter().any(|code| code == line) && code::is_command(line)
}

/// Up to the first full stop that ends a sentence.
fn first_sentence(text: &str) -> &str {
    const SHORT: [&str; 7] = ["e.g", "i.e", "vs", "etc", "cf", "approx", "no"];
    for (at, _) in text.match_indices(". ") {
        let (before, after) = (&text[..at], &text[at + 2..]);
        let word = before.rsplit([' ', '(']).next().unwrap_or_default().to_lowercase();
        let begins = after.trim_start_matches(['(', '"', '\'']).starts_with(|c: char| c.is_uppercase());
        if begins && !SHORT.contains(&word.as_str()) {
            return before;
        }
    }
    text
}

/// `:tada:` and the like are pictures on a page and noise in a title.
fn without_shortcodes(text: &str) -> String {
    let code = |word: &&str| {
        let inside = word.strip_prefix(':').and_then(|word| word.strip_suffix(':'));
        inside.is_some_and(|it| {
            it.len() > 1
                && it.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_+-".contains(&b))
        })
    };
    let words: Vec<&str> = text.split_whitespace().filter(|word| !code(word)).collect();
    if words.is_empty() { text.trim().to_owned() } else { words.join(" ") }
}

/// Without the stop at its end: a title is no sentence, and what a colon announces stands below it.
fn plain_end(text: &str) -> String {
    let bare = text.trim_end();
    match bare.strip_suffix(['.', ':']) {
        Some(short) if !short.is_empty() && !short.ends_with(['.', ':']) && !short.ends_with("etc") => {
            short.trim_end().to_owned()
        }
        _ => bare.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_sentence_and_the_rest_is_left_to_the_notes() {
        let more = "word ".repeat(30);
        for (text, title, rest) in [
            ("Tag it.".to_owned(), "Tag it", false),
            ("Announce it on:".to_owned(), "Announce it on", false),
            ("Party :tada: now".to_owned(), "Party now", false),
            ("And so on...".to_owned(), "And so on...", false),
            (format!("Update the dependencies. Then {more}"), "Update the dependencies", true),
            (
                format!("Ask all, e.g. Everybody in the team. Then {more}"),
                "Ask all, e.g. Everybody in the team",
                true,
            ),
        ] {
            assert_eq!(headline(&text), (title.to_owned(), rest), "{text}");
        }
        let (cut, rest) = headline(&"longword ".repeat(40));
        assert!(rest && cut.ends_with("longword\u{2026}") && cut.chars().count() <= LONGEST, "{cut}");
    }
}
