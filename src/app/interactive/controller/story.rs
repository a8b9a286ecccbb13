//! The recorded day behind the screen: what is due of it is played, and a story that a person plays in goes on around them.

use std::sync::Arc;

use super::{Controller, ScreenSender, lock, tell};
use crate::{Session, command_queue::CommandQueue, player::Due, store, writer::JournalWriter};
use gonogo_cockpit::{Message, Notice, PlaybackMove, StoryPlace};
use gonogo_domain::{Act, Event, History, IncidentStep, MessageStep, Refusal, Scope};
use gonogo_journal::Journal;
use gonogo_text::clean;

/// Whoever presses "back" within this much of our time of a chapter's beginning means the one before.
const JUST_BEGUN: std::time::Duration = std::time::Duration::from_secs(3);

/// The next line of the recording: nothing but answers, an act with its event or its refusal, or one that a person has done.
enum StoryStep {
    Answers,
    Act(Box<Event>),
    Refused(String, Refusal),
    Done,
}

impl Controller {
    /// Plays what is due of the recorded day.
    pub(super) async fn play(&mut self, screen: &ScreenSender) -> Result<(), ()> {
        let mut moved = false;
        while let Some(played) = self.next_played() {
            moved = true;
            match played {
                StoryStep::Answers | StoryStep::Done => {}
                StoryStep::Act(event) => self.replay(&event).await,
                StoryStep::Refused(what, refusal) => self.tell_refused(&what, &refusal, screen).await?,
            }
        }
        if moved {
            self.look();
            self.poller.refresh();
            self.tell_board(screen).await?;
        }
        self.tell_playback(screen).await
    }

    fn next_played(&mut self) -> Option<StoryStep> {
        let player = self.player.as_mut()?;
        let mut live = lock(&self.live);
        let Some(due) = player.step(&mut live)? else { return Some(StoryStep::Answers) };
        if self.played_in && is_done(live.history(), &due) {
            return Some(StoryStep::Done);
        }
        let what = format!("{}: {}", due.who, crate::journal_view::said(&due.what));
        Some(match player.event(&mut live, due) {
            Ok(event) => StoryStep::Act(Box::new(event)),
            Err(refusal) => StoryStep::Refused(what, refusal),
        })
    }

    /// A story that somebody plays in may lead elsewhere; a recorded day does not.
    async fn tell_refused(&self, what: &str, refusal: &Refusal, screen: &ScreenSender) -> Result<(), ()> {
        let why = refusal.to_string();
        let notice = if self.played_in {
            let text = format!("the story wanted \"{what}\", and goes on without it: {why}");
            Notice::plain(clean(&text).into_owned())
        } else {
            Notice::bad(format!("the recording does not fit the launch: {}", clean(&why))).sticky()
        };
        tell(screen, self.veil.message(Message::Notice(notice))).await
    }

    /// Brings the evidence up to the day's present, which the acts left at their own moments.
    pub(super) fn look(&self) {
        if let Some(player) = &self.player {
            player.look(&mut lock(&self.live), (self.now)().wall);
        }
    }

    /// A recorded act goes through the journal like any other.
    async fn replay(&mut self, event: &Event) {
        let Some(journal) = self.journal().cloned() else { return };
        if let Ok(head) = journal.head().await
            && journal.append(event, head).await.is_ok()
            && let Ok(entries) = journal.read_since(self.commands.seen()).await
        {
            self.commands.take(&mut lock(&self.live), &entries);
        }
    }

    pub(super) async fn steer(&mut self, step: PlaybackMove, screen: &ScreenSender) -> Result<(), ()> {
        let Some(playback) = &self.playback else { return Ok(()) };
        match step {
            PlaybackMove::Pause(paused) => playback.pause(paused),
            PlaybackMove::Wait(somebody) => playback.wait_for(somebody),
            PlaybackMove::Speed(speed) => playback.set_speed(speed),
            PlaybackMove::Seek(by) => {
                let to = playback.now().wall.checked_add_signed(by);
                playback.jump(to.unwrap_or_else(|| playback.now().wall));
            }
            PlaybackMove::Chapter(true) => {
                let at = playback.now().wall;
                let next = self.chapters().iter().find(|it| it.at > at).map(|it| it.at);
                playback.jump(next.unwrap_or_else(|| playback.end()));
            }
            PlaybackMove::Chapter(false) => self.tell_again(),
        }
        self.poller.refresh();
        self.play(screen).await?;
        self.look();
        self.tell_board(screen).await
    }

