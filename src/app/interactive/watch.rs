//! Sees when files of the launch, the settings or a theme change, also when an editor puts a new file in the place of the old one:
//! folders are watched, and files compared. Where the system does not tell of changes, the files are looked at every two
//! seconds.

use std::{
    collections::BTreeSet,
    fs::Metadata,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::sync::mpsc;

use super::looks;
use crate::{AppError, CockpitRequest, Opened, open, sources, store};
use gonogo_cockpit::Looks;
use gonogo_domain::Digest;
use gonogo_journal::Location;
use gonogo_poller::Polled;

/// An editor writes in several steps: it is waited until they are over.
const SETTLE: Duration = Duration::from_millis(120);
/// So often is looked where nobody tells.
const LOOK: Duration = Duration::from_secs(2);

/// Larger files are none of a launch, in bytes.
const LARGEST: u64 = 64 << 20;

/// What came of files that changed.
pub(super) enum Reread {
    /// They can be used.
    Fresh(Box<Fresh>),
    /// They cannot; what is wrong, with file, line and snippet.
    Broken(String),
}

/// Everything that files say, read again.
pub(super) struct Fresh {
    pub opened: Opened,
    pub polled: Vec<Polled>,
    /// `None`: nobody chose one, and the terminal's ground decides as before. An error is what is wrong with the theme.
    pub looks: Result<Option<Looks>, String>,
}

/// What counts as a change: where a file is, when it was written, how long it is, and which one it is.
type FileState = (PathBuf, Option<(std::time::SystemTime, u64, u64)>);
type FileStates = Vec<FileState>;

/// Watches until the receiver is dropped. What is played, or was read from standard input, is read once.
pub(super) fn watch(opened: &Opened, request: CockpitRequest) -> mpsc::UnboundedReceiver<Reread> {
    let (news, receiver) = mpsc::unbounded_channel();
    let mut watched = WatchedFiles::of(opened);
    if watched.files.is_empty() {
        return receiver;
    }
    let chosen = opened.chosen.clone();
    let mut known = read_as(opened);
    let body = move || {
        let (mut seen, mut broken) = (watched.state(), None);
        loop {
            // What was written after it was read, and before anybody watched, rings no bell.
            if watched.state() == seen && is_as_read(&known) {
                watched.wait();
            }
            if news.is_closed() {
                return;
            }
            // Broken files may need one that nobody watches yet.
            if watched.state() == seen && is_as_read(&known) && broken.is_none() {
                continue;
            }
            std::thread::sleep(SETTLE);
            seen = watched.state();
            let reread = match read(chosen.clone(), &request) {
                Ok(fresh) => {
                    broken = None;
                    known = read_as(&fresh.opened);
                    let before = std::mem::replace(&mut watched, WatchedFiles::of(&fresh.opened));
                    // As they were before they were read: what changed meanwhile is read again.
                    seen = watched.state().into_iter().map(|it| before.as_seen(&seen, it)).collect();
                    Reread::Fresh(Box::new(fresh))
                }
                Err(error) => {
                    known.clear();
                    let shown = error.shown();
                    if broken.replace(shown.clone()).as_ref() == Some(&shown) {
                        continue;
                    }
                    Reread::Broken(shown)
                }
            };
            if news.send(reread).is_err() {
                return;
            }
        }
    };
    // Without it nothing is read again, as before there was such a thing; the log says so.
    if let Err(error) = std::thread::Builder::new().name("files".to_owned()).spawn(body) {
        tracing::error!(%error, "nobody watches the files");
    }
    receiver
}

/// The files of a launch with the fingerprints of what was read.
fn read_as(opened: &Opened) -> Vec<(PathBuf, Digest)> {
    let files = opened.loaded.files.iter();
    files.filter_map(|file| Some((file.path.clone()?, file.digest.clone()))).collect()
}

/// Whether they hold what was read.
fn is_as_read(known: &[(PathBuf, Digest)]) -> bool {
    let same = |(path, digest): &(PathBuf, Digest)| {
        gonogo_files::read(path, LARGEST).is_ok_and(|bytes| Digest::of([bytes.as_slice()]) == *digest)
    };
    known.iter().all(same)
}

fn read(chosen: crate::LaunchSelection, request: &CockpitRequest) -> Result<Fresh, AppError> {
    let opened = open(chosen)?;
    let polled = sources::build(&opened)?;
    let looks = looks(&opened.settings, request).map(|(looks, _)| (!looks.asks_ground).then_some(looks));
    let looks = looks.map_err(|error| error.shown());
    Ok(Fresh { opened, polled, looks })
}

/// The files that count, and the watcher of their folders.
struct WatchedFiles {
    files: BTreeSet<PathBuf>,
    bell: Option<bell::Bell>,
}

impl WatchedFiles {
    fn of(opened: &Opened) -> Self {
        let mut files = BTreeSet::new();
        if opened.recording.is_none() {
            files.extend(opened.loaded.files.iter().filter_map(|file| file.path.clone()));
        }
        // Without files of its own there is nothing to go on with: a launch from standard input is read once.
        if files.is_empty() {
            return Self { files, bell: None };
        }
        let folders = &opened.settings.folders;
        let usual = folders.config.as_ref().map(|folder| folder.join("settings.yaml"));
        files.extend(opened.settings.path.clone().or(usual));
        // Whoever trusts the launch, or takes that back, need not open the cockpit again.
        files.extend(folders.trust());
        // A theme may inherit from any other of the user's.
        let themes = folders.themes();
        let there = themes.as_ref().and_then(|folder| std::fs::read_dir(folder).ok());
        files.extend(there.into_iter().flatten().flatten().map(|entry| entry.path()));
        if let (Some(folder), Some(theme)) = (themes, &opened.settings.theme) {
            files.insert(folder.join(format!("{theme}.yaml")));
        }
        let places: BTreeSet<_> = files.iter().filter_map(|file| file.parent().map(Path::to_owned)).collect();
        // The journal and what SQLite keeps beside it are written all day, and say nothing about the files.
        let journal = match store::location(opened) {
            Ok(Some(Location::File(path))) => path.file_name().map(ToOwned::to_owned),
            _ => None,
        };
        Self { bell: bell::Bell::at(&places, journal), files }
    }

    fn state(&self) -> FileStates {
        self.files
            .iter()
            .map(|path| (path.clone(), std::fs::metadata(path).ok().and_then(|it| mark(&it))))
            .collect()
    }

    /// A file as it was seen before it was read, if anybody looked at it then.
    fn as_seen(&self, seen: &FileStates, it: FileState) -> FileState {
        let known = self.files.contains(&it.0).then(|| seen.iter().find(|(path, _)| *path == it.0)).flatten();
        known.cloned().unwrap_or(it)
    }

    /// Until something may have changed.
    fn wait(&self) {
        match &self.bell {
            Some(bell) => bell.wait(),
            None => std::thread::sleep(LOOK),
        }
    }
}

#[cfg(unix)]
fn mark(found: &Metadata) -> Option<(std::time::SystemTime, u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((found.modified().ok()?, found.len(), found.ino()))
}

#[cfg(not(unix))]
fn mark(found: &Metadata) -> Option<(std::time::SystemTime, u64, u64)> {
    Some((found.modified().ok()?, found.len(), 0))
}

/// Linux tells by inotify, which rustix has without a crate of its own.
#[cfg(target_os = "linux")]
mod bell {
    use std::{
        collections::BTreeSet, ffi::OsString, mem::MaybeUninit, os::fd::OwnedFd,
        os::unix::ffi::OsStrExt as _, path::PathBuf,
    };

    use rustix::{
        event::{PollFd, PollFlags, Timespec, poll},
        fs::inotify::{CreateFlags, Reader, WatchFlags, add_watch, init},
    };

    /// However long nothing changes: whether anybody still listens is looked at.
    const LONGEST: Timespec = Timespec { tv_sec: 20, tv_nsec: 0 };

    pub(super) struct Bell {
        told: OwnedFd,
        /// Files whose names begin so ring no bell.
        quiet: Option<OsString>,
    }

    impl Bell {
        /// `None`: one of the folders cannot be watched.
        pub(super) fn at(folders: &BTreeSet<PathBuf>, quiet: Option<OsString>) -> Option<Self> {
            let bell = init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?;
            let what = WatchFlags::CLOSE_WRITE
                | WatchFlags::MOVED_TO
                | WatchFlags::MOVED_FROM
                | WatchFlags::CREATE
                | WatchFlags::DELETE;
            // A folder that is not there yet has no file that counts; of settings to come, that is.
            let there = folders.iter().filter(|folder| folder.is_dir());
            for folder in there {
                add_watch(&bell, folder, what).ok()?;
            }
            Some(Self { told: bell, quiet })
        }

        pub(super) fn wait(&self) {
            loop {
                let woken = poll(&mut [PollFd::new(&self.told, PollFlags::IN)], Some(&LONGEST));
                if !matches!(woken, Ok(1..)) || self.rang() {
                    return;
                }
            }
        }

        /// Whether any of what waits may be about the files; which, they tell themselves.
        fn rang(&self) -> bool {
            let mut buffer = [MaybeUninit::uninit(); 4_096];
            let mut events = Reader::new(&self.told, &mut buffer);
            let mut rang = false;
            while let Ok(event) = events.next() {
                // Without a name it is about a folder, or about more than could be kept.
                let name = event.file_name().map(std::ffi::CStr::to_bytes);
                rang |=
                    !name.zip(self.quiet.as_ref()).is_some_and(|(name, it)| name.starts_with(it.as_bytes()));
            }
            rang
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod bell {
    pub(super) struct Bell;

    impl Bell {
        pub(super) fn at(
            _: &std::collections::BTreeSet<std::path::PathBuf>,
            _: Option<std::ffi::OsString>,
        ) -> Option<Self> {
            None
        }

        pub(super) fn wait(&self) {}
    }
}
