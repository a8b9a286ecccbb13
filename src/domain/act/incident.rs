//! Acts in an incident: anybody whom the launch names opens one and writes into its log; what lets the rollout go
//! on takes a right (V22).

use chrono::{DateTime, Utc};
use gonogo_text::Link;

use super::{
    super::{
        Act, IncidentPhase, IncidentRecord, IncidentRole, IncidentStanding, IncidentStep, Opening, Party,
        Str,
        evaluate::{eval_context, incident},
        format,
    },
    Refusal,
    rights::{ActContext, maybe_said, said},
};

/// The most things that follow from one incident.
const MOST_FOLLOW_UPS: usize = 20;

/// An act of the incident of this number; `None`: whichever goes on.
pub(super) fn incident(
    ctx: &ActContext<'_>,
    number: Option<u32>,
    step: IncidentStep,
) -> Result<Act, Refusal> {
    named(ctx)?;
    let newest =
        incident::newest(ctx.launch, ctx.history).filter(|(_, it)| it.phase != IncidentPhase::Closed);
    if let IncidentStep::Opened(opening) = step {
        if let Some((record, standing)) = newest {
            return Err(is_open(record, &standing));
        }
        let next = ctx.history.last_incident().map_or(1, |it| it.number.saturating_add(1));
        return Ok(Act::Incident { incident: next, step: IncidentStep::Opened(open(ctx, opening)?) });
    }
    let (record, standing) = newest.ok_or_else(|| {
        Refusal::new("no-incident", "no incident is open")
            .instead("open one: gonogo incident open --severity N --title …")
    })?;
    if let Some(number) = number.filter(|number| *number != record.number) {
        return Err(Refusal::new(
            "other-incident",
            format!("incident {number} is over; now there is incident {}", record.number),
        )
        .instead("look again, then repeat it"));
    }
    let step = checked(ctx, &standing, step)?;
    Ok(Act::Incident { incident: record.number, step })
}

/// Only whom the launch names says anything: a person of it, or a holder of one of its roles.
pub(super) fn named(ctx: &ActContext<'_>) -> Result<(), Refusal> {
    let name = ctx.launch.who(&ctx.context.actor);
    let roles: Vec<Party> = ctx.launch.roles.keys().cloned().collect();
    if ctx.launch.people.contains_key(name) || !ctx.speaks_as(&roles, true).is_empty() {
        return Ok(());
    }
    Err(Refusal::new("not-in-launch", format!("this launch does not name {}", ctx.context.actor.name))
        .instead("give a name that stands in launch.yaml with --as, or add yours there"))
}

fn is_open(record: &IncidentRecord, standing: &IncidentStanding) -> Refusal {
    let number = record.number;
    let refusal =
        Refusal::new("incident-open", format!("incident {number} is {} already", standing.phase.word()));
    refusal.instead(match standing.phase {
        IncidentPhase::Resolved => "close it first; or, if it has come back: gonogo incident reopen REASON",
        _ => "write into its log: gonogo incident log TEXT",
    })
}

fn open(ctx: &ActContext<'_>, opening: Opening) -> Result<Opening, Refusal> {
    for party in opening.lead.iter().chain(&opening.comms).chain(&opening.scribe) {
        known(ctx, party)?;
    }
    let detected = opening.detected.unwrap_or(ctx.context.now.wall);
    not_ahead(ctx, opening.detected, ctx.context.now.wall)?;
    not_ahead(ctx, opening.began, detected)?;
    if opening.goes_on.is_some() {
        may_let_go_on(ctx, None)?;
    }
    Ok(Opening {
        title: said("title", &opening.title)?,
        link: opening.link.map(|link| address(&link)).transpose()?,
        goes_on: opening.goes_on.map(|why| said("reason", &why)).transpose()?,
        ..opening
    })
}

