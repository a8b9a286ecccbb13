//! Words that every form shares.

use gonogo_domain::{Board, Cause, Lowering, Score, StepKind};
use gonogo_text::clean;

/// `17 go + 1 waived of 21 blocking gates, 2 not applicable`. Nothing is left out, and nothing added to go.
pub fn tally(score: &Score) -> String {
    let waived = if score.waived > 0 { format!(" + {} waived", score.waived) } else { String::new() };
    let gates = if score.of == 1 { "gate" } else { "gates" };
    let out = match score.not_applicable {
        0 => String::new(),
        count => format!(", {count} not applicable"),
    };
    format!("{} go{waived} of {} blocking {gates}{out}", score.go, score.of)
}

/// Behind a step, where it is no person that must act.
pub(super) fn by_what(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Act => "",
        StepKind::Machine => " (a machine)",
        StepKind::Wait => " (time)",
    }
}

/// The word with all that belongs to it: `GO with 2 waivers (only qa; evidence only)`, `OVERRIDE`; what is not about the
/// present begins with that: `RECORDING of 2026-12-02 08:58 UTC: GO`; what people decided ends it: `HOLD: decided by octo;
/// evidence: GO` (V15), and stands in it: `GO OVER DISSENT of support`.
pub fn headline(board: &Board) -> String {
    let mut line = match board.scope.played {
        Some(played) => {
            format!("{} of {}: ", played.word(), board.evaluated_at.format("%Y-%m-%d %H:%M UTC"))
        }
        None => String::new(),
    };
    line.push_str(board.named());
    if let Some(over) = board.over_dissent() {
        let stations: Vec<_> = over.iter().map(|it| clean(it.as_str()).into_owned()).collect();
        line.push_str(&format!(" OVER DISSENT of {}", stations.join(", ")));
    }
    match board.score.waived {
        0 => {}
        1 => line.push_str(" with 1 waiver"),
        many => line.push_str(&format!(" with {many} waivers")),
    }
    let mut narrowed = Vec::new();
    if !board.scope.only.is_empty() {
        let names: Vec<_> = board.scope.only.iter().map(|id| clean(id.as_str()).into_owned()).collect();
        narrowed.push(format!("only {}", names.join(", ")));
    }
    if board.scope.evidence_only {
        narrowed.push("evidence only, people left out".into());
    }
    if !narrowed.is_empty() {
        line.push_str(&format!(" ({})", narrowed.join("; ")));
    }
    if let Some(override_) = &board.overridden {
        line.push_str(&format!(" OVERRIDE {}", clean(override_)));
    }
    if let Some(lowered) = board.lowered_by_decision() {
        line.push_str(&format!(": {}; evidence: {}", clean(&by_whom(board, lowered)), board.evidence));
    }
    if board.target.is_none() {
        line.push_str(", no target");
    }
    line
}

/// `decided by octo`, `SCRUB decided by octo`, `by octo: errors went up` of a rollback, `a new final call is needed`.
fn by_whom(board: &Board, lowered: &Lowering) -> String {
    if lowered.cause == Cause::RolledBack
        && let Some(run) = board.rollback.as_ref().and_then(|it| it.run.as_ref())
        && let (Some(ended), Some(result)) = (&run.ended, run.result)
    {
        let label = if board.is_rolled_back() { String::new() } else { format!("{} ", result.word()) };
        let why = run.outcome.as_deref().unwrap_or_default();
        return format!("{label}by {}: {why}", ended.spoken().named());
    }
    if let Some(it) = board.closed.as_ref().filter(|_| lowered.cause == Cause::Closed) {
        let label = if board.is_closed() { "" } else { "closed " };
        return format!("{label}by {}: {}", it.voice.spoken().named(), it.reason);
    }
    let Some(it) = board.decision.as_ref().filter(|it| it.stands && lowered.cause == Cause::Decision) else {
        return "a new final call is needed".into();
    };
    let label = if it.label() == board.named() { String::new() } else { format!("{} ", it.label()) };
    format!("{label}decided by {}", it.spoken().named())
}
