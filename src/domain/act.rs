//! Who may do what: the only maker of events.
//!
//! It promises: every event that the journal takes was allowed by the launch's own roles and policies at that
//! moment; a refusal has a stable code, says what is wrong in words of the launch, and what to do instead; and
//! nothing can be said while the journal cannot be trusted (V11).

mod accept;
mod answer;
mod ask;
mod clock;
mod close;
mod decide;
mod fallback;
mod incident;
mod message;
mod poll;
mod readiness;
mod review;
mod rights;
mod risk;
mod rollback;
mod sign;
mod stage;
mod stage_word;
mod stops;
mod waive;
mod write;

pub use self::message::MessageWish;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Act, Actor, Board, BoardWord, CloseWish, ConfirmStep, Decision, DecisionTerms, Event, GateId, History,
    IncidentStep, Launch, Now, Party, ReviewStep, RiskStep, RollbackResult, Spoken, StageAct, StageId, Str,
    Vote, WaiverRisk, Write, WriteState, format,
};

/// What somebody wants to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Say go or no-go on a gate of people.
    SignOff {
        /// The gate.
        gate: GateId,
        /// Go or no-go.
        go: bool,
        /// In which role; `None`: the only one that fits.
        role: Option<Party>,
        /// In their own words.
        note: Option<Str>,
        /// The mandatory answers.
        answers: BTreeMap<Str, Str>,
    },
    /// Take one's own sign-off back.
    Withdraw {
        /// The gate.
        gate: GateId,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// Record an exception.
    Waive {
        /// The gate.
        gate: GateId,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
        /// What can go wrong.
        risk: WaiverRisk,
        /// When it ends.
        until: DateTime<Utc>,
        /// Under which conditions.
        conditions: Vec<Str>,
    },
    /// End a waiver before its time.
    EndWaiver {
        /// The gate.
        gate: GateId,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// Declare a gate not needed.
    NotNeeded {
        /// The gate.
        gate: GateId,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// Take a "not needed" back.
    NeededAgain {
        /// The gate.
        gate: GateId,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// Move a stage of the rollout.
    Stage {
        /// The stage.
        stage: StageId,
        /// Start, hold, resume, roll back or close.
        step: StageAct,
        /// Why; mandatory for a hold, a rollback and an override.
        note: Option<Str>,
        /// Start early, or against what was decided; or close before all is shown (V10, V12).
        overrides: bool,
    },
    /// Say whether a criterion of a stage holds.
    JudgeCriterion {
        /// The stage.
        stage: StageId,
        /// Its number, from 1, or its text.
        criterion: Str,
        /// It holds, or it does not.
        holds: bool,
        /// In their own words; mandatory where it does not hold.
        note: Option<Str>,
    },
    /// Give results of a stage.
    AnswerStage {
        /// The stage.
        stage: StageId,
        /// Answers by what is asked for.
        answers: BTreeMap<Str, Str>,
    },
    /// Accept a breach of a guardrail for a time.
    AcceptBreach {
        /// The stage that is out.
        stage: StageId,
        /// Its guardrail.
        guardrail: Str,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
        /// When it ends.
        until: DateTime<Utc>,
    },
    /// End the acceptance of a breach before its time.
    EndAcceptance {
        /// The stage that is out.
        stage: StageId,
        /// Its guardrail.
        guardrail: Str,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// Start the rollback.
    StartRollback {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// Say that the step of the rollback whose turn it is is done.
    DoStep {
        /// The step, so that no other is meant; `None`: whichever it is.
        step: Option<Str>,
        /// In their own words.
        note: Option<Str>,
    },
    /// Skip the step of the rollback whose turn it is.
    SkipStep {
        /// The step, so that no other is meant; `None`: whichever it is.
        step: Option<Str>,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// End the rollback.
    EndRollback {
        /// Whether all, some or nothing of it was taken back.
        result: RollbackResult,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// Open an incident, or say something of one.
    Incident {
        /// Which, so that no other is meant; `None`: the one that is open.
        incident: Option<u32>,
        /// What is recorded about the incident.
        step: IncidentStep,
    },
    /// State a risk of the launch, or say what became of it.
    Risk {
        /// Its name.
        risk: Str,
        /// What is recorded about the risk.
        step: RiskStep,
    },
    /// Open a round of the go/no-go poll.
    OpenRollCall,
    /// Answer for a station.
    Vote {
        /// The round that is answered, so that no answer slips into the next one.
        round: u32,
        /// The station.
        station: Party,
        /// The answer.
        vote: Vote,
        /// Why; mandatory for a no-go.
        note: Option<Str>,
        /// The answer that it corrects.
        corrects: Option<Uuid>,
        /// What the station's gates said when the answer was given; refused when they say something else by now. `None`:
        /// nobody looked.
        saw: Option<BoardWord>,
    },
    /// Make the final call.
    Decide {
        /// GO, HOLD, NO-GO or SCRUB, with what goes with it.
        decision: Decision,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
        /// GO against a board that is not GO (V12).
        overrides: bool,
        /// Stations whose no-go the decider was told and acknowledged; a GO over any other no-go is refused.
        over: Vec<Party>,
        /// How many events the decider had seen ([`Board::seen`]); a GO on an older state is refused.
        seen: Option<u64>,
        /// Options, conditions, the next review, and the risks that the decider was shown.
        terms: DecisionTerms,
    },
    /// End a HOLD decision.
    EndHold {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// Say that the largest clock ever seen was wrong, and that the clock of now is right.
    CorrectClock {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// Do something with a message of the comms plan.
    Message {
        /// The message.
        message: Str,
        /// Which occurrence, see [`super::MessageRef`]; `None`: the newest that is open.
        cause: Option<u64>,
        /// What is to become of the message.
        wish: MessageWish,
    },
    /// Have gonogo change something on a server: the intent, or what became of it.
    Write {
        /// The request, to the letter.
        write: Write,
        /// What is known of it.
        state: WriteState,
        /// What the server said, or why it is not known.
        told: Option<Str>,
    },
    /// Record that whoever can act on an open gate was asked.
    Ask {
        /// The gate.
        gate: GateId,
        /// In their own words.
        note: Option<Str>,
    },
    /// Speak of the plan of an item, in the readiness review.
    Confirm {
        /// The gate.
        gate: GateId,
        /// What is recorded.
        step: ConfirmStep,
    },
    /// Add to the review after the launch.
    Review {
        /// What is recorded.
        step: ReviewStep,
    },
    /// Close the launch, or open it again.
    Close {
        /// Whether it is closed or opened again.
        wish: CloseWish,
    },
    /// Leave a note.
    Note {
        /// The gate, if it is about one.
        gate: Option<GateId>,
        /// The words.
        text: Str,
    },
}

/// Who acts, when, and under which event id.
#[derive(Clone, Debug, PartialEq)]
pub struct ActEnvelope {
    /// Whose word it is.
    pub actor: Actor,
    /// Who writes it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// GitHub teams the actor is known to be in (`org/slug`).
    pub teams: Vec<Str>,
    /// Those of the recorder.
    pub recorder_teams: Vec<Str>,
    /// The speaker was chosen by name. Only then do they speak as a fallback: by default nobody speaks for anybody else.
    pub by_name: bool,
    /// The clocks at which it is decided.
    pub now: Now,
    /// The client-made id of the event.
    pub id: Uuid,
}

/// Why an act is refused: what is wrong and what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}{}", .next.as_ref().map(|next| format!("; {next}")).unwrap_or_default())]
pub struct Refusal {
    /// Stable code such as `not-your-role`.
    pub code: &'static str,
    /// What is wrong.
    pub reason: String,
    /// What to do instead.
    pub next: Option<String>,
}

/// Checks that the actor may do this now and makes the event of it. Nothing is done until the journal has it.
///
/// # Errors
/// A [`Refusal`] that names the rule in words of the launch: role, gate, open needs.
pub fn act(
    launch: &Launch,
    history: &History,
    board: &Board,
    command: Command,
    context: &ActEnvelope,
) -> Result<Event, Refusal> {
    // An act uses the clock that the board was judged by (V16), and its T clock.
    let context = &ActEnvelope { now: board.clock.judge(context.now), ..context.clone() };
    let moved = launch.following(board);
    let launch = moved.as_ref().unwrap_or(launch);
    let ctx = rights::ActContext::new(launch, history, board, context);
    admit(&ctx, &command)?;
    let act = match command {
        Command::SignOff { gate, go, role, note, answers } => {
            sign::sign(&ctx, gate, go, role, note, &answers)?
        }
        Command::Withdraw { gate, reason } => sign::withdraw(&ctx, gate, &reason)?,
        Command::Waive { gate, reason, risk, until, conditions } => {
            waive::waive(&ctx, gate, (&reason, risk), until, &conditions)?
        }
        Command::EndWaiver { gate, reason } => waive::end(&ctx, gate, &reason)?,
        Command::NotNeeded { gate, reason } => waive::not_needed(&ctx, gate, &reason)?,
        Command::NeededAgain { gate, reason } => waive::needed_again(&ctx, gate, &reason)?,
        Command::CorrectClock { reason } => clock::correct(&ctx, &reason)?,
        Command::Stage { stage, step, note, overrides } => stage::stage(&ctx, stage, step, note, overrides)?,
        Command::JudgeCriterion { stage, criterion, holds, note } => {
            stage_word::judge(&ctx, stage, &criterion, holds, note)?
        }
        Command::AnswerStage { stage, answers } => stage_word::answer(&ctx, stage, &answers)?,
        Command::AcceptBreach { stage, guardrail, reason, until } => {
            accept::accept(&ctx, stage, &guardrail, &reason, until)?
        }
        Command::EndAcceptance { stage, guardrail, reason } => accept::end(&ctx, stage, &guardrail, &reason)?,
        Command::StartRollback { reason } => rollback::start(&ctx, &reason)?,
        Command::DoStep { step, note } => rollback::done(&ctx, step.as_ref(), note)?,
        Command::SkipStep { step, reason } => rollback::skip(&ctx, step.as_ref(), &reason)?,
        Command::EndRollback { result, reason } => rollback::end(&ctx, result, &reason)?,
        Command::Incident { incident, step } => incident::incident(&ctx, incident, step)?,
        Command::Risk { risk, step } => risk::risk(&ctx, risk, step)?,
        Command::OpenRollCall => poll::open(&ctx)?,
        Command::Vote { round, station, vote, note, corrects, saw } => {
            poll::vote(&ctx, poll::CastBallot { round, station, vote, note, corrects, saw })?
        }
        Command::Decide { decision, reason, overrides, over, seen, terms } => {
            let against = decide::Acknowledged { overrides, over: &over };
            decide::decide(&ctx, decision, &reason, against, (seen, terms))?
        }
        Command::EndHold { reason } => decide::end_hold(&ctx, &reason)?,
        Command::Message { message, cause, wish } => message::message(&ctx, &message, cause, wish)?,
        Command::Write { write, state, told } => write::write(&ctx, write, state, told.as_ref())?,
        Command::Confirm { gate, step } => readiness::confirm(&ctx, gate, step)?,
        Command::Ask { gate, note } => ask::ask(&ctx, gate, note)?,
        Command::Review { step } => review::review(&ctx, step)?,
        Command::Close { wish } => close::close(&ctx, wish)?,
        Command::Note { gate, text } => note(&ctx, gate, &text)?,
    };
    Ok(ctx.event(act))
}

/// What holds for every act: the journal, whose name it is, the launch, the clock.
fn admit(ctx: &rights::ActContext<'_>, command: &Command) -> Result<(), Refusal> {
    ctx.open()?;
    if !matches!(command, Command::Note { .. }) {
        ctx.identity(stops::only_stops(command))?;
    }
    close::open_for(ctx, command)?;
    clock::known(ctx)?;
    if !matches!(command, Command::CorrectClock { .. }) {
        clock::believable(ctx)?;
    }
    Ok(())
}

fn note(ctx: &rights::ActContext<'_>, gate: Option<GateId>, text: &str) -> Result<Act, Refusal> {
    gate.as_ref().map_or(Ok(()), |gate| ctx.gate(gate).map(|_| ()))?;
    Ok(Act::Note { gate, text: rights::said("note", text)? })
}

impl ActEnvelope {
    /// What `actor` says for themselves, known to be in no team.
    pub fn new(actor: Actor, now: Now, id: Uuid) -> Self {
        Self { actor, recorder: None, teams: Vec::new(), recorder_teams: Vec::new(), by_name: false, now, id }
    }

    /// Whose word it will be.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken::new(&self.actor, self.recorder.as_ref(), None)
    }
}

impl Refusal {
    /// Whether the actor was found not to hold a role that may do it.
    pub fn is_about_rights(&self) -> bool {
        matches!(
            self.code,
            "not-your-role"
                | "not-your-station"
                | "not-in-poll"
                | "not-final-call"
                | "may-not-advance"
                | "may-not-roll-back"
                | "may-not-lead"
                | "may-not-settle"
                | "not-in-launch"
                | "may-not-waive"
                | "may-not-drop"
                | "may-not-write"
                | "may-not-draft"
                | "may-not-approve"
                | "may-not-send"
                | "may-not-close"
                | "not-your-item"
        )
    }

    /// Whether the actor's name could not be checked, or may be another person's.
    pub fn is_about_identity(&self) -> bool {
        self.is_about_rights() || matches!(self.code, "identity-not-checked" | "identity-mismatch")
    }

    /// So many entries are newer than what a person saw when they confirmed it.
    pub fn something_new(newer: usize) -> Self {
        let newer = format::count(newer, "new entry");
        Self::new("something-new", format!("the journal has {newer} since you looked"))
            .instead("look again, then repeat it")
    }

    fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), next: None }
    }

    fn instead(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}
