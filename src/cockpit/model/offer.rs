//! What gonogo may change on the server of the target, offered where a decision or a stage start was recorded: which, then
//! the very request with a typed word, then what became of it. Nothing is sent without that word.

use super::{
    Model,
    form::{Field, Form, Meaning, Name, Purpose, choice},
};
use crate::{Notice, Tone, Wish};
use gonogo_domain::{Command, Decision, MessageRef, MessageStatus, StageAct, Str};

/// Where an offer stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Offer {
    /// What the user's own settings allow; empty: gonogo only reads.
    pub allowed: Vec<Str>,
    /// Something was recorded that the server may be told; not yet on the screen.
    wanted: bool,
    /// The application is at it.
    pub busy: bool,
    /// The request that waits for its word: what it is, the word, and what the board becomes.
    asked: Option<PendingWrite>,
    /// The message that is looked for: it is not known whether it arrived.
    pub looks_for: Option<MessageRef>,
    /// One that nobody but a person can look for, and why; not yet on the screen.
    by_eye: Option<(MessageRef, String)>,
}

/// The request that waits for its word.
#[derive(Clone, Debug)]
pub(crate) struct PendingWrite {
    /// To the letter.
    pub what: String,
    pub word: String,
}

/// Whether a recorded act is worth telling the server.
pub(super) fn follows(command: &Command) -> bool {
    match command {
        Command::Decide { decision, .. } => !matches!(decision, Decision::Hold { .. }),
        Command::Stage { step, .. } => *step == StageAct::Started,
        _ => false,
    }
}

impl Form {
    /// Which of the writes.
    fn offer(allowed: &[Str]) -> Option<Self> {
        let is = |name: &str| allowed.iter().any(|it| **it == *name);
        let mut wishes = Vec::new();
        if is("status") {
            wishes.push(choice('s', "commit status", Meaning::Wish(Wish::Status)));
        }
        if is("approve-deployment") {
            wishes.push(choice('a', "approve deployment", Meaning::Wish(Wish::Approve)));
            wishes.push(choice('r', "reject it", Meaning::Wish(Wish::Reject)));
        }
        if wishes.is_empty() {
            return None;
        }
        let fields = vec![Field::pick(Name::Wish, "tell it", wishes, None)];
        let intro =
            vec!["the very request is shown next, and takes a typed word; Esc tells it nothing".to_owned()];
        Some(Self::new(Purpose::Offer, "Tell the server of the target".to_owned(), intro, fields))
    }

    /// The very request, with the word that sends it.
    fn request(asked: &PendingWrite) -> Self {
        let intro = asked.what.lines().map(str::to_owned).collect();
        let fields = vec![Field::sends(&asked.word)];
        Self::new(Purpose::Request, "This is sent, once".to_owned(), intro, fields)
    }

    /// What was picked of an offer.
    pub fn wish(&self) -> Option<Wish> {
        self.picked(&Name::Wish)
            .and_then(|means| if let Meaning::Wish(wish) = means { Some(*wish) } else { None })
    }
}

impl Model {
    /// A recorded act that the server may be told.
    pub(crate) fn want_offer(&mut self) {
        self.offer.wanted = !self.offer.allowed.is_empty();
    }

    /// The application shows the request.
    pub(crate) fn hear_request(&mut self, what: String, word: String) {
        self.offer.asked = Some(PendingWrite { what, word });
    }

    /// What became of it.
    pub(crate) fn hear_outcome(&mut self, notice: Notice) {
        (self.offer.busy, self.offer.asked) = (false, None);
        if self.form.as_ref().is_some_and(|form| form.purpose == Purpose::Request) {
            self.form = None;
        }
        let looked = self.offer.looks_for.take();
        let looked = looked.and_then(|of| self.board.message_of(&of));
        // What no server tells, whoever looks there can.
        self.offer.by_eye = looked
            .filter(|it| notice.tone == Tone::Bad && it.status == MessageStatus::Unknown)
            .map(|it| (it.of.clone(), notice.text.clone()));
        // Its form says why.
        if self.offer.by_eye.is_none() {
            self.tell(notice);
        }
    }

    /// Puts up what waits, once nothing else has the keyboard.
    pub(crate) fn put_up_offer(&mut self) {
        if !self.may_be_asked() {
            return;
        }
        if let Some(asked) = self.offer.asked.take() {
            self.form = Some(Form::request(&asked));
        } else if let Some((of, why)) = self.offer.by_eye.take() {
            self.form = self.board.message_of(&of).map(|it| Form::looked_for_message(it, &why));
        } else if std::mem::take(&mut self.offer.wanted) && !self.offer.busy {
            self.form = Form::offer(&self.offer.allowed);
        }
    }

    /// The form of an offer by its key.
    pub(crate) fn offer_form(&self) -> Result<Form, String> {
        if self.offer.busy {
            return Err("the server is being asked already".to_owned());
        }
        let none =
            "gonogo only reads: `writes: [status, approve-deployment]` in your own settings allows more";
        Form::offer(&self.offer.allowed).ok_or_else(|| none.to_owned())
    }
}
