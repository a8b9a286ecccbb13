//! The cockpit in a real terminal: what people see, and that the terminal is given back whatever happens.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the real clock is what is waited by")]

mod support;

use support::{github::GithubServer, screen::Screen};

#[test]
fn the_demo_shows_the_word_and_leaves_on_q() {
    let mut screen = Screen::demo();
    let shown = screen.sees("Checkout v3");
    assert!(shown.contains("blocking gates are not go"), "{shown}");
    screen.press("?");
    screen.sees("leave");
    screen.press("\u{1b}");
    screen.sees("blocking gates are not go");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

#[test]
fn signals_leave_a_clean_terminal() {
    use rustix::process::Signal;
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129), (Signal::QUIT, 131)] {
        let screen = Screen::demo();
        screen.sees("Checkout v3");
        screen.signal(signal);
        assert_eq!(screen.ends(), code, "{signal:?}");
    }
}

/// Job control needs a shell around the program.
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

#[test]
fn what_changes_at_the_source_changes_on_the_screen() {
    let github = GithubServer::start(|world| {
        let repo = world.repo("acme/rocket");
        repo.commit("main", "c1").check("build", "success");
        repo.label("release-blocker");
    });
    let url = github.url();
    let environment =
        [("GITHUB_TOKEN", "ghp_canary0123456789canary0123456789cana"), ("GITHUB_API_URL", url.as_str())];
    let launch = "\
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
    let mut screen = Screen::open(&["--settings", "settings.yaml"], &environment, |home| {
        std::fs::write(home.join("launch.yaml"), launch).unwrap();
        std::fs::write(home.join("settings.yaml"), "poll: { interval: 5s }\n").unwrap();
    });
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

#[test]
fn without_a_terminal_it_says_what_to_use() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo")).arg("demo").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--check"));
    let mut dumb = Screen::open(&["demo"], &[("TERM", "dumb")], |_| {});
    assert_eq!(dumb.child.wait().unwrap().exit_code(), 2);
    dumb.sees("--check");
}
