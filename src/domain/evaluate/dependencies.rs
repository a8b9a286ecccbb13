//! Needs and embargoes: what keeps a gate pending whatever it says by itself.

use chrono::{DateTime, Utc};

use super::{
    super::{
        Advice, Kind, Need, Party, Stage, StageStatus, Str, Suggested, Verdict, format, launch::RequiredNode,
    },
    eval_context::EvalContext,
    gate_results::GateResults,
    group::add_new,
};

/// The most open needs that are handed on through what does not apply.
const MOST_HANDED_ON: usize = 32;

/// What a gate still waits for.
#[derive(Clone, Debug, Default)]
pub(super) struct Dependencies {
    /// Open needs, as written in files.
    pub open: Vec<Str>,
    /// The end of the embargo, while it holds.
    pub embargo: Option<DateTime<Utc>>,
    /// When the last of what is satisfied became so.
    pub since: Option<DateTime<Utc>>,
    /// When something here changes unaided.
    pub changes_at: Option<DateTime<Utc>>,
    /// The earliest moment at which all of it can be satisfied.
    pub earliest: Option<DateTime<Utc>>,
    /// Who can satisfy the open needs.
    pub who: Vec<Party>,
    /// What would satisfy the first of them.
    pub next: Option<Advice>,
}

impl Dependencies {
    pub fn of(frame: &EvalContext<'_>, cells: &GateResults, at: usize) -> Self {
        let mut waits = Self::on(frame, cells, &frame.launch.derived.needs[at]);
        let gate = &frame.launch.gates[at];
        if let Some(end) = gate.not_before.iter().map(|moment| moment.at).max() {
            if end > frame.now.wall {
                waits.embargo = Some(end);
                waits.changes_at = format::earlier(waits.changes_at, Some(end));
                waits.earliest = waits.earliest.max(Some(end));
            } else {
                waits.since = waits.since.max(Some(end));
            }
        }
        waits
    }

    /// What of these needs is open.
    pub fn on(frame: &EvalContext<'_>, cells: &GateResults, needs: &[RequiredNode]) -> Self {
        let mut waits = Self::default();
        for need in needs {
            waits.need(frame, cells, need);
        }
        waits
    }

    /// What stood before a gate that does not apply: whoever waits for the gate waits for this in its place (V10).
    pub fn through(frame: &EvalContext<'_>, cells: &GateResults, at: usize) -> Self {
        let mut waits = Self::on(frame, cells, &frame.launch.derived.needs[at]);
        if let Kind::Timer { since: Need::Gate(id), .. } = &frame.launch.gates[at].kind
            && let Some(since) = frame.launch.position(id)
        {
            waits.gate(frame, cells, since, true);
        }
        if let Kind::Timer { since: Need::Stage(id), .. } = &frame.launch.gates[at].kind
            && let Some((since, _)) = frame.launch.stage(id)
        {
            waits.stage(frame, since);
        }
        for member in &frame.launch.derived.members[at] {
            waits.hand_on(cells, *member);
        }
        waits
    }

    pub fn is_over(&self) -> bool {
        self.open.is_empty() && self.embargo.is_none()
    }

    /// Takes over what a gate that does not apply would have waited for.
    fn hand_on(&mut self, cells: &GateResults, other: usize) {
        let Some(before) = cells.through.get(&other) else { return };
        for open in &before.open {
            if self.open.len() < MOST_HANDED_ON && !self.open.contains(open) {
                self.open.push(open.clone());
            }
        }
        self.since = self.since.max(before.since);
        self.changes_at = format::earlier(self.changes_at, before.changes_at);
        self.earliest = self.earliest.max(before.earliest);
        add_new(&mut self.who, &before.who);
        if let Some(next) = &before.next {
            self.next.get_or_insert_with(|| next.clone());
        }
    }

    fn need(&mut self, frame: &EvalContext<'_>, cells: &GateResults, need: &RequiredNode) {
        match need {
            RequiredNode::Gate(other) => self.gate(frame, cells, *other, true),
            RequiredNode::Answer(other, name) => {
                let id = &frame.launch.gates[*other].id;
                self.gate(frame, cells, *other, frame.history.answer(frame.launch, id, name).is_some());
            }
            RequiredNode::Barrier(number, id) => {
                let mark = cells.marks[frame.launch.gates.len() + number];
                let empty = frame.launch.derived.barriers[*number].is_empty();
                let over = mark.is_some_and(|mark| mark.verdict.satisfies()) && !empty;
                self.merge(over, || format!("checklist/{id}").into(), mark.and_then(|it| it.since));
                if let Some(mark) = mark {
                    self.changes_at = format::earlier(self.changes_at, mark.changes_at);
                    self.earliest = self.earliest.max(mark.earliest);
                    if mark.verdict == Verdict::NotApplicable {
                        let inside = &frame.launch.derived.barriers[*number];
                        inside.iter().for_each(|other| self.hand_on(cells, *other));
                    }
                }
            }
            RequiredNode::Stage(stage) => self.stage(frame, *stage),
            RequiredNode::Message(at) => self.message(frame, cells, *at),
            RequiredNode::Decision => {
                let since = super::decision::go_since(frame);
                self.merge(since.is_some(), || "decision/go".into(), since);
                if since.is_none() {
                    let call = frame.launch.roll_call.iter().map(|plan| plan.final_call.clone());
                    add_new(&mut self.who, &call.collect::<Vec<_>>());
                }
                self.changes_at = format::earlier(self.changes_at, frame.own_target().changes_at);
            }
            RequiredNode::Never(said) => self.merge(false, || said.clone(), None),
        }
    }

