//! Acts of the cockpit in line for the journal, one at a time, beside everything else that goes on.

use std::collections::VecDeque;

use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    Session,
    writer::{Attempt, AttemptOutcome, JournalWriter, SubmittedAct},
};
use gonogo_cockpit::{ActResult, Ticket};
use gonogo_domain::Now;
use gonogo_journal::{Append, Entry, JournalError};

/// The answer of the journal's thread to one append.
#[derive(Debug)]
pub struct Appended {
    ticket: Ticket,
    given: SubmittedAct,
    result: Result<Append, JournalError>,
}

impl Appended {
    /// The entries that the journal returned: one's own, or those of others who were faster.
    pub fn entries(&self) -> &[Entry] {
        match &self.result {
            Ok(Append::Appended(entry)) => std::slice::from_ref(&**entry),
            Ok(Append::Conflict(newer)) => newer,
            Err(_) => &[],
        }
    }
}

/// Commands of the cockpit in line, and the journal that they go to.
pub struct CommandQueue {
    /// `None`: there is no journal, or it cannot be trusted.
    writer: Option<JournalWriter>,
    waiting: VecDeque<(Ticket, Attempt)>,
    /// The act that the journal has been given, and the id of its event.
    under_way: Option<(Ticket, Uuid)>,
    /// The journal is away at the wrong moment: nothing is tried until it is back.
    held: bool,
    answers: mpsc::UnboundedSender<Appended>,
}

impl CommandQueue {
    /// A queue at this journal; answers of the journal come through the receiver and go into [`CommandQueue::poll_once`].
    pub fn new(writer: Option<JournalWriter>) -> (Self, mpsc::UnboundedReceiver<Appended>) {
        let (answers, receiver) = mpsc::unbounded_channel();
        (Self { writer, waiting: VecDeque::new(), under_way: None, held: false, answers }, receiver)
    }

    /// The journal that acts go to from now on.
    pub fn set_writer(&mut self, writer: JournalWriter) {
        self.writer = Some(writer);
    }

    /// Puts an act in line.
    pub fn ask(&mut self, ticket: Ticket, attempt: Attempt) {
        self.waiting.push_back((ticket, attempt));
    }

    /// Takes the next act in line to the journal, if none is under way. Answers with acts that ended at once.
    pub fn next(&mut self, live: &mut Session, now: Now) -> Vec<(Ticket, ActResult)> {
        let mut ended = Vec::new();
        while self.under_way.is_none() && !self.held {
            let Some((ticket, attempt)) = self.waiting.pop_front() else { break };
            if let Err(result) = self.start(live, now, ticket, attempt) {
                ended.push((ticket, result));
            }
        }
        ended
    }

    fn start(
        &mut self,
        live: &mut Session,
        now: Now,
        ticket: Ticket,
        attempt: Attempt,
    ) -> Result<(), ActResult> {
        let Some(writer) = &self.writer else {
            return Err(ActResult::NotRecorded("there is no journal to record it in".into()));
        };
        let id = attempt.id();
        let (given, pending) = writer.begin(live, now, attempt).map_err(ActResult::Refused)?;
        let answers = self.answers.clone();
        self.under_way = Some((ticket, id));
        tokio::spawn(async move {
            let result = pending.await;
            // Nobody listens any more only when the program ends; what is durable stays durable.
            let _ = answers.send(Appended { ticket, given, result });
        });
        Ok(())
    }

    /// Takes in the journal's answer. Where others were first, the act goes back to the front of the line and is decided
    /// anew on what is new.
    pub fn poll_once(&mut self, live: &mut Session, answer: Appended) -> Option<(Ticket, ActResult)> {
        self.under_way = None;
        let Appended { ticket, given, result } = answer;
        match self.writer.as_mut()?.poll_once(live, given, result) {
            AttemptOutcome::Recorded(entry) => Some((ticket, ActResult::Recorded(entry.id))),
            AttemptOutcome::Overtaken(attempt, _) => {
                self.waiting.push_front((ticket, attempt));
                None
            }
            AttemptOutcome::InDoubt(attempt, why) => {
                self.waiting.push_front((ticket, attempt));
                self.held = true;
                Some((ticket, ActResult::Unsure(why.to_string().into())))
            }
            // The screen says itself that it was not.
            AttemptOutcome::NotRecorded(JournalError::NotRecorded { why }) => {
                Some((ticket, ActResult::NotRecorded(why.into())))
            }
            AttemptOutcome::NotRecorded(why) => {
                Some((ticket, ActResult::NotRecorded(why.to_string().into())))
            }
        }
    }

    /// Takes in entries, own and others', in their order; those known already are skipped.
    pub fn take(&mut self, live: &mut Session, entries: &[Entry]) {
        if let Some(writer) = &mut self.writer {
            writer.take(live, entries);
        }
    }

    /// Whether the act under way is among these entries: then it is durable, and that may be told before its answer is
    /// here, so that no board shows an act which the screen still calls open.
    pub fn heard(&self, entries: &[Entry]) -> Option<(Ticket, ActResult)> {
        let (ticket, id) = self.under_way?;
        entries.iter().any(|entry| entry.id == id).then_some((ticket, ActResult::Recorded(id)))
    }

    /// Whether acts wait for the journal to be back.
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// The journal has news: what was held may be tried again.
    pub fn resume(&mut self) {
        self.held = false;
    }

    /// Up to where entries have been taken in.
    pub fn seen(&self) -> u64 {
        self.writer.as_ref().map_or(0, |writer| writer.head().seq)
    }

    /// Where acts go; `None`: there is no journal.
    pub fn writer(&self) -> Option<&JournalWriter> {
        self.writer.as_ref()
    }
}
