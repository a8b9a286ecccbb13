//! The board as text: what blocks GO first, gates that are go folded into a count.

use std::{collections::HashSet, fmt::Write as _};

use chrono::{DateTime, Utc};

use super::{
    facts::moment,
    runner::harmless,
    words::{headline, tally},
};
use gonogo_domain::{
    Blocks, Board, Clause, ClauseKind, GateState, StageState, StageStatus, Standing, Verdict,
};
use gonogo_text::{age_in_words, clean, fit, pad, width};

/// Steps to GO that are listed; the gates themselves show the rest.
const MOST_STEPS: usize = 3;

/// What the reader wants to see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextOptions {
    /// List the gates that are go, and those that do not apply, too.
    pub verbose: bool,
}

/// The board as text, ending with a line end.
pub fn text(board: &Board, options: TextOptions) -> String {
    let mut out = String::new();
    head(&mut out, board);
    let listed = listed(board, options);
    let column = listed.iter().map(|gate| width(gate.id.as_str())).max().unwrap_or(0).clamp(12, 32);
    if !listed.is_empty() {
        out.push('\n');
    }
    for gate in &listed {
        entry(&mut out, gate, column, board.evaluated_at);
    }
    foot(&mut out, board, options);
    harmless(&out)
}

fn head(out: &mut String, board: &Board) {
    let commit = board.commit.as_ref().map_or("an unknown commit", |oid| oid.short());
    let at = board.target.as_ref().map(|target| format!(" at {commit} ({})", clean(&target.git_ref)));
    let _ = writeln!(
        out,
        "{}  {} {}{}  {}",
        headline(board),
        clean(&board.title),
        clean(&board.version),
        at.unwrap_or_default(),
        tally(&board.score),
    );
    for lowered in &board.lowered {
        let _ = writeln!(out, "  {}", clean(&lowered.reason));
    }
    if let Some(decision) = board.decision.as_ref().filter(|it| it.stands) {
        if board.lowered_by_decision().is_none() {
            let (label, by, at) = (decision.label(), decision.spoken().named(), moment(decision.at));
            let _ = writeln!(out, "  {label} by {} at {at}: {}", clean(&by), clean(&decision.reason));
        }
        for (name, value) in super::decision::terms(decision) {
            let _ = writeln!(out, "    {name}: {}", clean(&value));
        }
    }
}

/// Open gates worst first, then waived ones, then (if wanted) the rest in order.
fn listed(board: &Board, options: TextOptions) -> Vec<&GateState> {
    let wanted = |gate: &&GateState| {
        let quiet = matches!(gate.verdict, Verdict::Go | Verdict::NotApplicable);
        (options.verbose || !quiet) && (!gate.group || gate.counted)
    };
    let mut gates: Vec<_> = board.gates.iter().filter(wanted).collect();
    gates.sort_by_key(|gate| (!gate.counted, std::cmp::Reverse(gate.verdict)));
    gates
}

fn entry(out: &mut String, gate: &GateState, column: usize, now: DateTime<Utc>) {
    let id = pad(&fit(&clean(gate.id.as_str()), column), column);
    let mark = place(gate);
    let overdue = if gate.overdue { "  OVERDUE" } else { "" };
    let _ = writeln!(out, "  {:<8} {id}  {}{mark}{overdue}", gate.verdict.word(), clean(&gate.title));
    let indent = " ".repeat(2 + 8 + 1 + column + 2);
    let _ = writeln!(out, "{indent}{}{}", clean(&gate.reason), provenance(gate, now));
    for detail in gate.rows.iter().take(3) {
        let _ = writeln!(out, "{indent}- {}", clean(detail));
    }
    if gate.verdict.blocks() && !gate.next.is_empty() {
        let _ = writeln!(out, "{indent}next: {}", clean(&gate.next.to_string()));
    }
}

/// Where a gate that is not counted by itself belongs.
pub(super) fn place(gate: &GateState) -> String {
    match (&gate.blocks, &gate.parent) {
        _ if gate.counted => String::new(),
        (Blocks::Nothing, _) => " (advisory)".into(),
        (Blocks::Stage(stage), _) => format!(" (before stage {})", clean(stage.as_str())),
        (Blocks::Close, _) => " (before the launch is closed)".into(),
        (Blocks::Go, Some(parent)) => format!(" (in {})", clean(parent.as_str())),
        (Blocks::Go, None) => String::new(),
    }
}

/// The same behind a verdict in a cell of Markdown: where anything stands there, a space before it.
pub(super) fn mark(gate: &GateState) -> String {
    let place = place(gate);
    if place.is_empty() { place } else { format!(" {}", super::markdown::escape(place.trim_start())) }
}

/// `  (github workflow smoke.yml, 8 s ago, stale)`.
fn provenance(gate: &GateState, now: DateTime<Utc>) -> String {
    let mut parts = Vec::new();
    if !gate.evidence.is_empty() {
        parts.push(clean(&gate.evidence).into_owned());
    }
    if let Some(seen) = gate.observed_at {
        parts.push(format!("{} ago", age_in_words((now - seen.wall).to_std().unwrap_or_default())));
    }
    if gate.stale {
        parts.push("stale".into());
    }
    if parts.is_empty() { String::new() } else { format!("  ({})", parts.join(", ")) }
}

