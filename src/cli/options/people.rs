//! Arguments of the verbs by which people speak.

use std::str::FromStr;

use clap::{ArgGroup, Args, Subcommand};
use clap_complete::ArgValueCandidates;

use super::{RecordLaunchArgs, Setting, TimeoutArgs};
use crate::completions::{
    gates, gates_and_checklists, gates_of_people, guardrails, options, parties, roles, stages,
};
use gonogo_domain::{Length, Risk};

/// What every act of a person takes.
#[derive(Clone, Debug, Default, Args)]
pub struct ActArgs {
    /// Whose word it is, if you record it for somebody else; both names are kept. Your own name: you speak as a fallback
    #[arg(long = "as", value_name = "WHO", add = ArgValueCandidates::new(parties))]
    pub on_behalf: Option<String>,
    /// The confirmation word, for what cannot be undone and where there is no terminal to ask
    #[arg(long, value_name = "WORD")]
    pub yes_i_know: Option<String>,
    /// Only show what the board would become; nothing is recorded
    #[arg(long)]
    pub preview: bool,
    /// Which launch.
    #[command(flatten)]
    pub launch: RecordLaunchArgs,
}

/// Arguments of `act`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "gonogo only reads, unless your own settings say `writes: [status, approve-deployment]`. The exact request is shown, and a \
                  typed word says yes to it.\n\nExamples:\n  gonogo act status --preview\n  gonogo act approve-deployment --environment production\n  \
                  gonogo act approve-deployment --reject --note \"refunds fail\""
)]
pub struct WriteArgs {
    /// What to do.
    #[command(subcommand)]
    pub verb: ActVerb,
}

/// What gonogo can write.
#[derive(Clone, Debug, Subcommand)]
pub enum ActVerb {
    /// Approve or reject the waiting deployment of the target
    ApproveDeployment(DeploymentArgs),
    /// Set the commit status gonogo/launch on the target, which a ruleset can require
    Status(StatusArgs),
}

/// Arguments of `act approve-deployment`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo act approve-deployment --environment production --preview\n  gonogo act approve-deployment --reject --note \"refunds fail\""
)]
pub struct DeploymentArgs {
    /// The environment, if several are waiting
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// Reject it
    #[arg(long)]
    pub reject: bool,
    /// A comment on the decision
    #[arg(long)]
    pub note: Option<String>,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}

/// Arguments of `act status`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Example:\n  gonogo act status --preview")]
pub struct StatusArgs {
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}

/// Arguments of `sign`.
#[derive(Clone, Debug, Args)]
#[command(
    group = ArgGroup::new("answer").required(true).args(["go", "no_go", "withdraw"]),
    after_help = "Examples:\n  gonogo sign qa/qa-sign-off --go\n  gonogo sign qa/smoke --go --answer report=https://ci.example.com/7\n  gonogo sign \
                  qa/smoke --no-go --note \"refunds fail\"\n  gonogo sign qa/smoke --withdraw --note \"it was another build\""
)]
pub struct SignArgs {
    /// The gate, such as qa/qa-sign-off
    #[arg(add = ArgValueCandidates::new(gates_of_people))]
    pub gate: String,
    /// Go: the condition holds
    #[arg(long)]
    pub go: bool,
    /// No-go: it does not
    #[arg(long)]
    pub no_go: bool,
    /// Withdraw your own answer; needs --note
    #[arg(long, requires = "note")]
    pub withdraw: bool,
    /// The role you speak for
    #[arg(long, add = ArgValueCandidates::new(roles))]
    pub role: Option<String>,
    /// In your own words
    #[arg(long)]
    pub note: Option<String>,
    /// An answer that the gate asks for, such as report=https://...; may be repeated
    #[arg(long = "answer", value_name = "NAME=VALUE", value_parser = Setting::from_str)]
    pub answers: Vec<Setting>,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}

/// Arguments of `vote`.
#[derive(Clone, Debug, Args)]
#[command(
    group = ArgGroup::new("vote").required(true).args(["go", "no_go", "abstain", "conditions", "delegate"]),
    after_help = "Examples:\n  gonogo vote qa --go --open\n  gonogo vote marketing --condition \"post only after 10 % has soaked\"\n  \
                  gonogo vote qa --no-go --note \"refunds fail\" --correct"
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct VoteArgs {
    /// The station: a role of the roll call
    #[arg(add = ArgValueCandidates::new(roles))]
    pub station: String,
    /// Go
    #[arg(long)]
    pub go: bool,
    /// No-go; needs --note
    #[arg(long, requires = "note")]
    pub no_go: bool,
    /// Abstain
    #[arg(long)]
    pub abstain: bool,
    /// Go, on this condition; may be repeated
    #[arg(long = "condition", value_name = "TEXT")]
    pub conditions: Vec<String>,
    /// Let this person or role answer for the station
    #[arg(long, value_name = "WHO", add = ArgValueCandidates::new(parties))]
    pub delegate: Option<String>,
    /// In your own words
    #[arg(long)]
    pub note: Option<String>,
    /// Replace the station's newest answer; both stay on record
    #[arg(long)]
    pub correct: bool,
    /// Open the roll call first, if none is open
    #[arg(long)]
    pub open: bool,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}

