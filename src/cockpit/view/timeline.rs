//! The rollout on a line of time: the plan, and over it what happened; under a stage the clauses of its contract. The
//! screen that a room looks at for three days.

mod axis;
mod bar;
pub(super) mod clause;
mod marks;
mod rows;
mod scale;

use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::{Piece, piece},
    frame, header,
    look::stage_role,
    strip,
    when::moment,
};
use crate::{Model, Pane, Target};
use gonogo_domain::{Agreement, Now, Party, StageState, StageStatus, zoned};
use gonogo_theme::{Role, SymbolSet};
use rows::TimelineRow;
use scale::Scale;

/// Columns of the names on the left.
const NAMES: u16 = 14;

pub(super) fn draw(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let (width, height) = (canvas.width(), canvas.height());
    header::title(model, now, canvas);
    header::word_line(model, &mut canvas.part(Rect { x: 0, y: 1, width, height: 1 }));
    // The chart moves once a minute, all of it together.
    let minute = to_the_minute(now);
    next_line(model, minute, &mut canvas.part(Rect { x: 0, y: 2, width, height: 1 }));
    let foot = frame::foot(model, now, canvas);
    let facts = facts(model, minute, canvas.symbols());
    let below = u16::try_from(facts.len()).unwrap_or(u16::MAX).min(height / 4);
    let chart = Rect { x: 0, y: 3, width, height: height.saturating_sub(3 + foot + below) };
    let mut place = canvas.part(chart);
    place.hot_whole(Target::Pane(Pane::Timeline, model.board.stages.len()));
    chart_of(model, minute, &mut place);
    let below = Rect { x: 0, y: height.saturating_sub(foot + below), width, height: below };
    let mut place = canvas.part(below);
    for (y, line) in (0..place.height()).zip(&facts) {
        place.line(1, y, line);
    }
}

/// The chart alone, under a board that has room for it.
pub(super) fn below_the_board(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let (width, height) = (canvas.width(), canvas.height());
    let minute = to_the_minute(now);
    super::board::titled_rule("Rollout", 0, canvas);
    let end = legend_right(model, canvas);
    next_line(model, minute, &mut canvas.part(Rect { x: 0, y: 1, width: end, height: 1 }));
    chart_of(model, minute, &mut canvas.part(Rect { x: 0, y: 2, width, height: height.saturating_sub(2) }));
}

/// What the shapes of messages mean, at the right edge of the line above the chart; the column where it begins is the answer.
fn legend_right(model: &Model, canvas: &mut Canvas<'_>) -> u16 {
    let width = canvas.width();
    let Some(line) = marks::legend(model, canvas.symbols()) else { return width };
    let cols: u16 = line.iter().map(|(text, _)| canvas.cols(text)).sum();
    // What comes next is more than what shapes mean.
    if cols > width / 2 {
        return width;
    }
    let start = width - cols - 1;
    canvas.line(start, 1, &line);
    start.saturating_sub(1)
}

fn to_the_minute(now: Now) -> Now {
    let over = now.wall.timestamp().rem_euclid(60);
    let start = DateTime::from_timestamp(now.wall.timestamp() - over, 0);
    Now { wall: start.unwrap_or(now.wall), ..now }
}

fn chart_of(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let plan = rows::plan(model);
    let mut times: Vec<_> = plan.iter().flat_map(TimelineRow::times).collect();
    times.extend([now.wall, model.board.t_zero]);
    times.extend(model.lens.cursor());
    let (first, last) = (times.iter().min(), times.iter().max());
    let span = (first.copied().unwrap_or(now.wall), last.copied().unwrap_or(now.wall));
    let cols = canvas.width().saturating_sub(NAMES + 2);
    let scale = Scale::new(span, model.lens.window(now.wall, canvas.width()), cols);
    axis::draw(scale.parts(), now.wall, model.launch.schedule.zone, canvas);
    let shown = usize::from(canvas.height().saturating_sub(2));
    let all = rows::with_clauses(model, plan, shown);
    // The chosen stage stays in sight, and as much as can of what belongs to it.
    let first = rows::first_in_sight(model, &all, shown);
    let rows: Vec<_> = all.iter().skip(first).take(shown).collect();
    let bottom = 1 + u16::try_from(rows.len()).unwrap_or(u16::MAX);
    lines_down(model, now, &scale, bottom, canvas);
    for (y, row) in (1..).zip(rows) {
        if let Some(stage) = row.stage() {
            canvas.hot_row(0, y, canvas.width(), Target::Stage(stage.clone()));
        }
        row.draw(model, now, &scale, y, canvas);
    }
    now_line(model, now, &scale, bottom, canvas);
    if all.len() > first + shown {
        let more = format!(" +{} more", all.len() - first - shown);
        canvas.put_right(canvas.width().saturating_sub(1), bottom, 12, &more, Role::KeyHint);
    }
}

