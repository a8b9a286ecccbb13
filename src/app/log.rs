//! The log file: what went wrong where nobody could see it, such as in a task behind the screen.
//!
//! Promises: it is made when there is something to tell and not before; only its owner can read it; no link is followed;
//! it has at most [`MOST_BYTES`] and one older file beside it; every line passed the sanitiser.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use rustix::fs::{Mode, OFlags};
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter};

use gonogo_settings::{Folders, private_folder};
use gonogo_text::clean_block;

/// A file of this size is put aside when the next run begins to write.
const MOST_BYTES: u64 = 1 << 20;

static LOG: OnceLock<Log> = OnceLock::new();

/// How much is written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// No file is made.
    Off,
    /// What should not happen.
    #[default]
    Error,
    /// And what may explain it.
    Warn,
    /// And what gonogo does.
    Info,
    /// And how.
    Debug,
}

#[derive(Clone)]
struct Log {
    path: PathBuf,
    file: Arc<Mutex<Option<File>>>,
    written: Arc<AtomicBool>,
}

/// Where the log is, whether or not it has been written; `None` without a home.
pub fn log_path(folders: &Folders) -> Option<PathBuf> {
    folders.state.as_ref().map(|state| state.join("gonogo.log"))
}

/// The log that this run has written to.
pub fn written_log() -> Option<&'static Path> {
    LOG.get().filter(|log| log.written.load(Ordering::Relaxed)).map(|log| log.path.as_path())
}

/// Takes up what the program says of itself. Once a process; without a home there is no log.
pub fn start_log(folders: &Folders, level: LogLevel) {
    let filter = match level {
        LogLevel::Off => return,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let Some(path) = log_path(folders) else { return };
    let log = LOG.get_or_init(|| Log { path, file: Arc::default(), written: Arc::default() }).clone();
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).with_max_level(filter).with_writer(log).finish();
    // A second one would be a test's own: it keeps what it has.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut open = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let file = match &mut *open {
            Some(file) => file,
            closed => closed.insert(append(&self.path)?),
        };
        file.write_all(clean_block(&String::from_utf8_lossy(line)).as_bytes())?;
        self.written.store(true, Ordering::Relaxed);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn append(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        private_folder(folder)?;
    }
    if std::fs::symlink_metadata(path).is_ok_and(|it| it.is_file() && it.len() > MOST_BYTES) {
        std::fs::rename(path, path.with_extension("log.1"))?;
    }
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags | OFlags::NONBLOCK, Mode::RUSR | Mode::WUSR)?.into())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn log(path: PathBuf) -> Log {
        Log { path, file: Arc::default(), written: Arc::default() }
    }

    #[test]
    fn it_is_private_clean_and_put_aside_when_it_is_large() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/gonogo.log");
        let mut first = log(path.clone());
        assert!(!path.exists(), "nothing to tell, nothing made");
        first.write_all(b"one \x1b[31mred\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one \u{241b}[31mred\n");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        first.write_all(&vec![b'x'; 1 + (1 << 20)]).unwrap();
        let mut second = log(path.clone());
        second.write_all(b"two\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two\n");
        assert!(std::fs::metadata(path.with_extension("log.1")).unwrap().len() > MOST_BYTES);
    }

    #[test]
    fn a_link_is_not_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("theirs");
        std::fs::write(&target, "theirs").unwrap();
        let path = folder.path().join("gonogo.log");
        std::os::unix::fs::symlink(&target, &path).unwrap();
        assert!(log(path).write_all(b"ours\n").is_err());
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "theirs");
    }
}
