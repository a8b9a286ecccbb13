//! Every kind of evidence under every fault: a failure of the right kind, and never a green gate.

use std::sync::{Arc, Mutex};

use gonogo::domain::FailureKind::{
    Forbidden, Incomplete, Malformed, NotFound, RateLimited, Rejected, ServerError, Unauthorized, Unreachable,
};
use gonogo::domain::{Failure, FailureKind};
use serde_json::{Value, json};

use super::bench::{Bench, TOKEN, Want, each_alias, got};
use super::samples;
use super::support::server::{Fault, Reply};

/// Asks every kind under a fault; says what each answered.
async fn under(fault: impl Fn() -> Fault) -> Vec<(&'static str, Failure)> {
    let mut failures = Vec::new();
    for sample in samples::all() {
        let bench = sample.green();
        bench.server.fault(fault());
        failures.push((sample.gate, bench.failed(sample.gate).await));
        bench.server.heal();
    }
    failures
}

fn are(failures: &[(&'static str, Failure)], kind: FailureKind) {
    for (gate, failure) in failures {
        assert_eq!(failure.kind, kind, "{gate}: {failure:?}");
        assert!(!failure.message.is_empty() && !failure.message.contains(TOKEN), "{gate}: {failure:?}");
    }
}

#[tokio::test]
async fn malformed() {
    are(&under(|| Fault::Garbage).await, Malformed);
    are(&under(|| Fault::Html).await, Malformed);
    are(&under(|| Fault::Cut(20)).await, Malformed);
    are(&under(|| Fault::ContentType("text/html")).await, Malformed);
    let twice = r#"{"data":{"r0":null,"r0":null}}"#;
    are(&under(|| Fault::Reply(Reply::text(200, "application/json", twice))).await, Malformed);
    are(&under(|| Fault::Reply(Reply::json(200, &json!({})))).await, Malformed);
}

#[tokio::test]
async fn server_errors() {
    for status in [500, 502, 503, 504] {
        are(&under(|| Fault::status(status)).await, ServerError);
    }
    let words = json!({ "data": null, "errors": [{ "message": "Something went wrong while executing your query." }] });
    are(&under(|| Fault::Reply(Reply::json(200, &words))).await, ServerError);
}

#[tokio::test]
async fn no_connection() {
    for sample in samples::all() {
        let bench = sample.green();
        bench.server.close();
        let failure = bench.failed(sample.gate).await;
        assert_eq!(failure.kind, Unreachable, "{}: {failure:?}", sample.gate);
    }
}

#[tokio::test]
async fn refusals() {
    are(&under(|| Fault::status(401)).await, Unauthorized);
    are(&under(|| Fault::status(403)).await, Forbidden);
    are(&under(|| Fault::status(400)).await, Rejected);
    are(&under(|| Fault::too_many("5")).await, RateLimited);
    for (gate, failure) in under(|| Fault::status(401)).await {
        assert!(failure.next.is_some(), "{gate}: {failure:?}");
    }
}

#[tokio::test]
async fn a_repository_that_is_hidden_or_missing_is_said_so_by_every_kind() {
    for sample in samples::all() {
        let failure = sample.hidden().failed(sample.gate).await;
        // A project is not of the repository, and shows that it hides something.
        let kind = if sample.gate.starts_with("project") { Incomplete } else { NotFound };
        assert_eq!(failure.kind, kind, "{}: {failure:?}", sample.gate);
        if kind == NotFound {
            assert!(failure.message.contains("acme/rocket"), "{}: {failure:?}", sample.gate);
        }
        assert!(failure.next.is_some(), "{failure:?}");
    }
}

#[tokio::test]
async fn forbidden_by_graphql_or_by_rest() {
    let fault = || {
        Fault::Change(Arc::new(|body: &mut Value| {
            let mut errors = Vec::new();
            each_alias(body, |path, value| {
                *value = Value::Null;
                errors.push(json!({ "type": "FORBIDDEN", "path": path, "message": "Resource not accessible by integration" }));
            });
            if !errors.is_empty() {
                body["errors"] = json!(errors);
            }
        }))
    };
    are(&under(fault).await, Forbidden);
}

#[tokio::test]
async fn an_error_beside_the_data_spoils_it() {
    let fault = || {
        Fault::Change(Arc::new(|body: &mut Value| {
            if body.get("data").is_some() {
                body["errors"] = json!([{ "message": "Something happened", "path": ["somewhere"] }]);
            }
        }))
    };
    are(&under(fault).await, Incomplete);
}

#[tokio::test]
async fn no_answer_for_a_repository_is_incomplete() {
    let fault = || {
        Fault::Change(Arc::new(|body: &mut Value| {
            if let Some(data) = body["data"].as_object_mut() {
                data.retain(|key, _| key == "rateLimit");
            }
        }))
    };
    are(&under(fault).await, Incomplete);
}

/// Every place of a JSON text that is not its root.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(map) => {
            map.iter().map(|(key, it)| (key.replace('~', "~0").replace('/', "~1"), it)).collect()
        }
        Value::Array(list) => list.iter().enumerate().map(|(index, it)| (index.to_string(), it)).collect(),
        _ => Vec::new(),
    };
    for (key, it) in inner {
        let place = format!("{at}/{key}");
        out.push(place.clone());
        places(it, &place, out);
    }
}

