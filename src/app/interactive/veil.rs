//! What is hidden from a shared screen, wherever it comes from: every message to the screen passes here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{AppError, Session};
use gonogo_cockpit::{Faults, Me, Message, Notice, PastMoment, PastView};
use gonogo_domain::{Board, Launch, Now, Redactor, RiskCourse, SourceHealth};
use gonogo_report::LaunchHistory;

/// Hides it, or nothing at all. Clones share what they have learned.
#[derive(Clone, Default)]
pub(super) struct SharedVeil(Option<Arc<Mutex<Redactor>>>);

impl SharedVeil {
    /// For the people of this launch, if anything is to be hidden.
    pub(super) fn new(launch: &Launch, wanted: bool) -> Self {
        Self(wanted.then(|| Arc::new(Mutex::new(Redactor::new(launch)))))
    }

    fn redactor(&self) -> Option<MutexGuard<'_, Redactor>> {
        self.0.as_ref().map(|it| it.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The files were read again, and may name somebody new: before anything that knows them is shown.
    pub(super) fn meet(&self, launch: &Launch) {
        if let Some(mut it) = self.redactor() {
            it.meet(launch);
        }
    }

    /// The launch as it may be seen.
    pub(super) fn launch(&self, launch: Arc<Launch>) -> Arc<Launch> {
        self.redactor().map_or(Arc::clone(&launch), |it| Arc::new(it.launch(&launch)))
    }

    /// The board as it may be seen.
    pub(super) fn board(&self, live: &mut Session, now: Now) -> Arc<Board> {
        let board = live.board(now);
        Arc::new(match self.redactor() {
            Some(mut it) => {
                it.hear(live.history());
                it.board(&board)
            }
            None => board,
        })
    }

    /// A message as it may be read. Boards and launches have been through [`SharedVeil::board`] and [`SharedVeil::launch`].
    pub(super) fn message(&self, message: Message) -> Message {
        let Some(mut it) = self.redactor() else { return message };
        match message {
            Message::Notice(notice) => Message::Notice(Notice { text: it.text(&notice.text), ..notice }),
            // A snippet holds whatever the file does.
            Message::FilesBroken(Some(faults)) => {
                let told = AppError::FAULTS_HIDDEN.to_owned();
                Message::FilesBroken(Some(Faults { told, ..faults }))
            }
            Message::NoPast(why) => Message::NoPast(it.text(&why)),
            Message::History(Ok(told)) => Message::History(Ok(Arc::new(without_words(&told)))),
            Message::Readiness(Err(why)) => Message::Readiness(Err(it.text(&why))),
            Message::History(Err(why)) => Message::History(Err(it.text(&why))),
            Message::Sources(all) => {
                Message::Sources(all.into_iter().map(|source| health(&it, source)).collect())
            }
            Message::Past(view) => Message::Past(past(&mut it, view)),
            Message::Identity(me) => Message::Identity(me.map(|me| Me {
                name: it.text(me.name.as_str()).as_str().into(),
                known: it.text(&me.known).as_str().into(),
                teams: Vec::new(),
            })),
            other => other,
        }
    }
}

/// How launches went, without what people said.
fn without_words(told: &LaunchHistory) -> LaunchHistory {
    let mut told = told.clone();
    told.launches.iter_mut().for_each(|it| {
        it.hold_reasons.clear();
        it.risks.iter_mut().for_each(RiskCourse::redact);
    });
    told
}

fn health(it: &Redactor, mut source: SourceHealth) -> SourceHealth {
    if let Some(failure) = &mut source.failure {
        failure.message = it.fact(&failure.message).as_str().into();
        failure.url = None;
    }
    source
}

/// The past is no less private than the present.
fn past(it: &mut Redactor, view: PastView) -> PastView {
    let board = Arc::new(it.board(&view.board));
    let said =
        |moment: &PastMoment| PastMoment { at: moment.at, said: it.moment(&moment.said).as_str().into() };
    let moments = view.moments.iter().map(said).collect();
    PastView { board, moments, ..view }
}
