//! The fold of all verdicts: what the cockpit, the reports and the exit code show.

use std::{fmt, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Advice, AskingState, Blocks, BoardClock, ChecklistId, ClosedState, Decision, DecisionState, Digest,
    GateId, IncidentState, Lowering, MessageState, Moment, Oid, Party, PathToGo, PlanState, Reach,
    ReviewState, RiskState, RollCallState, RollbackResult, RollbackState, Rule, Said, StageState,
    StageStatus, Stamp, Stood, Str, TargetRef, Verdict, Waiver, WatchedCondition, Word,
};

/// The whole answer at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// The word: the worse of the evidence and of what people decided (V15).
    pub word: BoardWord,
    /// The word that was computed, without what people decided in the final call.
    pub evidence: BoardWord,
    /// What keeps the board as a whole from GO, whatever its gates say.
    pub lowered: Vec<Lowering>,
    /// Why it is not GO: what lowers the whole, then gates, worst first; empty for GO.
    pub reasons: Vec<Str>,
    /// Counts over the gates in scope.
    pub score: Score,
    /// What the answer covers.
    pub scope: Scope,
    /// The launch's id.
    pub launch: Str,
    /// Title for people.
    pub title: Str,
    /// The version going out.
    pub version: Str,
    /// The repository and ref that GO is about; `None`: the launch is about no commit.
    pub target: Option<TargetRef>,
    /// The commit it points to, while that is known and fresh.
    pub commit: Option<Oid>,
    /// The commit before, if the ref moved while we watched.
    pub moved_from: Option<Oid>,
    /// Fingerprint of the launch's files.
    pub checklist_digest: Digest,
    /// When it was evaluated, by the clock of `clock`.
    pub evaluated_at: DateTime<Utc>,
    /// The clock that it, and every moment on it, was judged by.
    pub clock: BoardClock,
    /// T-0, as the files or the newest SCRUB say.
    pub t0: DateTime<Utc>,
    /// When T-0 comes by the T clock: later by the holds before it.
    pub t_zero: DateTime<Utc>,
    /// When the T clock stood since T-0 was set, see [`Stood`].
    pub stood: Vec<Stood>,
    /// Since when a hold has stopped the T clock; the L clock never stops.
    pub held_since: Option<DateTime<Utc>>,
    /// How much holds have added to the T clock so far.
    pub held_for: Duration,
    /// Checklists in order.
    pub checklists: Vec<ChecklistState>,
    /// All gates in the launch's order (those in scope).
    pub gates: Vec<GateState>,
    /// The stages of the rollout, in order.
    pub stages: Vec<StageState>,
    /// How far the release is out, by the record and in truth; `None`: nothing was ever out, or the launch asks nobody.
    #[serde(default)]
    pub reach: Option<Reach>,
    /// What must happen, in order, and the earliest GO.
    pub path: PathToGo,
    /// The first moment at which a verdict changes unaided; evaluate again then.
    pub changes_at: Option<DateTime<Utc>>,
    /// The go/no-go poll; `None`: the launch plans none.
    pub roll_call: Option<RollCallState>,
    /// The newest decision. A GO never changes the word; what stops does (V15).
    pub decision: Option<DecisionState>,
    /// The rollback; `None`: none is planned, and none was run.
    #[serde(default)]
    pub rollback: Option<RollbackState>,
    /// The newest time that somebody was asked, of gates that are still open. It changes no verdict and no word.
    #[serde(default)]
    pub asked: Vec<AskingState>,
    /// Messages of the comms plan, each occurrence by itself. They never change the word (V25).
    #[serde(default)]
    pub messages: Vec<MessageState>,
    /// The newest words of the readiness review, by gate in the launch's order. They change no verdict and no word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readiness: Vec<PlanState>,
    /// What was said in the review after the launch.
    #[serde(default, skip_serializing_if = "ReviewState::is_empty")]
    pub review: ReviewState,
    /// The launch is closed (V24).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<ClosedState>,
    /// The newest incident; `None`: there was none.
    #[serde(default)]
    pub incident: Option<IncidentState>,
    /// The risks of the launch, in the order in which they were stated.
    #[serde(default)]
    pub risks: Vec<RiskState>,
    /// The conditions of final calls that stand: they are gates of the board as well.
    #[serde(default)]
    pub conditions: Vec<WatchedCondition>,
    /// Events of the journal folded in: what was known when somebody decided.
    pub seen: u64,
    /// A recorded OVERRIDE that stands (V12): who and why. Never changes the word.
    pub overridden: Option<Str>,
    /// Things worth saying that change nothing: unused waivers, clock skew, a moved ref.
    pub remarks: Vec<Str>,
}

/// GO, HOLD or NO-GO. Ordered by badness: the worse of two is `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoardWord {
    /// At least one blocking gate is go, and every other one is go, validly waived or not applicable.
    Go,
    /// A blocking gate is unknown or pending, nothing proves anything, or a HOLD or SCRUB was decided.
    Hold,
    /// A blocking gate says no-go, or NO-GO was decided.
    NoGo,
}

