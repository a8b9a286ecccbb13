//! How long to wait: pure, so that years of polling can be tested in a moment.

use std::time::Duration;

use super::Pace;
use gonogo_domain::{Budget, BudgetOf};

/// The longest wait that back-off alone can make.
const CAP: Duration = Duration::from_secs(60);
/// The first quick retry comes within this.
const QUICK: Duration = Duration::from_secs(5);
/// Below this share of a rate budget the interval doubles; above it, it may shrink before T-0.
const LOW_BUDGET: f64 = 0.2;
/// So long before T-0 it is worth knowing sooner.
const LAST_HOUR: Duration = Duration::from_secs(3_600);
/// The shortest interval before T-0.
const FASTEST: Duration = Duration::from_secs(5);
/// The longest time to a reset that is believed, whatever the clocks say.
const LONGEST_RESET: Duration = Duration::from_secs(3_600);
/// What one normal poll adds to the budget of quick retries.
const RETRY_SHARE: f64 = 0.1;

/// How a poll went, as far as pacing cares.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PollOutcome {
    /// At least one transient failure.
    pub failed: bool,
    /// The server asked us to stay away for so long.
    pub wait: Option<Duration>,
    /// What is left of the rate budgets, and how long until they are full again by the server's clock.
    pub budgets: Vec<(Budget, Duration)>,
    /// Requests that it took.
    pub requests: u32,
    /// How long until T-0; none once it is past.
    pub until_t0: Option<Duration>,
}

/// The pacing state of one source.
#[derive(Clone, Debug)]
pub(super) struct Pacer {
    pace: Pace,
    failures: u32,
    retries: f64,
    /// The budgets after the poll before.
    before: Vec<Budget>,
    random: fastrand::Rng,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct NextPoll {
    /// Ask again after this.
    pub after: Duration,
    /// Do not ask before this has passed, not even when a person wants to.
    pub not_before: Duration,
}

impl Pacer {
    pub(super) fn new(pace: Pace, seed: u64) -> Self {
        Self { pace, failures: 0, retries: 1.0, before: Vec::new(), random: fastrand::Rng::with_seed(seed) }
    }

    /// The wait after a poll. `freshest` is the shortest freshness limit asked for (V5).
    pub(super) fn next(&mut self, outcome: &PollOutcome, freshest: Option<Duration>) -> NextPoll {
        let interval = self.interval(outcome, freshest);
        let after = if outcome.failed { self.back_off(interval) } else { self.steady(interval) };
        let spent = budgets(outcome).filter(|(budget, _)| budget.remaining == 0);
        let resets = spent.map(|(_, resets)| (*resets).min(LONGEST_RESET)).max();
        let not_before = outcome.wait.unwrap_or_default().max(resets.unwrap_or_default());
        let spread = if not_before.is_zero() { Duration::ZERO } else { self.up_to(Duration::from_secs(2)) };
        if !outcome.budgets.is_empty() {
            self.before = outcome.budgets.iter().map(|(budget, _)| *budget).collect();
        }
        NextPoll { after: after.max(not_before + spread), not_before }
    }

    fn interval(&self, outcome: &PollOutcome, freshest: Option<Duration>) -> Duration {
        let third = freshest.map_or(Duration::MAX, |limit| limit / 3);
        let low = budgets(outcome).any(|(budget, _)| budget.share() < LOW_BUDGET);
        let soon = outcome.until_t0.is_some_and(|left| left <= LAST_HOUR);
        let wanted = match (low, soon) {
            (true, _) => self.pace.interval * 2,
            (false, true) => self.hurry(outcome),
            (false, false) => self.pace.interval,
        };
        wanted.min(third).max(Duration::from_secs(1))
    }

    /// Up to twice as often, if every budget that the server reported stays above the low mark until it resets.
    /// A server that reports none is asked as often as usual.
    fn hurry(&self, outcome: &PollOutcome) -> Duration {
        let usual = self.pace.interval;
        let affordable = budgets(outcome).map(|(budget, resets)| {
            let spare = (budget.share() - LOW_BUDGET) * f64_of(budget.limit);
            // Once it is full again, it is affordable whatever a poll costs.
            let share = self.cost(*budget, outcome.requests) / spare.max(1.0);
            resets.min(&LONGEST_RESET).mul_f64(share.clamp(0.0, 1.0))
        });
        let Some(affordable) = affordable.max() else { return usual };
        (usual / 2).max(FASTEST).max(affordable).min(usual)
    }

