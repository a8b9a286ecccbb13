//! Messages: who is told what, when and how, and what became of it (V25).
//!
//! A message has an occurrence for each thing it is about: one of the plan for each T-0, one for each HOLD, NO-GO,
//! SCRUB, rollback, incident or update of one. What was done for one counts for no other. No message raises or lowers the verdict.

mod state;
mod text;

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(super) use self::text::{Filled, fill};
pub use self::{
    state::{MessageMark, MessageState, MessageStatus},
    text::{FACTS, is_fact, names_update},
};
use super::{
    Act, Digest, Ended, Event, History, Launch, Moment, Need, Party, Place, SourceId, Spoken, Str, Voice,
    Write, WriteState,
};

/// The comms plan of a launch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comms {
    /// How often people get an update while an incident is open; `None`: not given.
    pub update_every: Option<Duration>,
    /// In the order of the file.
    pub messages: Vec<CommsMessage>,
}

/// Something that is to be told to somebody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommsMessage {
    /// Its name in the files.
    pub id: Str,
    /// Its name for people, and the headline where a channel has one.
    pub title: Option<Str>,
    /// Whom it is for, in words: `customers`.
    pub audience: Str,
    /// How it goes out.
    pub via: Via,
    /// Who drafts and sends it.
    pub owner: Option<Party>,
    /// Who may approve it: any one of them. Empty: nobody has to.
    pub approved_by: Vec<Party>,
    /// When it is due; `None`: once its needs are satisfied, or when its occasion comes.
    pub at: Option<Moment>,
    /// Embargo: it is not sent before this moment.
    pub not_before: Option<Moment>,
    /// What must be satisfied first.
    pub needs: Vec<Need>,
    /// What it is about.
    pub occasion: Occasion,
    /// What it says. May hold `{{ answers.GATE.NAME }}` and one of [`FACTS`].
    pub text: Str,
    /// The file that the text comes from; `None`: it is in the launch file.
    pub file: Option<Str>,
    /// Why a `when` leaves it out of this launch.
    pub excluded: Option<Str>,
    /// Whether people outside may know of it.
    pub public: bool,
    /// The step of the rollback after which it is sent; `None`: when the rollback starts.
    pub after_step: Option<Str>,
    /// Where it stands in the files.
    pub place: Option<Place>,
}

/// The way that a message goes out by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Via {
    /// What sends it at a person's word; `None`: a person does it by hand.
    pub source: Option<SourceId>,
    /// Where it goes: a place in words if sent by hand, else as the source names it.
    pub to: Str,
}

/// What a message is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The launch as planned: once for each T-0.
    #[default]
    Plan,
    /// A HOLD was decided.
    Hold,
    /// NO-GO was decided.
    NoGo,
    /// A SCRUB was decided.
    Scrub,
    /// A rollback was started.
    Rollback,
    /// An incident was opened.
    Incident,
    /// An update was given in an incident.
    Update,
    /// A rollback has ended, or an incident is resolved.
    AllClear,
}

impl Occasion {
    /// The word with its article: `a HOLD`, `an incident`.
    pub fn with_article(self) -> String {
        let word = self.word();
        let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        format!("{article} {word}")
    }

    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Plan,
        Self::Hold,
        Self::NoGo,
        Self::Scrub,
        Self::Rollback,
        Self::Incident,
        Self::Update,
        Self::AllClear,
    ];

    /// The word in files and machine output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Hold => "hold",
            Self::NoGo => "no_go",
            Self::Scrub => "scrub",
            Self::Rollback => "rollback",
            Self::Incident => "incident",
            Self::Update => "update",
            Self::AllClear => "all_clear",
        }
    }

    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Hold => "HOLD",
            Self::NoGo => "NO-GO",
            Self::Scrub => "SCRUB",
            Self::Rollback => "rollback",
            Self::Incident => "incident",
            Self::Update => "update of an incident",
            Self::AllClear => "all clear",
        }
    }
}

impl Via {
    /// `by hand: Blog`, `slack: launch-room`.
    pub fn said(&self) -> String {
        let by = self.source.as_ref().map_or("by hand", SourceId::as_str);
        format!("{by}: {}", self.to)
    }
}

impl CommsMessage {
    /// What people call it.
    pub fn named(&self) -> &Str {
        self.title.as_ref().unwrap_or(&self.id)
    }

    /// Who sends it: its owner, and whoever makes the final call.
    pub(super) fn senders(&self, launch: &Launch) -> Vec<Party> {
        let call = launch.roll_call.iter().map(|plan| plan.final_call.clone());
        let mut who: Vec<Party> = self.owner.iter().cloned().chain(call).collect();
        if self.owner.is_none() {
            who.extend(self.approved_by.iter().cloned());
        }
        who
    }

