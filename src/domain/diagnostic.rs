//! What is wrong with a file, where, and what to do about it.

use serde::{Deserialize, Serialize};

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The file as the user named it, relative to the launch's folder.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing is evaluated while one of these stands.
    Error,
    /// Worth a look; changes nothing.
    Warning,
}

/// One finding about the files of a launch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Stable, searchable code such as `unknown-gate`.
    pub code: String,
    /// What happened, one line.
    pub message: String,
    /// Where; `None` when it is about a file as a whole that could not be read.
    pub place: Option<Place>,
    /// What to do next.
    pub help: Option<String>,
    /// The whole diagnostic with its snippet, ready to print (sanitised, no colour).
    pub rendered: String,
}
