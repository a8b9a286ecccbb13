//! Arguments, as clap reads them.

mod after;
mod ask;
mod check;
mod help;
mod incident;
mod launch;
mod message;
mod past;
mod people;
mod report;
mod risk;
mod rollback;
mod start;

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use self::{
    after::{CloseArgs, ConfirmArgs, PageFormat, ReadinessArgs, ReopenArgs, ReviewArgs, ReviewVerb, WhoArgs},
    ask::AskArgs,
    check::{CheckArgs, CheckFormat, CheckVerbArgs, ReportTo, UntilArg},
    help::{command, parse},
    incident::{IncidentArgs, IncidentFormat, IncidentVerb, OpenArgs, RolloutArg},
    launch::{FilesArgs, LaunchArgs, RecordLaunchArgs, Setting, StoreArgs},
    message::{MessageArgs, MessageLook, MessageVerb, SendArgs},
    past::{CopyArgs, HistoryArgs, HistoryFormat, LaunchesArgs, ReplayArgs, ShowArgs, VerifyArgs},
    people::{
        ActArgs, ActVerb, AttestArgs, ClockArgs, DecideArgs, MinutesArgs, NotNeededArgs, SignArgs, StageArgs,
        VoteArgs, WaiveArgs, WriteArgs,
    },
    report::{AudienceArg, CalendarArgs, PictureScreen, ReportArgs, ReportFormat},
    risk::{RiskAcceptArgs, RiskAddArgs, RiskArgs, RiskVerb},
    rollback::{RollbackArgs, RollbackVerb},
    start::{
        CompletionsArgs, FmtArgs, ImportArgs, ImportFormat, InitArgs, LintArgs, ManArgs, McpArgs, PathArgs,
        SchemaArgs, SchemaOf, SettingsArgs, Shell, WhyArgs,
    },
};
use gonogo_domain::Length;

/// The release-readiness cockpit for the terminal: one live GO / HOLD / NO-GO for a launch.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "gonogo",
    version,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  gonogo                          open the cockpit on ./launch.yaml\n  gonogo demo                     play a \
                  bundled launch day, no token needed\n  gonogo check --format json      for CI: see the exit codes below\n  gonogo sign qa/qa-sign-off --go  say go in your role\n  gonogo validate checklists/     \
                  check the files; contacts no server\n\nEnvironment: GITHUB_TOKEN or GH_TOKEN, LINEAR_API_KEY, GITHUB_API_URL, \
                  GITHUB_GRAPHQL_URL, LINEAR_API_URL, \
                  GONOGO_JOURNAL_PASSWORD (else PGPASSWORD), NO_COLOR."
)]
pub struct Cli {
    /// What to do; without a command, the cockpit opens (or `--check` runs).
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// What to look at.
    #[command(flatten)]
    pub launch: LaunchArgs,
    /// Evaluate once, print, and answer with the exit code; the same as `gonogo check`
    #[arg(long = "check", conflicts_with_all = ["theme", "ascii", "read_only", "redact", "plain"])]
    pub check_now: bool,
    /// Headless run.
    #[command(flatten)]
    pub check: CheckArgs,
    /// How the cockpit is drawn.
    #[command(flatten)]
    pub look: LookArgs,
    /// What the cockpit may do and show.
    #[command(flatten)]
    pub mode: ModeArgs,
    /// Record what sources answer and what people do, to be replayed later.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["replay", "check_now"])]
    pub record: Option<PathBuf>,
    /// How much to write to the log file, which `gonogo doctor` names
    #[arg(long, value_name = "LEVEL", value_enum, default_value = "error", global = true)]
    pub log: LogArg,
}

/// How much is written to the log file.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogArg {
    /// Nothing
    Off,
    /// Errors
    Error,
    /// Also what may explain them
    Warn,
    /// Also what gonogo does
    Info,
    /// Everything
    Debug,
}

impl From<LogArg> for gonogo_app::LogLevel {
    fn from(level: LogArg) -> Self {
        match level {
            LogArg::Off => Self::Off,
            LogArg::Error => Self::Error,
            LogArg::Warn => Self::Warn,
            LogArg::Info => Self::Info,
            LogArg::Debug => Self::Debug,
        }
    }
}

/// Looks of the cockpit.
#[derive(Clone, Debug, Default, Args)]
pub struct LookArgs {
    /// Theme: one that `gonogo themes` lists, or your own [default: by the background of the terminal]
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
    /// Draw with ASCII characters only
    #[arg(long)]
    pub ascii: bool,
}

