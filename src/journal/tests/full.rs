//! Disks that are full: "NOT recorded", reads go on, and it works again once there is room.

use std::{fs, path::Path, process::Command};

use super::kit::{Env, acknowledge, acknowledged, all, append, event, none_lost, open, process, tell, told};
use crate::JournalError;

const CHILD: &str = "tests::full::child";

/// In a process of its own, with a limit on file sizes: appends until it is refused.
#[test]
fn child() {
    let Ok(path) = std::env::var("GONOGO_TEST_FULL") else { return };
    let journal = open(path.as_ref(), "full").unwrap();
    for n in 0.. {
        match append(&journal, &event("full", n)) {
            Ok(entry) => acknowledge(&entry),
            Err(why) => {
                tell(&format!("refused {}", matches!(why, JournalError::NotRecorded { .. })));
                tell(&format!("read {}", all(&journal).len()));
                return;
            }
        }
    }
}

#[test]
fn a_file_that_may_not_grow_refuses() {
    let dir = super::kit::folder(20);
    let path = dir.path().join("journal.db");
    let env = Env::from([("GONOGO_TEST_FULL", path.display().to_string())]);
    let inner = process(CHILD, &env);
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 600; exec \"$@\"", "sh"])
        .arg(inner.get_program())
        .args(inner.get_args());
    limited.envs(&env).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = limited.spawn().unwrap();
    let lines: Vec<String> = told(&mut child).collect();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let acks: Vec<_> = lines.iter().filter_map(|it| acknowledged(it)).collect();
    assert!(acks.len() > 10, "{lines:?}");
    assert!(lines.contains(&"refused true".to_owned()), "{lines:?}");
    assert!(lines.contains(&format!("read {}", acks.len())), "{lines:?}");
    let journal = open(&path, "full").unwrap();
    none_lost(&all(&journal), &acks);
    append(&journal, &event("full", 0)).unwrap();
}

struct Mounted<'a>(&'a Path);

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_refuses_until_there_is_room() {
    let dir = super::kit::folder(20);
    let mount = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs"])
        .arg(dir.path())
        .output();
    if !mount.is_ok_and(|it| it.status.success()) {
        super::kit::say(
            "*** NOT RUN: a_full_disk_refuses_until_there_is_room: no right to mount a file system here ***",
        );
        return;
    }
    let _mounted = Mounted(dir.path());
    let ballast = dir.path().join("ballast");
    fs::write(&ballast, vec![0; 300_000]).unwrap();
    let path = dir.path().join("journal.db");
    let journal = open(&path, "full").unwrap();
    let mut acks = Vec::new();
    let refused = loop {
        match append(&journal, &event("full", 0)) {
            Ok(entry) => acks.push((entry.head(), entry.id)),
            Err(why) => break why,
        }
    };
    assert!(matches!(refused, JournalError::NotRecorded { .. }), "{refused:?}");
    none_lost(&all(&journal), &acks);
    assert_eq!(all(&journal).len(), acks.len());
    fs::remove_file(&ballast).unwrap();
    let entry = append(&journal, &event("full", 1)).expect("there is room again");
    assert_eq!(entry.seq, acks.len() as u64 + 1);
    super::kit::close(&journal);
    drop(journal);
    assert_eq!(all(&open(&path, "full").unwrap()).len(), acks.len() + 1);
}
