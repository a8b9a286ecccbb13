//! A journal that a mode only looks at, read on as others write.

use std::{sync::Arc, time::Duration};

use super::{
    Opened, Session,
    store::{self, OpenedJournal},
};
use gonogo_domain::Now;
use gonogo_journal::{Entry, Head, Journal, JournalError};

/// A journal that takes longer to tell what is new is not waited for.
const LONGEST_LOOK: Duration = Duration::from_secs(10);
/// The least time that it has, however little is left: it holds the words of people.
const SHORTEST_LOOK: Duration = Duration::from_secs(1);

/// What is read on: words may be said and taken back while sources are asked (V15).
pub(super) struct JournalReader {
    /// Where to look for one that is made later; `None`: nowhere.
    opened: Option<Arc<Opened>>,
    /// `None`: there was none yet when it was looked at last, or it cannot be trusted.
    journal: Option<Journal>,
    head: Option<Head>,
}

impl JournalReader {
    /// Goes on from what was read when the journal was opened.
    pub fn after(opened: &Opened, store: &OpenedJournal) -> Self {
        Self { opened: Some(Arc::new(opened.clone())), journal: store.journal.clone(), head: store.head }
    }

    /// There is none, and none will be made.
    #[cfg(test)]
    pub fn none() -> Self {
        Self { opened: None, journal: None, head: None }
    }

    /// The newest entry that was taken in; `None`: there is none, or nobody knows.
    pub fn head(&self) -> Option<Head> {
        self.head
    }

    /// Takes in what people said since. A journal that cannot be read any more is not trusted any more (V11); a shared
    /// one that is away may come back, and until then nobody can say GO (V17).
    pub async fn catch_up(&mut self, live: &mut Session, left: Duration, now: Now) {
        if live.history().broken.is_some() {
            return;
        }
        let longest = left.clamp(SHORTEST_LOOK, LONGEST_LOOK);
        let Some(journal) = self.journal.clone() else { return self.look_for_one(live, longest, now).await };
        let after = self.head.map_or(0, |head| head.seq);
        let read = tokio::time::timeout(longest, journal.read_since(after)).await;
        match read {
            Ok(Ok(entries)) => self.take(live, &entries, now),
            Ok(Err(JournalError::Offline { .. })) | Err(_) if journal.is_shared() => live.without_journal(),
            Ok(Err(error)) => live.distrust((&error).into()),
            Err(_) => live.distrust("the journal did not answer in time".into()),
        }
    }

    /// The first word of a launch makes its journal.
    async fn look_for_one(&mut self, live: &mut Session, longest: Duration, now: Now) {
        let Some(opened) = self.opened.clone() else { return };
        let opening = tokio::task::spawn_blocking(move || store::read_whole(&opened));
        match tokio::time::timeout(longest, opening).await {
            Ok(Ok(Ok((store, entries)))) => {
                if let Some(why) = &store.history.broken {
                    live.distrust(why.clone());
                }
                self.journal = store.journal;
                self.take(live, &entries, now);
            }
            Ok(Ok(Err(error))) => live.distrust(error.line().into()),
            Ok(Err(_)) => live.distrust("the journal cannot be opened".into()),
            Err(_) => live.distrust("the journal did not answer in time".into()),
        }
    }

    fn take(&mut self, live: &mut Session, entries: &[Entry], now: Now) {
        entries.iter().for_each(|entry| live.take_event(&entry.event));
        self.head = entries.last().map(Entry::head).or(self.head);
        live.heard_from(self.journal.as_ref(), now);
    }
}
