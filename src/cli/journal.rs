//! `gonogo journal`.

use super::{
    Exit,
    options::{JournalArgs, JournalVerb, LaunchArgs},
    output::print,
};
use crate::app::{self, AppError, Chosen};

/// Reads and proves the journal.
pub(super) fn run(args: JournalArgs) -> Result<Exit, AppError> {
    let (launch, what) = match args.verb {
        JournalVerb::Show(launch) => (launch, app::JournalView::Show),
        JournalVerb::Export(launch) => (launch, app::JournalView::Export),
        JournalVerb::Head(launch) => (launch, app::JournalView::Head),
        JournalVerb::Verify(launch) => (launch, app::JournalView::Verify),
    };
    let opened = app::open(Chosen::from(LaunchArgs::from(launch)))?;
    Ok(print(&app::journal(&opened, what)?, Exit::Go))
}
