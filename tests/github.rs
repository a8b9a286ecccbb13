//! The GitHub source against a loopback GitHub with state: what each kind of evidence says, what can go wrong, and
//! what it costs.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cloned_ref_to_slice_refs,
    clippy::items_after_statements,
    clippy::let_and_return,
    clippy::semicolon_if_nothing_returned,
    clippy::too_many_lines,
    reason = "tables of cases are long, and read from top to bottom"
)]
#![allow(clippy::disallowed_methods, reason = "the server's clock is compared with the real one")]

mod batch;
pub(crate) mod bench;
mod faults;
mod field;
mod files;
mod identity;
mod kinds;
mod more_kinds;
mod reports;
pub(crate) mod samples;
mod since;
use crate::support;
mod traps;
