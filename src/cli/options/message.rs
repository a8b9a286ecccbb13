//! Arguments of `gonogo message`.

use clap::{ArgGroup, Args, Subcommand};
use clap_complete::ArgValueCandidates;

use super::{ActArgs, AnswerArgs, LaunchArgs};
use crate::completions::messages;

/// Arguments of `message`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  gonogo message list                                what goes to whom, and where it stands\n  gonogo message show changelog\n  gonogo message draft changelog --file changelog.md\n  gonogo message \
                  approve changelog\n  gonogo message send changelog --preview\n  gonogo message send changelog --sent --link https://blog.example.com/3"
)]
pub struct MessageArgs {
    /// What to do.
    #[command(subcommand)]
    pub verb: MessageVerb,
}

/// What can be done with messages.
#[derive(Clone, Debug, Subcommand)]
pub enum MessageVerb {
    /// List all messages: where each stands, and who has to do what
    #[command(
        after_help = "Examples:\n  gonogo message list --format json\n  gonogo message list --at 14:05"
    )]
    List {
        /// Which launch.
        #[command(flatten)]
        launch: LaunchArgs,
        /// How it is looked at.
        #[command(flatten)]
        look: MessageLook,
    },
    /// Show one message in full
    #[command(after_help = "Example:\n  gonogo message show changelog")]
    Show {
        /// The message
        #[arg(add = ArgValueCandidates::new(messages))]
        message: String,
        /// Which launch.
        #[command(flatten)]
        launch: LaunchArgs,
        /// How it is looked at.
        #[command(flatten)]
        look: MessageLook,
    },
    /// Write its text yourself, in place of the text in the files
    #[command(
        group = ArgGroup::new("words").required(true).args(["text", "file"]),
        after_help = "Examples:\n  gonogo message draft delayed --text \"We move to Friday.\"\n  gonogo message draft changelog --file - < changelog.md"
    )]
    Draft {
        /// The message
        #[arg(add = ArgValueCandidates::new(messages))]
        message: String,
        /// The whole text
        #[arg(long)]
        text: Option<String>,
        /// A file with the whole text; - is standard input
        #[arg(long, value_name = "FILE")]
        file: Option<String>,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Approve the text as it is shown; asks for a typed word
    #[command(
        after_help = "Examples:\n  gonogo message approve changelog\n  gonogo message approve changelog --withdraw --reason \"it names a customer\""
    )]
    Approve {
        /// The message
        #[arg(add = ArgValueCandidates::new(messages))]
        message: String,
        /// Withdraw the approval; needs --reason
        #[arg(long, requires = "reason")]
        withdraw: bool,
        /// Why
        #[arg(long, value_name = "TEXT", requires = "withdraw")]
        reason: Option<String>,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Send it, or record what became of it
    #[command(
        group = ArgGroup::new("became").args(["sent", "failed", "arrived", "not_arrived"]),
        after_help = "What goes out by hand is shown for you to copy; --sent records that you have sent it. What a source sends is shown too, and goes out once you type the word, if your settings allow it (`writes`).\n\nExamples:\n  gonogo \
                      message send delayed --preview\n  gonogo message send changelog --sent --link https://blog.example.com/3\n  gonogo message send delayed --arrived\n  gonogo message send press --override --reason \"it leaked\""
    )]
    Send(SendArgs),
    /// Record that it need not be sent, or that it has to be after all
    #[command(
        after_help = "Examples:\n  gonogo message not-needed press --reason \"nobody writes about it\"\n  gonogo message not-needed press --end --reason \"they do\""
    )]
    NotNeeded {
        /// The message
        #[arg(add = ArgValueCandidates::new(messages))]
        message: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// It has to be sent after all
        #[arg(long)]
        end: bool,
        /// Who and where.
        #[command(flatten)]
        act: ActArgs,
    },
}

/// How messages are looked at.
#[derive(Clone, Debug, Args)]
pub struct MessageLook {
    /// As it was at this time, such as 14:05 or T+2h
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// How the answer is written.
    #[command(flatten)]
    pub answer: AnswerArgs,
}

/// Arguments of `message send`.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub struct SendArgs {
    /// The message
    #[arg(add = ArgValueCandidates::new(messages))]
    pub message: String,
    /// You have sent it by hand
    #[arg(long)]
    pub sent: bool,
    /// With --sent: where it can be seen
    #[arg(long, value_name = "URL", requires = "sent")]
    pub link: Option<String>,
    /// With --sent: which text you sent, by the name that `gonogo message send` shows; for when it has changed since
    #[arg(long, value_name = "DIGITS", requires = "sent")]
    pub words: Option<String>,
    /// It could not be sent; needs --reason
    #[arg(long, requires = "reason")]
    pub failed: bool,
    /// You have checked: a request without an answer did arrive
    #[arg(long)]
    pub arrived: bool,
    /// You have checked: it did not arrive; needs --reason
    #[arg(long, requires = "reason")]
    pub not_arrived: bool,
    /// Send it before its time, its needs or the end of its embargo; recorded under your name, needs --reason
    #[arg(long = "override", requires = "reason", conflicts_with_all = ["failed", "arrived", "not_arrived"])]
    pub overrides: bool,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}
