//! A rollout that goes wrong, in a real terminal: a stage is out, a guardrail is breached, and the launch comes back step by
//! step. The windows are those of the real clock, so that it takes half a minute.

#![allow(clippy::disallowed_methods, reason = "the windows are of the real clock")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{
    program::gonogo,
    screen::Screen,
    server::{Reply, Req, Server},
};

const LAUNCH: &str = "\
launch: rocket-2
title: Rocket 2
version: 2.0.0
target: { repository: acme/rocket, ref: 8f3c2ab0000000000000000000000000000000ff }
schedule: { t0: 2020-01-01T09:00, timezone: UTC }
people: { octo: { name: Octo } }
roles:
  qa: { people: [octo], title: Quality }
  director: { people: [octo], title: Launch director }
roll_call: { stations: [{ station: qa }], final_call: director }
gates:
  - { gate: rehearsed, title: The rollback was rehearsed, blocks: nothing, task: { by: [qa] } }
guardrails:
  errors:
    title: Share of checkouts that fail
    window: 10s
    prometheus: { bad: failed, total: total, at_most: 1%, stop_at: 10% }
rollout:
  advance_by: [director]
  stages:
    - { stage: canary, audience: { percent: 10 }, soak: { time: 1h }, guardrails: [errors] }
    - { stage: everyone, audience: { percent: 100 } }
rollback:
  owner: director
  decide_within: 15m
  ready_when: [rehearsed]
  triggers: [guardrail/errors]
  steps:
    - { step: flag-off, title: Turn the flag off, by_hand: flagctl off rocket, within: 5m }
    - { step: verify, title: All is as before }
";

fn field(request: &Req, name: &str) -> String {
    let all = url::form_urlencoded::parse(request.body.as_bytes()).into_owned().collect::<Vec<_>>();
    all.into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default()
}

/// Three of ten checkouts fail in every window.
fn failing() -> Server {
    Server::start(|request: &Req| {
        let answer = if request.path == "/api/v1/query" {
            // No sample comes late here.
            let now = chrono::Utc::now().timestamp() + 10;
            json!({"resultType": "scalar", "result": [now, now.to_string()]})
        } else {
            let count = if field(request, "query") == "failed" { "300" } else { "1000" };
            let of = |name| field(request, name).parse::<f64>().unwrap_or_default();
            let (mut at, end, step) = (of("start"), of("end"), of("step").max(1.0));
            let mut values = Vec::new();
            while at <= end {
                values.push(json!([at, count]));
                at += step;
            }
            json!({"resultType": "matrix", "result": [{"metric": {}, "values": values}]})
        };
        Reply::json(200, &json!({"status": "success", "data": answer}))
    })
}

fn does(home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = gonogo(home);
    command.env("GITHUB_API_URL", "http://127.0.0.1:9").args(arguments).args(["--settings", "settings.yaml"]);
    let output = command.output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned() + &words)
}

#[test]
fn a_breach_calls_for_the_rollback_and_the_launch_comes_back_step_by_step() {
    let server = failing();
    let environment = [("GITHUB_API_URL", "http://127.0.0.1:9")];
    let mut screen = Screen::open(&["--settings", "settings.yaml"], &environment, |home| {
        std::fs::write(home.join("launch.yaml"), LAUNCH).unwrap();
        let url = server.url();
        let settings = format!(
            "poll: {{ interval: 5s }}\nconnections: {{ prometheus: {{ source: prometheus, url: '{url}' }} }}\n"
        );
        std::fs::write(home.join("settings.yaml"), settings).unwrap();
        for arguments in [
            &["sign", "launch/rehearsed", "--go"][..],
            &["vote", "qa", "--go", "--open"],
            &["decide", "--go", "--reason", "all is well"],
            &["stage", "canary", "--start"],
        ] {
            let (code, said) = does(home, arguments);
            assert_eq!(code, Some(0), "{arguments:?}: {said}");
        }
    });
    screen.sees("Rocket 2");
    // A window has to pass, and the next poll.
    let called =
        |screen: &Screen| screen.wait(|seen| seen.terminal.screen().contents().contains("ROLL BACK?"));
    let shown =
        called(&screen).or_else(|_| called(&screen)).unwrap_or_else(|shown| panic!("no breach:\n{shown}"));
    assert!(shown.contains("errors of canary"), "{shown}");
    // The question is on the screen; put away, it is found again by its key.
    screen.sees("as octo, unverified");
    // A frame may arrive in pieces.
    let shown = screen.sees("accept it for a time");
    assert!(shown.contains("decide by"), "{shown}");
    screen.press("\x1b");
    screen.sees("left to decide");
    screen.press("7");
    screen.sees("called for by guardrail/errors of stage/canary");
    screen.press("!");
    screen.sees("errors of stage canary calls for a rollback");
    screen.press("b\tcheckout fails\r");
    let shown = screen.sees("step 1 of 2: flag-off");
    assert!(shown.contains("by hand: flagctl off rocket") && shown.contains("left, until"), "{shown}");
    screen.press("d");
    screen.sees("Step flag-off is done");
    screen.press("\r");
    screen.sees("step 2 of 2: verify");
    screen.press("s");
    screen.sees("Skip step verify");
    screen.press("nobody is there at night\r");
    screen.sees("SKIPPED  verify");
    screen.press("e");
    screen.sees("How the rollback ended");
    screen.press("b\tall is as before\r");
    screen.sees("ROLLED BACK by octo");
    screen.press("1");
    screen.sees("R O L L E D   B A C K");
    screen.press("q");
    let home = screen.home.path().to_owned();
    screen.ended();

    let (code, said) = does(&home, &["--check", "--format", "json", "--timeout", "5s"]);
    let board: Value =
        serde_json::from_str(said.split_inclusive("\n}\n").next().unwrap_or_default()).unwrap();
    assert_eq!(
        (code, board["headline"].as_str()),
        (Some(3), Some("ROLLED BACK: by octo: all is as before; evidence: GO"))
    );
    assert_eq!(board["stages"][0]["status"], "rolled-back");
    let (code, said) = does(&home, &["stage", "canary", "--start"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("a new GO decision after the rollback"), "{said}");
    for arguments in [
        &["vote", "qa", "--go", "--open"][..],
        &["decide", "--go", "--reason", "the cause is found"],
        &["stage", "canary", "--start"],
    ] {
        let (code, said) = does(&home, arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {said}");
    }
}
