//! What sources are made from, and what stands where one cannot be made.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use reqwest::Url;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::{
    api::Api,
    command,
    connection::{Connections, ServerForm},
    contract::{AnswerFuture, Batch, NowFn, Report, Source, WriteNeed, Writes},
    http::{Http, Scheme},
    probe,
};
use gonogo_domain::{Failure, FailureKind, Prepared, Sent, SourceId, Str, Write, WriteAsk};

/// All that sources are made from.
pub struct Setup {
    /// The shared client.
    pub http: Http,
    /// Tells the time.
    pub clock: NowFn,
    /// The servers of the user's settings.
    pub connections: Connections,
    /// The servers that need no settings, by source.
    pub homes: BTreeMap<&'static str, HomeServer>,
    /// Reads an environment variable.
    pub env: fn(&str) -> Option<String>,
    /// What `http` gates may do.
    pub probe: probe::ProbePolicy,
    /// What `command` gates may do.
    pub command: command::CommandPolicy,
}

/// A server that needs no settings, as the user's environment has it.
#[derive(Clone, Debug)]
pub struct HomeServer {
    /// Its address.
    pub base: Url,
    /// That of its second API, if the environment names one.
    pub second: Option<Url>,
    /// The user's credential for it.
    pub credential: Option<SecretString>,
    /// For how long the program that keeps the credential was waited for in vain.
    pub silent: Option<Duration>,
}

/// A source, or why there is none.
pub type OpenedSource = Result<Arc<dyn Source>, Failure>;

impl Setup {
    /// The server of a connection of the user's settings, asked with its credential.
    ///
    /// # Errors
    /// If there is no such connection, or no credential.
    pub(super) fn api(
        &self,
        server: &'static ServerForm,
        connection: Option<&str>,
        scheme: Scheme,
    ) -> Result<Api, Failure> {
        Api::new(&self.http, self.connections.pick(server, connection)?, scheme)
    }

    /// The same, asked as nobody where the settings name no credential.
    pub(super) fn open_api(
        &self,
        server: &'static ServerForm,
        connection: Option<&str>,
        scheme: Scheme,
    ) -> Result<Api, Failure> {
        Api::open(&self.http, self.connections.pick(server, connection)?, scheme)
    }

    /// The server of a source that needs no settings.
    pub(super) fn home(&self, source: &str) -> Result<&HomeServer, Failure> {
        let missing = || Failure::new(FailureKind::NotConfigured, format!("no {source} is set up"));
        self.homes.get(source).ok_or_else(missing)
    }
}

/// A source in the form that [`super::Declaration::open`] gives it.
pub(super) fn opened(source: impl Source + 'static) -> OpenedSource {
    Ok(Arc::new(source))
}

/// What a source sends messages by, if it is one that writes.
pub(super) fn sender(opened: OpenedSource) -> Result<Arc<dyn Writes>, Failure> {
    Ok(Arc::new(Sender(opened?)))
}

/// A source as what it writes by.
struct Sender(Arc<dyn Source>);

impl Sender {
    fn writer(&self) -> Result<&dyn Writes, Failure> {
        self.0.writes().ok_or_else(nothing)
    }
}

impl Writes for Sender {
    fn needs(&self, write: &str) -> Option<WriteNeed> {
        self.0.writes()?.needs(write)
    }

    fn prepare<'a>(&'a self, ask: &'a WriteAsk, cancel: &'a CancellationToken) -> AnswerFuture<'a, Prepared> {
        match self.writer() {
            Ok(writer) => writer.prepare(ask, cancel),
            Err(failure) => Box::pin(std::future::ready(Err(failure))),
        }
    }

    fn send<'a>(&'a self, write: &'a Write, cancel: &'a CancellationToken) -> BoxFuture<'a, Sent> {
        match self.writer() {
            Ok(writer) => writer.send(write, cancel),
            Err(failure) => Box::pin(std::future::ready(Sent::Refused(failure))),
        }
    }

    fn look<'a>(&'a self, write: &'a Write, cancel: &'a CancellationToken) -> AnswerFuture<'a, Option<Str>> {
        match self.writer() {
            Ok(writer) => writer.look(write, cancel),
            Err(failure) => Box::pin(std::future::ready(Err(failure))),
        }
    }
}

/// Why a source that does not say how it is made cannot be.
pub(super) fn nothing() -> Failure {
    Failure::new(FailureKind::NotConfigured, "this version cannot ask it")
}

/// A source that answers every question with why it cannot be asked.
/// `tells_targets`: it answers questions about refs likewise.
pub fn unserved(source: &str, tells_targets: bool, failure: Failure) -> Arc<dyn Source> {
    Arc::new(Unserved { id: SourceId::new(source), tells_targets, failure })
}

/// A connection that nothing would be asked by must not look as if it were.
pub(super) fn no_connection(source: &str, name: Option<&str>) -> Result<(), Failure> {
    let Some(name) = name else { return Ok(()) };
    let message = format!("`{source}` gates use no connection, and this one names `{name}`");
    Err(Failure::new(FailureKind::NotConfigured, message).advise("take `connection` out of the gate"))
}

/// A source that cannot be asked.
struct Unserved {
    id: SourceId,
    tells_targets: bool,
    failure: Failure,
}

impl Source for Unserved {
    fn id(&self) -> SourceId {
        self.id.clone()
    }

    fn resolves_targets(&self) -> bool {
        self.tells_targets
    }

    fn ask<'a>(&'a self, batch: &'a Batch, _: &'a CancellationToken) -> BoxFuture<'a, Report> {
        Box::pin(std::future::ready(Report::failed(batch, &self.failure)))
    }
}
