//! The comms plan of scenario files.

use std::collections::BTreeMap;

use gonogo::domain::*;
use serde::Deserialize;

use super::{Day, moment, need};

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct MessageSpec {
    pub message: String,
    pub owner: Option<String>,
    pub approved_by: Vec<String>,
    pub at: Option<String>,
    pub not_before: Option<String>,
    pub needs: Vec<String>,
    pub occasion: Occasion,
    pub text: Option<String>,
    pub excluded: Option<String>,
    pub after_step: Option<String>,
    /// By a source; none: by hand.
    pub by: Option<String>,
}

/// What is done with a message.
#[derive(Debug, Deserialize, Clone)]
#[serde(rename_all = "kebab-case")]
pub enum TellSpec {
    /// The message, and its words.
    Draft(String, String),
    Approve(String),
    /// As somebody who read other words would.
    ApproveUnread(String),
    WithdrawApproval(String),
    /// By hand.
    Sent(String),
    /// By hand, and why it did not wait.
    SentAnyway(String, String),
    /// A request with it goes out.
    Sending(String),
    /// What became of it.
    Became(WriteState),
    Failed(String),
    NotNeeded(String),
    NeededAgain(String),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectMessages {
    /// All occurrences, in order: `changelog due`, `delayed sent`, with `, overdue`.
    pub are: Option<Vec<String>>,
    /// By message, of the newest open occurrence: a part of the reason.
    pub because: BTreeMap<String, String>,
    /// All that it says.
    pub says: BTreeMap<String, String>,
    pub who: BTreeMap<String, Vec<String>>,
    /// `12-02T09:00`.
    pub due: BTreeMap<String, String>,
}

impl MessageSpec {
    pub fn build(&self) -> CommsMessage {
        CommsMessage {
            id: self.message.as_str().into(),
            title: None,
            audience: "customers".into(),
            via: Via { source: self.by.as_deref().map(SourceId::from), to: "Blog".into() },
            owner: self.owner.as_deref().map(Party::from),
            approved_by: self.approved_by.iter().map(|it| it.as_str().into()).collect(),
            at: self.at.as_deref().map(moment),
            not_before: self.not_before.as_deref().map(moment),
            needs: self.needs.iter().map(|it| need(it)).collect(),
            occasion: self.occasion,
            text: self.text.as_deref().unwrap_or("It is out.").into(),
            file: None,
            excluded: self.excluded.as_deref().map(Into::into),
            public: false,
            after_step: self.after_step.as_deref().map(Into::into),
            place: None,
        }
    }
}

impl TellSpec {
    /// Of what the board shows.
    pub fn command(&self, day: &Day, reason: Str) -> Command {
        let board = day.board();
        let state =
            |id: &str| board.message(id).unwrap_or_else(|| panic!("{id} is not on the board")).clone();
        let none = || Digest::of([b"not whole".as_slice()]);
        let seen = |id: &str| board.message(id).and_then(|it| it.digest.clone()).unwrap_or_else(none);
        let other = || Digest::of([b"other words".as_slice()]);
        let carried = |id: &str| {
            let state = state(id);
            Carried { of: state.of.clone(), digest: seen(id), text: state.text.clone(), overrides: None }
        };
        let write = |id: &str| {
            let message = Some(carried(id));
            let write = Write::new(format!("message {id}"), "POST", "slack: Blog", "{}");
            Write { id: uuid::Uuid::from_u128(7), message, ..write }
        };
        let (id, wish) = match self {
            Self::Draft(id, text) => (id, MessageWish::Draft { text: text.as_str().into() }),
            Self::Approve(id) => (id, MessageWish::Approve { digest: seen(id) }),
            Self::ApproveUnread(id) => (id, MessageWish::Approve { digest: other() }),
            Self::WithdrawApproval(id) => (id, MessageWish::WithdrawApproval { reason }),
            Self::Sent(id) => (id, MessageWish::Sent { digest: seen(id), link: None, overrides: None }),
            Self::SentAnyway(id, why) => {
                let overrides = Some(why.as_str().into());
                (id, MessageWish::Sent { digest: seen(id), link: None, overrides })
            }
            Self::Sending(id) => {
                return Command::Write { write: write(id), state: WriteState::Intended, told: None };
            }
            Self::Became(state) => {
                let open = day.history.writes.iter().find(|it| it.state.is_open()).expect("a request");
                return Command::Write { write: open.write.clone(), state: *state, told: Some(reason) };
            }
            Self::Failed(id) => (id, MessageWish::Failed { reason }),
            Self::NotNeeded(id) => (id, MessageWish::NotNeeded { reason }),
            Self::NeededAgain(id) => (id, MessageWish::NeededAgain { reason }),
        };
        Command::Message { message: id.as_str().into(), cause: None, wish }
    }
}

impl ExpectMessages {
    pub fn compare(&self, board: &Board) {
        if let Some(want) = &self.are {
            let late = |it: &MessageState| if it.overdue { ", overdue" } else { "" };
            let said = board.messages.iter();
            let said: Vec<_> =
                said.map(|it| format!("{} {}{}", it.of.message, it.status.as_str(), late(it))).collect();
            assert_eq!(said, *want, "{:#?}", board.messages);
        }
        let find = |id: &String| board.message(id).unwrap_or_else(|| panic!("{id} is not on the board"));
        for (id, part) in &self.because {
            assert!(find(id).reason.contains(part), "{id}: {part}: {}", find(id).reason);
        }
        for (id, text) in &self.says {
            assert_eq!(*find(id).text, **text, "{id}");
        }
        for (id, who) in &self.who {
            assert_eq!(find(id).who.iter().map(ToString::to_string).collect::<Vec<_>>(), *who, "{id}");
        }
        for (id, due) in &self.due {
            let at = find(id).due.map_or("never".to_owned(), |at| at.format("%m-%dT%H:%M").to_string());
            assert_eq!(at, *due, "{id}");
        }
    }
}
