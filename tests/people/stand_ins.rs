//! Who stands in for whom, and whom to call when nobody answers.

use gonogo::{
    domain::{Act, Actor, Digest, Event, Known},
    journal::{Journal, Location, OpenOptions},
};

use super::{LAUNCH, Meeting};

/// Octo, the director, stands in for support and is called when it is silent.
fn meeting(gate: &str) -> Meeting {
    let meeting = Meeting::new();
    let launch = LAUNCH.replace(
        "support: { people: [mo], title: Support }",
        "support: { people: [mo], title: Support, fallback: director, escalate_to: director }",
    );
    let launch = launch.replace("task: { by: [support] }", gate);
    std::fs::write(meeting.path("launch.yaml"), launch).unwrap();
    meeting
}

fn briefed(meeting: &Meeting) -> (String, String) {
    let (_, board) = meeting.check();
    let gate = board["gates"].as_array().unwrap().iter().find(|it| it["id"] == "launch/briefed").unwrap();
    let text = |name: &str| gate[name].as_str().unwrap_or_default().to_owned();
    (text("verdict"), format!("{} | {}", text("reason"), text("next")))
}

#[test]
fn a_fallback_may_speak_and_the_holders_own_word_counts_over_it() {
    let meeting = meeting("task: { by: [support] }");
    meeting.refused("hu", &["sign", "launch/briefed", "--go"], "for whom hu does not speak");
    let no = ["sign", "launch/briefed", "--no-go", "--note", "no macros"];
    meeting.refused("octo", &no, "octo only stands in for support, as director; ask support, or choose");
    meeting.does("octo", &[&no[..], &["--as", "octo"]].concat());
    let (verdict, why) = briefed(&meeting);
    assert!(verdict == "no-go" && why.contains("octo (support, as fallback) says no-go"), "{why}");
    meeting.does("mo", &["sign", "launch/briefed", "--go"]);
    assert_eq!(briefed(&meeting).0, "go", "the holder has spoken");
    let journal = meeting.journal();
    assert!(journal.contains("NO-GO on launch/briefed as support, as fallback (director)"), "{journal}");
    assert!(journal.contains("GO on launch/briefed as support\n"), "{journal}");
    // The holder takes it back: the fallback's word is all there is again.
    meeting.does("mo", &["sign", "launch/briefed", "--withdraw", "--note", "not yet"]);
    assert_eq!(briefed(&meeting).0, "no-go");
}

#[test]
fn so_many_people_are_not_a_holder_and_their_fallback() {
    let meeting = meeting("task: { by: [support, qa], count: 2 }");
    meeting.does("octo", &["sign", "launch/briefed", "--go", "--role", "support"]);
    meeting.does("mo", &["sign", "launch/briefed", "--go"]);
    assert_eq!(briefed(&meeting).0, "pending", "one role has spoken once");
    meeting.does("hu", &["sign", "launch/briefed", "--go"]);
    assert_eq!(briefed(&meeting).0, "go");
}

#[test]
fn a_station_is_answered_by_its_fallback_until_its_holder_speaks() {
    let meeting = meeting("task: { by: [support] }");
    meeting.ready();
    meeting.refused("octo", &["vote", "support", "--go", "--open"], "octo only stands in for support");
    meeting.does("octo", &["vote", "support", "--go", "--open", "--as", "octo"]);
    meeting.does("mo", &["vote", "support", "--no-go", "--note", "no macros", "--correct"]);
    meeting.refused(
        "octo",
        &["vote", "support", "--go", "--correct"],
        "mo has answered for support; director only stands in; ask mo",
    );
    let hold = ["decide", "--hold", "--reason", "wait", "--minutes", "-"];
    let minutes = meeting.does("octo", &hold).out;
    assert!(minutes.contains("for Support, as fallback"), "{minutes}");
    assert!(meeting.journal().contains("GO for support, as fallback (director)"), "{}", meeting.journal());
}

#[test]
fn an_overdue_gate_and_a_silent_station_name_whom_to_call() {
    let meeting = meeting("task: { by: [support] }");
    assert!(!briefed(&meeting).1.contains("call director"), "it is not due");
    let file = meeting.path("launch.yaml");
    let launch = std::fs::read_to_string(&file).unwrap();
    let due = "title: Support is briefed\n    due: 2020-01-01T09:00";
    std::fs::write(&file, launch.replace("title: Support is briefed", due)).unwrap();
    let (_, why) = briefed(&meeting);
    assert!(why.ends_with("; overdue: call director"), "{why}");

    let event = Event {
        id: uuid::Uuid::now_v7(),
        at: chrono::Utc::now() - chrono::TimeDelta::minutes(6),
        actor: Actor { name: "mo".into(), known: Known::Claimed },
        recorder: None,
        launch: "rocket-2".into(),
        version: "2.0.0".into(),
        commit: None,
        checklist_digest: Digest::of([b"files".as_slice()]),
        act: Act::RollCallOpened { round: 1 },
    };
    let place: Location = meeting.path("team.db").display().to_string().parse().unwrap();
    let journal = Journal::open(&place, OpenOptions::new("rocket-2")).unwrap();
    journal.append(&event, journal.head().wait().unwrap()).wait().unwrap();
    let vote = ["vote", "qa", "--go", "--journal", "team.db"];
    meeting.refused("hu", &vote, "hear support first; it is silent: call director");
    let said = meeting.does("mo", &["vote", "support", "--go", "--journal", "team.db"]);
    assert!(said.out.contains("qa is called now\n"), "it was called just now: {}", said.out);
}
