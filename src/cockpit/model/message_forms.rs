//! The forms of a message: its words, their approval, that it was sent, that it is not needed.

use super::{
    Model,
    form::{Field, Form, Meaning, Name, Purpose, Value, choice},
    speaker::standing_in,
};
use crate::Action;
use gonogo_domain::{MessageState, MessageStatus, Party};

/// What a form of a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageAsk {
    Draft,
    Approve,
    /// By hand.
    Sent,
    /// What became of a request that got no answer.
    Looked,
    Drop,
    Want,
}

impl MessageAsk {
    /// What an action asks for, if it is one of these.
    pub fn of(action: Action) -> Option<Self> {
        Some(match action {
            Action::DraftMessage => Self::Draft,
            Action::ApproveMessage => Self::Approve,
            Action::SendMessage => Self::Sent,
            Action::DropMessage => Self::Drop,
            _ => return None,
        })
    }
}

impl Form {
    fn of_message(
        ask: MessageAsk,
        it: &MessageState,
        title: String,
        intro: Vec<String>,
        fields: Vec<Field>,
    ) -> Self {
        Self::new(Purpose::Message(ask, it.of.clone(), it.digest.clone()), title, intro, fields)
    }

    fn draft_message(model: &Model, it: &MessageState) -> Self {
        let hint = "all that it says; an approval of other words is void then";
        let mut fields = vec![Field::needed(Name::Note, "text", hint).filled(&it.text)];
        fields.extend(standing_in(model, &[may_send(model, it), it.approved_by.clone()].concat()));
        Self::of_message(
            MessageAsk::Draft,
            it,
            format!("Words of {}", it.of.message),
            vec![whereto(it)],
            fields,
        )
    }

    fn approve_message(model: &Model, it: &MessageState) -> Self {
        let hint = "type APPROVE to approve these very words; Esc approves nothing".to_owned();
        let (words, text) = ("APPROVE".to_owned(), super::TextField::default());
        let value = Value::Typed { words, text };
        let mut fields =
            vec![Field { name: Name::Typed, label: "approve".to_owned(), hint, value, required: true }];
        fields.extend(standing_in(model, &it.approved_by));
        let title = format!("Approve the words of {}", it.of.message);
        Self::of_message(MessageAsk::Approve, it, title, shown(it), fields)
    }

    /// It was sent by hand; before its time by an OVERRIDE.
    fn sent_message(model: &Model, it: &MessageState, why_by_hand: Option<String>) -> Self {
        let hint = "where it can be seen: an http or https address; may be empty";
        let mut fields = vec![Field::optional(Name::Link, "link", hint)];
        let early = !matches!(it.status, MessageStatus::Due | MessageStatus::Overdue);
        if early {
            fields.push(Field::needed(Name::Reason, "reason", "why it does not wait; it is kept"));
            fields.push(Field::typed_override(None));
        }
        fields.extend(standing_in(model, &may_send(model, it)));
        let mut intro = shown(it);
        intro.extend(early.then(|| it.reason.to_string()));
        intro.extend(why_by_hand);
        intro.push("send it, then say so here; nothing goes out from this form".to_owned());
        Self::of_message(MessageAsk::Sent, it, format!("{} was sent by hand", it.of.message), intro, fields)
    }

    /// What a person has seen where it went; `why`: nothing else can tell.
    pub(super) fn looked_for_message(it: &MessageState, why: &str) -> Self {
        let options = vec![
            choice('y', "it is there", Meaning::Arrived(true)),
            choice('n', "it is NOT there", Meaning::Arrived(false)),
        ];
        let fields = vec![
            Field::pick(Name::Way, "you looked", options, None),
            Field::optional(Name::Note, "note", "what you saw; needed where it is not there"),
        ];
        let intro = vec![whereto(it), why.to_owned()];
        Self::of_message(MessageAsk::Looked, it, format!("What became of {}", it.of.message), intro, fields)
    }

