//! One poll of one source, its panics included.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use super::{NowFn, Polled};
use gonogo_domain::{
    Answer, Budget, Failure, FailureKind, GateId, Now, Observation, ServerTime, SourceId, Stamp, TargetAnswer,
};
use gonogo_source::{AnswerTimes, Batch, Report};

/// What one poll brought.
pub(super) struct PollResult {
    pub observations: Vec<Observation>,
    pub targets: Vec<TargetAnswer>,
    /// The first failure of any sort, transient ones first.
    pub failure: Option<Failure>,
    /// Questions and refs that were asked, and those of them that failed.
    pub asked: usize,
    pub failed: usize,
    /// Whether the source's code panicked.
    pub crashed: bool,
    pub wait: Option<Duration>,
    pub budgets: Vec<Budget>,
    /// Requests that it took.
    pub requests: u32,
    /// The time that the server gave.
    pub clock: Option<ServerTime>,
    /// Gates that another look brings nearer to a go.
    pub again: Vec<GateId>,
}

impl PollResult {
    /// The same without failures that may be over in a moment: those of a poll that was cut short say nothing.
    pub(super) fn without_transient(mut self) -> Self {
        let lasting = |failure: &Failure| !failure.kind.is_transient();
        self.observations.retain(|it| !matches!(&it.answer, Answer::Failed(failure) if !lasting(failure)));
        self.targets.retain(|it| it.answer.as_ref().err().is_none_or(lasting));
        self
    }

    /// Whether the next poll is a retry.
    pub(super) fn is_transient(&self) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.kind.is_transient())
    }
}

/// Asks once. Everything is stamped with a moment before its request, so an age is never too small: that of the poll's
/// beginning, or a later one that the source tells.
pub(super) async fn ask(
    polled: &Polled,
    batch: Batch,
    now: &NowFn,
    cancel: &CancellationToken,
) -> PollResult {
    let started = now();
    let batch = Arc::new(batch);
    let (source, asked, token) = (Arc::clone(&polled.source), Arc::clone(&batch), cancel.clone());
    let task = tokio::spawn(async move { source.ask(&asked, &token).await.complete(&asked) });
    let (report, crashed) = match task.await {
        Ok(report) => (report, false),
        Err(error) if error.is_cancelled() => {
            (Report::failed(&batch, &Failure::new(FailureKind::TimedOut, "cancelled")), false)
        }
        Err(_) => (Report::failed(&batch, &crash(&polled.key.source)), true),
    };
    let mut report = report;
    for (gate, answer) in &mut report.answers {
        if let Err(failure) = answer {
            link(polled, &batch, gate, failure);
        }
    }
    let (sent, came) = (started.boot, now().boot);
    let clock = report.server_time.map(|date| ServerTime { date, wall: started.wall, sent, came });
    file(report, &batch, started, crashed, clock)
}

/// Code of ours panicked while the source was asked.
pub(super) fn crash(source: &SourceId) -> Failure {
    Failure::new(FailureKind::Crashed, format!("the {source} source crashed"))
        .advise("gonogo tries again; please report this as a bug in gonogo")
}

/// What failed has a page to open, too.
pub(super) fn link(polled: &Polled, batch: &Batch, gate: &GateId, failure: &mut Failure) {
    if failure.url.is_none() {
        let question = batch.questions.iter().find(|question| question.gate == *gate);
        failure.url = question.and_then(|question| polled.source.page(question));
    }
}

/// A moment before this one by both clocks.
fn earlier(now: Now, at: DateTime<Utc>) -> Now {
    let ago = (now.wall - at).to_std().unwrap_or_default();
    Now { wall: at.min(now.wall), boot: now.boot.saturating_sub(ago) }
}

fn file(report: Report, batch: &Batch, started: Now, crashed: bool, clock: Option<ServerTime>) -> PollResult {
    let AnswerTimes { gates: gates_given, targets: targets_given } = report.given;
    let begun = |gate: &GateId| {
        let begun = report.begun.get(gate).copied();
        begun.filter(|begun| begun.boot >= started.boot).unwrap_or(started)
    };
    let seen = |begun: Now, given: Option<&DateTime<Utc>>| {
        given.map_or(Stamp::at(begun), |at| Stamp::at(earlier(started, *at)))
    };
    let kept = |gate: &GateId, begun: Now| {
        let kept = report.kept.get(gate).copied().unwrap_or_default();
        let at = TimeDelta::from_std(kept).ok().and_then(|kept| begun.wall.checked_sub_signed(kept));
        at.map_or(begun, |at| earlier(begun, at))
    };
    let failures = report.answers.iter().filter_map(|(_, answer)| answer.as_ref().err());
    let failures: Vec<_> =
        failures.chain(report.targets.iter().filter_map(|(_, it)| it.as_ref().err())).collect();
    let worst = failures.iter().find(|failure| failure.kind.is_transient()).or(failures.first());
    let failure = worst.map(|failure| (*failure).clone());
    let (asked, failed) = (report.answers.len() + report.targets.len(), failures.len());
    let digests: std::collections::HashMap<_, _> =
        batch.questions.iter().map(|question| (&question.gate, &question.digest)).collect();
    let observations = report.answers.into_iter().filter_map(|(gate, answer)| {
        let question = (*digests.get(&gate)?).clone();
        let answer = answer.map_or_else(Answer::Failed, Answer::Found);
        let seen = seen(kept(&gate, begun(&gate)), gates_given.get(&gate));
        Some(Observation { gate, question, seen, answer })
    });
    let targets = report.targets.into_iter().map(|(component, answer)| {
        let seen = seen(started, targets_given.get(&component));
        TargetAnswer { component, seen, answer }
    });
    PollResult {
        observations: observations.collect(),
        targets: targets.collect(),
        failure,
        asked,
        failed,
        crashed,
        wait: report.wait,
        budgets: report.budgets,
        requests: report.requests,
        again: report.again,
        clock,
    }
}
