//! The two streams. A byte that could not be written is never a success (V13).

use std::io::{self, IsTerminal, Write};

use super::Exit;

/// Writes machine or report output to standard output and flushes it; the exit becomes [`Exit::Internal`] when not
/// every byte went out.
pub fn print(text: &str, then: Exit) -> Exit {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => then,
        Err(error) => {
            say(&format!("error: the output could not be written: {error}"));
            Exit::Internal
        }
    }
}

/// Words for a person, on standard error. Nobody may be listening: that changes nothing.
pub fn say(text: &str) {
    if text.trim().is_empty() {
        return;
    }
    let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
}

/// Words about what is going on, on standard error when a person watches.
pub fn progress(text: &str) {
    if io::stderr().is_terminal() {
        say(text);
    }
}
