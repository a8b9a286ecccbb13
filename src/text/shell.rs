//! Words of a command that is shown to be copied.

use crate::clean;

/// A word of a command as a POSIX shell reads it back: as it is where that is safe, else in single quotes. What a
/// terminal would act on is shown instead of sent, so that a hostile name cannot be run by copying it.
pub fn shell_word(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=,+@%".contains(&byte);
    let cleaned = clean(word);
    if !word.is_empty() && word.bytes().all(plain) {
        cleaned.into_owned()
    } else {
        format!("'{}'", cleaned.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_can_be_copied() {
        for (word, shown) in [
            ("launches/checkout", "launches/checkout"),
            ("my launch", "'my launch'"),
            ("it's; rm", r"'it'\''s; rm'"),
            ("", "''"),
            ("a\u{1b}[2J", "'a\u{241b}[2J'"),
        ] {
            assert_eq!(shell_word(word), shown);
        }
    }
}
