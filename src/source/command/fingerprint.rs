//! What a command runs and is given, as it is now: its program wherever it is, the interpreters of a script, and every
//! file and folder that its arguments name.

use std::{
    collections::{BTreeMap, HashMap},
    ffi::OsStr,
    fs::{self, File, Metadata},
    io::Read as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use super::run::find;
use gonogo_domain::Digest;
use gonogo_files::{self as files, Links};

/// The largest program or file that is covered, and all of a folder together, in bytes.
const MOST_BYTES: u64 = 512 << 20;
/// Files and folders of a folder.
const MOST_ENTRIES: usize = 5_000;
/// Scripts and programs that one script leads to.
const MOST_SCRIPTS: usize = 8;
/// The longest first line of a script, in bytes, as the system takes it.
const LONGEST_FIRST_LINE: usize = 256;
/// Read at a time, in bytes.
const CHUNK: usize = 1 << 16;

/// Why it cannot be said that what runs is what was trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Uncovered(pub String);

/// What is behind each name of a command; `None`: nothing is there.
type NamedFiles = Vec<(String, Option<Digest>)>;

/// What tells whether a file was changed without reading it: device, inode, size, and its two times.
type FileStamp = [i64; 7];

/// Fingerprints of files, each file read once for as long as it stays the same.
#[derive(Debug, Default)]
pub struct Prints {
    seen: Mutex<HashMap<PathBuf, (FileStamp, Sum)>>,
}

type Sum = [u8; 32];

/// Where names lead.
struct LookupRoots<'a> {
    root: &'a Path,
    path: Option<&'a OsStr>,
}

/// Every name of a command that leads to something on this machine, with its fingerprint: the program by its path (a
/// bare name is looked for in `path`), the interpreters in the first line of a script, and each file or folder that an
/// argument names, alone, behind `=`, `@` or the letter of a flag, or within a text of several words. Relative names
/// count from `root`, the launch's folder. A link counts as what it leads to, and by where that is.
///
/// What a program finds by itself is not among them.
///
/// # Errors
/// [`Uncovered`]: something that is named cannot be read, or is more than can be looked at.
pub fn fingerprints(
    root: &Path,
    path: Option<&OsStr>,
    argv: &[String],
) -> Result<BTreeMap<String, Digest>, Uncovered> {
    let named = Prints::default().of(root, path, argv, &CancellationToken::new())?;
    Ok(named.into_iter().filter_map(|(name, digest)| Some((name, digest?))).collect())
}

impl Prints {
    /// As [`fingerprints`], with the names that lead nowhere now.
    ///
    /// # Errors
    /// As [`fingerprints`]; also when `stop` is cancelled.
    pub fn of(
        &self,
        root: &Path,
        path: Option<&OsStr>,
        argv: &[String],
        stop: &CancellationToken,
    ) -> Result<NamedFiles, Uncovered> {
        let root = root.canonicalize().map_err(|error| unreadable(root, &error.to_string()))?;
        let mut named = NamedFiles::new();
        let Some((program, arguments)) = argv.split_first() else { return Ok(named) };
        let found = find(path, &root, program);
        let name = |it: &Path| if program.contains('/') { program.clone() } else { it.display().to_string() };
        let digest = found.as_deref().map(|it| self.thing(it, stop)).transpose()?.flatten();
        named.push((found.as_deref().map_or_else(|| program.clone(), name), digest));
        let place = LookupRoots { root: &root, path };
        self.interpreters(found, &place, &mut named, stop)?;
        for word in arguments.iter().flat_map(|argument| names(argument)) {
            if named.iter().any(|(known, _)| known == word) {
                continue;
            }
            let digest = self.thing(&root.join(word), stop)?;
            named.push((word.to_owned(), digest));
        }
        Ok(named)
    }

