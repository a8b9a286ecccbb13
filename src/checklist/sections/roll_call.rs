//! `roll_call`: the go/no-go poll.

use crate::{
    index::GateIndex,
    limits::MOST_STEPS,
    names::{is_id, no_id},
    reader::{Reader, keys},
    shapes::{id, word, words},
    symbols::Symbols,
};
use gonogo_domain::{ChecklistId, Party, RollCallPlan, Station, Str};
use gonogo_yaml::{NodeId, NodeRef, Shape, Spanned};

keys! {
    /// The keys of `roll_call`.
    struct RollCallKeys {
        at: word(), stations: Shape::Named("station").filled(), final_call: word(), quorum: Shape::Whole,
        options: id().filled(),
    }
    needs { stations, final_call }
}
keys! {
    /// The keys of a station.
    struct StationKeys {
        station: word(), checklists: words(), computed: Shape::Flag, stations: Shape::Named("station").filled(),
    }
    needs { station }
}

/// What the plan may say.
pub(super) fn shape() -> Shape {
    RollCallKeys::shape()
}

/// What a station may say.
pub(in super::super) fn station_shape() -> Shape {
    StationKeys::shape()
}

/// Outcomes that every poll has.
const ALWAYS: [&str; 4] = ["go", "hold", "no-go", "scrub"];

/// Reads the plan of the poll.
pub(super) fn read(
    reader: &mut Reader<'_>,
    node: NodeId,
    world: &Symbols<'_>,
    index: &GateIndex,
) -> Option<RollCallPlan> {
    let keys = RollCallKeys::read(reader, node)?;
    let at = reader.word(keys.at);
    let at = world.some_moment(reader, at);
    let mut poll = StationReader { world, index, heard: Vec::new() };
    let stations = poll.stations(reader, keys.stations);
    let final_call = reader.word(keys.final_call);
    let final_call = final_call.and_then(|word| world.role(reader, &word));
    let quorum = quorum(reader, keys.quorum, poll.heard.len());
    let options = options(reader, keys.options);
    Some(RollCallPlan { at, stations, final_call: final_call?, quorum, options })
}

struct StationReader<'a> {
    world: &'a Symbols<'a>,
    index: &'a GateIndex,
    /// Every station so far, nested ones too.
    heard: Vec<Party>,
}

impl StationReader<'_> {
    fn stations(&mut self, reader: &mut Reader<'_>, node: Option<NodeId>) -> Vec<Station> {
        let items: Option<Vec<NodeRef>> = reader.get(node);
        if let (Some(node), Some([])) = (node, items.as_deref()) {
            reader.report("empty-list", "a poll needs stations", node, "empty");
        }
        let mut items = items.unwrap_or_default();
        if let Some(node) = node {
            let left = MOST_STEPS.saturating_sub(self.heard.len());
            reader.at_most(left, &mut items, node);
        }
        items.into_iter().filter_map(|NodeRef(item)| self.station(reader, item)).collect()
    }

    fn station(&mut self, reader: &mut Reader<'_>, node: NodeId) -> Option<Station> {
        let keys = StationKeys::read(reader, node)?;
        let word = reader.word(keys.station);
        let role = word.as_ref().and_then(|word| self.world.role(reader, word));
        if let (Some(role), Some(word)) = (&role, &word) {
            if self.heard.contains(role) {
                reader.report(
                    "duplicate-value",
                    format!("`{role}` is listed twice"),
                    word.at,
                    "listed again",
                );
            }
            self.heard.push(role.clone());
        }
        let checklists = self.checklists(reader, keys.checklists);
        let computed = reader.get(keys.computed).unwrap_or_default();
        if let (Some(at), true, None) = (keys.computed, computed, keys.checklists) {
            let help = "name the checklists it answers for: `checklists: [qa]`";
            reader.advise(
                "no-checklists",
                "a computed answer needs checklists",
                at,
                "computed from what?",
                help,
            );
        }
        let stations = keys.stations.map(|list| self.stations(reader, Some(list))).unwrap_or_default();
        Some(Station { role: role?, checklists, computed, stations })
    }

    fn checklists(&self, reader: &mut Reader<'_>, node: Option<NodeId>) -> Vec<ChecklistId> {
        let mut all = Vec::new();
        for word in reader.words(node).unwrap_or_default() {
            let span = reader.span(word.at);
            if reader.take(self.index.checklist(&word.value, span, &self.world.hints)).is_some() {
                all.push(ChecklistId::new(word.value));
            }
        }
        all
    }
}

fn quorum(reader: &mut Reader<'_>, node: Option<NodeId>, stations: usize) -> Option<u32> {
    let quorum: Spanned<u32> = reader.get(node)?;
    if quorum.value == 0 || quorum.value as usize > stations {
        let message = format!("a quorum of {} cannot be reached with {stations} stations", quorum.value);
        reader.report("bad-count", message, quorum.at, format!("must be 1 to {stations}"));
        return None;
    }
    Some(quorum.value)
}

fn options(reader: &mut Reader<'_>, node: Option<NodeId>) -> Vec<Str> {
    let mut options = Vec::new();
    let mut words = reader.words(node).unwrap_or_default();
    if let Some(node) = node {
        reader.at_most(MOST_STEPS, &mut words, node);
    }
    for word in words {
        if !is_id(&word.value) {
            reader.problems.push(no_id(&word.value, reader.span(word.at)));
        } else if ALWAYS.contains(&word.value.as_str())
            || options.iter().any(|known: &Str| **known == *word.value)
        {
            let message = format!("`{}` is an outcome already", word.value);
            reader.advise("duplicate-value", message, word.at, "given again", "remove it");
        } else {
            options.push(word.value.into());
        }
    }
    options
}
