//! A look at an address, as a monitoring probe has it: `http` gates.
//!
//! - Only trusted files may ask, only over https, and only hosts on the user's list; the address behind a name is
//!   checked before the connection and is the one connected to.
//! - Nothing secret is sent. What comes back is compared and not repeated, but for a number that has limits.
//! - A redirect is an answer like any other, and not the one that was asked for.
//! - What cannot be reached is unknown: our own network may be the reason.
//! - A guardrail looks at counters: what they grew by between two looks is a window.

mod certificate;
mod counters;
mod judge;
mod spec;
mod stand_in;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{HeaderValue, Method, header::CACHE_CONTROL};
use reqwest::Url;

use self::{
    judge::{ProbedResponse, judge},
    spec::ProbeSpec,
};
use super::{
    Declaration, NowFn, Thing, VariablePlaces,
    api::{Depends, FindingResult, PATIENCE, Poll, QuestionSource, asked_wait},
    declaration::Measures,
    finding::finding,
    guardrail,
    http::{ExchangeLimits, Guard, Http, HttpRequest, Response},
    reach::{self, Gauges},
    setup::{no_connection, opened},
    spec::args,
};
use gonogo_domain::{Digest, Failure, FailureKind, Now, Outcome, Question, Str};
use gonogo_text::{Veil, shell_word};
use gonogo_yaml::Shape;

/// What files may ask this source for, and which server answers.
pub static SOURCE: Declaration = Declaration {
    name: "http",
    title: "Web addresses",
    things: &[Thing::of::<spec::Keys>("")],
    values: VariablePlaces { text: &["equals"], addresses: &["url"], ..VariablePlaces::STRICT },
    measures: Some(Measures { decode: counters::decode, shape: Shape::of::<counters::Keys> }),
    actual: Some(Gauges { decode: counters::actual, shape: Shape::of::<counters::ActualKeys> }),
    exposes: Some(Gauges { decode: counters::exposure, shape: Shape::of::<counters::ExposureKeys> }),
    open: |setup, connection| {
        no_connection("http", connection)?;
        opened(Probe::new(setup.probe.clone(), Arc::clone(&setup.clock))?.behind(&setup.http.veil()))
    },
    ..Declaration::PLAIN
};

/// What `http` gates may do; from the user's settings (`http: { allow, private }`) and trust.
#[derive(Clone, Debug, Default)]
pub struct ProbePolicy {
    /// Exact hosts on the internet.
    pub allow: Vec<String>,
    /// Exact hosts that may have private addresses.
    pub private: Vec<String>,
    /// The files of this launch are trusted by the user.
    pub trusted: bool,
    /// What the user would trust: the path of the launch, for advice.
    pub path: String,
}

/// Answers `http` gates.
pub struct Probe {
    http: Http,
    clock: NowFn,
    config: ProbePolicy,
    /// Good answers in a row, by question.
    row: Mutex<HashMap<Digest, u32>>,
    /// Hosts that asked us to wait, and until when by the boot-time clock: the others are asked on.
    waiting: Mutex<HashMap<String, Duration>>,
}

impl Probe {
    /// A probe with the product's limits and the system's resolver.
    ///
    /// # Errors
    /// If there is no HTTP client to be had.
    pub fn new(config: ProbePolicy, clock: NowFn) -> Result<Self, Failure> {
        let guard = Guard::new(config.private.iter().cloned());
        Self::guarded(config, clock, guard, ExchangeLimits::default())
    }

    /// The same with another resolver, further roots or other limits.
    ///
    /// # Errors
    /// As [`Probe::new`].
    pub fn guarded(
        config: ProbePolicy,
        clock: NowFn,
        guard: Guard,
        limits: ExchangeLimits,
    ) -> Result<Self, Failure> {
        let http = Http::guarded(limits, guard)?;
        Ok(Self { http, clock, config, row: Mutex::default(), waiting: Mutex::default() })
    }

    /// The same, and what this veil hides is in none of its answers.
    #[must_use]
    pub fn behind(mut self, veil: &Veil) -> Self {
        self.http = self.http.behind(veil);
        self
    }

    async fn once(&self, look: &ProbeSpec, poll: &Poll<'_>) -> Result<JudgedResponse, Failure> {
        let method = if look.head { Method::HEAD } else { Method::GET };
        let Fetched { url, response, before, after } =
            self.fetch(&look.url, method, &look.status, poll).await?;
        let took = after.boot.saturating_sub(before.boot);
        // By the later of the two clocks: one that is behind would make a certificate younger.
        let now = response.date().map_or(after.wall, |date| date.max(after.wall));
        let (outcome, reason) = judge(look, &ProbedResponse { response: &response, took, now })?;
        // A page is what people get, wherever it comes from.
        let kept = look.part.as_ref().and_then(|_| response.age());
        Ok(JudgedResponse { outcome, reason, url, kept })
    }

