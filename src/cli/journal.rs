//! `gonogo journal`.

use super::{
    Exit,
    options::{ClockArgs, CopyArgs, JournalArgs, JournalVerb, LaunchArgs, OutputFormat},
    output::{print, print_exactly, progress, say},
    sign::{act, recorded},
    verify::line,
};
use gonogo_app::{self as app, AppError, LaunchSelection};
use gonogo_domain::Command;

/// Reads, proves and copies the journal.
pub(super) fn run(args: JournalArgs) -> Result<Exit, AppError> {
    let (launch, what) = match args.verb {
        JournalVerb::Show(args) if args.format == OutputFormat::Json => {
            (args.launch, app::JournalView::Lines)
        }
        JournalVerb::Show(args) => (args.launch, app::JournalView::Show),
        JournalVerb::Export(launch) => (launch, app::JournalView::Export),
        JournalVerb::Head(launch) => (launch, app::JournalView::Head),
        JournalVerb::Verify(launch) => (launch, app::JournalView::Verify),
        JournalVerb::Copy(args) => return copy(&args),
        JournalVerb::Clock(args) => return clock(args),
    };
    let opened = app::open(LaunchSelection::from(LaunchArgs::from(launch)))?;
    let (text, whole) = app::journal(&opened, what)?;
    app::journal_remarks(&opened).iter().for_each(|remark| say(remark));
    if !whole {
        say(
            "the journal cannot be trusted: this is what can be read of it; `gonogo verify` names the first broken entry",
        );
    }
    let exit = if whole { Exit::Go } else { Exit::Internal };
    // Lines of JSON have nothing in them that a runner obeys; their bytes are left as they are.
    let lines = matches!(what, app::JournalView::Export | app::JournalView::Lines);
    Ok(if lines { print_exactly(&text, exit) } else { print(&text, exit) })
}

/// Shows the largest clock seen, or records that it was wrong.
fn clock(args: ClockArgs) -> Result<Exit, AppError> {
    if let (true, Some(reason)) = (args.correct, &args.reason) {
        let (reason, rehearsal) = (reason.as_str().into(), args.act.launch.rehearse);
        let plan: app::ActPlanner =
            Box::new(|_| Ok(app::PlannedActs::new(vec![Command::CorrectClock { reason }])));
        return act(args.act, plan, |signed| print(&recorded(signed, rehearsal), Exit::Go));
    }
    let opened = app::open(LaunchSelection::from(LaunchArgs::from(args.act.launch)))?;
    Ok(print(&app::clock(&opened)?, Exit::Go))
}

/// Copies, and prints the heads that both ends have now.
fn copy(args: &CopyArgs) -> Result<Exit, AppError> {
    progress("copying, then verifying both ...");
    let copied = app::copy(&args.from, &args.to)?;
    let mut text: String = copied.iter().map(line).collect();
    if copied.is_empty() {
        text.push_str("there is no launch in it, so there is nothing to copy\n");
    }
    Ok(print(&text, Exit::Go))
}
