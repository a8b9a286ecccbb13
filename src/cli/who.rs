//! `gonogo who`: who answers for what, and whom to call.

use super::{
    Exit,
    options::{OutputFormat, WhoArgs},
    output::{print, print_json},
    why,
};
use gonogo_app::{self as app, AppError};
use gonogo_report::{WhoPage, who_json, who_text};

/// Lists people. No verdict: 0 when it was written.
pub(super) fn run(args: WhoArgs) -> Result<Exit, AppError> {
    let opened = why::open(args.launch)?;
    let about = args.what.as_deref().map(|what| app::whom(&opened, what)).transpose()?;
    let told = why::reported(&opened, args.answer.wait_for.timeout)?;
    let exit = why::told(&told);
    let page = WhoPage { launch: &told.launch, board: &told.board, about: about.as_ref() };
    Ok(match args.answer.format {
        OutputFormat::Text => print(&who_text(&page), exit),
        OutputFormat::Json => print_json(&who_json(&page), exit),
    })
}
