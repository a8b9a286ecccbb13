//! The journal's own thread: it alone touches the store.

use std::{
    future::Future,
    path::Path,
    pin::{Pin, pin},
    sync::{Arc, mpsc},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use tokio::sync::oneshot;

use super::{JournalError, notices::Notices, verified_log::VerifiedLog};

/// How often a file is looked at of whose changes the system tells.
const REST: Duration = Duration::from_secs(5);
/// How many looks follow a reported change: it is reported before the last byte is there.
const AFTER_NEWS: u8 = 4;

/// An answer of the journal that is still to come: await it, or [`Pending::wait`] for it where nothing is async.
///
/// Dropping it does not undo anything: what was asked is still done.
#[derive(Debug)]
#[must_use = "nothing is known to be recorded before the answer is there"]
pub struct Pending<T>(oneshot::Receiver<Result<T, JournalError>>);

/// What the thread receives.
pub(super) enum WorkerMessage {
    /// Do this.
    Job(Box<dyn FnOnce(&mut VerifiedLog) + Send>),
    /// Others may have written.
    Hint,
    /// End, and say when the store is closed.
    Stop(Option<oneshot::Sender<Result<(), JournalError>>>),
}

/// Talks to the thread. The thread ends when the last of these is gone.
#[derive(Debug)]
pub(super) struct Worker {
    sender: mpsc::Sender<WorkerMessage>,
}

impl<T> Future for Pending<T> {
    type Output = Result<T, JournalError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answer| answer.unwrap_or(Err(JournalError::Closed)))
    }
}

impl<T> Pending<T> {
    /// Blocks until the answer is there.
    pub fn wait(self) -> Result<T, JournalError> {
        struct Unpark(Thread);
        impl Wake for Unpark {
            fn wake(self: Arc<Self>) {
                self.0.unpark();
            }
        }
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut answer = pin!(self);
        loop {
            if let Poll::Ready(answer) = answer.as_mut().poll(&mut Context::from_waker(&waker)) {
                return answer;
            }
            thread::park();
        }
    }

    /// An answer and where to send it.
    fn pair() -> (oneshot::Sender<Result<T, JournalError>>, Self) {
        let (sender, receiver) = oneshot::channel();
        (sender, Self(receiver))
    }
}

impl Worker {
    /// Starts the thread, which opens the store itself. Looks for changes by others every `poll`, or where the system
    /// tells of them, for a while after each.
    pub(super) fn start<T: Send + 'static>(
        poll: Duration,
        open: impl FnOnce(&mpsc::Sender<WorkerMessage>) -> Result<(VerifiedLog, Option<Notices>, T), JournalError>
        + Send
        + 'static,
    ) -> Result<(Self, T), JournalError> {
        let (sender, receiver) = mpsc::channel();
        let (opened, answer) = Pending::pair();
        let hints = sender.clone();
        let body = move || match open(&hints) {
            Ok((ledger, notices, extra)) => {
                drop(hints);
                let _ = opened.send(Ok(extra));
                let rest = if notices.is_some() { REST.max(poll) } else { poll };
                run(ledger, &receiver, poll, rest);
                drop(notices);
            }
            Err(why) => drop(opened.send(Err(why))),
        };
        thread::Builder::new().name("journal".into()).spawn(body).map_err(JournalError::unreadable)?;
        Ok((Self { sender }, answer.wait()?))
    }

    /// Has the thread do this, after all that it was told before.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut VerifiedLog) -> Result<T, JournalError> + Send + 'static,
    ) -> Pending<T> {
        let (sender, answer) = Pending::pair();
        let job = move |ledger: &mut VerifiedLog| drop(sender.send(job(ledger)));
        // When the thread is gone the job is dropped, and with it the sender: the answer is then `Closed`.
        let _ = self.sender.send(WorkerMessage::Job(Box::new(job)));
        answer
    }

    /// Ends the thread after all that it was told before. What comes later is answered with `Closed`.
    pub(super) fn stop(&self) -> Pending<()> {
        let (sender, answer) = Pending::pair();
        let _ = self.sender.send(WorkerMessage::Stop(Some(sender)));
        answer
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.sender.send(WorkerMessage::Stop(None));
    }
}

/// Tells the thread when a file changes, if the system does.
pub(super) fn notices(file: &Path, hints: &mpsc::Sender<WorkerMessage>) -> Option<Notices> {
    let hints = hints.clone();
    Notices::of(file, move || drop(hints.send(WorkerMessage::Hint)))
}

fn run(mut ledger: VerifiedLog, messages: &mpsc::Receiver<WorkerMessage>, poll: Duration, rest: Duration) {
    let mut looks = AFTER_NEWS;
    let reply = loop {
        match messages.recv_timeout(if looks > 0 { poll } else { rest }) {
            Ok(WorkerMessage::Job(job)) => {
                job(&mut ledger);
                // Steady work must not keep the timer, and with it the rows of others, away for ever.
                ledger.glance();
            }
            Ok(WorkerMessage::Hint) => {
                looks = AFTER_NEWS;
                ledger.look();
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                looks = looks.saturating_sub(1);
                ledger.look();
            }
            Ok(WorkerMessage::Stop(reply)) => break reply,
            Err(mpsc::RecvTimeoutError::Disconnected) => break None,
        }
    };
    drop(ledger);
    if let Some(reply) = reply {
        let _ = reply.send(Ok(()));
    }
}
