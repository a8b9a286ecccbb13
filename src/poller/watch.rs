//! The loop of one source.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use chrono::TimeDelta;
use tokio::sync::{mpsc, watch as channel};
use tokio_util::sync::CancellationToken;

use super::{
    Demands, NowFn, Pace, PollEvent, Polled,
    ask::{PollResult, ask},
    pace::{NextPoll, Pacer, PollOutcome},
    waits::Waits,
};
use gonogo_domain::{Budget, Digest, Phase, SourceHealth, Stamp};
use gonogo_source::Batch;

/// The longest sleep: tokio's timers stand still in a suspend, so the boot-time clock is looked at this often.
const SLICE: Duration = Duration::from_secs(5);
/// Two polls of one source are at least this far apart, whatever changed.
const LEAST_GAP: Duration = Duration::from_millis(250);

pub(super) struct Watch {
    polled: Polled,
    pacer: Pacer,
    now: NowFn,
    waits: Waits,
    /// What it shares with other connections, if it does.
    server: Option<Digest>,
    events: mpsc::Sender<PollEvent>,
    cancel: CancellationToken,
    health: SourceHealth,
    /// Boot-time moments: ask again at, and not before.
    due: Duration,
    not_before: Duration,
}

enum Wake {
    Due,
    Changed,
    Over,
}

impl Watch {
    pub(super) fn new(
        polled: Polled,
        pace: Pace,
        (now, waits): (NowFn, Waits),
        events: mpsc::Sender<PollEvent>,
        cancel: CancellationToken,
    ) -> Self {
        let mut seed = DefaultHasher::new();
        let start = now();
        (start.wall, start.boot, pace.seed, &polled.key).hash(&mut seed);
        let health = SourceHealth {
            source: polled.key.source.clone(),
            connection: polled.key.connection.clone(),
            phase: Phase::Starting,
            answered: None,
            asked: 0,
            open: 0,
            failure: None,
            next: None,
            budgets: Vec::new(),
        };
        let pacer = Pacer::new(pace, seed.finish());
        let server = polled.source.server();
        let (due, not_before) = (start.boot, start.boot);
        Self { polled, pacer, now, waits, server, events, cancel, health, due, not_before }
    }

    pub(super) async fn run(
        mut self,
        mut demands: channel::Receiver<Arc<Demands>>,
        mut refresh: channel::Receiver<u64>,
    ) {
        let mut last = Batch::default();
        loop {
            let current = Arc::clone(&demands.borrow_and_update());
            let batch = self.part(&current);
            let nothing = batch.questions.is_empty() && batch.targets.is_empty();
            if batch != last {
                // Something new is asked: as soon as the server allows.
                self.due = self.due.min(self.not_before);
            }
            if !nothing && self.is_due() && self.may() {
                last = batch.clone();
                if self.poll(batch, &current).await.is_err() {
                    return;
                }
            }
            match self.sleep(&mut demands, &mut refresh, nothing).await {
                Wake::Over => return,
                Wake::Changed | Wake::Due => {}
            }
        }
    }

    /// This source's part of what is asked.
    fn part(&self, demands: &Demands) -> Batch {
        let mine = |source: &str, connection: Option<&str>| {
            source == self.polled.key.source.as_str() && connection == self.polled.key.connection.as_deref()
        };
        let questions = demands.questions.iter();
        let questions = questions
            .filter(|it| mine(it.query.source.as_str(), it.connection.as_deref()))
            .cloned()
            .collect();
        let resolves = self.polled.source.resolves_targets() && self.polled.key.connection.is_none();
        Batch { questions, targets: if resolves { demands.targets.clone() } else { Vec::new() } }
    }

    fn is_due(&self) -> bool {
        (self.now)().boot >= self.due
    }

    fn may(&self) -> bool {
        (self.now)().boot >= self.not_before.max(self.waits.until(self.server.as_ref()))
    }

    async fn poll(&mut self, batch: Batch, demands: &Demands) -> Result<(), ()> {
        self.health.phase = Phase::Asking;
        self.tell_health().await?;
        let started = (self.now)();
        let asked = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Err(()),
            asked = ask(&self.polled, batch, &self.now, &self.cancel) => asked,
        };
        self.plan(&asked, demands, Stamp::at(started));
        let key = self.polled.key.clone();
        let PollResult { observations, targets, clock, .. } = asked;
        self.send(PollEvent::Answered { key, observations, targets, clock }).await?;
        self.tell_health().await
    }

    /// Decides when to ask next and what the source's state is.
    fn plan(&mut self, asked: &PollResult, demands: &Demands, seen: Stamp) {
        let now = (self.now)();
        // A reset is a moment of the server's clock: ours may be wrong.
        let offset = asked.clock.map(|clock| clock.offset(now)).unwrap_or_default();
        let servers = now.wall.checked_add_signed(offset).unwrap_or(now.wall);
        let until_t0 = demands.t0.and_then(|t0| (t0 - servers).to_std().ok());
        let outcome = PollOutcome {
            failed: asked.is_transient(),
            wait: asked.wait,
            budgets: asked.budgets.iter().map(|budget| (*budget, budget.resets_in(servers))).collect(),
            requests: asked.requests,
            until_t0,
        };
        let NextPoll { after, not_before } = self.pacer.next(&outcome, demands.freshest);
        self.due = now.boot + after;
        self.not_before = now.boot + not_before.max(LEAST_GAP);
        if !not_before.is_zero() {
            self.waits.extend(self.server.as_ref(), now.boot + not_before);
        }
        self.health.phase = match (asked.crashed, not_before.is_zero(), asked.is_transient()) {
            (true, ..) => Phase::Crashed,
            (false, false, _) => Phase::RateLimited,
            (false, true, true) => Phase::BackingOff,
            (false, true, false) => Phase::Well,
        };
        if asked.failed < asked.asked {
            self.health.answered = Some(seen);
        }
        (self.health.asked, self.health.open) = (asked.asked, asked.failed);
        self.health.failure.clone_from(&asked.failure);
        asked.budgets.iter().for_each(|budget| Budget::note(&mut self.health.budgets, *budget));
        self.health.next =
            TimeDelta::from_std(after).ok().and_then(|after| now.wall.checked_add_signed(after));
    }

    async fn sleep(
        &mut self,
        demands: &mut channel::Receiver<Arc<Demands>>,
        refresh: &mut channel::Receiver<u64>,
        nothing: bool,
    ) -> Wake {
        let now = (self.now)().boot;
        let others = self.waits.until(self.server.as_ref());
        let wanted = self.due.max(self.not_before).max(others).saturating_sub(now);
        let slice = if nothing { SLICE } else { wanted.clamp(Duration::from_millis(1), SLICE) };
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Wake::Over,
            changed = demands.changed() => if changed.is_ok() { Wake::Changed } else { Wake::Over },
            changed = refresh.changed() => {
                self.due = now;
                if changed.is_ok() { Wake::Changed } else { Wake::Over }
            }
            () = tokio::time::sleep(slice) => Wake::Due,
        }
    }

    async fn tell_health(&self) -> Result<(), ()> {
        self.send(PollEvent::Health(self.health.clone())).await
    }

    async fn send(&self, event: PollEvent) -> Result<(), ()> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(()),
            sent = self.events.send(event) => sent.map_err(|_| ()),
        }
    }
}
