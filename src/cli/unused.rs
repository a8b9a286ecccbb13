//! Flags that a verb would read and then not use: whoever gives one expects something of it.

use super::options::LaunchArgs;
use gonogo_app::AppError;

/// Refuses the first of `flags` that was given, because of `why`.
///
/// # Errors
/// [`AppError::Input`].
pub(super) fn refuse(why: &str, flags: &[(&str, bool)]) -> Result<(), AppError> {
    match flags.iter().find(|(_, given)| *given) {
        Some((flag, _)) => Err(AppError::input(format!("{flag} changes nothing here: {why}; leave it out"))),
        None => Ok(()),
    }
}

/// The flags that say where answers and words come from.
pub(super) fn origins(launch: &LaunchArgs) -> [(&'static str, bool); 4] {
    [
        ("--journal", launch.store.journal.is_some()),
        ("--rehearse", launch.rehearse),
        ("--replay", launch.replay.is_some()),
        ("--demo", launch.demo),
    ]
}
