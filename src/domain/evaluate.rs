//! The one evaluator: V1 to V11, V15 and V25 of `docs/rules.md`.
//!
//! It promises: GO only on positive, fresh, complete proof about this commit (V1); a pure function of its
//! arguments; a reason and a next action for every gate that is not go; and [`Board::changes_at`], before which
//! evaluating again with the same evidence and history gives the same verdicts.

mod acceptance;
mod assessment;
pub(super) mod close;
pub(super) mod contract;
pub(super) mod decision;
mod dependencies;
pub(super) mod eval_context;
mod fold;
mod gate;
mod gate_results;
mod group;
mod guardrail;
pub(super) mod incident;
mod message;
mod observed;
mod occasion;
pub(super) mod orphan;
mod path;
mod people;
mod poll;
pub(super) mod question;
pub(super) mod reach;
mod readiness;
pub(super) mod risk;
pub(super) mod rollback;
pub(super) mod sign_off_validity;
pub(super) mod stage;
mod stage_results;
mod target;
mod timer;

use chrono::{DateTime, Utc};

use self::{
    eval_context::EvalContext,
    gate_results::{GateResult, GateResults},
};
use super::{
    Board, BoardWord, DecisionState, Evidence, GateId, GateState, Guardrail, History, Launch, Lowering, Now,
    PathToGo, Question, RollCallState, RollbackState, Scope, Score, Str,
};

/// The board at `now`: the only place where verdicts are made.
pub fn evaluate(launch: &Launch, evidence: &Evidence, history: &History, now: Now, scope: &Scope) -> Board {
    let moved = launch.by(history, eval_context::latest(history, evidence.clocks.judge(now).ends));
    let launch = moved.as_ref().unwrap_or(launch);
    let mut frame = looked_at(launch, evidence, history, now);
    let now = frame.now;
    let mut cells = cells_of(&frame);
    let shown = shown(launch, scope);
    // Stages look at all gates, also at those that a narrowed board leaves out.
    let whole = fold::evidence(&frame, cells.states());
    let stage_gates: Vec<GateState> = stage_gates(&frame, &cells);
    let (roll_call, decision) = said(&frame, &cells);
    let waits = message::dependencies(&frame, &cells);
    let mut remark = None;
    if scope.evidence_only {
        remark = fold::left_out(launch, &cells, &shown);
        frame.without_people = true;
        cells = cells_of(&frame);
    }
    let counts =
        fold::score(cells.states().iter().zip(&shown).filter_map(|(gate, shown)| shown.then_some(gate)));
    let rollback = rollback::state(&frame);
    let lowered = lowered(&frame, scope, counts, rollback.as_ref(), &cells);
    let rail = contract::Rail {
        launch,
        history,
        runs: &frame.stages,
        guardrails: &frame.guardrails,
        reach: frame.reach.as_ref(),
        gates: &stage_gates,
        word: whole,
        now: now.wall,
        latest: frame.latest,
    };
    let path = path::path(&frame, &cells, &shown, &lowered, &rail);
    let changes_at = changes_at(&frame, &cells, rollback.as_ref());
    let checklists = fold::checklists(launch, scope, cells.states(), &shown);
    let gates = cells.into_states().into_iter().zip(shown);
    let mut board = Board {
        lowered,
        score: counts,
        checklists,
        gates: gates.filter_map(|(gate, shown)| shown.then_some(gate)).collect(),
        stages: rail.states(),
        path,
        changes_at,
        overridden: decision::overridden(decision.as_ref()),
        roll_call,
        decision,
        rollback,
        ..nothing_known(&frame, scope)
    };
    board.conclude();
    beside(&frame, &mut board, &waits);
    board.remarks.extend(remark.into_iter().chain(reach::remark(board.reach.as_ref())));
    board
}

/// What stands beside the verdicts and changes none: plans, messages, remarks.
fn beside(frame: &EvalContext<'_>, board: &mut Board, waits: &[dependencies::Dependencies]) {
    readiness::take_in(frame, board);
    board.asked = frame.history.askings(board);
    message::tell(frame, board, waits);
    board.fill_in_commands();
    board.remarks.splice(0..0, fold::remarks(frame, board));
}

/// All that is looked at, with what is known of the launch as a whole before any gate is judged.
fn looked_at<'a>(
    launch: &'a Launch,
    evidence: &'a Evidence,
    history: &'a History,
    now: Now,
) -> EvalContext<'a> {
    let mut frame = EvalContext::new(launch, evidence, history, now);
    frame.guardrails = guardrail::states(&frame);
    stage::soaked(launch, &mut frame.stages, &frame.guardrails, frame.now.wall);
    frame.reach = reach::state(&frame);
    frame.incident = incident::state(&frame);
    frame.risks = risk::states(launch, history, frame.latest);
    frame
}

/// All that lowers the board as a whole: what people decided, the newest word first, then everything else.
fn lowered(
    frame: &EvalContext<'_>,
    scope: &Scope,
    counts: Score,
    rollback: Option<&RollbackState>,
    cells: &GateResults,
) -> Vec<Lowering> {
    let mut all = decision::lowers(frame);
    let first = if rollback.is_some_and(|it| it.is_newest) { 0 } else { all.len() };
    all.splice(first..first, rollback::lowered(frame));
    all.extend(fold::lowered(frame, scope, counts));
    all.extend(rollback::unproven(frame, cells));
    all.splice(0..0, close::lowered(frame));
    all
}

