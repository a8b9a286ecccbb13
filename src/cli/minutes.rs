//! `gonogo minutes`: the pages of a decision, written as often as they are needed.

use std::{fs::File, io::Write};

use super::{Exit, options::MinutesArgs, output::print};
use crate::{
    app::{self, AppError},
    report::{Record, decision_record, minutes},
    text::clean,
};

/// Writes the minutes or the record of a decision, on the board it was made on. It ends with 0 when it was written.
pub(super) fn run(args: MinutesArgs) -> Result<Exit, AppError> {
    let rehearsal = args.launch.rehearse;
    let opened = app::open(super::options::LaunchArgs::from(args.launch).into())?;
    let decided = app::decided(&opened, args.decision)?;
    let page = Record { board: &decided.board, history: &decided.history, head: &decided.head, rehearsal };
    let text = if args.record {
        decision_record(&page).ok_or_else(|| AppError::Internal("error: there is no decision".into()))?
    } else {
        minutes(&page)
    };
    if args.output == "-" {
        return Ok(print(&text, Exit::Go));
    }
    let refused = |error| AppError::input(format!("{} can not be written: {error}", clean(&args.output)));
    let mut file = File::create(&args.output).map_err(refused)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(refused)?;
    Ok(Exit::Go)
}
