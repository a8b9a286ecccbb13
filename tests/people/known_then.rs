//! A report of a moment of the past is what was known then: whatever happens afterwards, it stays the same to the letter.

use chrono::{SecondsFormat, Utc};

use super::Meeting;

const AUDIENCES: [&str; 5] = ["executives", "engineers", "sales", "customers", "minutes"];

/// Every page of that moment.
fn pages(meeting: &Meeting, at: &str) -> Vec<(String, String)> {
    let pages =
        AUDIENCES.iter().flat_map(|it| ["markdown", "html"].map(|form| vec!["--for", it, "--format", form]));
    let plain = ["text", "json", "markdown", "html", "svg"].map(|form| vec!["--format", form]);
    let screens = ["incident", "comms", "timeline"].map(|it| vec!["--format", "svg", "--screen", it]);
    let all = pages.chain(plain).chain(screens);
    all.map(|args| {
        let said = meeting.does("eve", &[&["report", "--at", at][..], &args].concat());
        (args.join(" "), said.out)
    })
    .collect()
}

#[test]
fn a_report_of_the_past_knows_nothing_of_what_came_after() {
    let meeting = Meeting::new();
    meeting.ready();
    meeting.heard();
    meeting.does("octo", &["decide", "--go", "--reason", "All is well"]);
    meeting.does("octo", &["stage", "canary", "--start"]);
    meeting.does(
        "mo",
        &[
            "risk",
            "add",
            "mails",
            "--title",
            "Mails are late",
            "--severity",
            "3",
            "--likelihood",
            "low",
            "--users",
            "1%",
            "--workaround",
            "none",
            "--owner",
            "qa",
        ],
    );
    let at = Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true);
    let then = pages(&meeting, &at);
    let of = |what: &str| &then.iter().find(|(args, _)| args == what).unwrap().1;
    let executives = of("--for executives --format markdown");
    assert!(executives.contains("RECORDING of ") && executives.contains("Mails are late"), "{executives}");
    assert!(
        of("--for customers --format markdown").contains("10 % have it"),
        "{}",
        of("--for customers --format markdown")
    );

    meeting.does(
        "mo",
        &[
            "risk",
            "add",
            "later",
            "--title",
            "AFTERWARDS",
            "--severity",
            "1",
            "--likelihood",
            "high",
            "--users",
            "50%",
            "--workaround",
            "none",
            "--owner",
            "qa",
        ],
    );
    meeting.does("hu", &["risk", "close", "mails", "--reason", "AFTERWARDS"]);
    meeting.does("mo", &["incident", "open", "--severity", "1", "--title", "AFTERWARDS", "--began", "1h"]);
    meeting.does("mo", &["incident", "update", "AFTERWARDS"]);
    meeting.does("hu", &["sign", "launch/tested", "--no-go", "--note", "AFTERWARDS"]);
    meeting.does("octo", &["stage", "canary", "--roll-back", "--note", "AFTERWARDS"]);
    meeting.does("octo", &["decide", "--scrub", "2100-02-01T09:00", "--reason", "AFTERWARDS"]);
    meeting.does("octo", &["review", "learn", "AFTERWARDS"]);
    for ((args, before), (_, after)) in then.iter().zip(pages(&meeting, &at)) {
        assert_eq!(*before, after, "{args}");
        assert!(!after.contains("AFTERWARDS"), "{args}: {after}");
    }
    // It is the board of a replay, and of now it is another.
    let replayed = meeting.does("eve", &["replay", "--at", &at, "--format", "json"]).out;
    assert_eq!(*of("--format json"), replayed);
    let now = meeting.does("eve", &["report", "--for", "executives", "--timeout", "2s"]).out;
    assert!(now.contains("AFTERWARDS"), "{now}");
    meeting.refused("eve", &["report", "--at", "2099-01-01T09:00"], "is in the future");
    meeting.refused("eve", &["report", "--at", "soonish"], "write");
}
