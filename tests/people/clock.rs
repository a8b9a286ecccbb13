//! Words end by the largest clock ever seen; a wrong one is refused, shown and corrected by name.

use chrono::{DateTime, Utc};
use gonogo::{
    domain::{Act, Actor, Digest, Event, Known},
    journal::{Append, Journal, Location, OpenOptions},
};

use super::Meeting;

fn journal(meeting: &Meeting) -> Journal {
    let place: Location = meeting.path("team.db").display().to_string().parse().unwrap();
    Journal::open(&place, OpenOptions::new("rocket-2")).unwrap()
}

/// A note from a machine whose clock said this.
fn said_at(meeting: &Meeting, at: &str) {
    let event = Event {
        id: uuid::Uuid::now_v7(),
        at: at.parse().unwrap(),
        actor: Actor { name: "eve".into(), known: Known::Claimed },
        recorder: None,
        stands_in: None,
        launch: "rocket-2".into(),
        version: "2.0.0".into(),
        commit: None,
        checklist_digest: Digest::of([b"files".as_slice()]),
        act: Act::Note { gate: None, text: "hello".into() },
    };
    let journal = journal(meeting);
    let head = journal.head().wait().unwrap();
    assert!(matches!(journal.append(&event, head).wait().unwrap(), Append::Appended(_)));
}

const WAIVE: [&str; 10] =
    ["waive", "launch/briefed", "--reason", "r", "--risk", "low", "--for", "2h", "--journal", "team.db"];
const CLOCK: [&str; 4] = ["journal", "clock", "--journal", "team.db"];
const CORRECT: [&str; 7] =
    ["journal", "clock", "--correct", "--reason", "a wrong machine", "--journal", "team.db"];

#[test]
fn a_check_that_saw_a_later_clock_is_remembered() {
    let meeting = Meeting::new();
    meeting.does("octo", &WAIVE);
    let before = Utc::now();
    meeting.run("eve", &["--check", "--journal", "team.db", "--timeout", "2s"]);
    let mark = journal(&meeting).clock().wait().unwrap().high_water;
    assert!(mark.is_some_and(|mark| mark >= before - chrono::TimeDelta::seconds(1)), "{mark:?}");
    // A journal that nobody has spoken in is left alone.
    meeting.run("eve", &["--check", "--journal", "none.db", "--timeout", "2s"]);
    assert!(!meeting.path("none.db").exists());
}

#[test]
fn one_wrong_clock_is_shown_and_taken_back_by_name() {
    let meeting = Meeting::new();
    said_at(&meeting, "2099-06-01T00:00:00Z");
    journal(&meeting).note_clock("2099-06-01T00:00:00Z".parse().unwrap(), None).wait().unwrap();
    meeting.refused("octo", &WAIVE, "is over");
    let shown = meeting.does("eve", &CLOCK).out;
    assert!(shown.contains("2099-06-01") && shown.contains("gonogo journal clock --correct"), "{shown}");
    let doctor = meeting.run("eve", &["doctor", "--journal", "team.db"]);
    assert!(doctor.out.contains("it has seen a clock ahead of this one, 2099-06-01"), "{}", doctor.out);
    meeting.refused("mo", &CORRECT, "mo may not correct the clock");
    let done = meeting.does("octo", &CORRECT);
    assert!(done.out.contains("corrected the journal's clock to 20"), "{}", done.out);
    meeting.does("octo", &WAIVE);
    let shown = meeting.does("eve", &CLOCK).out;
    assert!(shown.contains("by octo") && !shown.contains("--correct"), "{shown}");
    let high: DateTime<Utc> = journal(&meeting).clock().wait().unwrap().high_water.unwrap();
    assert!(high < "2090-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap());
    let board =
        meeting.run("eve", &["--check", "--format", "json", "--journal", "team.db", "--timeout", "2s"]);
    assert!(board.out.contains("\"waived\""), "{}", board.out);
    meeting.refused("octo", &CORRECT, "the journal has seen no clock ahead of this one");
}

#[test]
fn a_clock_that_leaps_takes_no_word_until_somebody_says_that_it_is_right() {
    let meeting = Meeting::new();
    said_at(&meeting, "2020-01-01T00:00:00Z");
    let sign = ["sign", "launch/briefed", "--go", "--journal", "team.db"];
    meeting.refused(
        "mo",
        &sign,
        "the newest that the journal has seen is 2020-01-01 00:00 UTC; set the clock",
    );
    meeting.run("eve", &["--check", "--journal", "team.db", "--timeout", "2s"]);
    assert!(journal(&meeting).clock().wait().unwrap().high_water.is_none(), "no server bears it out");
    meeting.does("octo", &CORRECT);
    meeting.does("mo", &sign);
}

#[test]
fn a_waiver_tells_its_risk_and_scope_and_what_is_not_needed_can_be_needed_again() {
    let meeting = Meeting::new();
    let more = ["--severity", "high", "--likelihood", "low", "--users", "2 %", "--workaround", "by mail"];
    meeting.does("octo", &[&WAIVE[..], &more].concat());
    let risk = "low; severity high, likelihood low; users: 2 %; workaround: by mail";
    let shown = meeting.does("eve", &["journal", "show", "--journal", "team.db"]).out;
    assert!(shown.contains(risk), "{shown}");
    let hold = ["decide", "--hold", "--reason", "wait", "--minutes", "-", "--journal", "team.db"];
    let minutes = meeting.does("octo", &hold).out;
    assert!(minutes.contains("severity high, likelihood low") && minutes.contains("this gate, any commit"));
    meeting.refused("octo", &[&WAIVE[..], &["--severity", "huge"]].concat(), "write low, medium or high");

    let drop = ["not-needed", "launch/briefed", "--reason", "no macros", "--journal", "team.db"];
    let again = [&drop[..], &["--end"]].concat();
    meeting.refused("octo", &again, "nobody has declared launch/briefed not needed");
    meeting.does("octo", &drop);
    meeting.refused("mo", &again, "mo may not say that launch/briefed is needed");
    meeting.does("octo", &again);
    meeting.does("mo", &["sign", "launch/briefed", "--go", "--journal", "team.db"]);
    let shown = meeting.does("eve", &["journal", "show", "--journal", "team.db"]).out;
    assert!(shown.contains("declared launch/briefed needed again: no macros"), "{shown}");
}
