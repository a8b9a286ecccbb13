//! What people did, as the journal keeps it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    BoardWord, CloseStep, ConfirmStep, Decision, DecisionTerms, Digest, GateId, IncidentStep, KeptBoard,
    MessageRef, MessageStep, Oid, Party, ReviewStep, RiskStep, RollbackResult, StageId, Str, Vote,
    WaiverRisk, Write, WriteState,
};

/// One act of a person. Made by [`super::act`] alone; never changed afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Made by the client, so that an append whose outcome is unknown can be looked up.
    pub id: Uuid,
    /// Wall clock of the recorder. Order is by the journal's sequence, never by this.
    pub at: DateTime<Utc>,
    /// Whose word it is.
    pub actor: Actor,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// The fallback that lets them speak, if they do not hold the role themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stands_in: Option<Party>,
    /// The launch's id.
    pub launch: Str,
    /// The launch's version.
    pub version: Str,
    /// The target commit at that moment, if known.
    pub commit: Option<Oid>,
    /// Fingerprint of the launch's files at that moment.
    pub checklist_digest: Digest,
    /// What was done.
    pub act: Act,
}

/// A person, and how we know that it is that person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// The person's name within the launch where it is known there, else the claimed name.
    pub name: Party,
    /// How the name is known.
    pub known: Known,
}

