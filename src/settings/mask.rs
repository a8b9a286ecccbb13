//! Secrets that people put into the settings file by mistake: a report about the file must not show them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::yaml::{Problem, Source};

/// What gives a secret away: the key before it, its place in an address, or how it begins. Group 1 is hidden.
const SIGNS: [&str; 3] = [
    r#"(?i)(?:token|secret|passw|key)[\w-]*["']?\s*:\s*["']?([^\s"',}\]]+)"#,
    r"://(\S+)@",
    r"\b((?:gh[a-z]_|github_pat_|lin_(?:api|oauth)_|xox[a-z]-|glpat-|sk-|lin_)[A-Za-z0-9_-]{4,})",
];

static PATTERNS: LazyLock<Vec<Regex>> =
    LazyLock::new(|| SIGNS.iter().filter_map(|sign| Regex::new(sign).ok()).collect());

/// The same problems and text with stars for what may be secret. Places stay what they were.
pub(super) fn mask(problems: Vec<Problem>, source: &Source) -> (Vec<Problem>, Source) {
    let masked = problems.into_iter().map(|problem| Problem {
        message: stars(&problem.message),
        label: stars(&problem.label),
        help: problem.help.as_deref().map(stars),
        also: problem.also.map(|(span, label)| (span, stars(&label))),
        ..problem
    });
    (masked.collect(), Source::new(source.name(), stars(source.text())))
}

/// A text of the same length in bytes.
fn stars(text: &str) -> String {
    let found = PATTERNS.iter().flat_map(|pattern| pattern.captures_iter(text));
    let secrets =
        found.filter_map(|found| found.get(1)).filter(|secret| !super::file::is_variable(secret.as_str()));
    let ranges: Vec<Range<usize>> = secrets.map(|secret| secret.range()).collect();
    let mut masked = text.to_owned();
    for range in ranges {
        masked.replace_range(range.clone(), &"*".repeat(range.len()));
    }
    masked
}