/// Breaks of the scale, the present and the cursor, behind all rows.
fn lines_down(model: &Model, now: Now, scale: &Scale, bottom: u16, canvas: &mut Canvas<'_>) {
    let (gap, rule) = (canvas.symbols().gap, canvas.symbols().rule[1]);
    let mut down = |x: u16, from: u16, shape: &str, role: Role| {
        (from..bottom).for_each(|y| _ = canvas.put(NAMES + x, y, 1, shape, role));
    };
    scale.breaks().for_each(|x| down(x, 0, gap, Role::Border));
    down(scale.column(now.wall), 1, rule, Role::Border);
    if let Some(at) = model.lens.cursor() {
        down(scale.column(at), 1, rule, Role::Accent);
    }
}

fn now_line(model: &Model, now: Now, scale: &Scale, y: u16, canvas: &mut Canvas<'_>) {
    let zone = model.launch.schedule.zone;
    let mut mark = |at: DateTime<Utc>, text: &str, role: Role, free: u16| {
        let x = NAMES + scale.column(at);
        let cols = canvas.cols(text);
        canvas.put(x, y, 1, canvas.symbols().now, role);
        let beside = if x + 2 + cols < canvas.width() { x + 2 } else { x.saturating_sub(cols + 1) };
        if beside >= free || beside + cols < free.saturating_sub(NAMES) {
            canvas.put(beside, y, cols, text, role);
        }
        (beside.max(x) + cols).max(x + 2)
    };
    let end = mark(now.wall, &format!("now {}", moment(now.wall, now.wall, zone)), Role::TimelineNow, 0);
    if let Some(at) = model.lens.cursor() {
        // What it says stands below, in full.
        mark(at, "", Role::Accent, end);
    }
}

/// Who may move what next, and when at the earliest.
fn next_line(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let board = &model.board;
    let Some(stage) = board.stage_that_matters() else {
        let text = "This launch has no rollout stages. Add `rollout` with its `stages` to launch.yaml.";
        canvas.put(1, 0, u16::MAX, text, Role::Text);
        return;
    };
    if board.closed.is_some() {
        canvas.put(1, 0, u16::MAX, "the launch is closed: no stage moves", Role::Dim);
        return;
    }
    let zone = model.launch.schedule.zone;
    let at = |at: DateTime<Utc>| moment(at, now.wall, zone);
    let behind = board.stages.iter().skip_while(|it| it.id != stage.id).skip(1);
    let next = behind.clone().find(|it| matches!(it.status, StageStatus::Planned | StageStatus::Ready));
    let what = match (stage.status, next) {
        (StageStatus::Ready, _) => format!("{} may start now", stage.audience),
        (StageStatus::Planned, _) => format!("next: start {}", stage.audience),
        (StageStatus::Held, _) => format!("{} is held", stage.audience),
        (StageStatus::Soaked, Some(next)) => format!("next: advance {} to {}", stage.audience, next.audience),
        (StageStatus::Soaking, Some(next)) => {
            format!("next: {} to {}", stage.audience, next.audience)
        }
        (StageStatus::Soaking | StageStatus::Soaked, None) => format!("next: close {}", stage.audience),
        (StageStatus::RolledBack, _) => format!("next: start {} again", stage.audience),
        (StageStatus::Done | StageStatus::NotApplicable, _) => "the rollout is done".to_owned(),
    };
    let mut line = vec![piece(what, stage_role(stage.status))];
    let waits = match (stage.status, next) {
        (StageStatus::Soaked, Some(next)) => next.lagging(),
        _ => stage.lagging(),
    };
    if let Some(clause) = waits {
        match clause.at {
            Some(moment) => line.push(piece(format!(", {} at the earliest", at(moment)), Role::Text)),
            None => line.push(piece(format!(", waits for {}", clause.text), Role::Text)),
        }
    }
    let out = stage.status.is_current();
    if let Some(start) = stage.planned.filter(|_| stage.status == StageStatus::Planned) {
        line.push(piece(format!(", planned for {}", at(start)), Role::Text));
    }
    let who: Vec<_> = stage.who.iter().map(Party::as_str).collect();
    if !who.is_empty() {
        line.push(piece(format!(" {} {}", canvas.symbols().dot, who.join(", ")), Role::Dim));
    }
    if let Some(watcher) = stage.watcher.as_ref().filter(|_| out) {
        line.push(piece(format!(" {} watched by {watcher}", canvas.symbols().dot), Role::Dim));
    }
    canvas.line(1, 0, &line);
}

