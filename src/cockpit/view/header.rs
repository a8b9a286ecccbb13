//! The top of every screen: which launch, what time it is in it, the word and what stands behind it.

use chrono::TimeDelta;
use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::{Piece, piece},
    clocks,
    curve::curve,
    look::verdict_role,
    when::moment_zoned,
    word,
};
use crate::{Model, Screen, layout::LETTER_ROWS, model::Shown};
use gonogo_domain::{BoardWord, GateState, Now, Score, Verdict};
use gonogo_theme::Role;

/// From so many columns on there is room for the curve of the score.
const ROOMY: u16 = 100;
/// The most columns of that.
const COURSE: usize = 16;
/// Bars up to here are short.
const SHORT: u16 = 20;

/// One line: title, version, target; both clocks.
pub(super) fn title(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let board = &model.board;
    let end = both_clocks(model, now, canvas);
    let commit = board.commit.as_ref();
    let commit = commit.map_or_else(|| ", commit not known".to_owned(), |oid| format!("@{}", oid.short()));
    let about = board.target.as_ref().map(|target| format!("{}{commit}", target.git_ref));
    let about = about.unwrap_or_else(|| "no target".to_owned());
    let dot = canvas.symbols().dot;
    let room = end.saturating_sub(3);
    // The board says it in a line of its own.
    let ribbon = model.ribbon().filter(|_| model.screen != Screen::Board || model.detail || model.presenting);
    let start = ribbon.map_or(1, |ribbon| canvas.put(1, 0, room, &format!(" {ribbon} "), Role::Banner) + 1);
    let start =
        incident(model, now).map_or(start, |(text, role)| canvas.put(start, 0, room, &text, role) + 1);
    let x = canvas.put(start, 0, (room + 1).saturating_sub(start), &board.title, Role::Title);
    let rest = format!(" {dot} {} {dot} {about}", board.version);
    canvas.put(x, 0, (room + 1).saturating_sub(x), &rest, Role::Dim);
}

/// The open incident and when the next update is due, to the second: on every screen.
pub(super) fn incident(model: &Model, now: Now) -> Option<(String, Role)> {
    let state = model.running_incident()?;
    let update = state.update?;
    let severity = state.severity;
    Some(if update.at <= now.wall {
        (format!(" {severity} update OVERDUE {} ", running(now.wall - update.at)), Role::Error)
    } else {
        (format!(" {severity} update in {} ", running(update.at - now.wall)), Role::Banner)
    })
}

/// `04:12`, `1:04:12`; never less than nothing.
pub(super) fn running(span: TimeDelta) -> String {
    let s = span.to_std().unwrap_or_default().as_secs();
    match s / 3_600 {
        0 => format!("{:02}:{:02}", s / 60, s % 60),
        hours => format!("{hours}:{:02}:{:02}", s % 3_600 / 60, s % 60),
    }
}

/// The T clock and, where there is room or a hold has put them apart, the L clock; the column where they start is the
/// answer.
pub(super) fn both_clocks(model: &Model, now: Now, canvas: &mut Canvas<'_>) -> u16 {
    let time = clocks(&model.board, now.wall);
    let t = if time.holding { format!("{} holding", time.t) } else { time.t };
    let right = if time.apart || canvas.width() >= 72 { format!("{t}  {}", time.l) } else { t };
    canvas.put_right(canvas.width().saturating_sub(1), 0, 44, &right, Role::Title)
}

/// The word in large letters, and beside it the count, the parts and the way to GO.
pub(super) fn word_and_status(model: &Model, now: Now, scale: u16, canvas: &mut Canvas<'_>) {
    let area = Rect { x: 1, y: 0, width: canvas.width().saturating_sub(1), height: canvas.height() };
    let drawn = word::draw(word::ShownWord::of(&model.board), scale, area, canvas);
    let x = if drawn {
        word::columns(word::ShownWord::of(&model.board), scale) + 4
    } else {
        word::plain(word::ShownWord::of(&model.board), 1, 0, canvas) + 2
    };
    let first = u16::from(scale > 1);
    let room = canvas.width().saturating_sub(x + 1);
    let lines = status(model, now, usize::from(LETTER_ROWS * scale - first), room, canvas);
    for (y, line) in (first..canvas.height()).zip(&lines) {
        canvas.line(x, y, line);
    }
}

