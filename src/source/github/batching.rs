//! How much is asked in one request, and what is left to ask of a batch that was too much.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    },
};

use super::{
    fact::GraphFact,
    graph::{Answers, GraphRequest},
};
use gonogo_domain::{Failure, FailureKind};

/// So many good requests in a row, and the size is tried doubled again.
const RECOVERY: u32 = 30;

/// How much is asked in one request.
pub(super) struct BatchSize {
    now: AtomicUsize,
    most: usize,
    good: AtomicU32,
    /// The server failed and nothing has succeeded since: it is down rather than overburdened.
    down: AtomicBool,
}

/// Facts whose answer was too large, or cost too much, by itself.
#[derive(Default)]
pub(super) struct LargeFacts(Mutex<HashMap<GraphFact, Large>>);

/// An answer that was too large.
#[derive(Default)]
struct Large {
    strikes: u32,
    /// For so many polls it is not asked for.
    rest: u32,
}

impl LargeFacts {
    /// Asked for by itself from now on.
    pub(super) fn ask_apart(&self, fact: &GraphFact) {
        self.all().entry(fact.clone()).or_default();
    }

    /// Left alone for twice as many polls each time, and asked for by itself then.
    pub(super) fn leave_alone(&self, asked: &GraphRequest) {
        let mut all = self.all();
        for fact in asked.each() {
            let it = all.entry(fact.clone()).or_default();
            it.strikes = (it.strikes + 1).min(6);
            it.rest = 1 << it.strikes;
        }
    }

    /// What has an answer is asked for like any other again.
    pub(super) fn forget(&self, found: &Answers) {
        let mut all = self.all();
        for (fact, _) in found.iter().filter(|(_, answer)| answer.is_ok()) {
            all.remove(fact);
        }
    }

    /// Without those that are left alone in this poll: they fail.
    pub(super) fn leave_out(&self, facts: Vec<GraphFact>, answers: &mut Answers) -> Vec<GraphFact> {
        let mut all = self.all();
        let rests = |fact: &GraphFact| match all.get_mut(fact) {
            Some(it) if it.rest > 0 => {
                it.rest -= 1;
                true
            }
            _ => false,
        };
        let (out, rest): (Vec<_>, Vec<_>) = facts.into_iter().partition(rests);
        for fact in out {
            let message = format!(
                "GitHub's answer about {} was too large; gonogo waits before it asks again",
                fact.shape.what
            );
            let failure =
                Failure::new(FailureKind::Incomplete, message).advise("narrow down what the gate asks for");
            answers.push((fact, Err(failure)));
        }
        rest
    }

    /// In batches of that size, and what was too much by itself alone: the others do not pay for it.
    pub(super) fn apart(&self, facts: Vec<GraphFact>, size: usize) -> Vec<Vec<GraphFact>> {
        let all = self.all();
        let (alone, rest): (Vec<_>, Vec<_>) = facts.into_iter().partition(|fact| all.contains_key(fact));
        let alone = alone.into_iter().map(|fact| vec![fact]);
        rest.chunks(size).map(<[_]>::to_vec).chain(alone).collect()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<GraphFact, Large>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one poll has seen of one weight so far.
#[derive(Default)]
pub(super) struct BatchRun {
    pub(super) splits: u32,
    pub(super) healthy: bool,
    /// The server could not cope with so many; if it can with half, the size is remembered.
    pub(super) overloaded: Option<usize>,
    /// A batch finds out whether it can.
    pub(super) probing: bool,
    /// Nothing more is asked.
    pub(super) ended: Option<Failure>,
}

/// What is still to be asked of one batch.
#[derive(Default)]
pub(super) struct OpenBatch {
    pub(super) todo: Vec<Vec<GraphFact>>,
    /// It is the one that finds out whether smaller parts help.
    pub(super) probing: bool,
    /// The fewest facts that were too much together.
    too_much: Option<usize>,
}

impl OpenBatch {
    pub(super) fn new(batch: Vec<GraphFact>) -> Self {
        Self { todo: vec![batch], ..Self::default() }
    }

    pub(super) fn was_too_much(&mut self, asked: usize) {
        self.too_much = Some(self.too_much.map_or(asked, |before| before.min(asked)));
    }

    /// So many were too much, so that fewer are asked at once from now on. One that is too much by itself is no reason
    /// for that.
    pub(super) fn too_many(&self) -> Option<usize> {
        self.too_much.filter(|asked| *asked > 1)
    }
}

impl BatchSize {
    pub(super) fn new(most: usize) -> Self {
        Self { now: most.into(), most, good: AtomicU32::new(0), down: AtomicBool::new(false) }
    }

    /// The server failed. Whether it had failed before, and nothing has succeeded since: it is down.
    pub(super) fn goes_down(&self) -> bool {
        self.down.swap(true, Ordering::Relaxed)
    }

    pub(super) fn get(&self) -> usize {
        self.now.load(Ordering::Relaxed).max(1)
    }

    pub(super) fn shrink(&self, asked: usize) {
        self.now.store((asked / 2).max(1), Ordering::Relaxed);
        self.good.store(0, Ordering::Relaxed);
    }

    pub(super) fn succeeded(&self) {
        self.down.store(false, Ordering::Relaxed);
        if self.good.fetch_add(1, Ordering::Relaxed) + 1 >= RECOVERY {
            self.good.store(0, Ordering::Relaxed);
            let doubled = self.get().saturating_mul(2).min(self.most);
            self.now.store(doubled, Ordering::Relaxed);
        }
    }
}

/// Puts both halves on the list, the first one on top; a single fact fails instead.
pub(super) fn halve(
    asked: GraphRequest,
    todo: &mut Vec<Vec<GraphFact>>,
    answers: &mut Answers,
    failure: &Failure,
) {
    let mut facts = asked.facts();
    if facts.len() < 2 {
        return fail(answers, facts, failure);
    }
    let second = facts.split_off(facts.len() / 2);
    todo.push(second);
    todo.push(facts);
}

pub(super) fn fail(answers: &mut Answers, facts: Vec<GraphFact>, failure: &Failure) {
    answers.extend(facts.into_iter().map(|fact| (fact, Err(failure.clone()))));
}
