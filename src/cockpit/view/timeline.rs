//! The rollout on a line of time. The scale is not even: what is short and near gets room beside what is long, in
//! the order in which it happens; the moments themselves are written on it.

mod scale;

use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::piece,
    footer, header,
    look::{stage_role, standing_role},
    strip::state,
    when::{grouped, moment},
};
use crate::Model;
use gonogo_domain::{Agreement, Now, Party, StageState, StageStatus};
use gonogo_text::length;
use gonogo_theme::Role;
use scale::Scale;

/// Columns of the names on the left.
const NAMES: u16 = 14;

pub(super) fn draw(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let (width, height) = (canvas.width(), canvas.height());
    header::title(model, now, canvas);
    header::word_line(model, &mut canvas.part(Rect { x: 0, y: 1, width, height: 1 }));
    // The chart moves once a minute, all of it together.
    let minute = to_the_minute(now);
    let guardrails =
        chosen(model).map_or(0, |stage| u16::try_from(stage.guardrails.len()).unwrap_or(u16::MAX));
    let reach = u16::from(chosen(model).is_some_and(|stage| reach_of(model, stage).is_some()));
    let facts = 6_u16.saturating_add(guardrails).saturating_add(reach).min(height.saturating_sub(8));
    let chart = Rect { x: 0, y: 3, width, height: height.saturating_sub(4 + facts) };
    draw_chart(model, minute, &mut canvas.part(chart));
    let below = Rect { x: 0, y: height.saturating_sub(1 + facts), width, height: facts };
    stage_facts(model, minute, &mut canvas.part(below));
    footer::draw(
        model,
        now,
        true,
        &mut canvas.part(Rect { x: 0, y: height.saturating_sub(1), width, height: 1 }),
    );
}

fn to_the_minute(now: Now) -> Now {
    let over = now.wall.timestamp().rem_euclid(60);
    let start = DateTime::from_timestamp(now.wall.timestamp() - over, 0);
    Now { wall: start.unwrap_or(now.wall), ..now }
}

/// A row of the chart.
enum Row<'a> {
    Moments(&'static str, Vec<(DateTime<Utc>, String)>),
    Freeze(String, DateTime<Utc>, DateTime<Utc>),
    Stage(&'a StageState),
}

fn draw_chart(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let rows = rows(model);
    let mut moments: Vec<_> = rows.iter().flat_map(times).collect();
    moments.extend([now.wall, model.board.t_zero]);
    let scale = Scale::new(moments, canvas.width().saturating_sub(NAMES + 2));
    axis(model, now, &scale, canvas);
    let shown = canvas.height().saturating_sub(2);
    // The chosen stage stays in sight when there are more rows than room.
    let chosen = rows
        .iter()
        .position(|row| matches!(row, Row::Stage(stage) if model.stage.as_ref() == Some(&stage.id)));
    let first = (chosen.unwrap_or_default() + 1).saturating_sub(usize::from(shown));
    let step = if rows.len() * 2 <= usize::from(shown) { 2 } else { 1 };
    let mut y = 1;
    let x = NAMES + scale.column(now.wall);
    for row in rows.iter().skip(first).take(usize::from(shown)) {
        for line in y..y + step {
            canvas.put(x, line, 1, canvas.symbols().rule[1], Role::Border);
        }
        draw_row(model, now, row, &scale, y, canvas);
        y += step;
    }
    let text = format!("now {}", moment(now.wall, now.wall, model.launch.schedule.zone));
    let cols = canvas.cols(&text);
    canvas.put(x, y, 1, canvas.symbols().now, Role::TimelineNow);
    let beside = if x + 2 + cols < canvas.width() { x + 2 } else { x.saturating_sub(cols + 1) };
    canvas.put(beside, y, cols, &text, Role::TimelineNow);
}

fn rows(model: &Model) -> Vec<Row<'_>> {
    let board = &model.board;
    let mut rows = Vec::new();
    let mut marks = vec![(board.t_zero, "T-0".to_owned())];
    let roll_call = board.roll_call.as_ref().and_then(|poll| poll.planned);
    marks.extend(roll_call.map(|at| (at, "roll call".to_owned())));
    marks.sort_by_key(|(at, _)| *at);
    rows.push(Row::Moments("launch", marks));
    let open = board.gates.iter().filter(|gate| gate.counted && gate.verdict.blocks());
    let mut due: Vec<_> =
        open.filter_map(|gate| Some((gate.due.as_ref()?.at, gate.id.local().to_owned()))).collect();
    due.sort();
    due.truncate(12);
    if !due.is_empty() {
        rows.push(Row::Moments("due", due));
    }
    let freezes = model.launch.schedule.freezes.iter();
    rows.extend(freezes.map(|it| Row::Freeze(it.name.to_string(), it.from.at, it.until.at)));
    rows.extend(board.stages.iter().map(Row::Stage));
    rows
}

