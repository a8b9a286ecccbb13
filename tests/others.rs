//! Sources beside GitHub and Linear, over loopback: what each kind of evidence says to every sort of answer.

#![allow(
    clippy::needless_raw_string_hashes,
    clippy::unchecked_time_subtraction,
    reason = "all texts are written alike"
)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "others/command.rs"]
mod command;
#[path = "others/conformance.rs"]
mod conformance;
#[path = "others/datadog.rs"]
mod datadog;
#[path = "others/files.rs"]
mod files;
#[path = "others/flag.rs"]
mod flag;
#[path = "others/jira.rs"]
mod jira;
#[path = "others/kit.rs"]
mod kit;
#[path = "others/macros.rs"]
mod macros;
#[path = "others/notion.rs"]
mod notion;
#[path = "others/pagerduty.rs"]
mod pagerduty;
#[path = "others/probe.rs"]
mod probe;
#[path = "others/prometheus.rs"]
mod prometheus;
#[path = "others/sentry.rs"]
mod sentry;
#[path = "others/statuspage.rs"]
mod statuspage;
mod support;
#[path = "others/tls.rs"]
mod tls;
