//! `gonogo report`.

use super::{
    Exit,
    options::{PictureScreen, ReportArgs, ReportFormat},
    output::{print_exactly, say, write_page},
    runtime,
    unused::refuse,
};
use gonogo_app::{self as app, AppError, Picture};
use gonogo_cockpit::Screen;
use gonogo_report::{TextOptions, json, text};

/// Writes the board for readers. A report is no verdict: it ends with 0 when it was written.
pub(super) fn run(args: ReportArgs) -> Result<Exit, AppError> {
    if args.format != ReportFormat::Svg {
        let looks = [
            ("--theme", args.look.theme.is_some()),
            ("--ascii", args.look.ascii),
            ("--size", args.size.is_some()),
            ("--screen", args.screen.is_some()),
        ];
        refuse("it shapes a picture, and this report is none", &looks)?;
    }
    if args.launch.replay.is_none() && !args.launch.demo {
        refuse(
            "it names a moment of a recording; for a moment of the journal see gonogo replay",
            &[("--at", args.at.is_some())],
        )?;
    }
    let picture = Picture {
        theme: args.look.theme,
        ascii: args.look.ascii,
        size: args.size.unwrap_or((100, 30)),
        screen: match args.screen {
            None | Some(PictureScreen::Board | PictureScreen::Present) => Screen::Board,
            Some(PictureScreen::Timeline) => Screen::Timeline,
            Some(PictureScreen::Path) => Screen::Path,
            Some(PictureScreen::Meeting) => Screen::RollCall,
            Some(PictureScreen::Rollback) => Screen::Rollback,
            Some(PictureScreen::Incident) => Screen::Incident,
        },
        presenting: args.screen == Some(PictureScreen::Present),
        at: args.at,
        timeout: args.timeout,
    };
    let opened = app::open(args.launch.into())?;
    say(&app::warnings(&opened.loaded));
    let runtime = runtime()?;
    let board = runtime.block_on(app::board(&opened, &picture));
    // Whoever hangs must not keep the page from its reader.
    runtime.shutdown_background();
    let board = board?;
    let written = match args.format {
        ReportFormat::Text => text(&board, TextOptions { verbose: true }),
        ReportFormat::Json => json(&board),
        ReportFormat::Svg => app::picture(&opened, board, &picture)?,
    };
    if args.output == "-" {
        return Ok(print_exactly(&written, Exit::Go));
    }
    write_page(&args.output, &written)?;
    Ok(Exit::Go)
}
