//! How launches went: adherence at T-0, waivers, holds, rollbacks, for each and together.

use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::{Piece, piece},
    detail::scrolled,
    footer, header,
    look::word_role,
    when::moment_zoned,
    wrap::wrap,
};
use crate::{Model, Pane};
use gonogo_domain::{Now, Reading, Together, TrackRecord};
use gonogo_report::LaunchHistory;
use gonogo_text::length;
use gonogo_theme::Role;

type Line = Vec<Piece<'static>>;

pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let (width, height) = (canvas.width(), canvas.height());
    header::title(model, now, canvas);
    header::word_line(model, &mut canvas.part(Rect { x: 0, y: 1, width, height: 1 }));
    canvas.put(1, 3, u16::MAX, "How launches went", Role::Title);
    let rest = Rect { x: 0, y: 5, width, height: height.saturating_sub(6) };
    let lines = match &model.history {
        None => vec![vec![piece("reading the journal...", Role::Dim)]],
        // A recording has no journal, and that is no fault.
        Some(Err(why)) if model.playback.is_some() => vec![vec![piece(why.clone(), Role::Text)]],
        Some(Err(why)) => vec![vec![piece(why.clone(), Role::Error)]],
        Some(Ok(told)) => lines(model, told, now, canvas),
    };
    scrolled(&lines, model.scroll.history, (Pane::History, "down: more"), &mut canvas.part(rest));
    let last = Rect { x: 0, y: height.saturating_sub(1), width, height: 1 };
    footer::draw(model, now, true, &mut canvas.part(last));
}

fn lines(model: &Model, told: &LaunchHistory, now: Now, canvas: &Canvas<'_>) -> Vec<Line> {
    if told.launches.is_empty() && told.broken.is_empty() {
        return vec![vec![piece("no launch is recorded in this journal", Role::Dim)]];
    }
    let mut all = Vec::new();
    // The newest first: it is the one that is asked about.
    for record in told.launches.iter().rev() {
        all.extend(one(model, record, now, canvas));
    }
    for (launch, why) in &told.broken {
        all.push(vec![piece(launch.clone(), Role::Title)]);
        all.push(vec![piece(format!("  nothing is told of it: {why}"), Role::Error)]);
        all.push(Vec::new());
    }
    all.extend(together(&Together::of(&told.launches), canvas));
    all
}

fn one(model: &Model, it: &TrackRecord, now: Now, canvas: &Canvas<'_>) -> Vec<Line> {
    let zone = model.launch.schedule.zone;
    let name = it.title.as_ref().unwrap_or(&it.launch).to_string();
    let t0 =
        it.t0.map_or("T-0 not known".to_owned(), |t0| format!("T-0 {}", moment_zoned(t0, now.wall, zone)));
    let mut reading = vec![piece("  at T-0: ", Role::Dim)];
    match &it.at_t0 {
        Some(at_t0) => reading.extend(measured(at_t0, canvas)),
        None if it.reached.is_none() => reading.push(piece("it is not there yet", Role::Dim)),
        None => reading.push(piece("not known", Role::Dim)),
    }
    let held = if it.holds > 0 { format!(" ({})", length(it.held)) } else { String::new() };
    let counts = format!(
        "  waivers {}, holds {}{held}, scrubs {}, overrides {}, rollbacks {}",
        it.waivers, it.holds, it.scrubs, it.overrides, it.rollbacks
    );
    let turned = it.no_go_to_go.map(|turned| format!("  from the first NO-GO to GO: {}", length(turned)));
    let turned = turned.map(|text| vec![piece(text, Role::Text)]);
    let mut all = vec![
        vec![piece(name, Role::Title), piece(format!(" {}  ", it.version), Role::Text), piece(t0, Role::Dim)],
        reading,
        vec![piece(counts, Role::Text)],
    ];
    all.extend(turned);
    all.push(Vec::new());
    all
}

/// The word at T-0 with what stood behind it.
fn measured(it: &Reading, canvas: &Canvas<'_>) -> Line {
    let score = &it.score;
    vec![
        piece(format!("{} {}", canvas.look.word_shape(it.word), it.word), word_role(it.word)),
        piece(format!("  adherence {}", percent(it.adherence())), Role::Title),
        piece(format!("  {} go + {} waived of {}", score.go, score.waived, score.of), Role::Text),
    ]
}

fn together(all: &Together, canvas: &Canvas<'_>) -> Vec<Line> {
    let text = format!(
        "together: {} launches, {} measured, adherence {}; waivers {}, holds {}, overrides {}, rollbacks {}",
        all.launches,
        all.measured,
        percent(all.adherence()),
        all.waivers,
        all.holds,
        all.overrides,
        all.rollbacks
    );
    let lines = wrap(&text, canvas.width().saturating_sub(2), 3);
    lines.into_iter().map(|line| vec![piece(line, Role::Text)]).collect()
}

/// Whole percent, never rounded up to all of it.
fn percent(share: Option<f64>) -> String {
    share.map_or("not known".to_owned(), |share| format!("{:.0} %", (share * 100.0).floor()))
}
