//! `gonogo stage`.

use super::{
    Exit,
    options::StageArgs,
    output::print,
    sign::{act, recorded},
};
use gonogo_app::{AppError, Plan, Planned};
use gonogo_domain::{Command, StageAct, StageId};
use gonogo_text::clean;

/// Moves a stage of the rollout. What moves is what people did: nothing is done to the outside.
pub(super) fn run(args: StageArgs) -> Result<Exit, AppError> {
    let rehearsal = args.act.launch.rehearse;
    let (stage, step) = (StageId::from(args.stage.as_str()), step(&args));
    let overrides = args.overrides;
    let note = args.note.as_deref().map(Into::into);
    let plan: Plan = Box::new(move |now| {
        let last = now.launch.stage(&stage).is_some_and(|(_, stage)| stage.point_of_no_return);
        let command = vec![Command::Stage { stage: stage.clone(), step, note, overrides }];
        let ahead = step == StageAct::Started;
        let shown = clean(stage.as_str()).into_owned();
        Ok(match (overrides, ahead && last) {
            (false, false) => Planned::new(command),
            (false, true) => {
                let what = format!("after stage {shown} there is no way back");
                Planned::asking(command, what, stage.to_string())
            }
            (true, last) => {
                let early = now.board.stage(&stage).map(|it| it.early.join(", ")).unwrap_or_default();
                let back = if last { ", and there is no way back after it" } else { "" };
                let what = format!(
                    "stage {shown} waits for {}: starting it is an OVERRIDE, recorded under your name{back}",
                    clean(&early)
                );
                let word = if last { format!("OVERRIDE {stage}") } else { "OVERRIDE".to_owned() };
                Planned::asking(command, what, word)
            }
        })
    });
    act(args.act, plan, |signed| print(&recorded(signed, rehearsal), Exit::Go))
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
