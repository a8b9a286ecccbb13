//! The Linear source over loopback HTTP, against a Linear with state.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

#[path = "linear/failures.rs"]
mod failures;
#[path = "linear/kinds.rs"]
mod kinds;
#[path = "linear/limits.rs"]
mod limits;
#[path = "linear/requests.rs"]
mod requests;
#[path = "linear/rig.rs"]
mod rig;
#[path = "linear/traps.rs"]
mod traps;
