//! The files of a launch, tidied.

use super::{AppError, Opened};
use gonogo_files as files;
use gonogo_start::tidy;

/// The largest file of a launch, in bytes.
const MOST_BYTES: u64 = 8 << 20;

/// The files that are not tidy, by their names within the launch; written as they should be, unless they are only looked
/// for.
///
/// # Errors
/// One of them cannot be read or written.
pub fn tidy_files(opened: &Opened, write: bool) -> Result<Vec<String>, AppError> {
    let mut untidy = Vec::new();
    for file in &opened.loaded.files {
        let Some(path) = &file.path else { continue };
        let refused = |error| AppError::file(format!("{} cannot be tidied", file.name), error);
        let text = files::read_text(path, MOST_BYTES).map_err(refused)?;
        let tidied =
            tidy(&file.name, &text).map_err(|_| AppError::Internal("a file that was read cannot be read"))?;
        if tidied == text {
            continue;
        }
        if write {
            files::write(path, tidied.as_bytes()).map_err(refused)?;
        }
        if !untidy.contains(&file.name) {
            untidy.push(file.name.clone());
        }
    }
    Ok(untidy)
}
