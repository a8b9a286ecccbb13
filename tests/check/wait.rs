//! `--wait`: what ends it, what is told meanwhile, and that a signal is no verdict.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Stdio},
    time::Instant,
};

use super::World;

struct Waiting {
    child: Child,
    said: BufReader<std::process::ChildStderr>,
}

impl Waiting {
    fn start(world: &World, args: &[&str]) -> Self {
        std::fs::write(world.home.path().join("settings.yaml"), "poll: { interval: 15s }\n").unwrap();
        let mut command = world.command();
        command.args(["check", "--format", "json", "--settings", "settings.yaml"]).args(args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        Self { child, said }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line
    }

    /// Exit code, standard output, and the rest of what it said.
    fn end(mut self) -> (Option<i32>, String, String) {
        let (mut out, mut err) = (String::new(), String::new());
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.said.read_to_string(&mut err).unwrap();
        (self.child.wait().unwrap().code(), out, err)
    }
}

fn running(world: &World) {
    world.github.edit(|it| {
        let run = it.repo("acme/rocket").run("regression.yml", "main", "");
        (run.status, run.conclusion) = ("in_progress".into(), None);
    });
}

fn ends(world: &World, conclusion: &str) {
    world.github.edit(|it| {
        let run = it.repo("acme/rocket").runs.last_mut().unwrap();
        (run.status, run.conclusion) = ("completed".into(), Some(conclusion.into()));
    });
}

#[test]
fn each_change_is_told_and_a_no_go_ends_it_at_once() {
    for (conclusion, word, code) in [("success", "GO", 0), ("failure", "NO-GO", 1)] {
        let world = World::green();
        running(&world);
        let mut waiting = Waiting::start(&world, &["--wait", "5m"]);
        let first = waiting.line();
        assert!(
            first.starts_with("HOLD, 3 of 4 gates are go; waiting for GO or NO-GO, 5m at most"),
            "{first}"
        );
        ends(&world, conclusion);
        let before = Instant::now();
        let (exit, out, err) = waiting.end();
        assert_eq!(exit, Some(code), "{out}{err}");
        assert!(err.contains(&format!("launch/regression: PENDING -> {word}: ")), "{err}");
        assert!(err.contains(&format!("the board: HOLD -> {word}, ")), "{err}");
        assert!(out.contains("\"complete\": true"), "{out}");
        assert!(before.elapsed().as_secs() < 60, "the five minutes were not waited for");
    }
    // Red from the start: nothing is waited for.
    let world = World::green();
    running(&world);
    ends(&world, "failure");
    let (exit, _, err) = Waiting::start(&world, &["--wait", "5m"]).end();
    assert_eq!((exit, err.as_str()), (Some(1), ""));
}

#[test]
fn what_only_people_can_end_is_settled_and_a_change_is_enough_for_change() {
    let world = World::green();
    let launch = super::LAUNCH.to_owned() + "  - { gate: ok, title: OK, sign_off: { by: [qa] } }\n";
    std::fs::write(world.home.path().join("launch.yaml"), launch).unwrap();
    let (exit, out, err) = Waiting::start(&world, &["--wait", "5m", "--until", "settled"]).end();
    assert_eq!((exit, err.as_str()), (Some(3), ""), "{out}");
    running(&world);
    let mut waiting = Waiting::start(&world, &["--wait", "5m", "--until", "settled"]);
    assert!(waiting.line().contains("waiting for all but people to answer"));
    ends(&world, "success");
    let (exit, out, err) = waiting.end();
    assert_eq!(exit, Some(3), "{out}{err}");
    assert!(err.contains("launch/regression: PENDING -> GO"), "{err}");

    let mut waiting = Waiting::start(&world, &["--wait", "5m", "--until", "change"]);
    assert!(waiting.line().contains("waiting for a change"));
    world.github.edit(|it| {
        it.repo("acme/rocket").issue(7, "Engine leaks").label("release-blocker");
    });
    let (exit, _, err) = waiting.end();
    assert!(exit == Some(1) && err.contains("launch/bugs: GO -> NO-GO"), "{exit:?} {err}");
}

/// The first word of a launch makes its journal: whoever began to wait before it hears it too.
#[test]
fn a_journal_that_begins_while_somebody_waits_is_read() {
    let world = World::green();
    let launch = super::LAUNCH.to_owned() + "  - { gate: ok, title: OK, sign_off: { by: [qa] } }\n";
    std::fs::write(world.home.path().join("launch.yaml"), launch).unwrap();
    let mut waiting = Waiting::start(&world, &["--wait", "5m"]);
    assert!(waiting.line().contains("waiting for GO or NO-GO"));
    let signed = world.command().args(["sign", "launch/ok", "--go"]).output().unwrap();
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    let (exit, out, err) = waiting.end();
    assert_eq!(exit, Some(0), "{out}{err}");
    assert!(err.contains("launch/ok: PENDING -> GO"), "{err}");
}

#[test]
fn the_end_of_the_wait_is_a_hold_and_a_signal_is_no_verdict() {
    let world = World::green();
    running(&world);
    let (exit, out, _) = Waiting::start(&world, &["--wait", "1s"]).end();
    assert!(exit == Some(3) && out.contains("\"verdict\": \"hold\""), "{exit:?} {out}");
    for (signal, code) in [(rustix::process::Signal::INT, 130), (rustix::process::Signal::TERM, 143)] {
        let mut waiting = Waiting::start(&world, &["--wait", "5m"]);
        waiting.line();
        let pid = rustix::process::Pid::from_child(&waiting.child);
        rustix::process::kill_process(pid, signal).unwrap();
        let (exit, out, err) = waiting.end();
        assert_eq!((exit, out.as_str()), (Some(code), ""), "{err}");
        assert!(err.contains("no verdict"), "{err}");
    }
}
