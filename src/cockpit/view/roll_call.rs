//! The go/no-go meeting, made for a shared screen: one station large, the order beside or below it, both clocks.

mod order;
mod outcome;
mod station;

use ratatui::layout::Rect;

use super::{
    Canvas, banner,
    canvas::{Piece, piece},
    footer, header,
    look::word_role,
    when::{countdown, moment_zoned},
    wrap::wrap,
};
use crate::{
    Action, Model,
    model::{Seat, Shown},
};
use gonogo_domain::{BoardWord, Now, RollCallState, Spoken, StationState, Vote};
use gonogo_theme::Role;

pub(super) type Line = Vec<Piece<'static>>;

/// From here on the order stands beside the station.
const BESIDE: u16 = 110;
/// From so many rows on the letters are two and three times their size.
const LARGE: u16 = 18;
const HUGE: u16 = 44;
/// Rows that a station, the final call and a decision need at least, above the order.
const LEAST: [u16; 3] = [8, 11, 13];

pub(super) fn draw(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let (width, height) = (canvas.width(), canvas.height());
    title(model, now, canvas);
    standing(model, &mut canvas.part(Rect { x: 0, y: 1, width, height: 1 }));
    let most = if height >= 30 { 4 } else { 2 };
    let banners = u16::try_from(model.banners().len()).unwrap_or(u16::MAX).min(most);
    banner::draw(model, &mut canvas.part(Rect { x: 0, y: 2, width, height: banners }));
    let top = 2 + banners;
    let body = Rect { x: 0, y: top, width, height: height.saturating_sub(top + 2) };
    let (large, order) = split(model, body);
    if order.x > 0 {
        canvas.part(Rect { x: order.x - 1, width: 1, ..order }).line_down(0);
    }
    pane(model, now, &mut canvas.part(large));
    order::draw(model, order.x == 0, &mut canvas.part(order));
    below(model, &mut canvas.part(Rect { x: 0, y: height.saturating_sub(2), width, height: 1 }));
    let last = Rect { x: 0, y: height.saturating_sub(1), width, height: 1 };
    footer::of_meeting(model, &mut canvas.part(last));
}

/// The station, and the order beside it or below it.
fn split(model: &Model, body: Rect) -> (Rect, Rect) {
    let stations = model.poll().map_or(0, |poll| poll.stations.len());
    // A rule, the stations, the final call.
    let wanted = u16::try_from(stations + 2).unwrap_or(u16::MAX);
    if body.width >= BESIDE {
        let width = body.width * 11 / 20;
        let order = Rect { x: width + 1, width: body.width - width - 1, ..body };
        return (Rect { width, ..body }, order);
    }
    let least = match model.shown() {
        Shown::FinalCall(_) => LEAST[1],
        Shown::Outcome(..) => LEAST[2],
        _ => LEAST[0],
    };
    let rows = wanted.min(body.height.saturating_sub(least.min(body.height * 2 / 3)));
    let large = Rect { height: body.height - rows, ..body };
    (large, Rect { y: body.y + large.height, height: rows, ..body })
}

/// `ROLL CALL 2 · Checkout v3 · 3.0.0` and both clocks.
fn title(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let end = header::both_clocks(model, now, canvas);
    let dot = canvas.symbols().dot;
    let round = match model.poll() {
        Some(poll) if poll.round > 0 => format!("ROLL CALL {}", poll.round),
        _ => "ROLL CALL".to_owned(),
    };
    let room = end.saturating_sub(3);
    let start =
        header::incident(model, now).map_or(1, |(text, role)| canvas.put(1, 0, room, &text, role) + 1);
    let x = canvas.put(start, 0, room, &round, Role::Title);
    let rest = format!(" {dot} {} {dot} {}", model.board.title, model.board.version);
    canvas.put(x, 0, (room + 1).saturating_sub(x), &rest, Role::Text);
}

/// The board's word with its parts, and how far the poll is.
fn standing(model: &Model, canvas: &mut Canvas<'_>) {
    let end = canvas.width().saturating_sub(1);
    let said = model.poll().filter(|poll| poll.round > 0).map(|poll| {
        let quorum =
            if poll.is_quorate() || !poll.open { String::new() } else { format!(", quorum {}", poll.quorum) };
        format!("{} of {} heard{quorum}", poll.heard, poll.stations.len())
    });
    let end = said.map_or(end, |said| canvas.put_right(end, 0, 40, &said, Role::Title));
    header::word_line(model, &mut canvas.part(Rect { x: 0, y: 0, width: end.saturating_sub(1), height: 1 }));
}

fn pane(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let inner = Rect {
        x: 2,
        y: u16::from(canvas.height() > 6),
        width: canvas.width().saturating_sub(3),
        height: canvas.height().saturating_sub(u16::from(canvas.height() > 6)),
    };
    let mut inner = canvas.part(inner);
    match model.shown() {
        Shown::Nothing => nothing(&mut inner),
        Shown::Before(poll) => before(model, poll, now, &mut inner),
        Shown::Station(poll, it) => station::draw(model, poll, it, &mut inner),
        Shown::FinalCall(poll) => outcome::final_call(model, poll, &mut inner),
        Shown::Outcome(poll, decision) => outcome::decided(model, poll, decision, now, &mut inner),
    }
}

