//! Evidence from GitHub.
//!
//! What it promises, beyond [`Source`]:
//!
//! - **Few requests.** Per poll one GraphQL request for all that GraphQL can answer and one for checks, whatever the
//!   number of gates; the rest is read conditionally. Too large a question is split, and the size remembered.
//! - **One commit.** Refs are resolved in the poll itself; every answer about the target names the commit it speaks of.
//! - **Seeing is not guessing.** "Not there", "not visible to this token", "switched off" and "incomplete" are different
//!   failures, each with what to do. Names in files are verified: nothing is labelled with a label that does not exist.
//! - **Reads alone.** Only `writes` changes anything: at a person's word for the very request, see [`Writes`].
//! - **Without a token nothing is asked**, and nothing more with a token that was refused.

mod actual;
mod address;
mod batching;
mod checklist;
mod client;
mod compose;
mod fact;
mod graph;
mod judge_context;
mod kind;
mod limits;
mod markdown;
mod needs;
mod poll;
mod query_template;
mod refusal;
mod rest;
mod survey;
mod target;
mod team;
mod viewer;
mod writes;

use std::{collections::BTreeSet, sync::OnceLock};

use futures_util::{FutureExt, future::BoxFuture};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use self::client::Client;
pub use self::{client::web, needs::needs, viewer::Viewer};
use super::{
    AnswerFuture, Batch, CredentialHelper, CredentialOwner, Declaration, Home, Keeps, KeptChecklist, Report,
    Sends, Source, Survey, VariablePlaces, WriteNeed, Writes,
    connection::ServerForm,
    finding,
    http::{Http, MAX_RETRY_AFTER, Url, server_of},
    identity, meter,
    setup::sender,
};
use gonogo_domain::{Digest, Failure, Prepared, Question, Sent, SourceId, Str, Write, WriteAsk};

/// How another GitHub is written in the settings.
const SERVER: ServerForm = ServerForm::new("github", "https://HOST/api/v3", "", "");

/// What files may ask of GitHub, and which GitHub is asked.
pub static SOURCE: Declaration = Declaration {
    name: "github",
    title: "GitHub",
    things: kind::THINGS,
    values: VariablePlaces {
        text: &[
            "labels",
            "label",
            "milestone",
            "title",
            "required",
            "checks",
            "assets",
            "done",
            "field",
            "phrase",
            "by",
        ],
        ..VariablePlaces::STRICT
    },
    servers: &[SERVER],
    home: Some(&Home {
        address: "https://api.github.com",
        address_env: "GITHUB_API_URL",
        second_env: Some("GITHUB_GRAPHQL_URL"),
        token_env: &["GITHUB_TOKEN", "GH_TOKEN"],
        keeper: Some(CredentialHelper {
            program: "gh",
            args: &["auth", "token", "--hostname"],
            quiet: ("GH_PROMPT_DISABLED", "1"),
            host: address::keeper_host,
        }),
        pages: web,
    }),
    tells_targets: true,
    actual: Some(actual::GAUGES),
    writes: &["status", "approve-deployment", "comment"],
    keeps: Some(Keeps::Issue),
    sends: Some(Sends {
        writes: "github-comment",
        place: "the number of an issue or pull request of the target's repository",
        fits: |to| to.parse::<u64>().is_ok_and(|number| number > 0),
        open: |setup, _| sender(address::open(setup, None)),
    }),
    needs,
    open: address::open,
    ..Declaration::PLAIN
};

/// Which GitHub, with which token.
#[derive(Clone, Debug)]
pub struct GithubConfig {
    /// The API root: `https://api.github.com`, or `https://HOST/api/v3`.
    pub rest: Url,
    /// `https://api.github.com/graphql`, or `https://HOST/api/graphql`.
    pub graphql: Url,
    /// Without one nothing is asked.
    pub token: Option<SecretString>,
    /// The run of GitHub Actions that gonogo itself is in.
    pub own_run: Option<OwnRun>,
}

/// The run of GitHub Actions that gonogo itself is in: its own job cannot have succeeded yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRun {
    /// `GITHUB_RUN_ID`. `GITHUB_JOB` says nothing more: checks go by display names, which need not be like it.
    pub run_id: u64,
}

/// Answers questions from one GitHub.
pub struct Github {
    http: Http,
    config: GithubConfig,
    client: OnceLock<Result<Client, Failure>>,
}

impl Github {
    /// Nothing is sent before the first question. A token that cannot be one is a failure of every question.
    pub fn new(http: Http, config: GithubConfig) -> Self {
        Self { http, config, client: OnceLock::new() }
    }

