//! Damage: every change of what was recorded is noticed or harmless; nothing is repaired, nothing overwritten.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use super::kit::{Random, all, ann, at, close, fill, open, open_with};
use crate::{
    Access, ClockMark, Correction, Entry, Journal, JournalError, OpenOptions, RecordedMoment, read_export,
};

/// All that a journal holds.
#[derive(Debug, PartialEq)]
struct Content {
    entries: Vec<Entry>,
    recorded: Vec<RecordedMoment>,
    mark: ClockMark,
}

fn content(journal: &Journal) -> Result<Content, JournalError> {
    journal.verify(None).wait()?;
    Ok(Content {
        entries: journal.read_since(0).wait()?,
        recorded: journal.observations_between(at(0), at(9_999)).wait()?,
        mark: journal.clock().wait()?,
    })
}

/// Two launches with entries, observations, a mark and a correction.
fn build(path: &Path) -> Journal {
    let other = open(path, "other").unwrap();
    fill(&other, 4);
    let journal = open(path, "one").unwrap();
    fill(&journal, 12);
    super::observed::record_a_day(&journal);
    journal.note_clock(at(50), None).wait().unwrap();
    let correction = Correction { at: at(40), to: at(40), by: ann(), reason: "ran ahead".into() };
    journal.correct_clock(correction).wait().unwrap();
    fill(&journal, 1);
    close(&other);
    journal
}

fn copy_all(from: &Path, to: &Path) {
    for suffix in ["", "-wal", "-head"] {
        let name = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        if name(from).exists() {
            fs::copy(name(from), name(to)).unwrap();
        }
    }
}

/// Flips bytes of one of the files, one at a time.
fn flips(suffix: &str, count: usize, random: &mut Random) {
    let dir = super::kit::folder(20);
    let source = dir.path().join("source.db");
    let journal = build(&source);
    let other = open(&source, "other").unwrap();
    let whole = (content(&journal).unwrap(), content(&other).unwrap());
    close(&other);
    if suffix.is_empty() {
        close(&journal);
    }
    let (mut noticed, mut harmless) = (0, 0);
    for round in 0..=count {
        // A folder for each: a journal that is still being closed removes its log by name.
        let folder = tempfile::tempdir_in(dir.path()).unwrap();
        let target = folder.path().join("journal.db");
        copy_all(&source, &target);
        let victim = PathBuf::from(format!("{}{suffix}", target.display()));
        let mut bytes = fs::read(&victim).unwrap();
        let at = random.below(bytes.len());
        // The first round changes nothing: what is noticed later is the change, not the copying.
        bytes[at] ^= if round == 0 { 0 } else { u8::try_from(1 + random.below(255)).unwrap() };
        fs::write(&victim, &bytes).unwrap();
        let before = fs::read(&target).unwrap();
        match open(&target, "one") {
            Err(why) => {
                assert!(round > 0, "{why}");
                noticed += 1;
                assert_eq!(fs::read(&victim).unwrap(), bytes, "byte {at}: what is damaged is left as it is");
                assert_eq!(fs::read(&target).unwrap(), before, "byte {at}");
            }
            Ok(opened) => {
                match open(&target, "other").and_then(|other| Ok((content(&opened)?, content(&other)?))) {
                    Err(why) => {
                        assert!(round > 0, "{why}");
                        noticed += 1;
                    }
                    Ok(found) => {
                        assert_eq!(found, whole, "byte {at} of `{suffix}`: altered and not noticed");
                        harmless += 1;
                    }
                }
            }
        }
    }
    super::kit::say(&format!("`{suffix}`: {noticed} noticed, {harmless} harmless"));
    assert!(noticed > 0);
}

#[test]
fn every_flipped_byte_of_the_file_is_noticed_or_harmless() {
    flips("", 1_000, &mut Random::new("every_flipped_byte_of_the_file_is_noticed_or_harmless"));
}

#[test]
fn every_flipped_byte_of_the_log_is_noticed_or_harmless() {
    flips("-wal", 200, &mut Random::new("every_flipped_byte_of_the_log_is_noticed_or_harmless"));
}

