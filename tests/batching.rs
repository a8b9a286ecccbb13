//! What a poll of a large launch costs: 200 gates on one GitHub repository and 100 on one Linear workspace, by the real
//! binary and over loopback servers that hold state.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test tells what it measured")]
#![allow(clippy::disallowed_methods, reason = "the real clock is what is measured")]

mod rig;

use rig::Rig;

#[test]
fn three_hundred_gates_are_at_most_four_requests() {
    let rig = Rig::new(200, 100, true);
    let (board, took) = rig.check();
    let gates = board["gates"].as_array().unwrap();
    assert_eq!(gates.len(), 300);
    assert!(gates.iter().all(|gate| gate["verdict"] == "go"), "{board:#}");
    let asked: Vec<String> =
        rig.github.requests().iter().map(|it| format!("{} {}", it.method, it.path)).collect();
    let linear = rig.linear.count();
    eprintln!("200 GitHub and 100 Linear gates: {asked:?} and {linear} to Linear in {took:?}");
    assert!(asked.len() + linear <= 4, "{asked:?} and {linear} to Linear");
}
