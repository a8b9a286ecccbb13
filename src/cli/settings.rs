//! `gonogo settings`.

use super::{
    Exit,
    options::{OutputFormat, SettingsArgs},
    output::{print, print_json},
};
use gonogo_app::{AppError, settings_view};

/// Shows which settings apply, and why.
pub(super) fn run(args: &SettingsArgs) -> Result<Exit, AppError> {
    let view = settings_view(args.settings.as_deref())?;
    Ok(match args.format {
        OutputFormat::Text => print(&view.text(), Exit::Go),
        OutputFormat::Json => print_json(&view.json(), Exit::Go),
    })
}