/// The word and the count in one line, for small terminals.
pub(super) fn word_line(model: &Model, canvas: &mut Canvas<'_>) {
    let x = word::plain(word::ShownWord::of(&model.board), 1, 0, canvas);
    let mut line = counts(model, canvas.width().saturating_sub(x + 3), false, canvas);
    let text = model.qualifiers();
    if !text.is_empty() {
        line.insert(0, piece(format!("{text}  "), Role::Waived));
    }
    if let Some(evidence) = model.evidence() {
        line.insert(0, piece(format!("{evidence}  "), Role::Title));
        let decided = model.board.lowered_by_decision().map(|it| &*it.reason).unwrap_or_default();
        if !told_nearby(model, decided) {
            line.push(piece(format!("  {decided}"), Role::Dim));
        }
    }
    canvas.line(x + 2, 0, &line);
}

/// Whether the reason of a decision stands in the first banner, or large in the meeting: it is not said twice.
fn told_nearby(model: &Model, decided: &str) -> bool {
    let in_meeting = model.screen == Screen::RollCall && matches!(model.shown(), Shown::Outcome(..));
    // The timeline has no banners.
    let in_banner = || model.banners().first().is_some_and(|(_, text)| text == decided);
    in_meeting || model.screen != Screen::Timeline && in_banner()
}

fn status<'a>(
    model: &'a Model,
    now: Now,
    rows: usize,
    room: u16,
    canvas: &Canvas<'_>,
) -> Vec<Vec<Piece<'a>>> {
    let headline = first_that_fits(headline(model), room, canvas);
    let way = first_that_fits(way(model, now), room, canvas);
    let mut lines = vec![
        vec![piece(headline, Role::Title)],
        counts(model, room, true, canvas),
        vec![piece(way, Role::Text)],
    ];
    if rows > lines.len() {
        lines.retain(|line| line.iter().any(|(text, _)| !text.is_empty()));
        let room = rows.saturating_sub(lines.len());
        lines.extend(model.index.blockers().iter().take(room).filter_map(|at| {
            let gate = model.board.gates.get(*at)?;
            Some(blocker(gate, canvas))
        }));
    }
    lines
}

