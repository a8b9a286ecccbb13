//! `gonogo rollback`: starts, ticks off, ends and shows the way back. Nothing is done to the outside.

use super::{
    Exit,
    options::{ActArgs, OutputFormat, RollbackArgs, RollbackVerb},
    output::{print, print_json},
    sign::{act, recorded},
    why,
};
use gonogo_app::{ActPlanner, AppError, PlannedActs};
use gonogo_domain::{Command, Str};
use gonogo_report::{rollback_json, rollback_text};

/// Runs one of its verbs.
pub(super) fn run(args: RollbackArgs) -> Result<Exit, AppError> {
    let text = |text: &str| Str::from(text);
    match args.verb {
        RollbackVerb::Start { reason, act } => record(act, Command::StartRollback { reason: text(&reason) }),
        RollbackVerb::Done { step, note, act } => {
            let (step, note) = (step.as_deref().map(text), note.as_deref().map(text));
            record(act, Command::DoStep { step, note })
        }
        RollbackVerb::Skip { step, reason, act } => {
            let (step, reason) = (step.as_deref().map(text), text(&reason));
            record(act, Command::SkipStep { step, reason })
        }
        RollbackVerb::End { result, reason, act } => {
            record(act, Command::EndRollback { result: result.into(), reason: text(&reason) })
        }
        RollbackVerb::Show { launch, answer } => {
            let checked = why::ask(&why::open(launch)?, answer.wait_for.timeout)?;
            let exit = why::exit(&checked);
            Ok(match answer.format {
                OutputFormat::Text => print(&rollback_text(&checked.board), exit),
                OutputFormat::Json => print_json(&rollback_json(&checked.board), exit),
            })
        }
    }
}

/// Records it, and shows where the rollback is then.
fn record(args: ActArgs, command: Command) -> Result<Exit, AppError> {
    let rehearsal = args.launch.rehearse;
    let plan: ActPlanner = Box::new(move |_| Ok(PlannedActs::new(vec![command])));
    act(args, plan, |signed| {
        print(&format!("{}{}", recorded(signed, rehearsal), rollback_text(&signed.board)), Exit::Go)
    })
}
