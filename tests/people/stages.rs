//! Stages by command, and launches whose commit is not known or which are about none.

use super::{LAUNCH, Meeting};

impl Meeting {
    pub(super) fn of(text: &str) -> Self {
        let meeting = Self::new();
        std::fs::write(meeting.path("launch.yaml"), text).unwrap();
        meeting
    }
}

/// Tasks are about no commit.
fn tasks_only() -> String {
    LAUNCH.replace("sign_off: { by: [qa], asks", "task: { by: [qa], asks")
}

#[test]
fn a_stage_before_its_start_takes_a_typed_word_and_is_shown() {
    let meeting =
        Meeting::of(&LAUNCH.replace("audience: { percent: 10 }", "audience: { percent: 10 }, start: T"));
    meeting.ready();
    meeting.heard();
    meeting.does("octo", &["decide", "--go", "--reason", "All is well"]);
    let start = ["stage", "canary", "--start"];
    meeting.refused("octo", &start, "stage canary waits for its start at 2100-01-01 09:00 UTC");
    let early = ["stage", "canary", "--start", "--override", "--note", "the shop is down"];
    meeting.refused("octo", &early, "confirm it with --yes-i-know OVERRIDE");
    meeting.refused(
        "octo",
        &[&early[..], &["--yes-i-know", "canary"]].concat(),
        "the word to type is OVERRIDE",
    );
    meeting.does("octo", &[&early[..], &["--yes-i-know", "OVERRIDE"]].concat());
    let line = "stage canary started by an OVERRIDE";
    assert!(meeting.journal().contains(line), "{}", meeting.journal());
    let (_, board) = meeting.check();
    assert_eq!(board["stages"][0]["override"], "by octo: the shop is down");
    let text = meeting.run("eve", &["--check", "--timeout", "2s"]).out;
    assert!(text.contains("OVERRIDE: stage canary was started by octo: the shop is down"), "{text}");
    // It is in the pages of whatever is decided next.
    meeting.does("octo", &["decide", "--hold", "--reason", "a look at the shop"]);
    let minutes = meeting.does("eve", &["minutes"]).out;
    assert!(minutes.contains("## Stages started or closed by an OVERRIDE"), "{minutes}");
    meeting.refused(
        "octo",
        &["stage", "canary", "--hold", "--override", "--note", "x"],
        "only a start and a close can be",
    );
}

#[test]
fn criteria_and_results_are_said_by_command_and_told_everywhere() {
    let stage =
        "audience: { percent: 10 }, criteria: [Nobody is harmed, Support is quiet], asks: { users: number }";
    let meeting = Meeting::of(&LAUNCH.replace("audience: { percent: 10 }", stage));
    meeting.ready();
    meeting.heard();
    meeting.does("octo", &["decide", "--go", "--reason", "All is well"]);
    meeting.refused("octo", &["stage", "canary", "--confirm", "1"], "stage canary is not out");
    meeting.does("octo", &["stage", "canary", "--start"]);
    meeting.refused(
        "octo",
        &["stage", "canary", "--confirm", "3"],
        "name it by its text, or by its number: 1 to 2",
    );
    meeting.does("octo", &["stage", "canary", "--confirm", "1"]);
    meeting.does("octo", &["stage", "canary", "--deny", "Support is quiet", "--note", "40 tickets"]);
    meeting.refused(
        "octo",
        &["stage", "canary", "--close"],
        "which does not hold by the word of octo (40 tickets)",
    );
    meeting.refused("octo", &["stage", "canary", "--answer", "users=many"], "`many` is no number");
    meeting.does("octo", &["stage", "canary", "--answer", "users=512"]);
    let close = ["stage", "canary", "--close", "--override", "--note", "the queue is known"];
    meeting.refused("octo", &close, "confirm it with --yes-i-know OVERRIDE");
    let (_, board) = meeting.check();
    let canary = &board["stages"][0];
    assert_eq!(
        (canary["criteria"][0]["holds"].as_bool(), canary["criteria"][1]["note"].as_str()),
        (Some(true), Some("40 tickets"))
    );
    assert_eq!(
        (canary["answers"][0]["answer"].as_str(), canary["clauses"][1]["lagging"].as_bool()),
        (Some("512"), Some(true))
    );
    let text = meeting.run("eve", &["--check", "--timeout", "2s"]).out;
    for line in
        ["confirmed      Nobody is harmed (octo)", "DOES NOT HOLD  Support is quiet (octo)", "users = 512"]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    meeting.does("octo", &[&close[..], &["--yes-i-know", "OVERRIDE"]].concat());
    let text = meeting.run("eve", &["--check", "--timeout", "2s"]).out;
    assert!(text.contains("OVERRIDE: stage canary was closed by octo: the queue is known"), "{text}");
    meeting.does("octo", &["decide", "--hold", "--reason", "a look at the queue"]);
    let minutes = meeting.does("eve", &["minutes"]).out;
    for line in [
        "## What stages showed",
        "Support is quiet, DOES NOT HOLD: 40 tickets",
        "users = 512",
        "canary, closed",
    ] {
        assert!(minutes.contains(line), "{line}: {minutes}");
    }
    assert!(
        meeting.journal().contains("it does NOT hold that \"Support is quiet\": 40 tickets"),
        "{}",
        meeting.journal()
    );
}

