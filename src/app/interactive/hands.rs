//! What a person has gonogo write, from the cockpit: the same walk as `gonogo act`, in a thread of its own, with the screen
//! for a keyboard. Whoever leaves in the middle leaves what the journal says: the intent.

use std::sync::{Arc, mpsc};

use tokio::sync::mpsc as inputs;

use crate::{
    AppError, Opened,
    hands::{self, Handled, HandsRequest, Wish},
};
use gonogo_domain::WriteState;

/// What the walk tells.
pub(super) enum HandsNews {
    /// The request, to the letter, and the word that sends it.
    Asked { what: String, word: String },
    /// How far it is.
    Waiting(String),
    /// How it ended.
    Ended(Result<Handled, AppError>),
}

/// The walk that goes on, if one does.
pub(super) struct Hands {
    opened: Arc<Opened>,
    news: inputs::UnboundedSender<HandsNews>,
    answer: Option<mpsc::Sender<bool>>,
}

impl Hands {
    pub(super) fn new(opened: Arc<Opened>) -> (Self, inputs::UnboundedReceiver<HandsNews>) {
        let (news, receiver) = inputs::unbounded_channel();
        (Self { opened, news, answer: None }, receiver)
    }

    /// What the user's settings allow here: nothing in a rehearsal and in a recording.
    pub(super) fn allowed(&self) -> Vec<gonogo_domain::Str> {
        if self.opened.chosen.rehearse || self.opened.recording.is_some() {
            return Vec::new();
        }
        self.opened.settings.writes.iter().map(|it| it.as_str().into()).collect()
    }

    /// The launch and the settings were read again. A walk that goes on ends as it was begun.
    pub(super) fn renew(&mut self, opened: Arc<Opened>) {
        self.opened = opened;
    }

    /// Begins. One at a time: the screen asks for no second one before the first has ended.
    pub(super) fn begin(&mut self, wish: gonogo_cockpit::Wish) {
        let wish = meant(wish);
        let (answer, said) = mpsc::channel();
        self.answer = Some(answer);
        let (opened, news) = (Arc::clone(&self.opened), self.news.clone());
        let walk = move || {
            let ended = walk(&opened, wish, said, &news);
            let _ = news.send(HandsNews::Ended(ended));
        };
        if let Err(why) = std::thread::Builder::new().name("hands".to_owned()).spawn(walk) {
            let _ = self.news.send(HandsNews::Ended(Err(AppError::input(why.to_string()))));
        }
    }

    /// The typed word, or that nobody typed it.
    pub(super) fn answer(&mut self, yes: bool) {
        if let Some(answer) = self.answer.take() {
            let _ = answer.send(yes);
        }
    }
}

fn meant(wish: gonogo_cockpit::Wish) -> Wish {
    let deployment = |reject| Wish::Deployment { environment: None, reject, note: None };
    match wish {
        gonogo_cockpit::Wish::Status => Wish::Status,
        gonogo_cockpit::Wish::Approve => deployment(false),
        gonogo_cockpit::Wish::Reject => deployment(true),
    }
}

fn walk(
    opened: &Opened,
    wish: Wish,
    said: mpsc::Receiver<bool>,
    news: &inputs::UnboundedSender<HandsNews>,
) -> Result<Handled, AppError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|why| AppError::input(why.to_string()))?;
    let (asked, waits) = (news.clone(), news.clone());
    let request = HandsRequest {
        wish,
        on_behalf: None,
        preview: false,
        confirm: Box::new(move |question| {
            let (what, word) = (question.what.to_owned(), question.word.to_owned());
            let _ = asked.send(HandsNews::Asked { what, word });
            // Nobody answers once the screen is gone.
            match said.recv() {
                Ok(true) => Ok(()),
                _ => Err(AppError::input("nothing was sent: nobody said yes to it")),
            }
        }),
        waiting: Box::new(move |what| {
            let _ = waits.send(HandsNews::Waiting(what.to_owned()));
        }),
    };
    runtime.block_on(hands::act(opened, request))
}

/// For people, and whether it is as it was wanted.
pub(super) fn told(ended: &Result<Handled, AppError>) -> (String, bool) {
    match ended {
        Ok(Handled::Shown(write)) => (write.describe(), true),
        Ok(Handled::AlreadySo { subject, told }) => (format!("nothing to send: {subject}: {told}"), true),
        Ok(Handled::Known { subject, state, told }) => {
            (format!("{}: {subject}: {told}", state.word()), *state == WriteState::Done)
        }
        Err(error) => (error.line(), false),
    }
}
