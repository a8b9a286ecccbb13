//! The path to GO: what must happen, in order, by whom, and the earliest moment of GO.

use ratatui::layout::Rect;

use super::{
    Canvas, advice,
    canvas::{Piece, piece},
    frame::{self, below},
    when::moment_zoned,
    wrap::wrap,
};
use crate::{Context, Model, Pane, Target};
use gonogo_domain::{GateId, Now, Party, RiskState, Step, StepKind};
use gonogo_theme::Role;

/// The pane below the detail, whose title is in the line above it.
pub(super) fn pane(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    steps(model, now, 0, canvas);
}

/// `Path to GO, 7 steps`
pub(super) fn title(model: &Model) -> String {
    match model.board.path.steps.len() {
        0 => "Path to GO".to_owned(),
        1 => "Path to GO, 1 step".to_owned(),
        many => format!("Path to GO, {many} steps"),
    }
}

/// The whole screen.
pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let body = frame::draw(model, now, canvas);
    canvas.put(1, body.y, u16::MAX, "Path to GO: what would change the answer", Role::Title);
    let mut place = canvas.part(below(body, 1));
    place.hot_whole(Target::Pane(Pane::Path, model.board.path.steps.len()));
    steps(model, now, model.scroll.path, &mut place);
}

/// The risks that are there, the worst first, a row each below a title.
fn risks(model: &Model) -> Vec<(String, Role)> {
    let mut there: Vec<_> = model.board.risks.iter().filter(|it| it.is_there()).collect();
    there.sort_by_key(|it| (!it.asks(), std::cmp::Reverse(it.triage)));
    let row = |it: &&RiskState| {
        let role = match (it.blocks(), it.asks()) {
            (true, _) => Role::NoGo,
            (_, true) => Role::Hold,
            _ => Role::Dim,
        };
        let word = if it.blocks() { "BLOCKS" } else { it.word() };
        (
            format!("{word:<9} {}: {} ({}; {})", it.id, it.figures.what, it.figures.owner, it.figures.said()),
            role,
        )
    };
    let title = (!there.is_empty()).then(|| ("Risks".to_owned(), Role::Title));
    title.into_iter().chain(there.iter().map(row)).collect()
}

fn steps(model: &Model, now: Now, first: usize, canvas: &mut Canvas<'_>) {
    let path = &model.board.path;
    let zone = model.launch.schedule.zone;
    let early = match path.not_before.filter(|at| *at > now.wall) {
        Some(at) => format!("not before {}", moment_zoned(at, now.wall, zone)),
        None if path.steps.is_empty() => "nothing stands in the way".to_owned(),
        None => "as soon as these are done".to_owned(),
    };
    canvas.put(1, 0, u16::MAX, &early, Role::Dim);
    let chosen = (model.context() == Context::Path).then_some(first);
    let risks = risks(model);
    let below = u16::try_from(risks.len()).unwrap_or(u16::MAX).min(canvas.height() / 2);
    let top = canvas.height() - below;
    for (y, (text, role)) in (top..canvas.height()).zip(&risks) {
        canvas.put(1, y, u16::MAX, text, *role);
    }
    let canvas = &mut canvas.part(Rect { x: 0, y: 0, width: canvas.width(), height: top });
    let mut y = 2;
    // The chosen step stays in sight with one before it.
    for (n, step) in path.steps.iter().enumerate().skip(first.saturating_sub(1)) {
        if y >= canvas.height() {
            canvas.put_right(canvas.width(), canvas.height().saturating_sub(1), 10, "  more", Role::KeyHint);
            return;
        }
        let top = y;
        y = draw_step(model, now, (n, step), y, canvas);
        canvas.hot(Rect { x: 0, y: top, width: canvas.width(), height: y - top }, Target::Step(n));
        if chosen == Some(n) {
            canvas.over(
                0,
                y.saturating_sub(1 + step_rows(model, step, canvas)),
                canvas.width(),
                Role::Selection,
            );
        }
    }
}

fn text_cols(canvas: &Canvas<'_>) -> u16 {
    canvas.width().saturating_sub(6)
}

fn step_rows(model: &Model, step: &Step, canvas: &Canvas<'_>) -> u16 {
    let rows = u16::try_from(wrap(&advice::said(model, &step.does, &step.who), text_cols(canvas), 3).len())
        .unwrap_or(3);
    rows + u16::from(step.warning.is_some())
}

/// Draws one step; the row behind it is the answer.
fn draw_step(model: &Model, now: Now, (n, step): (usize, &Step), y: u16, canvas: &mut Canvas<'_>) -> u16 {
    let number = format!("{}", n + 1);
    canvas.put_right(4, y, 3, &number, Role::Accent);
    let mut y = y;
    for line in wrap(&advice::said(model, &step.does, &step.who), text_cols(canvas), 3) {
        canvas.put(5, y, u16::MAX, &line, Role::Text);
        y += 1;
    }
    let who: Vec<_> = step.who.iter().map(Party::as_str).collect();
    let by = match (step.kind, who.is_empty()) {
        (StepKind::Wait, _) => String::new(),
        (_, false) => who.join(", "),
        (StepKind::Machine, true) => "a machine".to_owned(),
        (StepKind::Act, true) => "somebody".to_owned(),
    };
    let dot = format!(" {} ", canvas.symbols().dot);
    let mut facts: Vec<Piece<'_>> = Vec::new();
    if !by.is_empty() {
        facts.extend([piece(by, Role::Title), piece(dot.clone(), Role::Dim)]);
    }
    facts.push(piece(step.gate().map_or_else(|| step.name(), GateId::as_str), Role::Dim));
    if !step.also.is_empty() {
        facts.push(piece(format!(" and {} more", step.also.len()), Role::Dim));
    }
    if let Some(until) = step.until {
        let at = moment_zoned(until, now.wall, model.launch.schedule.zone);
        facts.extend([piece(dot.clone(), Role::Dim), piece(format!("until {at}"), Role::Hold)]);
    }
    let one = step.gate().filter(|_| step.also.is_empty()).and_then(|id| model.board.gate(id));
    facts.extend(one.map(|gate| piece(format!("{dot}{}", gate.title), Role::Dim)));
    canvas.line(5, y, &facts);
    if let Some(warning) = &step.warning {
        canvas.put(5, y + 1, u16::MAX, &format!("plan: {warning}"), Role::Hold);
        return y + 2;
    }
    y + 1
}
