//! Files that somebody else names: opened so that they can do no harm, and read no further than they are wanted.
//!
//! - Only regular files: nothing waits for the other end of a pipe, and no device is read or written.
//! - Every read has a cap, and what is over it is refused, not cut.
//! - What is written goes into a regular file under the very name that was given: never through a link, never over
//!   what is no file.

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

use std::{
    fs::File,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io::{self, Read, Write as _},
    path::Path,
};

/// What is done about a link where a file is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// What it leads to is meant.
    Follow,
    /// The path was resolved before, or must not lead elsewhere: refused.
    Refuse,
}

/// Why a file was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// In the words of the system.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A folder, a pipe, a socket or a device.
    #[error("it is not a regular file")]
    NotAFile,
    /// A link, where none is followed.
    #[error("it is a link")]
    Link,
    /// More than was wanted, in bytes.
    #[error("it has more than {0} bytes")]
    TooLarge(u64),
    /// Text was wanted.
    #[error("it is not text in UTF-8")]
    NotText,
}

impl FileError {
    /// Whether there is nothing of that name.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

/// Opens a regular file for reading, without waiting for anything.
///
/// # Errors
/// [`FileError`].
pub fn open(path: &Path, links: Links) -> Result<File, FileError> {
    let file = open_at_once(path, links)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(FileError::NotAFile) }
}

/// All bytes of a regular file, links followed.
///
/// # Errors
/// [`FileError`].
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    rest(open(path, Links::Follow)?, most)
}

/// All text of a regular file, links followed.
///
/// # Errors
/// [`FileError`].
pub fn read_text(path: &Path, most: u64) -> Result<String, FileError> {
    String::from_utf8(read(path, most)?).map_err(|_| FileError::NotText)
}

/// What is left of something that was opened; more than `most` bytes are refused.
///
/// # Errors
/// [`FileError::Io`], [`FileError::TooLarge`].
pub fn rest(from: impl Read, most: u64) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(FileError::TooLarge(most)) } else { Ok(bytes) }
}

/// Writes a file as a whole: a new one, or over a regular file of that very name. It is on the disk afterwards.
///
/// # Errors
/// [`FileError`]; then what was there before may be lost only if writing itself failed.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut file = match create(path) {
        Ok(file) => file,
        Err(FileError::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists => existing(path)?,
        Err(unfit) => return Err(unfit),
    };
    file.write_all(bytes)?;
    Ok(file.sync_all()?)
}

