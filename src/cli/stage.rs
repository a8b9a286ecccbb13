//! `gonogo stage`.

use super::{
    Exit,
    decide::moment,
    options::StageArgs,
    output::print,
    sign::{act, offer, recorded},
    unused::refuse,
};
use gonogo_app::{ActPlanner, AppError, PlannedActs, Situation};
use gonogo_domain::{Command, StageAct, StageId, Str};
use gonogo_text::clean;

/// Moves a stage of the rollout. What moves is what people did: nothing is done to the outside.
pub(super) fn run(args: StageArgs) -> Result<Exit, AppError> {
    let rehearsal = args.act.launch.rehearse;
    let (stage, step) = (StageId::from(args.stage.as_str()), step(&args));
    let overrides = args.overrides;
    let note: Option<Str> = args.note.as_deref().map(Into::into);
    no_note_for_results(&args)?;
    if let Some(command) = word(&args, &stage, note.as_ref()) {
        if overrides {
            return Err(AppError::input("--override belongs to --start and --close; leave it out"));
        }
        let plan: ActPlanner = Box::new(move |_| Ok(PlannedActs::new(vec![command])));
        return act(args.act, plan, |signed| print(&recorded(signed, rehearsal), Exit::Go));
    }
    if let Some(guardrail) = args.accept.clone() {
        let own = args.act.clone();
        let plan: ActPlanner =
            Box::new(move |now| accept(&args, now, guardrail).map(|command| PlannedActs::new(vec![command])));
        return act(own, plan, |signed| print(&recorded(signed, rehearsal), Exit::Go));
    }
    let plan: ActPlanner = Box::new(move |now| {
        let last = now.launch.stage(&stage).is_some_and(|(_, stage)| stage.point_of_no_return);
        let command = vec![Command::Stage { stage: stage.clone(), step, note, overrides }];
        let ahead = step == StageAct::Started;
        let shown = clean(stage.as_str()).into_owned();
        Ok(match (overrides, ahead && last) {
            (false, false) => PlannedActs::new(command),
            (false, true) => {
                let what = format!("there is no way back after stage {shown}");
                PlannedActs::asking(command, what, stage.to_string())
            }
            (true, _) if step == StageAct::Closed => {
                let open = now.board.stage(&stage).map(|it| it.waits_for.join(", ")).unwrap_or_default();
                let what = format!(
                    "stage {shown} waits for {}: closing it is an OVERRIDE, recorded under your name",
                    clean(&open)
                );
                PlannedActs::asking(command, what, "OVERRIDE")
            }
            (true, last) => {
                let early = now.board.stage(&stage).map(|it| it.early.join(", ")).unwrap_or_default();
                let back = if last { ", and there is no way back after it" } else { "" };
                let what = format!(
                    "stage {shown} waits for {}: starting it is an OVERRIDE, recorded under your name{back}",
                    clean(&early)
                );
                let word = if last { format!("OVERRIDE {stage}") } else { "OVERRIDE".to_owned() };
                PlannedActs::asking(command, what, word)
            }
        })
    });
    act(args.act, plan, |signed| {
        offer(signed, rehearsal);
        print(&recorded(signed, rehearsal), Exit::Go)
    })
}

/// The acceptance of a breach, or its end.
fn accept(args: &StageArgs, now: &Situation<'_>, guardrail: String) -> Result<Command, AppError> {
    if args.overrides {
        return Err(AppError::input("--override belongs to --start and --close; leave it out"));
    }
    let (stage, guardrail): (_, Str) = (StageId::from(args.stage.as_str()), guardrail.into());
    let reason: Str = args.note.as_deref().unwrap_or_default().into();
    if args.end {
        return Ok(Command::EndAcceptance { stage, guardrail, reason });
    }
    let until = args.until.as_ref().or(args.lasts.as_ref()).map(String::as_str).unwrap_or_default();
    Ok(Command::AcceptBreach { stage, guardrail, reason, until: moment(now, until)? })
}

/// A result is its answer, and no note goes with it.
fn no_note_for_results(args: &StageArgs) -> Result<(), AppError> {
    let lost = args.note.is_some() && !args.answers.is_empty();
    refuse("--answer records a result, and takes no note", &[("--note", lost)])
}

/// A word on a criterion or on results, if it is one.
fn word(args: &StageArgs, stage: &StageId, note: Option<&Str>) -> Option<Command> {
    let said = args.confirm.as_ref().map(|it| (it, true)).or(args.deny.as_ref().map(|it| (it, false)));
    if let Some((criterion, holds)) = said {
        let (stage, criterion, note) = (stage.clone(), criterion.as_str().into(), note.cloned());
        return Some(Command::JudgeCriterion { stage, criterion, holds, note });
    }
    let answers = args.answers.iter().map(|it| (it.name.clone(), it.value.clone())).collect();
    (!args.answers.is_empty()).then(|| Command::AnswerStage { stage: stage.clone(), answers })
}

fn step(args: &StageArgs) -> StageAct {
    if args.start {
        StageAct::Started
    } else if args.hold {
        StageAct::Held
    } else if args.resume {
        StageAct::Resumed
    } else if args.roll_back {
        StageAct::RolledBack
    } else {
        StageAct::Closed
    }
}
