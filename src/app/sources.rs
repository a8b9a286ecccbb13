//! Sources from the user's settings and environment, or from a recording.

use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

use super::{AppError, Live, Opened, open::env};
use crate::{
    domain::SourceId,
    poller::{Polled, SourceKey},
    settings::{BaseUrl, Token},
    source::{
        Source,
        github::{Github, GithubConfig, OwnRun},
        http::{Http, Limits},
        linear::{Linear, LinearConfig},
        recorded::{PlayedUntil, Recorded},
    },
};

/// The sources that this launch asks; GitHub always, for the commit that GO is about.
///
/// # Errors
/// A token that can not be one, or no network stack.
pub fn build(opened: &Opened) -> Result<Vec<Polled>, AppError> {
    let http = Http::new(Limits::default())?;
    let mut polled = Vec::new();
    for key in keys(opened) {
        if let Some(source) = live(opened, &http, &key)? {
            polled.push(Polled { key, source });
        }
    }
    Ok(polled)
}

/// The same, played back from the recording.
pub fn recorded(opened: &Opened, until: &PlayedUntil) -> Vec<Polled> {
    let Some(recording) = &opened.recording else { return Vec::new() };
    let source = |key: &SourceKey| {
        let resolves = is_github(key);
        Arc::new(Recorded::new(recording, key.source.clone(), resolves, Arc::clone(until))) as Arc<dyn Source>
    };
    keys(opened).into_iter().map(|key| Polled { source: source(&key), key }).collect()
}

fn keys(opened: &Opened) -> Vec<SourceKey> {
    let mut keys = Live::sources(&opened.loaded.launch);
    let github = SourceKey { source: SourceId::new("github"), connection: None };
    if !keys.contains(&github) {
        keys.insert(0, github);
    }
    keys
}

fn is_github(key: &SourceKey) -> bool {
    key.source.as_str() == "github" && key.connection.is_none()
}

fn live(opened: &Opened, http: &Http, key: &SourceKey) -> Result<Option<Arc<dyn Source>>, AppError> {
    let settings = &opened.settings;
    match (key.source.as_str(), key.connection.as_deref()) {
        ("github", None) => {
            let token = secret(settings.github_token(&env)?);
            let (rest, graphql) = (url(&settings.github_rest)?, url(&settings.github_graphql)?);
            let own_run = own_run();
            Ok(Some(Arc::new(Github::new(http.clone(), GithubConfig { rest, graphql, token, own_run }))))
        }
        ("linear", None) => {
            let token = secret(settings.linear_token(&env)?);
            Ok(Some(Arc::new(Linear::new(
                http.clone(),
                LinearConfig { url: url(&settings.linear)?, token },
            )?)))
        }
        _ => Ok(None),
    }
}

/// The job we run in, so that a checks gate does not wait for itself.
fn own_run() -> Option<OwnRun> {
    (env("GITHUB_ACTIONS")? == "true").then_some(())?;
    Some(OwnRun { run_id: env("GITHUB_RUN_ID")?.parse().ok()?, job: env("GITHUB_JOB") })
}

fn secret(token: Option<Token>) -> Option<SecretString> {
    token.map(|token| token.expose().to_owned().into())
}

pub(super) fn url(base: &BaseUrl) -> Result<Url, AppError> {
    Url::parse(base.as_str()).map_err(AppError::input)
}
