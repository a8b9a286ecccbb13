//! `gonogo sign`, and what every act of a person has in common.

use super::{
    Exit,
    confirm::asking,
    options::{ActArgs, ActVerb, SignArgs},
    output::{print, say},
    runtime,
    unused::refuse,
};
use clap::Subcommand as _;
use gonogo_app::{self as app, ActPlanner, AppError, PlannedActs, SignRequest, Signed, named_gate};
use gonogo_domain::{Command, Party, Str};
use gonogo_text::clean;

/// Says go or no-go, and answers once the journal has it.
pub(super) fn run(args: SignArgs) -> Result<Exit, AppError> {
    let note = args.note.as_deref().map(Str::from);
    let taken_back = [
        ("--answer", args.withdraw && !args.answers.is_empty()),
        ("--role", args.withdraw && args.role.is_some()),
    ];
    refuse("--withdraw takes back your answers in every role, and records none", &taken_back)?;
    let answers = args.answers.iter().map(|it| (it.name.clone(), it.value.clone())).collect();
    let role = args.role.as_deref().map(Party::from);
    let (go, withdraw, named) = (args.go, args.withdraw, args.gate);
    let plan: ActPlanner = Box::new(move |now| {
        let gate = named_gate(now.launch, &named)?;
        let command = if withdraw {
            Command::Withdraw { gate: gate.clone(), reason: note.unwrap_or_else(|| "".into()) }
        } else {
            Command::SignOff { gate: gate.clone(), go, role, note, answers }
        };
        if go && now.launch.gate(&gate).is_some_and(|gate| gate.point_of_no_return) {
            let what = format!("{} is a point of no return", clean(gate.as_str()));
            return Ok(PlannedActs::asking(vec![command], what, gate.as_str()));
        }
        Ok(PlannedActs::new(vec![command]))
    });
    let rehearsal = args.act.launch.rehearse;
    act(args.act, plan, |signed| print(&recorded(signed, rehearsal), Exit::Go))
}

/// Records what the plan makes of the launch as it stands, and prints it; with `--preview` it only prints what would
/// become of the board.
pub(super) fn act(
    args: ActArgs,
    plan: ActPlanner,
    tell: impl FnOnce(&Signed) -> Exit,
) -> Result<Exit, AppError> {
    let opened = app::open(super::options::LaunchArgs::from(args.launch).into())?;
    let runtime = runtime()?;
    if args.preview {
        let preview = runtime.block_on(app::preview(&opened, plan, args.on_behalf.as_deref()))?;
        return Ok(print(
            &format!("preview only, nothing is recorded: {}\n", clean(&preview.describe())),
            Exit::Go,
        ));
    }
    let (confirm, waiting) = (asking(args.yes_i_know), Box::new(say));
    let request = SignRequest { plan, on_behalf: args.on_behalf, confirm, waiting };
    runtime.block_on(app::sign(&opened, request)).map(|signed| tell(&signed))
}

/// After what may go on to a server: the acts that the user's settings allow.
pub(super) fn offer(signed: &Signed, rehearsal: bool) {
    // The others write at other words.
    let acts = signed.writes.iter().filter(|it| ActVerb::has_subcommand(it));
    let acts: Vec<String> = acts.map(|it| format!("gonogo act {it}")).collect();
    if acts.is_empty() || rehearsal {
        return;
    }
    say(&format!("GitHub does not know about it yet; your settings allow: {}", clean(&acts.join(", "))));
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
