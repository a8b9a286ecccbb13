//! What people decided is part of the word (V15), by the real binary.

use serde_json::json;

use super::*;

fn text(meeting: &Meeting, more: &[&str]) -> Said {
    meeting.run("eve", &[&["--check", "--timeout", "2s"], more].concat())
}

#[test]
fn a_hold_is_the_word_everywhere_until_a_new_final_call() {
    let meeting = Meeting::new();
    meeting.ready();
    assert_eq!(meeting.check().0, Some(0), "before any decision the evidence is the word");
    let hold = ["decide", "--hold", "--until-true", "launch/tested", "--reason", "The CDN is slow"];
    meeting.does("octo", &hold);
    let (code, board) = meeting.check();
    assert_eq!(
        (code, &board["verdict"], &board["evidence"]),
        (Some(3), &json!("hold"), &json!("go")),
        "{board:#}"
    );
    assert_eq!(board["headline"], "HOLD: decided by octo; evidence: GO");
    let decision = &board["decision"];
    assert_eq!((&decision["word"], &decision["by"]), (&json!("HOLD"), &json!("octo")));
    assert_eq!((&decision["reason"], &decision["stands"]), (&json!("The CDN is slow"), &json!(true)));
    assert_eq!((&decision["conditions"], &decision["until"]), (&json!(["launch/tested"]), &json!(null)));
    assert_eq!((&decision["open_conditions"], &decision["round"]), (&json!([]), &json!(null)));
    assert_eq!(board["lowered"][0]["cause"], "decision");
    assert_eq!((&board["next"][0]["gate"], &board["next"][0]["who"]), (&json!(null), &json!(["director"])));
    let said = text(&meeting, &[]);
    assert_eq!(said.code, Some(3));
    assert!(said.out.starts_with("HOLD: decided by octo; evidence: GO  Rocket"), "{}", said.out);
    assert!(said.out.contains("The CDN is slow\n    until true: launch/tested (true now)\n"), "{}", said.out);
    assert!(said.out.contains("next: director: a new final call: gonogo decide --go"), "{}", said.out);
    assert_eq!(
        text(&meeting, &["--only", "launch"]).code,
        Some(3),
        "a part is not GO while the whole is held"
    );
    let report = meeting.does("eve", &["report", "--timeout", "2s"]).out;
    assert!(report.starts_with("HOLD: decided by octo; evidence: GO"), "{report}");
    let picture = meeting.does("eve", &["report", "--format", "svg", "--timeout", "2s"]).out;
    assert!(picture.contains("evidence: GO") && picture.contains("HOLD by octo"), "{picture}");
    let attested = meeting.run("eve", &["attest", "--timeout", "2s"]);
    let statement: Value = serde_json::from_str(&attested.out).unwrap();
    let own = &statement["predicate"]["gonogo"];
    assert_eq!((attested.code, &own["word"], &own["evidence"]), (Some(3), &json!("HOLD"), &json!("GO")));
    assert_eq!(own["decision"]["reason"], "The CDN is slow");
    let minutes = meeting.does("eve", &["minutes"]).out;
    assert!(minutes.contains("HOLD: decided by octo; evidence: GO"), "{minutes}");
    meeting.does("octo", &["decide", "--resume", "--reason", "fast again"]);
    let (code, board) = meeting.check();
    assert_eq!(
        (code, &board["headline"]),
        (Some(3), &json!("HOLD: a new final call is needed; evidence: GO"))
    );
    meeting.heard();
    meeting.does("octo", &["decide", "--go", "--reason", "all well"]);
    assert_eq!(meeting.check().0, Some(0));
}

#[test]
fn a_no_go_is_exit_code_1_and_a_scrub_has_its_name() {
    let meeting = Meeting::new();
    meeting.ready();
    meeting.heard();
    meeting.does("octo", &["decide", "--no-go", "--option", "slip", "--reason", "No macros"]);
    let (code, board) = meeting.check();
    assert_eq!((code, &board["verdict"], &board["evidence"]), (Some(1), &json!("no-go"), &json!("go")));
    assert_eq!(board["headline"], "NO-GO: decided by octo; evidence: GO");
    assert_eq!(board["decision"]["option"], "slip");
    assert_eq!(meeting.run("eve", &["attest", "--timeout", "2s"]).code, Some(1));
    meeting.does("octo", &["decide", "--scrub", "2100-02-01T09:00", "--reason", "One more month"]);
    let (code, board) = meeting.check();
    assert_eq!((code, &board["verdict"]), (Some(3), &json!("hold")));
    assert_eq!(board["headline"], "SCRUB: decided by octo; evidence: GO");
    assert_eq!(board["decision"]["t0"], "2100-02-01T09:00:00Z");
    assert_eq!(meeting.run("eve", &["attest", "--timeout", "2s"]).code, Some(3));
}

