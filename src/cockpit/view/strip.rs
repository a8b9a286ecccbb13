//! The rollout in one line: `internal ◆━━━2h━━━▶ 10 % ◇┄┄24h┄┄▶ 100 % ◇ no return`.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{
    Canvas,
    look::{stage_role, standing_role},
    rollback,
    when::moment_zoned,
};
use crate::Model;
use gonogo_domain::{Board, Now, StageState, StageStatus, Standing};
use gonogo_text::{self as text, length};
use gonogo_theme::Role;

/// A connector shorter than this says nothing.
const SHORTEST: usize = 5;
/// Said behind a stage with no way back.
const NO_RETURN: &str = " no return";

fn shown(board: &Board) -> impl Iterator<Item = &StageState> {
    board.stages.iter().filter(|stage| stage.status != StageStatus::NotApplicable)
}

/// Columns of each connector on a line of so many columns; `None` when the stages do not fit.
fn connector(board: &Board, cols: usize) -> Option<usize> {
    let labels: usize = shown(board).map(|stage| text::width(&stage.audience) + 3).sum();
    let no_return = shown(board).filter(|stage| stage.point_of_no_return).count() * NO_RETURN.len();
    let gaps = shown(board).count().saturating_sub(1);
    let room = cols.checked_sub(labels + no_return + 2)?;
    let each = room.checked_div(gaps).unwrap_or(0).min(28);
    (gaps == 0 || each >= SHORTEST).then_some(each)
}

/// How much of the way to the next stage is done, of so many columns.
fn done(stage: &StageState, now: DateTime<Utc>, cols: usize) -> usize {
    match (stage.status, stage.started, stage.soaked_at) {
        (StageStatus::Done | StageStatus::Soaked, ..) => cols,
        (StageStatus::Soaking | StageStatus::Held, Some(from), Some(to)) if to > from => {
            let gone = (now - from).num_seconds().clamp(0, (to - from).num_seconds());
            usize::try_from(gone * i64::try_from(cols).unwrap_or(0) / (to - from).num_seconds().max(1))
                .unwrap_or(0)
        }
        _ => 0,
    }
}

/// How long until the line looks different, when it is so wide.
pub(crate) fn strip_changes(board: &Board, now: DateTime<Utc>, cols: u16) -> Option<Duration> {
    let running = shown(board).find(|stage| stage.status == StageStatus::Soaking)?;
    let (from, to) = (running.started?, running.soaked_at?);
    let Some(each) = connector(board, usize::from(cols)) else {
        // In words it says minutes.
        let gone = (now - from).to_std().unwrap_or_default();
        return Some(text::age_changes(gone).min(Duration::from_secs(60)));
    };
    let cells = u64::try_from(each.saturating_sub(1)).ok().filter(|cells| *cells > 0)?;
    let reached = u64::try_from(done(running, now, each - 1)).ok().filter(|reached| *reached < cells)?;
    let total = u64::try_from((to - from).num_seconds()).ok()?;
    // Whole seconds count: the first of them at which one cell more is full.
    let next = Duration::from_secs((total.checked_mul(reached + 1)?).div_ceil(cells));
    next.checked_sub((now - from).to_std().unwrap_or_default()).filter(|wait| !wait.is_zero())
}

pub(super) fn draw(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    if canvas.height() == 0 {
        return;
    }
    if let Some((text, role)) = rollback::line(model, now) {
        canvas.put(1, 0, u16::MAX, &text, role);
        return;
    }
    match connector(&model.board, usize::from(canvas.width())) {
        Some(each) => line(&model.board, now, each, canvas),
        None => words(model, now, canvas),
    }
}

fn line(board: &Board, now: Now, each: usize, canvas: &mut Canvas<'_>) {
    let symbols = canvas.symbols();
    let stages: Vec<_> = shown(board).collect();
    let mut x = 1;
    for (n, stage) in stages.iter().enumerate() {
        let role = stage_role(stage.status);
        let reached = !matches!(stage.status, StageStatus::Planned | StageStatus::Ready);
        x = canvas.put(x, 0, u16::MAX, &stage.audience, if reached { role } else { Role::Text }) + 1;
        x = canvas.put(x, 0, 1, symbols.stop[usize::from(!reached)], role);
        if stage.point_of_no_return {
            x = canvas.put(x, 0, u16::MAX, NO_RETURN, Role::TimelineNoReturn);
        }
        if n + 1 < stages.len() {
            x = between(stage, now, x, each, canvas) + 1;
        }
    }
}

