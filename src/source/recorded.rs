//! The recorded source: a launch day written down, played back through the same poller and evaluator.
//!
//! A recording is a file of JSON lines. The first line is the [`Header`]; each other line is a [`Line`] with its
//! moment. What sources answered stands in the answers of [`Entry::Observed`] and [`Entry::Resolved`]; what people
//! did, in [`Entry::Did`]. Unknown keys are errors: a recording decides what a board shows.

mod file;

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

pub use self::file::{Entry, Header, Line, Recording, RecordingError};
use super::{Batch, Report, Source};
use crate::domain::{Answer, Failure, FailureKind, Finding, GateId, Oid, Question, SourceId, Str};

/// Tells the moment of the playback.
pub type PlayedUntil = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Where a ref pointed, from a moment on.
type Resolution = (DateTime<Utc>, Result<Oid, Failure>);

/// Answers as another source did at that moment of the recording.
pub struct Recorded {
    plays: SourceId,
    resolves: bool,
    answers: HashMap<GateId, Vec<(DateTime<Utc>, Answer)>>,
    targets: HashMap<Option<Str>, Vec<Resolution>>,
    until: PlayedUntil,
}

impl Recorded {
    /// A source that plays the part of `plays`; the one with `resolves` also answers where refs point.
    pub fn new(recording: &Recording, plays: SourceId, resolves: bool, until: PlayedUntil) -> Self {
        let (mut answers, mut targets) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for line in &recording.lines {
            match &line.entry {
                Entry::Observed { gate, answer } => {
                    answers.entry(gate.clone()).or_default().push((line.at, answer.clone()));
                }
                Entry::Resolved { component, answer } => {
                    targets.entry(component.clone()).or_default().push((line.at, answer.clone()));
                }
                Entry::Did { .. } => {}
            }
        }
        Self { plays, resolves, answers, targets, until }
    }

    /// What this source said up to that moment.
    pub fn report(&self, batch: &Batch, until: DateTime<Utc>) -> Report {
        let answers = batch.questions.iter().map(|it| (it.gate.clone(), self.answer(it, until))).collect();
        let targets = batch.targets.iter().map(|target| {
            let newest = newest(self.targets.get(&target.component), until).cloned();
            (target.component.clone(), newest.unwrap_or_else(|| Err(unrecorded("no commit is recorded yet"))))
        });
        Report { answers, targets: targets.collect(), ..Report::default() }
    }

    fn answer(&self, question: &Question, until: DateTime<Utc>) -> Result<Finding, Failure> {
        match newest(self.answers.get(&question.gate), until) {
            Some(Answer::Found(finding)) => Ok(finding.clone()),
            Some(Answer::Failed(failure)) => Err(failure.clone()),
            None => Err(unrecorded("nothing is recorded for this gate up to this moment")),
        }
    }
}

impl Source for Recorded {
    fn id(&self) -> SourceId {
        self.plays.clone()
    }

    fn ask<'a>(&'a self, batch: &'a Batch, _: &'a CancellationToken) -> BoxFuture<'a, Report> {
        let report = self.report(batch, (self.until)());
        Box::pin(std::future::ready(report))
    }

    fn resolves_targets(&self) -> bool {
        self.resolves
    }
}

fn newest<T>(all: Option<&Vec<(DateTime<Utc>, T)>>, until: DateTime<Utc>) -> Option<&T> {
    all?.iter().take_while(|(at, _)| *at <= until).last().map(|(_, answer)| answer)
}

fn unrecorded(message: &str) -> Failure {
    Failure::new(FailureKind::NotFound, message).advise("play on, or record this gate")
}
