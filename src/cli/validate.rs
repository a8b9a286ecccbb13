//! `gonogo validate`.

use super::{
    Exit,
    options::ValidateArgs,
    output::{print, say},
    unused::{origins, refuse},
};
use crate::{
    app::{self, AppError},
    text::clean,
};

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
        "ok: {} {}: {gates} gates in {} checklists, {} files; asks {asks}\n",
        clean(&launch.title),
        clean(&launch.version),
        launch.checklists.len(),
        opened.loaded.files.len(),
    );
    Ok(print(&text, Exit::Go))
}
