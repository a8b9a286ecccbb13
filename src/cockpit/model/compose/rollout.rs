//! Forms of the rollout: moving a stage, what it has shown, the way back.

use super::{
    super::{
        form::{Meaning, Name, Purpose},
        question::Way,
    },
    FilledForm, Wrong,
};
use chrono::{DateTime, Utc};
use gonogo_domain::{Command, Launch, StageAct, StageId, Str};

/// The command of a form of the rollout.
pub(super) fn compose(
    filled: &FilledForm<'_>,
    purpose: Purpose,
    launch: &Launch,
    now: DateTime<Utc>,
) -> Result<Command, Wrong> {
    Ok(match purpose {
        Purpose::Stage(stage) => {
            let step = match filled.meaning(&Name::Step) {
                Some(Meaning::Step(step)) => *step,
                Some(Meaning::CloseAnyway) => {
                    let (step, note) = (StageAct::Closed, filled.some(&Name::Note));
                    return Ok(Command::Stage { stage, step, note, overrides: true });
                }
                _ => return Err((filled.place(&Name::Step), "pick a step".to_owned())),
            };
            let overrides =
                step == StageAct::Started && filled.0.fields.iter().any(|it| it.name == Name::Override);
            Command::Stage { stage, step, note: filled.some(&Name::Note), overrides }
        }
        Purpose::Criterion(stage) => {
            let criterion = match filled.meaning(&Name::Criterion) {
                Some(Meaning::Criterion(text)) => text.clone(),
                _ => return Err((filled.place(&Name::Criterion), "pick a criterion".to_owned())),
            };
            let holds = filled.meaning(&Name::Word) == Some(&Meaning::Go(true));
            Command::JudgeCriterion { stage, criterion, holds, note: filled.some(&Name::Note) }
        }
        Purpose::Results(stage) => {
            let mut answers = filled.answers();
            answers.retain(|_, answer| !answer.is_empty());
            Command::AnswerStage { stage, answers }
        }
        Purpose::StartRollback => Command::StartRollback { reason: filled.text(&Name::Reason) },
        Purpose::DoStep(step) => Command::DoStep { step: Some(step), note: filled.some(&Name::Note) },
        Purpose::SkipStep(step) => Command::SkipStep { step: Some(step), reason: filled.text(&Name::Reason) },
        Purpose::EndRollback => match filled.meaning(&Name::Result) {
            Some(Meaning::Result(result)) => {
                Command::EndRollback { result: *result, reason: filled.text(&Name::Reason) }
            }
            _ => return Err((filled.place(&Name::Result), "pick a result".to_owned())),
        },
        Purpose::Breach(stage, guardrail) => return breach(filled, (stage, guardrail), launch, now),
        Purpose::AcceptNoMore(stage, guardrail) => {
            Command::EndAcceptance { stage, guardrail, reason: filled.text(&Name::Reason) }
        }
        // Every other form is read where it belongs.
        _ => return Err((0, "this is no form of the rollout".to_owned())),
    })
}

/// What is answered to a breach.
fn breach(
    filled: &FilledForm<'_>,
    (stage, guardrail): (StageId, Str),
    launch: &Launch,
    now: DateTime<Utc>,
) -> Result<Command, Wrong> {
    let reason = filled.text(&Name::Reason);
    Ok(match filled.meaning(&Name::Way) {
        Some(Meaning::Way(Way::Hold)) => {
            Command::Stage { stage, step: StageAct::Held, note: Some(reason), overrides: false }
        }
        Some(Meaning::Way(Way::RollBack)) => Command::StartRollback { reason },
        Some(Meaning::Way(Way::Accept)) => {
            let until = filled.moment(&Name::Until, launch, now)?;
            let missing = || (filled.place(&Name::Until), "say until when: 2h, 18:00, T+4h".to_owned());
            Command::AcceptBreach { stage, guardrail, reason, until: until.ok_or_else(missing)? }
        }
        _ => return Err((filled.place(&Name::Way), "pick an answer".to_owned())),
    })
}