    /// Whose token it is, and what it may see: for identity and diagnosis.
    ///
    /// # Errors
    /// Any [`Failure`]: no token, a refused one, no answer.
    pub async fn viewer(&self) -> Result<Viewer, Failure> {
        viewer::ask(self.client()?).await
    }

    /// The logins of a team's members (`org/slug`), in lower case; all of them, or a failure.
    ///
    /// # Errors
    /// Any [`Failure`]: the team is not there or not visible to this token (it says which permission would show it), or
    /// the list is not whole.
    pub async fn team_members(&self, team: &str) -> Result<BTreeSet<String>, Failure> {
        team::members(self.client()?, team).await
    }

    /// Those of these repositories (`owner/name`) that have another name now, with that name.
    ///
    /// # Errors
    /// Any [`Failure`] that concerns all of them: no token, a refused one.
    pub async fn renamed(&self, repositories: &[Str]) -> Result<Vec<(String, String)>, Failure> {
        let client = self.client()?;
        poll::look_up(client, repositories).await;
        Ok(client.renamed().into_iter().map(|(repo, name)| (repo.to_string(), name)).collect())
    }

    fn client(&self) -> Result<&Client, Failure> {
        let client = self
            .client
            .get_or_init(|| Client::new(&self.http, &self.config))
            .as_ref()
            .map_err(Clone::clone)?;
        match client.refused() {
            Some(failure) => Err(failure),
            None => Ok(client),
        }
    }
}

impl Source for Github {
    fn id(&self) -> SourceId {
        SOURCE.name.into()
    }

    fn ask<'a>(&'a self, batch: &'a Batch, cancel: &'a CancellationToken) -> BoxFuture<'a, Report> {
        async move {
            match self.client() {
                Ok(client) => {
                    poll::run(client, self.config.own_run.as_ref(), batch, cancel).await.complete(batch)
                }
                Err(failure) => Report { wait: Some(MAX_RETRY_AFTER), ..Report::failed(batch, &failure) },
            }
        }
        .boxed()
    }

    fn server(&self) -> Option<Digest> {
        Some(server_of(&self.config.rest, self.config.token.as_ref()))
    }

    fn resolves_targets(&self) -> bool {
        true
    }

    fn owner<'a>(&'a self, _: &'a CancellationToken) -> AnswerFuture<'a, Option<CredentialOwner>> {
        async move {
            let Viewer { login, scopes, expires } = self.viewer().await?;
            let reach = scopes.map(|all| ("scopes", all));
            Ok(Some(CredentialOwner { said: login.clone(), name: login, reach, expires }))
        }
        .boxed()
    }

    fn members<'a>(&'a self, team: &'a str) -> AnswerFuture<'a, BTreeSet<String>> {
        self.team_members(team).boxed()
    }

    fn renamed<'a>(&'a self, repositories: &'a [Str]) -> AnswerFuture<'a, Vec<(String, String)>> {
        self.renamed(repositories).boxed()
    }

    fn writes(&self) -> Option<&dyn Writes> {
        Some(self)
    }

    fn survey<'a>(&'a self, repository: &'a str) -> AnswerFuture<'a, Survey> {
        async move { survey::survey(self.client()?, repository).await }.boxed()
    }

    fn checklist<'a>(&'a self, name: &'a str) -> AnswerFuture<'a, KeptChecklist> {
        async move { checklist::read(self.client()?, name).await }.boxed()
    }

    fn page(&self, question: &Question) -> Option<Str> {
        poll::page(&client::web(&self.config.rest), question)
    }
}

impl Writes for Github {
    fn needs(&self, write: &str) -> Option<WriteNeed> {
        writes::needs(write)
    }

    fn prepare<'a>(&'a self, ask: &'a WriteAsk, cancel: &'a CancellationToken) -> AnswerFuture<'a, Prepared> {
        async move { writes::prepare(self.client()?, ask, cancel).await }.boxed()
    }

    fn send<'a>(&'a self, write: &'a Write, cancel: &'a CancellationToken) -> BoxFuture<'a, Sent> {
        async move {
            match self.client() {
                Ok(client) => writes::send(client, write, cancel).await,
                Err(failure) => Sent::Refused(failure),
            }
        }
        .boxed()
    }

    fn look<'a>(&'a self, write: &'a Write, cancel: &'a CancellationToken) -> AnswerFuture<'a, Option<Str>> {
        async move { writes::look(self.client()?, write, cancel).await }.boxed()
    }
}
