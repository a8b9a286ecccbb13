//! What the loop waits for.

use std::{io, time::Duration};

use chrono::{DateTime, Utc};
use crossterm::event::Event;
use futures_util::{Stream, StreamExt as _};

use super::{Driver, FrameSink, Host, Message, Sig};
use gonogo_domain::Now;

/// In a recording that is played fast, what changes by itself is drawn this often at most.
const PLAYBACK_FRAME: Duration = Duration::from_millis(50);

/// Why the loop goes on.
pub(super) enum Woken {
    Message(Message),
    Event(Event),
    Signal(Sig),
    TerminalGone,
    ApplicationGone,
    Time,
}

impl Woken {
    pub(super) fn of_signal(signal: Option<Sig>) -> Self {
        signal.map_or(Self::Time, Self::Signal)
    }

    /// An error, or the end, of the input means that the terminal is gone.
    pub(super) fn of_input(event: Option<io::Result<Event>>) -> Self {
        match event {
            Some(Ok(event)) => Self::Event(event),
            Some(Err(_)) | None => Self::TerminalGone,
        }
    }

    pub(super) fn of_application(message: Option<Message>) -> Self {
        message.map_or(Self::ApplicationGone, Self::Message)
    }
}

impl<I, G, S, H> Driver<I, G, S, H>
where
    I: Stream<Item = io::Result<Event>> + Unpin,
    G: Stream<Item = Sig> + Unpin,
    S: FrameSink,
    H: Host,
{
    /// Waits for the next thing to do.
    pub(super) async fn wait(&mut self, now: Now) -> Woken {
        let nap = self.nap(now);
        let changed = self.terminal.backend().sink().changed();
        tokio::select! {
            biased;
            signal = self.signals.next() => Woken::of_signal(signal),
            event = self.input.next() => Woken::of_input(event),
            message = self.io.messages.recv() => Woken::of_application(message),
            () = changed.notified() => Woken::Time,
            () = passed(&mut self.gap) => {
                self.gap = None;
                Woken::Time
            }
            () = tokio::time::sleep(nap) => Woken::Time,
        }
    }

    /// How long nothing is known to happen, at most as long as the clocks may go unwatched.
    fn nap(&self, now: Now) -> Duration {
        let longest = self.host.longest_nap();
        let soonest = [self.due, self.model.board().changes_at, self.paused_until].into_iter().flatten();
        // What is past is either done or waits for a pause to end.
        let ahead = soonest.filter(|at| *at > now.wall).min();
        ahead.and_then(|at| self.real(at, now.wall)).unwrap_or(longest).min(longest)
    }

    /// How much of our time there is until a moment of the clock that is shown; `None` while that stands still.
    fn real(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> Option<Duration> {
        let shown = (at - now).to_std().unwrap_or_default();
        match self.model.playback() {
            None => Some(shown),
            Some(playback) => playback.real_time(shown).map(|real| real.max(PLAYBACK_FRAME)),
        }
    }
}

/// Ends when the gap between two frames has passed; never when there is none.
async fn passed(gap: &mut Option<std::pin::Pin<Box<tokio::time::Sleep>>>) {
    match gap {
        Some(gap) => gap.as_mut().await,
        None => std::future::pending().await,
    }
}