/// What the cockpit may do and show.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct ModeArgs {
    /// Look only: nothing can be recorded from this screen
    #[arg(long)]
    pub read_only: bool,
    /// Hide what the room should not see: people become initials, issue titles become ids. Implies --read-only
    #[arg(long)]
    pub redact: bool,
    /// Lines instead of a screen, for screen readers, logs and scripts. Type `help` to see what it takes on standard input
    #[arg(long, conflicts_with_all = ["theme", "ascii"])]
    pub plain: bool,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Verb {
    /// Play a bundled recorded launch day in the cockpit
    Demo(DemoArgs),
    /// Write a first launch for this repository
    Init(InitArgs),
    /// Turn a checklist you already have into gates: Markdown, an issue form, a spreadsheet (CSV)
    Import(ImportArgs),
    /// Evaluate once, print, and answer with the exit code
    Check(CheckVerbArgs),
    /// Explain one gate: its verdict, the reason, and what would make it go
    Why(WhyArgs),
    /// List what must happen before GO, in order
    Path(PathArgs),
    /// Check the files of a launch, without contacting any server
    Validate(ValidateArgs),
    /// Point out what is valid but risky: nobody to answer, no due date, queries that prove nothing
    Lint(LintArgs),
    /// Tidy the files of a launch; comments stay
    Fmt(FmtArgs),
    /// Say go or no-go on a gate that people answer
    Sign(SignArgs),
    /// Answer the go/no-go roll call for a station
    Vote(VoteArgs),
    /// Make the final call: GO, NO-GO, HOLD or SCRUB
    Decide(DecideArgs),
    /// Record an exception for one gate, or end one
    Waive(WaiveArgs),
    /// Ask the people who can act on gates: writes the text to send, and records that they were asked
    Ask(AskArgs),
    /// Declare a gate not needed in this launch
    NotNeeded(NotNeededArgs),
    /// Before launch day: confirm an item, promise a new date, or report it at risk
    Confirm(ConfirmArgs),
    /// Show the readiness review: what owners have confirmed, and how ready the launch was each day
    Readiness(ReadinessArgs),
    /// Show who answers for what, who is on call and whom to call
    Who(WhoArgs),
    /// Start, hold, resume, roll back or close a stage of the rollout
    Stage(StageArgs),
    /// Run the rollback: start it, tick off its steps, say how it ended
    Rollback(RollbackArgs),
    /// Run an incident: open it, keep its log, update stakeholders, close it with a record
    Incident(IncidentArgs),
    /// List, read, draft, approve and send the messages of the comms plan
    Message(MessageArgs),
    /// Record the risks of the launch and settle them; the worst of them block GO
    Risk(RiskArgs),
    /// Have gonogo write to GitHub: approve a waiting deployment, or set the commit status
    Act(WriteArgs),
    /// Try the guardrails on past data: how often would they have fired?
    Guardrails(GuardrailsArgs),
    /// Write the answer as an in-toto statement; exit 0 only if it says PASSED
    Attest(AttestArgs),
    /// Write the minutes, or the record of a decision
    Minutes(MinutesArgs),
    /// Write the board as a page for an audience, or as a picture
    Report(ReportArgs),
    /// Write the plan as a calendar (.ics): T-0, due dates, freezes, roll call, stages, on-call
    Calendar(CalendarArgs),
    /// Show the board as it was at any moment of the launch day
    Replay(ReplayArgs),
    /// Find what keeps sources from answering: credentials, permissions, rate limits, clocks
    Doctor(DoctorArgs),
    /// Read and copy the journal
    Journal(JournalArgs),
    /// Verify every hash chain of the journal, and name the first broken entry
    Verify(VerifyArgs),
    /// List the launches below a folder: last word, T, next step, and where they clash
    Launches(LaunchesArgs),
    /// Write the review of the day after, and record learnings and follow-ups
    Review(ReviewArgs),
    /// Close the launch: it never says GO again
    Close(CloseArgs),
    /// Open a closed launch again
    Reopen(ReopenArgs),
    /// Compare past launches: adherence, waivers, holds, rollbacks
    History(HistoryArgs),
    /// List the themes, or check one
    Themes(ThemesArgs),
    /// Let a launch's http and command gates run, after showing what they do
    Trust(TrustArgs),
    /// Write the JSON Schema of a file, for editors and validators
    Schema(SchemaArgs),
    /// Show your settings: where they are, what applies, and why
    Settings(SettingsArgs),
    /// Write the completion script of a shell: commands, gates, roles and stages
    Completions(CompletionsArgs),
    /// Write the manual
    Man(ManArgs),
    /// Let an agent read the launch, over the Model Context Protocol
    Mcp(McpArgs),
}

