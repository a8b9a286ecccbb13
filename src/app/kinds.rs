//! Which kinds of evidence files may ask for: what the sources declare, as the checklist room wants to see it.

use crate::{
    checklist::{Asked, Decoded, EvidenceKinds, Offer},
    source::{
        Limits,
        register::{DECLARED, declared},
    },
    yaml::Problem,
};

/// The register of [`crate::source::register`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Registry;

impl EvidenceKinds for Registry {
    fn offers(&self) -> Vec<Offer> {
        let offer = |it: &&crate::source::Declaration| Offer {
            things: it.things.iter().map(|thing| thing.name).collect(),
            defaults: it.defaults,
            text: it.values.text,
            addresses: it.values.addresses,
            queries: it.values.queries,
            connected: !it.servers.is_empty(),
            of_target: it.tells_targets,
            ..Offer::of(it.name)
        };
        DECLARED.iter().map(offer).collect()
    }

    fn decode(&self, asked: &Asked<'_>, problems: &mut Vec<Problem>) -> Option<Decoded> {
        let thing = declared(asked.source)?.things.iter().find(|thing| thing.name == asked.thing)?;
        let Asked { document, node, defaults, version, people, .. } = *asked;
        let decoded = (thing.decode)(&Limits { document, node, defaults, version, people }, problems)?;
        Some(Decoded { args: decoded.args, bound: decoded.bound, said: decoded.said })
    }
}
