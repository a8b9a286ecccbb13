//! Forms of the rollout: moving a stage, what it has shown, the way back.

use super::{
    super::form::{Meaning, Name, Purpose},
    Filled, Wrong,
};
use gonogo_domain::{Command, StageAct};

/// The command of a form of the rollout.
pub(super) fn compose(filled: &Filled<'_>, purpose: Purpose) -> Result<Command, Wrong> {
    Ok(match purpose {
        Purpose::Stage(stage) => {
            let step = match filled.meaning(&Name::Step) {
                Some(Meaning::Step(step)) => *step,
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
        // Every other form is read where it belongs.
        _ => return Err((0, "this is no form of the rollout".to_owned())),
    })
}
