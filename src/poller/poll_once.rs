//! Asking until every answer is complete: what `--check` does.

use std::{pin::pin, sync::Arc, time::Duration};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{
    Demands, NowFn, Polled, SourceKey,
    ask::{PollResult, ask, link},
    waits::Waits,
};
use gonogo_domain::{
    Answer, Budget, Digest, Failure, FailureKind, Observation, ServerTime, Stamp, TargetAnswer,
};
use gonogo_source::Batch;

/// First wait between two rounds; doubles up to [`LONGEST_PAUSE`], with full jitter.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How long a source that is told to stop may take to hand over what it has.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct PolledOnce {
    /// The newest answer per question.
    pub observations: Vec<Observation>,
    /// The newest answer per ref.
    pub targets: Vec<TargetAnswer>,
    /// Whether the time ran out before every answer was complete.
    pub timed_out: bool,
    /// What the servers said beside their answers, one per source that was asked to the end.
    pub heard: Vec<ServerNotes>,
}

/// What a server says beside its answers.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerNotes {
    /// Which source.
    pub key: SourceKey,
    /// What is left of each rate budget that it reported.
    pub budgets: Vec<Budget>,
    /// Its clock, if it told.
    pub clock: Option<ServerTime>,
}

/// Asks every source until each question has a complete answer or a definitive failure, or `timeout` is over. One
/// 502 is no HOLD: transient failures are asked again, no sooner than the server allows. So is what needs several looks.
pub async fn poll_once(
    sources: Vec<Polled>,
    demands: &Demands,
    timeout: Duration,
    now: &NowFn,
) -> PolledOnce {
    let deadline = now().boot + timeout;
    let cancel = CancellationToken::new();
    let mut tasks = JoinSet::new();
    let waits = Waits::default();
    for polled in sources {
        let batch = polled.part(demands);
        if !(batch.questions.is_empty() && batch.targets.is_empty()) {
            let ends = Deadline { at: deadline, after: timeout };
            let shared = (Arc::clone(now), waits.clone());
            tasks.spawn(settle_one(polled, batch, ends, shared, cancel.child_token()));
        }
    }
    let mut settled = PolledOnce::default();
    while let Some(joined) = tasks.join_next().await {
        let Ok(one) = joined else {
            settled.timed_out = true;
            continue;
        };
        settled.observations.extend(one.observations);
        settled.targets.extend(one.targets);
        settled.timed_out |= one.timed_out;
        settled.heard.extend(one.heard);
    }
    settled
}

