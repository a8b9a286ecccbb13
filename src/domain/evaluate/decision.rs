//! What becomes of the newest decision: a GO pins its commit (V8), a hold ends, an override stays one (V12).

use chrono::{DateTime, Utc};

use super::{
    super::{
        BoardWord, ChecklistId, Decision, DecisionRecord, DecisionState, GateId, GateState, Launch, Score,
        Str, words,
    },
    fold,
    frame::Frame,
};

/// The newest decision, if there is one. `gates` are those of the whole launch.
pub(super) fn state(frame: &Frame<'_>, gates: &[GateState]) -> Option<DecisionState> {
    let record = frame.history.decision()?;
    let void = void(frame, record);
    let waits_for = match &record.decision {
        Decision::Hold { until_true, .. } if void.is_none() => {
            until_true.iter().filter(|what| !is_true(gates, what)).cloned().collect()
        }
        _ => Vec::new(),
    };
    Some(DecisionState { stands: void.is_none(), void, waits_for, ..record.as_made() })
}

/// Why a decision does not stand now; `None`: it does.
pub(super) fn void(frame: &Frame<'_>, record: &DecisionRecord) -> Option<Str> {
    if let Some(why) = &frame.history.broken {
        return Some(words::untrusted(why).into());
    }
    if !frame.is_known(&record.actor) {
        return Some("the name was only claimed, and this launch asks for checked ones".into());
    }
    match &record.decision {
        Decision::Go => moved(frame, record),
        Decision::Hold { .. } if !frame.history.is_held(frame.latest) => Some("the hold is over".into()),
        Decision::Hold { .. } | Decision::NoGo { .. } | Decision::Scrub { .. } => None,
    }
}

fn moved(frame: &Frame<'_>, record: &DecisionRecord) -> Option<Str> {
    let target = frame.own_target();
    match (&record.commit, &target.current, target.last) {
        (None, ..) => Some("it names no commit".into()),
        (Some(about), _, Some(last)) if about != last => {
            Some(format!("it was for commit {}, the target is {}", about.short(), last.short()).into())
        }
        (Some(_), Ok(_), _) => None,
        (Some(_), Err((_, why)), _) => Some(why.as_str().into()),
    }
}

/// When the standing decision was made, if it is a GO that satisfies `decision/go`: an override does not.
pub(super) fn go_since(frame: &Frame<'_>) -> Option<DateTime<Utc>> {
    let record = frame.history.decision()?;
    let go = record.decision == Decision::Go && !record.overrides && void(frame, record).is_none();
    go.then_some(record.at)
}

/// What is said of the decision without changing anything.
pub(super) fn remarks(launch: &Launch, state: Option<&DecisionState>, remarks: &mut Vec<Str>) {
    let Some(state) = state else { return };
    if let (Decision::Go, Some(why)) = (&state.decision, &state.void) {
        remarks.push(format!("the decision {} does not stand: {why}", state.label()).into());
    }
    if matches!(state.decision, Decision::Hold { .. }) && state.stands && state.waits_for.is_empty() {
        remarks.push("all that the hold waits for is true: end it with gonogo decide --resume".into());
    }
    if let Decision::Scrub { t0 } = state.decision
        && t0 != launch.schedule.t0
    {
        let said = words::moment(t0, launch.schedule.zone);
        remarks.push(format!("T-0 was moved to {said}: times here are still those of the old one").into());
    }
}

/// Whether a hold's condition holds: a gate, or `checklist/ID`.
pub(super) fn is_true(gates: &[GateState], what: &str) -> bool {
    let Some(list) = what.strip_prefix("checklist/") else {
        let id = GateId::from(what);
        return gates.iter().any(|gate| gate.id == id && gate.verdict.satisfies());
    };
    let inside = gates.iter().filter(|gate| gate.id.checklist() == list);
    let Score { go, no_go, pending, unknown, .. } = fold::score(inside);
    go > 0 && no_go + pending + unknown == 0
}

/// Whether the launch knows what a hold is to wait for.
pub(in crate::domain) fn is_known(launch: &Launch, what: &str) -> bool {
    match what.strip_prefix("checklist/") {
        Some(list) => launch.derived.checklists.contains_key(&ChecklistId::from(list)),
        None => launch.gate(&GateId::from(what)).is_some(),
    }
}

/// Who overrode the board, while that stands (V12).
pub(super) fn overridden(state: Option<&DecisionState>) -> Option<Str> {
    state.and_then(DecisionState::overridden)
}

/// Why the stages after the pilots may not start, as far as decisions go. A launch that plans a poll goes out by
/// a decision only; one without is asked for no decision.
pub(in crate::domain) fn stops_stages(
    launch: &Launch,
    state: Option<&DecisionState>,
    word: BoardWord,
) -> Option<Str> {
    let overridden = state.is_some_and(|it| it.overrides && it.stands);
    if word != BoardWord::Go && !overridden {
        return Some(format!("the board to be GO; it is {word}").into());
    }
    match state {
        None if launch.roll_call.is_some() => Some("the GO decision".into()),
        None => None,
        Some(state) => match (&state.decision, &state.void) {
            (Decision::Go, None) => None,
            (Decision::Go, Some(why)) => Some(format!("a new GO decision: {why}").into()),
            (Decision::Hold { .. }, None) => Some("the HOLD decision to end".into()),
            // A hold that is over leaves things as they were before it: undecided, where a poll is planned.
            (Decision::Hold { .. }, Some(_)) if launch.roll_call.is_none() => None,
            (Decision::Hold { .. }, Some(_)) => Some("the GO decision after the hold".into()),
            (decision, _) => Some(format!("another decision than {}", decision.word()).into()),
        },
    }
}
