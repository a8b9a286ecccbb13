//! The rollout by the journal and the clock (V10).

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{
    super::{
        Blocks, Board, BoardWord, GateId, GateState, GuardrailState, History, Launch, Rollout, Soak, Stage,
        StageAct, StageRecord, StageState, StageStatus, Standing, Str, Verdict, format,
    },
    decision,
};

/// Where a stage is, by what was recorded and by the time that has passed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub status: StageStatus,
    pub planned: Option<DateTime<Utc>>,
    pub started: Option<DateTime<Utc>>,
    pub soaked_at: Option<DateTime<Utc>>,
}

impl Run {
    /// Whether people have the release by it, and nothing later took its place.
    pub fn is_out(&self) -> bool {
        matches!(self.status, StageStatus::Soaking | StageStatus::Soaked | StageStatus::Held)
    }

    /// Whether it has run its soak, or does not apply: the next one may start.
    pub fn is_over(&self) -> bool {
        matches!(self.status, StageStatus::Soaked | StageStatus::Done | StageStatus::NotApplicable)
    }
}

/// All stages of the launch, in order.
pub(crate) fn runs(launch: &Launch, history: &History, now: DateTime<Utc>) -> Vec<Run> {
    let Some(rollout) = &launch.rollout else { return Vec::new() };
    let mut runs: Vec<Run> = Vec::with_capacity(rollout.stages.len());
    let mut before = None;
    for stage in &rollout.stages {
        let records = history.stages.get(&stage.id).map_or(&[][..], Vec::as_slice);
        let planned = stage.start.as_ref().map(|moment| moment.at).or(before);
        // What sets a stage going needs a name that counts; what stops it is heard from anybody.
        let counts = |it: &&StageRecord| stops(it.step) || it.spoken().doubt(launch).is_none();
        // A start begins anew: what was before it says nothing of the stage any more.
        let anew = |it: &StageRecord| it.step == StageAct::Started && counts(&it);
        let records = records.get(records.iter().rposition(anew).unwrap_or_default()..).unwrap_or_default();
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
        .map(|from| format::later(from, soak.time.unwrap_or_default()))
        .and_then(|end| end.checked_add_signed(held));
    let status = match past.status {
        _ if stage.excluded.is_some() => StageStatus::NotApplicable,
        // Its samples are counted by guardrails, see `soaked`, or by the person who closes it.
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

/// What a stage that has not started waits for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wait {
    /// The soak of an earlier one, which runs or not (V10).
    Earlier { text: Str, soaking: bool },
    /// A guardrail of an earlier one, which is not ok.
    Guardrail { stage: Str, id: Str, standing: Standing, reason: Str },
    /// Its own start, by the T clock.
    Start(DateTime<Utc>),
    /// The board to be GO.
    Word(BoardWord),
    /// A decision.
    Decision(Str),
    /// A gate of its own.
    Gate(GateId, Verdict),
    /// The end of a freeze of the rollout.
    Freeze(Str, DateTime<Utc>),
}

impl Wait {
    /// Whether a recorded override passes it. Gates are waived, and freezes have exceptions of their own.
    pub fn yields(&self) -> bool {
        matches!(
            self,
            Self::Earlier { .. }
                | Self::Guardrail { .. }
                | Self::Start(_)
                | Self::Word(_)
                | Self::Decision(_)
        )
    }

    /// For people, after "waits for".
    pub fn describe(&self, zone: Tz) -> Str {
        match self {
            Self::Earlier { text, .. } | Self::Decision(text) => text.clone(),
            Self::Guardrail { stage, id, standing, .. } => {
                format!("guardrail/{id} of stage/{stage} to be ok; it is {}", standing.word()).into()
            }
            Self::Start(at) => format!("its start at {}", format::moment(*at, zone)).into(),
            Self::Word(word) => format!("the board to be GO; it is {word}").into(),
            Self::Gate(id, verdict) => format!("{id} ({verdict})").into(),
            Self::Freeze(name, until) => {
                format!("the end of {} at {}", format::freeze(name), format::moment(*until, zone)).into()
            }
        }
    }
}

/// All that an unstarted stage is judged by.
pub(crate) struct Rail<'a> {
    pub launch: &'a Launch,
    pub history: &'a History,
    pub runs: &'a [Run],
    /// The guardrails of each stage that is out, by its place.
    pub guardrails: &'a [Vec<GuardrailState>],
    /// The gates of stages, at least.
    pub gates: &'a [GateState],
    /// The word of the evidence of the whole launch.
    pub word: BoardWord,
    pub now: DateTime<Utc>,
    pub latest: DateTime<Utc>,
}

impl Rail<'_> {
    /// What the stage in this place waits for before it starts; nothing: it may.
    pub fn waits(&self, at: usize) -> Vec<Wait> {
        let stages = self.launch.rollout.iter().flat_map(|rollout| &rollout.stages);
        let Some(stage) = stages.clone().nth(at) else { return Vec::new() };
        let mut waits: Vec<Wait> = Vec::new();
        if !stage.independent {
            let not_over = |(run, stage): &(&Run, &Stage)| !run.is_over() && !stage.independent;
            let before: Vec<_> = self.runs[..at].iter().zip(stages.clone()).filter(not_over).collect();
            let soaking = before.iter().any(|(run, _)| run.status == StageStatus::Soaking);
            let text =
                before.last().map(|(_, stage)| format!("stage/{} has not run its soak", stage.id).into());
            waits.extend(text.map(|text| Wait::Earlier { text, soaking }));
            let earlier = self.guardrails.iter().take(at).zip(stages.clone());
            waits.extend(
                earlier.filter(|(_, stage)| !stage.independent).flat_map(|(all, stage)| open(all, stage)),
            );
        }
        waits.extend(stage.start.as_ref().filter(|it| it.at > self.now).map(|it| Wait::Start(it.at)));
        waits.extend(decision::stops(self.launch, self.history, stage, self.word, self.latest));
        let own = |gate: &&GateState| gate.blocks == Blocks::Stage(stage.id.clone()) && gate.verdict.blocks();
        waits.extend(self.gates.iter().filter(own).map(|gate| Wait::Gate(gate.id.clone(), gate.verdict)));
        let freeze = self.launch.schedule.rollout_freeze(self.now);
        waits.extend(freeze.map(|freeze| Wait::Freeze(freeze.name.clone(), freeze.until.at)));
        waits
    }

    /// The stages as the board shows them.
    pub(super) fn states(&self) -> Vec<StageState> {
        let Some(rollout) = &self.launch.rollout else { return Vec::new() };
        let each = rollout.stages.iter().zip(self.runs).enumerate();
        each.map(|(at, (stage, run))| self.state(at, stage, run, rollout)).collect()
    }

    fn state(&self, at: usize, stage: &Stage, run: &Run, rollout: &Rollout) -> StageState {
        let zone = self.launch.schedule.zone;
        let soak = stage.soak.unwrap_or_default();
        let guardrails = self.guardrails.get(at).cloned().unwrap_or_default();
        let unstarted = match run.status {
            StageStatus::Planned | StageStatus::RolledBack => self.waits(at),
            _ => Vec::new(),
        };
        let waits_for = match run.status {
            StageStatus::Soaking => soaking(self.launch, soak, run, &guardrails, self.now),
            StageStatus::Held => vec!["somebody to end the hold".into()],
            StageStatus::Soaked => open(&guardrails, stage).map(|wait| wait.describe(zone)).collect(),
            _ => unstarted.iter().map(|wait| wait.describe(zone)).collect(),
        };
        let records = self.history.stages.get(&stage.id).map_or(&[][..], Vec::as_slice);
        let overridden = decision::started(records).filter(|record| record.overrides).map(|record| {
            let why = record.note.as_deref().unwrap_or_default();
            format!("by {}: {why}", record.actor.name).into()
        });
        StageState {
            id: stage.id.clone(),
            audience: stage.audience.label(),
            status: run.status,
            planned: run.planned,
            started: run.started,
            soaked_at: run.soaked_at,
            soak,
            guardrails,
            waits_for,
            early: unstarted.iter().filter(|wait| wait.yields()).map(|wait| wait.describe(zone)).collect(),
            overridden,
            who: rollout.advance_by.clone(),
            point_of_no_return: stage.point_of_no_return,
        }
    }
}

