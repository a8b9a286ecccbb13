//! `gonogo risk`: states, settles and lists the risks of a launch.

use super::{
    Exit,
    decide::moment,
    options::{ActArgs, OutputFormat, RiskAcceptArgs, RiskAddArgs, RiskArgs, RiskVerb},
    output::{print, print_json},
    sign::{act, recorded},
    why,
};
use gonogo_app::{ActPlanner, AppError, PlannedActs, Situation};
use gonogo_domain::{Command, RiskFigures, RiskStep, Str};
use gonogo_report::{risks_json, risks_text};
use gonogo_text::clean;

/// Runs one of its verbs.
pub(super) fn run(args: RiskArgs) -> Result<Exit, AppError> {
    let text = |text: &str| Str::from(text);
    match args.verb {
        RiskVerb::Add(args) => add(args),
        RiskVerb::Accept(args) => accept(args),
        RiskVerb::Mitigate { id, note, act } => say(act, &id, RiskStep::Mitigated { note: text(&note) }),
        RiskVerb::Close { id, reason, act } => say(act, &id, RiskStep::Closed { reason: text(&reason) }),
        RiskVerb::Reopen { id, reason, act } => say(act, &id, RiskStep::Reopened { reason: text(&reason) }),
        RiskVerb::List { launch, answer } => {
            let checked = why::ask(&why::open(launch)?, answer.wait_for.timeout)?;
            let exit = why::exit(&checked);
            Ok(match answer.format {
                OutputFormat::Text => print(&risks_text(&checked.board), exit),
                OutputFormat::Json => print_json(&risks_json(&checked.board), exit),
            })
        }
    }
}

fn add(args: RiskAddArgs) -> Result<Exit, AppError> {
    let own = args.act.clone();
    let step = move |now: &Situation<'_>| {
        let known = now.board.risks.iter().any(|it| *it.id == *args.id);
        match (known, args.change) {
            (true, false) => Err(AppError::input(format!(
                "there is already a risk {}: --change updates it",
                clean(&args.id)
            ))),
            (false, true) => Err(AppError::input(format!("there is no risk {} to change", clean(&args.id)))),
            _ => Ok((args.id.as_str().into(), RiskStep::Stated(figures(&args)))),
        }
    };
    record(own, Box::new(step))
}

fn figures(args: &RiskAddArgs) -> RiskFigures {
    RiskFigures {
        what: args.title.as_str().into(),
        severity: args.severity,
        likelihood: args.likelihood,
        users: args.users,
        workaround: RiskFigures::way_around(&args.workaround),
        owner: args.owner.as_str().into(),
        gate: args.gate.as_deref().map(Into::into),
    }
}

/// What is accepted is the risk as it stands on the board of now.
fn accept(args: RiskAcceptArgs) -> Result<Exit, AppError> {
    let own = args.act.clone();
    let step = move |now: &Situation<'_>| {
        let found = now.board.risks.iter().find(|it| *it.id == *args.id);
        let of = found.map(|it| it.figures.digest());
        let of = of.ok_or_else(|| {
            AppError::input(format!("there is no risk {}: gonogo risk list shows them all", clean(&args.id)))
        })?;
        let until = args.until.as_ref().or(args.lasts.as_ref()).map(String::as_str).unwrap_or_default();
        let until = moment(now, until)?;
        let reason = args.reason.as_str().into();
        Ok((args.id.as_str().into(), RiskStep::Accepted { of, reason, until }))
    };
    record(own, Box::new(step))
}

/// Works out the new entry from the current one.
type RiskPlanner = Box<dyn FnOnce(&Situation<'_>) -> Result<(Str, RiskStep), AppError> + Send>;

fn say(args: ActArgs, id: &str, step: RiskStep) -> Result<Exit, AppError> {
    let id = Str::from(id);
    record(args, Box::new(move |_| Ok((id, step))))
}

/// Records it, and shows the risks that there are then.
fn record(args: ActArgs, says: RiskPlanner) -> Result<Exit, AppError> {
    let rehearsal = args.launch.rehearse;
    let plan: ActPlanner = Box::new(move |now| {
        let (risk, step) = says(now)?;
        Ok(PlannedActs::confirmed(vec![Command::Risk { risk, step }]))
    });
    act(args, plan, |signed| {
        print(&format!("{}{}", recorded(signed, rehearsal), risks_text(&signed.board)), Exit::Go)
    })
}
