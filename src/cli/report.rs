//! `gonogo report`.

use std::time::Duration;

use super::{
    Exit,
    options::{AudienceArg, PictureScreen, ReportArgs, ReportFormat},
    output::{print_exactly, say, write_page},
    replay, runtime,
    unused::refuse,
    why,
};
use gonogo_app::{self as app, AppError, Opened, Past, Picture, Reported};
use gonogo_cockpit::{Code, Key, Screen};
use gonogo_report::{AudienceInput, PageForm, TextOptions, html, json, report, summary, text};

/// Writes the board for readers. A report is no verdict: it ends with 0 when it was written, and with 4 where
/// the journal cannot be trusted.
pub(super) fn run(args: ReportArgs) -> Result<Exit, AppError> {
    let form = form(&args)?;
    let picture = Picture {
        theme: args.look.theme,
        ascii: args.look.ascii,
        size: args.size.unwrap_or((100, 30)),
        screen: args.screen.map_or(Screen::Board, screen),
        presenting: args.screen == Some(PictureScreen::Present),
        pressed: args.screen.and_then(pressed),
    };
    let opened = app::open(args.launch.into())?;
    say(&app::warnings(&opened.loaded));
    if form == ReportFormat::Tour {
        return written(&args.output, &app::tour(&opened, &picture)?, Exit::Go);
    }
    let told = told(&opened, args.at.as_deref(), args.wait_for.timeout)?;
    let told = if args.redact { told.redacted() } else { told };
    let exit = why::told(&told);
    let written = match (args.audience, form) {
        (Some(audience), _) => page(&told, audience, form),
        (None, ReportFormat::Text) => text(&told.board, TextOptions { verbose: true }),
        (None, ReportFormat::Json) => json(&told.board),
        (None, ReportFormat::Markdown) => summary(&told.board, &told.context),
        (None, ReportFormat::Html) => html(&told.board, &told.context),
        (None, ReportFormat::Svg | ReportFormat::Tour) => app::picture(&opened, told, &picture)?,
    };
    self::written(&args.output, &written, exit)
}

fn written(output: &str, page: &str, exit: Exit) -> Result<Exit, AppError> {
    if output == "-" {
        return Ok(print_exactly(page, exit));
    }
    write_page(output, page)?;
    Ok(exit)
}

/// What is known now, or what was known then.
fn told(opened: &Opened, at: Option<&str>, timeout: Duration) -> Result<Reported, AppError> {
    if let Some(typed) = at {
        let mut past = Past::open(opened)?;
        let (at, told) = app::as_known(opened, &mut past, typed)?;
        say(&replay::outside(&past, at));
        return Ok(told);
    }
    let runtime = runtime()?;
    let told = runtime.block_on(app::reported(opened, timeout));
    // Whoever hangs must not keep the page from its reader.
    runtime.shutdown_background();
    told
}

/// The screen that a picture is of.
fn screen(of: PictureScreen) -> Screen {
    match of {
        PictureScreen::Board
        | PictureScreen::Present
        | PictureScreen::Detail
        | PictureScreen::Help
        | PictureScreen::Palette => Screen::Board,
        PictureScreen::Timeline => Screen::Timeline,
        PictureScreen::Path => Screen::Path,
        PictureScreen::Sources => Screen::Sources,
        PictureScreen::History => Screen::History,
        PictureScreen::Meeting => Screen::RollCall,
        PictureScreen::Rollback => Screen::Rollback,
        PictureScreen::Incident => Screen::Incident,
        PictureScreen::Comms => Screen::Comms,
        PictureScreen::Readiness => Screen::Readiness,
        PictureScreen::Risks => Screen::Risks,
        PictureScreen::People => Screen::People,
    }
}

/// The key that opens what lies over the board.
fn pressed(of: PictureScreen) -> Option<Key> {
    Some(match of {
        PictureScreen::Detail => Key::plain(Code::Enter),
        PictureScreen::Help => Key::char('?'),
        PictureScreen::Palette => Key::char(':'),
        _ => return None,
    })
}

fn page(it: &Reported, audience: AudienceArg, form: ReportFormat) -> String {
    let Reported { launch, board, history, head, context, .. } = it;
    let form = if form == ReportFormat::Html { PageForm::Html } else { PageForm::Markdown };
    report(&AudienceInput { launch, board, history, head, context }, audience.into(), form)
}

/// The form that is meant, if what was asked for goes together.
fn form(args: &ReportArgs) -> Result<ReportFormat, AppError> {
    let usual = if args.audience.is_some() { ReportFormat::Markdown } else { ReportFormat::Text };
    let form = args.format.unwrap_or(usual);
    let drawn = matches!(form, ReportFormat::Svg | ReportFormat::Tour);
    if form == ReportFormat::Tour {
        let one = [("--at", args.at.is_some()), ("--screen", args.screen.is_some())];
        refuse("a tour shows the whole day, each moment on its own screen", &one)?;
    }
    if !drawn {
        let looks = [
            ("--theme", args.look.theme.is_some()),
            ("--ascii", args.look.ascii),
            ("--size", args.size.is_some()),
            ("--screen", args.screen.is_some()),
        ];
        refuse("it belongs to pictures, and this report is not one", &looks)?;
    }
    if args.audience.is_some() && !matches!(form, ReportFormat::Markdown | ReportFormat::Html) {
        return Err(AppError::input("--for takes --format markdown or html"));
    }
    let recorded = args.launch.demo || args.launch.replay.is_some();
    if args.screen == Some(PictureScreen::History) && !recorded {
        refuse("the history is always that of the journal as it is now", &[("--at", args.at.is_some())])?;
    }
    let minutes = args.audience == Some(AudienceArg::Minutes);
    refuse("minutes quote people by name", &[("--redact", args.redact && minutes)])?;
    refuse(
        "a picture is drawn by the cockpit: open it with --redact",
        &[("--redact", args.redact && drawn)],
    )?;
    Ok(form)
}
