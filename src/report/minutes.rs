//! The minutes of a go/no-go meeting: every round, answer, correction and decision, with whose word it was, as
//! Markdown. Foreign text is escaped; the journal's head ties the page to the record.

use std::{collections::HashMap, fmt::Write as _};

use chrono::{DateTime, Utc};

use super::{
    markdown::{code, escape, head, row},
    words::{headline, tally},
};
use gonogo_domain::{
    Actor, Ballot, Board, BoardWord, Decision, DecisionRecord, History, Oid, Party, RollCall, Spoken,
    StageAct, StageSaid, Vote, Waiver,
};
use gonogo_text::length;

/// What a page is made of.
#[derive(Clone, Copy, Debug)]
pub struct MinutesInput<'a> {
    /// The board now.
    pub board: &'a Board,
    /// What people said.
    pub history: &'a History,
    /// The hash of the journal's newest entry.
    pub head: &'a str,
    /// Nothing of it was real.
    pub rehearsal: bool,
}

/// The minutes.
pub fn minutes(record: &MinutesInput<'_>) -> String {
    let mut out = String::new();
    let MinutesInput { board, history, .. } = record;
    title(&mut out, "Minutes", record);
    facts(&mut out, record);
    for poll in &history.roll_calls {
        round(&mut out, board, poll);
        for decision in history.decisions.iter().filter(|it| it.round == Some(poll.round)) {
            decided(&mut out, decision);
        }
    }
    for decision in history.decisions.iter().filter(|it| it.round.is_none()) {
        decided(&mut out, decision);
    }
    waivers(&mut out, record);
    starts(&mut out, history);
    stages(&mut out, history);
    super::watched::guardrails(&mut out, history, board);
    rollbacks(&mut out, history);
    super::message::minutes(&mut out, history);
    super::incident::in_minutes(&mut out, history);
    super::risks::in_minutes(&mut out, history);
    clock(&mut out, history);
    writes(&mut out, history);
    super::review::in_minutes(&mut out, history);
    gates(&mut out, board);
    out
}

pub(super) fn title(out: &mut String, what: &str, record: &MinutesInput<'_>) {
    let board = record.board;
    let _ = writeln!(out, "# {what}: {} {}\n", escape(&board.title), escape(&board.version));
    if record.rehearsal {
        out.push_str("> **REHEARSAL**: this was practice. Nothing on this page was decided.\n\n");
    }
}

/// The repository, the ref and the commit.
pub(super) fn target(board: &Board, commit: Option<&Oid>) -> String {
    let commit = commit.map_or_else(|| "an unknown commit".into(), |it| code(it.as_str()));
    board.target.as_ref().map_or_else(
        || "none: nothing in this launch is about a commit".into(),
        |target| format!("{} {} at {commit}", escape(&target.repository), escape(&target.git_ref)),
    )
}

fn facts(out: &mut String, record: &MinutesInput<'_>) {
    let MinutesInput { board, history, head: newest, .. } = record;
    out.push_str(&head(["Launch", &escape(&board.launch)]));
    let target = target(board, board.commit.as_ref());
    let word = format!("{}, {}", escape(&headline(board)), tally(&board.score));
    let t0 = history.t0().unwrap_or(board.t0);
    let held = length(board.held_for);
    let clock = match (board.held_since, board.held_for.is_zero()) {
        (Some(since), _) => format!("{}, T clock held since {}", time(t0), time(since)),
        (None, false) => format!("{}, holds so far: {held}", time(t0)),
        (None, true) => time(t0),
    };
    let journal = format!("{} entries, head {}", history.len, code(newest));
    for (name, value) in [
        ("Target", target),
        ("T-0", clock),
        ("Board", word),
        ("Written", time(board.evaluated_at)),
        ("Checklists", code(board.checklist_digest.as_str())),
        ("Journal", journal),
    ] {
        out.push_str(&row([name, &value]));
    }
}

