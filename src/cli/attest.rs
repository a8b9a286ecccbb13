//! `gonogo attest`.

use std::{fs::File, io::Write};

use super::{Exit, options::AttestArgs, output::print_json, runtime};
use crate::{
    app::{self, AppError, CheckRequest},
    domain::BoardWord,
    report::{Origin, attest},
    text::clean,
};

/// Writes the answer as an in-toto statement. 0 only if it says PASSED: nobody may take FAILED for a success.
pub(super) fn run(args: AttestArgs) -> Result<Exit, AppError> {
    let rehearsal = args.launch.rehearse;
    if args.launch.demo || args.launch.replay.is_some() {
        return Err(AppError::input("a recording proves nothing about now: attest asks the sources"));
    }
    let opened = app::open(args.launch.into())?;
    let request = CheckRequest { only: Vec::new(), evidence_only: false, timeout: args.timeout, wait: None };
    let runtime = runtime()?;
    let checked = runtime.block_on(app::check(&opened, &request));
    // Whoever hangs must not keep the statement from its reader.
    runtime.shutdown_background();
    let checked = checked?;
    let board = &checked.board;
    let origin = Origin { server: &checked.server, head: &checked.head, rehearsal };
    let statement = attest(board, board.decision.as_ref(), origin);
    let exit = match (checked.journal_broken, statement.passed, board.word) {
        (true, ..) => Exit::Internal,
        (_, true, _) => Exit::Go,
        (_, false, BoardWord::Go) => Exit::Hold,
        (_, false, word) => word.into(),
    };
    if args.output == "-" {
        return Ok(print_json(&statement.text, exit));
    }
    let refused =
        |error| AppError::Internal(format!("error: {} can not be written: {error}", clean(&args.output)));
    let mut file = File::create(&args.output).map_err(refused)?;
    file.write_all(statement.text.as_bytes()).and_then(|()| file.sync_all()).map_err(refused)?;
    Ok(exit)
}
