//! Arguments of the verbs for whoever begins, and for whoever asks why.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCandidates;

use super::{Format, LaunchArgs, duration};
use crate::completions::gates;

/// Arguments of `why`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "An answer is no verdict: the exit code is 0 when it was written, 2 for bad input, 4 for an internal or journal error.\n\n\
                  Examples:\n  gonogo why qa/smoke\n  gonogo why smoke checklists/ --format json\n  gonogo why launch/go-live --demo"
)]
pub struct WhyArgs {
    /// The gate, such as qa/smoke; or smoke, where no other gate is called so
    #[arg(add = ArgValueCandidates::new(gates))]
    pub gate: String,
    /// Form
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Longest time to wait for complete answers
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    pub timeout: Duration,
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
}

/// Arguments of `path`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "A way is no verdict: the exit code is 0 when it was written, 2 for bad input, 4 for an internal or journal error.\n\n\
                  Examples:\n  gonogo path\n  gonogo path checklists/ --format json\n  gonogo path --demo"
)]
pub struct PathArgs {
    /// Form
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Longest time to wait for complete answers
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    pub timeout: Duration,
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
}

/// Arguments of `schema`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "The first line of a file tells an editor with a YAML language server where its schema is:\n  # yaml-language-server: \
                  $schema=launch.schema.json\n\nExamples:\n  gonogo schema > launch.schema.json\n  gonogo schema checklist > \
                  checklist.schema.json"
)]
pub struct SchemaArgs {
    /// Of which file
    #[arg(value_enum, default_value_t = SchemaOf::Launch)]
    pub of: SchemaOf,
}

/// Files that have a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// launch.yaml
    Launch,
    /// A checklist that a launch lists
    Checklist,
    /// Your settings
    Settings,
    /// A theme
    Theme,
    /// What `--check --format json` prints
    Check,
}

/// Arguments of `settings`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "No secret is shown: of a token only whether its variable is set.\n\nExamples:\n  gonogo settings\n  gonogo settings \
                  --format json"
)]
pub struct SettingsArgs {
    /// Settings file [default: in the user's configuration folder]
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// Form
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// Arguments of `completions`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "The script asks gonogo itself at each Tab, and gonogo reads the launch of the folder you are in, and asks nobody.\n\n\
                  Examples:\n  source <(gonogo completions bash)                               in ~/.bashrc\n  source <(gonogo \
                  completions zsh)                                in ~/.zshrc, behind compinit\n  gonogo completions fish > \
                  ~/.config/fish/completions/gonogo.fish"
)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Shells that can complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// GNU Bash
    Bash,
    /// Z shell
    Zsh,
    /// fish
    Fish,
}

/// Arguments of `man`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo man | man -l -\n  gonogo man --into ~/.local/share/man/man1    a page for each verb"
)]
pub struct ManArgs {
    /// Write a page for each verb into this folder, instead of the main page to standard output
    #[arg(long, value_name = "FOLDER")]
    pub into: Option<PathBuf>,
}
