//! What a gate has from the gates of gates and the checklist around it.
//!
//! `owner`, `due`, `component`, `blocks`, `fresh` and `point_of_no_return`: the nearest wins. `when` and `not_before` add
//! up, as do `needs`, which are looked up later.

use std::time::Duration;

use super::{expand::Insts, reader::Reader, symbols::Symbols, when::ConditionScope};
use gonogo_domain::{Blocks, Digest, Moment, Occurrence, Party, Str};
use gonogo_yaml::NodeId;

/// The keys that a checklist and a gate share.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shared {
    pub(super) owner: Option<NodeId>,
    pub(super) due: Option<NodeId>,
    pub(super) component: Option<NodeId>,
    pub(super) blocks: Option<NodeId>,
    pub(super) fresh: Option<NodeId>,
    pub(super) not_before: Option<NodeId>,
    pub(super) when: Option<NodeId>,
    pub(super) point_of_no_return: Option<NodeId>,
}

/// What holds at one place of a file.
#[derive(Clone, Debug)]
pub(super) struct Inherited {
    pub(super) owner: DeclaredOwner,
    pub(super) due: Option<Moment>,
    pub(super) component: Option<Str>,
    pub(super) blocks: Blocks,
    pub(super) fresh: Option<Duration>,
    pub(super) not_before: Vec<Moment>,
    pub(super) excluded: Option<Str>,
    pub(super) when: Option<Digest>,
    pub(super) point_of_no_return: bool,
    /// For what is inside an occurrence.
    pub(super) counts_from: Option<Occurrence>,
}

/// Who sees to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DeclaredOwner {
    /// Nobody said.
    Nobody,
    /// Somebody whom the launch does not know, which has been noted.
    Unknown,
    Known(Party),
}

impl DeclaredOwner {
    pub(super) fn party(&self) -> Option<Party> {
        match self {
            Self::Known(party) => Some(party.clone()),
            Self::Nobody | Self::Unknown => None,
        }
    }
}

impl Default for Inherited {
    fn default() -> Self {
        Self {
            owner: DeclaredOwner::Nobody,
            due: None,
            component: None,
            blocks: Blocks::Go,
            fresh: None,
            not_before: Vec::new(),
            excluded: None,
            when: None,
            point_of_no_return: false,
            counts_from: None,
        }
    }
}

impl Inherited {
    /// What holds for a thing with these keys inside.
    pub(super) fn with(
        &self,
        reader: &mut Reader<'_>,
        world: &Symbols<'_>,
        values: ConditionScope<'_>,
        keys: Shared,
    ) -> Self {
        let mut own = self.clone();
        if keys.owner.is_some() {
            let word = reader.word(keys.owner);
            own.owner = world.some_party(reader, word).map_or(DeclaredOwner::Unknown, DeclaredOwner::Known);
        }
        if let Some(word) = reader.word(keys.due) {
            own.due = world.moment(reader, &word).or(own.due);
        }
        if let Some(word) = reader.word(keys.component) {
            own.component = world.component(reader, &word).or(own.component);
        }
        if let Some(word) = reader.word(keys.blocks) {
            own.blocks = world.blocks(reader, &word).unwrap_or(own.blocks);
        }
        if let Some(word) = reader.word(keys.fresh) {
            own.fresh = fresh(reader, world, &word).or(own.fresh);
        }
        if let Some(word) = reader.word(keys.not_before) {
            own.not_before.extend(world.moment(reader, &word));
        }
        if let Some(condition) = keys.when.and_then(|node| values.read(reader, node)) {
            own.when = Some(match &self.when {
                Some(outer) => Digest::of([outer.as_str().as_bytes(), condition.digest.as_str().as_bytes()]),
                None => condition.digest,
            });
            own.excluded = own.excluded.or(condition.excluded);
        }
        own.point_of_no_return = reader.get(keys.point_of_no_return).unwrap_or(own.point_of_no_return);
        own
    }
}

/// What cannot be waived as a whole cannot be waived part by part: `waivable: false` holds for all inside. Gates of gates come
/// before what is inside.
pub(super) fn waivable(insts: &mut Insts) {
    for at in 0..insts.all.len() {
        let around = insts.all.get(at).and_then(|inst| inst.parent).and_then(|up| insts.all.get(up));
        let fixed = around.is_some_and(|up| !up.gate.waivable);
        if let Some(inst) = insts.all.get_mut(at).filter(|_| fixed) {
            inst.gate.waivable = false;
        }
    }
}

/// A gate may ask for fresher evidence than the policy, never for staler.
fn fresh(
    reader: &mut Reader<'_>,
    world: &Symbols<'_>,
    word: &super::reader::SpannedText,
) -> Option<Duration> {
    let fresh = super::moments::duration(reader, word)?;
    if fresh > world.freshness.longest() {
        too_stale(reader, word.at);
        return None;
    }
    Some(fresh)
}

/// Says that a gate cannot ask for staler evidence.
pub(super) fn too_stale(reader: &mut Reader<'_>, at: NodeId) {
    reader.advise(
        "too-stale",
        "a gate cannot allow older evidence than the launch",
        at,
        "longer than the policy",
        "`policies: freshness` of the launch says how old evidence may be; `fresh` may only be shorter",
    );
}
