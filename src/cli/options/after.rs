//! Arguments of the verbs around the launch: the readiness review before it, people, the review after it.

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use clap_complete::ArgValueCandidates;

use super::{ActArgs, AnswerArgs, LaunchArgs, TimeoutArgs};
use crate::completions::{follow_ups, gates, parties};

/// Arguments of `confirm`.
#[derive(Clone, Debug, Args)]
#[command(
    group = ArgGroup::new("plan").args(["by", "at_risk", "take_back"]),
    after_help = "Before launch day, owners confirm that the artefact, link and date of an item hold, or say that they do not. This is about the plan: it\nmakes no \
                  gate go. It counts for the gate's text and due date as they are now.\n\nExamples:\n  gonogo confirm gtm/changelog --link https://wiki.example.com/changelog\n  gonogo \
                  confirm gtm/changelog --by T-2h --reason \"the pictures are late\"\n  gonogo confirm qa/load-test --at-risk \"no test system yet\"\n  gonogo confirm qa/load-test --take-back --reason \"it was another test\""
)]
pub struct ConfirmArgs {
    /// The gate, such as gtm/changelog
    #[arg(add = ArgValueCandidates::new(gates))]
    pub gate: String,
    /// Where the artefact is, or will be
    #[arg(long, value_name = "URL", conflicts_with_all = ["at_risk", "take_back"])]
    pub link: Option<String>,
    /// It will be there at another time; needs --reason
    #[arg(long, value_name = "MOMENT", requires = "reason")]
    pub by: Option<String>,
    /// It may not be there in time, and this is why
    #[arg(long, value_name = "REASON")]
    pub at_risk: Option<String>,
    /// Take back what was said; needs --reason
    #[arg(long, requires = "reason")]
    pub take_back: bool,
    /// Why
    #[arg(long, value_name = "TEXT", conflicts_with = "at_risk")]
    pub reason: Option<String>,
    /// In your own words
    #[arg(long, conflicts_with = "plan")]
    pub note: Option<String>,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}

/// Arguments of `readiness`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Items are the gates that block GO or a stage, grouped by who answers for them.\n\nExamples:\n  gonogo readiness\n  gonogo \
                  readiness --open                   what nobody has confirmed\n  gonogo readiness --format markdown > readiness.md"
)]
pub struct ReadinessArgs {
    /// Only what is not confirmed: at risk, late, void, or unanswered
    #[arg(long)]
    pub open: bool,
    /// Form
    #[arg(long, value_enum, default_value_t = PageFormat::Text)]
    pub format: PageFormat,
    /// How long to wait.
    #[command(flatten)]
    pub wait_for: TimeoutArgs,
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
}

/// Forms of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    /// For people
    Text,
    /// For machines
    Json,
    /// For a page
    Markdown,
}

/// Arguments of `who`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Who answers for what, who is on call, whom to call when somebody does not answer, and what each has to do now.\n\nExamples:\n  gonogo who                   \
                  everybody, and where somebody is missing\n  gonogo who qa/smoke          whom to call about one gate\n  gonogo who support           a role, a person or a checklist"
)]
pub struct WhoArgs {
    /// A gate, a role, a person or a checklist [default: everybody]
    #[arg(value_name = "WHAT", add = ArgValueCandidates::new(parties))]
    pub what: Option<String>,
    /// How the answer is written.
    #[command(flatten)]
    pub answer: AnswerArgs,
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
}

/// Arguments of `review`.
#[derive(Clone, Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "The page is written from the journal: what happened, what was in the way and who was waited for, decisions, waivers, guardrails,\nadherence, learnings and follow-ups.\n\nExamples:\n  gonogo review -o review.md\n  gonogo \
                  review learn \"run the smoke test before the roll call\"\n  gonogo review follow-up \"alert on refunds\" --owner on-call --due T+5wd\n  gonogo review done 1 --note \"merged\""
)]
pub struct ReviewArgs {
    /// What to add; without it, the page is written.
    #[command(subcommand)]
    pub verb: Option<ReviewVerb>,
    /// Where to write it; - is standard output
    #[arg(long, short, default_value = "-", value_name = "FILE")]
    pub output: String,
    /// How long to wait.
    #[command(flatten)]
    pub wait_for: TimeoutArgs,
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
}

/// What can be added to the review.
#[derive(Clone, Debug, Subcommand)]
pub enum ReviewVerb {
    /// Record something that was learned
    #[command(after_help = "Example:\n  gonogo review learn \"run the smoke test before the roll call\"")]
    Learn {
        /// What
        text: String,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Record something to be done; it gets the next number
    #[command(
        after_help = "Example:\n  gonogo review follow-up \"alert on refunds\" --owner on-call --due T+5wd"
    )]
    FollowUp {
        /// What
        text: String,
        /// Who does it: a person or a role
        #[arg(long, value_name = "WHO", add = ArgValueCandidates::new(parties))]
        owner: Option<String>,
        /// By when
        #[arg(long, value_name = "MOMENT")]
        due: Option<String>,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Give a follow-up an owner or another date
    #[command(after_help = "Example:\n  gonogo review assign 2 --owner qa --due T+5wd")]
    Assign {
        /// Its number
        #[arg(add = ArgValueCandidates::new(follow_ups))]
        number: u32,
        /// Who does it: a person or a role
        #[arg(long, value_name = "WHO", add = ArgValueCandidates::new(parties))]
        owner: String,
        /// By when [default: as before]
        #[arg(long, value_name = "MOMENT")]
        due: Option<String>,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Mark a follow-up as done
    #[command(after_help = "Example:\n  gonogo review done 1 --note \"merged\"")]
    Done {
        /// Its number
        #[arg(add = ArgValueCandidates::new(follow_ups))]
        number: u32,
        /// In your own words
        #[arg(long)]
        note: Option<String>,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Drop a follow-up, with a reason
    #[command(after_help = "Example:\n  gonogo review drop 3 --reason \"the old flow is gone\"")]
    Drop {
        /// Its number
        #[arg(add = ArgValueCandidates::new(follow_ups))]
        number: u32,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
}

/// Arguments of `close`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "A launch can be closed once each gate with `blocks: close` is settled, its stages are done, and each open follow-up has an owner. Once\nclosed it says CLOSED, is never GO, and accepts nothing that would move it forward.\n\nExamples:\n  gonogo close --reason \"out to \
                  everybody, figures are in\"\n  gonogo close --unfinished --reason \"scrubbed: it comes with 3.1\""
)]
pub struct CloseArgs {
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Close it unfinished: what is open is listed, and recorded with it
    #[arg(long)]
    pub unfinished: bool,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}

/// Arguments of `reopen`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Example:\n  gonogo reopen --reason \"a late report of refunds\"")]
pub struct ReopenArgs {
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}
