//! Which kinds of evidence files may ask for: what the sources declare, as the checklist room wants to see it.

use std::time::Duration;

use gonogo_checklist::{Asked, Channel, Decoded, EvidenceKinds, Measures, Offer};
use gonogo_domain::GaugeKind;
use gonogo_source::{
    Declaration, Gauges, Limits,
    register::{DECLARED, declared},
};
use gonogo_yaml::{Problem, Shape};

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
        // What only takes messages proves nothing.
        DECLARED.iter().filter(|it| !it.things.is_empty()).map(offer).collect()
    }

    fn decode(&self, asked: &Asked<'_>, problems: &mut Vec<Problem>) -> Option<Decoded> {
        let thing = declared(asked.source)?.things.iter().find(|thing| thing.name == asked.thing)?;
        let Asked { document, node, defaults, version, people, .. } = *asked;
        let decoded = (thing.decode)(&Limits { document, node, defaults, version, people }, problems)?;
        Some(Decoded { args: decoded.args, bound: decoded.bound, said: decoded.said })
    }

    fn shape(&self, source: &str, thing: &str) -> Shape {
        let thing = declared(source).and_then(|it| it.things.iter().find(|it| it.name == thing));
        thing.map_or(Shape::Any, |thing| (thing.shape)().explained(thing.description.keys))
    }

    fn channels(&self) -> Vec<Channel> {
        let sends = DECLARED.iter().filter_map(|it| Some((it.name, it.sends?)));
        sends.map(|(source, it)| Channel { source, place: it.place, fits: it.fits }).collect()
    }

    fn measures(&self) -> Vec<&'static str> {
        DECLARED.iter().filter(|it| it.measures.is_some()).map(|it| it.name).collect()
    }

    fn measure_shape(&self, source: &str) -> Shape {
        let measures = declared(source).and_then(|it| it.measures);
        measures.map_or(Shape::Any, |measures| (measures.shape)())
    }

    fn measure(&self, asked: &Asked<'_>, window: Duration, problems: &mut Vec<Problem>) -> Option<Measures> {
        let decode = declared(asked.source)?.measures?.decode;
        let Asked { document, node, defaults, version, people, .. } = *asked;
        let planned = decode(&Limits { document, node, defaults, version, people }, window, problems)?;
        Some(Measures { args: planned.args, limits: planned.limits, said: planned.said })
    }

    fn gauges(&self, kind: GaugeKind) -> Vec<&'static str> {
        DECLARED.iter().filter(|it| gauge_of(it, kind).is_some()).map(|it| it.name).collect()
    }

    fn gauge_shape(&self, kind: GaugeKind, source: &str) -> Shape {
        let gauge = declared(source).and_then(|it| gauge_of(it, kind));
        gauge.map_or(Shape::Any, |gauge| (gauge.shape)())
    }

    fn gauge(
        &self,
        kind: GaugeKind,
        asked: &Asked<'_>,
        problems: &mut Vec<Problem>,
    ) -> Option<(&'static str, Decoded)> {
        let decode = gauge_of(declared(asked.source)?, kind)?;
        let Asked { document, node, defaults, version, people, .. } = *asked;
        let (thing, it) = (decode.decode)(&Limits { document, node, defaults, version, people }, problems)?;
        Some((thing, Decoded { args: it.args, bound: it.bound, said: it.said }))
    }
}

fn gauge_of(source: &Declaration, kind: GaugeKind) -> Option<Gauges> {
    match kind {
        GaugeKind::Actual => source.actual,
        GaugeKind::Exposure => source.exposes,
    }
}
