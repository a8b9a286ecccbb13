//! What is found out once, when the cockpit opens.

use std::sync::{Arc, OnceLock};

use tokio::task::JoinHandle;

use super::{Controller, ScreenSender, tell};
use crate::{
    AppError, Opened, identity, sources,
    store::{self, OpenedJournal},
    teams::Teams,
};
use gonogo_cockpit::{JournalState, Message, Notice};
use gonogo_domain::Actor;
use gonogo_poller::Polled;

/// What puts the sources together.
pub(in crate::interactive) type BuildingSources = JoinHandle<Result<Vec<Polled>, AppError>>;

/// The sources, or what puts them together: whoever keeps a token may take a while, and the first frame does not wait.
pub(in crate::interactive) enum StartedSources {
    /// They are there.
    There(Vec<Polled>),
    /// They will be.
    Later(BuildingSources),
}

impl StartedSources {
    /// Puts them together in the background.
    ///
    /// # Errors
    /// A token in the environment that cannot be one: the cockpit is not opened with it.
    pub(in crate::interactive) fn later(opened: &Opened) -> Result<Self, AppError> {
        sources::check_environment(opened)?;
        let opened = opened.clone();
        Ok(Self::Later(tokio::task::spawn_blocking(move || sources::build(&opened))))
    }

    pub(super) fn parts(self) -> (Option<Vec<Polled>>, Option<BuildingSources>) {
        match self {
            Self::There(polled) => (Some(polled), None),
            Self::Later(building) => (None, Some(building)),
        }
    }
}

impl Controller {
    /// The sources are there, or cannot be.
    pub(super) async fn built(
        &mut self,
        built: Result<Vec<Polled>, AppError>,
        screen: &ScreenSender,
    ) -> Result<(), ()> {
        match built {
            Ok(polled) => {
                let opened = Arc::clone(&self.opened);
                self.start(polled, &opened);
                Ok(())
            }
            Err(error) => {
                self.start(Vec::new(), &Arc::clone(&self.opened));
                let notice = Message::Notice(Notice::bad(error.line()).sticky());
                tell(screen, self.veil.message(notice)).await
            }
        }
    }
}

/// How often is looked whether a journal has begun.
const BETWEEN_LOOKS: std::time::Duration = std::time::Duration::from_secs(2);

/// Asks in the background who is at the keyboard, and whom the launch's teams hold.
pub(super) fn identify(opened: &Opened, teams: &Arc<OnceLock<Teams>>) -> JoinHandle<Option<Actor>> {
    let (who, opened, teams) = (identity::ask(opened), opened.clone(), Arc::clone(teams));
    tokio::spawn(async move {
        let (actor, seen) = tokio::join!(who, Teams::ask(&opened));
        // Without an answer the members stay unknown, and nobody speaks by them.
        if let Ok(seen) = seen {
            let _ = teams.set(seen);
        }
        actor.ok().flatten()
    })
}

/// Waits for the first word of a launch where there is no journal yet and this session only looks: whoever is shown a GO
/// must hear of a HOLD.
pub(super) fn await_journal(
    opened: &Arc<Opened>,
    store: &OpenedJournal,
) -> Option<JoinHandle<OpenedJournal>> {
    let absent = store.journal.is_none() && store.history.broken.is_none() && opened.recording.is_none();
    let opened = Arc::clone(opened);
    let wait = async move {
        loop {
            tokio::time::sleep(BETWEEN_LOOKS).await;
            let opened = Arc::clone(&opened);
            let read = tokio::task::spawn_blocking(move || store::read(&opened)).await;
            if let Ok(Ok(store)) = read
                && (store.journal.is_some() || store.history.broken.is_some())
            {
                return store.looked_at();
            }
        }
    };
    absent.then(|| tokio::spawn(wait))
}

/// What stays of the answers of sources.
pub(super) fn kept(
    chosen: &gonogo_settings::Observations,
    now: chrono::DateTime<chrono::Utc>,
) -> gonogo_journal::Keep {
    let age = chrono::TimeDelta::from_std(chosen.keep).unwrap_or(chrono::TimeDelta::MAX);
    gonogo_journal::Keep { since: now.checked_sub_signed(age), bytes: Some(u64::from(chosen.most_mib) << 20) }
}

pub(super) fn journal_state(store: &OpenedJournal, played: bool) -> JournalState {
    match (&store.history.broken, &store.view_only) {
        (Some(why), _) => JournalState::Broken(why.detail().into()),
        (None, Some(why)) if !played => JournalState::ViewOnly(why.as_str().into()),
        _ => JournalState::Writable,
    }
}