    /// What interprets a program that is a script, and what interprets that.
    fn interpreters(
        &self,
        program: Option<PathBuf>,
        place: &LookupRoots<'_>,
        named: &mut NamedFiles,
        stop: &CancellationToken,
    ) -> Result<(), Uncovered> {
        let mut next: Vec<_> = program.into_iter().collect();
        for _ in 0..MOST_SCRIPTS {
            let Some(script) = next.pop() else { return Ok(()) };
            for word in interpreters(&script) {
                let found = find(place.path, place.root, &word);
                let name = found.as_ref().map_or_else(|| word.clone(), |it| it.display().to_string());
                if named.iter().any(|(known, _)| *known == name) {
                    continue;
                }
                let digest = found.as_deref().map(|it| self.thing(it, stop)).transpose()?.flatten();
                named.push((name, digest));
                next.extend(found);
            }
        }
        if next.is_empty() {
            Ok(())
        } else {
            Err(Uncovered("it is a script whose interpreter is itself a script".into()))
        }
    }

    /// What is at a path; `None`: nothing.
    fn thing(&self, path: &Path, stop: &CancellationToken) -> Result<Option<Digest>, Uncovered> {
        let Ok(real) = path.canonicalize() else {
            // A link that leads nowhere is something else than nothing.
            let astray = fs::symlink_metadata(path).is_ok();
            return Ok(astray.then(|| Digest::of([b"a link that leads nowhere".as_slice()])));
        };
        let about = fs::metadata(&real).map_err(|error| unreadable(path, &error.to_string()))?;
        let place = real.as_os_str().as_encoded_bytes();
        Ok(Some(if about.is_file() {
            Digest::of([b"file".as_slice(), place, &self.file(&real, &mut MOST_BYTES.clone(), stop)?])
        } else if about.is_dir() {
            Digest::of([b"folder".as_slice(), place, &self.folder(&real, stop)?])
        } else {
            // A pipe or a device has no content that could be compared, and is never read.
            Digest::of([b"device".as_slice(), place])
        }))
    }

    fn file(&self, path: &Path, left: &mut u64, stop: &CancellationToken) -> Result<Sum, Uncovered> {
        let open = files::open(path, Links::Refuse).map_err(|unfit| unreadable(path, &unfit.to_string()))?;
        let about = open.metadata().map_err(|error| unreadable(path, &error.to_string()))?;
        *left = left.checked_sub(about.len()).ok_or_else(|| too_much(path))?;
        let stamp = stamp(&about);
        let known = self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(path).copied();
        if let Some((_, sum)) = known.filter(|(then, _)| *then == stamp) {
            return Ok(sum);
        }
        let sum = read(open, path, stop)?;
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), (stamp, sum));
        Ok(sum)
    }

    /// Names and contents of all that is in a folder, in order. What git keeps beside the files changes with every
    /// fetch and is left out.
    fn folder(&self, folder: &Path, stop: &CancellationToken) -> Result<Sum, Uncovered> {
        let mut sum = Sha256::new();
        let (mut open, mut count, mut left) = (vec![folder.to_owned()], 0, MOST_BYTES);
        while let Some(at) = open.pop() {
            let entries = fs::read_dir(&at).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let mut entries = entries.map_err(|error| unreadable(&at, &error.to_string()))?;
            entries.retain(|entry| entry.file_name() != ".git");
            entries.sort_by_key(fs::DirEntry::file_name);
            count += entries.len();
            if count > MOST_ENTRIES {
                return Err(too_much(folder));
            }
            for path in entries.into_iter().map(|entry| entry.path()) {
                let about = fs::metadata(&path);
                let real = path.canonicalize().unwrap_or_else(|_| path.clone());
                let is_link = fs::symlink_metadata(&path).is_ok_and(|it| it.is_symlink());
                for part in [path.as_os_str(), real.as_os_str()] {
                    sum.update((part.len() as u64).to_be_bytes());
                    sum.update(part.as_encoded_bytes());
                }
                match about {
                    Ok(about) if about.is_file() => sum.update(self.file(&real, &mut left, stop)?),
                    Ok(about) if about.is_dir() && !is_link => open.push(path),
                    // A folder that a link leads to could be any, and the way back to this one.
                    Ok(about) if about.is_dir() => {
                        return Err(Uncovered(format!("{} is a link to a folder", path.display())));
                    }
                    _ => sum.update([0]),
                }
            }
        }
        Ok(sum.finalize().into())
    }
}