/// Arguments of `decide`.
#[derive(Clone, Debug, Args)]
#[command(
    group = ArgGroup::new("decision").required(true).args(["go", "no_go", "hold", "scrub", "resume"]),
    after_help = "Moments are written as in the files (2026-12-02T09:00, T+2h) or as RFC 3339.\nExamples:\n  gonogo decide --go --reason \
                  \"all stations go\" --minutes minutes.md\n  gonogo decide --hold --until-true qa/smoke --reason \"smoke test \
                  runs again\"\n  gonogo decide --scrub 2026-12-09T09:00 --reason \"payment provider is down\"\n  gonogo decide --go --option ship-with-safeguards --considered \"slip: a week later\" --condition \"qa: rerun smoke by T+2h\" --review T+24h --reason \"behind the flag\""
)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub struct DecideArgs {
    /// GO: this commit goes out
    #[arg(long)]
    pub go: bool,
    /// NO-GO: it does not go out
    #[arg(long)]
    pub no_go: bool,
    /// HOLD: stop the T clock
    #[arg(long)]
    pub hold: bool,
    /// SCRUB: set a new T-0
    #[arg(long, value_name = "TIME")]
    pub scrub: Option<String>,
    /// End the hold
    #[arg(long)]
    pub resume: bool,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Decide GO against a board that is not GO; asks for a typed word
    #[arg(long = "override")]
    pub overrides: bool,
    /// With --go and --no-go: one of the launch's own options
    #[arg(long, add = ArgValueCandidates::new(options))]
    pub option: Option<String>,
    /// With --no-go: when the launch is reviewed next
    #[arg(long, value_name = "TIME")]
    pub new_date: Option<String>,
    /// With --hold: when it ends
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// An option that was considered, with its trade-off; may be repeated
    #[arg(long, value_name = "OPTION: TRADE-OFF", conflicts_with = "resume")]
    pub considered: Vec<String>,
    /// With --go and --no-go: what has to be done, by whom, and by when or before which stage; it becomes a gate. May be repeated
    #[arg(long = "condition", value_name = "OWNER: WHAT by TIME")]
    pub conditions: Vec<String>,
    /// Replace the conditions of earlier calls, which otherwise stand
    #[arg(long, conflicts_with = "resume")]
    pub replace_conditions: bool,
    /// When the decision is reviewed; with --no-go, use --new-date
    #[arg(long, value_name = "TIME")]
    pub review: Option<String>,
    /// With --hold: a gate or checklist/ID that must be go first; may be repeated
    #[arg(long, value_name = "WHAT", add = ArgValueCandidates::new(gates_and_checklists))]
    pub until_true: Vec<String>,
    /// Write the minutes, as Markdown; - is standard output
    #[arg(long, value_name = "FILE")]
    pub minutes: Option<String>,
    /// Write a decision record, as Markdown; - is standard output
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub decision_record: Option<String>,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}

/// Arguments of `waive`.
#[derive(Clone, Debug, Args)]
#[command(
    group = ArgGroup::new("term").required(true).args(["until", "lasts", "end"]),
    after_help = "Examples:\n  gonogo waive gtm/press-kit --reason \"the video is late\" --risk \"low: press only\" --for 4h\n  gonogo waive \
                  qa/smoke --reason \"one region is down\" --risk \"slow checkout\" --severity high --likelihood low --users \"2 %\" --until T+2h --condition \"rolled out last\"\n  gonogo \
                  waive gtm/press-kit --end --reason \"the video is there\""
)]
pub struct WaiveArgs {
    /// The gate, such as qa/smoke
    #[arg(add = ArgValueCandidates::new(gates))]
    pub gate: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// What can go wrong
    #[arg(long, value_name = "TEXT", required_unless_present = "end")]
    pub risk: Option<String>,
    /// How bad it would be: low, medium or high
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub severity: Option<Risk>,
    /// How likely it is: low, medium or high
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub likelihood: Option<Risk>,
    /// Which users it would affect, and how many
    #[arg(long, value_name = "TEXT")]
    pub users: Option<String>,
    /// The workaround: what those users can do in the meantime
    #[arg(long, value_name = "TEXT")]
    pub workaround: Option<String>,
    /// When it ends, such as 18:00, T+2h or 2026-12-02T18:00
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// How long it lasts, such as 4h
    #[arg(long = "for", value_name = "DURATION", value_parser = lasting)]
    pub lasts: Option<String>,
    /// A condition of the waiver; may be repeated
    #[arg(long = "condition", value_name = "TEXT")]
    pub conditions: Vec<String>,
    /// End the waiver that stands
    #[arg(long, conflicts_with_all = ["risk", "conditions", "severity", "likelihood", "users", "workaround"])]
    pub end: bool,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}

/// Arguments of `not-needed`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo not-needed gtm/pricing --reason \"no price changes in this one\"\n  gonogo not-needed \
                        gtm/pricing --end --reason \"there is a new price\""
)]
pub struct NotNeededArgs {
    /// The gate, such as qa/smoke
    #[arg(add = ArgValueCandidates::new(gates))]
    pub gate: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Take it back: the gate is needed after all
    #[arg(long)]
    pub end: bool,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}

