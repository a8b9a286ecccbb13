//! The plan as a calendar, read back by a parser that somebody else wrote; and the launches of a folder.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
};

use gonogo::{
    domain::*,
    report::{CalendarInput, calendar},
};
use icalendar::parser::{read_calendar, unfold};

use crate::support::{day::Day, program::gonogo, screen::Screen};

const LAUNCH: &str = r#"
launch: rocket
title: "Rocket; one, two \\ three"
version: "3.0"
target: { repository: acme/rocket, ref: main }
schedule:
  t0: 2026-07-01T09:00
  timezone: Europe/London
  anchors: { announce: 2026-07-02T08:00, freeze: T-5wd }
  freezes: [{ freeze: code, from: freeze, until: T, stops: rollout, rule: "Fixes, only; no more\nthan one a day", exceptions_by: [lead] }]
  on_call: [{ role: qa, from: T-1h, until: T+24h }]
people: { octo: { name: Octo }, hu: { name: Hu } }
roles: { lead: { people: [octo], title: Release lead }, qa: { people: [hu] } }
roll_call: { at: T-15m, stations: [{ station: qa }], final_call: lead }
rollout:
  advance_by: [lead]
  stages:
    - { stage: some, audience: { percent: 10 }, start: T, soak: { time: 2h } }
    - { stage: all, audience: { percent: 100 } }
gates:
  - { gate: docs, title: "Docs, guides; and notes that go on for so long that the line has to be folded – Füße – twice at least, or so we hope", owner: lead, due: T-1d, task: { by: [lead] } }
  - { gate: tests, title: Tests are green, owner: qa, due: T-2d 10:00, sign_off: { by: [qa] } }
"#;

fn day(launch: &str) -> (tempfile::TempDir, Day) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("launch.yaml");
    std::fs::write(&path, launch).unwrap();
    let day = Day::of(&path, "2026-06-30T12:00:00Z");
    (home, day)
}

/// Nobody listens there: nothing that is tried here asks the network.
const NOWHERE: &str = "http://127.0.0.1:9";

type Entries = BTreeMap<String, BTreeMap<String, String>>;

/// Each entry by its UID.
fn entries(text: &str) -> Entries {
    for line in text.split_inclusive("\r\n") {
        assert!(line.ends_with("\r\n") && line.len() <= 77, "{line:?}");
    }
    assert_eq!(text.matches("PRODID").count(), 1, "{text}");
    let unfolded = unfold(text);
    let calendar = read_calendar(&unfolded).unwrap();
    let mut found = Entries::new();
    for event in calendar.components.iter().filter(|it| it.name == "VEVENT") {
        let all: BTreeMap<_, _> =
            event.properties.iter().map(|it| (it.name.to_string(), it.val.to_string())).collect();
        for mandatory in ["UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "STATUS"] {
            assert!(all.contains_key(mandatory), "{mandatory}: {all:?}");
        }
        assert!(found.insert(all["UID"].clone(), all).is_none(), "a UID twice");
    }
    found
}

fn written(day: &Day, only: Option<&str>) -> Entries {
    let board = day.board();
    let launch = day.launch.following(&board).unwrap_or_else(|| day.launch.clone());
    let only = only.map(Party::from);
    let plan = CalendarInput { launch: &launch, board: &board, history: &day.history, only: only.as_ref() };
    entries(&calendar(&plan))
}

fn number(entry: &BTreeMap<String, String>) -> u32 {
    entry["SEQUENCE"].parse().unwrap()
}

#[test]
fn every_moment_of_the_plan_is_there_at_its_time() {
    let (_home, day) = day(LAUNCH);
    let all = written(&day, None);
    for (uid, start, end) in [
        // Nine o'clock in London in summer.
        ("t0", "20260701T080000Z", None),
        ("anchor/announce", "20260702T070000Z", None),
        ("roll-call", "20260701T074500Z", Some("20260701T080000Z")),
        ("freeze/code", "20260624T080000Z", Some("20260701T080000Z")),
        ("on-call/qa/0", "20260701T070000Z", Some("20260702T080000Z")),
        ("due/lead/T-1d", "20260630T080000Z", None),
        ("due/qa/T-2d 10:00", "20260629T090000Z", None),
        ("stage/some", "20260701T080000Z", Some("20260701T100000Z")),
        ("stage/all", "20260701T100000Z", None),
    ] {
        let entry = &all[&format!("rocket/{uid}@gonogo")];
        assert_eq!((&*entry["DTSTART"], entry.get("DTEND").map(String::as_str)), (start, end), "{uid}");
    }
    let zero = &all["rocket/t0@gonogo"];
    assert_eq!(zero["STATUS"], "TENTATIVE", "nobody has decided");
    assert_eq!(
        zero["SUMMARY"], r"Rocket; one, two \ three: T-0 of 3.0",
        "what separates is escaped, and read back"
    );
    assert!(all["rocket/due/lead/T-1d@gonogo"]["DESCRIPTION"].contains("Füße"), "whole letters");
    assert!(all["rocket/due/lead/T-1d@gonogo"]["SUMMARY"].contains("1 of 1 open"));
}

