//! The one owner of the terminal's state. It is entered once, and given back by whoever comes first: the end of the
//! loop, a panic, a suspend. Giving it back cannot fail and can be done twice.

use std::{
    io,
    os::fd::OwnedFd,
    sync::{
        Mutex, MutexGuard, TryLockError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, ThreadId},
    time::Duration,
};

use rustix::{
    io::Errno,
    termios::{OptionalActions, Termios, tcgetattr, tcsetattr},
};

use super::{
    keeper::{Keeper, KeeperPlan},
    sink,
};

/// Alternate screen, no wrapping at the edge, pasted text in brackets, no cursor, plain pen, clear.
pub(super) const ENTER: &str = "\x1b[?1049h\x1b[?7l\x1b[?2004h\x1b[?25l\x1b[0m\x1b[2J";

/// Presses, and movement while a button is held; movement alone is not told, and so wakes nobody. Positions as numbers, of
/// any size.
pub(super) const MOUSE: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";

/// Undoes all that we, or a terminal in a state that we did not ask for, may have set. The first two end a sequence
/// or a synchronised update that was cut off.
pub(super) const RESTORE: &str = concat!(
    "\x1b\\",
    "\x1b[?2026l",                                                        // synchronised update
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1005l\x1b[?1006l\x1b[?1015l", // mouse
    "\x1b[?1004l",                                                        // focus
    "\x1b[?2004l",                                                        // paste
    "\x1b[<u",          // keyboard flags of the alternate screen
    "\x1b[?7h",         // wrapping
    "\x1b[0m",          // colours
    "\x1b[?25h",        // cursor
    "\x1b[?1049l",      // alternate screen
    "\x1b[0m\x1b[?25h", // and those two on the screen before
);

static ENTERED: AtomicBool = AtomicBool::new(false);
static STATE: Mutex<Option<Saved>> = Mutex::new(None);
/// Held while bytes are written, so that the restoring ones stand behind, not within, those of a frame.
static WRITING: Mutex<()> = Mutex::new(());

struct Saved {
    output: OwnedFd,
    before: Termios,
    ui: ThreadId,
    /// The mouse is ours as well.
    mouse: bool,
    /// Who gives the terminal back where we cannot.
    keeper: Option<Keeper>,
}

/// The terminal is ours until this is dropped.
#[must_use]
pub(super) struct Entered(());

impl Entered {
    /// Takes the terminal: raw mode, alternate screen. This thread is the one that draws from now on. With a keeper,
    /// also an end that leaves us no time gives it back. With `mouse` the terminal tells what the mouse does.
    ///
    /// # Errors
    /// It is no terminal, or it is gone. Nothing is changed then.
    pub(super) fn enter(output: OwnedFd, keeper: Option<KeeperPlan>, mouse: bool) -> io::Result<Self> {
        let before = tcgetattr(&output)?;
        let keeper = keeper.and_then(|plan| Keeper::start(plan, &output, &before));
        *lock(&STATE) = Some(Saved { output, before, ui: thread::current().id(), mouse, keeper });
        let entered = Self(());
        again()?;
        Ok(entered)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        leave();
        // It ends here, and not with the process: whoever sees us end sees nothing of us left.
        let keeper = lock_soon(&STATE).and_then(|mut state| state.as_mut()?.keeper.take());
        drop(keeper);
    }
}

/// Takes the terminal back after [`leave`], or after somebody else changed its state.
///
/// # Errors
/// It is gone.
pub(super) fn again() -> io::Result<()> {
    let mut state = lock(&STATE);
    let Some(saved) = state.as_mut() else { return Ok(()) };
    let mut raw = saved.before.clone();
    raw.make_raw();
    ENTERED.store(true, Ordering::Release);
    if let Some(keeper) = &mut saved.keeper {
        keeper.ours();
    }
    tcsetattr(&saved.output, OptionalActions::Now, &raw)?;
    write_patiently(&saved.output, ENTER);
    if saved.mouse {
        write_patiently(&saved.output, MOUSE);
    }
    Ok(())
}

/// Gives the terminal back as it was: every mode, every sequence, whatever fails on the way. Does nothing when that
/// has been done.
pub fn leave() {
    if !ENTERED.swap(false, Ordering::AcqRel) {
        return;
    }
    let writing = lock_soon(&WRITING);
    if let Some(mut state) = lock_soon(&STATE)
        && let Some(saved) = state.as_mut()
    {
        write_patiently(&saved.output, RESTORE);
        // Should this fail there is nothing left to restore.
        let _ = tcsetattr(&saved.output, OptionalActions::Now, &saved.before);
        if let Some(keeper) = &mut saved.keeper {
            keeper.given_back();
        }
    }
    drop(writing);
}

/// Whether the terminal is ours at present.
pub(super) fn is_entered() -> bool {
    ENTERED.load(Ordering::Acquire)
}

/// Whether this thread is the one that draws.
pub(super) fn on_ui_thread() -> bool {
    let ui = lock_soon(&STATE).and_then(|state| state.as_ref().map(|saved| saved.ui));
    ui == Some(thread::current().id())
}

/// Writes while the terminal is ours; `None` when it is not, or not any more.
pub(super) fn while_entered<T>(write: impl FnOnce() -> T) -> Option<T> {
    let _writing = lock(&WRITING);
    is_entered().then(write)
}

/// Writes all of it, waiting at most a quarter of a second for a terminal that does not read.
pub(super) fn write_patiently(output: &OwnedFd, text: &str) {
    let mut rest = text.as_bytes();
    let mut patience = 10;
    while !rest.is_empty() && patience > 0 {
        match rustix::io::write(output, rest) {
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                patience -= 1;
                sink::wait(output, 25);
            }
            Err(_) => return,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The lock, unless it is not to be had within a tenth of a second: a panic must not wait for ever.
fn lock_soon<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    for _ in 0..20 {
        match mutex.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(guard)) => return Some(guard.into_inner()),
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(5)),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::{io::Read as _, sync::mpsc, time::Instant};

    use portable_pty::{PtySize, native_pty_system};
    use rustix::fs::{Mode, OFlags};

    use super::*;
    use crate::runtime::{FrameSink as _, sink::TtySink};

    fn open(name: &std::path::Path) -> OwnedFd {
        rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK, Mode::empty()).unwrap()
    }

    fn local_modes(fd: &OwnedFd) -> String {
        let modes = tcgetattr(fd).unwrap();
        format!("{:?} {:?} {:?}", modes.local_modes, modes.input_modes, modes.output_modes)
    }

    /// Waits until as many bytes were written, or a while for more than that.
    fn read(bytes: &mpsc::Receiver<Vec<u8>>, count: usize) -> String {
        let mut all = Vec::new();
        let patience = |have: usize| if have < count { 30_000 } else { 50 };
        while let Ok(more) = bytes.recv_timeout(Duration::from_millis(patience(all.len()))) {
            all.extend(more);
        }
        String::from_utf8(all).unwrap()
    }

    // One test, as there is one terminal to a process.
    #[test]
    fn the_terminal_is_given_back_as_it_was() {
        let pair = native_pty_system().openpty(PtySize::default()).unwrap();
        let name = pair.master.tty_name().unwrap();
        let mut master = pair.master.try_clone_reader().unwrap();
        let (sender, bytes) = mpsc::channel();
        let (go, gate) = mpsc::channel::<()>();
        thread::spawn(move || {
            let mut buffer = [0; 4_096];
            while gate.recv().is_ok() {
                while let Ok(count) = master.read(&mut buffer) {
                    let done = buffer[..count].ends_with(b"END");
                    if sender.send(buffer[..count].to_vec()).is_err() || done {
                        break;
                    }
                }
            }
        });
        go.send(()).unwrap();
        let tty = open(&name);
        let before = local_modes(&tty);

        let entered = Entered::enter(open(&name), None, true).unwrap();
        let taken = [ENTER, MOUSE].concat();
        assert_eq!(read(&bytes, taken.len()), taken);
        assert_ne!(local_modes(&tty), before, "raw");
        assert!(is_entered() && on_ui_thread());
        assert!(!thread::spawn(on_ui_thread).join().unwrap());

        let mut sink = TtySink::start(open(&name)).unwrap();
        sink.send(b"a frame".to_vec());
        assert_eq!(read(&bytes, 7), "a frame");

        // Given back once, by whoever comes first; what is drawn afterwards is dropped.
        leave();
        assert_eq!(read(&bytes, RESTORE.len()), RESTORE);
        assert_eq!(local_modes(&tty), before);
        sink.send(b"late frame".to_vec());
        leave();
        assert_eq!(read(&bytes, 0), "");

        // And taken again, as after a stop.
        again().unwrap();
        assert_eq!(read(&bytes, taken.len()), taken);
        assert_ne!(local_modes(&tty), before);

        // A terminal that does not read holds up nobody for long. The reader stops at END.
        sink.send(b"END".to_vec());
        let _ = read(&bytes, 3);
        sink.send(vec![b'x'; 1_000_000]);
        thread::sleep(Duration::from_millis(100));
        assert!(!sink.is_idle(), "the frame is stuck");
        #[expect(clippy::disallowed_methods, reason = "how long it takes is the question")]
        let start = Instant::now();
        drop(entered);
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        assert_eq!(local_modes(&tty), before, "modes are restored even so");
        assert!(!is_entered());
    }

    #[test]
    fn all_that_may_be_set_is_undone() {
        for mode in [2026, 1000, 1002, 1003, 1006, 1015, 1004, 2004, 1049] {
            assert!(RESTORE.contains(&format!("\x1b[?{mode}l")), "{mode}");
        }
        for sequence in ["\x1b[?25h", "\x1b[?7h", "\x1b[0m", "\x1b[<u"] {
            assert!(RESTORE.contains(sequence), "{sequence:?}");
        }
        // Everything that entering sets is undone by leaving.
        for set in
            [ENTER, MOUSE].concat().split('\x1b').filter(|it| it.starts_with("[?") && it.ends_with('h'))
        {
            assert!(RESTORE.contains(&format!("\x1b{}l", set.trim_end_matches('h'))), "{set}");
        }
    }
}
