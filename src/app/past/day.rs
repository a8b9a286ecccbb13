//! What is recorded of a day, as steps in the order of their moments.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

use crate::{AppError, Opened, PlaybackClock, Session, player::Player, store};
use gonogo_clock::Clock;
use gonogo_domain::{Digest, Event, History, Now, Observation, Scope, TargetAnswer};
use gonogo_journal::{Entry, Journal, JournalError, RecordedAnswer, RecordedMoment};
use gonogo_source::recorded::Recording;

/// A recorded day.
pub(super) struct RecordedDay {
    pub steps: Vec<DayStep>,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// The launch's files at each act that found others than the act before: after how many steps, and which.
    files: Vec<(usize, Digest)>,
    /// The hash of each entry of the journal, in order; empty for a recording.
    heads: Vec<String>,
    /// A recording leaves out answers that did not change: it is asked at every moment.
    player: Option<Player>,
    playback: Option<PlaybackClock>,
}

/// One thing that became known.
pub(super) struct DayStep {
    pub at: DateTime<Utc>,
    pub what: DayEvent,
}

/// What became known.
pub(super) enum DayEvent {
    Did(Box<Event>),
    Gate(Observation, Option<Duration>),
    Target(TargetAnswer, Option<Duration>),
    /// The recording is asked.
    Look,
}

impl RecordedDay {
    /// The day, and the state before it.
    pub fn open(opened: &Opened) -> Result<(Self, Session), AppError> {
        let live = Session::new(Arc::new(opened.loaded.launch.clone()), History::default(), Scope::default());
        let day = match &opened.recording {
            Some(recording) => Self::of_recording(recording, live.clone())?,
            None => Self::of_journal(opened)?,
        };
        Ok((day, live))
    }

    fn of_recording(recording: &Arc<Recording>, mut live: Session) -> Result<Self, AppError> {
        let header = &recording.header;
        let (clock, _) = Clock::manual(header.from);
        let playback = PlaybackClock::new(clock, header.from, header.until, header.speed);
        playback.finish();
        let mut player = Player::new(Arc::clone(recording), playback.clone());
        let mut steps = Vec::new();
        while let Some(at) = player.next_at() {
            let Some(step) = player.step(&mut live) else { break };
            steps.push(DayStep { at, what: DayEvent::Look });
            player.look(&mut live, at);
            let Some(due) = step else { continue };
            let event = player.event(&mut live, due);
            let event = event
                .map_err(|why| AppError::input(format!("what is recorded at {at} is refused: {why}")))?;
            live.take_event(&event);
            player.look(&mut live, at);
            steps.extend([DayEvent::Did(Box::new(event)), DayEvent::Look].map(|what| DayStep { at, what }));
        }
        let (from, until) = (header.from, header.until);
        let files = files(&steps);
        let heads = Vec::new();
        Ok(Self { steps, from, until, files, heads, player: Some(player), playback: Some(playback) })
    }

    fn of_journal(opened: &Opened) -> Result<Self, AppError> {
        let (store, entries) = store::read_whole(opened)?;
        let Some(journal) = store.journal else {
            let why = store.view_only.unwrap_or_else(|| "there is no journal".into());
            return Err(AppError::NoJournal(format!("there is no day to replay: {why}")));
        };
        let answers = answers(&journal).map_err(|source| {
            let what = Some("there is no day to replay".to_owned());
            AppError::Journal { what, source, next: None }
        })?;
        let mut steps: Vec<_> = answers.into_iter().map(DayStep::answer).collect();
        let heads = entries.iter().map(|entry| entry.hash.to_string()).collect();
        steps.extend(acts(entries));
        // Stable: what has the same moment stays in its order, answers before acts.
        steps.sort_by_key(|step| step.at);
        let (Some(from), Some(until)) = (steps.first().map(|it| it.at), steps.last().map(|it| it.at)) else {
            return Err(AppError::input(format!(
                "nothing is recorded about launch {} in {}; a cockpit that is open, or any act of a person, records it",
                journal.launch(),
                journal.location()
            )));
        };
        let files = files(&steps);
        Ok(Self { steps, from, until, files, heads, player: None, playback: None })
    }

    /// How many steps lie up to and at a moment.
    pub fn before(&self, moment: DateTime<Utc>) -> usize {
        self.steps.partition_point(|step| step.at <= moment)
    }

    /// The hash of the newest of so many entries of the journal.
    pub fn head_at(&self, entries: u64) -> Option<&str> {
        let newest = usize::try_from(entries.checked_sub(1)?).ok()?;
        self.heads.get(newest).map(String::as_str)
    }

    /// How many steps may be gone through again when somebody goes back. A look costs as much as many answers. Each
    /// state that is kept holds all acts before it, so that there are never more than a few.
    pub fn keep_every(&self) -> usize {
        let least = if self.player.is_some() { 64 } else { 2_048 };
        (self.steps.len() / 8).max(least)
    }

    /// Whether it is a recording, which is asked anew for each board.
    pub fn is_asked(&self) -> bool {
        self.player.is_some()
    }

    /// Asks the recording, if it is one.
    pub fn look(&self, live: &mut Session, moment: DateTime<Utc>) {
        if let Some(player) = &self.player {
            player.look(live, moment);
        }
    }

    /// The clocks of a recording.
    pub fn played(&self, moment: DateTime<Utc>) -> Option<Now> {
        self.playback.as_ref().map(|playback| playback.at(moment))
    }

    /// The launch's files as the newest act before a step had them.
    pub fn files_at(&self, next: usize) -> Option<&Digest> {
        let before = self.files.partition_point(|(at, _)| *at <= next);
        self.files.get(before.checked_sub(1)?).map(|(_, digest)| digest)
    }
}

impl DayStep {
    fn answer(recorded: RecordedMoment) -> Self {
        let RecordedMoment { at, boot, answer, .. } = recorded;
        let what = match answer {
            RecordedAnswer::Gate(seen) => DayEvent::Gate(seen, boot),
            RecordedAnswer::Target(seen) => DayEvent::Target(seen, boot),
        };
        Self { at, what }
    }
}

fn files(steps: &[DayStep]) -> Vec<(usize, Digest)> {
    let mut all: Vec<(usize, Digest)> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        if let DayEvent::Did(event) = &step.what
            && all.last().is_none_or(|(_, digest)| *digest != event.checklist_digest)
        {
            all.push((at + 1, event.checklist_digest.clone()));
        }
    }
    all
}

fn answers(journal: &Journal) -> Result<Vec<RecordedMoment>, JournalError> {
    journal.observations_between(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC).wait()
}

/// Acts happened in the order of the journal, whatever the recorders' clocks said: none is taken in before the one
/// that it follows.
fn acts(entries: Vec<Entry>) -> Vec<DayStep> {
    let mut latest = DateTime::<Utc>::MIN_UTC;
    let step = |entry: Entry| {
        latest = latest.max(entry.event.at);
        DayStep { at: latest, what: DayEvent::Did(Box::new(entry.event)) }
    };
    entries.into_iter().map(step).collect()
}