#[test]
fn what_people_record_moves_what_is_there_already_and_ends_what_does_not_take_place() {
    let (_home, mut day) = day(LAUNCH);
    let before = written(&day, None);
    day.ready();
    let decided = |decision| Command::Decide {
        decision,
        reason: "rain".into(),
        overrides: false,
        over: vec![],
        seen: None,
        terms: DecisionTerms::default(),
    };
    day.does("octo", Command::OpenRollCall);
    day.does(
        "hu",
        Command::Vote {
            round: 1,
            station: "qa".into(),
            vote: Vote::Go,
            note: None,
            corrects: None,
            saw: None,
        },
    );
    day.does("octo", decided(Decision::Scrub { t0: "2026-12-02T09:00:00Z".parse().unwrap() }));
    let after = written(&day, None);
    let uids = |all: &Entries| all.keys().cloned().collect::<HashSet<_>>();
    assert_eq!(uids(&before), uids(&after), "the same things");
    for (uid, entry) in &after {
        assert!(number(entry) > number(&before[uid]), "{uid}");
    }
    assert_eq!(after["rocket/t0@gonogo"]["DTSTART"], "20261202T090000Z");
    // Winter time now.
    assert_eq!(after["rocket/due/qa/T-2d 10:00@gonogo"]["DTSTART"], "20261130T100000Z");
    assert_eq!(after["rocket/anchor/announce@gonogo"]["DTSTART"], "20260702T070000Z", "written as a date");

    day.does("octo", Command::OpenRollCall);
    day.does(
        "hu",
        Command::Vote {
            round: 2,
            station: "qa".into(),
            vote: Vote::Go,
            note: None,
            corrects: None,
            saw: None,
        },
    );
    day.does("octo", decided(Decision::NoGo { option: None, new_date: None }));
    let off = written(&day, None);
    for uid in ["t0", "stage/some", "roll-call"] {
        let entry = &off[&format!("rocket/{uid}@gonogo")];
        assert_eq!(entry["STATUS"], "CANCELLED", "{uid}");
        assert!(number(entry) > number(&after[&format!("rocket/{uid}@gonogo")]));
    }
}

#[test]
fn one_role_sees_its_own_and_what_is_for_everybody() {
    let (_home, day) = day(LAUNCH);
    let qa = written(&day, Some("qa"));
    let hu = written(&day, Some("hu"));
    assert_eq!(qa, hu, "whoever holds the role");
    for (uid, there) in [
        ("t0", true),
        ("freeze/code", true),
        ("on-call/qa/0", true),
        ("due/qa/T-2d 10:00", true),
        ("due/lead/T-1d", false),
        ("stage/some", false),
    ] {
        assert_eq!(qa.contains_key(&format!("rocket/{uid}@gonogo")), there, "{uid}");
    }
}

fn run(home: &Path, args: &[&str]) -> (i32, String, String) {
    let output = gonogo(home).env("GITHUB_API_URL", NOWHERE).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_writes_a_calendar_and_knows_its_roles() {
    let (home, _) = day(LAUNCH);
    let (code, out, err) = run(home.path(), &["calendar"]);
    assert_eq!(code, 0, "{err}");
    assert!(entries(&out).len() >= 9, "{out}");
    let (code, _, err) = run(home.path(), &["calendar", "--for", "nobody"]);
    assert!(code == 2 && err.contains("lead, qa"), "{err}");
    let (code, ..) = run(home.path(), &["calendar", "-o", "rocket.ics"]);
    assert_eq!(code, 0);
    assert_eq!(
        entries(&std::fs::read_to_string(home.path().join("rocket.ics")).unwrap()).len(),
        entries(&out).len()
    );
    // Where the journal cannot be read, dates may have moved unseen.
    let (code, out, err) = run(home.path(), &["calendar", "--journal", "gone.db"]);
    assert!(code == 4 && out.is_empty() && err.contains("gone.db"), "{code} {out} {err}");
    let (code, out, _) = run(home.path(), &["calendar", "--demo", "--for", "on-call"]);
    assert_eq!(code, 0);
    assert!(entries(&out).contains_key("checkout-3/stage/canary@gonogo"), "{out}");
}

/// A folder of three launches: two of one repository at the same time, a hotfix of it, and one that cannot be read.
fn folder(home: &Path) {
    let far = |launch: &str, t0: &str| {
        LAUNCH
            .replace("launch: rocket\n", &format!("launch: {launch}\n"))
            .replace("2026-07-01T09:00", t0)
            .replace("2026-07-02T08:00", "T+1h")
    };
    let write = |name: &str, text: &str| {
        let folder = home.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("launch.yaml"), text).unwrap();
    };
    write("one", &far("one", "2031-07-01T09:00"));
    write("deep/two", &far("two", "2031-07-01T10:00"));
    write("fix", &(far("fix", "2031-09-01T09:00") + "hold_others: true\n"));
    write("odd", "launch: [1\n");
}

