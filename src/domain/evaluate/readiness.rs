//! What the words of the readiness review come to. Nothing here goes into a verdict, a word or a count.

use chrono::{DateTime, Utc};

use super::{
    super::{
        Board, ConfirmStep, Confirmation, Gate, GateState, PlanStanding, PlanState, Schedule, Str, format,
        readiness::{planned_due, without_holds},
    },
    eval_context::EvalContext,
};

/// Takes the newest word on each gate that is shown into the board, in the order of the launch, and beside the steps of
/// the path; what was taken back is left out.
pub(super) fn take_in(frame: &EvalContext<'_>, board: &mut Board) {
    if frame.history.confirmations.is_empty() {
        return;
    }
    let planned = without_holds(frame.launch);
    let word = |state: &GateState| {
        let word = frame.history.confirmations.get(&state.id)?.last()?;
        one(frame, (frame.launch.gate(&state.id)?, state), word, &planned)
    };
    let words: Vec<_> = board.gates.iter().filter_map(word).collect();
    for step in &mut board.path.steps {
        let word = step.gate().and_then(|gate| words.iter().find(|it| it.gate == *gate));
        step.warning = word.and_then(|it| it.warning.clone());
    }
    let now = frame.now.wall;
    let promised = words.iter().filter(|it| it.standing == PlanStanding::NewDate).filter_map(|it| it.by);
    let next = promised.filter(|at| *at > now).min();
    board.changes_at = format::earlier(board.changes_at, next);
    board.readiness = words;
}

fn one(
    frame: &EvalContext<'_>,
    (gate, state): (&Gate, &GateState),
    word: &Confirmation,
    planned: &Schedule,
) -> Option<PlanState> {
    let (standing, by, link, said) = match &word.step {
        ConfirmStep::Confirmed { link, note } => (PlanStanding::Confirmed, None, link.clone(), note.clone()),
        ConfirmStep::NewDate { by, reason, link } => {
            (PlanStanding::NewDate, Some(*by), link.clone(), Some(reason.clone()))
        }
        ConfirmStep::AtRisk { reason } => (PlanStanding::AtRisk, None, None, Some(reason.clone())),
        ConfirmStep::TakenBack { .. } => return None,
    };
    let void = void(frame, gate, word, planned);
    let standing = if void.is_some() { PlanStanding::Void } else { standing };
    let mut it = PlanState {
        gate: gate.id.clone(),
        standing,
        voice: word.voice.clone(),
        link,
        by,
        said,
        void,
        warning: None,
    };
    it.warning = warning(frame, &it).filter(|_| state.verdict.blocks());
    Some(it)
}

/// Why an entry no longer counts: it was about another text or another date. A reported risk counts from anybody.
fn void(frame: &EvalContext<'_>, gate: &Gate, word: &Confirmation, planned: &Schedule) -> Option<Str> {
    if let Some(why) = &frame.history.broken {
        return Some(why.to_string().into());
    }
    let promises = !matches!(word.step, ConfirmStep::AtRisk { .. });
    if let Some(why) = word.voice.spoken().doubt(frame.launch).filter(|_| promises) {
        return Some(why);
    }
    if word.digest != gate.digest {
        return Some("the gate's text has changed since".into());
    }
    let due = planned_due(gate, planned);
    if word.due == due {
        return None;
    }
    let said = |at: Option<DateTime<Utc>>| at.map_or_else(|| "at no date".into(), |at| frame.moment(at));
    Some(format!("it was due {} then, and is due {} now", said(word.due), said(due)).into())
}

/// What everybody should know of it: `at risk, says mo: the vendor is late`.
fn warning(frame: &EvalContext<'_>, it: &PlanState) -> Option<Str> {
    let by = it.voice.spoken().named();
    let why = it.said.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let what = match (it.standing, it.by) {
        (PlanStanding::AtRisk, _) => "at risk".to_owned(),
        (PlanStanding::NewDate, Some(date)) if date > frame.launch.schedule.t_zero() => {
            format!("promised for {}, after T-0", frame.moment(date))
        }
        (PlanStanding::NewDate, Some(date)) if date <= frame.now.wall => {
            format!("open, and was promised for {}", frame.moment(date))
        }
        _ => return None,
    };
    Some(format!("{what}, says {by}{why}").into())
}