fn round(out: &mut String, board: &Board, poll: &RollCall) {
    let _ = writeln!(out, "\n## Roll call {}\n", poll.round);
    let _ = writeln!(out, "Opened by {} at {}.", spoken(poll.spoken()), time(poll.opened_at));
    if poll.ballots.is_empty() {
        out.push_str("\nNo station answered.\n");
    } else {
        out.push('\n');
        out.push_str(&head(["No.", "Station", "Answer", "By", "At", "In their words"]));
    }
    let numbers: HashMap<_, _> = poll.ballots.iter().zip(1..).map(|(it, no)| (it.id, no)).collect();
    let mut corrected_by: HashMap<_, usize> = HashMap::new();
    for (ballot, no) in poll.ballots.iter().zip(1..) {
        ballot.corrects.map(|old| corrected_by.entry(old).or_insert(no));
    }
    for ballot in &poll.ballots {
        out.push_str(&answer(board, poll, ballot, (&numbers, &corrected_by)));
    }
    let state = board.roll_call.as_ref();
    let silent = state
        .into_iter()
        .flat_map(|state| &state.stations)
        .filter(|it| poll.answered(&it.role).ballot.is_none());
    let silent: Vec<_> = silent.map(|it| escape(&it.title)).collect();
    if !silent.is_empty() {
        let _ = writeln!(out, "\nNot heard: {}.", silent.join(", "));
    }
    if let Some(state) = state.filter(|state| state.round == poll.round) {
        let _ = writeln!(
            out,
            "\n{} of {} stations stand as heard; the quorum is {}.",
            state.heard,
            state.stations.len(),
            state.quorum
        );
    }
}

/// By the id of an answer: its number on the page, or that of the answer that corrects it.
type Numbers = HashMap<uuid::Uuid, usize>;

fn answer(
    board: &Board,
    poll: &RollCall,
    ballot: &Ballot,
    (numbers, corrected_by): (&Numbers, &Numbers),
) -> String {
    let mut said = ballot.vote.word().to_owned();
    if let Vote::Delegate { to } = &ballot.vote {
        said.push_str(&format!(" to {}", escape(to.as_str())));
    }
    if let Some(old) = ballot.corrects.and_then(|id| numbers.get(&id)) {
        said.push_str(&format!(", corrects no. {old}"));
    }
    if let Some(new) = corrected_by.get(&ballot.id) {
        said.push_str(&format!(", corrected by no. {new}"));
    }
    if let Some(word) = ballot.computed.filter(|word| ballot.vote == Vote::Go && *word != BoardWord::Go) {
        said.push_str(&format!(", its gates said {word}"));
    }
    if let Some(why) = ballot.void(board.commit.as_ref()).filter(|_| !poll.closed) {
        said.push_str(&format!(", void: {}", escape(&why)));
    }
    let state = board.roll_call.as_ref().and_then(|it| it.station(&ballot.station));
    let mut station = state.map_or_else(|| escape(ballot.station.as_str()), |it| escape(&it.title));
    if let Some(by) = &ballot.delegated_by {
        station = format!("for {station}, delegated by {}", escape(by.as_str()));
    }
    let mut words: Vec<_> = ballot.vote.conditions().iter().map(|it| format!("if: {}", escape(it))).collect();
    words.extend(ballot.note.iter().map(|note| escape(note)));
    let (by, no) = (spoken(ballot.spoken()), numbers.get(&ballot.id).copied().unwrap_or_default());
    row([&no.to_string(), &station, &said, &by, &time(ballot.at), &words.join("; ")])
}

/// One decision with its reason, its dissent and what it was made on.
pub(super) fn decided(out: &mut String, record: &DecisionRecord) {
    let by = spoken(record.spoken());
    let _ = writeln!(out, "\n## {}, decided by {by} at {}\n", record.label(), time(record.at));
    let _ = writeln!(out, "- Reason: {}", escape(&record.reason));
    if record.overrides {
        let _ = writeln!(out, "- **OVERRIDE**: the evidence was {}, which this does not change", record.word);
    } else {
        let _ = writeln!(out, "- The evidence was {}", record.word);
    }
    if !record.over.is_empty() {
        let stations: Vec<_> = record.over.iter().map(|it| escape(it.as_str())).collect();
        let _ = writeln!(out, "- **OVER DISSENT**: decided knowing that {} said NO-GO", stations.join(", "));
    }
    if let Some(commit) = &record.commit {
        let _ = writeln!(out, "- Commit: {}", code(commit.as_str()));
    }
    details(out, &record.decision);
    terms(out, record);
    dissent(out, record);
    if let Some(end) = &record.resumed {
        let (by, reason) = (spoken(end.spoken()), escape(&end.reason));
        let _ = writeln!(out, "- The hold was ended by {by} at {}: {reason}", time(end.at));
    }
}

fn details(out: &mut String, decision: &Decision) {
    match decision {
        Decision::Go { option } => {
            if let Some(option) = option {
                let _ = writeln!(out, "- Chosen: {}", escape(option));
            }
        }
        Decision::NoGo { option, new_date } => {
            if let Some(option) = option {
                let _ = writeln!(out, "- Chosen: {}", escape(option));
            }
            if let Some(date) = new_date {
                let _ = writeln!(out, "- Next review: {}", time(*date));
            }
        }
        Decision::Hold { until, until_true } => {
            if let Some(until) = until {
                let _ = writeln!(out, "- Until: {}", time(*until));
            }
            for what in until_true {
                let _ = writeln!(out, "- Until {} is true", escape(what));
            }
        }
        Decision::Scrub { t0 } => {
            let _ = writeln!(out, "- New T-0: {}", time(*t0));
        }
    }
}

