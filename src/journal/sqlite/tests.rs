//! Upgrades of the layout, with a made-up next layout.

use std::{path::Path, process::Command};

use rusqlite::Connection;

use super::{place::JournalFile, schema};
use crate::{Access, Journal, JournalError, Location, OpenOptions, fail};

const NEXT: &str = "ALTER TABLE launches ADD COLUMN note TEXT";
const CHILD: &str = "sqlite::tests::child";

fn steps() -> Vec<&'static str> {
    [schema::STEPS, &[NEXT]].concat()
}

fn version(path: &Path) -> i64 {
    Connection::open(path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

fn build(path: &Path) {
    let journal = Journal::open(&Location::File(path.into()), OpenOptions::new("one")).unwrap();
    journal.close().wait().unwrap();
}

fn upgrade(path: &Path, launch: &str) -> Result<(), JournalError> {
    let place = JournalFile::find(path, Access::Write)?;
    let mut connection = Connection::open(path).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(20)).unwrap();
    schema::migrate(&mut connection, &place, &steps(), launch)
}

fn copies(path: &Path) -> usize {
    let files = std::fs::read_dir(path.parent().unwrap()).unwrap();
    files.filter(|it| it.as_ref().unwrap().file_name().to_string_lossy().contains("-layout-1")).count()
}

#[test]
fn an_upgrade_copies_first_and_happens_once() {
    let dir = crate::tests::kit::folder(20);
    let path = dir.path().join("journal.db");
    build(&path);
    std::thread::scope(|scope| {
        let both = [scope.spawn(|| upgrade(&path, "first")), scope.spawn(|| upgrade(&path, "second"))];
        for one in both {
            one.join().unwrap().unwrap();
        }
    });
    upgrade(&path, "again").unwrap();
    assert_eq!((version(&path), copies(&path)), (2, 1));
    let copy = dir.path().join("journal.db-layout-1");
    assert_eq!(version(&copy), 1, "the copy is from before");
    // This program knows layout 1 alone, so both are what they seem.
    assert!(matches!(
        Journal::open(&Location::File(path), OpenOptions::new("one")),
        Err(JournalError::Newer { found: 2, known: 1, .. })
    ));
    Journal::open(&Location::File(copy), OpenOptions::new("one")).unwrap();
}

/// In a process of its own: an upgrade that is killed at a point.
#[test]
fn child() {
    let (Ok(path), Ok(point)) = (std::env::var("GONOGO_TEST_UPGRADE"), std::env::var("GONOGO_TEST_POINT"))
    else {
        return;
    };
    fail::arm("killed", &point, fail::FailAction::Kill, 0);
    upgrade(path.as_ref(), "killed").unwrap();
}

#[test]
fn an_upgrade_that_is_killed_can_be_done_again() {
    for point in ["migrate.backup", "migrate.step", "migrate.commit"] {
        let dir = crate::tests::kit::folder(20);
        let path = dir.path().join("journal.db");
        build(&path);
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([CHILD, "--exact"]).env("GONOGO_TEST_UPGRADE", &path).env("GONOGO_TEST_POINT", point);
        assert!(!command.output().unwrap().status.success(), "{point}: it was to be killed");
        assert_eq!(version(&path), 1, "{point}: all or nothing");
        upgrade(&path, "after").unwrap();
        assert_eq!((version(&path), copies(&path)), (2, 1), "{point}");
    }
}
