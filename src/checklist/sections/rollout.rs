//! `rollout`: stages, and who advances them.

use std::{collections::BTreeMap, time::Duration};

use super::reach;
use crate::{
    asks::asks,
    gate::text,
    limits::{MOST_NAMES, MOST_STEPS},
    moments::some_duration,
    names::{NameTable, Where, is_id, no_id},
    reader::{Reader, SpannedText, keys},
    shapes::{id, length, when, word, words},
    symbols::Symbols,
    when::ConditionScope,
};
use gonogo_domain::{AskType, Audience, GaugeKind, Party, Rollout, Soak, Stage, StageId, Str};
use gonogo_yaml::{NodeId, NodeRef, Problem, Shape};

keys! {
    /// The keys of `rollout`.
    struct RolloutKeys { advance_by, each_stage, stages, stalled_after, expect_traffic, actual, exposure }
    needs { advance_by, stages }
    later { samples }
}
keys! {
    /// The keys of `each_stage`.
    struct EachKeys { soak, watcher, by_hand, by_hand_back, guardrails, criteria, asks }
}
keys! {
    /// The keys of a stage.
    struct StageKeys {
        stage, audience, start, soak, over, pilot, independent, point_of_no_return, by_hand, by_hand_back, when, watcher,
        guardrails, criteria, asks,
    }
    needs { stage, audience }
}

#[derive(serde::Deserialize)]
struct RawSoak {
    time: Option<SpannedText>,
    samples: Option<u64>,
}

/// What a rollout may contain. Keys that are not listed here may hold anything.
pub(super) fn shape() -> Shape {
    let shared = |shape: Shape| {
        let soak = Shape::of::<RawSoak>().with("time", length());
        shape
            .with("soak", soak)
            .with("watcher", word())
            .with("by_hand", word())
            .with("by_hand_back", word())
            .with("criteria", words())
            .with("asks", Shape::of::<AskType>().named())
            .with("guardrails", id().list())
    };
    let stage = shared(StageKeys::shape()).with("stage", id()).with("audience", Shape::of::<Audience>());
    let stage = stage.with("start", word()).with("when", when()).with("over", length());
    let stage = ["pilot", "independent", "point_of_no_return"]
        .iter()
        .fold(stage, |it, key| it.with(key, Shape::Flag));
    let rollout =
        RolloutKeys::shape().with("advance_by", words()).with("each_stage", shared(EachKeys::shape()));
    let rollout = rollout.with("stages", stage.filled());
    let rollout = rollout.with("stalled_after", length()).with("expect_traffic", word());
    rollout.with("actual", Shape::Named("actual")).with("exposure", Shape::Named("exposure"))
}

/// The names of the stages, and which are pilots: stages and gates refer to them.
pub(super) fn names(reader: &mut Reader<'_>, node: Option<NodeId>) -> NameTable<bool> {
    let mut table = NameTable::new("a stage of the rollout", "unknown-stage");
    let doc = reader.doc;
    let Some(stages) = node.and_then(|node| doc.get(node, "stages")) else { return table };
    for item in doc.items(stages).iter().take(MOST_STEPS) {
        let Some((at, name)) = doc.get(*item, "stage").and_then(|at| Some((at, doc.text(at)?))) else {
            table.whole = false;
            continue;
        };
        let pilot = doc.get(*item, "pilot").is_some_and(|value| doc.text(value) == Some("true"));
        if !is_id(name) {
            reader.problems.push(no_id(name, doc.span(at)));
        }
        if let Some(earlier) = table.insert(name.into(), Where::of(doc, at), pilot) {
            let help = format!("the other one is at {earlier}");
            reader.advise("duplicate-id", format!("two stages are called `{name}`"), at, "given again", help);
        }
    }
    table
}

/// What stages have in common where they do not say otherwise.
#[derive(Default)]
struct Each {
    soak: Option<Soak>,
    watcher: Option<Party>,
    by_hand: Option<Str>,
    by_hand_back: Option<Str>,
    guardrails: Vec<Str>,
    criteria: Vec<Str>,
    asks: BTreeMap<Str, AskType>,
}

