//! The cockpit's other half: it owns everything but the terminal, and talks with it in messages.

mod controller;
mod input;
mod pages;
mod replay_loader;
mod server_write;
mod veil;
mod watch;

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::sync::mpsc;

use self::controller::{Controller, StartedSources};
use super::{
    AppError, Opened, PlaybackClock, Session,
    check::pace,
    sources,
    store::{self, OpenedJournal},
};
use gonogo_clock::Clock;
use gonogo_cockpit::{
    self as screen, BellSettings, CockpitConfig, CockpitError, CockpitExit, CockpitIo, KeeperPlan, Look,
    Looks, Notification,
};
use gonogo_domain::{Now, Scope};
use gonogo_poller::{NowFn, Pace};
use gonogo_settings::{Notifications, Settings};
use gonogo_source::recorded::Header;
use gonogo_theme::{Depth, SymbolSet, Theme};

/// How long leaving waits for a journal that is slow, or away.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What may be done and seen in a cockpit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CockpitAccess {
    /// Everything that the person may do.
    #[default]
    Full,
    /// Nothing is recorded: the journal is opened to be read.
    ReadOnly,
    /// The same, and names and titles are hidden, see [`gonogo_domain::Redactor`].
    Redacted,
}

/// How to open the cockpit.
#[derive(Clone, Debug, Default)]
pub struct CockpitRequest {
    /// Theme by name; `None`: from the settings, else by the terminal.
    pub theme: Option<String>,
    /// Draw with ASCII only.
    pub ascii: bool,
    /// Write a recording here.
    pub record: Option<PathBuf>,
    /// Seconds of a recorded day per second; `None`: as the recording says.
    pub speed: Option<u32>,
    /// What may be done and seen.
    pub access: CockpitAccess,
    /// In lines on standard output, without a screen.
    pub plain: bool,
}

/// Opens the cockpit and stays until the user leaves.
///
/// # Errors
/// Bad input, no terminal, or a journal that cannot even be opened for a view.
pub async fn cockpit(opened: Opened, request: CockpitRequest) -> Result<CockpitExit, AppError> {
    let (looks, remarks) = looks(&opened.settings, &request)?;
    let (mouse, plain) = (opened.settings.mouse, request.plain);
    let playback = opened.recording.as_ref().map(|recording| clock_of(&recording.header, request.speed));
    let now = time(playback.as_ref());
    let sources = match &playback {
        Some(playback) => {
            let clock = playback.clone();
            StartedSources::There(sources::recorded(&opened, &(Arc::new(move || clock.now().wall) as _)))
        }
        None => StartedSources::later(&opened)?,
    };
    let store = store_for(&opened, playback.is_some(), request.access)?;
    let live = session(&opened, &store, now());
    let journal = store.journal.clone();
    // Without our own name nobody can be started; the cockpit does without.
    let log = super::log_path(&opened.settings.folders);
    let keeper = std::env::current_exe().ok().map(|program| KeeperPlan { program, log });
    let pace = if playback.is_some() { Pace::default() } else { pace(&opened.settings.poll) };
    let alerts = alerts(&opened.settings);
    let controller = Controller::new(controller::ControllerParts {
        opened,
        live,
        store,
        sources,
        pace,
        now,
        playback,
        remarks,
        request,
    })?;
    let (config, io, work) = connect(controller, looks, mouse, alerts);
    let mut work = tokio::spawn(work);
    let exit = if plain {
        let lines = screen::stdin_lines().map_err(AppError::Threads)?;
        screen::run_plain(config, io, lines, std::io::stdout()).await
    } else {
        Box::pin(screen::run(config, io, keeper)).await
    };
    if matches!(exit, Err(CockpitError::ApplicationGone))
        && let Err(why) = (&mut work).await
    {
        return Err(crashed(why));
    }
    work.abort();
    if let Some(journal) = journal {
        // What sources answered last is written behind the screen: the next start is to know it.
        let _ = tokio::time::timeout(LAST_WORDS, journal.head()).await;
    }
    exit.map_err(AppError::from)
}

/// The clock of a recorded day: at the speed that is asked for, else by its chapters or at the speed of its header.
fn clock_of(header: &Header, speed: Option<u32>) -> PlaybackClock {
    let (from, until) = (header.from, header.until);
    match speed {
        None if !header.chapters.is_empty() => {
            PlaybackClock::story(Clock::system(), from, until, &header.chapters)
        }
        speed => PlaybackClock::new(Clock::system(), from, until, speed.unwrap_or(header.speed)),
    }
}