#[test]
fn a_commit_that_is_not_known_is_a_hold_also_where_only_people_answer() {
    let meeting =
        Meeting::of(&tasks_only().replace("ref: 8f3c2ab0000000000000000000000000000000ff", "ref: mian"));
    meeting.ready();
    let (code, board) = meeting.check();
    assert_eq!((code, board["verdict"].as_str()), (Some(3), Some("hold")), "{board:#}");
    assert!(board["target"]["commit"].is_null());
    let why = board["reasons"][0].as_str().unwrap();
    assert!(why.contains("mian"), "{why}");
}

#[test]
fn a_launch_that_is_about_no_commit_leaves_the_target_out_and_says_so() {
    let line = "target: { repository: acme/rocket, ref: 8f3c2ab0000000000000000000000000000000ff }\n";
    let meeting = Meeting::of(&tasks_only().replace(line, ""));
    meeting.ready();
    let (code, board) = meeting.check();
    assert_eq!((code, board["headline"].as_str()), (Some(0), Some("GO, no target")), "{board:#}");
    assert!(board["target"].is_null());
    meeting.heard();
    meeting.does("octo", &["decide", "--go", "--reason", "All is well"]);
    meeting.does("octo", &["stage", "canary", "--start"]);
    let attested = meeting.does("eve", &["attest"]).out;
    assert!(attested.contains("\"PASSED\"") && attested.contains("rocket-2, no target"), "{attested}");
    let minutes = meeting.does("eve", &["minutes"]).out;
    assert!(minutes.contains("none: nothing in this launch is about a commit"), "{minutes}");

    std::fs::write(meeting.path("launch.yaml"), LAUNCH.replace(line, "")).unwrap();
    let said = meeting.run("eve", &["validate"]);
    assert_eq!(said.code, Some(2));
    let place = LAUNCH.replace(line, "").lines().position(|it| it.contains("gate: tested")).unwrap() + 1;
    let text = said.err + &said.out;
    assert!(text.contains(&format!("launch.yaml:{place}:")), "{text}");
    assert!(text.contains("`launch/tested` is about a commit, and the launch has no `target`"), "{text}");
}

#[test]
fn a_command_to_copy_names_the_commit_or_is_not_there() {
    let text = tasks_only()
        .replace("    title: Support is briefed\n", "    title: Support is briefed\n    by_hand: relctl tell --ref {{ target.commit }}\n")
        .replace("rollout:\n", "rollback: { owner: director, steps: [{ step: off, title: Off, by_hand: 'flagctl off {{ target.commit }}' }] }\nrollout:\n");
    let meeting = Meeting::of(&text);
    let commit = super::COMMIT;
    let why = meeting.does("eve", &["why", "briefed", "--timeout", "2s"]).out;
    assert!(why.contains(&format!("relctl tell --ref {commit}")), "{why}");
    let step = |meeting: &Meeting| meeting.check().1["rollback"]["steps"][0]["by_hand"].clone();
    assert_eq!(step(&meeting), format!("flagctl off {commit}"));
    let meeting = Meeting::of(&text.replace("ref: 8f3c2ab0000000000000000000000000000000ff", "ref: main"));
    let why = meeting.does("eve", &["why", "briefed", "--timeout", "2s"]).out;
    assert!(!why.contains("relctl"), "{why}");
    assert!(step(&meeting).is_null());
}

/// What holds a stage, and what it has shown, stands in every form.
#[test]
fn what_holds_a_stage_is_told_in_every_form() {
    let shows =
        "audience: { percent: 10 }, criteria: [No refund fails], asks: { users: number, impact: text }";
    let later = "  - { gate: told, title: Everybody was told, blocks: stage/everyone, owner: support, task: { by: [support] } }\n";
    let text = LAUNCH
        .replace("2100-01-01", "2020-01-01")
        .replace("audience: { percent: 10 }", shows)
        .replace("rollout:\n", &format!("{later}rollout:\n"));
    let meeting = Meeting::of(&text);
    meeting.ready();
    meeting.heard();
    meeting.does("octo", &["decide", "--go", "--reason", "All is well"]);
    meeting.does("octo", &["stage", "canary", "--start"]);
    meeting.does("octo", &["stage", "canary", "--deny", "1", "--note", "two fail"]);
    meeting.does("octo", &["stage", "canary", "--answer", "users=512"]);
    meeting.does("octo", &["stage", "canary", "--hold", "--note", "refunds fail"]);
    for form in ["markdown", "junit"] {
        let page = meeting.run("eve", &["check", "--format", form, "--timeout", "2s"]).out;
        for part in [
            "stage canary waits for somebody to end the hold of octo: refunds fail",
            "DOES NOT HOLD: No refund fails",
            ": two fail",
            "of stage canary, users: 512",
            "of stage canary, impact: not given yet",
        ] {
            let page = page.replace('\\', "");
            assert!(page.contains(part), "{form}: {part}: {page}");
        }
    }
    let text = meeting.run("eve", &["check", "--timeout", "2s"]).out;
    assert!(text.contains("stage everyone (100 %) waits for launch/told (pending)"), "{text}");
}

#[test]
fn an_exception_is_proposed_for_as_long_as_it_may_last() {
    let meeting = Meeting::of(&LAUNCH.replace("longest: 24h", "longest: 90m"));
    let why = meeting.does("eve", &["why", "tested", "--timeout", "2s"]).out;
    assert!(why.contains("--risk \"...\" --for 90m"), "{why}");
    meeting.does("octo", &["not-needed", "launch/briefed", "--reason", "no change for support"]);
    let why = meeting.does("eve", &["why", "briefed", "--timeout", "2s"]).out;
    assert!(why.contains("gonogo not-needed launch/briefed") && why.contains("--end"), "{why}");
}
