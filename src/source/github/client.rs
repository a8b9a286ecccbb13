//! The connection to one GitHub with one token, and what is remembered between polls.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{
    GithubConfig,
    batching::{BatchRun, BatchSize, LargeFacts, OpenBatch, fail, halve},
    fact::{GraphFact, Repo},
    graph::{Answers, GraphOutcome, GraphRequest, Reply},
    meter::Meter,
    refusal::{HttpRefusal, RefusalReach, Requested, limited, rate_limited, refusal},
};
use crate::http::{
    AT_ONCE, Body, Credential, Dialect, GithubClient, Http, HttpError, MAX_RETRY_AFTER, Response, Scheme,
    Url, Validators, decode_json, rate,
};
use gonogo_domain::{BudgetOf, Failure, FailureKind};

/// The decent wait after a limit that names none; doubles while it goes on.
const PATIENCE: Duration = Duration::from_secs(60);

/// Facts in one light request, and in one heavy one.
const SIZES: [usize; 2] = [250, 20];

/// Most requests that one poll spends on finding out which part of a document is refused.
const MOST_SPLITS: u32 = 40;

/// One GitHub, one token.
pub(super) struct Client {
    graphql: GithubClient,
    pub(super) rest: GithubClient,
    /// Where people read this GitHub: `https://github.com`.
    pub(super) web: String,
    pub(super) validators: Validators,
    sizes: [BatchSize; 2],
    /// The token is refused: nothing is asked with it any more.
    refused: Mutex<Option<Failure>>,
    /// Repositories whose name is not the one in the files.
    renamed: Mutex<BTreeMap<Repo, String>>,
    /// Shapes that this GitHub does not know.
    unknown: Mutex<HashMap<&'static str, Failure>>,
    strikes: AtomicU32,
    /// Facts whose answer was too large by itself.
    large: LargeFacts,
    /// No search before this moment of the server's clock.
    searches: Mutex<Option<DateTime<Utc>>>,
    /// What the API's address should be, if it does not look like one.
    suspect: Option<String>,
}

impl Client {
    /// Needs an async runtime around it.
    pub(super) fn new(http: &Http, config: &GithubConfig) -> Result<Self, Failure> {
        let Some(token) = &config.token else { return Err(no_token()) };
        let bad = |error: HttpError| Failure::new(FailureKind::NotConfigured, error.to_string());
        let credential = |url: &Url| Credential::new(token, Scheme::Bearer, url).map_err(bad);
        let crab = |url: &Url| http.github(url, Some(credential(url)?)).map_err(bad);
        Ok(Self {
            graphql: crab(&config.graphql)?,
            rest: crab(&config.rest)?,
            web: web(&config.rest),
            validators: Validators::new(),
            sizes: SIZES.map(BatchSize::new),
            refused: Mutex::default(),
            renamed: Mutex::default(),
            unknown: Mutex::default(),
            strikes: AtomicU32::new(0),
            large: LargeFacts::default(),
            searches: Mutex::default(),
            suspect: suspect(&config.rest),
        })
    }

    /// Why this token is not used any more.
    pub(super) fn refused(&self) -> Option<Failure> {
        lock(&self.refused).clone()
    }

    /// Repositories that have another name now.
    pub(super) fn renamed(&self) -> BTreeMap<Repo, String> {
        lock(&self.renamed).clone()
    }

    /// The name that a repository has now.
    pub(super) fn current(&self, repo: &Repo) -> Repo {
        let now = lock(&self.renamed).get(repo).and_then(|name| Repo::parse(name));
        now.unwrap_or_else(|| repo.clone())
    }

    /// Why no search is made now. The budget of searches is small and its own: other questions do not wait for it.
    pub(super) fn no_search(&self, meter: &Meter) -> Option<Failure> {
        let until = (*lock(&self.searches))?;
        let waits = meter.server_time().is_some_and(|now| now < until);
        waits.then(|| {
            let message = format!("GitHub's search limit is used up until {} UTC", until.format("%H:%M:%S"));
            Failure::new(FailureKind::RateLimited, message)
                .advise("wait; or use `labels`, `milestone` or `base`, which need no search")
        })
    }

    /// Notes what an answer to a search says of its budget.
    pub(super) fn note_search(&self, response: &Response) {
        let Some(now) = response.date() else { return };
        let rate = rate(response, Dialect::Github);
        let spent = rate.left(now).find(|it| it.of == BudgetOf::Search && it.remaining == 0);
        if let Some(spent) = spent {
            let asked =
                rate.retry_after.and_then(|wait| now.checked_add_signed(TimeDelta::from_std(wait).ok()?));
            *lock(&self.searches) = asked.max(Some(spent.resets));
        }
    }

