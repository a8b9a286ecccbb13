//! The comms plan: what is told to whom, where each message is, and what it says.

use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::{Piece, piece},
    frame,
    roll_call::{Line, labelled, lines},
    when::moment_zoned,
    wrap::wrap,
};
use crate::Model;
use gonogo_domain::{MessageState, MessageStatus, Now, Occasion, Party, Voice};
use gonogo_theme::Role;

/// From so many columns on the text stands beside the list.
const WIDE: u16 = 110;
/// Columns of the status, and of the time.
const STATUS: u16 = 15;
const DUE: u16 = 17;

pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let body = frame::inset(frame::draw(model, now, canvas));
    draw(model, now, &mut canvas.part(body));
}

fn draw(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let (width, height) = (canvas.width(), canvas.height());
    let Some(chosen) = model.chosen_message() else {
        let text = if model.launch.comms.messages.is_empty() {
            "This launch has no comms plan. Add `comms` with its messages to launch.yaml."
        } else {
            "Nothing that the messages of this launch tell of has happened."
        };
        return lines(0, &labelled("", text, Role::Text, 3, canvas), canvas);
    };
    let all = rows(model, now, chosen, if width >= WIDE { width / 2 } else { width });
    if width >= WIDE {
        let left = width / 2;
        list(&all, &mut canvas.part(Rect { x: 0, y: 0, width: left - 1, height }));
        let beside = Rect { x: left + 1, y: 0, width: width - left - 1, height };
        return detail(model, now, chosen, &mut canvas.part(beside));
    }
    let most = height / 2;
    let rows = u16::try_from(all.len()).unwrap_or(u16::MAX).min(most);
    list(&all, &mut canvas.part(Rect { x: 0, y: 0, width, height: rows }));
    canvas.line_across(0, rows, width);
    let below = Rect { x: 0, y: rows + 1, width, height: height.saturating_sub(rows + 1) };
    detail(model, now, chosen, &mut canvas.part(below));
}

/// A row of the list, and whether it is the chosen one.
type CommsRow = (Line, bool);

/// By what they tell of, each under its heading.
fn rows(model: &Model, now: Now, chosen: &MessageState, width: u16) -> Vec<CommsRow> {
    let mut all = Vec::new();
    for occasion in Occasion::ALL {
        let own: Vec<_> = model.board.messages.iter().filter(|it| it.occasion == occasion).collect();
        if own.is_empty() {
            continue;
        }
        all.push((vec![piece(occasion.word().to_owned(), Role::Dim)], false));
        all.extend(own.into_iter().map(|it| (row(model, now, it, width), it.of == chosen.of)));
    }
    all
}

fn row(model: &Model, now: Now, it: &MessageState, width: u16) -> Line {
    let zone = model.launch.schedule.zone;
    let due = it.due.map_or_else(String::new, |at| moment_zoned(at, now.wall, zone));
    let mine = it.who.iter().any(|who| model.is_me(who));
    let whose = if mine { " (you)" } else { "" };
    let owner = it.owner.as_ref().map_or("nobody", Party::as_str);
    let mut line = vec![piece(format!("{:<1$}", word(it), usize::from(STATUS)), role(it))];
    if width >= 70 {
        line.push(piece(format!("{due:<0$}", usize::from(DUE)), Role::Dim));
    }
    line.push(piece(it.of.message.to_string(), Role::Title));
    line.push(piece(format!("  to {}, {}", it.audience, it.via.said()), Role::Text));
    line.push(piece(format!("  {owner}{whose}"), if mine { Role::Accent } else { Role::Dim }));
    line
}

fn list(all: &[CommsRow], canvas: &mut Canvas<'_>) {
    let room = usize::from(canvas.height());
    let at = all.iter().position(|(_, chosen)| *chosen).unwrap_or_default();
    // The chosen one stays in sight, with what follows it.
    let first = (at + 2).min(all.len()).saturating_sub(room);
    for (y, (line, chosen)) in (0..canvas.height()).zip(all.iter().skip(first)) {
        let mut drawn: Vec<Piece<'_>> = vec![piece("  ".to_owned(), Role::Text)];
        drawn.extend(line.iter().cloned());
        canvas.line(0, y, &drawn);
        if *chosen {
            let width = canvas.width();
            canvas.over(0, y, width, Role::Selection);
        }
    }
}

/// Where it is and why, who has to do what, and all that it says.
fn detail(model: &Model, now: Now, it: &MessageState, canvas: &mut Canvas<'_>) {
    let at = |moment| moment_zoned(moment, now.wall, model.launch.schedule.zone);
    let by = |voice: &Voice| format!("{} at {}", voice.spoken().named(), at(voice.at));
    let mut all: Vec<Line> =
        vec![vec![piece(it.title.to_string(), Role::Title), piece(format!("  {}", word(it)), role(it))]];
    all.extend(labelled("", &it.reason, Role::Text, 3, canvas));
    if let Some(act) = model.acts.of_message(&it.of.message) {
        all.push(vec![piece(format!("{}: recording, not yet acknowledged", act.what), Role::Hold)]);
    } else if !it.next.is_empty() {
        let who: Vec<_> = it.who.iter().map(Party::as_str).collect();
        let next = format!("{} ({})", it.next.text, who.join(", "));
        all.extend(labelled("next:", &next, Role::Text, 2, canvas));
    }
    let mut told: Vec<(&str, String)> = Vec::new();
    told.extend(it.happened.map(|moment| ("tells of", format!("{} at {}", it.occasion.word(), at(moment)))));
    told.extend(it.drafted.as_ref().map(|voice| ("written by", by(voice))));
    told.extend(it.approved.as_ref().map(|voice| ("approved by", by(voice))));
    told.extend(it.sent.as_ref().and_then(|sent| sent.link.as_ref()).map(|link| ("link", link.to_string())));
    told.extend(
        it.sent.as_ref().and_then(|sent| sent.overrides.as_ref()).map(|why| ("OVERRIDE", why.to_string())),
    );
    for (label, text) in told {
        all.extend(labelled(label, &text, Role::Text, 2, canvas));
    }
    all.push(Vec::new());
    let room = usize::from(canvas.height()).saturating_sub(all.len());
    let words: Vec<String> =
        it.text
            .lines()
            .flat_map(|line| {
                if line.is_empty() { vec![String::new()] } else { wrap(line, canvas.width(), room.max(1)) }
            })
            .collect();
    let cut = words.len() > room;
    for line in words.into_iter().take(if cut { room.saturating_sub(1) } else { room }) {
        all.push(vec![piece(line, Role::Text)]);
    }
    if cut {
        all.push(vec![piece("… copy it to read all of it".to_owned(), Role::KeyHint)]);
    }
    lines(0, &all, canvas);
}

fn word(it: &MessageState) -> String {
    let late = it.overdue && it.status != MessageStatus::Overdue;
    if late { format!("{}!", it.status.word()) } else { it.status.word().to_owned() }
}

fn role(it: &MessageState) -> Role {
    match it.status {
        MessageStatus::Overdue | MessageStatus::Unknown => Role::Error,
        _ if it.overdue => Role::Error,
        MessageStatus::Due | MessageStatus::ToApprove => Role::Hold,
        MessageStatus::Sent => Role::Go,
        MessageStatus::Approved => Role::Accent,
        MessageStatus::Planned | MessageStatus::Waits | MessageStatus::NotNeeded => Role::Dim,
    }
}
