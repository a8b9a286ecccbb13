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
mod checklist;
mod client;
mod cost;
mod counter;
mod document;
mod filter;
mod judge;
mod kinds;
mod lookup;
mod page;
mod pending_gate;
mod poll;
mod row;
mod spec;
mod viewer;
mod writes;

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use self::client::Client;
pub use self::viewer::Viewer;
use super::{
    AnswerFuture, Batch, CredentialOwner, Declaration, Home, Keeps, KeptChecklist, OpenedSource, Report,
    Sends, Setup, Source, VariablePlaces, Writes,
    connection::ServerForm,
    http::{Http, HttpError, Url, server_of},
    setup::{opened, sender},
};
use gonogo_domain::{Digest, Failure, SourceId};

/// Where Linear answers, unless the user's settings say otherwise.
pub const LINEAR_API: &str = "https://api.linear.app/graphql";

/// How another workspace is written in the settings.
const SERVER: ServerForm = ServerForm::new("linear", LINEAR_API, "", "");

/// What files may ask Linear for. All that they say travels as a variable of GraphQL.
pub static SOURCE: Declaration = Declaration {
    name: "linear",
    title: "Linear",
    things: kinds::THINGS,
    defaults: &["team"],
    values: VariablePlaces {
        text: &[
            "team",
            "labels",
            "project",
            "milestone",
            "release",
            "assignee",
            "states",
            "name",
            "version",
            "pipeline",
        ],
        ..VariablePlaces::STRICT
    },
    servers: &[SERVER],
    home: Some(&Home {
        address: LINEAR_API,
        address_env: "LINEAR_API_URL",
        second_env: None,
        token_env: &["LINEAR_API_KEY"],
        keeper: None,
        pages: |api| api.origin().ascii_serialization(),
    }),
    keeps: Some(Keeps::Project),
    sends: Some(Sends {
        writes: "linear-update",
        place: "the name or id of a project",
        fits: |to| !to.trim().is_empty(),
        open: |setup, _| sender(open(setup, None)),
    }),
    open,
    ..Declaration::PLAIN
};

/// The workspace of the user's environment, or of a connection of the settings.
fn open(setup: &Setup, connection: Option<&str>) -> OpenedSource {
    let (url, token) = match connection {
        None => {
            let home = setup.home(SOURCE.name)?;
            (home.base.clone(), home.credential.clone())
        }
        Some(name) => {
            let picked = setup.connections.pick(&SERVER, Some(name))?;
            picked.ready()?;
            (picked.base.clone(), picked.credential.clone())
        }
    };
    opened(Linear::new(setup.http.clone(), LinearConfig { url, token })?)
}

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
    server: Digest,
}

impl Linear {
    /// A source that asks this server with this client.
    ///
    /// # Errors
    /// [`HttpError::InvalidRequest`] for a key that can be none: a blank or a line break in it.
    pub fn new(http: Http, config: LinearConfig) -> Result<Self, HttpError> {
        let server = server_of(&config.url, config.token.as_ref());
        Ok(Self { client: Client::new(http, config.url, config.token)?, server })
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
        SourceId::from(SOURCE.name)
    }

    fn ask<'a>(&'a self, batch: &'a Batch, cancel: &'a CancellationToken) -> BoxFuture<'a, Report> {
        Box::pin(poll::run(&self.client, batch, cancel))
    }

    fn server(&self) -> Option<Digest> {
        Some(self.server.clone())
    }

    fn writes(&self) -> Option<&dyn Writes> {
        Some(self)
    }

    fn checklist<'a>(&'a self, name: &'a str) -> AnswerFuture<'a, KeptChecklist> {
        Box::pin(checklist::read(self, name))
    }

    fn owner<'a>(&'a self, cancel: &'a CancellationToken) -> AnswerFuture<'a, Option<CredentialOwner>> {
        Box::pin(async move {
            let Viewer { name, workspace, mut teams, more_teams, .. } = self.viewer(cancel).await?;
            teams.extend(more_teams.then(|| "more".to_owned()));
            let said = format!("{name} in workspace {workspace}");
            Ok(Some(CredentialOwner { name, said, reach: Some(("teams", teams)), expires: None }))
        })
    }
}
