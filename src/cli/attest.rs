//! `gonogo attest`.

use super::{
    Exit,
    options::AttestArgs,
    output::{print_json, say, write_page},
    runtime,
};
use gonogo_app::{self as app, AppError, CheckRequest};
use gonogo_domain::BoardWord;
use gonogo_report::{Basis, attest};

/// Writes the answer as an in-toto statement. 0 only if it says PASSED: nobody may take FAILED for a success.
pub(super) fn run(args: AttestArgs) -> Result<Exit, AppError> {
    let rehearsal = args.launch.rehearse;
    if args.launch.demo || args.launch.replay.is_some() {
        return Err(AppError::input("a recording proves nothing about the present: attest asks the sources"));
    }
    let opened = app::open(args.launch.into())?;
    let request = CheckRequest {
        timeout: args.wait_for.timeout,
        baseline: args.baseline,
        allow_untrusted: args.allow_untrusted_checklist,
        ..CheckRequest::default()
    };
    let runtime = runtime()?;
    let checked = runtime.block_on(app::check(&opened, &request));
    // Whoever hangs must not keep the statement from its reader.
    runtime.shutdown_background();
    let checked = checked?;
    let board = &checked.board;
    let basis = Basis { server: &checked.server, head: &checked.head, rehearsal };
    let statement = attest(board, board.decision.as_ref(), basis);
    let exit = if checked.journal_broken { Exit::Internal } else { statement.word.into() };
    if board.word == BoardWord::Go {
        // `--check` ends with 0 here: whoever reads only the exit code learns why this does not.
        let missing: Vec<_> = statement.demands.iter().map(String::as_str).collect();
        if !missing.is_empty() {
            say(&format!("FAILED, although the board is GO: {}", missing.join("; ")));
        }
    }
    if args.output == "-" {
        return Ok(print_json(&statement.text, exit));
    }
    write_page(&args.output, &statement.text)?;
    Ok(exit)
}
