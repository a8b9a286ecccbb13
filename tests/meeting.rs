//! A whole go/no-go meeting in a real terminal: ten stations, a hold, a second round, and minutes whose every line is
//! right.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the real clock is what is waited by")]

use crate::support;

use std::path::{Path, PathBuf};

use support::screen::Screen;

const LAUNCH: &str = "\
launch: rocket-2
title: Rocket 2
version: 2.0.0
target: { repository: acme/rocket, ref: 8f3c2ab0000000000000000000000000000000ff }
schedule: { t0: 2100-01-01T09:00, timezone: UTC }
people: { octo: { name: Octo }, hu: { name: Hu }, mo: { name: Mo } }
roles:
  qa: { people: [hu], title: Quality }
  security: { people: [octo], title: Security }
  support: { people: [mo], title: Support }
  marketing: { people: [octo], title: Marketing }
  docs: { people: [octo], title: Documentation }
  sales: { people: [octo], title: Sales }
  on-call: { people: [octo], title: On-call }
  database: { people: [octo], title: Database }
  ops: { people: [octo], title: Operations }
  manager: { people: [octo], title: Release manager }
  director: { people: [octo], title: Launch director }
roll_call:
  stations:
    - { station: qa, checklists: [launch], computed: true }
    - { station: security }
    - { station: support }
    - { station: marketing }
    - { station: docs }
    - { station: sales }
    - { station: ops, stations: [{ station: on-call }, { station: database }] }
    - { station: manager }
  final_call: director
gates:
  - { gate: tested, title: The release was tested, owner: qa, task: { by: [director] } }
";

/// The keys of one meeting, and what the screen says after each of them.
fn play(screen: &mut Screen, steps: &[(&str, &str)]) {
    for (keys, shown) in steps {
        screen.press(keys);
        screen.sees(shown);
    }
}

fn page(folder: &Path, kind: &str) -> String {
    let named = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(kind);
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).filter(named).collect();
    files.sort();
    std::fs::read_to_string(files.last().unwrap()).unwrap()
}

/// Times and hashes differ from run to run.
fn steady(text: &str) -> String {
    let time = regex::Regex::new(r"\d{4}-\d\d-\d\d \d\d\\?:\d\d(:\d\d)? UTC").unwrap();
    let hash = regex::Regex::new(r"\b[0-9a-f]{64}\b").unwrap();
    let held = regex::Regex::new(r"holds so far: \S+").unwrap();
    let text = text.replace("2100-01-01 09:00:00 UTC", "T-ZERO");
    let text = hash.replace_all(&time.replace_all(&text, "TIME"), "HASH").into_owned();
    held.replace_all(&text, "holds so far: SOME").into_owned()
}

fn open(arguments: &[&str]) -> (Screen, PathBuf) {
    open_with(arguments, "")
}

/// The same with more in its file.
fn open_with(arguments: &[&str], more: &str) -> (Screen, PathBuf) {
    let mut folder = PathBuf::new();
    let screen = Screen::open(arguments, &[], |home| {
        std::fs::write(home.join("launch.yaml"), format!("{LAUNCH}{more}")).unwrap();
        home.clone_into(&mut folder);
    });
    (screen, folder)
}

