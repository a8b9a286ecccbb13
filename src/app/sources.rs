//! Sources from the user's settings and environment, or from a recording. What each source is, it
//! [declares](Declaration) itself; nothing here knows one by name.

use std::{collections::BTreeMap, sync::Arc};

use secrecy::SecretString;
use url::Url;

use super::{AppError, Opened, Session, keymap, opened::env, store, time, trust};
use gonogo_domain::SourceId;
use gonogo_poller::{Polled, SourceKey};
use gonogo_settings::{self as settings, BaseUrl, CredentialHelper, Env, KnownNames, Settings, Token};
use gonogo_source::{
    Declaration, Home, HomeServer, Keeps, Setup, Source, Writes, command,
    connection::{Connection, Connections},
    http::{ExchangeLimits, Http},
    probe,
    recorded::{PlayedUntil, RecordedSource},
    register::{DECLARED, declared, of_targets, open, servers, writes},
};

/// The user's settings.
///
/// # Errors
/// A settings file or an address in the environment that cannot be used.
pub(super) fn settings(path: Option<&std::path::Path>) -> Result<Settings, AppError> {
    let names: Vec<_> = servers().iter().map(|it| it.source).collect();
    let settings = Settings::load(
        path,
        &env,
        &KnownNames { servers: &names, writes: &writes(), keys: &keymap::faults, views: &keymap::view_fault },
    )?;
    for home in DECLARED.iter().filter_map(|it| it.home) {
        addresses_of(home, &env)?;
    }
    Ok(settings)
}

/// The sources that this launch asks; always the one that tells which commit GO is about.
///
/// # Errors
/// A token that cannot be one.
pub fn build(opened: &Opened) -> Result<Vec<Polled>, AppError> {
    let keys = keys(opened);
    let setup = setup(opened, &keys)?;
    let made = |key: SourceKey| {
        let source = open(&setup, key.source.as_str(), key.connection.as_deref())?;
        Some(Polled { key, source })
    };
    Ok(keys.into_iter().filter_map(made).collect())
}

/// Whether the environment and the settings have a token for these sources that cannot be one. No program that keeps tokens is
/// asked.
///
/// # Errors
/// There is one.
pub(super) fn check_environment(opened: &Opened) -> Result<(), AppError> {
    for key in keys(opened).iter().filter(|key| key.connection.is_none()) {
        if let Some(home) = declared(key.source.as_str()).and_then(|it| it.home) {
            opened.settings.token(home.token_env, None, &env)?;
        }
    }
    connections(&opened.settings).map(|_| ())
}

/// The same, played back from the recording.
pub fn recorded(opened: &Opened, until: &PlayedUntil) -> Vec<Polled> {
    let Some(recording) = &opened.recording else { return Vec::new() };
    let source = |key: &SourceKey| {
        let resolves =
            key.connection.is_none() && declared(key.source.as_str()).is_some_and(|it| it.tells_targets);
        Arc::new(RecordedSource::new(recording, key.source.clone(), resolves, Arc::clone(until)))
            as Arc<dyn Source>
    };
    keys(opened).into_iter().map(|key| Polled { source: source(&key), key }).collect()
}

/// Each source that the launch asks, by each of its connections.
pub(super) fn keys(opened: &Opened) -> Vec<SourceKey> {
    let mut keys = Session::sources(&opened.loaded.launch);
    if let Some(first) = key_of_targets().filter(|it| !keys.contains(it)) {
        keys.insert(0, first);
    }
    keys
}

/// The source that tells where refs point, at its usual server.
pub(super) fn key_of_targets() -> Option<SourceKey> {
    of_targets().map(usual)
}

/// A source at the server that needs no settings.
fn usual(source: &Declaration) -> SourceKey {
    SourceKey { source: SourceId::new(source.name), connection: None }
}

/// The source that tells where refs point and who somebody is, at its usual server.
///
/// # Errors
/// As [`build`].
pub(super) fn of_people(settings: &Settings) -> Result<Option<Arc<dyn Source>>, AppError> {
    let Some(source) = of_targets() else { return Ok(None) };
    let homes = homes(settings, &[usual(source)])?;
    Ok(open(&bare(settings, homes), source.name, None))
}

