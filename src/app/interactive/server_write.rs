//! What a person has gonogo write or send, from the cockpit: the walk of `gonogo act` and `gonogo message send`, in a thread of its own, with the screen
//! for a keyboard. Whoever leaves in the middle leaves what the journal says: the intent.

use std::sync::{Arc, mpsc};

use tokio::sync::mpsc as inputs;

use crate::{
    AppError, Opened,
    message::{self, SendRequest},
    open,
    server_write::{self, RequestedWrite, WriteOutcome, WriteRequest},
    sign::{Confirm, WaitNotice},
};
use gonogo_domain::{Str, WriteState};
use gonogo_source::register::DECLARED;

/// What the walk tells.
pub(super) enum WriteProgress {
    /// The request, to the letter, and the word that sends it.
    Asked { what: String, word: String },
    /// How far it is.
    Waiting(String),
    /// How it ended.
    Ended(Result<WriteOutcome, AppError>),
}

/// What a walk is for.
pub(super) enum WritePurpose {
    /// Something is written to the target's server.
    Target(gonogo_cockpit::Wish),
    /// A message goes out.
    Message(Str),
}

/// The walk that goes on, if one does.
pub(super) struct WriteWalk {
    opened: Arc<Opened>,
    news: inputs::UnboundedSender<WriteProgress>,
    answer: Option<mpsc::Sender<bool>>,
}

impl WriteWalk {
    pub(super) fn new(opened: Arc<Opened>) -> (Self, inputs::UnboundedReceiver<WriteProgress>) {
        let (news, receiver) = inputs::unbounded_channel();
        (Self { opened, news, answer: None }, receiver)
    }

    /// What the user's settings allow here, and by which sources messages may go, as `via/slack`: nothing in a rehearsal and in a recording.
    pub(super) fn allowed(&self) -> Vec<Str> {
        if self.opened.chosen.rehearse || self.opened.recording.is_some() {
            return Vec::new();
        }
        let writes = &self.opened.settings.writes;
        let sends = DECLARED
            .iter()
            .filter(|it| it.sends.is_some_and(|sends| writes.iter().any(|it| it == sends.writes)));
        let ways = sends.map(|it| format!("via/{}", it.name).into());
        writes.iter().map(|it| it.as_str().into()).chain(ways).collect()
    }

    /// The launch and the settings were read again. A walk that goes on ends as it was begun.
    pub(super) fn renew(&mut self, opened: Arc<Opened>) {
        self.opened = opened;
    }

    /// Begins. One at a time: the screen asks for no second one before the first has ended.
    pub(super) fn begin(&mut self, asked: WritePurpose) {
        let (answer, said) = mpsc::channel();
        self.answer = Some(answer);
        let (opened, news) = (Arc::clone(&self.opened), self.news.clone());
        let walk = move || {
            let ended = walk(&opened, asked, said, &news);
            let _ = news.send(WriteProgress::Ended(ended));
        };
        if let Err(why) = std::thread::Builder::new().name("server-write".to_owned()).spawn(walk) {
            let _ = self.news.send(WriteProgress::Ended(Err(AppError::input(why.to_string()))));
        }
    }

    /// The typed word, or that nobody typed it.
    pub(super) fn answer(&mut self, yes: bool) {
        if let Some(answer) = self.answer.take() {
            let _ = answer.send(yes);
        }
    }
}

fn meant(wish: gonogo_cockpit::Wish) -> RequestedWrite {
    let deployment = |reject| RequestedWrite::Deployment { environment: None, reject, note: None };
    match wish {
        gonogo_cockpit::Wish::Status => RequestedWrite::Status,
        gonogo_cockpit::Wish::Approve => deployment(false),
        gonogo_cockpit::Wish::Reject => deployment(true),
    }
}

fn walk(
    opened: &Opened,
    asked: WritePurpose,
    said: mpsc::Receiver<bool>,
    news: &inputs::UnboundedSender<WriteProgress>,
) -> Result<WriteOutcome, AppError> {
    // As `gonogo act` does: what the files say now counts, and what cannot be used sends nothing (V21).
    let read_again = opened.loaded.files.iter().any(|file| file.path.is_some());
    let broken = |error: AppError| {
        AppError::input(format!("nothing was sent: the files of the launch cannot be used: {}", error.line()))
    };
    let opened = &if read_again { open(opened.chosen.clone()).map_err(broken)? } else { opened.clone() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|why| AppError::input(why.to_string()))?;
    let (asks, waits) = (news.clone(), news.clone());
    let confirm: Confirm = Box::new(move |question| {
        let (what, word) = (question.what.to_owned(), question.word.to_owned());
        let _ = asks.send(WriteProgress::Asked { what, word });
        // Nobody answers once the screen is gone.
        match said.recv() {
            Ok(true) => Ok(()),
            _ => Err(AppError::input("nothing was sent: nobody confirmed it")),
        }
    });
    let waiting: WaitNotice = Box::new(move |what| {
        let _ = waits.send(WriteProgress::Waiting(what.to_owned()));
    });
    match asked {
        WritePurpose::Target(wish) => {
            let wish = meant(wish);
            let request = WriteRequest { wish, on_behalf: None, preview: false, confirm, waiting };
            runtime.block_on(server_write::act(opened, request))
        }
        WritePurpose::Message(id) => {
            let message = id.to_string();
            let (overrides, on_behalf) = (None, None);
            let by_eye = "say what you see";
            let request =
                SendRequest { message, overrides, on_behalf, preview: false, confirm, waiting, by_eye };
            runtime.block_on(message::send_message(opened, request))
        }
    }
}

/// For people, and whether it is as it was wanted.
pub(super) fn told(ended: &Result<WriteOutcome, AppError>) -> (String, bool) {
    match ended {
        Ok(WriteOutcome::Shown(write)) => (write.describe(), true),
        Ok(WriteOutcome::AlreadySo { subject, told }) => {
            (format!("nothing to send: {subject}: {told}"), true)
        }
        Ok(WriteOutcome::Known { subject, state, told }) => {
            (format!("{}: {subject}: {told}", state.word()), *state == WriteState::Done)
        }
        Err(error) => (error.line(), false),
    }
}
