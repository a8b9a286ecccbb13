//! `--check`: asks until every answer is complete, evaluates once, and answers with a word.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

use super::{
    AppError, Opened, PlaybackClock, Session, baseline,
    journal_reader::JournalReader,
    opened::env,
    origin,
    player::Player,
    sources,
    store::{self, OpenedJournal},
    time,
    wait::{self, WaitFor, WaitNews, WaitedOn},
};
use gonogo_clock::Clock;
use gonogo_domain::{Board, ChecklistId, GateId, History, Place, Played, Scope, SourceHealth};
use gonogo_poller::{Pace, Polled, poll_once};
use gonogo_report::ReportContext;
use gonogo_text::clean;

/// What to check, and for how long.
#[derive(Clone, Debug, Default)]
pub struct CheckRequest {
    /// Only these checklists; empty: all.
    pub only: Vec<String>,
    /// Leave out what people answer.
    pub evidence_only: bool,
    /// Longest time for all of it: tokens, journal, complete answers.
    pub timeout: Duration,
    /// Poll on, at most this long.
    pub wait: Option<Duration>,
    /// What is waited for.
    pub until: WaitFor,
    /// The file or ref that the launch may not be looser than.
    pub baseline: Option<String>,
    /// Take files that whoever proposes a change has written.
    pub allow_untrusted: bool,
}

/// The answer.
#[derive(Debug)]
pub struct Checked {
    /// The board.
    pub board: Board,
    /// What people said.
    pub history: Arc<History>,
    /// How sources answered.
    pub sources: Vec<SourceHealth>,
    /// The journal cannot be read or trusted: exit 4, whatever the word (it is HOLD, V11).
    pub journal_broken: bool,
    /// The hash of the newest entry that the board knows; empty without a journal.
    pub head: String,
    /// The pages of the GitHub server that was asked; empty for a recording, which asks none.
    pub server: String,
    /// Whose files, and what they were compared with. The board is lowered by it.
    pub context: ReportContext,
}

/// Checks once.
///
/// # Errors
/// Bad input, or an unknown checklist in `only`.
pub async fn check(opened: &Opened, request: &CheckRequest) -> Result<Checked, AppError> {
    check_telling(opened, request, &|_| ()).await
}

/// The same, telling whoever waits how it goes.
///
/// # Errors
/// As [`check`].
pub async fn check_telling(
    opened: &Opened,
    request: &CheckRequest,
    tell: &(dyn Fn(&WaitNews) + Sync),
) -> Result<Checked, AppError> {
    let scope = scope(opened, request)?;
    let files = origin::admit(opened, &env, request.allow_untrusted)?;
    let baseline = request.baseline.as_deref().map(|named| baseline::compare(opened, named)).transpose()?;
    let context = ReportContext { files, baseline, places: places(opened) };
    // What is looser than the baseline stays so, whatever is waited for.
    let looser = context.baseline.as_ref().is_some_and(|it| !it.loosened.is_empty());
    let request = &CheckRequest { wait: request.wait.filter(|_| !looser), ..request.clone() };
    let mut checked = answer(opened, request, scope, tell).await?;
    context.judge(&mut checked.board);
    Ok(Checked { context, ..checked })
}

/// Where each gate is written down, as whoever looks at the repository knows the file.
fn places(opened: &Opened) -> HashMap<GateId, Place> {
    let names = origin::names(opened);
    let gates = opened.loaded.launch.gates.iter();
    let placed = gates.filter_map(|gate| {
        let at = gate.place.as_ref()?;
        Some((gate.id.clone(), Place { file: names.get(&at.file)?.clone(), ..at.clone() }))
    });
    placed.collect()
}

async fn answer(
    opened: &Opened,
    request: &CheckRequest,
    scope: Scope,
    tell: &(dyn Fn(&WaitNews) + Sync),
) -> Result<Checked, AppError> {
    let context = ReportContext::default();
    if opened.recording.is_some() {
        let (mut live, playback) = played(opened, scope, None)?;
        let board = live.board(playback.now());
        let (head, server) = (String::new(), String::new());
        let history = Arc::new(live.history().clone());
        let sources = live.answered(playback.now());
        return Ok(Checked { board, history, sources, journal_broken: false, head, server, context });
    }
    let now = time::system();
    let end = now().boot + request.timeout;
    let (polled, store) = prepare(opened, request.timeout).await?;
    let mut journal = JournalReader::after(opened, &store);
    let mut live = Session::new(Arc::new(opened.loaded.launch.clone()), store.history.clone(), scope)
        .remembering(store.before.clone());
    live.heard_from(store.journal.as_ref(), now());
    let keys: Vec<_> = polled.iter().map(|it| it.key.clone()).collect();
    live.refuse_unserved(&keys, now());
    let left = end.saturating_sub(now().boot);
    let settled = poll_once(polled.clone(), &live.demands(), left, &now).await;
    settled.heard.iter().for_each(|it| live.hear(&it.key, it.clock, now()));
    let judged = live.judge(now());
    store::keep_answers(opened, &store, (&settled.observations, &settled.targets), &judged.clock);
    store::note_clock(opened, &store, &judged);
    live.take_answers(settled.observations, settled.targets);
    // Whatever was said while sources were asked counts.
    journal.catch_up(&mut live, end.saturating_sub(now().boot), now()).await;
    let mut board = live.board(now());
    let (until, broken) = (request.until, live.history().broken.is_some());
    if let Some(longest) = request.wait.filter(|_| !until.is_reached(&board, &board) && !broken) {
        let journal = &mut journal;
        let watched = WaitedOn { polled, pace: pace(&opened.settings.poll), keys, journal };
        board = wait::wait(&mut live, watched, (longest, until), &now, tell).await;
    }
    let journal_broken = live.history().broken.is_some();
    let head = journal.head().map(|head| head.hash.to_string()).unwrap_or_default();
    let server = sources::pages()?;
    let history = Arc::new(live.history().clone());
    let sources = live.answered(now());
    Ok(Checked { board, history, sources, journal_broken, head, server, context })
}

