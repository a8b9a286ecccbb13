//! `schedule`: T-0, anchors, calendar, freezes, on-call.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc, Weekday};
use gonogo_domain::Zone;

use crate::{
    limits::{MOST_HOLIDAYS, MOST_STEPS},
    moments::{expression, place_for},
    names::{Where, is_id, no_id},
    reader::{Reader, SpannedText, keys, unknown_value},
    shapes::{word, words},
    symbols::Symbols,
};
use gonogo_domain::{Anchor, Freeze, Moment, MomentExpr, OnCall, Schedule, Str, is_fixed_offset};
use gonogo_yaml::{NodeId, NodeRef, Problem, Shape};

keys! {
    /// The keys of `schedule`.
    struct ScheduleKeys {
        t0: word(), timezone: word(), anchors: word().named(), holidays: word().list(),
        weekend: Shape::words(&DAYS).list(), cutoff: word(),
        freezes: Shape::of::<RawFreeze>().with("exceptions_by", words()).list(), on_call: Shape::of::<RawOnCall>().list(),
    }
    needs { t0, timezone }
}

/// Days of a week as files write them.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

#[derive(serde::Deserialize)]
struct RawFreeze {
    freeze: SpannedText,
    from: SpannedText,
    until: SpannedText,
    stops: Stops,
    rule: Option<String>,
    exceptions_by: Option<NodeRef>,
}

#[derive(Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Stops {
    Rollout,
    Changes,
}

#[derive(serde::Deserialize)]
struct RawOnCall {
    role: SpannedText,
    from: SpannedText,
    until: SpannedText,
}

/// What may stand there.
pub(super) fn shape() -> Shape {
    ScheduleKeys::shape()
}

/// Reads the schedule into the world. What is wrong with it has been noted; moments are then not resolved.
pub(super) fn read(
    reader: &mut Reader<'_>,
    node: Option<NodeId>,
    world: &mut Symbols<'_>,
    warnings: &mut Vec<Problem>,
) {
    world.anchors.whole = false;
    let Some(node) = node else { return };
    let Some(keys) = ScheduleKeys::read(reader, node) else { return };
    let anchors = anchors(reader, keys.anchors, world);
    let zone = zone(reader, keys.timezone);
    fixed(reader, keys.timezone, zone, warnings);
    let holidays = holidays(reader, keys.holidays);
    let weekend = weekend(reader, keys.weekend);
    let cutoff = cutoff(reader, keys.cutoff);
    let t0 = reader.word(keys.t0).and_then(|word| Some((t0(reader, &word)?, word)));
    let base = zone.zip(t0).and_then(|(zone, (expression, word))| {
        let mut schedule = Schedule {
            t0: DateTime::UNIX_EPOCH,
            zone,
            anchors: anchors
                .iter()
                .map(|(name, _, expr)| (name.clone(), Anchor { expr: expr.clone() }))
                .collect::<BTreeMap<_, _>>(),
            holidays: holidays?,
            weekend: weekend?,
            cutoff: cutoff?,
            freezes: Vec::new(),
            on_call: Vec::new(),
            stood: Vec::new(),
        };
        schedule.t0 = world.resolved(reader, &word, &schedule, &expression)?.at;
        Some(schedule)
    });
    world.schedule = base;
    settle_anchors(reader, &anchors, world);
    let freezes = list(reader, keys.freezes, |reader, node| freeze(reader, node, world));
    let on_call = list(reader, keys.on_call, |reader, node| on_call(reader, node, world));
    if let Some(schedule) = &mut world.schedule {
        schedule.freezes = freezes;
        schedule.on_call = on_call;
    }
}

