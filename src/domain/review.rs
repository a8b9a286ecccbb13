//! The review after a launch: what was learned, and what follows from it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Act, Event, History, Party, Str, Voice};

/// What a person adds to the review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ReviewStep {
    /// Something was learned.
    Learned {
        /// In the words of whoever says it.
        text: Str,
    },
    /// Something is to be done. It gets the next number, from 1.
    FollowUp {
        /// In the words of whoever says it.
        text: Str,
        /// Who sees to it; a launch is not closed while somebody is missing here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<Party>,
        /// By when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<DateTime<Utc>>,
    },
    /// A follow-up gets an owner, or another one.
    Assigned {
        /// Its number.
        number: u32,
        /// Who sees to it.
        owner: Party,
        /// By when; `None`: as before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<DateTime<Utc>>,
    },
    /// A follow-up is done.
    Done {
        /// Its number.
        number: u32,
        /// In their own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Str>,
    },
    /// A follow-up is given up.
    Dropped {
        /// Its number.
        number: u32,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
}

/// All that was said in the review.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReviewRecord {
    /// What was learned, in order.
    pub learned: Vec<Learned>,
    /// What is to be done, in order: the first has the number 1.
    pub follow_ups: Vec<FollowUp>,
}

/// Something that was learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// Whose word it is.
    pub voice: Voice,
    /// What was learned, in one line.
    pub text: Str,
}

/// Something that is to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FollowUp {
    /// By which people name it, from 1.
    pub number: u32,
    /// Who said that it is to be done.
    pub voice: Voice,
    /// What is to be done, in one line.
    pub text: Str,
    /// Who sees to it.
    pub owner: Option<Party>,
    /// By when.
    pub due: Option<DateTime<Utc>>,
    /// How it ended; `None`: it is open.
    pub ended: Option<FollowUpEnd>,
}

/// How a follow-up ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FollowUpEnd {
    /// Whose word it is.
    pub voice: Voice,
    /// Done, or given up.
    pub done: bool,
    /// What was said with it.
    pub note: Option<Str>,
}

/// The review on the board.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReviewState {
    /// What was learned, in order.
    pub learned: Vec<Learned>,
    /// What is to be done, in order.
    pub follow_ups: Vec<FollowUp>,
    /// The numbers of those that are open and past their date.
    pub overdue: Vec<u32>,
}

impl FollowUp {
    /// The word for where it is.
    pub fn word(&self) -> &'static str {
        match &self.ended {
            None => "open",
            Some(end) if end.done => "done",
            Some(_) => "dropped",
        }
    }
}

impl ReviewState {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.learned.is_empty() && self.follow_ups.is_empty()
    }
}

impl ReviewState {
    /// What people wrote, to be hidden where it must not be seen.
    pub(super) fn texts(&mut self) -> impl Iterator<Item = &mut Str> {
        fn notes(it: &mut FollowUp) -> Vec<&mut Str> {
            std::iter::once(&mut it.text)
                .chain(it.ended.iter_mut().filter_map(|end| end.note.as_mut()))
                .collect()
        }
        let learned = self.learned.iter_mut().map(|it| &mut it.text);
        learned.chain(self.follow_ups.iter_mut().flat_map(notes))
    }
}

impl ReviewRecord {
    /// The follow-up of this number.
    pub fn follow_up(&self, number: u32) -> Option<&FollowUp> {
        self.follow_ups.iter().find(|it| it.number == number)
    }

    /// As it stands at a moment.
    pub(super) fn state(&self, now: DateTime<Utc>) -> ReviewState {
        let late = |it: &&FollowUp| it.ended.is_none() && it.due.is_some_and(|due| due < now);
        ReviewState {
            learned: self.learned.clone(),
            follow_ups: self.follow_ups.clone(),
            overdue: self.follow_ups.iter().filter(late).map(|it| it.number).collect(),
        }
    }

    /// When one goes past its date.
    pub(super) fn changes(&self) -> impl Iterator<Item = DateTime<Utc>> {
        self.follow_ups
            .iter()
            .filter(|it| it.ended.is_none())
            .filter_map(|it| it.due)
            .map(super::format::just_after)
    }

    fn open(&mut self, number: u32) -> Option<&mut FollowUp> {
        self.follow_ups.iter_mut().find(|it| it.number == number && it.ended.is_none())
    }
}

impl History {
    /// Takes in what was said in the review. A word on a follow-up that is not open means nothing.
    pub(super) fn hear_of_review(&mut self, event: &Event) {
        let Act::Review { step } = &event.act else { return };
        let (voice, review) = (Voice::of(event), &mut self.review);
        match step {
            ReviewStep::Learned { text } => review.learned.push(Learned { voice, text: text.clone() }),
            ReviewStep::FollowUp { text, owner, due } => {
                let number = u32::try_from(review.follow_ups.len()).unwrap_or(u32::MAX).saturating_add(1);
                let (text, owner, due) = (text.clone(), owner.clone(), *due);
                review.follow_ups.push(FollowUp { number, voice, text, owner, due, ended: None });
            }
            ReviewStep::Assigned { number, owner, due } => {
                if let Some(it) = review.open(*number) {
                    it.owner = Some(owner.clone());
                    it.due = due.or(it.due);
                }
            }
            ReviewStep::Done { number, note } => {
                if let Some(it) = review.open(*number) {
                    it.ended = Some(FollowUpEnd { voice, done: true, note: note.clone() });
                }
            }
            ReviewStep::Dropped { number, reason } => {
                if let Some(it) = review.open(*number) {
                    it.ended = Some(FollowUpEnd { voice, done: false, note: Some(reason.clone()) });
                }
            }
        }
    }
}
