//! The cockpit in lines, as a screen reader, a log or a script has it: the real binary, with pipes for its terminal.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Stdio},
    sync::mpsc,
    time::Duration,
};

use crate::support::{
    github::GithubServer,
    program::{THREE_GATES, TOKEN, gonogo},
};

const PATIENCE: Duration = Duration::from_secs(30);

/// A program that is talked with in lines.
struct Lines {
    child: Child,
    input: ChildStdin,
    lines: mpsc::Receiver<String>,
    all: Vec<String>,
}

impl Lines {
    fn start(home: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = gonogo(home);
        command.args(arguments).envs(environment.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let input = child.stdin.take().unwrap();
        Self { child, input, lines, all: Vec::new() }
    }

    fn says(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
        self.input.flush().unwrap();
    }

    /// Waits for the next line with these words.
    fn hears(&mut self, words: &str) -> String {
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                panic!("`{words}` never came:\n{}", self.all.join("\n"));
            };
            self.all.push(line.clone());
            if line.contains(words) {
                return line;
            }
        }
    }

    fn ends(mut self) -> (i32, String) {
        let code = self.child.wait().unwrap().code().unwrap();
        self.all.extend(self.lines.iter());
        (code, self.all.join("\n"))
    }
}

fn green() -> GithubServer {
    GithubServer::start(|world| {
        world.token(TOKEN, "octocat");
        let repo = world.repo("acme/rocket");
        repo.commit("main", "c1").check("build", "success");
        repo.label("release-blocker");
    })
}

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("launch.yaml"), THREE_GATES).unwrap();
    std::fs::write(home.path().join("settings.yaml"), "poll: { interval: 5s }\nidentity: { name: octo }\n")
        .unwrap();
    home
}

/// A launch day as a script: what is asked is answered, what changes is told once, an act is asked for field by field and done.
#[test]
fn a_launch_day_reads_as_a_script() {
    let (github, home) = (green(), home());
    let url = github.url();
    let environment = [("GITHUB_TOKEN", TOKEN), ("GITHUB_API_URL", url.as_str())];
    let mut lines = Lines::start(home.path(), &["--plain", "--settings", "settings.yaml"], &environment);
    lines.hears("Say help for what can be said");
    lines.hears("launch/build: UNKNOWN -> GO: 1 of 1 check succeeded");
    lines.says("status");
    lines.hears("PENDING  launch/ready  QA stands behind it");
    lines.says("sign ready");
    lines.hears("Sign-off launch/ready");
    lines.hears("say? g for GO, n for NO-GO");
    lines.says("maybe");
    lines.hears("that is none of the choices");
    lines.hears("say? g for GO");
    lines.says("g");
    lines.hears("note, may be left empty?");
    lines.says("it flies");
    lines.hears("send it? yes or no");
    lines.says("yes");
    lines.hears("recorded: GO on launch/ready");
    lines.hears("the board: HOLD -> GO");
    github.edit(|world| {
        world.repo("acme/rocket").issue(7, "Engine leaks\u{1b}[31m").label("release-blocker");
    });
    lines.hears("launch/bugs: GO -> NO-GO");
    lines.hears("the board: GO -> NO-GO");
    lines.says("why bugs");
    lines.hears("evidence: #7 Engine leaks");
    lines.says("path");
    lines.hears("1. bugs");
    lines.says("launch it");
    lines.hears("`launch` is none of what can be said here");
    lines.says("quit");
    let (code, all) = lines.ends();
    assert_eq!(code, 1, "the exit code is that of the word");
    assert!(!all.contains('\u{1b}'), "no escape sequence, whatever a title holds:\n{all}");
    assert!(!all.contains("canary"));
    let told =
        all.lines().filter(|line| line.contains("launch/build: ")).filter(|line| line.contains("->")).count();
    assert_eq!(told, 1, "each change once:\n{all}");
}

/// Whoever cancels, says no, or may not, records nothing; and what looks only, says nothing.
#[test]
fn nothing_is_recorded_without_a_yes() {
    let (github, home) = (green(), home());
    let url = github.url();
    let environment = [("GITHUB_TOKEN", TOKEN), ("GITHUB_API_URL", url.as_str())];
    let arguments = ["--plain", "--settings", "settings.yaml", "--journal", "journal.db"];
    let mut lines = Lines::start(home.path(), &arguments, &environment);
    lines.hears("launch/build: UNKNOWN -> GO");
    lines.says("sign ready");
    lines.hears("say? g for GO");
    lines.says("cancel");
    lines.hears("cancelled; nothing was recorded");
    lines.says("sign ready");
    lines.hears("say? g for GO");
    lines.says("n");
    lines.hears("note");
    lines.says("not yet");
    lines.hears("send it? yes or no");
    lines.says("no");
    lines.hears("not sent; nothing was recorded");
    lines.says("sign build");
    lines.hears("answered by github, not by people");
    lines.says("status");
    lines.hears("PENDING  launch/ready");
    lines.says("quit");
    assert_eq!(lines.ends().0, 3);
    let mut shown = gonogo(home.path());
    let shown = shown
        .args(["journal", "show", "--settings", "settings.yaml", "--journal", "journal.db"])
        .output()
        .unwrap();
    assert!(!String::from_utf8_lossy(&shown.stdout).contains("ready"), "{shown:?}");

    let mut lines =
        Lines::start(home.path(), &["--plain", "--read-only", "--settings", "settings.yaml"], &environment);
    lines.hears("READ-ONLY");
    lines.says("sign ready");
    lines.hears("start gonogo without --read-only");
    lines.says("quit");
    lines.ends();
}

/// Without anybody to talk with the lines go on; a reader that is gone ends them, and that is no verdict.
#[test]
fn the_end_of_the_input_is_not_the_end_of_the_lines() {
    let (github, home) = (green(), home());
    let url = github.url();
    let mut command = gonogo(home.path());
    command.args(["--plain", "--settings", "settings.yaml"]);
    command.envs([("GITHUB_TOKEN", TOKEN), ("GITHUB_API_URL", url.as_str())]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    while !output.next().unwrap().unwrap().contains("launch/build: UNKNOWN -> GO") {}
    drop(output);
    github.edit(|world| {
        world.repo("acme/rocket").issue(7, "Engine leaks").label("release-blocker");
    });
    assert_eq!(child.wait().unwrap().code(), Some(4), "there is nobody to tell");
}

#[test]
fn the_demo_can_be_heard() {
    let home = tempfile::tempdir().unwrap();
    let mut lines = Lines::start(home.path(), &["demo", "--plain", "--speed", "1"], &[]);
    let first = lines.hears("blocking gates");
    assert!(first.contains("HOLD  Checkout v3 3.0.0") && first.contains("of 27 blocking gates"), "{first}");
    lines.says("help");
    lines.hears("waive GATE: record an exception for a gate");
    lines.says("stages");
    lines.hears("everyone");
    lines.says("quit");
    assert_eq!(lines.ends().0, 3);
}
