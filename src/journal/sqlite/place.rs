//! Where the file is, and whether that is a safe place.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use crate::{
    Access, Head, JournalError,
    chain::{Hash, hex},
    observed::checksum,
};

/// A journal's file, its folder resolved.
#[derive(Clone, Debug)]
pub(super) struct JournalFile {
    pub(super) path: PathBuf,
    /// The file system's name when it is one over a network.
    pub(super) network: Option<&'static str>,
    pub(super) exists: bool,
}

/// The newest head that was acknowledged from this file, kept beside it: a log that was cut, or a file that was set
/// back, no longer holds it. It is written after the commit and never ahead of it, without a sync of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Witness {
    /// Tells which launch.
    pub(super) genesis: Hash,
    pub(super) head: Head,
}

impl JournalFile {
    /// Resolves the folder, makes it (0700) when it is missing and may be made, and checks what is there.
    pub(super) fn find(path: &Path, access: Access) -> Result<Self, JournalError> {
        let place = path.display().to_string();
        let refuse = |why: &str| JournalError::Unsafe { place: place.clone(), why: why.into() };
        let name = path.file_name().ok_or_else(|| refuse("it names no file"))?;
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.exists() {
            if !access.writes() {
                return Err(JournalError::Missing { place });
            }
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(|why| JournalError::NotWritable { place: place.clone(), why: why.to_string() })?;
        }
        let folder = folder.canonicalize().map_err(JournalError::unreadable)?;
        let open_to_all = fs::metadata(&folder).map_err(JournalError::unreadable)?.mode() & 0o1002 == 0o002;
        if open_to_all {
            return Err(refuse("everybody may replace files in its folder"));
        }
        let path = folder.join(name);
        for beside in ["-wal", "-shm", "-journal", "-head"] {
            if fs::symlink_metadata(with_suffix(&path, beside)).is_ok_and(|it| !it.is_file()) {
                return Err(refuse(&format!("{beside} beside it is a link or no regular file")));
            }
        }
        let exists = match fs::symlink_metadata(&path) {
            Ok(it) if it.is_symlink() => return Err(refuse("it is a symbolic link")),
            Ok(it) if !it.is_file() => return Err(refuse("it is not a regular file")),
            Ok(it) if it.mode() & 0o002 != 0 => return Err(refuse("everybody may write to it")),
            Ok(_) => true,
            Err(why) if why.kind() == io::ErrorKind::NotFound => false,
            Err(why) => return Err(JournalError::unreadable(why)),
        };
        Ok(Self { network: network(&folder), path, exists })
    }

    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }

    pub(super) fn beside(&self, suffix: &str) -> PathBuf {
        with_suffix(&self.path, suffix)
    }

    /// Device and inode of what the path leads to now.
    pub(super) fn identity(&self) -> Option<(u64, u64)> {
        fs::symlink_metadata(&self.path).ok().map(|it| (it.dev(), it.ino()))
    }

    /// The lease on recording observations of a launch; `None`: another program has it. It ends with the program.
    pub(super) fn lease(&self, launch: &str) -> io::Result<Option<File>> {
        let name = Head::genesis(launch).hash.to_hex();
        let path = self.beside(&format!("-recorder-{}", name.get(..8).unwrap_or_default()));
        let file =
            OpenOptions::new().create(true).append(true).mode(0o600).custom_flags(NO_FOLLOW).open(path)?;
        match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(file)),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(why) => Err(why.into()),
        }
    }

    /// Makes a change of the folder durable.
    pub(super) fn sync_folder(&self) -> io::Result<()> {
        File::open(self.folder())?.sync_all()
    }

    /// The witness, if there is a whole one. A torn one says nothing.
    pub(super) fn witness(&self) -> Option<Witness> {
        let mut text = String::new();
        File::open(self.beside("-head")).ok()?.take(1_000).read_to_string(&mut text).ok()?;
        let mut words = text.split_whitespace();
        let (genesis, head, sum) = (words.next()?, words.next()?, words.next()?);
        let witness = Witness { genesis: genesis.parse().ok()?, head: head.parse().ok()? };
        (sum == witness.sum() && words.next().is_none()).then_some(witness)
    }

    /// Writes the witness, unless a later one of the same launch is there: it is never set back, neither by an entry that was
    /// found again nor by the slower of two programs. That it fails is no failure of what it witnesses.
    pub(super) fn bear(&self, witness: Witness) {
        let text = format!("{} {} {}\n", witness.genesis, witness.head, witness.sum());
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(NO_FOLLOW)
            .open(self.beside("-head"));
        let Ok(mut file) = file else { return };
        // Held by others for as long as one small write takes; whoever does not get it leaves an older witness, and no wrong one.
        // Where files have no locks there is one program at a time, or a witness that is written over.
        let lock = || rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive);
        let held = (0..LOCK_ATTEMPTS).any(|_| {
            let free = lock() != Err(rustix::io::Errno::WOULDBLOCK);
            if !free {
                std::thread::yield_now();
            }
            free
        });
        if !held {
            return;
        }
        let later = |it: Witness| it.genesis == witness.genesis && it.head.seq >= witness.head.seq;
        if self.witness().is_some_and(later) {
            return;
        }
        // One write over the old text of the same or a smaller length: a reader sees the old, the new, or a torn one.
        let _ = file.write_all(text.as_bytes()).and_then(|()| file.set_len(text.len() as u64));
    }
}

