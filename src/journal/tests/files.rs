//! The file and its place: who may read it, what is refused, what is never touched.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
};

use super::kit::{Env, all, append, close, event, fill, open, open_with, process, tell, told};
use crate::{Access, Journal, JournalError, OpenOptions};

fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = super::kit::folder(20);
    let path = dir.path().join("journal.db");
    (dir, path)
}

fn view(path: &Path, launch: &str) -> Result<Journal, JournalError> {
    open_with(path, OpenOptions::new(launch).access(Access::Read))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

/// Opening fails with this, and leaves every byte as it was.
fn refused(path: &Path, expected: impl Fn(&JournalError) -> bool) {
    let before = fs::read(path).ok();
    for access in [Access::Write, Access::Read] {
        let why = open_with(path, OpenOptions::new("one").access(access)).expect_err("must be refused");
        assert!(expected(&why), "{why:?}");
        assert_eq!(fs::read(path).ok(), before, "nothing is overwritten");
    }
}

#[test]
fn only_the_user_may_read_it() {
    let (dir, _) = place();
    let path = dir.path().join("a/b/journal.db");
    let journal = open(&path, "one").unwrap();
    fill(&journal, 1);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(path.parent().unwrap().parent().unwrap()), 0o700);
    let files: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|it| it.unwrap().path()).collect();
    assert!(files.len() >= 4, "file, log, index, witness: {files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn links_and_open_places_are_refused() {
    let is_unsafe = |why: &JournalError| matches!(why, JournalError::Unsafe { .. });
    let (dir, path) = place();
    close(&open(&path, "one").unwrap());
    let link = dir.path().join("link.db");
    symlink(&path, &link).unwrap();
    refused(&link, is_unsafe);
    let dangling = dir.path().join("dangling.db");
    symlink(dir.path().join("elsewhere.db"), &dangling).unwrap();
    refused(&dangling, is_unsafe);
    assert!(!dir.path().join("elsewhere.db").exists());
    refused(dir.path(), is_unsafe);
    let log = dir.path().join("journal.db-wal");
    let _ = fs::remove_file(&log);
    symlink("/dev/null", &log).unwrap();
    refused(&path, is_unsafe);
    fs::remove_file(&log).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    refused(&path, is_unsafe);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let open_folder = dir.path().join("open");
    fs::create_dir(&open_folder).unwrap();
    fs::set_permissions(&open_folder, fs::Permissions::from_mode(0o777)).unwrap();
    refused(&open_folder.join("journal.db"), is_unsafe);
    open(&path, "one").unwrap();
}

#[test]
fn a_linked_folder_is_followed() {
    let (dir, path) = place();
    close(&open(&path, "one").unwrap());
    let link = dir.path().join("home");
    symlink(dir.path(), &link).unwrap();
    open(&link.join("journal.db"), "one").unwrap();
}

#[test]
fn foreign_and_newer_files_are_left_alone() {
    let (dir, path) = place();
    let is_foreign = |why: &JournalError| matches!(why, JournalError::Foreign { .. });
    for (name, content) in
        [("text", b"to do: buy milk\n".repeat(100)), ("empty", Vec::new()), ("short", vec![7; 10])]
    {
        fs::write(dir.path().join(name), content).unwrap();
        refused(&dir.path().join(name), is_foreign);
    }
    let other = dir.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    refused(&other, is_foreign);
    close(&open(&path, "one").unwrap());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 2).unwrap();
    refused(&path, |why| matches!(why, JournalError::Newer { found: 2, known: 1, .. }));
}

