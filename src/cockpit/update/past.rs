//! Keys and news while looking back. Nothing can be recorded there.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::backend_messages;
use crate::{
    Action, Effect, Model, Notice, PastView, Request,
    model::{LookBack, TextField},
};
use gonogo_domain::{Board, Launch, Now};

/// How far `[` and `]` go.
const STEP: TimeDelta = TimeDelta::minutes(5);

/// Carries `action` out if it is one of these; `None` if it is not.
pub(super) fn act(model: &mut Model, action: Action, now: Now) -> Option<Vec<Effect>> {
    Some(match action {
        Action::LookBack if !model.looks_back() => begin(model, now),
        Action::LookBack | Action::LookNow => end(model),
        Action::MomentBefore | Action::MomentAfter => {
            let at = model.past.as_ref().and_then(|past| past.beside(action == Action::MomentAfter));
            at.map_or_else(Vec::new, |at| to(model, at))
        }
        Action::Earlier | Action::Later => {
            let step = if action == Action::Later { STEP } else { -STEP };
            let at = model.past.as_ref().and_then(|past| past.asked.checked_add_signed(step));
            at.map_or_else(Vec::new, |at| to(model, at))
        }
        Action::DayStart | Action::DayEnd => {
            let view = model.past.as_ref().and_then(|past| past.view.as_ref());
            let at = view.map(|view| if action == Action::DayStart { view.from } else { view.to });
            at.map_or_else(Vec::new, |at| to(model, at))
        }
        _ => return None,
    })
}

fn begin(model: &mut Model, now: Now) -> Vec<Effect> {
    let left = Arc::clone(&model.board);
    model.past = Some(LookBack { asked: now.wall, view: None, typing: None, left, newer: None });
    vec![Effect::Ask(Request::LookBack(now.wall))]
}

fn to(model: &mut Model, at: DateTime<Utc>) -> Vec<Effect> {
    let Some(past) = &mut model.past else { return Vec::new() };
    past.asked = past.within(at);
    vec![Effect::Ask(Request::LookBack(past.asked))]
}

/// Back to the present, with what happened meanwhile.
pub(super) fn end(model: &mut Model) -> Vec<Effect> {
    let Some(past) = model.past.take() else { return Vec::new() };
    model.swap_board(past.left);
    match past.newer {
        Some((Some(launch), board)) => backend_messages::launch(model, launch, board),
        Some((None, board)) => backend_messages::board(model, board),
        None => {}
    }
    vec![Effect::Ask(Request::LookNow)]
}

/// The board as it was. An answer that comes after the user went back to now is dropped.
pub(super) fn shown(model: &mut Model, view: PastView) {
    let Some(past) = &mut model.past else { return };
    let board = Arc::clone(&view.board);
    // Within the day: what was asked for may lie outside it.
    let first = past.view.is_none();
    past.view = Some(view);
    if first {
        past.asked = past.within(past.asked);
    }
    model.swap_board(board);
}

/// Messages about the present wait until the user is back in it. Returns whether it was kept.
pub(super) fn keep(model: &mut Model, launch: Option<&Arc<Launch>>, board: &Arc<Board>) -> bool {
    let Some(past) = &mut model.past else { return false };
    let earlier = past.newer.take().and_then(|(launch, _)| launch);
    past.newer = Some((launch.cloned().or(earlier), Arc::clone(board)));
    true
}

/// A key while a time is typed.
pub(super) fn typing(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(past) = &mut model.past else { return Vec::new() };
    let Some(field) = &mut past.typing else { return Vec::new() };
    match action {
        Action::Cancel => past.typing = None,
        Action::DeleteBack => field.delete_back(),
        Action::DeleteAll => field.clear(),
        Action::Submit => match model.launch.schedule.typed_past(field.text(), past.asked) {
            Ok(at) => {
                past.typing = None;
                return to(model, at);
            }
            Err(why) => model.tell(Notice::bad(why.to_string())),
        },
        _ => {}
    }
    Vec::new()
}

/// A character while looking back: a digit begins a time.
pub(super) fn type_char(model: &mut Model, typed: char) {
    let Some(past) = &mut model.past else { return };
    let begins = typed.is_ascii_digit();
    if let Some(field) = &mut past.typing {
        field.insert(typed.encode_utf8(&mut [0; 4]));
    } else if begins {
        past.typing = Some(TextField::new(typed));
    }
}

/// Pasted text goes into a time that is being typed, and begins none.
pub(super) fn paste(model: &mut Model, text: &str) {
    if let Some(field) = model.past.as_mut().and_then(|past| past.typing.as_mut()) {
        field.insert(text);
    }
}

/// There is no day to look back on.
pub(super) fn none(model: &mut Model, why: String) -> Vec<Effect> {
    let back = end(model);
    model.tell(Notice::bad(why).sticky());
    back
}
