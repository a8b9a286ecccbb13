//! Faults of the YAML itself, in words for people who are not programmers.

use granit_parser::{ErrorKind, ScanError};

use super::source::{SourceText, Span, floor};
use super::{FileLimits, Problem, blank};

/// A fault after which the structure of the file is not clear any more.
pub(super) fn explain(text: &str, error: &ScanError, limits: &FileLimits) -> Problem {
    let span = span_of(text, error);
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return too_deep(span, limits);
    }
    if let Some(template) = template_before(text, span) {
        return unquoted_template(text, template);
    }
    if let Some(problem) = blank::cause(text, span) {
        return problem;
    }
    if let (ErrorKind::TabInPlainScalar, Some(tab)) = (error.kind(), tab_after(text, span)) {
        let (message, help) = words(&ErrorKind::TabInIndentation);
        let problem = Problem::new("syntax", message).at(tab, "here");
        return help.into_iter().fold(problem, Problem::help);
    }
    let (message, help) = words(error.kind());
    let help = at_sign(text, span).or_else(|| by_its_line(text, span)).or(help);
    let problem = Problem::new("syntax", message).at(span, "here");
    match help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

/// `{{ x }}` without quotes, at `span`.
pub(super) fn unquoted_template(text: &str, span: Span) -> Problem {
    let line = text[span.start..].lines().next().unwrap_or_default();
    let end = line.find("}}").map_or(line.len().min(2), |at| at + 2);
    let span = Span { end: span.start + end, ..span };
    Problem::new("template-quotes", "a value with {{ needs quotes")
        .at(span, "YAML reads this as a map")
        .help("put \" around the whole value")
}

pub(super) fn too_deep(span: Span, limits: &FileLimits) -> Problem {
    let message = format!("maps and lists are nested more than {} deep", limits.depth);
    Problem::new("too-deep", message).at(span, "the limit is here")
}

fn span_of(text: &str, error: &ScanError) -> Span {
    let mark = error.marker();
    let at = floor(text, mark.byte_offset().unwrap_or_default());
    // At the end of the text there is no character to mark.
    let end =
        text[at..].chars().next().filter(|c| !matches!(c, '\n' | '\r')).map_or(at, |c| at + c.len_utf8());
    SourceText::new("", text).span(at, end)
}

/// A tab in the indentation of the line after the fault: to the parser it is a part of the text before it.
fn tab_after(text: &str, fault: Span) -> Option<Span> {
    let rest = &text[fault.start..];
    let blank = |line: &&str| line.trim().is_empty();
    let end = rest.find('\n').filter(|at| !rest[..*at].contains('\t'))?;
    let skipped: usize = rest[end + 1..].split_inclusive('\n').take_while(blank).map(str::len).sum();
    let line = fault.start + end + 1 + skipped;
    let indentation = &text[line..text.len() - text[line..].trim_start_matches([' ', '\t']).len()];
    let tab = line + indentation.find('\t')?;
    Some(SourceText::new("", text).span(tab, tab + 1))
}

/// An opening `{{` on the faulty line, outside quotes, begun before the fault.
fn template_before(text: &str, fault: Span) -> Option<Span> {
    let head = &text[..fault.start];
    let line = head.trim_end_matches(['\n', '\r', ' ']).rfind('\n').map_or(0, |at| at + 1);
    let rest = text[line..].lines().next().unwrap_or_default();
    let mut quote = None;
    let mut last = None;
    for (at, c) in rest.char_indices() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('#', None) => break,
            ('{', None) if rest[at..].starts_with("{{") => last = last.or(Some(line + at)),
            _ => {}
        }
    }
    last.filter(|at| *at <= fault.start).map(|at| SourceText::new("", text).span(at, at + 2))
}