/// How a name is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Known {
    /// Somebody said so: settings, the operating system, `--as`.
    Claimed,
    /// The GitHub token's own login, asked of GitHub by the recorder.
    Checked {
        /// The login.
        login: Str,
    },
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Act {
    /// A named person says go or no-go on a gate (a task's "done" is a go).
    SignedOff {
        /// The gate.
        gate: GateId,
        /// The gate's digest that was signed (V8).
        digest: Digest,
        /// Go or no-go.
        go: bool,
        /// In which role.
        role: Party,
        /// In their own words.
        note: Option<Str>,
        /// The mandatory answers.
        answers: BTreeMap<Str, Str>,
    },
    /// The giver takes a sign-off back.
    Withdrawn {
        /// The gate.
        gate: GateId,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// An exception for one gate (V9).
    Waived {
        /// The gate.
        gate: GateId,
        /// The gate's digest that was waived.
        digest: Digest,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
        /// What can go wrong, how likely, for how many, and the way around it.
        risk: WaiverRisk,
        /// When it ends.
        until: DateTime<Utc>,
        /// Under which conditions.
        conditions: Vec<Str>,
    },
    /// A waiver ends before its time.
    WaiverEnded {
        /// The gate.
        gate: GateId,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// A gate is declared not needed by somebody who may.
    NotNeeded {
        /// The gate.
        gate: GateId,
        /// The gate's digest.
        digest: Digest,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// A gate that was declared not needed is needed after all.
    NeededAgain {
        /// The gate.
        gate: GateId,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// A stage of the rollout moves.
    Stage {
        /// The stage.
        stage: StageId,
        /// Start, hold, resume, roll back or close.
        step: StageAct,
        /// What was said with it, if anything was.
        note: Option<Str>,
        /// It starts early, or against what was decided (V10, V12).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        overrides: bool,
    },
    /// A person says whether a criterion of a stage that is out holds. The newest word counts.
    CriterionJudged {
        /// The stage.
        stage: StageId,
        /// The statement, as written in the files.
        criterion: Str,
        /// It holds, or it does not.
        holds: bool,
        /// In their own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Str>,
    },
    /// Results of a stage that is out. The newest answer to each question counts.
    StageAnswered {
        /// The stage.
        stage: StageId,
        /// Answers by what is asked for.
        answers: BTreeMap<Str, Str>,
    },
    /// A person accepts a breach: it stays one, and its question is answered until the end that they set.
    BreachAccepted {
        /// The stage that is out.
        stage: StageId,
        /// Its guardrail.
        guardrail: Str,
        /// The limits that it was over, in one line.
        limit: Str,
        /// When that breach was shown; a later one is another.
        since: DateTime<Utc>,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
        /// When it ends.
        until: DateTime<Utc>,
    },
    /// The acceptance of a breach ends before its time.
    AcceptanceEnded {
        /// The stage.
        stage: StageId,
        /// Its guardrail.
        guardrail: Str,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// The rollback begins.
    RollbackStarted {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// A step of the rollback is done.
    RollbackStepDone {
        /// Its name in the files.
        step: Str,
        /// In their own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Str>,
    },
    /// A step of the rollback is skipped.
    RollbackStepSkipped {
        /// Its name in the files.
        step: Str,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// The rollback is over.
    RollbackEnded {
        /// Whether all, some or nothing of it was taken back.
        result: RollbackResult,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// An entry about an incident.
    Incident {
        /// Which of the launch's, from 1.
        incident: u32,
        /// What was recorded about the incident.
        step: IncidentStep,
    },
    /// An entry about a risk of the launch.
    Risk {
        /// Its name.
        risk: Str,
        /// What was recorded about the risk.
        step: RiskStep,
    },
    /// A round of the go/no-go poll begins; repeated after every hold.
    RollCallOpened {
        /// From 1.
        round: u32,
    },
    /// A station answers. A correction is a new answer that names the one it corrects; both stay.
    Voted {
        /// The round.
        round: u32,
        /// The station: a role of the plan.
        station: Party,
        /// The answer.
        vote: Vote,
        /// In their own words.
        note: Option<Str>,
        /// The answer that this one corrects.
        corrects: Option<Uuid>,
        /// What the station's gates said together at that moment; `None` for a station without gates.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        computed: Option<BoardWord>,
        /// It is an abstention by which the final call goes on without the station. Recorded, because who speaks for the
        /// station may change.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        passes_over: bool,
    },
    /// The final call.
    Decided {
        /// The round that it ends; `None`: made outside a poll.
        round: Option<u32>,
        /// GO, HOLD, NO-GO or SCRUB, with what goes with it.
        decision: Decision,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
        /// The whole board it was made on.
        #[serde(default, skip_serializing_if = "KeptBoard::is_empty")]
        board: KeptBoard,
        /// The word that was computed then: [`super::Board::evidence`].
        word: BoardWord,
        /// GO against a board that is not GO (V12).
        overrides: bool,
        /// Stations that said no-go, which whoever decided GO was told and acknowledged.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        over: Vec<Party>,
        /// What goes with it: options, conditions, the next review, risks.
        #[serde(default, skip_serializing_if = "DecisionTerms::is_empty")]
        terms: DecisionTerms,
    },
    /// A HOLD decision ends.
    HoldEnded {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// The largest clock ever seen was a wrong one (V9): what ends, ends by this from now on.
    ClockCorrected {
        /// The right time.
        to: DateTime<Utc>,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// What is done with a message of the comms plan.
    Message {
        /// Which occurrence of which message.
        of: MessageRef,
        /// Draft, approve, send, ...
        step: MessageStep,
    },
    /// Something that gonogo was to change on a server at a person's word: the intent, then what became of it.
    Wrote {
        /// The request, to the letter.
        write: Write,
        /// What is known of it.
        state: WriteState,
        /// What the server said, or why it is not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told: Option<Str>,
    },
    /// An owner speaks of the plan of an item, in the readiness review. The newest word counts.
    Confirmed {
        /// The gate.
        gate: GateId,
        /// The digest of the gate when it was recorded.
        digest: Digest,
        /// When it was due then, holds left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<DateTime<Utc>>,
        /// What was said.
        step: ConfirmStep,
    },
    /// Whoever can act on a gate was asked.
    Asked {
        /// The gate.
        gate: GateId,
        /// Who: roles or people of the launch.
        of: Vec<Party>,
        /// In their own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Str>,
    },
    /// A word of the review after the launch.
    Review {
        /// What was said.
        step: ReviewStep,
    },
    /// The launch is closed, or opened again (V24).
    Close {
        /// Whether it was closed or opened again.
        step: CloseStep,
    },
    /// A free note on the launch or a gate.
    Note {
        /// The gate, if it is about one.
        gate: Option<GateId>,
        /// The words.
        text: Str,
    },
}

/// How a stage moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageAct {
    /// It starts.
    Started,
    /// It is held.
    Held,
    /// The hold is over.
    Resumed,
    /// It is taken back.
    RolledBack,
    /// It is closed as done.
    Closed,
}

impl StageAct {
    /// The word in logs and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Held => "held",
            Self::Resumed => "resumed",
            Self::RolledBack => "rolled back",
            Self::Closed => "closed",
        }
    }
}
