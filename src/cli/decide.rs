//! `gonogo decide`.

use chrono::{DateTime, Utc};

use super::{
    Exit,
    confirm::confirm,
    options::DecideArgs,
    output::{print, say, write_page},
    sign::{record, recorded},
};
use crate::{
    app::{AppError, Plan, Planned, Signed, Situation},
    domain::{Command, Decision, Str},
    report::{Record, decision_record, minutes},
};

/// Makes the final call, and writes it down for readers. It is no verdict: it ends with 0 when it is recorded.
pub(super) fn run(args: DecideArgs) -> Result<Exit, AppError> {
    let rehearsal = args.act.launch.rehearse;
    let (to_minutes, to_record) = (args.minutes.clone(), args.decision_record.clone());
    let act = args.act.clone();
    let plan: Plan = Box::new(move |now| {
        let command = vec![command(&args, now)?];
        Ok(if args.overrides { Planned::confirmed(command) } else { Planned::new(command) })
    });
    let signed = record(act, plan)?;
    let page = Record { board: &signed.board, history: &signed.history, head: &signed.head, rehearsal };
    let mut pages = Vec::new();
    pages.extend(to_minutes.map(|to| (to, minutes(&page))));
    pages.extend(to_record.zip(decision_record(&page)));
    Ok(write(&signed, rehearsal, &pages))
}

fn command(args: &DecideArgs, now: &Situation<'_>) -> Result<Command, AppError> {
    let reason: Str = args.reason.as_str().into();
    if args.resume {
        return Ok(Command::EndHold { reason });
    }
    let decision = decision(args, now)?;
    if args.overrides {
        let what =
            format!("the board is {}: deciding GO is an OVERRIDE, recorded under your name", now.board.word);
        confirm(&what, "OVERRIDE", args.act.yes_i_know.as_deref())?;
    }
    Ok(Command::Decide { decision, reason, overrides: args.overrides, seen: Some(now.board.seen) })
}

fn decision(args: &DecideArgs, now: &Situation<'_>) -> Result<Decision, AppError> {
    let some = |text: &Option<String>| text.as_deref().map(|text| moment(now, text)).transpose();
    Ok(if args.go {
        Decision::GO
    } else if args.no_go {
        Decision::NoGo { option: args.option.as_deref().map(Str::from), new_date: some(&args.new_date)? }
    } else if let Some(t0) = &args.scrub {
        Decision::Scrub { t0: moment(now, t0)? }
    } else {
        let until_true = args.until_true.iter().map(|it| it.as_str().into()).collect();
        Decision::Hold { until: some(&args.until)?, until_true }
    })
}

/// A moment, as forms of the cockpit take it.
///
/// # Errors
/// It is none.
pub(super) fn moment(now: &Situation<'_>, text: &str) -> Result<DateTime<Utc>, AppError> {
    now.launch.schedule.typed(text, now.now.wall).map_err(AppError::input)
}

/// Standard output holds one thing: the pages if they go there, else what was recorded. A page that can not be
/// written does not undo the decision, and is no success.
fn write(signed: &Signed, rehearsal: bool, pages: &[(String, String)]) -> Exit {
    let text = recorded(signed, rehearsal);
    let to_stdout: String = pages.iter().filter(|(to, _)| to == "-").map(|(_, page)| page.as_str()).collect();
    let mut exit = if to_stdout.is_empty() {
        print(&text, Exit::Go)
    } else {
        say(&text);
        print(&to_stdout, Exit::Go)
    };
    for (to, page) in pages.iter().filter(|(to, _)| to != "-") {
        if let Err(error) = write_page(to, page) {
            say(&format!("it is recorded, but not written down: {error}"));
            exit = Exit::Internal;
        }
    }
    exit
}
