//! What is valid YAML and was probably meant otherwise: words lost in a comment, quotes of a word processor, variables of a
//! shell. Warnings, because each of them may be meant.

use super::parsed_file::ParsedFile;
use gonogo_yaml::{Document, NodeId, Problem, Span, Style};

/// Keys whose value is taken as it stands, and which people expect to be filled in.
const FILLED_ELSEWHERE: &[&str] = &["title", "version", "ref", "repository"];

/// Typographic quotes that open a text, with those that close it.
const QUOTES: &[(char, &[char])] = &[
    ('“', &['”', '“']),
    ('„', &['“', '”']),
    ('‘', &['’', '‘']),
    ('‚', &['‘', '’']),
    ('«', &['»']),
    ('»', &['«']),
];

/// Looks at all texts of a file.
pub(super) fn find(file: &mut ParsedFile) {
    let mut found = Vec::new();
    look(&file.doc, file.doc.root(), &mut found);
    file.warnings.append(&mut found);
}

fn look(doc: &Document, node: NodeId, found: &mut Vec<Problem>) {
    /// More of one kind say nothing more.
    const MOST: usize = 20;
    if found.len() >= MOST {
        return;
    }
    for item in doc.items(node) {
        look(doc, *item, found);
    }
    for (key, value) in doc.entries(node) {
        if doc.text(key).is_some_and(|name| FILLED_ELSEWHERE.contains(&name)) {
            found.extend(shell(doc, value));
        }
        look(doc, value, found);
    }
    if doc.style(node) == Some(Style::Plain) {
        found.extend(lost(doc, node));
        found.extend(quoted(doc, node));
    }
}

/// `title: Issue #7 is closed`: to YAML a comment begins at ` #`.
fn lost(doc: &Document, node: NodeId) -> Option<Problem> {
    let span = doc.span(node);
    let line = doc.source().text().get(span.end..)?.lines().next()?;
    let words = line.trim_start();
    let behind = words.strip_prefix('#')?;
    let start = span.end + (line.len() - words.len());
    let blank = start > span.end;
    // A comment has a space behind its sign.
    if !blank || !behind.starts_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    let lost = words.trim_end();
    let shift = u32::try_from(doc.source().text().get(span.start..start)?.chars().count()).ok()?;
    let place = Span { line: span.line, column: span.column + shift, start, end: start + lost.len() };
    (doc.source().text().get(span.start..span.end)?.lines().count() == 1).then(|| {
        Problem::new("lost-words", format!("`{lost}` is a comment here, not part of the text"))
            .at(place, "a space and `#` begin a comment")
            .help("put quotes around the whole text; if you mean a comment, put a space after the `#`")
    })
}

/// `“3.10”`: to YAML these quotes are letters.
fn quoted(doc: &Document, node: NodeId) -> Option<Problem> {
    let text = doc.text(node)?;
    let (_, closing) = QUOTES.iter().find(|(open, _)| text.starts_with(*open))?;
    let inside = text.chars().count() > 1 && text.ends_with(*closing);
    let problem = || {
        Problem::new("typographic-quotes", "to YAML, curly quotes are part of the text")
            .at(doc.span(node), "quotes included")
            .help("use plain quotes (\"), or none")
    };
    inside.then(problem)
}

/// `$VERSION`: nothing fills that in.
fn shell(doc: &Document, node: NodeId) -> Option<Problem> {
    let text = doc.text(node)?;
    let name = text.strip_prefix('$')?;
    let name = name.strip_prefix('{').map_or(Some(name), |rest| rest.strip_suffix('}'))?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| {
        Problem::new(
            "shell-variable",
            format!("`{text}` is used as written: shell variables are not filled in"),
        )
        .at(doc.span(node), "not filled in")
        .help("declare it in `variables`, write `\"{{ NAME }}\"`, and set it with `--set NAME=VALUE`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes and places of what is warned about in a text.
    fn found(text: &str) -> Vec<(&'static str, u32, u32)> {
        let doc = gonogo_yaml::parse("t.yaml", text.as_bytes()).unwrap();
        let mut found = Vec::new();
        look(&doc, doc.root(), &mut found);
        found.iter().map(|it| (it.code, it.span.unwrap().line, it.span.unwrap().column)).collect()
    }

    #[test]
    fn what_was_probably_meant_otherwise_is_told_with_its_place() {
        for (text, code, line, column) in [
            ("title: Issue #7 is closed\n", "lost-words", 1, 14),
            ("a: 1\ntitle: Ship  #now\n", "lost-words", 2, 14),
            ("gates:\n  - title: Fix é #12\n", "lost-words", 2, 18),
            ("title: “Docs”\n", "typographic-quotes", 1, 8),
            ("version: „3.10“\n", "typographic-quotes", 1, 10),
            ("version: $VERSION\n", "shell-variable", 1, 10),
            ("target: { ref: \"${BRANCH}\" }\n", "shell-variable", 1, 16),
        ] {
            assert_eq!(found(text), [(code, line, column)], "{text}");
        }
    }

    #[test]
    fn what_may_well_be_meant_is_not() {
        for text in [
            "title: Docs # a comment\n",
            "title: \"Issue #7 is closed\"\n",
            "title: Issue#7\n",
            "title: Docs #\n",
            "title: Docs\n#7 is a comment\n",
            "title: “Docs” are ready\n",
            "title: \"“Docs”\"\n",
            "title: Costs $5\n",
            "text: $VERSION\n",
            "title: |\n  Issue #7\n",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
