//! The rollout by the journal and the clock (V10).

use chrono::{DateTime, TimeDelta, Utc};

use super::super::{
    Blocks, Board, GateState, History, Launch, Soak, Stage, StageAct, StageRecord, StageState, StageStatus,
    Str, words,
};

/// Where a stage is, by what was recorded and by the time that has passed.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) struct Run {
    pub status: StageStatus,
    pub planned: Option<DateTime<Utc>>,
    pub started: Option<DateTime<Utc>>,
    pub soaked_at: Option<DateTime<Utc>>,
}

impl Run {
    /// Whether it has run its soak, or does not apply: the next one may start.
    pub fn is_over(&self) -> bool {
        matches!(self.status, StageStatus::Soaked | StageStatus::Done | StageStatus::NotApplicable)
    }
}

/// All stages of the launch, in order.
pub(in crate::domain) fn runs(launch: &Launch, history: &History, now: DateTime<Utc>) -> Vec<Run> {
    let Some(rollout) = &launch.rollout else { return Vec::new() };
    let mut runs: Vec<Run> = Vec::with_capacity(rollout.stages.len());
    let mut before = None;
    for stage in &rollout.stages {
        let records = history.stages.get(&stage.id).map_or(&[][..], Vec::as_slice);
        let planned = stage.start.as_ref().map(|moment| moment.at).or(before);
        // What sets a stage going needs a name that counts; what stops it is heard from anybody.
        let counts = |it: &&StageRecord| stops(it.step) || it.spoken().doubt(launch).is_none();
        let run = run(stage, records.iter().filter(counts), planned, now);
        if run.status != StageStatus::NotApplicable {
            before = run.soaked_at;
        }
        runs.push(run);
    }
    let mut later = false;
    for (run, stage) in runs.iter_mut().zip(&rollout.stages).rev() {
        if later && matches!(run.status, StageStatus::Soaking | StageStatus::Soaked) {
            run.status = StageStatus::Done;
        }
        let going = run.started.is_some() && run.status != StageStatus::RolledBack;
        later |= going && !stage.independent;
    }
    runs
}

fn stops(step: StageAct) -> bool {
    matches!(step, StageAct::Held | StageAct::RolledBack)
}

fn run<'a>(
    stage: &Stage,
    records: impl Iterator<Item = &'a StageRecord>,
    planned: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Run {
    let soak = stage.soak.unwrap_or_default();
    let past = Replay::of(records);
    let from = past.started.or(planned);
    // A stage does not soak while it is held.
    let held = past.held_until(now);
    let soaked_at = from
        .map(|from| words::later(from, soak.time.unwrap_or_default()))
        .and_then(|end| end.checked_add_signed(held));
    let status = match past.status {
        _ if stage.excluded.is_some() => StageStatus::NotApplicable,
        // Nothing here counts samples: such a stage is soaked only when a person closes it.
        StageStatus::Soaking if soak.samples.is_none() && soaked_at.is_some_and(|end| end <= now) => {
            StageStatus::Soaked
        }
        other => other,
    };
    Run { status, planned, started: past.started, soaked_at }
}

/// What the journal says of one stage.
struct Replay {
    status: StageStatus,
    started: Option<DateTime<Utc>>,
    held: TimeDelta,
    since: Option<DateTime<Utc>>,
}

impl Replay {
    fn of<'a>(records: impl Iterator<Item = &'a StageRecord>) -> Self {
        let mut it = Self::planned();
        for record in records {
            it.apply(record);
        }
        it
    }

    fn planned() -> Self {
        Self { status: StageStatus::Planned, started: None, held: TimeDelta::zero(), since: None }
    }

    fn held_until(&self, now: DateTime<Utc>) -> TimeDelta {
        let pause = self.since.map_or(TimeDelta::zero(), |since| (now - since).max(TimeDelta::zero()));
        self.held.checked_add(&pause).unwrap_or(TimeDelta::MAX)
    }

    fn apply(&mut self, record: &StageRecord) {
        match record.step {
            StageAct::Started => {
                *self = Self { status: StageStatus::Soaking, started: Some(record.at), ..Self::planned() };
            }
            StageAct::Held if self.status == StageStatus::Soaking => {
                self.status = StageStatus::Held;
                self.since = Some(record.at);
            }
            StageAct::Resumed if self.status == StageStatus::Held => {
                self.status = StageStatus::Soaking;
                self.held = self.held_until(record.at);
                self.since = None;
            }
            StageAct::RolledBack if self.started.is_some() => {
                *self = Self { status: StageStatus::RolledBack, started: self.started, ..Self::planned() };
            }
            StageAct::Closed if self.started.is_some() => {
                self.status = StageStatus::Done;
                self.since = None;
            }
            _ => {}
        }
    }
}

