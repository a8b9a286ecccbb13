//! `gonogo why` and `gonogo path`: the board of `--check`, looked at from one gate or from its end.

use std::time::Duration;

use super::{
    Exit,
    options::{LaunchArgs, OutputFormat, PathArgs, WhyArgs},
    output::{elsewhere, print, print_json, progress, say},
    replay, runtime,
};
use gonogo_app::{self as app, AppError, CheckRequest, Checked, Opened, Past, Reported};
use gonogo_domain::GateId;
use gonogo_report::{WhyInput, way_json, way_text, why_json, why_text};
use gonogo_text::clean;

/// Says why a gate is what it is. No verdict: 0 when it was written.
pub(super) fn run(args: WhyArgs) -> Result<Exit, AppError> {
    let opened = open(args.launch)?;
    let id = named(&opened, &args.gate)?;
    let path = opened.chosen.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let (board, launch, exit) = match &args.at {
        Some(at) => {
            let mut past = Past::open(&opened)?;
            let (at, board) = past.as_it_was(&opened, at)?;
            say(&replay::outside(&past, at));
            (board, past.launch().as_ref().clone(), Exit::Go)
        }
        None => {
            let checked = ask(&opened, args.answer.wait_for.timeout)?;
            let exit = exit(&checked);
            (checked.board, opened.loaded.launch.clone(), exit)
        }
    };
    let launch = launch.following(&board).unwrap_or(launch);
    let found = board.gate(&id).zip(launch.gate(&id));
    let none = || AppError::input(format!("there is no gate {} on the board", clean(&args.gate)));
    let (state, gate) = found.ok_or_else(none)?;
    let asked = WhyInput { board: &board, launch: &launch, state, gate, path: &path };
    Ok(match args.answer.format {
        OutputFormat::Text => told_of(&opened, &why_text(asked), exit),
        OutputFormat::Json => print_json(&why_json(asked), exit),
    })
}

/// The gate that is meant.
pub(super) fn named(opened: &Opened, gate: &str) -> Result<GateId, AppError> {
    let named = app::named_gate(&opened.loaded.launch, gate);
    // Conditions of a final call are gates of the journal, which is read with the board.
    if gate.starts_with("conditions/") { Ok(named.unwrap_or_else(|_| gate.into())) } else { named }
}

/// Says what must happen before GO. No verdict: 0 when it was written.
pub(super) fn path(args: PathArgs) -> Result<Exit, AppError> {
    let opened = open(args.launch)?;
    let checked = ask(&opened, args.answer.wait_for.timeout)?;
    let exit = exit(&checked);
    Ok(match args.answer.format {
        OutputFormat::Text => told_of(&opened, &way_text(&checked.board), exit),
        OutputFormat::Json => print_json(&way_json(&checked.board), exit),
    })
}

fn told_of(opened: &Opened, page: &str, exit: Exit) -> Exit {
    let printed = print(page, exit);
    elsewhere(opened.chosen.path.as_deref(), page);
    printed
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

/// The board with its launch and what people said.
pub(super) fn reported(opened: &Opened, timeout: Duration) -> Result<Reported, AppError> {
    progress(&format!("asking about {} gates ...", opened.loaded.launch.gates.len()));
    let runtime = runtime()?;
    let told = runtime.block_on(app::reported(opened, timeout));
    // A source that hangs must not keep the answer from its reader.
    runtime.shutdown_background();
    told
}

/// As [`exit`].
pub(super) fn told(told: &Reported) -> Exit {
    if told.history.broken.is_some() { Exit::Internal } else { Exit::Go }
}

/// What was made of a journal that cannot be trusted is no answer to build on.
pub(super) fn exit(checked: &Checked) -> Exit {
    if checked.journal_broken { Exit::Internal } else { Exit::Go }
}
