//! `gonogo review`, `gonogo close` and `gonogo reopen`: the day after.

use super::{
    Exit,
    decide::moment,
    options::{ActArgs, CloseArgs, LaunchArgs, ReopenArgs, ReviewArgs, ReviewVerb},
    output::{print, print_exactly, write_page},
    sign::{act, recorded},
    why,
};
use gonogo_app::{self as app, ActPlanner, AppError, PlannedActs, Situation};
use gonogo_domain::{CloseWish, Command, ReviewStep, Str};
use gonogo_report::review_page;
use gonogo_text::clean;

/// Writes the page, or adds to it.
pub(super) fn run(args: ReviewArgs) -> Result<Exit, AppError> {
    let Some(verb) = args.verb else { return write(args) };
    let text = |text: &str| Str::from(text);
    match verb {
        ReviewVerb::Learn { text: what, act } => {
            record(act, move |_| Ok(ReviewStep::Learned { text: text(&what) }))
        }
        ReviewVerb::FollowUp { text: what, owner, due, act } => record(act, move |now| {
            let due = due.as_deref().map(|due| moment(now, due)).transpose()?;
            Ok(ReviewStep::FollowUp { text: text(&what), owner: owner.as_deref().map(Into::into), due })
        }),
        ReviewVerb::Assign { number, owner, due, act } => record(act, move |now| {
            let due = due.as_deref().map(|due| moment(now, due)).transpose()?;
            Ok(ReviewStep::Assigned { number, owner: owner.as_str().into(), due })
        }),
        ReviewVerb::Done { number, note, act } => {
            record(act, move |_| Ok(ReviewStep::Done { number, note: note.as_deref().map(text) }))
        }
        ReviewVerb::Drop { number, reason, act } => {
            record(act, move |_| Ok(ReviewStep::Dropped { number, reason: text(&reason) }))
        }
    }
}

fn record(
    args: ActArgs,
    step: impl FnOnce(&Situation<'_>) -> Result<ReviewStep, AppError> + Send + 'static,
) -> Result<Exit, AppError> {
    let rehearsal = args.launch.rehearse;
    let plan: ActPlanner =
        Box::new(move |now| step(now).map(|step| PlannedActs::new(vec![Command::Review { step }])));
    act(args, plan, |signed| print(&recorded(signed, rehearsal), Exit::Go))
}

fn write(args: ReviewArgs) -> Result<Exit, AppError> {
    let rehearsal = args.launch.rehearse;
    let opened = why::open(args.launch)?;
    let record = app::afterwards(&opened)?;
    let told = why::reported(&opened, args.wait_for.timeout)?;
    let page = review_page(&record.page(&told, rehearsal));
    let exit = why::told(&told);
    if args.output == "-" {
        return Ok(print_exactly(&page, exit));
    }
    write_page(&args.output, &page)?;
    Ok(exit)
}

/// Closes the launch. What its record comes to is kept with it.
pub(super) fn close(args: CloseArgs) -> Result<Exit, AppError> {
    let rehearsal = args.act.launch.rehearse;
    let launch = LaunchArgs::from(args.act.launch.clone());
    let figures = app::figures(&app::open(launch.into())?).map(Box::new);
    let (reason, unfinished): (Str, _) = (args.reason.as_str().into(), args.unfinished);
    let plan: ActPlanner = Box::new(move |now| {
        let command = vec![Command::Close { wish: CloseWish::Close { reason, unfinished, figures } }];
        if !unfinished {
            return Ok(PlannedActs::confirmed(command));
        }
        let open = now.board.unfinished(now.launch);
        let open: Vec<_> = open.iter().map(|it| clean(it).into_owned()).collect();
        let what = format!(
            "it is not finished ({}): closing it anyway is recorded under your name",
            open.join("; ")
        );
        Ok(PlannedActs::asking(command, what, "UNFINISHED"))
    });
    act(args.act, plan, |signed| print(&recorded(signed, rehearsal), Exit::Go))
}

/// Opens a closed launch again.
pub(super) fn reopen(args: ReopenArgs) -> Result<Exit, AppError> {
    let rehearsal = args.act.launch.rehearse;
    let reason = args.reason.as_str().into();
    let plan: ActPlanner =
        Box::new(move |_| Ok(PlannedActs::new(vec![Command::Close { wish: CloseWish::Reopen { reason } }])));
    act(args.act, plan, |signed| print(&recorded(signed, rehearsal), Exit::Go))
}
