//! Looking back: everything dimmed, REPLAY at the top, and the day as a bar at the bottom.

use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use super::{
    Canvas,
    when::{moment, moment_zoned},
};
use crate::{Model, Screen, model::LookBack};
use gonogo_domain::{Now, zoned};
use gonogo_theme::Role;

/// Columns of the bar, at the least.
const SHORTEST: u16 = 12;

/// Over everything that has been drawn.
pub(super) fn draw(model: &Model, past: &LookBack, now: Now, canvas: &mut Canvas<'_>) {
    let (width, height) = (canvas.width(), canvas.height());
    canvas.dim();
    let zone = model.launch.schedule.zone;
    let at = past.view.as_ref().map_or(past.asked, |view| view.at);
    let said = match &past.view {
        None => " REPLAY  reading the day...".to_owned(),
        Some(_) => format!(" REPLAY  as it was at {}", seconds(at, now, zone)),
    };
    // In the place of the title: what stands above that on the board must not be missed.
    let on_board = model.screen == Screen::Board && !model.detail && !model.presenting;
    let y = if on_board { model.places().title.y } else { 0 };
    let mut top = canvas.part(Rect { x: 0, y, width, height: 1 });
    top.clear();
    let end = super::header::both_clocks(model, model.clock(now), &mut top).saturating_sub(2);
    // A column stays free: the ground of the picture is that of its first cell.
    top.put(1, 0, end, &" ".repeat(usize::from(end.saturating_sub(1))), Role::Banner);
    top.put(1, 0, end, &said, Role::Banner);
    let mut foot = canvas.part(Rect { x: 0, y: height.saturating_sub(2), width, height: 2 });
    foot.clear();
    happened(model, past, now, &mut foot);
    bar(model, past, now, &mut foot);
}

/// The time to the second, with its zone.
fn seconds(at: DateTime<Utc>, now: Now, zone: gonogo_domain::Zone) -> String {
    let day = moment(at, now.wall, zone);
    let day = day.rsplit_once(' ').map_or(String::new(), |(day, _)| format!("{day} "));
    format!("{day}{}", zoned(at, zone).format("%H:%M:%S %Z"))
}

/// What happened last before that moment; a notice, and the time that is typed, come first.
fn happened(model: &Model, past: &LookBack, now: Now, canvas: &mut Canvas<'_>) {
    if let Some(field) = &past.typing {
        let x = canvas.put(1, 0, u16::MAX, "go to ", Role::KeyHint);
        canvas.put(x, 0, u16::MAX, &format!("{}_", field.text()), Role::Title);
        return;
    }
    if super::footer::notice(model, canvas) {
        return;
    }
    let zone = model.launch.schedule.zone;
    if let Some(newest) = past.newest() {
        let x = canvas.put(1, 0, 22, &moment_zoned(newest.at, now.wall, zone), Role::Dim) + 1;
        canvas.put(x, 0, u16::MAX, &newest.said, Role::Text);
    } else if past.view.is_some() {
        canvas.put(1, 0, u16::MAX, "nothing had happened yet", Role::Dim);
    }
}

fn bar(model: &Model, past: &LookBack, now: Now, canvas: &mut Canvas<'_>) {
    let y = canvas.height().saturating_sub(1);
    let Some(view) = &past.view else {
        canvas.put(1, y, u16::MAX, "Esc now", Role::KeyHint);
        return;
    };
    let zone = model.launch.schedule.zone;
    let (first, last) = (moment(view.from, now.wall, zone), moment_zoned(view.to, now.wall, zone));
    let keys = "arrows moments  [ ] 5 min  14:05 time  Esc now";
    let keys = if canvas.width() >= 100 { keys } else { "arrows [ ] Esc" };
    let mut end = canvas.put_right(canvas.width().saturating_sub(1), y, 60, keys, Role::KeyHint);
    let mut x = canvas.put(1, y, 16, &first, Role::Dim) + 1;
    end = canvas.put_right(end.saturating_sub(2), y, 20, &last, Role::Dim).saturating_sub(1);
    if end < x + SHORTEST {
        (x, end) = (1, canvas.width().saturating_sub(1));
        canvas.put(0, y, u16::MAX, &" ".repeat(usize::from(canvas.width())), Role::Text);
    }
    let cols = end.saturating_sub(x).max(1);
    let place = |at: DateTime<Utc>| x + place(at, view.from, view.to, cols);
    let symbols = canvas.symbols();
    for column in 0..cols {
        canvas.put(x + column, y, 1, symbols.line[1], Role::Border);
    }
    for moment in view.moments.iter() {
        canvas.put(place(moment.at), y, 1, symbols.rule[1], Role::TimelineMark);
    }
    canvas.put(place(view.at), y, 1, symbols.moment[1], Role::TimelineNow);
}

/// The column of a moment in a bar of so many.
fn place(at: DateTime<Utc>, from: DateTime<Utc>, to: DateTime<Utc>, cols: u16) -> u16 {
    let whole = (to - from).num_milliseconds().max(1);
    let gone = (at - from).num_milliseconds().clamp(0, whole);
    let last = i128::from(cols.saturating_sub(1));
    u16::try_from(i128::from(gone) * last / i128::from(whole)).unwrap_or(0)
}
