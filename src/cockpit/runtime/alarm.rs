//! Who wakes a loop that sleeps: a clock that is set, a machine that wakes, a terminal that hangs up. Only Linux tells of
//! all three; elsewhere the loop looks every second.

use std::{io, os::fd::OwnedFd};

use futures_util::{Stream, stream};
use tokio::sync::mpsc;

use super::Sig;

/// A [`Sig::Look`] each time that one of the three happens.
///
/// # Errors
/// The system does not tell.
pub(super) fn listen(terminal: OwnedFd) -> io::Result<impl Stream<Item = Sig> + Unpin> {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    watch(terminal, move || sender.send(Sig::Look).is_ok())?;
    Ok(stream::poll_fn(move |context| receiver.poll_recv(context)))
}

#[cfg(not(target_os = "linux"))]
fn watch(_: OwnedFd, _: impl Fn() -> bool + Send + 'static) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Waits in a thread of its own, as long as somebody listens.
#[cfg(target_os = "linux")]
fn watch(terminal: OwnedFd, tell: impl Fn() -> bool + Send + 'static) -> io::Result<()> {
    use rustix::{
        event::{PollFd, PollFlags, poll},
        io::{Errno, read},
        time::{
            Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
            timerfd_settime,
        },
    };
    // A timer of the wall clock that is cancelled when that clock is set; a wake from a suspend sets it. Its own moment
    // does not come: 31 December 9999.
    let never = Itimerspec {
        it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
        it_value: Timespec { tv_sec: 253_402_300_799, tv_nsec: 0 },
    };
    let timer = timerfd_create(TimerfdClockId::Realtime, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
    let arm = move |timer: &OwnedFd| {
        timerfd_settime(timer, TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET, &never)
    };
    arm(&timer)?;
    let body = move || {
        loop {
            let mut both = [PollFd::new(&timer, PollFlags::IN), PollFd::new(&terminal, PollFlags::empty())];
            match poll(&mut both, None) {
                Err(Errno::INTR) => continue,
                Err(_) => return,
                Ok(_) => {}
            }
            let [clock, terminal] = both.map(|it| !it.revents().is_empty());
            // What it answers is that it was cancelled, and that is known.
            let armed = !clock || (read(&timer, &mut [0; 8]).is_err() && arm(&timer).is_ok());
            if !tell() || terminal || !armed {
                return;
            }
        }
    };
    std::thread::Builder::new().name("alarm".to_owned()).spawn(body)?;
    Ok(())
}