    fn chapters(&self) -> &[gonogo_source::recorded::Chapter] {
        self.opened.recording.as_ref().map_or(&[], |it| &it.header.chapters)
    }

    /// Tells the story again from the beginning of this chapter or of the one before. What came after it is forgotten, what
    /// a person did in it included: it was never in a journal that stays.
    fn tell_again(&mut self) {
        let Some(playback) = self.playback.clone() else { return };
        let now = playback.status();
        let begun = self.chapters().iter().filter(|it| it.at <= now.at).map(|it| it.at);
        let mut begun: Vec<_> = begun.collect();
        let played = begun.last().and_then(|at| (now.at - *at).to_std().ok()).unwrap_or_default();
        if played.as_secs_f64() < JUST_BEGUN.as_secs_f64() * now.speed && begun.len() > 1 {
            begun.pop();
        }
        let Some(to) = begun.pop() else { return };
        let Ok(store) = store::memory(&self.opened) else { return };
        playback.rewind(to);
        if let Some(player) = &mut self.player {
            player.rewind();
        }
        let launch = Arc::new(self.opened.loaded.launch.clone());
        let fresh = Session::new(launch, store.history.clone(), Scope::default()).remembering(store.before);
        *lock(&self.live) = fresh;
        self.inputs.seen = store.journal.as_ref().map(Journal::watch);
        let writer = store.journal.zip(store.head).map(|(journal, head)| JournalWriter::new(journal, head));
        (self.commands, self.inputs.appended) = CommandQueue::new(writer);
        self.played_in = false;
    }

    pub(super) async fn tell_playback(&self, screen: &ScreenSender) -> Result<(), ()> {
        match self.playback_now() {
            Some(message) => tell(screen, message).await,
            None => Ok(()),
        }
    }

    /// Where a recording is; none: this is no recording.
    pub(super) fn playback_now(&self) -> Option<Message> {
        let playback = self.playback.as_ref()?;
        let status = playback.status();
        let name = if self.opened.chosen.demo { "DEMO" } else { "REPLAY" };
        let chapters = self.chapters();
        let number = chapters.iter().filter(|it| it.at <= status.at).count().max(1);
        let story = chapters.get(number - 1).map(|it| StoryPlace {
            number,
            of: chapters.len(),
            title: clean(&it.title).into_owned().into(),
            times: status.times,
            waits: status.waits,
        });
        let shown = gonogo_cockpit::Playback {
            name: name.into(),
            speed: status.speed,
            paused: status.paused || status.waits,
            at: status.at,
            end: playback.end(),
            story,
        };
        Some(Message::Playback(Some(shown)))
    }
}

/// Whether somebody has done already what the story would have done now.
fn is_done(history: &History, due: &Due) -> bool {
    match &due.what {
        Act::RollCallOpened { .. } => history.open_poll().is_some(),
        Act::Voted { station, corrects: None, .. } => {
            history.open_poll().is_some_and(|poll| poll.newest(station).is_some())
        }
        Act::Decided { round: Some(_), .. } => {
            let newest = history.roll_calls.last().map(|poll| poll.round);
            history.open_poll().is_none() && history.decision().is_some_and(|it| it.round == newest)
        }
        Act::Stage { stage, step, .. } => {
            let back = history.last_rollback().map_or(0, |end| end.seq);
            let newest = history.stages.get(stage).and_then(|all| all.last());
            newest.is_some_and(|it| it.step == *step && it.seq > back)
        }
        Act::Waived { gate, .. } => {
            let newest = history.waivers.get(gate).and_then(|all| all.last());
            newest.is_some_and(|it| it.ended.is_none() && it.until > due.at)
        }
        Act::RollbackStarted { .. } => history.open_rollback().is_some(),
        Act::RollbackStepDone { step, .. } | Act::RollbackStepSkipped { step, .. } => {
            history.rollbacks.last().is_some_and(|run| run.steps.iter().any(|it| it.step == *step))
        }
        Act::RollbackEnded { .. } => history.open_rollback().is_none(),
        Act::Message { of, step: MessageStep::Sent { .. } } => {
            let own = history.messages.iter().filter(|(it, _)| it.message == of.message);
            own.into_iter().any(|(_, record)| record.sent.is_some())
        }
        Act::Incident { incident, step: IncidentStep::Opened(_) } => {
            history.last_incident().is_some_and(|it| it.number >= *incident)
        }
        _ => false,
    }
}
