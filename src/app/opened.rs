//! A launch with its settings, as every mode is given it. What opens it is in [`super::open`].

use std::{path::PathBuf, sync::Arc};

use gonogo_checklist::Loaded;
use gonogo_settings::Settings;
use gonogo_source::recorded::Recording;

/// What the user named.
#[derive(Clone, Debug, Default)]
pub struct LaunchSelection {
    /// Folder or file; `None`: here. `-` is standard input.
    pub path: Option<PathBuf>,
    /// Values of variables.
    pub set: Vec<(String, String)>,
    /// A file or a URL.
    pub journal: Option<String>,
    /// Settings file.
    pub settings: Option<PathBuf>,
    /// A recording to play instead of asking sources.
    pub replay: Option<PathBuf>,
    /// The bundled launch and its recording.
    pub demo: bool,
    /// Practice: a copy of the journal instead of the journal.
    pub rehearse: bool,
}

/// A launch that can be evaluated, and where its evidence comes from.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The launch and its files.
    pub loaded: Loaded,
    /// The user's settings.
    pub settings: Settings,
    /// Played instead of asking sources.
    pub recording: Option<Arc<Recording>>,
    /// What the user named.
    pub chosen: LaunchSelection,
}

/// Reads an environment variable; empty counts as unset.
pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
