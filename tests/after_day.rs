//! The day after in a real terminal: a recorded launch is looked back on, learned from, reviewed and closed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use gonogo::{
    app::Registry,
    checklist::{LoadRequest, load},
};
use serde_json::{Value, json};

use crate::support::{
    program::{gonogo, recorded_head},
    screen::Screen,
};

const LAUNCH: &str = concat!(
    recorded_head!(),
    "\
roll_call: { stations: [{ station: support }], final_call: qa }
policies: { adherence: 90% }
gates:
  - { gate: tested, title: Tested, owner: qa, task: { by: [qa] } }
  - { gate: briefed, title: Briefed, owner: support, task: { by: [support] } }
  - { gate: review, title: The review was held, blocks: close, owner: qa, task: { by: [qa] } }
"
);

/// Ready an hour before T, after a no-go of forty minutes; the review a day later.
fn day() -> String {
    let did = |at: &str, who: &str, what: Value| {
        json!({"at": format!("2026-12-{at}:00Z"), "did": {"who": who, "what": what}}).to_string()
    };
    let launch = load(&LoadRequest::text("launch.yaml", LAUNCH.to_owned()), &Registry).ok().unwrap().launch;
    let sign = |gate: &str, role: &str, go: bool| {
        let digest = &launch.gate(&gate.into()).unwrap().digest;
        json!({"act": "signed-off", "gate": gate, "digest": digest, "go": go, "role": role, "note": null, "answers": {}})
    };
    let commit = "8f3c2ab0000000000000000000000000000000ff";
    let resolved = json!({"at": "2026-12-02T07:00:00Z", "resolved": {"answer": {"Ok": commit}}}).to_string();
    let header = json!({
        "gonogo_recording": 1, "from": "2026-12-02T07:00:00Z", "until": "2026-12-03T10:00:00Z", "speed": 3600,
        "look_at": "2026-12-03T09:30:00Z", "files": {"launch.yaml": LAUNCH}, "scripted": true,
    });
    let learned = json!({"act": "review", "step": {"learned": {"text": "brief support a day earlier"}}});
    let follow =
        json!({"act": "review", "step": {"follow-up": {"text": "alert on refunds", "owner": "support"}}});
    let go = json!({
        "act": "decided", "round": 1, "decision": {"go": {"option": null}}, "reason": "all is well", "word": "go", "overrides": false,
    });
    let vote = json!({"act": "voted", "round": 1, "station": "support", "vote": "go", "note": null, "corrects": null});
    let lines = [
        resolved,
        did("02T07:10", "octo", sign("launch/tested", "qa", true)),
        did("02T07:20", "mo", sign("launch/briefed", "support", false)),
        did("02T08:00", "mo", sign("launch/briefed", "support", true)),
        did("02T08:40", "mo", json!({"act": "roll-call-opened", "round": 1})),
        did("02T08:45", "mo", vote),
        did("02T08:50", "octo", go),
        did("03T09:00", "mo", learned),
        did("03T09:05", "mo", follow),
        did("03T09:10", "octo", sign("launch/review", "qa", true)),
        did("03T09:20", "octo", json!({"act": "close", "step": {"closed": {"reason": "all is in"}}})),
    ];
    std::iter::once(header.to_string()).chain(lines).map(|line| line + "\n").collect()
}

#[test]
fn a_review_is_written_a_day_after() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("day.jsonl"), day()).unwrap();
    let output = gonogo(home.path()).args(["review", "--replay", "day.jsonl"]).output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{page}{}", String::from_utf8_lossy(&output.stderr));
    for part in [
        "# Review: Rocket 2 2",
        "| launch/briefed | Briefed | 1h | 40m | support |",
        "adherence 100 % (target 90 %: met)",
        "brief support a day earlier",
        "| 1 | alert on refunds | support |",
        "## Closed by octo",
        "NO-GO on launch/briefed as support",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn the_screen_says_closed_and_keeps_what_was_learned() {
    let mut screen = Screen::open(&["--replay", "day.jsonl"], &[], |home| {
        std::fs::write(home.join("day.jsonl"), day()).unwrap();
    });
    screen.sees("Rocket 2");
    let shown = screen.sees("closed on 2026-12-03");
    assert!(!shown.contains("GO OVER"), "{shown}");
    screen.press("@");
    let shown = screen.sees("Who is who");
    assert!(shown.contains("closed on 2026-12-03") && shown.contains("follow-up 1"), "{shown}");
    screen.press("0");
    let shown = screen.sees("Readiness:");
    assert!(shown.contains("closed on 2026-12-03"), "{shown}");
    screen.press("q");
    screen.ended();
}