/// `[@octo]`: quotes would only lead to the next error, because no name in a launch has an `@`.
fn at_sign(text: &str, fault: Span) -> Option<&'static str> {
    let name = text[fault.start..].strip_prefix('@')?;
    name.starts_with(|c: char| c.is_ascii_alphanumeric()).then_some(
        "names are written without `@`: leave it out; other text that begins with `@` needs quotes",
    )
}

/// What the faulty line shows of its cause: a dash without a space, or a key that is indented too far.
fn by_its_line(text: &str, fault: Span) -> Option<&'static str> {
    let start = text[..fault.start].rfind('\n').map_or(0, |at| at + 1);
    let line = text[start..].lines().next()?.trim_start();
    if line.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric())) {
        return Some("put a space after the dash: `- `");
    }
    let at = fault.start.saturating_sub(start);
    let before = text[start..].get(..at)?.trim_start();
    let is_key =
        !before.is_empty() && before.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    (is_key && text[fault.start..].starts_with(':'))
        .then_some("indent it like its neighbours; text that contains `: ` needs quotes")
}

fn words(kind: &ErrorKind) -> (String, Option<&'static str>) {
    use ErrorKind as K;
    let (message, help) = match kind {
        K::TabNotAllowed | K::TabInBlockIndentation | K::TabInIndentation | K::TabAtBlockScalarStart => {
            ("a tab where YAML wants spaces", "replace it with spaces")
        }
        K::TabInPlainScalar => {
            ("a tab inside text", "replace it with a space, or put quotes around the text")
        }
        K::UnclosedQuotedScalar | K::InvalidQuotedScalarIndent | K::DocumentIndicatorInQuotedScalar => {
            ("a quote is never closed", "add the closing quote")
        }
        K::UnclosedFlowCollection { .. }
        | K::UnexpectedEofFlowMapping
        | K::UnexpectedEofFlowSequence
        | K::UnexpectedEofImplicitFlowMapping => ("a bracket is never closed", "add the closing } or ]"),
        K::MismatchedFlowCollectionEnd { .. } | K::MisplacedFlowCollectionEnd => {
            ("a closing bracket without an opening one", "check that { } and [ ] come in pairs")
        }
        K::ExpectedFlowMappingSeparator | K::ExpectedFlowSequenceSeparator => (
            "a comma or a closing bracket is missing",
            "separate entries with `, `; text with , { } [ ] needs quotes",
        ),
        K::MappingValueNotAllowed | K::InvalidColonPlacement | K::InvalidMappingValueWhitespace => {
            ("a `:` where there can be no key", "text that contains `: ` needs quotes")
        }
        K::SimpleKeyExpected | K::InvalidSimpleKey | K::ExpectedBlockMappingKey | K::MappingKeyNotAllowed => {
            (
                "this does not match the lines around it",
                "write `key: value`, and indent it like its neighbours",
            )
        }
        K::InvalidIndentation | K::ExpectedBlockSequenceEntry | K::BlockSequenceEntryNotAllowed => {
            ("the indentation does not match the lines around it", "indent it like its neighbours")
        }
        K::UnexpectedCharacter { .. } => {
            ("text cannot begin with this character", "put quotes around the whole text")
        }
        K::DirectiveDisallowed => ("directives (%) are not part of the format", "remove the line"),
        K::InvalidTrailingSingleQuotedScalar | K::InvalidTrailingDoubleQuotedScalar => (
            "text after a closing quote",
            "put quotes of the other kind around the whole text: '\"a\" b' or \"'a' b\"",
        ),
        K::InvalidBlockScalarHeader => {
            ("text cannot begin with `>` or `|`", "put quotes around the whole text")
        }
        K::InvalidBlockEntryWhitespace => {
            ("a dash without a space after it", "put a space after the dash: `- `")
        }
        K::UnknownQuotedScalarEscape => {
            ("an unknown escape in double quotes", "write \\\\ for a backslash, or use single quotes")
        }
        K::BomInsideDocument => ("a byte order mark inside the file", "remove it"),
        other => return (other.to_string(), None),
    };
    (message.to_owned(), Some(help))
}