    /// What an approval is bound to: these words, to them, by this way.
    pub fn digest(&self, text: &str) -> Digest {
        let (title, via) = (self.title.as_deref().unwrap_or_default(), self.via.said());
        Digest::of([&*self.id, title, &self.audience, &via, text].map(str::as_bytes))
    }
}

impl Launch {
    /// The message of this name and its place in the plan.
    pub fn message(&self, id: &str) -> Option<(usize, &CommsMessage)> {
        self.comms.messages.iter().enumerate().find(|(_, message)| *message.id == *id)
    }
}

/// Which occurrence of which message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageRef {
    /// The message.
    pub message: Str,
    /// The place, among all events of the launch, of what it is about, from 1; of a message of the plan that of the SCRUB
    /// that set T-0; 0: T-0 is that of the files.
    pub cause: u64,
}

/// What a person did with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum MessageStep {
    /// Text that people wrote replaces that of the files.
    Drafted {
        /// All of it, as it will be sent.
        text: Str,
    },
    /// The words are approved.
    Approved {
        /// What was approved, see [`CommsMessage::digest`].
        digest: Digest,
    },
    /// The approval is taken back.
    ApprovalWithdrawn {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// It went out, by hand.
    Sent {
        /// Of what was sent.
        digest: Digest,
        /// What was sent.
        text: Str,
        /// Where it can be seen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<Str>,
        /// Why it was sent although it was to wait: an OVERRIDE.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overrides: Option<Str>,
    },
    /// It could not be sent.
    Failed {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// It need not be sent.
    NotNeeded {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// It is to be sent after all.
    NeededAgain {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
}

/// The message that a request to a server carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// Which occurrence of which message.
    pub of: MessageRef,
    /// Of what is sent.
    pub digest: Digest,
    /// What is sent.
    pub text: Str,
    /// Why it is sent although it was to wait: an OVERRIDE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrides: Option<Str>,
}

/// What people did with one occurrence of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MessageRecord {
    /// Words of their own, oldest first; the newest count.
    pub drafts: Vec<(Voice, Str)>,
    /// Approvals, oldest first.
    pub approvals: Vec<Approval>,
    /// A request with it of which it is not known whether it arrived.
    pub sending: Option<MessageSending>,
    /// How it went out.
    pub sent: Option<MessageSent>,
    /// Why it could not be sent the last time that somebody tried.
    pub failed: Option<(Voice, Str)>,
    /// Who said that it need not be sent, and why.
    pub dropped: Option<(Voice, Str)>,
}

/// An approval.
#[derive(Clone, Debug, PartialEq)]
pub struct Approval {
    /// Who gave it.
    pub voice: Voice,
    /// What was approved.
    pub digest: Digest,
    /// It was taken back.
    pub withdrawn: Option<Ended>,
}

/// A request with a message of which it is not known whether it arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageSending {
    /// The request.
    pub write: Uuid,
    /// The place of the newest word on it among all events, from 1.
    pub seq: u64,
    /// Whose word it was.
    pub voice: Voice,
}

/// How a message went out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageSent {
    /// The place of that among all events, from 1. It is not kept with decisions.
    #[serde(skip)]
    pub seq: u64,
    /// Whose word it was.
    pub voice: Voice,
    /// What was sent.
    #[serde(skip, default = "nothing")]
    pub text: Str,
    /// Where it can be seen.
    pub link: Option<Str>,
    /// What the server answered.
    pub told: Option<Str>,
    /// Why it was sent although it was to wait: an OVERRIDE.
    pub overrides: Option<Str>,
}

/// A text that is not told.
fn nothing() -> Str {
    "".into()
}

/// What people did with messages, by occurrence.
pub type MessageRecords = BTreeMap<MessageRef, MessageRecord>;

impl MessageRecord {
    /// Words of a person's own, and whose.
    pub fn draft(&self) -> Option<&(Voice, Str)> {
        self.drafts.last()
    }

    /// Where a fallback approves these words: how a holder, for whom they stand in, took the approval of them back before.
    pub(super) fn took_back(
        &self,
        launch: &Launch,
        approvers: &[Party],
        digest: &Digest,
        word: Spoken<'_>,
    ) -> Option<&Ended> {
        let ends = self.approvals.iter().filter(|it| it.digest == *digest);
        ends.filter_map(|it| it.withdrawn.as_ref()).rfind(|end| launch.is_over(end.spoken(), word, approvers))
    }

