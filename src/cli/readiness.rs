//! `gonogo confirm` and `gonogo readiness`: the review before launch day.

use super::{
    Exit,
    decide::moment,
    options::{ConfirmArgs, PageFormat, ReadinessArgs},
    output::{print, print_json},
    sign::{act, recorded},
    why,
};
use gonogo_app::{self as app, ActPlanner, AppError, PlannedActs, Situation, named_gate};
use gonogo_domain::{Command, ConfirmStep, Readiness, Str};
use gonogo_report::{ReadinessPage, readiness_json, readiness_markdown, readiness_text};

/// Records what an owner says of an item.
pub(super) fn confirm(args: ConfirmArgs) -> Result<Exit, AppError> {
    let (own, rehearsal) = (args.act.clone(), args.act.launch.rehearse);
    let plan: ActPlanner = Box::new(move |now| {
        let gate = named_gate(now.launch, &args.gate)?;
        step(&args, now).map(|step| PlannedActs::new(vec![Command::Confirm { gate, step }]))
    });
    act(own, plan, |signed| print(&recorded(signed, rehearsal), Exit::Go))
}

fn step(args: &ConfirmArgs, now: &Situation<'_>) -> Result<ConfirmStep, AppError> {
    let text = |it: &Option<String>| it.as_deref().map(Str::from);
    let reason = text(&args.reason).unwrap_or_default();
    let link = text(&args.link);
    if let Some(why) = &args.at_risk {
        return Ok(ConfirmStep::AtRisk { reason: why.as_str().into() });
    }
    if args.take_back {
        return Ok(ConfirmStep::TakenBack { reason });
    }
    if let Some(by) = &args.by {
        return Ok(ConfirmStep::NewDate { by: moment(now, by)?, reason, link });
    }
    if args.reason.is_some() {
        return Err(AppError::input(
            "--reason belongs to --by and --take-back; --note is for your own words",
        ));
    }
    Ok(ConfirmStep::Confirmed { link, note: text(&args.note) })
}

/// Lists the items with what was recorded about them, and how ready the launch was each day.
pub(super) fn list(args: ReadinessArgs) -> Result<Exit, AppError> {
    let opened = why::open(args.launch)?;
    let told = why::reported(&opened, args.wait_for.timeout)?;
    let exit = why::told(&told);
    let days = app::readiness_days(&opened);
    let review = Readiness::of(&told.launch, &told.board);
    let page = ReadinessPage { board: &told.board, review: &review, days: &days, only_open: args.open };
    Ok(match args.format {
        PageFormat::Text => print(&readiness_text(&page), exit),
        PageFormat::Json => print_json(&readiness_json(&page), exit),
        PageFormat::Markdown => print(&readiness_markdown(&page), exit),
    })
}
