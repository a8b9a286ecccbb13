//! `gonogo launches`, and `gonogo` where there is no launch but launches are below.

use std::{
    io::{self, IsTerminal},
    path::PathBuf,
};

use super::{
    Exit, cockpit,
    options::{FilesArgs, LaunchArgs, LaunchesArgs, LookArgs, ModeArgs, OutputFormat},
    output::{print, print_json, progress, say},
    sign::recorded,
    typed,
};
use gonogo_app::{self as app, AppError, CockpitRequest, HeldLaunch, HoldOutcome, LaunchSelection};
use gonogo_cockpit::ChooserEnd;
use gonogo_domain::ClashKind;
use gonogo_report::{Fleet, fleet_json, fleet_text};
use gonogo_text::clean;

/// Lists the launches of a folder, or holds those that wait for a hotfix. A list is no verdict: it ends with 0 when it was
/// written.
pub(super) fn run(args: LaunchesArgs) -> Result<Exit, AppError> {
    let chosen = LaunchSelection {
        path: args.folder,
        journal: args.store.journal,
        settings: args.store.settings,
        ..LaunchSelection::default()
    };
    if let Some(reason) = &args.hold {
        return hold(&chosen, reason);
    }
    let fleet = app::launches(&chosen)?;
    Ok(match args.format {
        OutputFormat::Text => {
            let listed = print(&fleet_text(&fleet), Exit::Go);
            if fleet.clashes.iter().any(|it| it.kind == ClashKind::Hotfix) {
                progress("to hold what waits for a hotfix: gonogo launches --hold REASON");
            }
            listed
        }
        OutputFormat::Json => print_json(&fleet_json(&fleet), Exit::Go),
    })
}

/// Holds what waits for a hotfix, and says of each launch what came of it.
fn hold(chosen: &LaunchSelection, reason: &str) -> Result<Exit, AppError> {
    let all = super::runtime()?.block_on(app::hold_others(chosen, reason))?;
    let (mut page, mut exit) = (String::new(), Exit::Go);
    for HeldLaunch { path, held } in all {
        let path = clean(&path).into_owned();
        match held {
            Ok(HoldOutcome::Now(signed)) => page.push_str(&format!("{path}: {}", recorded(&signed, false))),
            Ok(HoldOutcome::Already(word)) => page.push_str(&format!("{path}: {word} stands already\n")),
            Err(error) => {
                say(&format!("{path}: NOT held: {}", error.shown()));
                // What is broken is worse than what was asked for wrongly, whichever comes last.
                exit = match exit {
                    Exit::Internal => exit,
                    _ if error.is_about_input() => Exit::Input,
                    _ => Exit::Internal,
                };
            }
        }
    }
    Ok(print(&page, exit))
}

/// Shows the launches below this folder and opens the one that is chosen; without a terminal they are only listed. Whoever
/// named none got no board: that is no GO to build on (V13).
pub(super) fn choose(launch: LaunchArgs, look: &LookArgs, mode: ModeArgs) -> Result<Exit, AppError> {
    let chosen = LaunchSelection {
        journal: launch.store.journal.clone(),
        settings: launch.store.settings.clone(),
        ..LaunchSelection::default()
    };
    let fleet = app::launches(&chosen)?;
    let terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    if !terminal {
        let listed = print(&fleet_text(&fleet), Exit::Input);
        say("there is no launch in this folder, but there are some below: name the folder of one");
        return Ok(listed);
    }
    let picked = if mode.plain {
        say(&fleet_text(&fleet));
        ask(&fleet)?
    } else {
        let paths: Vec<_> = fleet.entries.iter().map(|it| PathBuf::from(&it.path)).collect();
        match show(&chosen, fleet, look)? {
            ChooserEnd::Launch(at) => paths.into_iter().nth(at),
            ChooserEnd::Left(exit) => return Ok(cockpit::ended(exit)),
        }
    };
    let Some(folder) = picked else { return Ok(if mode.plain { Exit::Input } else { Exit::Go }) };
    let files = FilesArgs { path: Some(folder), ..launch.files };
    cockpit::run(LaunchArgs { files, ..launch }, look, mode, None)
}

/// The list as a screen.
fn show(chosen: &LaunchSelection, fleet: Fleet, look: &LookArgs) -> Result<ChooserEnd, AppError> {
    let request =
        CockpitRequest { theme: look.theme.clone(), ascii: look.ascii, ..CockpitRequest::default() };
    let runtime = super::runtime()?;
    let picked = runtime.block_on(app::choose_launch(chosen, fleet, &request));
    runtime.shutdown_background();
    picked
}

/// The folder of the launch that is chosen by its number; nothing: the first, `q`: none.
fn ask(fleet: &Fleet) -> Result<Option<PathBuf>, AppError> {
    let all = fleet.entries.len();
    let question = format!("Enter opens 1; or type a number up to {all}, or q to leave:");
    let Some(answer) = typed::answer(&question) else { return Ok(None) };
    let answer = answer.trim();
    if answer.eq_ignore_ascii_case("q") {
        return Ok(None);
    }
    let number = if answer.is_empty() { Some(1) } else { answer.parse::<usize>().ok() };
    let entry = number.and_then(|number| fleet.entries.get(number.checked_sub(1)?));
    let entry = entry.ok_or_else(|| {
        AppError::input(format!("`{answer}` is not one of them: type a number from 1 to {all}"))
    })?;
    Ok(Some(PathBuf::from(&entry.path)))
}
