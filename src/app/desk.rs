//! Acts on their way into the journal, one at a time: decided on the newest history, appended, and only then true.

use std::collections::VecDeque;

use tokio::sync::mpsc;
use uuid::{NoContext, Timestamp, Uuid};

use super::Live;
use crate::{
    domain::{Actor, Command, Context, Event, Now, Refusal, Str, act},
    journal::{Append, Entry, Head, Journal, JournalError},
};

/// Names an act between asking for it and hearing what became of it.
pub type Ticket = u64;

/// A new id for an event. A clock before 1970 is the rules' matter, and no reason to panic.
pub fn event_id(now: Now) -> Uuid {
    let seconds = u64::try_from(now.wall.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.wall.timestamp_subsec_nanos()))
}

/// What became of an act.
#[derive(Debug)]
pub enum Fate {
    /// Durable.
    Recorded(Uuid),
    /// The rules do not allow it.
    Refused(Refusal),
    /// The journal did not take it.
    NotRecorded(Str),
    /// The connection broke at the wrong moment; it is being looked up.
    Unsure(Str),
}

/// An act that somebody asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its name.
    pub ticket: Ticket,
    /// What.
    pub command: Command,
    /// Whose word.
    pub actor: Actor,
    /// Who writes it down.
    pub recorder: Option<Actor>,
    /// GitHub teams of the actor.
    pub teams: Vec<Str>,
    /// Those of who writes it down.
    pub recorder_teams: Vec<Str>,
    /// The speaker was chosen by name.
    pub by_name: bool,
    /// The id its event will have, however often it is tried.
    pub id: Uuid,
    /// An earlier try may have been recorded: only the journal's own word settles it.
    pub unsure: bool,
}

/// The answer of the journal's thread to one append.
#[derive(Debug)]
pub struct Appended {
    asked: Asked,
    event: Event,
    result: Result<Append, JournalError>,
}

impl Appended {
    /// The entries that the journal told of: the own one, or those of others who were first.
    pub fn entries(&self) -> &[Entry] {
        match &self.result {
            Ok(Append::Appended(entry)) => std::slice::from_ref(&**entry),
            Ok(Append::Conflict(newer)) => newer,
            Err(_) => &[],
        }
    }
}

/// Takes acts to the journal.
pub struct Desk {
    journal: Option<Journal>,
    head: Option<Head>,
    waiting: VecDeque<Asked>,
    /// The act that the journal has been given, and the id of its event.
    under_way: Option<(Ticket, Uuid)>,
    /// The journal is away at the wrong moment: nothing is tried until it is back.
    held: bool,
    answers: mpsc::UnboundedSender<Appended>,
}

impl Desk {
    /// A desk at this journal; answers of the journal come through the receiver and go into [`Desk::settle`].
    pub fn new(journal: Option<Journal>, head: Option<Head>) -> (Self, mpsc::UnboundedReceiver<Appended>) {
        let (answers, receiver) = mpsc::unbounded_channel();
        (Self { journal, head, waiting: VecDeque::new(), under_way: None, held: false, answers }, receiver)
    }

    /// Puts an act in line.
    pub fn ask(&mut self, asked: Asked) {
        self.waiting.push_back(asked);
    }

    /// Takes the next act in line to the journal, if none is under way. Answers with acts that ended at once.
    pub fn next(&mut self, live: &mut Live, now: Now) -> Vec<(Ticket, Fate)> {
        let mut ended = Vec::new();
        while self.under_way.is_none() && !self.held {
            let Some(asked) = self.waiting.pop_front() else { break };
            if let Err(fate) = self.start(live, now, &asked) {
                ended.push((asked.ticket, fate));
            }
        }
        ended
    }

    fn start(&mut self, live: &mut Live, now: Now, asked: &Asked) -> Result<(), Fate> {
        let (Some(journal), Some(head)) = (&self.journal, self.head) else {
            return Err(Fate::NotRecorded("there is no journal to record it in".into()));
        };
        let board = live.board(now);
        let context = Context {
            actor: asked.actor.clone(),
            recorder: asked.recorder.clone(),
            teams: asked.teams.clone(),
            recorder_teams: asked.recorder_teams.clone(),
            by_name: asked.by_name,
            now,
            id: asked.id,
        };
        let event = act(live.launch(), live.history(), &board, asked.command.clone(), &context)
            .map_err(Fate::Refused)?;
        let pending = journal.append(&event, head);
        let (answers, asked) = (self.answers.clone(), asked.clone());
        self.under_way = Some((asked.ticket, asked.id));
        tokio::spawn(async move {
            let result = pending.await;
            // Nobody listens any more only when the program ends; what is durable stays durable.
            let _ = answers.send(Appended { asked, event, result });
        });
        Ok(())
    }

    /// Takes in the journal's answer. A conflict means that others were first: the act goes back to the front of the
    /// line and is decided anew on what is new.
    pub fn settle(&mut self, live: &mut Live, answer: Appended) -> Option<(Ticket, Fate)> {
        self.under_way = None;
        let Appended { asked, event, result } = answer;
        let ticket = asked.ticket;
        match result {
            Ok(Append::Appended(entry)) => {
                self.take(live, std::slice::from_ref(&*entry));
                Some((ticket, Fate::Recorded(event.id)))
            }
            Ok(Append::Conflict(newer)) => {
                self.take(live, &newer);
                self.waiting.push_front(asked);
                None
            }
            Err(error) if asked.unsure || matches!(error, JournalError::OutcomeUnknown { .. }) => {
                // The same event again is safe: it is recorded at most once.
                self.waiting.push_front(Asked { unsure: true, ..asked });
                self.held = true;
                Some((ticket, Fate::Unsure(error.to_string().into())))
            }
            Err(error) => Some((ticket, Fate::NotRecorded(error.to_string().into()))),
        }
    }

    /// Takes in entries, own and others', in their order; those known already are skipped.
    pub fn take(&mut self, live: &mut Live, entries: &[Entry]) {
        for entry in entries {
            if self.head.is_none_or(|head| entry.seq == head.seq + 1) {
                self.head = Some(Head { seq: entry.seq, hash: entry.hash });
                live.take_event(&entry.event);
            }
        }
    }

    /// Whether the act under way is among these entries: then it is durable, and that may be told before its answer is
    /// here, so that no board shows an act which the screen still calls open.
    pub fn heard(&self, entries: &[Entry]) -> Option<(Ticket, Fate)> {
        let (ticket, id) = self.under_way?;
        entries.iter().any(|entry| entry.id == id).then_some((ticket, Fate::Recorded(id)))
    }

    /// The journal has news: what was held may be tried again.
    pub fn resume(&mut self) {
        self.held = false;
    }

    /// Up to where entries have been taken in.
    pub fn seen(&self) -> u64 {
        self.head.map_or(0, |head| head.seq)
    }

    /// The newest entry that has been taken in.
    pub fn head(&self) -> Option<Head> {
        self.head
    }

    /// The journal.
    pub fn journal(&self) -> Option<&Journal> {
        self.journal.as_ref()
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
