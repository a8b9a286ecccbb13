//! The present, as sources and the poller ask for it.

use std::sync::Arc;

use gonogo_clock::Clock;
use gonogo_poller::NowFn;

/// The time of this machine.
pub(crate) fn system() -> NowFn {
    let clock = Clock::system();
    Arc::new(move || clock.read())
}
