//! `gonogo calendar`.

use super::{
    Exit,
    options::CalendarArgs,
    output::{print_exactly, say, write_page},
};
use gonogo_app::{self as app, AppError, Reported};
use gonogo_domain::Party;
use gonogo_report::{CalendarInput, calendar};

/// Writes the plan as a calendar. Nobody is asked, and it is no verdict: it ends with 0 when it was written.
pub(super) fn run(args: CalendarArgs) -> Result<Exit, AppError> {
    let opened = app::open(args.launch.into())?;
    say(&app::warnings(&opened.loaded));
    let Reported { launch, board, history, .. } = app::on_record(&opened)?;
    let only = args.only.map(|name| Party::from(name.as_str()));
    if let Some(name) =
        only.as_ref().filter(|it| !launch.roles.contains_key(*it) && !launch.people.contains_key(*it))
    {
        let names: Vec<_> = launch.roles.keys().map(Party::as_str).collect();
        return Err(AppError::input(format!(
            "--for {name}: there is no such role or person; the roles are {}",
            names.join(", ")
        )));
    }
    let written =
        calendar(&CalendarInput { launch: &launch, board: &board, history: &history, only: only.as_ref() });
    if args.output == "-" {
        return Ok(print_exactly(&written, Exit::Go));
    }
    write_page(&args.output, &written)?;
    Ok(Exit::Go)
}
