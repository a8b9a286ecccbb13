//! One gate, and the whole way, in the words of the board.

use super::Place;
use crate::support::program::head;

const LAUNCH: &str = concat!(
    head!(),
    "\
policies: { waivers: { by: [qa], longest: 24h } }
gates:
  - gate: tested
    title: The release was tested
    notes: Look at the crash list first.
    by_hand: relctl test --all
    na_by: [qa]
    sign_off: { by: [qa], asks: { report: link } }
  - gate: out
    title: It is out
    needs: [tested]
    task: { by: [qa] }
  - gate: both
    title: Both
    gates:
      - { gate: one, title: One, needs: [out], task: { by: [qa] } }
      - { gate: two, title: Two, github: { workflow: { file: two.yml } } }
"
);

#[test]
fn a_gate_tells_its_verdict_what_it_needs_who_and_by_which_command() {
    let place = Place::empty();
    place.write("x/launch.yaml", LAUNCH);
    let text = place.does(&["why", "tested", "x", "--timeout", "2s"]).out;
    for part in [
        "PENDING  launch/tested  The release was tested",
        "sign-off by qa",
        "notes      Look at the crash list first.",
        "launch.yaml:10:11",
        "relctl test --all",
        "gonogo sign launch/tested x --go --answer report=VALUE",
        "gonogo not-needed launch/tested x --reason",
        "gonogo waive launch/tested x --reason",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let both = place.does(&["why", "launch/both", "x", "--timeout", "2s", "--format", "json"]).json();
    assert_eq!(both["gate"]["id"], "launch/both");
    assert_eq!(both["inside"].as_array().unwrap().len(), 2);
    let leads: Vec<_> = both["steps"].as_array().unwrap().iter().map(|it| it["gate"].clone()).collect();
    assert_eq!(
        leads[..2],
        ["launch/tested", "launch/out"],
        "in the order in which they can be done: {leads:?}"
    );
    let out = place.does(&["why", "out", "x", "--timeout", "2s", "--format", "json"]).json();
    assert_eq!(out["needs"][0]["what"], "launch/tested");
    assert_eq!(out["needs"][0]["satisfied"], false);
    assert!(!out["commands"].to_string().contains("gonogo sign"), "what waits cannot be signed: {out}");
    assert_eq!(out["complete"], true);
}

#[test]
fn the_answer_is_that_of_the_board() {
    let place = Place::empty();
    place.write("launch.yaml", LAUNCH);
    place.does(&["sign", "launch/tested", "--no-go", "--note", "refunds fail"]);
    let board = place.run(&["check", "--format", "json", "--timeout", "2s"]).json();
    let why = place.does(&["why", "tested", "--format", "json", "--timeout", "2s"]).json();
    let gate = board["gates"].as_array().unwrap().iter().find(|it| it["id"] == "launch/tested").unwrap();
    for key in ["verdict", "reason", "next", "who", "words", "evidence", "rows"] {
        assert_eq!(why["gate"][key], gate[key], "{key}");
    }
    assert_eq!(why["board"]["verdict"], board["verdict"]);
    let way = place.does(&["path", "--format", "json", "--timeout", "2s"]).json();
    assert_eq!(way["steps"], board["next"]);
    assert_eq!((&way["headline"], &way["not_before"]), (&board["headline"], &board["not_before"]));
    let text = place.does(&["path", "--timeout", "2s"]).out;
    let steps = way["steps"].as_array().unwrap();
    for (number, step) in steps.iter().enumerate() {
        let line = format!("{:>3}. {}", number + 1, step["text"].as_str().unwrap());
        assert!(text.contains(&line), "{line}\n{text}");
    }
}

#[test]
fn a_name_that_is_none_or_several_is_told() {
    let place = Place::empty();
    place.write("launch.yaml", LAUNCH);
    place.refused(&["why", "testd"], "did you mean tested");
    place.refused(&["why", "zzzzzzzz"], "gonogo check --verbose");
    let cells = LAUNCH.replace("    needs: [tested]\n", "    matrix: { arch: [a, b] }\n");
    place.write("launch.yaml", &cells).refused(&["why", "out"], "launch/out@a or launch/out@b");
    assert!(place.does(&["why", "out@a", "--timeout", "2s"]).out.contains("launch/out@a"));
}

#[test]
fn nothing_foreign_reaches_the_terminal() {
    let place = Place::empty();
    let hostile = LAUNCH
        .replace("Look at the crash list first.", "\"\\e[31mred\\a\"")
        .replace("relctl", "\"rel\\e]0;x\\actl\" #");
    place.write("launch.yaml", &hostile);
    for words in [&["why", "tested"][..], &["why", "tested", "--format", "json"], &["path"]] {
        let said = place.does(&[words, &["--timeout", "1s"]].concat());
        assert!(!said.out.contains(['\u{1b}', '\u{7}']), "{words:?}: {:?}", said.out);
    }
}

#[test]
fn what_a_gate_said_at_a_moment_of_the_day() {
    let place = Place::empty();
    let at = |time: &str| {
        let said = place.does(&["why", "qa/sign-off", "--demo", "--at", time, "--format", "json"]);
        serde_json::from_str::<serde_json::Value>(&said.out).unwrap()
    };
    let (early, late) = (at("T-55m"), at("2026-12-02T08:58"));
    assert_eq!(
        (&early["gate"]["verdict"], &late["gate"]["verdict"]),
        (&"pending".into(), &"go".into()),
        "{early}"
    );
    assert!(early["board"]["headline"].as_str().unwrap().starts_with("DEMO of 2026-12-02 08:05"), "{early}");
    place.refused(&["why", "qa/sign-off", "--demo", "--at", "yesterday-ish"], "");
}
