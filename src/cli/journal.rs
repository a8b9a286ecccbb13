//! `gonogo journal`.

use super::{
    Exit,
    options::{CopyArgs, Format, JournalArgs, JournalVerb, LaunchArgs},
    output::{print, print_exactly, progress, say},
    verify::line,
};
use crate::app::{self, AppError, Chosen};

/// Reads, proves and copies the journal.
pub(super) fn run(args: JournalArgs) -> Result<Exit, AppError> {
    let (launch, what) = match args.verb {
        JournalVerb::Show(args) if args.format == Format::Json => (args.launch, app::JournalView::Lines),
        JournalVerb::Show(args) => (args.launch, app::JournalView::Show),
        JournalVerb::Export(launch) => (launch, app::JournalView::Export),
        JournalVerb::Head(launch) => (launch, app::JournalView::Head),
        JournalVerb::Verify(launch) => (launch, app::JournalView::Verify),
        JournalVerb::Copy(args) => return copy(&args),
    };
    let opened = app::open(Chosen::from(LaunchArgs::from(launch)))?;
    let (text, whole) = app::journal(&opened, what)?;
    if !whole {
        say(
            "the journal can not be trusted: this is what is left of it; `gonogo verify` names the first broken entry",
        );
    }
    let exit = if whole { Exit::Go } else { Exit::Internal };
    // Hashes are over these bytes: an export is as it is.
    let exact = what == app::JournalView::Export;
    Ok(if exact { print_exactly(&text, exit) } else { print(&text, exit) })
}

/// Copies, and prints the heads that both ends have now.
fn copy(args: &CopyArgs) -> Result<Exit, AppError> {
    progress("copying, and proving both ends ...");
    let copied = app::copy(&args.from, &args.to)?;
    let mut text: String = copied.iter().map(line).collect();
    if copied.is_empty() {
        text.push_str("no launch is in it: there is nothing to copy\n");
    }
    Ok(print(&text, Exit::Go))
}
