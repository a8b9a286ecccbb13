//! `gonogo sign`, and what every act of a person has in common.

use super::{
    Exit,
    confirm::confirm,
    options::{ActArgs, SignArgs},
    output::print,
    runtime,
};
use crate::{
    app::{self, AppError, Plan, Planned, SignRequest, Signed},
    domain::{Command, GateId, Party, Str},
    text::clean,
};

/// Says go or no-go, and answers once the journal has it.
pub(super) fn run(args: SignArgs) -> Result<Exit, AppError> {
    let gate = GateId::from(args.gate.as_str());
    let note = args.note.as_deref().map(Str::from);
    let command = if args.withdraw {
        Command::Withdraw { gate: gate.clone(), reason: note.unwrap_or_else(|| "".into()) }
    } else {
        let answers = args.answers.iter().map(|it| (it.name.clone(), it.value.clone())).collect();
        let role = args.role.as_deref().map(Party::from);
        Command::SignOff { gate: gate.clone(), go: args.go, role, note, answers }
    };
    let (go, word) = (args.go, args.act.yes_i_know.clone());
    let plan: Plan = Box::new(move |now| {
        if go && now.launch.gate(&gate).is_some_and(|gate| gate.point_of_no_return) {
            confirm(
                &format!("{} is a point of no return", clean(gate.as_str())),
                gate.as_str(),
                word.as_deref(),
            )?;
            return Ok(Planned::confirmed(vec![command]));
        }
        Ok(Planned::new(vec![command]))
    });
    let rehearsal = args.act.launch.rehearse;
    record(args.act, plan).map(|signed| print(&recorded(&signed, rehearsal), Exit::Go))
}

/// Records what the plan makes of the launch as it stands.
pub(super) fn record(act: ActArgs, plan: Plan) -> Result<Signed, AppError> {
    let opened = app::open(super::options::LaunchArgs::from(act.launch).into())?;
    let request = SignRequest { plan, on_behalf: act.on_behalf };
    runtime()?.block_on(app::sign(&opened, request))
}

/// What was recorded, one line for each act; a rehearsal says so in each.
pub(super) fn recorded(signed: &Signed, rehearsal: bool) -> String {
    let mark = if rehearsal { "REHEARSAL, " } else { "" };
    let recorder = signed.recorder.as_ref().map(|it| format!(", written down by {}", clean(it)));
    let recorder = recorder.unwrap_or_default();
    let mut text = String::new();
    for (head, said) in &signed.done {
        let (said, by) = (clean(said), clean(&signed.by));
        text.push_str(&format!(
            "{mark}recorded: {said} as entry {} by {by}{recorder}; head {head}\n",
            head.seq
        ));
    }
    text
}
