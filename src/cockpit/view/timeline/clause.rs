//! The contract of a stage, a line for each clause: how far it is, and when it is met at the pace of now.

use super::{NAMES, rows};
use crate::{
    Model,
    view::{
        Canvas,
        look::standing_role,
        strip::length_in_minutes,
        when::{grouped, moment},
    },
};
use gonogo_domain::{Clause, ClauseKind, GuardrailState, Now, StageState, StageStatus, Standing};
use gonogo_text::length;
use gonogo_theme::Role;

/// Columns of a gauge and of a sparkline.
const GAUGE: u16 = 20;

/// A line under a stage.
pub(super) enum ClauseLine<'a> {
    /// A clause.
    Clause(&'a Clause),
    /// A guardrail, with the clause that asks for it.
    Guardrail(&'a GuardrailState, Option<&'a Clause>),
}

/// Everything that is shown of a stage's contract.
pub(super) fn lines(stage: &StageState) -> Vec<ClauseLine<'_>> {
    let of = |it: &GuardrailState| {
        stage.clauses.iter().find(|clause| {
            clause.kind == ClauseKind::Guardrail
                && clause.stage == stage.id
                && clause.of.as_ref() == Some(&it.id)
        })
    };
    let own = |clause: &&Clause| clause.kind == ClauseKind::Guardrail && clause.stage == stage.id;
    let clauses = stage.clauses.iter().filter(|it| !own(it) && rows::is_told(it.kind, it.met));
    // The clock and the counts first, then what is measured, then what people say.
    let (counts, others): (Vec<_>, Vec<_>) =
        clauses.partition(|it| matches!(it.kind, ClauseKind::Time | ClauseKind::Samples));
    let guardrails = stage.guardrails.iter().map(|it| ClauseLine::Guardrail(it, of(it)));
    let counts = counts.into_iter().map(ClauseLine::Clause);
    counts.chain(guardrails).chain(others.into_iter().map(ClauseLine::Clause)).collect()
}

/// Every guardrail of a stage, a line each from `y` on.
pub(in crate::view) fn guardrails(
    model: &Model,
    now: Now,
    stage: &StageState,
    y: u16,
    canvas: &mut Canvas<'_>,
) {
    for (y, it) in (y..canvas.height()).zip(&stage.guardrails) {
        ClauseLine::Guardrail(it, None).draw(model, now, stage, y, canvas);
    }
}

impl ClauseLine<'_> {
    pub fn draw(&self, model: &Model, now: Now, stage: &StageState, y: u16, canvas: &mut Canvas<'_>) {
        let end = canvas.width().saturating_sub(1);
        let clause = match self {
            Self::Clause(clause) => Some(*clause),
            Self::Guardrail(_, clause) => *clause,
        };
        self.label(stage, y, canvas);
        // The board was evaluated a while ago, and the soak goes on.
        let soaking = stage.status == StageStatus::Soaking;
        let since =
            if soaking { (now.wall - model.board.evaluated_at).as_seconds_f64().max(0.0) } else { 0.0 };
        let when = clause.filter(|it| !it.met).map(|it| when(model, now, it)).unwrap_or_default();
        let end = if when.is_empty() {
            end
        } else {
            let role = if clause.is_some_and(|it| it.lagging) { Role::Title } else { Role::Dim };
            canvas.put_right(end, y, 40, &when, role).saturating_sub(1)
        };
        let (x, text, role) = match self {
            Self::Clause(clause) => {
                let x = clause.share().map_or(NAMES, |share| gauge(share, NAMES, y, canvas));
                (x, counted(clause, since), if clause.met { Role::Dim } else { Role::Text })
            }
            Self::Guardrail(it, _) => {
                let x = spark(it, NAMES, y, canvas);
                (x, it.describe(), standing_role(it.standing))
            }
        };
        canvas.put(x, y, end.saturating_sub(x), &text, role);
    }

    /// Its name, behind the shape of whether it holds.
    fn label(&self, stage: &StageState, y: u16, canvas: &mut Canvas<'_>) {
        let symbols = canvas.symbols();
        let (shape, role, name) = match self {
            Self::Clause(clause) => {
                let (shape, role) =
                    if clause.met { (symbols.go, Role::Go) } else { (symbols.pending, Role::Pending) };
                let foreign = (clause.stage != stage.id).then(|| clause.stage.to_string());
                (shape, role, foreign.unwrap_or_else(|| clause.kind.word().to_owned()))
            }
            Self::Guardrail(it, _) => {
                let shape = match it.standing {
                    Standing::Ok => symbols.go,
                    Standing::Breach => symbols.no_go,
                    Standing::Watch | Standing::NotEnoughYet => symbols.pending,
                    Standing::NoData => symbols.unknown,
                };
                (shape, standing_role(it.standing), it.id.to_string())
            }
        };
        canvas.put(2, y, 1, shape, role);
        canvas.put(4, y, NAMES - 5, &name, Role::Dim);
    }
}

