//! The one owner of the terminal's state. It is entered once, and given back by whoever comes first: the end of the
//! loop, a panic, a suspend. Giving it back can not fail and can be done twice.

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

use super::sink;

/// Alternate screen, no wrapping at the edge, pasted text in brackets, no cursor, plain pen, clear.
pub(super) const ENTER: &str = "\x1b[?1049h\x1b[?7l\x1b[?2004h\x1b[?25l\x1b[0m\x1b[2J";

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
}

/// The terminal is ours until this is dropped.
#[must_use]
pub(super) struct Entered(());

impl Entered {
    /// Takes the terminal: raw mode, alternate screen. This thread is the one that draws from now on.
    ///
    /// # Errors
    /// It is no terminal, or it is gone. Nothing is changed then.
    pub(super) fn enter(output: OwnedFd) -> io::Result<Self> {
        let before = tcgetattr(&output)?;
        *lock(&STATE) = Some(Saved { output, before, ui: thread::current().id() });
        let entered = Self(());
        again()?;
        Ok(entered)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        leave();
    }
}

/// Takes the terminal back after [`leave`], or after somebody else changed its state.
///
/// # Errors
/// It is gone.
pub(super) fn again() -> io::Result<()> {
    let state = lock(&STATE);
    let Some(saved) = state.as_ref() else { return Ok(()) };
    let mut raw = saved.before.clone();
    raw.make_raw();
    ENTERED.store(true, Ordering::Release);
    tcsetattr(&saved.output, OptionalActions::Now, &raw)?;
    write_patiently(&saved.output, ENTER);
    Ok(())
}

/// Gives the terminal back as it was: every mode, every sequence, whatever fails on the way. Does nothing when that
/// has been done.
pub fn leave() {
    if !ENTERED.swap(false, Ordering::AcqRel) {
        return;
    }
    let writing = lock_soon(&WRITING);
    if let Some(state) = lock_soon(&STATE)
        && let Some(saved) = state.as_ref()
    {
        write_patiently(&saved.output, RESTORE);
        // Should this fail there is nothing left to restore.
        let _ = tcsetattr(&saved.output, OptionalActions::Now, &saved.before);
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
fn write_patiently(output: &OwnedFd, text: &str) {
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
