//! Guardrails of the stages that are out: what their windows say now.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    super::{
        Advice, Age, CallsFor, Cause, GateEvidence, Guardrail, GuardrailState, Judgement, Judging, Lowering,
        Measure, Measurement, Stage, StageStatus, Standing, Str, Suggested, Window,
        forecast::alpha_share,
        format,
        guardrail::{
            first_fire, said,
            soak_clock::{Hold, judge_soak},
        },
    },
    acceptance,
    eval_context::{self, EvalContext},
    question,
    stage::StageRun,
};

/// The newest windows that are drawn.
const DRAWN: i64 = 48;
/// Hours over which the second clock is shared where the soak names no time.
const A_DAY: f64 = 24.0;

/// By stage, in order; empty for a stage that is not out.
pub(super) fn states(frame: &EvalContext<'_>) -> Vec<Vec<GuardrailState>> {
    let Some(rollout) = &frame.launch.rollout else { return Vec::new() };
    let each = rollout.stages.iter().zip(&frame.stages);
    each.map(|(stage, run)| match run.started.filter(|_| run.status.is_current()) {
        Some(started) => of_stage(frame, (stage, run), started, &holds(run)),
        None => Vec::new(),
    })
    .collect()
}

/// The holds of a stage; one that goes on has no end yet.
fn holds(run: &StageRun) -> Vec<Hold> {
    let until = |until: Option<DateTime<Utc>>| until.map_or(i64::MAX, |until| until.timestamp());
    run.pauses.iter().map(|(from, end)| (from.timestamp(), until(*end))).collect()
}

fn of_stage(
    frame: &EvalContext<'_>,
    (stage, run): (&Stage, &StageRun),
    started: DateTime<Utc>,
    holds: &[Hold],
) -> Vec<GuardrailState> {
    let known = stage.guardrails.iter().filter_map(|id| frame.launch.guardrails.get(id));
    let all: Vec<&Guardrail> = known.collect();
    let share = alpha_share(all.len());
    all.iter().map(|it| state(frame, it, (stage, run), (started, holds), share)).collect()
}

fn state(
    frame: &EvalContext<'_>,
    guardrail: &Guardrail,
    (stage, run): (&Stage, &StageRun),
    (started, holds): (DateTime<Utc>, &[Hold]),
    share: f64,
) -> GuardrailState {
    let mut state = unknown(guardrail);
    let subject = guardrail.subject();
    let Ok(question) = question::measure(frame.launch, frame.history, guardrail, started) else {
        state.reason = "its query waits for an answer of people".into();
        return state;
    };
    let (window, fresh) = (seconds(guardrail.window), seconds(guardrail.fresh));
    let by = Judging {
        since: started.timestamp(),
        now: frame.now.wall.timestamp(),
        window,
        fresh: window.saturating_mul(2).saturating_add(fresh),
        alpha: guardrail.calls_for.alpha() / share,
        hours: stage.soak.and_then(|soak| soak.time).map_or(A_DAY, |time| time.as_secs_f64() / 3_600.0),
    };
    let windows = frame.evidence.windows(&subject, &question.digest);
    let (judged, counted) = judge_soak(&guardrail.limits, windows, &by, holds);
    fill(&mut state, frame, guardrail, &judged);
    if guardrail.limits.measure == Measure::Share {
        state.samples = Some(said::whole(counted * guardrail.limits.cluster));
    }
    state.recent = recent(windows, &by);
    let known = frame.evidence.gates.get(&subject).filter(|known| known.question == question.digest);
    doubt(&mut state, frame, guardrail, known);
    if state.standing == Standing::Breach {
        let fire = || DateTime::from_timestamp(first_fire(&guardrail.limits, windows, &by)?, 0);
        (state.accepted, state.asks_since) = acceptance::heard(frame, (stage, run), &state, fire);
        let ends = state.accepted.as_ref().map(|it| frame.ends(it.until));
        state.changes_at = format::earlier(state.changes_at, ends);
        // A hold of the stage answers it as well (V20).
        if run.status == StageStatus::Held {
            state.asks_since = None;
        }
        state.next = next(frame, &state, (stage, run));
    }
    state.changes_at = format::earlier(state.changes_at, goes_stale(&judged, &by, &state));
    state
}

