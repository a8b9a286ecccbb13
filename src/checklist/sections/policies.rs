//! `policies` and `defaults`.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    moments::some_duration,
    names::listed,
    reader::{Reader, SpannedText, keys},
    shapes::{key, length, word, words},
    symbols::{Freshness, Symbols},
};
use gonogo_domain::{Policies, Str};
use gonogo_yaml::{NodeId, Shape};

keys! {
    /// The keys of `policies`.
    struct PolicyKeys {
        freshness: FreshnessKeys::shape(), waivers: WaiverKeys::shape(), sign_offs: SignOffKeys::shape(), adherence: word(),
    }
}
keys! {
    /// The keys of `freshness`.
    struct FreshnessKeys { default: length(), by_source: length().named() }
}
keys! {
    /// The keys of `waivers`.
    struct WaiverKeys { by: words(), longest: length(), most: Shape::Whole }
}
keys! {
    /// The keys of `sign_offs`.
    struct SignOffKeys {
        valid_for: length(), void_after_hold: Shape::Flag, identity: Shape::of::<RequiredIdentity>(),
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum RequiredIdentity {
    Checked,
    Claimed,
}

/// What may stand there, where there are these sources.
pub(in super::super) fn shape(sources: &[&'static str]) -> Shape {
    let by_source = sources.iter().map(|source| key(source, length())).collect();
    PolicyKeys::shape().with("freshness", FreshnessKeys::shape().with("by_source", Shape::Keys(by_source)))
}

/// Reads the policies into the world.
pub(super) fn read(reader: &mut Reader<'_>, node: Option<NodeId>, world: &mut Symbols<'_>) {
    let Some(keys) = node.and_then(|node| PolicyKeys::read(reader, node)) else { return };
    world.freshness = freshness(reader, keys.freshness, world);
    let mut policies = Policies::default();
    if let Some(keys) = keys.waivers.and_then(|node| WaiverKeys::read(reader, node)) {
        let by = reader.words(keys.by).unwrap_or_default();
        policies.waive_by = world.all_parties(reader, by);
        let longest = reader.word(keys.longest);
        policies.longest_waiver = some_duration(reader, longest).unwrap_or(policies.longest_waiver);
        policies.most_waivers = reader.get(keys.most);
    }
    if let Some(keys) = keys.sign_offs.and_then(|node| SignOffKeys::read(reader, node)) {
        let valid_for = reader.word(keys.valid_for);
        policies.sign_offs_valid_for = some_duration(reader, valid_for);
        policies.void_after_hold = reader.get(keys.void_after_hold).unwrap_or_default();
        policies.checked_identity = matches!(reader.get(keys.identity), Some(RequiredIdentity::Checked));
    }
    policies.adherence = keys.adherence.and_then(|node| share(reader, node));
    world.policies = policies;
}

/// A share of all, written as a percentage.
fn share(reader: &mut Reader<'_>, node: NodeId) -> Option<f64> {
    let word = reader.word(Some(node))?;
    let number = word.value.strip_suffix('%').map(str::trim).and_then(|number| number.parse::<f64>().ok());
    match number.filter(|number| (0.0..=100.0).contains(number)) {
        Some(number) => Some(number / 100.0),
        None => {
            let message = format!("`{}` is not a percentage", word.value);
            reader.advise("bad-share", message, word.at, "not a percentage", "write 0% to 100%, such as 90%");
            None
        }
    }
}

fn freshness(reader: &mut Reader<'_>, node: Option<NodeId>, world: &Symbols<'_>) -> Freshness {
    let mut freshness = Freshness::default();
    let Some(keys) = node.and_then(|node| FreshnessKeys::read(reader, node)) else { return freshness };
    let default = reader.word(keys.default);
    freshness.default = some_duration(reader, default).unwrap_or(freshness.default);
    for (source, limit) in reader.named(keys.by_source) {
        let known = is_source(reader, &source, world);
        let limit = reader.word(Some(limit));
        let limit: Option<Duration> = some_duration(reader, limit);
        if let (true, Some(limit)) = (known, limit) {
            freshness.by_source.insert(source.value.into(), limit);
        }
    }
    freshness
}

/// Whether a key names a source that this version has.
fn is_source(reader: &mut Reader<'_>, name: &SpannedText, world: &Symbols<'_>) -> bool {
    if world.offers.get(&name.value).is_some() {
        return true;
    }
    let message = format!("`{}` is not a source", name.value);
    let help = match world.hints.nearest(&name.value, world.offers.names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("sources are {}", listed(world.offers.names())),
    };
    reader.advise("unknown-source", message, name.at, "no such source", help);
    false
}

/// What gates of a source need not say each time.
pub(super) fn defaults(
    reader: &mut Reader<'_>,
    node: Option<NodeId>,
    world: &Symbols<'_>,
) -> BTreeMap<Str, BTreeMap<Str, Str>> {
    let mut defaults = BTreeMap::new();
    for (source, values) in reader.named(node) {
        if !is_source(reader, &source, world) {
            continue;
        }
        let known = world.offers.get(&source.value).map_or(&[][..], |offer| offer.defaults);
        let mut section = BTreeMap::new();
        for (key, value) in reader.named(Some(values)) {
            if known.contains(&key.value.as_str()) {
                let value = reader.word(Some(value));
                section.extend(value.map(|value| (Str::from(key.value), Str::from(value.value))));
            } else if known.is_empty() {
                let message = format!("`{}` has no defaults", source.value);
                reader.report("unknown-key", message, key.at, "write it in each gate");
            } else {
                reader.unknown_key(key.at, known);
            }
        }
        defaults.insert(source.value.into(), section);
    }
    defaults
}
