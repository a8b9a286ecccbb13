//! The cockpit in a real terminal: what people see, and that the terminal is given back whatever happens.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the real clock is what is waited by")]

use crate::support;

use support::{github::GithubServer, screen::Screen};

#[test]
fn the_demo_shows_the_word_and_leaves_on_q() {
    let mut screen = Screen::demo();
    let shown = screen.sees("Checkout v3");
    assert!(shown.contains("blocking gates still open"), "{shown}");
    screen.press("?");
    screen.sees("leave");
    screen.press("\u{1b}");
    screen.sees("blocking gates still open");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

#[test]
fn signals_leave_a_clean_terminal() {
    use rustix::process::Signal;
    let ends = [
        Signal::TERM,
        Signal::INT,
        Signal::HUP,
        Signal::QUIT,
        Signal::ABORT,
        Signal::USR1,
        Signal::USR2,
        Signal::ALARM,
        Signal::VTALARM,
        Signal::PROF,
        Signal::XCPU,
    ];
    for signal in ends {
        let screen = Screen::demo();
        screen.sees("Checkout v3");
        screen.signal(signal);
        assert_eq!(screen.ends(), 128 + signal.as_raw().unsigned_abs(), "{signal:?}");
    }
}

/// Job control needs a shell around the program.
/// A move of the cursor costs what it changes, not the screen.
#[test]
fn a_key_costs_few_bytes() {
    let mut screen = Screen::demo();
    screen.sees("This is a recording");
    screen.press(" ");
    screen.sees("paused");
    let mut sizes = Vec::new();
    for key in ["k", "j", "k", "j", "k", "j"] {
        let (before, marker) = {
            let seen = screen.seen.0.lock().unwrap();
            (seen.terminal.screen().contents(), seen.bytes.len())
        };
        screen.press(key);
        screen.wait(|seen| seen.terminal.screen().contents() != before).unwrap();
        sizes.push(screen.seen.0.lock().unwrap().bytes.len() - marker);
    }
    let mean = sizes.iter().sum::<usize>() / sizes.len();
    assert!(mean <= 600, "{mean} bytes a key: {sizes:?}");
}

#[test]
fn stopping_gives_the_terminal_back_and_returning_draws_anew() {
    let program = env!("CARGO_BIN_EXE_gonogo");
    let mut screen = Screen::run("/bin/sh", &["-i"], &[("PS1", "shell> ")], |_| {});
    screen.sees("shell>");
    screen.press(&format!("{program} demo --speed 1\r"));
    screen.sees("Checkout v3");
    screen.press("\u{1a}");
    screen
        .wait(|seen| !seen.terminal.screen().alternate_screen() && !seen.terminal.screen().hide_cursor())
        .unwrap();
    // Its second prompt is the shell's word that it owns the terminal again; what is typed earlier may be lost.
    screen.wait(|seen| seen.terminal.screen().contents().matches("shell>").count() > 1).unwrap();
    screen.press("echo in$((40 + 2))between\r");
    screen.sees("in42between");
    screen.press("fg\r");
    screen.wait(|seen| seen.terminal.screen().alternate_screen()).unwrap();
    screen.sees("Checkout v3");
    screen.press("q");
    screen.wait(|seen| seen.terminal.screen().contents().matches("shell>").count() > 3).unwrap();
    screen.press("exit\r");
    screen.ended();
}

const TOKEN: &str = "ghp_canary0123456789canary0123456789cana";

const LAUNCH: &str = "\
launch: rocket-2
title: Rocket 2
version: 2.0.0
target: { repository: acme/rocket, ref: main }
schedule: { t0: 2030-01-01T09:00, timezone: UTC }
people: { octo: { name: Octo, github: octocat } }
roles: { qa: { people: [octo] } }
gates:
  - { gate: build, title: The build is green, github: { checks: { required: [build] } } }
  - { gate: bugs, title: No blocker is open, github: { issues: { labels: [release-blocker] } } }
";

fn green() -> GithubServer {
    GithubServer::start(|world| {
        let repo = world.repo("acme/rocket");
        repo.commit("main", "c1").check("build", "success");
        repo.label("release-blocker");
    })
}

fn open_launch(arguments: &[&str], github: &GithubServer) -> Screen {
    let url = github.url();
    let environment = [("GITHUB_TOKEN", TOKEN), ("GITHUB_API_URL", url.as_str())];
    let arguments = [&["--settings", "settings.yaml"], arguments].concat();
    Screen::open(&arguments, &environment, |home| {
        std::fs::write(home.join("launch.yaml"), LAUNCH).unwrap();
        std::fs::write(home.join("settings.yaml"), "poll: { interval: 5s }\n").unwrap();
    })
}

#[test]
fn what_changes_at_the_source_changes_on_the_screen() {
    let github = green();
    let mut screen = open_launch(&[], &github);
    screen.sees("2 go of 2");
    github.edit(|world| {
        world.repo("acme/rocket").issue(7, "Engine leaks").label("release-blocker");
    });
    let shown = screen.sees("1 no-go");
    assert!(shown.contains("NO-GO    No blocker is open"), "{shown}");
    assert!(!String::from_utf8_lossy(&screen.seen.0.lock().unwrap().bytes).contains("canary"));
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

/// What was recorded answers later as the sources did, without them and without a token.
#[test]
fn a_recorded_day_answers_without_its_sources() {
    let github = green();
    let mut screen = open_launch(&["--record", "day.jsonl"], &github);
    screen.sees("2 go of 2");
    github.edit(|world| {
        world.repo("acme/rocket").issue(7, "Engine leaks").label("release-blocker");
    });
    screen.sees("1 no-go");
    screen.press("q");
    screen.ended();
    drop(github);
    let day = screen.home.path().join("day.jsonl");
    let text = std::fs::read_to_string(&day).unwrap();
    assert!(!text.contains("canary"), "no token in a recording");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&day).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let check = |day: &std::path::Path| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo"));
        command.env_clear().env("HOME", screen.home.path()).args(["--check", "--replay"]).arg(day);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = check(&day);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Engine leaks") || said.contains("#7"), "{said}");
    // Before the issue was opened, the same day was go.
    let green: Vec<&str> = text.lines().take_while(|line| !line.contains("#7")).collect();
    let early = screen.home.path().join("early.jsonl");
    std::fs::write(&early, green.join("\n")).unwrap();
    let (code, said) = check(&early);
    assert_eq!(code, Some(0), "{said}");
}

/// Wherever it fails, the terminal is given back first, the words come after, and no code says GO. Only a debug build can be
/// told to fail.
#[cfg(debug_assertions)]
#[test]
fn a_panic_leaves_a_clean_terminal() {
    for place in ["start", "draw", "key", "controller"] {
        let environment = [("GONOGO_TEST_PANIC", place)];
        let mut screen = Screen::open(&["demo", "--speed", "1"], &environment, |_| {});
        if place == "key" {
            screen.sees("Checkout v3");
            screen.press("j");
        }
        let words = if place == "controller" { "Start it again" } else { "asked to fail" };
        screen
            .wait(|seen| {
                let screen = seen.terminal.screen();
                !screen.alternate_screen() && screen.contents().contains(words)
            })
            .unwrap_or_else(|shown| panic!("{place}: no words after the end:\n{shown}"));
        // Behind the screen nobody saw the report: it is in the log, and the words on the screen say where.
        let log = screen.home.path().join(".local/state/gonogo/gonogo.log");
        assert_eq!(log.exists(), place == "controller", "{place}");
        if place == "controller" {
            let report = std::fs::read_to_string(&log).unwrap();
            assert!(
                report.contains("a task panicked") && report.contains("asked to fail at controller"),
                "{report}"
            );
        }
        let code = screen.ends();
        assert!(![0, 1, 2, 3].contains(&code), "{place} ended with {code}");
    }
}

#[test]
fn without_a_terminal_it_says_what_to_use() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo")).arg("demo").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--check"));
    let mut dumb = Screen::open(&["demo"], &[("TERM", "dumb")], |_| {});
    assert_eq!(dumb.child.wait().unwrap().exit_code(), 2);
    dumb.sees("--check");
}
