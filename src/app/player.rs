//! Plays a recorded day into a [`Session`]: what sources answered and what people did, in the order of the recording,
//! each at its own moment, through the same evaluator and the same acts as on the day itself.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{PlaybackClock, Session};
use gonogo_domain::{
    Act, ActEnvelope, Actor, Answer, Board, Command, Digest, Event, Known, MessageRef, Observation, Party,
    Refusal, Stamp, Str, TargetAnswer, act,
};
use gonogo_poller::Demands;
use gonogo_source::recorded::{RecordedEntry, RecordedLine, RecordedSource, Recording};

/// How far the playback is in its recording.
pub struct Player {
    recording: Arc<Recording>,
    looker: Looker,
    playback: PlaybackClock,
    next: usize,
}

/// Asks a recording as a poll at some moment would have. Clones share what they read.
#[derive(Clone)]
pub struct Looker {
    recorded: Arc<RecordedSource>,
    playback: PlaybackClock,
    scripted: bool,
    /// The moment of the next line that is not played yet.
    next: Arc<Mutex<Option<DateTime<Utc>>>>,
}

/// A recorded act that is due.
pub struct Due {
    /// Who acts.
    pub who: Party,
    /// By which checked login they were known.
    pub login: Option<Str>,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Party>,
    /// The act, as it is asked for again.
    pub command: Command,
    /// The digest of the gate's text that it was about, if it was about a gate's text.
    pub about: Option<Digest>,
    /// What was done, as it was recorded.
    pub what: Act,
    /// At which moment of the day.
    pub at: DateTime<Utc>,
}

impl Player {
    /// At the start of the recording.
    pub fn new(recording: Arc<Recording>, playback: PlaybackClock) -> Self {
        let clock = playback.clone();
        let until = Arc::new(move || clock.now().wall);
        let recorded = RecordedSource::new(&recording, gonogo_domain::SourceId::new("recorded"), true, until);
        let scripted = recording.header.scripted;
        let next = Arc::new(Mutex::new(recording.lines.first().map(|line| line.at)));
        let looker = Looker { recorded: Arc::new(recorded), playback: playback.clone(), scripted, next };
        Self { recording, looker, playback, next: 0 }
    }

    /// [`Looker::look`] of its recording.
    pub fn look(&self, live: &mut Session, at: DateTime<Utc>) {
        self.looker.look(live, at);
    }

    /// From the first line again.
    pub fn rewind(&mut self) {
        self.turn_to(0);
    }

    fn turn_to(&mut self, line: usize) {
        self.next = line;
        *self.looker.next.lock().unwrap_or_else(PoisonError::into_inner) = self.next_at();
    }

    /// What asks the recording.
    pub fn looker(&self) -> &Looker {
        &self.looker
    }

    /// The moment of the next line; `None` at the end.
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        self.recording.lines.get(self.next).map(|line| line.at)
    }

    /// Takes the next line that the playback has reached. Answers go into `live` at once; an act is handed out to be
    /// recorded. `None` when nothing more is due.
    pub fn step(&mut self, live: &mut Session) -> Option<Option<Due>> {
        let at = self.next_at().filter(|at| *at <= self.playback.now().wall)?;
        self.turn_to(self.next + 1);
        let RecordedLine { entry, .. } = self.recording.lines.get(self.next - 1)?;
        let RecordedEntry::Did { who, login, written_down_by: recorder, what } = entry else {
            return Some(None);
        };
        self.looker.look(live, at);
        let about = digest(&mut what.clone()).map(|it| it.clone());
        let (who, login, recorder) = (who.clone(), login.clone(), recorder.clone());
        let (command, what) = (command(what), what.clone());
        Some(command.map(|command| Due { who, login, recorder, command, about, what, at }))
    }

    /// Recorded people are known as well as they were on the day. A script names its people by the launch's logins.
    fn actor(&self, live: &Session, due: &Due) -> Actor {
        let script = || live.launch().people.get(&due.who).and_then(|person| person.github.clone());
        let login = if self.recording.header.scripted { script() } else { due.login.clone() };
        let login = login.filter(|_| due.recorder.is_none());
        Actor { name: due.who.clone(), known: login.map_or(Known::Claimed, |login| Known::Checked { login }) }
    }

    /// The event of a recorded act, by the rules that hold at its moment.
    ///
    /// # Errors
    /// The refusal, if the launch's rules do not allow what was recorded.
    pub fn event(&self, live: &mut Session, due: Due) -> Result<Event, Refusal> {
        let now = self.playback.at(due.at);
        let board = live.board(now);
        let actor = self.actor(live, &due);
        let command = corrected(live, &board, due.command);
        let recorder = due.recorder.map(|name| Actor { name, known: Known::Claimed });
        let (teams, recorder_teams, id) = (Vec::new(), Vec::new(), event_id(self.next));
        // What was recorded was allowed on the day, a fallback's word included.
        let context = ActEnvelope { actor, recorder, teams, recorder_teams, by_name: true, now, id };
        let mut event = act(live.launch(), live.history(), &board, command, &context)?;
        // What was said is about the text of that day, not about that of today (V8).
        if let (Some(now), Some(then)) = (digest(&mut event.act), due.about) {
            *now = then;
        }
        Ok(event)
    }
}

