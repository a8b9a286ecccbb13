//! From the user's settings to sources: which source answers the gates of a key, and with which server.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::{
    Batch, Clock, Report, Source, command::Command, connection::Connections, datadog::Datadog, flag::Flags,
    http::Http, jira::Jira, macros::Macros, notion::Notion, pagerduty::PagerDuty, probe::Probe,
    prometheus::Prometheus, sentry::Sentry, statuspage::Statuspage,
};
use crate::{
    domain::{Failure, FailureKind, SourceId},
    source::{command, probe},
};

/// All that sources are made from.
pub struct Setup {
    /// The shared client.
    pub http: Http,
    /// Tells the time.
    pub clock: Clock,
    /// The servers of the user's settings.
    pub connections: Connections,
    /// What `http` gates may do.
    pub probe: probe::Config,
    /// What `command` gates may do.
    pub command: command::Config,
}

/// A source, or why there is none.
type Opened = Result<Arc<dyn Source>, Failure>;

/// Opens a source by its setup and the connection that a gate names.
type Opener = fn(&Setup, Option<&str>) -> Opened;

/// How each source is opened. A new source adds its line here and in [`super::KINDS`].
const OPENERS: &[(&str, Opener)] = &[
    ("http", |setup, name| {
        no_connection("http", name)?;
        shared(Probe::new(setup.probe.clone(), Arc::clone(&setup.clock))?)
    }),
    ("command", |setup, name| {
        no_connection("command", name)?;
        shared(Command::new(setup.command.clone()))
    }),
    ("prometheus", |setup, name| {
        shared(Prometheus::new(&setup.http, setup.connections.pick("prometheus", name)?)?)
    }),
    ("datadog", |setup, name| {
        let connection = setup.connections.pick("datadog", name)?;
        shared(Datadog::new(&setup.http, connection, Arc::clone(&setup.clock))?)
    }),
    ("sentry", |setup, name| shared(Sentry::new(&setup.http, setup.connections.pick("sentry", name)?)?)),
    ("flag", |setup, name| shared(Flags::new(&setup.http, &setup.connections, name))),
    ("macro", |setup, name| shared(Macros::new(&setup.http, &setup.connections, name))),
    ("jira", |setup, name| shared(Jira::new(&setup.http, setup.connections.pick("jira", name)?)?)),
    ("notion", |setup, name| shared(Notion::new(&setup.http, setup.connections.pick("notion", name)?)?)),
    ("pagerduty", |setup, name| {
        shared(PagerDuty::new(&setup.http, setup.connections.pick("pagerduty", name)?)?)
    }),
    ("statuspage", |setup, name| {
        shared(Statuspage::new(&setup.http, setup.connections.pick("statuspage", name)?)?)
    }),
];

/// The source for the gates that ask `source` by `connection`; none for a source that is not opened here. One that
/// lacks its server or its credential answers every question with what to do about it.
pub fn open(setup: &Setup, source: &str, connection: Option<&str>) -> Option<Arc<dyn Source>> {
    let (name, opener) = OPENERS.iter().find(|(name, _)| *name == source)?;
    let opened = opener(setup, connection);
    Some(opened.unwrap_or_else(|failure| unserved(name, failure)))
}

/// A source that answers every question with why it can not be asked.
pub fn unserved(source: &str, failure: Failure) -> Arc<dyn Source> {
    Arc::new(Unserved { id: SourceId::new(source), failure })
}

/// A connection that nothing would be asked by must not look as if it were.
fn no_connection(source: &str, name: Option<&str>) -> Result<(), Failure> {
    let Some(name) = name else { return Ok(()) };
    let message = format!("`{source}` gates use no connection, and this one names `{name}`");
    Err(Failure::new(FailureKind::NotConfigured, message).advise("take `connection` out of the gate"))
}

fn shared(source: impl Source + 'static) -> Opened {
    Ok(Arc::new(source))
}

/// A source that can not be asked.
struct Unserved {
    id: SourceId,
    failure: Failure,
}

impl Source for Unserved {
    fn id(&self) -> SourceId {
        self.id.clone()
    }

    fn ask<'a>(&'a self, batch: &'a Batch, _: &'a CancellationToken) -> BoxFuture<'a, Report> {
        Box::pin(std::future::ready(Report::failed(batch, &self.failure)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::KINDS;

    #[test]
    fn what_files_may_ask_for_can_be_opened() {
        let elsewhere = ["github", "linear"];
        for kinds in KINDS.iter().filter(|kinds| !elsewhere.contains(&kinds.source)) {
            assert!(OPENERS.iter().any(|(name, _)| *name == kinds.source), "{}", kinds.source);
        }
        assert!(OPENERS.iter().all(|(name, _)| KINDS.iter().any(|kinds| kinds.source == *name)));
    }
}