/// Nothing is known yet.
fn unknown(guardrail: &Guardrail) -> GuardrailState {
    GuardrailState {
        id: guardrail.id.clone(),
        title: guardrail.title.clone(),
        standing: Standing::NoData,
        calls_for: guardrail.calls_for,
        reason: Str::default(),
        next: Advice::default(),
        limit: said::limits(&guardrail.limits).into(),
        samples: None,
        per_second: None,
        share: None,
        needed: None,
        ready_at: None,
        breached_at: None,
        asks_since: None,
        accepted: None,
        missing: 0,
        recent: Vec::new(),
        observed_at: None,
        trouble: None,
        url: None,
        changes_at: None,
    }
}

fn fill(state: &mut GuardrailState, frame: &EvalContext<'_>, guardrail: &Guardrail, judged: &Judgement) {
    state.standing = judged.standing;
    state.missing = judged.missing;
    let rate = judged.rate * guardrail.limits.cluster;
    state.per_second = (guardrail.limits.measure == Measure::Share && rate > 0.0).then_some(rate);
    state.share = (judged.total > 0.0).then(|| judged.bad / judged.total);
    state.needed = judged.needed.map(said::whole);
    state.ready_at = judged.needed.filter(|_| judged.rate > 0.0).and_then(|needed| {
        let wait = Duration::try_from_secs_f64(needed / guardrail.limits.cluster / judged.rate).ok()?;
        Some(format::later(frame.now.wall, wait))
    });
    state.breached_at = judged.breach.and_then(|breach| DateTime::from_timestamp(breach.at, 0));
    state.reason = said::reason(guardrail, judged, state.ready_at.map(|at| frame.moment(at))).into();
    if let Some(at) = state.breached_at {
        state.reason = format!("{}, since {}", state.reason, frame.moment(at)).into();
    }
}

/// What the newest look was worth. Bad news stands; nothing else outlives its freshness (V5, V6).
fn doubt(
    state: &mut GuardrailState,
    frame: &EvalContext<'_>,
    guardrail: &Guardrail,
    known: Option<&GateEvidence>,
) {
    let breach = state.standing == Standing::Breach;
    let no_data = |state: &mut GuardrailState, why: String| {
        if !breach {
            (state.standing, state.needed, state.ready_at) = (Standing::NoData, None, None);
            state.reason = why.into();
        }
    };
    let Some(known) = known else {
        no_data(state, format!("{} has not been asked yet", guardrail.query.source));
        return;
    };
    let failure = known.failure.as_ref();
    state.trouble = failure.map(|it| it.value.message.clone());
    let Some(found) = &known.finding else {
        let why = failure.map_or("it has not answered yet", |it| &it.value.message);
        no_data(state, format!("{}: {why}", guardrail.query.source));
        return;
    };
    state.observed_at = Some(frame.clock.stamp(found.seen));
    state.url.clone_from(&found.value.url);
    if let Some(failure) = failure.filter(|it| !it.value.kind.is_transient()) {
        no_data(state, format!("{}: {}", guardrail.query.source, failure.value.message));
        return;
    }
    match eval_context::goes_stale(frame.now, found.seen.age(frame.local), guardrail.fresh) {
        Some(at) => state.changes_at = Some(at),
        None => {
            let age = format::span(found.seen.age(frame.local).shown());
            let limit = format::span(guardrail.fresh);
            let why = match found.seen.age(frame.local) {
                Age::Known(_) => format!("the last answer is {age} old; it counts for {limit}"),
                Age::Unreliable(_) => {
                    format!("the last answer, {age} old, does not count: it is asked again")
                }
            };
            no_data(state, why);
        }
    }
    // What could not be measured is worth saying where there is nothing else to say.
    if state.standing == Standing::NoData && !found.value.reason.is_empty() && state.samples.unwrap_or(0) == 0
    {
        let why = format!("{}: {}", state.reason, found.value.reason);
        no_data(state, why);
    }
}

