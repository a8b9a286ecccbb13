//! Arguments of the verbs that look back.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, ValueEnum};

use super::{LaunchArgs, OutputFormat, RecordLaunchArgs, Setting, StoreArgs};
use gonogo_journal::Head;

/// Arguments of `replay`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Moments are written as in the files (2026-12-02T09:00, T-2h) or as RFC 3339.\n\nExamples:\n  \
                  gonogo replay                         what happened on the day of ./launch.yaml\n  gonogo replay --at T-0                the \
                  board as it was at T-0\n  gonogo replay --at 2026-12-02T14:05 --format json\n  gonogo replay --demo --at T-10m"
)]
pub struct ReplayArgs {
    /// The moment to show [default: everything that happened, in order]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Form
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
}

/// Arguments of `history`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "The launch whose files are here is evaluated again at its T-0; for the others, the board of the decision at that time counts.\n\
                  Adherence is the share of blocking gates that were go without a waiver.\n\nExamples:\n  gonogo history\n  gonogo history --format \
                  json --journal postgres://launch@db.example/launches"
)]
pub struct HistoryArgs {
    /// The launch to evaluate again: a folder with a launch.yaml [default: ., if there is one]
    pub path: Option<PathBuf>,
    /// The same as PATH
    #[arg(long, value_name = "PATH", conflicts_with = "path")]
    pub launch: Option<PathBuf>,
    /// Set a variable, such as version=3.0.1; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = Setting::from_str)]
    pub set: Vec<Setting>,
    /// Which journal.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Form
    #[arg(long, value_enum, default_value_t = HistoryFormat::Text)]
    pub format: HistoryFormat,
}

/// Forms of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HistoryFormat {
    /// For people
    Text,
    /// For machines
    Json,
    /// For spreadsheets: a line for each launch
    Csv,
}

/// Arguments of `launches`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "It contacts no server: it reads each launch's files and journal, and shows the last known word.\n\nA hotfix goes first: --hold decides HOLD, in your name, for every launch that one with hold_others: true \
                  keeps waiting.\nEach is held in its own journal, and goes on when its final call ends the hold.\n\nExamples:\n  \
                  gonogo launches\n  gonogo launches releases/ --format json\n  gonogo launches --hold \"checkout is down, 3.1.1 goes first\""
)]
pub struct LaunchesArgs {
    /// The folder that holds them, at most two levels deep [default: .]
    pub folder: Option<PathBuf>,
    /// Which journal.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Form
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
    /// Decide HOLD for every launch that a hotfix keeps waiting
    #[arg(long, value_name = "REASON", conflicts_with = "format")]
    pub hold: Option<String>,
}

/// Arguments of `verify`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Of a chain that is broken the first entry that does not fit is named.\nA tail that was cut off shows only against a head that was kept elsewhere: in minutes, in a decision record, by `gonogo \
                  journal head`.\n\nExamples:\n  gonogo verify\n  gonogo verify --journal team.db --only rocket-2 --kept 12:9f86d081...\n  gonogo \
                  verify --export rocket-2.jsonl"
)]
pub struct VerifyArgs {
    /// Only the launch of this folder [default: every launch of the journal]
    #[arg(conflicts_with = "only")]
    pub path: Option<PathBuf>,
    /// The same as PATH
    #[arg(long, value_name = "PATH", conflicts_with_all = ["path", "only"])]
    pub launch: Option<PathBuf>,
    /// Which journal.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Only this launch
    #[arg(long, value_name = "LAUNCH")]
    pub only: Option<String>,
    /// A head stored elsewhere, such as 12:9f86...: it must be in the chain
    #[arg(long, value_name = "HEAD", value_parser = Head::from_str)]
    pub kept: Option<Head>,
    /// Verify a file written by `gonogo journal export` instead
    #[arg(long, value_name = "FILE", conflicts_with_all = ["path", "launch", "journal", "settings", "only", "kept"])]
    pub export: Option<PathBuf>,
    /// Form
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
}

/// Arguments of `journal show`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:\n  gonogo journal show\n  gonogo journal show checklists/ --format json")]
pub struct ShowArgs {
    /// Form; json is one line per entry
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
    /// Which launch.
    #[command(flatten)]
    pub launch: RecordLaunchArgs,
}

/// Arguments of `journal copy`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Entries are copied byte by byte, with their hashes, and the chain is proved at both ends. A target must be new or hold the \
                  beginning of\nthe same history; anything else is refused. A copy that was cut short loses nothing: run it again.\nWhat sources \
                  answered stays where it is: replays of the time before need the old journal.\n\nExamples:\n  gonogo journal copy journal.db \
                  postgres://launch@db.example/launches\n  gonogo journal copy postgres://launch@db.example/launches archive.db"
)]
pub struct CopyArgs {
    /// The journal to copy: a file or a postgres:// URL
    pub from: String,
    /// Where to: a file or a postgres:// URL
    pub to: String,
}
