//! Flagsmith's flags API: what the environment of the key serves to everybody who is in no segment.

use serde::Deserialize;

use super::{Flag, share::Switch};
use crate::{
    api::{Api, Poll},
    http::HttpRequest,
};
use gonogo_domain::{Failure, FailureKind};

#[derive(Deserialize)]
struct State {
    enabled: bool,
    feature: Feature,
}

#[derive(Deserialize)]
struct Feature {
    name: String,
}

/// Reads all flags of the environment: there is no call for one.
pub(super) async fn read(api: &Api, flag: &Flag, poll: &Poll<'_>) -> Result<Switch, Failure> {
    // The address in the settings ends in /api/v1, as Flagsmith gives it.
    let url = api.folder(&["flags"], &[])?;
    let response = api.send(poll, HttpRequest::get(url), "the flags of the environment").await?;
    let states: Vec<State> = api.read(&response)?;
    let mut found = states.iter().filter(|state| state.feature.name == flag.key);
    let (Some(state), None) = (found.next(), found.next()) else {
        return Err(Failure::new(
            FailureKind::NotFound,
            format!("the flag {} is not in this environment", flag.key),
        )
        .advise(
            "check the key, whether the flag was archived, and that the token is the key of the right environment; or the project \
             hides disabled flags from SDKs, or the flag is server-side only and needs a server-side key",
        ));
    };
    Ok(Switch {
        enabled: Some(state.enabled),
        share: Err("this API has no percentages".into()),
        notes: vec!["as the environment of the key serves it; segments may differ".into()],
        ..Switch::default()
    })
}
