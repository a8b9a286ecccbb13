//! A GitHub with state: REST and GraphQL over one [`GithubWorld`].

mod graph;
mod rest;
mod world;

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use world::*;

use super::server::{Handler, Reply, Req, Server};

/// The server and its world. Faults, log and latency are [`Server`]'s.
pub struct GithubServer {
    server: Server,
    world: Arc<Mutex<GithubWorld>>,
}

struct GithubHandler(Arc<Mutex<GithubWorld>>);

impl Handler for GithubHandler {
    fn handle(&self, request: &Req) -> Reply {
        let mut world = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rest::handle(&mut world, request)
    }
}

impl GithubServer {
    pub fn start(build: impl FnOnce(&mut GithubWorld)) -> Self {
        let mut world = GithubWorld::default();
        build(&mut world);
        let world = Arc::new(Mutex::new(world));
        Self { server: Server::start(GithubHandler(Arc::clone(&world))), world }
    }

    /// Changes the world between two requests.
    pub fn edit<T>(&self, change: impl FnOnce(&mut GithubWorld) -> T) -> T {
        change(&mut self.world())
    }

    /// Runs a query as the server would, without HTTP: to check a query text.
    pub fn query(&self, query: &str, variables: &serde_json::Value) -> serde_json::Value {
        graph::answer(&self.world(), None, query, variables)
    }

    fn world(&self) -> MutexGuard<'_, GithubWorld> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for GithubServer {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// The schema this server serves.
pub fn schema() -> &'static super::graphql::Schema {
    graph::schema()
}
