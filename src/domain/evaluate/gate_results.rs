//! One gate or barrier while the board is being worked out.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::{
    super::{Advice, Blocks, GateId, GateState, Rule, StepKind, Str, Verdict, format},
    dependencies::Dependencies,
};

/// What later gates want to know of an earlier one.
#[derive(Clone, Copy, Debug)]
pub(super) struct GateResult {
    pub verdict: Verdict,
    /// Since when it is go, as far as that is known.
    pub since: Option<DateTime<Utc>>,
    /// When it changes unaided.
    pub changes_at: Option<DateTime<Utc>>,
    /// The earliest moment at which it can be go; `None`: nothing known prevents it now.
    pub earliest: Option<DateTime<Utc>>,
    /// By itself, before needs and waivers.
    pub own: Verdict,
    /// What sort of step would open it.
    pub step: StepKind,
    /// Until when an embargo holds it.
    pub embargo: Option<DateTime<Utc>>,
}

/// The gates evaluated so far.
pub(super) struct GateResults {
    /// In the launch's order, each blank until its turn: most gates are evaluated in that order, so that nothing is
    /// sorted or copied afterwards.
    states: Vec<GateState>,
    /// Gates, then barriers.
    pub marks: Vec<Option<GateResult>>,
    /// What those that do not apply would have waited for.
    pub through: HashMap<usize, Dependencies>,
    /// The first due time of what is open and not overdue.
    pub due: Option<DateTime<Utc>>,
}

impl GateResults {
    pub fn new(gates: usize, barriers: usize) -> Self {
        Self {
            states: vec![blank(); gates],
            marks: vec![None; gates + barriers],
            through: HashMap::new(),
            due: None,
        }
    }

    /// The state of a gate that has been evaluated.
    pub fn state(&self, at: usize) -> Option<&GateState> {
        self.states.get(at).filter(|_| self.marks[at].is_some())
    }

    /// All gates, once all have been evaluated.
    pub fn states(&self) -> &[GateState] {
        &self.states
    }

    pub fn into_states(self) -> Vec<GateState> {
        self.states
    }

    pub fn put(&mut self, at: usize, state: GateState, mark: GateResult) {
        if let Some(due) = state.due.as_ref().filter(|_| state.verdict.blocks() && !state.overdue) {
            self.due = format::earlier(self.due, Some(format::just_after(due.at)));
        }
        self.states[at] = state;
        self.marks[at] = Some(mark);
    }

    pub fn verdict(&self, at: usize) -> Option<Verdict> {
        self.marks[at].map(|mark| mark.verdict)
    }

    /// Folds marks that must all hold.
    pub fn all(&self, inside: impl Iterator<Item = usize>) -> GateResult {
        let mut fold = GateResult::nothing();
        for at in inside {
            let mark = self.marks[at].unwrap_or_else(GateResult::too_early);
            fold.verdict = fold.verdict.max(mark.verdict);
            fold.since = fold.since.max(mark.since);
            fold.earliest = fold.earliest.max(mark.earliest);
            fold.changes_at = format::earlier(fold.changes_at, mark.changes_at);
        }
        fold.own = fold.verdict;
        fold
    }

    /// Folds marks of which one go is enough.
    pub fn one_of(&self, inside: impl Iterator<Item = usize>) -> GateResult {
        let marks: Vec<_> = inside.map(|at| self.marks[at].unwrap_or_else(GateResult::too_early)).collect();
        let applies = |mark: &&GateResult| mark.verdict != Verdict::NotApplicable;
        let mut fold = GateResult::nothing();
        if let Some(best) = marks.iter().filter(applies).min_by_key(|mark| mark.verdict) {
            fold.verdict = best.verdict;
            fold.since =
                marks.iter().filter(|mark| mark.verdict == best.verdict).filter_map(|mark| mark.since).min();
            fold.earliest = marks.iter().filter(applies).map(|mark| mark.earliest).min().flatten();
        }
        fold.changes_at = marks.iter().filter_map(|mark| mark.changes_at).min();
        fold.own = fold.verdict;
        fold
    }
}

impl GateResult {
    fn nothing() -> Self {
        Self {
            verdict: Verdict::NotApplicable,
            since: None,
            changes_at: None,
            earliest: None,
            own: Verdict::NotApplicable,
            step: StepKind::Act,
            embargo: None,
        }
    }

    /// Only in a circle of needs is something asked before it has been evaluated.
    fn too_early() -> Self {
        Self { verdict: Verdict::Unknown, ..Self::nothing() }
    }
}

/// A gate before its turn.
fn blank() -> GateState {
    GateState {
        id: GateId::new(Str::default()),
        title: Str::default(),
        verdict: Verdict::Unknown,
        rule: Rule::V1,
        reason: Str::default(),
        next: Advice::default(),
        who: Vec::new(),
        url: None,
        observed_at: None,
        stale: false,
        overdue: false,
        due: None,
        owner: None,
        blocks: Blocks::Nothing,
        parent: None,
        group: false,
        counted: false,
        waits_for: Vec::new(),
        rows: Vec::new(),
        words: Vec::new(),
        evidence: Str::default(),
        waived_until: None,
        changes_at: None,
        trouble: None,
    }
}
