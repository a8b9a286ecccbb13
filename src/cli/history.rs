//! `gonogo history`.

use super::{
    Exit,
    options::{HistoryArgs, HistoryFormat},
    output::{print, print_json, say},
};
use gonogo_app::{AppError, Archive, LaunchSelection, launch_here};
use gonogo_report::{track_record_csv, track_record_json, track_record_text};

/// Tells how launches went. The past is no verdict: 0 when it was written, 4 when a part of it cannot be trusted.
pub(super) fn run(args: HistoryArgs) -> Result<Exit, AppError> {
    let archive = Archive::find(args.store.journal.as_deref(), args.store.settings.as_deref())?;
    let here = launch_here(LaunchSelection {
        path: args.path.or(args.launch),
        set: args.set.into_iter().map(|it| (it.name.to_string(), it.value.to_string())).collect(),
        journal: args.store.journal,
        settings: args.store.settings,
        ..LaunchSelection::default()
    })?;
    let told = archive.told(here.as_ref())?;
    archive.remarks().iter().for_each(|remark| say(remark));
    let exit = if told.broken.is_empty() { Exit::Go } else { Exit::Internal };
    Ok(match args.format {
        HistoryFormat::Text => print(&track_record_text(&told), exit),
        HistoryFormat::Json => print_json(&track_record_json(&told), exit),
        HistoryFormat::Csv => print(&track_record_csv(&told), exit),
    })
}