/// Replaces one place of one answer, and counts the answers.
fn spoil(number: usize, place: String, with: Value, seen: Arc<Mutex<usize>>) -> Fault {
    Fault::Change(Arc::new(move |body| {
        let mut seen = seen.lock().unwrap();
        if *seen == number
            && let Some(it) = body.pointer_mut(&place)
        {
            *it = with.clone();
        }
        *seen += 1;
    }))
}

/// All answers that a gate's poll gets, in order.
async fn answers(bench: &Bench, gate: &str) -> Vec<Value> {
    let log = Arc::new(Mutex::new(Vec::new()));
    let copy = Arc::clone(&log);
    bench.server.fault(Fault::Change(Arc::new(move |body| copy.lock().unwrap().push(body.clone()))));
    drop(bench.one(gate).await);
    bench.server.heal();
    let all = log.lock().unwrap().clone();
    all
}

#[tokio::test]
async fn nothing_that_is_nulled_or_distorted_turns_a_red_gate_green() {
    let junk = [Value::Null, json!("SOMETHING_NEW"), json!([])];
    let mut tried = 0;
    for sample in samples::all() {
        let bench = sample.red();
        let recorded = answers(&bench, sample.gate).await;
        for (number, answer) in recorded.iter().enumerate() {
            let mut all = Vec::new();
            places(answer, "", &mut all);
            for place in all.iter().filter(|it| !it.contains("rateLimit") && !is_a_true_no(sample.gate, it)) {
                for with in &junk {
                    let fault = spoil(number, place.clone(), with.clone(), Arc::default());
                    bench.server.fault(fault);
                    let answer = bench.one(sample.gate).await;
                    bench.server.heal();
                    assert_ne!(got(&answer), Want::Holds, "{}: {place} = {with}: {answer:?}", sample.gate);
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 1_500, "{tried}");
}

/// A place where another word is the answer of another world, not a broken one: somebody else's environment waits.
fn is_a_true_no(gate: &str, place: &str) -> bool {
    gate.starts_with("environment") && place == "/0/environment/name"
}

#[tokio::test]
async fn a_token_that_is_refused_or_sees_less_mid_run_makes_no_green_and_no_storm() {
    let gates = ["issues: { labels: [p0] }", "checks: { required: [build] }", "alerts: { tool: dependabot }"];
    let begin = || {
        Bench::new(|repo| {
            repo.label("p0");
            repo.private = true;
            repo.commit("main", "c1").check("build", "success");
        })
    };
    let kinds = async |bench: &Bench| {
        let report = bench.ask(&gates).await;
        (report.answers.iter().map(|(_, it)| got(it)).collect::<Vec<_>>(), report.requests)
    };
    let hidden = begin();
    assert_eq!(kinds(&hidden).await.0, [Want::Holds; 3]);
    hidden.server.edit(|world| world.tokens.get_mut(TOKEN).unwrap().repos.clear());
    assert_eq!(kinds(&hidden).await.0, [Want::Failed(NotFound); 3], "not `no issues`");

    let revoked = begin();
    assert_eq!(kinds(&revoked).await.0, [Want::Holds; 3]);
    revoked.server.edit(|world| {
        world.tokens.clear();
        world.token("another", "eve");
    });
    let (answers, _) = kinds(&revoked).await;
    assert_eq!(answers, [Want::Failed(Unauthorized); 3]);
    assert_eq!(kinds(&revoked).await.1, 0, "a refused token is not used again");

    let forbidden = begin();
    assert_eq!(kinds(&forbidden).await.0, [Want::Holds; 3]);
    forbidden.server.fault(Fault::status(403));
    assert_eq!(kinds(&forbidden).await.0, [Want::Failed(Forbidden); 3]);
}
