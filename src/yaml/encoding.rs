//! Bytes to text: UTF-8 only, no NUL, no byte order mark left.

use super::{FileLimits, Problem, SourceText, Span};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What is wrong with the bytes, and a readable form of them to point into.
pub(super) type Unreadable = (Problem, String);

/// The text of a file.
pub(super) fn read(bytes: &[u8], limits: &FileLimits) -> Result<String, Box<Unreadable>> {
    if bytes.len() > limits.bytes {
        let message = format!("the file has {} bytes; the limit is {}", bytes.len(), limits.bytes);
        return Err(Box::new((Problem::new("too-large", message), String::new())));
    }
    if let Some(family) = wide(bytes) {
        let problem =
            Problem::new("encoding", format!("the file is {family}, not UTF-8")).help("save it as UTF-8");
        return Err(Box::new((problem, String::new())));
    }
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    match str::from_utf8(bytes) {
        Ok(text) => no_nul(text).map(str::to_owned),
        Err(error) => Err(Box::new(not_utf8(bytes, error.valid_up_to()))),
    }
}

/// UTF-16 and UTF-32, by their mark or by the zero bytes that any ASCII character makes in them.
fn wide(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] | [0, 0, 0, 1..=255, ..] | [1..=255, 0, 0, 0, ..] => {
            Some("UTF-32")
        }
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, 1..=255, 0, 1..=255, ..] | [1..=255, 0, 1..=255, 0, ..] => {
            Some("UTF-16")
        }
        _ => None,
    }
}

fn no_nul(text: &str) -> Result<&str, Box<Unreadable>> {
    let Some(at) = text.find('\0') else { return Ok(text) };
    let span = SourceText::new("", text).span(at, at + 1);
    let problem =
        Problem::new("encoding", "the file contains a NUL character").at(span, "here").help("remove it");
    Err(Box::new((problem, text.to_owned())))
}

fn not_utf8(bytes: &[u8], valid: usize) -> Unreadable {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let wrong = bytes.get(valid).copied().unwrap_or_default();
    let span: Span = SourceText::new("", text.as_str()).span(valid, valid + '\u{FFFD}'.len_utf8());
    let problem =
        Problem::new("encoding", format!("the file is not UTF-8: byte 0x{wrong:02X} at offset {valid}"))
            .at(span, "here")
            .help("save it as UTF-8");
    (problem, text)
}
