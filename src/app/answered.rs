//! How sources answered, as far as their answers tell: for pictures, where no poller tells how it goes.

use std::collections::BTreeMap;

use super::{Session, sources};
use gonogo_domain::{Failure, GateEvidence, Now, Phase, SourceHealth, Stamp};
use gonogo_poller::SourceKey;

/// What one question came to.
struct Reply<'a> {
    answered: Option<Stamp>,
    failure: Option<&'a Failure>,
}

impl Session {
    /// How each source answered what is asked of it. Budgets and the next poll are missing: only a poller knows them.
    pub fn answered(&self, now: Now) -> Vec<SourceHealth> {
        let clock = self.judge(now).clock;
        let mut all: BTreeMap<SourceKey, SourceHealth> = BTreeMap::new();
        for (key, reply) in self.replies() {
            let health = all.entry(key.clone()).or_insert_with(|| {
                SourceHealth::new(key.source.clone(), key.connection.clone(), Phase::Starting)
            });
            let answered = reply.answered.map(|seen| clock.stamp(seen));
            health.asked += 1;
            health.open += usize::from(answered.is_none() || reply.failure.is_some());
            health.answered = [health.answered, answered].into_iter().flatten().max_by_key(|it| it.wall);
            if answered.is_some() || reply.failure.is_some() {
                health.phase = Phase::Well;
            }
            let worse = reply.failure.filter(|it| {
                let known = health.failure.as_ref();
                known.is_none_or(|known| it.kind.is_transient() && !known.kind.is_transient())
            });
            health.failure = worse.cloned().or(health.failure.take());
        }
        all.into_values().collect()
    }

    fn replies(&self) -> Vec<(SourceKey, Reply<'_>)> {
        let (demands, evidence) = (self.demands(), self.evidence());
        let mut all = Vec::new();
        for question in demands.questions.iter().filter(|it| self.launch().gate(&it.gate).is_some()) {
            let key =
                SourceKey { source: question.query.source.clone(), connection: question.connection.clone() };
            let known = evidence.gates.get(&question.gate).filter(|it| it.question == question.digest);
            all.push((key, known.map_or(Reply { answered: None, failure: None }, of_gate)));
        }
        let of_targets = sources::key_of_targets();
        for target in demands.targets {
            let Some(key) = of_targets.clone() else { break };
            let known = evidence.targets.get(&target.component);
            let answered = known.and_then(|it| it.oid.as_ref()).map(|it| it.seen);
            let failure = known.and_then(|it| it.failure.as_ref()).map(|it| &it.value);
            all.push((key, Reply { answered, failure }));
        }
        all
    }
}

fn of_gate(known: &GateEvidence) -> Reply<'_> {
    Reply {
        answered: known.finding.as_ref().map(|it| it.seen),
        failure: known.failure.as_ref().map(|it| &it.value),
    }
}