/// Reads the rollout.
pub(super) fn read(
    reader: &mut Reader<'_>,
    node: NodeId,
    world: &Symbols<'_>,
    values: ConditionScope<'_>,
) -> Option<Rollout> {
    let keys = RolloutKeys::read(reader, node)?;
    let advance_by = reader.words(keys.advance_by).unwrap_or_default();
    let advance_by = world.all_parties(reader, advance_by);
    let each = keys.each_stage.map(|node| each(reader, node, world)).unwrap_or_default();
    let mut items: Vec<NodeRef> = reader.get(keys.stages)?;
    reader.at_most(MOST_STEPS, &mut items, node);
    if let (Some(list), true) = (keys.stages, items.is_empty()) {
        reader.report("empty-list", "a rollout without stages", list, "empty");
    }
    let mut stages = Vec::with_capacity(items.len());
    for NodeRef(item) in items {
        stages.extend(stage(reader, item, world, values, &each).map(|stage| (stage, item)));
    }
    late_pilots(reader, &stages);
    let expect_traffic = traffic(reader, keys.expect_traffic);
    let stalled_after = reader.word(keys.stalled_after);
    let stalled_after = some_duration(reader, stalled_after);
    let stages = stages.into_iter().map(|(stage, _)| stage).collect();
    let actual = reach::read(reader, keys.actual, world, GaugeKind::Actual);
    let exposure = reach::read(reader, keys.exposure, world, GaugeKind::Exposure);
    Some(Rollout { advance_by, stalled_after, stages, expect_traffic, actual, exposure })
}

