//! `{{ name }}` in a value.

use std::ops::Range;

/// A part of a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TemplatePiece<'a> {
    /// Text as it is.
    Text(&'a str),
    /// `{{{{`: two braces.
    Braces,
    /// `{{ name }}`, and where it stands.
    Name(&'a str, Range<usize>),
}

/// The pieces of a value; the place of a `{{` that is never closed.
pub(super) fn pieces(text: &str) -> Result<Vec<TemplatePiece<'_>>, Range<usize>> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find("{{").map(|found| at + found) {
        if open > at {
            pieces.push(TemplatePiece::Text(&text[at..open]));
        }
        let inside = open + 2;
        if text[inside..].starts_with("{{") {
            pieces.push(TemplatePiece::Braces);
            at = inside + 2;
            continue;
        }
        let Some(close) = text[inside..].find("}}").map(|found| inside + found) else {
            return Err(open..inside);
        };
        pieces.push(TemplatePiece::Name(text[inside..close].trim(), open..close + 2));
        at = close + 2;
    }
    if at < text.len() {
        pieces.push(TemplatePiece::Text(&text[at..]));
    }
    Ok(pieces)
}

/// What `answers.GATE.NAME` names, if `name` has that form: the gate as written, and the answer.
pub(super) fn answer(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("answers.")?.rsplit_once('.')
}

/// The gates, by whole name, whose answers a filled-in value waits for.
pub(super) fn answers_in(text: &str) -> Vec<&str> {
    let Ok(pieces) = pieces(text) else { return Vec::new() };
    let gate = |piece| match piece {
        TemplatePiece::Name(name, _) => answer(name).map(|(gate, _)| gate),
        TemplatePiece::Text(_) | TemplatePiece::Braces => None,
    };
    pieces.into_iter().filter_map(gate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_names_braces_and_text() {
        use TemplatePiece::{Braces, Name, Text};
        let cases: [(&str, Vec<TemplatePiece<'_>>); 7] = [
            ("plain", vec![Text("plain")]),
            ("{{ x }}", vec![Name("x", 0..7)]),
            ("a {{x}}{{ y }}!", vec![Text("a "), Name("x", 2..7), Name("y", 7..14), Text("!")]),
            ("{{{{ x }}", vec![Braces, Text(" x }}")]),
            ("{{{{{{ x }}", vec![Braces, Name("x", 4..11)]),
            ("a{b}c}}", vec![Text("a{b}c}}")]),
            ("", vec![]),
        ];
        for (text, expected) in cases {
            assert_eq!(pieces(text), Ok(expected), "{text}");
        }
        assert_eq!(pieces("ab {{ x } }"), Err(3..5));
        assert_eq!(pieces("é{{{{{{"), Err(6..8));
    }

    #[test]
    fn finds_whose_answers_are_waited_for() {
        assert_eq!(answers_in("v{{ answers.qa/start@a.1.id }}-{{ x }}"), ["qa/start@a.1"]);
        assert_eq!(answer("answers.start.build_id"), Some(("start", "build_id")));
        assert_eq!((answer("answer.x.y"), answer("answers.x")), (None, None));
    }
}
