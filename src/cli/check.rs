//! `gonogo --check`.

use super::{
    Exit,
    options::{CheckArgs, Format, LaunchArgs},
    output::{print, print_json, progress, say},
    runtime,
};
use gonogo_app::{self as app, AppError, CheckRequest, Checked};
use gonogo_report::{TextOptions, json_in, text};

/// Evaluates once, prints, and answers with the exit code.
pub(super) fn run(launch: LaunchArgs, args: &CheckArgs) -> Result<Exit, AppError> {
    if launch.rehearse {
        return Err(AppError::input(
            "--check answers for the launch, and what is said in a rehearsal counts for nothing: leave out --rehearse, or \
             look at the rehearsal with gonogo --rehearse or gonogo report --rehearse",
        ));
    }
    let opened = app::open(launch.into())?;
    say(&app::warnings(&opened.loaded));
    progress(&format!("asking about {} gates ...", opened.loaded.launch.gates.len()));
    let request = CheckRequest {
        only: args.only.clone(),
        evidence_only: args.evidence_only,
        timeout: args.timeout,
        wait: args.wait,
        baseline: args.baseline.clone(),
        allow_untrusted: args.allow_untrusted_checklist,
    };
    let runtime = runtime()?;
    let checked = runtime.block_on(app::check(&opened, &request));
    // A source that hangs must not keep the answer from its reader.
    runtime.shutdown_background();
    let checked = checked?;
    Ok(answer(&checked, args))
}

fn answer(checked: &Checked, args: &CheckArgs) -> Exit {
    let exit = if checked.journal_broken { Exit::Internal } else { Exit::from(checked.board.word) };
    match args.format {
        Format::Text => {
            let board = text(&checked.board, TextOptions { verbose: args.verbose });
            print(&(board + &checked.context.text(&checked.board)), exit)
        }
        Format::Json => print_json(&json_in(&checked.board, &checked.context), exit),
    }
}
