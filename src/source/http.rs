//! One hardened HTTP client, shared by every source.
//!
//! What it promises:
//!
//! - An answer is whole or it is an error: never the beginning of a body, never more than [`ExchangeLimits::body`] decoded bytes.
//! - Every request ends: a connection, a silent server and a whole exchange each have their own limit, and a
//!   cancelled request ends at once.
//! - A [`Credential`] goes to the one origin it is for and nowhere else; no redirect, link or message carries it away.
//! - What a server repeats of a credential is hidden before anything else sees it.
//! - A [guarded](Http::guarded) client connects only to addresses that were checked.
//! - At most [`AT_ONCE`] requests are in flight to one server.
//! - Nothing is retried here. When to ask again belongs to the poller.
//!
//! Errors name the host and the cause, never a path, a query or a credential.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use gonogo_text::Veil;

mod address;
mod error;
mod failure;
mod github;
mod guard;
mod json;
mod paging;
mod rate;
mod redirect;
mod request;
mod response;
mod turns;
mod validators;
mod veil;
mod wire;

pub use error::{HttpError, RedirectFault, ResponsePart, TimeoutPhase};
pub use github::{GITHUB_API_VERSION, GithubClient};
pub use guard::{Guard, HostLookup, SystemLookup};
pub use json::{BodyError, decode_json, parse_json};
pub use paging::{PageLink, PagingError, SeenPages, link, next_page};
pub use rate::{BudgetKind, Dialect, MAX_RESET, MAX_RETRY_AFTER, Rate, RateBudget, rate};
pub(crate) use request::server_of;
pub use request::{Body, Credential, HttpRequest, Scheme};
pub use reqwest::Url;
pub use response::Response;
use turns::Turns;
pub use validators::{Revalidation, Validators};

/// The limits of one exchange. The default is what the product uses; tests use shorter ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExchangeLimits {
    /// Longest time to a connection, TLS included. 5 s.
    pub connect: Duration,
    /// Longest time without a byte, and longest time to the end of the response head. 10 s.
    pub idle: Duration,
    /// Longest time for the whole exchange, redirects included. 30 s.
    pub whole: Duration,
    /// Largest body in decoded bytes. 8 MiB.
    pub body: usize,
    /// Largest response head in bytes. 64 KiB.
    pub head: usize,
}

impl Default for ExchangeLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            idle: Duration::from_secs(10),
            whole: Duration::from_secs(30),
            body: 8 * 1024 * 1024,
            head: 64 * 1024,
        }
    }
}