/// Arguments of `stage`.
#[derive(Clone, Debug, Args)]
#[command(
    group = ArgGroup::new("step").required(true).args(["start", "hold", "resume", "roll_back", "close", "confirm", "deny", "answers", "accept"]),
    group = ArgGroup::new("acceptance").args(["until", "lasts", "end"]).requires("accept"),
    after_help = "Examples:\n  gonogo stage canary --start\n  gonogo stage canary --hold --note \"errors went up\"\n  gonogo stage canary --confirm 1\n  \
                  gonogo stage canary --answer users=512 --answer downstream_impact=none\n  gonogo stage canary --roll-back --note \"refunds fail\"\n  gonogo stage canary --accept errors --for 2h --note \"a known bot\""
)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub struct StageArgs {
    /// The stage
    #[arg(add = ArgValueCandidates::new(stages))]
    pub stage: String,
    /// Start it; a point of no return asks for its name
    #[arg(long)]
    pub start: bool,
    /// Hold it; needs --note
    #[arg(long, requires = "note")]
    pub hold: bool,
    /// Resume it: the hold is over
    #[arg(long)]
    pub resume: bool,
    /// Roll it back; needs --note
    #[arg(long, requires = "note")]
    pub roll_back: bool,
    /// Mark it as done
    #[arg(long)]
    pub close: bool,
    /// Confirm one of its criteria: its number, from 1, or its text
    #[arg(long, value_name = "CRITERION")]
    pub confirm: Option<String>,
    /// Say that one of its criteria does not hold; needs --note
    #[arg(long, value_name = "CRITERION", requires = "note")]
    pub deny: Option<String>,
    /// A result that the stage asks for, such as users=512; may be repeated
    #[arg(long = "answer", value_name = "NAME=VALUE", value_parser = Setting::from_str)]
    pub answers: Vec<Setting>,
    /// Accept the breach of this guardrail for a time; it stays a breach, and the board stays off GO. Needs --note and an end
    #[arg(long, value_name = "GUARDRAIL", requires_all = ["note", "acceptance"], add = ArgValueCandidates::new(guardrails))]
    pub accept: Option<String>,
    /// With --accept: when it ends, such as 18:00, T+2h or 2026-12-02T18:00
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// With --accept: how long it lasts, such as 4h
    #[arg(long = "for", value_name = "DURATION", value_parser = lasting)]
    pub lasts: Option<String>,
    /// With --accept: end the acceptance that stands
    #[arg(long)]
    pub end: bool,
    /// Start it early or against the decision, or close it before its soak has proved everything: recorded as an override under your name; asks for a typed word
    #[arg(long = "override", requires = "note")]
    pub overrides: bool,
    /// Why
    #[arg(long)]
    pub note: Option<String>,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}

/// Arguments of `journal clock`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo journal clock\n  gonogo journal clock --correct --reason \"the build machine said 2099\""
)]
pub struct ClockArgs {
    /// This machine's clock is right and the latest time seen is wrong: recorded under your name
    #[arg(long, requires = "reason")]
    pub correct: bool,
    /// Why
    #[arg(long, value_name = "TEXT", requires = "correct")]
    pub reason: Option<String>,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}

/// Arguments of `minutes`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo minutes                          of the newest decision\n  gonogo minutes --decision 1 -o minutes.md\n  gonogo \
                  minutes --record -o decision.md"
)]
pub struct MinutesArgs {
    /// Which decision, from 1 [default: the newest]
    #[arg(long, value_name = "N")]
    pub decision: Option<usize>,
    /// The decision record instead of the minutes
    #[arg(long)]
    pub record: bool,
    /// Where to write it; - is standard output
    #[arg(long, short, default_value = "-", value_name = "FILE")]
    pub output: String,
    /// Which launch.
    #[command(flatten)]
    pub launch: RecordLaunchArgs,
}

/// Arguments of `attest`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Example:\n  gonogo attest checklists/ -o release.intoto.json && publish")]
pub struct AttestArgs {
    /// Which launch.
    #[command(flatten)]
    pub launch: super::LaunchArgs,
    /// Where to write it; - is standard output
    #[arg(long, short, default_value = "-", value_name = "FILE")]
    pub output: String,
    /// How long to wait.
    #[command(flatten)]
    pub wait_for: TimeoutArgs,
    /// The launch of the base branch: a file, or a git ref. Any rule that is looser than there is listed and makes FAILED
    #[arg(long, value_name = "FILE|REF")]
    pub baseline: Option<String>,
    /// Accept files that may have been written by whoever proposes the change (from a fork, or in `pull_request_target` and the like)
    #[arg(long)]
    pub allow_untrusted_checklist: bool,
}

/// A length of time from now on, working days included.
pub(super) fn lasting(text: &str) -> Result<String, String> {
    Length::parse(text).map(|length| length.to_string()).map_err(|error| error.to_string())
}

pub(super) fn level(word: &str) -> Result<Risk, String> {
    Risk::of(word).ok_or_else(|| "write low, medium or high".into())
}
