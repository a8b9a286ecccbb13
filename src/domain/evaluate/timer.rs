//! Timers: so long since something became go, or since a stage started. A waived gate starts no timer.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{
    super::{Need, Rule, StageStatus, StepKind, Verdict, format},
    assessment::Assessment,
    eval_context::{EvalContext, TOLERANCE},
    gate_results::GateResults,
};

/// What the clock says.
pub(super) fn own(frame: &EvalContext<'_>, cells: &GateResults, since: &Need, wait: Duration) -> Assessment {
    let said = since.describe();
    let not_started = |what: &str, earliest: Option<DateTime<Utc>>| {
        let mut own = Assessment::pending(
            Rule::Needs,
            format!("{} has to pass once {said} {what}", format::span(wait)),
        )
        .next(format!("resolve {said} first"))
        .by(StepKind::Wait);
        own.earliest = Some(format::later(earliest.unwrap_or(frame.now.wall).max(frame.now.wall), wait));
        own
    };
    match since {
        Need::Gate(id) => {
            let mark = frame.launch.position(id).and_then(|at| cells.marks[at]);
            let Some(mark) = mark else {
                return Assessment::unknown(Rule::V2, format!("{said} is not in the launch"));
            };
            match (mark.verdict, mark.since) {
                (Verdict::NotApplicable, _) => does_not_apply(&said),
                (Verdict::Go, Some(since)) => {
                    has_not_come(frame, &said, since).unwrap_or_else(|| ran(frame, &said, since, wait))
                }
                // A waiver proves nothing, so no time has passed since the proof.
                (Verdict::Waived, _) => not_started("is go; it is waived", None)
                    .next(format!("resolve {said}, or request a waiver for this gate as well"))
                    .by(StepKind::Act),
                (Verdict::Go, None) => {
                    Assessment::unknown(Rule::V2, format!("it is not known since when {said} is go"))
                        .next(format!("wait for the next answer about {said}"))
                        .by(StepKind::Machine)
                }
                _ => not_started("is go", mark.earliest),
            }
        }
        Need::Stage(id) => {
            let run = frame.launch.stage(id).map(|(at, _)| &frame.stages[at]);
            let Some(run) = run else {
                return Assessment::unknown(Rule::V2, format!("{said} is not in the launch"))
                    .next("correct the gate");
            };
            if run.status == StageStatus::NotApplicable {
                return does_not_apply(&said);
            }
            match run.started.filter(|_| run.status != StageStatus::RolledBack) {
                Some(since) => ran(frame, &said, since, wait),
                None => not_started("has started", None),
            }
        }
        Need::Checklist(_) | Need::Decision | Need::Message(_) => {
            Assessment::unknown(Rule::V4, format!("a timer counts from a gate or a stage, not from {said}"))
                .next("correct the gate")
        }
    }
}

fn does_not_apply(said: &str) -> Assessment {
    Assessment::new(Verdict::NotApplicable, Rule::NotApplicable, format!("{said} does not apply"))
}

/// A time in the future proves nothing, and no timer runs from it (V16).
fn has_not_come(frame: &EvalContext<'_>, said: &str, since: DateTime<Utc>) -> Option<Assessment> {
    if frame.has_come(since) {
        return None;
    }
    let at = frame.moment(since);
    let mut own =
        Assessment::unknown(Rule::V16, format!("{said} is said to be so since {at}, which has not come"))
            .next(format!("find out whose clock is wrong: that of {said}, or the one here (gonogo doctor)"));
    own.changes(since.checked_sub_signed(TOLERANCE));
    Some(own)
}

fn ran(frame: &EvalContext<'_>, said: &str, since: DateTime<Utc>, wait: Duration) -> Assessment {
    let end = format::later(since, wait);
    if end <= frame.now.wall {
        let mut own = Assessment::new(
            Verdict::Go,
            Rule::V1,
            format!("{} since {said} have passed", format::span(wait)),
        );
        own.since = Some(end);
        return own;
    }
    let until = frame.moment(end);
    let mut own = Assessment::pending(
        Rule::Needs,
        format!("{} left of {} since {said}", frame.left(end), format::span(wait)),
    )
    .next(format!("wait until {until}"))
    .by(StepKind::Wait);
    own.changes(end);
    own.earliest = Some(end);
    own
}
