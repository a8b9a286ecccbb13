//! What becomes of the newest decision: a GO pins its commit (V8), a hold ends, an override stays one (V12), and what
//! stops lowers the board (V15).

use chrono::{DateTime, Utc};

use super::{
    super::{
        Board, BoardWord, Cause, ChecklistId, Decision, DecisionRecord, DecisionState, GateId, GateState,
        History, Launch, Lowering, Oid, RollCallState, RollbackEnd, Score, Stage, StageAct, StageId,
        StageRecord, Str, format, lowering,
    },
    eval_context::EvalContext,
    fold, rollback,
};

/// The newest decision, if there is one. `gates` are those of the whole launch.
pub(super) fn state(frame: &EvalContext<'_>, gates: &[GateState]) -> Option<DecisionState> {
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
pub(super) fn void(frame: &EvalContext<'_>, record: &DecisionRecord) -> Option<Str> {
    void_by_itself(frame, record).or_else(|| {
        let undone = record.decision.is_go().then(|| rollback::undone(frame, record.seq)).flatten();
        undone.map(Str::from)
    })
}

/// The same, whatever was rolled back since.
fn void_by_itself(frame: &EvalContext<'_>, record: &DecisionRecord) -> Option<Str> {
    if let Some(why) = &frame.history.broken {
        return Some(why.to_string().into());
    }
    if let Some(why) = record.doubt(frame.launch) {
        return Some(why);
    }
    match &record.decision {
        Decision::Go { .. } => moved(frame, record),
        Decision::Hold { .. } if is_over(frame, record) => Some("the hold is over".into()),
        Decision::Hold { .. } | Decision::NoGo { .. } | Decision::Scrub { .. } => None,
    }
}

fn moved(frame: &EvalContext<'_>, record: &DecisionRecord) -> Option<Str> {
    let target = frame.own_target();
    frame.launch.target.as_ref()?;
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
pub(super) fn lowers(frame: &EvalContext<'_>) -> Vec<Lowering> {
    let mut all: Vec<Lowering> = Vec::new();
    if frame.history.broken.is_some() {
        return all;
    }
    let mut later: Option<&DecisionRecord> = None;
    for record in frame.history.decisions.iter().rev() {
        let claimed = record.spoken().doubt(frame.launch).is_some();
        match (&record.decision, void_by_itself(frame, record)) {
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
fn stop(frame: &EvalContext<'_>, record: &DecisionRecord, later: Option<&DecisionRecord>) -> Lowering {
    let launch = frame.launch;
    let by = Lowering::by(&record.as_made(), launch);
    match (later, by) {
        (None, Some(by)) if !is_over(frame, record) => by,
        (None, _) => called(frame, record, "the hold is over"),
        (Some(go), _) if go.overrides => called(frame, record, "an OVERRIDE is no GO"),
        (Some(go), _) if is_unseen(frame, go) => unseen(frame, record, go),
        (Some(go), _) => {
            let why = void(frame, go).unwrap_or_default();
            called(frame, record, &format!("the GO since does not stand: {why}"))
        }
    }
}

/// Whether it stands for all that is known, only the commit cannot be looked at now.
pub(super) fn is_unseen(frame: &EvalContext<'_>, go: &DecisionRecord) -> bool {
    let target = frame.own_target();
    let same = target.last.is_none() || target.last == go.commit.as_ref();
    go.commit.is_some() && target.current.is_err() && same && go.doubt(frame.launch).is_none()
}

/// A GO ended this stop, and whether it is for the commit of now nobody knows: nobody has to decide anything for that.
fn unseen(frame: &EvalContext<'_>, record: &DecisionRecord, go: &DecisionRecord) -> Lowering {
    let (zone, at) = (frame.launch.schedule.zone, frame.moment(go.at));
    let said = lowering::said(&record.as_made(), zone);
    let reason =
        format!("whether the GO of {at}, which ended the {said}, is for the commit of now is not known");
    Lowering {
        next: "wait until the commit is known again".into(),
        ..Lowering::to_hold(Cause::TargetUnknown, reason)
    }
}

/// Only a new final call makes GO again after this one.
fn called(frame: &EvalContext<'_>, record: &DecisionRecord, why: &str) -> Lowering {
    let said = lowering::said(&record.as_made(), frame.launch.schedule.zone);
    let reason = format!("after the {said} only a new final call makes GO: {why}");
    Lowering::until_called(frame.launch, Cause::NewCall, reason)
}

/// A hold that somebody or its own time has ended.
fn is_over(frame: &EvalContext<'_>, record: &DecisionRecord) -> bool {
    matches!(record.decision, Decision::Hold { .. }) && record.ended(frame.latest).is_some()
}

/// When the standing decision was made, if it is a GO that satisfies `decision/go`: an override does not.
pub(super) fn go_since(frame: &EvalContext<'_>) -> Option<DateTime<Utc>> {
    let record = frame.history.decision()?;
    let go = record.decision.is_go() && !record.overrides && void(frame, record).is_none();
    go.then_some(record.at)
}

/// The stations that say no-go in the round that goes on: the board is by the evidence alone until the final call.
fn against(poll: &RollCallState) -> Option<Str> {
    let against: Vec<_> = poll.against().map(|it| &it.role).collect();
    let (round, call) = (poll.round, &poll.final_call);
    let said =
        || format!("roll call {round}: NO-GO from {}; {call} makes the final call", format::list(&against));
    (!against.is_empty()).then(|| said().into())
}

/// Remarks about the decision that change nothing.
pub(super) fn remarks(frame: &EvalContext<'_>, board: &Board, remarks: &mut Vec<Str>) {
    remarks.extend(frame.history.moved_conditions(frame.launch));
    remarks.extend(board.roll_call.as_ref().filter(|poll| poll.open).and_then(against));
    let Some(state) = &board.decision else { return };
    if let (Decision::Go { .. }, Some(why)) = (&state.decision, &state.void) {
        let goes_on = going_since(frame.launch, frame.history).is_some() && !board.stages.is_empty();
        let goes_on = state.commit.as_ref().filter(|_| goes_on);
        let goes_on = goes_on.map(|oid| format!("; the stages go on with {}", oid.short()));
        let goes_on = goes_on.unwrap_or_default();
        remarks.push(format!("the decision {} does not stand: {why}{goes_on}", state.label()).into());
    }
    let guarded = board
        .lowered
        .iter()
        .any(|it| matches!(it.cause, Cause::Guardrail | Cause::Drift | Cause::StrayStage | Cause::Incident));
    if let Some(why) =
        board.evidence_reason().filter(|_| !guarded).filter(|_| state.is_go() && !board.stages.is_empty())
    {
        let at = frame.moment(state.at);
        remarks.push(
            format!("since GO was decided at {at}: {why}; it stops no stage: call a HOLD if it should")
                .into(),
        );
    }
    if let Some(at) = state.terms.review.filter(|at| *at <= frame.now.wall) {
        let (label, due) = (state.label(), frame.moment(at));
        remarks.push(format!("the review of {label} is due since {due}: make a new final call").into());
    }
    let waited = matches!(&state.decision, Decision::Hold { until_true, .. } if !until_true.is_empty());
    if waited && state.stands && state.waits_for.is_empty() {
        remarks.push(
            "all that the hold waits for is true: end it with gonogo decide --resume --reason …".into(),
        );
    }
}

/// When the newest decision is to be looked at again.
pub(super) fn changes(frame: &EvalContext<'_>) -> Option<DateTime<Utc>> {
    frame.history.decision()?.terms.review
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
pub(crate) fn is_known(launch: &Launch, what: &str) -> bool {
    match what.strip_prefix("checklist/") {
        Some(list) => launch.derived.checklists.contains_key(&ChecklistId::from(list)),
        None => launch.gate(&GateId::from(what)).is_some(),
    }
}

/// Who overrode the board, while that stands (V12).
pub(super) fn overridden(state: Option<&DecisionState>) -> Option<Str> {
    state.and_then(DecisionState::overridden)
}

/// Since when it is decided that the stages after the pilots go out, as far as that is so. The proof is frozen with the
/// decision: evidence that ages and a ref that moves on change nothing about it. Where no poll is planned, the first of
/// these stages that started on a GO board is the decision.
pub(crate) fn going_since(launch: &Launch, history: &History) -> Option<DateTime<Utc>> {
    if history.broken.is_some() {
        return None;
    }
    if let Some(record) = history.decision() {
        let go = record.decision.is_go() && record.doubt(launch).is_none();
        return (go && !rollback::is_undone(history, record.seq)).then_some(record.at);
    }
    first_start(launch, history).map(|record| record.at)
}

/// Where no poll is planned, the first stage after the pilots that started on a GO board.
fn first_start<'a>(launch: &Launch, history: &'a History) -> Option<&'a StageRecord> {
    let stages = launch.rollout.as_ref().filter(|_| launch.roll_call.is_none())?.stages.iter();
    let records = stages.filter(|stage| !stage.pilot).filter_map(|stage| history.stages.get(&stage.id));
    let counts = |record: &&StageRecord| {
        let undone = rollback::is_undone(history, record.seq);
        !record.overrides && !undone && record.spoken().doubt(launch).is_none()
    };
    records.filter_map(|all| started(launch, all)).filter(counts).min_by_key(|record| record.at)
}

/// The commit that went out: that of the GO before this stage started, else that of its start; where none is out, that of the
/// stage that started last. A ref that moves on moves nothing of it (V8). `None`: nothing says so.
pub(crate) fn pinned<'a>(launch: &Launch, history: &'a History, out: Option<&StageId>) -> Option<&'a Oid> {
    let last = || {
        let all = history.stages.values().flatten().filter(|record| record.step == StageAct::Started);
        all.max_by_key(|record| record.seq)
    };
    let begun = out.and_then(|id| started(launch, history.stages.get(id)?)).or_else(last);
    let Some(begun) = begun else { return newest_go(launch, history) };
    // Only what was decided when it started: a GO that a stop or a rollback had ended was passed by an override.
    let decided = history.decisions.iter().rfind(|record| record.seq < begun.seq);
    let stood = |record: &&DecisionRecord| {
        let undone = |end: &RollbackEnd| record.seq < end.seq && end.seq < begun.seq;
        let undone = history.rollbacks.iter().filter_map(|run| run.ended.as_ref()).any(undone);
        record.decision.is_go() && record.spoken().doubt(launch).is_none() && !undone
    };
    decided.filter(stood).and_then(|record| record.commit.as_ref()).or(begun.commit.as_ref())
}

/// The commit of the newest GO that counts.
fn newest_go<'a>(launch: &Launch, history: &'a History) -> Option<&'a Oid> {
    let counts = |record: &&DecisionRecord| record.decision.is_go() && record.doubt(launch).is_none();
    history.decisions.iter().rev().find(counts).and_then(|record| record.commit.as_ref())
}

