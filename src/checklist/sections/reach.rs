//! `rollout.actual` and `rollout.exposure`: what tells how far the release really is out.

use std::time::Duration;

use super::guardrails::{WINDOW, window, with_window};
use crate::{
    interpolate::{Filler, PartKind},
    moments::some_duration,
    parsed_file::ParsedFile,
    reader::{Reader, SpannedText, keys},
    shapes::{key, length, word},
    symbols::Symbols,
};
use gonogo_domain::{Bound, Gauge, GaugeKind, Query, Rollout, SourceId};
use gonogo_yaml::{NodeId, Problem, Shape};

keys! {
    /// The keys beside the source.
    struct GaugeKeys { window, fresh, connection }
}

/// What one of them may say, where these sources tell it.
pub(in super::super) fn shape(kind: GaugeKind, gauges: Vec<(&'static str, Shape)>) -> Shape {
    let own = GaugeKeys::shape().with("window", length()).with("fresh", length()).with("connection", word());
    let Shape::Keys(mut keys) = own else { return Shape::Any };
    keys.retain(|key| kind == GaugeKind::Exposure || key.name != "window");
    keys.extend(gauges.into_iter().map(|(source, shape)| key(source, shape)));
    Shape::Keys(keys)
}

/// Fills in `rollout`: what a source is asked is evidence, and `{{ window }}` its own.
pub(super) fn fill(unit: &mut ParsedFile, node: Option<NodeId>, filler: &Filler<'_>) {
    let Some(node) = node else { return };
    for (key, value) in unit.doc.entries(node).collect::<Vec<_>>() {
        match unit.doc.text(key) {
            Some("actual" | "exposure") => {
                let length = unit.doc.get(value, "window").and_then(|at| unit.doc.text(at));
                let own = with_window(filler.scope, length.unwrap_or(WINDOW));
                let filler = Filler { scope: &own, ..*filler };
                for (key, value) in unit.doc.entries(value).collect::<Vec<_>>() {
                    let name = unit.doc.text(key).unwrap_or_default().to_owned();
                    let known = filler.offers.get(&name).is_some();
                    let part = if known { PartKind::Evidence } else { PartKind::Plain };
                    filler.fill_in(unit, value, &name, part);
                }
            }
            _ => filler.fill_in(unit, value, "rollout", PartKind::Plain),
        }
    }
}

/// A deployment is compared with the target, so there must be one.
pub(super) fn without_target(
    reader: &mut Reader<'_>,
    node: Option<NodeId>,
    (rollout, none): (Option<&Rollout>, bool),
) {
    let actual = rollout.and_then(|it| it.actual.as_ref());
    let about = actual.is_some_and(|it| it.query.bound == Bound::Commit);
    let at = node.and_then(|node| reader.doc.get(node, "actual"));
    if let (true, true, Some(at)) = (none, about, at) {
        let help = "add `target: { repository: OWNER/NAME, ref: BRANCH }` to launch.yaml";
        reader.advise(
            "no-target",
            "this compares a commit with the target, and the launch has no `target`",
            at,
            "no target",
            help,
        );
    }
}

/// Reads one of them.
pub(super) fn read(
    reader: &mut Reader<'_>,
    node: Option<NodeId>,
    world: &Symbols<'_>,
    kind: GaugeKind,
) -> Option<Gauge> {
    let node = node?;
    let mut keys = GaugeKeys::default();
    let sources = world.kinds.gauges(kind);
    let known: Vec<&str> = GaugeKeys::KEYS.iter().chain(&sources).copied().collect();
    let mut found: Vec<(NodeId, NodeId)> = Vec::new();
    for (key, value) in reader.pairs(node)? {
        let name = reader.doc.text(key).unwrap_or_default();
        if keys.take(name, value) {
            continue;
        }
        if sources.contains(&name) {
            found.push((key, value));
        } else if world.offers.get(name).is_some() {
            let help = format!("write one of {}", sources.join(", "));
            reader.advise(
                "no-measure",
                format!("`{name}` cannot answer this"),
                key,
                "not one of the sources for this",
                help,
            );
        } else {
            reader.unknown_key(key, &known);
        }
    }
    if let (GaugeKind::Actual, Some(node)) = (kind, keys.window) {
        reader.advise("no-window", "`rollout.actual` has no window", node, "not here", "remove it");
    }
    let fresh: Option<SpannedText> = reader.word(keys.fresh);
    let fresh = some_duration(reader, fresh);
    let connection = reader.word(keys.connection).map(|word| word.value.as_str().into());
    let length = window(reader, keys.window)?;
    let (key, value) = only(reader, node, &found, &sources)?;
    let source = reader.doc.text(key)?;
    let query = asked(reader, world, kind, (source, value), length)?;
    let usual = world.freshness.of(source);
    Some(Gauge {
        query,
        connection,
        fresh: fresh.map_or(usual, |fresh| fresh.min(usual)),
        window: (kind == GaugeKind::Exposure).then_some(length),
    })
}

fn only(
    reader: &mut Reader<'_>,
    node: NodeId,
    found: &[(NodeId, NodeId)],
    sources: &[&str],
) -> Option<(NodeId, NodeId)> {
    match found {
        [one] => Some(*one),
        [first, second, ..] => {
            let problem = Problem::new("two-kinds", "only one source can be given")
                .at(reader.doc.span(second.0), "a second one")
                .also(reader.doc.span(first.0), "the first one")
                .help("remove one of them");
            reader.problems.push(problem);
            None
        }
        [] => {
            let problem = Problem::new("no-kind", "the source is missing")
                .at(reader.doc.head_span(node), "which source?")
                .help(format!("write one of {}", sources.join(", ")));
            if reader.problems.iter().all(|it| it.code != "no-measure") {
                reader.problems.push(problem);
            }
            None
        }
    }
}

fn asked(
    reader: &mut Reader<'_>,
    world: &Symbols<'_>,
    kind: GaugeKind,
    (source, node): (&str, NodeId),
    length: Duration,
) -> Option<Query> {
    let asked = world.asked(reader.doc, (source, ""), node);
    let before = reader.problems.len();
    let (thing, mut decoded) = world.kinds.gauge(kind, &asked, reader.problems)?;
    if reader.problems.len() != before {
        return None;
    }
    if let (GaugeKind::Exposure, serde_json::Value::Object(args)) = (kind, &mut decoded.args) {
        args.insert("window".to_owned(), length.as_secs().into());
    }
    Some(Query {
        source: SourceId::new(source),
        thing: thing.into(),
        args: decoded.args,
        bound: decoded.bound,
        said: decoded.said,
    })
}
