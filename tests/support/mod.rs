//! Loopback servers that speak GitHub and Linear, hold state, and break on demand.
//!
//! ```ignore
//! mod support;
//! use support::github::{self, GithubServer};
//! use support::server::Fault;
//!
//! let github = GithubServer::start(|world| {
//!     let repo = world.repo("acme/rocket");
//!     repo.commit("main", "c1").check("ci", "success");
//!     repo.issue(7, "Engine leaks").label("release-blocker");
//! });
//! // point the program at github.url(), then change the world or break the server mid-run:
//! github.edit(|world| world.repo("acme/rocket").close_issue(7));
//! github.fault(Fault::status(502));
//! github.heal();
//! assert_eq!(github.sightings("canary-token"), 0);
//! ```
//!
//! [`server`] has the faults, the request log and the latency; `GithubServer` and `LinearServer` hand them on.
//! [`graphql`] validates and executes queries as the real servers do: an unknown field fails the whole document.
//! To serve a new GraphQL field, add its line to `github/schema.graphql` or `linear/schema.graphql` and its value to
//! the `graphql` function of the object (or to the resolver, if it takes arguments). To serve a new REST path, add a
//! line to the `match` in `github/rest.rs`.

#![allow(dead_code, unused_imports, unreachable_pub, missing_docs, reason = "each test uses a part of this")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the servers have their own clock, as real ones do")]
#![allow(clippy::pedantic, reason = "long tables of paths and fields read better in one piece")]

pub mod day;
pub mod github;
pub mod graphql;
pub mod json_schema;
pub mod linear;
pub mod long_journal;
#[path = "../../src/journal/tests/server.rs"]
pub mod postgres;
pub mod program;
#[path = "../../src/journal/tests/proxy.rs"]
pub mod proxy;
pub mod screen;
pub mod server;