/// The way from one stage to the next, with the length of the soak in its middle.
fn between(stage: &StageState, now: Now, x: u16, each: usize, canvas: &mut Canvas<'_>) -> u16 {
    let symbols = canvas.symbols();
    let cols = each.saturating_sub(1);
    let full = done(stage, now.wall, cols);
    let label = label(stage);
    let mut at = x;
    for n in 0..cols {
        let (shape, role) = if n < full {
            (symbols.line[0], Role::TimelineRunning)
        } else {
            (symbols.line[1], Role::TimelinePlanned)
        };
        at = canvas.put(at, 0, 1, shape, role);
    }
    at = canvas.put(
        at,
        0,
        1,
        symbols.pointer,
        if full == cols { Role::TimelineRunning } else { Role::TimelinePlanned },
    );
    let wide = text::width(&label);
    if wide + 2 <= cols {
        let middle = x + u16::try_from((cols - wide) / 2).unwrap_or_default();
        canvas.put(middle, 0, u16::MAX, &label, Role::Dim);
    }
    at
}

fn label(stage: &StageState) -> String {
    let worst = worst(stage);
    match stage.status {
        StageStatus::Soaking | StageStatus::Soaked if worst == Some(Standing::Breach) => "BREACH".to_owned(),
        StageStatus::Soaking | StageStatus::Soaked if worst == Some(Standing::Watch) => "WATCH".to_owned(),
        StageStatus::Held => "HELD".to_owned(),
        StageStatus::RolledBack => "ROLLED BACK".to_owned(),
        _ => stage.soak.time.map_or(String::new(), length),
    }
}

/// What its guardrails say that people must know: a breach before anything that is only worth a look.
fn worst(stage: &StageState) -> Option<Standing> {
    let is = |standing| stage.guardrails.iter().any(|it| it.standing == standing).then_some(standing);
    is(Standing::Breach).or_else(|| is(Standing::Watch))
}

/// Where the line does not fit: the stage that matters, in words.
fn words(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let Some(stage) = model.board.stage_that_matters() else { return };
    let worst = worst(stage);
    let warning = worst.map(|it| format!("{}, ", it.word().to_uppercase())).unwrap_or_default();
    let text = format!("rollout: {} {warning}{}", stage.audience, state(stage, now, model));
    canvas.put(1, 0, u16::MAX, &text, worst.map_or(stage_role(stage.status), standing_role));
}

/// Where a stage is, in words.
pub(super) fn state(stage: &StageState, now: Now, model: &Model) -> String {
    let zone = model.launch.schedule.zone;
    let at = |moment: DateTime<Utc>| moment_zoned(moment, now.wall, zone);
    let word = stage.status.word();
    match (stage.status, stage.started, stage.soaked_at) {
        (StageStatus::Soaking, Some(from), Some(to)) => {
            let gone = length_in_minutes((now.wall - from).to_std().unwrap_or_default());
            let whole = length((to - from).to_std().unwrap_or_default());
            format!("{word}: {gone} of {whole}, until {}", at(to))
        }
        (StageStatus::Soaked, _, Some(to)) => format!("{word} since {}; nobody advanced it yet", at(to)),
        (StageStatus::Planned | StageStatus::Ready, ..) => {
            stage.planned.map_or(word.to_owned(), |start| format!("{word} for {}", at(start)))
        }
        (_, Some(from), _) => format!("{word}, started {}", at(from)),
        _ => word.to_owned(),
    }
}

/// What runs is told in minutes, so that a quiet screen draws nothing.
pub(super) fn length_in_minutes(gone: Duration) -> String {
    match gone.as_secs() {
        0..60 => "<1m".to_owned(),
        s => length(Duration::from_secs(s / 60 * 60)),
    }
}
