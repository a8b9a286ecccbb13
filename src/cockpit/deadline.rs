//! When the screen changes by itself: instead of a tick.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Model, Screen,
    layout::{self, Tier},
    view,
};
use gonogo_domain::Now;

/// The first moment after `now` at which what is on the screen looks different although nothing happens; `None` if
/// there is none. The board's own [`changes_at`](gonogo_domain::Board::changes_at) is not among them.
pub fn next_change(model: &Model, now: Now) -> Option<DateTime<Utc>> {
    let tier = layout::tier(model.size);
    // What is past does not change.
    if tier == Tier::Notice || model.help || model.looks_back() {
        return None;
    }
    let mut waits = Vec::new();
    waits.extend(view::clocks_change(&model.board, now.wall));
    let ages = if model.screen == Screen::RollCall { Vec::new() } else { ages(model, now) };
    waits.extend(ages.into_iter().map(gonogo_text::age_changes));
    // An incident counts by the second, wherever it stands.
    if model.running_incident().is_some() {
        waits.push(rest_of_second(now.wall));
    }
    // What is called for counts down in minutes, wherever it stands.
    let called = model.board.rollback.as_ref().is_some_and(|it| it.called.is_some());
    if matches!(model.screen, Screen::Timeline | Screen::Rollback)
        || (called && model.screen == Screen::Board)
    {
        waits.push(rest_of_minute(now.wall));
    }
    if model.presenting || model.screen == Screen::RollCall {
        waits.extend(model.poll_ahead(now.wall).map(|at| view::countdown_changes(at, now.wall)));
    }
    if model.screen == Screen::Board {
        waits.extend(view::strip_changes(&model.board, now.wall, model.size.0));
    }
    let first = waits.into_iter().min().and_then(|wait| TimeDelta::from_std(wait).ok());
    let soonest = first.and_then(|wait| now.wall.checked_add_signed(wait));
    let filtered =
        if model.screen == Screen::Board { model.list.criteria.changes_at(&model.board, now) } else { None };
    let midnight = view::next_midnight(now.wall, model.launch.schedule.zone);
    soonest.into_iter().chain(midnight).chain(filtered).min()
}

/// All ages on the screen.
fn ages(model: &Model, now: Now) -> Vec<Duration> {
    let sources = model.sources.iter().filter_map(|source| source.answered);
    let mut ages: Vec<_> = sources.map(|stamp| stamp.age(now).shown()).collect();
    if model.screen == Screen::Board {
        if model.detail || layout::detail_beside(model.size) {
            ages.extend(model.chosen_gate().and_then(|gate| view::row_age(gate, now)));
        }
        if !model.detail || layout::detail_beside(model.size) {
            ages.extend(view::visible(model).filter_map(|gate| view::row_age(gate, now)));
        }
    }
    if model.screen == Screen::Sources {
        ages.extend(view::asking(model).filter_map(|gate| view::row_age(gate, now)));
    }
    ages
}

/// Never nothing, at most a second.
fn rest_of_second(now: DateTime<Utc>) -> Duration {
    Duration::from_secs(1)
        .saturating_sub(Duration::from_nanos(u64::from(now.timestamp_subsec_nanos().min(999_999_998))))
}

/// Never nothing, at most a minute.
fn rest_of_minute(now: DateTime<Utc>) -> Duration {
    let seconds = u64::try_from(60 - now.timestamp().rem_euclid(60)).unwrap_or(60);
    let nanos = u64::from(now.timestamp_subsec_nanos().min(999_999_999));
    Duration::from_secs(seconds).saturating_sub(Duration::from_nanos(nanos))
}
