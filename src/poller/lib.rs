//! When to ask. One task per source asks, waits and asks again; it owns no verdicts and never blocks the screen.
//!
//! Promises:
//!
//! - a source is never asked before the moment that its server named (`Retry-After`, an empty rate budget), to whichever
//!   connection with the same credential it named it;
//! - under steady failure the traffic stays within 1.1 times the normal: one quick retry per ten polls, the rest
//!   waits at least an interval;
//! - an interval is at most a third of the shortest freshness limit asked for (V5);
//! - below a fifth of a rate budget the interval doubles; in the hour before T-0 it halves, never under 5 s, while every
//!   budget that the server reported stays above that until it resets;
//! - intervals carry jitter, so that several cockpits do not poll in step;
//! - a source whose code panics is a state ([`Phase::Crashed`]) and is asked again, never a dead program; so is one whose
//!   own loop here panics: no source falls silent unseen;
//! - where one answer may take minutes, as a program's may, each question has a loop of its own;
//! - waits are measured on the boot-time clock: after a suspend there is one poll, at once, and no burst;
//! - dropping the [`Poller`] cancels everything under way.

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod ask;
mod lanes;
mod pace;
mod poll_once;
mod tell;
mod waits;
mod watch;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use tokio::{
    sync::{mpsc, watch as channel},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

pub use self::poll_once::{PolledOnce, ServerNotes, poll_once};
use self::{tell::Tell, waits::Waits, watch::Begin};
use gonogo_domain::{Observation, Question, ServerTime, SourceHealth, SourceId, Str, TargetAnswer};
pub use gonogo_source::NowFn;
use gonogo_source::{Batch, Source, TargetQuestion};

#[cfg(doc)]
use gonogo_domain::Phase;

/// Which instance of a source: its name, and the connection of the user's settings that it uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey {
    /// The source.
    pub source: SourceId,
    /// The connection; `None` is the default one.
    pub connection: Option<Str>,
}

/// A source to poll.
#[derive(Clone)]
pub struct Polled {
    /// Which one.
    pub key: SourceKey,
    /// The thing that answers.
    pub source: Arc<dyn Source>,
}

impl Polled {
    /// Its part of what is asked: questions by its source and connection, and refs if it resolves them.
    fn part(&self, demands: &Demands) -> Batch {
        let Self { key, source } = self;
        let questions = demands.questions.iter();
        let questions =
            questions.filter(|it| it.query.source == key.source && it.connection == key.connection);
        let resolves = source.resolves_targets() && key.connection.is_none();
        Batch {
            questions: questions.cloned().collect(),
            targets: if resolves { demands.targets.clone() } else { Vec::new() },
        }
    }
}

/// How often to ask.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Time between two polls of one source when all is well.
    pub interval: Duration,
    /// Share of the interval by which it is shortened at most, 0 to 0.5, differently each time.
    pub jitter: f64,
    /// Where the jitter starts: two cockpits with one seed that start at the same moment poll in step.
    pub seed: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { interval: Duration::from_secs(30), jitter: 0.1, seed: 0 }
    }
}

/// What is to be asked at present, of all sources together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Demands {
    /// Questions of gates.
    pub questions: Vec<Question>,
    /// Refs to resolve.
    pub targets: Vec<TargetQuestion>,
    /// The shortest freshness limit among them.
    pub freshest: Option<Duration>,
    /// The launch's T-0: the hour before it is asked more often where the budgets allow.
    pub t0: Option<DateTime<Utc>>,
}

/// What the poller has to tell.
#[derive(Clone, Debug)]
pub enum PollEvent {
    /// A source answered (or failed to).
    Answered {
        /// The source and connection that it is about.
        key: SourceKey,
        /// One per question.
        observations: Vec<Observation>,
        /// One per ref.
        targets: Vec<TargetAnswer>,
        /// The server's clock, if it told.
        clock: Option<ServerTime>,
    },
    /// A source changed what it is doing.
    Health(SourceHealth),
}

/// The running tasks. Dropping it cancels them.
#[derive(Debug)]
pub struct Poller {
    demands: channel::Sender<Arc<Demands>>,
    refresh: channel::Sender<u64>,
    cancel: CancellationToken,
    tasks: JoinSet<()>,
}

impl Poller {
    /// Starts one task per source. Must be called within a tokio runtime.
    pub fn start(sources: Vec<Polled>, pace: Pace, now: &NowFn) -> (Self, mpsc::Receiver<PollEvent>) {
        let (events, receiver) = mpsc::channel(64);
        let (demands, _) = channel::channel(Arc::new(Demands::default()));
        let (refresh, _) = channel::channel(0);
        let cancel = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let waits = Waits::default();
        for polled in sources {
            let (now, waits) = (Arc::clone(now), waits.clone());
            let (apart, tell) = (polled.source.asks_apart(), Tell::new(events.clone()));
            let begin = Begin { polled, pace, now, waits, tell, only: None, cancel: cancel.child_token() };
            let (demands, refresh) = (demands.subscribe(), refresh.subscribe());
            if apart {
                tasks.spawn(lanes::run(begin, demands, refresh));
            } else {
                tasks.spawn(begin.watched(demands, refresh));
            }
        }
        (Self { demands, refresh, cancel, tasks }, receiver)
    }

    /// Replaces what is asked. Sources whose part of it changed are asked at once.
    pub fn demand(&self, demands: Demands) {
        self.demands.send_if_modified(|current| {
            let changed = **current != demands;
            if changed {
                *current = Arc::new(demands);
            }
            changed
        });
    }

    /// Asks every source now, except those whose server told us to wait.
    pub fn refresh(&self) {
        self.refresh.send_modify(|count| *count += 1);
    }

    /// Cancels everything under way and waits for the tasks to end.
    pub async fn stop(mut self) {
        self.cancel.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}
