//! The user's clipboard, through the terminal.

/// More than this many bytes are not copied: terminals cut or refuse it.
const LONGEST: usize = 8 * 1_024;
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The sequence (OSC 52) that puts `text` into the clipboard; `None` when it is too long. What is between its ends
/// is base64 and nothing else, whatever the text.
pub(super) fn sequence(text: &str) -> Option<String> {
    (text.len() <= LONGEST).then(|| format!("\x1b]52;c;{}\x1b\\", base64(text.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |n: usize| u32::from(chunk.get(n).copied().unwrap_or_default());
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = group >> (18 - 6 * digit) & 63;
            let shown = usize::try_from(value).ok().and_then(|at| DIGITS.get(at)).copied().unwrap_or(b'=');
            out.push(if digit <= chunk.len() { char::from(shown) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_answers_come_out() {
        for (text, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
            ("é\u{1b}", "w6kb"),
        ] {
            assert_eq!(base64(text.as_bytes()), coded);
        }
    }

    #[test]
    fn nothing_but_base64_is_inside() {
        let coded = sequence("\u{1b}]52;c;evil\u{7}\u{9c}").unwrap();
        let inside = coded.strip_prefix("\x1b]52;c;").unwrap().strip_suffix("\x1b\\").unwrap();
        assert!(inside.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b)));
        assert_eq!(sequence(&"x".repeat(LONGEST + 1)), None);
    }
}
