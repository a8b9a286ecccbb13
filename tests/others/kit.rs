//! A question from a line of YAML, a server from a function, and what comes of them.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use gonogo::{
    domain::{Digest, Failure, Finding, Now, Outcome, Query, Question, SourceId, Str},
    source::{
        Batch, DecodedLimits, GateLimits, NowFn, Report, Setup, Source, command,
        connection::{Connection, Connections},
        http::{self, Http, Url},
        probe,
        register::{declared, open},
    },
    yaml,
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::support::server::{Reply, Req, Server};

/// What a credential looks like in every test; it must never be seen elsewhere.
pub const CANARY: &str = "canary-user:canary-token-93d1";

/// What stands in a gate: `prometheus: { query: up, at_least: 1 }`. `.thing` below the source is found by itself.
pub fn decode(text: &str, defaults: &[(&str, &str)]) -> Result<(String, String, DecodedLimits), Vec<String>> {
    let document = yaml::parse("gate.yaml", text.as_bytes()).expect("the YAML of a test");
    let (key, value) = document.entries(document.root()).next().expect("a source");
    let source = document.text(key).expect("its name").to_owned();
    let kinds = declared(&source).expect("a source that is registered");
    let (thing, node) = match kinds.things {
        [only] if only.name.is_empty() => (only, value),
        _ => {
            let (key, limits) = document.entries(value).next().expect("a thing");
            let name = document.text(key).expect("its name");
            (
                kinds.things.iter().find(|thing| thing.name == name).expect("a thing that is registered"),
                limits,
            )
        }
    };
    let defaults: BTreeMap<Str, Str> = defaults.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
    let people = BTreeMap::new();
    let limits =
        GateLimits { document: &document, node, defaults: &defaults, version: "3.0.0", people: &people };
    let mut problems = Vec::new();
    let decoded = (thing.decode)(&limits, &mut problems);
    match decoded {
        Some(decoded) if problems.is_empty() => Ok((source, thing.name.to_owned(), decoded)),
        _ => Err(problems
            .into_iter()
            .map(|it| format!("{}; {}", it.message, it.help.unwrap_or_default()))
            .collect()),
    }
}

/// A question as the evaluator puts it.
pub fn question(text: &str) -> Question {
    question_with(text, &[])
}

pub fn question_with(text: &str, defaults: &[(&str, &str)]) -> Question {
    let (source, thing, decoded) = decode(text, defaults).unwrap_or_else(|problems| panic!("{problems:?}"));
    Question {
        gate: "qa/it".into(),
        digest: Digest::of([text.as_bytes()]),
        query: Query {
            source: SourceId::new(source),
            thing: thing.into(),
            args: decoded.args,
            bound: decoded.bound,
            said: decoded.said,
        },
        version: "3.0.0".into(),
        component: None,
        repository: "acme/checkout".into(),
        git_ref: "release/3.0".into(),
        connection: None,
    }
}

/// The machine's clock.
pub fn clock() -> NowFn {
    let clock = gonogo::clock::Clock::system();
    Arc::new(move || {
        let reading = clock.read();
        Now { wall: reading.wall, boot: reading.boot }
    })
}

/// Longer than any answer takes on a busy machine.
pub const LONG: Duration = Duration::from_secs(20);
/// For servers that never answer.
pub const SHORT: Duration = Duration::from_millis(200);

thread_local! {
    /// One client per patience and test: to read the system's certificates for each would take most of the time.
    static CLIENTS: RefCell<HashMap<Duration, Http>> = RefCell::default();
}

/// A client that waits so long.
pub fn http(patience: Duration) -> Http {
    let limits = http::ExchangeLimits {
        connect: LONG,
        idle: patience,
        whole: LONG + patience,
        ..http::ExchangeLimits::default()
    };
    let make = || Http::direct(limits).expect("a client");
    CLIENTS.with_borrow_mut(|clients| clients.entry(patience).or_insert_with(make).clone())
}

/// Everything that a source is made from, with one connection of that name.
pub fn setup(name: &str, base: &str, token: Option<&str>) -> Setup {
    let connection = Connection {
        source: name.into(),
        base: Url::parse(base).expect("a base"),
        credential: token.map(Into::into),
        token_env: Some("THE_TOKEN".into()),
    };
    Setup {
        http: http(LONG),
        clock: clock(),
        connections: Connections([(Str::from(name), connection)].into()),
        homes: std::collections::BTreeMap::new(),
        env: |_| None,
        probe: probe::ProbePolicy::default(),
        command: command::CommandPolicy::default(),
    }
}

/// A source that asks `server`, below a path of its own so that a base is seen to be kept.
pub fn source(question: &Question, name: &str, server: &Server, token: Option<&str>) -> Arc<dyn Source> {
    source_with(question, name, server, token, LONG)
}

/// The same with another patience.
pub fn source_with(
    question: &Question,
    name: &str,
    server: &Server,
    token: Option<&str>,
    patience: Duration,
) -> Arc<dyn Source> {
    let mut setup = setup(name, &format!("{}{PREFIX}", server.url()), token);
    setup.http = http(patience);
    open(&setup, question.query.source.as_str(), None).expect("a source that is opened")
}

/// A source for whose connection the settings name no token.
pub fn anonymous(name: &str, server: &Server) -> Arc<dyn Source> {
    let mut setup = setup(name, &format!("{}{PREFIX}", server.url()), None);
    setup.connections.0.values_mut().for_each(|it| it.token_env = None);
    open(&setup, name, None).expect("a source that is opened")
}

/// The path of every server's base.
pub const PREFIX: &str = "/base";

pub async fn report(source: &dyn Source, question: &Question) -> Report {
    let batch = Batch { questions: vec![question.clone()], targets: Vec::new() };
    source.ask(&batch, &CancellationToken::new()).await
}

pub async fn ask(source: &dyn Source, question: &Question) -> Result<Finding, Failure> {
    let mut report = report(source, question).await;
    assert_eq!(report.answers.len(), 1);
    report.answers.remove(0).1
}

/// A server whose base path is [`PREFIX`]; what is not below it is not found.
pub fn serve(handler: impl Fn(&Req) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |request: &Req| match request.path.strip_prefix(PREFIX) {
        Some(path) => handler(&Req { path: path.to_owned(), ..request.clone() }),
        None => Reply::json(404, &Value::Null),
    })
}

/// Asks once what that YAML asks of a server that answers so.
pub async fn once(
    name: &str,
    yaml: &str,
    handler: impl Fn(&Req) -> Reply + Send + Sync + 'static,
) -> Result<Finding, Failure> {
    let question = question(yaml);
    let server = serve(handler);
    let source = source(&question, name, &server, Some(CANARY));
    ask(&*source, &question).await
}

/// The outcome, or the kind of failure, in one word.
pub fn word(answer: &Result<Finding, Failure>) -> String {
    match answer {
        Ok(finding) => format!("{:?}", finding.outcome),
        Err(failure) => format!("{:?}", failure.kind),
    }
}

pub fn holds(answer: &Result<Finding, Failure>) -> bool {
    answer.as_ref().is_ok_and(|finding| finding.outcome == Outcome::Holds)
}

/// All that a person may get to read of an answer.
pub fn shown(answer: &Result<Finding, Failure>) -> String {
    format!("{answer:?}")
}

/// JSON with 200.
pub fn ok(body: &Value) -> Reply {
    Reply::json(200, body)
}
