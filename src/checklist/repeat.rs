//! Cells of a matrix and occurrences of a repeated gate: what a gate is copied for.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use super::{
    interpolate::MatrixAxis,
    limits::MOST_OCCURRENCES,
    moments,
    names::{is_cell, is_variable},
    reader::{Reader, SpannedText, keys},
    scope::RESERVED,
    shapes::{length, word, words},
    symbols::Symbols,
    when::ConditionScope,
};
use chrono::{DateTime, Utc};
use gonogo_domain::{Length, MomentExpr, Occurrence, OccurrenceStep, Schedule, Str};
use gonogo_yaml::{Entries, NodeId};

/// One copy of a gate.
#[derive(Clone, Debug)]
pub(super) struct Copy {
    /// What stands behind the `@`.
    pub(super) cell: Str,
    /// The variable that a matrix sets.
    pub(super) axis: Option<MatrixAxis>,
    /// The moment that an occurrence counts from.
    pub(super) counts_from: Option<Occurrence>,
}

/// The cells of a matrix.
pub(super) fn matrix(reader: &mut Reader<'_>, node: NodeId, values: ConditionScope<'_>) -> Option<Vec<Copy>> {
    let axes: Entries<Vec<SpannedText>> = reader.get(Some(node))?;
    let mut axes = axes.0.into_iter();
    let Some((name, cells)) = axes.next() else {
        reader.report("empty-value", "a matrix without an axis", node, "empty");
        return None;
    };
    if let Some((second, _)) = axes.next() {
        let help = "put the gate inside a gate of gates, and give that one the other axis";
        reader.advise("two-axes", "a matrix has one axis", second.at, "a second one", help);
        return None;
    }
    axis_name(reader, &name, values)?;
    if cells.is_empty() {
        reader.report("empty-list", "a matrix without cells", name.at, "needs a list of values");
        return None;
    }
    let all: Arc<BTreeSet<Str>> = Arc::new(cells.iter().map(|cell| cell.value.as_str().into()).collect());
    let mut seen = HashSet::new();
    let mut copies = Vec::with_capacity(cells.len());
    let mut sound = true;
    for cell in cells {
        let value: Str = cell.value.into();
        if !is_cell(&value) {
            let label = "a cell is made of letters, digits and . _ -";
            reader.report("bad-cell", format!("`{value}` cannot name a cell"), cell.at, label);
            sound = false;
        } else if !seen.insert(value.clone()) {
            reader.report(
                "duplicate-value",
                format!("two cells are called `{value}`"),
                cell.at,
                "given again",
            );
            sound = false;
        }
        let axis =
            MatrixAxis { name: name.value.as_str().into(), value: value.clone(), all: Arc::clone(&all) };
        copies.push(Copy { cell: value, axis: Some(axis), counts_from: None });
    }
    sound.then_some(copies)
}

/// An axis is a new name: one that is taken would mean two things.
fn axis_name(reader: &mut Reader<'_>, name: &SpannedText, values: ConditionScope<'_>) -> Option<()> {
    let text = name.value.as_str();
    if !is_variable(text) || RESERVED.contains(&text) {
        let label = "a name is made of a-z, 0-9 and _";
        reader.report("bad-name", format!("`{text}` cannot name an axis"), name.at, label);
        return None;
    }
    let taken = values.scope.peek(text).is_some() || values.axes.iter().any(|axis| &*axis.name == text);
    if taken {
        let help = "give the axis another name";
        reader.advise("duplicate-name", format!("`{text}` is a variable already"), name.at, "taken", help);
        return None;
    }
    Some(())
}

keys! {
    /// The keys of `repeat`.
    struct RepeatKeys { every: length(), from: word(), until: word(), at: words() }
}

/// The occurrences of a repeated gate.
pub(super) fn occurrences(reader: &mut Reader<'_>, node: NodeId, world: &Symbols<'_>) -> Option<Vec<Copy>> {
    let keys = RepeatKeys::read(reader, node)?;
    let moments = if keys.at.is_some() {
        for (key, name) in [(keys.every, "every"), (keys.from, "from"), (keys.until, "until")] {
            if let Some(key) = key {
                let message = format!("`at` and `{name}` cannot be used together");
                reader.report("two-ways", message, key, "`at` already lists every moment");
            }
        }
        let words = reader.words(keys.at)?;
        words.iter().filter_map(|word| world.moment(reader, word)).map(Occurrence::from).collect()
    } else {
        let missing = [(keys.every, "every"), (keys.from, "from"), (keys.until, "until")];
        let missing = missing.iter().find(|(key, _)| key.is_none());
        if let Some((_, name)) = missing {
            reader.missing(node, name);
            return None;
        }
        every(reader, node, &keys, world)?
    };
    name(reader, node, moments, world.schedule.as_ref()?)
}

