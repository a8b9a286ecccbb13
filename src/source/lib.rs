//! Where evidence comes from.
//!
//! A source is one folder, which [declares](Declaration) all that the rest of the program knows of it, and one line in
//! the [`register`]. It promises:
//!
//! - **complete or a typed failure** (V3): an answer is never a prefix, never a guess, never "none" for "cannot see";
//! - **one answer for every question** of a batch, in few requests;
//! - **no verdicts**: it compares facts with the gate's own limits ([`Outcome`](crate::domain::Outcome)); freshness,
//!   target, order and people are the evaluator's;
//! - **no retries and no sleeping**: when to ask again is the poller's; it says what the server asked for in
//!   [`Report::wait`].

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

use crate as source;
use gonogo_domain as domain;
use gonogo_files as files;
use gonogo_text as text;
use gonogo_yaml as yaml;

mod api;
pub mod command;
pub mod connection;
mod contract;
pub mod datadog;
mod declaration;
mod fact;
pub mod flag;
pub mod github;
pub mod http;
pub mod jira;
pub mod linear;
pub mod macros;
mod metric;
pub mod notion;
pub mod pagerduty;
pub mod probe;
pub mod prometheus;
pub mod recorded;
pub mod register;
pub mod sentry;
mod setup;
mod spec;
pub mod statuspage;

pub use self::{
    contract::{Batch, Clock, Owner, Report, Source, TargetQuestion},
    declaration::{Declaration, Decoded, Home, Keeper, Limits, Permission, Thing, Values},
    setup::{HomeServer, Opened, Setup, unserved},
};
