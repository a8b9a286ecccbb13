//! What a line says, done: a question is answered, an act does what its key would.

use std::io::Write;

use super::{
    Plain, tell,
    words::{ACTS, CommandObject, help},
};
use crate::{
    Action, Effect, Screen,
    model::RowAnchor,
    update::{look_at, perform},
};
use gonogo_domain::{GateId, Party, StageId};

impl<W: Write> Plain<W> {
    /// Does what a line says; whether it says to leave is the answer.
    pub(super) fn obey(&mut self, line: &str) -> bool {
        if let Some(asked) = &self.asked {
            let about = asked.about;
            self.answer(about, line);
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
            "rollback" => tell::rollback(&self.model, now),
            "sources" => tell::sources(&self.model, now),
            "faults" => tell::faults(&self.model),
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