/// The options that were weighed, the conditions, the next review, the risks that were there.
pub(super) fn terms(out: &mut String, record: &DecisionRecord) {
    let terms = &record.terms;
    for it in &terms.considered {
        let _ = writeln!(out, "- Considered: {}: {}", escape(&it.option), escape(&it.tradeoff));
    }
    for it in &terms.conditions {
        let _ = writeln!(out, "- Condition: {}", escape(&it.said()));
    }
    if terms.replaces {
        out.push_str("- The conditions of earlier calls ended with it\n");
    }
    if let Some(review) = terms.review {
        let _ = writeln!(out, "- Next review: {}", time(review));
    }
    super::risks::decided(out, &terms.risks);
}

/// Who did not simply agree, in their own words.
pub(super) fn dissent(out: &mut String, record: &DecisionRecord) {
    for given in &record.dissent {
        let mut words: Vec<_> = given.vote.conditions().iter().map(|it| escape(it)).collect();
        words.extend(given.note.iter().map(|note| escape(note)));
        let (station, by) = (escape(given.station.as_str()), escape(given.by.as_str()));
        let what = if given.vote.conditions().is_empty() { "Dissent" } else { "Condition" };
        let _ = writeln!(out, "- {what}: {station} ({by}) said {}: {}", given.vote.word(), words.join("; "));
    }
}

/// Every word on criteria and results of stages.
fn stages(out: &mut String, history: &History) {
    let each = history.stage_words.iter();
    let mut all: Vec<_> = each.flat_map(|(stage, all)| all.iter().map(move |word| (stage, word))).collect();
    all.sort_by_key(|(_, word)| word.seq);
    if all.is_empty() {
        return;
    }
    out.push_str("\n## What stages showed\n\n");
    out.push_str(&head(["Stage", "What", "By", "At"]));
    for (stage, word) in all {
        let what = match &word.said {
            StageSaid::Criterion { text, holds, note } => {
                let note = note.as_ref().map(|note| format!(": {}", escape(note))).unwrap_or_default();
                format!("{}, {}{note}", escape(text), super::plain::criterion(Some(*holds)))
            }
            StageSaid::Answers(all) => {
                let each = all.iter().map(|(name, answer)| format!("{} = {}", escape(name), escape(answer)));
                each.collect::<Vec<_>>().join(", ")
            }
            StageSaid::Accepted { guardrail, limit, reason, until, .. } => {
                let (id, limit, until) = (escape(guardrail), escape(limit), time(*until));
                format!("breach of guardrail/{id} ({limit}) ACCEPTED until {until}: {}", escape(reason))
            }
            StageSaid::AcceptanceEnded { guardrail, reason } => {
                let (id, reason) = (escape(guardrail), escape(reason));
                format!("breach of guardrail/{id} accepted no more: {reason}")
            }
        };
        out.push_str(&row([&escape(stage.as_str()), &what, &spoken(word.spoken()), &time(word.at)]));
    }
}

/// Every run of the rollback: who started it and why, each step, how it ended.
pub(super) fn rollbacks(out: &mut String, history: &History) {
    for run in &history.rollbacks {
        let (by, at) = (spoken(run.voice.spoken()), time(run.voice.at));
        let _ = writeln!(out, "\n## Rollback, started by {by} at {at}\n");
        let _ = writeln!(out, "- Reason: {}", escape(&run.reason));
        match &run.ended {
            Some(end) => {
                let (by, at) = (spoken(end.voice.spoken()), time(end.voice.at));
                let _ = writeln!(out, "- **{}** by {by} at {at}: {}", end.result.word(), escape(&end.reason));
            }
            None => out.push_str("- It goes on\n"),
        }
        if !run.steps.is_empty() {
            out.push('\n');
            out.push_str(&head(["Step", "What", "By", "At", "In their words"]));
        }
        for step in &run.steps {
            let what = if step.skipped { "SKIPPED" } else { "done" };
            let note = step.note.as_deref().map(escape).unwrap_or_default();
            let (by, at) = (spoken(step.voice.spoken()), time(step.voice.at));
            out.push_str(&row([&escape(&step.step), what, &by, &at, &note]));
        }
    }
}

