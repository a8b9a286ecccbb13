//! Guardrails in the minutes: where each stood when something was decided, and at the end.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{
    markdown::{escape, head, row},
    minutes::{spoken, time},
};
use gonogo_domain::{Board, GuardrailState, History, StageId, StageState, Standing, Str, grouped, percent};

/// What is shown here of a board that was kept.
#[derive(Deserialize)]
struct KeptStages {
    evaluated_at: DateTime<Utc>,
    #[serde(default)]
    stages: Vec<KeptStage>,
}

#[derive(Deserialize)]
struct KeptStage {
    id: StageId,
    #[serde(default)]
    guardrails: Vec<GuardrailState>,
}

/// Each guardrail of each stage that was out: its limit, what was seen, on how many samples, where it stood, since when it
/// is breached and who accepts that.
pub(super) fn guardrails(out: &mut String, history: &History, board: &Board) {
    let mut rows = String::new();
    for decision in &history.decisions {
        let Ok(kept) = decision.board.read::<KeptStages>() else { continue };
        let moment = format!("{}, {}", decision.label(), time(decision.at));
        for stage in &kept.stages {
            each(&mut rows, &moment, &stage.id, &stage.guardrails, kept.evaluated_at);
        }
    }
    // A page that is written with the decision says nothing of a later moment.
    let decided = history.decisions.last().map(|it| it.at);
    if decided.is_none_or(|at| board.evaluated_at > at) {
        let moment = format!("now, {}", time(board.evaluated_at));
        for StageState { id, guardrails, .. } in &board.stages {
            each(&mut rows, &moment, id, guardrails, board.evaluated_at);
        }
    }
    if rows.is_empty() {
        return;
    }
    out.push_str("\n## Guardrails\n\n");
    out.push_str(&head(["When", "Stage", "Guardrail", "Limit", "Standing", "Seen", "Breach", "Accepted"]));
    out.push_str(&rows);
}

fn each(out: &mut String, moment: &str, stage: &StageId, all: &[GuardrailState], at: DateTime<Utc>) {
    for it in all {
        let word = it.standing.word();
        let standing = if it.standing == Standing::Breach { word.to_uppercase() } else { word.to_owned() };
        let breach = it.breached_at.map(|at| format!("shown {}", time(at))).unwrap_or_default();
        out.push_str(&row([
            moment,
            &escape(stage.as_str()),
            &escape(&it.id),
            &escape(&it.limit),
            &standing,
            &seen(it),
            &breach,
            &accepted(it, at),
        ]));
    }
}

/// `0.42 % of 2,600`; for windows of a value, a description.
fn seen(it: &GuardrailState) -> String {
    match (it.share, it.samples) {
        (Some(share), Some(samples)) => format!("{} of {}", percent(share), grouped(count(samples))),
        _ => escape(&it.reason),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts, which are far smaller")]
fn count(samples: u64) -> f64 {
    samples as f64
}

fn accepted(it: &GuardrailState, at: DateTime<Utc>) -> String {
    let Some(it) = &it.accepted else { return String::new() };
    let over = if it.until <= at { ", over" } else { "" };
    let reason: &Str = &it.reason;
    format!("by {} until {}{over}: {}", spoken(it.voice.spoken()), time(it.until), escape(reason))
}
