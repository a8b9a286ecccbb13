//! The rollback of scenario files.

use gonogo::domain::*;
use serde::Deserialize;

use super::span;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollbackSpec {
    pub owner: String,
    pub decide_within: Option<String>,
    #[serde(default)]
    pub steps: Vec<StepSpec>,
    #[serde(default)]
    pub ready_when: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSpec {
    pub step: String,
    pub owner: Option<String>,
    pub within: Option<String>,
}

/// What is done in a rollback.
#[derive(Debug, Deserialize, Clone)]
#[serde(rename_all = "kebab-case")]
pub enum BackSpec {
    Start,
    /// Empty: whichever step it is.
    Done(String),
    Skip(String),
    End(RollbackResult),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectBack {
    pub phase: Option<RollbackPhase>,
    /// `done flag-off`, `now verify`.
    pub steps: Option<Vec<String>>,
    /// `canary/errors by 12:15`, with `, overdue`.
    pub called: Option<String>,
    pub overdue_step: Option<bool>,
}

impl RollbackSpec {
    pub fn build(&self) -> Rollback {
        let step = |it: &StepSpec| RollbackStep {
            id: it.step.as_str().into(),
            title: it.step.as_str().into(),
            by_hand: None,
            owner: it.owner.as_deref().map(Party::from),
            within: it.within.as_deref().map(span),
            notes: None,
        };
        Rollback {
            owner: self.owner.as_str().into(),
            decide_within: self.decide_within.as_deref().map(span),
            ready_when: self.ready_when.iter().map(|id| id.as_str().into()).collect(),
            triggers: Vec::new(),
            steps: self.steps.iter().map(step).collect(),
            notes: None,
        }
    }
}

impl BackSpec {
    pub fn act(&self, reason: Str) -> Act {
        match self {
            Self::Start => Act::RollbackStarted { reason },
            Self::Done(step) => Act::RollbackStepDone { step: step.as_str().into(), note: None },
            Self::Skip(step) => Act::RollbackStepSkipped { step: step.as_str().into(), reason },
            Self::End(result) => Act::RollbackEnded { result: *result, reason },
        }
    }

    pub fn command(&self, reason: Str, note: Option<Str>) -> Command {
        let named = |step: &str| (!step.is_empty()).then(|| Str::from(step));
        match self {
            Self::Start => Command::StartRollback { reason },
            Self::Done(step) => Command::DoStep { step: named(step), note },
            Self::Skip(step) => Command::SkipStep { step: named(step), reason },
            Self::End(result) => Command::EndRollback { result: *result, reason },
        }
    }
}

impl ExpectBack {
    pub fn compare(&self, board: &Board) {
        let state = || board.rollback.as_ref().expect("a rollback");
        if let Some(phase) = self.phase {
            assert_eq!(state().phase, phase);
        }
        if let Some(want) = &self.steps {
            let said: Vec<_> =
                state().steps.iter().map(|it| format!("{} {}", it.status.word(), it.plan.id)).collect();
            assert_eq!(said, *want);
        }
        if let Some(want) = &self.called {
            let call = state().called.as_ref().expect("called for");
            let by = call.decide_by.map(|by| format!(" by {}", by.format("%H:%M"))).unwrap_or_default();
            let late = if call.overdue { ", overdue" } else { "" };
            assert_eq!(format!("{}/{}{by}{late}", call.stage, call.guardrail), *want);
        }
        if let Some(want) = self.overdue_step {
            assert_eq!(state().current().is_some_and(|step| step.overdue), want);
        }
    }
}