/// Every stage that started early, or against what was decided.
fn starts(out: &mut String, history: &History) {
    let all = history.stages.iter().flat_map(|(stage, all)| all.iter().map(move |record| (stage, record)));
    let mut all: Vec<_> = all.filter(|(_, record)| record.overrides).collect();
    all.sort_by_key(|(_, record)| record.seq);
    if all.is_empty() {
        return;
    }
    out.push_str("\n## Stages started or closed by an OVERRIDE\n\n");
    out.push_str(&head(["Stage", "By", "At", "Reason"]));
    let closed = |step| if step == StageAct::Closed { ", closed" } else { "" };
    for (stage, record) in all {
        let why = record.note.as_deref().map(escape).unwrap_or_default();
        let stage = format!("{}{}", escape(stage.as_str()), closed(record.step));
        out.push_str(&row([&stage, &spoken(record.spoken()), &time(record.at), &why]));
    }
}

/// Every waiver there was; what is waived is never drawn as go.
pub(super) fn waivers(out: &mut String, record: &MinutesInput<'_>) {
    let each = record.history.waivers.iter();
    let all: Vec<_> = each.flat_map(|(gate, all)| all.iter().map(move |it| (gate, it))).collect();
    if all.is_empty() {
        return;
    }
    out.push_str("\n## Waivers\n\n");
    out.push_str(&head(["Gate", "Approved by", "Reason", "Risk", "Conditions", "Scope", "Now"]));
    for (gate, waiver) in all {
        let counts = record.board.gate(gate).is_some_and(|it| it.is_waived_by(waiver));
        let now = now(waiver, record.board.evaluated_at, counts);
        let conditions: Vec<_> = waiver.conditions.iter().map(|it| escape(it)).collect();
        out.push_str(&row([
            &escape(gate.as_str()),
            &spoken(waiver.spoken()),
            &escape(&waiver.reason),
            &escape(&waiver.risk.to_string()),
            &conditions.join("; "),
            &format!("this gate, any commit, until {}", time(waiver.until)),
            &now,
        ]));
    }
}

/// A clock that ran ahead ended things; who said so is part of the record.
fn clock(out: &mut String, history: &History) {
    for (at, actor, to, why) in &history.clock_corrections {
        let (to, by, at) = (time(*to), who(actor), time(*at));
        let _ = writeln!(out, "\nThe journal's clock was corrected to {to} by {by} at {at}: {}", escape(why));
    }
}

/// What gonogo wrote to servers at somebody's word, and what became of it.
fn writes(out: &mut String, history: &History) {
    for it in &history.writes {
        let (what, by, at) = (escape(&it.write.subject), who(&it.actor), time(it.at));
        let told = it.told.as_ref().map(|told| format!(" ({})", escape(told))).unwrap_or_default();
        let _ = writeln!(out, "\ngonogo wrote at the word of {by}: {what}: {}{told}, {at}", it.state.word());
    }
}

fn now(waiver: &Waiver, at: DateTime<Utc>, counts: bool) -> String {
    match &waiver.ended {
        Some(end) => {
            let by = spoken(end.spoken());
            format!("ended {} by {by}: {}", time(end.at), escape(&end.reason))
        }
        None if counts => "counts".into(),
        None if waiver.until <= at => "has run out".into(),
        None => "does not count".into(),
    }
}

/// The board, gate by gate.
pub(super) fn gates(out: &mut String, board: &Board) {
    out.push_str("\n## Gates\n\n");
    out.push_str(&head(["Verdict", "Gate", "Title", "Why"]));
    for gate in board.gates.iter().filter(|gate| !gate.group || gate.counted) {
        let mark = super::plain::mark(gate);
        out.push_str(&row([
            &format!("{}{mark}", gate.verdict.word()),
            &escape(gate.id.as_str()),
            &escape(&gate.title),
            &escape(&gate.reason),
        ]));
    }
}

/// `octo (GitHub login octocat)`, `hu (claimed)`.
pub(super) fn who(actor: &Actor) -> String {
    format!("{} ({})", name(&actor.name), escape(&actor.known.to_string()))
}

/// Whose word, and who wrote it down: then it is a claim.
pub(super) fn spoken(word: Spoken<'_>) -> String {
    let fallback = word.as_fallback();
    match word.recorder {
        Some(recorder) => {
            format!("{} (unverified, written down by {}{fallback})", name(&word.by.name), who(recorder))
        }
        None => format!("{} ({}{fallback})", name(&word.by.name), escape(&word.by.known.to_string())),
    }
}

fn name(party: &Party) -> String {
    escape(party.as_str())
}

/// A moment, to the second.
pub(super) fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}
