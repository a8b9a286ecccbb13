//! The terminal device and the shell around us.

use std::{io, os::fd::OwnedFd, time::Duration};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{Mode, OFlags},
    process::{Signal, getpgrp, getsid, kill_current_process_group},
    termios::{isatty, tcgetwinsize, ttyname},
};

use super::guard;

/// Terminals by the beginning of `TERM` that erase in the ground that is set. GNU screen does not, and tmux may call itself so.
const ERASING: [&str; 9] =
    ["xterm", "alacritty", "foot", "ghostty", "kitty", "linux", "rxvt", "tmux", "wezterm"];

/// What the loop needs of the system around it.
pub trait Host {
    /// Columns and rows of the terminal.
    fn size(&self) -> Option<(u16, u16)>;

    /// Whether the terminal is still there.
    fn is_alive(&self) -> bool;

    /// Gives the terminal back and stops the program, as Ctrl-Z asks. Returns once it runs again, or just before
    /// it stops: [`super::Sig::Continue`] tells. `false`, and nothing happens, when no shell could ever wake it.
    fn stop(&mut self) -> bool;

    /// How long the loop may sleep through. Timers stand still while the machine is suspended and do not see a clock that
    /// is set: where nobody tells of either ([`super::Sig::Look`]), the clocks are looked at every second.
    fn longest_nap(&self) -> Duration {
        Duration::from_secs(1)
    }

    /// Whether erasing leaves the ground that is set (`bce` in terminfo), and not the terminal's own.
    fn erases_in_colour(&self) -> bool {
        false
    }

    /// Takes the terminal again.
    ///
    /// # Errors
    /// It is gone.
    fn resume(&mut self) -> io::Result<()>;
}

/// The terminal that standard output goes to.
pub struct Tty {
    output: OwnedFd,
    /// Somebody tells when the clocks were set, the machine woke or the terminal hung up.
    pub(super) watched: bool,
}

impl Tty {
    /// Opens the terminal a second time, so that it can be written to without waiting while the shell's own
    /// descriptors stay as they are.
    ///
    /// # Errors
    /// Standard output is no terminal.
    pub(super) fn open() -> io::Result<Self> {
        let stdout = rustix::stdio::stdout();
        let name = ttyname(stdout, Vec::new()).ok();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let opened = name.and_then(|name| rustix::fs::open(name.as_c_str(), flags, Mode::empty()).ok());
        let opened = opened
            .filter(|fd| isatty(fd))
            .or_else(|| rustix::fs::open("/dev/tty", flags, Mode::empty()).ok());
        let output = match opened {
            Some(output) => output,
            // A terminal from another name space: better one that may wait than none.
            None => rustix::io::fcntl_dupfd_cloexec(stdout, 0)?,
        };
        Ok(Self { output, watched: false })
    }

    /// Another handle for writing.
    pub(super) fn output(&self) -> io::Result<OwnedFd> {
        self.output.try_clone()
    }
}

impl Host for Tty {
    fn size(&self) -> Option<(u16, u16)> {
        tcgetwinsize(&self.output).ok().map(|size| (size.ws_col, size.ws_row))
    }

    fn is_alive(&self) -> bool {
        let mut fds = [PollFd::new(&self.output, PollFlags::IN)];
        let asked = poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok();
        !asked
            || !fds
                .iter()
                .any(|fd| fd.revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL))
    }

    fn longest_nap(&self) -> Duration {
        Duration::from_secs(if self.watched { 30 } else { 1 })
    }

    fn erases_in_colour(&self) -> bool {
        std::env::var("TERM").is_ok_and(|term| ERASING.iter().any(|it| term.starts_with(it)))
    }

    fn stop(&mut self) -> bool {
        // In the group of the session's leader there is no shell with job control to wake us.
        if getsid(None).is_ok_and(|session| session == getpgrp()) {
            return false;
        }
        guard::leave();
        // The whole job, as the terminal would have done; SIGSTOP as we catch SIGTSTP ourselves.
        kill_current_process_group(Signal::STOP).is_ok()
    }

    fn resume(&mut self) -> io::Result<()> {
        guard::again()
    }
}

/// Whether keys can be read: standard input is a terminal, or there is a controlling one.
pub(super) fn has_keyboard() -> bool {
    isatty(rustix::stdio::stdin())
        || rustix::fs::open("/dev/tty", OFlags::RDONLY | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())
            .is_ok()
}