    /// What is at an address that these files may ask.
    async fn fetch(
        &self,
        address: &str,
        method: Method,
        expected: &[u16],
        poll: &Poll<'_>,
    ) -> Result<Fetched, Failure> {
        let url = self.admit(address)?;
        let request =
            HttpRequest::new(method, url.clone()).accept(HeaderValue::from_static("*/*")).without_redirects();
        // What a cache has kept is of another time.
        let request = request.header(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        let before = (self.clock)();
        let host = host_of(&url);
        if let Some(left) = self.waits(&host, before.boot) {
            return Err(asks_to_wait(&host, left));
        }
        poll.sent();
        let response =
            self.http.send(request, poll.cancel).await.map_err(|error| self.unanswered(error.into()))?;
        let after = (self.clock)();
        poll.note(&response);
        if matches!(response.status(), 420 | 429) && !expected.contains(&response.status()) {
            let wait = asked_wait(&response).unwrap_or(PATIENCE);
            self.waiting().insert(host.clone(), after.boot + wait);
            return Err(asks_to_wait(&host, wait));
        }
        Ok(Fetched { url, response, before, after })
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<String, Duration>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long a host is still to be left alone.
    fn waits(&self, host: &str, now: Duration) -> Option<Duration> {
        self.waiting().get(host)?.checked_sub(now).filter(|left| !left.is_zero())
    }

    /// The address, if these files may ask it.
    fn admit(&self, text: &str) -> Result<Url, Failure> {
        if !self.config.trusted {
            let path =
                if self.config.path.is_empty() { "PATH".into() } else { shell_word(&self.config.path) };
            return Err(Failure::new(
                FailureKind::NotAllowed,
                "http gates in files that you do not trust are not asked",
            )
            .advise(format!("read what they ask, then allow it: gonogo trust {path}")));
        }
        let url = Url::parse(text).ok().filter(is_plain).ok_or_else(|| {
            Failure::new(
                FailureKind::Rejected,
                "the `url` of the gate must be an https address without user and password",
            )
            .advise("correct the gate")
        })?;
        let host = host_of(&url);
        let listed = self.config.allow.iter().chain(&self.config.private).any(|allowed| *allowed == host);
        if !listed {
            return Err(Failure::new(
                FailureKind::NotAllowed,
                format!("the host {host} is not in your settings"),
            )
            .advise(format!("add it to your settings: http: {{ allow: [{host}] }}")));
        }
        Ok(url)
    }

    fn unanswered(&self, failure: Failure) -> Failure {
        if failure.kind == FailureKind::NotAllowed {
            let advice = "if it is your own server, add it to your settings: http: { private: [HOST] }";
            return failure.advise(advice);
        }
        failure
    }

    /// Good answers in a row, this one included; one that is not good ends the row.
    fn count(&self, key: Digest, good: bool) -> u32 {
        let mut row = self.row.lock().unwrap_or_else(PoisonError::into_inner);
        let count = row.entry(key).or_default();
        *count = if good { count.saturating_add(1) } else { 0 };
        *count
    }
}

fn asks_to_wait(host: &str, left: Duration) -> Failure {
    let message = format!("{host} asks us to wait: {} s", left.as_secs().max(1));
    Failure::new(FailureKind::RateLimited, message)
}

/// What came back, and when it was asked for and was there.
struct Fetched {
    url: Url,
    response: Response,
    before: Now,
    after: Now,
}

/// The page of an address: without what may be a key.
fn page(mut url: Url) -> Str {
    url.set_query(None);
    url.set_fragment(None);
    url.as_str().into()
}

/// A judged answer.
struct JudgedResponse {
    outcome: Outcome,
    reason: String,
    url: Url,
    /// For how long a cache had kept what was compared.
    kept: Option<Duration>,
}

fn is_plain(url: &Url) -> bool {
    url.scheme() == "https"
        && url.username().is_empty()
        && url.password().is_none()
        && url.host_str().is_some()
}

/// In lower case, IPv6 without brackets, as the user's list has it.
fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase()
}

/// Seconds with one decimal below ten.
fn seconds(time: Duration) -> String {
    match time.as_secs_f64() {
        time if time < 1.0 => format!("{:.0} ms", time * 1000.0),
        time if time < 10.0 => format!("{time:.1} s"),
        time => format!("{time:.0} s"),
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe").field("config", &self.config).finish_non_exhaustive()
    }
}

impl QuestionSource for Probe {
    const NAME: &'static str = SOURCE.name;
    /// Good answers in a row are each gate's own.
    const DEPENDS: Depends = Depends::OnTheGate;

    async fn answer(&self, question: &Question, poll: &Poll<'_>) -> FindingResult {
        if &*question.query.thing == guardrail::THING {
            return counters::measure(self, question, poll).await;
        }
        if &*question.query.thing == reach::ACTUAL {
            return counters::told(self, question, poll).await;
        }
        let look: ProbeSpec = args(question)?;
        // Of this gate alone: two gates with one address must not count each other's answers.
        let (gate, args) = (question.gate.to_string(), question.query.args.to_string());
        let key = Digest::of([gate.as_bytes(), args.as_bytes()]);
        let answered = self.once(&look, poll).await;
        let in_a_row = self.count(key, answered.as_ref().is_ok_and(|seen| seen.outcome == Outcome::Holds));
        let JudgedResponse { outcome, mut reason, url, kept } = answered?;
        if let Some(kept) = kept.filter(|kept| !kept.is_zero()) {
            poll.keep_for(&question.gate, kept);
        }
        let short = outcome == Outcome::Holds && in_a_row < look.in_a_row;
        if short {
            reason = format!("{reason}; {in_a_row} of {} in a row", look.in_a_row);
            poll.look_again(&question.gate);
        }
        let mut found = finding(if short { Outcome::Pending } else { outcome }, reason, "probe");
        found.url = Some(page(url));
        Ok(found)
    }
}
