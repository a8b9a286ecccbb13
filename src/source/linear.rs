//! Evidence from Linear: issues, projects, milestones, cycles, initiatives, views, documents and releases.
//!
//! What it promises, beside what every [`Source`] does:
//!
//! - **Few requests.** All gates of a poll share one request as far as Linear's cap on complexity allows; what an
//!   error in one of them would spoil for the others is asked for apart.
//! - **"None" is proved.** A key that is limited to some teams sees no others, silently; so everything that a gate
//!   names (team, label, project, milestone, cycle, release, state, person) must be found in the same request.
//! - **Open is what is not closed.** A state of a type that is not known counts as open; canceled and duplicate are
//!   closed and are not done.
//! - **The key stays here.** It goes to the configured server only, and into no message.

mod answer;
mod client;
mod cost;
mod counter;
mod document;
mod filter;
mod finding;
mod judge;
mod kinds;
mod lookup;
mod page;
mod poll;
mod row;
mod spec;
mod viewer;
mod work;

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use self::client::Client;
pub use self::viewer::Viewer;
use super::{
    Batch, Kinds, Report, Source,
    http::{Http, HttpError, Url},
};
use crate::domain::{Failure, SourceId};

/// Where Linear answers, unless the user's settings say otherwise.
pub const LINEAR_API: &str = "https://api.linear.app/graphql";

/// What files may ask Linear for.
pub const KINDS: Kinds = Kinds { source: "linear", things: kinds::THINGS };

/// Which server, and with which key.
#[derive(Clone, Debug)]
pub struct LinearConfig {
    /// The GraphQL address, such as [`LINEAR_API`]. From the user's settings only.
    pub url: Url,
    /// A personal key (`lin_api_...`) or an OAuth token. Without one nothing is sent.
    pub token: Option<SecretString>,
}

/// One Linear workspace as a source.
pub struct Linear {
    client: Client,
}

impl Linear {
    /// A source that asks this server with this client.
    ///
    /// # Errors
    /// [`HttpError::InvalidRequest`] for a key that can be none: a blank or a line break in it.
    pub fn new(http: Http, config: LinearConfig) -> Result<Self, HttpError> {
        Ok(Self { client: Client::new(http, config.url, config.token)? })
    }

    /// Whose key it is and which teams it can see.
    ///
    /// # Errors
    /// As for any question: no key, a key that is refused, no connection, ...
    pub async fn viewer(&self, cancel: &CancellationToken) -> Result<Viewer, Failure> {
        viewer::ask(&self.client, cancel).await
    }
}

impl Source for Linear {
    fn id(&self) -> SourceId {
        SourceId::from(KINDS.source)
    }

    fn ask<'a>(&'a self, batch: &'a Batch, cancel: &'a CancellationToken) -> BoxFuture<'a, Report> {
        Box::pin(poll::run(&self.client, batch, cancel))
    }
}
