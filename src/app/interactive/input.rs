//! What can happen behind the screen, from wherever it comes.

use std::time::Duration;

use tokio::{
    sync::{mpsc, watch},
    task::{JoinError, JoinHandle},
};

use super::{
    controller::BuildingSources, replay_loader::ReplayAnswer, server_write::WriteProgress, watch::Reread,
};
use crate::{AppError, command_queue::Appended, store::OpenedJournal};
use gonogo_cockpit::Request;
use gonogo_domain::Actor;
use gonogo_journal::{JournalError, VerifiedState};
use gonogo_poller::{PollEvent, Polled};

/// Something happened.
pub(super) enum ControllerInput {
    /// A source answered, or changed its state.
    Polled(PollEvent),
    /// The sources are put together, or cannot be.
    Built(Result<Vec<Polled>, AppError>),
    /// The screen wants something.
    Asked(Request),
    /// The journal answered an append.
    Appended(Box<Appended>),
    /// The journal has news: entries, offline, damage.
    Journal(VerifiedState),
    /// There is a journal now, where there was none.
    Begun(Box<OpenedJournal>),
    /// Who is at the keyboard became known.
    Identity(Option<Actor>),
    /// The board of an earlier moment, or why there is none.
    Looked(Box<ReplayAnswer>),
    /// What a person wants of the server of the target went on.
    Written(Box<WriteProgress>),
    /// Files changed.
    Reread(Box<Reread>),
    /// The recorded day went on.
    Tick,
}

/// Where inputs come from.
pub(super) struct Inputs {
    pub polls: mpsc::Receiver<PollEvent>,
    pub built: Option<BuildingSources>,
    pub appended: mpsc::UnboundedReceiver<Appended>,
    pub seen: Option<watch::Receiver<VerifiedState>>,
    /// Waits for a journal where there is none yet.
    pub begun: Option<JoinHandle<OpenedJournal>>,
    pub identity: Option<JoinHandle<Option<Actor>>>,
    pub looked: mpsc::UnboundedReceiver<ReplayAnswer>,
    pub written: mpsc::UnboundedReceiver<WriteProgress>,
    pub files: mpsc::UnboundedReceiver<Reread>,
}

impl Inputs {
    /// The next input; people first, then the journal, then sources. `None` when the screen is gone.
    pub(super) async fn next(
        &mut self,
        requests: &mut mpsc::Receiver<Request>,
        nap: Option<Duration>,
    ) -> Option<ControllerInput> {
        tokio::select! {
            biased;
            request = requests.recv() => request.map(ControllerInput::Asked),
            Some(answer) = self.appended.recv() => Some(ControllerInput::Appended(Box::new(answer))),
            Some(looked) = self.looked.recv() => Some(ControllerInput::Looked(Box::new(looked))),
            Some(news) = self.written.recv() => Some(ControllerInput::Written(Box::new(news))),
            Some(files) = self.files.recv() => Some(ControllerInput::Reread(Box::new(files))),
            built = done(&mut self.built) => {
                let crashed = |_| Err(AppError::Internal("the sources could not be put together"));
                Some(ControllerInput::Built(built.unwrap_or_else(crashed)))
            }
            seen = news(&mut self.seen) => Some(ControllerInput::Journal(seen)),
            Ok(store) = done(&mut self.begun) => Some(ControllerInput::Begun(Box::new(store))),
            actor = done(&mut self.identity) => Some(ControllerInput::Identity(actor.ok().flatten())),
            Some(event) = self.polls.recv() => Some(ControllerInput::Polled(event)),
            () = rest(nap) => Some(ControllerInput::Tick),
        }
    }
}

async fn news(seen: &mut Option<watch::Receiver<VerifiedState>>) -> VerifiedState {
    let Some(receiver) = seen else { return std::future::pending().await };
    let alive = receiver.changed().await.is_ok();
    let mut state = receiver.borrow_and_update().clone();
    if !alive {
        // Its thread is gone: nobody tells what others say any more (V11).
        state.broken.get_or_insert(JournalError::Closed);
        *seen = None;
    }
    state
}

/// What a task came to, once; never without one.
async fn done<T>(task: &mut Option<JoinHandle<T>>) -> Result<T, JoinError> {
    let Some(handle) = task else { return std::future::pending().await };
    let came = handle.await;
    *task = None;
    came
}

async fn rest(nap: Option<Duration>) {
    match nap {
        Some(nap) => tokio::time::sleep(nap).await,
        None => std::future::pending().await,
    }
}
