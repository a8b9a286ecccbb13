//! `gonogo sign`.

use super::{Exit, options::SignArgs, output::print, runtime};
use crate::{
    app::{self, AppError, SignRequest},
    domain::{Command, GateId, Party, Str},
    text::clean,
};

/// Says go or no-go, and answers once the journal has it.
pub(super) fn run(args: SignArgs) -> Result<Exit, AppError> {
    let gate = GateId::from(args.gate.as_str());
    let note = args.note.as_deref().map(Str::from);
    let command = if args.withdraw {
        Command::Withdraw { gate, reason: note.unwrap_or_else(|| "".into()) }
    } else {
        let answers = args.answers.iter().map(|it| (it.name.clone(), it.value.clone())).collect();
        Command::SignOff { gate, go: args.go, role: args.role.as_deref().map(Party::from), note, answers }
    };
    let opened = app::open(crate::cli::options::LaunchArgs::from(args.launch).into())?;
    let request = SignRequest { command, on_behalf: args.on_behalf };
    let signed = runtime()?.block_on(app::sign(&opened, request))?;
    let text = format!(
        "recorded: {} as entry {} by {}; head {}\n",
        clean(&args.gate),
        signed.seq,
        clean(&signed.by),
        signed.head
    );
    Ok(print(&text, Exit::Go))
}
