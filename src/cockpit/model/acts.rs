//! Acts that were asked for and are not yet acknowledged.

use std::collections::BTreeSet;

use super::form::Form;
use crate::Ticket;
use gonogo_domain::{
    CloseWish, Command, ConfirmStep, GateId, IncidentStep, Party, ReviewStep, RiskStep, StageId, Str,
};

#[derive(Clone, Debug, Default)]
pub(crate) struct Acts {
    last: u64,
    open: Vec<OpenAct>,
    /// What was not recorded last, as [`OpenAct::what`] has it: its form came back.
    pub came_back: Option<String>,
    /// Gates on which an act of ours was recorded and whose flip is not on the board yet.
    done: BTreeSet<GateId>,
    /// What the notice on the screen says was recorded.
    pub told: Vec<String>,
}

/// One act on its way to the journal.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with a meaning of its own")]
#[derive(Clone, Debug)]
pub(crate) struct OpenAct {
    pub ticket: Ticket,
    /// For people: `GO on qa/qa-sign-off`.
    pub what: String,
    pub gate: Option<GateId>,
    pub stage: Option<StageId>,
    pub station: Option<Party>,
    /// The act is part of the meeting.
    pub meeting: bool,
    /// The act is part of a rollback.
    pub rollback: bool,
    /// The act is part of an incident.
    pub incident: bool,
    /// The message that the act is about.
    pub message: Option<Str>,
    /// The risk that the act is about.
    pub risk: Option<Str>,
    /// The answer itself, to be kept as a draft if it is not recorded.
    pub vote: Option<Command>,
    /// It was a draft before.
    pub drafted: bool,
    /// It may be written to the target's server.
    pub offers: bool,
    /// The outcome is being looked up.
    pub unsure: bool,
    /// The form it came from, to be shown again if it is refused.
    pub form: Form,
}

impl Acts {
    /// Books an act; the ticket names it from now on.
    pub fn book(&mut self, command: &Command, form: Form, drafted: bool) -> Ticket {
        self.last += 1;
        let ticket = Ticket(self.last);
        let (gate, stage) = subject(command);
        let station = match command {
            Command::Vote { station, .. } => Some(station.clone()),
            _ => None,
        };
        let meeting = matches!(
            command,
            Command::Vote { .. } | Command::OpenRollCall | Command::Decide { .. } | Command::EndHold { .. }
        );
        let rollback = matches!(
            command,
            Command::StartRollback { .. }
                | Command::DoStep { .. }
                | Command::SkipStep { .. }
                | Command::EndRollback { .. }
        );
        let incident = matches!(command, Command::Incident { .. });
        let message = match command {
            Command::Message { message, .. } => Some(message.clone()),
            _ => None,
        };
        let risk = match command {
            Command::Risk { risk, .. } => Some(risk.clone()),
            _ => None,
        };
        let vote = station.is_some().then(|| command.clone());
        let what = describe(command);
        let (offers, unsure) = (super::offer::follows(command), false);
        self.open.push(OpenAct {
            ticket,
            what,
            gate,
            stage,
            station,
            meeting,
            rollback,
            incident,
            message,
            risk,
            vote,
            drafted,
            offers,
            unsure,
            form,
        });
        ticket
    }

    /// An act of ours was recorded: the flip that it brings is no news.
    pub fn recorded(&mut self, gate: Option<&GateId>) {
        self.done.extend(gate.cloned());
    }

    /// The gates of [`Acts::recorded`] since the last board.
    pub fn take_recorded(&mut self) -> BTreeSet<GateId> {
        std::mem::take(&mut self.done)
    }

    /// Takes an act out, because its outcome is known.
    pub fn settle(&mut self, ticket: Ticket) -> Option<OpenAct> {
        let at = self.open.iter().position(|it| it.ticket == ticket)?;
        Some(self.open.remove(at))
    }

    /// The outcome of an act is being looked up.
    pub fn unsure(&mut self, ticket: Ticket) {
        for act in self.open.iter_mut().filter(|it| it.ticket == ticket) {
            act.unsure = true;
        }
    }

    /// Whether the outcome of any act is being looked up.
    pub fn is_unsure(&self) -> bool {
        self.open.iter().any(|it| it.unsure)
    }

    pub fn len(&self) -> usize {
        self.open.len()
    }

    pub fn of_gate(&self, gate: &GateId) -> Option<&OpenAct> {
        self.open.iter().find(|it| it.gate.as_ref() == Some(gate))
    }

    pub fn of_station(&self, station: &Party) -> Option<&OpenAct> {
        self.open.iter().find(|it| it.station.as_ref() == Some(station))
    }

    /// Any act of the meeting.
    pub fn of_meeting(&self) -> Option<&OpenAct> {
        self.open.iter().find(|it| it.meeting)
    }

    /// Any act of a rollback.
    pub fn of_rollback(&self) -> Option<&OpenAct> {
        self.open.iter().find(|it| it.rollback)
    }

    /// Any act of an incident.
    pub fn of_incident(&self) -> Option<&OpenAct> {
        self.open.iter().find(|it| it.incident)
    }

    pub fn of_message(&self, message: &Str) -> Option<&OpenAct> {
        self.open.iter().find(|it| it.message.as_ref() == Some(message))
    }

    pub fn of_risk(&self, risk: &Str) -> Option<&OpenAct> {
        self.open.iter().find(|it| it.risk.as_ref() == Some(risk))
    }

    pub fn of_stage(&self, stage: &StageId) -> Option<&OpenAct> {
        self.open.iter().find(|it| it.stage.as_ref() == Some(stage))
    }
}

