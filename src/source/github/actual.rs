//! What tells how far a release is out: the commit that is deployed to an environment.

use serde::Deserialize;

use super::{
    kind::{Evidence, deployment::Deployment},
    limits,
};
use crate::{Gauged, Gauges, Limits, spec::Spec};
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
fn decode(written: &Limits<'_>, problems: &mut Vec<Problem>) -> Option<Gauged> {
    let Keys { deployment } = Spec::new(written, problems).read()?;
    let within = Limits { node: deployment.0, ..*written };
    Some((Deployment::THING, limits::decode::<Deployment>(&within, problems)?))
}
