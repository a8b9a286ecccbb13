//! The only room that knows the YAML library: bytes in, places and typed values out.
//!
//! What it promises:
//!
//! - **Strict.** YAML 1.2 without anchors, aliases, merge keys, tags, directives, duplicate keys and empty
//!   values; one document; UTF-8. Each of these is a problem with a place and with what to write instead.
//! - **All problems at once.** Reading goes on after a problem wherever the structure is still clear, and
//!   [`Document::decode`] finds the problems of a whole tree, not the first.
//! - **Bounded.** The [limits](FileLimits) hold before anything is built from a file, so a hostile one costs little.
//! - **Text stays text.** `3.10` asked for as text is `3.10`; `no` is never a boolean.
//! - **Places.** Every key and value has a [`Span`]; [`render`] draws it under the line it is about.
//!
//! ```
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Gate {
//!     gate: gonogo_yaml::Spanned<String>,
//!     title: String,
//! }
//!
//! let document = gonogo_yaml::parse("qa.yaml", b"- { gate: smoke, title: Smoke test }\n").unwrap();
//! let mut problems = Vec::new();
//! let gates: Option<Vec<Gate>> = document.decode(document.root(), &mut problems);
//! assert_eq!(gates.unwrap()[0].gate.value, "smoke");
//! ```

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod blank;
mod builder;
mod capture;
mod decode;
mod document;
mod edit;
mod encoding;
mod limits;
mod problem;
mod render;
mod shape;
mod source;
mod syntax;

pub use capture::{Entries, NodeRef, Spanned};
pub use document::{Document, NodeId, NodeKind, Style};
pub use edit::Scalar;
pub use limits::FileLimits;
pub use problem::{Problem, nearest};
pub use render::{render, render_plain};
pub use shape::{Shape, ShapeKey, Variant};
pub use source::{SourceText, Span};

/// What [`parse`] says about a file that must not be used.
#[derive(Debug)]
pub struct Rejected {
    /// Every problem found, at least one.
    pub problems: Vec<Problem>,
    document: Document,
    complete: bool,
}

impl Rejected {
    /// The text the problems are about, for [`render`].
    pub fn source(&self) -> &SourceText {
        self.document.source()
    }

    /// The document, if its structure is clear in spite of the problems: to find *more* problems in it, never
    /// to act on it. Its faulty parts decode to nothing, silently, because they have been reported here.
    pub fn salvage(&self) -> Option<&Document> {
        self.complete.then_some(&self.document)
    }

    /// As [`Rejected::salvage`], giving the document away.
    pub fn into_parts(self) -> (Vec<Problem>, Document, bool) {
        (self.problems, self.document, self.complete)
    }
}

/// Reads one YAML document within the default [`FileLimits`]. `name` is what people call the file; it appears in
/// problems only.
///
/// # Errors
/// [`Rejected`] with every problem that could be found.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Document, Box<Rejected>> {
    parse_within(name, bytes, &FileLimits::default())
}

/// As [`parse`], within other limits.
///
/// # Errors
/// [`Rejected`] with every problem that could be found.
pub fn parse_within(name: &str, bytes: &[u8], limits: &FileLimits) -> Result<Document, Box<Rejected>> {
    let reject = |problems, document, complete| Box::new(Rejected { problems, document, complete });
    let text = match encoding::read(bytes, limits) {
        Ok(text) => text,
        Err(unreadable) => {
            let (problem, lossy) = *unreadable;
            return Err(reject(vec![problem], Document::new(SourceText::new(name, lossy)), false));
        }
    };
    let built = builder::build(SourceText::new(name, text), limits);
    if built.problems.is_empty() {
        Ok(built.document)
    } else {
        Err(reject(built.problems, built.document, built.complete))
    }
}

#[cfg(test)]
mod tests;
