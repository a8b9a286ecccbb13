//! Moments in one row: of the plan, of what is due, of messages.

use chrono::{DateTime, Utc};

use super::{NAMES, scale::Scale};
use crate::{
    Model, Target,
    view::{
        Canvas,
        canvas::{Piece, piece},
    },
};
use gonogo_domain::{MessageMark, MessageRef};
use gonogo_theme::{Role, SymbolSet};

/// A moment with a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub at: DateTime<Utc>,
    pub name: String,
    /// The message that it is about, and how that stands.
    pub message: Option<(MessageMark, MessageRef)>,
}

impl Mark {
    pub fn new(at: DateTime<Utc>, name: impl Into<String>) -> Self {
        Self { at, name: name.into(), message: None }
    }

    /// Its text when somebody points at that moment.
    pub fn said(&self) -> String {
        match &self.message {
            Some((MessageMark::ToCome, _)) => format!("message {} is due", self.name),
            Some((mark, _)) => format!("message {} {}", self.name, mark.word()),
            None => self.name.clone(),
        }
    }
}

/// The messages that have a place in time, as far as that is known.
pub(super) fn of_messages(model: &Model) -> Vec<Mark> {
    let all = model.board.message_marks().into_iter();
    all.map(|(at, mark, it)| Mark {
        at,
        name: it.of.message.to_string(),
        message: Some((mark, it.of.clone())),
    })
    .collect()
}

/// What the shapes of messages mean, each with how many there are, and the names of those that ask for somebody. `None`: no
/// message has a place in time.
pub(super) fn legend(model: &Model, symbols: &SymbolSet) -> Option<Vec<Piece<'static>>> {
    let all = model.board.message_marks();
    if all.is_empty() {
        return None;
    }
    let mut line = vec![piece("messages:", Role::Dim)];
    for mark in MessageMark::ALL {
        let own: Vec<_> = all.iter().filter(|(_, it, _)| *it == mark).collect();
        if own.is_empty() {
            continue;
        }
        let (shape, role) = shape(mark, symbols);
        let names: Vec<_> = own.iter().map(|(.., it)| &*it.of.message).collect();
        let names = if mark.asks() { format!(" ({})", names.join(", ")) } else { String::new() };
        line.push(piece("  ", Role::Text));
        line.push(piece(format!("{shape} {} {}{names}", own.len(), mark.word()), role));
    }
    Some(line)
}

/// A shape of its own for each, so that it is read without colour as well.
fn shape(mark: MessageMark, symbols: &SymbolSet) -> (&'static str, Role) {
    match mark {
        MessageMark::Sent => (symbols.stop[0], Role::Dim),
        MessageMark::ToCome => (symbols.stop[1], Role::TimelineMark),
        MessageMark::Due => (symbols.pending, Role::Hold),
        MessageMark::Unknown => (symbols.unknown, Role::Error),
        MessageMark::Overdue => ("!", Role::Error),
    }
}

/// What is in one column.
struct MarkGroup<'a> {
    x: u16,
    zero: bool,
    /// What stands out most.
    message: Option<&'a (MessageMark, MessageRef)>,
    names: Vec<&'a str>,
}

/// Those of one column share a mark; a name is cut where the next mark stands, and T-0 always has its own.
pub(super) fn draw(model: &Model, marks: &[Mark], scale: &Scale, y: u16, canvas: &mut Canvas<'_>) {
    let mut groups: Vec<MarkGroup<'_>> = Vec::new();
    for mark in marks {
        let (x, zero) = (NAMES + scale.column(mark.at), mark.at == model.board.t_zero);
        match groups.last_mut().filter(|it| it.x == x) {
            Some(group) => {
                group.zero |= zero;
                group.message = group.message.max(mark.message.as_ref());
                if !group.names.contains(&mark.name.as_str()) {
                    group.names.push(&mark.name);
                }
            }
            None => {
                groups.push(MarkGroup { x, zero, message: mark.message.as_ref(), names: vec![&mark.name] });
            }
        }
    }
    let ends: Vec<u16> = groups.iter().skip(1).map(|it| it.x).chain([canvas.width()]).collect();
    for (group, end) in groups.into_iter().zip(ends) {
        let symbols = canvas.symbols();
        let (shape, role) = match group.message {
            Some((mark, _)) => shape(*mark, symbols),
            None => (symbols.moment[usize::from(group.zero)], Role::TimelineMark),
        };
        let x = group.x;
        canvas.put(x, y, 1, shape, role);
        let room = end.saturating_sub(x + 2);
        let text = group.names.join(", ");
        let mut behind = x + 1;
        if room >= 4 || canvas.cols(&text) <= room {
            behind = canvas.put(x + 1, y, room, &text, role);
        }
        if let Some((_, of)) = group.message {
            canvas.hot_row(x, y, behind - x, Target::Message(of.clone()));
        }
    }
}