#[test]
fn on_a_terminal_one_of_them_is_chosen_on_a_screen() {
    let mut screen = Screen::open(&[], &[("GITHUB_API_URL", NOWHERE)], folder);
    let shown = screen.sees("Esc leave");
    assert!(shown.contains("Launches  4 in this folder") && !shown.contains("blocking gates"), "{shown}");
    assert!(shown.contains("its files cannot be used") && shown.contains("In each other's way"), "{shown}");
    // A key that is pressed at once goes to the board: no reader of the keyboard is left behind to swallow it.
    screen.press("2\r");
    screen.sees("blocking gates still open");
    screen.press("2");
    screen.sees("next: start 10 %");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    let mut screen = Screen::open(&[], &[("GITHUB_API_URL", NOWHERE)], folder);
    screen.sees("Esc leave");
    screen.press("\u{1b}");
    assert_eq!(screen.ends(), 0);
}

#[test]
fn in_lines_one_of_them_is_chosen_by_its_number() {
    let mut screen = Screen::open(&["--plain"], &[("GITHUB_API_URL", NOWHERE)], folder);
    screen.sees("type a number up to 4");
    screen.press("q\r");
    // Lines are read by scripts too: whoever chose none got no GO (V13).
    assert_eq!(screen.ends(), 2);
}

#[test]
fn the_launches_of_a_folder_are_listed_with_what_was_known_and_what_collides() {
    let home = tempfile::tempdir().unwrap();
    folder(home.path());
    let (code, out, err) = run(home.path(), &["launches"]);
    assert_eq!(code, 0, "{err}");
    for told in [
        "one/",
        "deep/two/",
        "fix/",
        "HOTFIX",
        "nothing known",
        "odd/: its files cannot be used",
        "T-",
        "next: ",
    ] {
        assert!(out.contains(told), "{told}: {out}");
    }
    for told in [
        "one and two roll out of acme/rocket at the same time",
        "fix is a hotfix of acme/rocket: one should wait, and is not on HOLD",
        "stage some of one is planned within the code freeze of two",
    ] {
        assert!(out.contains(told), "{told}: {out}");
    }
    assert!(!out.contains("GO  "), "nothing was asked, and nothing is GO: {out}");
    let (code, json, _) = run(home.path(), &["launches", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (code, json["complete"].as_bool(), json["launches"].as_array().unwrap().len()),
        (0, Some(true), 4)
    );
    assert!(
        json["clashes"].as_array().unwrap().iter().any(|it| it["kind"] == "hotfix" && it["launch"] == "two")
    );
    assert!(json["launches"].as_array().unwrap().iter().all(|it| it.get("verdict").is_none()));
    // Where there is no terminal, the same is printed.
    let (code, bare, err) = run(home.path(), &[]);
    // No launch was asked, and 0 would be a GO (V13).
    assert_eq!((code, bare.lines().next()), (2, out.lines().next()), "{err}");
    assert!(err.contains("name the folder of one"), "{err}");
    // A word that was said is one of before, with its age.
    let said = run(home.path(), &["sign", "launch/docs", "--go", "--launch", "one"]);
    assert_eq!(said.0, 0, "{}", said.2);
    let (_, out, _) = run(home.path(), &["launches"]);
    assert!(out.contains("was HOLD ") && out.contains(" ago"), "{out}");
    let (code, out, _) = run(home.path(), &["launches", "--journal", "gone.db"]);
    assert!(code == 0 && out.contains("one/: its journal cannot be used"), "{code} {out}");
    assert!(!out.contains("was HOLD") && !out.contains(" ago"), "{out}");
    // A launch that has others below it is one of them, and can be opened as it is called.
    let (code, out, err) = run(&home.path().join("one"), &["launches"]);
    assert!(code == 0 && out.contains("open: gonogo ./"), "{out}{err}");
    let (code, out, err) = run(home.path(), &["launches", "one"]);
    assert!(code == 0 && out.contains("open: gonogo one/"), "{out}{err}");
    assert!(!out.contains("more folders"), "{out}");
    for number in 0..60 {
        let folder = home.path().join(format!("many/{number:02}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("launch.yaml"), LAUNCH).unwrap();
    }
    let (_, out, _) = run(home.path(), &["launches", "many"]);
    assert!(out.contains(" 50  ") && !out.contains(" 51  "), "{out}");
    assert!(out.contains("There are more folders here than are looked into"), "{out}");
    let empty = tempfile::tempdir().unwrap();
    let (code, _, err) = run(empty.path(), &["launches"]);
    assert!(code == 2 && err.contains("there is no launch in ."), "{err}");
}
