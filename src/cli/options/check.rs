//! Arguments of `check`, which are those of `--check`.

use std::{path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, ValueEnum};

use super::{LaunchArgs, TimeoutArgs, duration};

/// What shapes a headless answer. Beside `--check`, which `help::command` makes each of them need; alone behind `check`.
#[expect(clippy::struct_excessive_bools, reason = "independent flags of a command line")]
#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// Form of what is printed
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
    /// Also write the answer to a file: FORM is any of --format. May be repeated; a file that cannot be written is exit 2
    #[arg(long = "report", value_name = "FORM=FILE", value_parser = ReportTo::from_str)]
    pub reports: Vec<ReportTo>,
    /// Also write metrics for node-exporter's textfile collector: the same as --report prometheus=FILE
    #[arg(long, value_name = "FILE")]
    pub metrics: Option<PathBuf>,
    /// How long to wait.
    #[command(flatten)]
    pub wait_for: TimeoutArgs,
    /// Only this checklist; may be repeated. The answer says that it is partial
    #[arg(long, value_name = "CHECKLIST", add = clap_complete::ArgValueCandidates::new(crate::completions::checklists))]
    pub only: Vec<String>,
    /// Leave out the gates that people answer. The answer says that it is partial
    #[arg(long)]
    pub evidence_only: bool,
    /// Keep polling until the board is what --until asks for, but no longer than this; a NO-GO ends it at once
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with_all = ["replay", "demo"])]
    pub wait: Option<Duration>,
    /// What to wait for
    #[arg(long, value_enum)]
    pub until: Option<UntilArg>,
    /// Also post the launch's comment on the pull request, or update the one that is there. Your settings, or
    /// `GONOGO_WRITES=comment` beside the token, must allow it
    #[arg(long, conflicts_with_all = ["replay", "demo"])]
    pub comment: bool,
    /// The pull request for --comment [default: the one that started this run]
    #[arg(long, value_name = "NUMBER", requires = "comment")]
    pub pr: Option<u64>,
    /// Also set the commit status gonogo/launch on the target: success only for a GO, and only a decided one where a poll is planned.
    /// Your settings, or `GONOGO_WRITES=status` beside the token, must allow it
    #[arg(long, conflicts_with_all = ["replay", "demo", "only", "evidence_only"])]
    pub status: bool,
    /// Also list the gates that are go
    #[arg(long, short)]
    pub verbose: bool,
    /// The launch of the base branch: a file, or a git ref. Any rule that is looser than there is listed and makes NO-GO
    #[arg(long, value_name = "FILE|REF", conflicts_with = "demo")]
    pub baseline: Option<String>,
    /// Accept files that may have been written by whoever proposes the change (from a fork, or in `pull_request_target` and the like)
    #[arg(long)]
    pub allow_untrusted_checklist: bool,
}

/// Arguments of `check`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo check                            the launch of this folder\n  gonogo check checklists/ --format json  for \
                  CI\n  gonogo check --wait 30m --only qa       wait until this checklist is GO or NO-GO\n  gonogo check --report junit=gonogo.xml --report markdown=gonogo.md\n  gonogo check --format github \
                  --wait 1h --until settled   in a GitHub workflow, until only people still have to answer"
)]
pub struct CheckVerbArgs {
    /// Which launch.
    #[command(flatten)]
    pub launch: LaunchArgs,
    /// What shapes the answer.
    #[command(flatten)]
    pub check: CheckArgs,
}

/// Forms of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    Text,
    /// For machines: versioned, see docs/check.schema.json
    Json,
    /// JUnit XML: passes only when the board is GO
    Junit,
    /// A page of Markdown: a job summary, a comment
    Markdown,
    /// Workflow commands of a GitHub runner (annotations, ten at most), then the text
    Github,
    /// A self-contained page for browsers
    Html,
    /// Metrics in the Prometheus text format
    Prometheus,
}

/// What `--wait` waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum UntilArg {
    /// Until GO; a NO-GO ends it at once. The default
    Go,
    /// Also ends once only people can change the HOLD
    Settled,
    /// Until the word, or the verdict of a blocking gate, differs from the start
    Change,
}

/// `FORM=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportTo {
    /// The form.
    pub form: CheckFormat,
    /// The file.
    pub file: PathBuf,
}

impl FromStr for ReportTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let forms = || {
            let names = CheckFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            names.map(|it| it.get_name().to_owned()).collect::<Vec<_>>().join(", ")
        };
        let (form, file) =
            text.split_once('=').ok_or_else(|| format!("write it as FORM=FILE; forms: {}", forms()))?;
        let form = CheckFormat::from_str(form, false)
            .map_err(|_| format!("there is no form `{form}`; forms: {}", forms()))?;
        match file {
            "" => Err("it names no file".into()),
            "-" => Err("--format is for standard output; name a file here".into()),
            _ => Ok(Self { form, file: file.into() }),
        }
    }
}