/// The question that a breach puts to people, or how it is answered for now.
fn next(frame: &EvalContext<'_>, state: &GuardrailState, (stage, run): (&Stage, &StageRun)) -> Advice {
    let (id, guardrail) = (&stage.id, &state.id);
    // Both are answers: whoever gave one is not asked again.
    if frame.history.open_rollback().is_some() {
        return Advice::from("the rollback runs: go on with its steps").by(Suggested::RunRollback);
    }
    if run.status == StageStatus::Held && state.calls_for != CallsFor::Tell {
        let plan = frame.launch.rollback.is_some();
        return Advice::from("it is held: end the hold once it is ok, or take it back").by(if plan {
            Suggested::StartRollback
        } else {
            Suggested::TakeBack(id.clone())
        });
    }
    if let Some(it) = &state.accepted {
        let text = format!("it is accepted until {}, then it asks again", frame.moment(it.until));
        return Advice::from(text)
            .by(Suggested::EndAcceptance { stage: id.clone(), guardrail: guardrail.clone() });
    }
    let (hold, back) = (Suggested::Hold(id.clone()), Suggested::TakeBack(id.clone()));
    let accept = Suggested::Accept { stage: id.clone(), guardrail: guardrail.clone() };
    if let (CallsFor::Rollback, Some(plan)) = (state.calls_for, &frame.launch.rollback) {
        let by = state.asks_since.zip(plan.decide_within).map(|(at, within)| format::later(at, within));
        let by = match by {
            Some(by) if by <= frame.now.wall => format!(", OVERDUE since {}", frame.moment(by)),
            Some(by) => format!(" by {}", frame.moment(by)),
            None => String::new(),
        };
        return Advice::from(format!("decide{by}: roll back, hold it or accept it for a time"))
            .by(Suggested::StartRollback)
            .by(hold)
            .by(accept);
    }
    match state.calls_for {
        CallsFor::Tell => "look at it".into(),
        CallsFor::Hold => {
            Advice::from("decide: hold it, take it back or accept it for a time").by(hold).by(back).by(accept)
        }
        CallsFor::Rollback => {
            Advice::from("decide: take it back, hold it or accept it for a time").by(back).by(hold).by(accept)
        }
    }
}

/// When the newest window is too old.
fn goes_stale(judged: &Judgement, by: &Judging, state: &GuardrailState) -> Option<DateTime<Utc>> {
    if matches!(state.standing, Standing::Breach | Standing::NoData) {
        return None;
    }
    let at = DateTime::from_timestamp(judged.newest?.to.checked_add(by.fresh)?, 0)?;
    at.checked_add_signed(TimeDelta::seconds(1))
}

/// The newest windows, with the gaps between them.
fn recent(windows: &[Window], by: &Judging) -> Vec<Option<f64>> {
    let Some(newest) = windows.iter().rev().find(|it| it.to <= by.now) else { return Vec::new() };
    let first = windows.partition_point(|it| {
        it.from < by.since || it.from < newest.to.saturating_sub(DRAWN.saturating_mul(by.window))
    });
    let mut drawn = Vec::new();
    let mut at: Option<i64> = None;
    for window in windows[first..].iter().filter(|it| it.to <= by.now) {
        if let Some(at) = at {
            let gap = (window.from - at) / by.window.max(1);
            drawn.extend(std::iter::repeat_n(None, usize::try_from(gap.min(DRAWN)).unwrap_or(0)));
        }
        drawn.push(match window.is {
            Measurement::Share(bad, total) if total.get() > 0.0 => Some(bad.get() / total.get()),
            Measurement::Share(..) => None,
            Measurement::Value(value) => Some(value.get()),
        });
        at = Some(window.to);
    }
    drawn
}

/// A breach that calls for a hold or a rollback keeps the board from GO, for as long as its stage is out.
pub(super) fn lowered(frame: &EvalContext<'_>) -> Vec<Lowering> {
    let Some(rollout) = &frame.launch.rollout else { return Vec::new() };
    let each = rollout.stages.iter().zip(&frame.guardrails);
    let breached = each.flat_map(|(stage, all)| all.iter().map(move |it| (stage, it)));
    let calls = breached.filter(|(_, it)| it.standing == Standing::Breach && it.calls_for != CallsFor::Tell);
    calls
        .map(|(stage, it)| {
            let what = it.calls_for.word();
            let accepted = match &it.accepted {
                Some(it) => format!("; {}", it.said(frame.launch.schedule.zone)),
                None => String::new(),
            };
            let reason = format!(
                "guardrail/{} of stage/{} calls for a {what}: {}{accepted}",
                it.id, stage.id, it.reason
            );
            let mut who = rollout.advance_by.clone();
            who.extend(stage.watcher.clone().filter(|it| !rollout.advance_by.contains(it)));
            Lowering { next: it.next.clone(), who, ..Lowering::to_hold(Cause::Guardrail, reason) }
        })
        .collect()
}

fn seconds(length: Duration) -> i64 {
    i64::try_from(length.as_secs()).unwrap_or(i64::MAX)
}
