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
    /// Woken.
    Continue,
}

/// Starts to listen for SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP and SIGCONT.
///
/// # Errors
/// The system refuses.
pub(super) fn listen() -> io::Result<impl Stream<Item = Sig> + Unpin> {
    let raw = |wanted: rustix::process::Signal| SignalKind::from_raw(wanted.as_raw());
    let ends = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup(), SignalKind::quit()];
    let mut wanted: Vec<_> = ends.iter().map(|kind| (*kind, Sig::End(kind.as_raw_value()))).collect();
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
