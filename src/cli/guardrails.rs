//! `gonogo guardrails`.

use super::{
    Exit,
    options::{GuardrailsArgs, OutputFormat},
    output::{print, print_json, progress, say},
    runtime,
    unused::{origins, refuse},
};
use gonogo_app::{self as app, AppError};

/// Tries the guardrails on the past. 0: each was tried; 3: of one at least nothing is known.
pub(super) fn run(args: GuardrailsArgs) -> Result<Exit, AppError> {
    refuse("guardrails asks the sources themselves", &origins(&args.launch)[2..])?;
    let opened = app::open(args.launch.into())?;
    say(&app::warnings(&opened.loaded));
    progress("asking the sources for past data ...");
    let runtime = runtime()?;
    let page = runtime.block_on(app::guardrails(&opened, args.over, args.timeout));
    runtime.shutdown_background();
    let page = page?;
    let exit = if page.is_whole() { Exit::Go } else { Exit::Hold };
    Ok(match args.format {
        OutputFormat::Text => print(&page.text(), exit),
        OutputFormat::Json => print_json(&page.json(), exit),
    })
}
