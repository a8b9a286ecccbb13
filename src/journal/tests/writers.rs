//! Eight programs at one journal: one total order, nothing lost, nothing doubled.

use super::kit::{Env, acknowledge, acknowledged, all, append, event, long, none_lost, process, told};
use crate::{Journal, JournalError, OpenOptions};

const CHILD: &str = "tests::writers::child";

/// In a process of its own: appends and tells of each acknowledgement.
#[test]
fn child() {
    let Ok(location) = std::env::var("GONOGO_TEST_WRITER") else { return };
    let count: u64 = std::env::var("GONOGO_TEST_COUNT").unwrap().parse().unwrap();
    let journal = Journal::open(&location.parse().unwrap(), OpenOptions::new("writers")).unwrap();
    for n in 0..count {
        let event = event("writers", n);
        // On a busy machine one may wait too long for its turn: that entry is not recorded, and tried again.
        let entry = loop {
            match append(&journal, &event) {
                Ok(entry) => break entry,
                Err(JournalError::NotRecorded { .. }) => {}
                Err(why) => panic!("{why:?}"),
            }
        };
        acknowledge(&entry);
    }
}

#[test]
fn eight_programs_make_one_chain() {
    let dir = super::kit::folder(20);
    // Nobody makes the file first: they also race for that.
    eight_programs_at(dir.path().join("journal.db").to_str().unwrap(), if long() { 5_000 } else { 40 });
}

/// Each of eight programs appends `count` events there.
pub(super) fn eight_programs_at(location: &str, count: usize) {
    let env =
        Env::from([("GONOGO_TEST_WRITER", location.to_owned()), ("GONOGO_TEST_COUNT", count.to_string())]);
    let mut children: Vec<_> = (0..8).map(|_| process(CHILD, &env).spawn().unwrap()).collect();
    let readers: Vec<_> = children.iter_mut().map(told).collect();
    let readers: Vec<_> = readers
        .into_iter()
        .map(|lines| std::thread::spawn(|| lines.filter_map(|it| acknowledged(&it)).collect::<Vec<_>>()))
        .collect();
    let acks: Vec<Vec<_>> = readers.into_iter().map(|it| it.join().unwrap()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let entries = all(&Journal::open(&location.parse().unwrap(), OpenOptions::new("writers")).unwrap());
    assert_eq!(entries.len(), 8 * count);
    for writer in &acks {
        assert_eq!(writer.len(), count);
        assert!(writer.is_sorted_by(|one, two| one.0.seq < two.0.seq), "a writer's own order");
        none_lost(&entries, writer);
    }
}

/// A file at rest is looked at every five seconds; that it changed is told at once.
#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::disallowed_methods, reason = "how long it takes is the question")]
fn a_journal_at_rest_is_told_what_others_write() {
    use std::time::{Duration, Instant};
    let dir = super::kit::folder(20);
    let path = dir.path().join("journal.db");
    let open = || Journal::open(&path.to_str().unwrap().parse().unwrap(), OpenOptions::new("rest")).unwrap();
    let (one, two) = (open(), open());
    let mut watch = two.watch();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    // So long nothing happens that it no longer looks by itself.
    assert!(runtime.block_on(async {
        let news = watch.wait_for(|seen| seen.head.seq > 0);
        tokio::time::timeout(Duration::from_secs(2), news).await.is_err()
    }));
    let begun = Instant::now();
    let head = append(&one, &event("rest", 1)).unwrap().head();
    runtime.block_on(async {
        let news = watch.wait_for(|seen| seen.head == head);
        tokio::time::timeout(Duration::from_secs(20), news).await.unwrap().unwrap();
    });
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}
