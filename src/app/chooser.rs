//! Several launches on a screen, of which one is chosen.

use std::sync::Arc;

use super::{AppError, LaunchSelection, interactive, sources};
use crate::CockpitRequest;
use gonogo_clock::Clock;
use gonogo_cockpit::{ChooserEnd, ChooserIo, KeeperPlan, choose};
use gonogo_report::Fleet;

/// Shows the launches of a folder until one is chosen, or somebody leaves.
///
/// # Errors
/// Settings or a theme that cannot be used, no terminal, or one that fails.
pub async fn choose_launch(
    chosen: &LaunchSelection,
    fleet: Fleet,
    request: &CockpitRequest,
) -> Result<ChooserEnd, AppError> {
    let settings = sources::settings(chosen.settings.as_deref())?;
    let (looks, _) = interactive::looks(&settings, request)?;
    let (wall, boot) = (Clock::system(), Clock::system());
    let log = super::log_path(&settings.folders);
    let keeper = std::env::current_exe().ok().map(|program| KeeperPlan { program, log });
    let io = ChooserIo {
        now: Arc::new(move || wall.read().wall),
        uptime: Arc::new(move || boot.read().boot),
        mouse: settings.mouse,
        keeper,
    };
    Ok(Box::pin(choose(fleet, looks, io)).await?)
}