    /// Draws the consequences of a refusal.
    pub(super) fn heed(&self, refusal: &HttpRefusal, meter: &Meter) {
        match refusal.reach {
            RefusalReach::Question => {}
            RefusalReach::Server(of, wait) => {
                // Several requests of one poll may run into the same limit: one strike.
                let more = u32::from(!meter.is_halted());
                let strikes = self.strikes.fetch_add(more, Ordering::Relaxed).min(10);
                meter.halt(of, &refusal.failure, wait.unwrap_or(PATIENCE.saturating_mul(1 << strikes)));
            }
            RefusalReach::Token => {
                lock(&self.refused).get_or_insert_with(|| refusal.failure.clone());
                meter.halt(None, &refusal.failure, MAX_RETRY_AFTER);
            }
        }
    }

    /// Asks all facts of one weight, in as few requests as the server bears.
    pub(super) async fn graph(
        &self,
        facts: Vec<GraphFact>,
        heavy: bool,
        meter: &Meter,
        cancel: &CancellationToken,
    ) -> Answers {
        let size = &self.sizes[usize::from(heavy)];
        let mut answers = Answers::new();
        let facts = self.leave_out_unknown(facts, &mut answers);
        let facts = self.large.leave_out(facts, &mut answers);
        let run = Mutex::new(BatchRun::default());
        // What is known at once goes out together.
        let batches = self.large.apart(facts, size.get()).into_iter().map(|batch| {
            let asked = self.batch(batch, (size, &run), meter, cancel);
            asked.boxed()
        });
        let batches: Vec<BoxFuture<'_, Answers>> = batches.collect();
        answers.extend(stream::iter(batches).buffer_unordered(AT_ONCE).concat().await);
        answers
    }

    /// Asks one batch, in parts where it was too much.
    async fn batch(
        &self,
        batch: Vec<GraphFact>,
        (size, run): (&BatchSize, &Mutex<BatchRun>),
        meter: &Meter,
        cancel: &CancellationToken,
    ) -> Answers {
        let mut answers = Answers::new();
        let mut open = OpenBatch::new(batch);
        while let Some(batch) = open.todo.pop() {
            let ended = lock(run).ended.clone();
            if let Some(failure) = meter.halted(BudgetOf::Graphql).or(ended) {
                fail(&mut answers, batch, &failure);
                continue;
            }
            let asked = GraphRequest::new(batch);
            let (outcome, _) = self.exchange(&asked, meter, cancel).await;
            let mut run = lock(run);
            if let Some(failure) = self.take(outcome, asked, size, &mut run, &mut open, &mut answers) {
                run.ended.get_or_insert(failure);
            }
        }
        if let Some(asked) = open.too_many() {
            size.shrink(asked);
        }
        answers
    }

    /// Settles one request; a failure that comes back is that of everything still to do.
    fn take(
        &self,
        outcome: GraphOutcome,
        asked: GraphRequest,
        size: &BatchSize,
        run: &mut BatchRun,
        open: &mut OpenBatch,
        answers: &mut Answers,
    ) -> Option<Failure> {
        match outcome {
            GraphOutcome::Answered(found, names, _) => {
                self.large.forget(&found);
                answers.extend(found);
                self.learn_names(names);
                size.succeeded();
                self.strikes.store(0, Ordering::Relaxed);
                run.healthy = true;
                if let Some(asked) = run.overloaded.take() {
                    size.shrink(asked);
                }
            }
            GraphOutcome::TooMuch(failure) => self.too_much(&failure, asked, open, answers),
            GraphOutcome::TooLarge(failure) => {
                return self.too_large(failure, asked, run, open, answers);
            }
            GraphOutcome::Overloaded(failure) => {
                // Smaller parts help an overburdened server; one that is down is left alone.
                let first = !size.goes_down();
                if !run.healthy && !first {
                    fail(answers, asked.facts(), &failure);
                    // Whether smaller parts help is found out by one batch, not by all that were under way.
                    return (open.probing || !run.probing).then_some(failure);
                }
                (run.probing, open.probing) = (true, true);
                run.overloaded = Some(asked.composed.places.len());
                halve(asked, &mut open.todo, answers, &failure);
            }
            GraphOutcome::Refused { failure, unknown } => {
                if unknown && asked.composed.places.len() == 1 {
                    self.remember_unknown(&asked, &failure);
                }
                run.splits += 1;
                if run.splits > MOST_SPLITS {
                    fail(answers, asked.facts(), &failure);
                } else {
                    halve(asked, &mut open.todo, answers, &failure);
                }
            }
            GraphOutcome::Limited => fail(answers, asked.facts(), &rate_limited()),
            GraphOutcome::Failed(failure) => {
                fail(answers, asked.facts(), &failure);
                return Some(failure);
            }
        }
        None
    }