/// Writes a file as a whole, so that a reader finds the old one or the new one and never a part: into a file beside it,
/// which then takes its place. Like [`write()`] only a new one, or over a regular file of that very name.
///
/// # Errors
/// [`FileError`]; then what was there before is there still.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let Some(name) = path.file_name() else { return Err(FileError::NotAFile) };
    let mode = match std::fs::symlink_metadata(path) {
        Ok(about) if about.is_symlink() => return Err(FileError::Link),
        Ok(about) if !about.is_file() => return Err(FileError::NotAFile),
        Ok(about) => Some(about.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    // What is left of a program that was ended stands in nobody's way: in a container each has the same number.
    let random = RandomState::new().build_hasher().finish();
    beside.push(format!(".{}.{random:016x}.part", std::process::id()));
    let beside = path.with_file_name(beside);
    let mut file = create(&beside)?;
    let written = (|| {
        if let Some(mode) = mode {
            file.set_permissions(mode)?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(std::fs::rename(&beside, path)?)
    })();
    if written.is_err() {
        // What is left of it is of no use to anybody.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// Makes a file that is not there yet.
///
/// # Errors
/// [`FileError`]; also if anything of that name is there, a link that leads nowhere included.
pub fn create(path: &Path) -> Result<File, FileError> {
    Ok(File::options().write(true).create_new(true).open(path)?)
}

/// The same, for its owner alone.
///
/// # Errors
/// As [`create`].
pub fn create_private(path: &Path) -> Result<File, FileError> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(options.open(path)?)
}

#[cfg(unix)]
fn existing(path: &Path) -> Result<File, FileError> {
    use rustix::fs::OFlags;
    let file = raw(path, OFlags::WRONLY, Links::Refuse)?;
    if !file.metadata()?.is_file() {
        return Err(FileError::NotAFile);
    }
    file.set_len(0)?;
    Ok(file)
}

#[cfg(not(unix))]
fn existing(path: &Path) -> Result<File, FileError> {
    if !std::fs::symlink_metadata(path)?.is_file() {
        return Err(FileError::NotAFile);
    }
    Ok(File::create(path)?)
}

#[cfg(unix)]
fn open_at_once(path: &Path, links: Links) -> Result<File, FileError> {
    raw(path, rustix::fs::OFlags::RDONLY, links)
}

/// Opening a pipe that nobody is at the other end of would wait for ever.
#[cfg(unix)]
fn raw(path: &Path, how: rustix::fs::OFlags, links: Links) -> Result<File, FileError> {
    use rustix::{
        fs::{Mode, OFlags},
        io::Errno,
    };
    let mut flags = how | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    if links == Links::Refuse {
        flags |= OFlags::NOFOLLOW;
    }
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => Ok(File::from(file)),
        Err(Errno::LOOP) if links == Links::Refuse => Err(FileError::Link),
        // A pipe without a reader, a socket, a folder to write to.
        Err(Errno::NXIO | Errno::ISDIR) => Err(FileError::NotAFile),
        Err(error) => Err(io::Error::from(error).into()),
    }
}

#[cfg(not(unix))]
fn open_at_once(path: &Path, links: Links) -> Result<File, FileError> {
    // Asked before opening, as opening may wait.
    let about = std::fs::symlink_metadata(path)?;
    if about.is_symlink() && links == Links::Refuse {
        return Err(FileError::Link);
    }
    if !std::fs::metadata(path)?.is_file() {
        return Err(FileError::NotAFile);
    }
    Ok(File::open(path)?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn pipe(path: &Path) {
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    }

    #[test]
    fn only_regular_files_are_read_and_none_beyond_its_cap() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("file"), "12345").unwrap();
        symlink("file", at("link")).unwrap();
        symlink("gone", at("astray")).unwrap();
        pipe(&at("pipe"));
        assert_eq!(read(&at("file"), 5).unwrap(), b"12345");
        assert_eq!(read(&at("link"), 5).unwrap(), b"12345");
        assert!(matches!(read(&at("file"), 4), Err(FileError::TooLarge(4))));
        assert!(matches!(open(&at("link"), Links::Refuse), Err(FileError::Link)));
        for not in [at("pipe"), folder.path().to_owned(), "/dev/zero".into(), "/dev/null".into()] {
            assert!(matches!(read(&not, 5), Err(FileError::NotAFile)), "{}", not.display());
        }
        assert!(read(&at("astray"), 5).unwrap_err().is_missing());
        std::fs::write(at("bytes"), [0xff]).unwrap();
        assert!(matches!(read_text(&at("bytes"), 5), Err(FileError::NotText)));
    }

    #[test]
    fn nothing_is_written_through_a_link_or_over_what_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        write(&at("new"), b"one").unwrap();
        write(&at("new"), b"2").unwrap();
        assert_eq!(std::fs::read(at("new")).unwrap(), b"2");
        symlink("new", at("link")).unwrap();
        symlink("made", at("astray")).unwrap();
        pipe(&at("pipe"));
        assert!(matches!(write(&at("link"), b"x"), Err(FileError::Link)));
        assert!(matches!(write(&at("astray"), b"x"), Err(FileError::Link)));
        for not in [at("pipe"), folder.path().to_owned(), "/dev/null".into(), "/dev/full".into()] {
            assert!(matches!(write(&not, b"x"), Err(FileError::NotAFile)), "{}", not.display());
        }
        for refused in ["link", "astray"] {
            assert!(matches!(replace(&at(refused), b"x"), Err(FileError::Link)), "{refused}");
        }
        for not in [at("pipe"), folder.path().to_owned(), "/dev/null".into(), "/".into()] {
            assert!(matches!(replace(&not, b"x"), Err(FileError::NotAFile)), "{}", not.display());
        }
        assert!(!at("made").exists() && std::fs::read(at("new")).unwrap() == b"2");
        assert!(create_private(&at("new")).is_err() && create_private(&at("astray")).is_err());
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_or_not_at_all() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        replace(&at("page"), b"one").unwrap();
        std::fs::set_permissions(at("page"), std::fs::Permissions::from_mode(0o640)).unwrap();
        let open = File::open(at("page")).unwrap();
        replace(&at("page"), b"two").unwrap();
        assert_eq!(rest(open, 9).unwrap(), b"one", "whoever reads has the old one to the end");
        assert_eq!(std::fs::read(at("page")).unwrap(), b"two");
        assert_eq!(std::fs::metadata(at("page")).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(replace(&at("gone/page"), b"x").unwrap_err().is_missing());
        // Of a program of the same number that was killed, or writes it now.
        let beside = format!(".page.{}.part", std::process::id());
        std::fs::write(at(&beside), "theirs").unwrap();
        replace(&at("page"), b"three").unwrap();
        assert_eq!(std::fs::read(at("page")).unwrap(), b"three", "it is written all the same");
        assert_eq!(std::fs::read(at(&beside)).unwrap(), b"theirs", "and theirs is theirs");
        std::fs::remove_file(at(&beside)).unwrap();
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing is left beside it: {left:?}");
    }
}