/// How large letters may be.
fn scale(canvas: &Canvas<'_>) -> u16 {
    match canvas.height() {
        0..LARGE => 1,
        LARGE..HUGE => 2,
        _ => 3,
    }
}

/// Draws lines below the large word, as many as there is room for.
pub(super) fn lines(from: u16, all: &[Line], canvas: &mut Canvas<'_>) {
    let room = canvas.height().saturating_sub(from);
    for (y, line) in (0..room).zip(all) {
        canvas.line(0, from + y, line);
    }
    if all.len() > usize::from(room) && room > 0 {
        let more = format!("  +{} more", all.len() - usize::from(room));
        canvas.put_right(canvas.width(), canvas.height() - 1, 12, &more, Role::KeyHint);
    }
}

/// Text over several lines, with a label before the first.
pub(super) fn labelled(label: &str, text: &str, role: Role, most: usize, canvas: &Canvas<'_>) -> Vec<Line> {
    let indent = canvas.cols(label) + u16::from(!label.is_empty());
    let wrapped = wrap(text, canvas.width().saturating_sub(indent), most);
    let before = |n: usize| {
        if n == 0 && !label.is_empty() { format!("{label} ") } else { " ".repeat(usize::from(indent)) }
    };
    (0..).zip(wrapped).map(|(n, line)| vec![piece(before(n), Role::Dim), piece(line, role)]).collect()
}

fn nothing(canvas: &mut Canvas<'_>) {
    let text = "This launch plans no roll call. Add `roll_call` with its stations to launch.yaml.";
    let all = labelled("", text, Role::Text, 3, canvas);
    lines(0, &all, canvas);
}

fn before(model: &Model, poll: &RollCallState, now: Now, canvas: &mut Canvas<'_>) {
    let rows = super::letters::draw("Roll call", scale(canvas), Role::Title, canvas);
    let zone = model.launch.schedule.zone;
    let left = model.poll_ahead(now.wall).map(|at| format!(", {}", countdown(at, now.wall)));
    let planned = poll.planned.map_or(String::new(), |at| {
        format!(", planned for {}{}", moment_zoned(at, now.wall, zone), left.unwrap_or_default())
    });
    let opens = model.keymap.said(Action::OpenRound);
    let all = [
        labelled(
            "",
            &format!("{} stations{planned}; the quorum is {}.", poll.stations.len(), poll.quorum),
            Role::Text,
            2,
            canvas,
        ),
        labelled(
            "",
            &format!("{} makes the final call.", model.launch.title_of(&poll.final_call)),
            Role::Text,
            2,
            canvas,
        ),
        labelled(
            "",
            &format!("{opens} opens the roll call; the arrows look at a station before."),
            Role::Dim,
            2,
            canvas,
        ),
    ]
    .concat();
    lines(rows + 1, &all, canvas);
}

/// The line above the keys: what happened, what waits, or how to go on.
fn below(model: &Model, canvas: &mut Canvas<'_>) {
    if footer::notice(model, canvas) {
        return;
    }
    let recording = model.acts.len();
    let open = model.poll().is_some_and(|poll| poll.open);
    let (said, role) = if recording > 0 {
        (format!("recording {recording}..."), Role::Hold)
    } else if model.meeting.correcting {
        ("correcting: the new answer stands beside the old one; Esc leaves it".to_owned(), Role::Changed)
    } else if open && model.meeting.seat != Seat::Called {
        ("looking at another station; space goes back to the one being called".to_owned(), Role::Dim)
    } else {
        return;
    };
    canvas.put(1, 0, u16::MAX, &said, role);
}

/// The shape and the role of an answer.
fn look(vote: &Vote, void: bool, canvas: &Canvas<'_>) -> (&'static str, Role) {
    let symbols = canvas.symbols();
    match vote {
        _ if void => (symbols.unknown, Role::Unknown),
        Vote::Go => (symbols.go, Role::Go),
        Vote::NoGo => (symbols.no_go, Role::NoGo),
        Vote::GoWithConditions { .. } => (symbols.waived, Role::Waived),
        Vote::Abstain => (symbols.not_applicable, Role::NotApplicable),
        Vote::Delegate { .. } => (symbols.arrow, Role::Accent),
    }
}

/// The board's word of a part, with its shape.
fn word(word: BoardWord, canvas: &Canvas<'_>) -> Piece<'static> {
    piece(format!("{} {word}", canvas.look.word_shape(word)), word_role(word))
}

/// `octo`, and if somebody else wrote it down: `octo, unverified, written down by hu`.
fn spoken(word: Spoken<'_>) -> String {
    let fallback = word.as_fallback();
    match word.recorder {
        Some(recorder) => {
            format!("{}, unverified, written down by {}{fallback}", word.by.name, recorder.name)
        }
        None => format!("{}{fallback}", word.by.name),
    }
}

/// `was NO-GO, GO`: a correction hides nothing, as far as there is room.
fn said_before(it: &StationState) -> Option<String> {
    let was: Vec<_> = it.earlier.iter().map(|word| &**word).collect();
    let more = usize::try_from(it.corrected).unwrap_or(usize::MAX).saturating_sub(was.len());
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    (!was.is_empty()).then(|| format!("was {}{more}", was.join(", ")))
}
