//! `gonogo waive`.

use super::{
    Exit,
    decide::moment,
    options::WaiveArgs,
    output::print,
    sign::{act, recorded},
};
use gonogo_app::{ActPlanner, AppError, PlannedActs, Situation, named_gate};
use gonogo_domain::{Command, Str, WaiverRisk};

/// Records an exception, or ends one.
pub(super) fn run(args: WaiveArgs) -> Result<Exit, AppError> {
    let (own, rehearsal) = (args.act.clone(), args.act.launch.rehearse);
    let plan: ActPlanner =
        Box::new(move |now| command(&args, now).map(|command| PlannedActs::new(vec![command])));
    act(own, plan, |signed| print(&recorded(signed, rehearsal), Exit::Go))
}

fn command(args: &WaiveArgs, now: &Situation<'_>) -> Result<Command, AppError> {
    let (gate, reason): (_, Str) = (named_gate(now.launch, &args.gate)?, args.reason.as_str().into());
    if args.end {
        return Ok(Command::EndWaiver { gate, reason });
    }
    let until = args.until.as_ref().or(args.lasts.as_ref()).map(String::as_str).unwrap_or_default();
    let until = moment(now, until)?;
    let text = |it: &Option<String>| it.as_deref().map(Str::from);
    let risk = WaiverRisk {
        what: text(&args.risk).unwrap_or_default(),
        severity: args.severity,
        likelihood: args.likelihood,
        users: text(&args.users),
        workaround: text(&args.workaround),
    };
    let conditions = args.conditions.iter().map(|it| it.as_str().into()).collect();
    Ok(Command::Waive { gate, reason, risk, until, conditions })
}
