//! The newest decision as a decision record: context, options, decision, consequences.

use std::fmt::Write as _;

use super::{
    markdown::{code, escape},
    minutes::{MinutesInput, dissent, gates, spoken, target, time, title, waivers},
    words::{headline, tally},
};
use gonogo_domain::{Board, Decision, DecisionRecord, DecisionState};

/// The record of the newest decision; `None`: nothing was decided.
pub fn decision_record(record: &MinutesInput<'_>) -> Option<String> {
    let decision = record.history.decision()?;
    // The board it was made on is kept whole with it; one that cannot be read is reported, not replaced.
    let then: Option<Board> = decision.board.read().ok();
    let mut out = String::new();
    title(&mut out, &format!("Decision {}: {}", record.history.decisions.len(), decision.label()), record);
    let _ = writeln!(out, "- Status: {}", status(record.board.decision.as_ref()));
    let _ = writeln!(out, "- Date: {}", time(decision.at));
    let _ = writeln!(out, "- Decided by: {}", spoken(decision.spoken()));
    context(&mut out, record, decision, then.as_ref());
    options(&mut out, record.board, decision);
    consequences(&mut out, decision);
    waivers(&mut out, record);
    match &then {
        Some(board) => gates(&mut out, board),
        None => out.push_str("\nThe board that was kept with the decision cannot be read.\n"),
    }
    let _ = writeln!(out, "\nJournal: {} entries, head {}.", record.history.len, code(record.head));
    Some(out)
}

fn status(state: Option<&DecisionState>) -> String {
    match state.and_then(|state| state.void.as_deref()) {
        Some(why) => format!("does not stand: {}", escape(why)),
        None => "stands".into(),
    }
}

fn context(out: &mut String, record: &MinutesInput<'_>, decision: &DecisionRecord, then: Option<&Board>) {
    out.push_str("\n## Context\n\n");
    let _ = writeln!(out, "- Target: {}", target(record.board, decision.commit.as_ref()));
    let _ = writeln!(out, "- Checklists: {}", code(decision.checklist_digest.as_str()));
    let Some(board) = then else { return };
    let _ = writeln!(out, "- Board: {}, {}", escape(&headline(board)), tally(&board.score));
    for reason in &board.reasons {
        let _ = writeln!(out, "- Open: {}", escape(reason));
    }
    if let Some(poll) = board.roll_call.as_ref().filter(|_| decision.round.is_some()) {
        let _ = writeln!(
            out,
            "- Roll call {}: {} of {} stations heard, quorum {}",
            poll.round,
            poll.heard,
            poll.stations.len(),
            poll.quorum
        );
    }
}

fn options(out: &mut String, board: &Board, decision: &DecisionRecord) {
    out.push_str("\n## Options\n\n");
    let own = board.roll_call.iter().flat_map(|poll| &poll.options).map(|it| escape(it));
    for option in ["GO", "HOLD", "NO-GO", "SCRUB"].map(str::to_owned).into_iter().chain(own) {
        let word = decision.decision.word();
        let chosen = match &decision.decision {
            Decision::Go { option: Some(own) } | Decision::NoGo { option: Some(own), .. } => {
                escape(own) == option || word == option
            }
            _ => word == option,
        };
        let mark = match decision.label() {
            _ if !chosen => String::new(),
            label if label == word => " (chosen)".into(),
            label => format!(" (chosen, as {label})"),
        };
        let _ = writeln!(out, "- {option}{mark}");
    }
    for it in &decision.terms.considered {
        let _ = writeln!(out, "- Considered: {}: {}", escape(&it.option), escape(&it.tradeoff));
    }
}

fn consequences(out: &mut String, decision: &DecisionRecord) {
    let _ = writeln!(out, "\n## Decision\n\n{}: {}", decision.label(), escape(&decision.reason));
    out.push_str("\n## Consequences\n\n");
    let said = match &decision.decision {
        Decision::Go { .. } if decision.overrides => {
            "The board was not GO. This is an OVERRIDE: it lets stages start, and no report calls it GO."
                .into()
        }
        Decision::Go { option } => {
            let how = option.as_ref().map(|own| format!(", as {}", escape(own))).unwrap_or_default();
            format!("It goes out at this commit{how}; another commit needs another decision.")
        }
        Decision::NoGo { new_date: Some(date), .. } => {
            format!("It does not go out; next review {}.", time(*date))
        }
        Decision::NoGo { .. } => "It does not go out.".into(),
        Decision::Hold { until, .. } => {
            let end = until.map(|until| format!(" until {}", time(until))).unwrap_or_default();
            format!("The T clock stands{end}; stations are called again.")
        }
        Decision::Scrub { t0 } => format!("T-0 moves to {}.", time(*t0)),
    };
    let _ = writeln!(out, "- {said}");
    for it in &decision.terms.conditions {
        let _ = writeln!(out, "- Condition, watched as a gate: {}", escape(&it.said()));
    }
    if let Some(review) = decision.terms.review {
        let _ = writeln!(out, "- Next review: {}", time(review));
    }
    super::risks::decided(out, &decision.terms.risks);
    dissent(out, decision);
}
