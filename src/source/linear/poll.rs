//! One poll: every gate's question in as few requests as the cap allows, pages followed, blame put where it belongs.

use std::time::Duration;

use futures_util::{StreamExt, future::BoxFuture, stream};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{
    answer::DocumentAnswer,
    client::Client,
    document::{HOME, QueryDocument, pack},
    pending_gate::PendingGate,
};
use crate::{Batch, Report, http::AT_ONCE, meter::Meter};
use gonogo_domain::{BudgetOf, Failure, FailureKind, Finding};

/// Most rounds: pages of one list, and repeats.
const MOST_ROUNDS: u32 = 20;

/// How often a gate is asked again because another gate of its request spoiled the answer.
const MOST_REPEATS: u32 = 3;

/// Answers the whole batch.
pub(super) async fn run(client: &Client, batch: &Batch, cancel: &CancellationToken) -> Report {
    if let Err(failure) = client.ready() {
        return Report::failed(batch, &failure);
    }
    let mut poll =
        LinearPoll { client, open: Vec::new(), report: Report::default(), meter: Meter::default() };
    for question in &batch.questions {
        match PendingGate::read(question) {
            Ok(work) => poll.open.push(Some(work)),
            Err(failure) => poll.report.answers.push((question.gate.clone(), Err(failure))),
        }
    }
    poll.rounds(cancel).await;
    let unasked = Failure::new(FailureKind::Rejected, "Linear knows nothing of refs");
    let targets = batch.targets.iter().map(|it| (it.component.clone(), Err(unasked.clone())));
    poll.report.targets.extend(targets);
    poll.meter.report(&mut poll.report);
    poll.report
}

/// A poll under way.
struct LinearPoll<'a> {
    client: &'a Client,
    /// Gates without an answer yet.
    open: Vec<Option<PendingGate>>,
    report: Report,
    meter: Meter,
}

impl LinearPoll<'_> {
    async fn rounds(&mut self, cancel: &CancellationToken) {
        for _ in 0..MOST_ROUNDS {
            let open = self.open.iter().enumerate().filter_map(|(gate, work)| Some((gate, work.as_ref()?)));
            let documents = pack(open.map(|(gate, work)| (gate, work.company(), work.items())));
            if documents.is_empty() {
                return;
            }
            // What every workspace has goes out together, and first: a server that is away is found out by that.
            let (first, rest): (Vec<_>, Vec<_>) = documents.into_iter().partition(QueryDocument::is_common);
            for together in [first, rest] {
                let asked: Vec<_> = together.into_iter().map(|document| self.ask(document, cancel)).collect();
                let answers: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
                let failures =
                    answers.into_iter().filter_map(|(document, answer)| self.take(&document, answer));
                if let Some(failure) = failures.collect::<Vec<_>>().into_iter().next() {
                    return self.fail_all(&failure);
                }
            }
        }
        self.fail_all(&Failure::new(FailureKind::Incomplete, "the answer has too many pages to read"));
    }

    /// One document's answer; none is asked once a limit was met or the key refused.
    fn ask<'p>(
        &'p self,
        mut document: QueryDocument,
        cancel: &'p CancellationToken,
    ) -> BoxFuture<'p, (QueryDocument, DocumentAnswer)> {
        document.home = document.gates.iter().any(|(gate, _)| self.needs_home(*gate));
        Box::pin(async move {
            if let Some(failure) = self.meter.halted(BudgetOf::Requests) {
                return (document, DocumentAnswer::Failed(failure));
            }
            let answer = self.client.ask(document.write(), &self.meter, cancel).await;
            let answer = answer.of(&|alias| document.asks(alias));
            if let DocumentAnswer::Failed(failure) = &answer
                && (meets_all(failure.kind) || self.meter.waits().is_some())
            {
                self.meter.halt(None, failure, Duration::ZERO);
            }
            (document, answer)
        })
    }

    fn needs_home(&self, gate: usize) -> bool {
        self.open.get(gate).and_then(Option::as_ref).is_some_and(PendingGate::needs_home)
    }

    /// Hands an answer out. A failure that would meet every other request too comes back.
    fn take(&mut self, document: &QueryDocument, answer: DocumentAnswer) -> Option<Failure> {
        match answer {
            DocumentAnswer::Data { data, broken } => {
                let home = data.get(HOME).unwrap_or(&Value::Null);
                for (gate, items) in &document.gates {
                    if let Some(work) = self.open.get_mut(*gate).and_then(Option::as_mut) {
                        work.at_home(home);
                    }
                    let aliases: Vec<_> = items.iter().map(|item| QueryDocument::alias(*item)).collect();
                    if let Some(failure) = aliases.iter().find_map(|alias| broken.get(alias)) {
                        self.settle(*gate, Err(failure.clone()));
                        continue;
                    }
                    let values = aliases.iter().map(|alias| data.get(alias).unwrap_or(&Value::Null));
                    self.hand_over(*gate, &values.collect::<Vec<_>>());
                }
                None
            }
            DocumentAnswer::Blamed(broken) => {
                for (gate, items) in &document.gates {
                    let to_blame = items.iter().find_map(|item| broken.get(&QueryDocument::alias(*item)));
                    match to_blame {
                        Some(failure) => self.settle(*gate, Err(failure.clone())),
                        None => self.repeat(*gate, broken.values().next()),
                    }
                }
                None
            }
            DocumentAnswer::Failed(failure) => {
                for (gate, _) in &document.gates {
                    self.settle(*gate, Err(failure.clone()));
                }
                // Whoever said when to come back is not asked for the rest before.
                (meets_all(failure.kind) || self.meter.waits().is_some()).then_some(failure)
            }
        }
    }

    /// The answers of one gate; it stays open if it needs another page.
    fn hand_over(&mut self, gate: usize, values: &[&Value]) {
        let work = self.open.get_mut(gate).and_then(Option::as_mut);
        if let Some(answer) = work.and_then(|work| work.take(values)) {
            self.settle(gate, answer);
        }
    }

    /// Asked again without the gates to blame, a few times.
    fn repeat(&mut self, gate: usize, blame: Option<&Failure>) {
        let Some(work) = self.open.get_mut(gate).and_then(Option::as_mut) else { return };
        work.repeats += 1;
        if work.repeats > MOST_REPEATS {
            let message =
                blame.map_or_else(|| "Linear answered without data".into(), |it| it.message.clone());
            self.settle(gate, Err(Failure::new(FailureKind::Incomplete, message)));
        }
    }

    fn settle(&mut self, gate: usize, answer: Result<Finding, Failure>) {
        if let Some(work) = self.open.get_mut(gate).and_then(Option::take) {
            self.report.answers.push((work.gate, answer));
        }
    }

    fn fail_all(&mut self, failure: &Failure) {
        for gate in 0..self.open.len() {
            self.settle(gate, Err(failure.clone()));
        }
    }
}

/// Whether the next request would fare no better.
fn meets_all(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::Unreachable
            | FailureKind::TimedOut
            | FailureKind::RateLimited
            | FailureKind::Unauthorized
            | FailureKind::NotConfigured
    )
}
