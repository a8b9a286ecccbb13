//! The recorded source: a launch day written down, played back through the same poller and evaluator.
//!
//! A recording is a file of JSON lines. The first line is the [`Header`]; each other line is a [`RecordedLine`] with its
//! moment. What sources answered is in [`RecordedEntry::Observed`] and [`RecordedEntry::Resolved`], and that they
//! answered the same again in [`RecordedEntry::Renewed`]; what people did, in [`RecordedEntry::Did`]. Unknown keys are errors: a
//! recording decides what a board shows.
//!
//! Promises: an answer is played back to the question it was given to and to no other (V8), and is as old as it was.

mod file;

use std::{collections::HashMap, hash::Hash, sync::Arc};

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

pub use self::file::{Chapter, Header, MOST_BYTES, RecordedEntry, RecordedLine, Recording, RecordingError};
use super::{Batch, Report, Source, TargetQuestion};
use gonogo_domain::{
    Answer, Digest, Failure, FailureKind, Finding, GateId, Measured, Oid, Question, Series, SourceId, Str,
};

/// Tells the moment of the playback.
pub type PlayedUntil = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Where a ref pointed.
type Resolution = Result<Oid, Failure>;

/// What was said, each from a moment on.
type RecordedSeries<T> = Vec<(DateTime<Utc>, Arc<T>)>;

/// Answers as another source did at that moment of the recording.
pub struct RecordedSource {
    plays: SourceId,
    resolves: bool,
    scripted: bool,
    answers: HashMap<GateId, RecordedSeries<(Digest, Answer)>>,
    targets: HashMap<Option<Str>, RecordedSeries<Resolution>>,
    until: PlayedUntil,
}

/// What is recorded up to a moment, and when it was said; `None`: nothing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastRecorded<T> {
    /// When it was said last.
    pub at: Option<DateTime<Utc>>,
    /// The finding of the day, or the failure.
    pub answer: Result<T, Failure>,
}

impl RecordedSource {
    /// A source that plays the part of `plays`; the one with `resolves` also answers where refs point.
    pub fn new(recording: &Recording, plays: SourceId, resolves: bool, until: PlayedUntil) -> Self {
        let (answers, targets) = (HashMap::new(), HashMap::new());
        let scripted = recording.header.scripted;
        let mut recorded = Self { plays, resolves, scripted, answers, targets, until };
        let mut renewals = recording.renewals.iter().peekable();
        for line in &recording.lines {
            while let Some(renewal) = renewals.next_if(|it| it.at < line.at) {
                recorded.renew(renewal);
            }
            recorded.take(line);
        }
        renewals.for_each(|renewal| recorded.renew(renewal));
        recorded
    }

    fn take(&mut self, line: &RecordedLine) {
        match line.entry.clone() {
            RecordedEntry::Observed { gate, question, answer } => {
                self.answers.entry(gate).or_default().push((line.at, Arc::new((question, answer))));
            }
            RecordedEntry::Resolved { component, answer } => {
                self.targets.entry(component).or_default().push((line.at, Arc::new(answer)));
            }
            RecordedEntry::Did { .. } | RecordedEntry::Renewed { .. } => {}
        }
    }

    fn renew(&mut self, line: &RecordedLine) {
        let RecordedEntry::Renewed { gates, components } = &line.entry else { return };
        gates.iter().for_each(|gate| again(&mut self.answers, gate, line.at));
        components.iter().for_each(|component| again(&mut self.targets, component, line.at));
    }

    /// What this source said up to that moment.
    pub fn report(&self, batch: &Batch, until: DateTime<Utc>) -> Report {
        let mut report = Report::default();
        for question in &batch.questions {
            let LastRecorded { at, answer } = self.answer(question, until);
            // A script says what is so, and not when it was found out.
            report.given.gates.extend(at.filter(|_| !self.scripted).map(|at| (question.gate.clone(), at)));
            report.answers.push((question.gate.clone(), answer));
        }
        for TargetQuestion { component, .. } in &batch.targets {
            let LastRecorded { at, answer } = self.target(component, until);
            report.given.targets.extend(at.filter(|_| !self.scripted).map(|at| (component.clone(), at)));
            report.targets.push((component.clone(), answer));
        }
        report
    }

    /// What was answered to this question up to that moment. The answer to another question is none (V8).
    pub fn answer(&self, question: &Question, until: DateTime<Utc>) -> LastRecorded<Finding> {
        let Some((at, said)) = newest(self.answers.get(&question.gate), until) else {
            return unrecorded("nothing is recorded for this gate up to this moment");
        };
        let (asked, answer) = &**said;
        if *asked != question.digest {
            let why = "the recording answers another question: the gate has changed since";
            let advice = "record again with the files as they are now";
            let failure = Failure::new(FailureKind::NotFound, why).advise(advice);
            return LastRecorded { at: Some(*at), answer: Err(failure) };
        }
        let answer = match answer {
            Answer::Found(finding) => Ok(self.whole(question, finding, until)),
            Answer::Failed(failure) => Err(failure.clone()),
        };
        LastRecorded { at: Some(*at), answer }
    }

    /// A finding with all that was measured up to that moment: each was written down once.
    fn whole(&self, question: &Question, finding: &Finding, until: DateTime<Utc>) -> Finding {
        let mut whole = finding.clone();
        let said = self.answers.get(&question.gate).filter(|_| finding.measured.is_some());
        let said = said.into_iter().flatten().filter(|(at, said)| *at <= until && said.0 == question.digest);
        let mut series = Series::default();
        for (_, said) in said {
            if let Answer::Found(Finding { measured: Some(measured), .. }) = &said.1 {
                series.take(measured);
            }
        }
        if finding.measured.is_some() {
            whole.measured = Some(Measured::Windows(series.windows().to_vec()));
        }
        whole
    }

    /// Where a ref pointed at that moment.
    pub fn target(&self, component: &Option<Str>, until: DateTime<Utc>) -> LastRecorded<Oid> {
        match newest(self.targets.get(component), until) {
            Some((at, said)) => LastRecorded { at: Some(*at), answer: (**said).clone() },
            None => unrecorded("no commit is recorded yet"),
        }
    }
}

impl Source for RecordedSource {
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

fn again<K: Eq + Hash, T>(all: &mut HashMap<K, RecordedSeries<T>>, key: &K, at: DateTime<Utc>) {
    if let Some(said) = all.get_mut(key)
        && let Some((_, newest)) = said.last()
    {
        let newest = Arc::clone(newest);
        said.push((at, newest));
    }
}

fn newest<T>(all: Option<&RecordedSeries<T>>, until: DateTime<Utc>) -> Option<&(DateTime<Utc>, Arc<T>)> {
    let all = all?;
    all.get(all.partition_point(|(at, _)| *at <= until).checked_sub(1)?)
}

fn unrecorded<T>(message: &str) -> LastRecorded<T> {
    let failure = Failure::new(FailureKind::NotFound, message)
        .advise("go further in the recording, or record this gate");
    LastRecorded { at: None, answer: Err(failure) }
}
