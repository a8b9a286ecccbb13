//! What keeps a board as a whole from GO, whatever its gates say. The board's word is the worst of what the gates say
//! and all of these: a list, so that every screen and every report tells the same.

use crate::Zone;
use serde::{Deserialize, Serialize};

use super::{Advice, Board, BoardWord, Decision, DecisionState, Launch, Party, Str, Suggested, format};

/// One thing that lowers the board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lowering {
    /// What it is.
    pub cause: Cause,
    /// The best word that it leaves.
    pub at_most: BoardWord,
    /// Why, for a person. Foreign text in it is not yet sanitised.
    pub reason: Str,
    /// What would end it: a step of the path to GO; empty when something else already says so.
    pub next: Advice,
    /// Who can act.
    pub who: Vec<Party>,
}

/// Sorts of things that lower a board as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The journal cannot be trusted (V11).
    JournalBroken,
    /// The journal cannot be read now, or a shared one was not read for too long: words may have been taken back (V17).
    JournalOffline,
    /// Nobody knows what time it is: servers disagree, or a clock is absurd (V16).
    ClockUnknown,
    /// A HOLD, NO-GO or SCRUB stands (V15).
    Decision,
    /// A HOLD, NO-GO or SCRUB was decided and stands no more, and no GO was decided since (V15).
    NewCall,
    /// The commit that GO would be about is not known (V8).
    TargetUnknown,
    /// No blocking gate is go (V1).
    NothingProven,
    /// The filter names a checklist that the launch does not have (V1).
    UnknownChecklist,
    /// The launch is looser than the one it is compared with.
    Baseline,
    /// A guardrail of a stage that is out is breached, and calls for a hold or a rollback.
    Guardrail,
    /// The rollback runs.
    RollbackRuns,
    /// A rollback has ended, and no GO was decided since.
    RolledBack,
    /// The release is not as far out as was recorded, or that is not known (V19).
    Drift,
    /// A stage is out that is none of the launch any more (V19).
    StrayStage,
    /// An incident goes on, and nobody with the right said that the rollout does (V22).
    Incident,
    /// A risk blocks, and nobody with the right accepts it (V23).
    Risk,
    /// The files of the launch were changed and cannot be used: what GO means now is not known.
    FilesBroken,
    /// The launch is closed (V24).
    Closed,
}

impl Cause {
    /// Whether it is what people decided; everything else is evidence, which the final call is judged by.
    pub fn is_decided(self) -> bool {
        matches!(self, Self::Decision | Self::NewCall | Self::RolledBack | Self::Closed)
    }

    /// What has to be settled, in a few words.
    pub fn name(self) -> &'static str {
        match self {
            Self::JournalBroken | Self::JournalOffline => "the journal",
            Self::ClockUnknown => "the clocks",
            Self::Decision | Self::NewCall | Self::RolledBack => "the final call",
            Self::TargetUnknown => "the target",
            Self::NothingProven => "the proof",
            Self::UnknownChecklist => "the selection",
            Self::Baseline => "the rules",
            Self::Guardrail => "the guardrails",
            Self::RollbackRuns => "the rollback",
            Self::Drift | Self::StrayStage => "what is really out",
            Self::Incident => "the incident",
            Self::Risk => "the risks",
            Self::FilesBroken => "the files",
            Self::Closed => "the closing",
        }
    }
}

impl Lowering {
    /// To HOLD, by something that nobody is asked to end.
    pub(super) fn to_hold(cause: Cause, reason: impl Into<Str>) -> Self {
        Self {
            cause,
            at_most: BoardWord::Hold,
            reason: reason.into(),
            next: Advice::default(),
            who: Vec::new(),
        }
    }

    /// By a HOLD, NO-GO or SCRUB that stands; `None` for a GO, which changes no word.
    pub(super) fn by(decided: &DecisionState, launch: &Launch) -> Option<Self> {
        let at_most = match decided.decision {
            Decision::Go { .. } => return None,
            Decision::NoGo { .. } => BoardWord::NoGo,
            Decision::Hold { .. } | Decision::Scrub { .. } => BoardWord::Hold,
        };
        let reason = format!("{}: {}", said(decided, launch.schedule.zone), decided.reason);
        Some(Self { at_most, ..Self::until_called(launch, Cause::Decision, reason) })
    }

    /// To HOLD, until somebody makes a new final call.
    pub(super) fn until_called(launch: &Launch, cause: Cause, reason: String) -> Self {
        let who: Vec<_> = launch.roll_call.iter().map(|plan| plan.final_call.clone()).collect();
        let next = match who.first() {
            Some(who) => Advice::from(format!("{who}: a new final call")).by(Suggested::FinalCall),
            None => "a new final call, for which launch.yaml must plan a roll call again".into(),
        };
        Self { next, who, ..Self::to_hold(cause, reason) }
    }
}

/// `HOLD by otto at 2026-12-02 08:00 GMT`.
pub(super) fn said(decided: &DecisionState, zone: Zone) -> String {
    format!("{} by {} at {}", decided.label(), decided.spoken().named(), format::moment(decided.at, zone))
}

impl Board {
    /// What lowers it by what people decided, if anything does.
    pub fn lowered_by_decision(&self) -> Option<&Lowering> {
        self.lowered.iter().find(|it| it.cause.is_decided())
    }

    /// The first reason why the evidence is not GO: what a decision adds is left out.
    pub fn evidence_reason(&self) -> Option<String> {
        let whole = self.lowered.iter().find(|it| !it.cause.is_decided()).map(|it| it.reason.to_string());
        whole.or_else(|| self.blockers().first().map(|gate| gate.because()))
    }

    /// Lowers a board whose launch was changed in its files since, so that these cannot be used: what GO asks for now, nobody
    /// knows.
    pub fn of_stale_files(&mut self) {
        let reason =
            "the files of the launch were changed and cannot be used: this is the launch as it was read last";
        self.lowered.push(Lowering::to_hold(Cause::FilesBroken, reason));
        self.conclude();
    }

    /// The board that a decision was made on, as that decision left it.
    #[must_use]
    pub fn decided(mut self, decided: DecisionState, launch: &Launch) -> Self {
        self.lowered.retain(|it| !it.cause.is_decided());
        self.lowered.extend(Lowering::by(&decided, launch));
        self.overridden = decided.overridden();
        self.decision = Some(decided);
        self.conclude();
        self
    }

    /// The word and its reasons, from what the gates say and what lowers the whole.
    pub(super) fn conclude(&mut self) {
        let gates = BoardWord::of(self.score);
        let worst = |decided: bool| {
            let counts = self.lowered.iter().filter(|it| decided || !it.cause.is_decided());
            counts.map(|it| it.at_most).fold(gates, BoardWord::max)
        };
        (self.evidence, self.word) = (worst(false), worst(true));
        let lowered = self.lowered.iter().map(|it| it.reason.clone());
        self.reasons = lowered.chain(self.blockers().into_iter().map(|gate| gate.because().into())).collect();
    }
}
