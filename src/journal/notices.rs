//! Who tells that a file changed: the system, so that nobody has to look four times a second. Over a network, and where
//! the system does not tell, there is none, and the file is looked at as often as ever.

use std::{os::fd::OwnedFd, path::Path, sync::Arc};

/// The folder of a journal is watched until this is dropped.
pub(super) struct Notices {
    #[cfg(target_os = "linux")]
    watch: (Arc<OwnedFd>, i32),
    #[cfg(not(target_os = "linux"))]
    never: std::convert::Infallible,
}

#[cfg(not(target_os = "linux"))]
impl Notices {
    /// As there.
    pub(super) fn of(_: &Path, _: impl Fn() + Send + 'static) -> Option<Self> {
        None
    }
}

#[cfg(target_os = "linux")]
impl Notices {
    /// Calls `tell` soon after each change of the file or of what stands beside it (`-wal`, `-journal`), our own included.
    pub(super) fn of(file: &Path, tell: impl Fn() + Send + 'static) -> Option<Self> {
        use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
        let (folder, name) = (file.parent()?, file.file_name()?.as_encoded_bytes().to_vec());
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let fd = Arc::new(inotify::init(CreateFlags::CLOEXEC).ok()?);
        let wanted = WatchFlags::MODIFY | WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVED_TO;
        let watch = inotify::add_watch(&*fd, folder, wanted | WatchFlags::ONLYDIR).ok()?;
        let events = Arc::clone(&fd);
        let body = move || listen(&events, &name, &tell);
        std::thread::Builder::new().name("journal-news".into()).spawn(body).ok()?;
        Some(Self { watch: (fd, watch) })
    }
}

/// Until the watch is removed, which is an event too.
#[cfg(target_os = "linux")]
fn listen(fd: &OwnedFd, name: &[u8], tell: &impl Fn()) {
    use rustix::{
        fs::inotify::{ReadFlags, Reader},
        io::Errno,
    };
    let mut room = [std::mem::MaybeUninit::uninit(); 4_096];
    let mut events = Reader::new(fd, &mut room);
    let mut ours = false;
    loop {
        match events.next() {
            Ok(event) if event.events().contains(ReadFlags::IGNORED) => return,
            Ok(event) => {
                // After more than it could hold, anything may have happened.
                ours |= event.events().contains(ReadFlags::QUEUE_OVERFLOW)
                    || event.file_name().is_some_and(|it| it.to_bytes().starts_with(name));
            }
            Err(Errno::INTR) => continue,
            Err(_) => return,
        }
        if events.is_buffer_empty() && std::mem::take(&mut ours) {
            tell();
        }
    }
}

#[cfg(target_os = "linux")]
impl Drop for Notices {
    fn drop(&mut self) {
        // Should this fail the folder is gone, and the thread was told.
        let _ = rustix::fs::inotify::remove_watch(&*self.watch.0, self.watch.1);
    }
}
