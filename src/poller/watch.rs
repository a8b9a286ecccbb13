//! The loop of one source.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use chrono::TimeDelta;
use tokio::sync::watch as channel;
use tokio_util::sync::CancellationToken;

use super::{
    Demands, NowFn, Pace, PollEvent, Polled, SourceKey,
    ask::{PollResult, ask, crash},
    pace::{NextPoll, Pacer, PollOutcome},
    tell::{Tell, Unheard},
    waits::Waits,
};
use gonogo_domain::{Budget, Digest, GateId, Phase, SourceHealth, Stamp};
use gonogo_source::Batch;

/// The longest sleep: tokio's timers stand still in a suspend, so the boot-time clock is looked at this often.
const SLICE: Duration = Duration::from_secs(5);
/// Two polls of one source are at least this far apart, whatever changed.
const LEAST_GAP: Duration = Duration::from_millis(250);
/// After its own code panicked, a source is left alone so long at least.
const CRASH_PAUSE: Duration = Duration::from_secs(60);

/// The loop of one source.
struct Watch {
    begin: Begin,
    pacer: Pacer,
    /// What it shares with other connections, if it does.
    server: Option<Digest>,
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

/// All that the loop of a source begins with.
#[derive(Clone)]
pub(super) struct Begin {
    pub(super) polled: Polled,
    pub(super) pace: Pace,
    pub(super) now: NowFn,
    pub(super) waits: Waits,
    pub(super) tell: Tell,
    /// The one question that this loop asks; none: all of the source's.
    pub(super) only: Option<GateId>,
    pub(super) cancel: CancellationToken,
}

impl Begin {
    /// The same for one question alone.
    pub(super) fn lane(&self, gate: &GateId) -> Self {
        let (tell, cancel) = (self.tell.lane(gate), self.cancel.child_token());
        Self { tell, only: Some(gate.clone()), cancel, ..self.clone() }
    }

    /// Runs the loop. If its own code panics, that is reported, and it restarts after a while.
    pub(super) async fn watched(
        self,
        demands: channel::Receiver<Arc<Demands>>,
        refresh: channel::Receiver<u64>,
    ) {
        loop {
            let (begin, demands, refresh) = (self.clone(), demands.clone(), refresh.clone());
            let ended = tokio::spawn(async move { Watch::new(begin).run(demands, refresh).await }).await;
            if !ended.is_err_and(|error| error.is_panic()) {
                return;
            }
            let failure = Some(crash(&self.polled.key.source));
            let crashed = SourceHealth { failure, ..self.state(Phase::Crashed) };
            if self.tell.health(crashed).await.is_err() {
                return;
            }
            // What the server asked for last may be lost with it: long enough for most of that.
            let pause = CRASH_PAUSE.max(self.pace.interval);
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// The state of one of which nothing else is known.
    fn state(&self, phase: Phase) -> SourceHealth {
        let SourceKey { source, connection } = self.polled.key.clone();
        SourceHealth::new(source, connection, phase)
    }

    /// This loop's part of what is asked.
    pub(super) fn part(&self, demands: &Demands) -> Batch {
        let mut batch = self.polled.part(demands);
        batch.questions.retain(|it| self.only.as_ref().is_none_or(|gate| *gate == it.gate));
        batch
    }
}

impl Watch {
    fn new(begin: Begin) -> Self {
        let mut seed = DefaultHasher::new();
        let start = (begin.now)();
        (start.wall, start.boot, begin.pace.seed, &begin.polled.key, &begin.only).hash(&mut seed);
        let health = begin.state(Phase::Starting);
        let pacer = Pacer::new(begin.pace, seed.finish());
        let server = begin.polled.source.server();
        Self { begin, pacer, server, health, due: start.boot, not_before: start.boot }
    }

    async fn run(
        mut self,
        mut demands: channel::Receiver<Arc<Demands>>,
        mut refresh: channel::Receiver<u64>,
    ) {
        let mut last = Batch::default();
        loop {
            let current = Arc::clone(&demands.borrow_and_update());
            let batch = self.begin.part(&current);
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

    fn is_due(&self) -> bool {
        (self.begin.now)().boot >= self.due
    }

    fn may(&self) -> bool {
        (self.begin.now)().boot >= self.not_before.max(self.begin.waits.until(self.server.as_ref()))
    }

    async fn poll(&mut self, batch: Batch, demands: &Demands) -> Result<(), Unheard> {
        self.health.phase = Phase::Asking;
        self.tell_health().await?;
        let started = (self.begin.now)();
        let asked = tokio::select! {
            biased;
            () = self.begin.cancel.cancelled() => return Err(Unheard),
            asked = ask(&self.begin.polled, batch, &self.begin.now, &self.begin.cancel) => asked,
        };
        self.plan(&asked, demands, Stamp::at(started));
        let key = self.begin.polled.key.clone();
        let PollResult { observations, targets, clock, .. } = asked;
        self.send(PollEvent::Answered { key, observations, targets, clock }).await?;
        self.tell_health().await
    }

    /// Decides when to ask next and what the source's state is.
    fn plan(&mut self, asked: &PollResult, demands: &Demands, seen: Stamp) {
        let now = (self.begin.now)();
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
            self.begin.waits.extend(self.server.as_ref(), now.boot + not_before);
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
        let now = (self.begin.now)().boot;
        let others = self.begin.waits.until(self.server.as_ref());
        let wanted = self.due.max(self.not_before).max(others).saturating_sub(now);
        let slice = if nothing { SLICE } else { wanted.clamp(Duration::from_millis(1), SLICE) };
        tokio::select! {
            biased;
            () = self.begin.cancel.cancelled() => Wake::Over,
            changed = demands.changed() => if changed.is_ok() { Wake::Changed } else { Wake::Over },
            changed = refresh.changed() => {
                self.due = now;
                if changed.is_ok() { Wake::Changed } else { Wake::Over }
            }
            () = tokio::time::sleep(slice) => Wake::Due,
        }
    }

    async fn tell_health(&self) -> Result<(), Unheard> {
        tokio::select! {
            biased;
            () = self.begin.cancel.cancelled() => Err(Unheard),
            told = self.begin.tell.health(self.health.clone()) => told,
        }
    }

    async fn send(&self, event: PollEvent) -> Result<(), Unheard> {
        tokio::select! {
            biased;
            () = self.begin.cancel.cancelled() => Err(Unheard),
            sent = self.begin.tell.event(event) => sent,
        }
    }
}
