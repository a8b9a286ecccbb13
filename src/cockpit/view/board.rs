//! The board: the word, the list, what leads to GO, the rollout, the news.

use ratatui::layout::Rect;

use super::{Canvas, banner, detail, footer, header, list, path, strip, timeline};
use crate::{
    Action, Model, Target,
    layout::{self, Tier},
};
use gonogo_domain::Now;
use gonogo_theme::Role;

/// A line across from `x` on, with what stands below it.
pub(super) fn titled_rule(title: &str, x: u16, canvas: &mut Canvas<'_>) {
    canvas.line_across(x, 0, canvas.width().saturating_sub(x));
    canvas.put(x + 2, 0, u16::MAX, &format!(" {title} "), Role::Title);
}

pub(super) fn draw(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let places = model.places();
    header::title(model, now, &mut canvas.part(places.title));
    banner::draw(model, &mut canvas.part(places.banners));
    match layout::tier(model.size) {
        Tier::Full { scale } => header::word_and_status(model, now, scale, &mut canvas.part(places.word)),
        _ => header::word_line(model, &mut canvas.part(places.word)),
    }
    if places.bar.height > 0 {
        header::bar(model, &mut canvas.part(places.bar));
    }
    list::draw(model, now, &mut canvas.part(places.list));
    if places.detail.width > 0 {
        let x = places.list.x + places.list.width;
        let mut line = canvas.part(Rect { x, width: 1, ..places.list });
        line.line_down(0);
        line.hot_whole(Target::Split);
        detail::pane(model, now, &mut canvas.part(places.detail));
        let rule = Rect { y: places.path.y.saturating_sub(1), height: 1, ..places.path };
        titled_rule(&path::title(model), 1, &mut canvas.part(rule));
        path::pane(model, now, &mut canvas.part(places.path));
    }
    if places.timeline.height > 0 {
        timeline::below_the_board(model, now, &mut canvas.part(places.timeline));
    }
    let mut line = canvas.part(places.strip);
    line.hot_whole(Target::Action(Action::ShowTimeline));
    strip::draw(model, now, &mut line);
    footer::news(model, now, &mut canvas.part(places.news));
    let compact = places.news.height == 0;
    footer::draw(model, now, compact, &mut canvas.part(places.footer));
}
