//! `gonogo not-needed`.

use super::{
    Exit,
    options::NotNeededArgs,
    output::print,
    sign::{act, recorded},
};
use gonogo_app::{ActPlanner, AppError, PlannedActs};
use gonogo_domain::Command;

/// Declares a gate not needed, with a name and a reason.
pub(super) fn run(args: NotNeededArgs) -> Result<Exit, AppError> {
    let rehearsal = args.act.launch.rehearse;
    let end = args.end;
    let (gate, reason) = (args.gate.as_str().into(), args.reason.as_str().into());
    let command =
        if end { Command::NeededAgain { gate, reason } } else { Command::NotNeeded { gate, reason } };
    let plan: ActPlanner = Box::new(|_| Ok(PlannedActs::new(vec![command])));
    act(args.act, plan, |signed| print(&recorded(signed, rehearsal), Exit::Go))
}