fn subject(command: &Command) -> (Option<GateId>, Option<StageId>) {
    match command {
        Command::SignOff { gate, .. }
        | Command::Withdraw { gate, .. }
        | Command::Waive { gate, .. }
        | Command::EndWaiver { gate, .. }
        | Command::NotNeeded { gate, .. }
        | Command::NeededAgain { gate, .. }
        | Command::Ask { gate, .. }
        | Command::Confirm { gate, .. } => (Some(gate.clone()), None),
        Command::Stage { stage, .. }
        | Command::JudgeCriterion { stage, .. }
        | Command::AcceptBreach { stage, .. }
        | Command::EndAcceptance { stage, .. }
        | Command::AnswerStage { stage, .. } => (None, Some(stage.clone())),
        Command::Note { gate, .. } => (gate.clone(), None),
        Command::StartRollback { .. }
        | Command::DoStep { .. }
        | Command::SkipStep { .. }
        | Command::EndRollback { .. }
        | Command::Incident { .. }
        | Command::Risk { .. }
        | Command::OpenRollCall
        | Command::Message { .. }
        | Command::Write { .. }
        | Command::Vote { .. }
        | Command::Decide { .. }
        | Command::CorrectClock { .. }
        | Command::Review { .. }
        | Command::Close { .. }
        | Command::EndHold { .. } => (None, None),
    }
}

/// What becomes of a risk, in a word or two.
fn of_risk(step: &RiskStep) -> &'static str {
    match step {
        RiskStep::Stated(_) => "stated",
        RiskStep::Accepted { .. } => "accepted",
        RiskStep::Mitigated { .. } => "mitigated",
        RiskStep::Closed { .. } => "closed",
        RiskStep::Reopened { .. } => "open again",
    }
}

/// An act, for people: `GO on qa/qa-sign-off`.
pub(crate) fn describe(command: &Command) -> String {
    match command {
        Command::SignOff { gate, go: true, .. } => format!("GO on {gate}"),
        Command::SignOff { gate, go: false, .. } => format!("NO-GO on {gate}"),
        Command::Withdraw { gate, .. } => format!("word on {gate} taken back"),
        Command::Waive { gate, .. } => format!("waiver of {gate}"),
        Command::EndWaiver { gate, .. } => format!("end of the waiver of {gate}"),
        Command::NotNeeded { gate, .. } => format!("{gate} not applicable"),
        Command::NeededAgain { gate, .. } => format!("{gate} needed again"),
        Command::CorrectClock { .. } => "correction of the clock".to_owned(),
        Command::Stage { stage, step, overrides: true, .. } => {
            format!("stage {stage}: {} by an OVERRIDE", super::form::step_word(*step))
        }
        Command::Stage { stage, step, .. } => format!("stage {stage}: {}", super::form::step_word(*step)),
        Command::JudgeCriterion { stage, .. } => format!("word on a criterion of stage {stage}"),
        Command::AnswerStage { stage, .. } => format!("results of stage {stage}"),
        Command::AcceptBreach { guardrail, .. } => format!("breach of {guardrail} accepted"),
        Command::EndAcceptance { guardrail, .. } => format!("breach of {guardrail} accepted no more"),
        Command::StartRollback { .. } => "start of the rollback".to_owned(),
        Command::DoStep { .. } => "step of the rollback".to_owned(),
        Command::SkipStep { .. } => "skipped step of the rollback".to_owned(),
        Command::EndRollback { result, .. } => format!("end of the rollback: {}", result.word()),
        Command::Incident { step: IncidentStep::Opened(opening), .. } => {
            format!("incident {}: {}", opening.severity, opening.title)
        }
        Command::Incident { step, .. } => format!("incident: {}", step.said()),
        Command::Risk { risk, step } => format!("risk {risk} {}", of_risk(step)),
        Command::OpenRollCall => "roll call opened".to_owned(),
        Command::Vote { station, vote, .. } => format!("{} for {station}", vote.word()),
        Command::Decide { decision, overrides, over, .. } => {
            format!("decision {}", decision.label(*overrides, over))
        }
        Command::EndHold { .. } => "end of the hold".to_owned(),
        Command::Message { message, .. } => format!("word on message {message}"),
        Command::Write { write, .. } => write.subject.to_string(),
        Command::Ask { gate, .. } => format!("asked about {gate}"),
        Command::Confirm { gate, step } => match step {
            ConfirmStep::Confirmed { .. } => format!("plan of {gate} confirmed"),
            ConfirmStep::NewDate { .. } => format!("new date for {gate}"),
            ConfirmStep::AtRisk { .. } => format!("{gate} AT RISK"),
            ConfirmStep::TakenBack { .. } => format!("word on the plan of {gate} taken back"),
        },
        Command::Review { step } => match step {
            ReviewStep::Learned { .. } => "learning".to_owned(),
            ReviewStep::FollowUp { .. } => "follow-up".to_owned(),
            ReviewStep::Assigned { number, .. } => format!("owner of follow-up {number}"),
            ReviewStep::Done { number, .. } => format!("follow-up {number} done"),
            ReviewStep::Dropped { number, .. } => format!("follow-up {number} dropped"),
        },
        Command::Close { wish: CloseWish::Close { .. } } => "closing of the launch".to_owned(),
        Command::Close { wish: CloseWish::Reopen { .. } } => "opening of the launch".to_owned(),
        Command::Note { gate: Some(gate), .. } => format!("note on {gate}"),
        Command::Note { gate: None, .. } => "note on the launch".to_owned(),
    }
}
