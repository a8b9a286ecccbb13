//! How long a durable append and an opening take. Prints percentiles; ends with an error when a budget is broken:
//! append p99 at most 10 ms, opening a journal of 10,000 entries at most 1 s.
#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods, reason = "a measurement")]

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use chrono::DateTime;
use gonogo::{
    domain::{Act, Actor, Digest, Event, Known, Party},
    journal::{Append, Journal, Location, OpenOptions},
};
use uuid::Uuid;

const ENTRIES: usize = 10_000;
const APPEND: Duration = Duration::from_millis(10);
const OPEN: Duration = Duration::from_secs(1);

fn event() -> Event {
    Event {
        id: Uuid::now_v7(),
        at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        actor: Actor { name: Party::from("ann"), known: Known::Claimed },
        recorder: None,
        launch: "bench".into(),
        version: "1.0".into(),
        commit: None,
        checklist_digest: Digest::of([b"files".as_slice()]),
        act: Act::Note { gate: None, text: "x".repeat(200).into() },
    }
}

fn main() -> ExitCode {
    // Beside the build's output: a temporary folder may be memory, where nothing is durable.
    let dir = tempfile::tempdir_in(std::env::current_exe().unwrap().parent().unwrap()).unwrap();
    let location = Location::File(dir.path().join("journal.db"));
    let journal = Journal::open(&location, OpenOptions::new("bench")).unwrap();
    let mut head = journal.head().wait().unwrap();
    let mut times: Vec<Duration> = (0..ENTRIES)
        .map(|_| {
            let event = event();
            let start = Instant::now();
            let Append::Appended(entry) = journal.append(&event, head).wait().unwrap() else {
                unreachable!()
            };
            head = entry.head();
            start.elapsed()
        })
        .collect();
    times.sort();
    let at = |share: usize| times[(ENTRIES * share / 1_000).min(ENTRIES - 1)];
    println!(
        "durable append: p50 {:?}, p99 {:?}, p99.9 {:?}, max {:?}",
        at(500),
        at(990),
        at(999),
        at(1_000)
    );
    journal.close().wait().unwrap();
    let start = Instant::now();
    let journal = Journal::open(&location, OpenOptions::new("bench")).unwrap();
    let open = start.elapsed();
    println!("open and verify {ENTRIES} entries: {open:?}");
    assert_eq!(journal.head().wait().unwrap(), head);
    if at(990) <= APPEND && open <= OPEN { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