/// Where nothing is out by the record, the commits of this launch that may be out all the same: of the newest GO, and of the
/// stage that started last.
pub(crate) fn ours<'a>(launch: &Launch, history: &'a History) -> impl Iterator<Item = &'a Oid> {
    newest_go(launch, history).into_iter().chain(pinned(launch, history, None))
}

/// How a stage that is out began. Taken back is it by a word that counts.
pub(crate) fn started<'a>(launch: &Launch, records: &'a [StageRecord]) -> Option<&'a StageRecord> {
    let starts = |record: &&StageRecord| match record.step {
        StageAct::Started => true,
        StageAct::RolledBack => record.spoken().doubt(launch).is_none(),
        StageAct::Held | StageAct::Resumed | StageAct::Closed => false,
    };
    records.iter().rfind(starts).filter(|record| record.step == StageAct::Started)
}

/// When the board that stands was decided, unless it is being decided anew: what comes round later is not part of it. A GO for
/// another commit and an OVERRIDE decided no board of now.
pub(super) fn decided_at(launch: &Launch, history: &History, last: Option<&Oid>) -> Option<DateTime<Utc>> {
    let since = going_since(launch, history)?;
    let (overrides, about, seq) = match history.decision() {
        Some(record) => (record.overrides, record.commit.as_ref(), record.seq),
        None => {
            let start = first_start(launch, history)?;
            (false, start.commit.as_ref(), start.seq)
        }
    };
    let other = launch.target.is_some() && last.is_some_and(|last| about != Some(last));
    if overrides || other {
        return None;
    }
    let anew = history.open_poll().is_some_and(|poll| poll.seq > seq);
    (!anew).then_some(since)
}