/// What a stage that is out has shown: its guardrails, the state first, a breach in capitals; its criteria and results.
fn watched(out: &mut String, stage: &StageState) {
    let ramp =
        stage.ramp.and_then(|ramp| Some(format!(", {:.0} % of {} % by its ramp now", ramp.now?, ramp.to)));
    let held = stage.clauses.iter().find(|it| it.kind == ClauseKind::Hold);
    let held = held.map(|it| format!(", held: waits for {}", clean(&it.text))).unwrap_or_default();
    let back = if stage.status == StageStatus::RolledBack { ", rolled back" } else { "" };
    let _ = writeln!(
        out,
        "\nstage {} ({}){}{held}{back}",
        clean(stage.id.as_str()),
        clean(&stage.audience),
        ramp.unwrap_or_default()
    );
    for it in &stage.guardrails {
        let word = it.standing.word();
        let word = if it.standing == Standing::Breach { word.to_uppercase() } else { word.to_owned() };
        let _ = writeln!(out, "  {word:<14} {}: {}", clean(&it.id), clean(&it.reason));
        if !it.next.is_empty() {
            let _ = writeln!(out, "  {:<14} next: {}", "", clean(&it.next.to_string()));
        }
    }
    for it in &stage.criteria {
        let by = it.spoken().map(|word| format!(" ({})", clean(&word.named()))).unwrap_or_default();
        let note = it.note.as_ref().map(|note| format!(": {}", clean(note))).unwrap_or_default();
        let _ = writeln!(out, "  {:<14} {}{by}{note}", criterion(it.holds), clean(&it.text));
    }
    for it in &stage.answers {
        let _ = match &it.answer {
            Some(answer) => writeln!(out, "  {:<14} {} = {}", "result", clean(&it.name), clean(answer)),
            None => writeln!(out, "  {:<14} {} ({})", "no result yet", clean(&it.name), it.kind.word()),
        };
    }
}

/// What a stage that has not started waits for, besides the decision and the stages before it.
fn waits(out: &mut String, stage: &StageState) {
    use ClauseKind::{Freeze, Gate, Incident, Reach, Rollback};
    let of_its_own = |it: &&Clause| matches!(it.kind, Freeze | Gate | Incident | Reach | Rollback);
    let all: Vec<_> = stage.open().filter(of_its_own).map(|it| clean(&it.text)).collect();
    if !all.is_empty() {
        let (id, audience) = (clean(stage.id.as_str()), clean(&stage.audience));
        let _ = writeln!(out, "\nstage {id} ({audience}) waits for {}", all.join("; "));
    }
}

/// What people recorded about a criterion.
pub(super) fn criterion(holds: Option<bool>) -> &'static str {
    match holds {
        Some(true) => "confirmed",
        Some(false) => "DOES NOT HOLD",
        None => "to be confirmed",
    }
}

fn foot(out: &mut String, board: &Board, options: TextOptions) {
    let folded = board.gates.iter().filter(|gate| gate.counted && gate.verdict == Verdict::Go).count();
    if !options.verbose && folded > 0 {
        let _ = writeln!(out, "\n  {:<8} {folded} {}", "GO", if folded == 1 { "gate" } else { "gates" });
    }
    if !board.path.steps.is_empty() {
        let mut seen = HashSet::new();
        let said = board.path.steps.iter().map(|step| &step.does).filter(|does| seen.insert(*does));
        let mut steps: Vec<_> = said.map(|does| clean(&does.to_string()).into_owned()).collect();
        if steps.len() > MOST_STEPS {
            let more = steps.len() - MOST_STEPS;
            steps.truncate(MOST_STEPS);
            steps.push(format!("and {more} more"));
        }
        let when =
            board.path.not_before.map(|at| format!(". Not before {}", at.format("%Y-%m-%d %H:%M UTC")));
        let _ = writeln!(out, "\nnext: {}{}.", steps.join("; "), when.unwrap_or_default());
    }
    let told = |stage: &&StageState| {
        let asks = !stage.criteria.is_empty() || !stage.answers.is_empty() || stage.ramp.is_some();
        let held = stage.status == StageStatus::Held;
        held || !stage.guardrails.is_empty() || (asks && stage.started.is_some() && !stage.clauses.is_empty())
    };
    for stage in board.stages.iter().filter(told) {
        watched(out, stage);
    }
    for stage in board.stages.iter().filter(|it| it.started.is_none()) {
        waits(out, stage);
    }
    if let Some(reach) = &board.reach {
        let mark = if reach.drifts() { "DRIFT: " } else { "out: " };
        let _ = writeln!(out, "\n{mark}{}", clean(&reach.describe()));
    }
    super::rollback::below(out, board);
    if options.verbose {
        super::message::in_time(out, board);
    }
    super::message::below(out, board);
    super::incident::below(out, board);
    super::risks::below(out, board);
    for stage in &board.stages {
        if let Some(who) = &stage.overridden {
            let _ = writeln!(out, "OVERRIDE: stage {} was started {}", clean(stage.id.as_str()), clean(who));
        }
        if let Some(who) = &stage.closed_early {
            let _ = writeln!(out, "OVERRIDE: stage {} was closed {}", clean(stage.id.as_str()), clean(who));
        }
    }
    for remark in &board.remarks {
        let _ = writeln!(out, "note: {}", clean(remark));
    }
}
