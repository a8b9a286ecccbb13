//! Keys while the palette is open, and doing what was chosen in it: by the path that the key of it takes.

use super::{past, perform, pointer::Clicks, show_screen};
use crate::{
    Action, Context, Effect, Model, Screen,
    model::{Palette, PaletteEntry, Seat, Subject},
};
use gonogo_domain::Now;

/// Rows that a page moves.
const PAGE: usize = 8;

pub(super) fn open(model: &mut Model) {
    model.palette = Some(Palette::default());
    model.list_palette(true);
}

pub(super) fn key(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    let Some(palette) = &mut model.palette else { return Vec::new() };
    let last = palette.entries.len().saturating_sub(1);
    match action {
        Action::Cancel => model.palette = None,
        Action::Submit => return submit(model, now),
        Action::Up => palette.at = palette.at.checked_sub(1).unwrap_or(last),
        Action::Down => palette.at = if palette.at >= last { 0 } else { palette.at + 1 },
        Action::PageUp => palette.at = palette.at.saturating_sub(PAGE),
        Action::PageDown => palette.at = (palette.at + PAGE).min(last),
        Action::Complete => {
            let Some(name) = palette.chosen().map(|it| format!("{} ", it.name)) else { return Vec::new() };
            palette.field.clear();
            palette.field.insert(&name);
            model.list_palette(true);
        }
        Action::Redraw | Action::Suspend => return super::always(action),
        _ => {
            if palette.field.edit(action) {
                model.list_palette(true);
            }
        }
    }
    Vec::new()
}

/// Chooses what is pointed at; a second click does it.
pub(super) fn point(model: &mut Model, at: usize, clicks: Clicks, now: Now) -> Vec<Effect> {
    let Some(palette) = model.palette.as_mut().filter(|it| at < it.entries.len()) else { return Vec::new() };
    palette.at = at;
    if clicks == Clicks::Two { submit(model, now) } else { Vec::new() }
}

/// Types or pastes.
pub(super) fn type_text(model: &mut Model, text: &str) {
    if let Some(palette) = &mut model.palette {
        palette.field.insert(text);
        model.list_palette(true);
    }
}

fn submit(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(entry) = model.palette.as_ref().and_then(Palette::chosen).cloned() else { return Vec::new() };
    model.palette = None;
    let mut effects = go(model, &entry);
    match entry.action {
        // What is past comes first, as its keys do.
        Some(action) if model.looks_back() && entry.context == Context::Past => {
            effects.extend(past::act(model, action, now).unwrap_or_default());
        }
        Some(action) => effects.extend(perform(model, action, now)),
        None => {}
    }
    effects
}

/// To where the key of it works, and to what it is about.
fn go(model: &mut Model, entry: &PaletteEntry) -> Vec<Effect> {
    let screen = match &entry.target {
        Subject::Chosen => entry.context.screen(),
        Subject::Gate(_) => Some(Screen::Board),
        Subject::Stage(_) => Some(Screen::Timeline),
        Subject::Station(_) => Some(Screen::RollCall),
        Subject::Screen(screen) => Some(*screen),
        Subject::Risk(_) => Some(Screen::Risks),
        Subject::FollowUp(_) => Some(Screen::History),
        Subject::Filter(_) => Some(Screen::Board),
    };
    let elsewhere = screen.filter(|it| *it != model.screen);
    let effects = elsewhere.map(|screen| show_screen(model, screen)).unwrap_or_default();
    // The list is under the detail of a gate.
    model.detail &= entry.context != Context::List;
    match &entry.target {
        Subject::Gate(id) => model.choose_gate(id),
        Subject::Stage(id) => model.stage = Some(id.clone()),
        Subject::Station(role) => {
            let called = model.called().is_some_and(|called| called.role == *role);
            model.meeting.seat = if called { Seat::Called } else { Seat::Station(role.clone()) };
        }
        Subject::Risk(id) => model.risk = Some(id.clone()),
        Subject::Filter(terms) => model.set_filter(terms),
        Subject::Chosen | Subject::Screen(_) | Subject::FollowUp(_) => {}
    }
    effects
}
