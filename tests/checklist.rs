//! Launches from files: what loads, what is refused and in which words.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "checklist/bad.rs"]
mod bad;
#[path = "checklist/example.rs"]
mod example;
#[path = "checklist/good.rs"]
mod good;
#[path = "checklist/hostile.rs"]
mod hostile;
#[path = "checklist/kinds.rs"]
mod kinds;
