//! The risks of a launch for people and for machines, the worst first.

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    headline,
    json::{name, part_page, plain},
    markdown::{escape, head, row},
    minutes::{spoken, time},
    runner::harmless,
};
use gonogo_domain::{Board, DecidedRisk, History, RiskState, RiskStatus, Triage};
use gonogo_text::clean;

/// The risks as text, ending with a line end: what `gonogo risk list` says.
pub fn risks_text(board: &Board) -> String {
    let mut out = format!("{}  {} {}\n\n", headline(board), clean(&board.title), clean(&board.version));
    if board.risks.is_empty() {
        out.push_str("no risk is recorded: gonogo risk add records one\n");
    }
    for it in board.risks_worst_first() {
        one(&mut out, it);
    }
    harmless(&out)
}

/// What there is to say of them below a board: those that are there.
pub(super) fn below(out: &mut String, board: &Board) {
    let there: Vec<_> = board.risks_worst_first().into_iter().filter(|it| it.is_there()).collect();
    if !there.is_empty() {
        out.push_str("\nrisks\n");
    }
    for it in there {
        one(out, it);
    }
}

fn one(out: &mut String, it: &RiskState) {
    let _ = writeln!(out, "  {}", clean(&said(it)));
    let _ = writeln!(out, "  {:<9} {}", "", clean(&it.figures.said()));
    if let Some(word) = settled(it) {
        let _ = writeln!(out, "  {:<9} {}", "", clean(&word));
    }
}

/// `BLOCKS    refunds  refunds may fail (qa)`. Foreign text in it is not yet sanitised.
fn said(it: &RiskState) -> String {
    let gate = it.figures.gate.as_ref().map(|gate| format!(", about {gate}")).unwrap_or_default();
    let word = if it.blocks() { it.word().to_uppercase() } else { it.word().to_owned() };
    format!("{word:<9} {}  {} ({}{gate})", it.id, it.figures.what, it.figures.owner)
}

/// Who settled it, and how.
fn settled(it: &RiskState) -> Option<String> {
    let voice = it.word.as_ref()?;
    let until = it.until.map(|at| format!(" until {}", moment(at))).unwrap_or_default();
    let note = it.note.as_deref().unwrap_or_default();
    Some(format!("{}{until} by {} at {}: {note}", it.status.word(), voice.spoken().named(), moment(voice.at)))
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// One line for forms without a layout of its own. Foreign text in it is not yet sanitised.
pub(super) fn fact(it: &RiskState) -> String {
    let settled = settled(it).map(|word| format!("; {word}")).unwrap_or_default();
    format!("{} {}: {}; {}{settled}", it.id, it.word(), it.figures.what, it.figures.said())
}

/// Every word on risks, as a part of the minutes.
pub(super) fn in_minutes(out: &mut String, history: &History) {
    if history.risks.is_empty() {
        return;
    }
    out.push_str("\n## Risks\n\n");
    out.push_str(&head(["Risk", "What was said", "By", "At"]));
    for record in &history.risks {
        for entry in &record.entries {
            let (by, at) = (spoken(entry.voice.spoken()), time(entry.voice.at));
            out.push_str(&row([&escape(&record.id), &escape(&entry.step.said()), &by, &at]));
        }
    }
}

/// Those that were there when a final call was made.
pub(super) fn decided(out: &mut String, risks: &[DecidedRisk]) {
    for it in risks {
        let accepted = if it.accepted { ", accepted" } else { "" };
        let _ =
            writeln!(out, "- Risk {} ({}{accepted}): {}", escape(&it.id), it.triage.word(), escape(&it.what));
    }
}

/// The risks as JSON: what `--check` calls `risks`, ending with a line end.
pub fn risks_json(board: &Board) -> String {
    part_page(board, BTreeMap::from([("risks", board.risks.iter().map(RiskJson::from).collect::<Vec<_>>())]))
}

/// A risk of a board.
#[derive(Serialize)]
pub(super) struct RiskJson {
    id: String,
    title: String,
    triage: Triage,
    status: RiskStatus,
    severity: u8,
    likelihood: &'static str,
    users_percent: Option<f64>,
    workaround: Option<String>,
    owner: String,
    gate: Option<String>,
    stated_by: String,
    stated_at: DateTime<Utc>,
    by: Option<String>,
    at: Option<DateTime<Utc>>,
    note: Option<String>,
    until: Option<DateTime<Utc>>,
}

impl From<&RiskState> for RiskJson {
    fn from(it: &RiskState) -> Self {
        let figures = &it.figures;
        Self {
            id: plain(&it.id),
            title: plain(&figures.what),
            triage: it.triage,
            status: it.status,
            severity: figures.severity.number(),
            likelihood: figures.likelihood.word(),
            users_percent: figures.users,
            workaround: figures.workaround.as_deref().map(plain),
            owner: name(&figures.owner),
            gate: figures.gate.as_ref().map(|gate| plain(gate.as_str())),
            stated_by: plain(&it.stated.spoken().named()),
            stated_at: it.stated.at,
            by: it.word.as_ref().map(|it| plain(&it.spoken().named())),
            at: it.word.as_ref().map(|it| it.at),
            note: it.note.as_deref().map(plain),
            until: it.until,
        }
    }
}