impl BoardWord {
    /// The word in machine output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Hold => "hold",
            Self::NoGo => "no-go",
        }
    }

    /// The word on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Go => "GO",
            Self::Hold => "HOLD",
            Self::NoGo => "NO-GO",
        }
    }

    /// What gates with these counts say together.
    pub(super) fn of(counts: Score) -> Self {
        match (counts.no_go, counts.unknown + counts.pending) {
            (0, 0) => Self::Go,
            (0, _) => Self::Hold,
            _ => Self::NoGo,
        }
    }
}

impl fmt::Display for BoardWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Counts of blocking gates; what is inside a `one_of`, and not-applicable gates, are left out of `of`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Blocking gates that apply.
    pub of: u32,
    /// Of those: proved to hold.
    pub go: u32,
    /// Of those: proved not to hold.
    pub no_go: u32,
    /// Of those: under way, or waiting for somebody or something.
    pub pending: u32,
    /// Of those: nothing is known that counts.
    pub unknown: u32,
    /// Waived; counted apart for ever.
    pub waived: u32,
    /// Not applicable; not in `of`.
    pub not_applicable: u32,
}

impl Score {
    /// Share of applicable blocking gates that are go, 0 to 1; 0 when there are none.
    pub fn readiness(&self) -> f64 {
        if self.of == 0 { 0.0 } else { f64::from(self.go) / f64::from(self.of) }
    }

    /// Counts one more gate.
    pub fn add(&mut self, verdict: Verdict) {
        let slot = match verdict {
            Verdict::Go => &mut self.go,
            Verdict::NoGo => &mut self.no_go,
            Verdict::Pending => &mut self.pending,
            Verdict::Unknown => &mut self.unknown,
            Verdict::Waived => &mut self.waived,
            Verdict::NotApplicable => &mut self.not_applicable,
        };
        *slot += 1;
        self.of += u32::from(verdict != Verdict::NotApplicable);
    }
}

/// What an answer covers. A narrowed answer says so everywhere it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Only these checklists; empty: all.
    pub only: Vec<ChecklistId>,
    /// People's gates are left out.
    pub evidence_only: bool,
    /// It is not about the present; `None`: it is.
    #[serde(default)]
    pub played: Option<Played>,
}

/// What an answer that is not about the present was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Played {
    /// A recorded day.
    Recording,
    /// The bundled day.
    Demo,
    /// What was recorded in a rehearsal.
    Rehearsal,
}

impl Scope {
    /// Whether it is an answer for the whole launch as it is now.
    pub fn is_whole(&self) -> bool {
        self.has_all_gates() && self.played.is_none()
    }

    /// Whether no gate is left out.
    pub fn has_all_gates(&self) -> bool {
        self.only.is_empty() && !self.evidence_only
    }
}

impl Played {
    /// The word before the answer's.
    pub fn word(self) -> &'static str {
        match self {
            Self::Recording => "RECORDING",
            Self::Demo => "DEMO",
            Self::Rehearsal => "REHEARSAL",
        }
    }

    /// The word in machine output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::Demo => "demo",
            Self::Rehearsal => "rehearsal",
        }
    }
}

/// One checklist on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChecklistState {
    /// Its name in the files, by which all else refers to it.
    pub id: ChecklistId,
    /// Title for people.
    pub title: Str,
    /// Who owns the area.
    pub owner: Option<Party>,
    /// The worst of its blocking gates; `Unknown` when it has none that apply.
    pub verdict: Verdict,
    /// Counts of its blocking gates.
    pub score: Score,
}

/// One gate on the board.
#[expect(clippy::struct_excessive_bools, reason = "independent marks, each shown by itself")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateState {
    /// Whole name.
    pub id: GateId,
    /// Title, answers filled in.
    pub title: Str,
    /// What it says.
    pub verdict: Verdict,
    /// The rule that decided.
    pub rule: Rule,
    /// Why, for a person. Foreign text in it is not yet sanitised.
    pub reason: Str,
    /// What would make it go; empty when it is.
    pub next: Advice,
    /// Who can act.
    pub who: Vec<Party>,
    /// The page a person would open.
    pub url: Option<Str>,
    /// When the deciding observation was made, or the deciding word was said.
    pub observed_at: Option<Stamp>,
    /// It is past its freshness limit, or its clock cannot be trusted (V5, V7).
    pub stale: bool,
    /// It is past due and still open: a mark, never a verdict.
    pub overdue: bool,
    /// When it was due.
    pub due: Option<Moment>,
    /// Who sees to it.
    pub owner: Option<Party>,
    /// What it blocks.
    pub blocks: Blocks,
    /// The gate of gates around it.
    pub parent: Option<GateId>,
    /// Whether it is a gate of gates (shown, not counted; a `one_of` is counted).
    pub group: bool,
    /// Whether it counts in the score: blocking, no plain group, not inside a `one_of`.
    pub counted: bool,
    /// Open needs, in order.
    pub waits_for: Vec<Str>,
    /// Details of the evidence: issues, runs, checks, sign-offs given and missing.
    pub rows: Vec<Str>,
    /// People's words on it: sign-offs, the waiver and the "not needed" that stand, with who wrote them down.
    #[serde(default)]
    pub words: Vec<Word>,
    /// The evidence in one line, with its lineage.
    pub evidence: Str,
    /// When a valid waiver ends.
    pub waived_until: Option<DateTime<Utc>>,
    /// The first moment at which this verdict changes unaided.
    pub changes_at: Option<DateTime<Utc>>,
    /// The newest failure of its source, if the last good value still counts (V6).
    pub trouble: Option<Str>,
}

