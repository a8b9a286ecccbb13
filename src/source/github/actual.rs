//! What tells how far a release is out: the commit that is deployed to an environment.

use serde::Deserialize;

use super::{
    kind::{EvidenceKind, deployment::Deployment},
    limits,
};
use crate::{GateLimits, Gauged, Gauges, spec::Spec};
use gonogo_yaml::{NodeRef, Problem, Shape};

#[derive(Deserialize)]
struct Keys {
    deployment: NodeRef,
}

/// How it is asked.
pub(super) const GAUGES: Gauges = Gauges { decode, shape };

fn shape() -> Shape {
    Shape::of::<Keys>()
}

/// Reads `deployment: { environment: production }`.
fn decode(written: &GateLimits<'_>, problems: &mut Vec<Problem>) -> Option<Gauged> {
    let Keys { deployment } = Spec::new(written, problems).read()?;
    let within = GateLimits { node: deployment.0, ..*written };
    Some((Deployment::THING, limits::decode::<Deployment>(&within, problems)?))
}
