//! Launches from files: what loads, what is refused and in which words.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod bad;
mod example;
mod good;
mod hostile;
mod kinds;
mod zones;