fn times(row: &Row<'_>) -> Vec<DateTime<Utc>> {
    match row {
        Row::Moments(_, marks) => marks.iter().map(|(at, _)| *at).collect(),
        Row::Freeze(_, from, until) => vec![*from, *until],
        Row::Stage(stage) => span(stage).into_iter().flat_map(|(from, to)| [from, to]).collect(),
    }
}

/// From when to when a stage runs, by record or plan.
fn span(stage: &StageState) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let from = stage.started.or(stage.planned)?;
    Some((from, stage.soaked_at.unwrap_or(from).max(from)))
}

/// Times over the chart, as many as there is room for.
fn axis(model: &Model, now: Now, scale: &Scale, canvas: &mut Canvas<'_>) {
    let zone = model.launch.schedule.zone;
    let mut free = NAMES;
    for at in scale.moments() {
        let x = NAMES + scale.column(*at);
        let text = moment(*at, now.wall, zone);
        let cols = canvas.cols(&text);
        if x >= free && x + cols < canvas.width() {
            canvas.put(x, 0, cols, &text, Role::Dim);
            free = x + cols + 2;
        }
    }
}

fn draw_row(model: &Model, now: Now, row: &Row<'_>, scale: &Scale, y: u16, canvas: &mut Canvas<'_>) {
    match row {
        Row::Moments(name, marks) => {
            canvas.put(1, y, NAMES - 2, name, Role::Dim);
            let mut free = NAMES;
            for (at, text) in marks {
                let x = NAMES + scale.column(*at);
                if x >= free {
                    let x = canvas.put(x, y, 1, canvas.symbols().moment[0], Role::TimelineMark);
                    free = canvas.put(x, y, 16, text, Role::TimelineMark) + 1;
                }
            }
        }
        Row::Freeze(name, from, until) => {
            canvas.put(1, y, NAMES - 2, name, Role::Dim);
            let (a, b) = (scale.column(*from), scale.column(*until));
            let bar = canvas.symbols().bar[2].repeat(usize::from(b - a + 1));
            canvas.put(NAMES + a, y, u16::MAX, &bar, Role::TimelineFreeze);
        }
        Row::Stage(stage) => stage_row(model, now, stage, scale, y, canvas),
    }
}

fn stage_row(model: &Model, now: Now, stage: &StageState, scale: &Scale, y: u16, canvas: &mut Canvas<'_>) {
    let role = stage_role(stage.status);
    let chosen = model.stage.as_ref() == Some(&stage.id);
    canvas.put(1, y, NAMES - 2, &stage.audience, if chosen { Role::Title } else { Role::Text });
    let mut end = NAMES;
    if let Some((from, to)) = span(stage) {
        let (a, b) = (scale.column(from), scale.column(to));
        let reached = if stage.started.is_some() { scale.column(now.wall).clamp(a, b) } else { a };
        let solid = if stage.status == StageStatus::Done { b } else { reached };
        let shapes = canvas.symbols().bar;
        for x in a..=b {
            let (shape, role) = if x < solid || (x == solid && stage.started.is_some()) {
                (shapes[0], role)
            } else {
                (shapes[2], Role::TimelinePlanned)
            };
            end = canvas.put(NAMES + x, y, 1, shape, role);
        }
    }
    let mut note = Vec::new();
    if stage.point_of_no_return {
        note.push(piece(" no return", Role::TimelineNoReturn));
    }
    note.push(piece(format!(" {}", remark(stage, now)), role));
    let cols: u16 = note.iter().map(|(text, _)| canvas.cols(text)).sum();
    // Beside the bar, or before it when the bar ends at the edge.
    let start = span(stage).map_or(NAMES, |(from, _)| NAMES + scale.column(from));
    let x = if end + cols < canvas.width() { end } else { start.saturating_sub(cols + 1).max(NAMES) };
    canvas.line(x, y, &note);
    if chosen {
        canvas.over(0, y, NAMES, Role::Selection);
    }
}