/// Arguments of `demo`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo demo              a launch day in three minutes, and you can take part: Space pauses, [ and ] change the chapter\n  gonogo demo --speed 600  faster"
)]
pub struct DemoArgs {
    /// Seconds of the launch day per second
    #[arg(long, value_name = "N")]
    pub speed: Option<u32>,
    /// How the cockpit is drawn.
    #[command(flatten)]
    pub look: LookArgs,
    /// What the cockpit may do and show.
    #[command(flatten)]
    pub mode: ModeArgs,
}

/// Arguments of `validate`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo validate\n  gonogo validate checklists/ --set version=3.0.1\n  gonogo validate --ask   is yesterday's traffic enough for each soak to prove its limits?\n  gonogo validate --format sarif > gonogo.sarif   for \
                  code scanning"
)]
pub struct ValidateArgs {
    /// Which files.
    #[command(flatten)]
    pub launch: LaunchArgs,
    /// Ask the guardrails' sources for the last day's traffic, and report the soaks that are too short for it
    #[arg(long)]
    pub ask: bool,
    /// Form
    #[arg(long, value_enum, default_value_t = FindingsFormat::Text)]
    pub format: FindingsFormat,
}

/// Arguments of `doctor`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:\n  gonogo doctor\n  gonogo doctor checklists/ --format json")]
pub struct DoctorArgs {
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
    /// Form
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
    /// Longest time to wait for the sources
    #[arg(long, value_name = "DURATION", default_value = "20s", value_parser = duration)]
    pub timeout: Duration,
}

/// Arguments of `guardrails`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo guardrails                 the last 14 days of ./launch.yaml\n  gonogo guardrails launches/ --over 30d --format json"
)]
pub struct GuardrailsArgs {
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
    /// How far back to look
    #[arg(long, value_name = "DURATION", default_value = "14d", value_parser = duration)]
    pub over: Duration,
    /// Form
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
    /// Longest time to wait for the sources
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    pub timeout: Duration,
}

/// Arguments of `journal`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo journal show\n  gonogo journal export > rocket-2.jsonl   then: gonogo verify --export rocket-2.jsonl\n  gonogo \
                  journal head                     store it where nobody can change it\n  gonogo journal copy journal.db \
                  postgres://launch@db.example/launches"
)]
pub struct JournalArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub verb: JournalVerb,
}

/// What to do with a journal.
#[derive(Clone, Debug, Subcommand)]
pub enum JournalVerb {
    /// Show who did what, oldest first
    Show(ShowArgs),
    /// Write every entry as a line of JSON
    #[command(after_help = "Example:\n  gonogo journal export > rocket-2.jsonl")]
    Export(RecordLaunchArgs),
    /// Print the hash of the newest entry: kept elsewhere, it shows whether the end was cut off
    #[command(after_help = "Example:\n  gonogo journal head")]
    Head(RecordLaunchArgs),
    /// Verify the hash chain, and name the first broken entry
    #[command(after_help = "Example:\n  gonogo journal verify checklists/")]
    Verify(RecordLaunchArgs),
    /// Show the latest time it has seen, by which waivers and holds end; a wrong one is corrected under your name
    Clock(ClockArgs),
    /// Copy every launch into another file or database
    Copy(CopyArgs),
}

/// Arguments of `trust`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo trust             shows what its gates would do, and asks\n  gonogo trust --revoke    withdraws the trust"
)]
pub struct TrustArgs {
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
    /// Do not ask
    #[arg(long, conflicts_with = "revoke")]
    pub yes: bool,
    /// Withdraw the trust
    #[arg(long)]
    pub revoke: bool,
    /// Accept files that may have been written by whoever proposes the change
    #[arg(long)]
    pub allow_untrusted_checklist: bool,
}

/// Arguments of `themes`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo themes            the names\n  gonogo themes mine       check ~/.config/gonogo/themes/mine.yaml"
)]
pub struct ThemesArgs {
    /// Show this theme's warnings instead of the list
    pub name: Option<String>,
}

/// Output of most commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// How an answer is written, and how long it may take.
#[derive(Clone, Copy, Debug, Args)]
pub struct AnswerArgs {
    /// Form
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
    /// How long to wait.
    #[command(flatten)]
    pub wait_for: TimeoutArgs,
}

/// How long a verb waits for its sources.
#[derive(Clone, Copy, Debug, Args)]
pub struct TimeoutArgs {
    /// Longest time to wait for complete answers
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    pub timeout: Duration,
}

/// Output of `validate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FindingsFormat {
    /// For people.
    Text,
    /// For machines: every finding with its file, line and column
    Json,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
}

fn duration(text: &str) -> Result<Duration, String> {
    let length = Length::parse(text).map_err(|error| error.to_string())?;
    length.exact().ok_or_else(|| "write an exact time such as 90s, 30m or 2h".into())
}
