//! `gonogo import`.

use std::path::Path;

use super::{
    Exit,
    options::{ImportArgs, ImportFormat},
    output::{print, print_exactly, say},
    runtime,
    unused::refuse,
};
use gonogo_app::{self as app, AppError, Import, ImportFrom, ImportRequest, Keeps, Remark, RemarkKind};
use gonogo_text::{clean, shell_word};

/// Reads a checklist, writes it, and tells what was guessed and dropped.
pub(super) fn run(args: ImportArgs) -> Result<Exit, AppError> {
    let format = args.format.map(|format| match format {
        ImportFormat::Markdown => app::ImportFormat::Markdown,
        ImportFormat::Form => app::ImportFormat::Form,
        ImportFormat::Csv => app::ImportFormat::Csv,
    });
    let kept = args.issue.map(|it| (Keeps::Issue, it)).or(args.linear.map(|it| (Keeps::Project, it)));
    let (from, folder) = match (kept, args.file) {
        // What is not in a file leaves the first place to the folder.
        (Some((keeps, name)), folder) => {
            let twice = [
                ("a second PATH", args.path.is_some()),
                ("--launch", folder.is_some() && args.launch.is_some()),
            ];
            refuse("only one folder can be written into", &twice)?;
            (ImportFrom::Server(keeps, name), folder)
        }
        (None, Some(file)) => (ImportFrom::File(file), args.path),
        (None, None) => return Err(AppError::input("name a file, --issue or --linear")),
    };
    let request = ImportRequest { from, format, into: folder.or(args.launch) };
    let done = runtime()?.block_on(app::import(&request))?;
    let page = page(&done);
    if done.written.is_empty() {
        say(&page);
        return Ok(print_exactly(&done.imported.checklist, Exit::Go));
    }
    Ok(print(&page, Exit::Go))
}

/// What was carried, guessed and dropped.
fn page(done: &Import) -> String {
    let it = &done.imported;
    let mut out = format!("carried: {} of {} items as gates\n", it.gates.min(it.boxes), it.boxes);
    for (kind, title) in [
        (RemarkKind::Guessed, "guessed; check each"),
        (RemarkKind::Suggested, "could be checked automatically"),
        (RemarkKind::Dropped, "dropped"),
    ] {
        let all: Vec<&Remark> = it.remarks.iter().filter(|remark| remark.kind == kind).collect();
        if !all.is_empty() {
            out.push_str(&format!("{title}: {}\n{}", all.len(), together(&all)));
        }
    }
    out.push_str(&format!("roles to fill: {}\n", clean(&it.roles.join(", "))));
    for path in &done.written {
        out.push_str(&format!("wrote {}\n", clean(&path.display().to_string())));
    }
    if let Some(text) = &done.to_add {
        out.push_str(&gonogo_text::clean_block(text));
    }
    out.push_str(&next(done));
    out
}

/// Remarks, those that say the same under one line.
fn together(all: &[&Remark]) -> String {
    let mut out = String::new();
    let mut told: Vec<&str> = Vec::new();
    for remark in all {
        if told.contains(&remark.said.as_str()) {
            continue;
        }
        told.push(&remark.said);
        let same: Vec<_> = all.iter().filter(|other| other.said == remark.said).collect();
        match same.as_slice() {
            [one] => out.push_str(&format!("  {}: {}\n", clean(&one.about), clean(&one.said))),
            several => {
                out.push_str(&format!("  {}:\n", clean(&remark.said)));
                several.iter().for_each(|one| out.push_str(&format!("    {}\n", clean(&one.about))));
            }
        }
    }
    out
}

/// What to do with what was written.
fn next(done: &Import) -> String {
    let launch = done.written.iter().find(|path| path.ends_with("launch.yaml"));
    let Some(folder) = launch.and_then(|path| path.parent()) else { return String::new() };
    let at = if folder.as_os_str().is_empty() || folder == Path::new(".") {
        String::new()
    } else {
        format!(" {}", shell_word(&folder.display().to_string()))
    };
    format!(
        "next:\n  replace `me` in launch.yaml with your people: it holds every role\n  gonogo validate{at}\n  gonogo{at}   opens the cockpit\n"
    )
}