/// `40/m` in requests a second.
fn traffic(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<f64> {
    let word = reader.word(node)?;
    let parts = word.value.split_once('/').map(|(count, unit)| (count.trim(), unit.trim()));
    let seconds = |unit: &str| match unit {
        "s" => Some(1.0),
        "m" => Some(60.0),
        "h" => Some(3_600.0),
        "d" => Some(86_400.0),
        _ => None,
    };
    let read = parts.and_then(|(count, unit)| Some((count.parse::<f64>().ok()?, seconds(unit)?)));
    let rate = read.map(|(count, seconds)| count / seconds).filter(|rate| rate.is_finite() && *rate > 0.0);
    if rate.is_none() {
        let help = "write the requests of all users per time: 40/m (or /s, /h, /d)";
        reader.advise("bad-traffic", "not a rate of requests", word.at, "no traffic", help);
    }
    rate
}

fn each(reader: &mut Reader<'_>, node: NodeId, world: &Symbols<'_>) -> Each {
    let Some(keys) = EachKeys::read(reader, node) else { return Each::default() };
    let watcher = reader.word(keys.watcher);
    Each {
        soak: soak(reader, keys.soak),
        watcher: world.some_party(reader, watcher),
        by_hand: text(reader, keys.by_hand),
        by_hand_back: text(reader, keys.by_hand_back),
        guardrails: guardrails(reader, keys.guardrails, world).unwrap_or_default(),
        criteria: criteria(reader, keys.criteria).unwrap_or_default(),
        asks: asks(reader, keys.asks),
    }
}

fn stage(
    reader: &mut Reader<'_>,
    node: NodeId,
    world: &Symbols<'_>,
    values: ConditionScope<'_>,
    each: &Each,
) -> Option<Stage> {
    let keys = StageKeys::read(reader, node)?;
    let id = reader.word(keys.stage);
    let audience = audience(reader, keys.audience);
    let start = reader.word(keys.start);
    let start = world.some_moment(reader, start);
    let watcher = reader.word(keys.watcher);
    let watcher = world.some_party(reader, watcher);
    let soak = if keys.soak.is_some() { soak(reader, keys.soak) } else { each.soak };
    let over = over(reader, keys.over, audience.as_ref());
    let by_hand = text(reader, keys.by_hand);
    let by_hand_back = text(reader, keys.by_hand_back);
    let guardrails = guardrails(reader, keys.guardrails, world).unwrap_or_else(|| each.guardrails.clone());
    let criteria = criteria(reader, keys.criteria).unwrap_or_else(|| each.criteria.clone());
    let asks = if keys.asks.is_some() { asks(reader, keys.asks) } else { each.asks.clone() };
    let condition = keys.when.and_then(|when| values.read(reader, when));
    let mut flag = |node| reader.get::<bool>(node).unwrap_or_default();
    let (pilot, independent, point_of_no_return) =
        (flag(keys.pilot), flag(keys.independent), flag(keys.point_of_no_return));
    Some(Stage {
        id: StageId::new(id?.value),
        audience: audience?,
        start,
        soak,
        pilot,
        independent,
        point_of_no_return,
        over,
        by_hand: by_hand.or_else(|| each.by_hand.clone()),
        by_hand_back: by_hand_back.or_else(|| each.by_hand_back.clone()),
        excluded: condition.and_then(|condition| condition.excluded),
        watcher: watcher.or_else(|| each.watcher.clone()),
        guardrails,
        criteria,
        asks,
    })
}

/// A steady ramp, which only a percentage has.
fn over(reader: &mut Reader<'_>, node: Option<NodeId>, audience: Option<&Audience>) -> Option<Duration> {
    let word = reader.word(node);
    let over = some_duration(reader, word)?;
    if let (Some(audience), Some(node)) = (audience, node)
        && audience.percent().is_none()
    {
        let message = format!("`over` needs an audience with a percentage; {} has none", audience.label());
        let help = "remove `over`, or give the stage an audience such as `{ percent: 100 }`";
        reader.advise("no-ramp", message, node, "nothing to ramp up", help);
        return None;
    }
    Some(over)
}

/// Statements that people confirm. None at all is `[]`, where `each_stage` has some.
fn criteria(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<Vec<Str>> {
    let mut words: Vec<SpannedText> = reader.get(node)?;
    reader.at_most(MOST_NAMES, &mut words, node?);
    let mut all: Vec<Str> = Vec::with_capacity(words.len());
    for word in words {
        let statement = word.value.trim();
        if statement.is_empty() {
            reader.report("empty-value", "an empty criterion", word.at, "empty");
        } else if all.iter().any(|known| **known == *statement) {
            let message = format!("the criterion `{statement}` is listed twice");
            reader.advise("duplicate-value", message, word.at, "named again", "remove one of them");
        } else {
            all.push(statement.into());
        }
    }
    Some(all)
}

/// The guardrails of a stage. None at all is `[]`, where `each_stage` names some.
fn guardrails(reader: &mut Reader<'_>, node: Option<NodeId>, world: &Symbols<'_>) -> Option<Vec<Str>> {
    let words: Vec<SpannedText> = reader.get(node)?;
    let mut all: Vec<Str> = Vec::with_capacity(words.len());
    for word in words {
        let span = reader.span(word.at);
        if reader.take(world.guardrails.look_up(&word.value, span, &world.hints)).is_none() {
            continue;
        }
        if all.iter().any(|known| **known == *word.value) {
            let message = format!("`{}` is named twice", word.value);
            reader.advise("duplicate-value", message, word.at, "named again", "remove one of them");
        } else {
            all.push(word.value.into());
        }
    }
    Some(all)
}

fn audience(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<Audience> {
    let audience: Audience = reader.get(node)?;
    if let (Audience::Percent(share), Some(node)) = (&audience, node)
        && !(0.0..=100.0).contains(share)
    {
        reader.report("bad-count", format!("{share} is not a percentage"), node, "must be 0 to 100");
        return None;
    }
    Some(audience)
}

fn soak(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<Soak> {
    let raw: RawSoak = reader.get(node)?;
    if let (None, None, Some(node)) = (&raw.time, raw.samples, node) {
        let help = "write `time: 24h`, `samples: 5000`, or both";
        reader.advise("empty-value", "a soak without time or samples", node, "empty", help);
        return None;
    }
    let time: Option<Duration> = some_duration(reader, raw.time);
    Some(Soak { time, samples: raw.samples })
}

/// A pilot runs before GO, so it cannot stand behind a stage that needs GO.
fn late_pilots(reader: &mut Reader<'_>, stages: &[(Stage, NodeId)]) {
    let mut after_go: Option<&Stage> = None;
    for (stage, node) in stages {
        if let (true, false, Some(first)) = (stage.pilot, stage.independent, after_go) {
            let at = reader.doc.get(*node, "pilot").unwrap_or(*node);
            let problem =
                Problem::new("late-pilot", format!("the pilot `{}` comes after `{}`", stage.id, first.id))
                    .at(reader.span(at), "a pilot runs before GO")
                    .help(format!("`{}` is not a pilot, so it starts after GO: list pilots first", first.id));
            reader.problems.push(problem);
        }
        if !stage.pilot && !stage.independent {
            after_go = after_go.or(Some(stage));
        }
    }
}