/// Makes `ring` the process's TLS provider. Safe to call again: the first call wins.
///
/// Without a provider reqwest would panic when the first client is built.
pub fn install_crypto() {
    // An error means that a provider is there already, which is what was wanted.
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// Requests in flight to one server at a time, whoever sends them.
pub const AT_ONCE: usize = 4;

/// A client, or why there is none. It is made for the first request: reading the certificates of a machine takes longer than all
/// else that happens before the first frame.
type LazyClient = LazyLock<MadeClient, Box<dyn FnOnce() -> MadeClient + Send>>;
type MadeClient = Result<reqwest::Client, HttpError>;

/// The shared client. Cheap to clone: all clones use one pool of connections.
#[derive(Debug, Clone)]
pub struct Http {
    client: Arc<LazyClient>,
    turns: Turns,
    limits: Arc<ExchangeLimits>,
    guard: Option<Arc<Guard>>,
    veil: Arc<Veil>,
}

impl Http {
    /// A client that honours the system's proxy settings. Where its TLS roots or proxy settings cannot be used, every request
    /// says so.
    pub fn new(limits: ExchangeLimits) -> Self {
        Self::build(limits, reqwest::Client::builder())
    }

    /// A client that never uses a proxy, made at once.
    ///
    /// # Errors
    /// [`HttpError::InvalidRequest`] if the TLS roots of this machine cannot be used.
    pub fn direct(limits: ExchangeLimits) -> Result<Self, HttpError> {
        let http = Self::build(limits, reqwest::Client::builder().no_proxy());
        http.client().map(|_| ())?;
        Ok(http)
    }

    /// A client for addresses that a file names: it connects only where `guard` lets it, to the very address that
    /// was checked, without a proxy, and keeps each server's certificate.
    ///
    /// # Errors
    /// [`HttpError::InvalidRequest`] if an additional root of `guard` is no certificate.
    pub fn guarded(limits: ExchangeLimits, guard: Guard) -> Result<Self, HttpError> {
        let roots = guard.roots.iter().map(|der| reqwest::Certificate::from_der(der));
        let roots = roots.collect::<Result<Vec<_>, _>>();
        let roots = roots.map_err(|_| HttpError::invalid("an additional root is no certificate"))?;
        let guard = Arc::new(guard);
        let builder = reqwest::Client::builder().no_proxy().tls_info(true).tls_certs_merge(roots);
        let builder = builder.dns_resolver(guard::GuardedResolver(Arc::clone(&guard)));
        Ok(Self { guard: Some(guard), ..Self::build(limits, builder) })
    }

    fn build(limits: ExchangeLimits, builder: reqwest::ClientBuilder) -> Self {
        install_crypto();
        let head = u32::try_from(limits.head).unwrap_or(u32::MAX);
        let builder = builder
            .user_agent(concat!("gonogo/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(limits.connect)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // We decode gzip ourselves: the cap counts decoded bytes, and the framing headers stay visible.
            .no_gzip()
            .http2_max_header_list_size(head)
            .pool_max_idle_per_host(4)
            .pool_idle_timeout(Duration::from_secs(45));
        let make = move || {
            let none = |error: reqwest::Error| format!("no HTTP client: {}", error.without_url());
            builder.build().map_err(|error| HttpError::invalid(none(error)))
        };
        Self {
            client: Arc::new(LazyLock::new(Box::new(make))),
            turns: Turns::default(),
            limits: Arc::new(limits),
            guard: None,
            veil: Arc::default(),
        }
    }

    fn client(&self) -> Result<&reqwest::Client, HttpError> {
        LazyLock::force(&self.client).as_ref().map_err(Clone::clone)
    }

    /// The same, and nothing that a server says about these secrets comes through either, whichever server it is. A
    /// request's own credential is always hidden.
    #[must_use]
    pub fn hiding<'a>(self, secrets: impl IntoIterator<Item = &'a SecretString>) -> Self {
        self.behind(&veil::over(secrets))
    }

    /// The same, and what this veil hides does not come through either.
    #[must_use]
    pub fn behind(mut self, veil: &Veil) -> Self {
        self.veil = Arc::new(self.veil.and(veil));
        self
    }

    /// What hides the secrets that this client knows, in text that comes another way.
    pub fn veil(&self) -> Arc<Veil> {
        Arc::clone(&self.veil)
    }

    /// The limits this client keeps.
    pub fn limits(&self) -> &ExchangeLimits {
        &self.limits
    }

    /// Sends one request and returns the whole answer, whatever its status.
    ///
    /// Redirects are followed for GET only, at most three, and only to the same origin.
    ///
    /// # Errors
    /// Any [`HttpError`]; [`HttpError::Cancelled`] as soon as `cancel` is.
    pub async fn send(
        &self,
        request: HttpRequest,
        cancel: &CancellationToken,
    ) -> Result<Response, HttpError> {
        self.run(wire::Transport::Own(self.client()?), request, cancel).await
    }

    /// As [`Http::send`], asking `validators` whether the body of an earlier answer is still the newest.
    ///
    /// A 304 comes back as the 200 it renews, with [`Response::not_modified`] set. The caller hands a new
    /// answer to [`Validators::store`] once it has parsed.
    ///
    /// # Errors
    /// As [`Http::send`], and [`HttpError::NotModified`] for a 304 to a question without a validator.
    pub async fn send_conditional(
        &self,
        mut request: HttpRequest,
        validators: &Validators,
        cancel: &CancellationToken,
    ) -> Result<Response, HttpError> {
        let ticket = validators.prepare(&mut request);
        let response = self.send(request.clone(), cancel).await?;
        ticket.settle(response).inspect_err(|_| validators.forget(&request))
    }

    async fn run(
        &self,
        wire: wire::Transport<'_>,
        request: HttpRequest,
        cancel: &CancellationToken,
    ) -> Result<Response, HttpError> {
        request.check()?;
        if let Some(guard) = &self.guard {
            guard.check(request.url())?;
        }
        let host = error::host_of(request.url());
        let turn = self.turns.of(request.url());
        let exchange = async {
            // Only a semaphore that is closed gives no turn, and none is.
            let _turn = turn.acquire().await;
            let outcome = tokio::time::timeout(self.limits.whole, self.follow(wire, &request)).await;
            outcome.unwrap_or(Err(HttpError::TimedOut { host, phase: TimeoutPhase::Whole }))
        };
        let answered = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(HttpError::Cancelled),
            outcome = exchange => outcome,
        };
        // All that a server says enters here.
        let veils = request.credential().map(Credential::veil).into_iter().chain([&*self.veil]);
        veils.fold(answered, |answered, veil| match answered {
            Ok(response) => Ok(veil::response(veil, response)),
            Err(error) => Err(veil::error(veil, error)),
        })
    }

    async fn follow(&self, wire: wire::Transport<'_>, request: &HttpRequest) -> Result<Response, HttpError> {
        let mut visited = vec![request.url().clone()];
        let mut url = request.url().clone();
        loop {
            let answer = wire::exchange(wire, request, &url, &self.limits).await?;
            let next = if request.follows() {
                redirect::next(request.method(), &url, &answer, &visited)?
            } else {
                None
            };
            match next {
                None => return Ok(Response::new(answer, url)),
                Some(next) => {
                    visited.push(next.clone());
                    url = next;
                }
            }
        }
    }
}
