//! The loopback servers themselves: a test that leans on a server which lies proves nothing.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the server's clock is compared with the real one")]

use crate::support;

use std::time::Duration;

use gonogo::source::http::{
    BodyError, Credential, Dialect, ExchangeLimits, GithubClient, Http, HttpError, HttpRequest, Response,
    Scheme, SeenPages, TimeoutPhase, Url, Validators, decode_json, next_page, rate,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use support::github::{GithubServer, GithubWorld, oid};
use support::graphql::Schema;
use support::linear::{LinearServer, LinearWorld};
use support::server::Fault;
use tokio_util::sync::CancellationToken;

fn github_world(world: &mut GithubWorld) {
    let repo = world.repo("acme/rocket");
    repo.commit("main", "c1")
        .check("build", "success")
        .check("test", "in_progress")
        .status("legal", "success");
    repo.issue(7, "Engine leaks").label("release-blocker").milestone("v1");
    repo.label("unused");
    repo.pull(8, "Fix the engine").review("ana", "APPROVED").review("ana", "COMMENTED");
    repo.release("v0.9.0").asset("rocket.tar.gz", 100);
    repo.run("ci.yml", "main", "success");
    repo.deploy("staging", "main", &["in_progress", "success"]);
    repo.file("main", "docs/rollback.md", "# How to go back");
}

fn client(server: &GithubServer, idle: Duration) -> GithubClient {
    let url = Url::parse(&server.url()).unwrap();
    let token = Credential::new(&SecretString::from("canary"), Scheme::Bearer, &url).unwrap();
    Http::direct(ExchangeLimits { idle, ..ExchangeLimits::default() })
        .unwrap()
        .github(&url, Some(token))
        .unwrap()
}

async fn get(server: &GithubServer, path: &[&str], query: &[(&str, &str)]) -> Result<Response, HttpError> {
    let client = client(server, ExchangeLimits::default().idle);
    client.send(client.get(path, query), &CancellationToken::new()).await
}

async fn json_of(server: &GithubServer, path: &[&str], query: &[(&str, &str)]) -> Value {
    decode_json(&get(server, path, query).await.unwrap()).unwrap()
}

const REPO: [&str; 3] = ["repos", "acme", "rocket"];

fn below(path: &[&'static str]) -> Vec<&'static str> {
    [&REPO, path].concat()
}

#[tokio::test]
async fn github_rest_shows_the_world_as_it_is_now() {
    let server = GithubServer::start(github_world);
    let checks = json_of(&server, &below(&["commits", "main", "check-runs"]), &[]).await;
    assert_eq!(
        (checks["total_count"].as_u64(), &checks["check_runs"][1]["conclusion"]),
        (Some(2), &Value::Null)
    );
    let blockers = [("labels", "release-blocker")];
    assert_eq!(json_of(&server, &below(&["issues"]), &blockers).await[0]["title"], "Engine leaks");
    server.edit(|world| world.repo("acme/rocket").close_issue(7));
    assert_eq!(json_of(&server, &below(&["issues"]), &blockers).await, json!([]));
    assert_eq!(
        json_of(&server, &below(&["git", "ref", "heads", "main"]), &[]).await["object"]["sha"],
        oid("c1")
    );
    let pull = json_of(&server, &below(&["pulls", "8"]), &[]).await;
    assert_eq!((&pull["merged"], &pull["mergeable"]), (&json!(false), &json!(true)));
    server.edit(|world| world.repo("acme/rocket").merge(8));
    assert_eq!(json_of(&server, &below(&["pulls", "8"]), &[]).await["merged"], true);
    assert_eq!(get(&server, &below(&["labels", "typo"]), &[]).await.unwrap().status(), 404);
    assert_eq!(server.sightings("Bearer canary"), server.count());
}

#[tokio::test]
async fn github_pages_tags_renames_and_counts() {
    let server = GithubServer::start(|world| {
        let repo = world.repo("acme/old");
        for number in 1..=250 {
            repo.issue(number, "one of many");
        }
        world.rename("acme/old", "acme/new");
        world.rate("core", 5000, 100, 60);
    });
    let client = client(&server, ExchangeLimits::default().idle);
    let (validators, cancel) = (Validators::new(), CancellationToken::new());
    let mut request = client.get(&["repos", "acme", "old", "issues"], &[("per_page", "100")]);
    let first = client.send_conditional(request.clone(), &validators, &cancel).await.unwrap();
    assert!(first.final_url().path().starts_with("/repositories/"));
    validators.store(&request, &first);
    let again = client.send_conditional(request.clone(), &validators, &cancel).await.unwrap();
    assert!(again.not_modified());
    let left = |answer: &Response| rate(answer, Dialect::Github).tightest().unwrap().remaining;
    assert_eq!(left(&first), left(&again) + 1, "the redirect counts, the 304 does not");
    let (mut seen, mut total) = (SeenPages::new(10), 0);
    loop {
        let answer = client.send(request.clone(), &cancel).await.unwrap();
        total += decode_json::<Vec<Value>>(&answer).unwrap().len();
        match next_page(request.url(), &answer, &mut seen).unwrap() {
            Some(next) => request = client.read(next),
            None => break,
        }
    }
    assert_eq!(total, 250);
}

#[tokio::test]
async fn github_tokens_see_what_they_may() {
    let server = GithubServer::start(|world| {
        github_world(world);
        world.repo("acme/rocket").private = true;
        world.token("canary", "ana").sees_checks = false;
    });
    assert_eq!(json_of(&server, &["user"], &[]).await["login"], "ana");
    let refused = get(&server, &below(&["commits", "main", "check-runs"]), &[]).await.unwrap();
    assert_eq!(
        (refused.status(), refused.header("x-accepted-github-permissions")),
        (403, Some("checks=read"))
    );
    server.edit(|world| world.token("canary", "ana").repos.clear());
    assert_eq!(get(&server, &REPO, &[]).await.unwrap().status(), 404);
    server.edit(|world| {
        world.tokens.clear();
        world.token("another", "bo");
    });
    assert_eq!(get(&server, &REPO, &[]).await.unwrap().status(), 401);
}

#[test]
fn github_graphql_answers_aliases_fragments_and_variables() {
    let server = GithubServer::start(github_world);
    let query = r#"query($name: String!, $labels: [String!] = ["release-blocker"], $n: Int!) {
        a: repository(owner: "acme", name: $name) {
            object(expression: "main") { ... on Commit { oid statusCheckRollup { state contexts(first: 1) {
                totalCount pageInfo { hasNextPage endCursor } nodes { __typename ... on CheckRun { name status conclusion } ... on StatusContext { context } } } } } }
            open: issues(states: OPEN, labels: $labels, first: 1) { totalCount nodes { ...I } }
            pullRequest(number: $n) { state latestOpinionatedReviews(first: 10) { nodes { state author { login } } } }
            milestones(first: 5, query: "v1") { nodes { title issues(states: OPEN, first: 1) { totalCount } } }
            release(tagName: "v0.9.0") { isLatest releaseAssets(first: 5) { nodes { name } } }
            file: object(expression: "main:docs/rollback.md") { ... on Blob { text byteSize } }
            gone: object(expression: "main:nope.md") { oid }
            deployments(environments: ["staging"], first: 1, orderBy: {field: CREATED_AT, direction: DESC}) { nodes { commitOid latestStatus { state } } }
        }
        b: repository(owner: "acme", name: "nope") { id }
        rateLimit { remaining }
    }
    fragment I on Issue { number title labels(first: 5) { nodes { name } } }"#;
    let answer = server.query(query, &json!({ "name": "rocket", "n": 8 }));
    let repo = &answer["data"]["a"];
    let rollup = &repo["object"]["statusCheckRollup"];
    assert_eq!(
        (&rollup["state"], &rollup["contexts"]["totalCount"]),
        (&json!("PENDING"), &json!(3)),
        "{answer}"
    );
    assert_eq!(rollup["contexts"]["pageInfo"]["hasNextPage"], true);
    assert_eq!(repo["open"]["nodes"][0]["labels"]["nodes"][0]["name"], "release-blocker");
    assert_eq!(
        repo["pullRequest"]["latestOpinionatedReviews"]["nodes"],
        json!([{ "state": "APPROVED", "author": { "login": "ana" } }])
    );
    assert_eq!(repo["milestones"]["nodes"][0]["issues"]["totalCount"], 1);
    assert_eq!(
        (&repo["release"]["isLatest"], &repo["file"]["byteSize"], &repo["gone"]),
        (&json!(true), &json!(16), &Value::Null)
    );
    assert_eq!(repo["deployments"]["nodes"][0]["latestStatus"]["state"], "SUCCESS");
    assert_eq!(answer["data"]["b"], Value::Null);
    assert_eq!(
        (&answer["errors"][0]["type"], &answer["errors"][0]["path"]),
        (&json!("NOT_FOUND"), &json!(["b"]))
    );
}

#[test]
fn one_mistake_in_a_github_query_fails_all_of_it() {
    let server = GithubServer::start(github_world);
    let in_repo = |inner: &str| format!("{{ repository(owner: \"acme\", name: \"rocket\") {{ {inner} }} }}");
    for (inner, code) in [
        ("nope", "undefinedField"),
        ("issues { totalCount }", "MISSING_PAGINATION_BOUNDARIES"),
        ("issues(first: 101) { totalCount }", "EXCESSIVE_PAGINATION"),
        ("issues(first: 1, label: \"x\") { totalCount }", "argumentNotAccepted"),
        ("issues(first: 1, states: DONE) { totalCount }", "argumentLiteralsIncompatible"),
        ("issues(first: 1, states: \"OPEN\") { totalCount }", "argumentLiteralsIncompatible"),
        ("issue(number: \"7\") { id }", "argumentLiteralsIncompatible"),
        ("issue { id }", "missingRequiredArguments"),
        ("issue(number: $n) { id }", "variableNotDefined"),
        ("issue(number: 7)", "selectionMismatch"),
        ("name { x }", "selectionMismatch"),
        ("...Nope", "useAndDefineFragment"),
        ("a: name a: id", "fieldConflict"),
    ] {
        let answer = server.query(&in_repo(inner), &Value::Null);
        assert!(answer.get("data").is_none(), "{inner}: {answer}");
        let found =
            answer["errors"].as_array().unwrap().iter().any(|error| error["extensions"]["code"] == code);
        assert!(found, "{inner}: {answer}");
    }
    let mismatch =
        "query($n: Int) { repository(owner: \"acme\", name: \"rocket\") { issue(number: $n) { id } } }";
    assert_eq!(
        server.query(mismatch, &json!({ "n": 7 }))["errors"][0]["extensions"]["code"],
        "variableMismatch"
    );
}

#[test]
fn a_token_without_checks_gets_nulls_and_an_error_beside_the_state() {
    let server = GithubServer::start(|world| {
        github_world(world);
        world.token("canary", "ana").sees_checks = false;
    });
    let query = json!({ "query": "{ repository(owner: \"acme\", name: \"rocket\") { object(expression: \"main\") { ... on Commit { statusCheckRollup { state contexts(first: 9) { nodes { __typename } } } } } } }" });
    let answer = post(&server.url(), "Bearer canary", &query);
    let rollup = &answer["data"]["repository"]["object"]["statusCheckRollup"];
    assert_eq!(rollup, &json!({ "state": "PENDING", "contexts": { "nodes": [null, null, null] } }));
    assert_eq!(answer["errors"][0]["type"], "FORBIDDEN");
}

fn post(base: &str, authorization: &str, body: &Value) -> Value {
    use std::io::{Read, Write};
    let address = base.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let text = body.to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: {address}\r\nUser-Agent: test\r\nConnection: close\r\nAuthorization: {authorization}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        text.len()
    );
    stream.write_all((head + &text).as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

fn linear_world(world: &mut LinearWorld) {
    world.issue("ENG-101", "Engine leaks").priority = 1;
    world.label("ENG-101", "release-blocker");
    world.label("ENG-101", "engine");
    world.issue("ENG-102", "Paint");
    world.label("ENG-102", "release-blocker");
    world.set_state("ENG-102", "Done");
    world.issue("OPS-1", "Other team").project = Some("Moon".into());
    world.project("Moon").healthy("onTrack").milestone("Beta", "done", 1.0);
    world.cycle("ENG", 12, true);
    world.issue("ENG-101", "").cycle = Some(12);
    world.release("v1.0.0", "Web").issues = vec!["ENG-101".into(), "ENG-102".into()];
    world.initiative("Space", "Active").projects = vec!["Moon".into()];
}

fn found(server: &LinearServer, filter: &Value) -> Vec<String> {
    let query = "query($f: IssueFilter) { issues(first: 50, filter: $f) { nodes { identifier } } }";
    let (status, answer) = server.query(query, &json!({ "f": filter }));
    assert_eq!(status, 200, "{answer}");
    let mut names: Vec<String> = answer["data"]["issues"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["identifier"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn linear_filters_choose_the_right_issues() {
    let server = LinearServer::start(linear_world);
    let open = json!({ "type": { "nin": ["completed", "canceled", "duplicate"] } });
    let both = json!([{ "labels": { "name": { "eq": "release-blocker" } } }, { "labels": { "name": { "eq": "engine" } } }]);
    for (filter, expected) in [
        (json!({}), &["ENG-101", "ENG-102", "OPS-1"][..]),
        (json!({ "team": { "key": { "eq": "ENG" } }, "state": open }), &["ENG-101"]),
        (json!({ "labels": { "name": { "eq": "release-blocker" } } }), &["ENG-101", "ENG-102"]),
        (json!({ "labels": { "some": { "name": { "in": ["engine"] } } } }), &["ENG-101"]),
        (json!({ "labels": { "length": { "eq": 0 } } }), &["OPS-1"]),
        (json!({ "and": both }), &["ENG-101"]),
        (
            json!({ "or": [{ "number": { "in": [1.0] } }, { "priority": { "eq": 1 } }] }),
            &["ENG-101", "OPS-1"],
        ),
        (json!({ "id": { "in": ["eng-102", "ENG-999"] } }), &["ENG-102"]),
        (json!({ "project": { "name": { "eq": "Moon" } } }), &["OPS-1"]),
        (json!({ "project": { "null": true } }), &["ENG-101", "ENG-102"]),
        (json!({ "cycle": { "isActive": { "eq": true } } }), &["ENG-101"]),
        (json!({ "releases": { "some": { "version": { "eq": "v1.0.0" } } } }), &["ENG-101", "ENG-102"]),
        (json!({ "assignee": { "null": true }, "title": { "startsWith": "Pa" } }), &["ENG-102"]),
        (json!({ "updatedAt": { "gt": "-P1D" } }), &["ENG-101", "ENG-102", "OPS-1"]),
        (json!({ "updatedAt": { "lt": "-P1D" } }), &[]),
    ] {
        assert_eq!(found(&server, &filter), expected, "{filter}");
    }
    server.edit(|world| world.set_state("ENG-101", "Canceled"));
    assert_eq!(found(&server, &json!({ "state": open })), ["OPS-1"]);
}

#[test]
fn linear_objects_hang_together() {
    let server = LinearServer::start(linear_world);
    let query = "{ projects(first: 5, filter: { name: { eq: \"Moon\" } }) { nodes { health status { type } lastUpdate { isStale } projectMilestones(first: 5) { nodes { status } } issues(first: 5) { nodes { identifier } } initiatives(first: 5) { nodes { status } } } }
        cycles(first: 5, filter: { isActive: { eq: true }, team: { key: { eq: \"ENG\" } } }) { nodes { number issues(first: 5) { nodes { identifier } } } }
        releases(first: 5, filter: { version: { eq: \"v1.0.0\" }, stage: { type: { eq: started } } }) { nodes { issueCount pipeline { name } issues(first: 5, filter: { state: { type: { nin: [\"completed\"] } } }) { nodes { identifier } } } }
        teams(first: 5) { nodes { key states(first: 50, filter: { type: { eq: \"started\" } }) { nodes { name } } labels(first: 50) { nodes { name } } } } }";
    let (_, answer) = server.query(query, &Value::Null);
    let data = &answer["data"];
    let project = &data["projects"]["nodes"][0];
    assert_eq!(
        (&project["health"], &project["issues"]["nodes"][0]["identifier"]),
        (&json!("onTrack"), &json!("OPS-1")),
        "{answer}"
    );
    assert_eq!(data["cycles"]["nodes"][0]["issues"]["nodes"], json!([{ "identifier": "ENG-101" }]));
    let release = &data["releases"]["nodes"][0];
    assert_eq!(
        (&release["issueCount"], &release["issues"]["nodes"]),
        (&json!(2), &json!([{ "identifier": "ENG-101" }]))
    );
    assert_eq!(
        data["teams"]["nodes"][0]["labels"]["nodes"],
        json!([{ "name": "release-blocker" }, { "name": "engine" }])
    );
}

#[test]
fn linear_refuses_as_linear_does() {
    let server = LinearServer::start(linear_world);
    let code = |query: &str, variables: Value| {
        let (status, answer) = server.query(query, &variables);
        (
            status,
            answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("none").to_owned(),
            answer["data"].is_null(),
        )
    };
    assert_eq!(
        code("{ issues { nodes { nope } } }", json!({})),
        (400, "GRAPHQL_VALIDATION_FAILED".into(), true)
    );
    assert_eq!(code("{ issues { nodes ", json!({})), (400, "GRAPHQL_PARSE_FAILED".into(), true));
    let typo = json!({ "f": { "identifier": { "eq": "ENG-1" } } });
    assert_eq!(
        code("query($f: IssueFilter) { issues(filter: $f) { nodes { id } } }", typo),
        (400, "BAD_USER_INPUT".into(), true)
    );
    assert_eq!(
        code("{ issues(first: 251) { nodes { id } } }", json!({})),
        (200, "INVALID_INPUT".into(), true)
    );
    let missing = "{ viewer { id } issue(id: \"ENG-999\") { id } }";
    assert_eq!(
        code(missing, json!({})),
        (200, "INPUT_ERROR".into(), true),
        "one missing issue nulls everything"
    );
    let costly = "{ projects { nodes { issues { nodes { labels { nodes { name } } } } } } }";
    assert_eq!(code(costly, json!({})), (400, "INPUT_ERROR".into(), true));
    for (authorization, expected) in
        [("", "AUTHENTICATION_ERROR"), ("Bearer lin_api_x", "INPUT_ERROR"), ("lin_api_x", "none")]
    {
        let answer = post(&server.url(), authorization, &json!({ "query": "{ viewer { id } }" }));
        assert_eq!(answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("none"), expected);
    }
    server.edit(|world| world.requests.remaining = 0);
    let answer = post(&server.url(), "lin_api_x", &json!({ "query": "{ viewer { id } }" }));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "RATELIMITED");
    assert_eq!(server.statuses().last(), Some(&400));
}

#[test]
fn a_linear_key_of_one_team_sees_no_other() {
    let server = LinearServer::start(|world| {
        linear_world(world);
        world.keys.insert("lin_api_ops".into(), Some(vec!["OPS".into()]));
    });
    let query = json!({ "query": "{ teams { nodes { key } } issues { nodes { identifier } } }" });
    let answer = post(&server.url(), "lin_api_ops", &query);
    assert_eq!(
        answer["data"],
        json!({ "teams": { "nodes": [{ "key": "OPS" }] }, "issues": { "nodes": [{ "identifier": "OPS-1" }] } })
    );
}

#[tokio::test]
async fn linear_speaks_through_our_client() {
    let server = LinearServer::start(linear_world);
    let url = Url::parse(&server.endpoint()).unwrap();
    let key = Credential::new(&SecretString::from("lin_api_x"), Scheme::Bare, &url).unwrap();
    let body = gonogo::source::http::Body::Json(json!({ "query": "{ viewer { id } }" }));
    let request = HttpRequest::post(url, body).auth(Some(key));
    let answer = Http::direct(ExchangeLimits::default())
        .unwrap()
        .send(request, &CancellationToken::new())
        .await
        .unwrap();
    let read = rate(&answer, Dialect::Linear);
    assert_eq!((read.budgets.len(), read.wait()), (2, None));
    let reset = read.budgets[0].reset_in;
    assert!(reset > Duration::from_secs(3590) && reset <= Duration::from_secs(3600), "{reset:?}");
}

#[tokio::test]
async fn faults_come_and_go() {
    let server = GithubServer::start(github_world);
    let ask = async || get(&server, &REPO, &[]).await;
    server.fault_times(1, Fault::status(502));
    assert_eq!((ask().await.unwrap().status(), ask().await.unwrap().status()), (502, 200));
    server.fault(Fault::too_many("7"));
    assert_eq!(ask().await.unwrap().header("retry-after"), Some("7"));
    server.heal();
    server.fault(Fault::Cut(5));
    assert!(matches!(ask().await, Err(HttpError::Cut { .. })));
    server.fault(Fault::Reset);
    assert!(matches!(ask().await, Err(HttpError::Cut { .. })));
    server.fault(Fault::Hang);
    let client = client(&server, Duration::from_millis(400));
    let hung = client.send(client.get(&REPO, &[]), &CancellationToken::new()).await;
    assert!(matches!(hung, Err(HttpError::TimedOut { phase: TimeoutPhase::Head, .. })));
    server.fault(Fault::Html);
    assert!(matches!(decode_json::<Value>(&ask().await.unwrap()), Err(BodyError::NotAnApiAnswer { .. })));
    server.fault(Fault::Garbage);
    assert!(matches!(decode_json::<Value>(&ask().await.unwrap()), Err(BodyError::Malformed { .. })));
    server.fault(Fault::null_at("/default_branch"));
    assert_eq!(decode_json::<Value>(&ask().await.unwrap()).unwrap()["default_branch"], Value::Null);
    server.heal();
    server.fault_when(|request| request.path.ends_with("/issues"), Fault::status(500));
    assert_eq!(ask().await.unwrap().status(), 200);
    server.date_offset(-86_400);
    let off = chrono::Utc::now() - ask().await.unwrap().date().unwrap();
    assert!((86_395..=86_405).contains(&off.num_seconds()), "{off}");
    server.close();
    assert!(matches!(ask().await, Err(HttpError::Connect { .. })));
    server.open();
    assert_eq!(ask().await.unwrap().status(), 200);
    assert!(server.wait_for(1, Duration::ZERO) && !server.wait_for(1000, Duration::ZERO));
}

#[test]
#[ignore = "needs the published schemas: GONOGO_SCHEMAS=folder with github/ and linear/schema.graphql"]
fn our_schemas_agree_with_the_published_ones() {
    let folder = std::env::var("GONOGO_SCHEMAS").expect("GONOGO_SCHEMAS");
    for (name, ours) in [("github", support::github::schema()), ("linear", support::linear::schema())] {
        let text = std::fs::read_to_string(format!("{folder}/{name}/schema.graphql")).expect("the schema");
        let published = Schema::parse(&text).expect("schema language");
        assert_eq!(ours.differences(&published), Vec::<String>::new(), "{name}");
    }
}