/// Why the stage in this place may not start yet, as far as the stages before it and the calendar go: V10.
pub(in crate::domain) fn before(launch: &Launch, runs: &[Run], at: usize) -> Option<Str> {
    let stages = &launch.rollout.as_ref()?.stages;
    if stages.get(at)?.independent {
        return None;
    }
    let open = |(run, stage): &(&Run, &Stage)| !run.is_over() && !stage.independent;
    let (_, stage) = runs[..at].iter().zip(stages).rfind(open)?;
    Some(format!("stage/{} has not run its soak", stage.id).into())
}

/// The stages as the board shows them.
pub(super) fn states(
    launch: &Launch,
    runs: &[Run],
    stopped: Option<&Str>,
    gates: &[&GateState],
    now: DateTime<Utc>,
) -> Vec<StageState> {
    let Some(rollout) = &launch.rollout else { return Vec::new() };
    let each = rollout.stages.iter().zip(runs).enumerate();
    each.map(|(at, (stage, run))| StageState {
        id: stage.id.clone(),
        audience: stage.audience.label(),
        status: run.status,
        planned: run.planned,
        started: run.started,
        soaked_at: run.soaked_at,
        soak: stage.soak.unwrap_or_default(),
        waits_for: waits(launch, runs, at, stopped, gates, now),
        who: rollout.advance_by.clone(),
        point_of_no_return: stage.point_of_no_return,
    })
    .collect()
}

fn waits(
    launch: &Launch,
    runs: &[Run],
    at: usize,
    stopped: Option<&Str>,
    gates: &[&GateState],
    now: DateTime<Utc>,
) -> Vec<Str> {
    let Some(stage) = launch.rollout.as_ref().and_then(|rollout| rollout.stages.get(at)) else {
        return Vec::new();
    };
    match runs[at].status {
        StageStatus::Planned | StageStatus::RolledBack => not_started(launch, runs, at, stopped, gates, now),
        StageStatus::Soaking => soaking(launch, stage.soak.unwrap_or_default(), &runs[at], now),
        StageStatus::Held => vec!["somebody to end the hold".into()],
        StageStatus::Soaked | StageStatus::Done | StageStatus::NotApplicable => Vec::new(),
    }
}

fn not_started(
    launch: &Launch,
    runs: &[Run],
    at: usize,
    stopped: Option<&Str>,
    gates: &[&GateState],
    now: DateTime<Utc>,
) -> Vec<Str> {
    let Some(stage) = launch.rollout.as_ref().and_then(|rollout| rollout.stages.get(at)) else {
        return Vec::new();
    };
    let mut waits: Vec<Str> = before(launch, runs, at).into_iter().collect();
    // Pilots run before GO.
    waits.extend(stopped.filter(|_| !stage.pilot).cloned());
    let shut = |gate: &&&GateState| gate.blocks == Blocks::Stage(stage.id.clone()) && gate.verdict.blocks();
    waits.extend(gates.iter().filter(shut).map(|gate| format!("{} ({})", gate.id, gate.verdict).into()));
    if let Some(freeze) = launch.schedule.rollout_freeze(now) {
        let until = words::moment(freeze.until.at, launch.schedule.zone);
        waits.push(format!("the freeze {} to end at {until}", freeze.name).into());
    }
    waits
}

fn soaking(launch: &Launch, soak: Soak, run: &Run, now: DateTime<Utc>) -> Vec<Str> {
    let mut waits = Vec::new();
    if let Some(end) = run.soaked_at.filter(|end| *end > now) {
        let left = words::span((end - now).to_std().unwrap_or_default());
        waits.push(
            format!("its soak to end at {} ({left} left)", words::moment(end, launch.schedule.zone)).into(),
        );
    }
    if let Some(samples) = soak.samples {
        waits.push(format!("somebody to close it once it has {samples} samples").into());
    }
    waits
}

/// The stages and freezes that change by the clock alone.
pub(super) fn changes<'a>(
    launch: &'a Launch,
    runs: &'a [Run],
    now: DateTime<Utc>,
) -> impl Iterator<Item = DateTime<Utc>> + 'a {
    let soaks = runs.iter().filter(|run| run.status == StageStatus::Soaking).filter_map(|run| run.soaked_at);
    let freezes = launch.schedule.freezes.iter().flat_map(|freeze| [freeze.from.at, freeze.until.at]);
    soaks.chain(freezes).filter(move |at| *at > now)
}

impl Board {
    /// The stage of this name.
    pub fn stage(&self, id: &super::super::StageId) -> Option<&StageState> {
        self.stages.iter().find(|stage| stage.id == *id)
    }
}
