//! A stage as a bar: run, held, still to come.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{NAMES, rows::is_chosen, scale::Scale};
use crate::{
    Model,
    view::{
        Canvas,
        canvas::piece,
        look::stage_role,
        strip::length_in_minutes,
        when::{grouped, moment},
    },
};
use gonogo_domain::{Now, StageState, StageStatus};
use gonogo_text::length;
use gonogo_theme::Role;

/// From when to when a stage runs, by record or plan.
pub(super) fn span(stage: &StageState) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let from = stage.started.or(stage.planned)?;
    let end = stage.ended.or(stage.ramp.as_ref().and_then(|it| it.full_at).max(stage.soaked_at));
    Some((from, end.unwrap_or(from).max(from)))
}

/// What a stage is doing at a moment, in a word; `None`: nothing.
pub(super) fn state_at(stage: &StageState, now: Now, at: DateTime<Utc>) -> Option<&'static str> {
    let (from, to) = span(stage)?;
    if at < from {
        return None;
    }
    if stage.pauses.iter().any(|(from, until)| *from <= at && at < until.unwrap_or(now.wall)) {
        return Some("held");
    }
    match stage.ended.filter(|end| *end <= at) {
        Some(_) => Some(stage.status.word()),
        None if stage.started.is_some() && at <= now.wall => Some("out"),
        None if at < to => Some("planned"),
        None => None,
    }
}

pub(super) fn draw(
    model: &Model,
    now: Now,
    stage: &StageState,
    scale: &Scale,
    y: u16,
    canvas: &mut Canvas<'_>,
) {
    let chosen = is_chosen(model, stage);
    canvas.put(1, y, NAMES - 2, &stage.audience, if chosen { Role::Title } else { Role::Text });
    let ends = span(stage).map(|(from, to)| shapes(now, stage, scale, (from, to), y, canvas));
    note(model, now, stage, ends, y, canvas);
    if chosen {
        canvas.over(0, y, NAMES, Role::Selection);
    }
}

/// The bar itself; its first column and the one behind it.
fn shapes(
    now: Now,
    stage: &StageState,
    scale: &Scale,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    y: u16,
    canvas: &mut Canvas<'_>,
) -> (u16, u16) {
    let symbols = canvas.symbols();
    let [run, held, planned] = symbols.bar;
    let role = stage_role(stage.status);
    let mut put = |from: DateTime<Utc>, to: DateTime<Utc>, shape: &str, role: Role| {
        let (a, b) = (scale.column(from), scale.column(to));
        (a..=b).for_each(|x| _ = canvas.put(NAMES + x, y, 1, shape, role));
    };
    put(from, to, planned, Role::TimelinePlanned);
    let reached = stage.started.map(|started| stage.ended.unwrap_or(now.wall).min(now.wall).max(started));
    if let Some((started, reached)) = stage.started.zip(reached) {
        put(started, reached, run, role);
        for (from, until) in &stage.pauses {
            put(*from, until.unwrap_or(now.wall).max(*from), held, Role::Hold);
        }
    }
    // The plan beneath what happened, where the two differ.
    let late = stage.started.zip(stage.planned).map(|(started, planned)| (started - planned).abs());
    let (a, b) = (scale.column(from), scale.column(reached.map_or(to, |reached| reached.max(to))));
    if let Some(planned) = stage.planned.filter(|_| late.is_some_and(|it| it > TimeDelta::minutes(1))) {
        let x = scale.column(planned);
        if !(a..=b).contains(&x) {
            canvas.put(NAMES + x, y, 1, symbols.stop[1], Role::TimelinePlanned);
        }
    }
    for x in scale.breaks().filter(|x| (a..=b).contains(x)) {
        canvas.put(NAMES + x, y, 1, symbols.gap, Role::Border);
    }
    (NAMES + a, NAMES + b + 1)
}

/// Its text, beside the bar or before it.
fn note(
    model: &Model,
    now: Now,
    stage: &StageState,
    ends: Option<(u16, u16)>,
    y: u16,
    canvas: &mut Canvas<'_>,
) {
    let mut note = vec![piece(format!(" {}", remark(model, now, stage)), stage_role(stage.status))];
    if stage.point_of_no_return {
        note.push(piece(" no return", Role::TimelineNoReturn));
    }
    let cols: u16 = note.iter().map(|(text, _)| canvas.cols(text)).sum();
    let (first, behind) = ends.unwrap_or((NAMES, NAMES));
    if behind + cols < canvas.width() {
        canvas.line(behind, y, &note);
    } else if first > NAMES + cols {
        canvas.line(first - cols - 1, y, &note);
    } else {
        // There is no room on either side: at the edge, over what is still to come.
        let x = canvas.width().saturating_sub(cols + 1).max(NAMES);
        canvas.line(x, y, &note);
    }
}

fn remark(model: &Model, now: Now, stage: &StageState) -> String {
    let at = |at: DateTime<Utc>| moment(at, now.wall, model.launch.schedule.zone);
    let since = |from: DateTime<Utc>, to: DateTime<Utc>| (to - from).to_std().unwrap_or_default();
    let held = held_for(stage, now.wall);
    let holds =
        if held.as_secs() < 60 { String::new() } else { format!(", held {} of it", length_in_minutes(held)) };
    let ramp = stage.ramp.as_ref().and_then(|it| it.now).map(|share| format!(" {share:.0} % now,"));
    let ramp = ramp.unwrap_or_default();
    match (stage.status, stage.started, stage.soaked_at) {
        (StageStatus::Soaking, Some(from), Some(to)) if to > now.wall => {
            let gone = since(from, now.wall).saturating_sub(held);
            format!(
                "{ramp}{} of {}{holds}",
                length_in_minutes(gone),
                length(since(from, to).saturating_sub(held))
            )
            .trim_start()
            .to_owned()
        }
        (StageStatus::Done, Some(from), _) => {
            let took = stage.ended.map(|end| format!(", {}", length(since(from, end))));
            format!("done{}{holds}", took.unwrap_or_default())
        }
        (StageStatus::RolledBack, ..) => {
            format!("ROLLED BACK{}", stage.ended.map(|end| format!(" {}", at(end))).unwrap_or_default())
        }
        (StageStatus::Held, ..) => {
            let from = stage.pauses.last().map(|(from, _)| format!(" since {}", at(*from)));
            format!("HELD{}", from.unwrap_or_default())
        }
        (StageStatus::Soaked, ..) if stage.stalled_since.is_some() => {
            "stalled: nobody advanced it".to_owned()
        }
        (StageStatus::Planned | StageStatus::Ready, ..) => planned(stage),
        (status, ..) => status.word().to_owned(),
    }
}

fn planned(stage: &StageState) -> String {
    let time = stage.soak.time.map(length);
    let samples = stage.soak.samples.map(|n| format!("{} samples", grouped(n)));
    let what: Vec<_> = time.into_iter().chain(samples).collect();
    let ready = if stage.status == StageStatus::Ready { "may start now  " } else { "" };
    format!("{ready}{}", what.join(", "))
}

/// How long it was held in all.
fn held_for(stage: &StageState, now: DateTime<Utc>) -> Duration {
    let length = |(from, until): &(DateTime<Utc>, Option<DateTime<Utc>>)| {
        (until.unwrap_or(now) - *from).to_std().unwrap_or_default()
    };
    stage.pauses.iter().map(length).fold(Duration::ZERO, Duration::saturating_add)
}