#[test]
fn a_rehearsed_meeting_ends_with_minutes_whose_every_line_is_right() {
    let (mut screen, folder) = open(&["--rehearse"]);
    screen.sees("REHEARSAL: this is practice");
    // The task that the board waits for, then the poll.
    play(&mut screen, &[("sg\r", "1 go of 1"), ("v", "o opens the roll call"), ("o\r", "0 of 10 heard")]);
    play(
        &mut screen,
        &[
            ("g\r", "1 of 10 heard"),
            ("nnot patched\r", "2 of 10 heard"),
            ("gmacros are live\r", "3 of 10 heard"),
            ("cpost after 10 % has soaked\tpress kit by noon\r", "4 of 10 heard"),
            ("dmo\r", "DELEGATED to mo, not heard yet"),
            ("gon behalf of docs\r", "5 of 10 heard"),
            ("a\r", "6 of 10 heard"),
            ("g\r", "7 of 10 heard"),
            ("g\r", "8 of 10 heard"),
            ("g\r", "9 of 10 heard"),
            ("g\r", "makes the final call on evidence that is"),
        ],
    );
    // Security corrects itself, in the open.
    play(
        &mut screen,
        &[
            ("\u{1b}[H", "Quality"),
            ("j", "answered: ✖ NO-GO"),
            ("u", "Security said NO-GO. Corrected to: g, n, c, a or d"),
            ("gpatched now\r", "makes the final call on evidence that is"),
        ],
    );
    // A hold until the gate is go, which it is; then everybody is called again.
    play(
        &mut screen,
        &[
            ("h\ttested\t\tthe on-call phone is silent\tHOLD\r", "holding"),
            ("ethe phone rings\r", "The HOLD is over."),
            ("o\r", "ROLL CALL 2"),
        ],
    );
    for heard in 1..=10 {
        screen.press("g\r");
        screen.sees(&format!("{heard} of 10 heard"));
    }
    play(&mut screen, &[("gten of ten\tGO\r", "reason: ten of ten"), ("w", "wrote: minutes-rocket-2-")]);
    insta::assert_snapshot!("minutes", steady(&page(&folder, "minutes-")));
    insta::assert_snapshot!("decision", steady(&page(&folder, "decision-")));
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

#[test]
fn killed_in_the_middle_it_resumes_at_the_same_station() {
    let (mut screen, folder) = open(&[]);
    screen.sees("Rocket 2");
    play(&mut screen, &[("v", "o opens the roll call"), ("o\r", "0 of 10 heard"), ("g\r", "1 of 10 heard")]);
    play(&mut screen, &[("g\r", "2 of 10 heard")]);
    screen.signal(rustix::process::Signal::KILL);
    screen.ended();
    let home = folder.to_str().unwrap().to_owned();
    let mut again = Screen::open(&[&home], &[("HOME", &home)], |_| {});
    again.sees("Rocket 2");
    play(&mut again, &[("v", "called now: mo")]);
    let shown = again.sees("2 of 10 heard");
    assert!(shown.contains("ROLL CALL 1"), "{shown}");
    again.press("q");
    assert_eq!(again.ends(), 0);
}

#[test]
fn a_scrub_is_kept_and_everybody_sees_the_new_t0() {
    let (mut screen, folder) = open(&[]);
    screen.sees("Rocket 2");
    play(&mut screen, &[("v", "o opens the roll call"), ("o\r", "0 of 10 heard")]);
    play(&mut screen, &[("sT+7d\tthe pad is wet\tSCRUB\r", "new T-0: 2100-01-08 09:00 UTC")]);
    screen.press("q");
    let home = folder.to_str().unwrap().to_owned();
    screen.ended();
    let check = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo"))
        .env_clear()
        .env("HOME", &home)
        .env("USER", "octo")
        .envs(support::screen::NOWHERE.iter().copied())
        .args(["--check", &home, "--format", "json", "--timeout", "2s"])
        .output()
        .unwrap();
    let board: serde_json::Value = serde_json::from_slice(&check.stdout).unwrap();
    assert_eq!(board["launch"]["t0"], "2100-01-08T09:00:00Z", "{board}");
    let mut again = Screen::open(&[&home], &[("HOME", &home)], |_| {});
    again.sees("SCRUB moved T-0 to 2100-01-08 09:00 UTC; launch.yaml says 2100-01-01 09:00 UTC");
    again.press("q");
    assert_eq!(again.ends(), 0);
}

/// What is told of it, and what was planned by the old date.
const COMMS: &str = r##"
comms:
  messages:
    - { message: changelog, audience: customers, via: { by_hand: Blog }, owner: director, at: T+1h, text: It is out. }
    - message: moved
      audience: everybody
      via: { by_hand: "#all" }
      owner: director
      occasion: scrub
      text: "It is {{ launch.t0 }}, for {{ launch.reason }}"
"##;

#[test]
fn the_messages_follow_a_scrub() {
    let (mut screen, _) = open_with(&[], COMMS);
    screen.sees("Rocket 2");
    play(&mut screen, &[("9", "2100-01-01 10:00"), ("v", "o opens the roll call"), ("o\r", "0 of 10 heard")]);
    play(&mut screen, &[("sT+7d\tthe pad is wet\tSCRUB\r", "new T-0: 2100-01-08 09:00 UTC")]);
    // The planned one has moved with T-0, and what tells of the SCRUB is due, in its own words.
    play(&mut screen, &[("9", "It is 2100-01-08 09:00 UTC, for the pad is wet")]);
    let shown = screen.sees("2100-01-08 10:00");
    assert!(!shown.contains("2100-01-01 10:00") && shown.contains("moved  due"), "{shown}");
    play(
        &mut screen,
        &[
            ("s", "moved was sent by hand"),
            ("https://chat.example.com/1\r", "recorded: word on message moved"),
        ],
    );
    // Another SCRUB is another thing to tell, and the first was told.
    play(&mut screen, &[("v", "SCRUB"), ("o\r", "0 of 10 heard")]);
    play(&mut screen, &[("sT+9d\tthe wind\tSCRUB\r", "new T-0")]);
    let shown = {
        screen.press("9");
        screen.sees("for the wind")
    };
    assert!(shown.contains("sent") && shown.contains("moved  due"), "{shown}");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}
