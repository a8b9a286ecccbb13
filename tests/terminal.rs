//! The cockpit in a real terminal: what people see, and that the terminal is given back whatever happens.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the real clock is what is waited by")]

mod support;

use std::{
    io::{Read, Write},
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use support::github::GithubServer;

/// The longest that anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

struct Screen {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    before: String,
    _home: tempfile::TempDir,
}

struct Seen {
    terminal: vt100::Parser,
    bytes: Vec<u8>,
    over: bool,
}

impl Screen {
    fn open(
        arguments: &[&str],
        environment: &[(&str, &str)],
        prepare: impl FnOnce(&std::path::Path),
    ) -> Self {
        Self::run(env!("CARGO_BIN_EXE_gonogo"), arguments, environment, prepare)
    }

    fn run(
        program: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
        prepare: impl FnOnce(&std::path::Path),
    ) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let home = tempfile::tempdir().unwrap();
        prepare(home.path());
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.cwd(home.path());
        for (name, value) in [
            ("HOME", home.path().to_str().unwrap()),
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("USER", "octo"),
        ] {
            command.env(name, value);
        }
        environment.iter().for_each(|(name, value)| command.env(name, value));
        let before = modes(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        let terminal = vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 0);
        let seen = Arc::new((Mutex::new(Seen { terminal, bytes: Vec::new(), over: false }), Condvar::new()));
        let (mut reader, sink) = (pair.master.try_clone_reader().unwrap(), Arc::clone(&seen));
        std::thread::spawn(move || {
            let mut buffer = [0; 8_192];
            loop {
                let read = reader.read(&mut buffer).unwrap_or(0);
                let mut seen = sink.0.lock().unwrap();
                seen.terminal.process(&buffer[..read]);
                seen.bytes.extend_from_slice(&buffer[..read]);
                seen.over = read == 0;
                sink.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        // The slave stays open, so that its modes can still be asked for when the program has gone.
        std::mem::forget(pair.slave);
        Self { child, master: pair.master, keys, seen, before, _home: home }
    }

    fn demo() -> Self {
        Self::open(&["demo", "--speed", "1"], &[], |_| {})
    }

    /// Waits until the screen shows this.
    fn sees(&self, words: &str) -> String {
        self.wait(|seen| seen.terminal.screen().contents().contains(words)).unwrap_or_else(|screen| {
            panic!("`{words}` never came:\n{screen}");
        })
    }

    fn wait(&self, until: impl Fn(&Seen) -> bool) -> Result<String, String> {
        let end = Instant::now() + PATIENCE;
        let mut seen = self.seen.0.lock().unwrap();
        loop {
            let shown = seen.terminal.screen().contents();
            if until(&seen) {
                return Ok(shown);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(shown);
            }
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.process_id().unwrap()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    /// Waits for the end and proves that the terminal is as it was found.
    fn ends(mut self) -> u32 {
        let status = self.child.wait().unwrap();
        let left = |seen: &Seen| {
            let screen = seen.terminal.screen();
            !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
        };
        self.wait(left).unwrap_or_else(|screen| panic!("the terminal was not given back:\n{screen}"));
        assert_eq!(modes(&*self.master), self.before, "the line discipline was not restored");
        status.exit_code()
    }
}

/// The line discipline, for comparison.
fn modes(master: &dyn MasterPty) -> String {
    let modes = master.get_termios().unwrap();
    format!(
        "{:?} {:?} {:?} {:?}",
        modes.input_flags, modes.output_flags, modes.control_flags, modes.local_flags
    )
}

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
    screen.press("echo in$((40 + 2))between\r");
    screen.sees("in42between");
    screen.press("fg\r");
    screen.wait(|seen| seen.terminal.screen().alternate_screen()).unwrap();
    screen.sees("Checkout v3");
    screen.press("q");
    screen.wait(|seen| !seen.terminal.screen().alternate_screen()).unwrap();
    screen.press("exit\r");
    screen.child.wait().unwrap();
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
