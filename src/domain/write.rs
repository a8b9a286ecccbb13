//! What a person has gonogo change on a server: exactly what is sent, and what became of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Actor, Carried, Occasion, Str, Via};

/// One request that changes something, to the letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Write {
    /// Known from the intent on to what became of it.
    pub id: Uuid,
    /// What it changes, for people and to find it again: `commit status gonogo/launch on 3f2a1bc`.
    pub subject: Str,
    /// `POST`.
    pub method: Str,
    /// The whole address.
    pub url: Str,
    /// The body, JSON.
    pub body: Str,
    /// The message of the comms plan that it carries, if it carries one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Carried>,
}

impl Write {
    /// A request that nobody has said yes to.
    pub fn new(
        subject: impl Into<Str>,
        method: impl Into<Str>,
        url: impl Into<Str>,
        body: impl Into<Str>,
    ) -> Self {
        let id = Uuid::nil();
        let (subject, method, url, body) = (subject.into(), method.into(), url.into(), body.into());
        Self { id, subject, method, url, body, message: None }
    }

    /// To the letter, for whoever says yes to it.
    pub fn describe(&self) -> String {
        format!("{} {}\n{}", self.method, self.url, self.body)
    }
}

/// What is known of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteState {
    /// It is about to be sent.
    Intended,
    /// The server has it.
    Done,
    /// The server refused it, or it did not arrive: nothing was changed.
    NotDone,
    /// No answer came, and what the server has does not tell: it is looked for, and not sent again.
    Unknown,
}

impl WriteState {
    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Intended => "about to send",
            Self::Done => "done",
            Self::NotDone => "not done",
            Self::Unknown => "unknown whether it arrived",
        }
    }

    /// Whether it may still turn out to have arrived.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Intended | Self::Unknown)
    }
}

/// A write in the journal, with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteRecord {
    /// What was sent.
    pub write: Write,
    /// What is known of it.
    pub state: WriteState,
    /// What the server said, or why it is not known.
    pub told: Option<Str>,
    /// When that was recorded.
    pub at: DateTime<Utc>,
    /// Whose word it was.
    pub actor: Actor,
}

/// What a person wants of the server that the target is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteAsk {
    /// A commit status that a ruleset can require.
    Status {
        /// `owner/name`.
        repository: Str,
        /// The commit.
        commit: Str,
        /// `success`, `failure` or `pending`.
        state: &'static str,
        /// One line beside it.
        description: Str,
    },
    /// The one comment of a launch on a pull request: made once, then written anew.
    Comment {
        /// `owner/name`.
        repository: Str,
        /// The pull request.
        number: u64,
        /// What the body begins with, unseen by readers, so that it is found again.
        marker: Str,
        /// All of it, Markdown, the marker included.
        body: Str,
    },
    /// A message of the comms plan.
    Message {
        /// Where it goes.
        via: Via,
        /// The repository of the target, `owner/name`, if the launch has one.
        repository: Option<Str>,
        /// The headline, where a channel has one.
        title: Str,
        /// The very words.
        text: Str,
        /// What it is about.
        occasion: Occasion,
        /// By which the server's own copy is known again.
        id: Uuid,
    },
    /// An answer to a deployment that waits for approval.
    Deployment {
        /// `owner/name`.
        repository: Str,
        /// The commit whose runs are looked at.
        commit: Str,
        /// The environment; `None`: the only one that waits.
        environment: Option<Str>,
        /// Approve, or reject.
        approve: bool,
        /// Why, for whoever looks there.
        comment: Str,
    },
}

/// What has to be sent for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prepared {
    /// This very request, once a person has said so.
    Send(Write),
    /// Nothing: it is so already.
    AlreadySo {
        /// What is so.
        subject: Str,
        /// What the server says of it.
        told: Str,
    },
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The server has it.
    Done(Str),
    /// The server refused it: nothing was changed.
    Refused(super::Failure),
    /// No whole answer came: it may have arrived.
    Unknown(super::Failure),
}
