//! An incident by commands: it holds the rollout, is told everywhere, and ends with its record.

use super::Meeting;

/// A launch whose canary is out.
fn out() -> Meeting {
    let meeting = Meeting::new();
    meeting.ready();
    meeting.goes_out()
}

#[test]
fn it_holds_the_rollout_and_is_told_everywhere() {
    let meeting = out();
    let show = meeting.does("eve", &["incident", "show"]).out;
    assert!(show.contains("no incident has been opened"), "{show}");
    meeting.refused("eve", &["incident", "open", "--severity", "1", "--title", "x"], "does not name eve");
    meeting.refused("mo", &["incident", "log", "x"], "no incident is open");
    let severity = meeting.run("mo", &["incident", "open", "--severity", "0", "--title", "x"]);
    assert!(
        severity.code == Some(2) && severity.err.contains("write 1, the worst, to 4"),
        "{}",
        severity.err
    );
    let open = ["incident", "open", "--severity", "1", "--title", "Checkout fails", "--comms", "mo"];
    let preview = meeting.does("mo", &[&open[..], &["--preview"]].concat()).out;
    assert!(preview.contains("a new incident: the board turns HOLD: incident 1 (SEV-1)"), "{preview}");
    assert_eq!(meeting.check().0, Some(0), "a preview does nothing");

    let said = meeting.does("mo", &open).out;
    assert!(said.contains("recorded: incident 1: SEV-1 opened: Checkout fails"), "{said}");
    assert!(said.contains("next update by"), "{said}");
    let (code, board) = meeting.check();
    assert_eq!(code, Some(3));
    let it = &board["incident"];
    assert_eq!(
        (it["number"].as_u64(), it["severity"].as_u64(), it["phase"].as_str(), it["holds"].as_bool()),
        (Some(1), Some(1), Some("open"), Some(true))
    );
    assert_eq!(board["lowered"][0]["cause"], "incident");
    assert!(board["reasons"][0].as_str().unwrap().contains("\"Checkout fails\""), "{}", board["reasons"]);
    let text = meeting.run("eve", &["--check", "--timeout", "2s"]).out;
    assert!(text.contains("incident 1 (SEV-1) open since") && text.contains("the rollout waits"), "{text}");
    meeting.refused("octo", &["stage", "everyone", "--start"], "waits for incident 1 to be resolved");
    let attest = meeting.run("octo", &["attest", "--timeout", "2s"]);
    assert_eq!(attest.code, Some(3), "{}", attest.err);

    meeting.does("hu", &["incident", "log", "errors began with the canary"]);
    meeting.does("hu", &["incident", "log", "--decision", "the flag goes off"]);
    meeting.does("mo", &["incident", "update", "We are at it"]);
    meeting.refused("hu", &["incident", "rollout", "goes-on", "x"], "may not say that the rollout goes on");
    meeting.does("octo", &["incident", "role", "lead", "director"]);
    let show = meeting.does("eve", &["incident", "show"]).out;
    for part in [
        "lead      director",
        "comms     mo",
        "decision  hu: the flag goes off",
        "update    mo: We are at it",
        "draft of the next update:",
        "SEV-1, Checkout fails, since",
        "The release is out to 10 % (stage canary).",
    ] {
        assert!(show.contains(part), "{part}: {show}");
    }
    meeting.does("octo", &["incident", "rollout", "goes-on", "another region"]);
    assert_eq!(meeting.check().0, Some(0), "the lead said that it goes on");
    meeting.does("octo", &["incident", "severity", "2", "only refunds"]);
    assert_eq!(meeting.check().0, Some(0), "less bad is no news that holds");
    meeting.does("octo", &["incident", "severity", "1", "everybody again"]);
    assert_eq!(meeting.check().0, Some(3), "worse is");
    meeting.does("hu", &["incident", "mitigated", "--note", "the flag is off"]);
    assert_eq!(meeting.check().0, Some(3), "mitigated is not resolved");
}

#[test]
fn it_ends_with_its_record() {
    let meeting = out();
    let open = ["incident", "open", "--severity", "2", "--title", "Mails | are late", "--lead", "director"];
    meeting.does("hu", &[&open[..], &["--detected", "10m", "--began", "25m"]].concat());
    meeting.does("hu", &["incident", "log", "--decision", "the queue is drained"]);
    meeting.refused("octo", &["incident", "close"], "is not resolved yet");
    meeting.refused("hu", &["incident", "resolved"], "ask director");
    meeting.does("octo", &["incident", "resolved", "--note", "all are out"]);
    assert_eq!(meeting.check().0, Some(0));
    meeting.does("octo", &["incident", "close", "--follow-up", "qa: a test of the queue"]);
    let page = meeting.does("eve", &["incident", "show", "--format", "markdown"]).out;
    for part in [
        "# Incident 1: Mails \\| are late",
        "- Severity: SEV-2",
        "- Status: closed",
        "Time to detect 15m, to decide 10m, to mitigate 10m, to resolve 10m.",
        "## Decisions",
        "the queue is drained",
        "- qa: a test of the queue",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let facts = page.split("## Decisions").next().unwrap();
    assert!(!facts.contains("drained"), "facts and decisions are apart: {page}");
    let minutes = meeting.does("octo", &["decide", "--hold", "--reason", "a look", "--minutes", "-"]).out;
    assert!(minutes.contains("## Incident 1: Mails \\| are late"), "{minutes}");
    let second = meeting.does("mo", &["incident", "open", "--severity", "4", "--title", "Again"]).out;
    assert!(second.contains("incident 2 (SEV-4) open"), "{second}");
    let first = meeting.does("eve", &["incident", "show", "--number", "1"]).out;
    assert!(first.contains("# Incident 1:"), "{first}");
}
