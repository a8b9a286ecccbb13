//! What is loaded, and what comes of it.

use std::path::PathBuf;

use gonogo_domain::{Diagnostic, Digest, Launch, SourceId};

/// What to load.
#[derive(Clone, Debug)]
pub struct LoadRequest {
    /// Where the files are.
    pub input: LaunchInput,
    /// `--set NAME=VALUE`: other values for declared variables, and for `version`.
    pub set: Vec<(String, String)>,
}

/// Where the files of a launch are.
#[derive(Clone, Debug)]
pub enum LaunchInput {
    /// A folder with a `launch.yaml`, or a launch file of any name. Other files are found beside it.
    Path(PathBuf),
    /// Files in memory, by their name within the launch; the first is the launch itself. For bundled launches,
    /// and for one that was read from standard input.
    Memory(Vec<(String, Vec<u8>)>),
}

/// A launch that may be evaluated.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The launch.
    pub launch: Launch,
    /// Worth a look; change nothing.
    pub warnings: Vec<Diagnostic>,
    /// The files it was made of, the launch first.
    pub files: Vec<FileUsed>,
    /// The sources that its gates ask, in order of name; people and the clock are not among them.
    pub sources: Vec<SourceId>,
}

/// A file that a launch was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileUsed {
    /// Its name within the launch: `checklists/qa.yaml`.
    pub name: String,
    /// Where it is on disk, links resolved; `None` in memory.
    pub path: Option<PathBuf>,
    /// Fingerprint of its bytes.
    pub digest: Digest,
}

impl LoadRequest {
    /// A launch on disk: a folder or a file.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self { input: LaunchInput::Path(path.into()), set: Vec::new() }
    }

    /// A launch in one text, such as from standard input. It cannot name other files.
    pub fn text(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { input: LaunchInput::Memory(vec![(name.into(), bytes.into())]), set: Vec::new() }
    }
}
