//! The loop: take in all that waits, make the board true, draw once, wait.

mod wait;

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::Event;
use futures_util::{Stream, StreamExt as _, poll, stream};
use ratatui::Terminal;
use std::task::Poll;

use super::{
    Ansi, BellSettings, CockpitConfig, CockpitError, CockpitExit, CockpitIo, FrameSink, Host, Sig, bell,
    copy, fault,
    ground::{Ground, ReplyPart},
    input,
    pointer::Pointer,
};
use crate::{
    Effect, Looks, Message, Model, Notice, Request, Zones, draw, next_change, render_to_cells, update,
};
use gonogo_domain::{CLOCK_TOLERANCE, Now};
use gonogo_theme::is_light;
use wait::Woken;

/// No two frames are closer than this.
const FRAME: Duration = Duration::from_millis(8);
/// So much is taken in before a frame gets its turn.
const DRAINED_AT_ONCE: usize = 4_096;
/// A board that is due again at once is evaluated again after this long at the earliest.
const PAUSE: TimeDelta = TimeDelta::seconds(1);

/// Carries the cockpit over this input, these signals and this sink until it ends. [`super::run`] calls it with the
/// real ones.
///
/// # Errors
/// The application ended first.
pub async fn drive<I, G, S, H>(
    config: CockpitConfig,
    io: CockpitIo,
    input: I,
    signals: G,
    sink: S,
    host: H,
) -> Result<CockpitExit, CockpitError>
where
    I: Stream<Item = io::Result<Event>> + Unpin,
    G: Stream<Item = Sig> + Unpin,
    S: FrameSink,
    H: Host,
{
    let size = host.size().unwrap_or((80, 24));
    let Ok(terminal) = Terminal::new(Ansi::new(sink, size).erasing(host.erases_in_colour()));
    let now = (io.now)();
    let model = Model::new(config.launch, config.board, size);
    let (looks, alerts, mouse) = (config.looks, config.alerts, config.mouse);
    let ground = looks.asks_ground.then(|| Ground::asked((io.uptime)()));
    let due = None;
    // A stream of signals that ends must not look like one that is always ready.
    let signals = signals.chain(stream::pending());
    let driver = Driver {
        model,
        looks,
        alerts,
        io,
        input,
        signals,
        host,
        terminal,
        pointer: Pointer::default(),
        mouse,
        ground,
        dirty: true,
        gap: None,
        due,
        last: now,
        paused_until: None,
    };
    driver.run().await
}

struct Driver<I, G, S: FrameSink, H> {
    model: Model,
    looks: Looks,
    alerts: BellSettings,
    io: CockpitIo,
    input: I,
    signals: G,
    host: H,
    terminal: Terminal<Ansi<S>>,
    pointer: Pointer,
    /// The mouse is ours, and not the terminal's.
    mouse: bool,
    /// The question which ground the terminal has.
    ground: Option<Ground>,
    /// Something changed since the last frame.
    dirty: bool,
    /// Runs until the next frame may be drawn.
    gap: Option<std::pin::Pin<Box<tokio::time::Sleep>>>,
    /// When the screen changes by itself.
    due: Option<DateTime<Utc>>,
    /// The clocks when we last looked, to see them jump.
    last: Now,
    /// No evaluation before this, although the board says that it is due.
    paused_until: Option<DateTime<Utc>>,
}

