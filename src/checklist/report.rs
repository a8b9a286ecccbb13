//! Problems of files as diagnostics.

use std::collections::HashSet;

use super::{file_set::Unread, limits::MOST_DIAGNOSTICS, parsed_file::ParsedFile};
use gonogo_domain::{Diagnostic, Place, Severity};
use gonogo_text::{cap, clean};
use gonogo_yaml::{Problem, SourceText, render};

/// Characters of a message, a label and a help that are shown: names in files may be long.
const LONGEST: (usize, usize, usize) = (300, 120, 600);

/// All problems of all files, in their order, each once.
pub(super) fn errors(units: &[ParsedFile]) -> Vec<Diagnostic> {
    diagnostics(units, Severity::Error, |unit| &unit.problems)
}

/// All warnings.
pub(super) fn warnings(units: &[ParsedFile]) -> Vec<Diagnostic> {
    diagnostics(units, Severity::Warning, |unit| &unit.warnings)
}

/// The problem that there is no launch to read.
pub(super) fn unread(unread: Unread) -> Diagnostic {
    let mut problem = Problem::new(unread.code, unread.message);
    problem.help = unread.help;
    let problem = shortened(&problem);
    let help = problem.help.as_ref().map(|help| format!("\n  = help: {}", clean(help))).unwrap_or_default();
    Diagnostic {
        severity: Severity::Error,
        code: problem.code.to_owned(),
        rendered: format!("error[{}]: {}{help}", problem.code, clean(&problem.message)),
        message: problem.message,
        place: None,
        help: problem.help,
    }
}

fn diagnostics(
    units: &[ParsedFile],
    severity: Severity,
    of: impl Fn(&ParsedFile) -> &Vec<Problem>,
) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    let mut more = 0;
    for unit in units {
        let mut sorted: Vec<&Problem> = of(unit).iter().collect();
        sorted.sort_by_key(|problem| problem.span.map_or(0, |span| span.start));
        for problem in sorted {
            // A gate with many cells, or a file that serves twice, has each problem as often.
            let key = (unit.doc.name(), problem.span.map(|span| (span.start, span.end)), problem.code);
            let key = (key, problem.message.as_str());
            if !seen.insert(key) {
                continue;
            }
            if all.len() < MOST_DIAGNOSTICS {
                all.push(diagnostic(problem, unit.doc.source(), severity));
            } else {
                more += 1;
            }
        }
    }
    if more > 0 {
        all.push(unread_more(more, severity));
    }
    all
}

fn unread_more(more: usize, severity: Severity) -> Diagnostic {
    let message = format!("{more} more problems are not shown");
    Diagnostic {
        severity,
        code: "too-many-problems".to_owned(),
        rendered: format!("{}[too-many-problems]: {message}", word(severity)),
        message,
        place: None,
        help: None,
    }
}

fn diagnostic(problem: &Problem, source: &SourceText, severity: Severity) -> Diagnostic {
    let problem = shortened(problem);
    let place = problem.span.map(|span| Place {
        file: source.name().to_owned(),
        line: span.line,
        column: span.column,
    });
    let drawn = render(std::slice::from_ref(&problem), source, &|text| clean(text).into_owned());
    let rendered = match severity {
        Severity::Error => drawn,
        Severity::Warning => drawn.replacen("error[", "warning[", 1),
    };
    Diagnostic {
        severity,
        code: problem.code.to_owned(),
        message: problem.message,
        place,
        help: problem.help,
        rendered,
    }
}

fn shortened(problem: &Problem) -> Problem {
    let (message, label, help) = LONGEST;
    Problem {
        message: cap(&problem.message, message),
        label: cap(&problem.label, label),
        help: problem.help.as_ref().map(|text| cap(text, help)),
        ..problem.clone()
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// The last line under diagnostics: `error: 2 problems in 1 file; nothing was checked`.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let errors: Vec<&Diagnostic> = diagnostics.iter().filter(|it| it.severity == Severity::Error).collect();
    let plural = |count: usize, noun: &str| match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    };
    if errors.is_empty() {
        return plural(diagnostics.len(), "warning");
    }
    let files: HashSet<&str> =
        errors.iter().filter_map(|it| it.place.as_ref().map(|it| it.file.as_str())).collect();
    let within =
        if files.is_empty() { String::new() } else { format!(" in {}", plural(files.len(), "file")) };
    format!("error: {}{within}; nothing was checked", plural(errors.len(), "problem"))
}
