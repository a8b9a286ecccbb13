//! One poll: its requests, what they told about rates, and one answer per question.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, future::BoxFuture, stream};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::Api;
use crate::{
    Batch, Report, Source,
    http::{AT_ONCE, Dialect, MAX_RETRY_AFTER, Response, rate},
    meter::Meter,
};
use gonogo_domain::{BudgetOf, Digest, Failure, FailureKind, Finding, GateId, Now, Question, SourceId};

/// The decent wait after a limit that names none.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// An answer to one question.
pub(crate) type FindingResult = Result<Finding, Failure>;

/// What an answer depends on, and so for which gates one answer may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depends {
    /// The query, the version, the ref and the connection: gates that ask the same are answered together. Only for a
    /// source that looks at nothing else of a question.
    OnTheQuery,
    /// The gate itself, or its component: each gate is asked for alone.
    OnTheGate,
}

/// A source that answers its questions one by one.
pub(crate) trait QuestionSource: Send + Sync {
    /// The source's name.
    const NAME: &'static str;

    /// Which questions of a poll it need be asked only once.
    const DEPENDS: Depends;

    /// The server that it asks; none if it asks several, or none of the user's settings.
    fn api(&self) -> Option<&Api> {
        None
    }

    /// As [`Source::asks_apart`].
    fn asks_apart(&self) -> bool {
        false
    }

    /// Answers one question.
    fn answer(&self, question: &Question, poll: &Poll<'_>) -> impl Future<Output = FindingResult> + Send;
}

impl<T: QuestionSource> Source for T {
    fn id(&self) -> SourceId {
        SourceId::new(T::NAME)
    }

    fn server(&self) -> Option<Digest> {
        self.api().map(Api::server)
    }

    fn asks_apart(&self) -> bool {
        QuestionSource::asks_apart(self)
    }

    fn ask<'a>(&'a self, batch: &'a Batch, cancel: &'a CancellationToken) -> BoxFuture<'a, Report> {
        Box::pin(each(self, batch, cancel))
    }
}

async fn each<T: QuestionSource>(source: &T, batch: &Batch, cancel: &CancellationToken) -> Report {
    let poll = Poll::new(cancel);
    let mut different: Vec<&Question> = Vec::new();
    let mut asked_as = HashMap::new();
    for question in &batch.questions {
        let same = |other: &&Question| {
            T::DEPENDS == Depends::OnTheQuery
                && other.query == question.query
                && other.version == question.version
                && other.git_ref == question.git_ref
                && other.connection == question.connection
        };
        let at = different.iter().position(same).unwrap_or(different.len());
        if at == different.len() {
            different.push(question);
        }
        asked_as.insert(&question.gate, at);
    }
    let asked = different.iter().enumerate().map(|(at, question)| one(source, question, &poll, at));
    // Boxed one by one: the compiler cannot see through a stream of closures over borrowed questions.
    let asked: Vec<BoxFuture<'_, (usize, FindingResult)>> = asked.collect();
    let answers: HashMap<usize, FindingResult> =
        stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
    let mut report = poll.report(batch);
    let given = asked_as.into_iter().filter_map(|(gate, at)| Some((gate.clone(), answers.get(&at)?.clone())));
    report.answers = given.collect();
    report
}

fn one<'p, T: QuestionSource>(
    source: &'p T,
    question: &'p Question,
    poll: &'p Poll<'p>,
    at: usize,
) -> BoxFuture<'p, (usize, FindingResult)> {
    Box::pin(async move { (at, source.answer(question, poll).await) })
}

/// One poll while it is under way.
#[derive(Debug)]
pub(crate) struct Poll<'a> {
    pub(crate) cancel: &'a CancellationToken,
    /// When the look at a gate began, after the poll did.
    begun: Mutex<HashMap<GateId, Now>>,
    /// For how long a cache had kept the answer to a gate.
    kept: Mutex<HashMap<GateId, Duration>>,
    meter: Meter,
    /// Requests of this poll and what came of them: what several gates ask goes out once.
    asked: Mutex<HashMap<String, Arc<ResponseCell>>>,
}

/// What came, or is to come, of one request.
type ResponseCell = OnceCell<Result<Arc<Response>, Failure>>;

impl<'a> Poll<'a> {
    pub(crate) fn new(cancel: &'a CancellationToken) -> Self {
        Self {
            cancel,
            begun: Mutex::default(),
            kept: Mutex::default(),
            meter: Meter::default(),
            asked: Mutex::default(),
        }
    }