    fn drop_message(model: &Model, it: &MessageState, again: bool) -> Self {
        let (ask, title, hint) = if again {
            (MessageAsk::Want, "is needed after all", "why it has to be sent after all")
        } else {
            (MessageAsk::Drop, "is not needed", "why it need not be sent")
        };
        let mut fields = vec![Field::needed(Name::Reason, "reason", hint)];
        fields.extend(standing_in(model, &may_send(model, it)));
        Self::of_message(ask, it, format!("{} {title}", it.of.message), vec![whereto(it)], fields)
    }
}

/// Where it goes, in one line.
fn whereto(it: &MessageState) -> String {
    format!("to {}, {}", it.audience, it.via.said())
}

/// Where it goes, and the very words.
fn shown(it: &MessageState) -> Vec<String> {
    std::iter::once(whereto(it)).chain(it.text.lines().map(str::to_owned)).collect()
}

fn may_send(model: &Model, it: &MessageState) -> Vec<Party> {
    let call = model.launch.roll_call.iter().map(|plan| plan.final_call.clone());
    it.owner.iter().cloned().chain(call).collect()
}

impl Model {
    /// The message that is chosen: the one that somebody chose, else the first that asks for somebody.
    pub(crate) fn chosen_message(&self) -> Option<&MessageState> {
        let all = &self.board.messages;
        let chosen = self.told.as_ref().and_then(|of| self.board.message_of(of));
        chosen.or_else(|| all.iter().find(|it| it.status.asks())).or_else(|| all.first())
    }

    /// Whether gonogo may send by this source, by the user's own settings.
    pub(crate) fn may_send_by(&self, source: &str) -> bool {
        self.offer.allowed.iter().any(|it| it.strip_prefix("via/") == Some(source))
    }

    /// The source that sends the chosen message at a typed word, if the user's settings allow it and nothing has to be
    /// overridden.
    pub(crate) fn sends_itself(&self) -> Option<&MessageState> {
        let it = self.chosen_message()?;
        let source = it.via.source.as_ref()?;
        let now = matches!(it.status, MessageStatus::Due | MessageStatus::Overdue | MessageStatus::Unknown);
        (now && self.may_send_by(source.as_str()) && !self.offer.busy).then_some(it)
    }

    /// The form of such an act, or why there is none.
    pub(crate) fn message_form(&self, ask: MessageAsk) -> Result<Form, String> {
        let it = self.chosen_message().ok_or("no message is planned: add `comms` to launch.yaml")?;
        if let Some(act) = self.acts.of_message(&it.of.message) {
            return Err(format!("{} is still being recorded", act.what));
        }
        let id = &it.of.message;
        let not_open = || format!("{id} is {}: {}", it.status.word(), it.reason);
        match (ask, it.status) {
            (MessageAsk::Sent, MessageStatus::Unknown) => {
                return Ok(Form::looked_for_message(it, &it.reason));
            }
            (MessageAsk::Drop, MessageStatus::NotNeeded) => return Ok(Form::drop_message(self, it, true)),
            (_, status) if !status.is_open() || status == MessageStatus::Unknown => return Err(not_open()),
            _ => {}
        }
        Ok(match ask {
            MessageAsk::Draft => Form::draft_message(self, it),
            MessageAsk::Approve if it.approved_by.is_empty() => {
                return Err(format!("{id} asks for nobody's approval"));
            }
            MessageAsk::Approve | MessageAsk::Sent if !it.is_whole() => return Err(not_open()),
            MessageAsk::Approve => Form::approve_message(self, it),
            MessageAsk::Sent if it.status == MessageStatus::ToApprove => return Err(not_open()),
            MessageAsk::Sent => {
                let not_allowed = |source: &str| {
                    let why = format!(
                        "your settings do not let gonogo send by {source}: copy it, and send it by hand"
                    );
                    (!self.may_send_by(source)).then_some(why)
                };
                let why = it.via.source.as_ref().and_then(|source| not_allowed(source.as_str()));
                Form::sent_message(self, it, why)
            }
            MessageAsk::Drop | MessageAsk::Want | MessageAsk::Looked => Form::drop_message(self, it, false),
        })
    }
}
