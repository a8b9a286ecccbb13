//! What anybody whom the launch names may do, checked or not: stop things, and say that something is wrong.
//! Where names must be checked it is recorded as unverified; only a checked word lifts it again.

use super::{
    super::{CloseWish, Decision, RiskStep, StageAct},
    Command,
};

/// Whether an act only ever stops: then nobody has to prove their name first, as on a day when GitHub cannot be asked.
pub(super) fn only_stops(command: &Command) -> bool {
    match command {
        Command::Decide { decision, .. } => {
            matches!(decision, Decision::Hold { .. } | Decision::NoGo { .. })
        }
        Command::Stage { step, .. } => matches!(step, StageAct::Held | StageAct::RolledBack),
        Command::StartRollback { .. }
        | Command::EndWaiver { .. }
        | Command::NeededAgain { .. }
        | Command::EndAcceptance { .. }
        | Command::Close { wish: CloseWish::Close { .. } } => true,
        Command::Incident { step, .. } => !step.takes_a_right(),
        Command::Risk { step, .. } => matches!(step, RiskStep::Stated(_) | RiskStep::Reopened { .. }),
        _ => false,
    }
}
