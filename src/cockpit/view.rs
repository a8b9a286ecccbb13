//! Draws the model. Changes nothing, asks no clock, reads no file.

mod advice;
mod banner;
mod board;
mod canvas;
mod comms;
mod curve;
mod detail;
mod faults;
mod filtering;
mod footer;
mod form;
mod frame;
mod gate_facts;
mod header;
mod help;
mod history;
mod incident;
mod letters;
mod list;
mod look;
mod notice;
mod palette;
mod past;
mod path;
mod people;
mod present;
mod readiness;
mod risks;
mod roll_call;
mod rollback;
mod sources;
mod strip;
mod table;
mod timeline;
mod word;
mod wrap;

use ratatui::{
    Frame,
    layout::{Position, Rect},
};

pub use look::Look;

pub(super) use {
    canvas::Canvas,
    gate_facts::gate_facts,
    list::{row_age, visible},
    rollback::{phase_word, time_to_decide},
    sources::{asking, source_in_a_line, source_name},
    strip::strip_changes,
    when::{clocks, clocks_change, countdown_changes, next_midnight},
    wrap::wrap as wrapped,
};

use super::{
    Model, Screen, Zones,
    layout::{self, Tier},
    when,
};
use gonogo_domain::Now;

/// Draws `model` as it is at `now`.
pub fn view(model: &Model, look: &Look, now: Now, frame: &mut Frame) {
    draw(model, look, now, frame);
}

/// Draws `model` as it is at `now`; what stands where is the answer.
pub fn draw(model: &Model, look: &Look, now: Now, frame: &mut Frame) -> Zones {
    let area = frame.area();
    let mut zones = Zones::default();
    let mut canvas = Canvas::new(frame.buffer_mut(), area, look, &mut zones);
    let cursor = draw_on(model, now, area, &mut canvas);
    if model.jumping {
        let mut none = Zones::default();
        let mut canvas = Canvas::new(frame.buffer_mut(), area, look, &mut none);
        for (letter, place, _) in zones.lettered() {
            canvas.put(place.x, place.y, 1, letter.encode_utf8(&mut [0; 4]), gonogo_theme::Role::SearchMatch);
        }
    }
    if let Some(position) = cursor {
        frame.set_cursor_position(position);
    }
    zones
}

/// Where the text cursor stands is the answer.
fn draw_on(model: &Model, now: Now, area: Rect, canvas: &mut Canvas<'_>) -> Option<Position> {
    canvas.clear();
    if layout::tier(model.size) == Tier::Notice || layout::tier((area.width, area.height)) == Tier::Notice {
        if model.looks_back() {
            canvas.put(0, 0, u16::MAX, "REPLAY", gonogo_theme::Role::Banner);
        } else {
            notice::draw(model, canvas);
        }
        return None;
    }
    let present = now;
    let now = model.clock(now);
    match model.screen {
        Screen::Board if model.detail && !layout::detail_beside(model.size) => {
            detail::screen(model, now, canvas);
        }
        Screen::Board if model.presenting => present::draw(model, now, canvas),
        Screen::Board => board::draw(model, now, canvas),
        Screen::Timeline => timeline::draw(model, now, canvas),
        Screen::Path => path::screen(model, now, canvas),
        Screen::Sources => sources::screen(model, now, canvas),
        Screen::RollCall => roll_call::draw(model, now, canvas),
        Screen::Rollback => rollback::screen(model, now, canvas),
        Screen::Incident => incident::screen(model, now, canvas),
        Screen::Comms => comms::screen(model, now, canvas),
        Screen::Readiness => readiness::screen(model, now, canvas),
        Screen::People => people::screen(model, now, canvas),
        Screen::Risks => risks::screen(model, now, canvas),
        Screen::History => history::screen(model, now, canvas),
    }
    faults::draw(model, canvas);
    if let Some(past) = &model.past {
        past::draw(model, past, present, canvas);
    }
    if model.help {
        help::draw(model, canvas)
    } else if let Some(form) = &model.form {
        form::draw(model, form, canvas)
    } else if let Some(open) = &model.palette {
        palette::draw(model, open, canvas)
    } else if let Some(open) = model.filtering.as_ref().filter(|_| model.screen == Screen::Board) {
        filtering::draw(model, open, canvas)
    } else if model.search.typing && model.screen == Screen::Board {
        footer::search_cursor(model, area)
    } else {
        None
    }
}