fn list<T>(
    reader: &mut Reader<'_>,
    node: Option<NodeId>,
    mut one: impl FnMut(&mut Reader<'_>, NodeId) -> Option<T>,
) -> Vec<T> {
    let items: Vec<NodeRef> = reader.get(node).unwrap_or_default();
    items.into_iter().filter_map(|NodeRef(item)| one(reader, item)).collect()
}

/// A zone that is an offset holds all year. That is rarely what was meant.
fn fixed(reader: &Reader<'_>, node: Option<NodeId>, zone: Option<Zone>, warnings: &mut Vec<Problem>) {
    if let (Some(zone), Some(node)) = (zone.filter(|zone| is_fixed_offset(*zone)), node) {
        let west = zone.name().starts_with("Etc/GMT+");
        let sign = if west { "; and its sign is reversed: this one is behind UTC" } else { "" };
        let problem = Problem::new("fixed-zone", format!("`{zone}` is a fixed offset, without summer time"))
            .at(reader.span(node), "the same all year")
            .help(format!("write the place whose clocks you use, such as America/New_York{sign}"));
        warnings.push(problem);
    }
}

fn zone(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<Zone> {
    let word = reader.word(node)?;
    let zone: Option<Zone> = word.value.parse().ok();
    if zone.is_none() {
        let message = format!("`{}` is not a time zone", word.value);
        reader.advise("unknown-zone", message, word.at, "not a time zone", place_for(&word.value));
    }
    zone
}

fn t0(reader: &mut Reader<'_>, word: &SpannedText) -> Option<MomentExpr> {
    let expression = expression(reader, word)?;
    if let MomentExpr::Relative { .. } = expression {
        let help = "write it as 2026-12-02T09:00; everything else is counted from it";
        reader.advise(
            "bad-moment",
            "T-0 cannot depend on another moment",
            word.at,
            "not a date and time",
            help,
        );
        return None;
    }
    Some(expression)
}

type NamedMoment = (Str, SpannedText, MomentExpr);

fn anchors(reader: &mut Reader<'_>, node: Option<NodeId>, world: &mut Symbols<'_>) -> Vec<NamedMoment> {
    if let Some(place) = node {
        world.anchors.insert("T".into(), Where::of(reader.doc, place), ());
    } else {
        let place = Where { file: reader.doc.name().into(), line: 1 };
        world.anchors.insert("T".into(), place, ());
    }
    let pairs = match node {
        Some(node) => reader.pairs(node),
        None => Some(Vec::new()),
    };
    world.anchors.whole = pairs.is_some();
    let mut anchors = Vec::new();
    let mut pairs = pairs.unwrap_or_default();
    if let Some(node) = node {
        reader.at_most(MOST_STEPS, &mut pairs, node);
    }
    for (key, value) in pairs {
        let Some(name) = reader.doc.text(key) else { continue };
        let plain = |c: char| c.is_ascii_alphabetic() || c == '_';
        if name == "T" || name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
            let label = "an anchor is made of letters and _, and is not T";
            reader.report("bad-name", format!("`{name}` cannot name an anchor"), key, label);
            continue;
        }
        world.anchors.insert(name.into(), Where::of(reader.doc, key), ());
        let Some(word) = reader.word(Some(value)) else { continue };
        if let Some(expression) = expression(reader, &word) {
            anchors.push((name.into(), word, expression));
        }
    }
    anchors
}

/// Whether anchors name each other rightly can be said when all are known. Each is then settled, in the order in which
/// they are counted from each other, so that no moment is counted along a chain of them.
fn settle_anchors(reader: &mut Reader<'_>, anchors: &[NamedMoment], world: &mut Symbols<'_>) {
    let mut sound = anchors.len() + 1 == world.anchors.names().count();
    for (_, word, expression) in anchors {
        sound &= world.known_anchor(reader, word, expression).is_some();
    }
    let schedule = world.schedule.take().filter(|_| sound);
    let Some(schedule) = schedule else { return };
    let mut settled = Schedule { anchors: BTreeMap::new(), ..schedule.clone() };
    let mut open: Vec<&NamedMoment> = anchors.iter().collect();
    loop {
        let (ready, waiting): (Vec<_>, Vec<_>) =
            open.iter().copied().partition(|(_, _, expression)| counts_from_known(expression, &settled));
        if ready.is_empty() {
            break;
        }
        for (name, word, expression) in ready {
            let Some(moment) = world.resolved(reader, word, &settled, expression) else { return };
            settled.anchors.insert(name.clone(), standing(moment.at));
        }
        open = waiting;
    }
    if let Some((_, word, expression)) = open.first() {
        // Only circles are left; the whole schedule knows their names.
        world.resolved(reader, word, &schedule, expression);
        return;
    }
    world.settled = Some(settled);
    world.schedule = Some(schedule);
}

fn counts_from_known(expression: &MomentExpr, settled: &Schedule) -> bool {
    match expression {
        MomentExpr::Absolute { .. } => true,
        MomentExpr::Relative { anchor, .. } => &**anchor == "T" || settled.anchors.contains_key(anchor),
    }
}

/// An anchor at a moment.
fn standing(at: DateTime<Utc>) -> Anchor {
    Anchor { expr: MomentExpr::Absolute { local: at.naive_utc(), zone: Some(Zone::UTC), offset: None } }
}

fn holidays(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<Vec<NaiveDate>> {
    let Some(node) = node else { return Some(Vec::new()) };
    let mut words: Vec<SpannedText> = reader.get(Some(node))?;
    reader.at_most(MOST_HOLIDAYS, &mut words, node);
    let mut days = Vec::with_capacity(words.len());
    for word in &words {
        let shape = word.value.len() == 10;
        match NaiveDate::parse_from_str(&word.value, "%Y-%m-%d").ok().filter(|_| shape) {
            Some(day) => days.push(day),
            None => {
                let first = word.value.get(..8).map(|month| format!("{month}01")).unwrap_or_default();
                let month = shape && NaiveDate::parse_from_str(&first, "%Y-%m-%d").is_ok();
                let (said, label) =
                    if month { ("does not exist", "no such day") } else { ("is not a day", "not a day") };
                let message = format!("`{}` {said}", word.value);
                reader.advise("bad-day", message, word.at, label, "write it as 2026-11-26");
            }
        }
    }
    (days.len() == words.len()).then_some(days)
}

fn weekend(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<Vec<Weekday>> {
    let Some(node) = node else { return Some(vec![Weekday::Sat, Weekday::Sun]) };
    let words: Vec<SpannedText> = reader.get(Some(node))?;
    let mut days = Vec::with_capacity(words.len());
    for word in &words {
        let day = DAYS.iter().position(|day| *day == word.value);
        match day.and_then(|day| Weekday::try_from(u8::try_from(day).ok()?).ok()) {
            Some(day) => days.push(day),
            None => reader.problems.push(unknown_value(word, reader.doc, &DAYS)),
        }
    }
    if DAYS.iter().all(|day| words.iter().any(|word| word.value == *day)) {
        let help = "leave out at least one day: moments such as T-5wd count working days";
        reader.advise(
            "no-working-day",
            "all seven days are off, so there is no working day",
            node,
            "all seven",
            help,
        );
        return None;
    }
    (days.len() == words.len()).then_some(days)
}

/// `Some(None)`: no cut-off; `None`: a wrong one.
fn cutoff(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<Option<NaiveTime>> {
    let Some(node) = node else { return Some(None) };
    let word = reader.word(Some(node))?;
    let time = NaiveTime::parse_from_str(&word.value, "%H:%M").ok().filter(|_| word.value.len() == 5);
    if time.is_none() {
        let message = format!("`{}` is not a time of day", word.value);
        reader.advise(
            "bad-time",
            message,
            word.at,
            "not a time of day",
            "write it as \"10:00\", with quotes",
        );
    }
    time.map(Some)
}

fn freeze(reader: &mut Reader<'_>, node: NodeId, world: &Symbols<'_>) -> Option<Freeze> {
    let raw: RawFreeze = reader.get(Some(node))?;
    let by = reader.words(raw.exceptions_by.map(|NodeRef(node)| node)).unwrap_or_default();
    let exceptions_by = world.all_parties(reader, by);
    if !is_id(&raw.freeze.value) {
        reader.problems.push(no_id(&raw.freeze.value, reader.span(raw.freeze.at)));
    }
    let (from, until) = span(reader, world, &raw.from, &raw.until)?;
    Some(Freeze {
        name: raw.freeze.value.into(),
        from,
        until,
        stops_rollout: raw.stops == Stops::Rollout,
        rule: raw.rule.map(Str::from),
        exceptions_by,
    })
}

fn on_call(reader: &mut Reader<'_>, node: NodeId, world: &Symbols<'_>) -> Option<OnCall> {
    let raw: RawOnCall = reader.get(Some(node))?;
    let role = world.party(reader, &raw.role);
    let (from, until) = span(reader, world, &raw.from, &raw.until)?;
    Some(OnCall { role: role?, from, until })
}

/// Two moments, the first before the second.
fn span(
    reader: &mut Reader<'_>,
    world: &Symbols<'_>,
    from: &SpannedText,
    until: &SpannedText,
) -> Option<(Moment, Moment)> {
    let start = world.moment(reader, from);
    let end = world.moment(reader, until);
    let (start, end) = (start?, end?);
    if end.at <= start.at {
        let help = format!("from is {}, until is {}", start.at, end.at);
        reader.advise("bad-span", "this ends before it begins", until.at, "not after `from`", help);
        return None;
    }
    Some((start, end))
}
