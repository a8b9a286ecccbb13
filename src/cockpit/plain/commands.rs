//! What can be said on a line, and the key that it stands for.

use std::io::Write;

use super::{Plain, tell};
use crate::{
    Action, Effect, Screen,
    model::RowAnchor,
    update::{look_at, perform},
};
use gonogo_domain::{GateId, Party, StageId};

/// What a command is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CommandObject {
    /// A gate, by its whole name or the part behind the slash.
    Gate,
    /// A gate, or the launch.
    GateOrLaunch,
    /// A stage.
    Stage,
    /// A station of the roll call; whoever is called if none is named.
    Station,
    /// The rollback.
    Rollback,
    /// A message of the comms plan.
    Message,
    /// A risk.
    Risk,
    /// The command takes nothing behind it.
    Nothing,
}

/// The acts: the word, what it is about, the action of its key, and what it does.
const ACTS: [(&str, CommandObject, Action, &str); 47] = [
    ("sign", CommandObject::Gate, Action::Sign, "say go or no-go on a gate"),
    ("withdraw", CommandObject::Gate, Action::Withdraw, "take your word on a gate back"),
    ("waive", CommandObject::Gate, Action::Waive, "record an exception for a gate"),
    ("end-waiver", CommandObject::Gate, Action::EndWaiver, "end a waiver"),
    ("not-needed", CommandObject::Gate, Action::NotNeeded, "declare a gate not needed, or needed again"),
    ("ask", CommandObject::Gate, Action::Ask, "ask whoever can act on a gate: the words to send are told"),
    ("note", CommandObject::GateOrLaunch, Action::Note, "leave a note on a gate or the launch"),
    ("stage", CommandObject::Stage, Action::MoveStage, "start, hold, resume, roll back or close a stage"),
    ("criterion", CommandObject::Stage, Action::JudgeCriterion, "confirm a criterion of a stage"),
    ("results", CommandObject::Stage, Action::AnswerStage, "give results of a stage"),
    ("open-round", CommandObject::Station, Action::OpenRound, "open a round of the roll call"),
    ("go", CommandObject::Station, Action::Go, "answer GO; when all are heard: the final GO"),
    ("no-go", CommandObject::Station, Action::NoGo, "answer NO-GO; when all are heard: the final NO-GO"),
    ("conditions", CommandObject::Station, Action::Conditions, "answer GO WITH CONDITIONS"),
    ("abstain", CommandObject::Station, Action::Abstain, "answer ABSTAIN"),
    ("delegate", CommandObject::Station, Action::Delegate, "leave the answer to somebody else"),
    ("correct", CommandObject::Station, Action::Correct, "correct an answer; the next answer replaces it"),
    ("hold", CommandObject::Station, Action::CallHold, "final call: HOLD"),
    ("scrub", CommandObject::Station, Action::CallScrub, "final call: SCRUB"),
    ("end-hold", CommandObject::Station, Action::EndHold, "end the HOLD"),
    ("drafts", CommandObject::Nothing, Action::SendDrafts, "record the answers that are NOT RECORDED"),
    ("minutes", CommandObject::Nothing, Action::WriteMinutes, "write minutes and decision record"),
    ("rollback-start", CommandObject::Rollback, Action::StartRollback, "start the rollback"),
    ("rollback-done", CommandObject::Rollback, Action::StepDone, "the step of the rollback is done"),
    ("rollback-skip", CommandObject::Rollback, Action::SkipStep, "skip the step of the rollback"),
    ("rollback-end", CommandObject::Rollback, Action::EndRollback, "say how the rollback ended"),
    ("incident-open", CommandObject::Nothing, Action::OpenIncident, "open an incident"),
    ("incident-log", CommandObject::Nothing, Action::LogIncident, "write a line into its log"),
    (
        "incident-update",
        CommandObject::Nothing,
        Action::UpdateIncident,
        "give the next update; an empty line keeps the draft",
    ),
    (
        "incident-phase",
        CommandObject::Nothing,
        Action::MoveIncident,
        "it is mitigated, resolved, closed, or has come back",
    ),
    (
        "incident-rollout",
        CommandObject::Nothing,
        Action::IncidentRollout,
        "whether the rollout goes on meanwhile",
    ),
    (
        "incident-change",
        CommandObject::Nothing,
        Action::ChangeIncident,
        "its severity, or who has a role in it",
    ),
    ("message-write", CommandObject::Message, Action::DraftMessage, "write a message in your own words"),
    ("message-approve", CommandObject::Message, Action::ApproveMessage, "approve the words of a message"),
    ("message-send", CommandObject::Message, Action::SendMessage, "send a message, or say that it was sent"),
    ("message-drop", CommandObject::Message, Action::DropMessage, "a message is not needed, or needed again"),
    ("risk-add", CommandObject::Nothing, Action::AddRisk, "state a risk"),
    (
        "risk-change",
        CommandObject::Risk,
        Action::ChangeRisk,
        "what a risk is now; an empty line keeps what it was",
    ),
    ("risk-mitigate", CommandObject::Risk, Action::MitigateRisk, "something was done about a risk"),
    ("risk-accept", CommandObject::Risk, Action::AcceptRisk, "the launch may go with a risk, for a time"),
    ("risk-close", CommandObject::Risk, Action::CloseRisk, "a risk is none any more, or is one again"),
    (
        "confirm",
        CommandObject::Gate,
        Action::ConfirmItem,
        "confirm an item, move its date, or call it at risk",
    ),
    ("learned", CommandObject::Nothing, Action::Learn, "record what was learned"),
    ("follow-up", CommandObject::Nothing, Action::FollowUp, "record what is to be done"),
    (
        "settle",
        CommandObject::Nothing,
        Action::SettleFollowUp,
        "a follow-up is done, given up or somebody else's",
    ),
    ("close", CommandObject::Nothing, Action::CloseLaunch, "close the launch, or open it again"),
    ("refresh", CommandObject::Nothing, Action::Refresh, "ask all sources now"),
];

