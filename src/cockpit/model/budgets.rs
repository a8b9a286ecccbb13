//! How rate budgets went while the cockpit was open.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use gonogo_domain::{BudgetOf, SourceHealth, SourceId, Str};

use super::course::ScoreShare;

/// So many shares are kept of each: more than any curve has columns.
const KEPT: usize = 60;
/// One is kept in so long: the newest.
const APART: TimeDelta = TimeDelta::minutes(1);

/// What was left of each budget, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct BudgetLog(Vec<BudgetCourse>);

#[derive(Clone, Debug)]
struct BudgetCourse {
    source: SourceId,
    connection: Option<Str>,
    of: BudgetOf,
    /// Since when, and so many thousandths of it.
    left: VecDeque<(DateTime<Utc>, u32)>,
}

impl BudgetLog {
    /// Takes in what the sources say of their budgets at this moment.
    pub fn saw(&mut self, sources: &[SourceHealth], at: DateTime<Utc>) {
        for source in sources {
            for budget in &source.budgets {
                let left = budget.remaining.min(budget.limit).saturating_mul(1_000).checked_div(budget.limit);
                let left = left.and_then(|it| u32::try_from(it).ok()).unwrap_or_default();
                match self.0.iter_mut().find(|it| it.is_of(source, budget.of)) {
                    Some(course) => course.saw(at, left),
                    None => self.0.push(BudgetCourse::new(source, budget.of, (at, left))),
                }
            }
        }
    }

    /// The shares of one, oldest first.
    pub fn of(&self, source: &SourceHealth, of: BudgetOf) -> Vec<Option<ScoreShare>> {
        let course = self.0.iter().find(|it| it.is_of(source, of));
        course.into_iter().flat_map(|it| &it.left).map(|(_, left)| Some((*left, 1_000))).collect()
    }
}

impl BudgetCourse {
    fn new(source: &SourceHealth, of: BudgetOf, first: (DateTime<Utc>, u32)) -> Self {
        let (source, connection) = (source.source.clone(), source.connection.clone());
        Self { source, connection, of, left: VecDeque::from([first]) }
    }

    fn is_of(&self, source: &SourceHealth, of: BudgetOf) -> bool {
        self.source == source.source && self.connection == source.connection && self.of == of
    }

    fn saw(&mut self, at: DateTime<Utc>, left: u32) {
        // A recording can be set back: what was seen of its future has not happened yet.
        while self.left.back().is_some_and(|(since, _)| *since > at) {
            self.left.pop_back();
        }
        match self.left.back_mut().filter(|(since, _)| at - *since < APART) {
            Some((_, newest)) => *newest = left,
            None => self.left.push_back((at, left)),
        }
        if self.left.len() > KEPT {
            self.left.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use gonogo_domain::{Budget, Phase};

    fn source(remaining: u64) -> SourceHealth {
        let resets = DateTime::from_timestamp(9_000, 0).unwrap();
        let budget = Budget { of: BudgetOf::Rest, limit: 5_000, remaining, resets };
        SourceHealth { budgets: vec![budget], ..SourceHealth::new("github".into(), None, Phase::Well) }
    }

    #[test]
    fn one_share_a_minute_is_kept_the_newest() {
        let mut log = BudgetLog::default();
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        for (seconds, left) in [(0, 5_000), (30, 4_000), (60, 3_000), (70, 2_500)] {
            log.saw(&[source(left)], at(seconds));
        }
        let seen = |log: &BudgetLog| log.of(&source(0), BudgetOf::Rest);
        assert_eq!(seen(&log), [Some((800, 1_000)), Some((500, 1_000))]);
        assert!(log.of(&source(0), BudgetOf::Graphql).is_empty());
        // A recording was set back.
        log.saw(&[source(4_500)], at(40));
        assert_eq!(seen(&log), [Some((900, 1_000))]);
        (0..500).for_each(|minute| log.saw(&[source(1)], at(100 + 60 * minute)));
        assert_eq!(seen(&log).len(), KEPT);
    }
}
