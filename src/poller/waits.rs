//! Until when a server is not asked: the same for all sources that ask it with the same credential.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use gonogo_domain::Digest;

/// The servers that asked us to stay away, and until which moment of the boot-time clock.
#[derive(Clone, Debug, Default)]
pub(super) struct Waits(Arc<Mutex<HashMap<Digest, Duration>>>);

impl Waits {
    /// Not before this moment; zero where nothing was said.
    pub(super) fn until(&self, server: Option<&Digest>) -> Duration {
        let waits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        server.and_then(|server| waits.get(server)).copied().unwrap_or_default()
    }

    /// The server asked to be left alone until then.
    pub(super) fn extend(&self, server: Option<&Digest>, until: Duration) {
        let Some(server) = server else { return };
        let mut waits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = waits.entry(server.clone()).or_default();
        *known = until.max(*known);
    }
}
