//! How long an act takes to be durable: an append to an SQLite journal in a real file, synced. The aim is a p99 of 10 ms.
//! And how long a journal of 100,000 events takes to be read and proved, told and replayed: 1 s, 3 s and 3 s.
//!
//! `cargo bench --bench journal`, with `-- FOLDER` to measure the disk of another folder than the one for temporary files.
//! What is measured of an append is mostly the disk: say which one when you quote a number. `-- FOLDER keep` makes the long
//! journal in that folder and leaves it there, beside its launch, for whoever wants to open it with gonogo itself.

#![allow(clippy::print_stdout, missing_docs, reason = "a benchmark says what it saw")]
#![allow(clippy::expect_used, reason = "a benchmark that cannot go on stops")]
#![allow(clippy::disallowed_methods, reason = "the real clock is what is measured")]
#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::pedantic, reason = "shared with the tests")]

#[path = "../tests/support/long_journal.rs"]
mod long_journal;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use chrono::DateTime;
use gonogo::{
    app::{Archive, LaunchSelection, Past, open},
    domain::{Act, Actor, Digest, Event, Known},
    journal::{Append, Head, Journal, Location, OpenOptions},
};

/// Appends that are measured; the launch of a very busy day.
const APPENDS: u32 = 2_000;
const WARM_UP: u32 = 100;

fn event(n: u32) -> Event {
    Event {
        id: uuid::Uuid::from_u128(u128::from(n) + 1),
        at: DateTime::from_timestamp(1_900_000_000 + i64::from(n), 0).expect("a moment"),
        actor: Actor { name: "octo".into(), known: Known::Checked { login: "octocat".into() } },
        recorder: None,
        stands_in: None,
        launch: "bench".into(),
        version: "1.0.0".into(),
        commit: None,
        checklist_digest: Digest::of([b"bench".as_slice()]),
        act: Act::Note { gate: None, text: format!("note {n}: {}", "x".repeat(200)).into() },
    }
}

fn append(journal: &Journal, event: &Event, head: Head) -> Head {
    match journal.append(event, head).wait().expect("it is recorded") {
        Append::Appended(entry) => entry.head(),
        Append::Conflict(newer) => newer.last().expect("what is newer").head(),
    }
}

/// The appended entries of one kind, measured one by one.
fn measure(journal: &Journal) -> Vec<Duration> {
    let mut head = journal.head().wait().expect("a head");
    let mut took = Vec::new();
    for n in 0..WARM_UP + APPENDS {
        let event = event(n);
        let started = Instant::now();
        head = append(journal, &event, head);
        if n >= WARM_UP {
            took.push(started.elapsed());
        }
    }
    took.sort();
    took
}

fn quantile(sorted: &[Duration], share: usize) -> Duration {
    let at = (sorted.len() * share / 1_000).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default()
}

/// The file system below a folder, as the system names it.
fn disk(folder: &Path) -> String {
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mounted = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (device, at, kind) = (words.next()?, words.next()?, words.next()?);
        folder.starts_with(at).then(|| (at.len(), format!("{device}, {kind}")))
    });
    mounted.max_by_key(|(length, _)| *length).map_or_else(|| "unknown".to_owned(), |(_, name)| name)
}

/// What one sync of a few kilobytes costs here, without any journal.
fn bare_sync(folder: &Path) -> Vec<Duration> {
    use std::io::Write as _;
    let mut file = tempfile::tempfile_in(folder).expect("a file");
    let mut took: Vec<_> = (0..300)
        .map(|_| {
            let started = Instant::now();
            file.write_all(&[7; 4_096]).and_then(|()| file.sync_data()).expect("a sync");
            started.elapsed()
        })
        .collect();
    took.sort();
    took
}

/// Events of the long journal.
const LONG: u64 = 100_000;

/// Reads, proves, tells and replays the long journal, each as its command does.
fn long(folder: &Path) {
    let day = long_journal::Day::new(folder);
    let place = folder.join("long.db");
    let location = Location::File(place.clone());
    day.keep(&location, LONG);
    let bytes = std::fs::metadata(&place).expect("a journal").len();
    println!("a journal of {LONG} events, {} MiB:", bytes >> 20);
    timed("open, verify and read", || {
        let journal = Journal::open(&location, OpenOptions::new("long")).expect("a journal");
        journal.read_since(0).wait().expect("entries").len()
    });
    let named = place.display().to_string();
    let settings = folder.join("settings.yaml");
    timed("history", || {
        let archive = Archive::find(Some(&named), Some(&settings)).expect("a journal");
        archive.told(None).expect("what it tells").launches.len()
    });
    let chosen = LaunchSelection {
        path: Some(folder.to_owned()),
        settings: Some(settings),
        journal: Some(named),
        ..LaunchSelection::default()
    };
    let opened = open(chosen).expect("a launch");
    timed("replay", || Past::open(&opened).expect("a day").moments().len());
}

fn timed(what: &str, work: impl FnOnce() -> usize) {
    let started = Instant::now();
    let made = work();
    println!("  {what}: {:?} ({made})", started.elapsed());
}

fn main() {
    if std::env::args().any(|it| it == "keep") {
        let folder = std::env::args().nth(1).expect("a folder");
        return long(Path::new(&folder));
    }
    let named = std::env::args().skip(1).find(|it| !it.starts_with('-')).map(PathBuf::from);
    let folder = named.unwrap_or_else(std::env::temp_dir);
    let dir = tempfile::tempdir_in(&folder).expect("a folder");
    println!("disk: {} ({})", disk(dir.path()), folder.display());
    let syncs = bare_sync(dir.path());
    println!("one bare sync of 4 KiB: p50 {:?}, p99 {:?}", quantile(&syncs, 500), quantile(&syncs, 990));
    let location = Location::File(dir.path().join("journal.db"));
    let journal = Journal::open(&location, OpenOptions::new("bench")).expect("a journal");
    let took = measure(&journal);
    println!(
        "durable append, {APPENDS} of them: p50 {:?}, p99 {:?}, longest {:?}",
        quantile(&took, 500),
        quantile(&took, 990),
        took.last().copied().unwrap_or_default()
    );
    drop(journal);
    let started = Instant::now();
    let journal = Journal::open(&location, OpenOptions::new("bench")).expect("a journal");
    let entries = journal.head().wait().expect("a head").seq;
    println!("open and verify {entries} entries: {:?}", started.elapsed());
    long(dir.path());
}
