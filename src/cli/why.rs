//! `gonogo why` and `gonogo path`: the board of `--check`, looked at from one gate or from its end.

use std::time::Duration;

use super::{
    Exit,
    options::{Format, LaunchArgs, PathArgs, WhyArgs},
    output::{print, print_json, progress, say},
    runtime,
};
use gonogo_app::{self as app, AppError, CheckRequest, Checked, Opened};
use gonogo_report::{Asked, way_json, way_text, why_json, why_text};

/// Says why a gate is what it is. No verdict: 0 when it was written.
pub(super) fn run(args: WhyArgs) -> Result<Exit, AppError> {
    let opened = open(args.launch)?;
    let id = app::named_gate(&opened, &args.gate)?;
    let checked = ask(&opened, args.timeout)?;
    let launch = &opened.loaded.launch;
    let found = checked.board.gate(&id).zip(launch.gate(&id));
    let (state, gate) = found.ok_or(AppError::Internal("the gate is not on the board"))?;
    let path = opened.chosen.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let asked = Asked { board: &checked.board, launch, state, gate, path: &path };
    let exit = exit(&checked);
    Ok(match args.format {
        Format::Text => print(&why_text(asked), exit),
        Format::Json => print_json(&why_json(asked), exit),
    })
}

/// Says what must happen before GO. No verdict: 0 when it was written.
pub(super) fn path(args: PathArgs) -> Result<Exit, AppError> {
    let opened = open(args.launch)?;
    let checked = ask(&opened, args.timeout)?;
    let exit = exit(&checked);
    Ok(match args.format {
        Format::Text => print(&way_text(&checked.board), exit),
        Format::Json => print_json(&way_json(&checked.board), exit),
    })
}

pub(super) fn open(launch: LaunchArgs) -> Result<Opened, AppError> {
    let opened = app::open(launch.into())?;
    say(&app::warnings(&opened.loaded));
    Ok(opened)
}

pub(super) fn ask(opened: &Opened, timeout: Duration) -> Result<Checked, AppError> {
    progress(&format!("asking about {} gates ...", opened.loaded.launch.gates.len()));
    let request = CheckRequest { timeout, ..CheckRequest::default() };
    let runtime = runtime()?;
    let checked = runtime.block_on(app::check(opened, &request));
    // A source that hangs must not keep the answer from its reader.
    runtime.shutdown_background();
    checked
}

/// What was made of a journal that can not be trusted is no answer to build on.
pub(super) fn exit(checked: &Checked) -> Exit {
    if checked.journal_broken { Exit::Internal } else { Exit::Go }
}
