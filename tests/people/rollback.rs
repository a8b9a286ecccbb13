//! The rollback by commands: followed to every place that tells it.

use super::{LAUNCH, Meeting};

const PLAN: &str = "\
rollback:
  owner: support
  decide_within: 15m
  ready_when: [rehearsed]
  notes: Whenever support asks for it
  steps:
    - { step: flag-off, title: Turn the flag off, by_hand: flagctl off rocket, within: 5m }
    - { step: verify, title: All is as before, owner: qa }
";

/// A launch that is out, with a rehearsed rollback.
fn out() -> Meeting {
    let gate = "gates:\n  - { gate: rehearsed, title: The rollback was rehearsed, blocks: nothing, task: { by: [qa] } }\n";
    let meeting = Meeting::of(&(LAUNCH.replace("gates:\n", gate) + PLAN));
    meeting.ready();
    let (code, board) = meeting.check();
    assert_eq!(
        (code, board["gates"][0]["counted"].as_bool()),
        (Some(3), Some(true)),
        "it counts for GO: {board:#}"
    );
    meeting.does("hu", &["sign", "launch/rehearsed", "--go"]);
    meeting.goes_out()
}

#[test]
fn it_is_run_step_by_step_and_told_everywhere() {
    let meeting = out();
    let show = meeting.does("eve", &["rollback", "show"]).out;
    assert!(
        show.contains("planned; nothing calls for it") && show.contains("by hand: flagctl off rocket"),
        "{show}"
    );
    meeting.refused("hu", &["rollback", "start", "--reason", "x"], "hu may not start the rollback");
    meeting.refused("octo", &["rollback", "done"], "no rollback runs");
    let preview = meeting.does("mo", &["rollback", "start", "--reason", "checkout fails", "--preview"]).out;
    assert!(preview.contains("nothing is recorded: the rollback: the board turns HOLD"), "{preview}");
    assert_eq!(meeting.check().0, Some(0), "a preview does nothing");

    let said = meeting.does("mo", &["rollback", "start", "--reason", "checkout fails"]).out;
    assert!(
        said.contains("recorded: started the rollback: checkout fails") && said.contains("now      flag-off"),
        "{said}"
    );
    let (code, board) = meeting.check();
    let back = &board["rollback"];
    assert_eq!(
        (code, back["phase"].as_str(), back["steps"][0]["status"].as_str()),
        (Some(3), Some("running"), Some("now"))
    );
    meeting.refused("hu", &["rollback", "done", "verify"], "next is flag-off: Turn the flag off");
    meeting.does("mo", &["rollback", "skip", "flag-off", "--reason", "it was never on"]);
    meeting.refused(
        "mo",
        &["rollback", "end", "--result", "rolled-back", "--reason", "x"],
        "step verify of the rollback is open",
    );
    meeting.does("hu", &["rollback", "done", "--note", "errors at 0.1 %"]);
    meeting.does("mo", &["rollback", "end", "--result", "rolled-back", "--reason", "all is as before"]);

    let (code, board) = meeting.check();
    assert_eq!(
        (code, board["verdict"].as_str(), board["evidence"].as_str()),
        (Some(3), Some("hold"), Some("go"))
    );
    let headline = board["headline"].as_str().unwrap();
    assert_eq!(headline, "ROLLED BACK: by mo: all is as before; evidence: GO");
    assert_eq!(board["stages"][0]["status"], "rolled-back");
    assert_eq!(board["rollback"]["steps"][0]["note"], "it was never on");
    let text = meeting.run("eve", &["--check", "--timeout", "2s"]).out;
    for line in ["ROLLED BACK: by mo", "SKIPPED  flag-off", "by hu at", "errors at 0.1 %", "a new final call"]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    meeting.refused("octo", &["stage", "canary", "--start"], "a new GO decision after the rollback");
    let attested = meeting.run("eve", &["attest"]);
    assert_eq!(attested.code, Some(3), "{}", attested.err);
    assert!(
        attested.out.contains("FAILED") && attested.out.contains("\"word\": \"ROLLED BACK\""),
        "{}",
        attested.out
    );
    let journal = meeting.journal();
    for line in
        ["started the rollback: checkout fails", "SKIPPED step flag-off", "ended the rollback, ROLLED BACK"]
    {
        assert!(journal.contains(line), "{line}: {journal}");
    }
    let history = meeting.does("eve", &["history"]).out;
    assert!(history.contains("rollbacks 1"), "{history}");
    let svg = meeting.does("eve", &["report", "--format", "svg", "-o", "-"]).out;
    assert!(svg.contains("ROLLED BACK") || svg.contains("R O L L E D"), "{svg}");
}

#[test]
fn only_a_new_final_call_makes_go_again_and_the_minutes_keep_the_rollback() {
    let meeting = out();
    meeting.does("mo", &["rollback", "start", "--reason", "checkout fails"]);
    meeting.does("mo", &["rollback", "end", "--result", "partly", "--reason", "eu only"]);
    let (code, board) = meeting.check();
    assert_eq!(
        (code, board["headline"].as_str()),
        (Some(3), Some("HOLD: PARTLY ROLLED BACK by mo: eu only; evidence: GO"))
    );
    meeting.does("mo", &["vote", "support", "--go", "--open"]);
    meeting.does("hu", &["vote", "qa", "--go"]);
    meeting.does("octo", &["decide", "--go", "--reason", "the cause is found"]);
    let (code, board) = meeting.check();
    assert_eq!((code, board["rollback"]["phase"].as_str()), (Some(0), Some("planned")), "{board:#}");
    let minutes = meeting.does("eve", &["minutes"]).out;
    for line in ["## Rollback, started by mo", "- Reason: checkout fails", "**PARTLY ROLLED BACK** by mo"] {
        assert!(minutes.contains(line), "{line}: {minutes}");
    }
}