/// The journal: of a recording none but in memory, and of whoever only looks one that is read.
fn store_for(opened: &Opened, recorded: bool, access: CockpitAccess) -> Result<OpenedJournal, AppError> {
    match (recorded, access) {
        (true, _) => store::memory(opened),
        (false, CockpitAccess::Full) => store::write(opened),
        (false, CockpitAccess::ReadOnly | CockpitAccess::Redacted) => Ok(store::read(opened)?.looked_at()),
    }
}

/// All that is known before a source answers: people's words, and what sources said last, which is stale.
fn session(opened: &Opened, store: &OpenedJournal, now: Now) -> Session {
    let launch = Arc::new(opened.loaded.launch.clone());
    let live =
        Session::new(launch, store.history.clone(), Scope::default()).remembering(store.before.clone());
    if opened.recording.is_some() {
        return live;
    }
    let mut live = live.recalling(store::last_known(store, now.wall));
    live.heard_from(store.journal.as_ref(), now);
    live
}

/// What became of the half behind the screen, and where the whole report is.
fn crashed(why: tokio::task::JoinError) -> AppError {
    let said = match why.try_into_panic() {
        Ok(panic) => {
            let said = panic.downcast_ref::<&str>().map(ToString::to_string);
            said.or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "no reason was given".into())
        }
        Err(cancelled) => cancelled.to_string(),
    };
    AppError::Crashed { said, log: super::written_log().map(Into::into) }
}

type Work = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// Joins the two halves: messages one way, requests the other, and a look at the board for every frame.
fn connect(
    mut controller: Controller,
    looks: Looks,
    mouse: bool,
    alerts: BellSettings,
) -> (CockpitConfig, CockpitIo, Work) {
    let (messages, from_app) = mpsc::channel(256);
    let (requests, from_screen) = mpsc::channel(64);
    let (launch, board) = controller.first();
    for message in controller.greeting() {
        // There is room for more than these.
        let _ = messages.try_send(message);
    }
    let now = controller.now();
    let reevaluate = controller.reevaluate();
    let config = CockpitConfig { launch, board, looks, mouse, alerts };
    let clock = Clock::system();
    let uptime = Arc::new(move || clock.read().boot);
    let io = CockpitIo { messages: from_app, requests, now, uptime, reevaluate };
    (config, io, Box::pin(controller.run(messages, from_screen)))
}

/// How the user wants to be told that a breach asks.
fn alerts(settings: &Settings) -> BellSettings {
    let notification = settings.notifications.map(|it| match it {
        Notifications::Osc9 => Notification::Osc9,
        Notifications::Osc777 => Notification::Osc777,
    });
    BellSettings { bell: settings.bell, notification }
}

fn time(playback: Option<&PlaybackClock>) -> NowFn {
    match playback.cloned() {
        Some(playback) => Arc::new(move || -> Now { playback.now() }),
        None => super::time::system(),
    }
}

/// Theme and symbols by request, settings and terminal, with what is worth saying about them.
pub(super) fn looks(settings: &Settings, request: &CockpitRequest) -> Result<(Looks, Vec<String>), AppError> {
    let env = super::env;
    let user = settings.folders.themes();
    let depth = Depth::from_env(&env);
    let ascii = request.ascii || settings.ascii.unwrap_or(false);
    let symbols = if ascii { SymbolSet::ASCII } else { SymbolSet::from_env(&env) };
    let colourless = env("NO_COLOR").is_some();
    let pair = |theme: Theme, asks_ground| {
        let other = Look::new(theme.counterpart().at(depth), symbols);
        Looks { look: Look::new(theme.at(depth), symbols), other, asks_ground }
    };
    if let Some(name) = request.theme.as_ref().or(settings.theme.as_ref()) {
        let (theme, warnings) = Theme::load(name, user.as_deref())?;
        let remarks = warnings.iter().map(ToString::to_string).collect();
        // A name on the command line is nearer than `NO_COLOR`, one in the settings is not.
        let theme = if colourless && request.theme.is_none() { Theme::mono() } else { theme };
        return Ok((pair(theme, false), remarks));
    }
    let theme = if colourless { Theme::mono() } else { Theme::dark() };
    // The console of Linux knows no question about its ground, and shows what it does not know.
    let asks = depth != Depth::Mono && !env("TERM").is_some_and(|term| term.starts_with("linux"));
    Ok((pair(theme, asks), Vec::new()))
}