impl Looker {
    /// Asks the recording as a poll at that moment would have. What it answers is as old as it was on the day; in a
    /// script, as new as can be.
    pub fn look(&self, live: &mut Session, at: DateTime<Utc>) {
        let Demands { questions, targets, .. } = live.demands();
        let scripted = self.scripted;
        let stamp = |said: Option<DateTime<Utc>>| {
            Stamp::at(self.playback.at(said.filter(|_| !scripted).unwrap_or(at)))
        };
        let answers = questions.into_iter().map(|question| {
            let heard = self.recorded.answer(&question, at);
            let answer = heard.answer.map_or_else(Answer::Failed, Answer::Found);
            Observation { gate: question.gate, question: question.digest, seen: stamp(heard.at), answer }
        });
        let targets = targets.into_iter().map(|target| {
            let heard = self.recorded.target(&target.component, at);
            TargetAnswer { component: target.component, seen: stamp(heard.at), answer: heard.answer }
        });
        live.take_answers(answers.collect(), targets.collect());
    }

    /// Whether something that has happened by then is not played yet: what comes after it must not be seen before it.
    pub fn is_behind(&self, at: DateTime<Utc>) -> bool {
        self.next.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|next| next <= at)
    }

    /// Whether every answer stands until the next one, as new as can be.
    pub fn is_scripted(&self) -> bool {
        self.scripted
    }
}

/// Played back, an event has another id and another place than on the day: a correction names the answer that is there now,
/// and a message is that of what has happened now.
fn corrected(live: &Session, board: &Board, command: Command) -> Command {
    match command {
        Command::Message { message, cause, wish } => {
            let there = |cause: &u64| {
                board.message_of(&MessageRef { message: message.clone(), cause: *cause }).is_some()
            };
            Command::Message { cause: cause.filter(there), message, wish }
        }
        Command::Vote { round, station, vote, note, corrects, saw } => {
            let poll = live.history().open_poll();
            // A round that somebody else opened has another number.
            let round = poll.map_or(round, |poll| poll.round);
            let newest = poll.filter(|_| corrects.is_some()).and_then(|poll| poll.newest(&station));
            Command::Vote { round, corrects: newest.map(|it| it.id), station, vote, note, saw }
        }
        other => other,
    }
}

/// The digest of the gate's text that an act is about.
fn digest(act: &mut Act) -> Option<&mut Digest> {
    match act {
        Act::SignedOff { digest, .. } | Act::Waived { digest, .. } | Act::NotNeeded { digest, .. } => {
            Some(digest)
        }
        _ => None,
    }
}

/// The same playback makes the same ids.
fn event_id(line: usize) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | line as u128)
}

/// What a recorded act asks for when it is done again.
fn command(act: &Act) -> Option<Command> {
    Some(match act.clone() {
        Act::SignedOff { gate, go, role, note, answers, .. } => {
            Command::SignOff { gate, go, role: Some(role), note, answers }
        }
        Act::Withdrawn { gate, reason } => Command::Withdraw { gate, reason },
        Act::Waived { gate, reason, risk, until, conditions, .. } => {
            Command::Waive { gate, reason, risk, until, conditions }
        }
        Act::WaiverEnded { gate, reason } => Command::EndWaiver { gate, reason },
        Act::NotNeeded { gate, reason, .. } => Command::NotNeeded { gate, reason },
        Act::NeededAgain { gate, reason } => Command::NeededAgain { gate, reason },
        Act::ClockCorrected { reason, .. } => Command::CorrectClock { reason },
        Act::Stage { stage, step, note, overrides } => Command::Stage { stage, step, note, overrides },
        Act::CriterionJudged { stage, criterion, holds, note } => {
            Command::JudgeCriterion { stage, criterion, holds, note }
        }
        Act::StageAnswered { stage, answers } => Command::AnswerStage { stage, answers },
        Act::BreachAccepted { stage, guardrail, reason, until, .. } => {
            Command::AcceptBreach { stage, guardrail, reason, until }
        }
        Act::AcceptanceEnded { stage, guardrail, reason } => {
            Command::EndAcceptance { stage, guardrail, reason }
        }
        Act::RollbackStarted { reason } => Command::StartRollback { reason },
        Act::RollbackStepDone { step, note } => Command::DoStep { step: Some(step), note },
        Act::RollbackStepSkipped { step, reason } => Command::SkipStep { step: Some(step), reason },
        Act::RollbackEnded { result, reason } => Command::EndRollback { result, reason },
        Act::Incident { incident, step } => Command::Incident { incident: Some(incident), step },
        Act::RollCallOpened { .. } => Command::OpenRollCall,
        Act::Voted { round, station, vote, note, corrects, .. } => {
            Command::Vote { round, station, vote, note, corrects, saw: None }
        }
        Act::Decided { decision, reason, overrides, over, terms, .. } => {
            Command::Decide { decision, reason, overrides, over, seen: None, terms }
        }
        Act::Risk { risk, step } => Command::Risk { risk, step },
        Act::HoldEnded { reason } => Command::EndHold { reason },
        Act::Message { of, step } => {
            Command::Message { message: of.message, cause: Some(of.cause), wish: step.into() }
        }
        Act::Wrote { write, state, told } => Command::Write { write, state, told },
        Act::Confirmed { gate, step, .. } => Command::Confirm { gate, step },
        Act::Review { step } => Command::Review { step },
        Act::Close { step } => Command::Close { wish: step.into() },
        Act::Asked { gate, note, .. } => Command::Ask { gate, note },
        Act::Note { gate, text } => Command::Note { gate, text },
    })
}
