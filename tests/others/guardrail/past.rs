//! `gonogo guardrails` against a loopback server, and what `validate` says of a soak that is too short.

use std::{fs, process::Command};

use serde_json::{Value, json};

use super::files::HEAD;
use crate::support::server::{Reply, Req, Server};

const REST: &str = "
guardrails:
  errors:
    title: Share of checkouts that fail
    prometheus: { bad: failed, total: all, at_most: 1% }
  slow:
    title: Slow checkouts
    prometheus: { value: p95, at_most: 250ms }
rollout:
  advance_by: [lead]
  expect_traffic: 40/m
  stages:
    - { stage: canary, audience: { percent: 10 }, soak: { time: 24h }, guardrails: [errors] }
    - { stage: everyone, audience: { percent: 100 }, guardrails: [errors, slow] }
";

/// 200 requests each five minutes; the fourth day before now is a bad one.
fn answer(request: &Req) -> Reply {
    let now = chrono::Utc::now().timestamp();
    let form: std::collections::HashMap<String, String> =
        url::form_urlencoded::parse(request.body.as_bytes()).into_owned().collect();
    let success = |kind: &str, result: Value| {
        Reply::json(200, &json!({"status": "success", "data": {"resultType": kind, "result": result}}))
    };
    if request.path == "/api/v1/query" {
        return success("scalar", json!([now, now.to_string()]));
    }
    if form["query"] == "p95" {
        return success("matrix", json!([]));
    }
    let number = |name: &str| form[name].parse::<i64>().unwrap();
    let (start, end, step) = (number("start"), number("end"), number("step"));
    let value = move |at: i64| match (form["query"].as_str(), (now - at) / 86_400) {
        ("failed", 3) => "16",
        ("failed", _) => "1",
        _ => "200",
    };
    let points: Vec<Value> =
        (0..=(end - start) / step).map(|at| start + at * step).map(|at| json!([at, value(at)])).collect();
    success("matrix", json!([{"metric": {}, "values": points}]))
}

fn gonogo(rest: &str, server: Option<&Server>, arguments: &[&str]) -> (i32, String, String) {
    let home = tempfile::tempdir().unwrap();
    let launch = home.path().join("launch");
    fs::create_dir(&launch).unwrap();
    fs::write(launch.join("launch.yaml"), format!("{HEAD}{rest}")).unwrap();
    let url = server.map_or_else(|| "http://127.0.0.1:9".to_owned(), Server::url);
    let settings = home.path().join("settings.yaml");
    fs::write(&settings, format!("connections: {{ prometheus: {{ source: prometheus, url: '{url}' }} }}\n"))
        .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
    command.env_clear().env("HOME", home.path()).env("PATH", "").env("GITHUB_TOKEN", "t");
    let output = command.args(arguments).arg("--settings").arg(&settings).arg(&launch).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_past_says_how_often_a_guardrail_would_have_called() {
    let server = Server::start(answer);
    let arguments = ["guardrails", "--over", "7d", "--format", "json"];
    let (code, out, err) = gonogo(REST, Some(&server), &arguments);
    let page: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}\n{err}"));
    assert_eq!(code, 3, "of one of them nothing is known: {err}");
    assert_eq!(page["complete"], true);
    let errors = &page["guardrails"][0];
    assert_eq!((&errors["id"], &errors["trouble"]), (&json!("errors"), &Value::Null), "{out}");
    let canary = &errors["stages"][0];
    assert_eq!((&canary["percent"], &canary["expected_samples"]), (&json!(10.0), &json!(5_760.0)));
    let tried = &canary["tried"];
    assert_eq!(tried["called"].as_array().unwrap().len(), 1, "{out}");
    assert!(tried["runs"].as_u64().unwrap() >= 6, "{out}");
    assert_eq!(errors["stages"][1]["tried"]["called"].as_array().unwrap().len(), 1, "{out}");
    let shows = |stage: usize| errors["stages"][stage]["tried"]["shows_after_seconds"].as_u64().unwrap();
    assert!(shows(0) > 5 * shows(1), "a tenth of the traffic takes longer: {out}");
    let slow = &page["guardrails"][1];
    assert_eq!(slow["trouble"], "the query gives no data", "{out}");
    assert_eq!(slow["stages"][0]["tried"], Value::Null);
}

#[test]
fn the_page_is_for_people() {
    let server = Server::start(answer);
    let (_, out, _) = gonogo(REST, Some(&server), &["guardrails", "--over", "7d"]);
    for part in [
        "Guardrails of checkout-3 over the last 7 d",
        "guardrail/errors  Share of checkouts that fail  (at most 1 %)",
        "stage/canary",
        "calls      1 in ",
        "expected   1 d at 10 % gives 5,760: enough to show that 0.",
        "no data from prometheus: the query gives no data",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
}

#[test]
fn a_server_that_does_not_answer_is_no_quiet_past() {
    let (code, out, _) = gonogo(REST, None, &["guardrails", "--timeout", "5s"]);
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("no data from prometheus") && !out.contains("calls      none"), "{out}");
    let none = REST.split("rollout:").next().unwrap().split("guardrails:").next().unwrap();
    let (code, _, err) = gonogo(none, None, &["guardrails"]);
    assert!(code == 2 && err.contains("has no guardrails"), "{code} {err}");
    let (code, _, err) = gonogo(&format!("{REST}\n").replace("40/m", "40"), None, &["validate"]);
    assert!(code == 2 && err.contains("40/m (or /s, /h, /d)"), "{err}");
}

#[test]
fn validate_warns_of_a_soak_that_can_not_show_its_limit() {
    let (code, _, err) = gonogo(REST, None, &["validate"]);
    assert!(code == 0 && !err.contains("too short"), "{err}");
    // A fortieth of the traffic: 144 requests.
    let (code, _, err) = gonogo(&REST.replace("40/m", "1/m"), None, &["validate"]);
    assert_eq!(code, 0, "a warning is no error");
    assert!(err.contains("stage/canary is too short to show the limit of guardrail/errors"), "{err}");
    assert!(err.contains("1 d at 10 % gives 144: not enough to show anything under 1 %"), "{err}");
}

/// The launch says nothing of its traffic: 200 requests each five minutes are asked for.
#[test]
fn validate_asks_for_the_traffic_where_the_launch_does_not_say() {
    let server = Server::start(answer);
    let silent = REST.replace("  expect_traffic: 40/m\n", "");
    let (code, _, err) = gonogo(&silent, Some(&server), &["validate"]);
    assert!(code == 0 && !err.contains("too short") && server.count() == 0, "nobody is asked: {err}");
    let short = silent.replace("soak: { time: 24h }", "soak: { time: 1h }");
    let (code, _, err) = gonogo(&short, Some(&server), &["validate", "--ask"]);
    assert_eq!(code, 0, "a warning is no error: {err}");
    let said = "stage/canary is too short to show the limit of guardrail/errors: 1 h at 10 % gives 240";
    assert!(err.contains(said), "{err}");
    assert!(err.contains("the traffic of guardrail/slow is not known"), "{err}");
    let (_, out, _) = gonogo(&short, Some(&server), &["validate", "--ask", "--format", "json"]);
    assert!(out.contains("short-soak") && out.contains("gives 240"), "{out}");
    let (_, _, err) = gonogo(&silent, Some(&server), &["validate", "--ask"]);
    assert!(!err.contains("too short"), "a day at ten in a hundred is enough: {err}");
}
