//! Answers of people that fill blanks in titles, versions and questions: `{{ answers.GATE.NAME }}`.

use std::borrow::Cow;

use serde_json::Value;

use super::{ChecklistId, GateId, History, Launch, Str, evaluate::sign_off_validity};

/// A blank: which gate's people fill it, and under which name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Blank {
    /// The gate that asks for it.
    pub gate: GateId,
    /// The name among its `asks`.
    pub name: Str,
}

/// Why a text cannot be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unfilled {
    /// Nobody has answered yet.
    Missing(Blank),
    /// The answer holds characters that may not go into a question.
    NotPlain(Blank),
}

/// Whether a text is read for blanks at all; then `{{{{` is two braces that are none.
pub(super) fn is_template(text: &str) -> bool {
    text.contains("answers.") && text.contains("{{")
}

/// Whether a text holds blanks.
pub(super) fn has_blanks(text: &str) -> bool {
    pieces(text).any(|piece| matches!(piece, AnswerPiece::Blank { .. }))
}

/// The blanks of a text written in this checklist.
pub(super) fn blanks(text: &str, checklist: &ChecklistId) -> Vec<Blank> {
    let named = pieces(text).filter_map(|piece| match piece {
        AnswerPiece::Blank { gate, name } => Some(Blank { gate: whole(gate, checklist), name: name.into() }),
        AnswerPiece::Text(_) => None,
    });
    named.collect()
}

/// The blanks of all text in a query's limits.
pub(super) fn blanks_in(value: &Value, checklist: &ChecklistId) -> Vec<Blank> {
    match value {
        Value::String(text) => blanks(text, checklist),
        Value::Array(all) => all.iter().flat_map(|it| blanks_in(it, checklist)).collect(),
        Value::Object(all) => all.values().flat_map(|it| blanks_in(it, checklist)).collect(),
        _ => Vec::new(),
    }
}

/// The text with its blanks filled in, strictly: only plain characters may go into a question.
pub(super) fn fill(
    launch: &Launch,
    history: &History,
    checklist: &ChecklistId,
    text: &str,
) -> Result<String, Unfilled> {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            AnswerPiece::Text(text) => filled.push_str(text),
            AnswerPiece::Blank { gate, name } => {
                let blank = Blank { gate: whole(gate, checklist), name: name.into() };
                match history.answer(launch, &blank.gate, name) {
                    None => return Err(Unfilled::Missing(blank)),
                    Some(answer) if !is_plain(answer) => return Err(Unfilled::NotPlain(blank)),
                    Some(answer) => filled.push_str(answer),
                }
            }
        }
    }
    Ok(filled)
}

/// A query's limits with all blanks filled in.
pub(super) fn fill_in(
    launch: &Launch,
    history: &History,
    checklist: &ChecklistId,
    value: &Value,
) -> Result<Value, Unfilled> {
    Ok(match value {
        Value::String(text) => Value::String(fill(launch, history, checklist, text)?),
        Value::Array(all) => Value::Array(
            all.iter().map(|it| fill_in(launch, history, checklist, it)).collect::<Result<_, _>>()?,
        ),
        Value::Object(all) => {
            let each =
                all.iter().map(|(key, it)| Ok((key.clone(), fill_in(launch, history, checklist, it)?)));
            Value::Object(each.collect::<Result<_, _>>()?)
        }
        other => other.clone(),
    })
}

impl History {
    /// What people answered under this name when they last said go on the gate as it stands now; `None` when they
    /// have not, or their word does not stand: an answer counts as its word does.
    pub fn answer(&self, launch: &Launch, gate: &GateId, name: &str) -> Option<&Str> {
        let newest = sign_off_validity::newest_that_stands(launch, self, launch.gate(gate)?)?;
        newest.answers.get(name).filter(|_| newest.go)
    }

    /// Whether all that a text of this checklist asks people for was answered.
    pub(super) fn knows(&self, launch: &Launch, checklist: &ChecklistId, text: &str) -> bool {
        blanks(text, checklist).iter().all(|blank| self.answer(launch, &blank.gate, &blank.name).is_some())
    }

