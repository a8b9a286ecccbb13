//! Signals, as a stream.

use std::io;

use futures_util::{Stream, StreamExt as _, stream};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// A signal that the cockpit answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sig {
    /// End, with this number.
    End(i32),
    /// Stop until woken.
    Stop,
    /// The shell put it in the foreground again (SIGCONT).
    Continue,
    /// The clocks were set, the machine woke from a suspend, or the terminal hung up: look.
    Look,
}

/// Signals that end a program unless it answers them, and that leave time to give the terminal back. Those of a broken
/// program (SEGV, BUS, ILL, FPE) do not, and KILL asks nobody.
const ENDS: [rustix::process::Signal; 11] = {
    use rustix::process::Signal;
    [
        Signal::TERM,
        Signal::INT,
        Signal::HUP,
        Signal::QUIT,
        Signal::ABORT,
        Signal::USR1,
        Signal::USR2,
        Signal::ALARM,
        Signal::VTALARM,
        Signal::PROF,
        Signal::XCPU,
    ]
};

/// Starts to listen for [`ENDS`], SIGTSTP and SIGCONT.
///
/// # Errors
/// The system refuses.
pub(super) fn listen() -> io::Result<impl Stream<Item = Sig> + Unpin> {
    let raw = |wanted: rustix::process::Signal| SignalKind::from_raw(wanted.as_raw());
    let mut wanted: Vec<_> = ENDS.iter().map(|it| (raw(*it), Sig::End(it.as_raw()))).collect();
    wanted.push((raw(rustix::process::Signal::TSTP), Sig::Stop));
    wanted.push((raw(rustix::process::Signal::CONT), Sig::Continue));
    let mut streams = Vec::new();
    for (kind, means) in wanted {
        streams.push(each(signal(kind)?, means).boxed());
    }
    Ok(stream::select_all(streams))
}

fn each(signal: Signal, means: Sig) -> impl Stream<Item = Sig> {
    stream::unfold(signal, move |mut signal| async move { signal.recv().await.map(|()| (means, signal)) })
}
