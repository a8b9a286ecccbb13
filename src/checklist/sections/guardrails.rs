//! `guardrails`: what each stage of the rollout is watched by.

use std::{collections::BTreeMap, time::Duration};

use super::LaunchKeys;
use crate::{
    gate::text,
    interpolate::{Filler, PartKind},
    kinds::DecodedGuardrail,
    limits::MOST_STEPS,
    moments::some_duration,
    names::{NameTable, Where, is_id, no_id},
    parsed_file::ParsedFile,
    reader::{Reader, SpannedText, keys},
    scope::VariableScope,
    shapes::{key, length, needing, word},
    symbols::Symbols,
};
use gonogo_domain::{Bound, CallsFor, Guardrail, Length, Query, Rollout, SourceId, Str};
use gonogo_yaml::{NodeId, Problem, Shape};

keys! {
    /// The keys of a guardrail, sources left out.
    struct GuardrailKeys { title, calls_for, window, fresh, connection }
}

/// What a guardrail may say, where these sources measure.
pub(in super::super) fn shape(measures: Vec<(&'static str, Shape)>) -> Shape {
    let own = GuardrailKeys::shape().with("calls_for", Shape::of::<CallsFor>()).with("window", length());
    let own = own.with("fresh", length()).with("connection", word()).with("title", word());
    let Shape::Keys(mut keys) = needing(own, &["title"]) else { return Shape::Any };
    keys.extend(measures.into_iter().map(|(source, shape)| key(source, shape)));
    Shape::Keys(keys)
}

/// Keys of the sketch before this one, and what says it now.
const OLD: &[(&str, &str)] = &[
    (
        "breach_after",
        "remove it: looking often does not cause false alarms; use `stop_at: 10%` for an emergency",
    ),
    ("samples", "remove it: a guardrail counts its own samples and shows how many are missing"),
    ("action", "write `calls_for: hold`, `rollback` or `tell`"),
];

/// The default length of a window.
pub(super) const WINDOW: &str = "5m";
/// Shorter ones hold too little, and would be asked for too often.
const SHORTEST: Duration = Duration::from_secs(10);
/// A length that every source can measure: for what is to be read although its own could not be.
const AN_HOUR: Duration = Duration::from_secs(3_600);
/// A breach is to be found within the hours of the second clock.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);

/// Fills in each guardrail: `{{ window }}` is its own.
pub(super) fn fill(unit: &mut ParsedFile, node: Option<NodeId>, filler: &Filler<'_>, measures: &[&str]) {
    let Some(node) = node else { return };
    for (_, guardrail) in unit.doc.entries(node).collect::<Vec<_>>() {
        let window =
            unit.doc.get(guardrail, "window").and_then(|at| unit.doc.text(at)).unwrap_or(WINDOW).to_owned();
        let own = with_window(filler.scope, &window);
        let filler = Filler { scope: &own, ..*filler };
        for (key, value) in unit.doc.entries(guardrail).collect::<Vec<_>>() {
            let name = unit.doc.text(key).unwrap_or_default().to_owned();
            let part = if measures.contains(&name.as_str()) { PartKind::Evidence } else { PartKind::Plain };
            filler.fill_in(unit, value, &name, part);
        }
    }
}

/// The variables of what is counted in windows of that length.
pub(super) fn with_window(scope: &VariableScope, window: &str) -> VariableScope {
    let mut own = scope.clone();
    own.built_in("window", window);
    // For servers that want a number.
    let seconds = Length::parse(window).ok().and_then(Length::exact);
    own.built_in("window_seconds", &seconds.map_or_else(String::new, |it| it.as_secs().to_string()));
    own
}

/// The names of the guardrails: stages refer to them.
pub(super) fn names(reader: &mut Reader<'_>, node: Option<NodeId>) -> NameTable {
    let mut table = NameTable::new("a guardrail of the launch", "unknown-guardrail");
    let doc = reader.doc;
    for (key, _) in node.map(|node| doc.entries(node).collect::<Vec<_>>()).unwrap_or_default() {
        if let Some(name) = doc.text(key) {
            table.insert(name.into(), Where::of(doc, key), ());
        }
    }
    table
}

/// Reads them.
pub(super) fn read(
    reader: &mut Reader<'_>,
    node: Option<NodeId>,
    world: &Symbols<'_>,
) -> BTreeMap<Str, Guardrail> {
    let mut all = BTreeMap::new();
    let mut named = reader.named(node);
    if let Some(node) = node {
        reader.at_most(MOST_STEPS, &mut named, node);
    }
    for (name, value) in named {
        if !is_id(&name.value) {
            let span = reader.span(name.at);
            reader.problems.push(no_id(&name.value, span));
            continue;
        }
        all.extend(one(reader, &name, value, world).map(|it| (it.id.clone(), it)));
    }
    all
}

fn one(reader: &mut Reader<'_>, name: &SpannedText, node: NodeId, world: &Symbols<'_>) -> Option<Guardrail> {
    let (keys, sources) = split(reader, node, world)?;
    if keys.title.is_none() {
        reader.missing(node, "title");
    }
    let title = text(reader, keys.title);
    let calls_for = reader.get::<CallsFor>(keys.calls_for);
    let window = window(reader, keys.window);
    let connection = reader.word(keys.connection).map(|word| Str::from(word.value));
    let fresh = reader.word(keys.fresh);
    let fresh = some_duration(reader, fresh);
    let (key, value) = only(reader, node, &sources, world)?;
    let source = reader.doc.text(key)?;
    let DecodedGuardrail { mut args, limits, said } = decode(reader, world, (source, value), window)?;
    let window = window?;
    if let serde_json::Value::Object(args) = &mut args {
        args.insert("window".to_owned(), window.as_secs().into());
    }
    let usual = world.freshness.of(source);
    Some(Guardrail {
        id: name.value.as_str().into(),
        title: title?,
        calls_for: calls_for.unwrap_or_default(),
        window,
        limits,
        query: Query {
            source: SourceId::new(source),
            thing: "guardrail".into(),
            args,
            bound: Bound::Free,
            said,
        },
        connection,
        fresh: fresh.map_or(usual, |fresh| fresh.min(usual)),
    })
}

/// The guardrail's own keys, and those that are sources.
fn split(
    reader: &mut Reader<'_>,
    node: NodeId,
    world: &Symbols<'_>,
) -> Option<(GuardrailKeys, Vec<(NodeId, NodeId)>)> {
    let mut found = GuardrailKeys::default();
    let mut sources = Vec::new();
    let measures = world.kinds.measures();
    let known: Vec<&str> = GuardrailKeys::KEYS.iter().chain(&measures).copied().collect();
    for (key, value) in reader.pairs(node)? {
        let name = reader.doc.text(key).unwrap_or_default();
        if found.take(name, value) {
            continue;
        }
        if measures.contains(&name) {
            sources.push((key, value));
        } else if let Some((_, help)) = OLD.iter().find(|(old, _)| *old == name) {
            reader.advise(
                "old-key",
                format!("`{name}` is no longer a key"),
                key,
                "from an earlier version",
                *help,
            );
        } else if world.offers.get(name).is_some() {
            let help = format!(
                "guardrails count with {}; for a yes or no, use a gate with `blocks: stage/ID`",
                measures.join(", ")
            );
            reader.advise(
                "no-measure",
                format!("gonogo cannot measure `{name}` over time"),
                key,
                "cannot be a guardrail",
                help,
            );
        } else {
            reader.unknown_key(key, &known);
        }
    }
    Some((found, sources))
}

fn only(
    reader: &mut Reader<'_>,
    node: NodeId,
    sources: &[(NodeId, NodeId)],
    world: &Symbols<'_>,
) -> Option<(NodeId, NodeId)> {
    match sources {
        [] => {
            let measures = world.kinds.measures();
            let (known, first) = (measures.join(", "), measures.first().copied().unwrap_or_default());
            let problem = Problem::new("no-kind", "the guardrail does not say what to measure")
                .at(reader.doc.head_span(node), "which source?")
                .help(format!(
                    "add one of {known}, such as `{first}: {{ bad: ..., total: ..., at_most: 1% }}`"
                ));
            if reader.problems.iter().all(|it| it.code != "old-key" && it.code != "no-measure") {
                reader.problems.push(problem);
            }
            None
        }
        [one] => Some(*one),
        [first, second, ..] => {
            let problem = Problem::new("two-kinds", "a guardrail has one source")
                .at(reader.doc.span(second.0), "a second one")
                .also(reader.doc.span(first.0), "the first one")
                .help("make it two guardrails");
            reader.problems.push(problem);
            None
        }
    }
}

pub(super) fn window(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<Duration> {
    let Some(node) = node else { return Some(Duration::from_secs(300)) };
    let word = reader.word(Some(node));
    let window = some_duration(reader, word)?;
    if !(SHORTEST..=LONGEST).contains(&window) {
        let help = "write something between 10s and 24h; 1m to 5m is usual";
        reader.advise("bad-length", "not a useful window", node, "too short or too long", help);
        return None;
    }
    Some(window)
}

fn decode(
    reader: &mut Reader<'_>,
    world: &Symbols<'_>,
    (source, node): (&str, NodeId),
    window: Option<Duration>,
) -> Option<DecodedGuardrail> {
    let asked = world.asked(reader.doc, (source, "guardrail"), node);
    let before = reader.problems.len();
    let measures = world.kinds.measure(&asked, window.unwrap_or(AN_HOUR), reader.problems);
    measures.filter(|_| reader.problems.len() == before)
}

/// A guardrail that no stage names guards nothing.
pub(super) fn unused(
    reader: &Reader<'_>,
    keys: &LaunchKeys,
    all: &BTreeMap<Str, Guardrail>,
    rollout: Option<&Rollout>,
    warnings: &mut Vec<Problem>,
) {
    let Some(node) = keys.guardrails else { return };
    let named = |name: &str| {
        let mut stages = rollout.iter().flat_map(|it| &it.stages);
        stages.any(|stage| stage.guardrails.iter().any(|it| **it == *name))
    };
    for (key, _) in reader.doc.entries(node) {
        let Some(name) = reader.doc.text(key).filter(|name| all.contains_key(*name) && !named(name)) else {
            continue;
        };
        let problem = Problem::new("unused-guardrail", format!("no stage names the guardrail `{name}`"))
            .at(reader.doc.span(key), "not used");
        let help = format!("add it under `rollout`: `each_stage: {{ guardrails: [{name}] }}`");
        warnings.push(problem.help(help));
    }
}
