//! The Linear source over loopback HTTP, against a Linear with state.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod failures;
mod kinds;
mod limits;
mod requests;
pub(crate) mod rig;
mod traps;
