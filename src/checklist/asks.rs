//! What people are asked: tasks and sign-offs.

use std::{collections::BTreeMap, time::Duration};

use super::{
    evidence::KindDraft,
    inherit::DeclaredOwner,
    limits::MOST_NAMES,
    moments,
    names::is_variable,
    reader::{Reader, SpannedText, keys},
    shapes::{length, words},
    symbols::{PartyKind, Symbols},
};
use gonogo_domain::{About, Ask, AskType, Kind, Party, Str};
use gonogo_yaml::{NodeId, Shape, Spanned};

keys! {
    /// The keys of `task` and `sign_off`.
    struct AskKeys {
        by: words(), count: Shape::Whole, apart_from: words(), asks: Shape::of::<AskType>().named(),
        max_age: length(), about: Shape::of::<About>(),
    }
}

/// A chore: done by its owner unless it says otherwise.
pub(super) fn task(
    reader: &mut Reader<'_>,
    world: &Symbols<'_>,
    gate: NodeId,
    node: NodeId,
    owner: &DeclaredOwner,
) -> Option<KindDraft> {
    let keys = AskKeys::read(reader, node)?;
    let by = match keys.by {
        Some(_) => by(reader, world, &keys),
        None => owner.party().into_iter().collect(),
    };
    if keys.by.is_none() && *owner == DeclaredOwner::Nobody {
        let head = reader.doc.head_span(gate);
        let problem = gonogo_yaml::Problem::new("nobody", "nobody is asked to do this")
            .at(head, "needs an `owner`")
            .help("give the gate or its checklist an `owner`, or the task a `by: [ROLE]`");
        reader.problems.push(problem);
        return None;
    }
    let (ask, apart_from) = ask(reader, world, &keys, by, About::Launch);
    Some(KindDraft { kind: Kind::Task(ask), apart_from, since: None })
}

/// A judgement.
pub(super) fn sign_off(reader: &mut Reader<'_>, world: &Symbols<'_>, node: NodeId) -> Option<KindDraft> {
    let keys = AskKeys::read(reader, node)?;
    if keys.by.is_none() {
        reader.missing(node, "by");
    }
    let by = by(reader, world, &keys);
    let (ask, apart_from) = ask(reader, world, &keys, by, About::Commit);
    Some(KindDraft { kind: Kind::SignOff(ask), apart_from, since: None })
}

fn by(reader: &mut Reader<'_>, world: &Symbols<'_>, keys: &AskKeys) -> Vec<Party> {
    let mut words = reader.words(keys.by).unwrap_or_default();
    if let Some(node) = keys.by {
        reader.at_most(MOST_NAMES, &mut words, node);
    }
    world.all_parties(reader, words)
}

fn ask(
    reader: &mut Reader<'_>,
    world: &Symbols<'_>,
    keys: &AskKeys,
    by: Vec<Party>,
    about: About,
) -> (Ask, Vec<SpannedText>) {
    let count: Option<Spanned<u32>> = reader.get(keys.count);
    let count = count.and_then(|count| possible_count(reader, world, count, &by));
    let max_age = reader.word(keys.max_age);
    let max_age: Option<Duration> = moments::some_duration(reader, max_age);
    let ask = Ask {
        by,
        count,
        apart_from: Vec::new(),
        asks: asks(reader, keys.asks),
        max_age,
        about: reader.get(keys.about).unwrap_or(about),
    };
    (ask, reader.words(keys.apart_from).unwrap_or_default())
}

/// More different people than there are can never answer.
fn possible_count(
    reader: &mut Reader<'_>,
    world: &Symbols<'_>,
    count: Spanned<u32>,
    by: &[Party],
) -> Option<u32> {
    if count.value == 0 {
        reader.report(
            "bad-count",
            "with `count: 0` it would be go with nobody",
            count.at,
            "must be 1 or more",
        );
        return None;
    }
    if let Some(people) = everybody(world, by)
        && (people.len() as u64) < u64::from(count.value)
    {
        let message =
            format!("{} different people are asked for, and there are {}", count.value, people.len());
        reader.report("bad-count", message, count.at, "can never be reached");
        return None;
    }
    Some(count.value)
}

/// All people who can answer, if the files say so: not if a GitHub team or a fallback is among them.
fn everybody<'w>(world: &'w Symbols<'_>, by: &'w [Party]) -> Option<std::collections::BTreeSet<&'w Party>> {
    let mut all = std::collections::BTreeSet::new();
    for party in by {
        match world.parties.get(party.as_str())? {
            PartyKind::Person => drop(all.insert(party)),
            PartyKind::Role => {
                let role = world.roles.get(party)?;
                if role.people.is_empty() || role.github_team.is_some() || role.fallback.is_some() {
                    return None;
                }
                all.extend(&role.people);
            }
        }
    }
    Some(all)
}

/// The answers that are mandatory.
pub(super) fn asks(reader: &mut Reader<'_>, node: Option<NodeId>) -> BTreeMap<Str, AskType> {
    let mut asks = BTreeMap::new();
    let mut named = reader.named(node);
    if let Some(node) = node {
        reader.at_most(MOST_NAMES, &mut named, node);
    }
    for (name, value) in named {
        let kind: Option<AskType> = reader.get(Some(value));
        if is_variable(&name.value) {
            asks.extend(kind.map(|kind| (Str::from(name.value), kind)));
        } else {
            let label = "a name is made of a-z, 0-9 and _";
            reader.report("bad-name", format!("`{}` cannot name an answer", name.value), name.at, label);
        }
    }
    asks
}