/// Sources and journal, within the time there is: whoever is asked for a token or for the journal may hang.
async fn prepare(opened: &Opened, longest: Duration) -> Result<(Vec<Polled>, OpenedJournal), AppError> {
    // Half of the time is left for what the token is for.
    let settings = opened.settings.clone().hurried(longest / 2);
    let opened = Arc::new(Opened { settings, ..opened.clone() });
    let (one, other) = (Arc::clone(&opened), Arc::clone(&opened));
    let journal = tokio::task::spawn_blocking(move || store::read(&one));
    let polled = tokio::task::spawn_blocking(move || sources::build(&other));
    let journal = tokio::time::timeout(longest, journal);
    let (polled, journal) = tokio::join!(polled, journal);
    let store = match journal {
        Ok(read) => read??,
        Err(_) => OpenedJournal::silent(longest),
    };
    Ok((polled??, store))
}

/// The recorded day up to a moment, or its end, as if it had been watched.
///
/// # Errors
/// A recorded act that the rules refuse: the recording and the files do not belong together.
pub fn played(
    opened: &Opened,
    scope: Scope,
    at: Option<DateTime<Utc>>,
) -> Result<(Session, PlaybackClock), AppError> {
    let recording = opened.recording.clone().ok_or_else(|| AppError::Internal("no recording is open"))?;
    let header = &recording.header;
    // A clock that stands: the moment is exactly the one that was asked for.
    let (clock, _) = Clock::manual(header.from);
    let playback = PlaybackClock::new(clock, header.from, header.until, header.speed);
    playback.jump(at.or(header.look_at).unwrap_or(header.until));
    let played = if opened.chosen.demo { Played::Demo } else { Played::Recording };
    let scope = Scope { played: Some(played), ..scope };
    let live = play_up(opened, Player::new(recording, playback.clone()), scope, &playback)?;
    Ok((live, playback))
}

fn play_up(
    opened: &Opened,
    mut player: Player,
    scope: Scope,
    playback: &PlaybackClock,
) -> Result<Session, AppError> {
    let history = History::default();
    let mut live = Session::new(Arc::new(opened.loaded.launch.clone()), history, Scope::default());
    while let (Some(at), Some(step)) = (player.next_at(), player.step(&mut live)) {
        let Some(due) = step else {
            player.look(&mut live, at);
            continue;
        };
        let event = player.event(&mut live, due);
        let event = event
            .map_err(|refusal| AppError::input(format!("what is recorded at {at} is refused: {refusal}")))?;
        live.take_event(&event);
    }
    let mut live = live.narrowed(scope);
    player.look(&mut live, playback.now().wall);
    Ok(live)
}

fn scope(opened: &Opened, request: &CheckRequest) -> Result<Scope, AppError> {
    let known = &opened.loaded.launch.checklists;
    let mut only = Vec::new();
    for name in &request.only {
        let Some(checklist) = known.iter().find(|it| it.id.as_str() == name) else {
            let names: Vec<_> = known.iter().map(|it| it.id.as_str()).collect();
            return Err(AppError::input(format!(
                "--only {}: there is no such checklist; this launch has {}",
                clean(name),
                names.join(", ")
            )));
        };
        let id: ChecklistId = checklist.id.clone();
        if !only.contains(&id) {
            only.push(id);
        }
    }
    // Whoever practises has said words that count for nothing.
    let played = opened.chosen.rehearse.then_some(Played::Rehearsal);
    Ok(Scope { only, evidence_only: request.evidence_only, played })
}

/// How often sources are asked, by the user's settings.
pub(super) fn pace(poll: &gonogo_settings::PollSettings) -> Pace {
    let usual = Pace::default();
    Pace {
        interval: poll.interval.unwrap_or(usual.interval),
        jitter: poll.jitter,
        seed: std::process::id().into(),
    }
}
