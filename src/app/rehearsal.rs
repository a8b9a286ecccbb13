//! A rehearsal: everything is recorded in a copy of the journal, and the journal itself is never touched.
//!
//! The copy stands beside the journal, so that a practice meeting of several commands goes on where it was. When
//! something real has been recorded since, practice starts afresh from that.

use std::path::{Path, PathBuf};

use super::AppError;
use gonogo_journal::{Access, Journal, JournalError, Location, OpenOptions};

/// Where the rehearsal of a journal is.
pub fn beside(real: &Location, state: Option<&Path>) -> Option<Location> {
    match real {
        Location::File(path) => Some(Location::File(path.with_extension("rehearsal.db"))),
        Location::Postgres(_) => state.map(|folder| Location::File(folder.join("rehearsal.db"))),
        Location::Memory => Some(Location::Memory),
    }
}

/// Makes the copy, unless a practice on the same journal is under way. `options`: how the launch's journal is read.
///
/// # Errors
/// [`AppError::Journal`]: the journal can not be read, or no copy can be made.
pub fn prepare(options: &OpenOptions, real: &Location, copy: &Location) -> Result<(), AppError> {
    let failed =
        |source| AppError::Journal { what: Some("no rehearsal can be made".to_owned()), source, next: None };
    let Location::File(file) = copy else { return Ok(()) };
    let real = match Journal::open(real, options.clone().access(Access::Read)) {
        Ok(real) => Some(real),
        Err(JournalError::Missing { .. }) => None,
        Err(error) => return Err(failed(error)),
    };
    if file.exists() && continues(real.as_ref(), copy, options).map_err(failed)? {
        return Ok(());
    }
    for part in [file.clone(), with(file, "-wal"), with(file, "-shm"), with(file, "-head")] {
        // What is not there needs no removing; what can not be removed is seen when the copy is opened.
        drop(std::fs::remove_file(part));
    }
    let Some(real) = real else { return Ok(()) };
    let to = Journal::open(copy, options.clone().access(Access::Write)).map_err(failed)?;
    Journal::copy(&real, &to).map(|_| ()).map_err(failed)
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
