//! What tells how far a release is out: the commit that is deployed to an environment.

use serde::Deserialize;

use super::{
    kind::{Evidence, deployment::Deployment},
    limits,
};
use crate::{Gauged, Limits, spec::Spec};
use gonogo_yaml::{NodeRef, Problem};

#[derive(Deserialize)]
struct Keys {
    deployment: NodeRef,
}

/// Reads `deployment: { environment: production }`.
pub(super) fn decode(written: &Limits<'_>, problems: &mut Vec<Problem>) -> Option<Gauged> {
    let Keys { deployment } = Spec::new(written, problems).read()?;
    let within = Limits { node: deployment.0, ..*written };
    Some((Deployment::THING, limits::decode::<Deployment>(&within, problems)?))
}
