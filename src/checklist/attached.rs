//! Texts that messages take from files of their own: beside the launch, never outside, read within limits.

use super::{
    file_set::FileStore,
    limits::{LONGEST_VALUE, MOST_STEPS},
    parsed_file::ParsedFile,
    reader::{Reader, SpannedText},
};
use gonogo_yaml::{Document, NodeId, Problem};

/// The text of a message in a file of its own.
#[derive(Debug)]
pub(super) struct Attached {
    /// Where the launch names it.
    pub(super) at: NodeId,
    /// Its lines, as a list.
    pub(super) file: ParsedFile,
}

impl Attached {
    /// All of it; `None`: something in it could not be filled in, which has been noted.
    pub(super) fn text(&self) -> Option<String> {
        let doc = &self.file.doc;
        let lines: Option<Vec<&str>> = doc.items(doc.root()).iter().map(|line| doc.text(*line)).collect();
        Some(lines?.join("\n").trim_end().to_owned())
    }
}

/// Reads the files that the messages of the launch (the first unit) name.
pub(super) fn open(units: &mut [ParsedFile], store: &FileStore) -> Vec<Attached> {
    let Some(launch) = units.first_mut() else { return Vec::new() };
    let doc = &launch.doc;
    let list = doc.get(doc.root(), "comms").and_then(|comms| doc.get(comms, "messages"));
    let messages = list.map_or(&[][..], |list| doc.items(list));
    let named = messages.iter().take(MOST_STEPS).filter_map(|message| doc.get(*message, "file"));
    let mut problems = Vec::new();
    let texts: Vec<Attached> = named.filter_map(|at| one(doc, at, store, &mut problems)).collect();
    launch.problems.extend(problems);
    texts
}

fn one(doc: &Document, at: NodeId, store: &FileStore, problems: &mut Vec<Problem>) -> Option<Attached> {
    let mut reader = Reader::new(doc, problems);
    let word: SpannedText = reader.word(Some(at))?;
    let span = reader.span(word.at);
    if word.value.contains("{{") {
        let problem = Problem::new("template-place", "a variable cannot be part of a path");
        reader
            .problems
            .push(problem.at(span, "a path").help("write one message for each file; `when` chooses"));
        return None;
    }
    let mut refuse = |code, message: String, help: Option<String>| {
        let problem = Problem::new(code, message).at(span, "cannot be the text of a message");
        reader.problems.push(match help {
            Some(help) => problem.help(help),
            None => problem,
        });
    };
    let found = match store.read(&word.value) {
        Ok(found) => found,
        Err(unread) => {
            refuse(unread.code, unread.message, unread.help);
            return None;
        }
    };
    if found.bytes.len() > LONGEST_VALUE {
        let message =
            format!("`{}` has {} bytes; the limit is {LONGEST_VALUE}", found.name, found.bytes.len());
        refuse("too-much-text", message, Some("link to long texts instead".to_owned()));
        return None;
    }
    let Ok(text) = std::str::from_utf8(&found.bytes) else {
        refuse("not-utf-8", format!("`{}` is not UTF-8 text", found.name), None);
        return None;
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        refuse("empty-value", format!("`{}` is empty", found.name), None);
        return None;
    }
    let doc = Document::of_lines(&found.name, text);
    Some(Attached { at, file: ParsedFile::of_text(doc, &found) })
}
