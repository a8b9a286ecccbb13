//! Answers that a person types at the terminal.

use std::io::{self, BufRead, IsTerminal, Read};

use super::output::say;

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 256;

/// Asks, and reads one line; `None`: nobody is there any more. What was typed ahead is an answer too: for questions of
/// which none does harm.
pub(super) fn answer(question: &str) -> Option<String> {
    say(question);
    let mut line = String::new();
    let read = io::stdin().lock().take(LONGEST).read_line(&mut line);
    let ended = read.is_err() || line.is_empty();
    (!ended).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

/// The same for what has no way back, once it was shown what that is. Lines that were pasted or typed ahead of it wait in the
/// terminal; they are thrown away before the word is asked for.
pub(super) fn word(question: &str) -> Option<String> {
    if !io::stdin().is_terminal() {
        return None;
    }
    // A terminal that cannot forget is not asked.
    rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush).ok()?;
    answer(question)
}