/// What of its guardrails the stage after it waits for.
fn open<'a>(all: &'a [GuardrailState], stage: &'a Stage) -> impl Iterator<Item = Wait> + 'a {
    let open = all.iter().filter(|it| it.standing != Standing::Ok);
    open.map(|it| Wait::Guardrail {
        stage: stage.id.text(),
        id: it.id.clone(),
        standing: it.standing,
        reason: it.reason.clone(),
    })
}

/// How many samples the guardrails of a stage have counted: the fewest of any that counts. `None`: none does.
fn counted(guardrails: &[GuardrailState]) -> Option<u64> {
    guardrails.iter().filter_map(|it| it.samples).min()
}

/// The same runs, where guardrails count the samples of a soak: it is over with its time and its samples.
pub(crate) fn soaked(
    launch: &Launch,
    runs: &mut [Run],
    guardrails: &[Vec<GuardrailState>],
    now: DateTime<Utc>,
) {
    let stages = launch.rollout.iter().flat_map(|rollout| &rollout.stages);
    for ((run, stage), guardrails) in runs.iter_mut().zip(stages).zip(guardrails) {
        let samples = stage.soak.unwrap_or_default().samples;
        let enough = samples.zip(counted(guardrails)).is_some_and(|(wanted, counted)| counted >= wanted);
        if run.status == StageStatus::Soaking && enough && run.soaked_at.is_some_and(|end| end <= now) {
            run.status = StageStatus::Soaked;
        }
    }
}

fn soaking(
    launch: &Launch,
    soak: Soak,
    run: &Run,
    guardrails: &[GuardrailState],
    now: DateTime<Utc>,
) -> Vec<Str> {
    let mut waits = Vec::new();
    if let Some(end) = run.soaked_at.filter(|end| *end > now) {
        let left = format::span((end - now).to_std().unwrap_or_default());
        waits.push(
            format!("its soak to end at {} ({left} left)", format::moment(end, launch.schedule.zone)).into(),
        );
    }
    match (soak.samples, counted(guardrails)) {
        (Some(samples), None) => {
            waits.push(format!("somebody to close it once it has {samples} samples").into());
        }
        (Some(samples), Some(counted)) if counted < samples => {
            waits.push(format!("its samples: {counted} of {samples}").into());
        }
        _ => {}
    }
    let open = guardrails.iter().filter(|it| it.standing != Standing::Ok);
    waits.extend(open.map(|it| format!("guardrail/{} ({})", it.id, it.standing.word()).into()));
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
    let stages = launch.rollout.iter().flat_map(|rollout| &rollout.stages);
    let starts = stages.filter_map(|stage| stage.start.as_ref()).map(|moment| moment.at);
    soaks.chain(freezes).chain(starts).filter(move |at| *at > now)
}

impl Board {
    /// The stage of this name.
    pub fn stage(&self, id: &super::super::StageId) -> Option<&StageState> {
        self.stages.iter().find(|stage| stage.id == *id)
    }
}
