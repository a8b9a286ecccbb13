//! Arguments of `gonogo incident`.

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::ArgValueCandidates;

use super::{ActArgs, LaunchArgs, TimeoutArgs};
use crate::completions::parties;
use gonogo_domain::{IncidentRole, SeverityLevel};

/// Arguments of `incident`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "While an incident is open the rollout waits, unless somebody entitled to says that it goes on.\n\nExamples:\n  gonogo incident open --severity 1 --title \"checkout fails\" --lead octo\n  gonogo incident log \"errors began at 10:05\"\n  gonogo \
                  incident log --decision \"the flag goes off\"\n  gonogo incident update \"We are at it. Next update by 10:45\"\n  gonogo incident resolved\n  gonogo incident close --follow-up \"qa: a test for refunds\"\n  gonogo incident show --format markdown > incident.md"
)]
pub struct IncidentArgs {
    /// What to do.
    #[command(subcommand)]
    pub verb: IncidentVerb,
}

/// What can be done with an incident.
#[derive(Clone, Debug, Subcommand)]
pub enum IncidentVerb {
    /// Open one: the rollout waits from now on
    Open(OpenArgs),
    /// Add a line to its log
    #[command(after_help = "Example:\n  gonogo incident log --decision \"the flag goes off\"")]
    Log {
        /// The line
        text: String,
        /// It is a decision; otherwise it is a fact
        #[arg(long)]
        decision: bool,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Record what stakeholders were told; the next update is due from then on
    #[command(after_help = "Example:\n  gonogo incident update \"We are at it. Next update by 10:45\"")]
    Update {
        /// What they were told
        text: String,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Give somebody a role in it
    #[command(after_help = "Example:\n  gonogo incident role comms mo")]
    Role {
        /// The role
        #[arg(value_enum)]
        role: RoleArg,
        /// A person or role of the launch
        #[arg(add = ArgValueCandidates::new(parties))]
        who: String,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Change its severity
    #[command(after_help = "Example:\n  gonogo incident severity 2 \"only refunds fail\"")]
    Severity {
        /// 1, the worst, to 4
        #[arg(value_parser = level)]
        level: SeverityLevel,
        /// Why
        reason: String,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Say whether the rollout waits or goes on in the meantime
    #[command(after_help = "Example:\n  gonogo incident rollout goes-on \"it is another region\"")]
    Rollout {
        /// It waits, or it goes on
        #[arg(value_enum)]
        word: RolloutArg,
        /// Why
        reason: String,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Mark it as mitigated: the harm has stopped, the rollout still waits
    #[command(after_help = "Example:\n  gonogo incident mitigated --note \"the flag is off\"")]
    Mitigated {
        /// In your own words
        #[arg(long)]
        note: Option<String>,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Mark it as resolved: the rollout may go on
    #[command(after_help = "Example:\n  gonogo incident resolved --note \"fixed in 3.0.1\"")]
    Resolved {
        /// In your own words
        #[arg(long)]
        note: Option<String>,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Reopen it: the rollout waits again
    #[command(after_help = "Example:\n  gonogo incident reopen \"errors rise again\"")]
    Reopen {
        /// What is seen
        reason: String,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Close it once it is resolved, with its follow-ups
    #[command(after_help = "Example:\n  gonogo incident close --follow-up \"qa: a test for refunds\"")]
    Close {
        /// A follow-up; may be repeated
        #[arg(long = "follow-up", value_name = "TEXT")]
        follow_up: Vec<String>,
        /// When the harm began, if it is known by now
        #[arg(long, value_name = "TIME")]
        began: Option<String>,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Show where it stands, its log and a draft of the next update; as Markdown, its record
    #[command(after_help = "Example:\n  gonogo incident show --format markdown > incident.md")]
    Show {
        /// Which incident of the launch, from 1 [default: the newest]
        #[arg(long, value_name = "N")]
        number: Option<u32>,
        /// Which launch.
        #[command(flatten)]
        launch: LaunchArgs,
        /// Form
        #[arg(long, value_enum, default_value_t = IncidentFormat::Text)]
        format: IncidentFormat,
        /// How long to wait.
        #[command(flatten)]
        wait_for: TimeoutArgs,
    },
}

/// Arguments of `incident open`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Moments are written as in the files (2026-12-02T09:00, T+2h), as RFC 3339, as 14:30, or as 10m for so long ago.\nExamples:\n  gonogo incident open --severity 1 --title \"checkout fails\"\n  gonogo incident open --severity 3 --title \"mails are late\" --detected 10:05 --rollout goes-on --reason \"it is another system\""
)]
pub struct OpenArgs {
    /// How bad: 1, the worst, to 4
    #[arg(long, value_name = "N", value_parser = level)]
    pub severity: SeverityLevel,
    /// What is wrong, in a few words
    #[arg(long, value_name = "TEXT")]
    pub title: String,
    /// Who leads it [default: whoever opens it]
    #[arg(long, value_name = "WHO", add = ArgValueCandidates::new(parties))]
    pub lead: Option<String>,
    /// Who tells stakeholders
    #[arg(long, value_name = "WHO", add = ArgValueCandidates::new(parties))]
    pub comms: Option<String>,
    /// Who writes the log
    #[arg(long, value_name = "WHO", add = ArgValueCandidates::new(parties))]
    pub scribe: Option<String>,
    /// Where people meet
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
    /// When it was seen, if earlier than now
    #[arg(long, value_name = "TIME")]
    pub detected: Option<String>,
    /// When the harm began, if that is known
    #[arg(long, value_name = "TIME")]
    pub began: Option<String>,
    /// Whether the rollout goes on meanwhile; that takes a right and a reason
    #[arg(long, value_enum, default_value_t = RolloutArg::Holds)]
    pub rollout: RolloutArg,
    /// With --rollout goes-on: why
    #[arg(long, value_name = "TEXT", required_if_eq("rollout", "goes-on"))]
    pub reason: Option<String>,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}

/// Whether the rollout waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RolloutArg {
    /// It waits for the incident
    Holds,
    /// It goes on
    GoesOn,
}

/// A role in an incident.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum RoleArg {
    /// Decides
    Lead,
    /// Tells stakeholders
    Comms,
    /// Writes the log
    Scribe,
}

/// Output of `incident show`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IncidentFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
    /// The record: times, people, facts and decisions apart, what follows.
    Markdown,
}

impl From<RoleArg> for IncidentRole {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Lead => Self::Lead,
            RoleArg::Comms => Self::Comms,
            RoleArg::Scribe => Self::Scribe,
        }
    }
}

/// A level of severity.
pub(super) fn level(text: &str) -> Result<SeverityLevel, String> {
    let number = text.trim().parse::<u8>().ok();
    number.and_then(|it| SeverityLevel::try_from(it).ok()).ok_or_else(|| "write 1, the worst, to 4".into())
}
