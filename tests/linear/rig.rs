//! A launch whose gates look at Linear, and how to ask about them.

use std::{collections::BTreeMap, sync::LazyLock};

use gonogo::{
    domain::{Digest, Failure, FailureKind, Finding, GateId, Outcome, Query, Question, SourceId, Str},
    source::{
        Batch, DecodedLimits, GateLimits, Report, Source, http,
        http::{Http, Url},
        linear::{Linear, LinearConfig, SOURCE},
    },
    yaml,
};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::support::linear::{LinearServer, LinearWorld, then};

pub const KEY: &str = "lin_api_canary";

/// Each kind with limits that hold in [`world`].
pub const GREEN: [(&str, &str); 9] = [
    (
        "issues",
        "{ team: CHK, labels: [release-blocker], project: Checkout, milestone: GA, cycle: 12, release: 3.0.0, \
         assignee: ada, priority: high }",
    ),
    ("issues_done", "{ ids: [CHK-1, chk-2] }"),
    (
        "project",
        "{ name: Checkout, status: started, health: on_track, progress_at_least: 0.8, update_max_age: 7d }",
    ),
    ("initiative", "{ name: Payments, status: active, health: on_track }"),
    ("milestone", "{ project: Checkout, name: GA }"),
    ("cycle", "{ number: 12, team: CHK }"),
    ("view", "{ id: blockers-view, of: issues }"),
    ("document", "{ id: plan, max_age: 7d }"),
    ("release", "{ version: 3.0.0, pipeline: Web, frozen: true, same_commit: true }"),
];

pub const COMMIT: &str = "8f3c2ab8f3c2ab8f3c2ab8f3c2ab8f3c2ab8f3c2";

/// All is well: issues are done, the project is on track, the release is frozen.
pub fn world(world: &mut LinearWorld) {
    for (identifier, state) in
        [("CHK-1", "Done"), ("CHK-2", "Done"), ("CHK-3", "Canceled"), ("CHK-4", "Duplicate")]
    {
        let issue = world.issue(identifier, "Refund twice");
        issue.state = state.into();
        issue.project = Some("Checkout".into());
        issue.milestone = Some("GA".into());
        issue.cycle = Some(12);
        issue.assignee = Some("ada".into());
        issue.priority = 1;
        world.label(identifier, "release-blocker");
    }
    world.issue("OPS-1", "Other team's work");
    world.label("OPS-1", "ops-only");
    world.cycle("CHK", 12, true);
    let project = world.project("Checkout").healthy("onTrack").milestone("GA", "done", 1.0);
    project.progress = 0.8;
    world.initiative("Payments", "Active").health = Some("onTrack".into());
    world.view("blockers-view", "Issue", &[]);
    world.document("plan").at = then();
    let release = world.release("3.0.0", "Web");
    release.commit = Some(COMMIT.into());
    release.stage = ("Candidate".into(), "started".into(), true);
    release.issues = vec!["CHK-1".into()];
}

pub fn start(change: impl FnOnce(&mut LinearWorld)) -> LinearServer {
    LinearServer::start(|it| {
        world(it);
        change(it);
    })
}

/// Views and documents go by the slug that the server makes of their names.
pub fn slug(name: &str) -> String {
    crate::support::linear::id(name)[..8].to_owned()
}

pub fn decode(thing: &str, limits: &str) -> Result<DecodedLimits, Vec<String>> {
    decode_for(thing, limits, &[])
}

/// With `defaults` of the launch.
pub fn decode_for(
    thing: &str,
    limits: &str,
    defaults: &[(&str, &str)],
) -> Result<DecodedLimits, Vec<String>> {
    let document = yaml::parse("t.yaml", limits.as_bytes()).expect("well-formed");
    let defaults: BTreeMap<Str, Str> =
        defaults.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    let (node, people) = (document.root(), BTreeMap::new());
    let limits =
        GateLimits { document: &document, node, defaults: &defaults, version: "3.0.0", people: &people };
    let thing = SOURCE.things.iter().find(|it| it.name == thing).expect("a kind");
    let mut problems = Vec::new();
    let decoded = (thing.decode)(&limits, &mut problems);
    decoded.ok_or_else(|| problems.iter().map(|it| format!("{}: {}", it.code, it.message)).collect())
}

pub fn question(gate: &str, thing: &str, limits: &str) -> Question {
    let limits = limits
        .replace("blockers-view", &slug("blockers-view"))
        .replace("id: plan", &format!("id: {}", slug("plan")));
    let DecodedLimits { args, bound, said } =
        decode(thing, &limits).unwrap_or_else(|found| panic!("{limits}: {found:?}"));
    let query = Query { source: SourceId::new("linear"), thing: thing.into(), args, bound, said };
    Question {
        gate: GateId::new(gate),
        digest: Digest::of([gate.as_bytes()]),
        query,
        version: "3.0.0".into(),
        component: None,
        repository: "acme/checkout".into(),
        git_ref: "main".into(),
        connection: None,
    }
}

pub fn batch(gates: &[(&str, &str)]) -> Batch {
    let questions =
        gates.iter().enumerate().map(|(at, (thing, limits))| question(&format!("qa/{at}"), thing, limits));
    Batch { questions: questions.collect(), targets: Vec::new() }
}

/// Shared, because the machine's TLS roots are read for each client.
static HTTP: LazyLock<Http> =
    LazyLock::new(|| Http::direct(http::ExchangeLimits::default()).expect("client"));

pub fn linear(server: &LinearServer, key: Option<&str>) -> Linear {
    with(HTTP.clone(), server, key)
}

pub fn linear_within(server: &LinearServer, key: Option<&str>, limits: http::ExchangeLimits) -> Linear {
    with(Http::direct(limits).expect("client"), server, key)
}

fn with(http: Http, server: &LinearServer, key: Option<&str>) -> Linear {
    let url = Url::parse(&server.endpoint()).expect("url");
    let config = LinearConfig { url, token: key.map(SecretString::from) };
    Linear::new(http, config).expect("a key")
}

pub async fn report(server: &LinearServer, gates: &[(&str, &str)]) -> Report {
    let batch = batch(gates);
    let report = linear(server, Some(KEY)).ask(&batch, &CancellationToken::new()).await;
    assert_eq!(report.answers.len(), gates.len(), "one answer per question");
    report
}

/// Answers in the order of the questions.
pub async fn ask(server: &LinearServer, gates: &[(&str, &str)]) -> Vec<Result<Finding, Failure>> {
    let report = report(server, gates).await;
    let answer =
        |at| report.answers.iter().find(|(gate, _)| gate.local() == at).expect("an answer").1.clone();
    (0..gates.len()).map(|at| answer(at.to_string())).collect()
}

pub async fn ask_one(server: &LinearServer, thing: &str, limits: &str) -> Result<Finding, Failure> {
    ask(server, &[(thing, limits)]).await.remove(0)
}

/// What a gate should come to.
#[derive(Clone, Debug)]
pub enum Expected {
    Found(Outcome, &'static str),
    Failed(FailureKind, &'static str),
}

pub use Expected::{Failed, Found};

impl Expected {
    pub fn check(&self, what: &str, answer: &Result<Finding, Failure>) {
        let fine = match (self, answer) {
            (Found(outcome, said), Ok(finding)) => {
                finding.outcome == *outcome && finding.reason.contains(said)
            }
            (Failed(kind, said), Err(failure)) => failure.kind == *kind && failure.message.contains(said),
            _ => false,
        };
        assert!(fine, "{what}: expected {self:?}, got {answer:#?}");
    }
}
