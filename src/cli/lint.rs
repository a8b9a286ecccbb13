//! `gonogo lint`.

use serde_json::json;

use super::{
    Exit,
    options::{LintArgs, OutputFormat},
    output::{print, print_json, say},
    unused::{origins, refuse},
};
use gonogo_app::{self as app, AppError};
use gonogo_report::complete;
use gonogo_text::clean;

/// Looks at the files and asks nobody. 0, or 2 with `--strict` if anything was found.
pub(super) fn run(args: LintArgs) -> Result<Exit, AppError> {
    refuse("lint looks at files only", &origins(&args.launch)[..2])?;
    let opened = app::open(args.launch.into())?;
    say(&app::warnings(&opened.loaded));
    let found = app::lint(&opened.loaded.launch);
    let exit = if args.strict && !found.is_empty() { Exit::Input } else { Exit::Go };
    Ok(match args.format {
        OutputFormat::Text if found.is_empty() => print("ok: nothing found\n", exit),
        OutputFormat::Text => {
            print(&found.iter().map(|it| format!("{}\n\n", it.rendered)).collect::<String>(), exit)
        }
        OutputFormat::Json => {
            let all = found.iter().map(|it| {
                let place = it.place.as_ref();
                json!({
                    "rule": it.code, "message": clean(&it.message), "help": it.help.as_deref().map(clean),
                    "file": place.map(|it| clean(&it.file)), "line": place.map(|it| it.line), "column": place.map(|it| it.column),
                })
            });
            let page = json!({ "findings": all.collect::<Vec<_>>() });
            print_json(&complete(&serde_json::to_string_pretty(&page).unwrap_or_default()), exit)
        }
    })
}
