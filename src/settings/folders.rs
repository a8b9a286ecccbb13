//! The user's folders (XDG), and how a private one is made.

use std::io;
use std::path::{Path, PathBuf};

use super::Env;

const OURS: &str = "gonogo";

/// Our folder in each of the user's base folders. None of them need exist. `None` if the user has no home.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folders {
    /// The user's home.
    pub home: Option<PathBuf>,
    /// Settings and themes.
    pub config: Option<PathBuf>,
    /// What has to outlive the program: journals, the log.
    pub state: Option<PathBuf>,
    /// Trust and other personal choices.
    pub data: Option<PathBuf>,
}

impl Folders {
    /// `XDG_CONFIG_HOME`, `XDG_STATE_HOME` and `XDG_DATA_HOME`, or the usual places below the home. A variable
    /// that is no full path is ignored, as the XDG specification says.
    pub fn from_env(env: &Env<'_>) -> Self {
        let full = |name: &str| env(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = full("HOME").or_else(|| etcetera::home_dir().ok().filter(|path| path.is_absolute()));
        let ours = |variable: &str, below: &str| {
            let base = full(variable).or_else(|| home.as_ref().map(|home| home.join(below)));
            base.map(|base| base.join(OURS))
        };
        Self {
            config: ours("XDG_CONFIG_HOME", ".config"),
            state: ours("XDG_STATE_HOME", ".local/state"),
            data: ours("XDG_DATA_HOME", ".local/share"),
            home,
        }
    }

    /// Where the user's own themes are.
    pub fn themes(&self) -> Option<PathBuf> {
        self.config.as_ref().map(|config| config.join("themes"))
    }

    /// Which launches the user trusts; `None` without a data folder.
    pub fn trust(&self) -> Option<PathBuf> {
        self.data.as_ref().map(|data| data.join(crate::trust::FILE))
    }

    /// `~/x` in full; anything else as it is.
    pub(super) fn expand(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), &self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        }
    }
}

/// Makes sure that a folder is there and that only its owner can look into it.
///
/// # Errors
/// If it cannot be made, is a link or no folder, or belongs to somebody else.
pub fn private_folder(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    match make(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = std::fs::symlink_metadata(path)?;
    if !found.is_dir() {
        let what = if found.is_symlink() { "it is a link" } else { "it is not a folder" };
        return Err(io::Error::new(io::ErrorKind::NotADirectory, what));
    }
    close_to_others(path, &found)
}

#[cfg(unix)]
fn make(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make(path: &Path) -> io::Result<()> {
    std::fs::create_dir(path)
}

#[cfg(unix)]
fn close_to_others(path: &Path, found: &std::fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it belongs to somebody else"));
    }
    let open_to_others = found.mode() & 0o077;
    if open_to_others == 0 {
        return Ok(());
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn close_to_others(_: &Path, _: &std::fs::Metadata) -> io::Result<()> {
    Ok(())
}
