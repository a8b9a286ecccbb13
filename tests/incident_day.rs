//! An incident of forty minutes with three updates, in a real terminal, as it was recorded: what stood on the screen when.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::{Value, json};

use crate::support::{program::recorded_head, screen::Screen};

const LAUNCH: &str = concat!(
    recorded_head!(),
    "\
gates:
  - { gate: told, title: Told, task: { by: [qa] } }
rollout:
  advance_by: [qa]
  stages:
    - { stage: canary, audience: { percent: 10 } }
    - { stage: everyone, audience: { percent: 100 } }
"
);

/// The day, line by line: an incident is opened at 10:00, and three updates are given.
fn day() -> String {
    let said = |at: &str, who: &str, step: Value| {
        let what = json!({"act": "incident", "incident": 1, "step": step});
        json!({"at": format!("2026-12-02T{at}:00Z"), "did": {"who": who, "what": what}}).to_string()
    };
    let header = json!({
        "gonogo_recording": 1, "from": "2026-12-02T09:55:00Z", "until": "2026-12-02T11:00:00Z", "speed": 60,
        "look_at": "2026-12-02T09:55:00Z", "files": {"launch.yaml": LAUNCH}, "scripted": true,
    });
    let opened = json!({"opened": {"title": "Checkout fails", "severity": 1, "lead": "octo", "comms": "mo"}});
    let lines = [
        said("10:01", "mo", opened),
        said("10:06", "octo", json!({"logged": {"text": "the flag goes off", "decision": true}})),
        said("10:12", "mo", json!({"updated": {"text": "We are at it"}})),
        said("10:24", "mo", json!({"updated": {"text": "The flag is off"}})),
        said("10:33", "octo", json!({"mitigated": {"note": "errors fall"}})),
        said("10:43", "mo", json!({"updated": {"text": "Refunds work again"}})),
        said("10:44", "octo", json!({"resolved": {}})),
        said("10:48", "octo", json!({"closed": {"follow_up": ["qa: a test for refunds"]}})),
    ];
    std::iter::once(header.to_string()).chain(lines).map(|line| line + "\n").collect()
}

#[test]
fn forty_minutes_with_three_updates() {
    let mut screen = Screen::open(&["--replay", "day.jsonl"], &[], |home| {
        std::fs::write(home.join("day.jsonl"), day()).unwrap();
    });
    screen.sees("Rocket 2");
    screen.press(".");
    screen.sees("paused");
    screen.press("I");
    screen.sees("No incident was opened");
    let mut five_minutes = |sees: &[&str]| {
        screen.press("]");
        let mut shown = String::new();
        for part in sees {
            shown = screen.sees(part);
        }
        shown
    };
    five_minutes(&["No incident was opened"]);
    five_minutes(&["OPEN", "update in 1", "lead octo", "the rollout waits"]);
    five_minutes(&["DECISION", "octo: the flag goes off"]);
    five_minutes(&["mo: We are at it"]);
    five_minutes(&["SEV-1 update in 0"]);
    five_minutes(&["SEV-1 update in 1", "mo: The flag is off"]);
    five_minutes(&["SEV-1 update in 0"]);
    five_minutes(&["MITIGATED", "the rollout waits"]);
    // The second update was given at 10:24: at 10:39 the next one is late.
    five_minutes(&["update OVERDUE"]);
    let shown = five_minutes(&["RESOLVED", "Refunds work again"]);
    assert!(!shown.contains("OVERDUE") && !shown.contains("the rollout waits"), "{shown}");
    let shown = five_minutes(&["CLOSED", "follow-up: qa: a test for refunds"]);
    assert!(shown.contains("decide 5m"), "{shown}");
    // What was known then is what a screen of then shows.
    screen.press("1");
    let shown = screen.sees("Told");
    assert!(!shown.contains("INCIDENT"), "closed, it is on no board: {shown}");
    screen.press("q");
    screen.ended();
}