fn read(mut file: File, path: &Path, stop: &CancellationToken) -> Result<Sum, Uncovered> {
    let mut sum = Sha256::new();
    let (mut chunk, mut left) = (vec![0; CHUNK], MOST_BYTES);
    loop {
        if stop.is_cancelled() {
            return Err(Uncovered("there was no time to check whether it is what you trusted".into()));
        }
        let count = file.read(&mut chunk).map_err(|error| unreadable(path, &error.to_string()))?;
        if count == 0 {
            return Ok(sum.finalize().into());
        }
        // One that grows while it is read has no end.
        left = left.checked_sub(count as u64).ok_or_else(|| too_much(path))?;
        sum.update(chunk.get(..count).unwrap_or_default());
    }
}

#[cfg(unix)]
#[expect(clippy::cast_possible_wrap, reason = "compared for being the same, and nothing else")]
fn stamp(about: &Metadata) -> FileStamp {
    use std::os::unix::fs::MetadataExt;
    [
        about.dev() as i64,
        about.ino() as i64,
        about.size() as i64,
        about.mtime(),
        about.mtime_nsec(),
        about.ctime(),
        about.ctime_nsec(),
    ]
}

#[cfg(not(unix))]
fn stamp(_: &Metadata) -> FileStamp {
    // Nothing here tells that a file stayed the same: it is read each time.
    static READ: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0);
    [READ.fetch_add(1, std::sync::atomic::Ordering::Relaxed); 7]
}

fn unreadable(path: &Path, why: &str) -> Uncovered {
    Uncovered(format!("{} cannot be read: {why}", path.display()))
}

fn too_much(path: &Path) -> Uncovered {
    Uncovered(format!(
        "{} is too much to check each time (the limit is {MOST_ENTRIES} files, {} MiB)",
        path.display(),
        MOST_BYTES >> 20
    ))
}

/// What an argument may name.
fn names(argument: &str) -> impl Iterator<Item = &str> {
    let apart = |c: char| c.is_whitespace() || "\"'`;|&()<>$".contains(c);
    let several = argument.contains(apart).then(|| argument.split(apart)).into_iter().flatten();
    [argument].into_iter().chain(several).flat_map(inside).filter(|name| !name.is_empty())
}

/// A word, and the part of it after `=`, `@` or the letter of a flag.
fn inside(word: &str) -> impl Iterator<Item = &str> {
    let value = word.split_once('=').map(|(_, value)| value);
    let list = word.strip_prefix('@');
    let short = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
    let short = short.and_then(|rest| rest.char_indices().nth(1).and_then(|(at, _)| rest.get(at..)));
    [Some(word), value, list, short].into_iter().flatten()
}

/// What the first line of a script says that runs it: `#!/usr/bin/env python3` names two programs.
fn interpreters(script: &Path) -> Vec<String> {
    let mut start = [0; LONGEST_FIRST_LINE];
    let count = files::open(script, Links::Follow).ok().and_then(|mut file| file.read(&mut start).ok());
    let text = String::from_utf8_lossy(start.get(..count.unwrap_or(0)).unwrap_or_default()).into_owned();
    let Some(line) = text.strip_prefix("#!").and_then(|rest| rest.lines().next()) else { return Vec::new() };
    let mut words = line.split_whitespace();
    let Some(program) = words.next() else { return Vec::new() };
    let mut all = vec![program.to_owned()];
    if Path::new(program).file_name().is_some_and(|name| name == "env") {
        let named = words.find(|word| !word.starts_with('-') && !word.contains('='));
        all.extend(named.map(str::to_owned));
    }
    all
}
