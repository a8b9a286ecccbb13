//! The text of a file, and places in it.

/// A place in a file: a position for people and a range of bytes for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// First byte, in the text without a byte order mark.
    pub start: usize,
    /// The byte after the last one; `start` for a place without extent.
    pub end: usize,
}

/// A named text. The byte order mark, if there was one, is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    name: String,
    text: String,
}

impl SourceText {
    /// A text and what people call it: the path as it was given.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text that spans count in.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// `name:line:column`.
    pub fn locate(&self, span: Span) -> String {
        format!("{}:{}:{}", self.name, span.line, span.column)
    }

    /// The place of a range of bytes. A range outside the text, or within a character, is drawn in to fit.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let start = floor(&self.text, start);
        let end = floor(&self.text, end).max(start);
        let before = &self.text[..start];
        let line_start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        Span {
            line: count(breaks(before) + 1),
            column: count(before[line_start..].chars().count() + 1),
            start,
            end,
        }
    }
}

/// The nearest character boundary at or before `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A count as it is kept in a [`Span`].
pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Line breaks in a text: `\n`, `\r\n` and `\r`, as YAML counts them.
fn breaks(text: &str) -> usize {
    let bytes = text.as_bytes();
    let breaks_here = |(at, byte): (usize, &u8)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    bytes.iter().enumerate().filter(|pair| breaks_here(*pair)).count()
}
