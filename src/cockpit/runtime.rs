//! The loop that carries the cockpit, and everything that touches the terminal.
//!
//! One owner of the terminal ([`guard`]), one thread that writes to it ([`sink`]), one loop ([`driver`]) that draws
//! when something changed and at no other time.

mod alarm;
mod ansi;
mod bell;
mod chooser;
mod copy;
mod driver;
pub(crate) mod fault;
mod ground;
mod guard;
mod hook;
mod host;
mod input;
mod keeper;
mod pointer;
mod signals;
mod sink;

use std::{io::IsTerminal as _, sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc;

pub use ansi::Ansi;
pub use bell::{BellSettings, Notification};
pub use chooser::{ChooserEnd, ChooserIo, choose};
pub use driver::drive;
pub use guard::leave as restore_terminal;
pub use hook::install as install_panic_hook;
pub use host::Host;
pub use keeper::{KEEPER, KeeperPlan, keep as keep_terminal};
pub use signals::Sig;
pub use sink::FrameSink;

use super::{ActResult, Look, Message, Notice, Request};
use gonogo_domain::{Board, BoardWord, Launch, Now};

/// Colours and shapes, and those of the other ground.
#[derive(Clone, Debug)]
pub struct Looks {
    /// As it is drawn.
    pub look: Look,
    /// Drawn instead at a key: light for dark, dark for light.
    pub other: Look,
    /// The terminal is asked for its ground, and the other look taken where that is light: nobody chose one.
    pub asks_ground: bool,
}

/// What the cockpit starts with. All else comes as messages; those that wait already are taken in before the first
/// frame.
pub struct CockpitConfig {
    /// The launch.
    pub launch: Arc<Launch>,
    /// Its board, evaluated just now.
    pub board: Arc<Board>,
    /// Colours and shapes.
    pub looks: Looks,
    /// The mouse is listened to; else the terminal keeps it for selecting text.
    pub mouse: bool,
    /// How somebody who is looking elsewhere learns that a breach asks for a decision.
    pub alerts: BellSettings,
}

/// How the cockpit talks with the application.
pub struct CockpitIo {
    /// What happens outside.
    pub messages: mpsc::Receiver<Message>,
    /// What is asked of the application. An act that finds it full is reported as not recorded.
    pub requests: mpsc::Sender<Request>,
    /// The clock; the recording's own in a demo or replay.
    pub now: Arc<dyn Fn() -> Now + Send + Sync>,
    /// How long the machine has been up, also in a recording: by it two clicks are one, and an answer of the terminal is in time.
    pub uptime: Arc<dyn Fn() -> Duration + Send + Sync>,
    /// Evaluates the newest of what is known. Called before a frame when the board's `changes_at` has passed or the
    /// clocks jumped, on the thread that draws: it must not wait.
    pub reevaluate: Arc<dyn Fn(Now) -> Arc<Board> + Send + Sync>,
}

impl CockpitIo {
    /// Hands a request to the application. What it cannot take comes back as what is to be told: an act is then not
    /// recorded, and says so.
    pub(super) fn ask(&self, request: Request) -> Option<Message> {
        let act = match &request {
            Request::Act(ticket, _) | Request::ActFor(ticket, ..) => Some(*ticket),
            _ => None,
        };
        self.requests.try_send(request).err()?;
        let why = "the application is too busy to take it";
        Some(match act {
            Some(ticket) => Message::Acted(ticket, ActResult::NotRecorded(why.into())),
            None => Message::Notice(Notice::bad(why)),
        })
    }
}

/// How the cockpit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CockpitExit {
    /// The user left.
    Quit,
    /// A signal ended it: the exit code is 128 and this.
    Signal(i32),
    /// The user left the cockpit in lines; the board's word then.
    Said(BoardWord),
    /// The terminal is gone; there is nobody to tell.
    TerminalGone,
}

/// Why the cockpit could not run.
#[derive(Debug, thiserror::Error)]
pub enum CockpitError {
    /// There is no terminal to draw on. A usage error; `--check` does without one.
    #[error("the cockpit needs a terminal, and {0}; `gonogo check` answers without one")]
    NoTerminal(&'static str),
    /// The terminal could not be set up or drawn on.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] std::io::Error),
    /// The application ended first.
    #[error("the application behind the cockpit ended")]
    ApplicationGone,
}

/// Runs the cockpit on this terminal until the user leaves or a signal comes. Call it from the thread that is to be
/// the only one drawing (the main one, in `block_on`). A keeper gives the terminal back where this process cannot.
///
/// # Errors
/// [`CockpitError::NoTerminal`] when there is none, others when it or the application fails. The terminal is as
/// before in every case.
pub async fn run(
    config: CockpitConfig,
    io: CockpitIo,
    keeper: Option<KeeperPlan>,
) -> Result<CockpitExit, CockpitError> {
    check_terminal(std::env::var("TERM").ok().as_deref())?;
    // Before the terminal is changed, so that none of them can end the program in between.
    let signals = signals::listen()?;
    let mut tty = host::Tty::open()?;
    let sink = sink::TtySink::start(tty.output()?)?;
    let entered = guard::Entered::enter(tty.output()?, keeper, config.mouse)?;
    fault::point("start");
    if config.looks.asks_ground {
        guard::write_patiently(&tty.output()?, ground::ASK);
    }
    let input = input::listen()?;
    let alarm = alarm::listen(tty.output()?);
    tty.watched = alarm.is_ok();
    let alarm = stream::iter(alarm.ok()).flatten();
    let end = Box::pin(drive(config, io, input, stream::select(signals, alarm), sink, tty)).await;
    drop(entered);
    end
}

fn check_terminal(term: Option<&str>) -> Result<(), CockpitError> {
    if !std::io::stdout().is_terminal() {
        return Err(CockpitError::NoTerminal("standard output is none"));
    }
    match term {
        None | Some("") => Err(CockpitError::NoTerminal("TERM is not set")),
        Some("dumb") => Err(CockpitError::NoTerminal("TERM=dumb cannot place text")),
        Some(_) if !host::has_keyboard() => Err(CockpitError::NoTerminal("there is no keyboard to read")),
        Some(_) => Ok(()),
    }
}
