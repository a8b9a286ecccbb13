//! `gonogo incident`: opens, leads, closes and shows one.

use chrono::{DateTime, Utc};

use super::{
    Exit,
    options::{ActArgs, IncidentArgs, IncidentFormat, IncidentVerb, OpenArgs, RolloutArg},
    output::{print, print_json},
    sign::{act, recorded},
    unused::refuse,
    why,
};
use gonogo_app::{self as app, ActPlanner, AppError, PlannedActs, Situation};
use gonogo_domain::{Command, IncidentStep, Opening, Party, Str};
use gonogo_report::{incident_json, incident_record, incident_text};

/// Runs one of its verbs.
pub(super) fn run(args: IncidentArgs) -> Result<Exit, AppError> {
    let text = |text: &str| Str::from(text);
    match args.verb {
        IncidentVerb::Open(args) => {
            let own = args.act.clone();
            record(own, Box::new(move |now| Ok(IncidentStep::Opened(opening(&args, now)?))))
        }
        IncidentVerb::Log { text: line, decision, act } => {
            say(act, IncidentStep::Logged { text: text(&line), decision })
        }
        IncidentVerb::Update { text: told, act } => say(act, IncidentStep::Updated { text: text(&told) }),
        IncidentVerb::Role { role, who, act } => {
            say(act, IncidentStep::Role { role: role.into(), party: who.as_str().into() })
        }
        IncidentVerb::Severity { level, reason, act } => {
            say(act, IncidentStep::Severity { level, reason: text(&reason) })
        }
        IncidentVerb::Rollout { word, reason, act } => {
            let goes_on = word == RolloutArg::GoesOn;
            say(act, IncidentStep::Rollout { goes_on, reason: text(&reason) })
        }
        IncidentVerb::Mitigated { note, act } => {
            say(act, IncidentStep::Mitigated { note: note.as_deref().map(text) })
        }
        IncidentVerb::Resolved { note, act } => {
            say(act, IncidentStep::Resolved { note: note.as_deref().map(text) })
        }
        IncidentVerb::Reopen { reason, act } => say(act, IncidentStep::Reopened { reason: text(&reason) }),
        IncidentVerb::Close { follow_up, began, act } => record(
            act,
            Box::new(move |now| {
                let began = began.as_deref().map(|it| past(now, it)).transpose()?;
                Ok(IncidentStep::Closed { began, follow_up: follow_up.iter().map(|it| text(it)).collect() })
            }),
        ),
        IncidentVerb::Show { number, launch, format, wait_for } => {
            show(number, launch, format, wait_for.timeout)
        }
    }
}

fn show(
    number: Option<u32>,
    launch: super::options::LaunchArgs,
    format: IncidentFormat,
    timeout: std::time::Duration,
) -> Result<Exit, AppError> {
    let rehearsal = launch.rehearse;
    let opened = why::open(launch)?;
    refuse(
        "the record of an incident is Markdown",
        &[("--number", number.is_some() && format == IncidentFormat::Json)],
    )?;
    if format == IncidentFormat::Markdown || number.is_some() {
        let (history, head) = app::recorded_history(&opened)?;
        let page = incident_record(&history, number, &head, rehearsal);
        let page = page.ok_or_else(|| AppError::input("there is no such incident in this launch"))?;
        return Ok(print(&page, Exit::Go));
    }
    let checked = why::ask(&opened, timeout)?;
    let (exit, board) = (why::exit(&checked), &checked.board);
    let running = board.incident.as_ref().filter(|it| it.is_running());
    let draft = running.map(|it| it.draft(board.evaluated_at, &opened.loaded.launch));
    Ok(match format {
        IncidentFormat::Json => print_json(&incident_json(board, draft.as_deref()), exit),
        _ => print(&incident_text(board, draft.as_deref()), exit),
    })
}

/// What is known when it is opened.
fn opening(args: &OpenArgs, now: &Situation<'_>) -> Result<Opening, AppError> {
    let party = |name: &Option<String>| name.as_deref().map(Party::from);
    let at = |text: &Option<String>| text.as_deref().map(|text| past(now, text)).transpose();
    let reason = args.reason.as_deref().map(Str::from);
    Ok(Opening {
        title: args.title.as_str().into(),
        severity: args.severity,
        began: at(&args.began)?,
        detected: at(&args.detected)?,
        lead: party(&args.lead),
        comms: party(&args.comms),
        scribe: party(&args.scribe),
        link: args.link.as_deref().map(Str::from),
        goes_on: reason.filter(|_| args.rollout == RolloutArg::GoesOn),
    })
}

/// A moment that is over.
fn past(now: &Situation<'_>, text: &str) -> Result<DateTime<Utc>, AppError> {
    now.launch.schedule.typed_past(text, now.now.wall).map_err(AppError::input)
}

/// Works out the new entry from the current state.
type IncidentPlanner = Box<dyn FnOnce(&Situation<'_>) -> Result<IncidentStep, AppError> + Send>;

fn say(args: ActArgs, step: IncidentStep) -> Result<Exit, AppError> {
    record(args, Box::new(move |_| Ok(step)))
}

/// Records it, and shows where the incident is then.
fn record(args: ActArgs, says: IncidentPlanner) -> Result<Exit, AppError> {
    let rehearsal = args.launch.rehearse;
    let plan: ActPlanner = Box::new(move |now| {
        let step = says(now)?;
        let open = now.board.incident.as_ref().map(|it| it.number);
        let incident = open.filter(|_| !matches!(step, IncidentStep::Opened(_)));
        Ok(PlannedActs::new(vec![Command::Incident { incident, step }]))
    });
    act(args, plan, |signed| {
        print(&format!("{}{}", recorded(signed, rehearsal), incident_text(&signed.board, None)), Exit::Go)
    })
}