async fn settle_one(
    polled: Polled,
    mut open: Batch,
    ends: Deadline,
    (now, waits): (NowFn, Waits),
    cancel: CancellationToken,
) -> PolledOnce {
    let mut settled = PolledOnce::default();
    let mut random = fastrand::Rng::new();
    let mut pause = FIRST_PAUSE;
    let server = polled.source.server();
    loop {
        if let Err(failure) = permitted(&waits, server.as_ref(), &ends, &now).await {
            settled.give_up(&polled, &open, &failure, Stamp::at(now()));
            return settled;
        }
        let mut asking = pin!(ask(&polled, open.clone(), &now, &cancel));
        let asked = tokio::select! {
            asked = &mut asking => asked,
            () = tokio::time::sleep(ends.at.saturating_sub(now().boot)) => {
                cancel.cancel();
                // One slow answer costs the others nothing: what has come by now counts.
                if let Ok(asked) = tokio::time::timeout(LAST_WORDS, asking).await {
                    settled.hear(&polled.key, &asked);
                    take(&mut settled, &mut open, asked.without_transient());
                }
                settled.give_up(&polled, &open, &ends.passed(), Stamp::at(now()));
                return settled;
            }
        };
        if let Some(wait) = asked.wait {
            waits.extend(server.as_ref(), now().boot + wait);
        }
        let left = waits.until(server.as_ref()).saturating_sub(now().boot);
        let wait = asked.wait.unwrap_or_default().max(left).max(pause.mul_f64(0.5 + random.f64() / 2.0));
        settled.hear(&polled.key, &asked);
        take(&mut settled, &mut open, asked);
        if open.questions.is_empty() && open.targets.is_empty() {
            return settled;
        }
        if now().boot + wait >= ends.at {
            // What stays open keeps its last failure: the reason is on the board.
            settled.timed_out = true;
            return settled;
        }
        tokio::time::sleep(wait).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Waits until the server may be asked, whichever connection it told to wait. Fails if that is after the end.
async fn permitted(
    waits: &Waits,
    server: Option<&Digest>,
    ends: &Deadline,
    now: &NowFn,
) -> Result<(), Failure> {
    loop {
        let (until, at) = (waits.until(server), now().boot);
        if until <= at {
            return Ok(());
        }
        if until >= ends.at {
            let message = format!("the server asks us to wait for {} s", until.saturating_sub(at).as_secs());
            return Err(Failure::new(FailureKind::RateLimited, message).advise("try again after that"));
        }
        tokio::time::sleep(until.saturating_sub(at)).await;
    }
}

/// When the asking ends.
struct Deadline {
    /// By the boot-time clock.
    at: Duration,
    /// After so long.
    after: Duration,
}

impl Deadline {
    /// It has passed, and nothing came.
    fn passed(&self) -> Failure {
        let seconds = (self.after.as_secs_f64() * 10.0).round() / 10.0;
        Failure::new(FailureKind::TimedOut, format!("no answer within {seconds} s"))
            .advise("try again, or give it longer with --timeout; gonogo doctor shows which server is slow")
    }
}

impl PolledOnce {
    /// Keeps what a server says beside its answers; its clock stays known when a later answer does not tell it.
    fn hear(&mut self, key: &SourceKey, asked: &PollResult) {
        let clock = asked.clock.or_else(|| self.heard.first().and_then(|it| it.clock));
        self.heard = vec![ServerNotes { key: key.clone(), budgets: asked.budgets.clone(), clock }];
    }

    /// The time is over: what has no answer yet has this one.
    fn give_up(&mut self, polled: &Polled, open: &Batch, failure: &Failure, seen: Stamp) {
        self.timed_out = !(open.questions.is_empty() && open.targets.is_empty());
        for question in &open.questions {
            if !self.observations.iter().any(|it| it.gate == question.gate) {
                let mut failure = failure.clone();
                link(polled, open, &question.gate, &mut failure);
                self.observations.push(Observation {
                    gate: question.gate.clone(),
                    question: question.digest.clone(),
                    seen,
                    answer: Answer::Failed(failure),
                });
            }
        }
        for target in &open.targets {
            if !self.targets.iter().any(|it| it.component == target.component) {
                let (component, answer) = (target.component.clone(), Err(failure.clone()));
                self.targets.push(TargetAnswer { component, seen, answer });
            }
        }
    }
}

/// Keeps the newest of every answer, and open what is worth asking again.
fn take(settled: &mut PolledOnce, open: &mut Batch, asked: PollResult) {
    let retry = |failure: &Failure| failure.kind.is_transient();
    open.questions.retain(|question| {
        let answer = asked.observations.iter().find(|it| it.gate == question.gate);
        answer.is_none_or(|it| matches!(&it.answer, Answer::Failed(failure) if retry(failure)))
            || asked.again.contains(&question.gate)
    });
    // A commit is asked for again with every round that still has open questions: they must speak of the same one.
    let some_open = !open.questions.is_empty();
    open.targets.retain(|target| {
        let answer = asked.targets.iter().find(|it| it.component == target.component);
        some_open || answer.is_none_or(|it| it.answer.as_ref().is_err_and(retry))
    });
    for observation in asked.observations {
        settled.observations.retain(|old| old.gate != observation.gate);
        settled.observations.push(observation);
    }
    for target in asked.targets {
        settled.targets.retain(|old| old.component != target.component);
        settled.targets.push(target);
    }
}
