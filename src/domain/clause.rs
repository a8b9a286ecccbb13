//! The contract of a stage, clause by clause: what it waits for before it starts, and what it must have shown before the
//! next one does.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{StageId, StageState, Str};

/// One clause of the contract of a stage. What a stage waits for, and what of that is an override, are the clauses that are
/// not met: nothing else says it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clause {
    /// What sort it is.
    pub kind: ClauseKind,
    /// Whose clause it is: the stage's own, or that of an earlier one which the stage waits for.
    pub stage: StageId,
    /// What it is about, where its kind does not say it all: the guardrail, the gate, the criterion, the answer, the freeze.
    pub of: Option<Str>,
    /// Whether it is met.
    pub met: bool,
    /// For people: follows "waits for" while it is not met; states the fact once it is. Foreign text in it is not yet sanitised.
    pub text: Str,
    /// How much of it is done: seconds of a soak, samples.
    pub done: Option<f64>,
    /// How much is needed, in the same unit.
    pub needed: Option<f64>,
    /// When it is met at the pace of now; `None`: it is, or nothing tells.
    pub at: Option<DateTime<Utc>>,
    /// Of the clauses that are not met, the one that takes longest.
    pub lagging: bool,
    /// Whether a recorded override passes it (V12). Gates are waived, and freezes have exceptions of their own.
    pub yields: bool,
}

/// Sorts of clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClauseKind {
    /// A stage ahead of it has run its soak (V10).
    Earlier,
    /// Its own start has come, by the T clock.
    Start,
    /// The evidence is GO.
    Word,
    /// It was decided.
    Decision,
    /// No rollback runs.
    Rollback,
    /// A gate with `blocks: stage/ID` is settled.
    Gate,
    /// No freeze of the rollout holds.
    Freeze,
    /// It has run for so long, holds left out.
    Time,
    /// So many samples were counted, holds left out.
    Samples,
    /// A guardrail is ok (V18).
    Guardrail,
    /// A person confirmed a criterion.
    Criterion,
    /// A result that the stage asks for was given.
    Answer,
    /// It is not held.
    Hold,
    /// It could go on, and nobody has advanced it for too long.
    Advance,
    /// The release is as far out as was recorded (V19).
    Reach,
    /// No incident holds the rollout (V22).
    Incident,
}

impl ClauseKind {
    /// What it is about, in a word or two.
    pub fn word(self) -> &'static str {
        match self {
            Self::Earlier => "stage before",
            Self::Start => "start",
            Self::Word => "evidence",
            Self::Decision => "decision",
            Self::Rollback => "rollback",
            Self::Gate => "gate",
            Self::Freeze => "freeze",
            Self::Time => "time",
            Self::Samples => "samples",
            Self::Guardrail => "guardrail",
            Self::Criterion => "criterion",
            Self::Answer => "answer",
            Self::Hold => "hold",
            Self::Advance => "advance",
            Self::Reach => "what is out",
            Self::Incident => "incident",
        }
    }
}

impl Clause {
    /// How much of it is done, 0 to 1; `None`: it is no matter of more or less.
    pub fn share(&self) -> Option<f64> {
        let (done, needed) = self.done.zip(self.needed)?;
        Some(if needed > 0.0 { (done / needed).clamp(0.0, 1.0) } else { 1.0 })
    }

    /// Whether closing its stage waits for it: that somebody advances it is no proof, and samples that nothing counts are the
    /// word of whoever closes it.
    pub fn keeps_from_closing(&self) -> bool {
        let is_a_word = self.kind == ClauseKind::Samples && self.done.is_none();
        !self.met && self.kind != ClauseKind::Advance && !is_a_word
    }

    /// How late it is, to be compared: what only people do comes first, then what has a moment, then what has none.
    fn lateness(&self) -> (u8, Option<DateTime<Utc>>) {
        let counts =
            self.kind == ClauseKind::Guardrail || (self.kind == ClauseKind::Samples && self.done.is_some());
        (if self.at.is_some() { 1 } else { 2 * u8::from(counts) }, self.at)
    }

    /// Marks the one that takes longest.
    pub(super) fn mark_lagging(clauses: &mut [Self]) {
        let open = clauses.iter_mut().rev().filter(|it| !it.met);
        if let Some(last) = open.max_by_key(|it| it.lateness()) {
            last.lagging = true;
        }
    }
}

impl StageState {
    /// The clause that takes longest; its moment is when the stage may go on at the earliest.
    pub fn lagging(&self) -> Option<&Clause> {
        self.clauses.iter().find(|it| it.lagging)
    }

    /// The clauses that are not met.
    pub fn open(&self) -> impl Iterator<Item = &Clause> {
        self.clauses.iter().filter(|it| !it.met)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(kind: ClauseKind, met: bool, at: Option<i64>) -> Clause {
        Clause {
            kind,
            stage: "canary".into(),
            of: None,
            met,
            text: "".into(),
            done: None,
            needed: None,
            at: at.and_then(|at| DateTime::from_timestamp(at, 0)),
            lagging: false,
            yields: true,
        }
    }

    #[test]
    fn what_takes_longest_lags() {
        use ClauseKind::{Criterion, Guardrail, Samples, Time};
        let lags = |all: &[(ClauseKind, bool, Option<i64>)]| {
            let mut clauses: Vec<_> = all.iter().map(|(kind, met, at)| clause(*kind, *met, *at)).collect();
            Clause::mark_lagging(&mut clauses);
            clauses.iter().filter(|it| it.lagging).map(|it| it.kind).collect::<Vec<_>>()
        };
        assert_eq!(
            lags(&[(Time, false, Some(9)), (Samples, false, Some(5)), (Criterion, false, None)]),
            [Time]
        );
        assert_eq!(lags(&[(Time, true, Some(9)), (Samples, false, Some(5))]), [Samples]);
        assert_eq!(
            lags(&[(Time, false, Some(9)), (Guardrail, false, None)]),
            [Guardrail],
            "no moment meets it"
        );
        assert_eq!(
            lags(&[(Time, true, None), (Criterion, false, None), (Criterion, false, None)]),
            [Criterion]
        );
        assert_eq!(lags(&[(Time, true, None)]), []);
    }

    #[test]
    fn a_share_is_never_more_than_all() {
        let of = |done, needed| Clause { done, needed, ..clause(ClauseKind::Samples, false, None) }.share();
        assert_eq!(of(Some(2_600.0), Some(5_000.0)), Some(0.52));
        assert_eq!(of(Some(9.0), Some(5.0)), Some(1.0));
        assert_eq!(of(Some(0.0), Some(0.0)), Some(1.0));
        assert_eq!(of(None, Some(5.0)), None);
    }
}
