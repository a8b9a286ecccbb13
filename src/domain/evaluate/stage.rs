//! The rollout by the journal and the clock (V10).

use chrono::{DateTime, TimeDelta, Utc};

use super::super::{
    Board, GuardrailState, History, Launch, Pause, Stage, StageAct, StageRecord, StageState, StageStatus,
    Str, format,
};

/// Where a stage is, by what was recorded and by the time that has passed.
#[derive(Clone, Debug)]
pub(crate) struct StageRun {
    pub status: StageStatus,
    pub planned: Option<DateTime<Utc>>,
    pub started: Option<DateTime<Utc>>,
    /// The place of its start among all events.
    pub began: Option<u64>,
    pub soaked_at: Option<DateTime<Utc>>,
    /// When it was closed or taken back.
    pub ended: Option<DateTime<Utc>>,
    /// How long it was held, up to now.
    pub held: TimeDelta,
    /// Its holds, in order; the last may go on.
    pub pauses: Vec<Pause>,
}

impl StageRun {
    /// Whether it has run its soak, or does not apply: the next one may start.
    pub fn is_over(&self) -> bool {
        matches!(self.status, StageStatus::Soaked | StageStatus::Done | StageStatus::NotApplicable)
    }
}

/// All stages of the launch, in order.
pub(crate) fn runs(launch: &Launch, history: &History, now: DateTime<Utc>) -> Vec<StageRun> {
    let Some(rollout) = &launch.rollout else { return Vec::new() };
    let mut runs: Vec<StageRun> = Vec::with_capacity(rollout.stages.len());
    let mut before = None;
    let back = history.all_back();
    for stage in &rollout.stages {
        let records = history.stages.get(&stage.id).map_or(&[][..], Vec::as_slice);
        let planned = stage.start.as_ref().map(|moment| moment.at).or(before);
        // Starting a stage needs a name that counts; stopping it does not.
        let counts = |it: &&StageRecord| does_count(launch, it);
        // A start resets the stage: nothing from before it counts any more.
        let anew = |it: &StageRecord| it.step == StageAct::Started && counts(&it);
        let records = records.get(records.iter().rposition(anew).unwrap_or_default()..).unwrap_or_default();
        let said = records.iter().filter(counts).map(|it| (it, meant(launch, it)));
        let mut run = run(stage, said, planned, now);
        let undone = back.filter(|end| run.began.is_some_and(|began| began < end.seq));
        if let Some(end) = undone.filter(|_| run.status != StageStatus::NotApplicable) {
            // What was over before it was over then, and is taken back all the same.
            run.ended = run.ended.filter(|ended| *ended < end.voice.at).or(Some(end.voice.at));
            (run.status, run.pauses) = (StageStatus::RolledBack, Vec::new());
        }
        if run.status != StageStatus::NotApplicable {
            before = run.soaked_at;
        }
        runs.push(run);
    }
    // A stage is over once another behind it has started after it; an independent one is over by itself alone.
    let mut later: Vec<(u64, DateTime<Utc>)> = Vec::new();
    for (run, stage) in runs.iter_mut().zip(&rollout.stages).rev() {
        if stage.independent {
            continue;
        }
        let Some((began, started)) = run.began.zip(run.started) else { continue };
        let next = later.iter().filter(|(next, _)| *next > began).min();
        if let Some((_, ended)) = next
            && matches!(run.status, StageStatus::Soaking | StageStatus::Soaked)
        {
            (run.status, run.ended) = (StageStatus::Done, Some(*ended));
        }
        if run.status != StageStatus::RolledBack {
            later.push((began, started));
        }
    }
    runs
}

/// Whether it counts for where the stage is: where names must be checked, only a checked one starts a stage or lets it go on.
fn does_count(launch: &Launch, it: &StageRecord) -> bool {
    matches!(it.step, StageAct::Held | StageAct::RolledBack) || it.spoken().doubt(launch).is_none()
}

/// What it does to the stage. Taken back without proof, where names must be checked, it stands still and is watched on: what
/// a breach asks is answered by a word that counts.
fn meant(launch: &Launch, it: &StageRecord) -> StageAct {
    match it.step {
        StageAct::RolledBack if it.spoken().doubt(launch).is_some() => StageAct::Held,
        step => step,
    }
}

/// Who holds a stage that is held, and why, oldest first: `mo: errors`.
pub(super) fn held_by(launch: &Launch, history: &History, stage: &Stage) -> Vec<String> {
    let records = history.stages.get(&stage.id).map_or(&[][..], Vec::as_slice);
    let ran =
        |it: &StageRecord| matches!(it.step, StageAct::Started | StageAct::Resumed) && does_count(launch, it);
    let since = records.iter().rposition(ran).unwrap_or_default();
    let holds = records.get(since..).unwrap_or_default().iter();
    let holds = holds.filter(|it| meant(launch, it) == StageAct::Held);
    let told = |it: &StageRecord| {
        let how = if it.step == StageAct::Held { "" } else { ": rolled back without a checked name" };
        let why = it.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        format!("{}{how}{why}", it.spoken().named())
    };
    holds.map(told).collect()
}

