//! `gonogo attest`.

use super::{
    Exit,
    options::AttestArgs,
    output::{print_json, write_page},
    runtime,
};
use gonogo_app::{self as app, AppError, CheckRequest};
use gonogo_domain::BoardWord;
use gonogo_report::{Basis, attest};

/// Writes the answer as an in-toto statement. 0 only if it says PASSED: nobody may take FAILED for a success.
pub(super) fn run(args: AttestArgs) -> Result<Exit, AppError> {
    let rehearsal = args.launch.rehearse;
    if args.launch.demo || args.launch.replay.is_some() {
        return Err(AppError::input("a recording proves nothing about now: attest asks the sources"));
    }
    let opened = app::open(args.launch.into())?;
    let request = CheckRequest {
        only: Vec::new(),
        evidence_only: false,
        timeout: args.timeout,
        wait: None,
        baseline: args.baseline,
        allow_untrusted: args.allow_untrusted_checklist,
    };
    let runtime = runtime()?;
    let checked = runtime.block_on(app::check(&opened, &request));
    // Whoever hangs must not keep the statement from its reader.
    runtime.shutdown_background();
    let checked = checked?;
    let board = &checked.board;
    let basis = Basis { server: &checked.server, head: &checked.head, rehearsal };
    let statement = attest(board, board.decision.as_ref(), basis);
    let exit = match (checked.journal_broken, statement.passed, board.word) {
        (true, ..) => Exit::Internal,
        (_, true, _) => Exit::Go,
        (_, false, BoardWord::Go) => Exit::Hold,
        (_, false, word) => word.into(),
    };
    if args.output == "-" {
        return Ok(print_json(&statement.text, exit));
    }
    write_page(&args.output, &statement.text)?;
    Ok(exit)
}