/// What keeps a checklist in this, at its usual server.
///
/// # Errors
/// As [`build`].
pub(super) fn keeper(settings: &Settings, keeps: Keeps) -> Result<Arc<dyn Source>, AppError> {
    let none = AppError::Internal("no source keeps a checklist like that");
    let Some(source) = DECLARED.iter().find(|it| it.keeps == Some(keeps)) else { return Err(none) };
    let homes = homes(settings, &[usual(source)])?;
    open(&bare(settings, homes), source.name, None).ok_or(none)
}

/// What sends a message to this place by this source.
///
/// # Errors
/// As [`build`]; no such source, or what the settings lack for it.
pub(super) fn sender(settings: &Settings, source: &SourceId, to: &str) -> Result<Arc<dyn Writes>, AppError> {
    let it = declared(source.as_str());
    let (it, sends) = it
        .and_then(|it| Some((it, it.sends?)))
        .ok_or_else(|| AppError::input(format!("nothing is sent by {source}")))?;
    let homes = homes(settings, &[usual(it)])?;
    let setup = Setup { connections: connections(settings)?, ..bare(settings, homes) };
    (sends.open)(&setup, to).map_err(super::error::failed)
}

/// Whether the user has a credential for [`of_people`].
///
/// # Errors
/// The first one found cannot be a token.
pub(super) fn has_own_token(settings: &Settings) -> Result<bool, AppError> {
    let home = of_targets().and_then(|it| it.home);
    Ok(home.map(|home| home_token(settings, home)).transpose()?.flatten().is_some())
}

/// Where a source answers; `None`: its gates name the address, or the settings name no server of that source.
///
/// # Errors
/// An address in the environment that is none.
pub(super) fn address(opened: &Opened, key: &SourceKey) -> Result<Option<BaseUrl>, AppError> {
    let source = declared(key.source.as_str());
    if let (Some(home), None) = (source.and_then(|it| it.home), &key.connection) {
        return Ok(Some(addresses_of(home, &env)?.0));
    }
    let connection =
        opened.settings.connections.get(key.connection.as_deref().unwrap_or(key.source.as_str()));
    let fits = |name: &str| source.is_none_or(|it| it.servers.iter().any(|server| server.source == name));
    Ok(connection.filter(|it| fits(&it.source)).map(|it| it.url.clone()))
}

/// The credential of a source: the user's own for the usual servers, else the connection's. `None`: there is none.
///
/// # Errors
/// The first one found cannot be a token.
pub(super) fn token(opened: &Opened, key: &SourceKey) -> Result<Option<Token>, AppError> {
    let home = declared(key.source.as_str()).and_then(|it| it.home);
    if let (Some(home), None) = (home, &key.connection) {
        return home_token(&opened.settings, home);
    }
    let name = key.connection.as_deref().unwrap_or(key.source.as_str());
    let connection = opened.settings.connections.get(name);
    Ok(connection.map(|it| it.token(&env)).transpose()?.flatten())
}

/// What the sources of these keys are made from: the servers of settings and environment, and what the user trusts.
fn setup(opened: &Opened, keys: &[SourceKey]) -> Result<Setup, AppError> {
    let settings = &opened.settings;
    let files = trust::trusted_files(opened);
    let trusted = files.is_some();
    let named = opened.chosen.path.as_ref().map_or_else(|| ".".into(), |path| path.display().to_string());
    let (allow, private) = (settings.http.allow.clone(), settings.http.private.clone());
    Ok(Setup {
        connections: connections(settings)?,
        probe: probe::ProbePolicy { allow, private, trusted, path: named.clone() },
        command: command::CommandPolicy {
            trusted,
            files: files.unwrap_or_default(),
            root: trust::root(opened),
            path: std::env::var_os("PATH"),
            lang: std::env::var_os("LANG"),
            launch: named,
            veil: Arc::default(),
        },
        ..bare(settings, homes(settings, keys)?)
    })
}

