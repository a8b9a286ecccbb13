//! What is reported about a source: its answers as they come, and one state for all its loops.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::mpsc;

use super::PollEvent;
use gonogo_domain::{Budget, GateId, Phase, SourceHealth};

/// The way to whoever listens.
#[derive(Clone)]
pub(super) struct Tell {
    events: mpsc::Sender<PollEvent>,
    /// Which loop tells it; none where there is one for all.
    lane: Option<GateId>,
    /// The state that each loop told last. A loop that has been let go has no place in it.
    states: Arc<Mutex<States>>,
}

type States = BTreeMap<Option<GateId>, Option<SourceHealth>>;

/// Nobody listens any more.
pub(super) struct Unheard;

impl Tell {
    pub(super) fn new(events: mpsc::Sender<PollEvent>) -> Self {
        Self { events, lane: None, states: Arc::new(Mutex::new([(None, None)].into())) }
    }

    /// The same for the loop of one question.
    pub(super) fn lane(&self, gate: &GateId) -> Self {
        let lane = Some(gate.clone());
        self.states().insert(lane.clone(), None);
        Self { lane, ..self.clone() }
    }

    /// The loop of this question is let go: its state is none any more.
    pub(super) fn forget(&self, gate: &GateId) {
        self.states().remove(&Some(gate.clone()));
    }

    fn states(&self) -> MutexGuard<'_, States> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn event(&self, event: PollEvent) -> Result<(), Unheard> {
        self.events.send(event).await.map_err(|_| Unheard)
    }

    /// This loop's state; told is that of all of them together.
    pub(super) async fn health(&self, state: SourceHealth) -> Result<(), Unheard> {
        let whole = {
            let mut states = self.states();
            if let Some(own) = states.get_mut(&self.lane) {
                *own = Some(state);
            }
            states.values().flatten().cloned().reduce(together)
        };
        match whole {
            Some(whole) => self.event(PollEvent::Health(whole)).await,
            None => Ok(()),
        }
    }
}

/// The state of two loops of one source: what is worse speaks.
fn together(one: SourceHealth, other: SourceHealth) -> SourceHealth {
    let (worse, other) = if rank(one.phase) >= rank(other.phase) { (one, other) } else { (other, one) };
    let mut budgets = worse.budgets;
    other.budgets.iter().for_each(|budget| Budget::note(&mut budgets, *budget));
    SourceHealth {
        answered: [worse.answered, other.answered].into_iter().flatten().max_by_key(|stamp| stamp.wall),
        asked: worse.asked + other.asked,
        open: worse.open + other.open,
        failure: worse.failure.or(other.failure),
        next: [worse.next, other.next].into_iter().flatten().min(),
        budgets,
        ..worse
    }
}

fn rank(phase: Phase) -> u8 {
    match phase {
        Phase::Well => 0,
        Phase::Starting => 1,
        Phase::Asking => 2,
        Phase::BackingOff => 3,
        Phase::RateLimited => 4,
        Phase::Crashed => 5,
    }
}
