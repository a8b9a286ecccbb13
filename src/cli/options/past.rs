//! Arguments of the verbs that look back.

use clap::Args;

use super::{Format, LaunchArgs};

/// Arguments of `replay`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Moments are written as in the files (2026-12-02T09:00, T-2h) or as RFC 3339. A board of the past is no verdict: the \
                  exit code is 0 when it was\nwritten, 2 for bad input, 4 when the journal can not be read or trusted.\n\nExamples:\n  \
                  gonogo replay                         what happened on the day of ./launch.yaml\n  gonogo replay --at T-0                the \
                  board as it was at T-0\n  gonogo replay --at 2026-12-02T14:05 --format json\n  gonogo replay --demo --at T-10m"
)]
pub struct ReplayArgs {
    /// The moment to show [default: all that happened, in order]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Form
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
}
