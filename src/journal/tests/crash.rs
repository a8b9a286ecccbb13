//! kill -9 at any moment: what was acknowledged is there once and unchanged; the rest is whole or absent.

use std::io::Read as _;

use super::kit::{
    Env, Random, acknowledge, acknowledged, all, append, event, fill, long, none_lost, open, process, told,
};
use crate::{Append, JournalError, fail};

const CHILD: &str = "tests::crash::child";
const POINTS: [&str; 8] = [
    "create.built",
    "create.linked",
    "append.begin",
    "append.inserted",
    "append.commit",
    "append.synced",
    "append.witnessed",
    "none",
];

/// In a process of its own: appends until it is killed.
#[test]
fn child() {
    let Ok(path) = std::env::var("GONOGO_TEST_CRASH") else { return };
    let var = |key| std::env::var(key).unwrap();
    fail::arm(
        "crash",
        &var("GONOGO_TEST_POINT"),
        fail::FailAction::Kill,
        var("GONOGO_TEST_SKIP").parse().unwrap(),
    );
    let journal = open(path.as_ref(), "crash").unwrap();
    for n in 0.. {
        acknowledge(&append(&journal, &event("crash", n)).unwrap());
    }
}

#[test]
fn nothing_acknowledged_is_lost_by_a_kill() {
    let mut random = Random::new("nothing_acknowledged_is_lost_by_a_kill");
    let rounds = if long() { 1_000 } else { 32 };
    let mut acked = 0;
    // A new file now and then, so that making it is cut too.
    for batch in 0..rounds / 8 {
        let dir = super::kit::folder(20);
        let path = dir.path().join("journal.db");
        let mut acks = Vec::new();
        for round in 0..8 {
            let point =
                POINTS[if round == 0 && batch % 2 == 0 { random.below(2) } else { 2 + random.below(6) }];
            let most = if long() { 40 } else { 12 };
            let (skip, after) = (random.below(most), 1 + random.below(most));
            let skip = if point.starts_with("create") { 0 } else { skip };
            let env = Env::from([
                ("GONOGO_TEST_CRASH", path.display().to_string()),
                ("GONOGO_TEST_POINT", point.to_owned()),
                ("GONOGO_TEST_SKIP", skip.to_string()),
            ]);
            let mut child = process(CHILD, &env).spawn().unwrap();
            let mut lines = told(&mut child).filter_map(|it| acknowledged(&it));
            acks.extend(lines.by_ref().take(after));
            // Some of what follows is written while the signal is on its way.
            for _ in 0..random.below(200_000) {
                std::hint::spin_loop();
            }
            child.kill().unwrap();
            // What it had told before it died counts as well.
            acks.extend(lines);
            child.wait().unwrap();
            let journal = open(&path, "crash").unwrap();
            let entries = all(&journal);
            none_lost(&entries, &acks);
            assert!(entries.len() <= acks.len() + round + 1, "at most one unacknowledged entry a kill");
            super::kit::close(&journal);
        }
        acked += acks.len();
    }
    super::kit::say(&format!("{acked} acknowledgements over {rounds} kills"));
    assert!(acked > 0);
}

#[test]
fn a_failed_write_is_never_acknowledged() {
    let dir = super::kit::folder(20);
    let journal = open(&dir.path().join("j.db"), "failing").unwrap();
    let before = fill(&journal, 2);
    for point in ["append.begin", "append.inserted", "append.commit"] {
        fail::arm("failing", point, fail::FailAction::Error, 0);
        let answer = append(&journal, &event("failing", 9));
        assert!(matches!(answer, Err(JournalError::NotRecorded { .. })), "{point}: {answer:?}");
        assert_eq!(all(&journal), before, "{point}: reads go on, and nothing is there");
    }
    assert_eq!(append(&journal, &event("failing", 10)).unwrap().seq, 3);
}

#[test]
fn a_sync_that_failed_after_the_commit_is_settled() {
    let dir = super::kit::folder(20);
    let path = dir.path().join("j.db");
    let journal = open(&path, "settled").unwrap();
    fill(&journal, 2);
    fail::arm("settled", "append.synced", fail::FailAction::Error, 0);
    let event = event("settled", 3);
    let entry = append(&journal, &event).expect("it is in the file, and the log was carried over");
    assert_eq!(
        std::fs::metadata(path.with_extension("db-wal")).unwrap().len(),
        0,
        "nothing is left in the log"
    );
    let head = journal.head().wait().unwrap();
    assert_eq!(journal.append(&event, head).wait(), Ok(Append::Appended(Box::new(entry))), "and there once");
    assert_eq!(all(&journal).len(), 3);
}

#[test]
fn an_outcome_that_stays_unknown_says_so() {
    let dir = super::kit::folder(20);
    let path = dir.path().join("j.db");
    let journal = open(&path, "unknown").unwrap();
    fill(&journal, 2);
    // Another program reads an old state, so that the log cannot be carried over.
    let reader = rusqlite::Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM events;").unwrap();
    fail::arm("unknown", "append.synced", fail::FailAction::Error, 0);
    let event = event("unknown", 3);
    let answer = append(&journal, &event);
    assert!(matches!(answer, Err(JournalError::OutcomeUnknown { id, .. }) if id == event.id), "{answer:?}");
    let answer = append(&journal, &event);
    assert!(
        matches!(answer, Err(JournalError::NotRecorded { .. })),
        "nothing before the log is carried over: {answer:?}"
    );
    drop(reader);
    assert_eq!(append(&journal, &event).unwrap().seq, 3);
    let mut rest = String::new();
    std::fs::File::open(path.with_extension("db-head")).unwrap().read_to_string(&mut rest).unwrap();
    assert!(rest.contains(" 3:"), "{rest}");
}