/// What of the word and the decisions stops a stage.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StageStop {
    /// The board is this, and no GO.
    Word(BoardWord),
    /// For people, after "waits for".
    Decision(Str),
}

/// What of the decisions a stage waits for. `word` is that of the evidence.
pub(crate) fn stops(
    launch: &Launch,
    history: &History,
    stage: &Stage,
    word: BoardWord,
    latest: DateTime<Utc>,
) -> Vec<StageStop> {
    if going_since(launch, history).is_some() {
        return Vec::new();
    }
    let mut waits = Vec::new();
    // Pilots run before GO, on a board that is not GO yet.
    if !stage.pilot && word != BoardWord::Go {
        waits.push(StageStop::Word(word));
    }
    let undecided = !stage.pilot && launch.roll_call.is_some();
    let undone = history.last_rollback().filter(|end| history.decision().is_none_or(|it| it.seq < end.seq));
    let what = if undone.is_some() {
        Some("a new GO decision after the rollback".into())
    } else if history.decisions.is_empty() {
        undecided.then(|| "the GO decision".into())
    } else {
        stopped(launch, history, (stage.pilot, undecided), latest)
    };
    waits.extend(what.map(StageStop::Decision));
    waits
}

/// Which decision a stage waits for. A stop that nobody proved, where names must be checked, ends none before it.
fn stopped(
    launch: &Launch,
    history: &History,
    (pilot, undecided): (bool, bool),
    latest: DateTime<Utc>,
) -> Option<Str> {
    let newest = history.decision()?;
    for record in history.decisions.iter().rev() {
        let what = match record.decision {
            // A name that was only claimed ends no stop, nor does one whose call it is not.
            Decision::Go { .. } if record.seq == newest.seq && (!pilot || history.decisions.len() > 1) => {
                let why = record.doubt(launch).map(|why| format!(": {why}")).unwrap_or_default();
                Some(format!("a new GO decision{why}").into())
            }
            Decision::Go { .. } => return None,
            Decision::Hold { .. } if record.ended(latest).is_none() => {
                Some("the HOLD decision to end".into())
            }
            Decision::NoGo { .. } => Some("another decision than NO-GO".into()),
            Decision::Scrub { .. } if !pilot => Some("another decision than SCRUB".into()),
            Decision::Hold { .. } if undecided => Some("the GO decision after the hold".into()),
            Decision::Hold { .. } | Decision::Scrub { .. } => None,
        };
        if what.is_some() || record.spoken().doubt(launch).is_none() {
            return what;
        }
    }
    None
}
