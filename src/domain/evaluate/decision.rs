//! What becomes of the newest decision: a GO pins its commit (V8), a hold ends, an override stays one (V12), and what
//! stops lowers the board (V15).

use chrono::{DateTime, Utc};

use super::{
    super::{
        BoardWord, Cause, ChecklistId, Decision, DecisionRecord, DecisionState, GateId, GateState, Launch,
        Lowering, Score, Str, lowering, words,
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
    if let Some(why) = record.spoken().doubt(frame.launch) {
        return Some(why);
    }
    match &record.decision {
        Decision::Go { .. } => moved(frame, record),
        Decision::Hold { .. } if is_over(frame, record) => Some("the hold is over".into()),
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

/// How decisions keep the board from GO (V15). A HOLD, NO-GO or SCRUB lowers it while it stands, and after it only a GO
/// that stands makes GO again: neither one for another commit nor an override does. A name that was only claimed where
/// checked ones are asked for neither ends a stop nor is it passed over when it calls one.
pub(super) fn lowers(frame: &Frame<'_>) -> Vec<Lowering> {
    let mut all = Vec::new();
    if frame.history.broken.is_some() {
        return all;
    }
    let mut later: Option<&DecisionRecord> = None;
    for record in frame.history.decisions.iter().rev() {
        let claimed = record.spoken().doubt(frame.launch).is_some();
        match (&record.decision, void(frame, record)) {
            (Decision::Go { .. }, None) if !record.overrides => break,
            (Decision::Go { .. }, _) => later = later.or(Some(record)),
            // One of them is enough, so that a long list of claims costs nothing.
            (_, Some(why)) if claimed && all.is_empty() => all.push(called(frame, record, &why)),
            _ if claimed => {}
            (_, _) => {
                all.push(stop(frame, record, later));
                break;
            }
        }
    }
    all
}

/// A HOLD, NO-GO or SCRUB, and the GO since that stands no more or is an override.
fn stop(frame: &Frame<'_>, record: &DecisionRecord, later: Option<&DecisionRecord>) -> Lowering {
    let launch = frame.launch;
    let by = Lowering::by(&record.as_made(), launch);
    match (later, by) {
        (None, Some(by)) if !is_over(frame, record) => by,
        (None, _) => called(frame, record, "the hold is over"),
        (Some(go), _) if go.overrides => called(frame, record, "an OVERRIDE is no GO"),
        (Some(go), _) => {
            let why = void(frame, go).unwrap_or_default();
            called(frame, record, &format!("the GO since does not stand: {why}"))
        }
    }
}

/// Only a new final call makes GO again after this one.
fn called(frame: &Frame<'_>, record: &DecisionRecord, why: &str) -> Lowering {
    let said = lowering::said(&record.as_made(), frame.launch.schedule.zone);
    let reason = format!("after the {said} only a new final call makes GO: {why}");
    Lowering::until_called(frame.launch, Cause::NewCall, reason)
}

/// A hold that somebody or its own time has ended.
fn is_over(frame: &Frame<'_>, record: &DecisionRecord) -> bool {
    matches!(record.decision, Decision::Hold { .. }) && !frame.history.is_held(frame.latest)
}

/// When the standing decision was made, if it is a GO that satisfies `decision/go`: an override does not.
pub(super) fn go_since(frame: &Frame<'_>) -> Option<DateTime<Utc>> {
    let record = frame.history.decision()?;
    let go = record.decision.is_go() && !record.overrides && void(frame, record).is_none();
    go.then_some(record.at)
}

/// What is said of the decision without changing anything.
pub(super) fn remarks(launch: &Launch, state: Option<&DecisionState>, remarks: &mut Vec<Str>) {
    let Some(state) = state else { return };
    if let (Decision::Go { .. }, Some(why)) = (&state.decision, &state.void) {
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
            (Decision::Go { .. }, None) => None,
            (Decision::Go { .. }, Some(why)) => Some(format!("a new GO decision: {why}").into()),
            (Decision::Hold { .. }, None) => Some("the HOLD decision to end".into()),
            (Decision::Hold { .. }, Some(_)) => Some("the GO decision after the hold".into()),
            (decision, _) => Some(format!("another decision than {}", decision.word()).into()),
        },
    }
}
