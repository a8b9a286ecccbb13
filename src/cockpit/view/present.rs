//! Presenting: the board for a shared screen or the back of a room. The word as large as it can be, what is open in whole
//! sentences, and nothing else.

use ratatui::layout::Rect;

use super::{
    Canvas, banner,
    canvas::{Piece, piece},
    footer, header, letters,
    look::verdict_role,
    strip,
    when::countdown,
    word::{self, ShownWord},
    wrap::wrap,
};
use crate::Model;
use gonogo_domain::{GateState, Now, Party};
use gonogo_theme::Role;

/// Letters are at most so many times their size.
const LARGEST: u16 = 6;
/// Lines of one reason.
const REASON: usize = 2;

pub(super) fn draw(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let (width, height) = (canvas.width(), canvas.height());
    header::title(model, now, canvas);
    let banners =
        u16::try_from(model.banners().len()).unwrap_or(u16::MAX).min(if height >= 20 { 3 } else { 1 });
    banner::draw(model, &mut canvas.part(Rect { x: 0, y: 1, width, height: banners }));
    let top = 1 + banners + u16::from(height >= 20);
    let rows =
        large_word(model, Rect { x: 2, y: top, width: width.saturating_sub(3), height: height / 3 }, canvas);
    let below = Rect {
        x: 2,
        y: top + rows,
        width: width.saturating_sub(4),
        height: height.saturating_sub(top + rows + 2),
    };
    let mut body = canvas.part(below);
    let lines = lines(model, now, body.width(), &body);
    let room = usize::from(body.height());
    let (shown, more) = fit(lines, room);
    for (y, line) in (0..).zip(&shown) {
        body.line(0, y, line);
    }
    if more > 0 {
        let y = below.y + below.height;
        canvas.put(2, y, width, &format!("and {more} more open"), Role::Dim);
    } else if height >= 20 {
        strip::draw(
            model,
            now,
            &mut canvas.part(Rect {
                x: 1,
                y: height.saturating_sub(2),
                width: width.saturating_sub(2),
                height: 1,
            }),
        );
    }
    let last = Rect { x: 0, y: height.saturating_sub(1), width, height: 1 };
    footer::draw(model, now, true, &mut canvas.part(last));
}

/// The word, as large as the place allows; the rows that it took with a blank one are the answer.
fn large_word(model: &Model, place: Rect, canvas: &mut Canvas<'_>) -> u16 {
    let said = ShownWord::of(&model.board);
    let mut part = canvas.part(place);
    let area = Rect { x: 0, y: 0, ..place };
    let scale = (1..=LARGEST).rev().find(|scale| word::draw(said, *scale, area, &mut part));
    match scale {
        Some(scale) => letters::ROWS * scale + 1,
        None => {
            word::plain(said, 0, 0, &mut part);
            2
        }
    }
}

/// One sentence for the verdict, then everything that is open.
struct Told {
    line: Vec<Piece<'static>>,
    /// It begins the text about one gate.
    begins: bool,
}

fn lines(model: &Model, now: Now, width: u16, canvas: &Canvas<'_>) -> Vec<Told> {
    let plain = |line| Told { line, begins: false };
    let (head, way) = header::sentences(model, now, width, canvas);
    let mut all = vec![plain(vec![piece(head, Role::Title)])];
    if let Some(at) = model.poll_ahead(now.wall) {
        let said = format!("The roll call begins {}.", countdown(at, now.wall));
        all.push(plain(vec![piece(said, Role::Text)]));
    }
    if !way.is_empty() {
        all.push(plain(vec![piece(way, Role::Text)]));
    }
    let gates = model.index.blockers().iter().filter_map(|at| model.board.gates.get(*at));
    for gate in gates {
        all.push(plain(Vec::new()));
        all.extend(of_gate(gate, width, canvas));
    }
    all
}

/// Verdict and title whole, however many lines they take; why, and who is asked.
fn of_gate(gate: &GateState, width: u16, canvas: &Canvas<'_>) -> Vec<Told> {
    let verdict = format!("{} {}  ", canvas.look.shape(gate.verdict), gate.verdict.word());
    let indent = canvas.cols(&verdict);
    let role = verdict_role(gate.verdict);
    let mut all = Vec::new();
    for (n, line) in wrap(&gate.title, width.saturating_sub(indent), 4).into_iter().enumerate() {
        let lead = if n == 0 { verdict.clone() } else { " ".repeat(usize::from(indent)) };
        all.push(Told { line: vec![piece(lead, role), piece(line, Role::Title)], begins: n == 0 });
    }
    let blank = || piece(" ".repeat(usize::from(indent)), Role::Text);
    let who: Vec<_> =
        gate.who.iter().chain(gate.owner.iter().filter(|_| gate.who.is_empty())).map(Party::as_str).collect();
    let who = if who.is_empty() { String::new() } else { format!("  ({})", who.join(", ")) };
    for line in wrap(&format!("{}{who}", gate.reason), width.saturating_sub(indent), REASON) {
        all.push(Told { line: vec![blank(), piece(line, Role::Text)], begins: false });
    }
    all
}

/// What there is room for, without half a gate at the end; and how many gates there is none for. Where not even one fits
/// whole, only their titles are shown.
fn fit(lines: Vec<Told>, room: usize) -> (Vec<Vec<Piece<'static>>>, usize) {
    let ends = |at: usize| lines.get(at).is_none_or(|line| line.line.is_empty());
    let mut cut = (0..=room.min(lines.len())).rev().find(|at| ends(*at)).unwrap_or_default();
    let mut lines = lines;
    if !lines.iter().take(cut).any(|line| line.begins) && lines.iter().any(|line| line.begins) {
        let head = lines.iter().position(|line| line.line.is_empty()).unwrap_or_default();
        let titles = (0..).zip(lines).filter(|(at, line)| *at < head || line.begins);
        lines = titles.map(|(_, line)| line).collect();
        cut = room.min(lines.len());
    }
    let more = lines.iter().skip(cut).filter(|line| line.begins).count();
    (lines.into_iter().take(cut).map(|told| told.line).collect(), more)
}
