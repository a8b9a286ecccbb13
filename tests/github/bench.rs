//! A GitHub with one repository, the source that watches it, and questions written as in files.

use std::collections::BTreeMap;

use gonogo::domain::{
    Digest, Failure, FailureKind, Finding, GateId, Logins, Outcome, Query, Question, SourceId, Str,
};
use gonogo::source::github::{Github, GithubConfig, OwnRun, SOURCE};
use gonogo::source::http::{ExchangeLimits, Http, Url};
use gonogo::source::{Batch, DecodedLimits, Report, Source, TargetQuestion};
use gonogo::yaml;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::support::github::{GithubServer, GithubWorld, Repo};

pub const REPO: &str = "acme/rocket";
pub const TOKEN: &str = "canary-token";

pub struct Bench {
    pub server: GithubServer,
    pub source: Github,
    /// What gates are about.
    pub git_ref: String,
}

/// What a judgement should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    Holds,
    Fails,
    Pending,
    Unclear,
    Failed(FailureKind),
}

impl Bench {
    /// A repository whose `main` is at commit `c1`.
    pub fn new(build: impl FnOnce(&mut Repo)) -> Self {
        Self::world(|world| build(world.repo(REPO)))
    }

    pub fn world(build: impl FnOnce(&mut GithubWorld)) -> Self {
        let server = GithubServer::start(|world| {
            world.repo(REPO).commit("main", "c1");
            build(world);
            world.token(TOKEN, "octo");
        });
        let source = source(&server, Some(TOKEN), None);
        Self { server, source, git_ref: "main".into() }
    }

    pub fn at(mut self, git_ref: &str) -> Self {
        self.git_ref = git_ref.into();
        self
    }

    pub fn own_run(mut self, run_id: u64) -> Self {
        self.source = source(&self.server, Some(TOKEN), Some(OwnRun { run_id }));
        self
    }

    pub fn repo<T>(&self, change: impl FnOnce(&mut Repo) -> T) -> T {
        self.server.edit(|world| change(world.repo(REPO)))
    }

    /// One batch with a gate for each text.
    pub fn batch(&self, gates: &[&str]) -> Batch {
        let questions = gates.iter().enumerate().map(|(at, gate)| question(at, gate, &self.git_ref));
        Batch { questions: questions.collect(), targets: Vec::new() }
    }

    pub async fn ask(&self, gates: &[&str]) -> Report {
        self.put(&self.batch(gates)).await
    }

    pub async fn put(&self, batch: &Batch) -> Report {
        self.source.ask(batch, &CancellationToken::new()).await
    }

    pub async fn one(&self, gate: &str) -> Result<Finding, Failure> {
        let mut report = self.ask(&[gate]).await;
        assert_eq!(report.answers.len(), 1, "{report:?}");
        report.answers.remove(0).1
    }

    /// The finding of a gate that has one.
    pub async fn found(&self, gate: &str) -> Finding {
        self.one(gate).await.unwrap_or_else(|failure| panic!("{gate}: {failure:?}"))
    }

    pub async fn failed(&self, gate: &str) -> Failure {
        self.one(gate).await.map_or_else(|failure| failure, |finding| panic!("{gate}: {finding:?}"))
    }

    /// Asks and compares; `needle` must be in the reason or message.
    pub async fn expect(&self, name: &str, gate: &str, want: Want, needle: &str) {
        let answer = self.one(gate).await;
        assert_eq!(got(&answer), want, "{name}: {gate}: {answer:?}");
        let said = match &answer {
            Ok(finding) => finding.reason.to_string(),
            Err(failure) => format!("{} {}", failure.message, failure.next.as_deref().unwrap_or_default()),
        };
        assert!(said.contains(needle), "{name}: `{needle}` is not in `{said}`");
    }
}