#[test]
fn a_cut_file_is_noticed() {
    let dir = super::kit::folder(20);
    let path = dir.path().join("journal.db");
    let journal = build(&path);
    close(&journal);
    let bytes = fs::read(&path).unwrap();
    for cut in (0..bytes.len()).step_by(1_111) {
        fs::write(&path, &bytes[..cut]).unwrap();
        open(&path, "one").expect_err("a cut file");
        assert_eq!(fs::read(&path).unwrap(), bytes[..cut]);
    }
}

/// Changes the database behind the journal's back, as somebody would who has the file; triggers stand aside.
fn tamper(path: &Path, sql: &str) {
    let db = Connection::open(path).unwrap();
    let mut triggers = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
    let triggers: Vec<(String, String)> = triggers
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for (name, _) in &triggers {
        db.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    db.pragma_update(None, "foreign_keys", "OFF").unwrap();
    db.execute_batch(sql).unwrap();
    for (_, sql) in &triggers {
        db.execute_batch(sql).unwrap();
    }
}

#[test]
fn a_change_of_any_column_breaks_the_chain_there() {
    let entry = |set: &str| format!("UPDATE events SET {set} WHERE launch = 'one' AND seq = 5");
    let head = |set: &str| format!("UPDATE launches SET {set} WHERE launch = 'one'");
    let cases: Vec<(String, Option<u64>)> = vec![
        (entry("launch = 'three'"), Some(5)),
        (entry("seq = 99"), Some(5)),
        (entry("id = randomblob(16)"), Some(5)),
        (entry("prev_hash = randomblob(32)"), Some(5)),
        (entry("hash = randomblob(32)"), Some(5)),
        (entry("stored = CAST(replace(CAST(stored AS TEXT), 'note', 'vote') AS BLOB)"), Some(5)),
        (entry("stored = CAST(CAST(stored AS TEXT) || ' ' AS BLOB)"), Some(5)),
        ("DELETE FROM events WHERE launch = 'one' AND seq = 5".into(), Some(5)),
        ("DELETE FROM events WHERE launch = 'one' AND seq = 13".into(), Some(13)),
        // Seen by the witness first: the newest entry is gone.
        ("DELETE FROM events WHERE launch = 'one'".into(), Some(13)),
        (head("seq = 12"), Some(13)),
        (head("hash = randomblob(32)"), Some(13)),
        (head("launch = 'three'"), None),
        ("DELETE FROM launches WHERE launch = 'one'".into(), None),
        ("UPDATE marks SET high_water = high_water - 1".into(), None),
        ("UPDATE marks SET checksum = x'00'".into(), None),
        ("UPDATE corrections SET n = 2".into(), None),
        ("UPDATE corrections SET body = x'7b7d'".into(), None),
    ];
    for (sql, seq) in cases {
        let dir = super::kit::folder(20);
        let path = dir.path().join("journal.db");
        close(&build(&path));
        tamper(&path, &sql);
        for access in [Access::Write, Access::Read] {
            match open_with(&path, OpenOptions::new("one").access(access)) {
                Err(JournalError::Broken { seq: found, .. }) => {
                    assert!(seq.is_none() || found == seq, "{sql}: at {found:?}");
                }
                other => panic!("{sql}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_change_of_any_observation_is_noticed() {
    for set in [
        "launch = 'three'",
        "row = 999",
        "source = 'linear'",
        "wall = wall + 1",
        "boot = boot + 1",
        "boot = NULL",
        "kind = 'target'",
        "subject = 'qa/other'",
        "body = replace(CAST(body AS TEXT), 'same', 'sane')",
        "checksum = x''",
    ] {
        let dir = super::kit::folder(20);
        let path = dir.path().join("journal.db");
        close(&build(&path));
        let set = set.replace(
            "body = replace(CAST(body AS TEXT), 'same', 'sane')",
            "body = CAST(replace(CAST(body AS TEXT), 'same', 'sane') AS BLOB)",
        );
        tamper(&path, &format!("UPDATE observations SET {set} WHERE launch = 'one' AND row = 1"));
        let journal = open(&path, "one").expect("the chain is whole");
        let read = journal.observations_between(at(0), at(9_999)).wait();
        assert!(matches!(read, Err(JournalError::Broken { .. })), "{set}: {read:?}");
        assert_eq!(all(&journal).len(), 13);
    }
}

#[test]
fn the_tables_themselves_refuse_changes() {
    let dir = super::kit::folder(20);
    let path = dir.path().join("journal.db");
    close(&build(&path));
    let db = Connection::open(&path).unwrap();
    for sql in [
        "UPDATE events SET stored = x'00'",
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events SELECT launch, seq, id, prev_hash, hash, x'00' FROM events",
        "REPLACE INTO events SELECT launch, seq + 1000, id, prev_hash, hash, stored FROM events",
        "UPDATE launches SET seq = seq - 1",
        "UPDATE launches SET launch = 'x'",
        "DELETE FROM launches",
        "REPLACE INTO launches SELECT launch, 1, hash FROM launches",
        "UPDATE corrections SET body = x'00'",
        "DELETE FROM corrections",
    ] {
        let refused = db.execute_batch(sql).expect_err(sql).to_string();
        assert!(refused.contains("append-only") || refused.contains("only advance"), "{sql}: {refused}");
    }
    db.execute_batch("DROP TRIGGER events_stay").unwrap();
    assert!(matches!(open(&path, "one"), Err(JournalError::Broken { .. })), "a missing trigger is noticed");
}

#[test]
fn what_is_left_can_be_salvaged() {
    let dir = super::kit::folder(20);
    let path = dir.path().join("journal.db");
    close(&build(&path));
    tamper(
        &path,
        "UPDATE events SET stored = x'ff1b' WHERE launch = 'one' AND seq = 5; DELETE FROM events WHERE launch = 'one' AND seq = 7",
    );
    let journal = open_with(&path, OpenOptions::new("one").access(Access::Salvage)).unwrap();
    let export = journal.export().wait().unwrap();
    let text = String::from_utf8(export.clone()).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(lines.iter().filter(|it| it["whole"] == true).count(), 11);
    assert_eq!(lines.iter().filter(|it| it["whole"] == false).count(), 1);
    assert_eq!(lines.iter().filter(|it| it["lost"].is_string()).count(), 1);
    assert!(!text.contains('\u{1b}'));
    assert!(read_export(&export).is_err(), "what was salvaged is never taken for whole");
    assert_eq!(journal.read_since(0).wait(), Err(JournalError::ReadOnly));
}

/// Whoever watches hears that the journal cannot be read, and that it can be again.
#[test]
fn what_can_not_be_read_for_a_while_is_told() {
    let dir = super::kit::folder(20);
    let path = dir.path().join("journal.db");
    let options = OpenOptions { without_wal: true, ..OpenOptions::new("one") };
    let journal = open_with(&path, options).unwrap();
    fill(&journal, 2);
    let mut watch = journal.watch();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut sees = |offline: bool| {
        runtime.block_on(async {
            let wait = watch.wait_for(|seen| seen.offline.is_some() == offline);
            tokio::time::timeout(std::time::Duration::from_secs(20), wait).await.map(|it| it.unwrap().clone())
        })
    };
    // Without a log, whoever writes keeps readers out.
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let seen = sees(true).expect("it is told");
    assert_eq!((seen.broken, seen.head.seq), (None, 2));
    other.execute_batch("COMMIT").unwrap();
    let seen = sees(false).expect("it is read again");
    assert_eq!((seen.broken, seen.head.seq), (None, 2));
}

#[test]
fn damage_that_appears_while_open_is_noticed_and_stays() {
    let dir = super::kit::folder(20);
    let path = dir.path().join("journal.db");
    let journal = build(&path);
    let mut watch = journal.watch();
    tamper(
        &path,
        "DELETE FROM events WHERE launch = 'one' AND seq = 13; UPDATE launches SET seq = 12, hash = (SELECT hash FROM events WHERE launch = 'one' AND seq = 12) WHERE launch = 'one'",
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let broken = runtime.block_on(async {
        let wait = watch.wait_for(|seen| seen.broken.is_some());
        tokio::time::timeout(std::time::Duration::from_secs(20), wait)
            .await
            .map(|it| it.unwrap().broken.clone())
    });
    assert!(matches!(
        broken.expect("a cut tail shows while somebody watches"),
        Some(JournalError::Broken { seq: Some(13), .. })
    ));
    assert!(matches!(journal.head().wait(), Err(JournalError::Broken { .. })));
}
