//! The loop of the list of launches: it takes the terminal as the cockpit does, and gives it back before one is opened.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use crossterm::event::Event;
use futures_util::{Stream, StreamExt as _, stream};
use ratatui::Terminal;

use super::{
    Ansi, CockpitError, CockpitExit, FrameSink, Host, KeeperPlan, Looks, Sig, check_terminal, guard, host,
    input, pointer::Pointer, signals, sink,
};
use crate::{Chooser, ChooserWish, Key, Message, Zones};
use gonogo_report::Fleet;

/// How the list ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChooserEnd {
    /// The launch at this place of the list, from 0, is to be opened.
    Launch(usize),
    /// None is.
    Left(CockpitExit),
}

/// What the list needs of its surroundings.
pub struct ChooserIo {
    /// The clock.
    pub now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// How long the machine has been up: by it two clicks are one.
    pub uptime: Arc<dyn Fn() -> Duration + Send + Sync>,
    /// The mouse is listened to.
    pub mouse: bool,
    /// Gives the terminal back where this process cannot.
    pub keeper: Option<KeeperPlan>,
}

/// Shows the launches of a folder until one is chosen. Call it where [`super::run`] could be called.
///
/// # Errors
/// [`CockpitError::NoTerminal`] when there is none, others when it fails.
pub async fn choose(fleet: Fleet, looks: Looks, io: ChooserIo) -> Result<ChooserEnd, CockpitError> {
    check_terminal(std::env::var("TERM").ok().as_deref())?;
    let signals = signals::listen()?.chain(stream::pending());
    let tty = host::Tty::open()?;
    let sink = sink::TtySink::start(tty.output()?)?;
    let entered = guard::Entered::enter(tty.output()?, io.keeper, io.mouse)?;
    let input = input::listen()?;
    let size = tty.size().unwrap_or((80, 24));
    let Ok(terminal) = Terminal::new(Ansi::new(sink, size).erasing(tty.erases_in_colour()));
    let chooser = Chooser::new(fleet, size);
    let pointer = io.mouse.then(Pointer::default);
    let list =
        LaunchList { chooser, looks, now: io.now, uptime: io.uptime, tty, terminal, pointer, dirty: true };
    let end = list.run(signals, input).await;
    drop(entered);
    Ok(end)
}

struct LaunchList<S: FrameSink> {
    chooser: Chooser,
    looks: Looks,
    now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    uptime: Arc<dyn Fn() -> Duration + Send + Sync>,
    tty: host::Tty,
    terminal: Terminal<Ansi<S>>,
    pointer: Option<Pointer>,
    dirty: bool,
}

impl<S: FrameSink> LaunchList<S> {
    async fn run(
        mut self,
        mut signals: impl Stream<Item = Sig> + Unpin,
        mut input: impl Stream<Item = io::Result<Event>> + Unpin,
    ) -> ChooserEnd {
        loop {
            self.draw();
            let changed = self.terminal.backend().sink().changed();
            tokio::select! {
                biased;
                signal = signals.next() => match signal {
                    Some(Sig::End(number)) => return ChooserEnd::Left(CockpitExit::Signal(number)),
                    Some(Sig::Stop) => _ = self.tty.stop(),
                    Some(Sig::Continue) if self.tty.resume().is_err() => return ChooserEnd::Left(CockpitExit::TerminalGone),
                    Some(Sig::Continue) => self.afresh(),
                    Some(Sig::Look) | None => {}
                },
                event = input.next() => {
                    let Some(Ok(event)) = event else { return ChooserEnd::Left(CockpitExit::TerminalGone) };
                    match self.take(event) {
                        Some(ChooserWish::Launch(at)) => return ChooserEnd::Launch(at),
                        Some(ChooserWish::Nothing) => return ChooserEnd::Left(CockpitExit::Quit),
                        None => {}
                    }
                }
                () = changed.notified() => {}
                () = tokio::time::sleep(self.rest_of_minute()) => self.dirty = true,
            }
            if !self.tty.is_alive() || self.terminal.backend().sink().is_gone() {
                return ChooserEnd::Left(CockpitExit::TerminalGone);
            }
        }
    }

    fn take(&mut self, event: Event) -> Option<ChooserWish> {
        let message = match event {
            Event::Mouse(event) => self.pointer.as_mut()?.message(event, (self.uptime)()),
            event => input::message(event),
        };
        self.dirty = true;
        match message? {
            Message::Key(key) if key == Key::ctrl('z') => _ = self.tty.stop(),
            Message::Key(key) if key == Key::ctrl('l') => self.afresh(),
            Message::Key(key) => return self.chooser.key(key),
            Message::Pointer(pointed) => return self.chooser.point(&pointed),
            Message::Resize(width, height) => {
                self.terminal.backend_mut().resize((width, height));
                self.chooser.resize((width, height));
            }
            _ => {}
        }
        None
    }

    fn draw(&mut self) {
        if !self.dirty || !self.terminal.backend().sink().is_idle() {
            return;
        }
        let (chooser, look, now) = (&self.chooser, &self.looks.look, (self.now)());
        let mut zones = Zones::default();
        let Ok::<_, Infallible>(_) = self.terminal.draw(|frame| zones = chooser.draw(look, now, frame));
        if let Some(pointer) = &mut self.pointer {
            pointer.drawn(zones);
        }
        self.dirty = false;
    }

    /// Every cell anew, in the size of now.
    fn afresh(&mut self) {
        if let Some(size) = self.tty.size() {
            self.terminal.backend_mut().resize(size);
            self.chooser.resize(size);
        }
        self.terminal.backend_mut().forget();
        let Ok(()) = self.terminal.clear();
        self.dirty = true;
    }

    /// Clocks count in minutes.
    fn rest_of_minute(&self) -> Duration {
        let over = (self.now)().timestamp().rem_euclid(60);
        Duration::from_secs(u64::try_from(60 - over).unwrap_or(60))
    }
}
