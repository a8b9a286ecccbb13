//! The files of a launch are edited between two acts: what was said stands, or says why not.

use super::{LAUNCH, Meeting};

fn edited(meeting: &Meeting, what: &str, into: &str) {
    let path = meeting.path("launch.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(what), "{what}");
    std::fs::write(path, text.replace(what, into)).unwrap();
}

#[test]
fn a_condition_outlives_the_stage_that_it_named() {
    let meeting = Meeting::of(&LAUNCH.replace("2100-01-01", "2020-01-01"));
    meeting.ready();
    meeting.heard();
    let condition = ["--condition", "support: call the bank before stage/everyone"];
    meeting.does("octo", &[&["decide", "--go", "--reason", "All is well"][..], &condition].concat());
    meeting.does("octo", &["stage", "canary", "--start"]);
    meeting.does("octo", &["stage", "canary", "--close"]);
    edited(&meeting, "stage: everyone", "stage: all");
    meeting.refused("octo", &["stage", "all", "--start", "--yes-i-know", "all"], "waits for conditions/1.1");
    let remark = "conditions/1.1 was to be met before stage everyone, which this launch does not have: stage all waits for it";
    let board = meeting.check().1;
    assert!(board["remarks"].as_array().unwrap().iter().any(|it| it == remark), "{board:#}");
    meeting.does("mo", &["sign", "conditions/1.1", "--go"]);
    meeting.does("octo", &["stage", "all", "--start", "--yes-i-know", "all"]);
    // A condition that was met stays so, whatever its stage is called now.
    edited(&meeting, "stage: all", "stage: world");
    assert_eq!(meeting.check().1["gates"][2]["verdict"], "go");
}

#[test]
fn a_moment_that_can_not_be_read_says_where_it_belongs() {
    let meeting = Meeting::new();
    meeting.ready();
    meeting.heard();
    let condition = ["--condition", "qa: sign it by hand before stage/everyone"];
    let said = meeting.run("octo", &[&["decide", "--go", "--reason", "x"][..], &condition].concat());
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(said.err.contains("if `by hand` is part of what is to be done"), "{}", said.err);
}

/// A stop is not left behind with a name.
#[test]
fn a_launch_that_is_renamed_is_told_of_the_stop_under_its_old_name() {
    let meeting = Meeting::new();
    meeting.ready();
    meeting.heard();
    meeting.does("octo", &["decide", "--no-go", "--reason", "it loses orders"]);
    edited(&meeting, "launch: rocket-2", "launch: rocket-3");
    meeting.ready();
    let said = "knows 2.0.0 of acme/rocket as launch rocket-2, where NO-GO was the last call, by octo at";
    let text = meeting.run("eve", &["--check", "--timeout", "2s"]).out;
    assert!(text.contains(said), "{text}");
    edited(&meeting, "version: 2.0.0", "version: 2.1.0");
    let text = meeting.run("eve", &["--check", "--timeout", "2s"]).out;
    assert!(!text.contains("as launch rocket-2"), "another version is another launch: {text}");
}

#[test]
fn what_a_shared_screen_hides_in_one_place_stands_in_no_other() {
    let meeting = Meeting::new();
    let risk = ["--severity", "2", "--likelihood", "low", "--users", "12", "--owner", "support"];
    let add = ["risk", "add", "refunds", "--title", "SECRET-RISK", "--workaround", "SECRET-WAY"];
    meeting.does("mo", &[&add[..], &risk].concat());
    meeting.does("mo", &["confirm", "launch/briefed", "--at-risk", "SECRET-PLAN"]);
    let shown = |form: &str| {
        let args = ["report", "--redact", "--timeout", "2s", "--format", form];
        meeting.does("eve", &args).out
    };
    for form in ["text", "json", "markdown", "html"] {
        let page = shown(form);
        assert!(!page.contains("SECRET") && page.contains("at risk"), "{form}: {page}");
    }
    meeting.ready();
    meeting.heard();
    meeting.does("octo", &["decide", "--go", "--reason", "well", "--yes-i-know", "GO"]);
    for form in ["text", "json", "markdown", "html"] {
        assert!(!shown(form).contains("SECRET"), "{form}: {}", shown(form));
    }
}

#[test]
fn who_left_is_hidden_on_a_shared_screen_too() {
    let meeting = Meeting::of(&LAUNCH.replace("2100-01-01", "2020-01-01"));
    meeting.ready();
    let meeting = meeting.goes_out();
    meeting.does("octo", &["stage", "canary", "--hold", "--note", "errors"]);
    edited(&meeting, "octo: { name: Octo }", "ann: { name: Ann }");
    edited(&meeting, "people: [octo]", "people: [ann]");
    for form in ["text", "json", "markdown", "html"] {
        let page = meeting.does("eve", &["report", "--redact", "--timeout", "2s", "--format", form]).out;
        assert!(!page.contains("octo"), "{form}: {page}");
        assert!(
            form == "html" || form == "markdown" || page.contains("end the hold of O."),
            "{form}: {page}"
        );
    }
}
