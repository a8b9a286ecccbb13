//! A closed launch takes no new answers (V24); what still prevents closing one.

use super::{
    super::{
        Blocks, Board, Cause, ClosedState, Closing, Gate, GateState, History, IncidentPhase, Kind, Launch,
        Lowering, StageStatus, Str, Verdict, format, terms::CONDITIONS,
    },
    eval_context::EvalContext,
};

/// The closing that stands: the newest one, unless it was opened again by a name that counts. Whoever closes is heard
/// from anybody, as all that stops is.
pub(crate) fn standing<'a>(launch: &Launch, history: &'a History) -> Option<&'a Closing> {
    let newest = history.closings.last()?;
    let reopened = newest.reopened.iter().any(|end| end.spoken().doubt(launch).is_none());
    (!reopened).then_some(newest)
}

/// The closing on the board.
pub(super) fn state(frame: &EvalContext<'_>) -> Option<ClosedState> {
    let it = standing(frame.launch, frame.history).filter(|_| frame.history.broken.is_none())?;
    let (voice, reason, unfinished) = (it.voice.clone(), it.reason.clone(), it.unfinished.clone());
    Some(ClosedState { voice, reason, unfinished })
}

/// How it lowers the board.
pub(super) fn lowered(frame: &EvalContext<'_>) -> Option<Lowering> {
    let it = state(frame)?;
    let (at, by) = (frame.moment(it.voice.at), it.voice.spoken().named());
    let how = if it.unfinished.is_empty() { "closed" } else { "closed UNFINISHED" };
    Some(Lowering::to_hold(Cause::Closed, format!("{how} on {at} by {by}: {}", it.reason)))
}

/// What is unfinished in a launch, a line each: gates that prevent closing it, stages, the rollback, the
/// decision.
pub(crate) fn unfinished(launch: &Launch, board: &Board) -> Vec<Str> {
    let gates = board.gates.iter().filter_map(|state| open_gate(launch, board, state));
    let stages = board.stages.iter().filter_map(|stage| {
        match stage.status {
            StageStatus::Done | StageStatus::NotApplicable => None,
            // Its time is over; what else it must show counts as much as where the next stage waits for it.
            StageStatus::Soaked if stage.waits_for.is_empty() => None,
            StageStatus::Soaked => {
                Some(format!("stage {} waits for {}", stage.id, format::list(&stage.waits_for)).into())
            }
            _ => Some(format!("stage {} is {}", stage.id, stage.status.word()).into()),
        }
    });
    let never = launch.roll_call.is_some() && board.decision.as_ref().is_none_or(|it| !it.decision.is_go());
    let decision = never.then(|| match &board.decision {
        Some(it) => format!("{} was decided, and no GO since", it.label()).into(),
        None => "no GO was decided".into(),
    });
    let stray = board.lowered.iter().filter(|it| it.cause == Cause::StrayStage).map(|it| it.reason.clone());
    let incident = board.incident.iter().filter(|it| it.phase != IncidentPhase::Closed);
    let incident = incident.map(|it| format!("{} is {}", it.name(), it.phase.word()).into());
    gates.chain(stages).chain(stray).chain(decision).chain(incident).collect()
}

/// A gate with `blocks: close` that is not settled. An occurrence that is still to come is not: it does not apply yet.
fn open_gate(launch: &Launch, board: &Board, state: &GateState) -> Option<Str> {
    let gate = launch.gate(&state.id).filter(|gate| stands_in_the_way(gate) && stands_alone(launch, gate))?;
    if gate.excluded.is_some() {
        return None;
    }
    let ahead = gate.counts_from.as_ref().filter(|from| from.at > board.evaluated_at);
    match ahead {
        Some(from) if state.verdict == Verdict::NotApplicable && !is_dropped(state) => {
            let at = format::moment(from.at, launch.schedule.zone);
            Some(format!("{} counts from {at} on", state.id).into())
        }
        _ => state.verdict.blocks().then(|| format!("{} is {}", state.id, state.verdict).into()),
    }
}

/// A condition of a final call does, also where its stage has started without it.
fn stands_in_the_way(gate: &Gate) -> bool {
    gate.blocks == Blocks::Close || gate.checklist.as_str() == CONDITIONS
}

fn is_dropped(state: &GateState) -> bool {
    state.words.iter().any(|word| word.said == super::super::Said::NotNeeded && word.void.is_none())
}

/// Not the sum of what is inside it, and no part of several ways.
fn stands_alone(launch: &Launch, gate: &Gate) -> bool {
    let way = launch.position(&gate.id).is_some_and(|at| launch.derived.in_one_of(launch, at));
    gate.kind != Kind::All && !way
}
