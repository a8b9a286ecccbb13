//! The rollback for people and for machines: what calls for it, where it is, how it ended.

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    headline,
    json::{name, part_page, plain},
    runner::harmless,
    speaker::SpeakerJson,
};
use gonogo_domain::{Board, RollbackPhase, RollbackResult, RollbackState, StepState, StepStatus, Voice};
use gonogo_text::{clean, length};

/// The rollback as text, ending with a line end: what `gonogo rollback show` says.
pub fn rollback_text(board: &Board) -> String {
    let mut out = format!("{}  {} {}\n", headline(board), clean(&board.title), clean(&board.version));
    let stages: Vec<_> = board.stages.iter().filter(|it| it.status.is_out()).collect();
    let named: Vec<_> = stages.iter().map(|it| clean(it.id.as_str()).into_owned()).collect();
    let _ = match named.as_slice() {
        [] => writeln!(out, "out now: nothing"),
        all => writeln!(out, "out now: {}", all.join(", ")),
    };
    for stage in stages.iter().filter(|_| board.rollback.is_some()) {
        if let Some(command) = stage.by_hand.as_ref().filter(|_| calls_back(board)) {
            let _ = writeln!(out, "  {}: {}", clean(stage.id.as_str()), clean(command));
        }
    }
    match &board.rollback {
        Some(state) => whole(&mut out, state),
        None => out.push_str(
            "\nno rollback is planned in launch.yaml; gonogo rollback start begins one all the same\n",
        ),
    }
    harmless(&out)
}

fn calls_back(board: &Board) -> bool {
    let phase = board.rollback.as_ref().map(|it| it.phase);
    matches!(phase, Some(RollbackPhase::Called | RollbackPhase::Running))
}

/// What there is to say of it below a board: nothing while nothing calls for it.
pub(super) fn below(out: &mut String, board: &Board) {
    if let Some(state) = board.rollback.as_ref().filter(|it| it.phase != RollbackPhase::Planned) {
        whole(out, state);
    }
}

fn whole(out: &mut String, state: &RollbackState) {
    let _ = writeln!(out, "\nrollback: {}", clean(&said(state)));
    if let Some(notes) = &state.notes {
        let _ = writeln!(out, "  notes: {}", clean(notes));
    }
    for it in &state.steps {
        step(out, it);
    }
}

/// Where it is, in a sentence. Foreign text in it is not yet sanitised.
pub(super) fn said(state: &RollbackState) -> String {
    if let Some(call) = &state.called {
        let by = match (call.decide_by, call.overdue) {
            (Some(by), true) => format!("; OVERDUE: to be decided by {}", moment(by)),
            (Some(by), false) => format!("; to be decided by {}", moment(by)),
            (None, _) => String::new(),
        };
        let since = moment(call.since);
        return format!(
            "called for by guardrail/{} of stage/{} since {since}{by}",
            call.guardrail, call.stage
        );
    }
    let Some(run) = &state.run else { return "planned; nothing calls for it".to_owned() };
    let started = format!("started {}: {}", spoken(&run.started), run.reason);
    match (&run.ended, run.result) {
        (Some(ended), Some(result)) => {
            let outcome = run.outcome.as_deref().unwrap_or_default();
            format!("{} {}: {outcome}; {started}", result.word(), spoken(ended))
        }
        _ => format!("RUNNING, {started}"),
    }
}

fn step(out: &mut String, it: &StepState) {
    let who = it.plan.owner.as_ref().map(|party| format!(" ({})", clean(party.as_str()))).unwrap_or_default();
    let _ = writeln!(out, "  {:<8} {}  {}{who}", it.status.word(), clean(&it.plan.id), clean(&it.plan.title));
    if let Some(voice) = &it.voice {
        let note = it.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        let _ = writeln!(out, "  {:<8} {}", "", clean(&format!("{}{note}", spoken(voice))));
    }
    if it.status == StepStatus::Now {
        let due = it.due.map(|due| format!("due {}", moment(due)));
        let late = if it.overdue { ", OVERDUE" } else { "" };
        if let Some(due) = due {
            let _ = writeln!(out, "  {:<8} {due}{late}", "");
        }
    } else if let (StepStatus::Open, Some(within)) = (it.status, it.plan.within) {
        let _ = writeln!(out, "  {:<8} within {}", "", length(within));
    }
    if it.voice.is_none() {
        if let Some(command) = &it.plan.by_hand {
            let _ = writeln!(out, "  {:<8} by hand: {}", "", clean(command));
        }
        if let Some(notes) = &it.plan.notes {
            let _ = writeln!(out, "  {:<8} {}", "", clean(notes));
        }
    }
}

