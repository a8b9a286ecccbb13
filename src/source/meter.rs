//! What one poll cost and what the server said about its limits and the time: one meter for every source.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};

use super::{
    Batch, Report,
    http::{BudgetKind, Dialect, MAX_RETRY_AFTER, Response, rate},
};
use gonogo_domain::{Budget, BudgetOf, Failure, FailureKind, GateId};

/// Counts for one poll. Shared by the requests that are under way.
#[derive(Debug, Default)]
pub(super) struct Meter(Mutex<MeterCounts>);

#[derive(Debug, Default)]
struct MeterCounts {
    requests: u32,
    not_modified: u32,
    budgets: Vec<Budget>,
    wait: Option<Duration>,
    server_time: Option<DateTime<Utc>>,
    /// Why nothing more may be sent; to one budget, or (none) at all.
    halts: Vec<(Option<BudgetOf>, Failure)>,
    /// Gates that another look brings nearer to their answer.
    again: Vec<GateId>,
    /// The longest that a cache had kept one of the answers.
    kept: Duration,
}

impl Meter {
    /// One more request goes out.
    pub(super) fn sent(&self) {
        self.tally().requests += 1;
    }

    /// Reads what every answer says about rates and time, and how long it asks us to stay away.
    pub(super) fn note(&self, response: &Response, dialect: Dialect) -> Option<Duration> {
        let now = response.date();
        let rate = rate(response, dialect);
        let mut tally = self.tally();
        tally.not_modified += u32::from(response.not_modified());
        tally.server_time = now.or(tally.server_time);
        if let Some(now) = now {
            rate.left(now).for_each(|budget| Budget::note(&mut tally.budgets, budget));
        }
        // Searches have a budget of their own, and are waited for by themselves.
        let search = |it: &super::http::RateBudget| it.kind == BudgetKind::Search && it.remaining == 0;
        let search = now.is_some() && rate.budgets.iter().any(search);
        rate.wait().filter(|_| !search)
    }

    /// Takes in that an answer was the last one that a budget had: nothing more is asked of it, in this poll and until it
    /// is full again. GitHub counts apart what its REST and GraphQL take; elsewhere a spent budget is the server's. One of
    /// searches, or of a single endpoint, stops nothing else.
    pub(super) fn heed_spent(&self, response: &Response, dialect: Dialect) {
        if response.date().is_none() || !response.is_success() {
            return;
        }
        let rate = rate(response, dialect);
        for budget in rate.budgets.iter().filter(|it| it.remaining == 0) {
            let of = match (dialect, budget.kind) {
                (Dialect::Github, BudgetKind::Rest | BudgetKind::Graphql) => Some(budget.kind.into()),
                (Dialect::Github, _) | (_, BudgetKind::Search | BudgetKind::Endpoint) => continue,
                _ => None,
            };
            let message = "the rate limit is used up; gonogo waits until it resets";
            let wait = rate.retry_after.unwrap_or(budget.reset_in);
            self.halt(of, &Failure::new(FailureKind::RateLimited, message), wait);
        }
    }

    /// The server asked not to be called for so long.
    pub(super) fn wait(&self, wait: Option<Duration>) {
        let mut tally = self.tally();
        tally.wait = tally.wait.max(wait.map(|wait| wait.min(MAX_RETRY_AFTER)));
    }

    /// For how long the server asked not to be called.
    pub(super) fn waits(&self) -> Option<Duration> {
        self.tally().wait
    }

    /// A cache had kept one of the answers for so long.
    pub(super) fn keep(&self, kept: Duration) {
        let mut tally = self.tally();
        tally.kept = tally.kept.max(kept);
    }

    /// How much older than the poll its answers are, where a cache gave one of them: which of them it was that an answer
    /// comes of, nobody tells.
    pub(super) fn kept(&self, batch: &Batch) -> HashMap<GateId, Duration> {
        let kept = self.tally().kept;
        let gates = batch.questions.iter().filter(|_| !kept.is_zero());
        gates.map(|question| (question.gate.clone(), kept)).collect()
    }

    /// One look is not all that the gate asks for.
    pub(super) fn look_again(&self, gate: &GateId) {
        self.tally().again.push(gate.clone());
    }

    /// A budget reported in a body.
    pub(super) fn budget(&self, budget: Budget) {
        Budget::note(&mut self.tally().budgets, budget);
    }

    /// Nothing more is sent in this poll, or to one budget only; whatever of that is still open fails like this. `wait`
    /// is what the server asked for, or what is decent where it named nothing; searches are waited for by themselves.
    pub(super) fn halt(&self, of: Option<BudgetOf>, failure: &Failure, wait: Duration) {
        let mut tally = self.tally();
        if !tally.halts.iter().any(|(known, _)| *known == of) {
            tally.halts.push((of, failure.clone()));
        }
        drop(tally);
        if of != Some(BudgetOf::Search) && !wait.is_zero() {
            self.wait(Some(wait));
        }
    }

    /// Why nothing more may be sent to a budget.
    pub(super) fn halted(&self, of: BudgetOf) -> Option<Failure> {
        let tally = self.tally();
        tally.halts.iter().find(|(halted, _)| halted.is_none_or(|it| it == of)).map(|(_, why)| why.clone())
    }

    /// Whether a limit was met already.
    pub(super) fn is_halted(&self) -> bool {
        !self.tally().halts.is_empty()
    }

    /// The server's clock, as far as it told.
    pub(super) fn server_time(&self) -> Option<DateTime<Utc>> {
        self.tally().server_time
    }

    /// Adds the counts to a report.
    pub(super) fn report(&self, report: &mut Report) {
        let tally = self.tally();
        report.requests = tally.requests;
        report.not_modified = tally.not_modified;
        report.budgets.clone_from(&tally.budgets);
        report.wait = tally.wait;
        report.server_time = tally.server_time;
        report.again.clone_from(&tally.again);
    }

    fn tally(&self) -> MutexGuard<'_, MeterCounts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