#[test]
fn a_go_over_a_no_go_is_typed_named_and_recorded_as_one() {
    let meeting = Meeting::new();
    meeting.ready();
    meeting.does("mo", &["vote", "support", "--no-go", "--note", "No macros yet", "--open"]);
    meeting.does("hu", &["vote", "qa", "--go"]);
    let go = ["decide", "--go", "--reason", "They come at noon"];
    meeting.refused(
        "octo",
        &go,
        "support said NO-GO: No macros yet: confirm it with --yes-i-know \"GO OVER DISSENT\"",
    );
    meeting.refused("octo", &[&go[..], &["--yes-i-know", "GO"]].concat(), "not confirmed");
    let yes = ["--yes-i-know", "GO OVER DISSENT", "--minutes", "m.md", "--decision-record", "-"];
    let said = meeting.does("octo", &[&go[..], &yes].concat());
    let minutes = std::fs::read_to_string(meeting.path("m.md")).unwrap();
    assert!(minutes.contains("## GO OVER DISSENT, decided by octo"), "{minutes}");
    assert!(minutes.contains("- **OVER DISSENT**: decided knowing that support said NO-GO"), "{minutes}");
    assert!(said.out.contains("Decision 1: GO OVER DISSENT: "), "{}", said.out);
    assert!(said.out.contains("- GO (chosen, as GO OVER DISSENT)"), "{}", said.out);
    let (code, board) = meeting.check();
    assert_eq!((code, &board["headline"]), (Some(0), &json!("GO OVER DISSENT of support")));
    assert_eq!(
        (&board["decision"]["label"], &board["decision"]["over"]),
        (&json!("GO OVER DISSENT"), &json!(["support"]))
    );
    assert!(meeting.journal().contains("decided GO OVER DISSENT on evidence that was GO"));
    meeting.does("octo", &["stage", "canary", "--start"]);
}

#[test]
fn what_belongs_to_another_decision_is_an_error_and_never_dropped() {
    let meeting = Meeting::new();
    meeting.ready();
    meeting.heard();
    let go = ["decide", "--go", "--reason", "r"];
    for (flags, part) in [
        (["--until", "T+1h"], "--until belongs to --hold"),
        (["--until-true", "launch/tested"], "--until-true belongs to --hold"),
        (["--new-date", "T+7d"], "--new-date belongs to --no-go"),
        (["--option", "pivot"], "`pivot` is no option of this launch; its options are slip"),
    ] {
        meeting.refused("octo", &[&go[..], &flags].concat(), part);
    }
    for (decision, flags, part) in [
        ("--hold", ["--option", "slip"], "--option belongs to --go and --no-go"),
        ("--hold", ["--new-date", "T+7d"], "--new-date belongs to --no-go"),
        ("--no-go", ["--until", "T+1h"], "--until belongs to --hold"),
        ("--resume", ["--option", "slip"], "--option belongs to --go and --no-go"),
        ("--resume", ["--until-true", "launch/tested"], "--until-true belongs to --hold"),
    ] {
        meeting.refused("octo", &[&["decide", decision, "--reason", "r"][..], &flags].concat(), part);
    }
    meeting.refused(
        "octo",
        &["decide", "--resume", "--override", "--reason", "r"],
        "--override belongs to --go",
    );
    let scrub = ["decide", "--scrub", "2100-02-01T09:00", "--until", "T+1h", "--reason", "r"];
    meeting.refused("octo", &scrub, "--until belongs to --hold");
    assert!(!meeting.journal().contains("decided"), "nothing was recorded");
    meeting.does("octo", &[&go[..], &["--option", "slip", "--minutes", "m.md"]].concat());
    let minutes = std::fs::read_to_string(meeting.path("m.md")).unwrap();
    assert!(minutes.contains("- Chosen: slip"), "{minutes}");
    assert_eq!(meeting.check().1["decision"]["option"], "slip");
}

#[test]
fn a_preview_tells_what_a_word_would_do_and_records_nothing() {
    let meeting = Meeting::new();
    let tested = ["sign", "launch/tested", "--go", "--answer", "report=https://ci.example.com/7"];
    let said = meeting.does("hu", &[&tested[..], &["--preview"]].concat());
    assert_eq!(
        said.out,
        "preview only, nothing is recorded: your GO on launch/tested: the board stays HOLD: launch/briefed is still open; \
         launch/tested turns GO\n"
    );
    meeting.refused("mo", &[&tested[..], &["--preview"]].concat(), "mo");
    assert_eq!(meeting.run("eve", &["journal", "show"]).code, Some(4), "no entry, and no journal for one");
    meeting.does("hu", &tested);
    let said = meeting.does("mo", &["sign", "launch/briefed", "--go", "--preview"]);
    assert!(
        said.out.contains("your GO on launch/briefed: the board turns GO; launch/briefed turns GO"),
        "{}",
        said.out
    );
    let waive = ["waive", "launch/briefed", "--reason", "r", "--risk", "low", "--for", "2h", "--preview"];
    let said = meeting.does("octo", &waive);
    assert!(
        said.out.contains("your waiver of launch/briefed: the board turns GO with 1 waiver"),
        "{}",
        said.out
    );
    meeting.does("mo", &["sign", "launch/briefed", "--go"]);
    let said = meeting.does("mo", &["vote", "support", "--go", "--open", "--preview"]);
    assert!(
        said.out.contains("your GO for support is answer 1 of 2: the board stays GO; qa is called next"),
        "{}",
        said.out
    );
    meeting.heard();
    let said = meeting.does("octo", &["decide", "--go", "--reason", "r", "--preview"]);
    assert!(
        said.out.contains("your final call GO: the board stays GO; canary may start; roll call 1 ends"),
        "{}",
        said.out
    );
    let said = meeting.does("octo", &["decide", "--hold", "--reason", "wait", "--preview"]);
    assert!(said.out.contains("your final call HOLD: the board turns HOLD: HOLD by octo"), "{}", said.out);
    assert!(said.out.contains("; the T clock stops"), "{}", said.out);
    // What asks for a typed word asks for none when it is only told.
    let over = ["decide", "--go", "--override", "--reason", "r", "--preview"];
    meeting.refused("octo", &over, "the board is GO; leave --override out");
    assert_eq!(meeting.journal().lines().count(), 5, "only what was said");
}
