//! The checklists that a launch lists: which files they are, and under which id.

use super::{
    file_set::{FileStore, Unread},
    limits::MOST_CHECKLISTS,
    names::{is_id, no_id},
    parsed_file::{OWN, ParsedFile},
    reader::{Reader, SpannedText, span_of},
    reference::RESERVED,
    shapes::{id, when, word},
};
use gonogo_domain::Str;
use gonogo_yaml::{Document, NodeId, NodeRef, Problem, Shape, Span};

/// One entry of `checklists`.
#[derive(Debug)]
pub(super) struct ChecklistEntry {
    /// The unit that its file became.
    pub(super) unit: usize,
    /// Where `file` stands, for problems with what the file wants.
    pub(super) at: NodeId,
    pub(super) with: Option<NodeId>,
    pub(super) when: Option<NodeId>,
}

#[derive(serde::Deserialize)]
struct ChecklistEntryKeys {
    file: SpannedText,
    r#as: Option<SpannedText>,
    with: Option<NodeRef>,
    when: Option<NodeRef>,
}

/// What an entry may say.
pub(super) fn shape() -> Shape {
    Shape::of::<ChecklistEntryKeys>().with("as", id()).with("with", word().named()).with("when", when())
}

/// Reads the files that the launch (the first unit) lists, and adds them to the units.
pub(super) fn open(units: &mut Vec<ParsedFile>, store: &FileStore) -> Vec<ChecklistEntry> {
    let mut opened = Vec::new();
    let Some(launch) = units.first_mut() else { return opened };
    let mut problems = std::mem::take(&mut launch.problems);
    let doc = &launch.doc;
    let list = doc.get(doc.root(), "checklists");
    let items: Vec<NodeRef> = Reader::new(doc, &mut problems).get(list).unwrap_or_default();
    let mut whole = true;
    let mut more: Vec<ParsedFile> = Vec::new();
    for NodeRef(item) in items {
        if opened.len() == MOST_CHECKLISTS {
            let message = format!("a launch has at most {MOST_CHECKLISTS} checklists");
            problems
                .push(Problem::new("too-many-checklists", message).at(span_of(doc, item), "one too many"));
            whole = false;
            break;
        }
        match one(doc, item, store, &more, &mut problems) {
            Some((unit, mut entry)) => {
                more.push(unit);
                entry.unit = more.len();
                opened.push(entry);
            }
            None => whole = false,
        }
    }
    if let Some(launch) = units.first_mut() {
        launch.problems = problems;
        // What a missing file defines is not known: nothing in it may be reported as unknown.
        launch.missing = !whole;
    }
    units.extend(more);
    opened
}

fn one(
    doc: &Document,
    item: NodeId,
    store: &FileStore,
    others: &[ParsedFile],
    problems: &mut Vec<Problem>,
) -> Option<(ParsedFile, ChecklistEntry)> {
    let mut reader = Reader::new(doc, problems);
    let raw: ChecklistEntryKeys = reader.get(Some(item))?;
    let span = reader.span(raw.file.at);
    if raw.file.value.contains("{{") {
        let problem =
            Problem::new("template-place", "a variable cannot be part of a path").at(span, "a path");
        reader.problems.push(problem.help("list each file; `when` says which launches use it"));
        return None;
    }
    let found = match store.read(&raw.file.value) {
        Ok(found) => found,
        Err(unread) => {
            reader.problems.push(problem_of(unread, span));
            return None;
        }
    };
    let mut unit = ParsedFile::parse(found);
    let id_at = if unit.whole { own_id(&mut unit, span, problems) } else { None };
    let reader = Reader::new(doc, problems);
    let (id, id_span) = match (&raw.r#as, id_at) {
        (Some(word), _) => (Str::from(word.value.as_str()), reader.span(word.at)),
        (None, Some(id)) => (id, span),
        // The file has problems of its own.
        (None, None) => {
            return Some((ParsedFile { id: format!("#{}", others.len()).into(), ..unit }, entry(&raw)));
        }
    };
    check_id(&id, id_span, raw.r#as.is_some(), others, reader.problems)?;
    unit.id = id;
    Some((unit, entry(&raw)))
}

fn entry(raw: &ChecklistEntryKeys) -> ChecklistEntry {
    let node = |part: Option<&NodeRef>| part.map(|NodeRef(node)| *node);
    ChecklistEntry { unit: 0, at: raw.file.at, with: node(raw.with.as_ref()), when: node(raw.when.as_ref()) }
}

/// The id that a checklist gives itself. Problems with it belong to its own file, unless it is no checklist at all.
fn own_id(unit: &mut ParsedFile, named: Span, outer: &mut Vec<Problem>) -> Option<Str> {
    let doc = &unit.doc;
    let Some(node) = doc.get(doc.root(), "checklist") else {
        if doc.get(doc.root(), "launch").is_some() {
            let message = format!("`{}` is a launch, not a checklist", doc.name());
            let problem = Problem::new("no-checklist", message).at(named, "a launch cannot contain another");
            outer.push(problem);
            unit.whole = false;
        }
        return None;
    };
    let id = doc.text(node)?;
    if !is_id(id) {
        unit.problems.push(no_id(id, span_of(doc, node)));
        return None;
    }
    if RESERVED.contains(&id) {
        unit.problems.push(reserved(id, span_of(doc, node)));
        return None;
    }
    Some(id.into())
}

fn reserved(id: &str, span: Span) -> Problem {
    Problem::new("reserved-id", format!("a checklist cannot be called `{id}`"))
        .at(span, "means something else in references")
        .help(format!("{} are words of the format", super::names::listed(RESERVED.into_iter())))
}

fn check_id(
    id: &str,
    span: Span,
    given: bool,
    others: &[ParsedFile],
    problems: &mut Vec<Problem>,
) -> Option<()> {
    if given && !is_id(id) {
        problems.push(no_id(id, span));
        return None;
    }
    if given && (id == OWN || RESERVED.contains(&id)) {
        problems.push(reserved(id, span));
        return None;
    }
    if let Some(other) = others.iter().find(|other| *other.id == *id) {
        let problem = Problem::new("duplicate-id", format!("two checklists have the id `{id}`"))
            .at(span, format!("the other one is {}", other.doc.name()))
            .help("give one of them another id: `as: NAME`");
        problems.push(problem);
        return None;
    }
    Some(())
}

/// A file that was not read, as a problem of the place that names it.
fn problem_of(unread: Unread, span: Span) -> Problem {
    let problem = Problem::new(unread.code, unread.message).at(span, "cannot be read");
    match unread.help {
        Some(help) => problem.help(help),
        None => problem,
    }
}
