//! A Linear with state: GraphQL with filters over one [`LinearWorld`].

mod filter;
mod graph;
mod world;

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

pub use world::*;

use super::server::{Handler, Reply, Req, Server};

/// The server and its world. Faults, log and latency are [`Server`]'s. The address to configure is
/// [`LinearServer::endpoint`].
pub struct LinearServer {
    server: Server,
    world: Arc<Mutex<LinearWorld>>,
}

struct LinearHandler(Arc<Mutex<LinearWorld>>);

impl Handler for LinearHandler {
    fn handle(&self, request: &Req) -> Reply {
        let mut world = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let reply = handle(&mut world, request);
        with_rates(&world, reply)
    }
}

impl LinearServer {
    pub fn start(build: impl FnOnce(&mut LinearWorld)) -> Self {
        let mut world = LinearWorld::default();
        build(&mut world);
        let world = Arc::new(Mutex::new(world));
        Self { server: Server::start(LinearHandler(Arc::clone(&world))), world }
    }

    /// `http://127.0.0.1:PORT/graphql`.
    pub fn endpoint(&self) -> String {
        format!("{}/graphql", self.server.url())
    }

    /// Changes the world between two requests.
    pub fn edit<T>(&self, change: impl FnOnce(&mut LinearWorld) -> T) -> T {
        change(&mut self.world())
    }

    /// Runs a query as the server would, without HTTP: to check a query text. Returns status and body.
    pub fn query(&self, query: &str, variables: &Value) -> (u16, Value) {
        let answer = graph::answer(&self.world(), None, query, variables);
        (answer.status, answer.body)
    }

    fn world(&self) -> MutexGuard<'_, LinearWorld> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for LinearServer {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// The schema this server serves.
pub fn schema() -> &'static super::graphql::Schema {
    graph::schema()
}

/// An error as Linear words it.
fn error(message: &str, kind: &str, code: &str, status: u16) -> Value {
    json!({ "message": message, "extensions": { "type": kind, "code": code, "statusCode": status, "userError": true, "userPresentableMessage": message } })
}

fn refused(status: u16, error: &Value) -> Reply {
    Reply::json(status, &json!({ "errors": [error] }))
}

fn handle(world: &mut LinearWorld, request: &Req) -> Reply {
    if request.method != "POST" || request.path != "/graphql" {
        return Reply::text(404, "text/plain", "Not Found");
    }
    if !request.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) {
        return refused(
            400,
            &error(
                "This operation has been blocked as a potential Cross-Site Request Forgery (CSRF).",
                "graphql error",
                "BAD_REQUEST",
                400,
            ),
        );
    }
    let given = request.header("authorization").unwrap_or_default();
    if given.starts_with("Bearer lin_api_") {
        let text = "It looks like you're trying to use an API key as a Bearer token. Remove the Bearer prefix from the Authorization header.";
        return refused(400, &error(text, "invalid input", "INPUT_ERROR", 400));
    }
    let key = given.trim_start_matches("Bearer ");
    let teams = world.keys.get(key).cloned();
    if key.is_empty() || (teams.is_none() && !world.keys.is_empty()) {
        return refused(
            401,
            &error(
                "Authentication required, not authenticated",
                "authentication error",
                "AUTHENTICATION_ERROR",
                401,
            ),
        );
    }
    if world.requests.remaining == 0 || world.complexity.remaining == 0 {
        let text =
            format!("Rate limit exceeded. Only {} requests are allowed per 1 hour.", world.requests.limit);
        let mut body = error(&text, "ratelimited", "RATELIMITED", 429);
        body["message"] = json!(text);
        return refused(400, &body);
    }
    let body = request.json();
    let answer = graph::answer(
        world,
        teams.flatten().as_deref(),
        body["query"].as_str().unwrap_or_default(),
        &body["variables"],
    );
    world.requests.remaining = world.requests.remaining.saturating_sub(1);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and positive")]
    let points = answer.cost.ceil() as u64;
    world.complexity.remaining = world.complexity.remaining.saturating_sub(points);
    Reply::json(answer.status, &answer.body).with("X-Complexity", points)
}

/// Resets are in epoch milliseconds.
fn with_rates(world: &LinearWorld, mut reply: Reply) -> Reply {
    let now = chrono::Utc::now().timestamp_millis().unsigned_abs();
    for (name, rate) in [("Requests", world.requests), ("Complexity", world.complexity)] {
        reply = reply
            .with(&format!("X-RateLimit-{name}-Limit"), rate.limit)
            .with(&format!("X-RateLimit-{name}-Remaining"), rate.remaining)
            .with(&format!("X-RateLimit-{name}-Reset"), now + rate.reset * 1000);
    }
    reply
}
