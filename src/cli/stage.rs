//! `gonogo stage`.

use super::{
    Exit,
    options::StageArgs,
    output::print,
    sign::{act, recorded},
};
use crate::{
    app::{AppError, Plan, Planned},
    domain::{Command, StageAct, StageId},
    text::clean,
};

/// Moves a stage of the rollout. What moves is what people did: nothing is done to the outside.
pub(super) fn run(args: StageArgs) -> Result<Exit, AppError> {
    let rehearsal = args.act.launch.rehearse;
    let (stage, step) = (StageId::from(args.stage.as_str()), step(&args));
    let note = args.note.as_deref().map(Into::into);
    let plan: Plan = Box::new(move |now| {
        let last = now.launch.stage(&stage).is_some_and(|(_, stage)| stage.point_of_no_return);
        if step == StageAct::Started && last {
            let what = format!("after stage {} there is no way back", clean(stage.as_str()));
            let word = stage.as_str().to_owned();
            return Ok(Planned::asking(vec![Command::Stage { stage, step, note }], what, word));
        }
        Ok(Planned::new(vec![Command::Stage { stage, step, note }]))
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
