//! What is refused: who may not say what, and what does not count although it was said.

use std::{collections::BTreeMap, time::Duration};

use gonogo::journal::{Journal, OpenOptions};

use super::{LAUNCH, Meeting};

/// The launch with other gates, and one more change.
fn meeting(gates: &str, change: impl Fn(String) -> String) -> Meeting {
    let meeting = Meeting::new();
    let (head, rest) = LAUNCH.split_once("gates:\n").unwrap();
    let (_, tail) = rest.split_once("rollout:").unwrap();
    let launch = change(format!("{head}gates:\n{gates}rollout:{tail}"));
    let launch =
        launch.replace("qa: { people: [hu], title: Quality }", "qa: { people: [hu, mo], title: Quality }");
    std::fs::write(meeting.path("launch.yaml"), launch).unwrap();
    meeting
}

fn verdicts(meeting: &Meeting) -> BTreeMap<String, String> {
    let (_, board) = meeting.check();
    let gates = board["gates"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    gates.map(|gate| (text(&gate["id"]).replace("launch/", ""), text(&gate["verdict"]))).collect()
}

#[test]
fn so_many_all_of_them_and_a_second_person() {
    let gates = "  - { gate: two, title: Two of quality, sign_off: { by: [qa], count: 2 } }
  - { gate: each, title: Quality and the director, sign_off: { by: [qa, director] } }
  - { gate: first, title: First, owner: support, task: { by: [qa] } }
  - { gate: apart, title: By somebody else, sign_off: { by: [qa], apart_from: [first] } }
  - { gate: both, title: By two others, sign_off: { by: [qa], count: 2, apart_from: [first] } }
";
    let meeting = meeting(gates, |launch| launch);
    // The part behind the slash is enough where only one gate has it.
    meeting.refused("hu", &["sign", "towo", "--go"], "there is no gate towo: did you mean two?");
    meeting.does("hu", &["sign", "two", "--go"]);
    meeting.refused("hu", &["sign", "launch/two", "--go"], "hu has already said go");
    assert_eq!(verdicts(&meeting)["two"], "pending", "the same person twice is one");
    meeting.does("mo", &["sign", "launch/two", "--go"]);
    assert_eq!(verdicts(&meeting)["two"], "go");
    meeting.refused("octo", &["sign", "launch/two", "--go"], "octo does not speak for qa; ask qa");

    meeting.does("hu", &["sign", "launch/each", "--go"]);
    meeting.does("mo", &["sign", "launch/each", "--go"]);
    assert_eq!(verdicts(&meeting)["each"], "pending", "two of the one role are not both roles");
    meeting.refused("hu", &["sign", "launch/each", "--go", "--role", "director"], "does not speak");
    meeting.does("octo", &["sign", "launch/each", "--go"]);
    assert_eq!(verdicts(&meeting)["each"], "go");

    meeting.does("hu", &["sign", "launch/first", "--go"]);
    meeting.refused("hu", &["sign", "launch/apart", "--go"], "launch/first");
    meeting.does("mo", &["sign", "launch/apart", "--go"]);
    assert_eq!(verdicts(&meeting)["apart"], "go");
    let said = meeting.run("eve", &["--check", "--timeout", "2s"]).out;
    assert!(said.contains("nobody is left who can"), "{said}");
}

#[test]
fn a_commit_and_a_link_must_be_given_and_examples_are_none() {
    let gates = "  - { gate: built, title: Built, owner: qa, sign_off: { by: [qa], asks: { commit: sha, report: link } } }
";
    let meeting = meeting(gates, |launch| launch);
    let sign = ["sign", "launch/built", "--go"];
    let sha = "commit=8f3c2ab0000000000000000000000000000000ff";
    let link = "report=https://ci.acme.dev/7";
    meeting.refused("hu", &sign, "commit");
    meeting.refused("hu", &[&sign[..], &["--answer", sha]].concat(), "report");
    for (name, bad) in [
        ("commit", "commit=main"),
        ("commit", "commit=8f3c"),
        ("report", "report=see chat"),
        ("report", "report=ftp://x/y"),
    ] {
        let good = if name == "commit" { link } else { sha };
        meeting.refused("hu", &[&sign[..], &["--answer", bad, "--answer", good]].concat(), name);
    }
    meeting.refused(
        "hu",
        &[&sign[..], &["--answer", sha, "--answer", link, "--answer", "build=7"]].concat(),
        "build",
    );
    meeting.does("hu", &[&sign[..], &["--answer", sha, "--answer", link]].concat());
    assert_eq!(verdicts(&meeting)["built"], "go");
    // A no-go needs no proof, and is taken back only with a reason.
    meeting.does("mo", &["sign", "launch/built", "--no-go", "--note", "It leaks"]);
    assert_eq!(verdicts(&meeting)["built"], "no-go");
    meeting.refused("mo", &["sign", "launch/built", "--withdraw"], "--note");
    meeting.refused("mo", &["sign", "launch/built", "--withdraw", "--note", " "], "reason is needed");
    meeting.refused("octo", &["sign", "launch/built", "--withdraw", "--note", "wrong"], "octo");
    meeting.does("mo", &["sign", "launch/built", "--withdraw", "--note", "It was another build"]);
    assert_eq!(verdicts(&meeting)["built"], "go");
    assert!(meeting.journal().contains("withdrew the answer on launch/built: It was another build"));
}

#[test]
fn a_claimed_name_is_not_enough_where_names_are_checked() {
    let gates = "  - { gate: signed, title: Signed, owner: support, sign_off: { by: [qa] } }\n";
    let checked = "policies: { sign_offs: { identity: checked }, waivers:";
    let meeting = meeting(gates, |launch| launch.replace("policies: { waivers:", checked));
    for refused in [
        &["sign", "launch/signed", "--go"][..],
        &["sign", "launch/signed", "--go", "--as", "mo"],
        &["sign", "launch/signed", "--no-go"],
        &["vote", "support", "--go", "--open", "--as", "mo"],
        &["waive", "launch/signed", "--reason", "r", "--risk", "r", "--for", "1h", "--as", "octo"],
    ] {
        meeting.refused("hu", refused, "asks for checked identities");
    }
    assert_eq!(meeting.run("eve", &["verify"]).code, Some(0));
    assert!(meeting.run("eve", &["journal", "show"]).out.is_empty(), "nothing was recorded");
}

#[test]
fn what_may_not_be_waived_and_by_whom() {
    let gates = "  - { gate: law, title: The law, owner: support, waivable: false, sign_off: { by: [qa] } }
  - { gate: own, title: The director's own, owner: director, sign_off: { by: [qa] } }
  - { gate: done, title: Done anyway, owner: support, task: { by: [support] } }
  - { gate: open, title: Open, owner: support, task: { by: [support] } }
";
    let meeting = meeting(gates, |launch| launch);
    let waive = |gate: &'static str| ["waive", gate, "--reason", "late", "--risk", "slow", "--for", "1h"];
    meeting.refused("octo", &waive("launch/law"), "cannot be waived");
    meeting.refused("octo", &waive("launch/own"), "own");
    meeting.refused("mo", &waive("launch/open"), "mo may not waive");
    meeting.refused("octo", &["waive", "launch/open", "--reason", "late", "--for", "1h"], "--risk");
    meeting.refused(
        "octo",
        &["waive", "launch/open", "--reason", " ", "--risk", "r", "--for", "1h"],
        "reason is needed",
    );
    meeting.refused("octo", &["waive", "launch/open", "--reason", "r", "--risk", "r"], "--for");
    meeting.refused("octo", &["waive", "launch/open", "--end", "--reason", "r"], "no waiver");
    meeting.does("octo", &waive("launch/open"));
    meeting.does("octo", &waive("launch/done"));
    meeting.does("mo", &["sign", "launch/done", "--go"]);
    let (_, board) = meeting.check();
    let remarks = board["remarks"].to_string();
    assert!(
        remarks.contains("launch/done") && !remarks.contains("launch/open"),
        "unused ones are pointed out: {remarks}"
    );
    meeting.refused("mo", &["waive", "launch/open", "--end", "--reason", "r"], "mo may not end a waiver");
    meeting.does("octo", &["waive", "launch/open", "--end", "--reason", "it is done"]);
    assert_eq!(verdicts(&meeting)["open"], "pending");
}

const TWO: &str = "  - { gate: tested, title: Tested, owner: qa, sign_off: { by: [qa] } }
  - { gate: one, title: One, owner: support, task: { by: [support] } }
  - { gate: two, title: Two, owner: support, task: { by: [support] } }
";

/// Two waivers and one word, enough for GO.
fn go_with_two_waivers() -> Meeting {
    let meeting = meeting(TWO, |launch| launch);
    meeting.does("hu", &["sign", "launch/tested", "--go"]);
    for gate in ["launch/one", "launch/two"] {
        meeting.does("octo", &["waive", gate, "--reason", "late", "--risk", "slow", "--for", "2h"]);
    }
    meeting
}

#[test]
fn waivers_are_counted_in_every_output() {
    const SAID: &str = "GO with 2 waivers";
    let meeting = go_with_two_waivers();
    let (code, board) = meeting.check();
    assert_eq!((code, board["headline"].as_str()), (Some(0), Some(SAID)));
    assert_eq!((&board["score"]["go"], &board["score"]["waived"]), (&1.into(), &2.into()));
    let text = meeting.does("eve", &["--check", "--timeout", "2s"]).out;
    assert!(text.contains(SAID) && text.contains("1 go + 2 waived of 3"), "{text}");
    for format in ["text", "json"] {
        let report = meeting.does("eve", &["report", "--format", format, "--timeout", "2s"]).out;
        assert!(report.contains(SAID), "{format}: {report}");
    }
    let attested = meeting.run("eve", &["attest", "--timeout", "2s"]).out;
    assert!(attested.contains("waive"), "{attested}");
    meeting.does("mo", &["vote", "support", "--go", "--open"]);
    meeting.does("hu", &["vote", "qa", "--go"]);
    let pages = ["--minutes", "minutes.md", "--decision-record", "record.md"];
    meeting.does("octo", &[&["decide", "--go", "--reason", "Ready enough"][..], &pages].concat());
    for page in ["minutes.md", "record.md"] {
        let page = std::fs::read_to_string(meeting.path(page)).unwrap();
        assert!(page.contains(SAID) && page.contains("slow"), "{page}");
    }
    // The cockpit, by its picture: the word is drawn large, so it is its words beside it that are read.
    let tag = regex::Regex::new("<[^>]*>").unwrap();
    for size in ["80x24", "120x40"] {
        let svg = meeting.does("eve", &["report", "--format", "svg", "--size", size, "--timeout", "2s"]).out;
        let words = tag.replace_all(&svg, "").replace('\n', "");
        assert!(words.contains("2 waive"), "{size}: {words}");
    }
    let history = meeting.does("eve", &["journal", "show"]).out;
    assert_eq!(history.matches("waived launch/").count(), 2, "{history}");
}

/// A journal that has seen a later clock than ours knows that a waiver is over, whatever our clock says now.
#[test]
fn a_waiver_that_has_run_out_is_not_revived_by_a_clock_that_was_turned_back() {
    let meeting = go_with_two_waivers();
    assert_eq!(meeting.check().0, Some(0));
    let place = meeting.path(".local/state/gonogo/journal.db");
    let later = chrono::Utc::now() + chrono::TimeDelta::hours(3);
    let journal =
        Journal::open(&place.to_str().unwrap().parse().unwrap(), OpenOptions::new("rocket-2")).unwrap();
    journal.note_clock(later, Some(later)).wait().unwrap();
    journal.close().wait().unwrap();
    let (code, board) = meeting.check();
    assert_eq!((code, board["score"]["waived"].as_u64()), (Some(3), Some(0)), "{board}");
    // By that clock a new one cannot begin in the past either.
    let waive = ["waive", "launch/one", "--reason", "late", "--risk", "slow", "--for", "2h"];
    meeting.refused("octo", &waive, "");
    assert_eq!(verdicts(&meeting)["one"], "pending");
}

#[test]
fn a_waiver_ends_at_its_very_moment() {
    let meeting = go_with_two_waivers();
    meeting.does("octo", &["waive", "launch/one", "--end", "--reason", "a shorter one"]);
    meeting.does("octo", &["waive", "launch/one", "--reason", "late", "--risk", "slow", "--for", "3s"]);
    let end = std::time::Instant::now() + Duration::from_secs(30);
    // Each look is a process of its own: no sleep is needed between them.
    while meeting.check().0 == Some(0) {
        assert!(std::time::Instant::now() < end, "it never ended");
    }
    assert_eq!(verdicts(&meeting)["one"], "pending");
    assert_eq!(verdicts(&meeting)["two"], "waived", "the other one goes on");
}