    /// What one poll takes of a budget: its requests, or what is gone since the poll before, others' share included.
    fn cost(&self, budget: Budget, requests: u32) -> f64 {
        let before = self.before.iter().find(|old| old.of == budget.of);
        let gone = before.map_or(0, |old| old.remaining.saturating_sub(budget.remaining));
        f64_of(gone.max(u64::from(requests)).max(1))
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

/// The budgets that all questions of a source share. Searches have one of their own, which refills every minute and which
/// the source heeds by itself: the others do not wait for it.
fn budgets(outcome: &PollOutcome) -> impl Iterator<Item = &(Budget, Duration)> {
    outcome.budgets.iter().filter(|(budget, _)| budget.of != BudgetOf::Search)
}

#[expect(clippy::cast_precision_loss, reason = "budgets are far below 2^52")]
fn f64_of(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed() -> PollOutcome {
        PollOutcome { failed: true, ..PollOutcome::default() }
    }

    fn pacer() -> Pacer {
        Pacer::new(Pace::default(), 7)
    }

    #[test]
    fn a_steady_interval_has_jitter_and_never_exceeds_a_third_of_the_freshness() {
        let mut pacer = pacer();
        let waits: Vec<_> =
            (0..200).map(|_| pacer.next(&PollOutcome::default(), Some(Duration::from_secs(60)))).collect();
        assert!(waits.iter().all(|next| next.after <= Duration::from_secs(20)));
        assert!(waits.windows(2).any(|pair| pair[0] != pair[1]), "no jitter");
    }

    #[test]
    fn total_failure_costs_at_most_a_tenth_more_requests() {
        let hour = Duration::from_secs(36_000);
        let count = |outcome: &PollOutcome| {
            let (mut pacer, mut at, mut polls) = (pacer(), Duration::ZERO, 0_u32);
            while at < hour {
                at += pacer.next(outcome, None).after;
                polls += 1;
            }
            f64::from(polls)
        };
        assert!(count(&failed()) <= 1.1 * count(&PollOutcome::default()));
    }

    #[test]
    fn one_failure_is_retried_quickly_and_back_off_is_capped() {
        let mut pacer = pacer();
        assert!(pacer.next(&failed(), None).after < Duration::from_secs(6));
        for _ in 0..100 {
            assert!(pacer.next(&failed(), None).after <= CAP);
        }
    }

    #[test]
    fn never_before_the_server_said() {
        let mut pacer = pacer();
        let wait = Some(Duration::from_secs(120));
        for _ in 0..100 {
            let next = pacer.next(&PollOutcome { wait, ..failed() }, None);
            assert!(next.after >= Duration::from_secs(120) && next.not_before == Duration::from_secs(120));
        }
    }

    #[test]
    fn an_empty_budget_pauses_until_its_reset_and_a_low_one_slows_down() {
        let mut pacer = pacer();
        let after = |pacer: &mut Pacer, remaining| {
            pacer
                .next(
                    &PollOutcome { budgets: vec![budget(5_000, remaining, 900)], ..PollOutcome::default() },
                    None,
                )
                .after
        };
        assert!(after(&mut pacer, 0) >= Duration::from_secs(900));
        assert!(after(&mut pacer, 100) > Duration::from_secs(45));
    }

    fn budget(limit: u64, remaining: u64, resets: u64) -> (Budget, Duration) {
        let full = chrono::DateTime::<chrono::Utc>::UNIX_EPOCH;
        let budget = Budget { of: BudgetOf::Rest, limit, remaining, resets: full };
        (budget, Duration::from_secs(resets))
    }

    /// The longest of many waits: the interval without its jitter.
    fn longest(outcome: &PollOutcome) -> u128 {
        let mut pacer = pacer();
        (0..200).map(|_| pacer.next(outcome, None).after.as_millis()).max().unwrap() / 100
    }

    #[test]
    fn the_last_hour_before_t0_is_asked_more_often_as_far_as_the_budgets_allow() {
        let soon = |budgets: &[(Budget, Duration)], requests| PollOutcome {
            budgets: budgets.to_vec(),
            requests,
            until_t0: Some(Duration::from_secs(3_599)),
            ..PollOutcome::default()
        };
        let tenths = |outcome: &PollOutcome| longest(outcome);
        let rich = budget(5_000, 4_900, 3_000);
        assert!((140..=150).contains(&tenths(&soon(&[rich], 4))), "{}", tenths(&soon(&[rich], 4)));
        let far = PollOutcome { until_t0: Some(Duration::from_secs(3_601)), ..soon(&[rich], 4) };
        assert!((290..=300).contains(&tenths(&far)));
        let past = PollOutcome { until_t0: None, ..soon(&[rich], 4) };
        assert!((290..=300).contains(&tenths(&past)));
        // 3,000 s on 750 spare requests at 5 each: one poll per 20 s.
        assert!((190..=200).contains(&tenths(&soon(&[budget(5_000, 1_750, 3_000)], 5))));
        // The scarcest budget decides, and a low one slows down whatever the hour.
        let mut points = budget(5_000, 1_750, 3_000);
        points.0.of = BudgetOf::Graphql;
        assert!((190..=200).contains(&tenths(&soon(&[rich, points], 5))));
        assert!(tenths(&soon(&[rich, budget(5_000, 900, 3_000)], 5)) > 500);
        assert!((290..=300).contains(&tenths(&soon(&[budget(5_000, 1_001, 3_000)], 5))));
        assert!((290..=300).contains(&tenths(&soon(&[], 5))), "no budget told, no hurry");
    }

    #[test]
    fn before_t0_it_is_never_faster_than_every_five_seconds() {
        let pace = Pace { interval: Duration::from_secs(6), jitter: 0.0, seed: 1 };
        let outcome = PollOutcome {
            budgets: vec![budget(5_000, 5_000, 60)],
            until_t0: Some(Duration::from_secs(60)),
            ..PollOutcome::default()
        };
        assert_eq!(Pacer::new(pace, 1).next(&outcome, None).after, Duration::from_secs(5));
        let quick = Pace { interval: Duration::from_secs(3), jitter: 0.0, seed: 1 };
        assert_eq!(Pacer::new(quick, 1).next(&outcome, None).after, Duration::from_secs(3));
    }

    #[test]
    fn no_number_of_a_servers_is_too_large_to_reckon_with() {
        let soon = |limit, remaining, resets| PollOutcome {
            budgets: vec![budget(limit, remaining, resets)],
            requests: u32::MAX,
            until_t0: Some(Duration::from_secs(60)),
            ..PollOutcome::default()
        };
        let mut pacer = pacer();
        for limit in [0, 1, 5_000, u64::MAX] {
            for remaining in [u64::MAX, 4_000, 0, u64::MAX - 1, 1] {
                for resets in [0, 3_600, u64::MAX] {
                    let next = pacer.next(&soon(limit, remaining, resets), Some(Duration::MAX));
                    assert!(
                        next.after <= Duration::from_secs(3_602),
                        "{limit} {remaining} {resets}: {next:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_others_take_of_the_same_budget_counts_as_cost() {
        let outcome = |remaining| PollOutcome {
            budgets: vec![budget(5_000, remaining, 3_000)],
            until_t0: Some(Duration::from_secs(60)),
            requests: 1,
            ..PollOutcome::default()
        };
        let pace = Pace { interval: Duration::from_secs(30), jitter: 0.0, seed: 1 };
        let mut pacer = Pacer::new(pace, 1);
        assert_eq!(pacer.next(&outcome(4_000), None).after, Duration::from_secs(15));
        // 100 gone since: 3,000 s on 2,900 spare at 100 each would be one poll in 103 s.
        assert_eq!(pacer.next(&outcome(3_900), None).after, Duration::from_secs(30));
    }
}