    /// The place of one request's answer.
    pub(super) fn told(&self, request: String) -> Arc<ResponseCell> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(asked.entry(request).or_default())
    }

    /// The server's clock at its last answer, as far as it told.
    pub(crate) fn server_time(&self) -> Option<DateTime<Utc>> {
        self.meter.server_time()
    }

    /// Fails once the server asked us to wait or refused the credential: the answer would be the same.
    pub(super) fn may_ask(&self) -> Result<(), Failure> {
        self.meter.halted(BudgetOf::Requests).map_or(Ok(()), Err)
    }

    /// A request goes out.
    pub(crate) fn sent(&self) {
        self.meter.sent();
    }

    /// Takes in the clock and the rates of an answer. What is waited for: see [`Poll::heed`] and [`Poll::heed_spent`].
    pub(crate) fn note(&self, response: &Response) {
        let _ = self.meter.note(response, Dialect::Generic);
    }

    /// Takes in a refusal: how long to stay away, and whether to go on in this poll.
    pub(crate) fn heed(&self, response: &Response, failure: &Failure) {
        let asked = asked_wait(response);
        match failure.kind {
            FailureKind::RateLimited => self.meter.halt(None, failure, asked.unwrap_or(PATIENCE)),
            FailureKind::Unauthorized => self.meter.halt(None, failure, Duration::ZERO),
            // It has asked to be left alone: the rest of this poll does, too.
            FailureKind::ServerError => {
                if let Some(wait) = asked {
                    self.meter.halt(None, failure, wait);
                }
            }
            _ => {}
        }
    }

    /// Takes in that this answer was the last one that a rate budget had: the next request would be refused.
    pub(super) fn heed_spent(&self, response: &Response) {
        self.meter.heed_spent(response, Dialect::Generic);
    }

    /// The look at this gate begins only now: it had to wait for its turn.
    pub(crate) fn begins(&self, gate: &GateId, now: Now) {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).insert(gate.clone(), now);
    }

    /// A cache had kept an answer of this poll for so long: what comes of it is as old.
    pub(crate) fn keep(&self, kept: Duration) {
        self.meter.keep(kept);
    }

    /// The same for what comes of it for this gate alone.
    pub(crate) fn keep_for(&self, gate: &GateId, kept: Duration) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(gate.clone(), kept);
    }

    /// One look is not all that the gate asks for.
    pub(crate) fn look_again(&self, gate: &GateId) {
        self.meter.look_again(gate);
    }

    fn report(&self, batch: &Batch) -> Report {
        let mut report = Report { kept: self.meter.kept(batch), ..Report::default() };
        let alone = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        report.kept.extend(alone.iter().map(|(gate, kept)| (gate.clone(), *kept)));
        drop(alone);
        self.meter.report(&mut report);
        report.begun.clone_from(&self.begun.lock().unwrap_or_else(PoisonError::into_inner));
        report
    }
}

/// How long a refusal asks us to stay away: `Retry-After`, a spent budget, or a reset that stands alone.
pub(crate) fn asked_wait(response: &Response) -> Option<Duration> {
    let now = response.date().unwrap_or_default();
    let stated = rate(response, Dialect::Generic).wait();
    stated.or_else(|| reset_alone(response, now)).map(|wait| wait.min(MAX_RETRY_AFTER))
}

/// `X-RateLimit-Reset` as seconds to go, epoch seconds, epoch milliseconds or an ISO time.
fn reset_alone(response: &Response, now: DateTime<Utc>) -> Option<Duration> {
    let names = ["x-ratelimit-reset", "ratelimit-reset", "x-sentry-rate-limit-reset"];
    let text = names.iter().find_map(|name| response.header(name))?.trim();
    let at = match text.parse::<i64>() {
        Ok(number @ 0..1_000_000_000) => return Some(Duration::from_secs(number.unsigned_abs())),
        Ok(number @ 1_000_000_000..100_000_000_000) => DateTime::from_timestamp(number, 0)?,
        Ok(number) => DateTime::from_timestamp_millis(number)?,
        Err(_) => iso_time(text)?,
    };
    (at - now).to_std().ok()
}

/// ISO 8601, also without seconds, as Jira writes it.
fn iso_time(text: &str) -> Option<DateTime<Utc>> {
    let whole = DateTime::parse_from_rfc3339(text).ok();
    let short = || DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%#z").ok();
    whole.or_else(short).map(|time| time.with_timezone(&Utc))
}
