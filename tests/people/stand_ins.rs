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
    meeting.refused("hu", &["sign", "launch/briefed", "--go"], "hu does not speak for");
    let no = ["sign", "launch/briefed", "--no-go", "--note", "no macros"];
    meeting.refused("octo", &no, "octo only stands in for support, as director; ask support, or choose");
    meeting.does("octo", &[&no[..], &["--as", "octo"]].concat());
    let (verdict, why) = briefed(&meeting);
    assert!(verdict == "no-go" && why.contains("octo (support, as fallback) says no-go"), "{why}");
    meeting.does("mo", &["sign", "launch/briefed", "--go"]);
    assert_eq!(briefed(&meeting).0, "go", "the holder has spoken");
    let journal = meeting.journal();
    assert!(
        journal.contains("octo (unverified, as fallback: director)  NO-GO on launch/briefed as support"),
        "{journal}"
    );
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
    assert!(minutes.contains("octo (unverified, as fallback)"), "{minutes}");
    let journal = meeting.journal();
    assert!(journal.contains("octo (unverified, as fallback: director)  GO for support"), "{journal}");
}

/// Hu stands in for the director; whatever is the director's to say is said as what it is, wherever it is shown.
#[test]
fn whatever_a_fallback_says_shows_that_a_fallback_said_it() {
    let meeting = Meeting::new();
    let director = "director: { people: [octo], title: Launch director }";
    let launch = LAUNCH
        .replace(director, "director: { people: [octo], title: Launch director, fallback: qa }")
        .replace("    na_by: [director]\n", "")
        .replace(
            "    title: The release was tested\n",
            "    title: The release was tested\n    na_by: [director]\n",
        );
    std::fs::write(meeting.path("launch.yaml"), launch).unwrap();
    let as_hu = |args: &[&str]| meeting.does("hu", &[args, &["--as", "hu"]].concat());
    let waive = ["waive", "launch/briefed", "--reason", "At noon", "--risk", "slow answers", "--for", "2h"];
    meeting.refused("hu", &waive, "hu only stands in for director, as qa");
    as_hu(&waive);
    as_hu(&["not-needed", "launch/tested", "--reason", "only texts"]);
    let (_, board) = meeting.check();
    for (gate, id) in board["gates"].as_array().unwrap().iter().zip(["tested", "briefed"]) {
        assert_eq!(gate["id"], format!("launch/{id}"));
        assert_eq!(gate["words"][0]["stands_in"], "qa", "{gate}");
        assert!(gate["reason"].as_str().unwrap().contains("hu (as fallback)"), "{gate}");
    }
    meeting.does("mo", &["vote", "support", "--go", "--open"]);
    meeting.does("hu", &["vote", "qa", "--go"]);
    as_hu(&["decide", "--hold", "--reason", "wait"]);
    let (_, board) = meeting.check();
    assert_eq!((&board["decision"]["by"], &board["decision"]["stands_in"]), (&"hu".into(), &"qa".into()));
    assert!(board.to_string().contains("HOLD by hu (as fallback) at"), "{board}");
    as_hu(&["decide", "--resume", "--reason", "on"]);
    let minutes = meeting.run("eve", &["minutes"]).out;
    assert!(minutes.contains("HOLD, decided by hu (unverified, as fallback) at"), "{minutes}");
    assert!(minutes.contains("HOLD with 1 waiver: decided by hu \\(as fallback\\)"), "{minutes}");
    let journal = meeting.journal();
    assert_eq!(journal.matches("hu (unverified, as fallback: qa)").count(), 4, "{journal}");
    // What is their own to say, and what the director says, is nobody's fallback.
    assert_eq!(journal.matches("fallback").count(), 4, "{journal}");
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
    assert!(why.contains("overdue: call director; "), "{why}");

    let event = Event {
        id: uuid::Uuid::now_v7(),
        at: chrono::Utc::now() - chrono::TimeDelta::minutes(6),
        actor: Actor { name: "mo".into(), known: Known::Claimed },
        recorder: None,
        stands_in: None,
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