/// The questions, answered at once.
const QUESTIONS: [(&str, &str); 13] = [
    ("status", "the word, and what is open"),
    ("all", "every gate"),
    ("why GATE", "one gate in full"),
    ("path", "what must happen before GO, in order"),
    ("stages", "the stages of the rollout"),
    ("poll", "the roll call: who said what"),
    ("incident", "the incident: where it is, and its log"),
    ("messages [MESSAGE]", "the comms plan, or one message with its words"),
    ("readiness", "the readiness review: what owners confirmed"),
    ("who", "who is on call, and who answers for what"),
    ("risks", "the risks that are there"),
    ("pause", "a recording stands still, or goes on"),
    ("quit", "leave; the exit code is that of the board's word"),
];

impl<W: Write> Plain<W> {
    /// Does what a line says; whether it says to leave is the answer.
    pub(super) fn obey(&mut self, line: &str) -> bool {
        if let Some(asked) = self.asked {
            self.answer(asked, line);
            return false;
        }
        let line = line.trim();
        let (verb, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let (rest, now) = (rest.trim(), self.now());
        let told = match verb {
            "" => Vec::new(),
            "quit" | "exit" => return self.leave(),
            "help" => help(),
            "status" => tell::status(&self.model, now),
            "all" => tell::all(&self.model),
            "path" => tell::path(&self.model, now),
            "stages" => tell::stages(&self.model),
            "poll" => tell::poll(&self.model),
            "messages" => tell::messages(&self.model, rest, now),
            "risks" => tell::risks(&self.model),
            "incident" => tell::incident(&self.model, now),
            "readiness" => tell::readiness(&self.model, now),
            "who" => tell::who(&self.model, now),
            "pause" => {
                self.act(Action::Pause);
                Vec::new()
            }
            "why" => match self.gate(rest) {
                Ok(id) => {
                    self.model.gate(&id).map(|gate| tell::gate(&self.model, gate, now)).unwrap_or_default()
                }
                Err(why) => vec![why],
            },
            _ => match ACTS.iter().find(|(word, ..)| *word == verb) {
                Some((_, about, action, _)) => self.start(*about, *action, rest),
                None => vec![format!("`{verb}` is none of what can be said here; help tells what is")],
            },
        };
        self.say_all(&told);
        false
    }

    /// Leaves at once, or says what would be lost; saying it again leaves.
    fn leave(&mut self) -> bool {
        let now = self.now();
        let effects = perform(&mut self.model, Action::Quit, now);
        let leaves = effects.contains(&Effect::Quit);
        if !leaves {
            self.tell_changes();
        }
        leaves
    }

    /// Turns to what the act is about and does what its key does there.
    fn start(&mut self, about: CommandObject, action: Action, rest: &str) -> Vec<String> {
        let turned = match about {
            CommandObject::Gate => self.turn_to_gate(rest),
            CommandObject::GateOrLaunch if rest.is_empty() => {
                self.model.list.anchor = None;
                Ok(())
            }
            CommandObject::GateOrLaunch => self.turn_to_gate(rest),
            CommandObject::Stage => self.turn_to_stage(rest),
            CommandObject::Station => self.turn_to_station(rest),
            CommandObject::Rollback => {
                self.model.screen = Screen::Rollback;
                Ok(())
            }
            CommandObject::Message => self.turn_to_message(rest),
            CommandObject::Risk => self.turn_to_risk(rest),
            CommandObject::Nothing => Ok(()),
        };
        if let Err(why) = turned {
            return vec![why];
        }
        self.act(action);
        if self.model.form.is_some() {
            self.ask_again();
        }
        Vec::new()
    }

    fn act(&mut self, action: Action) {
        let now = self.now();
        self.model.notice = None;
        let effects = perform(&mut self.model, action, now);
        self.perform(effects);
        self.tell_changes();
    }

    fn gate(&self, name: &str) -> Result<GateId, String> {
        let gates = || self.model.board.gates.iter().map(|it| &it.id);
        if let Some(id) = gates().find(|id| id.as_str() == name) {
            return Ok(id.clone());
        }
        let mut short = gates().filter(|id| id.local() == name);
        match (short.next(), short.next()) {
            (Some(id), None) => Ok(id.clone()),
            (Some(a), Some(b)) => Err(format!("there are {a} and {b}: say which")),
            _ if name.is_empty() => Err("say which gate, by its name".to_owned()),
            _ => Err(format!("there is no gate `{name}`; all lists them")),
        }
    }

    fn turn_to_gate(&mut self, name: &str) -> Result<(), String> {
        let id = self.gate(name)?;
        self.model.screen = Screen::Board;
        self.model.choose_gate(&id);
        self.model.list.anchor = Some(RowAnchor::Gate(id));
        Ok(())
    }

    fn turn_to_stage(&mut self, name: &str) -> Result<(), String> {
        let stage = self.model.board.stages.iter().find(|it| it.id.as_str() == name).map(|it| it.id.clone());
        let known: Vec<_> = self.model.board.stages.iter().map(|it| StageId::as_str(&it.id)).collect();
        let stage = stage.ok_or_else(|| match known.as_slice() {
            [] => "this launch has no rollout stages".to_owned(),
            _ => format!("say which stage: {}", known.join(", ")),
        })?;
        (self.model.screen, self.model.stage) = (Screen::Timeline, Some(stage));
        Ok(())
    }

    fn turn_to_message(&mut self, name: &str) -> Result<(), String> {
        let Some(it) = self.model.board.message(name) else {
            return Err(format!("there is no message `{name}` to say anything of; messages lists them"));
        };
        (self.model.screen, self.model.told) = (Screen::Comms, Some(it.of.clone()));
        Ok(())
    }

    fn turn_to_risk(&mut self, name: &str) -> Result<(), String> {
        let Some(it) = self.model.board.risks.iter().find(|it| *it.id == *name) else {
            return Err(format!("there is no risk `{name}` to say anything of; risks lists them"));
        };
        (self.model.screen, self.model.risk) = (Screen::Risks, Some(it.id.clone()));
        Ok(())
    }

    fn turn_to_station(&mut self, name: &str) -> Result<(), String> {
        self.model.screen = Screen::RollCall;
        if name.is_empty() {
            return Ok(());
        }
        let role = Party::from(name);
        if !self.model.poll().is_some_and(|poll| poll.stations.iter().any(|it| it.role == role)) {
            return Err(format!("there is no station `{name}`; poll lists them"));
        }
        look_at(&mut self.model, Some(role));
        Ok(())
    }
}

fn help() -> Vec<String> {
    let questions = QUESTIONS.iter().map(|(word, does)| format!("  {word}: {does}"));
    let acts = ACTS.iter().map(|(word, about, _, does)| {
        let about = match about {
            CommandObject::Gate => " GATE",
            CommandObject::GateOrLaunch => " [GATE]",
            CommandObject::Stage => " STAGE",
            CommandObject::Message => " MESSAGE",
            CommandObject::Risk => " RISK",
            CommandObject::Station if !matches!(*word, "open-round" | "hold" | "scrub" | "end-hold") => {
                " [STATION]"
            }
            _ => "",
        };
        format!("  {word}{about}: {does}")
    });
    let head = ["What can be asked:".to_owned()];
    let said = ["What can be said; each asks for what it needs:".to_owned()];
    head.into_iter().chain(questions).chain(said).chain(acts).collect()
}
