//! How far the release is out by the record, and what tells otherwise (V19).

use chrono::{DateTime, Utc};

use super::{
    super::{
        ActualState, Advice, Age, Agreement, Bound, Cause, Digest, ExposureState, Finding, GateEvidence,
        Gauge, GaugeKind, Launch, Lowering, Measured, Measurement, Observed, Oid, Outcome, Proof, Reach,
        Rollout, Stage, StageStatus, Str, Suggested, format, guardrail::said, prove,
    },
    decision,
    eval_context::{self, EvalContext},
    question,
    stage::StageRun,
};

/// How far a percentage may be from the recorded one, as a part of it: what providers round.
const ROUNDED: f64 = 0.02;
/// The same for small ones, in points.
const POINTS: f64 = 0.01;
/// A share of the traffic that is proved to be off, but by less than this part of the plan, is not mentioned.
const OFF: f64 = 0.2;
/// The chance that a stage which gets its share is called off.
const ALPHA: f64 = 0.05;

/// What is out by the record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordedReach<'a> {
    /// `None`: everything was taken back.
    pub stage: Option<&'a Stage>,
    /// When it started.
    pub since: Option<DateTime<Utc>>,
    /// Where its ramp began, in percent, while it goes on.
    pub ramp_from: Option<f64>,
}

/// The newest stage that is out, or has been and was not taken back; `None`: nothing was ever out.
pub(crate) fn recorded<'a>(
    rollout: &'a Rollout,
    runs: &[StageRun],
    now: DateTime<Utc>,
) -> Option<RecordedReach<'a>> {
    let each = || rollout.stages.iter().zip(runs).filter(|(_, run)| run.started.is_some());
    let stays = |run: &StageRun| !matches!(run.status, StageStatus::RolledBack | StageStatus::NotApplicable);
    let out = each().rfind(|(_, run)| stays(run));
    match out {
        Some((stage, run)) => {
            let ramp_from = ramp_from(rollout, stage, run, now);
            Some(RecordedReach { stage: Some(stage), since: run.started, ramp_from })
        }
        None => each().next().map(|_| RecordedReach { stage: None, since: None, ramp_from: None }),
    }
}

/// From which percentage a ramp goes on that is not over; holds stop it.
fn ramp_from(rollout: &Rollout, stage: &Stage, run: &StageRun, now: DateTime<Utc>) -> Option<f64> {
    let end = format::later(run.started?, stage.over?).checked_add_signed(run.held)?;
    if now >= end {
        return None;
    }
    let before = rollout.stages.iter().take_while(|it| it.id != stage.id);
    let before = before.filter(|it| it.excluded.is_none() && !it.independent);
    Some(before.filter_map(|it| it.audience.percent()).last().unwrap_or(0.0))
}

impl RecordedReach<'_> {
    fn percent(&self) -> Option<f64> {
        self.stage.map_or(Some(0.0), |stage| stage.audience.percent())
    }

    fn label(&self) -> Str {
        let Some(stage) = self.stage else { return "nobody".into() };
        let label = stage.audience.label();
        self.ramp_from.map_or_else(|| label.clone(), |from| format!("{} to {label}", number(from)).into())
    }

    /// Whether what is real is as recorded: while a ramp goes on, anything on its way is.
    fn agrees(&self, low: f64, high: f64) -> Agreement {
        let Some(wanted) = self.percent() else { return Agreement::Apart };
        let from = self.ramp_from.unwrap_or(wanted).min(wanted);
        let most = (wanted * ROUNDED).max(POINTS);
        if low >= from - most && high <= wanted + most {
            Agreement::Same
        } else if high < from - most || low > wanted + most {
            Agreement::Differs
        } else {
            Agreement::Unknown
        }
    }
}

