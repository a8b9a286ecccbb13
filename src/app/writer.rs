//! The one way of an act into the journal: decided on the newest history, appended, and only then true.
//!
//! An event of which nobody knows whether it was recorded is appended again as it is, with its id and on the history that
//! it was decided on. The journal then finds it, takes it, or tells what came instead: each of these is certain, and none
//! records it twice.

use uuid::{NoContext, Timestamp, Uuid};

use super::Session;
use gonogo_domain::{ActEnvelope, Command, Event, Now, Refusal, act};
use gonogo_journal::{Append, Entry, Head, Journal, JournalError, Pending};

/// A new id for an event. A clock before 1970 is the rules' matter, and no reason to panic.
pub fn event_id(now: Now) -> Uuid {
    let seconds = u64::try_from(now.wall.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.wall.timestamp_subsec_nanos()))
}

/// An act on its way into the journal.
#[derive(Debug)]
pub struct Attempt {
    command: Command,
    /// Whose word it is, and the id that its event has however often it is tried.
    context: ActEnvelope,
    /// The event, and the history that it was decided on, of which it is not known whether the journal has it.
    in_doubt: Option<(Event, Head)>,
}

/// An attempt that the journal was given.
#[derive(Debug)]
pub struct SubmittedAct {
    attempt: Attempt,
    event: Event,
    on: Head,
    /// An earlier try may have been recorded.
    doubted: bool,
}

/// What became of an attempt.
#[derive(Debug)]
pub enum AttemptOutcome {
    /// Durable, as this entry.
    Recorded(Box<Entry>),
    /// Others were first, with so many entries, which are taken in: it is certainly not recorded, and is to be decided on
    /// what is new.
    Overtaken(Attempt, usize),
    /// The connection broke at the wrong moment: only the journal's own word settles it. Try again when it is back.
    InDoubt(Attempt, JournalError),
    /// The journal did not take it.
    NotRecorded(JournalError),
}

/// Takes acts to a journal, one at a time. What is decided and the head that is named are of one history: that which
/// has been folded into the [`Session`] it is used with.
#[derive(Debug)]
pub struct JournalWriter {
    journal: Journal,
    /// The newest entry that has been taken in.
    head: Head,
}

impl Attempt {
    /// What somebody asked for. The context's time is that of each decision.
    pub fn new(command: Command, context: ActEnvelope) -> Self {
        Self { command, context, in_doubt: None }
    }

    /// The id of its event.
    pub fn id(&self) -> Uuid {
        self.context.id
    }

    /// Whether an earlier try may have been recorded.
    pub fn is_in_doubt(&self) -> bool {
        self.in_doubt.is_some()
    }
}

impl JournalWriter {
    /// Writes to this journal, of which `live` knows the entries up to `head`.
    pub fn new(journal: Journal, head: Head) -> Self {
        Self { journal, head }
    }

    /// The journal.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The newest entry that has been taken in.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Decides on the history as it is known here, and gives the journal the event. One that is in doubt is not decided
    /// anew.
    ///
    /// # Errors
    /// The rules do not allow it.
    pub fn begin(
        &self,
        live: &mut Session,
        now: Now,
        mut attempt: Attempt,
    ) -> Result<(SubmittedAct, Pending<Append>), Refusal> {
        let doubted = attempt.is_in_doubt();
        let (event, on) = match attempt.in_doubt.take() {
            Some(same) => same,
            None => {
                let board = live.board(now);
                let context = ActEnvelope { now, ..attempt.context.clone() };
                let event = act(live.launch(), live.history(), &board, attempt.command.clone(), &context)?;
                (event, self.head)
            }
        };
        let answer = self.journal.append(&event, on);
        Ok((SubmittedAct { attempt, event, on, doubted }, answer))
    }

    /// Takes in the journal's answer.
    pub fn poll_once(
        &mut self,
        live: &mut Session,
        given: SubmittedAct,
        answer: Result<Append, JournalError>,
    ) -> AttemptOutcome {
        let SubmittedAct { attempt, event, on, doubted } = given;
        match answer {
            Ok(Append::Appended(entry)) => {
                self.take(live, std::slice::from_ref(&*entry));
                AttemptOutcome::Recorded(entry)
            }
            Ok(Append::Conflict(newer)) => {
                self.take(live, &newer);
                AttemptOutcome::Overtaken(attempt, newer.len())
            }
            Err(why) if doubted || matches!(why, JournalError::OutcomeUnknown { .. }) => {
                AttemptOutcome::InDoubt(Attempt { in_doubt: Some((event, on)), ..attempt }, why)
            }
            Err(why) => AttemptOutcome::NotRecorded(why),
        }
    }

    /// Takes in entries, own and others', in their order; those known already are skipped.
    pub fn take(&mut self, live: &mut Session, entries: &[Entry]) {
        for entry in entries {
            if entry.seq == self.head.seq + 1 {
                self.head = entry.head();
                live.take_event(&entry.event);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_no_id_can_be_made_of_is_no_panic() {
        let at = |text: &str| Now { wall: text.parse().unwrap(), boot: std::time::Duration::ZERO };
        let early = event_id(at("1969-12-31T23:59:59Z"));
        assert_ne!(early, event_id(at("1969-12-31T23:59:59Z")), "ids are not given twice");
        event_id(Now { wall: chrono::DateTime::<chrono::Utc>::MAX_UTC, ..at("2026-01-01T00:00:00Z") });
    }
}
