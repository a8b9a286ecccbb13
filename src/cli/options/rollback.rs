//! Arguments of `gonogo rollback`.

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::ArgValueCandidates;

use super::{ActArgs, AnswerArgs, LaunchArgs};
use crate::completions::rollback_steps;
use gonogo_domain::RollbackResult;

/// Arguments of `rollback`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo rollback show                                  where it stands, and what each step does\n  gonogo rollback start --reason \"checkout fails\"\n  gonogo \
                  rollback done flag-off\n  gonogo rollback skip page --reason \"nobody was paged\"\n  gonogo rollback end --result rolled-back --reason \"errors are back to normal\""
)]
pub struct RollbackArgs {
    /// What to do.
    #[command(subcommand)]
    pub verb: RollbackVerb,
}

/// What can be done with a rollback.
#[derive(Clone, Debug, Subcommand)]
pub enum RollbackVerb {
    /// Start it
    #[command(after_help = "Example:\n  gonogo rollback start --reason \"checkout fails\"")]
    Start {
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Tick off the current step
    #[command(after_help = "Example:\n  gonogo rollback done flag-off --note \"off in all regions\"")]
    Done {
        /// The step, to be sure it is the right one [default: the current one]
        #[arg(add = ArgValueCandidates::new(rollback_steps))]
        step: Option<String>,
        /// In your own words
        #[arg(long)]
        note: Option<String>,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Skip the current step, with a reason
    #[command(after_help = "Example:\n  gonogo rollback skip page --reason \"nobody was paged\"")]
    Skip {
        /// The step, to be sure it is the right one [default: the current one]
        #[arg(add = ArgValueCandidates::new(rollback_steps))]
        step: Option<String>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Say how it ended; GO then needs a new final call
    #[command(
        after_help = "Example:\n  gonogo rollback end --result rolled-back --reason \"errors are back to normal\""
    )]
    End {
        /// How it ended
        #[arg(long, value_enum)]
        result: ResultArg,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Show what calls for it, where it stands, and the commands of each step
    #[command(after_help = "Example:\n  gonogo rollback show --format json")]
    Show {
        /// Which launch.
        #[command(flatten)]
        launch: LaunchArgs,
        /// How the answer is written.
        #[command(flatten)]
        answer: AnswerArgs,
    },
}

/// How a rollback ended.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ResultArg {
    /// Everything was rolled back
    RolledBack,
    /// Some of it was; each stage says whether it was
    Partly,
    /// It stays out, and a further change fixes it
    ForwardFix,
}

impl From<ResultArg> for RollbackResult {
    fn from(result: ResultArg) -> Self {
        match result {
            ResultArg::RolledBack => Self::RolledBack,
            ResultArg::Partly => Self::Partly,
            ResultArg::ForwardFix => Self::ForwardFix,
        }
    }
}
