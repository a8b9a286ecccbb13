//! `gonogo not-needed`.

use super::{
    Exit,
    options::NotNeededArgs,
    output::print,
    sign::{act, recorded},
};
use gonogo_app::{ActPlanner, AppError, PlannedActs, named_gate};
use gonogo_domain::Command;

/// Declares a gate not needed, with a name and a reason.
pub(super) fn run(args: NotNeededArgs) -> Result<Exit, AppError> {
    let rehearsal = args.act.launch.rehearse;
    let end = args.end;
    let plan: ActPlanner = Box::new(move |now| {
        let (gate, reason) = (named_gate(now.launch, &args.gate)?, args.reason.as_str().into());
        let command =
            if end { Command::NeededAgain { gate, reason } } else { Command::NotNeeded { gate, reason } };
        Ok(PlannedActs::new(vec![command]))
    });
    act(args.act, plan, |signed| print(&recorded(signed, rehearsal), Exit::Go))
}