/// A board on which nothing has been judged yet: what it is about, and when.
fn nothing_known(frame: &EvalContext<'_>, scope: &Scope) -> Board {
    let (launch, target, held) =
        (frame.launch, frame.own_target(), frame.history.held(frame.launch, frame.latest));
    Board {
        word: BoardWord::Hold,
        evidence: BoardWord::Hold,
        lowered: Vec::new(),
        reasons: Vec::new(),
        score: Score::default(),
        scope: scope.clone(),
        launch: launch.id.clone(),
        title: launch.title.clone(),
        version: frame.version.clone(),
        target: launch.target.clone(),
        commit: target.current.as_ref().ok().copied().cloned(),
        moved_from: target.moved_from.cloned(),
        checklist_digest: launch.digest.clone(),
        evaluated_at: frame.now.wall,
        clock: frame.clock.clone(),
        t0: launch.schedule.t0,
        t_zero: launch.schedule.t_zero(),
        stood: launch.schedule.stood.clone(),
        held_since: held.since,
        held_for: held.total,
        checklists: Vec::new(),
        gates: Vec::new(),
        stages: Vec::new(),
        reach: frame.reach.clone(),
        path: PathToGo::default(),
        changes_at: None,
        overridden: None,
        roll_call: None,
        decision: None,
        rollback: None,
        asked: Vec::new(),
        messages: Vec::new(),
        readiness: Vec::new(),
        review: frame.history.review.state(frame.now.wall),
        closed: close::state(frame),
        incident: frame.incident.clone(),
        risks: frame.risks.clone(),
        conditions: launch.conditions().to_vec(),
        seen: frame.history.len,
        remarks: Vec::new(),
    }
}

/// The questions to put to sources now: answers of people filled in, gates that do not apply, or whose answers are
/// still missing, left out.
pub fn demands(launch: &Launch, history: &History) -> Vec<(GateId, Question)> {
    question::demands(launch, history)
}

/// What the guardrails of the launch are asked about the time since a moment, whatever stage is out; those whose query
/// waits for an answer of people are left out.
pub fn measurements(launch: &Launch, history: &History, since: DateTime<Utc>) -> Vec<(Str, Question)> {
    let all = launch.guardrails.values();
    let one = |it: &Guardrail| Some((it.id.clone(), question::measure(launch, history, it, since).ok()?));
    all.filter_map(one).collect()
}

fn cells_of(frame: &EvalContext<'_>) -> GateResults {
    let derived = &frame.launch.derived;
    let gates = frame.launch.gates.len();
    let mut cells = GateResults::new(gates, derived.barriers.len());
    for &at in &derived.order {
        if at < gates {
            gate::evaluate(frame, &mut cells, at);
        } else {
            let barrier: GateResult = cells.all(derived.barriers[at - gates].iter().copied());
            cells.marks[at] = Some(barrier);
        }
    }
    cells
}

/// Which gates are in scope. A gate of gates is when something inside it is.
fn shown(launch: &Launch, scope: &Scope) -> Vec<bool> {
    if scope.has_all_gates() {
        return vec![true; launch.gates.len()];
    }
    let mut shown = vec![false; launch.gates.len()];
    for (at, gate) in launch.gates.iter().enumerate() {
        let listed = scope.only.is_empty() || scope.only.contains(&gate.checklist);
        if listed && !gate.is_group() && !(scope.evidence_only && gate.ask().is_some()) {
            shown[at] = true;
            launch.derived.above(at).for_each(|above| shown[above] = true);
        }
    }
    shown
}

fn stage_gates(frame: &EvalContext<'_>, cells: &GateResults) -> Vec<GateState> {
    if frame.stages.is_empty() {
        return Vec::new();
    }
    let of_a_stage = |gate: &&GateState| matches!(gate.blocks, super::Blocks::Stage(_));
    cells.states().iter().filter(of_a_stage).cloned().collect()
}

/// The poll and the newest decision. They look at all gates, also at those that a narrowed board leaves out.
fn said(frame: &EvalContext<'_>, cells: &GateResults) -> (Option<RollCallState>, Option<DecisionState>) {
    let gates = cells.states();
    (poll::state(frame, gates), decision::state(frame, gates))
}

/// The first moment at which a verdict, a mark or a stage changes unaided.
fn changes_at(
    frame: &EvalContext<'_>,
    cells: &GateResults,
    rollback: Option<&RollbackState>,
) -> Option<DateTime<Utc>> {
    let now = frame.now.wall;
    let verdicts = cells.marks.iter().flatten().filter_map(|mark| mark.changes_at);
    let stages = stage::changes(frame.launch, &frame.stages, now);
    let targets = frame.targets.iter().filter_map(|(_, target)| target.changes_at);
    // While a hold goes on, the moments that wait for it move.
    let hold = frame.launch.schedule.stood.last().map(|hold| frame.ends(hold.until));
    let link = frame.history.link.and_then(|link| {
        eval_context::goes_stale(frame.now, link.heard.age(frame.local), frame.launch.derived.journal_fresh)
    });
    let guardrails = frame.guardrails.iter().flatten().filter_map(|it| it.changes_at);
    let reach = frame.reach.as_ref().and_then(|it| it.changes_at);
    let silent = frame.history.open_poll().map(poll::silent_from);
    verdicts
        .chain(cells.due)
        .chain(stages)
        .chain(targets)
        .chain(hold)
        .chain(silent)
        .chain(guardrails)
        .chain(reach)
        .chain(link)
        .chain(rollback::changes(rollback))
        .chain(frame.history.review.changes())
        .chain(incident::changes(frame))
        .chain(risk::changes(frame))
        .chain(decision::changes(frame))
        .filter(|at| *at > now)
        .min()
}