impl<I, G, S, H> Driver<I, G, S, H>
where
    I: Stream<Item = io::Result<Event>> + Unpin,
    G: Stream<Item = Sig> + Unpin,
    S: FrameSink,
    H: Host,
{
    async fn run(mut self) -> Result<CockpitExit, CockpitError> {
        loop {
            for _ in 0..DRAINED_AT_ONCE {
                let Some(woken) = self.waiting().await else { break };
                if let Some(end) = self.handle(woken).await {
                    return end;
                }
            }
            let local = (self.io.now)();
            self.keep_true(local);
            let now = self.model.board().clock.judge(local);
            if self.may_draw() {
                self.draw(now);
            }
            let woken = self.wait(now).await;
            if let Some(end) = self.handle(woken).await {
                return end;
            }
        }
    }

    /// Now, by the clock that the board is judged by.
    fn now(&self) -> Now {
        self.model.board().clock.judge((self.io.now)())
    }

    /// What waits already, signals first, then keys.
    async fn waiting(&mut self) -> Option<Woken> {
        // `poll!` keeps the wake-up registered, which `now_or_never` could lose.
        if let Poll::Ready(signal) = poll!(self.signals.next()) {
            return Some(Woken::of_signal(signal));
        }
        if let Poll::Ready(event) = poll!(self.input.next()) {
            return Some(Woken::of_input(event));
        }
        if let Poll::Ready(message) = poll!(std::pin::pin!(self.io.messages.recv())) {
            return Some(Woken::of_application(message));
        }
        None
    }

    async fn handle(&mut self, woken: Woken) -> Option<Result<CockpitExit, CockpitError>> {
        match woken {
            Woken::Message(message) => return self.tell(message).await.map(Ok),
            Woken::Event(event) => {
                if let Some(message) = self.understand(event) {
                    return self.tell(message).await.map(Ok);
                }
            }
            Woken::Signal(Sig::End(number)) => return Some(Ok(CockpitExit::Signal(number))),
            Woken::Signal(Sig::Stop) => return self.suspend().await.map(Ok),
            Woken::Signal(Sig::Continue) => return self.resume().map(Ok),
            Woken::TerminalGone => return Some(Ok(CockpitExit::TerminalGone)),
            Woken::ApplicationGone => return Some(Err(CockpitError::ApplicationGone)),
            Woken::Time | Woken::Signal(Sig::Look) => {
                if !self.host.is_alive() || self.terminal.backend().sink().is_gone() {
                    return Some(Ok(CockpitExit::TerminalGone));
                }
            }
        }
        None
    }

    /// What an event of the terminal means; `None`: nothing to the cockpit.
    fn understand(&mut self, event: Event) -> Option<Message> {
        let now = (self.io.uptime)();
        let event = match &mut self.ground {
            None => event,
            Some(ground) => match ground.hear(event, now) {
                ReplyPart::Other(event) => event,
                ReplyPart::Swallowed => return None,
                ReplyPart::Ground(rgb) => {
                    if is_light(rgb) {
                        self.turn();
                    }
                    return None;
                }
            },
        };
        match event {
            Event::Mouse(_) if !self.mouse => None,
            Event::Mouse(event) => self.pointer.message(event, now),
            event => Some(self.jump(input::message(event)?)),
        }
    }

    /// While each row has a letter, such a letter is the row.
    fn jump(&self, message: Message) -> Message {
        let typed = match &message {
            Message::Key(key) if self.model.is_jumping() => key.typed(),
            _ => None,
        };
        typed.and_then(|letter| self.pointer.jump(letter)).unwrap_or(message)
    }

    /// Draws with the look of the other ground.
    fn turn(&mut self) {
        std::mem::swap(&mut self.looks.look, &mut self.looks.other);
        self.dirty = true;
    }

    async fn tell(&mut self, message: Message) -> Option<CockpitExit> {
        if let Message::Looks(looks) = message {
            (self.looks, self.dirty) = (*looks, true);
            return None;
        }
        if let Message::Resize(width, height) = message {
            self.terminal.backend_mut().resize((width, height));
        }
        self.dirty = true;
        if matches!(message, Message::Key(_)) {
            fault::point("key");
        }
        let now = self.now();
        for effect in update(&mut self.model, message, now) {
            match effect {
                Effect::Quit => return Some(CockpitExit::Quit),
                Effect::Suspend => {
                    if let Some(end) = self.suspend().await {
                        return Some(end);
                    }
                }
                other => self.perform(other),
            }
        }
        None
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Ask(request) => self.ask(request),
            Effect::Export => {
                let (width, height) = self.model.size;
                let grid = render_to_cells(&self.model, &self.looks.look, self.now(), width, height);
                self.ask(Request::Export(Box::new(grid)));
            }
            Effect::Copy(text) => match copy::sequence(&text) {
                Some(sequence) => self.terminal.backend_mut().raw(&sequence),
                None => self.model.tell(Notice::bad("too long to copy")),
            },
            Effect::Alert(text) => {
                let sequence = bell::sequence(&text, self.alerts);
                self.terminal.backend_mut().raw(&sequence);
            }
            Effect::TurnLook => self.turn(),
            Effect::Redraw => self.start_afresh(),
            Effect::Suspend | Effect::Quit => {}
        }
    }

    fn ask(&mut self, request: Request) {
        if let Some(message) = self.io.ask(request) {
            let now = self.now();
            update(&mut self.model, message, now);
        }
    }

    /// Evaluates again when the board is past its time or the clocks jumped, so that no frame shows a stale word.
    fn keep_true(&mut self, local: Now) {
        let jumped = self.model.playback().is_none() && clocks_jumped(self.last, local);
        self.last = local;
        let now = self.model.board().clock.judge(local);
        let due = self.model.board().changes_at.is_some_and(|at| at <= now.wall);
        let paused = self.paused_until.is_some_and(|until| now.wall < until && now.wall + PAUSE >= until);
        if jumped || (due && !paused) {
            self.reevaluate(local);
        }
        if jumped || self.due.is_some_and(|at| at <= now.wall) {
            // A filter may go by time.
            for effect in update(&mut self.model, Message::Deadline, now) {
                self.perform(effect);
            }
            (self.due, self.dirty) = (None, true);
        }
    }

    fn reevaluate(&mut self, local: Now) {
        let board = (self.io.reevaluate)(local);
        let now = board.clock.judge(local);
        let again = board.changes_at.is_some_and(|at| at <= now.wall);
        self.paused_until = if again { now.wall.checked_add_signed(PAUSE) } else { None };
        if !Arc::ptr_eq(&board, self.model.board()) {
            for effect in update(&mut self.model, Message::BoardChanged(board), now) {
                self.perform(effect);
            }
            self.dirty = true;
        }
    }

    fn may_draw(&self) -> bool {
        self.dirty && self.gap.is_none() && self.terminal.backend().sink().is_idle()
    }

    fn draw(&mut self, now: Now) {
        fault::point("draw");
        let (model, look) = (&self.model, &self.looks.look);
        let mut zones = Zones::default();
        let Ok::<_, Infallible>(_) = self.terminal.draw(|frame| zones = draw(model, look, now, frame));
        self.pointer.drawn(zones);
        self.dirty = false;
        self.due = next_change(&self.model, now);
        self.gap = Some(Box::pin(tokio::time::sleep(FRAME)));
    }

    /// Gives the terminal back and stops; goes on where it was when woken.
    async fn suspend(&mut self) -> Option<CockpitExit> {
        if !self.host.stop() {
            self.model.tell(Notice::bad("there is no shell to go back to"));
            self.dirty = true;
            return None;
        }
        // We may get here a moment before the stop takes effect: the terminal is taken again only when woken.
        let woken = async {
            while let Some(signal) = self.signals.next().await {
                match signal {
                    Sig::Continue => return None,
                    Sig::End(number) => return Some(CockpitExit::Signal(number)),
                    Sig::Stop | Sig::Look => {}
                }
            }
            None
        };
        let end = tokio::time::timeout(Duration::from_secs(2), woken).await.ok().flatten();
        if end.is_some() { end } else { self.resume() }
    }

    /// Takes the terminal again: everything is drawn anew, and nothing before it is known to be true.
    fn resume(&mut self) -> Option<CockpitExit> {
        if self.host.resume().is_err() {
            return Some(CockpitExit::TerminalGone);
        }
        if let Some(size) = self.host.size() {
            self.terminal.backend_mut().resize(size);
            let now = self.now();
            update(&mut self.model, Message::Resize(size.0, size.1), now);
        }
        self.start_afresh();
        self.reevaluate((self.io.now)());
        None
    }

    fn start_afresh(&mut self) {
        self.terminal.backend_mut().forget();
        let Ok(()) = self.terminal.clear();
        self.dirty = true;
    }
}

/// Whether the two clocks disagree about the time between, or one stepped back (V7).
fn clocks_jumped(before: Now, now: Now) -> bool {
    let wall = now.wall.signed_duration_since(before.wall);
    let Some(boot) = now.boot.checked_sub(before.boot).and_then(|it| TimeDelta::from_std(it).ok()) else {
        return true;
    };
    let apart = wall.checked_sub(&boot).map_or(TimeDelta::MAX, |it| it.abs());
    apart.to_std().unwrap_or(Duration::MAX) > CLOCK_TOLERANCE
}
