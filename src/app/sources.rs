//! Sources from the user's settings and environment, or from a recording.

use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

use super::{AppError, Live, Opened, open::env, store, trust};
use crate::{
    clock::Clock,
    domain::{Failure, FailureKind, SourceId},
    poller::{Polled, SourceKey},
    settings::{BaseUrl, Settings, Token},
    source::{
        Source, command,
        connection::{Connection, Connections},
        github::{self, Github, GithubConfig, OwnRun},
        http::{Http, Limits},
        linear::{Linear, LinearConfig},
        open::{Setup, open, unserved},
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

pub(super) fn keys(opened: &Opened) -> Vec<SourceKey> {
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
    if let Some(failure) = unsigned(setup, key) {
        return Ok(Some(unserved(key.source.as_str(), failure)));
    }
    match key.source.as_str() {
        "github" => match github(opened, &setup.http, key)? {
            Some(github) => Ok(Some(Arc::new(github))),
            None => Ok(Some(missing(setup, key))),
        },
        "linear" => match linear(opened, &setup.http, key)? {
            Some(linear) => Ok(Some(Arc::new(linear))),
            None => Ok(Some(missing(setup, key))),
        },
        source => Ok(open(setup, source, key.connection.as_deref())),
    }
}

/// A connection whose settings name a token that is not there is not asked as nobody.
fn unsigned(setup: &Setup, key: &SourceKey) -> Option<Failure> {
    let named = key.connection.as_deref().filter(|_| matches!(key.source.as_str(), "github" | "linear"))?;
    setup.connections.pick(key.source.as_str(), Some(named)).ok()?.ready().err()
}

/// For a connection that the settings do not have, or have for another source: says which.
fn missing(setup: &Setup, key: &SourceKey) -> Arc<dyn Source> {
    let source = key.source.as_str();
    let failure = match setup.connections.pick(source, key.connection.as_deref()) {
        Err(failure) => failure,
        Ok(_) => Failure::new(FailureKind::NotConfigured, format!("no {source} is set up")),
    };
    unserved(source, failure)
}

/// GitHub as the user's environment says, or by a connection of the settings: another server, another token.
pub(super) fn github(opened: &Opened, http: &Http, key: &SourceKey) -> Result<Option<Github>, AppError> {
    let Some((address, graphql)) = addresses(opened, key) else { return Ok(None) };
    let token = secret(token(opened, key)?);
    let own_run = if key.connection.is_none() { own_run() } else { None };
    let config = GithubConfig { rest: url(&address)?, graphql: url(&graphql)?, token, own_run };
    Ok(Some(Github::new(http.clone(), config)))
}

/// Linear, likewise.
pub(super) fn linear(opened: &Opened, http: &Http, key: &SourceKey) -> Result<Option<Linear>, AppError> {
    let Some((_, graphql)) = addresses(opened, key) else { return Ok(None) };
    let config = LinearConfig { url: url(&graphql)?, token: secret(token(opened, key)?) };
    Ok(Some(Linear::new(http.clone(), config)?))
}

/// Where a source answers: its address, and that of its GraphQL API (the same where it has one address). `None`:
/// the settings name no server of that source.
pub(super) fn addresses(opened: &Opened, key: &SourceKey) -> Option<(BaseUrl, BaseUrl)> {
    let settings = &opened.settings;
    let (source, name) = (key.source.as_str(), key.connection.as_deref());
    match (source, name) {
        ("github", None) => Some((settings.github_rest.clone(), settings.github_graphql.clone())),
        ("linear", None) => Some((settings.linear.clone(), settings.linear.clone())),
        (source, name) => {
            let connection = settings.connections.get(name.unwrap_or(source))?;
            let address = connection.url.clone();
            match source {
                "github" if connection.source == source => Some((address.clone(), address.github_graphql())),
                "github" | "linear" if connection.source != source => None,
                _ => Some((address.clone(), address)),
            }
        }
    }
}

/// The credential of a source: the user's own for the usual servers, else the connection's. `None`: there is none.
///
/// # Errors
/// The first one found can not be a token.
pub(super) fn token(opened: &Opened, key: &SourceKey) -> Result<Option<Token>, AppError> {
    let settings = &opened.settings;
    Ok(match (key.source.as_str(), key.connection.as_deref()) {
        ("github", None) => settings.github_token(&env)?,
        ("linear", None) => settings.linear_token(&env)?,
        (source, name) => match settings.connections.get(name.unwrap_or(source)) {
            Some(connection) => connection.token(&env)?,
            None => None,
        },
    })
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
    let files = trust::trusted_files(opened);
    let trusted = files.is_some();
    let named = opened.chosen.path.as_ref().map_or_else(|| ".".into(), |path| path.display().to_string());
    let (allow, private) = (settings.http.allow.clone(), settings.http.private.clone());
    let clock = Clock::system();
    Ok(Setup {
        http: http(settings)?,
        clock: Arc::new(move || clock.read()),
        connections,
        probe: probe::Config { allow, private, trusted, path: named.clone() },
        command: command::Config {
            trusted,
            files: files.unwrap_or_default(),
            root: trust::root(opened),
            path: std::env::var_os("PATH"),
            lang: std::env::var_os("LANG"),
            launch: named,
        },
    })
}

/// The pages of the GitHub server that tells where the target's ref points.
///
/// # Errors
/// Its address can not be one.
pub(super) fn pages(opened: &Opened) -> Result<String, AppError> {
    url(&opened.settings.github_rest).map(|rest| github::web(&rest))
}

/// The client that every server is asked by. Whatever any of them says, no credential of this user comes through.
///
/// # Errors
/// No network stack.
pub(super) fn http(settings: &Settings) -> Result<Http, AppError> {
    let own = [settings.github_token(&env), settings.linear_token(&env)];
    let connections = settings.connections.values().map(|it| it.token(&env));
    // One that can not be a token is told by what needs it.
    let tokens = own.into_iter().chain(connections).filter_map(|token| secret(token.ok()?));
    let password = store::password().map(SecretString::from);
    let all: Vec<_> = tokens.chain(password).collect();
    Ok(Http::new(Limits::default())?.hiding(&all))
}

/// The job we run in, so that a checks gate does not wait for itself.
fn own_run() -> Option<OwnRun> {
    (env("GITHUB_ACTIONS")? == "true").then_some(())?;
    Some(OwnRun { run_id: env("GITHUB_RUN_ID")?.parse().ok()? })
}

fn secret(token: Option<Token>) -> Option<SecretString> {
    token.map(|token| token.expose().to_owned().into())
}

pub(super) fn url(base: &BaseUrl) -> Result<Url, AppError> {
    Url::parse(base.as_str()).map_err(AppError::input)
}