/// What the evidence says, and the way to GO, each as long as there is room for.
pub(super) fn sentences(model: &Model, now: Now, room: u16, canvas: &Canvas<'_>) -> (String, String) {
    (first_that_fits(headline(model), room, canvas), first_that_fits(way(model, now), room, canvas))
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

/// The first of several ways to say it that is short enough, else the last.
fn first_that_fits(mut said: Vec<String>, room: u16, canvas: &Canvas<'_>) -> String {
    let fits = said.iter().position(|text| canvas.cols(text) <= room);
    let at = fits.unwrap_or(said.len().saturating_sub(1));
    if at < said.len() { said.swap_remove(at) } else { String::new() }
}

/// What the evidence says, longest first; it is labelled as evidence where people decided otherwise.
fn headline(model: &Model) -> Vec<String> {
    match model.evidence() {
        None => counted(model),
        Some(evidence) => {
            let mut said: Vec<_> = counted(model).iter().map(|text| format!("{evidence}, {text}")).collect();
            said.push(evidence);
            said
        }
    }
}

/// How many gates are still open.
fn counted(model: &Model) -> Vec<String> {
    let board = &model.board;
    let score = &board.score;
    let open = score.no_go + score.unknown + score.pending;
    let are_go = match (score.of, score.go) {
        (1, 1) => "the one blocking gate is go".to_owned(),
        (of, go) => format!("{go} of {of} blocking gates are go"),
    };
    match board.evidence {
        _ if board.word == BoardWord::Go && !model.qualifiers().is_empty() => {
            let full = model.word_in_full();
            vec![format!("{full}: {are_go}"), full]
        }
        BoardWord::Go if score.waived == 0 && score.of > 1 => {
            vec![format!("all {} blocking gates are go", score.of)]
        }
        BoardWord::Go => vec![are_go],
        _ if open == 0 => {
            vec![board.evidence_reason().unwrap_or_else(|| "nothing proves a GO".to_owned())]
        }
        _ if score.of == 1 => vec!["the one blocking gate is still open".into(), "still open".into()],
        _ => {
            vec![
                format!("{open} of {} blocking gates still open", score.of),
                format!("{open} of {} still open", score.of),
            ]
        }
    }
}

/// The parts of the count: in words, or as figures alone where those do not fit.
fn counts(model: &Model, room: u16, with_bar: bool, canvas: &Canvas<'_>) -> Vec<Piece<'static>> {
    let score = &model.board.score;
    let parts = [
        (Verdict::NoGo, score.no_go, " no-go"),
        (Verdict::Unknown, score.unknown, " unknown"),
        (Verdict::Pending, score.pending, " pending"),
        (Verdict::Waived, score.waived, " waived"),
        (Verdict::NotApplicable, score.not_applicable, " n/a"),
    ];
    let said = |gap: &'static str, in_words: bool, shown: &[(Verdict, u32, &str)]| {
        let mut line = Vec::new();
        for (verdict, count, word) in shown.iter().filter(|(_, count, _)| *count > 0) {
            if !line.is_empty() {
                line.push(piece(gap, Role::Text));
            }
            let word = if in_words { word } else { "" };
            line.push(piece(
                format!("{} {count}{word}", canvas.look.shape(*verdict)),
                verdict_role(*verdict),
            ));
        }
        line
    };
    let cols = |line: &[Piece<'_>]| line.iter().map(|(text, _)| canvas.cols(text)).sum::<u16>();
    // What is open comes first; the bar counts the waived, too.
    let open = if with_bar { &parts[..3] } else { &parts[..] };
    let ways = [said("   ", true, &parts), said("  ", true, &parts), said("  ", true, open)];
    ways.into_iter().find(|line| cols(line) <= room).unwrap_or_else(|| said("  ", false, &parts))
}

/// What has to happen, and the earliest moment at which it can be GO; longest first.
fn way(model: &Model, now: Now) -> Vec<String> {
    let path = &model.board.path;
    let zone = model.launch.schedule.zone;
    let early = path.not_before.filter(|at| *at > now.wall);
    let early = early.map(|at| format!("not before {}", moment_zoned(at, now.wall, zone)));
    let names: Vec<_> = path.steps.iter().map(gonogo_domain::Step::name).take(6).collect();
    let many = path.steps.len();
    let steps = match names.len() {
        0 => vec![],
        1 => vec![format!("once 1 step is done: {}", names.concat()), "once 1 step is done".to_owned()],
        _ => vec![
            format!("once {many} steps are done: {}", names.join(", ")),
            format!("once {many} steps are done"),
        ],
    };
    let mut said: Vec<String> = match &early {
        Some(early) => steps.iter().map(|steps| format!("{early}, {steps}")).collect(),
        None => steps.iter().map(|steps| format!("GO {steps}")).collect(),
    };
    said.extend(early);
    if said.is_empty() && model.board.word == BoardWord::Go { called(model, now) } else { said }
}

/// How far the final call is, where the evidence is GO and one is planned.
fn called(model: &Model, now: Now) -> Vec<String> {
    let board = &model.board;
    if let Some(it) = board.decision.as_ref().filter(|it| it.is_go()) {
        let (by, at) = (it.spoken().named(), moment_zoned(it.at, now.wall, model.launch.schedule.zone));
        return vec![
            format!("the final call: {} by {by}, {at}", it.label()),
            format!("{} by {by}", it.label()),
        ];
    }
    let Some(poll) = &board.roll_call else { return Vec::new() };
    let still = format!("no final call yet: {}", poll.final_call);
    if !poll.open {
        return vec![still];
    }
    let (round, heard, all) = (poll.round, poll.heard, poll.stations.len());
    let heard = format!("roll call {round}: {heard} of {all} heard");
    vec![format!("{heard}, {still}"), heard]
}

/// The readiness bar with its figures: beside the word, never instead of it.
pub(super) fn bar(model: &Model, canvas: &mut Canvas<'_>) {
    let score = &model.board.score;
    let waived = if score.waived > 0 { format!(" + {} waived", score.waived) } else { String::new() };
    let mut figures = format!("{} go{waived} of {}", score.go, score.of);
    let (advisory, later) = model.index.informing_open();
    for (count, what) in [(advisory, "advisory open"), (later, "for later")] {
        if count > 0 && canvas.width() >= 72 {
            figures = format!("{figures} {} {count} {what}", canvas.symbols().dot);
        }
    }
    let there = model.board.risks.iter().filter(|it| it.is_there()).count();
    if there > 0 {
        let risks = if there == 1 { "risk" } else { "risks" };
        let asks = model.board.risks.iter().filter(|it| it.asks()).count();
        let asks = if asks == 0 { String::new() } else { format!(", {asks} to answer") };
        figures = format!("{figures} {} {there} {risks}{asks}", canvas.symbols().dot);
    }
    let end = canvas.put_right(canvas.width().saturating_sub(1), 0, 60, &figures, Role::Text);
    let end = course(model, end, canvas);
    let x = canvas.put(1, 0, 6, "ready", Role::Dim) + 1;
    let segments = segments(score, end.saturating_sub(1).saturating_sub(x), canvas);
    canvas.line(x, 0, &segments);
}

/// How the score went while the cockpit was open, before its figures where there is room; the column where it starts is the answer.
fn course(model: &Model, end: u16, canvas: &mut Canvas<'_>) -> u16 {
    let seen: Vec<_> = model.course.until(model.board.evaluated_at).map(Some).collect();
    if seen.len() < 2 || canvas.width() < ROOMY {
        return end;
    }
    let curve = curve(&seen, COURSE, canvas);
    canvas.put_right(end.saturating_sub(1), 0, u16::MAX, &curve, Role::BarDone)
}

/// A bar of so many columns at most: a segment for each verdict in its colour and its shape, so that it is read without colour
/// as well. What there is at all has a column.
pub(super) fn segments(score: &Score, most: u16, canvas: &Canvas<'_>) -> Vec<Piece<'static>> {
    let symbols = canvas.symbols();
    let parts = [
        (score.go, symbols.bar[0], Role::BarDone),
        (score.waived, symbols.bar[1], Role::BarWaived),
        (score.pending, symbols.bar[2], Role::Pending),
        (score.unknown, symbols.unknown, Role::Unknown),
        (score.no_go, symbols.no_go, Role::NoGo),
    ];
    // A short one has a column for each gate where that is enough.
    let cols = if most <= SHORT { u32::from(most).min(score.of) } else { u32::from(most) };
    let share = |count: u32| (count * cols).checked_div(score.of).unwrap_or(0).max(u32::from(count > 0));
    let mut sizes = parts.map(|(count, ..)| share(count));
    let sum: u32 = sizes.iter().sum();
    if let Some(largest) = sizes.iter_mut().max() {
        *largest = (*largest + cols).saturating_sub(sum);
    }
    let pieces = parts
        .into_iter()
        .zip(sizes)
        .map(|((_, shape, role), cols)| piece(shape.repeat(usize::try_from(cols).unwrap_or_default()), role));
    pieces.collect()
}
