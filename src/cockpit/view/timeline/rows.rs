//! What the chart has a row for.

use chrono::{DateTime, Utc};

use super::{
    NAMES, bar, clause,
    marks::{self, Mark},
    scale::Scale,
};
use crate::{Model, view::Canvas};
use gonogo_domain::{ClauseKind, Now, StageId, StageState, StageStatus};
use gonogo_theme::Role;

/// Of the gates that are due, so many.
const MOST_DUE: usize = 12;

/// A row of the chart.
pub(super) enum TimelineRow<'a> {
    /// Moments under one name.
    Moments(&'static str, Vec<Mark>),
    /// A time in which something stops.
    Freeze(String, DateTime<Utc>, DateTime<Utc>),
    /// A stage.
    Stage(&'a StageState),
    /// Nothing, to tell stages apart where there is room.
    Blank,
    /// A line under a stage.
    Clause(&'a StageState, clause::ClauseLine<'a>),
}

/// Plan and stages, without what stands under them.
pub(super) fn plan(model: &Model) -> Vec<TimelineRow<'_>> {
    let (board, schedule) = (&model.board, &model.launch.schedule);
    let mut plan = vec![Mark::new(board.t_zero, "T-0")];
    let roll_call = board.roll_call.as_ref().and_then(|poll| poll.planned);
    plan.extend(roll_call.map(|at| Mark::new(at, "roll call")));
    let decided = board.decision.as_ref().map(|it| Mark::new(it.at, it.label()));
    plan.extend(decided);
    let anchors = schedule.anchors.iter();
    plan.extend(
        anchors.filter_map(|(name, it)| Some(Mark::new(schedule.resolve(&it.expr).ok()?, name.to_string()))),
    );
    plan.sort();
    let mut rows = vec![TimelineRow::Moments("plan", plan)];
    let open = board.gates.iter().filter(|gate| gate.counted && gate.verdict.blocks());
    let mut due: Vec<_> =
        open.filter_map(|gate| Some(Mark::new(gate.due.as_ref()?.at, gate.id.local()))).collect();
    due.sort();
    due.truncate(MOST_DUE);
    if !due.is_empty() {
        rows.push(TimelineRow::Moments("due", due));
    }
    let messages = marks::of_messages(model);
    if !messages.is_empty() {
        rows.push(TimelineRow::Moments("messages", messages));
    }
    rows.extend(
        schedule.freezes.iter().map(|it| TimelineRow::Freeze(it.name.to_string(), it.from.at, it.until.at)),
    );
    let stages = board.stages.iter().filter(|it| it.status != StageStatus::NotApplicable);
    rows.extend(stages.map(TimelineRow::Stage));
    rows
}

/// The same with the clauses under the chosen stage, and under others as far as there is room for all: first under those that
/// are out, then under those to come. What room is left then tells the stages apart.
pub(super) fn with_clauses<'a>(
    model: &'a Model,
    plan: Vec<TimelineRow<'a>>,
    room: usize,
) -> Vec<TimelineRow<'a>> {
    let stages: Vec<&StageState> = plan
        .iter()
        .filter_map(|row| if let TimelineRow::Stage(stage) = row { Some(*stage) } else { None })
        .collect();
    let rank = |stage: &StageState| match stage.status {
        _ if is_chosen(model, stage) => 0,
        StageStatus::Soaking | StageStatus::Soaked | StageStatus::Held => 1,
        StageStatus::Planned | StageStatus::Ready => 2,
        _ => 3,
    };
    let mut by_rank = stages.clone();
    by_rank.sort_by_key(|stage| rank(stage));
    let mut left = room.saturating_sub(plan.len());
    let mut told = Vec::new();
    for stage in by_rank.into_iter().filter(|stage| rank(stage) < 3) {
        let lines = clause::lines(stage);
        if rank(stage) > 0 && lines.len() > left {
            break;
        }
        left = left.saturating_sub(lines.len());
        told.push((stage, lines));
    }
    let apart = left >= stages.len();
    let mut rows = Vec::with_capacity(room);
    for row in plan {
        let stage = if let TimelineRow::Stage(stage) = &row { Some(*stage) } else { None };
        if apart && stage.is_some() {
            rows.push(TimelineRow::Blank);
        }
        rows.push(row);
        let own = stage.and_then(|stage| told.iter().position(|(it, _)| it.id == stage.id));
        if let Some((stage, lines)) = own.map(|at| told.swap_remove(at)) {
            rows.extend(lines.into_iter().map(|line| TimelineRow::Clause(stage, line)));
        }
    }
    rows
}

