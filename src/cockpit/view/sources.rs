//! How the sources are doing: in one line, and as a screen.

use ratatui::layout::Rect;

use super::{
    Canvas, age,
    canvas::{Piece, piece},
    detail::scrolled,
    footer, header,
    when::{grouped, moment_zoned},
    wrap::wrap,
};
use crate::{
    cockpit::Model,
    domain::{Now, Phase, SourceHealth},
    theme::Role,
};

/// Below this share a budget is worth a word on the board.
const SCARCE: f64 = 0.2;

/// One group of pieces per source, those in trouble first.
pub(super) fn summary<'a>(model: &'a Model, now: Now, canvas: &Canvas<'_>) -> Vec<Vec<Piece<'a>>> {
    let mut sources: Vec<_> = model.sources.iter().collect();
    sources.sort_by_key(|source| !is_in_trouble(source));
    sources.into_iter().map(|source| one(source, now, canvas)).collect()
}

fn is_in_trouble(source: &SourceHealth) -> bool {
    source.failure.is_some() || !matches!(source.phase, Phase::Starting | Phase::Asking | Phase::Well)
}

fn one<'a>(source: &'a SourceHealth, now: Now, canvas: &Canvas<'_>) -> Vec<Piece<'a>> {
    let old = source.answered.map_or("so far".to_owned(), |stamp| age(stamp.age(now).shown()));
    let symbols = canvas.symbols();
    let mut line = vec![piece(source.source.as_str(), Role::Dim)];
    if is_in_trouble(source) {
        let why = match source.phase {
            Phase::RateLimited => "told to wait, no answer",
            Phase::Crashed => "crashed, no answer",
            _ => "no answer",
        };
        line.push(piece(format!(" {} {why} {old}", symbols.no_go), Role::Error));
    } else if source.answered.is_none() {
        line.push(piece(format!(" {} asking", symbols.pending), Role::Dim));
    } else {
        line.push(piece(format!(" {} {old}", symbols.go), Role::Dim));
    }
    if let Some(budget) = source.scarcest().filter(|budget| budget.share() < SCARCE) {
        line.push(piece(format!(" {} left", budget.remaining), Role::Hold));
    }
    line
}

/// The screen of sources.
pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let (width, height) = (canvas.width(), canvas.height());
    header::title(model, now, canvas);
    header::word_line(model, &mut canvas.part(Rect { x: 0, y: 1, width, height: 1 }));
    canvas.put(1, 3, u16::MAX, "Sources", Role::Title);
    let lines = lines(model, now, width.saturating_sub(6), canvas);
    let rest = Rect { x: 0, y: 5, width, height: height.saturating_sub(6) };
    if lines.is_empty() {
        canvas.put(1, 5, u16::MAX, "no source is asked: all gates are people's", Role::Dim);
    }
    scrolled(&lines, model.scroll.sources, "down: more", &mut canvas.part(rest));
    footer::draw(
        model,
        now,
        true,
        &mut canvas.part(Rect { x: 0, y: height.saturating_sub(1), width, height: 1 }),
    );
}

fn lines(model: &Model, now: Now, cols: u16, canvas: &Canvas<'_>) -> Vec<Vec<Piece<'static>>> {
    let zone = model.launch.schedule.zone;
    let mut lines = Vec::new();
    for source in &model.sources {
        let trouble = is_in_trouble(source);
        let (shape, role) = match (trouble, source.answered) {
            (true, _) => (canvas.symbols().no_go, Role::Error),
            (false, None) => (canvas.symbols().pending, Role::Dim),
            (false, Some(_)) => (canvas.symbols().go, Role::Text),
        };
        let state = match source.phase {
            Phase::Starting => "not asked yet",
            Phase::Asking => "asking",
            Phase::Well => "well",
            Phase::BackingOff => "waiting longer after a failure",
            Phase::RateLimited => "told to wait",
            Phase::Crashed => "its code failed; asked again later",
        };
        let old = source.answered.map(|stamp| format!("{} ago", age(stamp.age(now).shown())));
        let mut facts = vec![format!("last complete answer: {}", old.as_deref().unwrap_or("none so far"))];
        facts.extend(source.next.map(|at| format!("asked again {}", moment_zoned(at, now.wall, zone))));
        facts.extend(source.budgets.iter().map(|it| {
            let (left, limit, what) = (grouped(it.remaining), grouped(it.limit), it.of.word());
            format!("{left} of {limit} {what} left, full again {}", moment_zoned(it.resets, now.wall, zone))
        }));
        let name = format!("{:<14}", source.source.as_str());
        lines.push(vec![
            piece(format!("{shape} "), role),
            piece(name, Role::Title),
            piece(format!("  {state}"), role),
        ]);
        for fact in wrap(&facts.join(&format!(" {} ", canvas.symbols().dot)), cols, 4) {
            lines.push(vec![piece("    ", Role::Dim), piece(fact, Role::Dim)]);
        }
        if let Some(failure) = &source.failure {
            let next = failure.next.as_ref().map_or(String::new(), |next| format!("; {next}"));
            for line in wrap(&format!("{}{next}", failure.message), cols, 4) {
                lines.push(vec![piece("    ", Role::Dim), piece(line, Role::Error)]);
            }
        }
        lines.push(Vec::new());
    }
    lines
}
