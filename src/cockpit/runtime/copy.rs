//! The user's clipboard, through the terminal.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// More than this many bytes are not copied: terminals cut or refuse it.
const LONGEST: usize = 8 * 1_024;

/// The sequence (OSC 52) that puts `text` into the clipboard; `None` when it is too long. What is between its ends
/// is base64 and nothing else, whatever the text.
pub(super) fn sequence(text: &str) -> Option<String> {
    (text.len() <= LONGEST).then(|| format!("\x1b]52;c;{}\x1b\\", STANDARD.encode(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_base64_is_inside() {
        let coded = sequence("\u{1b}]52;c;evil\u{7}\u{9c}").unwrap();
        let inside = coded.strip_prefix("\x1b]52;c;").unwrap().strip_suffix("\x1b\\").unwrap();
        assert!(inside.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b)));
        assert_eq!(sequence(&"x".repeat(LONGEST + 1)), None);
    }
}