/// A verdict that changed between two boards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flip {
    /// The gate.
    pub gate: GateId,
    /// Before; `None` for a gate that was not on the board.
    pub from: Option<Verdict>,
    /// The verdict since then.
    pub to: Verdict,
    /// The newer board's moment.
    pub at: DateTime<Utc>,
    /// The newer reason.
    pub reason: Str,
}

/// The verdicts that changed from one board to the next, in the newer board's order.
pub fn flips(old: &Board, new: &Board) -> Vec<Flip> {
    let before: std::collections::HashMap<_, _> =
        old.gates.iter().map(|gate| (&gate.id, gate.verdict)).collect();
    new.gates
        .iter()
        .filter(|gate| before.get(&gate.id) != Some(&gate.verdict))
        .map(|gate| Flip {
            gate: gate.id.clone(),
            from: before.get(&gate.id).copied(),
            to: gate.verdict,
            at: new.evaluated_at,
            reason: gate.reason.clone(),
        })
        .collect()
}

impl GateState {
    /// What it says and why, as a reason of the whole board.
    pub fn because(&self) -> String {
        format!("{} is {}: {}", self.id, self.verdict, self.reason)
    }

    /// Whether this is the waiver that counts for it.
    pub fn is_waived_by(&self, waiver: &Waiver) -> bool {
        let own = |word: &Word| word.said == Said::Waived && word.spoken() == waiver.spoken();
        self.verdict == Verdict::Waived && self.words.iter().any(|word| own(word) && word.at == waiver.at)
    }
}

impl Board {
    /// The stage that people look at: the one that runs, else the next one, else the last.
    pub fn stage_that_matters(&self) -> Option<&StageState> {
        use StageStatus::{Held, Planned, Ready, RolledBack, Soaked, Soaking};
        let one = |wanted: &[StageStatus]| self.stages.iter().find(|stage| wanted.contains(&stage.status));
        one(&[Soaking, Soaked, Held]).or_else(|| one(&[RolledBack, Planned, Ready])).or(self.stages.last())
    }

    /// The word as it is named on screen: that of the board, CLOSED for a launch that is closed, SCRUB while one is what keeps it at HOLD, or ROLLED BACK where
    /// that is the newest word on the launch.
    pub fn named(&self) -> &'static str {
        if self.is_closed() {
            "CLOSED"
        } else if self.is_rolled_back() {
            RollbackResult::RolledBack.word()
        } else if self.is_scrubbed() {
            "SCRUB"
        } else {
            self.word.word()
        }
    }

    /// Whether the launch is closed, and that is what its HOLD is called by: a NO-GO keeps its name.
    pub fn is_closed(&self) -> bool {
        self.word == BoardWord::Hold && self.closed.is_some()
    }

    /// Whether what was out was rolled back, and nothing was decided since. It is never GO then.
    pub fn is_rolled_back(&self) -> bool {
        self.word != BoardWord::Go && self.rollback.as_ref().is_some_and(|it| it.is_headline)
    }

    /// Whether a SCRUB is what keeps it at HOLD.
    pub fn is_scrubbed(&self) -> bool {
        self.decision.as_ref().is_some_and(|it| {
            it.stands && matches!(it.decision, Decision::Scrub { .. }) && self.word == BoardWord::Hold
        })
    }

    /// The stations over whose no-go the GO that stands was decided, while the board is GO.
    pub fn over_dissent(&self) -> Option<&[Party]> {
        let go = self.decision.as_ref().filter(|it| it.is_go() && self.word == BoardWord::Go)?;
        Some(go.over.as_slice()).filter(|over| !over.is_empty())
    }

    /// The gate of this name.
    pub fn gate(&self, id: &GateId) -> Option<&GateState> {
        self.gates.iter().find(|gate| gate.id == *id)
    }

    /// The gates that keep the board from GO, worst first, then in order.
    pub fn blockers(&self) -> Vec<&GateState> {
        let mut open: Vec<_> =
            self.gates.iter().filter(|gate| gate.counted && gate.verdict.blocks()).collect();
        open.sort_by_key(|gate| std::cmp::Reverse(gate.verdict));
        open
    }
}
