//! Characters that look like a blank, or like nothing, and are none to YAML: what word processors and web pages put
//! where a space was typed.

use super::Problem;
use super::source::{SourceText, Span};

/// What such a character is called; none for any other.
pub(super) fn name_of(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{A0}' => "a no-break space",
        '\u{AD}' => "a soft hyphen",
        '\u{1680}' => "an ogham space",
        '\u{2007}' => "a figure space",
        '\u{2000}'..='\u{200A}' => "a typographic space",
        '\u{200B}' => "a zero-width space",
        '\u{200C}' | '\u{200D}' => "a zero-width joiner",
        '\u{200E}' | '\u{200F}' => "a text direction mark",
        '\u{202F}' => "a narrow no-break space",
        '\u{205F}' => "a mathematical space",
        '\u{2060}' => "a word joiner",
        '\u{3000}' => "an ideographic space",
        '\u{FF1A}' => "a full-width colon",
        _ => return None,
    })
}

/// Whether a plain key holds one.
pub(super) fn is_in(text: &str) -> bool {
    text.contains(|c| name_of(c).is_some())
}

/// Whether a plain text begins or ends with one. In the middle of a text it may be meant.
pub(super) fn is_around(text: &str) -> bool {
    text.starts_with(is_blank) || text.ends_with(is_blank)
}

/// Whether it looks like a blank, or like nothing.
pub(super) fn is_blank(c: char) -> bool {
    name_of(c).is_some() && c != '\u{FF1A}'
}

/// A key without them.
pub(super) fn without(text: &str) -> String {
    text.chars().filter(|c| name_of(*c).is_none()).collect()
}

/// Whether a plain text was meant to be a key and its value: `title:` and then such a blank.
pub(super) fn is_pair(text: &str) -> bool {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(0);
    let rest = &text[end..];
    let after = rest
        .strip_prefix(':')
        .map_or_else(|| rest.starts_with('\u{FF1A}'), |rest| rest.starts_with(|c| name_of(c).is_some()));
    end > 0 && after
}

/// The first one in a part of the text, as a problem.
pub(super) fn problem(text: &str, part: Span) -> Option<Problem> {
    let within = text.get(part.start..part.end)?;
    let (at, c) = within.char_indices().find(|(_, c)| name_of(*c).is_some())?;
    Some(say(text, part.start + at, c))
}

/// The one that made a line unreadable: on the line of a fault, or on one of the two before it, where structure is.
pub(super) fn cause(text: &str, fault: Span) -> Option<Problem> {
    let end = text[fault.start..].find('\n').map_or(text.len(), |at| fault.start + at);
    lines_back(&text[..end]).filter(|(_, line)| !line.trim().is_empty()).take(3).find_map(|(start, line)| {
        let (at, c) = structural(line)?;
        Some(say(text, start + at, c))
    })
}

/// In the indentation, in a key, or right behind its colon or a list's dash; not in quotes, and not in a text.
fn structural(line: &str) -> Option<(usize, char)> {
    let mut seen_colon = false;
    for (at, c) in line.char_indices() {
        if name_of(c).is_some() {
            return Some((at, c));
        }
        match c {
            '"' | '\'' | '#' => return None,
            ':' => seen_colon = true,
            ' ' | '-' if !seen_colon => {}
            // Behind `key: ` begins a text, which may hold anything.
            _ if seen_colon => return None,
            _ => {}
        }
    }
    None
}

fn say(text: &str, at: usize, c: char) -> Problem {
    let name = name_of(c).unwrap_or("an unusual character");
    let help = if c == '\u{FF1A}' {
        "write a plain `:` followed by a space"
    } else {
        "it looks like a space, but YAML reads it as a letter: replace it with a plain space"
    };
    Problem::new("odd-blank", format!("{name} (U+{:04X}) where YAML wants a plain space", u32::from(c)))
        .at(SourceText::new("", text).span(at, at + c.len_utf8()), "here")
        .help(help)
}

/// The lines of a text from its end, each with where it begins.
fn lines_back(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut end = Some(text.len());
    std::iter::from_fn(move || {
        let head = &text[..end?];
        let start = head.rfind('\n').map_or(0, |at| at + 1);
        end = start.checked_sub(1);
        Some((start, &head[start..]))
    })
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    /// Codes, messages and places of what is wrong with a text.
    fn found(text: &str) -> Vec<(&'static str, String, u32, u32)> {
        let rejected = parse("t.yaml", text.as_bytes()).err();
        let problems = rejected.map(|it| it.into_parts().0).unwrap_or_default();
        problems
            .into_iter()
            .map(|it| {
                (it.code, it.message, it.span.map_or(0, |at| at.line), it.span.map_or(0, |at| at.column))
            })
            .collect()
    }

    #[test]
    fn the_character_and_its_place_are_named_wherever_structure_is() {
        for (text, line, column) in [
            ("launch:\u{a0}x\ntitle: y\n", 1, 8),
            ("launch:\u{a0}x\n", 1, 8),
            ("launch: x\ntitle:\u{a0}y\nowner: z\n", 2, 7),
            ("launch: x\ntitle:\u{a0}y\n", 2, 7),
            ("launch: \u{a0}x\n", 1, 9),
            ("launch: x\u{a0}\n", 1, 10),
            ("launch\u{a0}: x\n", 1, 7),
            ("launch: x\n\u{a0}title: y\n", 2, 1),
            ("launch: x\n\u{a0}\u{a0}title: y\n", 2, 1),
            ("gates:\n  - gate: a\n \u{a0} title: b\n", 3, 2),
            ("gates:\n  - gate: a\n  \u{a0}\u{a0}title: b\n", 3, 3),
            ("gates:\n  - gate:\u{a0}a\n    title: b\n", 2, 10),
            ("gates:\n  - gate:\u{a0}a\n", 2, 10),
            ("gates:\n  -\u{a0}gate: a\n", 2, 4),
            ("a: { b:\u{a0}c }\n", 1, 8),
            ("a: { b\u{a0}: c }\n", 1, 7),
            ("a: [b,\u{a0}c]\n", 1, 7),
            ("a:\u{3000}b\nc: d\n", 1, 3),
            ("a:\u{200b} b\nc: d\n", 1, 3),
            ("a\u{ff1a}b\nc: d\n", 1, 2),
        ] {
            let found = found(text);
            let (code, message, at, col) = found.first().cloned().unwrap_or_default();
            assert_eq!((code, at, col), ("odd-blank", line, column), "{text:?}: {found:?}");
            assert!(message.contains("(U+"), "{message}");
            assert!(!found.iter().any(|it| it.0 == "syntax"), "{text:?}: {found:?}");
        }
    }

    #[test]
    fn in_texts_in_quotes_and_in_comments_they_may_stand() {
        for text in [
            "title: 10\u{a0}000 users\n",
            "title: Attention\u{a0}! Now\n",
            "title: \"\u{a0}x\"\n",
            "# a\u{a0}comment\ntitle: x # and\u{a0}one\n",
            "title: |\n  \u{a0}in a block:\u{a0}x\n",
            "title: \u{6ce8}\u{610f}\u{ff1a}x\n",
        ] {
            assert_eq!(found(text), [], "{text:?}");
        }
    }
}
