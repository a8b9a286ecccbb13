//! The newest incident on the board, and what it does to the word: while it goes on, nothing is GO and no stage starts,
//! unless somebody with the right says that the rollout goes on (V22).

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{
    super::{
        Cause, History, IncidentPhase, IncidentRecord, IncidentStanding, IncidentState, Launch, LineKind,
        Lowering, Party, StageStatus, UpdateDue, format,
    },
    eval_context::EvalContext,
};

/// How often stakeholders get an update, if the launch does not say.
const UPDATE_EVERY: Duration = Duration::from_secs(15 * 60);

/// The newest incident with where it stands; `None`: there was none.
pub(crate) fn newest<'a>(
    launch: &Launch,
    history: &'a History,
) -> Option<(&'a IncidentRecord, IncidentStanding)> {
    history.last_incident().map(|record| (record, record.standing(Some(launch))))
}

/// The incident that the rollout waits for, by its number.
pub(crate) fn holding(launch: &Launch, history: &History) -> Option<u32> {
    newest(launch, history).filter(|(_, standing)| standing.holds()).map(|(record, _)| record.number)
}

/// Who may resolve and close it, change its severity, and say that the rollout goes on.
pub(crate) fn who(launch: &Launch, lead: Option<&Party>) -> Vec<Party> {
    let call = launch.roll_call.iter().map(|plan| &plan.final_call);
    let advance = launch.rollout.iter().flat_map(|rollout| &rollout.advance_by);
    let mut who: Vec<Party> = Vec::new();
    for party in lead.into_iter().chain(call).chain(advance) {
        if !who.contains(party) {
            who.push(party.clone());
        }
    }
    who
}

/// See the module.
pub(super) fn state(frame: &EvalContext<'_>) -> Option<IncidentState> {
    let (record, standing) = newest(frame.launch, frame.history)?;
    let log = record.timeline(frame.history);
    let update = standing.phase.goes_on().then(|| {
        let last = standing.told.as_ref().map_or(record.voice.at, |told| told.voice.at);
        let every = frame.launch.comms.update_every.unwrap_or(UPDATE_EVERY);
        let at = format::later(last, every);
        UpdateDue { every, at, overdue: at <= frame.now.wall }
    });
    let times = record.with_deeds(frame.history, standing.times);
    let mut state = IncidentState {
        number: record.number,
        title: record.opening.title.clone(),
        severity: standing.severity,
        phase: standing.phase,
        opened: record.voice.clone(),
        who: who(frame.launch, Some(&standing.lead)),
        holds: standing.holds(),
        lead: standing.lead,
        comms: standing.comms,
        scribe: standing.scribe,
        link: record.opening.link.clone(),
        times,
        goes_on: standing.goes_on,
        update,
        told: standing.told,
        known: "".into(),
        log,
        follow_up: standing.follow_up,
    };
    state.known = known(frame, &state).into();
    Some(state)
}

/// What is known, in sentences.
fn known(frame: &EvalContext<'_>, state: &IncidentState) -> String {
    let at = |moment: DateTime<Utc>| frame.moment(moment);
    let since = state.times.began.unwrap_or(state.times.detected);
    let mut said = vec![format!("{}, {}, since {}.", state.severity, state.title, at(since))];
    said.extend(match (state.phase, state.times.mitigated, state.times.resolved) {
        (IncidentPhase::Mitigated, Some(since), _) => Some(format!("Mitigated since {}.", at(since))),
        (IncidentPhase::Resolved | IncidentPhase::Closed, _, Some(since)) => {
            Some(format!("Resolved since {}.", at(since)))
        }
        _ => None,
    });
    let decided = state.log.iter().rev().find(|line| line.kind == LineKind::Decision);
    said.push(match decided {
        Some(line) => format!("Decided last, at {}: {}.", at(line.voice.at), line.text.trim_end_matches('.')),
        None => "Nothing is decided yet.".to_owned(),
    });
    said.extend(out(frame));
    said.extend(rollback(frame, since));
    if state.is_running() {
        said.push(if state.holds { "The rollout waits." } else { "The rollout goes on." }.to_owned());
    }
    said.join(" ")
}

/// Who has the release.
fn out(frame: &EvalContext<'_>) -> Option<String> {
    let stages = frame.launch.rollout.iter().flat_map(|rollout| &rollout.stages);
    let (stage, run) = stages.zip(&frame.stages).filter(|(_, run)| run.status.is_current()).last()?;
    let held = if run.status == StageStatus::Held { ", held" } else { "" };
    Some(format!("The release is out to {} (stage {}{held}).", stage.audience.label(), stage.id))
}

/// Where the way back is. What was over before it began is another story.
fn rollback(frame: &EvalContext<'_>, began: DateTime<Utc>) -> Option<String> {
    match (frame.history.open_rollback(), frame.history.rollbacks.last()) {
        (Some(run), _) => Some(format!("The rollback runs since {}.", frame.moment(run.voice.at))),
        (None, Some(run)) if run.ended.as_ref().is_some_and(|end| end.voice.at >= began) => {
            let end = run.ended.as_ref()?;
            Some(format!("{} at {}.", end.result.word(), frame.moment(end.voice.at)))
        }
        (None, _) => frame.launch.rollback.as_ref().map(|_| "No rollback was started.".to_owned()),
    }
}

/// While it holds, nothing is GO.
pub(super) fn lowered(frame: &EvalContext<'_>) -> Option<Lowering> {
    let state = frame.incident.as_ref().filter(|it| it.holds)?;
    let late = if state.update.is_some_and(|it| it.overdue) { ", an update is OVERDUE" } else { "" };
    let (name, phase) = (state.name(), state.phase.word());
    let since = frame.moment(state.times.opened);
    let reason = format!(
        "{name} holds the rollout: {phase}, opened {since}, led by {}{late}: \"{}\"",
        state.lead, state.title
    );
    let (next, who) = (state.next(), state.who.clone());
    Some(Lowering { next, who, ..Lowering::to_hold(Cause::Incident, reason) })
}

/// The moment at which it changes unaided: an update becomes overdue.
pub(super) fn changes(frame: &EvalContext<'_>) -> Option<DateTime<Utc>> {
    frame.incident.as_ref()?.update.map(|it| it.at)
}