pub fn got(answer: &Result<Finding, Failure>) -> Want {
    match answer {
        Ok(finding) => match finding.outcome {
            Outcome::Holds => Want::Holds,
            Outcome::Fails => Want::Fails,
            Outcome::Pending => Want::Pending,
            Outcome::Unclear => Want::Unclear,
        },
        Err(failure) => Want::Failed(failure.kind),
    }
}

pub fn source(server: &GithubServer, token: Option<&str>, own_run: Option<OwnRun>) -> Github {
    let rest = Url::parse(&server.url()).unwrap();
    let graphql = rest.join("/graphql").unwrap();
    let token = token.map(|token| token.to_owned().into());
    Github::new(
        Http::direct(ExchangeLimits::default()).unwrap(),
        GithubConfig { rest, graphql, token, own_run },
    )
}

/// The people of every launch here: two by their names, a role of two people, one of a team, one without accounts.
fn people() -> BTreeMap<Str, Logins> {
    let of = |logins: &[&str], teams: &[&str]| Logins {
        logins: logins.iter().map(|&it| it.into()).collect(),
        teams: teams.iter().map(|&it| it.into()).collect(),
    };
    let all = [
        ("ana", of(&["Ana"], &[])),
        ("bo", of(&["bo"], &[])),
        ("legal", of(&["ana", "lea"], &[])),
        ("core", of(&["bo"], &["acme/core"])),
        ("nobody", of(&[], &[])),
    ];
    all.map(|(name, logins)| (name.into(), logins)).into()
}

/// Reads `thing: { limits }` as a file would be read.
pub fn decode(text: &str) -> Result<(String, DecodedLimits), Vec<yaml::Problem>> {
    let document =
        yaml::parse("gate.yaml", text.as_bytes()).unwrap_or_else(|bad| panic!("{text}: {:?}", bad.problems));
    let (key, node) = document.entries(document.root()).next().expect("one key");
    let name = document.text(key).unwrap().to_owned();
    let thing = SOURCE.things.iter().find(|thing| thing.name == name).unwrap_or_else(|| panic!("no {name}"));
    let (defaults, people) = (BTreeMap::new(), people());
    let limits = gonogo::source::GateLimits {
        document: &document,
        node,
        defaults: &defaults,
        version: "1.2.0",
        people: &people,
    };
    let mut problems = Vec::new();
    match (thing.decode)(&limits, &mut problems) {
        Some(decoded) => Ok((name, decoded)),
        None => Err(problems),
    }
}

pub fn question(at: usize, gate: &str, git_ref: &str) -> Question {
    let (thing, decoded) = decode(gate).unwrap_or_else(|problems| panic!("{gate}: {problems:?}"));
    let DecodedLimits { args, bound, said } = decoded;
    Question {
        gate: GateId::new(format!("t/g{at}")),
        digest: Digest::of([gate.as_bytes()]),
        query: Query { source: SourceId::new("github"), thing: thing.as_str().into(), args, bound, said },
        version: "1.2.0".into(),
        component: None,
        repository: REPO.into(),
        git_ref: git_ref.into(),
        connection: None,
    }
}

pub fn target(repository: &str, git_ref: &str) -> TargetQuestion {
    TargetQuestion { component: None, repository: repository.into(), git_ref: git_ref.into() }
}

/// Calls `change` with every alias of a GraphQL answer: the path of the alias and its value.
pub fn each_alias(body: &mut Value, mut change: impl FnMut(&[String], &mut Value)) {
    let Some(data) = body["data"].as_object_mut() else { return };
    for (key, value) in data.iter_mut().filter(|(key, _)| *key != "rateLimit") {
        match value.as_object_mut().filter(|inner| inner.contains_key("nameWithOwner")) {
            Some(inner) => {
                for (alias, value) in inner.iter_mut().filter(|(alias, _)| *alias != "nameWithOwner") {
                    change(&[key.clone(), alias.clone()], value);
                }
            }
            None => change(&[key.clone()], value),
        }
    }
}
