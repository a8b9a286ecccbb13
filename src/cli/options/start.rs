//! Arguments of the verbs for whoever begins, and for whoever asks why.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCandidates;

use super::{AnswerArgs, LaunchArgs, OutputFormat, TimeoutArgs};
use crate::completions::gates;

/// Arguments of `why`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo why qa/smoke\n  gonogo why smoke checklists/ --format json\n  gonogo why launch/go-live --demo\n  gonogo why qa/smoke --at T-2h   what it said \
                  then"
)]
pub struct WhyArgs {
    /// The gate, such as qa/smoke; smoke alone will do where no other gate has that name
    #[arg(add = ArgValueCandidates::new(gates))]
    pub gate: String,
    /// What it said at this moment, by the journal or a recording
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// How the answer is written.
    #[command(flatten)]
    pub answer: AnswerArgs,
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
}

/// Arguments of `mcp`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "It speaks the Model Context Protocol on standard input and output, for the agent that starts it. It is read-only: no tool signs, votes, decides or \
                  sends. The launch is chosen here; no request can name another.\n\n\
                  Examples:\n  gonogo mcp --demo\n  gonogo mcp launches/checkout --redact   names become initials, issue titles become ids"
)]
pub struct McpArgs {
    /// Hide what the agent should not see: people become initials, issue titles become ids
    #[arg(long)]
    pub redact: bool,
    /// How long to wait.
    #[command(flatten)]
    pub wait_for: TimeoutArgs,
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
}

/// Arguments of `path`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo path\n  gonogo path checklists/ --format json\n  gonogo path --demo"
)]
pub struct PathArgs {
    /// How the answer is written.
    #[command(flatten)]
    pub answer: AnswerArgs,
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
    /// Which file it describes
    #[arg(value_enum, default_value_t = SchemaOf::Launch)]
    pub of: SchemaOf,
}

/// Files that have a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// launch.yaml
    Launch,
    /// A checklist
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
    after_help = "No secret is shown: for a token, only whether its variable is set.\n\nExamples:\n  gonogo settings\n  gonogo settings \
                  --format json"
)]
pub struct SettingsArgs {
    /// Settings file [default: in the user's configuration folder]
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// Form
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
}

/// Arguments of `completions`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "At each Tab the script calls gonogo, which reads the launch in the current folder and contacts no server.\n\n\
                  Examples:\n  source <(gonogo completions bash)                               in ~/.bashrc\n  source <(gonogo \
                  completions zsh)                                in ~/.zshrc, after compinit\n  gonogo completions fish > \
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
    after_help = "Examples:\n  gonogo man | man -l -\n  gonogo man --into ~/.local/share/man/man1    a page for each command"
)]
pub struct ManArgs {
    /// Write a page for each command into this folder, instead of the main page to standard output
    #[arg(long, value_name = "FOLDER")]
    pub into: Option<PathBuf>,
}

/// Arguments of `init`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "It looks at the git remote, workflows, CODEOWNERS and the change log, and with a GitHub token also at labels, milestones and \
                  environments.\nNothing is overwritten.\n\nExamples:\n  gonogo init                                       \
                  asks four questions\n  gonogo init launch/ --template tiny --yes         asks nothing\n  gonogo init --yes --title Rocket \
                  --version 2.0.0 --t0 2030-01-01T09:00"
)]
pub struct InitArgs {
    /// The folder to write into [default: .]
    pub path: Option<PathBuf>,
    /// The same as PATH
    #[arg(long, value_name = "PATH", conflicts_with = "path")]
    pub launch: Option<PathBuf>,
    /// How much is at stake
    #[arg(long, value_enum)]
    pub template: Option<TemplateArg>,
    /// What goes out [default: the repository's name]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Which version [default: 1.0.0]
    #[arg(long, value_name = "TEXT")]
    pub version: Option<String>,
    /// When the first users get it, such as 2030-01-01T09:00 [default: in a week]
    #[arg(long, value_name = "TIME")]
    pub t0: Option<String>,
    /// Time zone of T-0, such as Europe/London [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// Ask no questions, and take the defaults
    #[arg(long)]
    pub yes: bool,
    /// Settings file [default: in the user's configuration folder]
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
}

/// How much a launch asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TemplateArg {
    /// Five gates, one person
    Tiny,
    /// Tests, staging, support, a roll call, two stages
    Standard,
    /// The same with security, a rehearsed rollback, a code freeze, a launch director
    High,
}

impl From<TemplateArg> for gonogo_app::Template {
    fn from(template: TemplateArg) -> Self {
        match template {
            TemplateArg::Tiny => Self::Tiny,
            TemplateArg::Standard => Self::Standard,
            TemplateArg::High => Self::High,
        }
    }
}

/// Arguments of `import`.
#[derive(Clone, Debug, Args)]
#[command(
    override_usage = "gonogo import [OPTIONS] <FILE> [PATH]\n       gonogo import [OPTIONS] --issue <OWNER/REPO#N> [PATH]\n       gonogo import [OPTIONS] --linear <PROJECT> [PATH]",
    after_help = "Headings become groups, checkboxes become gates, and bullets below them become notes; people, roles, dates and \"if needed\" are recognised. \
                  What was guessed or dropped is reported.\n\nExamples:\n  gonogo import RELEASE.md               prints the \
                  checklist\n  gonogo import .github/ISSUE_TEMPLATE/release.md launch/    writes it, and a launch around it if there is none\n  gonogo \
                  import plan.csv launch/\n  gonogo import --issue acme/checkout#42 launch/\n  gonogo import --linear \"Checkout v3\" launch/"
)]
pub struct ImportArgs {
    /// Markdown with checkboxes, a GitHub issue template or form, or CSV; with --issue or --linear it is left out
    #[arg(required_unless_present = "server")]
    pub file: Option<PathBuf>,
    /// The folder to write into; without it the checklist goes to standard output
    pub path: Option<PathBuf>,
    /// The checklist of an issue on GitHub
    #[arg(long, value_name = "OWNER/REPO#N", group = "server", conflicts_with = "format")]
    pub issue: Option<String>,
    /// The text and the issues of a project in Linear, by its name or id
    #[arg(long, value_name = "PROJECT", group = "server", conflicts_with = "format")]
    pub linear: Option<String>,
    /// The same as PATH
    #[arg(long, value_name = "PATH", conflicts_with = "path")]
    pub launch: Option<PathBuf>,
    /// The format of the file [default: by its name]
    #[arg(long, value_enum)]
    pub format: Option<ImportFormat>,
}

/// What a checklist is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// Markdown with checkboxes
    Markdown,
    /// A GitHub issue form
    Form,
    /// Comma-separated values
    Csv,
}

/// Arguments of `lint`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo lint\n  gonogo lint checklists/ --strict    for CI: exit 2 if anything is found"
)]
pub struct LintArgs {
    /// Exit with 2 if anything is found
    #[arg(long)]
    pub strict: bool,
    /// Form
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
    /// Which files.
    #[command(flatten)]
    pub launch: LaunchArgs,
}

/// Arguments of `fmt`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Trailing spaces, repeated blank lines, odd line endings: it tidies only what YAML does not see. Comments, order and \
                  wording stay,\nand each file means the same as before.\n\nExamples:\n  gonogo fmt\n  gonogo fmt checklists/ --check    for CI: \
                  exit 2 if a file is not tidy"
)]
pub struct FmtArgs {
    /// Write nothing; exit with 2 if a file is not tidy
    #[arg(long)]
    pub check: bool,
    /// Which files.
    #[command(flatten)]
    pub launch: LaunchArgs,
}
