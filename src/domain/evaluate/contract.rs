//! The contracts of stages: what each waits for before it starts, and what it must have shown before the next one does.
//! The board's clauses, what a stage waits for in words, and what an act is refused for are all made of these.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    super::{
        Agreement, Blocks, BoardWord, CallsFor, Clause, ClauseKind, CriterionState, GateId, GateState,
        GuardrailState, History, Launch, Ramp, Reach, Rollout, Spoken, Stage, StageAct, StageAnswer,
        StageRecord, StageState, StageStatus, Standing, Str, format, guardrail::said::grouped,
    },
    close,
    decision::{self, StageStop},
    incident, orphan,
    stage::{self, StageRun, counted},
    stage_results,
};

/// A clause, and what an act needs to know of it beyond that.
#[derive(Clone, Debug)]
pub(crate) struct ContractTerm {
    pub clause: Clause,
    pub wait: Wait,
}

/// What a stage waits for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wait {
    /// The soak of an earlier one, which runs or not (V10).
    Earlier { soaking: bool },
    /// A guardrail, which is not ok.
    Guardrail { standing: Standing, accepted: bool, reason: Str },
    /// The evidence to be GO.
    Word(BoardWord),
    /// A gate of its own.
    Gate(GateId),
    /// What its clause says.
    Other,
}

/// All that stages are judged by.
pub(crate) struct Rail<'a> {
    pub launch: &'a Launch,
    pub history: &'a History,
    pub runs: &'a [StageRun],
    /// The guardrails of each stage that is out, by its place.
    pub guardrails: &'a [Vec<GuardrailState>],
    /// How far the release is out, by the record and in truth.
    pub reach: Option<&'a Reach>,
    /// The gates of stages, at least.
    pub gates: &'a [GateState],
    /// The word of the evidence of the whole launch.
    pub word: BoardWord,
    pub now: DateTime<Utc>,
    pub latest: DateTime<Utc>,
}

