//! Arguments of `gonogo risk`.

use clap::{ArgGroup, Args, Subcommand};
use clap_complete::ArgValueCandidates;

use super::{ActArgs, AnswerArgs, LaunchArgs, incident::level, people::lasting};
use crate::completions::{gates, parties, risks};
use gonogo_domain::{Risk, RiskFigures, SeverityLevel};

/// Arguments of `risk`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "A severe risk to many users, without a workaround, blocks GO until it is mitigated, closed or accepted. One that is severe, or reaches over 5 % of the users, must be \
                  answered in the final call.\n\nExamples:\n  gonogo risk add refunds --title \"refunds may fail\" --severity 2 --likelihood medium --users 12% --workaround none --owner qa\n  gonogo risk list\n  gonogo risk accept refunds --for 4h \
                  --reason \"support does them by hand\"\n  gonogo risk mitigate refunds --note \"behind a flag that is off\""
)]
pub struct RiskArgs {
    /// What to do.
    #[command(subcommand)]
    pub verb: RiskVerb,
}

/// What can be done with a risk.
#[derive(Clone, Debug, Subcommand)]
pub enum RiskVerb {
    /// Record one; with --change, update it
    Add(RiskAddArgs),
    /// Show all of them, the worst first
    #[command(after_help = "Example:\n  gonogo risk list --format json")]
    List {
        /// Which launch.
        #[command(flatten)]
        launch: LaunchArgs,
        /// How the answer is written.
        #[command(flatten)]
        answer: AnswerArgs,
    },
    /// Accept it for a time; for those who may grant waivers and do not own the risk
    Accept(RiskAcceptArgs),
    /// Mark it as mitigated, and say how
    #[command(after_help = "Example:\n  gonogo risk mitigate refunds --note \"behind a flag that is off\"")]
    Mitigate {
        /// Its name
        #[arg(add = ArgValueCandidates::new(risks))]
        id: String,
        /// What was done
        #[arg(long, value_name = "TEXT")]
        note: String,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Close it: it is no longer a risk
    #[command(after_help = "Example:\n  gonogo risk close refunds --reason \"fixed in 3.0.1\"")]
    Close {
        /// Its name
        #[arg(add = ArgValueCandidates::new(risks))]
        id: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Reopen it
    #[command(after_help = "Example:\n  gonogo risk reopen refunds --reason \"the flag is on\"")]
    Reopen {
        /// Its name
        #[arg(add = ArgValueCandidates::new(risks))]
        id: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
}

/// Arguments of `risk add`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Example:\n  gonogo risk add refunds --title \"refunds may fail\" --severity 2 --likelihood medium --users 12% --workaround none --owner qa"
)]
pub struct RiskAddArgs {
    /// Its name: lower-case letters, digits and hyphens
    pub id: String,
    /// What can go wrong
    #[arg(long, value_name = "TEXT")]
    pub title: String,
    /// How bad it would be: 1, the worst, to 4
    #[arg(long, value_name = "N", value_parser = level)]
    pub severity: SeverityLevel,
    /// How likely it is: low, medium or high
    #[arg(long, value_name = "LEVEL", value_parser = super::people::level)]
    pub likelihood: Risk,
    /// Whom it would reach, such as 12% of the users [default: not known, which counts as all of them]
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub users: Option<f64>,
    /// What those users can do in the meantime, or none
    #[arg(long, value_name = "TEXT")]
    pub workaround: String,
    /// Its owner: a person or role of the launch
    #[arg(long, value_name = "WHO", add = ArgValueCandidates::new(parties))]
    pub owner: String,
    /// The gate that it is about
    #[arg(long, value_name = "GATE", add = ArgValueCandidates::new(gates))]
    pub gate: Option<String>,
    /// Update one that is there already; any acceptance of it ends
    #[arg(long)]
    pub change: bool,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}

/// Arguments of `risk accept`.
#[derive(Clone, Debug, Args)]
#[command(
    group = ArgGroup::new("term").required(true).args(["until", "lasts"]),
    after_help = "Example:\n  gonogo risk accept refunds --for 4h --reason \"support does them by hand\""
)]
pub struct RiskAcceptArgs {
    /// Its name
    #[arg(add = ArgValueCandidates::new(risks))]
    pub id: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// When it ends, such as 18:00, T+2h or 2026-12-02T18:00
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// How long it lasts, such as 4h
    #[arg(long = "for", value_name = "DURATION", value_parser = lasting)]
    pub lasts: Option<String>,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}

/// `12%`, `12 %` or `12`.
fn percent(text: &str) -> Result<f64, String> {
    RiskFigures::share_of_users(text)
        .ok_or_else(|| "write a share of the users from 0% to 100%, such as 12%".into())
}
