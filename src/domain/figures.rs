//! What the record of a launch comes to: where the day before GO went, how long each area took, what stood in the way
//! and on whom it waited. Counted from boards in their order; only watched time counts.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Board, BoardWord, ChecklistId, GateId, Party, StepKind, Str, Verdict};

/// Time between two things on record counts as watched up to here: longer, and nobody looked.
pub const UNWATCHED_AFTER: TimeDelta = TimeDelta::hours(1);
/// What stood in the way counts from so long before T-0 on: before that it was only being prepared.
pub const DAY_BEFORE_T: TimeDelta = TimeDelta::hours(24);
/// The most people who are listed for one gate.
const MOST_PARTIES: usize = 6;

/// What the record of a launch comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// The first board.
    pub from: DateTime<Utc>,
    /// The last one.
    pub until: DateTime<Utc>,
    /// Where the time from T-24h to GO went.
    pub went: Went,
    /// Each checklist with blocking gates, in order.
    pub areas: Vec<AreaFigures>,
    /// Each gate that counted, in order.
    pub gates: Vec<GateFigures>,
}

/// Where time went, in seconds: what the next step on the path to GO waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Went {
    /// For a person to do or say something, the final call included.
    pub person: u64,
    /// For a machine to finish, or a source to answer.
    pub machine: u64,
    /// For an embargo, a timer or a soak.
    pub wait: u64,
    /// A HOLD stopped the T clock.
    pub hold: u64,
    /// Nobody looked: nothing is on record.
    pub unwatched: u64,
}

/// How long an area took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaFigures {
    /// The checklist.
    pub checklist: ChecklistId,
    /// Title for people.
    pub title: Str,
    /// The first board on which one of its gates was open; `None`: it was go from the first one on.
    pub opened: Option<DateTime<Utc>>,
    /// Since when all of them were go before GO; `None`: they never were.
    pub go: Option<DateTime<Utc>>,
}

/// What became of a gate on its way to GO.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateFigures {
    /// The gate.
    pub gate: GateId,
    /// Its title.
    pub title: Str,
    /// It was no-go on some board.
    pub red: bool,
    /// It was waived on some board.
    pub waived: bool,
    /// Seconds for which it stood in the way, from T-24h to GO.
    pub blocked: u64,
    /// Of those: as no-go.
    pub no_go: u64,
    /// Whom it waited for, in the order in which they were asked.
    pub on: Vec<Party>,
}

impl AreaFigures {
    /// From the first open gate to all of them go.
    pub fn lead(&self) -> Option<Duration> {
        (self.go? - self.opened?).to_std().ok()
    }
}

impl Went {
    /// All of it, in seconds.
    pub fn total(&self) -> u64 {
        [self.person, self.machine, self.wait, self.hold, self.unwatched]
            .into_iter()
            .fold(0, u64::saturating_add)
    }

    /// Each part with what it is called, in order.
    pub fn parts(&self) -> [(&'static str, u64); 5] {
        [
            ("people", self.person),
            ("machines", self.machine),
            ("embargoes and timers", self.wait),
            ("holds", self.hold),
            ("nobody looked", self.unwatched),
        ]
    }
}

/// Counts as boards come in, each at its moment.
#[derive(Default)]
pub struct Ledger {
    figures: Option<Figures>,
    last: Option<Board>,
    /// The newest thing on record, and the newest time without any before it.
    alive: Option<DateTime<Utc>>,
    gap: Option<(DateTime<Utc>, DateTime<Utc>)>,
    gates: HashMap<GateId, usize>,
}

impl Ledger {
    /// Something is on record at this moment. To be told before the boards of the time up to it.
    pub fn alive(&mut self, at: DateTime<Utc>) {
        if let Some(before) = self.alive.filter(|before| at - *before > UNWATCHED_AFTER) {
            self.gap = Some((before, at));
        }
        self.alive = Some(self.alive.map_or(at, |before| before.max(at)));
    }

    /// The next board; what the one before said held until now.
    pub fn board(&mut self, board: &Board) {
        let at = board.evaluated_at;
        self.until(at);
        let figures =
            self.figures.get_or_insert_with(|| Figures { from: at, until: at, ..Figures::default() });
        figures.until = figures.until.max(at);
        if !is_out(board) {
            areas(figures, board);
            for gate in board.gates.iter().filter(|it| it.counted) {
                let next = figures.gates.len();
                let place = *self.gates.entry(gate.id.clone()).or_insert(next);
                if place == next {
                    figures.gates.push(GateFigures::new(&gate.id, &gate.title));
                }
                if let Some(it) = figures.gates.get_mut(place) {
                    it.red |= gate.verdict == Verdict::NoGo;
                    it.waived |= gate.verdict == Verdict::Waived;
                }
            }
        }
        self.last = Some(board.clone());
    }

