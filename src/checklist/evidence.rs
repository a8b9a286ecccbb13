//! What machines are asked: sources and the clock.

use super::{
    moments,
    names::listed,
    reader::{Reader, SpannedText, keys},
    shapes::{length, word},
    symbols::Symbols,
};
use gonogo_domain::{Kind, Need, Query, SourceId, Str};
use gonogo_yaml::{NodeId, NodeKind, Problem};

/// Stands for what a timer counts from until all gates are known.
const NOT_LOOKED_UP: Need = Need::Decision;

/// A kind of evidence as far as it can be read alone.
#[derive(Debug)]
pub(super) struct KindDraft {
    pub(super) kind: Kind,
    pub(super) apart_from: Vec<SpannedText>,
    pub(super) since: Option<SpannedText>,
}

impl From<Kind> for KindDraft {
    fn from(kind: Kind) -> Self {
        Self { kind, apart_from: Vec::new(), since: None }
    }
}

impl From<Query> for KindDraft {
    fn from(query: Query) -> Self {
        Kind::Evidence(query).into()
    }
}

keys! {
    /// The keys of `timer`.
    struct TimerKeys { since: word(), wait: length() }
    needs { since, wait }
}

/// So long since something last became go, or started.
pub(super) fn timer(reader: &mut Reader<'_>, node: NodeId) -> Option<KindDraft> {
    let keys = TimerKeys::read(reader, node)?;
    let since = reader.word(keys.since);
    let wait = reader.word(keys.wait);
    let wait = moments::some_duration(reader, wait);
    let (since, wait) = (since?, wait?);
    Some(KindDraft {
        kind: Kind::Timer { since: NOT_LOOKED_UP, wait },
        apart_from: Vec::new(),
        since: Some(since),
    })
}

/// What a source is asked.
pub(super) fn ask(reader: &mut Reader<'_>, world: &Symbols<'_>, key: NodeId, value: NodeId) -> Option<Query> {
    let source = reader.doc.text(key).unwrap_or_default();
    let things = &world.offers.get(source)?.things;
    let (thing, limits) = match things.as_slice() {
        [""] => ("", value),
        things => thing(reader, source, things, value)?,
    };
    let asked = world.asked(reader.doc, (source, thing), limits);
    let before = reader.problems.len();
    let decoded = world.kinds.decode(&asked, reader.problems);
    // What was broken when the file was read has been reported then.
    let decoded = decoded.filter(|_| reader.problems.len() == before)?;
    Some(Query {
        source: SourceId::new(source),
        thing: thing.into(),
        args: decoded.args,
        bound: decoded.bound,
        said: decoded.said,
    })
}

/// The one thing below a source, and its limits.
fn thing<'d>(
    reader: &mut Reader<'d>,
    source: &str,
    things: &[&str],
    value: NodeId,
) -> Option<(&'d str, NodeId)> {
    let doc = reader.doc;
    let list = || listed(things.iter().copied());
    if doc.kind(value) != NodeKind::Map {
        if doc.kind(value) != NodeKind::Broken {
            let help = format!(
                "write one of {}: `{source}: {{ {}: {{ ... }} }}`",
                list(),
                things.first().unwrap_or(&"")
            );
            reader.advise("type", format!("`{source}` needs a map"), value, "look at what?", help);
        }
        return None;
    }
    let mut entries = doc.entries(value);
    let Some((key, limits)) = entries.next() else {
        let message = format!("`{source}` does not say what to look at");
        reader.advise("no-kind", message, value, "empty", format!("write one of {}", list()));
        return None;
    };
    if let Some((second, _)) = entries.next() {
        let problem = Problem::new("two-kinds", "a gate has one kind of evidence")
            .at(doc.span(second), "a second one")
            .also(doc.span(key), "the first one")
            .help("make it a gate of gates: `gates:` if both must be go, `one_of:` if either is enough");
        reader.problems.push(problem);
        return None;
    }
    let name = doc.text(key)?;
    if things.contains(&name) {
        return Some((name, limits));
    }
    let help = match world_nearest(name, things) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("choose from {}", list()),
    };
    reader.advise(
        "unknown-kind",
        format!("`{source}` has no `{name}`"),
        key,
        "no such kind of evidence",
        help,
    );
    None
}

fn world_nearest<'a>(name: &str, things: &[&'a str]) -> Option<&'a str> {
    gonogo_yaml::nearest(name, things.iter().copied())
}

/// The gates, by whole name, whose answers a query waits for.
pub(super) fn waits_for(args: &serde_json::Value) -> Vec<Str> {
    use serde_json::Value;
    match args {
        Value::String(text) if text.contains("{{") => {
            super::template::answers_in(text).into_iter().map(Str::from).collect()
        }
        Value::Array(items) => items.iter().flat_map(waits_for).collect(),
        Value::Object(entries) => entries.values().flat_map(waits_for).collect(),
        _ => Vec::new(),
    }
}
