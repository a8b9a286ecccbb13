//! A typed word for what has no way back. Pasted or piped text never confirms: the word is asked for at the
//! terminal, or given as an argument of the command itself.

use std::io::{self, IsTerminal};

use super::{output::say, typed};
use gonogo_app::{AppError, Confirm};
use gonogo_text::clean;

/// Asks for the typed word, and shows what would become of the board.
pub(super) fn asking(given: Option<String>) -> Confirm {
    Box::new(move |question| {
        if given.is_none() && io::stdin().is_terminal() {
            say(&clean(&question.preview.describe()));
        }
        confirm(question.what, question.word, given.as_deref())
    })
}

/// Asks for `word`, unless it was given with the command.
///
/// # Errors
/// [`AppError::NotConfirmed`]: another word, none, or nobody to ask.
pub(super) fn confirm(what: &str, word: &str, given: Option<&str>) -> Result<(), AppError> {
    let shown = clean(word).into_owned();
    if let Some(given) = given {
        return if given == word { Ok(()) } else { Err(refused(what, &shown)) };
    }
    if !io::stdin().is_terminal() {
        // As it can be copied to a shell.
        let quoted = if shown.contains(' ') { format!("\"{shown}\"") } else { shown };
        return Err(AppError::NotConfirmed(format!("{what}: confirm it with --yes-i-know {quoted}")));
    }
    say(&format!("{what}."));
    let said = typed::word(&format!("Type {shown} to confirm:"));
    if said.is_some_and(|said| said == word) { Ok(()) } else { Err(refused(what, &shown)) }
}

fn refused(what: &str, word: &str) -> AppError {
    AppError::NotConfirmed(format!("{what}: not confirmed; the word to type is {word}"))
}
