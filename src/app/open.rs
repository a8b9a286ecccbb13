//! Files, settings and recording of a launch, opened together.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{AppError, LaunchSelection, Opened, Registry, demo, error::as_given, sources, store};
use gonogo_checklist::{self as checklist, LaunchInput, LoadRequest};
use gonogo_domain::{History, Launch};
use gonogo_files as files;
use gonogo_journal::Location;
use gonogo_source::recorded::{self, Recording};

/// Opens settings, files and recording.
///
/// # Errors
/// [`AppError::Input`] with every problem of the files at once.
pub fn open(chosen: LaunchSelection) -> Result<Opened, AppError> {
    set_once(&chosen.set)?;
    let settings = sources::settings(chosen.settings.as_deref())?;
    let recording = recording(&chosen)?;
    let input = input(&chosen, recording.as_ref())?;
    let request = LoadRequest { input, set: chosen.set.clone() };
    let folder = folder(&request.input);
    let refused = |all| AppError::diagnostics(as_given(all, folder.as_deref()));
    let mut loaded = checklist::load(&request, &Registry).map_err(refused)?;
    loaded.warnings = as_given(loaded.warnings, folder.as_deref());
    Ok(Opened { loaded, settings, recording: recording.map(Arc::new), chosen })
}

/// The launch at a path, for whoever only wants its names: nobody is asked, and a file with a fault has none.
pub fn names_of(path: &Path) -> Option<Launch> {
    let request = LoadRequest { input: LaunchInput::Path(path.to_owned()), set: Vec::new() };
    checklist::load(&request, &Registry).ok().map(|loaded| loaded.launch)
}

/// The launch at a path and what people recorded about it, also without waiting: from a journal on this machine. A shared one is not asked.
pub fn said_of(path: &Path) -> Option<Arc<History>> {
    let opened = open(LaunchSelection { path: Some(path.to_owned()), ..LaunchSelection::default() }).ok()?;
    match store::location(&opened).ok()?? {
        Location::File(_) => store::read(&opened).ok().map(|it| it.history),
        Location::Postgres(_) | Location::Memory => None,
    }
}

/// Two values for one variable: nobody knows which was meant.
fn set_once(set: &[(String, String)]) -> Result<(), AppError> {
    let again = set.iter().enumerate().find(|(at, (name, _))| set[..*at].iter().any(|(old, _)| old == name));
    match again {
        Some((_, (name, _))) => Err(AppError::input(format!("--set {name} is given twice"))),
        None => Ok(()),
    }
}

fn recording(chosen: &LaunchSelection) -> Result<Option<Recording>, AppError> {
    if chosen.demo {
        let own = |source| AppError::Recording { file: "the demo".to_owned(), source };
        return Recording::parse(demo::DAY).map(Some).map_err(own);
    }
    let Some(path) = &chosen.replay else { return Ok(None) };
    let text = files::read_text(path, recorded::MOST_BYTES as u64)
        .map_err(|error| AppError::file(format!("the recording {} cannot be read", path.display()), error))?;
    let named = |source| AppError::Recording { file: path.display().to_string(), source };
    Recording::parse(&text).map(Some).map_err(named)
}

fn input(chosen: &LaunchSelection, recording: Option<&Recording>) -> Result<LaunchInput, AppError> {
    if chosen.demo {
        return Ok(LaunchInput::Memory(demo::files()));
    }
    match (&chosen.path, recording) {
        (Some(path), _) if path.as_os_str() == "-" => standard_input(),
        (Some(path), _) => Ok(LaunchInput::Path(path.clone())),
        (None, Some(recording)) if !recording.header.files.is_empty() => {
            let files =
                recording.header.files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes()));
            let mut files: Vec<_> = files.collect();
            files.sort_by_key(|(name, _)| name != "launch.yaml");
            Ok(LaunchInput::Memory(files))
        }
        (None, _) => Ok(LaunchInput::Path(Path::new(".").to_owned())),
    }
}

/// The folder of the files, as the user named it; `None`: this one, or none.
fn folder(input: &LaunchInput) -> Option<PathBuf> {
    let LaunchInput::Path(path) = input else { return None };
    let folder = if path.is_dir() { Some(path.as_path()) } else { path.parent() };
    folder.filter(|it| !it.as_os_str().is_empty() && *it != Path::new(".")).map(Path::to_owned)
}

fn standard_input() -> Result<LaunchInput, AppError> {
    use std::io::Read;
    /// One byte over the limit of a file is enough to see that it is too large.
    const MOST: u64 = (8 << 20) + 1;
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(MOST).read_to_end(&mut bytes);
    read.map_err(|error| AppError::file("standard input cannot be read", error))?;
    Ok(LaunchInput::Memory(vec![("-".into(), bytes)]))
}