/// From a moment on, in equal steps, up to another.
fn every(
    reader: &mut Reader<'_>,
    node: NodeId,
    keys: &RepeatKeys,
    world: &Symbols<'_>,
) -> Option<Vec<Occurrence>> {
    let every = reader.word(keys.every);
    let every = every.and_then(|word| moments::length(reader, &word));
    let from = reader.word(keys.from);
    let expression = from.as_ref().and_then(|word| moments::expression(reader, word));
    let first = from.as_ref().and_then(|word| world.moment(reader, word));
    let until = reader.word(keys.until);
    let until = world.some_moment(reader, until);
    let (every, from, expression, first, until) = (every?, from?, expression?, first?, until?);
    if until.at < first.at {
        let help = format!("from is {}, until is {}", first.at, until.at);
        reader.advise("bad-span", "`repeat` ends before it begins", node, "never happens", help);
        return None;
    }
    let schedule = world.settled.as_ref()?;
    let mut all = Vec::new();
    for number in 0.. {
        if all.len() == MOST_OCCURRENCES {
            let message = format!("a gate is repeated more than {MOST_OCCURRENCES} times");
            reader.report("too-many-gates", message, node, "too often");
            return None;
        }
        // A step that cannot be computed is an error, never the end: an occurrence that is missing would block nothing.
        let at = step(reader, world, schedule, (&from, &expression), (every, number))?;
        if at > until.at {
            break;
        }
        let (said, until) = (first.said.clone(), until.said.clone());
        let step = OccurrenceStep { from: said, every, number, until, is_last: false };
        all.push(Occurrence { at, said: day(schedule, at).into(), step: Some(step) });
    }
    if let Some(step) = all.last_mut().and_then(|last| last.step.as_mut()) {
        step.is_last = true;
    }
    Some(all)
}

/// When the step of this number begins; a problem where no calendar goes, or where looking it up costs too much.
fn step(
    reader: &mut Reader<'_>,
    world: &Symbols<'_>,
    schedule: &Schedule,
    (word, from): (&SpannedText, &MomentExpr),
    (every, number): (Length, i32),
) -> Option<DateTime<Utc>> {
    let by = every.count.checked_mul(number).map(|count| Length { count, ..every });
    let Some(by) = by.filter(|by| world.affords(schedule, *by)) else {
        moments::too_far(reader, word);
        return None;
    };
    schedule.stepped(from, by).map_err(|error| moments::report(reader, word, &error)).ok()
}

/// The day of a moment in the launch's zone: `2026-11-30`.
fn day(schedule: &Schedule, at: DateTime<Utc>) -> String {
    at.with_timezone(&schedule.zone).format("%Y-%m-%d").to_string()
}

/// Names occurrences by their day, and by their time where a day has several.
fn name(
    reader: &mut Reader<'_>,
    node: NodeId,
    moments: Vec<Occurrence>,
    schedule: &Schedule,
) -> Option<Vec<Copy>> {
    let days: Vec<String> = moments.iter().map(|moment| day(schedule, moment.at)).collect();
    let unique = days.iter().collect::<HashSet<_>>().len() == days.len();
    let cell = |moment: &Occurrence, day: String| {
        if unique { day } else { moment.at.with_timezone(&schedule.zone).format("%Y-%m-%dT%H%M").to_string() }
    };
    let mut seen = HashSet::new();
    let mut copies = Vec::with_capacity(moments.len());
    for (moment, day) in moments.into_iter().zip(days) {
        let cell: Str = cell(&moment, day).into();
        if !seen.insert(cell.clone()) {
            reader.report(
                "duplicate-value",
                "two occurrences at the same moment",
                node,
                format!("twice at {cell}"),
            );
            return None;
        }
        copies.push(Copy { cell, axis: None, counts_from: Some(moment) });
    }
    Some(copies)
}
