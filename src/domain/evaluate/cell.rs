//! One gate or barrier while the board is being worked out.

use chrono::{DateTime, Utc};

use super::super::{GateState, StepKind, Verdict, words};

/// What later gates want to know of an earlier one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub verdict: Verdict,
    /// Since when it is go, as far as that is known.
    pub since: Option<DateTime<Utc>>,
    /// When it changes unaided.
    pub changes_at: Option<DateTime<Utc>>,
    /// The earliest moment at which it can be go; `None`: nothing known stands in the way.
    pub earliest: Option<DateTime<Utc>>,
    /// By itself, before needs and waivers.
    pub own: Verdict,
    /// What sort of step would open it.
    pub step: StepKind,
    /// Until when an embargo holds it.
    pub embargo: Option<DateTime<Utc>>,
}

/// The gates evaluated so far.
pub(super) struct Cells {
    pub states: Vec<Option<GateState>>,
    /// Gates, then barriers.
    pub marks: Vec<Option<Mark>>,
}

impl Cells {
    pub fn new(gates: usize, barriers: usize) -> Self {
        Self { states: (0..gates).map(|_| None).collect(), marks: vec![None; gates + barriers] }
    }

    pub fn verdict(&self, at: usize) -> Option<Verdict> {
        self.marks[at].map(|mark| mark.verdict)
    }

    /// Folds marks that must all hold.
    pub fn all(&self, inside: impl Iterator<Item = usize>) -> Mark {
        let mut fold = Mark::nothing();
        for at in inside {
            let mark = self.marks[at].unwrap_or_else(Mark::too_early);
            if mark.verdict.severity() > fold.verdict.severity() {
                fold.verdict = mark.verdict;
            }
            fold.since = fold.since.max(mark.since);
            fold.earliest = fold.earliest.max(mark.earliest);
            fold.changes_at = words::earlier(fold.changes_at, mark.changes_at);
        }
        fold.own = fold.verdict;
        fold
    }

    /// Folds marks of which one go is enough.
    pub fn one_of(&self, inside: impl Iterator<Item = usize>) -> Mark {
        let marks: Vec<_> = inside.map(|at| self.marks[at].unwrap_or_else(Mark::too_early)).collect();
        let applies = |mark: &&Mark| mark.verdict != Verdict::NotApplicable;
        let mut fold = Mark::nothing();
        if let Some(best) = marks.iter().filter(applies).min_by_key(|mark| mark.verdict.severity()) {
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

impl Mark {
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
