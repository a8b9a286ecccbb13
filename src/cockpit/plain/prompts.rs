//! A form as questions, one line each; what it says at last is what the form on the screen would.

use std::io::Write;

use super::Plain;
use crate::{
    Code, Key, Message,
    model::{Field, Value},
};

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prompted {
    /// A field of the form, from 0.
    Field(usize),
    /// Whether to send it.
    Send,
}

impl<W: Write> Plain<W> {
    /// A form has been opened, or has come back.
    pub(super) fn ask_again(&mut self) {
        let Some(form) = &self.model.form else { return };
        let mut lines = vec![format!("{}. Say cancel to leave it.", form.title)];
        lines.extend(form.intro.iter().map(|line| format!("  {line}")));
        lines.extend(form.error.iter().map(|why| format!("  not accepted: {why}")));
        let at = form.focus;
        self.say_all(&lines);
        self.prompt(at);
    }

    /// Asks for this field, or whether all is to be sent.
    fn prompt(&mut self, at: usize) {
        let question = match self.model.form.as_ref().map(|form| form.fields.get(at)) {
            Some(Some(field)) => question(field),
            Some(None) => return self.confirm(),
            None => return,
        };
        self.asked = Some(Prompted::Field(at));
        if let Some(form) = &mut self.model.form {
            form.focus = at;
        }
        self.say(&question);
    }

    fn confirm(&mut self) {
        self.asked = Some(Prompted::Send);
        let foreseen = self.model.form.as_ref().and_then(|form| form.foreseen().cloned());
        match foreseen {
            Some(Ok(said)) => self.say(&format!("it would do this: {said}")),
            Some(Err(why)) => self.say(&format!("it would be refused: {why}")),
            None => {}
        }
        self.say("send it? yes or no");
    }

    /// Takes the answer to what was asked last.
    pub(super) fn answer(&mut self, asked: Prompted, line: &str) {
        if self.model.form.is_none() {
            self.asked = None;
            return;
        }
        if line.trim() == "cancel" {
            return self.drop_form("cancelled; nothing was recorded");
        }
        match asked {
            Prompted::Send if line.trim() == "yes" => self.send(),
            Prompted::Send if line.trim() == "no" => self.drop_form("not sent; nothing was recorded"),
            Prompted::Send => self.say("yes sends it, no drops it"),
            Prompted::Field(at) => match self.fill(at, line) {
                Ok(()) => self.prompt(at + 1),
                Err(why) => {
                    self.say(&why);
                    self.prompt(at);
                }
            },
        }
    }

    fn drop_form(&mut self, said: &str) {
        self.asked = None;
        self.key(Key::plain(Code::Esc));
        self.say(said);
    }

    fn send(&mut self) {
        self.asked = None;
        self.key(Key::plain(Code::Enter));
        // It is still there: something is missing, or the board has changed meanwhile.
        if self.model.form.is_some() {
            self.ask_again();
        }
    }

    fn key(&mut self, key: Key) {
        let now = self.now();
        self.update(Message::Key(key), now);
    }

    /// Puts an answer into a field, as typing would.
    fn fill(&mut self, at: usize, line: &str) -> Result<(), String> {
        let now = self.now();
        let Some(form) = self.model.form.as_mut() else { return Ok(()) };
        form.focus = at;
        let Some(field) = form.focused() else { return Ok(()) };
        let (text, required) = (line.trim(), field.required);
        match &mut field.value {
            Value::Pick { options, picked, made } => {
                let found = options
                    .iter()
                    .position(|it| it.label.eq_ignore_ascii_case(text) || it.key.to_string() == text);
                match found {
                    Some(found) => (*picked, *made) = (Some(found), true),
                    None if text.is_empty() && picked.is_some() => {}
                    None => return Err("that is none of the choices".to_owned()),
                }
            }
            // What is there already stays with an empty line.
            Value::Text(field) if text.is_empty() && !field.text().is_empty() => {}
            Value::Text(_) if text.is_empty() && required => return Err("this is needed".to_owned()),
            Value::Text(field) => {
                field.clear();
                field.insert(text);
            }
            Value::Typed { words, text: field } => {
                if text != words {
                    return Err(format!("type {words} to confirm, or say cancel"));
                }
                field.clear();
                field.insert(text);
            }
        }
        form.error = None;
        form.grow();
        // The answer changes what the word would do: that is asked for.
        self.update(Message::Deadline, now);
        Ok(())
    }
}

fn question(field: &Field) -> String {
    let need = if field.required { "" } else { ", may be left empty" };
    match &field.value {
        Value::Pick { options, picked, .. } => {
            let choices: Vec<_> = options.iter().map(|it| format!("{} for {}", it.key, it.label)).collect();
            let chosen = picked.and_then(|at| options.get(at)).map(|it| format!(" [{}]", it.label));
            format!("{}{need}? {}{}", field.label, choices.join(", "), chosen.unwrap_or_default())
        }
        Value::Text(text) if !text.text().is_empty() => {
            format!("{}{need}? {} [{}]", field.label, field.hint, text.text())
        }
        Value::Text(_) | Value::Typed { .. } => format!("{}{need}? {}", field.label, field.hint),
    }
}