    /// A text of this checklist for people, with the answers that are known; `<name>` stands for one that is not.
    pub fn expand<'t>(&self, launch: &Launch, checklist: &ChecklistId, text: &'t str) -> Cow<'t, str> {
        if !is_template(text) {
            return Cow::Borrowed(text);
        }
        let mut filled = String::with_capacity(text.len());
        for piece in pieces(text) {
            match piece {
                AnswerPiece::Text(text) => filled.push_str(text),
                AnswerPiece::Blank { gate, name } => match self.answer(launch, &whole(gate, checklist), name)
                {
                    Some(answer) => filled.push_str(answer),
                    None => filled.extend(["<", name, ">"]),
                },
            }
        }
        Cow::Owned(filled)
    }
}

/// Characters that mean nothing in a URL, a path or a query language.
fn is_plain(answer: &str) -> bool {
    !answer.is_empty() && answer.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/+@-".contains(&b))
}

fn whole(gate: &str, checklist: &ChecklistId) -> GateId {
    if gate.contains('/') { gate.into() } else { GateId::new(format!("{checklist}/{gate}")) }
}

enum AnswerPiece<'t> {
    Text(&'t str),
    Blank { gate: &'t str, name: &'t str },
}

/// The text cut at its blanks. What merely looks like one stays text, and so does what stands behind `{{{{`.
fn pieces(text: &str) -> impl Iterator<Item = AnswerPiece<'_>> {
    let (mut rest, is_template) = (text, is_template(text));
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut from = if is_template { 0 } else { rest.len() };
        while let Some(start) = rest[from..].find("{{").map(|at| at + from) {
            if rest[start..].starts_with("{{{{") {
                let (before, after) = rest.split_at(start + 2);
                rest = &after[2..];
                return Some(AnswerPiece::Text(before));
            }
            if let Some((gate, name, length)) = blank(&rest[start..]) {
                if start > 0 {
                    let (before, after) = rest.split_at(start);
                    rest = after;
                    return Some(AnswerPiece::Text(before));
                }
                rest = &rest[length..];
                return Some(AnswerPiece::Blank { gate, name });
            }
            from = start + 1;
        }
        Some(AnswerPiece::Text(std::mem::take(&mut rest)))
    })
}

/// The blank at the beginning of a text, and its length.
fn blank(text: &str) -> Option<(&str, &str, usize)> {
    let inside = text.get(2..)?;
    // A blank holds no brace, so that nobody looks further: a text of braces costs no more than another.
    let inside = inside.split_once('{').map_or(inside, |(before, _)| before);
    let end = inside.find("}}")? + 2;
    let inner = text.get(2..end)?.trim().strip_prefix("answers.")?;
    let (gate, name) = inner.rsplit_once('.')?;
    let clean = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '{');
    (clean(gate) && clean(name)).then_some((gate, name, end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_found_and_nothing_else() {
        let list = ChecklistId::from("rel");
        let found = |text: &str| {
            blanks(text, &list).iter().map(|b| format!("{} {}", b.gate, b.name)).collect::<Vec<_>>()
        };
        assert_eq!(
            found("Build {{ answers.start.build_id }} of {{answers.qa/a@3.10.x}}"),
            ["rel/start build_id", "qa/a@3.10 x"]
        );
        for text in [
            "",
            "{{",
            "{{ }}",
            "{{ version }}",
            "{{ answers.x }}",
            "{{ answers.. }}",
            "{ answers.a.b }",
            "{{ answers.a.b",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
        assert_eq!(found("{{ {{ answers.a.b }}"), ["rel/a b"]);
        assert_eq!(found("{{{ answers.a.b }}} {{ answers.c.d }}"), ["rel/a b", "rel/c d"]);
        assert_eq!(found("{{{{ answers.a.b }} {{ answers.c.d }}"), ["rel/c d"], "braces that name nothing");
    }

    #[test]
    fn a_text_of_braces_costs_no_more_than_another() {
        let braces = "{".repeat(2_000_000);
        assert!(!has_blanks(&braces), "this takes hours where each brace is looked at from each");
        assert!(!has_blanks(&format!("{braces}}}")));
    }

    #[test]
    fn only_plain_text_goes_into_a_question() {
        assert!(is_plain("v3.0.0-rc.1+4"));
        for answer in ["", "a b", "a?b", "a&b", "a#b", "é", "a\nb", "\"", "a%2e", "{{"] {
            assert!(!is_plain(answer), "{answer:?}");
        }
    }
}
