//! `gonogo validate`.

use super::{
    Exit,
    options::{FindingsFormat, ValidateArgs},
    output::{print, print_json, say},
    unused::{origins, refuse},
};
use gonogo_app::{self as app, AppError, Chosen, Opened};
use gonogo_domain::Diagnostic;
use gonogo_report::{findings_json, sarif};
use gonogo_text::clean;

/// Checks the files and asks nobody.
pub(super) fn run(args: ValidateArgs) -> Result<Exit, AppError> {
    refuse("validate looks at files only", &origins(&args.launch)[..2])?;
    let chosen = Chosen::from(args.launch);
    let path = chosen.path.clone();
    let page: fn(&[Diagnostic]) -> String = match args.format {
        FindingsFormat::Text => {
            let opened = app::open(chosen)?;
            say(&app::warnings(&opened.loaded));
            return Ok(print(&passed(&opened), Exit::Go));
        }
        FindingsFormat::Json => findings_json,
        FindingsFormat::Sarif => sarif,
    };
    let (found, exit) = match app::open(chosen) {
        Ok(opened) => (opened.loaded.warnings, Exit::Go),
        // What is wrong with the files is the answer; what is wrong with the settings is not about them.
        Err(AppError::Files { problems, of: None }) => (problems, Exit::Input),
        Err(error) => return Err(error),
    };
    Ok(print_json(&page(&app::from_the_top(path.as_deref(), found)), exit))
}

fn passed(opened: &Opened) -> String {
    let launch = &opened.loaded.launch;
    let gates = launch.gates.iter().filter(|gate| !gate.is_group()).count();
    let sources: Vec<_> = opened.loaded.sources.iter().map(|it| it.as_str().to_owned()).collect();
    let asks = if sources.is_empty() { "nobody but people".to_owned() } else { sources.join(", ") };
    format!(
        "ok: {} {}: {} in {}, {}; asks {asks}\n",
        clean(&launch.title),
        clean(&launch.version),
        count(gates, "gate"),
        count(launch.checklists.len(), "checklist"),
        count(opened.loaded.files.len(), "file"),
    )
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