    /// Who said that it need not be sent, if they may say so by today's files and their name counts.
    pub(super) fn not_needed(&self, launch: &Launch, message: &CommsMessage) -> Option<&(Voice, Str)> {
        let counts = |voice: &Voice| {
            voice.spoken().doubt(launch).is_none()
                && launch.may_still(voice.spoken(), &message.senders(launch))
        };
        self.dropped.as_ref().filter(|(voice, _)| counts(voice))
    }
}

impl MessageSent {
    /// In one line, as part of a sentence about the message.
    pub(super) fn said(&self, message: &str) -> String {
        went_out(message, self.overrides.as_deref(), self.link.as_deref())
    }
}

fn went_out(message: &str, overrides: Option<&str>, link: Option<&str>) -> String {
    let link = link.map(|link| format!(": {link}")).unwrap_or_default();
    let over = overrides.map(|why| format!(" by an OVERRIDE ({why})")).unwrap_or_default();
    format!("sent message {message}{over}{link}")
}

impl MessageStep {
    /// In one line: `approved message changelog`.
    pub fn said(&self, message: &str) -> String {
        match self {
            Self::Drafted { text } => {
                format!("wrote message {message} anew, {} characters", text.chars().count())
            }
            Self::Approved { digest } => format!("approved message {message} ({})", digest.short()),
            Self::ApprovalWithdrawn { reason } => {
                format!("took the approval of message {message} back: {reason}")
            }
            Self::Sent { link, overrides, .. } => went_out(message, overrides.as_deref(), link.as_deref()),
            Self::Failed { reason } => format!("could not send message {message}: {reason}"),
            Self::NotNeeded { reason } => format!("declared message {message} not needed: {reason}"),
            Self::NeededAgain { reason } => format!("declared message {message} needed again: {reason}"),
        }
    }
}

impl History {
    /// What people did with this occurrence of a message.
    pub fn message(&self, of: &MessageRef) -> Option<&MessageRecord> {
        self.messages.get(of)
    }

    /// Takes in what a person did with a message.
    pub(super) fn hear_of_message(&mut self, event: &Event) {
        let Act::Message { of, step } = &event.act else { return };
        let (seq, voice) = (self.len, Voice::of(event));
        let record = self.messages.entry(of.clone()).or_default();
        match step {
            MessageStep::Drafted { text } => record.drafts.push((voice, text.clone())),
            MessageStep::Approved { digest } => {
                record.approvals.push(Approval { voice, digest: digest.clone(), withdrawn: None });
            }
            MessageStep::ApprovalWithdrawn { reason } => {
                for given in record.approvals.iter_mut().filter(|it| it.withdrawn.is_none()) {
                    given.withdrawn = Some(Ended::by(event, reason));
                }
            }
            MessageStep::Sent { text, link, overrides, .. } => {
                let (text, link, overrides) = (text.clone(), link.clone(), overrides.clone());
                record.sent.get_or_insert(MessageSent { seq, voice, text, link, told: None, overrides });
            }
            MessageStep::Failed { reason } => record.failed = Some((voice, reason.clone())),
            MessageStep::NotNeeded { reason } => record.dropped = Some((voice, reason.clone())),
            MessageStep::NeededAgain { .. } => record.dropped = None,
        }
    }

    /// Takes in what became of a request that carries a message.
    pub(super) fn hear_of_sending(
        &mut self,
        event: &Event,
        write: &Write,
        state: WriteState,
        told: Option<&Str>,
    ) {
        let Some(carried) = &write.message else { return };
        let (seq, voice, told) = (self.len, Voice::of(event), told.cloned());
        let record = self.messages.entry(carried.of.clone()).or_default();
        match state {
            WriteState::Intended | WriteState::Unknown => {
                record.sending = Some(MessageSending { write: write.id, seq, voice });
            }
            WriteState::Done => {
                record.sending = None;
                let (text, overrides) = (carried.text.clone(), carried.overrides.clone());
                record.sent.get_or_insert(MessageSent {
                    seq,
                    voice,
                    text,
                    link: link_in(told.as_deref()),
                    told,
                    overrides,
                });
            }
            WriteState::NotDone => {
                record.sending = None;
                record.failed = Some((voice, told.unwrap_or_else(|| "it did not arrive".into())));
            }
        }
    }
}

/// The address at the end of what a server said, if there is one.
fn link_in(told: Option<&str>) -> Option<Str> {
    let last = told?.split_whitespace().next_back()?;
    (last.starts_with("https://") || last.starts_with("http://")).then(|| last.into())
}

/// When a message of such an age is overdue: what is due is done by people, who need a moment.
pub const MESSAGE_GRACE: Duration = Duration::from_secs(15 * 60);