fn run<'a>(
    stage: &Stage,
    records: impl Iterator<Item = (&'a StageRecord, StageAct)>,
    planned: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> StageRun {
    let samples = stage.soak.unwrap_or_default().samples;
    let past = Replay::of(records);
    let from = past.started.or(planned);
    // A stage does not soak while it is held.
    let held = past.held_until(now);
    let soaked_at =
        from.map(|from| format::later(from, stage.least())).and_then(|end| end.checked_add_signed(held));
    let status = match past.status {
        _ if stage.excluded.is_some() => StageStatus::NotApplicable,
        // Its samples are counted by guardrails, see `soaked`, or by the person who closes it.
        StageStatus::Soaking if samples.is_none() && soaked_at.is_some_and(|end| end <= now) => {
            StageStatus::Soaked
        }
        other => other,
    };
    let Replay { started, began, ended, pauses, .. } = past;
    StageRun { status, planned, started, began, soaked_at, ended, held, pauses }
}

/// What the journal says of one stage.
struct Replay {
    status: StageStatus,
    started: Option<DateTime<Utc>>,
    began: Option<u64>,
    ended: Option<DateTime<Utc>>,
    pauses: Vec<Pause>,
}

impl Replay {
    fn of<'a>(records: impl Iterator<Item = (&'a StageRecord, StageAct)>) -> Self {
        let mut it = Self::planned();
        for (record, step) in records {
            it.apply(record, step);
        }
        it
    }

    fn planned() -> Self {
        Self { status: StageStatus::Planned, started: None, began: None, ended: None, pauses: Vec::new() }
    }

    fn held_until(&self, now: DateTime<Utc>) -> TimeDelta {
        let length =
            |(from, until): &Pause| until.unwrap_or(now).signed_duration_since(*from).max(TimeDelta::zero());
        let add = |held: TimeDelta, pause: TimeDelta| held.checked_add(&pause).unwrap_or(TimeDelta::MAX);
        self.pauses.iter().map(length).fold(TimeDelta::zero(), add)
    }

    fn go_on(&mut self, at: DateTime<Utc>) {
        if let Some((_, until)) = self.pauses.last_mut() {
            until.get_or_insert(at);
        }
    }

    fn apply(&mut self, record: &StageRecord, step: StageAct) {
        match step {
            StageAct::Started => {
                let (started, began) = (Some(record.at), Some(record.seq));
                *self = Self { status: StageStatus::Soaking, started, began, ..Self::planned() };
            }
            StageAct::Held if self.status == StageStatus::Soaking => {
                self.status = StageStatus::Held;
                self.pauses.push((record.at, None));
            }
            StageAct::Resumed if self.status == StageStatus::Held => {
                self.status = StageStatus::Soaking;
                self.go_on(record.at);
            }
            StageAct::RolledBack if self.started.is_some() => {
                (self.status, self.ended) = (StageStatus::RolledBack, Some(record.at));
                self.go_on(record.at);
            }
            StageAct::Closed if self.started.is_some() => {
                (self.status, self.ended) = (StageStatus::Done, Some(record.at));
                self.go_on(record.at);
            }
            _ => {}
        }
    }
}

/// How many samples the guardrails of a stage have counted: the fewest of any that counts. `None`: none does.
pub(super) fn counted(guardrails: &[GuardrailState]) -> Option<u64> {
    guardrails.iter().filter_map(|it| it.samples).min()
}

/// The same runs, where guardrails count the samples of a soak: it is over with its time and its samples.
pub(crate) fn soaked(
    launch: &Launch,
    runs: &mut [StageRun],
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

/// The stages and freezes that change by the clock alone.
pub(super) fn changes<'a>(
    launch: &'a Launch,
    runs: &'a [StageRun],
    now: DateTime<Utc>,
) -> impl Iterator<Item = DateTime<Utc>> + 'a {
    let soaks = runs.iter().filter(|run| run.status == StageStatus::Soaking).filter_map(|run| run.soaked_at);
    let stalled = launch.rollout.as_ref().and_then(|rollout| rollout.stalled_after);
    let over = runs.iter().filter(|run| run.status == StageStatus::Soaked).filter_map(|run| run.soaked_at);
    let stalls = over.filter_map(move |at| Some(format::later(at, stalled?)));
    let freezes = launch.schedule.freezes.iter().flat_map(|freeze| [freeze.from.at, freeze.until.at]);
    let stages = launch.rollout.iter().flat_map(|rollout| &rollout.stages);
    let starts = stages.filter_map(|stage| stage.start.as_ref()).map(|moment| moment.at);
    soaks.chain(stalls).chain(freezes).chain(starts).filter(move |at| *at > now)
}

/// Remarks about stages that could go on but do not.
pub(super) fn remarks(board: &Board, zone: crate::Zone) -> impl Iterator<Item = Str> + '_ {
    board.stages.iter().filter_map(move |stage| {
        let since = stage.stalled_since?;
        let stood = format::span((board.evaluated_at - since).to_std().unwrap_or_default());
        let who = format::list(&stage.who);
        let since = format::moment(since, zone);
        Some(
            format!(
                "stage/{} is soaked since {since}, {stood} ago, and nobody has advanced it: {who} may",
                stage.id
            )
            .into(),
        )
    })
}

impl Board {
    /// The stage of this name.
    pub fn stage(&self, id: &super::super::StageId) -> Option<&StageState> {
        self.stages.iter().find(|stage| stage.id == *id)
    }
}
