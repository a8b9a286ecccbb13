//! `gonogo ask`: what to send to those who can act on gates, and that they were asked.

use std::sync::{Arc, OnceLock};

use super::{
    Exit,
    options::AskArgs,
    output::{print, say},
    sign::{act, recorded},
};
use gonogo_app::{ActPlanner, AppError, PlannedActs, named_gate};
use gonogo_domain::{Command, GateId, Str};
use gonogo_text::clean_block;

/// Records that they were asked, and writes what to send.
pub(super) fn run(args: AskArgs) -> Result<Exit, AppError> {
    let rehearsal = args.act.launch.rehearse;
    let note: Option<Str> = args.note.as_deref().map(Str::from);
    let text = Arc::new(OnceLock::new());
    let written = Arc::clone(&text);
    let plan: ActPlanner = Box::new(move |now| {
        let named = args.gates.0.iter().map(|it| named_gate(now.launch, it));
        let gates = named.collect::<Result<Vec<GateId>, AppError>>()?;
        let _ = written.set(now.board.reminders(now.launch, &gates, note.as_deref()));
        let ask = |gate: &GateId| Command::Ask { gate: gate.clone(), note: note.clone() };
        Ok(PlannedActs::new(gates.iter().map(ask).collect()))
    });
    act(args.act, plan, |signed| {
        say(&recorded(signed, rehearsal));
        let text = text.get().map(|text| clean_block(text).into_owned()).unwrap_or_default();
        print(&format!("{text}\n"), Exit::Go)
    })
}
