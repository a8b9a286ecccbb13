//! Which kinds of evidence files may ask for: the sources' register, as the checklist room wants to see it.

use crate::{
    checklist::{Asked, Decoded, EvidenceKinds, Measures},
    source::{KINDS, Kinds, Limits, guardrail::MEASURES},
    yaml::Problem,
};

/// The register of [`crate::source::KINDS`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Registry;

fn kinds_of(source: &str) -> Option<&'static Kinds> {
    KINDS.iter().find(|kinds| kinds.source == source)
}

impl EvidenceKinds for Registry {
    fn sources(&self) -> Vec<&'static str> {
        KINDS.iter().map(|kinds| kinds.source).collect()
    }

    fn things(&self, source: &str) -> Vec<&'static str> {
        kinds_of(source).into_iter().flat_map(|kinds| kinds.things).map(|thing| thing.name).collect()
    }

    fn decode(&self, asked: &Asked<'_>, problems: &mut Vec<Problem>) -> Option<Decoded> {
        let thing = kinds_of(asked.source)?.things.iter().find(|thing| thing.name == asked.thing)?;
        let Asked { document, node, defaults, version, people, .. } = *asked;
        let decoded = (thing.decode)(&Limits { document, node, defaults, version, people }, problems)?;
        Some(Decoded { args: decoded.args, bound: decoded.bound, said: decoded.said })
    }

    fn measures(&self) -> Vec<&'static str> {
        MEASURES.iter().map(|it| it.source).collect()
    }

    fn measure(&self, asked: &Asked<'_>, problems: &mut Vec<Problem>) -> Option<Measures> {
        let source = MEASURES.iter().find(|it| it.source == asked.source)?;
        let Asked { document, node, defaults, version, people, .. } = *asked;
        let planned = (source.decode)(&Limits { document, node, defaults, version, people }, problems)?;
        Some(Measures { args: planned.args, limits: planned.limits, said: planned.said })
    }
}
