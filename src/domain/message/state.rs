//! A message on the board.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    super::{Advice, Digest, Party, Str, Voice, format},
    MESSAGE_GRACE, MessageRef, MessageSent, Occasion, Via,
};

/// One occurrence of a message on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageState {
    /// Which occurrence of which message.
    pub of: MessageRef,
    /// What people call it.
    pub title: Str,
    /// What it is about.
    pub occasion: Occasion,
    /// When that happened; `None`: the plan.
    pub happened: Option<DateTime<Utc>>,
    /// Whom it is for.
    pub audience: Str,
    /// How it goes out.
    pub via: Via,
    /// Who drafts and sends it.
    pub owner: Option<Party>,
    /// Whether people outside may know of it.
    pub public: bool,
    /// Where it is.
    pub status: MessageStatus,
    /// Why, for a person.
    pub reason: Str,
    /// What somebody has to do; empty: nothing.
    pub next: Advice,
    /// Who has to.
    pub who: Vec<Party>,
    /// When it is, or was, due; `None`: that is not known yet.
    pub due: Option<DateTime<Utc>>,
    /// It should have been approved or sent by now: a mark, never a verdict.
    pub overdue: bool,
    /// Until then it is not sent.
    pub embargo: Option<DateTime<Utc>>,
    /// What it waits for: needs, answers, facts. An OVERRIDE goes past needs, never past what the text lacks.
    pub waits_for: Vec<Str>,
    /// What it says, as far as that is known: `<name>` stands for what is not. It is not kept with decisions.
    #[serde(skip, default = "super::nothing")]
    pub text: Str,
    /// What an approval is bound to; `None`: the text is not whole.
    pub digest: Option<Digest>,
    /// Whose words it says, where they are not those of the files.
    pub drafted: Option<Voice>,
    /// Who may approve it.
    pub approved_by: Vec<Party>,
    /// Who approved these words.
    pub approved: Option<Voice>,
    /// Why an approval that was given does not count.
    pub void: Option<Str>,
    /// How it went out.
    pub sent: Option<MessageSent>,
    /// When this changes unaided.
    pub changes_at: Option<DateTime<Utc>>,
}

/// Where a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageStatus {
    /// It is to be sent later, and nobody has to do anything now.
    Planned,
    /// For needs, an embargo, or what its text names and nobody knows yet.
    Waits,
    /// Somebody has to approve the text.
    ToApprove,
    /// It is approved, and to be sent later.
    Approved,
    /// It is to be sent now.
    Due,
    /// It should have been sent by now.
    Overdue,
    /// It went out.
    Sent,
    /// It was sent, and it is not known whether it arrived.
    Unknown,
    /// It need not be sent: somebody said so, it does not apply, or what it is about is over.
    NotNeeded,
}

/// How a message stands on a line of time. What stands out most is last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageMark {
    /// It went out.
    Sent,
    /// Its moment is to come.
    ToCome,
    /// Its moment has come, and it is still to go out.
    Due,
    /// It was sent, and it is not known whether it arrived.
    Unknown,
    /// It should have been approved or sent by now.
    Overdue,
}

impl MessageMark {
    /// All of them, what stands out least first.
    pub const ALL: [Self; 5] = [Self::Sent, Self::ToCome, Self::Due, Self::Unknown, Self::Overdue];

    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::ToCome => "to come",
            Self::Due => "due",
            Self::Unknown => "unknown whether sent",
            Self::Overdue => "OVERDUE",
        }
    }

    /// Whether somebody has to do something now.
    pub fn asks(self) -> bool {
        matches!(self, Self::Due | Self::Unknown | Self::Overdue)
    }
}

impl MessageStatus {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Waits => "waits",
            Self::ToApprove => "to be approved",
            Self::Approved => "approved",
            Self::Due => "due",
            Self::Overdue => "OVERDUE",
            Self::Sent => "sent",
            Self::Unknown => "unknown whether sent",
            Self::NotNeeded => "not needed",
        }
    }

    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Waits => "waits",
            Self::ToApprove => "to-approve",
            Self::Approved => "approved",
            Self::Due => "due",
            Self::Overdue => "overdue",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::NotNeeded => "not-needed",
        }
    }

    /// Whether it is still to go out.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Sent | Self::NotNeeded)
    }

    /// Whether somebody has to do something now.
    pub fn asks(self) -> bool {
        matches!(self, Self::ToApprove | Self::Due | Self::Overdue | Self::Unknown)
    }
}

impl MessageState {
    /// What has to be done with it: `send`, `approve`.
    pub fn verb(&self) -> &'static str {
        if self.status == MessageStatus::ToApprove { "approve" } else { "send" }
    }

    /// Where it stands on a line of time: when it went out, else when it is due. `None`: that is not known, or it need not
    /// be sent.
    pub fn mark(&self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, MessageMark)> {
        let mark = match self.status {
            MessageStatus::NotNeeded => return None,
            MessageStatus::Sent => {
                let at = self.sent.as_ref().map(|sent| sent.voice.at).or(self.due)?;
                return Some((at, MessageMark::Sent));
            }
            MessageStatus::Unknown => MessageMark::Unknown,
            _ if self.overdue => MessageMark::Overdue,
            _ if self.due? <= now => MessageMark::Due,
            _ => MessageMark::ToCome,
        };
        Some((self.due?, mark))
    }

    /// When it is overdue unless somebody does what is to be done.
    pub fn late_at(&self) -> Option<DateTime<Utc>> {
        self.due.map(|due| format::later(due, MESSAGE_GRACE))
    }

    /// Whether all that its text names is known.
    pub fn is_whole(&self) -> bool {
        self.digest.is_some()
    }
}

impl super::super::Board {
    /// The occurrence of a message that somebody has to look for, else the newest that is still to go out, else the newest.
    pub fn message(&self, id: &str) -> Option<&MessageState> {
        let all = || self.messages.iter().filter(|it| *it.of.message == *id);
        let lost = all().find(|it| it.status == MessageStatus::Unknown);
        lost.or_else(|| all().rfind(|it| it.status.is_open())).or_else(|| all().next_back())
    }

    /// The messages about an incident that somebody has to do something with now.
    pub fn messages_of_incident(&self) -> impl Iterator<Item = &MessageState> {
        use Occasion::{AllClear, Incident, Update};
        self.messages
            .iter()
            .filter(|it| it.status.asks() && matches!(it.occasion, Incident | Update | AllClear))
    }

    /// The messages that have a place on a line of time, in its order.
    pub fn message_marks(&self) -> Vec<(DateTime<Utc>, MessageMark, &MessageState)> {
        let place = |it| MessageState::mark(it, self.evaluated_at).map(|(at, mark)| (at, mark, it));
        let mut all: Vec<_> = self.messages.iter().filter_map(place).collect();
        all.sort_by_key(|(at, mark, _)| (*at, *mark));
        all
    }

    /// This occurrence of a message.
    pub fn message_of(&self, of: &MessageRef) -> Option<&MessageState> {
        self.messages.iter().find(|it| it.of == *of)
    }
}