impl Rail<'_> {
    fn stages(&self) -> &[Stage] {
        self.launch.rollout.as_ref().map_or(&[], |rollout| &rollout.stages)
    }

    fn moment(&self, at: DateTime<Utc>) -> String {
        format::moment(at, self.launch.schedule.zone)
    }

    /// What the stage in this place needs before it starts.
    pub fn start(&self, at: usize) -> Vec<ContractTerm> {
        let Some(stage) = self.stages().get(at) else { return Vec::new() };
        let mut terms = Vec::new();
        if close::standing(self.launch, self.history).is_some() {
            terms.push(clause(ClauseKind::Decision, stage, "the launch to be opened again").strict());
        }
        if !stage.independent {
            self.earlier(at, &mut terms);
        }
        if let Some(start) = &stage.start {
            let met = start.at <= self.now;
            let text = format!("its start at {}", self.moment(start.at));
            let clause =
                Clause { met, at: (!met).then_some(start.at), ..clause(ClauseKind::Start, stage, text) };
            terms.push(clause.yielding());
        }
        if self.history.open_rollback().is_some() {
            terms.push(clause(ClauseKind::Rollback, stage, "the rollback to end").strict());
        }
        terms.extend(incident::holding(self.launch, self.history).map(|number| {
            let text = format!("incident {number} to be resolved, or a word that the rollout goes on");
            clause(ClauseKind::Incident, stage, text).yielding()
        }));
        self.decided(stage, &mut terms);
        // One go inside a `one_of` is enough: its ways are none of their own.
        let way = |gate: &GateState| {
            let at = self.launch.position(&gate.id);
            at.is_some_and(|at| self.launch.derived.in_one_of(self.launch, at))
        };
        let own = |gate: &&GateState| gate.blocks == Blocks::Stage(stage.id.clone()) && !way(gate);
        terms.extend(self.gates.iter().filter(own).map(|gate| {
            let text = format!("{} ({})", gate.id, gate.verdict);
            let (of, met) = (Some(gate.id.text()), !gate.verdict.blocks());
            let clause = Clause { of, met, ..clause(ClauseKind::Gate, stage, text) };
            ContractTerm { clause, wait: Wait::Gate(gate.id.clone()) }
        }));
        terms.extend(self.launch.schedule.rollout_freezes(self.now).map(|freeze| {
            let end = self.moment(freeze.until.at);
            let text = format!("the end of {} at {end}", format::freeze(&freeze.name));
            let (of, at) = (Some(freeze.name.clone()), Some(freeze.until.at));
            Clause { of, at, ..clause(ClauseKind::Freeze, stage, text) }.strict()
        }));
        terms
    }

    /// The stages ahead of it: the nearest that has not run its soak, and what those that are out have yet to show.
    fn earlier(&self, at: usize, terms: &mut Vec<ContractTerm>) {
        let ahead = || self.runs.iter().zip(self.stages()).enumerate().take(at);
        let ahead = || {
            ahead().filter(|(_, (run, stage))| !stage.independent && run.status != StageStatus::NotApplicable)
        };
        let open: Vec<_> = ahead().filter(|(_, (run, _))| !run.is_over()).collect();
        let soaking = open.iter().any(|(_, (run, _))| run.status == StageStatus::Soaking);
        if let Some((place, (run, stage))) = open.last().copied().or_else(|| ahead().next_back()) {
            let met = open.is_empty();
            let text = if met {
                format!("stage/{} has run its soak", stage.id)
            } else {
                format!("stage/{} has not run its soak", stage.id)
            };
            let paces = |kind| matches!(kind, ClauseKind::Time | ClauseKind::Samples | ClauseKind::Hold);
            let own = || {
                let all = self.soak(place, stage, run).into_iter().map(|term| term.clause);
                all.filter(|it| !it.met && paces(it.kind))
            };
            let paced = !met && run.status.is_current() && own().all(|it| it.at.is_some());
            let at = if paced { own().filter_map(|it| it.at).max() } else { None };
            let clause = Clause { met, at, yields: true, ..clause(ClauseKind::Earlier, stage, text) };
            terms.push(ContractTerm { clause, wait: Wait::Earlier { soaking } });
        }
        if let Some(stage) = self.stages().get(at) {
            terms.extend(orphan::stages_out(self.launch, self.history).into_iter().map(|(id, since)| {
                let since = self.moment(since);
                let text =
                    format!("stage/{id}, which is out since {since} and is no stage of this launch any more");
                clause(ClauseKind::Reach, stage, text).yielding()
            }));
        }
        for (place, (run, stage)) in ahead().filter(|(_, (run, _))| run.status.is_current()) {
            terms.extend(self.shown(place, stage, run, false));
        }
        terms.extend(self.real(at));
    }

    /// That the release is as far out as was recorded, where the launch asks and it can be compared.
    fn real(&self, at: usize) -> Option<ContractTerm> {
        let (reach, stage) = (self.reach?, self.stages().get(at)?);
        let actual = reach.actual.as_ref().filter(|it| it.agreement != Agreement::Apart)?;
        let met = actual.agreement == Agreement::Same;
        let text = if met {
            format!("what is out is as recorded: {}", actual.reason)
        } else {
            format!("what is out to be as recorded: {} recorded, {}", reach.recorded, actual.reason)
        };
        Some(Clause { met, ..clause(ClauseKind::Reach, stage, text) }.yielding())
    }

    /// The word and the decision that it waits for, or that stands.
    fn decided(&self, stage: &Stage, terms: &mut Vec<ContractTerm>) {
        if let Some(since) = decision::going_since(self.launch, self.history) {
            let text = format!("GO was decided at {}", self.moment(since));
            terms.push(Clause { met: true, ..clause(ClauseKind::Decision, stage, text) }.yielding());
            return;
        }
        let stops = decision::stops(self.launch, self.history, stage, self.word, self.latest);
        if !stage.pilot && !stops.iter().any(|it| matches!(it, StageStop::Word(_))) {
            let clause = Clause { met: true, ..clause(ClauseKind::Word, stage, "the evidence is GO") };
            terms.push(clause.yielding());
        }
        terms.extend(stops.into_iter().map(|stop| match stop {
            StageStop::Word(word) => {
                let text = format!("the evidence to be GO; it is {word}");
                let clause = Clause { yields: true, ..clause(ClauseKind::Word, stage, text) };
                ContractTerm { clause, wait: Wait::Word(word) }
            }
            StageStop::Decision(text) => clause(ClauseKind::Decision, stage, text).yielding(),
        }));
    }

    /// What a stage that is out must have shown before the next one starts.
    pub fn soak(&self, at: usize, stage: &Stage, run: &StageRun) -> Vec<ContractTerm> {
        let mut terms = Vec::new();
        if run.status == StageStatus::Held {
            let text = format!("somebody to end the hold{}", self.held_by(stage));
            terms.push(clause(ClauseKind::Hold, stage, text).yielding());
        }
        terms.extend(self.time(stage, run));
        terms.extend(self.samples(at, stage));
        terms.extend(self.shown(at, stage, run, true));
        if let (true, Some(since)) = (terms.iter().all(|it| it.clause.met), self.stalled(at, run)) {
            let text = format!("somebody to advance it: its soak is over since {}", self.moment(since));
            terms.push(clause(ClauseKind::Advance, stage, text).yielding());
        }
        terms
    }

    /// ` of mo: errors; and of hu: the bank calls`.
    pub(super) fn held_by(&self, stage: &Stage) -> String {
        let by = stage::held_by(self.launch, self.history, stage);
        if by.is_empty() { String::new() } else { format!(" of {}", by.join("; and of ")) }
    }

    fn time(&self, stage: &Stage, run: &StageRun) -> Option<ContractTerm> {
        let (least, end) = (stage.least(), run.soaked_at?);
        if least.is_zero() {
            return None;
        }
        let left = (end - self.now).to_std().unwrap_or_default().min(least);
        let met = end <= self.now;
        let text = if met {
            format!("it has run its {}", format::span(least))
        } else {
            format!(
                "its soak to end at {} ({} left)",
                self.moment(end),
                format::span((end - self.now).to_std().unwrap_or_default())
            )
        };
        let done = least.saturating_sub(left).as_secs_f64();
        let (done, needed, at) =
            (Some(done), Some(least.as_secs_f64()), (!met && run.status != StageStatus::Held).then_some(end));
        Some(Clause { met, done, needed, at, ..clause(ClauseKind::Time, stage, text) }.yielding())
    }

    fn samples(&self, at: usize, stage: &Stage) -> Option<ContractTerm> {
        let wanted = stage.soak?.samples?;
        let guardrails = self.guardrails.get(at).map_or(&[][..], Vec::as_slice);
        let have = counted(guardrails);
        let text = match have {
            None => format!("somebody to close it once it has {} samples", grouped(wanted)),
            Some(have) if have < wanted => {
                format!("its samples: {} of {}", grouped(have), grouped(wanted))
            }
            Some(have) => format!("{} samples of {}", grouped(have), grouped(wanted)),
        };
        let met = have.is_some_and(|have| have >= wanted);
        #[expect(clippy::cast_precision_loss, reason = "counts, to be drawn")]
        let (done, needed) = (have.map(|have| have as f64), wanted as f64);
        let fewest = guardrails.iter().filter(|it| it.samples == have).find_map(|it| it.per_second);
        let at = done.zip(fewest.filter(|_| !met)).and_then(|(done, rate)| {
            let wait = std::time::Duration::try_from_secs_f64((needed - done).max(0.0) / rate).ok()?;
            Some(format::later(self.now, wait))
        });
        let needed = Some(needed);
        Some(Clause { met, done, needed, at, ..clause(ClauseKind::Samples, stage, text) }.yielding())
    }

    /// What it has to prove besides its soak: guardrails, criteria, results. `own`: shown with the stage itself.
    fn shown(&self, at: usize, stage: &Stage, run: &StageRun, own: bool) -> Vec<ContractTerm> {
        let of_stage = if own { String::new() } else { format!(" of stage/{}", stage.id) };
        let guardrails = self.guardrails.get(at).map_or(&[][..], Vec::as_slice);
        let mut terms: Vec<ContractTerm> =
            guardrails.iter().map(|it| self.guardrail(stage, it, &of_stage)).collect();
        for (number, it) in (1..).zip(self.criteria(stage, run)) {
            terms.push(criterion(stage, number, &it, &of_stage));
        }
        terms.extend(self.answers(stage, run).into_iter().map(|it| answer(stage, &it, &of_stage)));
        terms
    }

    fn guardrail(&self, stage: &Stage, it: &GuardrailState, of_stage: &str) -> ContractTerm {
        let met = it.standing == Standing::Ok;
        let (id, word) = (&it.id, it.standing.word());
        let accepted = it.accepted.as_ref().map(|it| format!(", {}", it.said(self.launch.schedule.zone)));
        let accepted = accepted.unwrap_or_default();
        let text = if met {
            format!("guardrail/{id}{of_stage} is ok")
        } else if of_stage.is_empty() {
            format!("guardrail/{id} ({word}{accepted})")
        } else {
            format!("guardrail/{id}{of_stage} to be ok; it is {word}{accepted}")
        };
        #[expect(clippy::cast_precision_loss, reason = "counts, to be drawn")]
        let count = |count: u64| count as f64;
        let done = it.samples.map(count);
        let needed = done.zip(it.needed.map(count)).map(|(done, more)| done + more);
        let at = it.ready_at.filter(|_| !met);
        let (of, yields) = (Some(it.id.clone()), true);
        let clause =
            Clause { of, met, done, needed, at, yields, ..clause(ClauseKind::Guardrail, stage, text) };
        let wait = Wait::Guardrail {
            standing: it.standing,
            accepted: it.accepted.is_some(),
            reason: it.reason.clone(),
        };
        ContractTerm { clause, wait }
    }

    fn criteria(&self, stage: &Stage, run: &StageRun) -> Vec<CriterionState> {
        stage_results::criteria(self.launch, self.history, stage, run.began)
    }

    fn answers(&self, stage: &Stage, run: &StageRun) -> Vec<StageAnswer> {
        stage_results::answers(self.launch, self.history, stage, run.began)
    }

    /// Since when its soak is over, if it could go on and nobody has advanced it for too long.
    fn stalled(&self, at: usize, run: &StageRun) -> Option<DateTime<Utc>> {
        let limit = self.launch.rollout.as_ref()?.stalled_after?;
        let since = run.soaked_at.filter(|_| run.status == StageStatus::Soaked)?;
        if close::standing(self.launch, self.history).is_some() {
            return None;
        }
        let mut later = self.stages().iter().skip(at + 1);
        let next = later.any(|stage| stage.excluded.is_none() && !stage.independent);
        (next && format::later(since, limit) <= self.now).then_some(since)
    }

    /// The stages as the board shows them.
    pub(super) fn states(&self) -> Vec<StageState> {
        let Some(rollout) = &self.launch.rollout else { return Vec::new() };
        let each = rollout.stages.iter().zip(self.runs).enumerate();
        each.map(|(at, (stage, run))| self.state(at, stage, run, rollout)).collect()
    }

    fn state(&self, at: usize, stage: &Stage, run: &StageRun, rollout: &Rollout) -> StageState {
        let unstarted = matches!(run.status, StageStatus::Planned | StageStatus::RolledBack);
        let terms = match run.status {
            _ if unstarted => self.start(at),
            _ if run.status.is_current() => self.soak(at, stage, run),
            _ => Vec::new(),
        };
        let mut clauses: Vec<Clause> = terms.into_iter().map(|term| term.clause).collect();
        Clause::mark_lagging(&mut clauses);
        let said = |it: &Clause| it.text.clone();
        let waits_for: Vec<Str> = clauses.iter().filter(|it| !it.met).map(said).collect();
        let early = clauses.iter().filter(|it| unstarted && !it.met && it.yields).map(said).collect();
        let status = match run.status {
            StageStatus::Planned if waits_for.is_empty() => StageStatus::Ready,
            status => status,
        };
        let stalled_since = clauses.iter().any(|it| it.kind == ClauseKind::Advance).then_some(run.soaked_at);
        let records = self.history.stages.get(&stage.id).map_or(&[][..], Vec::as_slice);
        let by = |record: &StageRecord| -> Str {
            let why = record.note.as_deref().unwrap_or_default();
            format!("by {}: {why}", record.spoken().named()).into()
        };
        let overridden = decision::started(self.launch, records).filter(|record| record.overrides).map(by);
        let closed = records.last().filter(|it| it.step == StageAct::Closed && it.overrides).map(by);
        StageState {
            id: stage.id.clone(),
            audience: stage.audience.label(),
            status,
            planned: run.planned,
            started: run.started,
            soaked_at: run.soaked_at,
            ended: run.ended,
            pauses: run.pauses.clone(),
            soak: stage.soak.unwrap_or_default(),
            guardrails: self.guardrails.get(at).cloned().unwrap_or_default(),
            clauses,
            waits_for,
            early,
            overridden,
            closed_early: closed,
            who: rollout.advance_by.clone(),
            watcher: stage.watcher.clone(),
            point_of_no_return: stage.point_of_no_return,
            by_hand: self.by_hand(at, stage, status),
            criteria: self.criteria(stage, run),
            answers: self.answers(stage, run),
            ramp: self.ramp(at, stage, run),
            stalled_since: stalled_since.flatten(),
        }
    }

    /// The command of the act that is meant now: back, where it was taken back or that is called for.
    fn by_hand(&self, at: usize, stage: &Stage, status: StageStatus) -> Option<Str> {
        let out = self.runs.get(at).is_some_and(|run| run.status.is_out());
        let calls = |it: &GuardrailState| it.asks() && it.calls_for == CallsFor::Rollback;
        let called = self.guardrails.get(at).is_some_and(|all| all.iter().any(calls));
        let back = out && (called || self.history.open_rollback().is_some());
        if back || status == StageStatus::RolledBack {
            return stage.by_hand_back.clone();
        }
        stage.by_hand.clone()
    }

    /// Where the ramp is: even from the percentage of the stage before to its own.
    fn ramp(&self, at: usize, stage: &Stage, run: &StageRun) -> Option<Ramp> {
        let (over, to) = (stage.over?, stage.audience.percent()?);
        let mut before =
            self.stages().iter().take(at).rev().filter(|it| it.excluded.is_none() && !it.independent);
        let from = before.find_map(|it| it.audience.percent()).unwrap_or(0.0);
        let started = run.started.filter(|_| run.status != StageStatus::RolledBack);
        let now = started.map(|started| {
            let gone = (self.now - started).checked_sub(&run.held).unwrap_or(TimeDelta::zero());
            let gone = gone.to_std().unwrap_or_default().min(over).as_secs_f64();
            from + (to - from) * (gone / over.as_secs_f64().max(1.0)).min(1.0)
        });
        let full_at = started.and_then(|started| format::later(started, over).checked_add_signed(run.held));
        Some(Ramp { from, to, now, full_at })
    }
}

