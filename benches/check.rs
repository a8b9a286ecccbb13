//! How long `--check` takes beside its slowest response, for 200 GitHub and 100 Linear gates on servers that take 50 ms:
//! the aim is 1.2 times, one round of requests. Workflow gates of a commit need its id first: a second round.
//!
//! `cargo bench --bench check`.

#![allow(missing_docs, clippy::print_stdout, clippy::expect_used, reason = "a benchmark says what it saw")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "as in the tests")]

#[path = "../tests/batching/rig.rs"]
mod rig;
#[path = "../tests/support/mod.rs"]
mod support;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use rig::Rig;
use support::server::Req;

const RUNS: usize = 15;
const LATENCY: Duration = Duration::from_millis(50);

/// How long the server takes for this very request.
fn again(address: SocketAddr, request: &Req) -> Duration {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    for (name, value) in request.headers.iter().filter(|(name, _)| name != "connection") {
        head += &format!("{name}: {value}\r\n");
    }
    let begun = Instant::now();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(format!("{head}\r\n{}", request.body).as_bytes()).unwrap();
    stream.read_exact(&mut [0; 12]).unwrap();
    begun.elapsed()
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort();
    all[all.len() / 2]
}

fn measure(what: &str, workflows: bool) {
    let rig = Rig::new(200, 100, workflows);
    rig.github.latency(LATENCY);
    rig.linear.latency(LATENCY);
    rig.check();
    let github = rig.github.requests().into_iter().map(|it| (rig.github.address(), it));
    let all: Vec<_> =
        github.chain(rig.linear.requests().into_iter().map(|it| (rig.linear.address(), it))).collect();
    let slowest = all.iter().map(|(at, it)| median((0..5).map(|_| again(*at, it)).collect())).max().unwrap();
    let wall = median((0..RUNS).map(|_| rig.check().1).collect());
    let times = wall.as_secs_f64() / slowest.as_secs_f64();
    println!(
        "{what}: {} requests, slowest response {slowest:.1?}, --check {wall:.1?}, {times:.2} times",
        all.len()
    );
}

fn main() {
    measure("300 gates, no workflow gates", false);
    measure("300 gates, 40 of workflows", true);
}
