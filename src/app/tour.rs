//! A recorded day as a moving picture.

use chrono::{DateTime, Utc};

use super::{AppError, Opened, Picture, check, picture::cells};
use gonogo_cockpit::Screen;
use gonogo_domain::{Board, IncidentPhase, RollbackPhase, Scope, StageStatus};
use gonogo_report::{Scene, tour as drawn};
use gonogo_source::recorded::Header;

/// How long each scene is shown, in seconds: as long as it takes to find what is new in it.
const SECONDS: f64 = 3.2;
/// Seconds of a chapter for which there is one scene.
const CHAPTER: u32 = 8;
/// Scenes of a day that has no chapters.
const PLAIN: u32 = 12;

/// The day of the recording, scene by scene, each on the screen that its moment calls for.
///
/// # Errors
/// [`AppError::Input`]: nothing is recorded here. An unknown theme.
pub fn tour(opened: &Opened, picture: &Picture) -> Result<String, AppError> {
    let recording = opened.recording.as_ref().ok_or_else(|| {
        AppError::input(
            "a tour needs a recorded day: --demo, or --replay FILE with a file written by --record",
        )
    })?;
    let header = &recording.header;
    let look_at = header.look_at.unwrap_or(header.from);
    let mut scenes: Vec<Scene> = Vec::new();
    for (at, title) in moments(header) {
        let (mut live, playback) = check::played(opened, Scope::default(), Some(at))?;
        let board = live.board(playback.now());
        let zone = opened.loaded.launch.schedule.zone;
        let caption = format!("{}  {title}", at.with_timezone(&zone).format("%a %H:%M"));
        let picture = Picture { screen: screen(&board, header.from), ..picture.clone() };
        let scene = Scene {
            grid: cells(opened, board, None, &picture)?,
            caption,
            seconds: SECONDS,
            still: at >= look_at,
        };
        match scenes.last_mut().filter(|before| before.grid == scene.grid) {
            Some(before) => before.seconds += SECONDS,
            None => scenes.push(scene),
        }
    }
    Ok(drawn(&scenes))
}

/// The moments that are shown, evenly within each chapter, with its title.
fn moments(header: &Header) -> Vec<(DateTime<Utc>, &str)> {
    let parts: Vec<_> = if header.chapters.is_empty() {
        vec![(header.from, "", PLAIN)]
    } else {
        header
            .chapters
            .iter()
            .map(|it| (it.at, it.title.as_str(), (it.seconds / CHAPTER).clamp(1, 4)))
            .collect()
    };
    let ends = parts.iter().skip(1).map(|(at, ..)| *at).chain([header.until]);
    let each = parts.iter().zip(ends).flat_map(|((at, title, count), end)| {
        let count = i32::try_from(*count).unwrap_or(1);
        (1..=count).map(move |n| (*at + (end - *at) * n / (count + 1), *title))
    });
    each.collect()
}

/// What somebody would have open then: what runs, before what stands. A stage that was out before the day began is a pilot, and no news.
fn screen(board: &Board, from: DateTime<Utc>) -> Screen {
    let out = |it: &StageStatus| matches!(it, StageStatus::Soaking | StageStatus::Soaked | StageStatus::Held);
    let back = board.rollback.as_ref().map(|it| it.phase);
    if matches!(back, Some(RollbackPhase::Called | RollbackPhase::Running)) {
        Screen::Rollback
    } else if board.incident.as_ref().is_some_and(|it| it.phase == IncidentPhase::Open) {
        Screen::Incident
    } else if board.roll_call.as_ref().is_some_and(|it| it.open) {
        Screen::RollCall
    } else if board.stages.iter().any(|it| out(&it.status) && it.started.is_some_and(|at| at >= from)) {
        Screen::Timeline
    } else {
        Screen::Board
    }
}
