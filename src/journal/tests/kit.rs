//! What the tests share.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Append, Entry, Head, Journal, JournalError, Location, OpenOptions};
use gonogo_domain::{Act, Actor, Digest, Event, Known, Party};

/// A moment: so many seconds after a fixed one.
pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 123_456_000).unwrap()
}

pub(super) fn ann() -> Actor {
    Actor { name: Party::from("ann"), known: Known::Claimed }
}

/// A new event of a launch; its text holds what machines and terminals trip over.
pub(super) fn event(launch: &str, n: u64) -> Event {
    Event {
        id: Uuid::now_v7(),
        at: at(i64::try_from(n).unwrap()),
        actor: ann(),
        recorder: None,
        stands_in: None,
        launch: launch.into(),
        version: "1.0".into(),
        commit: None,
        checklist_digest: Digest::of([b"files".as_slice()]),
        act: Act::Note { gate: None, text: format!("note {n} \"\u{1b}[31m\u{202e}\u{2028}é\\\"").into() },
    }
}

pub(super) fn open(path: &Path, launch: &str) -> Result<Journal, JournalError> {
    Journal::open(&Location::File(path.into()), OpenOptions::new(launch))
}

pub(super) fn close(journal: &Journal) {
    journal.close().wait().unwrap();
}

/// Appends on the newest head; on a conflict again on the newer one.
pub(super) fn append(journal: &Journal, event: &Event) -> Result<Entry, JournalError> {
    let mut head = journal.head().wait()?;
    loop {
        match journal.append(event, head).wait()? {
            Append::Appended(entry) => return Ok(*entry),
            Append::Conflict(newer) => head = newer.last().unwrap().head(),
        }
    }
}

/// Appends `n` events, one after the other.
pub(super) fn fill(journal: &Journal, n: u64) -> Vec<Entry> {
    (0..n).map(|n| append(journal, &event(journal.launch(), n)).unwrap()).collect()
}

pub(super) fn all(journal: &Journal) -> Vec<Entry> {
    journal.read_since(0).wait().unwrap()
}

/// A folder of the test's own: in memory where there is room for so many megabytes, since none of these tests cuts the
/// power, and syncing a real disk thousands of times takes minutes on a busy machine.
pub(crate) fn folder(megabytes: u64) -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let free = rustix::fs::statvfs(memory).map_or(0, |it| (it.f_bavail * it.f_frsize) >> 20);
    let made = if free >= megabytes { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.or_else(|_| tempfile::tempdir()).unwrap()
}

/// Says something past the test harness, which shows only what failing tests print.
pub(super) fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

/// Long form: the full figures.
pub(super) fn long() -> bool {
    std::env::var("GONOGO_LONG").is_ok_and(|it| it == "1")
}

/// A small generator of random numbers; its seed is printed when the test fails.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(test: &str) -> Self {
        let fresh = || RandomState::new().build_hasher().finish();
        let seed = std::env::var("GONOGO_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or_else(fresh);
        say(&format!("{test}: GONOGO_SEED={seed}"));
        Self(seed | 1)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % u64::try_from(end).unwrap()).unwrap()
    }
}

/// Variables for a child that runs one test of this binary.
pub(super) type Env<'a> = BTreeMap<&'a str, String>;

/// Runs one test of this very binary in a process of its own.
pub(super) fn process(test: &str, env: &Env<'_>) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--test-threads=1", "--nocapture"]).envs(env);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Tells the parent one line, past the test harness.
pub(super) fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n@{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// The lines that the child told.
pub(super) fn told(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let out: ChildStdout = child.stdout.take().unwrap();
    BufReader::new(out)
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix('@').map(str::to_owned))
}

/// An acknowledgement as told: `ack SEQ:HASH ID`.
pub(super) fn acknowledge(entry: &Entry) {
    tell(&format!("ack {} {}", entry.head(), entry.id));
}

/// And read again.
pub(super) fn acknowledged(line: &str) -> Option<(Head, Uuid)> {
    let mut words = line.strip_prefix("ack ")?.split(' ');
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

/// Every acknowledged entry is there once, with the place and content it was acknowledged with.
pub(super) fn none_lost(entries: &[Entry], acks: &[(Head, Uuid)]) {
    let mut ids: Vec<Uuid> = entries.iter().map(|it| it.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), entries.len(), "an event is there twice");
    for (head, id) in acks {
        let at = usize::try_from(head.seq).unwrap() - 1;
        let entry = entries.get(at).unwrap_or_else(|| panic!("acknowledged entry {} is lost", head.seq));
        assert_eq!((entry.head(), entry.id), (*head, *id), "acknowledged entry {} was altered", head.seq);
    }
}

pub(super) fn open_with(path: &Path, options: OpenOptions) -> Result<Journal, JournalError> {
    Journal::open(&Location::File(path.into()), options)
}
