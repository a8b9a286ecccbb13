//! The rollback on the board: whether a breach calls for it, where a run is, and what it does to the word.

use chrono::{DateTime, Utc};

use super::{
    super::{
        Advice, CallsFor, Cause, Decision, History, Kind, Launch, Lowering, Party, RollbackCall, RollbackEnd,
        RollbackPhase, RollbackRecord, RollbackResult, RollbackRun, RollbackState, RollbackStep, StageStatus,
        StepRecord, StepState, StepStatus, Suggested, Verdict, format,
    },
    decision,
    eval_context::EvalContext,
    gate_results::GateResults,
};

/// The rollback; `None`: none is planned, and none was run.
pub(super) fn state(frame: &EvalContext<'_>) -> Option<RollbackState> {
    let plan = frame.launch.rollback.as_ref();
    let run = standing(frame);
    if plan.is_none() && run.is_none() {
        return None;
    }
    let called = called(frame);
    let phase = match run.map(|run| run.ended.as_ref().map(|end| end.result)) {
        Some(None) => RollbackPhase::Running,
        Some(Some(RollbackResult::RolledBack)) => RollbackPhase::RolledBack,
        Some(Some(RollbackResult::Partly)) => RollbackPhase::Partly,
        Some(Some(RollbackResult::ForwardFix)) => RollbackPhase::ForwardFix,
        None if called.is_some() => RollbackPhase::Called,
        None => RollbackPhase::Planned,
    };
    let end = run.and_then(|run| run.ended.as_ref());
    let newest = frame.history.decision().map_or(0, |record| record.seq);
    let is_newest = run.is_some_and(|run| end.map_or(run.seq, |end| end.seq) > newest);
    let again = |seq: u64| frame.stages.iter().any(|run| run.began.is_some_and(|began| began > seq));
    let is_headline =
        is_newest && end.is_some_and(|end| end.result == RollbackResult::RolledBack && !again(end.seq));
    Some(RollbackState {
        phase,
        owner: plan.map(|plan| plan.owner.clone()),
        who: who(frame.launch),
        notes: plan.and_then(|plan| plan.notes.clone()),
        called,
        run: run.map(|run| RollbackRun {
            started: run.voice.clone(),
            reason: run.reason.clone(),
            ended: end.map(|end| end.voice.clone()),
            result: end.map(|end| end.result),
            outcome: end.map(|end| end.reason.clone()),
        }),
        steps: steps(frame, run),
        is_newest,
        is_headline,
    })
}

/// Who may start and end it: its owner, and those who advance the rollout.
pub(crate) fn who(launch: &Launch) -> Vec<Party> {
    let mut who: Vec<Party> = launch.rollback.iter().map(|plan| plan.owner.clone()).collect();
    let advance = launch.rollout.iter().flat_map(|rollout| &rollout.advance_by);
    for party in advance {
        if !who.contains(party) {
            who.push(party.clone());
        }
    }
    who
}

/// The newest run, while it goes on or no new GO was decided since.
fn standing<'a>(frame: &EvalContext<'a>) -> Option<&'a RollbackRecord> {
    let run = frame.history.rollbacks.last()?;
    let over = run.ended.as_ref().is_some_and(|end| is_answered(frame, end));
    (!over).then_some(run)
}

/// Whether a new final call has made GO since: one that stands, and no override. While the commit cannot be looked at, that is
/// what the board says, and not that all was taken back.
fn is_answered(frame: &EvalContext<'_>, end: &RollbackEnd) -> bool {
    let since = frame.history.decisions.iter().rev().take_while(|record| record.seq > end.seq);
    let mut since =
        since.filter(|record| matches!(record.decision, Decision::Go { .. }) && !record.overrides);
    since.any(|record| decision::void(frame, record).is_none() || decision::is_unseen(frame, record))
}

/// The earliest breach that calls for it, of a stage that nobody holds: a hold is an answer, and so are a run and a breach
/// that somebody accepts.
fn called(frame: &EvalContext<'_>) -> Option<RollbackCall> {
    if frame.history.open_rollback().is_some() {
        return None;
    }
    let within = frame.launch.rollback.as_ref().and_then(|plan| plan.decide_within);
    let stages = frame.launch.rollout.iter().flat_map(|rollout| &rollout.stages);
    let out = stages.zip(&frame.stages).zip(&frame.guardrails);
    let out = out.filter(|((_, run), _)| run.status.is_current() && run.status != StageStatus::Held);
    let breaches = out.flat_map(|((stage, _), all)| {
        let calls = |it: &&super::super::GuardrailState| it.asks() && it.calls_for == CallsFor::Rollback;
        all.iter().filter(calls).filter_map(move |it| Some((stage, it, it.asks_since?)))
    });
    let (stage, guardrail, since) = breaches.min_by_key(|(.., since)| *since)?;
    let decide_by = within.map(|within| format::later(since, within));
    Some(RollbackCall {
        stage: stage.id.clone(),
        guardrail: guardrail.id.clone(),
        since,
        decide_by,
        overdue: decide_by.is_some_and(|by| by <= frame.now.wall),
    })
}

