//! Which kinds of evidence files may ask for: what the sources declare, as the checklist room wants to see it.

use std::time::Duration;

use gonogo_checklist::{Asked, Decoded, EvidenceKinds, Measures, Offer};
use gonogo_source::{
    Limits,
    register::{DECLARED, declared},
};
use gonogo_yaml::Problem;

/// The register of [`gonogo_source::register`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Registry;

impl EvidenceKinds for Registry {
    fn offers(&self) -> Vec<Offer> {
        let offer = |it: &&gonogo_source::Declaration| Offer {
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

    fn measures(&self) -> Vec<&'static str> {
        DECLARED.iter().filter(|it| it.measures.is_some()).map(|it| it.name).collect()
    }

    fn measure(&self, asked: &Asked<'_>, window: Duration, problems: &mut Vec<Problem>) -> Option<Measures> {
        let decode = declared(asked.source)?.measures?;
        let Asked { document, node, defaults, version, people, .. } = *asked;
        let planned = decode(&Limits { document, node, defaults, version, people }, window, problems)?;
        Some(Measures { args: planned.args, limits: planned.limits, said: planned.said })
    }
}