/// When it is met, at the pace of now.
fn when(model: &Model, now: Now, clause: &Clause) -> String {
    clause.at.map(|at| moment(at, now.wall, model.launch.schedule.zone)).unwrap_or_default()
}

/// How much of how much, where it is a matter of that; else what it is about.
fn counted(clause: &Clause, since: f64) -> String {
    let (Some(done), Some(needed), Some(share)) = (clause.done, clause.needed, clause.share()) else {
        return clause.text.to_string();
    };
    let timed = clause.kind == ClauseKind::Time && !clause.met;
    let (done, share) = match needed {
        needed if timed && needed > 0.0 => {
            let done = (done + since).min(needed);
            (done, done / needed)
        }
        _ => (done, share),
    };
    let percent = format!("{:>3.0} %", (share * 100.0).floor());
    match clause.kind {
        ClauseKind::Time => {
            let gone = if done < needed { length_in_minutes(seconds(done)) } else { length(seconds(done)) };
            format!("{percent}  {gone} of {}", length(seconds(needed)))
        }
        _ => format!("{percent}  {} of {}", grouped(whole(done)), grouped(whole(needed))),
    }
}

fn seconds(seconds: f64) -> std::time::Duration {
    std::time::Duration::from_secs(whole(seconds))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates, and no count is negative"
)]
fn whole(count: f64) -> u64 {
    count.max(0.0) as u64
}

/// A gauge of how much is done; the column for what stands behind it.
fn gauge(share: f64, x: u16, y: u16, canvas: &mut Canvas<'_>) -> u16 {
    let symbols = canvas.symbols();
    let full = whole(share * f64::from(GAUGE));
    for n in 0..GAUGE {
        let (shape, role) = if u64::from(n) < full {
            (symbols.bar[0], Role::TimelineRunning)
        } else {
            (symbols.line[1], Role::TimelinePlanned)
        };
        canvas.put(x + n, y, 1, shape, role);
    }
    x + GAUGE + 2
}

/// The newest windows of a guardrail; a gap is no data. The column for what stands behind it.
fn spark(guardrail: &GuardrailState, x: u16, y: u16, canvas: &mut Canvas<'_>) -> u16 {
    let shapes = canvas.symbols().spark;
    let highest = guardrail.recent.iter().flatten().copied().fold(0.0, f64::max);
    let skipped = guardrail.recent.len().saturating_sub(usize::from(GAUGE));
    let role = standing_role(guardrail.standing);
    for (n, value) in (0..GAUGE).zip(guardrail.recent.iter().skip(skipped)) {
        let Some(value) = value else { continue };
        let share = if highest > 0.0 { value / highest } else { 0.0 };
        let level = usize::try_from(whole(share * 7.0)).unwrap_or_default().min(shapes.len() - 1);
        canvas.put(x + n, y, 1, shapes.get(level).copied().unwrap_or_default(), role);
    }
    x + GAUGE + 2
}