    /// Sends one request. The response comes along for what only its headers say.
    pub(super) async fn exchange(
        &self,
        asked: &GraphRequest,
        meter: &Meter,
        cancel: &CancellationToken,
    ) -> (GraphOutcome, Option<Response>) {
        let body = json!({ "query": asked.composed.document, "variables": asked.composed.variables });
        let request = self.graphql.post(Body::Json(body));
        if cancel.is_cancelled() {
            return (GraphOutcome::Failed(HttpError::Cancelled.into()), None);
        }
        meter.sent();
        let response = match self.graphql.send(request, cancel).await {
            Ok(response) => response,
            Err(error @ HttpError::TooLarge { .. }) => return (GraphOutcome::TooLarge(error.into()), None),
            Err(error) => return (GraphOutcome::Failed(self.addressed(error.into())), None),
        };
        meter.wait(meter.note(&response, Dialect::Github));
        meter.heed_spent(&response, Dialect::Github);
        let outcome = self.read(asked, &response, meter);
        match &outcome {
            GraphOutcome::Answered(_, _, Some(budget)) => meter.budget(*budget),
            GraphOutcome::Limited => {
                self.heed(&limited(&response), meter);
            }
            _ => {}
        }
        (outcome, Some(response))
    }

    fn read(&self, asked: &GraphRequest, response: &Response, meter: &Meter) -> GraphOutcome {
        if !response.is_success() {
            let refusal =
                refusal(response, Requested { what: "GitHub's GraphQL API", whose: "", needs: &[] });
            self.heed(&refusal, meter);
            return match response.status() {
                502 | 504 => GraphOutcome::Overloaded(refusal.failure),
                _ => GraphOutcome::Failed(self.addressed(refusal.failure)),
            };
        }
        match decode_json::<Reply>(response) {
            Ok(reply) => asked.settle(reply),
            Err(error) => GraphOutcome::Failed(self.addressed(error.into())),
        }
    }

    /// Where no API answers, the address may be that of the pages.
    fn addressed(&self, failure: Failure) -> Failure {
        let no_api =
            matches!(failure.kind, FailureKind::NotFound | FailureKind::Rejected | FailureKind::Malformed);
        match &self.suspect {
            Some(better) if no_api && failure.next.is_none() => failure.advise(format!(
                "check the address: that of a GitHub Enterprise Server ends with /api/v3 ({better})"
            )),
            _ => failure,
        }
    }

    fn learn_names(&self, names: BTreeMap<Repo, String>) {
        let mut renamed = lock(&self.renamed);
        for (repo, name) in names {
            if repo.is(&name) {
                renamed.remove(&repo);
            } else {
                renamed.insert(repo, name);
            }
        }
    }

    /// Smaller parts may be borne; what is too much by itself is asked apart from now on.
    fn too_much(&self, failure: &Failure, asked: GraphRequest, open: &mut OpenBatch, answers: &mut Answers) {
        open.was_too_much(asked.each().len());
        if let [one] = asked.each() {
            self.large.ask_apart(one);
        }
        halve(asked, &mut open.todo, answers, failure);
    }

    /// Smaller parts may fit; an answer that is too large by itself is left alone for a while.
    fn too_large(
        &self,
        failure: Failure,
        asked: GraphRequest,
        run: &mut BatchRun,
        open: &mut OpenBatch,
        answers: &mut Answers,
    ) -> Option<Failure> {
        run.splits += 1;
        open.was_too_much(asked.each().len());
        if asked.each().len() == 1 {
            self.large.leave_alone(&asked);
        }
        if run.splits > MOST_SPLITS {
            fail(answers, asked.facts(), &failure);
            return Some(failure);
        }
        halve(asked, &mut open.todo, answers, &failure);
        None
    }

    fn leave_out_unknown(&self, facts: Vec<GraphFact>, answers: &mut Answers) -> Vec<GraphFact> {
        let unknown = lock(&self.unknown);
        let (out, rest): (Vec<_>, Vec<_>) =
            facts.into_iter().partition(|fact| unknown.contains_key(fact.shape.name));
        for fact in out {
            if let Some(failure) = unknown.get(fact.shape.name) {
                let failure = failure.clone();
                answers.push((fact, Err(failure)));
            }
        }
        rest
    }

    fn remember_unknown(&self, asked: &GraphRequest, failure: &Failure) {
        if let Some(shape) = asked.only_shape() {
            lock(&self.unknown).insert(shape, failure.clone());
        }
    }
}

/// The address that an Enterprise Server's API has, where this one is no API's that we know.
fn suspect(rest: &Url) -> Option<String> {
    let known =
        rest.host_str().is_some_and(|host| host.starts_with("api.")) || rest.path().ends_with("/api/v3");
    let origin = rest.origin().ascii_serialization();
    (!known).then(|| format!("{origin}/api/v3"))
}

/// The pages that belong to an API: `api.github.com` to `github.com`, `HOST/api/v3` to `HOST`.
pub fn web(rest: &Url) -> String {
    let origin = rest.origin().ascii_serialization();
    // An Enterprise Server is its own page, also where its name begins with `api.`.
    if rest.path().trim_end_matches('/').ends_with("/api/v3") {
        origin
    } else {
        origin.replacen("://api.", "://", 1)
    }
}

/// No token, no question: without one GitHub allows sixty reads an hour and no GraphQL.
pub(super) fn no_token() -> Failure {
    Failure::new(FailureKind::NotConfigured, "there is no token for GitHub")
        .advise("set GITHUB_TOKEN or GH_TOKEN, or run `gh auth login`")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
