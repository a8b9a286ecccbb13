//! The top of every screen: which launch, what time it is in it, the word and what stands behind it.

use std::borrow::Cow;

use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::{Piece, piece},
    clocks,
    look::verdict_role,
    when::moment_zoned,
    word,
};
use crate::{
    cockpit::{Model, layout::LETTER_ROWS},
    domain::{BoardWord, GateState, Now, Verdict},
    theme::Role,
};

/// One line: title, version, target; both clocks.
pub(super) fn title(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let board = &model.board;
    let time = clocks(board, now.wall);
    let t = if time.holding { format!("{} holding", time.t) } else { time.t };
    let right = time.l.map_or(t.clone(), |l| format!("{t}  {l}"));
    let end = canvas.put_right(canvas.width().saturating_sub(1), 0, 40, &right, Role::Title);
    let commit = board.commit.as_ref().map_or("commit not known", |oid| oid.short());
    let dot = canvas.symbols().dot;
    let room = end.saturating_sub(3);
    let x = canvas.put(1, 0, room, &board.title, Role::Title);
    let rest = format!(" {dot} {} {dot} {}@{commit}", board.version, board.git_ref);
    canvas.put(x, 0, (room + 1).saturating_sub(x), &rest, Role::Dim);
}

/// The word in large letters, and beside it the count, the parts and the way to GO.
pub(super) fn word_and_status(model: &Model, now: Now, scale: u16, canvas: &mut Canvas<'_>) {
    let area = Rect { x: 1, y: 0, width: canvas.width().saturating_sub(1), height: canvas.height() };
    let drawn = word::draw(model.board.word, scale, area, canvas);
    let x = if drawn {
        word::columns(model.board.word, scale) + 4
    } else {
        word::plain(model.board.word, 1, 0, canvas) + 2
    };
    let first = if scale > 1 { 1 } else { 0 };
    let lines = status(model, now, usize::from(LETTER_ROWS * scale - first), canvas);
    for (y, line) in (first..canvas.height()).zip(&lines) {
        canvas.line(x, y, line);
    }
}

/// The word and the count in one line, for small terminals.
pub(super) fn word_line(model: &Model, canvas: &mut Canvas<'_>) {
    let x = word::plain(model.board.word, 1, 0, canvas);
    let mut line = counts(model, canvas);
    if let Some(text) =
        model.word_in_full().strip_prefix(model.board.word.word()).filter(|text| !text.is_empty())
    {
        line.insert(0, piece(format!("{text}  "), Role::Waived));
    }
    canvas.line(x + 2, 0, &line);
}

fn status<'a>(model: &'a Model, now: Now, rows: usize, canvas: &Canvas<'_>) -> Vec<Vec<Piece<'a>>> {
    let mut lines = vec![vec![piece(headline(model), Role::Title)], counts(model, canvas), way(model, now)];
    if rows > lines.len() {
        lines.retain(|line| !line.is_empty());
        let room = rows.saturating_sub(lines.len());
        lines.extend(model.index.blockers().iter().take(room).filter_map(|at| {
            let gate = model.board.gates.get(*at)?;
            Some(blocker(gate, canvas))
        }));
    }
    lines
}

fn blocker<'a>(gate: &'a GateState, canvas: &Canvas<'_>) -> Vec<Piece<'a>> {
    let role = verdict_role(gate.verdict);
    let shape = format!("{} {}", canvas.look.shape(gate.verdict), gate.verdict.word());
    vec![
        piece(shape, role),
        piece(" ", Role::Text),
        piece(gate.id.as_str(), Role::Text),
        piece("  ", Role::Dim),
        piece(&*gate.reason, Role::Dim),
    ]
}

fn headline(model: &Model) -> Cow<'_, str> {
    let board = &model.board;
    let score = &board.score;
    let open = score.no_go + score.unknown + score.pending;
    match board.word {
        BoardWord::Go if score.waived == 0 && !model.is_narrowed() => {
            format!("all {} blocking gates are go", score.of).into()
        }
        BoardWord::Go => {
            format!("{}: {} of {} blocking gates are go", model.word_in_full(), score.go, score.of).into()
        }
        _ if open == 0 => {
            board.reasons.first().map_or("nothing proves a GO".into(), |why| Cow::Borrowed(&**why))
        }
        _ if open == 1 => format!("1 of {} blocking gates is not go", score.of).into(),
        _ => format!("{open} of {} blocking gates are not go", score.of).into(),
    }
}

fn counts(model: &Model, canvas: &Canvas<'_>) -> Vec<Piece<'static>> {
    let score = &model.board.score;
    let parts = [
        (Verdict::NoGo, score.no_go, "no-go"),
        (Verdict::Unknown, score.unknown, "unknown"),
        (Verdict::Pending, score.pending, "pending"),
        (Verdict::Waived, score.waived, "waived"),
        (Verdict::NotApplicable, score.not_applicable, "n/a"),
    ];
    let mut line = Vec::new();
    for (verdict, count, word) in parts.into_iter().filter(|(_, count, _)| *count > 0) {
        if !line.is_empty() {
            line.push(piece("   ", Role::Text));
        }
        line.push(piece(format!("{} {count} {word}", canvas.look.shape(verdict)), verdict_role(verdict)));
    }
    line
}

/// What has to happen, and the earliest moment at which it can be GO.
fn way(model: &Model, now: Now) -> Vec<Piece<'static>> {
    let path = &model.board.path;
    let zone = model.launch.schedule.zone;
    let early = path.not_before.filter(|at| *at > now.wall);
    let names: Vec<_> = path.steps.iter().map(|step| step.gate.local()).take(6).collect();
    let steps = match names.len() {
        0 => String::new(),
        1 => format!("once {} is done", names.concat()),
        n => format!("once {} steps are done: {}", path.steps.len().max(n), names.join(", ")),
    };
    let text = match (early, steps.is_empty()) {
        (Some(at), true) => format!("not before {}", moment_zoned(at, now.wall, zone)),
        (Some(at), false) => format!("not before {}, {steps}", moment_zoned(at, now.wall, zone)),
        (None, false) => format!("GO {steps}"),
        (None, true) => return Vec::new(),
    };
    vec![piece(text, Role::Text)]
}

/// The readiness bar with its figures: beside the word, never instead of it.
pub(super) fn bar(model: &Model, canvas: &mut Canvas<'_>) {
    let score = &model.board.score;
    let waived = if score.waived > 0 { format!(" + {} waived", score.waived) } else { String::new() };
    let mut figures = format!("{} go{waived} of {}", score.go, score.of);
    let informing = model.index.informing_open();
    if informing > 0 && canvas.width() >= 72 {
        figures = format!("{figures} {} {informing} informing not go", canvas.symbols().dot);
    }
    let end = canvas.put_right(canvas.width().saturating_sub(1), 0, 60, &figures, Role::Text);
    let x = canvas.put(1, 0, 6, "ready", Role::Dim) + 1;
    let cols = u32::from(end.saturating_sub(1).saturating_sub(x));
    let part = |count: u32| if score.of == 0 { 0 } else { count * cols / score.of };
    let (go, waived) = (part(score.go), part(score.go + score.waived) - part(score.go));
    let shapes = canvas.symbols().bar;
    let runs = [
        (go, shapes[0], Role::BarDone),
        (waived, shapes[1], Role::BarWaived),
        (cols - go - waived, shapes[2], Role::BarRest),
    ];
    runs.into_iter().fold(x, |x, (cols, shape, role)| {
        canvas.put(x, 0, u16::MAX, &shape.repeat(usize::try_from(cols).unwrap_or_default()), role)
    });
}
