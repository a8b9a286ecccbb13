//! Sources beside GitHub and Linear, over loopback: what each kind of evidence says to every sort of answer.

#![allow(
    clippy::needless_raw_string_hashes,
    clippy::unchecked_time_subtraction,
    reason = "all texts are written alike"
)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "what servers say of days is about the day of the test")]

mod command;
mod conformance;
mod datadog;
mod field;
mod files;
mod flag;
mod guardrail;
mod jira;
mod kit;
mod macros;
mod notion;
mod pagerduty;
mod probe;
mod prometheus;
mod providers;
mod sentry;
mod statuspage;
mod tls;
