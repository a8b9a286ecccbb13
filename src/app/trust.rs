//! Which launches may ask addresses of their own choice and run programs: those whose exact files the user trusts.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{AppError, Opened, check};
use crate::{
    clock::Clock,
    domain::{Digest, Kind, Launch},
    settings::{Grants, TrustError, TrustStore},
    source::command::fingerprints,
};

/// What trusting this launch would allow, and to which files.
pub fn grants(opened: &Opened) -> Grants {
    granted(opened, named_files(opened))
}

fn granted(opened: &Opened, named: BTreeMap<String, Digest>) -> Grants {
    let root = root(opened).map(|root| root.display().to_string()).unwrap_or_default();
    let mut files: Vec<_> =
        opened.loaded.files.iter().map(|it| (it.name.clone(), it.digest.clone())).collect();
    let (mut addresses, mut commands) = (Vec::new(), Vec::new());
    for (source, args) in queries(&opened.loaded.launch) {
        match source {
            "http" => addresses.extend(args["url"].as_str().map(without_query)),
            "command" => commands.push(words(&args["argv"])),
            _ => {}
        }
    }
    // What a command names in the launch's folder is part of what is trusted.
    files.extend(named);
    Grants { root, files, addresses, commands }
}

/// Whether the user trusts exactly this launch. A store that can not be read trusts nothing.
pub fn is_trusted(opened: &Opened) -> bool {
    trusted_files(opened).is_some()
}

/// The files that commands name, as the user trusts them; `None` if this launch is not trusted.
pub fn trusted_files(opened: &Opened) -> Option<BTreeMap<String, Digest>> {
    let folder = opened.settings.folders.data.as_ref()?;
    root(opened)?;
    let named = named_files(opened);
    let digest = granted(opened, named.clone()).digest();
    TrustStore::open(folder).is_ok_and(|store| store.is_trusted(&digest)).then_some(named)
}

/// Trusts what the user was shown.
///
/// # Errors
/// No data folder, a launch that is in no folder, or a store that can not be used.
pub fn trust(opened: &Opened) -> Result<Digest, AppError> {
    let folder = folder(opened)?;
    if root(opened).is_none() {
        return Err(AppError::input("only a launch in a folder can be trusted, not one from standard input"));
    }
    let at = check::clocks(&Clock::system()).wall;
    let mut store = TrustStore::open(folder).map_err(|error| refused(&error))?;
    store.trust(grants(opened), at).map_err(|error| refused(&error))
}

/// Takes the trust back. Says whether there was any.
///
/// # Errors
/// As [`trust`].
pub fn distrust(opened: &Opened) -> Result<bool, AppError> {
    let mut store = TrustStore::open(folder(opened)?).map_err(|error| refused(&error))?;
    store.revoke(&grants(opened).digest()).map_err(|error| refused(&error))
}

/// The folder of the launch, links resolved; `None` for one that is in none.
pub fn root(opened: &Opened) -> Option<PathBuf> {
    opened.loaded.files.first()?.path.as_deref().and_then(Path::parent).map(Path::to_owned)
}

fn folder(opened: &Opened) -> Result<&Path, AppError> {
    let folder = opened.settings.folders.data.as_deref();
    folder
        .ok_or_else(|| AppError::input("there is no data folder to keep trust in: set HOME or XDG_DATA_HOME"))
}

fn refused(error: &TrustError) -> AppError {
    AppError::input(error)
}

fn queries(launch: &Launch) -> impl Iterator<Item = (&str, &serde_json::Value)> {
    launch.gates.iter().filter_map(|gate| match &gate.kind {
        Kind::Evidence(query) => Some((query.source.as_str(), &query.args)),
        _ => None,
    })
}

fn without_query(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or_default().to_owned()
}

fn words(argv: &serde_json::Value) -> Vec<String> {
    argv.as_array().into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

/// The files of the launch's folder that its commands name, with their fingerprints.
fn named_files(opened: &Opened) -> BTreeMap<String, Digest> {
    let Some(root) = root(opened) else { return BTreeMap::new() };
    let commands = queries(&opened.loaded.launch).filter(|(source, _)| *source == "command");
    commands.flat_map(|(_, args)| fingerprints(&root, &words(&args["argv"]))).collect()
}
