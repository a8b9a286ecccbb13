//! `gonogo validate`.

use super::{
    Exit,
    options::ValidateArgs,
    output::{print, say},
    unused::{origins, refuse},
};
use gonogo_app::{self as app, AppError};
use gonogo_text::clean;

/// Checks the files and asks nobody.
pub(super) fn run(args: ValidateArgs) -> Result<Exit, AppError> {
    refuse("validate looks at files only", &origins(&args.launch)[..2])?;
    let opened = app::open(args.launch.into())?;
    say(&app::warnings(&opened.loaded));
    let launch = &opened.loaded.launch;
    let gates = launch.gates.iter().filter(|gate| !gate.is_group()).count();
    let sources: Vec<_> = opened.loaded.sources.iter().map(|it| it.as_str().to_owned()).collect();
    let asks = if sources.is_empty() { "nobody but people".to_owned() } else { sources.join(", ") };
    let text = format!(
        "ok: {} {}: {} in {}, {}; asks {asks}\n",
        clean(&launch.title),
        clean(&launch.version),
        count(gates, "gate"),
        count(launch.checklists.len(), "checklist"),
        count(opened.loaded.files.len(), "file"),
    );
    Ok(print(&text, Exit::Go))
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
