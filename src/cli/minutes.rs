//! `gonogo minutes`: the pages of a decision, written as often as they are needed.

use super::{
    Exit,
    options::MinutesArgs,
    output::{print, say, write_page},
};
use gonogo_app::{self as app, AppError};
use gonogo_report::{MinutesInput, decision_record, minutes};

/// Writes the minutes or the record of a decision, on the board it was made on. It ends with 0 when it was written.
pub(super) fn run(args: MinutesArgs) -> Result<Exit, AppError> {
    let rehearsal = args.launch.rehearse;
    let opened = app::open(super::options::LaunchArgs::from(args.launch).into())?;
    let decided = app::decided(&opened, args.decision)?;
    app::journal_remarks(&opened).iter().for_each(|remark| say(remark));
    let page =
        MinutesInput { board: &decided.board, history: &decided.history, head: &decided.head, rehearsal };
    let text = if args.record {
        decision_record(&page).ok_or_else(|| AppError::Internal("no decision is recorded yet"))?
    } else {
        minutes(&page)
    };
    if args.output == "-" {
        return Ok(print(&text, Exit::Go));
    }
    write_page(&args.output, &text)?;
    Ok(Exit::Go)
}
