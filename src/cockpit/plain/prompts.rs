//! A form as questions, one line each; what it says at last is what the form on the screen would.

use std::io::Write;

use super::Plain;
use crate::{
    Code, Key, Message,
    model::{Field, Form, Purpose, Value},
};

/// What was asked for, and of which form: what is asked is what is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prompted {
    purpose: Purpose,
    pub about: Asked,
    /// What was said against the form when it was asked.
    against: Option<String>,
}

/// What of a form was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A field of the form, from 0.
    Field(usize),
    /// Whether to send it.
    Send,
    /// Whether to answer it at all: it was put up while another was being answered, and the next line may be meant for that one.
    Instead,
}

/// Puts this question in the place of one that went away.
const ANSWER: &str = "answer";

impl<W: Write> Plain<W> {
    /// Asks what the open form wants to know, if that was not asked yet; what is asked no more takes no line any more.
    pub(super) fn follow_form(&mut self) {
        let open = self.model.form.as_ref().map(|form| &form.purpose);
        match (&self.asked, open) {
            (Some(asked), Some(open)) if asked.purpose == *open => self.tell_news(),
            (None, None) => {}
            (None, Some(_)) => self.ask_again(),
            (Some(_), None) => {
                self.asked = None;
                self.say("that is asked no more; the next line is a command again");
            }
            (Some(_), Some(_)) => {
                self.put(Asked::Instead);
                self.tell_form();
                self.say(&format!("this is another question: say {ANSWER} to answer it, or cancel"));
            }
        }
    }

    /// Notes what is asked for now.
    fn put(&mut self, about: Asked) {
        let asked =
            |form: &Form| Prompted { purpose: form.purpose.clone(), about, against: form.error.clone() };
        self.asked = self.model.form.as_ref().map(asked);
    }

    /// What it is about has changed meanwhile.
    fn tell_news(&mut self) {
        let (Some(asked), Some(form)) = (&mut self.asked, &self.model.form) else { return };
        if asked.against == form.error {
            return;
        }
        asked.against.clone_from(&form.error);
        if let Some(news) = form.error.clone() {
            self.say(&news);
        }
    }

    /// A form has been opened, or has come back.
    fn ask_again(&mut self) {
        let Some(at) = self.model.form.as_ref().map(|form| form.focus) else { return };
        self.tell_form();
        self.prompt(at);
    }

    /// What the form is about.
    fn tell_form(&mut self) {
        let Some(form) = &self.model.form else { return };
        let mut lines = vec![format!("{}. Say cancel to leave it.", form.title)];
        lines.extend(form.intro.iter().map(|line| format!("  {line}")));
        lines.extend(form.error.iter().map(|why| format!("  not accepted: {why}")));
        self.say_all(&lines);
    }

    /// Asks for this field, or whether all is to be sent.
    fn prompt(&mut self, at: usize) {
        let question = match self.model.form.as_ref().map(|form| form.fields.get(at)) {
            Some(Some(field)) => question(field),
            Some(None) => return self.confirm(),
            None => return,
        };
        self.put(Asked::Field(at));
        if let Some(form) = &mut self.model.form {
            form.focus = at;
        }
        self.say(&question);
    }

    fn confirm(&mut self) {
        self.put(Asked::Send);
        let foreseen = self.model.form.as_ref().and_then(|form| form.foreseen().cloned());
        match foreseen {
            Some(Ok(said)) => self.say(&format!("it would do this: {said}")),
            Some(Err(why)) => self.say(&format!("it would be refused: {why}")),
            None => {}
        }
        self.say("send it? yes or no");
    }

    /// Takes the answer to what was asked last.
    pub(super) fn answer(&mut self, asked: Asked, line: &str) {
        // Some texts name the key that does it on the screen.
        if matches!(line.trim(), "cancel" | "Esc") {
            return self.drop_form("cancelled; nothing was recorded");
        }
        match asked {
            Asked::Send if line.trim() == "yes" => self.send(),
            Asked::Send if line.trim() == "no" => self.drop_form("not sent; nothing was recorded"),
            Asked::Send => self.say("yes sends it, no drops it"),
            Asked::Instead if line.trim() == ANSWER => self.prompt(0),
            Asked::Instead => {
                self.say(&format!("not taken: say {ANSWER} to answer this other question, or cancel"));
            }
            Asked::Field(at) => match self.fill(at, line) {
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
    }

    fn key(&mut self, key: Key) {
        self.update(Message::Key(key));
    }

    /// Puts an answer into a field, as typing would.
    fn fill(&mut self, at: usize, line: &str) -> Result<(), String> {
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
        self.update(Message::Deadline);
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
