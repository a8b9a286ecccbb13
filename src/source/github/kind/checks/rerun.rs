//! Runs that are run again. GitHub takes the checks of the attempt before away and makes them anew, one after another: until all
//! are back, one of several of one name may stand there alone, and be green.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    super::{
        super::{
            fact::{Fact, FactResult, PagedList, RestFact, Take},
            judge_context::{JudgeContext, gap},
            limits::Accept,
            needs,
        },
        rules::RequiredCheck,
    },
    context::{CheckRun, RollupContext},
};
use gonogo_domain::Outcome;

/// How many jobs of one name a run has had in one attempt, by run and name; of unfinished runs.
#[derive(Debug, Default)]
pub(super) struct Reruns(BTreeMap<(u64, String), usize>);

#[derive(Deserialize)]
struct Job {
    name: String,
    #[serde(default)]
    run_attempt: u64,
}

impl Reruns {
    /// Asks for the jobs of those unfinished runs of which something that is required is green already.
    pub(super) fn of(
        case: &JudgeContext<'_>,
        contexts: &[RollupContext],
        required: &[RequiredCheck],
        accept: &[Accept],
    ) -> FactResult<Self> {
        let asked = |it: &&RollupContext| {
            it.state(accept).0 == Outcome::Holds && required.iter().any(|one| it.answers(one))
        };
        let mut runs: Vec<u64> = contexts.iter().filter(asked).filter_map(open_run).collect();
        runs.sort_unstable();
        runs.dedup();
        if runs.is_empty() {
            return Ok(Self::default());
        }
        let mut facts: Vec<Fact> = runs.iter().map(|run| Fact::Rest(jobs(case, *run))).collect();
        facts.push(case.repository());
        case.need(&facts)?;
        let mut most = BTreeMap::new();
        for run in runs {
            let all: PagedList<Job> = case.rest(&jobs(case, run))?;
            if all.more {
                return Err(gap("the run's jobs"));
            }
            let mut attempts: BTreeMap<(String, u64), usize> = BTreeMap::new();
            for job in all.items {
                *attempts.entry((job.name, job.run_attempt)).or_default() += 1;
            }
            for ((name, _), count) in attempts {
                let known: &mut usize = most.entry((run, name)).or_default();
                *known = count.max(*known);
            }
        }
        Ok(Self(most))
    }

    /// How many of one name there are, and how many there were in an attempt before, where that is more.
    pub(super) fn short(&self, contexts: &[RollupContext], counted: &[usize]) -> Option<(usize, usize)> {
        counted.iter().filter_map(|at| contexts.get(*at)).find_map(|it| {
            let (run, name) = (open_run(it)?, it.name()?);
            let all = *self.0.get(&(run, name.to_owned()))?;
            let same = |it: &&RollupContext| open_run(it) == Some(run) && it.name() == Some(name);
            let here = contexts.iter().filter(same).count();
            (here < all).then_some((here, all))
        })
    }
}

fn open_run(it: &RollupContext) -> Option<u64> {
    if let RollupContext::CheckRun(run) = it { CheckRun::open_run(run) } else { None }
}

/// Those of all attempts.
fn jobs(case: &JudgeContext<'_>, run: u64) -> RestFact {
    let path = ["actions", "runs", &run.to_string(), "jobs"];
    RestFact::of(case.repo, &path, Take::Pages("jobs"), "the run's jobs", &[&needs::ACTIONS])
        .with("filter", "all")
        .with("per_page", "100")
}
