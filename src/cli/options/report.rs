//! Arguments of `report`.

use clap::{Args, ValueEnum};

use super::{LaunchArgs, LookArgs, TimeoutArgs};

/// Arguments of `report`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo report                                    the whole board as text\n  gonogo report --for executives --format html -o status.html\n  gonogo report --for customers                    only what is marked public\n  gonogo report --format svg -o board.svg          a picture of it\n  gonogo report --demo --format tour -o tour.svg   the whole day, moving\n  gonogo report --for executives --at T-1h         as it was known then"
)]
pub struct ReportArgs {
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
    /// A page for these readers
    #[arg(long = "for", value_name = "AUDIENCE", value_enum)]
    pub audience: Option<AudienceArg>,
    /// Form [default: text; markdown for an audience]
    #[arg(long, value_enum)]
    pub format: Option<ReportFormat>,
    /// Hide what not everybody should see: people become initials, issue titles become ids
    #[arg(long)]
    pub redact: bool,
    /// Where to write it; - is standard output
    #[arg(long, short, default_value = "-", value_name = "FILE")]
    pub output: String,
    /// Size of a picture, in columns and rows [default: 100x30]
    #[arg(long, value_name = "COLSxROWS", value_parser = size)]
    pub size: Option<(u16, u16)>,
    /// Which screen a picture shows [default: board]
    #[arg(long, value_enum)]
    pub screen: Option<PictureScreen>,
    /// As it was known at this time, such as 14:05 or T+2h, with nothing from later [default: now; for a recording, its end]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// How long to wait.
    #[command(flatten)]
    pub wait_for: TimeoutArgs,
    /// How the cockpit is drawn.
    #[command(flatten)]
    pub look: LookArgs,
}

/// Arguments of `calendar`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "It contacts no server: files and journal say when. Write it again after a hold or a new date, and entries already in a calendar move with it.\n\n\
                  Examples:\n  gonogo calendar -o launch.ics\n  gonogo calendar --for qa -o qa.ics      what concerns one role, and everybody"
)]
pub struct CalendarArgs {
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
    /// Only what concerns this role or person, and what concerns everybody
    #[arg(long = "for", value_name = "ROLE")]
    pub only: Option<String>,
    /// Where to write it; - is standard output
    #[arg(long, short, default_value = "-", value_name = "FILE")]
    pub output: String,
}

/// Forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
    /// A picture of the cockpit.
    Svg,
    /// The recorded day as a moving picture, an SVG without any script.
    Tour,
    /// A page of Markdown.
    Markdown,
    /// A page for browsers, which needs nothing else.
    Html,
}

/// Readers of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AudienceArg {
    /// The verdict, why, who has to do what, what may go wrong, when.
    Executives,
    /// Every gate with its evidence, link, age and owner.
    Engineers,
    /// What it brings, when, what is ready, whom to ask; only what is marked as public.
    Sales,
    /// What it brings, and when; only what is marked as public.
    Customers,
    /// Who said what: the minutes.
    Minutes,
}

impl From<AudienceArg> for gonogo_report::ReportAudience {
    fn from(it: AudienceArg) -> Self {
        match it {
            AudienceArg::Executives => Self::Executives,
            AudienceArg::Engineers => Self::Engineers,
            AudienceArg::Sales => Self::Sales,
            AudienceArg::Customers => Self::Customers,
            AudienceArg::Minutes => Self::Minutes,
        }
    }
}

/// Screens of the cockpit that a picture can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PictureScreen {
    /// The board.
    Board,
    /// The timeline of the rollout.
    Timeline,
    /// The path to GO.
    Path,
    /// How sources answered.
    Sources,
    /// The go/no-go meeting.
    Meeting,
    /// The rollback.
    Rollback,
    /// The incident.
    Incident,
    /// The comms plan.
    Comms,
    /// The readiness review.
    Readiness,
    /// The risks.
    Risks,
    /// Who is who.
    People,
    /// How launches went, what was learned and what follows.
    History,
    /// The gate that is chosen first, in full.
    Detail,
    /// The help.
    Help,
    /// The palette.
    Palette,
    /// The board as it is presented.
    Present,
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let parsed = text.split_once('x').and_then(|(cols, rows)| Some((cols.parse().ok()?, rows.parse().ok()?)));
    parsed
        .filter(|(cols, rows)| (1..=500).contains(cols) && (1..=200).contains(rows))
        .ok_or_else(|| "write columns and rows such as 120x40, at most 500x200".into())
}
