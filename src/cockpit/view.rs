//! Draws the model. Changes nothing, asks no clock, reads no file.

mod banner;
mod board;
mod canvas;
mod detail;
mod footer;
mod form;
mod header;
mod help;
mod history;
mod letters;
mod list;
mod look;
mod notice;
mod palette;
mod past;
mod path;
mod roll_call;
mod rollback;
mod sources;
mod strip;
mod timeline;
mod word;
mod wrap;

use ratatui::Frame;

pub use look::Look;

pub(super) use {
    canvas::Canvas,
    list::{list_cols, row_age, told, visible},
    strip::stage_that_matters,
    strip::strip_changes,
    when::{clocks, clocks_change, next_midnight},
};

use super::{
    Model, Screen,
    layout::{self, Tier},
    when,
};
use gonogo_domain::Now;

/// Draws `model` as it is at `now`.
pub fn view(model: &Model, look: &Look, now: Now, frame: &mut Frame) {
    let area = frame.area();
    let mut canvas = Canvas::new(frame.buffer_mut(), area, look);
    canvas.clear();
    if layout::tier(model.size) == Tier::Notice || layout::tier((area.width, area.height)) == Tier::Notice {
        if model.looks_back() {
            canvas.put(0, 0, u16::MAX, "REPLAY", gonogo_theme::Role::Banner);
        } else {
            notice::draw(model, &mut canvas);
        }
        return;
    }
    let present = now;
    let now = model.clock(now);
    match model.screen {
        Screen::Board if model.detail && !layout::detail_beside(model.size) => {
            detail::screen(model, now, &mut canvas);
        }
        Screen::Board => board::draw(model, now, &mut canvas),
        Screen::Timeline => timeline::draw(model, now, &mut canvas),
        Screen::Path => path::screen(model, now, &mut canvas),
        Screen::Sources => sources::screen(model, now, &mut canvas),
        Screen::RollCall => roll_call::draw(model, now, &mut canvas),
        Screen::Rollback => rollback::screen(model, now, &mut canvas),
        Screen::History => history::screen(model, now, &mut canvas),
    }
    if let Some(past) = &model.past {
        past::draw(model, past, present, &mut canvas);
    }
    let mut cursor = None;
    if model.help {
        cursor = help::draw(model, &mut canvas);
    } else if let Some(form) = &model.form {
        cursor = form::draw(model, form, &mut canvas);
    } else if let Some(open) = &model.palette {
        cursor = palette::draw(model, open, &mut canvas);
    } else if model.search.typing && model.screen == Screen::Board {
        cursor = footer::search_cursor(model, area);
    }
    if let Some(position) = cursor {
        frame.set_cursor_position(position);
    }
}
