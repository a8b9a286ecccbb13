//! The comms plan: who is told what, where each message stands, and its text.

use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::{Piece, piece},
    frame,
    roll_call::{Line, labelled, lines},
    table::{self, CELL, Cells, INDENT},
    when::moment_zoned,
    wrap::wrap,
};
use crate::{Model, Pane, Target, layout};
use gonogo_domain::{MessageState, MessageStatus, Now, Occasion, Party, Voice};
use gonogo_theme::Role;

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
    let all = rows(model, now);
    let columns = table::widths(all.iter().filter_map(CommsRow::cells), CELL);
    let wanted = u16::try_from(table::cols(&columns)).unwrap_or(u16::MAX).saturating_add(INDENT + 1);
    let list = MessageList { all: &all, columns: &columns, chosen };
    if layout::is_wide(model.size.0) {
        let left = wanted.clamp(width * 2 / 5, width * 3 / 5);
        list.draw(&mut canvas.part(Rect { x: 0, y: 0, width: left, height }));
        canvas.part(Rect { x: left, y: 0, width: 1, height }).line_down(0);
        let beside = Rect { x: left + 2, y: 0, width: width.saturating_sub(left + 2), height };
        return detail(model, now, chosen, &mut canvas.part(beside));
    }
    let rows = u16::try_from(all.len()).unwrap_or(u16::MAX).min(height / 2);
    list.draw(&mut canvas.part(Rect { x: 0, y: 0, width, height: rows }));
    canvas.line_across(0, rows, width);
    let below = Rect { x: 0, y: rows + 1, width, height: height.saturating_sub(rows + 1) };
    detail(model, now, chosen, &mut canvas.part(below));
}

enum CommsRow<'a> {
    /// What the messages below it tell of.
    Heading(Occasion),
    Message(&'a MessageState, Cells),
}

impl CommsRow<'_> {
    fn cells(&self) -> Option<&Cells> {
        match self {
            Self::Heading(_) => None,
            Self::Message(_, cells) => Some(cells),
        }
    }

    fn is_of(&self, chosen: &MessageState) -> bool {
        matches!(self, Self::Message(it, _) if it.of == chosen.of)
    }
}

/// By what they tell of, each under its heading.
fn rows(model: &Model, now: Now) -> Vec<CommsRow<'_>> {
    let mut all = Vec::new();
    for occasion in Occasion::ALL {
        let own: Vec<_> = model.board.messages.iter().filter(|it| it.occasion == occasion).collect();
        if own.is_empty() {
            continue;
        }
        all.push(CommsRow::Heading(occasion));
        all.extend(own.into_iter().map(|it| CommsRow::Message(it, cells(model, now, it))));
    }
    all
}

/// Where it is, when it went out or is due, its name, whose it is, to whom and by which way.
fn cells(model: &Model, now: Now, it: &MessageState) -> Cells {
    let zone = model.launch.schedule.zone;
    let at = it.mark(model.board.evaluated_at).map(|(at, _)| at).or(it.due);
    let at = at.map_or_else(String::new, |at| moment_zoned(at, now.wall, zone));
    let mine = it.who.iter().any(|who| model.is_me(who));
    let whose = if mine { " (you)" } else { "" };
    let owner = it.owner.as_ref().map_or("nobody", Party::as_str);
    vec![
        piece(word(it), role(it)),
        piece(at, if it.overdue { Role::Overdue } else { Role::Dim }),
        piece(it.of.message.to_string(), Role::Title),
        piece(format!("{owner}{whose}"), if mine { Role::Accent } else { Role::Dim }),
        piece(format!("to {}, {}", it.audience, it.via.said()), Role::Text),
    ]
}

struct MessageList<'a> {
    all: &'a [CommsRow<'a>],
    columns: &'a [usize],
    chosen: &'a MessageState,
}

impl MessageList<'_> {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let room = usize::from(canvas.height());
        canvas.hot_whole(Target::Pane(Pane::Comms, self.all.len()));
        let at = self.all.iter().position(|row| row.is_of(self.chosen)).unwrap_or_default();
        // The chosen one stays in sight, with what follows it.
        let first = (at + 2).min(self.all.len()).saturating_sub(room);
        for (y, row) in (0..canvas.height()).zip(self.all.iter().skip(first)) {
            self.row(row, y, canvas);
        }
        canvas.thumb(first, room, self.all.len());
    }

    fn row(&self, row: &CommsRow<'_>, y: u16, canvas: &mut Canvas<'_>) {
        let mut drawn: Vec<Piece<'_>> = vec![piece(" ".repeat(usize::from(INDENT)), Role::Text)];
        let width = canvas.width();
        match row {
            CommsRow::Heading(occasion) => drawn.push(piece(occasion.word(), Role::Accent)),
            CommsRow::Message(it, cells) => {
                drawn.extend(table::line(cells, self.columns));
                canvas.hot_row(0, y, width, Target::Message(it.of.clone()));
            }
        }
        // The last column is the thumb's.
        canvas.part(Rect { x: 0, y, width: width.saturating_sub(1), height: 1 }).line(0, 0, &drawn);
        if row.is_of(self.chosen) {
            canvas.over(0, y, width, Role::Selection);
        }
    }
}

/// Where it is and why, who has to do what, and all that it says.
fn detail(model: &Model, now: Now, it: &MessageState, canvas: &mut Canvas<'_>) {
    let at = |moment| moment_zoned(moment, now.wall, model.launch.schedule.zone);
    let by = |voice: &Voice| format!("{} at {}", voice.spoken().named(), at(voice.at));
    let mut all: Vec<Line> =
        vec![vec![piece(format!("{}  ", it.title), Role::Title), piece(word(it), role(it))]];
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

pub(super) fn word(it: &MessageState) -> String {
    let late = it.overdue && it.status != MessageStatus::Overdue;
    if late { format!("{}!", it.status.word()) } else { it.status.word().to_owned() }
}

pub(super) fn role(it: &MessageState) -> Role {
    match it.status {
        MessageStatus::Overdue | MessageStatus::Unknown => Role::Error,
        _ if it.overdue => Role::Error,
        MessageStatus::Due | MessageStatus::ToApprove => Role::Hold,
        MessageStatus::Sent => Role::Go,
        MessageStatus::Approved => Role::Accent,
        MessageStatus::Planned | MessageStatus::Waits | MessageStatus::NotNeeded => Role::Dim,
    }
}