/// The steps of the files, with what the run says of each.
fn steps(frame: &EvalContext<'_>, run: Option<&RollbackRecord>) -> Vec<StepState> {
    let Some(plan) = &frame.launch.rollback else { return Vec::new() };
    let goes_on = run.is_some_and(|run| run.ended.is_none());
    // A step's clock runs from when the one before it was done.
    let mut turn = goes_on.then(|| since(run)).flatten();
    let each = plan.steps.iter().map(|step| {
        let record = run.and_then(|run| record(run, &step.id));
        let now = record.is_none().then(|| turn.take()).flatten();
        let status = match record {
            Some(it) if it.skipped => StepStatus::Skipped,
            Some(_) => StepStatus::Done,
            None if now.is_some() => StepStatus::Now,
            None => StepStatus::Open,
        };
        let due = now.zip(step.within).map(|(since, within)| format::later(since, within));
        StepState {
            plan: RollbackStep {
                owner: step.owner.clone().or_else(|| Some(plan.owner.clone())),
                ..step.clone()
            },
            status,
            since: now,
            due,
            overdue: due.is_some_and(|due| due <= frame.now.wall),
            voice: record.map(|it| it.voice.clone()),
            note: record.and_then(|it| it.note.clone()),
        }
    });
    each.collect()
}

fn record<'a>(run: &'a RollbackRecord, id: &str) -> Option<&'a StepRecord> {
    run.steps.iter().find(|it| *it.step == *id)
}

/// When the newest thing of a run happened.
fn since(run: Option<&RollbackRecord>) -> Option<DateTime<Utc>> {
    let run = run?;
    Some(run.steps.last().map_or(run.voice.at, |step| step.voice.at))
}

/// Where nothing applies that is to prove the way back, by whoever's word, there is no proof of it.
pub(super) fn unproven(frame: &EvalContext<'_>, cells: &GateResults) -> Option<Lowering> {
    let launch = frame.launch;
    let plan =
        launch.rollback.as_ref().filter(|plan| !plan.ready_when.is_empty() && !frame.without_people)?;
    let inside = plan.ready_when.iter().flat_map(|id| launch.inside(id));
    let mut proofs = inside.filter(|at| !matches!(launch.gates[*at].kind, Kind::All | Kind::OneOf));
    let left_out = |at| cells.state(at).is_some_and(|it| it.verdict == Verdict::NotApplicable);
    if !proofs.all(left_out) {
        return None;
    }
    let verb = if plan.ready_when.len() == 1 { "does" } else { "do" };
    let all = format::list(&plan.ready_when);
    let reason = format!("nothing proves the way back: {all} {verb} not apply");
    let next =
        "let a gate of `ready_when` apply again, such as gonogo not-needed GATE --end --reason …".into();
    Some(Lowering { next, who: vec![plan.owner.clone()], ..Lowering::to_hold(Cause::NothingProven, reason) })
}

/// While it runs nothing is GO. Once it has ended, only a new final call makes GO again.
pub(super) fn lowered(frame: &EvalContext<'_>) -> Option<Lowering> {
    if frame.history.broken.is_some() {
        return None;
    }
    let run = standing(frame)?;
    let by =
        |voice: &super::super::Voice| format!("by {} at {}", voice.spoken().named(), frame.moment(voice.at));
    let Some(end) = &run.ended else {
        let steps = steps(frame, Some(run));
        let step = steps.iter().position(|step| step.status == StepStatus::Now);
        let step = step.zip(steps.len().into()).map(|(at, all)| format!("; step {} of {all}", at + 1));
        let reason =
            format!("rollback started {}: {}{}", by(&run.voice), run.reason, step.unwrap_or_default());
        let next = Advice::from("run the steps, and say how it ended").by(Suggested::RunRollback);
        return Some(Lowering {
            next,
            who: who(frame.launch),
            ..Lowering::to_hold(Cause::RollbackRuns, reason)
        });
    };
    let reason = format!("{} {}: {}", end.result.word(), by(&end.voice), end.reason);
    Some(Lowering::until_called(frame.launch, Cause::RolledBack, reason))
}

/// Why a GO that was decided does not stand any more, if what went out by it was rolled back or mended since.
pub(super) fn undone(frame: &EvalContext<'_>, seq: u64) -> Option<String> {
    let end = frame.history.last_rollback().filter(|end| end.seq > seq)?;
    Some(format!("{} since, {}", end.result.word(), frame.moment(end.voice.at)))
}

/// Whether what was decided in this place was undone by a rollback that ended after it.
pub(super) fn is_undone(history: &History, seq: u64) -> bool {
    history.last_rollback().is_some_and(|end| end.seq > seq)
}

/// Moments at which it changes unaided.
pub(super) fn changes(state: Option<&RollbackState>) -> impl Iterator<Item = DateTime<Utc>> + '_ {
    let called = state.and_then(|it| it.called.as_ref()?.decide_by);
    called.into_iter().chain(state.into_iter().flat_map(|it| &it.steps).filter_map(|step| step.due))
}