    /// What it came to, up to a moment. `None`: there was no board.
    pub fn close(mut self, at: DateTime<Utc>) -> Option<Figures> {
        self.until(at);
        self.figures
    }

    /// Counts the time since the last board by what that one said.
    fn until(&mut self, at: DateTime<Utc>) {
        let (Some(last), Some(figures)) = (&self.last, &mut self.figures) else { return };
        let opens = last.t_zero.checked_sub_signed(DAY_BEFORE_T).unwrap_or(last.t_zero);
        let from = last.evaluated_at.max(opens);
        if is_out(last) || from >= at {
            return;
        }
        let unwatched = self.gap.map_or(0, |(start, end)| seconds(start.max(from), end.min(at)));
        let watched = seconds(from, at).saturating_sub(unwatched);
        add(&mut figures.went.unwatched, unwatched);
        add(figures.went.slot(last), watched);
        for gate in last.gates.iter().filter(|it| it.counted && it.verdict.blocks()) {
            let Some(it) = self.gates.get(&gate.id).and_then(|at| figures.gates.get_mut(*at)) else {
                continue;
            };
            add(&mut it.blocked, watched);
            if gate.verdict == Verdict::NoGo {
                add(&mut it.no_go, watched);
            }
            for who in gate.who.iter().filter(|_| watched > 0) {
                if !it.on.contains(who) && it.on.len() < MOST_PARTIES {
                    it.on.push(who.clone());
                }
            }
        }
    }
}

impl GateFigures {
    fn new(gate: &GateId, title: &Str) -> Self {
        let (gate, title) = (gate.clone(), title.clone());
        Self { gate, title, red: false, waived: false, blocked: 0, no_go: 0, on: Vec::new() }
    }
}

impl Went {
    /// What the time under this board went to.
    fn slot(&mut self, board: &Board) -> &mut u64 {
        if board.held_since.is_some() {
            return &mut self.hold;
        }
        if board.evidence == BoardWord::Go {
            return &mut self.person;
        }
        match board.path.steps.first().map(|step| step.kind) {
            Some(StepKind::Act) => &mut self.person,
            Some(StepKind::Wait) => &mut self.wait,
            Some(StepKind::Machine) | None => &mut self.machine,
        }
    }
}

/// Whether it went out: GO was decided, or without a poll a stage started.
fn is_out(board: &Board) -> bool {
    let decided = board.decision.as_ref().is_some_and(|it| it.decision.is_go() && it.void.is_none());
    let started = || board.stages.iter().any(|stage| stage.started.is_some());
    decided || (board.roll_call.is_none() && started())
}

fn areas(figures: &mut Figures, board: &Board) {
    let at = board.evaluated_at;
    for list in board.checklists.iter().filter(|list| list.score.of > 0) {
        let known = figures.areas.iter().position(|it| it.checklist == list.id);
        let place = known.unwrap_or(figures.areas.len());
        if known.is_none() {
            let (checklist, title) = (list.id.clone(), list.title.clone());
            figures.areas.push(AreaFigures { checklist, title, opened: None, go: None });
        }
        let Some(it) = figures.areas.get_mut(place) else { continue };
        if list.verdict.blocks() {
            it.opened.get_or_insert(at);
            it.go = None;
        } else {
            it.go.get_or_insert(at);
        }
    }
}

/// Between the whole seconds of both: what is counted in many parts comes to the same as in one, wherever it was cut.
fn seconds(from: DateTime<Utc>, until: DateTime<Utc>) -> u64 {
    u64::try_from(until.timestamp() - from.timestamp()).unwrap_or_default()
}

fn add(to: &mut u64, more: u64) {
    *to = to.saturating_add(more);
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn an_hour_in_parts_is_an_hour() {
        let start = DateTime::<Utc>::UNIX_EPOCH;
        let cuts = [0, 599_999_999_999, 600_000_000_001, 2_399_999_999_999, 3_600_000_000_000];
        let at = cuts.map(|nanos| start + TimeDelta::nanoseconds(nanos));
        let parts: u64 = at.windows(2).map(|it| seconds(it[0], it[1])).sum();
        assert_eq!(parts, 3_600);
        assert_eq!(seconds(at[4], at[0]), 0);
    }
}
