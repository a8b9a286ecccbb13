//! The two streams. A byte that could not be written is never a success (V13).

use std::{
    io::{self, IsTerminal, Write},
    path::Path,
};

use super::Exit;
use gonogo_app::AppError;
use gonogo_files as files;
use gonogo_report::{harmless, harmless_json};
use gonogo_text::shell_word;

/// Writes text for people to standard output, with nothing left in it that a CI runner obeys. As [`print_exactly`].
pub fn print(text: &str, then: Exit) -> Exit {
    print_exactly(&harmless(text), then)
}

/// Writes JSON to standard output, likewise; its readers read the same. As [`print_exactly`].
pub fn print_json(text: &str, then: Exit) -> Exit {
    print_exactly(&harmless_json(text), then)
}

/// Writes a page whose every byte counts to standard output and flushes it; the exit becomes [`Exit::Internal`] when
/// not every byte went out.
pub fn print_exactly(text: &str, then: Exit) -> Exit {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => then,
        Err(error) => {
            say(&format!("error: the output could not be written: {error}"));
            Exit::Internal
        }
    }
}

/// Words for a person, on standard error, where a CI runner listens too. Nobody may be listening: that changes nothing.
pub fn say(text: &str) {
    if text.trim().is_empty() {
        return;
    }
    let _ = writeln!(io::stderr().lock(), "{}", harmless(text.trim_end()));
}

/// Words about what is going on, on standard error when a person watches.
pub fn progress(text: &str) {
    if io::stderr().is_terminal() {
        say(text);
    }
}

/// Commands on a page are written for the folder of the launch; whoever named another folder, at a terminal, gets a hint.
pub fn elsewhere(launch: Option<&Path>, page: &str) {
    let Some(path) = launch.filter(|path| *path != Path::new(".") && *path != Path::new("-")) else { return };
    if page.contains("gonogo ") {
        let path = shell_word(&path.to_string_lossy());
        progress(&format!("run these commands in the folder of the launch, or add its path to them: {path}"));
    }
}

/// Writes a page into a file that the user names: a new one, or over a regular file of that very name.
///
/// # Errors
/// [`AppError::Input`]: what stands there is a link or no file, or cannot be written.
pub fn write_page(to: &str, page: &str) -> Result<(), AppError> {
    files::write(to.as_ref(), page.as_bytes())
        .map_err(|error| AppError::file(format!("{to} cannot be written"), error))
}

/// The same so that a reader finds the old page or the new one, never a part of one.
///
/// # Errors
/// As [`write_page`].
pub fn replace_page(to: &Path, page: &str) -> Result<(), AppError> {
    files::replace(to, page.as_bytes())
        .map_err(|error| AppError::file(format!("{} cannot be written", to.display()), error))
}