/// `by octo at 2026-12-02 09:00 UTC`.
fn spoken(voice: &Voice) -> String {
    format!("by {} at {}", voice.spoken().named(), moment(voice.at))
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// The rollback as JSON: what `--check` calls `rollback`, ending with a line end.
pub fn rollback_json(board: &Board) -> String {
    part_page(board, BTreeMap::from([("rollback", board.rollback.as_ref().map(RollbackJson::from))]))
}

/// The rollback of a board.
#[derive(Serialize)]
pub(super) struct RollbackJson {
    phase: RollbackPhase,
    owner: Option<String>,
    who: Vec<String>,
    notes: Option<String>,
    called: Option<Called>,
    started: Option<SpokenJson>,
    reason: Option<String>,
    ended: Option<SpokenJson>,
    result: Option<RollbackResult>,
    outcome: Option<String>,
    steps: Vec<StepJson>,
}

#[derive(Serialize)]
struct Called {
    stage: String,
    guardrail: String,
    since: DateTime<Utc>,
    decide_by: Option<DateTime<Utc>>,
    overdue: bool,
}

/// Whose word, and when.
#[derive(Serialize)]
pub(super) struct SpokenJson {
    #[serde(flatten)]
    speaker: SpeakerJson,
    at: DateTime<Utc>,
}

#[derive(Serialize)]
struct StepJson {
    id: String,
    title: String,
    status: StepStatus,
    owner: Option<String>,
    by_hand: Option<String>,
    notes: Option<String>,
    since: Option<DateTime<Utc>>,
    due: Option<DateTime<Utc>>,
    overdue: bool,
    word: Option<SpokenJson>,
    note: Option<String>,
}

impl From<&RollbackState> for RollbackJson {
    fn from(it: &RollbackState) -> Self {
        let text = |text: &gonogo_domain::Str| plain(text);
        let run = it.run.as_ref();
        Self {
            phase: it.phase,
            owner: it.owner.as_ref().map(name),
            who: it.who.iter().map(name).collect(),
            notes: it.notes.as_ref().map(text),
            called: it.called.as_ref().map(|call| Called {
                stage: plain(call.stage.as_str()),
                guardrail: plain(&call.guardrail),
                since: call.since,
                decide_by: call.decide_by,
                overdue: call.overdue,
            }),
            started: run.map(|run| SpokenJson::from(&run.started)),
            reason: run.map(|run| plain(&run.reason)),
            ended: run.and_then(|run| run.ended.as_ref()).map(SpokenJson::from),
            result: run.and_then(|run| run.result),
            outcome: run.and_then(|run| run.outcome.as_ref()).map(text),
            steps: it.steps.iter().map(StepJson::from).collect(),
        }
    }
}

impl From<&Voice> for SpokenJson {
    fn from(it: &Voice) -> Self {
        Self { speaker: SpeakerJson::from(it), at: it.at }
    }
}

impl From<&StepState> for StepJson {
    fn from(it: &StepState) -> Self {
        Self {
            id: plain(&it.plan.id),
            title: plain(&it.plan.title),
            status: it.status,
            owner: it.plan.owner.as_ref().map(name),
            by_hand: it.plan.by_hand.as_deref().map(plain),
            notes: it.plan.notes.as_deref().map(plain),
            since: it.since,
            due: it.due,
            overdue: it.overdue,
            word: it.voice.as_ref().map(SpokenJson::from),
            note: it.note.as_deref().map(plain),
        }
    }
}