/// The first row to draw, so that the chosen stage is in sight with what stands under it.
pub(super) fn first_in_sight(model: &Model, rows: &[TimelineRow<'_>], room: usize) -> usize {
    let own = |row: &TimelineRow<'_>| match row {
        TimelineRow::Stage(stage) | TimelineRow::Clause(stage, _) => is_chosen(model, stage),
        _ => false,
    };
    let (Some(first), Some(last)) = (rows.iter().position(own), rows.iter().rposition(own)) else { return 0 };
    (last + 1).saturating_sub(room).min(first)
}

impl TimelineRow<'_> {
    /// The stage that it is about.
    pub fn stage(&self) -> Option<&StageId> {
        match self {
            Self::Stage(stage) | Self::Clause(stage, _) => Some(&stage.id),
            _ => None,
        }
    }

    /// The moments that the chart must hold.
    pub fn times(&self) -> Vec<DateTime<Utc>> {
        match self {
            Self::Moments(_, marks) => marks.iter().map(|it| it.at).collect(),
            Self::Freeze(_, from, until) => vec![*from, *until],
            Self::Stage(stage) => bar::span(stage).into_iter().flat_map(|(from, to)| [from, to]).collect(),
            Self::Clause(..) | Self::Blank => Vec::new(),
        }
    }

    /// The moments with a name.
    pub fn marks(&self) -> Vec<(DateTime<Utc>, String)> {
        match self {
            Self::Moments("due", marks) => {
                marks.iter().map(|it| (it.at, format!("{} is due", it.name))).collect()
            }
            Self::Moments(_, marks) => marks.iter().map(|it| (it.at, it.said())).collect(),
            Self::Freeze(name, from, until) => {
                vec![(*from, format!("{name} begins")), (*until, format!("{name} ends"))]
            }
            Self::Stage(_) | Self::Clause(..) | Self::Blank => Vec::new(),
        }
    }

    pub fn draw(&self, model: &Model, now: Now, scale: &Scale, y: u16, canvas: &mut Canvas<'_>) {
        match self {
            Self::Blank => {}
            Self::Moments(name, marks) => {
                canvas.put(1, y, NAMES - 2, name, Role::Dim);
                marks::draw(model, marks, scale, y, canvas);
            }
            Self::Freeze(name, from, until) => {
                canvas.put(1, y, NAMES - 2, name, Role::Dim);
                let (a, b) = (scale.column(*from), scale.column(*until));
                let bar = canvas.symbols().bar[2].repeat(usize::from(b - a + 1));
                canvas.put(NAMES + a, y, u16::MAX, &bar, Role::TimelineFreeze);
            }
            Self::Stage(stage) => bar::draw(model, now, stage, scale, y, canvas),
            Self::Clause(stage, line) => line.draw(model, now, stage, y, canvas),
        }
    }
}

/// Whether a clause is worth a row of its own beside its stage: that nothing holds it back is not.
pub(super) fn is_told(kind: ClauseKind, met: bool) -> bool {
    !(met
        && matches!(kind, ClauseKind::Hold | ClauseKind::Freeze | ClauseKind::Advance | ClauseKind::Earlier))
}

/// Whether it is the stage that the screen is about.
pub(super) fn is_chosen(model: &Model, stage: &StageState) -> bool {
    model.chosen_stage().is_some_and(|it| it.id == stage.id)
}
