//! The cockpit, on a launch or on the bundled day.

use std::{io::IsTerminal, path::PathBuf};

use super::{
    Exit,
    options::{DemoArgs, LaunchArgs, LookArgs, ModeArgs},
    output::say,
};
use gonogo_app::{self as app, AppError, CockpitAccess, CockpitRequest, LaunchSelection};
use gonogo_cockpit as cockpit;

/// Opens the cockpit on a launch.
pub(super) fn run(
    launch: LaunchArgs,
    look: &LookArgs,
    mode: ModeArgs,
    record: Option<PathBuf>,
) -> Result<Exit, AppError> {
    open(launch.into(), look, mode, record, None)
}

/// Opens the cockpit on the bundled day.
pub(super) fn demo(args: &DemoArgs) -> Result<Exit, AppError> {
    let chosen = LaunchSelection { demo: true, ..LaunchSelection::default() };
    open(chosen, &args.look, args.mode, None, args.speed)
}

fn open(
    chosen: LaunchSelection,
    look: &LookArgs,
    mode: ModeArgs,
    record: Option<PathBuf>,
    speed: Option<u32>,
) -> Result<Exit, AppError> {
    let opened = app::open(chosen)?;
    if !mode.plain && !std::io::stdout().is_terminal() {
        return Err(AppError::input(
            "the cockpit needs a terminal. Without one, use `gonogo --plain` (lines instead of a screen) or `gonogo check` (one answer)",
        ));
    }
    say(&app::warnings(&opened.loaded));
    let ModeArgs { read_only, redact, plain } = mode;
    let request = CockpitRequest {
        theme: look.theme.clone(),
        ascii: look.ascii,
        record,
        speed,
        access: match (redact, read_only) {
            (true, _) => CockpitAccess::Redacted,
            (false, true) => CockpitAccess::ReadOnly,
            (false, false) => CockpitAccess::Full,
        },
        plain,
    };
    let runtime = super::runtime()?;
    let exit = runtime.block_on(app::cockpit(opened, request));
    // Sources that hang must not keep the user from leaving.
    runtime.shutdown_background();
    exit.map(ended)
}

/// The exit code of a screen that ended so.
pub(super) fn ended(exit: cockpit::CockpitExit) -> Exit {
    match exit {
        cockpit::CockpitExit::Quit => Exit::Go,
        // In lines it may be part of a script: what it ended with is not GO unless the board is.
        cockpit::CockpitExit::Said(word) => word.into(),
        cockpit::CockpitExit::Signal(number) => Exit::Signal(u8::try_from(number).unwrap_or(u8::MAX)),
        cockpit::CockpitExit::TerminalGone => Exit::Internal,
    }
}