#[test]
fn a_view_makes_nothing() {
    let (dir, path) = place();
    assert!(matches!(view(&path, "one"), Err(JournalError::Missing { .. })));
    assert!(matches!(view(&dir.path().join("no/such/folder.db"), "one"), Err(JournalError::Missing { .. })));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_set_back_or_lost_file_is_noticed() {
    let is_broken = |why: &JournalError| matches!(why, JournalError::Broken { .. });
    let (dir, path) = place();
    let journal = open(&path, "one").unwrap();
    fill(&journal, 2);
    close(&journal);
    let older = fs::read(&path).unwrap();
    let journal = open(&path, "one").unwrap();
    fill(&journal, 2);
    close(&journal);
    fs::write(&path, &older).unwrap();
    refused(&path, |why| matches!(why, JournalError::Broken { seq: Some(4), .. }));
    // Another launch in the same file is warned as well.
    assert!(matches!(open(&path, "two"), Err(JournalError::Broken { .. })));
    let gone = fs::read(&path).map(|_| fs::remove_file(&path).unwrap());
    gone.unwrap();
    assert!(is_broken(&open(&path, "one").unwrap_err()));
    assert!(!path.exists(), "no new journal takes the place of a lost one");
    fs::remove_file(dir.path().join("journal.db-head")).unwrap();
    assert_eq!(all(&open(&path, "one").unwrap()), [], "on purpose, it begins anew");
}

#[test]
fn a_file_that_is_replaced_while_open_takes_no_entries() {
    let (dir, path) = place();
    let journal = open(&path, "one").unwrap();
    fill(&journal, 1);
    fs::rename(&path, dir.path().join("moved.db")).unwrap();
    let head = journal.watch().borrow().head;
    let answer = journal.append(&event("one", 1), head).wait();
    assert!(matches!(answer, Err(JournalError::Broken { .. })), "{answer:?}");
    fs::rename(dir.path().join("moved.db"), &path).unwrap();
    let answer = append(&journal, &event("one", 1));
    assert!(matches!(answer, Err(JournalError::Broken { .. })), "distrust stays until it is opened anew");
    drop(journal);
    assert_eq!(all(&open(&path, "one").unwrap()).len(), 1);
}

#[test]
fn a_rollback_journal_works_where_a_log_can_not() {
    let (dir, path) = place();
    let options = || OpenOptions { without_wal: true, ..OpenOptions::new("one") };
    let (one, two) = (open_with(&path, options()).unwrap(), open_with(&path, options()).unwrap());
    fill(&one, 2);
    assert_eq!(append(&two, &event("one", 3)).unwrap().seq, 3);
    assert!(!dir.path().join("journal.db-wal").exists());
    close(&one);
    close(&two);
    // A file that had a log loses it, and gets one again.
    let journal = open(&path, "one").unwrap();
    assert_eq!(append(&journal, &event("one", 4)).unwrap().seq, 4);
    assert!(dir.path().join("journal.db-wal").exists());
    close(&journal);
    assert_eq!(all(&open_with(&path, options()).unwrap()).len(), 4);
    assert!(!dir.path().join("journal.db-wal").exists());
}

/// As another user: opens for writing and for reading, and tells what came of it.
#[test]
fn powerless_child() {
    let Ok(path) = std::env::var("GONOGO_TEST_POWERLESS") else { return };
    let path = Path::new(&path);
    let name = |it: Result<Journal, JournalError>| match it {
        Ok(journal) => format!("{}", all(&journal).len()),
        Err(JournalError::NotWritable { .. }) => "not-writable".into(),
        Err(JournalError::Missing { .. }) => "missing".into(),
        Err(why) => format!("{why:?}"),
    };
    tell(&format!("{} {}", name(open(path, "one")), name(view(path, "one"))));
}

/// Runs the child as a user whom permissions bind; root is bound by none.
fn powerless(path: &Path) -> String {
    let env = Env::from([("GONOGO_TEST_POWERLESS", path.display().to_string())]);
    let mut command = process("tests::files::powerless_child", &env);
    if rustix::process::getuid().is_root() {
        command.uid(65_534).gid(65_534);
    }
    let mut child = command.spawn().unwrap();
    let line = told(&mut child).next();
    let output = child.wait_with_output().unwrap();
    line.unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn what_can_not_be_written_can_be_viewed() {
    let (dir, path) = place();
    let journal = open(&path, "one").unwrap();
    fill(&journal, 3);
    close(&journal);
    let give = |path: &Path, mode: u32| {
        if rustix::process::getuid().is_root() {
            std::os::unix::fs::chown(path, Some(65_534), Some(65_534)).unwrap();
        }
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for name in ["journal.db", "journal.db-head"] {
        give(&dir.path().join(name), 0o600);
    }
    for (folder, file, expected) in [
        (0o500, 0o600, "not-writable 3"),
        (0o500, 0o400, "not-writable 3"),
        (0o700, 0o400, "not-writable 3"),
        (0o700, 0o600, "3 3"),
    ] {
        give(&path, file);
        give(dir.path(), folder);
        assert_eq!(powerless(&path), expected, "folder {folder:o}, file {file:o}");
    }
    fs::remove_file(&path).unwrap();
    fs::remove_file(dir.path().join("journal.db-head")).unwrap();
    give(dir.path(), 0o500);
    assert_eq!(powerless(&path), "not-writable missing");
    give(dir.path(), 0o700);
}