/// One that is not met, and that no override passes.
fn clause(kind: ClauseKind, stage: &Stage, text: impl Into<Str>) -> Clause {
    Clause {
        kind,
        stage: stage.id.clone(),
        of: None,
        met: false,
        text: text.into(),
        done: None,
        needed: None,
        at: None,
        lagging: false,
        yields: false,
    }
}

impl Clause {
    fn yielding(self) -> ContractTerm {
        ContractTerm { clause: Self { yields: true, ..self }, wait: Wait::Other }
    }

    fn strict(self) -> ContractTerm {
        ContractTerm { clause: self, wait: Wait::Other }
    }
}

fn criterion(stage: &Stage, number: usize, it: &CriterionState, of_stage: &str) -> ContractTerm {
    let by = it.spoken().map(Spoken::named).unwrap_or_default();
    let what = format!("criterion {number}{of_stage}");
    let text = match it.holds {
        Some(true) => format!("{what}, confirmed by {by}: {}", it.text),
        Some(false) => {
            let why = it.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
            format!("{what}, which does not hold by the word of {by}{why}: {}", it.text)
        }
        None => format!("{what} to be confirmed: {}", it.text),
    };
    let (of, met) = (Some(it.text.clone()), it.holds == Some(true));
    Clause { of, met, ..clause(ClauseKind::Criterion, stage, text) }.yielding()
}

fn answer(stage: &Stage, it: &StageAnswer, of_stage: &str) -> ContractTerm {
    let text = match &it.answer {
        Some(answer) => format!("{}{of_stage}: {answer}", it.name),
        None => format!("the result {}{of_stage} ({})", it.name, it.kind.word()),
    };
    let (of, met) = (Some(it.name.clone()), it.answer.is_some());
    Clause { of, met, ..clause(ClauseKind::Answer, stage, text) }.yielding()
}
