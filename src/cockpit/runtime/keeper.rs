//! Whoever gives the terminal back when this program cannot: it was killed, or broke in a way that leaves no time.
//!
//! The cockpit starts its own program a second time. That one only waits at the end of a pipe. Each byte in it says
//! whether the terminal is ours now; when the pipe ends while it is, nobody gave it back, and the keeper does. It is in
//! a group of its own with all signals blocked, so that what ends or stops the job in front leaves it alone, and so that
//! it may set the modes of a terminal that belongs to the shell again. It ends with the pipe, whatever happens.

use std::{
    ffi::OsString,
    io::{Read as _, Write as _},
    os::{fd::OwnedFd, unix::process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use rustix::termios::{
    ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Termios, isatty,
    tcgetattr, tcsetattr,
};

use super::guard;
use gonogo_text::clean;

/// The terminal is ours.
const OURS: u8 = b'+';
/// It was given back.
const GIVEN_BACK: u8 = b'-';
/// So long is waited for the keeper when the cockpit ends: it has nothing to do by then.
const PATIENCE: Duration = Duration::from_millis(200);

/// The argument by which this program is started as keeper, see [`keep`].
pub const KEEPER: &str = "--keep-terminal";

/// How a keeper is started.
#[derive(Clone, Debug)]
pub struct KeeperPlan {
    /// This very program.
    pub program: PathBuf,
    /// Where the log is, for whoever then reads the screen.
    pub log: Option<PathBuf>,
}

/// A keeper at work. It ends when this is dropped.
pub(super) struct Keeper {
    pipe: Option<std::io::PipeWriter>,
    child: Option<thread::JoinHandle<Option<Child>>>,
}

impl Keeper {
    /// Starts one beside the first frame, not before it. Without one the cockpit goes on: the log says so.
    pub(super) fn start(plan: KeeperPlan, output: &OwnedFd, before: &Termios) -> Option<Self> {
        let begun = std::io::pipe().and_then(|(end, pipe)| {
            let screen = output.try_clone()?;
            let modes = Modes::of(before).to_string();
            let start = move || {
                let mut command = Command::new(&plan.program);
                command.arg(KEEPER).arg(modes).args(plan.log).current_dir("/").process_group(0);
                // It needs nothing of it, and tokens may be among it.
                command.env_clear();
                command.stdin(end).stdout(screen).stderr(Stdio::null());
                let child = command.spawn();
                child.inspect_err(|error| tracing::error!(%error, "nobody keeps the terminal")).ok()
            };
            Ok(Self {
                pipe: Some(pipe),
                child: Some(thread::Builder::new().name("keeper".into()).spawn(start)?),
            })
        });
        begun.inspect_err(|error| tracing::error!(%error, "nobody keeps the terminal")).ok()
    }

    pub(super) fn ours(&mut self) {
        self.tell(OURS);
    }

    pub(super) fn given_back(&mut self) {
        self.tell(GIVEN_BACK);
    }

    /// A keeper that is gone cannot be told; there is nothing to do about it.
    fn tell(&mut self, what: u8) {
        if let Some(pipe) = &mut self.pipe {
            let _ = pipe.write_all(&[what]);
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.pipe.take());
        let child = self.child.take().and_then(|started| started.join().ok()).flatten();
        let Some(mut child) = child else { return };
        let step = Duration::from_millis(2);
        for _ in 0..PATIENCE.as_millis() / step.as_millis() {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(step);
        }
        let _ = child.kill().and_then(|()| child.wait());
    }
}

/// The keeper's own half: standard input is the pipe, standard output the terminal. `arguments` are those after
/// [`KEEPER`]. Whoever else starts it gets nothing.
pub fn keep(arguments: &[OsString]) {
    nix::sys::signal::SigSet::all().thread_block().ok();
    let (stdin, screen) = (rustix::stdio::stdin(), rustix::stdio::stdout());
    let modes = arguments.first().and_then(|it| it.to_str()).and_then(Modes::parse);
    let (Some(modes), false) = (modes, isatty(stdin)) else { return };
    let (mut ours, mut said) = (false, [0; 64]);
    loop {
        match std::io::stdin().read(&mut said) {
            Ok(0) => break,
            Ok(count) => ours = said.get(count - 1) == Some(&OURS),
            Err(why) if why.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    if ours
        && isatty(screen)
        && let Ok(screen) = rustix::io::dup(screen)
    {
        guard::write_patiently(&screen, guard::RESTORE);
        modes.restore(&screen);
        let log = arguments.get(1).map(Path::new).filter(|log| log.is_file());
        guard::write_patiently(&screen, &farewell(log));
    }
}

fn farewell(log: Option<&Path>) -> String {
    let log = log.map(|path| format!(" The log of this and earlier runs: {}.", path.display()));
    format!(
        "gonogo has ended without a word: it was killed, or it broke. What was recorded is in the journal.{}\r\n",
        clean(&log.unwrap_or_default())
    )
}

/// What raw mode changes, as it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Modes {
    input: InputModes,
    output: OutputModes,
    control: ControlModes,
    local: LocalModes,
    min: u8,
    time: u8,
}

impl Modes {
    fn of(termios: &Termios) -> Self {
        Self {
            input: termios.input_modes,
            output: termios.output_modes,
            control: termios.control_modes,
            local: termios.local_modes,
            min: termios.special_codes[SpecialCodeIndex::VMIN],
            time: termios.special_codes[SpecialCodeIndex::VTIME],
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split(',').map(|it| u64::from_str_radix(it, 16).ok());
        let mut next = || numbers.next().flatten();
        let modes = Self {
            input: InputModes::from_bits_retain(next()?.try_into().ok()?),
            output: OutputModes::from_bits_retain(next()?.try_into().ok()?),
            control: ControlModes::from_bits_retain(next()?.try_into().ok()?),
            local: LocalModes::from_bits_retain(next()?.try_into().ok()?),
            min: next()?.try_into().ok()?,
            time: next()?.try_into().ok()?,
        };
        Some(modes)
    }

    fn set(self, termios: &mut Termios) {
        termios.input_modes = self.input;
        termios.output_modes = self.output;
        termios.control_modes = self.control;
        termios.local_modes = self.local;
        termios.special_codes[SpecialCodeIndex::VMIN] = self.min;
        termios.special_codes[SpecialCodeIndex::VTIME] = self.time;
    }

    /// Unless somebody else has set the terminal since, as a shell does that is at work again.
    fn restore(self, screen: &OwnedFd) {
        let Ok(now) = tcgetattr(screen) else { return };
        let mut wanted = now.clone();
        self.set(&mut wanted);
        let mut raw = wanted.clone();
        raw.make_raw();
        if Self::of(&now) == Self::of(&raw) {
            // Should this fail there is nothing left to restore.
            let _ = tcsetattr(screen, OptionalActions::Now, &wanted);
        }
    }
}

impl std::fmt::Display for Modes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { input, output, control, local, min, time } = self;
        let (input, output, control, local) = (input.bits(), output.bits(), control.bits(), local.bits());
        write!(f, "{input:x},{output:x},{control:x},{local:x},{min:x},{time:x}")
    }
}

#[cfg(test)]
mod tests {
    use portable_pty::{PtySize, native_pty_system};
    use rustix::fs::{Mode, OFlags};

    use super::*;

    #[test]
    fn the_modes_survive_being_handed_on_and_are_set_only_over_our_own() {
        let pair = native_pty_system().openpty(PtySize::default()).unwrap();
        let name = pair.master.tty_name().unwrap();
        let tty = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let before = tcgetattr(&tty).unwrap();
        let modes = Modes::parse(&Modes::of(&before).to_string()).unwrap();
        assert_eq!(modes, Modes::of(&before));
        for broken in ["", "1,2,3", "x,1,1,1,1,1", "1,1,1,1,fff,1"] {
            assert_eq!(Modes::parse(broken), None, "{broken}");
        }
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(&tty, OptionalActions::Now, &raw).unwrap();
        modes.restore(&tty);
        assert_eq!(Modes::of(&tcgetattr(&tty).unwrap()), modes, "ours is undone");
        let mut theirs = raw;
        theirs.local_modes |= LocalModes::ISIG;
        tcsetattr(&tty, OptionalActions::Now, &theirs).unwrap();
        modes.restore(&tty);
        assert_eq!(Modes::of(&tcgetattr(&tty).unwrap()), Modes::of(&theirs), "a shell's own are left alone");
    }

    #[test]
    fn a_path_in_the_last_word_draws_nothing() {
        let said = farewell(Some(Path::new("/home/x\u{1b}[2J/gonogo.log")));
        assert!(said.contains("gonogo.log") && !said.contains('\u{1b}'), "{said:?}");
        assert!(farewell(None).ends_with("in the journal.\r\n"));
    }
}
