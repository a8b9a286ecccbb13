//! `gonogo doctor`.

use super::{
    Exit,
    options::{DoctorArgs, OutputFormat},
    output::{print, print_json, progress, say},
    runtime,
    unused::{origins, refuse},
};
use gonogo_app::{self as app, AppError};

/// Says what keeps sources from answering. 0: every gate got one; 3: some would be unknown; 4: the journal is broken.
pub(super) fn run(args: DoctorArgs) -> Result<Exit, AppError> {
    refuse("doctor asks the sources themselves", &origins(&args.launch)[2..])?;
    let opened = app::open(args.launch.into())?;
    say(&app::warnings(&opened.loaded));
    progress("asking every source ...");
    let runtime = runtime()?;
    let diagnosis = runtime.block_on(app::doctor(&opened, args.timeout));
    // A source that hangs must not keep the answer, or the error, from its reader.
    runtime.shutdown_background();
    let diagnosis = diagnosis?;
    let exit = match (diagnosis.is_journal_broken(), diagnosis.is_well()) {
        (true, _) => Exit::Internal,
        (false, true) => Exit::Go,
        (false, false) => Exit::Hold,
    };
    Ok(match args.format {
        OutputFormat::Text => print(&app::doctor_page(&diagnosis), exit),
        OutputFormat::Json => print_json(&diagnosis.json(), exit),
    })
}
