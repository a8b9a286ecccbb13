//! The board for machines. The form is documented by `docs/check.schema.json`; `format` changes when a reader
//! would have to.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::context::{Baseline, Context, Files};
use crate::{
    domain::{Board, GateState, StageState, Step},
    text::clean,
};

/// The form of the document, see `docs/check.schema.json`.
const FORMAT: u32 = 1;

/// `complete` is the last field: a cut file is no verdict (V14).
#[derive(Serialize)]
struct Document {
    format: u32,
    verdict: &'static str,
    headline: String,
    r#override: Option<String>,
    score: Score,
    scope: Scope,
    reasons: Vec<String>,
    tool_version: &'static str,
    checklist_digest: String,
    evaluated_at: DateTime<Utc>,
    launch: Launch,
    target: Target,
    files: Option<Files>,
    baseline: Option<Baseline>,
    not_before: Option<DateTime<Utc>>,
    next: Vec<Next>,
    remarks: Vec<String>,
    stages: Vec<Stage>,
    gates: Vec<Gate>,
    complete: bool,
}

#[derive(Serialize)]
struct Score {
    readiness: f64,
    of: u32,
    go: u32,
    no_go: u32,
    pending: u32,
    unknown: u32,
    waived: u32,
    not_applicable: u32,
}

#[derive(Serialize)]
struct Scope {
    whole: bool,
    only: Vec<String>,
    evidence_only: bool,
    played: Option<&'static str>,
}

#[derive(Serialize)]
struct Launch {
    id: String,
    title: String,
    version: String,
    t0: DateTime<Utc>,
}

#[derive(Serialize)]
struct Target {
    repository: String,
    r#ref: String,
    commit: Option<String>,
}

#[derive(Serialize)]
struct Next {
    gate: Option<String>,
    also: Vec<String>,
    text: String,
    who: Vec<String>,
    until: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Stage {
    id: String,
    audience: String,
    status: crate::domain::StageStatus,
    started: Option<DateTime<Utc>>,
    soaked_at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Gate {
    id: String,
    checklist: String,
    title: String,
    verdict: &'static str,
    reason: String,
    next: String,
    who: Vec<String>,
    owner: Option<String>,
    due: Option<DateTime<Utc>>,
    overdue: bool,
    stale: bool,
    counted: bool,
    observed_at: Option<DateTime<Utc>>,
    url: Option<String>,
    evidence: String,
    rows: Vec<String>,
    waived_until: Option<DateTime<Utc>>,
}

/// The board as JSON, ending with a line end.
pub fn json(board: &Board) -> String {
    json_in(board, &Context::default())
}

/// The same with what an answer for CI says beside it.
pub fn json_in(board: &Board, context: &Context) -> String {
    let document = Document {
        files: context.files.as_ref().map(Files::from),
        baseline: context.baseline.as_ref().map(Baseline::from),
        ..Document::from(board)
    };
    // The types hold nothing that JSON can not express; an empty text is no verdict to anybody.
    let text = serde_json::to_string_pretty(&document).unwrap_or_default();
    // A runner that prints this obeys `##[` anywhere in a line; to a JSON reader this is the same text.
    super::harmless_json(&text) + "\n"
}

fn plain(text: &str) -> String {
    clean(text).into_owned()
}

impl From<&Board> for Document {
    fn from(board: &Board) -> Self {
        let score = &board.score;
        Self {
            format: FORMAT,
            verdict: board.word.as_str(),
            headline: super::headline(board),
            r#override: board.overridden.as_deref().map(plain),
            score: Score {
                readiness: score.readiness(),
                of: score.of,
                go: score.go,
                no_go: score.no_go,
                pending: score.pending,
                unknown: score.unknown,
                waived: score.waived,
                not_applicable: score.not_applicable,
            },
            scope: Scope {
                whole: board.scope.is_whole(),
                only: board.scope.only.iter().map(|id| plain(id.as_str())).collect(),
                evidence_only: board.scope.evidence_only,
                played: board.scope.played.map(crate::domain::Played::as_str),
            },
            reasons: board.reasons.iter().map(|reason| plain(reason)).collect(),
            tool_version: env!("CARGO_PKG_VERSION"),
            checklist_digest: board.checklist_digest.as_str().to_owned(),
            evaluated_at: board.evaluated_at,
            launch: Launch {
                id: plain(&board.launch),
                title: plain(&board.title),
                version: plain(&board.version),
                t0: board.t0,
            },
            target: Target {
                repository: plain(&board.repository),
                r#ref: plain(&board.git_ref),
                commit: board.commit.as_ref().map(|oid| oid.as_str().to_owned()),
            },
            files: None,
            baseline: None,
            not_before: board.path.not_before,
            next: board.path.steps.iter().map(Next::from).collect(),
            remarks: board.remarks.iter().map(|remark| plain(remark)).collect(),
            stages: board.stages.iter().map(Stage::from).collect(),
            gates: board.gates.iter().map(Gate::from).collect(),
            complete: true,
        }
    }
}

impl From<&Step> for Next {
    fn from(step: &Step) -> Self {
        let who = step.who.iter().map(|party| plain(party.as_str())).collect();
        Self {
            gate: step.gate().map(|gate| plain(gate.as_str())),
            also: step.also.iter().map(|gate| plain(gate.as_str())).collect(),
            text: plain(&step.text),
            who,
            until: step.until,
        }
    }
}

impl From<&StageState> for Stage {
    fn from(stage: &StageState) -> Self {
        Self {
            id: plain(stage.id.as_str()),
            audience: plain(&stage.audience),
            status: stage.status,
            started: stage.started,
            soaked_at: stage.soaked_at,
        }
    }
}

impl From<&GateState> for Gate {
    fn from(gate: &GateState) -> Self {
        Self {
            id: plain(gate.id.as_str()),
            checklist: plain(gate.id.checklist()),
            title: plain(&gate.title),
            verdict: gate.verdict.as_str(),
            reason: plain(&gate.reason),
            next: plain(&gate.next),
            who: gate.who.iter().map(|party| plain(party.as_str())).collect(),
            owner: gate.owner.as_ref().map(|party| plain(party.as_str())),
            due: gate.due.as_ref().map(|moment| moment.at),
            overdue: gate.overdue,
            stale: gate.stale,
            counted: gate.counted,
            observed_at: gate.observed_at.map(|seen| seen.wall),
            url: gate.url.as_deref().map(plain),
            evidence: plain(&gate.evidence),
            rows: gate.rows.iter().map(|row| plain(row)).collect(),
            waived_until: gate.waived_until,
        }
    }
}
