//! Whose turn it is: few requests in flight to one server, whichever gates and sources they are for.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use reqwest::Url;
use tokio::sync::Semaphore;

use super::{AT_ONCE, request::origin_of};

/// The turns of every server that was asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<String, Arc<Semaphore>>>>);

impl Turns {
    /// Those of the server of an address.
    pub(super) fn of(&self, url: &Url) -> Arc<Semaphore> {
        let mut servers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(servers.entry(origin_of(url)).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))))
    }
}
