//! Which kinds of evidence files may ask for: what the sources declare, as the checklist room wants to see it.

use std::time::Duration;

use gonogo_checklist::{Channel, DecodedGuardrail, DecodedLimits, EvidenceKinds, GateLimits, SourceOffer};
use gonogo_domain::GaugeKind;
use gonogo_source::{
    Declaration, Gauges,
    register::{DECLARED, declared},
};
use gonogo_yaml::{Problem, Shape};

/// The register of [`gonogo_source::register`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Registry;

impl EvidenceKinds for Registry {
    fn offers(&self) -> Vec<SourceOffer> {
        let offer = |it: &&gonogo_source::Declaration| SourceOffer {
            things: it.things.iter().map(|thing| thing.name).collect(),
            defaults: it.defaults,
            text: it.values.text,
            addresses: it.values.addresses,
            queries: it.values.queries,
            connected: !it.servers.is_empty(),
            of_target: it.tells_targets,
            ..SourceOffer::of(it.name)
        };
        // What only takes messages proves nothing.
        DECLARED.iter().filter(|it| !it.things.is_empty()).map(offer).collect()
    }

    fn decode(&self, asked: &GateLimits<'_>, problems: &mut Vec<Problem>) -> Option<DecodedLimits> {
        let thing = declared(asked.source)?.things.iter().find(|thing| thing.name == asked.thing)?;
        let decoded = (thing.decode)(&limits(asked), problems)?;
        Some(DecodedLimits { args: decoded.args, bound: decoded.bound, said: decoded.said })
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

    fn measure(
        &self,
        asked: &GateLimits<'_>,
        window: Duration,
        problems: &mut Vec<Problem>,
    ) -> Option<DecodedGuardrail> {
        let decode = declared(asked.source)?.measures?.decode;
        let planned = decode(&limits(asked), window, problems)?;
        Some(DecodedGuardrail { args: planned.args, limits: planned.limits, said: planned.said })
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
        asked: &GateLimits<'_>,
        problems: &mut Vec<Problem>,
    ) -> Option<(&'static str, DecodedLimits)> {
        let decode = gauge_of(declared(asked.source)?, kind)?;
        let (thing, it) = (decode.decode)(&limits(asked), problems)?;
        Some((thing, DecodedLimits { args: it.args, bound: it.bound, said: it.said }))
    }
}

/// The same, as the sources know it.
fn limits<'a>(asked: &GateLimits<'a>) -> gonogo_source::GateLimits<'a> {
    let GateLimits { document, node, defaults, version, people, .. } = *asked;
    gonogo_source::GateLimits { document, node, defaults, version, people }
}

fn gauge_of(source: &Declaration, kind: GaugeKind) -> Option<Gauges> {
    match kind {
        GaugeKind::Actual => source.actual,
        GaugeKind::Exposure => source.exposes,
    }
}
