//! One file of the launch at work: its document, and what was found in it.

use std::path::PathBuf;

use super::file_set::ReadFile;
use gonogo_domain::{Digest, Str};
use gonogo_yaml::{self as yaml, Document, Problem};

/// The id of the checklist that the gates of the launch file itself make up.
pub(super) const OWN: &str = "launch";

/// A file as one checklist. A file that serves twice is two of these.
#[derive(Debug)]
pub(super) struct ParsedFile {
    /// The checklist's id: its own, or what `as` says.
    pub(super) id: Str,
    pub(super) doc: Document,
    /// Whether the structure of the file is clear.
    pub(super) whole: bool,
    /// Whether it lists files that could not be read.
    pub(super) missing: bool,
    /// Whether anything in it wants to be filled in.
    pub(super) templates: bool,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<Problem>,
    pub(super) path: Option<PathBuf>,
    pub(super) digest: Digest,
}

impl ParsedFile {
    /// A file that is a text, which was read.
    pub(super) fn of_text(doc: Document, found: &ReadFile) -> Self {
        let digest = Digest::of([found.bytes.as_slice()]);
        let templates = doc.source().text().contains("{{");
        let path = found.path.clone();
        Self {
            id: "".into(),
            doc,
            whole: true,
            missing: false,
            templates,
            problems: Vec::new(),
            warnings: Vec::new(),
            path,
            digest,
        }
    }

    /// Parses a file.
    pub(super) fn parse(found: ReadFile) -> Self {
        let digest = Digest::of([found.bytes.as_slice()]);
        let (doc, problems, whole) = match yaml::parse(&found.name, &found.bytes) {
            Ok(document) => (document, Vec::new(), true),
            Err(rejected) => {
                let (problems, document, whole) = rejected.into_parts();
                (document, problems, whole)
            }
        };
        let templates = doc.source().text().contains("{{");
        let id = OWN.into();
        Self {
            id,
            doc,
            whole,
            missing: false,
            templates,
            problems,
            warnings: Vec::new(),
            path: found.path,
            digest,
        }
    }
}