/// Record and truth side by side; `None`: nothing was ever out, or the launch asks nobody.
pub(super) fn state(frame: &EvalContext<'_>) -> Option<Reach> {
    let rollout = frame.launch.rollout.as_ref()?;
    if rollout.actual.is_none() && rollout.exposure.is_none() {
        return None;
    }
    let recorded = recorded(rollout, &frame.stages, frame.now.wall)?;
    let mut changes_at = None;
    let actual = rollout.actual.as_ref().map(|gauge| actual(frame, gauge, &recorded, &mut changes_at));
    let exposure = rollout.exposure.as_ref().zip(recorded.stage).map(|(gauge, stage)| {
        let since = recorded.since.unwrap_or(frame.now.wall);
        let planned = recorded.percent().filter(|_| recorded.ramp_from.is_none() && stage.over.is_none());
        exposure(frame, gauge, (planned, since), &mut changes_at)
    });
    Some(Reach {
        stage: recorded.stage.map(|stage| stage.id.clone()),
        recorded: recorded.label(),
        percent: recorded.percent(),
        actual,
        exposure,
        changes_at,
    })
}

fn actual(
    frame: &EvalContext<'_>,
    gauge: &Gauge,
    recorded: &RecordedReach<'_>,
    changes_at: &mut Option<DateTime<Utc>>,
) -> ActualState {
    let source: Str = gauge.query.source.as_str().into();
    let mut state = ActualState {
        real: Str::default(),
        percent: None,
        agreement: Agreement::Unknown,
        reason: Str::default(),
        observed_at: None,
        url: None,
        source,
    };
    let found = match answer(frame, gauge, GaugeKind::Actual, changes_at) {
        Ok(found) => found,
        Err(why) => {
            // What cannot be compared anyway is nothing that is missing.
            if recorded.percent().is_none() && gauge.query.bound == Bound::Free {
                state.agreement = Agreement::Apart;
            }
            state.reason = format!("what is real is not known: {}: {why}", state.source).into();
            return state;
        }
    };
    state.observed_at = Some(frame.clock.stamp(found.seen));
    state.url.clone_from(&found.value.url);
    (state.agreement, state.real, state.percent) = compared(frame, recorded, &found.value);
    let source = &state.source;
    state.reason = match (state.agreement, state.real.is_empty()) {
        (Agreement::Unknown, true) => {
            format!("what is real is not known: {source}: {}", found.value.reason).into()
        }
        (Agreement::Differs, _) => format!("{} by {source}: drift", state.real).into(),
        _ => format!("{} by {source}", state.real).into(),
    };
    state
}

/// A percentage with the audience; a commit with the one that goes out, wherever the ref points by now.
fn compared(
    frame: &EvalContext<'_>,
    recorded: &RecordedReach<'_>,
    found: &Finding,
) -> (Agreement, Str, Option<(f64, f64)>) {
    if let Some(Measured::Reach { low, high }) = &found.measured {
        let (low, high) = (low.get(), high.get());
        let real: Str = if low < high {
            format!("between {} and {} %", number(low), number(high)).into()
        } else {
            format!("{} %", number(low)).into()
        };
        return (recorded.agrees(low, high), real, Some((low, high)));
    }
    if recorded.stage.is_none() {
        return nothing_out(frame, found);
    }
    let going = decision::pinned(frame.launch, frame.history, recorded.stage.map(|stage| &stage.id));
    let (Some(real), Some(target)) = (&found.about, going.or(frame.own_target().current.clone().ok())) else {
        return (Agreement::Unknown, Str::default(), None);
    };
    let agreement = match (real == target, found.outcome) {
        (false, _) => Agreement::Differs,
        (true, Outcome::Holds) => Agreement::Same,
        // There, and not whole: under way, or failed.
        (true, _) => Agreement::Unknown,
    };
    (agreement, told(real, found), None)
}

