//! The format as JSON Schema, from the declarations that the readers read by: for editors, and for whoever checks files
//! without gonogo. What only the loader can know (references, moments, circles, variables) it leaves open.

use serde_json::{Value, json};

use super::{
    about,
    expand::ChecklistKeys,
    gate::GateKeys,
    kinds::{EvidenceKinds, SourceOffer},
    sections,
    shapes::{key, word},
};
use gonogo_domain::GaugeKind;
use gonogo_yaml::{Shape, ShapeKey, Variant};

/// Keys of a gate that say what makes it go, sources left out.
const KINDS: [&str; 5] = ["task", "sign_off", "timer", "gates", "one_of"];

/// The schema of `launch.yaml`.
pub fn launch_schema(kinds: &dyn EvidenceKinds) -> Value {
    let mut schema = sections::shape().page("gonogo launch");
    about::tell(&mut schema);
    schema["anyOf"] = json!([{ "required": ["checklists"] }, { "required": ["gates"] }]);
    let offers = kinds.offers();
    let sources: Vec<&'static str> = offers.iter().map(|it| it.source).collect();
    let measures = kinds.measures().into_iter().map(|it| (it, kinds.measure_shape(it)));
    let measures: Vec<_> = measures.collect();
    let by: Vec<&str> = measures.iter().map(|(source, _)| *source).collect();
    let mut guardrail = sections::guardrails::shape(measures.clone()).schema();
    one_of(&mut guardrail, &by);
    schema["$defs"] = json!({
        "gate": gate(kinds, &offers),
        "actual": gauge(kinds, GaugeKind::Actual),
        "exposure": gauge(kinds, GaugeKind::Exposure),
        "station": sections::roll_call::station_shape().schema(),
        "policies": sections::policies::shape(&sources).schema(),
        "defaults": defaults(&offers).schema(),
        "guardrail": guardrail,
        "message": message(),
        "via": via(kinds),
    });
    schema
}

/// What tells how far the release is out: its own keys, and exactly one source.
fn gauge(kinds: &dyn EvidenceKinds, kind: GaugeKind) -> Value {
    let sources = kinds.gauges(kind);
    let shapes = sources.iter().map(|it| (*it, kinds.gauge_shape(kind, it))).collect();
    let mut schema = sections::reach::shape(kind, shapes).schema();
    one_of(&mut schema, &sources);
    schema
}

/// A message: its text is in it or in a file.
fn message() -> Value {
    let mut schema = sections::comms::message_shape().schema();
    one_of(&mut schema, &["text", "file"]);
    schema
}

/// The way that a message goes out by: exactly one.
fn via(kinds: &dyn EvidenceKinds) -> Value {
    let channels = kinds.channels();
    let mut schema = sections::comms::via_shape(&channels).schema();
    let all: Vec<&str> = std::iter::once("by_hand").chain(channels.iter().map(|it| it.source)).collect();
    one_of(&mut schema, &all);
    schema
}

/// The schema of a checklist.
pub fn checklist_schema(kinds: &dyn EvidenceKinds) -> Value {
    let mut schema = ChecklistKeys::shape().page("gonogo checklist");
    about::tell(&mut schema);
    schema["$defs"] = json!({ "gate": gate(kinds, &kinds.offers()) });
    schema
}

/// A gate: its own keys, every source, and exactly one kind.
fn gate(kinds: &dyn EvidenceKinds, offers: &[SourceOffer]) -> Value {
    let Shape::Keys(mut keys) = GateKeys::shape() else { return json!({}) };
    keys.extend(offers.iter().map(|offer| source(kinds, offer)));
    let mut schema = Shape::Keys(keys).schema();
    let all: Vec<&str> = KINDS.iter().copied().chain(offers.iter().map(|it| it.source)).collect();
    one_of(&mut schema, &all);
    about::tell(&mut schema);
    schema
}

/// Exactly one of these keys.
fn one_of(schema: &mut Value, keys: &[&str]) {
    schema["oneOf"] = keys.iter().map(|name| json!({ "required": [name] })).collect();
}

fn source(kinds: &dyn EvidenceKinds, offer: &SourceOffer) -> ShapeKey {
    let shape = |thing: &'static str| kinds.shape(offer.source, thing);
    match offer.things.as_slice() {
        [""] => key(offer.source, shape("")),
        things => {
            let variant = |thing: &&'static str| Variant { name: thing, value: Some(shape(thing)) };
            key(offer.source, Shape::OneOf(things.iter().map(variant).collect()))
        }
    }
}

fn defaults(offers: &[SourceOffer]) -> Shape {
    let section = |offer: &SourceOffer| {
        let keys = offer.defaults.iter().map(|name| key(name, word())).collect();
        key(offer.source, Shape::Keys(keys))
    };
    Shape::Keys(offers.iter().filter(|it| !it.defaults.is_empty()).map(section).collect())
}
