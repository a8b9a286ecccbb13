//! A real terminal around a real program, for tests.

use std::{
    io::{Read, Write},
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// The longest that anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The end of a program tells nobody: it is looked for this often, and whenever the screen changes.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Servers that launches name by a repository or a team: nobody is there.
pub const NOWHERE: &[(&str, &str)] =
    &[("GITHUB_API_URL", "http://127.0.0.1:9"), ("LINEAR_API_URL", "http://127.0.0.1:9")];

/// A program in a pseudo-terminal, of 80x24 unless said otherwise, with a home of its own and nothing of the environment.
pub struct Screen {
    pub child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    pub seen: Arc<(Mutex<Seen>, Condvar)>,
    before: String,
    /// Its home folder and working folder.
    pub home: tempfile::TempDir,
}

/// What came out of it.
pub struct Seen {
    pub terminal: vt100::Parser,
    pub bytes: Vec<u8>,
    pub over: bool,
}

impl Screen {
    pub fn open(
        arguments: &[&str],
        environment: &[(&str, &str)],
        prepare: impl FnOnce(&std::path::Path),
    ) -> Self {
        Self::run(env!("CARGO_BIN_EXE_gonogo"), arguments, environment, prepare)
    }

    pub fn run(
        program: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
        prepare: impl FnOnce(&std::path::Path),
    ) -> Self {
        Self::run_at((80, 24), program, arguments, environment, prepare)
    }

    /// The same in another size.
    pub fn run_at(
        (cols, rows): (u16, u16),
        program: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
        prepare: impl FnOnce(&std::path::Path),
    ) -> Self {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
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
        // Whatever a launch names, nobody outside this machine is asked.
        NOWHERE.iter().chain(environment).for_each(|(name, value)| command.env(name, value));
        let before = modes(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        let terminal = vt100::Parser::new(rows.try_into().unwrap(), cols.try_into().unwrap(), 0);
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
        Self { child, master: pair.master, keys, seen, before, home }
    }

    pub fn demo() -> Self {
        Self::demo_at((80, 24))
    }

    /// The same in another size.
    pub fn demo_at(size: (u16, u16)) -> Self {
        Self::run_at(size, env!("CARGO_BIN_EXE_gonogo"), &["demo", "--speed", "1"], &[], |_| {})
    }

    /// Waits until the screen shows this.
    pub fn sees(&self, words: &str) -> String {
        self.wait(|seen| seen.terminal.screen().contents().contains(words)).unwrap_or_else(|screen| {
            panic!("`{words}` never came:\n{screen}");
        })
    }

    pub fn wait(&self, until: impl Fn(&Seen) -> bool) -> Result<String, String> {
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

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.process_id().unwrap()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    /// The line discipline as it is now.
    pub fn modes(&self) -> String {
        modes(&*self.master)
    }

    /// Waits for the end of the program.
    pub fn ended(&mut self) -> ExitStatus {
        let (end, mut killer) = (Instant::now() + PATIENCE, self.child.clone_killer());
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            if Instant::now() > end {
                let shown = self.seen.0.lock().unwrap().terminal.screen().contents();
                killer.kill().unwrap();
                panic!("it did not end:\n{shown}");
            }
            let seen = self.seen.0.lock().unwrap();
            drop(self.seen.1.wait_timeout(seen, LOOK_AGAIN).unwrap());
        }
    }

    /// Waits for the end and proves that the terminal is as it was found.
    pub fn ends(mut self) -> u32 {
        let status = self.ended();
        let left = |seen: &Seen| {
            let screen = seen.terminal.screen();
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
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
