//! Sources from the user's settings and environment, or from a recording.

use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

use super::{AppError, Live, Opened, check::clocks, open::env, trust};
use crate::{
    clock::Clock,
    domain::SourceId,
    poller::{Polled, SourceKey},
    settings::{BaseUrl, Token},
    source::{
        Source, command,
        connection::{Connection, Connections},
        github::{Github, GithubConfig, OwnRun},
        http::{Http, Limits},
        linear::{Linear, LinearConfig},
        open::{Setup, open},
        probe,
        recorded::{PlayedUntil, Recorded},
    },
};

/// The sources that this launch asks; GitHub always, for the commit that GO is about.
///
/// # Errors
/// A token that can not be one, or no network stack.
pub fn build(opened: &Opened) -> Result<Vec<Polled>, AppError> {
    let setup = setup(opened)?;
    let mut polled = Vec::new();
    for key in keys(opened) {
        if let Some(source) = live(opened, &setup, &key)? {
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

fn live(opened: &Opened, setup: &Setup, key: &SourceKey) -> Result<Option<Arc<dyn Source>>, AppError> {
    let settings = &opened.settings;
    match (key.source.as_str(), key.connection.as_deref()) {
        ("github", None) => {
            let token = secret(settings.github_token(&env)?);
            let (rest, graphql) = (url(&settings.github_rest)?, url(&settings.github_graphql)?);
            let own_run = own_run();
            let config = GithubConfig { rest, graphql, token, own_run };
            Ok(Some(Arc::new(Github::new(setup.http.clone(), config))))
        }
        ("linear", None) => {
            let token = secret(settings.linear_token(&env)?);
            let config = LinearConfig { url: url(&settings.linear)?, token };
            Ok(Some(Arc::new(Linear::new(setup.http.clone(), config)?)))
        }
        ("github" | "linear", Some(name)) => named(opened, setup, key.source.as_str(), name),
        (source, connection) => Ok(open(setup, source, connection)),
    }
}

/// GitHub or Linear by a connection of the settings: another server, another token.
fn named(opened: &Opened, setup: &Setup, source: &str, name: &str) -> Result<Option<Arc<dyn Source>>, AppError> {
    let Some(connection) = opened.settings.connections.get(name).filter(|it| it.source == source) else {
        return Ok(None);
    };
    let token = secret(connection.token(&env)?);
    let address = url(&connection.url)?;
    Ok(Some(if source == "github" {
        let graphql = url(&connection.url.github_graphql())?;
        let config = GithubConfig { rest: address, graphql, token, own_run: None };
        Arc::new(Github::new(setup.http.clone(), config))
    } else {
        Arc::new(Linear::new(setup.http.clone(), LinearConfig { url: address, token })?)
    }))
}

/// What the other sources are made from: the connections of the settings, and what the user trusts.
fn setup(opened: &Opened) -> Result<Setup, AppError> {
    let settings = &opened.settings;
    let mut connections = Connections::default();
    for (name, it) in &settings.connections {
        let credential = secret(it.token(&env)?);
        let (source, token_env) = (it.source.as_str().into(), it.token_env.as_deref().map(Into::into));
        let connection = Connection { source, base: url(&it.url)?, credential, token_env };
        connections.0.insert(name.as_str().into(), connection);
    }
    let trusted = trust::is_trusted(opened);
    let named = opened.chosen.path.as_ref().map_or_else(|| ".".into(), |path| path.display().to_string());
    let (allow, private) = (settings.http.allow.clone(), settings.http.private.clone());
    let clock = Clock::system();
    Ok(Setup {
        http: Http::new(Limits::default())?,
        clock: Arc::new(move || clocks(&clock)),
        connections,
        probe: probe::Config { allow, private, trusted, path: named.clone() },
        command: command::Config {
            trusted,
            root: trust::root(opened),
            path: std::env::var_os("PATH"),
            lang: std::env::var_os("LANG"),
            launch: named,
        },
    })
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
