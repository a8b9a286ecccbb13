//! Where frames go. A terminal that reads gets them at once; what it does not take is left to a thread of its own,
//! so that a terminal that stops reading stops nothing else. One frame is under way at a time; until it is through
//! none is made, so frames are dropped and never queued.

use std::{
    io,
    os::fd::OwnedFd,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{OFlags, fcntl_getfl},
    io::Errno,
};
use tokio::sync::Notify;

use super::guard;

/// Takes finished frames.
pub trait FrameSink {
    /// Takes a frame. Only called when it is idle.
    fn send(&mut self, frame: Vec<u8>);

    /// Whether the frame before has been written.
    fn is_idle(&self) -> bool;

    /// Whether writing failed for good.
    fn is_gone(&self) -> bool;

    /// Is notified whenever one of the above may have changed.
    fn changed(&self) -> Arc<Notify>;
}

/// Writes to the terminal.
pub struct TtySink {
    /// For writing at once; only where that cannot wait.
    direct: Option<OwnedFd>,
    frames: mpsc::SyncSender<Vec<u8>>,
    state: Arc<SinkState>,
}

#[derive(Default)]
struct SinkState {
    busy: AtomicBool,
    gone: AtomicBool,
    changed: Arc<Notify>,
}

impl TtySink {
    /// Starts the thread that writes to `output`.
    ///
    /// # Errors
    /// The system cannot start a thread.
    pub fn start(output: OwnedFd) -> io::Result<Self> {
        let waits_never = fcntl_getfl(&output)?.contains(OFlags::NONBLOCK);
        let direct = if waits_never { Some(output.try_clone()?) } else { None };
        let (frames, waiting) = mpsc::sync_channel::<Vec<u8>>(1);
        let state = Arc::new(SinkState::default());
        let shared = Arc::clone(&state);
        thread::Builder::new().name("terminal".to_owned()).spawn(move || {
            for frame in waiting {
                if write(&output, &frame).is_err() {
                    shared.gone.store(true, Ordering::Release);
                }
                shared.busy.store(false, Ordering::Release);
                shared.changed.notify_one();
            }
        })?;
        Ok(Self { direct, frames, state })
    }
}

impl FrameSink for TtySink {
    fn send(&mut self, mut frame: Vec<u8>) {
        let written = self.direct.as_ref().and_then(|output| {
            let written = guard::while_entered(|| rustix::io::write(output, &frame));
            written.and_then(Result::ok)
        });
        // Errors are met again, and judged, by the thread.
        frame.drain(..written.unwrap_or_default().min(frame.len()));
        if frame.is_empty() {
            return;
        }
        self.state.busy.store(true, Ordering::Release);
        if self.frames.try_send(frame).is_err() {
            self.state.gone.store(true, Ordering::Release);
        }
    }

    fn is_idle(&self) -> bool {
        !self.state.busy.load(Ordering::Acquire)
    }

    fn is_gone(&self) -> bool {
        self.state.gone.load(Ordering::Acquire)
    }

    fn changed(&self) -> Arc<Notify> {
        Arc::clone(&self.state.changed)
    }
}

/// Writes a frame, waiting for the terminal as long as it takes; what is left is dropped when the terminal has been
/// given back meanwhile.
fn write(output: &OwnedFd, frame: &[u8]) -> io::Result<()> {
    let mut rest = frame;
    while !rest.is_empty() {
        let Some(written) = guard::while_entered(|| rustix::io::write(output, rest)) else { return Ok(()) };
        match written {
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => wait(output, 100),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Waits until the terminal takes more, at most so many milliseconds.
pub(super) fn wait(output: &OwnedFd, millis: u32) {
    let timeout = Timespec { tv_sec: 0, tv_nsec: i64::from(millis) * 1_000_000 };
    // Whatever it says, the next write tells.
    let _ = poll(&mut [PollFd::new(output, PollFlags::OUT)], Some(&timeout));
}
