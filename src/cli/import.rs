//! `gonogo import`.

use super::{
    Exit,
    options::{ImportArgs, ImportFormat},
    output::{print, print_exactly, say},
};
use gonogo_app::{self as app, AppError, Import, ImportRequest, RemarkKind};
use gonogo_text::clean;

/// Reads a checklist, writes it, and tells what was guessed and dropped.
pub(super) fn run(args: ImportArgs) -> Result<Exit, AppError> {
    let format = args.format.map(|format| match format {
        ImportFormat::Markdown => app::ImportFormat::Markdown,
        ImportFormat::Form => app::ImportFormat::Form,
        ImportFormat::Csv => app::ImportFormat::Csv,
    });
    let folder = args.path.or(args.launch);
    let done = app::import(&ImportRequest { file: args.file, format, into: folder })?;
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
    for (kind, title) in [(RemarkKind::Guessed, "guessed, look at each"), (RemarkKind::Dropped, "dropped")] {
        let all: Vec<_> = it.remarks.iter().filter(|remark| remark.kind == kind).collect();
        if !all.is_empty() {
            out.push_str(&format!("{title}: {}\n", all.len()));
        }
        for remark in all {
            out.push_str(&format!("  {}: {}\n", clean(&remark.about), clean(&remark.said)));
        }
    }
    out.push_str(&format!("roles that must have somebody: {}\n", clean(&it.roles.join(", "))));
    for path in &done.written {
        out.push_str(&format!("wrote {}\n", clean(&path.display().to_string())));
    }
    if let Some(text) = &done.to_add {
        out.push_str(&gonogo_text::clean_block(text));
    }
    out
}