/// How often the lock of the witness is tried.
const LOCK_ATTEMPTS: u32 = 200;

#[expect(clippy::cast_possible_wrap, reason = "flag bits as the system call takes them")]
const NO_FOLLOW: i32 = rustix::fs::OFlags::NOFOLLOW.bits() as i32;

impl Witness {
    fn sum(&self) -> String {
        let parts = [self.genesis.bytes(), &self.head.seq.to_be_bytes()[..], self.head.hash.bytes()];
        hex(&checksum(&parts))
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The name of a file system without reliable locks or shared memory between machines.
#[cfg(target_os = "linux")]
fn network(folder: &Path) -> Option<&'static str> {
    #[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "a magic number of 32 bits")]
    rustix::fs::statfs(folder).ok().and_then(|it| name_of(it.f_type as u32))
}

/// Not known here: the user can say so with [`crate::OpenOptions::without_wal`].
#[cfg(not(target_os = "linux"))]
fn network(_: &Path) -> Option<&'static str> {
    None
}

#[cfg(any(target_os = "linux", test))]
fn name_of(magic: u32) -> Option<&'static str> {
    Some(match magic {
        0x6969 => "NFS",
        0x517b => "SMB",
        0xff53_4d42 => "CIFS",
        0xfe53_4d42 => "SMB2",
        0x0102_1997 => "9P",
        0x6573_5546 => "FUSE",
        0x5346_414f => "AFS",
        0x6b41_4653 => "kAFS",
        0x7375_7245 => "Coda",
        0x00c3_6400 => "Ceph",
        0x0bd0_0bd0 => "Lustre",
        0x0116_1970 => "GFS2",
        0x7461_636f => "OCFS2",
        0x1983_0326 => "FhGFS",
        0x564c => "NCP",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_known_and_usual_ones_are_not() {
        for (magic, name) in [(0x6969, Some("NFS")), (0xff53_4d42, Some("CIFS")), (0x6573_5546, Some("FUSE"))]
        {
            assert_eq!(name_of(magic), name);
        }
        // ext4, btrfs, xfs, tmpfs, overlay, zfs.
        for local in [0xef53, 0x9123_683e, 0x5846_5342, 0x0102_1994, 0x794c_7630, 0x2fc1_2fc1] {
            assert_eq!(name_of(local), None);
        }
    }

    #[test]
    fn a_witness_is_never_set_back() {
        let dir = tempfile::tempdir().unwrap();
        let place = JournalFile::find(&dir.path().join("j.db"), Access::Write).unwrap();
        let of = |seq| Witness {
            genesis: Head::genesis("one").hash,
            head: Head { seq, hash: Head::genesis("x").hash },
        };
        place.bear(of(6));
        place.bear(of(3));
        assert_eq!(place.witness(), Some(of(6)), "an act that was tried again in a new process");
        std::thread::scope(|scope| {
            for start in [7, 8] {
                let place = &place;
                scope.spawn(move || (0..200).for_each(|n| place.bear(of(start + 2 * n))));
            }
        });
        place.bear(of(406));
        assert_eq!(place.witness(), Some(of(406)), "whoever of two was slower");
    }

    #[test]
    fn a_torn_witness_says_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let place = JournalFile::find(&dir.path().join("j.db"), Access::Write).unwrap();
        assert_eq!(place.witness(), None);
        let mut last = None;
        // The third is of another launch: of the same one it would set the witness back.
        for (launch, seq) in [("one", 1), ("one", 10), ("two", 9)] {
            let genesis = Head::genesis(launch);
            let witness =
                Witness { genesis: genesis.hash, head: Head { seq, hash: Head::genesis("x").hash } };
            place.bear(witness);
            last = Some(witness);
            assert_eq!(place.witness(), last, "a shorter one leaves nothing of a longer one behind");
        }
        let text = fs::read(place.beside("-head")).unwrap();
        for at in 0..text.len() {
            let mut torn = text.clone();
            torn[at] ^= 1;
            fs::write(place.beside("-head"), &torn).unwrap();
            assert!(place.witness().is_none_or(|it| Some(it) == last), "byte {at}");
        }
    }
}
