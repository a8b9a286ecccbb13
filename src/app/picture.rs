//! A picture of the cockpit.

use std::{io::Write, path::Path, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

use super::{
    AppError, Opened, Reported,
    afterwards::{days_or_why, launch_history},
};
use gonogo_cockpit::{Key, Look, Message, Model, Screen, render_to_cells, update};
use gonogo_domain::{Board, Now};
use gonogo_files::{self as files, FileError};
use gonogo_report::{Grid, svg};
use gonogo_theme::{Depth, SymbolSet, Theme};

/// How a picture looks.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Theme by name; `None`: dark.
    pub theme: Option<String>,
    /// Draw with ASCII only.
    pub ascii: bool,
    /// Columns and rows.
    pub size: (u16, u16),
    /// Which screen.
    pub screen: Screen,
    /// As it is presented.
    pub presenting: bool,
    /// A key that is pressed before it is drawn.
    pub pressed: Option<Key>,
}

/// A picture of the cockpit that shows this, as SVG.
///
/// # Errors
/// An unknown theme.
pub fn picture(opened: &Opened, told: Reported, picture: &Picture) -> Result<String, AppError> {
    let beside = match picture.screen {
        Screen::Sources => Some(Message::Sources(told.sources)),
        Screen::History => Some(Message::History(launch_history(opened))),
        Screen::Readiness => Some(Message::Readiness(days_or_why(opened))),
        _ => None,
    };
    cells(opened, told.board, beside, picture).map(|grid| svg(&grid))
}

/// The cells of such a picture; what its screen shows beside the board.
pub(super) fn cells(
    opened: &Opened,
    board: Board,
    beside: Option<Message>,
    picture: &Picture,
) -> Result<Grid, AppError> {
    let user = opened.settings.folders.themes();
    let theme = match &picture.theme {
        Some(name) => Theme::load(name, user.as_deref())?.0,
        None => Theme::dark(),
    };
    let symbols = if picture.ascii { SymbolSet::ASCII } else { SymbolSet::UNICODE };
    let now = Now { wall: board.evaluated_at, boot: Duration::ZERO };
    let (columns, rows) = picture.size;
    let files = &opened.loaded.launch;
    let launch = files.following(&board).unwrap_or_else(|| files.clone());
    let model = Model::new(Arc::new(launch), Arc::new(board), picture.size).showing(picture.screen);
    let mut model = if picture.presenting { model.presented() } else { model };
    for message in beside.into_iter().chain(picture.pressed.map(Message::Key)) {
        update(&mut model, message, now);
    }
    let look = Look::new(theme.at(Depth::True), symbols);
    Ok(render_to_cells(&model, &look, now, columns, rows))
}

/// Writes a picture of the screen into the current folder, under a name that is not taken.
pub(super) fn export(grid: &Grid, at: DateTime<Utc>) -> Result<String, String> {
    let name = format!("gonogo-{}.svg", at.format("%Y%m%d-%H%M%S"));
    create(&name, svg(grid).as_bytes())?;
    Ok(name)
}

/// Writes a page under a name that nothing has yet.
pub(super) fn create(name: &str, page: &[u8]) -> Result<(), String> {
    let refused = |error: FileError| format!("{name} cannot be written: {error}");
    let mut file = files::create(Path::new(name)).map_err(refused)?;
    file.write_all(page).and_then(|()| file.sync_all()).map_err(|error| refused(error.into()))
}
