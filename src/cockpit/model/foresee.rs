//! What the word in a form would do, before it is confirmed: asked of the application, which evaluates it and forgets it.

use chrono::{DateTime, Utc};

use super::{
    Model, TextField, compose,
    form::{Form, Name, Purpose, Value},
};
use gonogo_domain::{AskType, Command, Party};

/// What a form knows about the effect of its own entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Foreseen {
    /// The question that was put last, and whose word it would be.
    asked: Option<(Option<Party>, Command)>,
    /// Its answer: what the board becomes, or why it would be refused.
    said: Option<Result<String, String>>,
}

impl Form {
    /// What the board becomes, or why it would be refused.
    pub fn foreseen(&self) -> Option<&Result<String, String>> {
        self.foreseen.said.as_ref()
    }

    /// The form with what is still missing supposed: neither words of explanation nor typed confirmations change what
    /// becomes of the board.
    fn supposed(&self) -> Self {
        let mut form = self.clone();
        let risk = matches!(form.purpose, Purpose::Risk(_));
        for field in &mut form.fields {
            let supposed = match (&field.value, &field.name) {
                (Value::Typed { words, .. }, _) => words.clone(),
                (Value::Text(text), name) => {
                    let empty = text.text().trim().is_empty();
                    match name {
                        Name::Note | Name::Reason | Name::Risk | Name::Condition | Name::Title
                            if field.required || !empty =>
                        {
                            "…".to_owned()
                        }
                        // Of a risk these are weighed.
                        Name::Users | Name::Workaround if risk => continue,
                        Name::Id if empty => "risk".to_owned(),
                        Name::Users | Name::Workaround | Name::Conditions => String::new(),
                        Name::Answer(_, kind) if empty => sample(*kind).to_owned(),
                        _ => continue,
                    }
                }
                (Value::Pick { .. }, _) => continue,
            };
            if let Some(text) = field.text_field() {
                *text = TextField::new(supposed);
            }
        }
        form
    }
}

fn sample(kind: AskType) -> &'static str {
    match kind {
        AskType::Link => "https://example.com",
        AskType::Sha => "0000000000000000000000000000000000000000",
        AskType::Text => "…",
        AskType::Number => "0",
        AskType::Date => "2000-01-01",
    }
}

impl Model {
    /// The question that the open form puts now, if it is another one than before.
    pub(crate) fn foresee(&mut self, now: DateTime<Utc>) -> Option<(u64, Option<Party>, Command)> {
        let me = self.me.as_ref()?.name.clone();
        let form = self.form.as_mut()?;
        let asked = compose(&form.supposed(), &self.launch, now).ok();
        let asked = asked.map(|command| {
            let by = form.speaker().filter(|by| form.is_by_fallback() || **by != me).cloned();
            (by, command)
        });
        if form.foreseen.asked == asked {
            return None;
        }
        form.foreseen = Foreseen { asked: asked.clone(), said: None };
        let (by, command) = asked?;
        self.foreseen += 1;
        Some((self.foreseen, by, command))
    }

    /// The answer to the question of this number; one that is no longer asked is dropped.
    pub(crate) fn foresaw(&mut self, number: u64, said: Result<String, String>) {
        if let Some(form) = self.form.as_mut().filter(|_| number == self.foreseen) {
            form.foreseen.said = Some(said);
        }
    }

    /// The board is another one: what the open form was told may be old, and is asked again.
    pub(crate) fn foresee_again(&mut self) {
        if let Some(form) = &mut self.form {
            form.foreseen.asked = None;
        }
    }
}
