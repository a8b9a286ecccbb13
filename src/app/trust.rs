//! Which launches may ask addresses of their own choice and run programs: those whose exact files the user trusts.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use tokio_util::sync::CancellationToken;

use super::{AppError, Opened, opened::env, origin};
use gonogo_clock::Clock;
use gonogo_domain::{Digest, Kind, Launch};
use gonogo_settings::{Grants, TrustStore};
use gonogo_source::command::Prints;

/// What trusting this launch would allow, and to which files.
///
/// # Errors
/// [`AppError::Input`]: something that a command runs or is given cannot be covered, so that it cannot be trusted.
pub fn grants(opened: &Opened) -> Result<Grants, AppError> {
    let (mut addresses, mut commands) = (Vec::new(), Vec::new());
    for (source, args) in queries(&opened.loaded.launch) {
        match source {
            "http" => addresses.extend(args["url"].as_str().map(without_query)),
            "command" => commands.push(words(&args["argv"])),
            _ => {}
        }
    }
    let mut named = BTreeMap::new();
    if let Some(root) = root(opened) {
        let (prints, path, stop) = (Prints::default(), std::env::var_os("PATH"), CancellationToken::new());
        for argv in &commands {
            let found = prints.of(&root, path.as_deref(), argv, &stop);
            let found = found.map_err(|why| {
                let command = argv.join(" ");
                AppError::input(format!("this launch cannot be trusted: `{command}`: {why}"))
            })?;
            named.extend(found.into_iter().filter_map(|(name, digest)| Some((name, digest?))));
        }
    }
    let (root, files) = shown(opened);
    Ok(Grants { root, files, named: named.into_iter().collect(), addresses, commands })
}

/// Whether the user trusts exactly this launch. A store that cannot be read trusts nothing.
pub fn is_trusted(opened: &Opened) -> bool {
    trusted_files(opened).is_some()
}

/// What commands run and are given, as the user trusts it; `None` if this launch is not trusted. Nothing that the
/// launch names is looked at for that.
pub fn trusted_files(opened: &Opened) -> Option<BTreeMap<String, Digest>> {
    let folder = opened.settings.folders.data.as_ref()?;
    root(opened)?;
    let (root, files) = shown(opened);
    let store = TrustStore::open(folder).ok()?;
    store.granted(&root, &files).map(|grants| grants.named.iter().cloned().collect())
}

/// Trusts what the user was shown.
///
/// # Errors
/// No data folder, a launch that is in no folder, a store that cannot be used, or files that whoever proposes a change
/// has written, unless `allowed`.
pub fn trust(opened: &Opened, grants: Grants, allowed: bool) -> Result<Digest, AppError> {
    origin::admit(opened, &env, allowed)?;
    let folder = folder(opened)?;
    if root(opened).is_none() {
        return Err(AppError::input("only a launch in a folder can be trusted, not one from standard input"));
    }
    let at = Clock::system().read().wall;
    let mut store = TrustStore::open(folder)?;
    Ok(store.trust(grants, at)?)
}

/// Takes the trust in the folder of a launch back. Says whether there was any.
///
/// # Errors
/// As [`trust`].
pub fn distrust(opened: &Opened) -> Result<bool, AppError> {
    let mut store = TrustStore::open(folder(opened)?)?;
    Ok(store.revoke(&shown(opened).0)?)
}

/// The folder of a launch and its own files.
fn shown(opened: &Opened) -> (String, Vec<(String, Digest)>) {
    let root = root(opened).map(|root| root.display().to_string()).unwrap_or_default();
    let files = opened.loaded.files.iter().map(|it| (it.name.clone(), it.digest.clone())).collect();
    (root, files)
}

/// The folder of the launch, links resolved; `None` for one that is in none.
pub fn root(opened: &Opened) -> Option<PathBuf> {
    opened.loaded.files.first()?.path.as_deref().and_then(Path::parent).map(Path::to_owned)
}

fn folder(opened: &Opened) -> Result<&Path, AppError> {
    let folder = opened.settings.folders.data.as_deref();
    folder.ok_or_else(|| {
        AppError::input("there is no data folder to store trust in: set HOME or XDG_DATA_HOME")
    })
}

/// What is asked of sources, by gates, by guardrails and about the rollout.
pub(super) fn queries(launch: &Launch) -> impl Iterator<Item = (&str, &serde_json::Value)> {
    let gates = launch.gates.iter().filter_map(|gate| match &gate.kind {
        Kind::Evidence(query) => Some(query),
        _ => None,
    });
    let soundings = launch.soundings().into_iter().map(|it| it.query);
    gates.chain(soundings).map(|query| (query.source.as_str(), &query.args))
}

fn without_query(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or_default().to_owned()
}

fn words(argv: &serde_json::Value) -> Vec<String> {
    argv.as_array().into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect()
}
