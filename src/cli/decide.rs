//! `gonogo decide`.

use chrono::{DateTime, Utc};

use super::{
    Exit,
    options::DecideArgs,
    output::{print, say, write_page},
    sign::{act, offer, recorded},
};
use gonogo_app::{ActPlanner, AppError, PlannedActs, Signed, Situation};
use gonogo_domain::{
    Command, Condition, Considered, DecidedRisk, Decision, DecisionTerms, RiskState, RollCallState, Str,
};
use gonogo_report::{MinutesInput, decision_record, minutes};
use gonogo_text::clean;

/// Makes the final call, and writes it down for readers. It is no verdict: it ends with 0 when it is recorded.
pub(super) fn run(args: DecideArgs) -> Result<Exit, AppError> {
    fits(&args)?;
    let rehearsal = args.act.launch.rehearse;
    let (to_minutes, to_record) = (args.minutes.clone(), args.decision_record.clone());
    let own = args.act.clone();
    let plan: ActPlanner = Box::new(move |now| planned(&args, now));
    act(own, plan, |signed| {
        let page =
            MinutesInput { board: &signed.board, history: &signed.history, head: &signed.head, rehearsal };
        let mut pages = Vec::new();
        pages.extend(to_minutes.map(|to| (to, minutes(&page))));
        pages.extend(to_record.zip(decision_record(&page)));
        write(signed, rehearsal, &pages)
    })
}

/// A flag that belongs to another decision is an error: whoever gives one expects that it is recorded.
fn fits(args: &DecideArgs) -> Result<(), AppError> {
    let belongs = [
        ("--option", args.option.is_some(), args.go || args.no_go, "--go and --no-go"),
        ("--new-date", args.new_date.is_some(), args.no_go, "--no-go"),
        ("--until", args.until.is_some(), args.hold, "--hold"),
        ("--until-true", !args.until_true.is_empty(), args.hold, "--hold"),
        ("--override", args.overrides, args.go, "--go"),
        ("--condition", !args.conditions.is_empty(), args.go || args.no_go, "--go and --no-go"),
        (
            "--review",
            args.review.is_some(),
            args.go || args.hold || args.scrub.is_some(),
            "--go, --hold and --scrub",
        ),
    ];
    match belongs.into_iter().find(|(_, given, fits, _)| *given && !fits) {
        Some((flag, _, _, with)) => Err(AppError::input(format!("{flag} belongs to {with}; leave it out"))),
        None => Ok(()),
    }
}

/// A GO against the board, or over a station's no-go, asks for the word that it is called by.
fn planned(args: &DecideArgs, now: &Situation<'_>) -> Result<PlannedActs, AppError> {
    let reason: Str = args.reason.as_str().into();
    if args.resume {
        return Ok(PlannedActs::new(vec![Command::EndHold { reason }]));
    }
    let decision = decision(args, now)?;
    let mut told = Vec::new();
    if args.overrides {
        told.push(format!(
            "the board is {}: deciding GO is an OVERRIDE, recorded under your name",
            now.board.evidence
        ));
    }
    let mut over = Vec::new();
    for station in now.board.roll_call.iter().flat_map(RollCallState::against).filter(|_| args.go) {
        let why = station.note.as_ref().map(|note| format!(": {}", clean(note))).unwrap_or_default();
        told.push(format!("{} said NO-GO{why}", clean(station.role.as_str())));
        over.push(station.role.clone());
    }
    let asking = now.board.risks.iter().filter(|it| it.asks() && args.go);
    let risks: Vec<DecidedRisk> = asking.clone().map(RiskState::decided).collect();
    told.extend(asking.map(|it| {
        clean(&format!("risk {} asks: {}: {}", it.id, it.figures.said(), it.figures.what)).into_owned()
    }));
    let terms = DecisionTerms { risks, ..terms(args, now)? };
    let word = decision.label(args.overrides, &over);
    let (overrides, seen) = (args.overrides, Some(now.board.seen));
    let command = vec![Command::Decide { decision, reason, overrides, over, seen, terms }];
    Ok(if told.is_empty() {
        PlannedActs::new(command)
    } else {
        PlannedActs::asking(command, told.join("; "), word)
    })
}

fn decision(args: &DecideArgs, now: &Situation<'_>) -> Result<Decision, AppError> {
    let some = |text: &Option<String>| text.as_deref().map(|text| moment(now, text)).transpose();
    Ok(if args.go {
        Decision::Go { option: args.option.as_deref().map(Str::from) }
    } else if args.no_go {
        Decision::NoGo { option: args.option.as_deref().map(Str::from), new_date: some(&args.new_date)? }
    } else if let Some(t0) = &args.scrub {
        Decision::Scrub { t0: moment(now, t0)? }
    } else {
        let until_true = args.until_true.iter().map(|it| it.as_str().into()).collect();
        Decision::Hold { until: some(&args.until)?, until_true }
    })
}

/// What goes with it beside its word.
fn terms(args: &DecideArgs, now: &Situation<'_>) -> Result<DecisionTerms, AppError> {
    let considered = args.considered.iter().map(|it| Considered::parse(it));
    let condition = |it: &String| Condition::parse(it, now.launch, now.now.wall);
    Ok(DecisionTerms {
        considered: considered.collect::<Result<_, _>>().map_err(AppError::input)?,
        conditions: args
            .conditions
            .iter()
            .map(condition)
            .collect::<Result<_, _>>()
            .map_err(AppError::input)?,
        replaces: args.replace_conditions,
        review: args.review.as_deref().map(|at| moment(now, at)).transpose()?,
        risks: Vec::new(),
    })
}

/// A moment, as forms of the cockpit take it.
///
/// # Errors
/// It is none.
pub(super) fn moment(now: &Situation<'_>, text: &str) -> Result<DateTime<Utc>, AppError> {
    now.launch.schedule.typed(text, now.now.wall).map_err(AppError::input)
}

/// Standard output holds one thing: the pages if they go there, else what was recorded. A page that cannot be
/// written does not undo the decision, and is no success.
fn write(signed: &Signed, rehearsal: bool, pages: &[(String, String)]) -> Exit {
    let text = recorded(signed, rehearsal);
    let to_stdout: String = pages.iter().filter(|(to, _)| to == "-").map(|(_, page)| page.as_str()).collect();
    offer(signed, rehearsal);
    let mut exit = if to_stdout.is_empty() {
        print(&text, Exit::Go)
    } else {
        say(&text);
        print(&to_stdout, Exit::Go)
    };
    for (to, page) in pages.iter().filter(|(to, _)| to != "-") {
        if let Err(error) = write_page(to, page) {
            say(&format!("the decision is recorded, but the page could not be written: {error}"));
            exit = Exit::Internal;
        }
    }
    exit
}
