//! Where evidence comes from.
//!
//! A source is one folder, which [declares](Declaration) all that the rest of the program knows of it, and one line in
//! the [`register`]. It promises:
//!
//! - **complete or a typed failure** (V3): an answer is never a prefix, never a guess, never "none" for "cannot see";
//! - **one answer for every question** of a batch, in few requests;
//! - **no verdicts**: it compares facts with the gate's own limits ([`Outcome`](gonogo_domain::Outcome)); freshness,
//!   target, order and people are the evaluator's;
//! - **no retries and no sleeping**: when to ask again is the poller's; it says what the server asked for in
//!   [`Report::wait`].

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod api;
pub mod command;
pub mod connection;
mod contract;
pub mod datadog;
mod declaration;
mod decode;
mod deliver;
mod fact;
mod finding;
pub mod flag;
pub mod github;
pub mod guardrail;
pub mod http;
mod identity;
pub mod jira;
pub mod linear;
mod lookalike;
pub mod macros;
mod meter;
mod metric;
pub mod notion;
pub mod pagerduty;
pub mod probe;
pub mod prometheus;
pub mod reach;
pub mod recorded;
pub mod register;
pub mod sentry;
mod setup;
pub mod slack;
mod spec;
pub mod statuspage;

pub use self::{
    contract::{
        AnswerFuture, AnswerTimes, Batch, CredentialOwner, KeptChecklist, NowFn, Report, Source, Survey,
        TargetQuestion, WriteNeed, Writes,
    },
    declaration::{
        CredentialHelper, Declaration, DecodedLimits, Description, GateLimits, Home, Keeps, Permission,
        Sends, Thing, VariablePlaces,
    },
    reach::{Gauged, Gauges},
    setup::{HomeServer, OpenedSource, Setup, unserved},
};
