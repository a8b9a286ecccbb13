//! What a launch is and what makes it GO. Pure: no I/O, no clock, no async, no drawing.
//!
//! Two functions are the whole of it, and there is one of each:
//!
//! - [`evaluate`]`(&Launch, &Evidence, &History, Now, &Scope) -> Board`: what is true now;
//! - [`act`]`(&Launch, &History, &Board, Command, &ActEnvelope) -> Event | Refusal`: who may do what.
//!
//! [`preview`] puts them together: what a word would make of the board.
//!
//! The rules V1 to V25 that the code names are those of `docs/rules.md`.

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod acceptance;
mod act;
mod advice;
mod answers;
mod asking;
mod baseline;
mod board;
mod brief;
mod by_hand;
mod clause;
mod close;
mod decision;
mod diagnostic;
mod digest;
mod directory;
mod evaluate;
mod event;
mod evidence;
mod failure;
mod figures;
mod fleet;
mod forecast;
mod format;
mod gate;
mod guardrail;
mod history;
mod id;
mod incident;
mod kept_board;
mod launch;
mod lowering;
mod message;
mod named;
mod now;
mod outward;
mod path_to_go;
mod people;
mod preview;
mod reach;
mod readiness;
mod redact;
mod review;
mod risk;
mod roll_call;
mod rollback;
mod rollout;
mod schedule;
mod servers;
mod spoken;
mod stage_word;
mod terms;
mod track_record;
mod verdict;
mod write;
mod zone;

pub use acceptance::Acceptance;
pub use act::{ActEnvelope, Command, MessageWish, Refusal, act};
pub use advice::{Advice, Suggested};
pub use asking::{Asking, AskingState, whom_to_ask};
pub use baseline::{Loosened, LooseningKind, loosened};
pub use board::{Board, BoardWord, ChecklistState, Flip, GateState, Played, Scope, Score, flips};
/// A time zone, as launches name it.
pub use zone::{UnknownZone, Zone, ZoneOffset};

pub use brief::{Brief, BriefAsk, BriefRisk, Earliest};
pub use clause::{Clause, ClauseKind};
pub use close::{CloseStep, CloseWish, ClosedState, Closing};
pub(crate) use decision::HoldTally;
pub use decision::{Decision, DecisionRecord, DecisionState, Dissent, Held};
pub use diagnostic::{Diagnostic, Place, Severity};
pub use digest::Digest;
pub use directory::{Area, Directory, Gap, RoleCard, Shift, ToDo, Whom, gaps};
pub use evaluate::{demands, evaluate, measurements};
pub use event::{Act, Actor, Event, Known, StageAct};
pub use evidence::{
    Answer, Budget, BudgetOf, Evidence, Finding, GateEvidence, Observation, Observed, Outcome, Phase,
    SourceHealth, TargetAnswer,
};
pub use failure::{Failure, FailureKind};
pub use figures::{AreaFigures, Figures, GateFigures, Ledger, Went};
pub use fleet::{Clash, ClashKind, LastKnown, Listed, clashes};
pub use forecast::{Forecast, forecasts};
pub use format::zoned;
pub use gate::{
    About, Ask, AskType, Blocks, Bound, Gate, Kind, Need, Occurrence, OccurrenceStep, Query, Question,
};
pub use guardrail::{
    ALPHA, ALPHA_OF_ROLLBACK, Against, Backtest, Breach, BreachReason, CallsFor, Counters, Guardrail,
    GuardrailState, Judgement, Judging, Lack, LimitUnit, Limits, Measure, Measured, Measurement, Proof, Real,
    Series, Standing, Trial, Window, backtest, grouped, judge, percent, prove, seen, shows,
};
pub use history::{
    Distrust, Ended, History, NotNeeded, RemoteJournal, SignOff, SignOffs, StageRecord, Waiver,
};
pub use id::{ChecklistId, GateId, Oid, Party, SourceId, StageId, Str};
pub(crate) use incident::IncidentStanding;
pub use incident::{
    IncidentEntry, IncidentLine, IncidentPhase, IncidentRecord, IncidentRole, IncidentSaid, IncidentState,
    IncidentStep, IncidentTimes, IncidentWord, LineKind, NoLevel, Opening, SeverityLevel, UpdateDue,
};
pub use kept_board::KeptBoard;
pub use launch::{Checklist, Launch, LaunchParts, Policies, Risk, RollCallPlan, Station, TargetRef};
pub use lowering::{Cause, Lowering};
pub use message::{
    Approval, Carried, Comms, CommsMessage, FACTS, MESSAGE_GRACE, MessageMark, MessageRecord, MessageRecords,
    MessageRef, MessageSending, MessageSent, MessageState, MessageStatus, MessageStep, Occasion, Via,
    is_fact, names_update,
};
pub use now::{Age, CLOCK_TOLERANCE, Now, Stamp};
pub use outward::{Going, Outward, OutwardGate, OutwardMessage, OutwardStep};
pub use path_to_go::{Opens, PathToGo, Step, StepKind};
pub use people::{LaunchRole, Logins, Person};
pub use preview::{Preview, preview};
pub use reach::{ActualState, Agreement, ExposureState, Gauge, GaugeKind, Reach, Sounding};
pub use readiness::{
    ConfirmStep, Confirmation, PlanStanding, PlanState, Readiness, ReadinessDay, ReadinessItem,
    ReadinessReading, ReadinessTally,
};
pub use redact::Redactor;
pub use review::{FollowUp, FollowUpEnd, Learned, ReviewRecord, ReviewState, ReviewStep};
pub use risk::{
    DecidedRisk, RiskAcceptance, RiskAgain, RiskCourse, RiskEntry, RiskFigures, RiskRecord, RiskState,
    RiskStatus, RiskStep, RiskTally, Triage, WaiverRisk, again as risks_again, triage,
};
pub use roll_call::{Answered, Ballot, Delegation, RollCall, RollCallState, StationState, Vote};
pub use rollback::{
    Rollback, RollbackCall, RollbackEnd, RollbackPhase, RollbackRecord, RollbackResult, RollbackRun,
    RollbackState, RollbackStep, StepRecord, StepState, StepStatus, Voice,
};
pub use rollout::{
    Audience, CriterionState, Pause, Ramp, Rollout, Soak, Stage, StageAnswer, StageState, StageStatus,
};
pub use schedule::{
    Anchor, Freeze, Length, Moment, MomentExpr, OnCall, Schedule, ScheduleError, Stood, TYPED, Unit,
    is_fixed_offset, meant_zone, places_near,
};
pub use servers::{BoardClock, ClockDoubt, JudgedTime, ServerClocks, ServerTime};
pub use spoken::{Said, Spoken, Word};
pub use stage_word::{StageSaid, StageWord};
pub use terms::{Condition, Considered, DecisionTerms, WatchedCondition};
pub use track_record::{BoardAtT0, Prune, PruneWhy, Together, TrackRecord, prune};
pub use verdict::{Rule, Verdict};
pub use write::{Prepared, Sent, Write, WriteAsk, WriteRecord, WriteState};