/// A setup for the usual servers only, of files that nobody trusts.
fn bare(settings: &Settings, homes: BTreeMap<&'static str, HomeServer>) -> Setup {
    Setup {
        http: http(settings),
        clock: time::system(),
        connections: Connections::default(),
        homes,
        env,
        probe: probe::ProbePolicy::default(),
        command: command::CommandPolicy::default(),
    }
}

fn connections(settings: &Settings) -> Result<Connections, AppError> {
    let mut connections = Connections::default();
    for (name, it) in &settings.connections {
        let credential = secret(it.token(&env)?);
        let (source, token_env) = (it.source.as_str().into(), it.token_env.as_deref().map(Into::into));
        let connection = Connection { source, base: url(&it.url)?, credential, token_env };
        connections.0.insert(name.as_str().into(), connection);
    }
    Ok(connections)
}

/// The usual servers that these keys ask.
fn homes(settings: &Settings, keys: &[SourceKey]) -> Result<BTreeMap<&'static str, HomeServer>, AppError> {
    let mut homes = BTreeMap::new();
    for key in keys.iter().filter(|key| key.connection.is_none()) {
        let Some(source) = declared(key.source.as_str()) else { continue };
        let Some(home) = source.home else { continue };
        let (base, second) = addresses_of(home, &env)?;
        let credential = secret(home_token(settings, home)?);
        let silent = home.keeper.and_then(|it| settings.was_silent(it.program, &(it.host)(base.host())));
        let second = second.map(|it| url(&it)).transpose()?;
        homes.insert(source.name, HomeServer { base: url(&base)?, second, credential, silent });
    }
    Ok(homes)
}

/// The addresses of a usual server: that of its API, and that of a second API if the environment names one.
fn addresses_of(home: &Home, env: &Env<'_>) -> Result<(BaseUrl, Option<BaseUrl>), AppError> {
    let base = match settings::address(home.address_env, env)? {
        Some(base) => base,
        None => home.address.parse().map_err(AppError::input)?,
    };
    let second = home.second_env.map(|name| settings::second_address(name, (&base, home.address_env), env));
    Ok((base, second.transpose()?.flatten()))
}

/// The user's own credential for a usual server. May take seconds. No program is asked to hand over a real one for a
/// server on this machine.
fn home_token(settings: &Settings, home: &Home) -> Result<Option<Token>, AppError> {
    token_of(settings, home, &env)
}

fn token_of(settings: &Settings, home: &Home, env: &Env<'_>) -> Result<Option<Token>, AppError> {
    let (base, _) = addresses_of(home, env)?;
    let keeper = home.keeper.filter(|_| !base.is_loopback());
    let host = keeper.map(|it| (it.host)(base.host())).unwrap_or_default();
    let keeper = keeper.map(|it| CredentialHelper {
        program: it.program,
        args: it.args,
        quiet: it.quiet,
        host: &host,
    });
    Ok(settings.token(home.token_env, keeper, env)?)
}

/// The pages of the server that tells where the target's ref points.
///
/// # Errors
/// Its address cannot be one.
pub(super) fn pages() -> Result<String, AppError> {
    let Some(home) = of_targets().and_then(|it| it.home) else { return Ok(String::new()) };
    Ok((home.pages)(&url(&addresses_of(home, &env)?.0)?))
}

/// The client that every server is asked by. Whatever any of them says, no credential of this user comes through.
pub(super) fn http(settings: &Settings) -> Http {
    let own = DECLARED.iter().filter_map(|it| it.home).map(|home| home_token(settings, home).ok().flatten());
    let connections = settings.connections.values().map(|it| it.token(&env).ok().flatten());
    // One that cannot be a token is reported by whatever needs it.
    let tokens = own.chain(connections).filter_map(secret);
    let password = store::password().map(SecretString::from);
    let all: Vec<_> = tokens.chain(password).collect();
    Http::new(ExchangeLimits::default()).hiding(&all)
}

fn secret(token: Option<Token>) -> Option<SecretString> {
    token.map(|token| token.expose().to_owned().into())
}

fn url(base: &BaseUrl) -> Result<Url, AppError> {
    Url::parse(base.as_str()).map_err(AppError::input)
}

#[cfg(test)]
mod tests;
