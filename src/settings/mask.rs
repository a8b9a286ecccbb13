//! Secrets that people put into the settings file by mistake: a report about the file must not show them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use gonogo_yaml::{Problem, SourceText};

/// What gives a secret away: the key before it, its place in an address, or how it begins. Group 1 is hidden.
const SIGNS: [&str; 5] = [
    r#"(?i)(?:token|secret|passw|key)[\w-]*["']?\s*:\s*["']?([^\s"',}\]]+)"#,
    r"://(\S+)@",
    r"[^\s:]:([^\s:]+)@",
    r#"(?i)passw\w*\s*=\s*["']?([^\s"';&]+)"#,
    r"\b((?:gh[a-z]_|github_pat_|lin_(?:api|oauth)_|xox[a-z]-|glpat-|sk-|lin_)[A-Za-z0-9_-]{4,})",
];

/// What is shorter keeps no secret, and would take words out of every message.
const SHORTEST: usize = 4;

static PATTERNS: LazyLock<Vec<Regex>> =
    LazyLock::new(|| SIGNS.iter().filter_map(|sign| Regex::new(sign).ok()).collect());

/// The same problems and text with stars for what may be secret. Places stay what they were, and so do the words of the
/// problems that are not quoted from the file.
pub(super) fn mask(problems: Vec<Problem>, source: &SourceText) -> (Vec<Problem>, SourceText) {
    let found = secrets(source.text(), &PATTERNS);
    let text = stars(source.text(), found.iter().cloned());
    let quoted = found.into_iter().filter_map(|range| source.text().get(range));
    let quoted: Vec<&str> = quoted.filter(|it| it.len() >= SHORTEST).collect();
    let hide = |words: &str| {
        let places = quoted.iter().flat_map(|it| words.match_indices(it).map(|(at, it)| at..at + it.len()));
        // Our own words have a `key: value` here and there; only what gives itself away is hidden in them.
        stars(words, places.chain(secrets(words, PATTERNS.get(1..).unwrap_or_default())))
    };
    let masked = problems.into_iter().map(|problem| Problem {
        message: hide(&problem.message),
        label: hide(&problem.label),
        help: problem.help.as_deref().map(hide),
        also: problem.also.map(|(span, label)| (span, hide(&label))),
        ..problem
    });
    (masked.collect(), SourceText::new(source.name(), text))
}

/// Where a text gives a secret away.
fn secrets(text: &str, patterns: &[Regex]) -> Vec<Range<usize>> {
    let found = patterns.iter().flat_map(|pattern| pattern.captures_iter(text));
    let found = found.filter_map(|found| found.get(1));
    found.filter(|it| !super::file::is_variable(it.as_str())).map(|it| it.range()).collect()
}

/// A text of the same length in bytes.
fn stars(text: &str, places: impl Iterator<Item = Range<usize>>) -> String {
    let mut masked = text.to_owned();
    for range in places {
        masked.replace_range(range.clone(), &"*".repeat(range.len()));
    }
    masked
}
