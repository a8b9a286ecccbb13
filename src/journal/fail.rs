//! Named points at which tests make the journal fail or die. Not in the product: only tests compile this.

use std::{
    collections::HashMap,
    io,
    sync::{LazyLock, Mutex},
};

/// What happens when a point is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailAction {
    /// The process is killed, as by `kill -9`.
    Kill,
    /// The operation fails as if the disk had.
    Error,
}

/// By launch and point: what to do, after how many passes.
type Armed = HashMap<(String, String), (FailAction, u32)>;

static ARMED: LazyLock<Mutex<Armed>> = LazyLock::new(Mutex::default);

/// Arms a point for one launch; it is passed `skip` times first, then it acts once.
pub(crate) fn arm(launch: &str, point: &str, action: FailAction, skip: u32) {
    ARMED.lock().unwrap().insert((launch.to_owned(), point.to_owned()), (action, skip));
}

/// Acts when the point is armed.
pub(crate) fn point(launch: &str, point: &str) -> io::Result<()> {
    let key = (launch.to_owned(), point.to_owned());
    let mut armed = ARMED.lock().unwrap();
    match armed.get_mut(&key) {
        Some((_, skip)) if *skip > 0 => *skip -= 1,
        Some((FailAction::Error, _)) => {
            armed.remove(&key);
            return Err(io::Error::other(format!("injected at {point}")));
        }
        Some((FailAction::Kill, _)) => {
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        }
        None => {}
    }
    Ok(())
}
