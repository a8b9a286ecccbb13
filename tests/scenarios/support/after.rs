//! The readiness review, the review after a launch, and closing it, in scenario files.

use std::collections::BTreeMap;

use gonogo::domain::*;
use serde::Deserialize;

use super::moment;

/// A word of the readiness review.
#[derive(Debug, Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct PlanSpec {
    pub gate: String,
    /// `confirmed`, `new-date`, `at-risk`, `taken-back`.
    pub says: String,
    pub by: Option<String>,
    pub link: Option<String>,
    /// When the gate was due then; by default as it is due in the files.
    pub due: Option<String>,
}

/// What is said after the launch.
#[derive(Debug, Deserialize, Clone)]
#[serde(rename_all = "kebab-case")]
pub enum AfterSpec {
    Learn(String),
    FollowUp(FollowUpSpec),
    Assign(u32, String),
    Done(u32),
    Drop(u32),
    Close,
    CloseUnfinished,
    Reopen,
}

#[derive(Debug, Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct FollowUpSpec {
    pub text: String,
    pub owner: Option<String>,
    pub due: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectAfter {
    /// By gate: `confirmed`, `at-risk`, `void`.
    pub plans: BTreeMap<String, String>,
    /// By gate: a part of what is warned of; empty: nothing is.
    pub warns: BTreeMap<String, String>,
    /// By gate: a part of why it is void.
    pub void: BTreeMap<String, String>,
    /// By gate: who was asked and how often, in words; empty: nobody was.
    pub asked: BTreeMap<String, String>,
    /// The counts of the readiness review, in words.
    pub tally: Option<String>,
    /// By whom it is closed; empty: it is not.
    pub closed: Option<String>,
    /// What was left unfinished.
    pub unfinished: Option<Vec<String>>,
    /// `1 open qa`, `2 done nobody`, with `, overdue`.
    pub follow_ups: Option<Vec<String>>,
}

impl PlanSpec {
    fn step(&self, reason: Str) -> ConfirmStep {
        let link = self.link.as_deref().map(Into::into);
        match self.says.as_str() {
            "confirmed" => ConfirmStep::Confirmed { link, note: None },
            "new-date" => {
                ConfirmStep::NewDate { by: moment(self.by.as_deref().expect("by")).at, reason, link }
            }
            "at-risk" => ConfirmStep::AtRisk { reason },
            "taken-back" => ConfirmStep::TakenBack { reason },
            other => panic!("{other} is no word of the readiness review"),
        }
    }

    pub fn act(&self, launch: &Launch, digest: Digest, reason: Str) -> Act {
        let gate = GateId::from(self.gate.as_str());
        let planned = || launch.gate(&gate).and_then(|it| it.due.as_ref()).map(|due| due.at);
        let due = self.due.as_deref().map(|due| moment(due).at).or_else(planned);
        Act::Confirmed { gate, digest, due, step: self.step(reason) }
    }

    pub fn command(&self, reason: Str) -> Command {
        Command::Confirm { gate: self.gate.as_str().into(), step: self.step(reason) }
    }
}

impl AfterSpec {
    fn review(&self, reason: Str) -> Option<ReviewStep> {
        Some(match self {
            Self::Learn(text) => ReviewStep::Learned { text: text.as_str().into() },
            Self::FollowUp(it) => ReviewStep::FollowUp {
                text: it.text.as_str().into(),
                owner: it.owner.as_deref().map(Party::from),
                due: it.due.as_deref().map(|due| moment(due).at),
            },
            Self::Assign(number, owner) => {
                ReviewStep::Assigned { number: *number, owner: owner.as_str().into(), due: None }
            }
            Self::Done(number) => ReviewStep::Done { number: *number, note: None },
            Self::Drop(number) => ReviewStep::Dropped { number: *number, reason },
            Self::Close | Self::CloseUnfinished | Self::Reopen => return None,
        })
    }

    pub fn act(&self, reason: Str) -> Act {
        if let Some(step) = self.review(reason.clone()) {
            return Act::Review { step };
        }
        let step = match self {
            Self::Reopen => CloseStep::Reopened { reason },
            _ => {
                let (unfinished, board) = (Vec::new(), KeptBoard::default());
                CloseStep::Closed { reason, unfinished, board, figures: None }
            }
        };
        Act::Close { step }
    }

    pub fn command(&self, reason: Str) -> Command {
        if let Some(step) = self.review(reason.clone()) {
            return Command::Review { step };
        }
        let wish = match self {
            Self::Reopen => CloseWish::Reopen { reason },
            other => {
                let unfinished = matches!(other, Self::CloseUnfinished);
                CloseWish::Close { reason, unfinished, figures: None }
            }
        };
        Command::Close { wish }
    }
}

impl ExpectAfter {
    pub fn compare(&self, launch: &Launch, board: &Board) {
        let plan = |gate: &String| board.plan_of(&GateId::from(gate.as_str()));
        for (gate, want) in &self.plans {
            let standing = plan(gate).map_or(PlanStanding::Unconfirmed, |it| it.standing);
            assert_eq!(standing.as_str(), want, "{gate}");
        }
        for (gate, part) in &self.warns {
            let said = plan(gate).and_then(|it| it.warning.clone()).unwrap_or_default();
            assert!(if part.is_empty() { said.is_empty() } else { said.contains(part) }, "{gate}: {said}");
        }
        for (gate, part) in &self.void {
            let said = plan(gate).and_then(|it| it.void.clone()).unwrap_or_default();
            assert!(said.contains(part), "{gate}: {said}");
        }
        for (gate, want) in &self.asked {
            let asked = board.asked(&GateId::from(gate.as_str()));
            let said = asked.map(|it| it.describe(&launch.schedule)).unwrap_or_default();
            assert!(if want.is_empty() { said.is_empty() } else { said.contains(want) }, "{gate}: {said}");
        }
        if let Some(want) = &self.tally {
            assert_eq!(Readiness::of(launch, board).tally.describe(), *want);
        }
        if let Some(who) = &self.closed {
            let by = board.closed.as_ref().map(|it| it.voice.by.name.to_string());
            assert_eq!(by.unwrap_or_default(), *who);
        }
        if let Some(want) = &self.unfinished {
            assert_eq!(
                board.closed.as_ref().expect("closed").unfinished,
                want.iter().map(|it| it.as_str().into()).collect::<Vec<Str>>()
            );
        }
        if let Some(want) = &self.follow_ups {
            let said = |it: &FollowUp| {
                let owner = it.owner.as_ref().map_or("nobody", |owner| owner.as_str());
                let late = if board.review.overdue.contains(&it.number) { ", overdue" } else { "" };
                format!("{} {} {owner}{late}", it.number, it.word())
            };
            assert_eq!(board.review.follow_ups.iter().map(said).collect::<Vec<_>>(), *want);
        }
    }
}
