//! What a report is made of: the board, and what stands behind it.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

use super::{AppError, CheckRequest, Opened, Past, Session, check, store};
use gonogo_clock::Clock;
use gonogo_domain::{Board, History, Launch, Redactor, Scope, SourceHealth};
use gonogo_report::ReportContext;

/// A board with its launch and what people said.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The launch, by the T clock of the board.
    pub launch: Arc<Launch>,
    /// The board.
    pub board: Board,
    /// What people said.
    pub history: Arc<History>,
    /// The hash of the journal's newest entry; empty without one.
    pub head: String,
    /// How sources answered.
    pub sources: Vec<SourceHealth>,
    /// Whose files, and what they were compared with.
    pub context: ReportContext,
}

/// The board to report now; of a recording, at the moment that it is looked at.
///
/// # Errors
/// As [`check::check`].
pub async fn reported(opened: &Opened, timeout: Duration) -> Result<Reported, AppError> {
    if opened.recording.is_some() {
        let (mut live, playback) = check::played(opened, Scope::default(), None)?;
        let board = live.board(playback.now());
        let (launch, history) = (Arc::clone(live.launch()), Arc::new(live.history().clone()));
        return Ok(Reported {
            launch,
            board,
            history,
            sources: live.answered(playback.now()),
            head: String::new(),
            context: ReportContext::default(),
        });
    }
    // A report is no verdict: nothing acts on it.
    let request = CheckRequest { timeout, allow_untrusted: true, ..CheckRequest::default() };
    let checked = check::check(opened, &request).await?;
    let files = &opened.loaded.launch;
    let launch = Arc::new(files.following(&checked.board).unwrap_or_else(|| files.clone()));
    let check::Checked { board, history, sources, head, context, .. } = checked;
    Ok(Reported { launch, board, history, head, sources, context })
}

/// What was known at a moment, as it is typed: the board, what people had said by then, and the journal's newest entry of
/// then. Nothing that came after is in it.
///
/// # Errors
/// It is no moment of the past.
pub fn as_known(
    opened: &Opened,
    past: &mut Past,
    typed: &str,
) -> Result<(DateTime<Utc>, Reported), AppError> {
    let (at, board) = past.as_it_was(opened, typed)?;
    if opened.recording.is_none() && at > Clock::system().read().wall {
        return Err(AppError::input(format!("{at} is in the future: nothing is known about it yet")));
    }
    let (launch, history) = (Arc::clone(past.launch()), Arc::new(past.history().clone()));
    let (head, sources) = (past.head().unwrap_or_default().to_owned(), past.answered_at(at));
    Ok((at, Reported { launch, board, history, sources, head, context: ReportContext::default() }))
}

/// What is on record, without asking anybody: every answer of a source is old.
///
/// # Errors
/// [`AppError::Distrusted`]: the journal cannot be read or trusted, so that dates may have moved unseen (V11).
/// [`AppError::Input`]: a recording that does not fit the launch.
pub fn on_record(opened: &Opened) -> Result<Reported, AppError> {
    let (mut live, now, head) = if opened.recording.is_some() {
        let (live, playback) = check::played(opened, Scope::default(), None)?;
        (live, playback.now(), String::new())
    } else {
        let store = store::read(opened)?;
        if let Some(why) = &store.history.broken {
            return Err(AppError::Distrusted(why.clone()));
        }
        let now = Clock::system().read();
        let launch = Arc::new(opened.loaded.launch.clone());
        let mut live = Session::new(launch, store.history.clone(), Scope::default())
            .remembering(store.before.clone())
            .recalling(store::last_known(&store, now.wall));
        live.heard_from(store.journal.as_ref(), now);
        (live, now, store.head.map(|head| head.hash.to_string()).unwrap_or_default())
    };
    let board = live.board(now);
    let (launch, history) = (Arc::clone(live.launch()), Arc::new(live.history().clone()));
    let sources = live.answered(now);
    Ok(Reported { launch, board, history, sources, head, context: ReportContext::default() })
}

impl Reported {
    /// The same without names of people, titles of things elsewhere and quoted words, see [`Redactor`].
    #[must_use]
    pub fn redacted(self) -> Self {
        let mut redactor = Redactor::new(&self.launch);
        redactor.hear(&self.history);
        let board = redactor.board(&self.board);
        let launch = Arc::new(redactor.launch(&self.launch));
        // What people said in their own words is theirs: none of it is left. Nor of what servers said.
        let history = Arc::new(redactor.history(&self.history));
        Self { launch, board, history, sources: Vec::new(), ..self }
    }
}