/// What is under the cursor, and what is to be said about the chosen stage.
fn facts(model: &Model, now: Now, symbols: &SymbolSet) -> Vec<Vec<Piece<'static>>> {
    let mut lines = Vec::new();
    lines.extend(model.lens.cursor().map(|at| under(model, now, at)));
    lines.extend(marks::legend(model, symbols));
    let Some(stage) = model.chosen_stage() else { return lines };
    let name = if *stage.audience == *stage.id.as_str() {
        stage.id.to_string()
    } else {
        format!("{}, {}", stage.id, stage.audience)
    };
    let said = strip::state(stage, now, model);
    lines.push(vec![piece(format!("{name}: "), Role::Title), piece(said, stage_role(stage.status))]);
    lines.extend(reach_of(model, stage));
    if let Some(who) = &stage.overridden {
        lines.push(vec![piece(format!("started by an OVERRIDE {who}"), Role::Error)]);
    }
    if let Some(who) = &stage.closed_early {
        lines.push(vec![piece(format!("closed by an OVERRIDE {who}"), Role::Error)]);
    }
    if stage.point_of_no_return {
        lines.push(vec![piece("there is no way back after it", Role::TimelineNoReturn)]);
    }
    if let Some(act) = model.acts.of_stage(&stage.id) {
        lines.push(vec![piece(format!("{}: recording, not yet acknowledged", act.what), Role::Hold)]);
    }
    if let Some(command) = &stage.by_hand {
        lines.push(vec![piece("by hand: ", Role::Dim), piece(command.to_string(), Role::Accent)]);
    }
    lines
}

/// How far it is out by the record and in truth, if it is the one that is out.
fn reach_of(model: &Model, stage: &StageState) -> Option<Vec<Piece<'static>>> {
    let reach = model.board.reach.as_ref().filter(|it| it.stage.as_ref() == Some(&stage.id))?;
    let unsure = reach.actual.as_ref().is_some_and(|it| it.agreement == Agreement::Unknown);
    let off = reach.exposure.as_ref().is_some_and(|it| it.off);
    let role = match (reach.drifts(), unsure || off) {
        (true, _) => Role::Error,
        (_, true) => Role::Hold,
        _ => Role::Text,
    };
    Some(vec![piece("traffic: ", Role::Dim), piece(reach.facts(), role)])
}

/// What is true at the moment that is pointed at, and what happens near it.
fn under(model: &Model, now: Now, at: DateTime<Utc>) -> Vec<Piece<'static>> {
    let zone = model.launch.schedule.zone;
    let t = super::when::since_t(&model.board, now.wall, at);
    let day = zoned(at, zone).format("%a %-d %b %H:%M %Z").to_string();
    let mut line = vec![piece(day, Role::Accent), piece(format!("  {t}"), Role::Text)];
    let told = model.board.stages.iter().filter_map(|stage| Some((stage, bar::state_at(stage, now, at)?)));
    for (stage, state) in told {
        line.push(piece(format!("  {} {state}", stage.audience), Role::Text));
    }
    let near = rows::plan(model)
        .iter()
        .flat_map(TimelineRow::marks)
        .filter(|(moment, _)| (*moment - at).num_seconds().unsigned_abs() <= 300)
        .map(|(_, text)| text)
        .collect::<Vec<_>>();
    if !near.is_empty() {
        line.push(piece(format!("  {}", near.join(", ")), Role::TimelineMark));
    }
    line
}
