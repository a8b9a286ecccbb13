//! A rehearsal: everything is recorded in a copy of the journal, and the journal itself is never touched.
//!
//! The copy stands beside the journal, one for each launch, so that a practice meeting of several commands goes on where it
//! was, and another launch's practice is left alone. When something real has been recorded since, practice starts afresh from
//! that. What stands under the name of a copy and is not known as one is never removed: it may be somebody's journal.

use std::{
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use super::AppError;
use gonogo_domain::Digest;
use gonogo_files as files;
use gonogo_journal::{Access, Journal, JournalError, Location, OpenOptions};

/// Behind the name of a copy: the file by which it is known as one.
const MARK: &str = "-of";

/// Where the rehearsal of a launch in a journal is.
pub fn beside(real: &Location, launch: &str, state: Option<&Path>) -> Option<Location> {
    let end = format!(".{launch}.rehearsal");
    match real {
        Location::File(path) => Some(Location::File(with(path, &end))),
        Location::Postgres(_) => {
            let name = Digest::of([real.to_string().as_bytes()]);
            state.map(|folder| Location::File(folder.join(format!("shared-{}{end}", name.short()))))
        }
        Location::Memory => Some(Location::Memory),
    }
}

/// Makes the copy, unless a practice on the same journal is under way. `options`: how the launch's journal is read.
///
/// # Errors
/// [`AppError::Journal`]: the journal cannot be read, or no copy can be made. [`AppError::Input`]: something else stands there.
pub fn prepare(options: &OpenOptions, real: &Location, copy: &Location) -> Result<(), AppError> {
    let failed =
        |source| AppError::Journal { what: Some("no rehearsal can be made".to_owned()), source, next: None };
    let Location::File(file) = copy else { return Ok(()) };
    let mark = with(file, MARK);
    if file.exists() && !mark.exists() {
        let shown = file.display();
        return Err(AppError::input(format!(
            "{shown} stands where the rehearsal is kept, and is none: move it away, or name another journal"
        )));
    }
    let from = match Journal::open(real, options.clone().access(Access::Read)) {
        Ok(real) => Some(real),
        Err(JournalError::Missing { .. }) => None,
        Err(error) => return Err(failed(error)),
    };
    if file.exists() && continues(from.as_ref(), copy, options).map_err(failed)? {
        return Ok(());
    }
    for part in ["", "-wal", "-shm", "-journal", "-head"] {
        // What is not there needs no removing; what cannot be removed is seen when the copy is opened.
        drop(std::fs::remove_file(with(file, part)));
    }
    let about = format!("A rehearsal of {real}: what is said in it counts for nothing.\n");
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // As the journal makes it; if that fails, the write that follows reports it.
        drop(DirBuilder::new().recursive(true).mode(0o700).create(folder));
    }
    files::write(&mark, about.as_bytes())
        .map_err(|error| AppError::file(format!("{} cannot be written", mark.display()), error))?;
    let Some(from) = from else { return Ok(()) };
    let to = Journal::open(copy, options.clone().access(Access::Write)).map_err(failed)?;
    Journal::copy(&from, &to).map(|_| ()).map_err(failed)
}

/// Whether all that is real stands at the beginning of the copy.
fn continues(real: Option<&Journal>, copy: &Location, options: &OpenOptions) -> Result<bool, JournalError> {
    let Some(real) = real else { return Ok(true) };
    let Ok(copy) = Journal::open(copy, options.clone().access(Access::Read)) else { return Ok(false) };
    let (real, copy) = (real.read_since(0).wait()?, copy.read_since(0).wait()?);
    let same = real.iter().zip(&copy).all(|(real, copy)| real.event.id == copy.event.id);
    Ok(same && copy.len() >= real.len())
}

fn with(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}
