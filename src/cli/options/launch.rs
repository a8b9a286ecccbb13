//! Which launch: the same on every verb.

use std::{path::PathBuf, str::FromStr};

use clap::Args;

use gonogo_domain::Str;

/// Where the files of a launch are, and what their variables stand for.
#[derive(Clone, Debug, Default, Args)]
pub struct FilesArgs {
    /// Folder with a launch.yaml, or one file [default: .]
    pub path: Option<PathBuf>,
    /// The same as PATH
    #[arg(long, value_name = "PATH", conflicts_with = "path")]
    pub launch: Option<PathBuf>,
    /// Set a variable, such as version=3.0.1; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = Setting::from_str)]
    pub set: Vec<Setting>,
}

/// Where the journal and the user's settings are.
#[derive(Clone, Debug, Default, Args)]
pub struct StoreArgs {
    /// The journal: a file or a postgres:// URL [default: in the user's state folder]
    #[arg(long, value_name = "WHERE")]
    pub journal: Option<String>,
    /// Settings file [default: in the user's configuration folder]
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
}

/// Which launch, and where its journal is.
#[derive(Clone, Debug, Default, Args)]
pub struct LaunchArgs {
    /// Its files.
    #[command(flatten)]
    pub files: FilesArgs,
    /// Its journal.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Play a recording instead of asking the sources
    #[arg(long, value_name = "FILE", visible_alias = "recording", conflicts_with = "journal")]
    pub replay: Option<PathBuf>,
    /// Use the bundled demo launch and its recording
    #[arg(long, conflicts_with_all = ["replay", "path", "launch", "journal"])]
    pub demo: bool,
    /// Practise: use the rehearsal instead of the journal
    #[arg(long, conflicts_with_all = ["replay", "demo"])]
    pub rehearse: bool,
}

/// Which launch, for verbs about its own journal: no recording and no demo has one.
#[derive(Clone, Debug, Default, Args)]
pub struct RecordLaunchArgs {
    /// Its files.
    #[command(flatten)]
    pub files: FilesArgs,
    /// Its journal.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Practise: use a copy of the journal, which itself stays untouched
    #[arg(long)]
    pub rehearse: bool,
}

/// `NAME=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The name.
    pub name: Str,
    /// The value; never blank.
    pub value: Str,
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() && value.trim().is_empty() => {
                Err(format!("`{name}` has no value here; write it as {name}=VALUE"))
            }
            Some((name, value)) if !name.is_empty() => Ok(Self { name: name.into(), value: value.into() }),
            _ => Err("write it as NAME=VALUE".into()),
        }
    }
}

impl From<RecordLaunchArgs> for LaunchArgs {
    fn from(args: RecordLaunchArgs) -> Self {
        let RecordLaunchArgs { files, store, rehearse } = args;
        Self { files, store, rehearse, ..Self::default() }
    }
}