/// Where nothing is out by the record, no commit of this launch may be: that of the newest GO, of the stage that started last, and
/// the one that the target is at now.
fn nothing_out(frame: &EvalContext<'_>, found: &Finding) -> (Agreement, Str, Option<(f64, f64)>) {
    let target = frame.own_target().current.clone().ok();
    let ours: Vec<_> = decision::ours(frame.launch, frame.history).chain(target).collect();
    let Some(real) = found.about.as_ref().filter(|_| !ours.is_empty()) else {
        return (Agreement::Unknown, Str::default(), None);
    };
    let agreement = match (ours.contains(&real), found.outcome) {
        (true, Outcome::Holds) => Agreement::Differs,
        (true, _) => Agreement::Unknown,
        (false, _) => Agreement::Same,
    };
    (agreement, told(real, found), None)
}

/// A commit that is out; where it is not whole, how it stands.
fn told(real: &Oid, found: &Finding) -> Str {
    match found.outcome {
        Outcome::Holds => real.short().into(),
        _ => format!("{} ({})", real.short(), found.reason).into(),
    }
}

fn number(percent: f64) -> String {
    said::percent(percent / 100.0).trim_end_matches(" %").to_owned()
}

fn exposure(
    frame: &EvalContext<'_>,
    gauge: &Gauge,
    (planned, since): (Option<f64>, DateTime<Utc>),
    changes_at: &mut Option<DateTime<Utc>>,
) -> ExposureState {
    let mut state =
        ExposureState { share: None, counted: None, off: false, reason: Str::default(), observed_at: None };
    let unknown = |state: &mut ExposureState, why: &str| {
        state.reason = format!("what is seen is not known: {}: {why}", gauge.query.source).into();
    };
    let found = match answer(frame, gauge, GaugeKind::Exposure, changes_at) {
        Ok(found) => found,
        Err(why) => {
            unknown(&mut state, &why);
            return state;
        }
    };
    state.observed_at = Some(frame.clock.stamp(found.seen));
    let (seen, all) = counted(frame, gauge, since);
    if all <= 0.0 {
        let why = if found.value.reason.is_empty() { "no complete window yet" } else { &found.value.reason };
        unknown(&mut state, why);
        return state;
    }
    let share = seen / all;
    state.share = Some(share);
    state.counted = Some((said::whole(seen), said::whole(all)));
    state.off = planned.is_some_and(|percent| is_off(percent / 100.0, seen, all));
    let [seen, all] = [seen, all].map(|it| said::grouped(said::whole(it)));
    let mark = if state.off { ": not its share" } else { "" };
    state.reason = format!("{} seen ({seen} of {all}){mark}", said::percent(share)).into();
    state
}

/// What the windows since then hold together.
fn counted(frame: &EvalContext<'_>, gauge: &Gauge, since: DateTime<Utc>) -> (f64, f64) {
    let Ok(question) = question::gauge(frame.launch, frame.history, GaugeKind::Exposure, gauge, since) else {
        return (0.0, 0.0);
    };
    let windows = frame.evidence.windows(&GaugeKind::Exposure.subject(), &question.digest);
    let (since, now) = (since.timestamp(), frame.now.wall.timestamp());
    let mut sum = (0.0, 0.0);
    for window in windows.iter().filter(|it| it.from >= since && it.to <= now) {
        if let Measurement::Share(seen, all) = window.is {
            sum = (sum.0 + seen.get(), sum.1 + all.get());
        }
    }
    sum
}

/// Both ways: it is shown that the share is not the planned one, and it is far from it.
fn is_off(planned: f64, seen: f64, all: f64) -> bool {
    if planned <= 0.0 {
        return seen > 0.0;
    }
    let far = (seen / all / planned - 1.0).abs() > OFF;
    // Of everybody nothing can be over: too little is shown against what may be left out.
    let limit = if planned >= 1.0 { 1.0 - OFF } else { planned };
    let proof = prove(seen, all, limit, ALPHA / 2.0);
    far && (proof == Proof::Under || (proof == Proof::Over && planned < 1.0))
}

