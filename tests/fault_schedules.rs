//! Seeded schedules of faults, and an oracle that knows nothing of the evaluator: never a false GO, and back to the
//! truth soon after the last fault.
//!
//! - [`poller`]: simulated answers, clocks that step, final calls and a journal that is cut off, through the real poller
//!   and the real evaluator. 1,000 schedules;
//!   `GONOGO_LONG=1` runs 10,000.
//! - [`wire`]: a loopback GitHub with state, the real client, queries and judgements, simulated clocks, the real
//!   evaluator; faults on the wire. 150 schedules; `GONOGO_LONG=1` runs 1,500.
//!
//! `GONOGO_SEED=N` repeats one schedule.
//!
//! Each of these was broken once, and a schedule said FALSE GO (or "asked before the server allowed it"):
//!
//! - [`poller`]: answers of gates, and of the ref, that never go stale; the answer's commit not compared; a definitive
//!   failure ignored, taken for transient (401, incomplete), or forgotten after a transient one, for gates and for the
//!   ref; a transient failure that renews; `max_age` ignored; pending or unclear taken for go; a silent source taken for
//!   one that has nothing new; answers stamped with the end of the request; clocks that disagree believed; `Retry-After`
//!   ignored; the wall clock believed over the server's; a stop forgotten after a GO of another commit; a cut journal taken
//!   for one with nothing new.
//! - [`wire`]: a 304 about another body; only the first page read; runs, or checks, of another commit; runs of a fork; a
//!   word that nobody knows taken for success; a label that is not there; a gate that never goes stale.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test tells what went wrong")]
#![allow(clippy::disallowed_methods, reason = "the real clock only says how long the test may take")]

mod poller;
mod wire;

/// The seeds to run: one that was chosen, or so many.
pub fn seeds(short: u64) -> std::ops::Range<u64> {
    let long = std::env::var_os("GONOGO_LONG").is_some();
    let chosen = std::env::var("GONOGO_SEED").ok().and_then(|seed| seed.parse::<u64>().ok());
    chosen.map_or(0..if long { short * 10 } else { short }, |seed| seed..seed + 1)
}