    fn gate(&mut self, frame: &EvalContext<'_>, cells: &GateResults, other: usize, and: bool) {
        let mark = cells.marks[other];
        let over = and && mark.is_some_and(|mark| mark.verdict.satisfies());
        self.merge(over, || frame.launch.gates[other].id.text(), mark.and_then(|it| it.since));
        if over && mark.is_some_and(|mark| mark.verdict == Verdict::NotApplicable) {
            self.hand_on(cells, other);
        }
        if let Some(mark) = mark {
            self.changes_at = format::earlier(self.changes_at, mark.changes_at);
            self.earliest = self.earliest.max(mark.earliest);
        }
        if !over && let Some(state) = cells.state(other) {
            add_new(&mut self.who, &state.who);
            self.next.get_or_insert_with(|| state.next.clone());
        }
    }

    fn stage(&mut self, frame: &EvalContext<'_>, at: usize) {
        let Some(rollout) = &frame.launch.rollout else { return };
        let Some(at) = waited_for(frame, at) else { return };
        let (run, stage) = (&frame.stages[at], &rollout.stages[at]);
        self.merge(run.is_over(), || format!("stage/{}", stage.id).into(), run.soaked_at);
        if run.is_over() {
            return;
        }
        add_new(&mut self.who, &rollout.advance_by);
        if run.status == StageStatus::Soaking {
            self.changes_at =
                format::earlier(self.changes_at, run.soaked_at.filter(|end| *end > frame.now.wall));
        }
        self.earliest = self.earliest.max(soaked(frame, at));
    }

    fn message(&mut self, frame: &EvalContext<'_>, cells: &GateResults, at: usize) {
        let Some(message) = frame.launch.comms.messages.get(at) else { return };
        if message.excluded.is_some() {
            return self.past_messages(frame, cells, at);
        }
        let (over, since) = super::message::is_over(frame, at);
        self.merge(over, || format!("message/{}", message.id).into(), since);
        if !over {
            add_new(&mut self.who, message.owner.as_slice());
            let send = Advice::from(format!("send {} to {}", message.id, message.audience));
            self.next.get_or_insert_with(|| send.by(Suggested::SendMessage(message.id.clone())));
        }
    }

    /// What stood before a message that does not apply is waited for in its place (V10).
    fn past_messages(&mut self, frame: &EvalContext<'_>, cells: &GateResults, at: usize) {
        let needs = &frame.launch.derived.message_needs;
        let applies = |at: usize| frame.launch.comms.messages.get(at).is_none_or(|it| it.excluded.is_none());
        let mut seen = vec![at];
        let mut next = 0;
        while let Some(needs) = seen.get(next).and_then(|at| needs.get(*at)) {
            next += 1;
            for need in needs {
                match need {
                    RequiredNode::Message(other) if !applies(*other) => {
                        if !seen.contains(other) {
                            seen.push(*other);
                        }
                    }
                    need => self.need(frame, cells, need),
                }
            }
        }
    }

    fn merge(&mut self, over: bool, said: impl FnOnce() -> Str, since: Option<DateTime<Utc>>) {
        if over {
            self.since = self.since.max(since);
        } else {
            self.open.push(said());
        }
    }
}

/// The earliest moment at which a stage can have run its soak: freezes, the soaks before it and its own.
pub(super) fn soaked(frame: &EvalContext<'_>, at: usize) -> Option<DateTime<Utc>> {
    let rollout = frame.launch.rollout.as_ref()?;
    let mut free = None;
    for (run, stage) in frame.stages.iter().zip(&rollout.stages).take(at + 1) {
        let own = match run.status {
            StageStatus::Soaking | StageStatus::Held => run.soaked_at,
            StageStatus::Soaked | StageStatus::Done | StageStatus::NotApplicable => None,
            StageStatus::Planned | StageStatus::Ready | StageStatus::RolledBack => {
                Some(start(frame, free, stage))
            }
        };
        if std::ptr::eq(run, &raw const frame.stages[at]) {
            return own;
        }
        if !stage.independent {
            free = free.max(own);
        }
    }
    None
}

fn start(frame: &EvalContext<'_>, free: Option<DateTime<Utc>>, stage: &Stage) -> DateTime<Utc> {
    let now = frame.now.wall;
    let free = free.filter(|_| !stage.independent).unwrap_or(now).max(now);
    let planned = stage.start.as_ref().map_or(free, |start| start.at.max(free));
    // One freeze may begin before the other ends.
    let mut thawed = planned;
    for _ in &frame.launch.schedule.freezes {
        let frozen = frame.launch.schedule.rollout_freezes(thawed).map(|freeze| freeze.until.at).max();
        thawed = frozen.unwrap_or(thawed);
    }
    format::later(thawed, stage.least())
}

/// The stage that is waited for: in place of one that does not apply the nearest before it (V10).
pub(super) fn waited_for(frame: &EvalContext<'_>, at: usize) -> Option<usize> {
    let rollout = frame.launch.rollout.as_ref()?;
    let applies = |at: &usize| frame.stages[*at].status != StageStatus::NotApplicable;
    let before = |at: usize| (0..at).rev().find(|it| applies(it) && !rollout.stages[*it].independent);
    if applies(&at) { Some(at) } else { before(at) }
}

/// What a list of open needs and an embargo look like as a reason.
pub(super) fn reason(frame: &EvalContext<'_>, waits: &Dependencies, own: Verdict) -> String {
    let needs =
        if waits.open.is_empty() { None } else { Some(format!("waits for {}", format::list(&waits.open))) };
    let embargo = waits.embargo.map(|end| format!("not before {}", frame.moment(end)));
    let said = match (needs, embargo) {
        (Some(needs), Some(embargo)) => format!("{needs}; {embargo}"),
        (needs, embargo) => needs.or(embargo).unwrap_or_default(),
    };
    if own == Verdict::Go { format!("{said}; by itself it is go") } else { said }
}
