//! What can be said on a line, and the key that it stands for.

use std::io::Write;

use super::{Plain, tell};
use crate::{
    Action, Effect, Screen,
    model::Anchor,
    update::{look_at, perform},
};
use gonogo_domain::{GateId, Party, StageId};

/// What a command is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
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
    /// Nothing.
    Nothing,
}

/// The acts: the word, what it is about, the action of its key, and what it does.
const ACTS: [(&str, About, Action, &str); 47] = [
    ("sign", About::Gate, Action::Sign, "say go or no-go on a gate"),
    ("withdraw", About::Gate, Action::Withdraw, "take your word on a gate back"),
    ("waive", About::Gate, Action::Waive, "record an exception for a gate"),
    ("end-waiver", About::Gate, Action::EndWaiver, "end a waiver"),
    ("not-needed", About::Gate, Action::NotNeeded, "declare a gate not needed, or needed again"),
    ("ask", About::Gate, Action::Ask, "ask whoever can act on a gate: the words to send are told"),
    ("note", About::GateOrLaunch, Action::Note, "leave a note on a gate or the launch"),
    ("stage", About::Stage, Action::MoveStage, "start, hold, resume, roll back or close a stage"),
    ("criterion", About::Stage, Action::JudgeCriterion, "confirm a criterion of a stage"),
    ("results", About::Stage, Action::AnswerStage, "give results of a stage"),
    ("open-round", About::Station, Action::OpenRound, "open a round of the roll call"),
    ("go", About::Station, Action::Go, "answer GO; when all are heard: the final GO"),
    ("no-go", About::Station, Action::NoGo, "answer NO-GO; when all are heard: the final NO-GO"),
    ("conditions", About::Station, Action::Conditions, "answer GO WITH CONDITIONS"),
    ("abstain", About::Station, Action::Abstain, "answer ABSTAIN"),
    ("delegate", About::Station, Action::Delegate, "leave the answer to somebody else"),
    ("correct", About::Station, Action::Correct, "correct an answer; the next answer replaces it"),
    ("hold", About::Station, Action::CallHold, "final call: HOLD"),
    ("scrub", About::Station, Action::CallScrub, "final call: SCRUB"),
    ("end-hold", About::Station, Action::EndHold, "end the HOLD"),
    ("drafts", About::Nothing, Action::SendDrafts, "record the answers that are NOT RECORDED"),
    ("minutes", About::Nothing, Action::WriteMinutes, "write minutes and decision record"),
    ("rollback-start", About::Rollback, Action::StartRollback, "start the rollback"),
    ("rollback-done", About::Rollback, Action::StepDone, "the step of the rollback is done"),
    ("rollback-skip", About::Rollback, Action::SkipStep, "skip the step of the rollback"),
    ("rollback-end", About::Rollback, Action::EndRollback, "say how the rollback ended"),
    ("incident-open", About::Nothing, Action::OpenIncident, "open an incident"),
    ("incident-log", About::Nothing, Action::LogIncident, "write a line into its log"),
    (
        "incident-update",
        About::Nothing,
        Action::UpdateIncident,
        "give the next update; an empty line keeps the draft",
    ),
    (
        "incident-phase",
        About::Nothing,
        Action::MoveIncident,
        "it is mitigated, resolved, closed, or has come back",
    ),
    ("incident-rollout", About::Nothing, Action::IncidentRollout, "whether the rollout goes on meanwhile"),
    ("incident-change", About::Nothing, Action::ChangeIncident, "its severity, or who has a role in it"),
    ("message-write", About::Message, Action::DraftMessage, "write a message in your own words"),
    ("message-approve", About::Message, Action::ApproveMessage, "approve the words of a message"),
    ("message-send", About::Message, Action::SendMessage, "send a message, or say that it was sent"),
    ("message-drop", About::Message, Action::DropMessage, "a message is not needed, or needed again"),
    ("risk-add", About::Nothing, Action::AddRisk, "state a risk"),
    ("risk-change", About::Risk, Action::ChangeRisk, "what a risk is now; an empty line keeps what it was"),
    ("risk-mitigate", About::Risk, Action::MitigateRisk, "something was done about a risk"),
    ("risk-accept", About::Risk, Action::AcceptRisk, "the launch may go with a risk, for a time"),
    ("risk-close", About::Risk, Action::CloseRisk, "a risk is none any more, or is one again"),
    ("confirm", About::Gate, Action::ConfirmItem, "confirm an item, move its date, or call it at risk"),
    ("learned", About::Nothing, Action::Learn, "record what was learned"),
    ("follow-up", About::Nothing, Action::FollowUp, "record what is to be done"),
    ("settle", About::Nothing, Action::SettleFollowUp, "a follow-up is done, given up or somebody else's"),
    ("close", About::Nothing, Action::CloseLaunch, "close the launch, or open it again"),
    ("refresh", About::Nothing, Action::Refresh, "ask all sources now"),
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
    fn start(&mut self, about: About, action: Action, rest: &str) -> Vec<String> {
        let turned = match about {
            About::Gate => self.turn_to_gate(rest),
            About::GateOrLaunch if rest.is_empty() => {
                self.model.list.anchor = None;
                Ok(())
            }
            About::GateOrLaunch => self.turn_to_gate(rest),
            About::Stage => self.turn_to_stage(rest),
            About::Station => self.turn_to_station(rest),
            About::Rollback => {
                self.model.screen = Screen::Rollback;
                Ok(())
            }
            About::Message => self.turn_to_message(rest),
            About::Risk => self.turn_to_risk(rest),
            About::Nothing => Ok(()),
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
        self.model.list.anchor = Some(Anchor::Gate(id));
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
            About::Gate => " GATE",
            About::GateOrLaunch => " [GATE]",
            About::Stage => " STAGE",
            About::Message => " MESSAGE",
            About::Risk => " RISK",
            About::Station if !matches!(*word, "open-round" | "hold" | "scrub" | "end-hold") => " [STATION]",
            _ => "",
        };
        format!("  {word}{about}: {does}")
    });
    let head = ["What can be asked:".to_owned()];
    let said = ["What can be said; each asks for what it needs:".to_owned()];
    head.into_iter().chain(questions).chain(said).chain(acts).collect()
}