fn remark(stage: &StageState, now: Now) -> String {
    match (stage.status, stage.soaked_at) {
        (StageStatus::Soaking, Some(to)) if to > now.wall => {
            format!("{} left", length_left((to - now.wall).to_std().unwrap_or_default()))
        }
        (StageStatus::Planned | StageStatus::Ready, _) => {
            let time = stage.soak.time.map(length);
            let samples = stage.soak.samples.map(|n| format!("{} samples", grouped(n)));
            time.into_iter().chain(samples).collect::<Vec<_>>().join(", ")
        }
        (status, _) => super::look::stage_word(status).to_owned(),
    }
}

/// Rounded up to minutes, so that "left" is never too little.
fn length_left(left: std::time::Duration) -> String {
    length(std::time::Duration::from_secs(left.as_secs().div_ceil(60).max(1) * 60))
}

fn chosen(model: &Model) -> Option<&StageState> {
    let id = model.stage.as_ref()?;
    model.board.stages.iter().find(|stage| stage.id == *id)
}

/// How far it is out by the record and in truth, if it is the one that is out.
fn reach_of(model: &Model, stage: &StageState) -> Option<(String, Role)> {
    let reach = model.board.reach.as_ref().filter(|it| it.stage.as_ref() == Some(&stage.id))?;
    let unsure = reach.actual.as_ref().is_some_and(|it| it.agreement == Agreement::Unknown);
    let off = reach.exposure.as_ref().is_some_and(|it| it.off);
    let role = if reach.drifts() {
        Role::Error
    } else if unsure || off {
        Role::Hold
    } else {
        Role::Text
    };
    Some((format!("traffic: {}", reach.facts()), role))
}

/// What is to be said about the chosen stage.
fn stage_facts(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let Some(stage) = chosen(model) else {
        canvas.put(1, 0, u16::MAX, "this launch has no rollout stages", Role::Dim);
        return;
    };
    canvas.line_across(0, 0, canvas.width());
    let name = if *stage.audience == *stage.id.as_str() {
        format!(" {} ", stage.id)
    } else {
        format!(" {}, {} ", stage.id, stage.audience)
    };
    canvas.put(2, 0, 40, &name, Role::Title);
    let mut lines = vec![(state(stage, now, model), stage_role(stage.status))];
    if let Some(act) = model.acts.of_stage(&stage.id) {
        lines.push((format!("{}: recording, not yet acknowledged", act.what), Role::Hold));
    }
    let samples = stage.soak.samples.map(|n| format!("{} samples", grouped(n)));
    let waits: Vec<_> = stage.waits_for.iter().map(ToString::to_string).chain(samples).collect();
    if !waits.is_empty() {
        lines.push((format!("needs: {}", waits.join("; ")), Role::Text));
    }
    lines.extend(
        stage
            .guardrails
            .iter()
            .map(|it| (format!("{}: {}", it.id, it.describe()), standing_role(it.standing))),
    );
    lines.extend(reach_of(model, stage));
    let who: Vec<_> = stage.who.iter().map(Party::as_str).collect();
    let who = if who.is_empty() { "nobody may move it".to_owned() } else { who.join(", ") };
    lines.push((format!("who: {who}"), Role::Text));
    let plans = model.launch.rollout.as_ref().map(|rollout| rollout.stages.as_slice()).unwrap_or_default();
    if let Some(command) =
        plans.iter().find(|plan| plan.id == stage.id).and_then(|plan| plan.by_hand.as_ref())
    {
        lines.push((format!("by hand: {command}"), Role::Accent));
    }
    if let Some(who) = &stage.overridden {
        lines.insert(1, (format!("started by an OVERRIDE {who}"), Role::Error));
    }
    if stage.point_of_no_return {
        lines.insert(1, ("there is no way back after it".to_owned(), Role::TimelineNoReturn));
    }
    for (y, (text, role)) in (1..canvas.height()).zip(&lines) {
        canvas.put(1, y, u16::MAX, text, *role);
    }
}
