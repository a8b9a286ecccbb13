//! The day behind the screen: read once when somebody begins to look back, and asked for any moment of it.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use crate::{
    AppError, Opened, Past,
    afterwards::{days_or_why, launch_history},
};
use gonogo_cockpit::{PastMoment, PastView};
use gonogo_domain::ReadinessDay;
use gonogo_report::LaunchHistory;

/// An answer, or why there is none.
pub(super) enum ReplayAnswer {
    /// The board of a moment.
    Past(Result<PastView, String>),
    /// How ready the launch was each day.
    Readiness(Result<Arc<Vec<ReadinessDay>>, String>),
    /// How launches went.
    History(Result<Arc<LaunchHistory>, String>),
}

/// Looks back, off the thread that talks with people: a day may be long.
pub(super) struct ReplayLoader {
    opened: Arc<Opened>,
    day: Arc<Mutex<Option<LoadedDay>>>,
    /// The newest moment that was asked for; earlier ones that still wait are passed over.
    wanted: Arc<Mutex<Option<DateTime<Utc>>>>,
    answers: mpsc::UnboundedSender<ReplayAnswer>,
}

struct LoadedDay {
    past: Past,
    moments: Arc<[PastMoment]>,
}

impl ReplayLoader {
    pub(super) fn new(opened: Arc<Opened>) -> (Self, mpsc::UnboundedReceiver<ReplayAnswer>) {
        let (answers, receiver) = mpsc::unbounded_channel();
        (Self { opened, day: Arc::default(), wanted: Arc::default(), answers }, receiver)
    }

    /// Asks for the board of a moment.
    pub(super) fn look(&self, at: DateTime<Utc>) {
        *lock(&self.wanted) = Some(at);
        let (opened, day, wanted) =
            (Arc::clone(&self.opened), Arc::clone(&self.day), Arc::clone(&self.wanted));
        let answers = self.answers.clone();
        tokio::task::spawn_blocking(move || {
            let mut day = lock(&day);
            // Whoever comes first answers for all that have been asked meanwhile.
            let Some(at) = lock(&wanted).take() else { return };
            let view = view(&mut day, &opened, at).map_err(|error| error.line());
            // Nobody listens any more only when the program ends.
            let _ = answers.send(ReplayAnswer::Past(view));
        });
    }

    /// Asks how launches went. A recording is of one day only.
    pub(super) fn history(&self) {
        let (opened, answers) = (Arc::clone(&self.opened), self.answers.clone());
        tokio::task::spawn_blocking(move || {
            let told = launch_history(&opened);
            let _ = answers.send(ReplayAnswer::History(told));
        });
    }

    /// Asks how ready the launch was each day.
    pub(super) fn readiness(&self) {
        let (opened, answers) = (Arc::clone(&self.opened), self.answers.clone());
        tokio::task::spawn_blocking(move || {
            let _ = answers.send(ReplayAnswer::Readiness(days_or_why(&opened)));
        });
    }

    /// Forgets the day: it goes on, and is read anew next time.
    pub(super) fn forget(&self) {
        *lock(&self.wanted) = None;
        let day = Arc::clone(&self.day);
        tokio::task::spawn_blocking(move || *lock(&day) = None);
    }
}

fn view(day: &mut Option<LoadedDay>, opened: &Opened, at: DateTime<Utc>) -> Result<PastView, AppError> {
    let day = match day {
        Some(day) => day,
        none => none.insert(LoadedDay::open(opened)?),
    };
    let (from, to) = day.past.span();
    let at = at.clamp(from, to.max(from));
    let board = Arc::new(day.past.board_at(at));
    let now = day.past.now_at(at);
    Ok(PastView { board, at, now, from, to, moments: Arc::clone(&day.moments) })
}

impl LoadedDay {
    fn open(opened: &Opened) -> Result<Self, AppError> {
        let mut past = Past::open(opened)?;
        let moments = past.moments();
        let moments =
            moments.iter().map(|it| PastMoment { at: it.at, said: it.what.describe().into() }).collect();
        Ok(Self { past, moments })
    }
}

fn lock<T>(it: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}