/// The newest answer, if it counts (V5, V6); else why there is none.
fn answer<'a>(
    frame: &EvalContext<'a>,
    gauge: &Gauge,
    kind: GaugeKind,
    changes_at: &mut Option<DateTime<Utc>>,
) -> Result<&'a Observed<Finding>, String> {
    let since = frame.now.wall;
    let Ok(question) = question::gauge(frame.launch, frame.history, kind, gauge, since) else {
        return Err("its query waits for an answer of people".into());
    };
    let known = known(frame, kind, &question.digest).ok_or("it has not been asked yet")?;
    let failure = known.failure.as_ref();
    let found = known.finding.as_ref();
    if let Some(failure) = failure.filter(|it| found.is_none() || !it.value.kind.is_transient()) {
        return Err(failure.value.message.to_string());
    }
    let found = found.ok_or("it has not answered yet")?;
    let age = found.seen.age(frame.local);
    let Some(stale) = eval_context::goes_stale(frame.now, age, gauge.fresh) else {
        return Err(match age {
            Age::Known(age) => format!(
                "the last answer is {} old; it counts for {}",
                format::span(age),
                format::span(gauge.fresh)
            ),
            Age::Unreliable(_) => "the last answer does not count: it is asked again".into(),
        });
    };
    *changes_at = format::earlier(*changes_at, Some(stale));
    Ok(found)
}

fn known<'a>(frame: &EvalContext<'a>, kind: GaugeKind, asked: &Digest) -> Option<&'a GateEvidence> {
    frame.evidence.gates.get(&kind.subject()).filter(|known| known.question == *asked)
}

/// A release that is not as far out as the record says, or of which that is not known, is no GO (V1, V19).
pub(super) fn lowered(frame: &EvalContext<'_>) -> Option<Lowering> {
    let reach = frame.reach.as_ref()?;
    let actual = reach.actual.as_ref()?;
    let stage = reach.stage.as_ref().map_or_else(|| "the rollback".to_owned(), |id| format!("stage/{id}"));
    let (reason, next) = match actual.agreement {
        Agreement::Same | Agreement::Apart => return None,
        Agreement::Differs => (
            format!(
                "drift: {} is recorded for {stage}, and {} is real by {}",
                reach.recorded, actual.real, actual.source
            ),
            Advice::from("make real what is recorded, or record what is real").by(Suggested::Stage(None)),
        ),
        Agreement::Unknown => (
            format!("{} is recorded for {stage}, and {}", reach.recorded, actual.reason),
            "see what keeps it from telling: gonogo doctor".into(),
        ),
    };
    let who = frame.launch.rollout.iter().flat_map(|it| it.advance_by.clone()).collect();
    Some(Lowering { next, who, ..Lowering::to_hold(Cause::Drift, reason) })
}

/// What is worth a word and lowers nothing.
pub(super) fn remark(reach: Option<&Reach>) -> Option<Str> {
    let reach = reach?;
    let exposure = reach.exposure.as_ref().filter(|it| it.off)?;
    let reason = exposure.reason.trim_end_matches(": not its share");
    Some(
        format!("{} recorded, {reason}: the soak counts less, or others, than planned", reach.recorded)
            .into(),
    )
}

/// Whether the launch asks about what is out, and since when.
pub(crate) fn demanded<'a>(
    launch: &'a Launch,
    runs: &[StageRun],
) -> Vec<(GaugeKind, &'a Gauge, DateTime<Utc>)> {
    let Some(rollout) = &launch.rollout else { return Vec::new() };
    let Some(recorded) = recorded(rollout, runs, DateTime::UNIX_EPOCH) else { return Vec::new() };
    let since = recorded.since.unwrap_or(DateTime::UNIX_EPOCH);
    let actual = rollout.actual.as_ref().map(|it| (GaugeKind::Actual, it, since));
    let exposure = rollout.exposure.as_ref().filter(|_| recorded.stage.is_some());
    actual.into_iter().chain(exposure.map(|it| (GaugeKind::Exposure, it, since))).collect()
}
