//! How long to wait: pure, so that years of polling can be tested in a moment.

use std::time::Duration;

use super::Pace;
use crate::domain::Budget;

/// The longest wait that back-off alone can make.
const CAP: Duration = Duration::from_secs(60);
/// The first quick retry comes within this.
const QUICK: Duration = Duration::from_secs(5);
/// Below this share of a rate budget the interval doubles.
const LOW_BUDGET: f64 = 0.2;
/// What one normal poll adds to the budget of quick retries.
const RETRY_SHARE: f64 = 0.1;

/// How a poll went, as far as pacing cares.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Outcome {
    /// At least one transient failure.
    pub failed: bool,
    /// The server asked us to stay away for so long.
    pub wait: Option<Duration>,
    /// What is left of the rate budget, and when it is full again.
    pub budget: Option<(Budget, Duration)>,
}

/// The pacing state of one source.
#[derive(Clone, Debug)]
pub(super) struct Pacer {
    pace: Pace,
    failures: u32,
    retries: f64,
    random: fastrand::Rng,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Next {
    /// Ask again after this.
    pub after: Duration,
    /// Do not ask before this has passed, not even when a person wants to.
    pub not_before: Duration,
}

impl Pacer {
    pub(super) fn new(pace: Pace, seed: u64) -> Self {
        Self { pace, failures: 0, retries: 1.0, random: fastrand::Rng::with_seed(seed) }
    }

    /// The wait after a poll. `freshest` is the shortest freshness limit asked for (V5).
    pub(super) fn next(&mut self, outcome: Outcome, freshest: Option<Duration>) -> Next {
        let interval = self.interval(outcome.budget.map(|(budget, _)| budget), freshest);
        let after = if outcome.failed { self.back_off(interval) } else { self.steady(interval) };
        let empty = outcome.budget.filter(|(budget, _)| budget.remaining == 0).map(|(_, resets)| resets);
        let not_before = outcome.wait.unwrap_or_default().max(empty.unwrap_or_default());
        let spread = if not_before.is_zero() { Duration::ZERO } else { self.up_to(Duration::from_secs(2)) };
        Next { after: after.max(not_before + spread), not_before }
    }

    fn interval(&self, budget: Option<Budget>, freshest: Option<Duration>) -> Duration {
        let third = freshest.map_or(Duration::MAX, |limit| limit / 3);
        let slow = budget.is_some_and(|budget| budget.share() < LOW_BUDGET);
        let wanted = if slow { self.pace.interval * 2 } else { self.pace.interval };
        wanted.min(third).max(Duration::from_secs(1))
    }

    fn steady(&mut self, interval: Duration) -> Duration {
        self.failures = 0;
        self.retries = (self.retries + RETRY_SHARE).min(1.0);
        // Only downwards from the limit of V5: the interval is a maximum.
        let share = 1.0 - self.pace.jitter.clamp(0.0, 0.5) * self.random.f64();
        interval.mul_f64(share)
    }

    fn back_off(&mut self, interval: Duration) -> Duration {
        self.failures = self.failures.saturating_add(1);
        if self.retries >= 1.0 {
            self.retries -= 1.0;
            return Duration::from_millis(500) + self.up_to(QUICK);
        }
        self.retries = (self.retries + RETRY_SHARE).min(1.0);
        let doubled = interval.saturating_mul(1 << self.failures.min(6)).min(CAP.max(interval));
        interval + self.up_to(doubled.saturating_sub(interval))
    }

    fn up_to(&mut self, most: Duration) -> Duration {
        most.mul_f64(self.random.f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: Outcome = Outcome { failed: true, wait: None, budget: None };

    fn pacer() -> Pacer {
        Pacer::new(Pace::default(), 7)
    }

    #[test]
    fn a_steady_interval_has_jitter_and_never_exceeds_a_third_of_the_freshness() {
        let mut pacer = pacer();
        let waits: Vec<_> =
            (0..200).map(|_| pacer.next(Outcome::default(), Some(Duration::from_secs(60)))).collect();
        assert!(waits.iter().all(|next| next.after <= Duration::from_secs(20)));
        assert!(waits.windows(2).any(|pair| pair[0] != pair[1]), "no jitter");
    }

    #[test]
    fn total_failure_costs_at_most_a_tenth_more_requests() {
        let hour = Duration::from_secs(36_000);
        let count = |outcome: Outcome| {
            let (mut pacer, mut at, mut polls) = (pacer(), Duration::ZERO, 0_u32);
            while at < hour {
                at += pacer.next(outcome, None).after;
                polls += 1;
            }
            f64::from(polls)
        };
        assert!(count(FAILED) <= 1.1 * count(Outcome::default()));
    }

    #[test]
    fn one_failure_is_retried_quickly_and_back_off_is_capped() {
        let mut pacer = pacer();
        assert!(pacer.next(FAILED, None).after < Duration::from_secs(6));
        for _ in 0..100 {
            assert!(pacer.next(FAILED, None).after <= CAP);
        }
    }

    #[test]
    fn never_before_the_server_said() {
        let mut pacer = pacer();
        let wait = Some(Duration::from_secs(120));
        for _ in 0..100 {
            let next = pacer.next(Outcome { wait, ..FAILED }, None);
            assert!(next.after >= Duration::from_secs(120) && next.not_before == Duration::from_secs(120));
        }
    }

    #[test]
    fn an_empty_budget_pauses_until_its_reset_and_a_low_one_slows_down() {
        let mut pacer = pacer();
        let resets = chrono::DateTime::<chrono::Utc>::UNIX_EPOCH;
        let budget = |remaining| Some((Budget { limit: 5_000, remaining, resets }, Duration::from_secs(900)));
        let empty = pacer.next(Outcome { budget: budget(0), ..Outcome::default() }, None);
        assert!(empty.after >= Duration::from_secs(900));
        let low = pacer.next(Outcome { budget: budget(100), ..Outcome::default() }, None);
        assert!(low.after > Duration::from_secs(45), "{low:?}");
    }
}