/// The step as it may be recorded.
fn checked(
    ctx: &ActContext<'_>,
    standing: &IncidentStanding,
    step: IncidentStep,
) -> Result<IncidentStep, Refusal> {
    let lead = Some(&standing.lead);
    let leads = |what: &str| ctx.may("may-not-lead", what, &incident::who(ctx.launch, lead));
    Ok(match step {
        IncidentStep::Opened(opening) => IncidentStep::Opened(opening),
        IncidentStep::Logged { text, decision } => {
            IncidentStep::Logged { text: said("line", &text)?, decision }
        }
        IncidentStep::Updated { text } => {
            over(standing, IncidentPhase::goes_on, "asks for no more updates")?;
            IncidentStep::Updated { text: said("update", &text)? }
        }
        IncidentStep::Role { role, party } => {
            leads("give roles in this incident")?;
            known(ctx, &party)?;
            changes(standing.who(role) != Some(&party), || format!("{} is {party}", word(role)))?;
            IncidentStep::Role { role, party }
        }
        IncidentStep::Severity { level, reason } => {
            leads("change its severity")?;
            changes(standing.severity != level, || format!("it is {level}"))?;
            IncidentStep::Severity { level, reason: said("reason", &reason)? }
        }
        IncidentStep::Rollout { goes_on, reason } => {
            over(standing, IncidentPhase::goes_on, "holds no rollout")?;
            if goes_on {
                may_let_go_on(ctx, lead)?;
            }
            let is = standing.goes_on.is_some();
            changes(is != goes_on, || format!("the rollout {}", if is { "goes on" } else { "waits" }))?;
            IncidentStep::Rollout { goes_on, reason: said("reason", &reason)? }
        }
        IncidentStep::Mitigated { note } => {
            over(standing, |phase| phase == IncidentPhase::Open, "is mitigated already")?;
            IncidentStep::Mitigated { note: maybe_said("note", note)? }
        }
        IncidentStep::Resolved { note } => {
            leads("say that it is resolved")?;
            over(standing, IncidentPhase::goes_on, "is resolved already")?;
            IncidentStep::Resolved { note: maybe_said("note", note)? }
        }
        IncidentStep::Reopened { reason } => {
            over(standing, |phase| phase != IncidentPhase::Open, "is open already")?;
            IncidentStep::Reopened { reason: said("reason", &reason)? }
        }
        IncidentStep::Closed { began, follow_up } => {
            leads("close it")?;
            over(standing, |phase| phase == IncidentPhase::Resolved, "is not resolved yet")?;
            not_ahead(ctx, began, standing.times.detected)?;
            IncidentStep::Closed { began, follow_up: follow_ups(&follow_up)? }
        }
    })
}

fn word(role: IncidentRole) -> &'static str {
    role.word()
}

fn may_let_go_on(ctx: &ActContext<'_>, lead: Option<&Party>) -> Result<(), Refusal> {
    let who = incident::who(ctx.launch, lead);
    ctx.may("may-not-lead", "say that the rollout goes on", &who)
}

/// It is where such a word makes sense.
fn over(standing: &IncidentStanding, fits: impl Fn(IncidentPhase) -> bool, why: &str) -> Result<(), Refusal> {
    if fits(standing.phase) {
        return Ok(());
    }
    let word = standing.phase.word();
    Err(Refusal::new("incident-phase", format!("the incident {why}: it is {word}"))
        .instead("see where it is: gonogo incident show"))
}

fn changes(is: bool, what: impl FnOnce() -> String) -> Result<(), Refusal> {
    if is { Ok(()) } else { Err(Refusal::new("nothing-new", format!("{} already", what()))) }
}

/// A person or a role of the launch.
pub(super) fn known(ctx: &ActContext<'_>, party: &Party) -> Result<(), Refusal> {
    if ctx.launch.people.contains_key(party) || ctx.launch.roles.contains_key(party) {
        return Ok(());
    }
    let all: Vec<&Party> = ctx.launch.people.keys().chain(ctx.launch.roles.keys()).collect();
    Err(Refusal::new("unknown-person", format!("`{party}` is no person or role of this launch"))
        .instead(format!("it has {}", format::list(&all))))
}

/// What has happened is not ahead of when it was seen.
fn not_ahead(ctx: &ActContext<'_>, at: Option<DateTime<Utc>>, limit: DateTime<Utc>) -> Result<(), Refusal> {
    let latest = limit.min(eval_context::latest(ctx.history, ctx.context.now.wall));
    let Some(at) = at.filter(|at| *at > latest) else { return Ok(()) };
    let (at, limit) =
        (format::moment(at, ctx.launch.schedule.zone), format::moment(limit, ctx.launch.schedule.zone));
    Err(Refusal::new("in-the-future", format!("{at} is after {limit}")).instead("give the moment it was"))
}

fn address(link: &str) -> Result<Str, Refusal> {
    let parsed = Link::parse(link.trim());
    parsed.map(|link| link.as_str().into()).ok_or_else(|| {
        Refusal::new("no-link", format!("`{link}` is no address that can be opened"))
            .instead("give an http or https address")
    })
}

fn follow_ups(all: &[Str]) -> Result<Vec<Str>, Refusal> {
    if all.len() > MOST_FOLLOW_UPS {
        return Err(Refusal::new("words-too-long", format!("{} things to follow are too many", all.len()))
            .instead(format!("keep to {MOST_FOLLOW_UPS}")));
    }
    all.iter().map(|it| said("follow-up", it)).collect()
}
