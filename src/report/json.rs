//! The board for machines. The form is documented by `docs/check.schema.json`; `format` changes when a reader
//! would have to.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    context::{BaselineReport, Files, ReportContext},
    decision::DecisionJson,
    incident::IncidentJson,
    json_stage::Stage,
    message::MessageJson,
    reach::Reach,
    readiness::ReviewJson,
    risks::RiskJson,
    rollback::RollbackJson,
    speaker::SpeakerJson,
};
use gonogo_domain::{
    AskingState, Blocks, Board, Cause, ClosedState, GateState, Lowering, Party, RollCallState, Said,
    StationState, Step, Vote, Word,
};
use gonogo_text::clean;

/// The form of the document, see `docs/check.schema.json`.
const FORMAT: u32 = 1;

/// `complete` is the last field: a cut file is no verdict (V14).
#[derive(Serialize)]
struct JsonDocument {
    format: u32,
    verdict: &'static str,
    evidence: &'static str,
    headline: String,
    decision: Option<DecisionJson>,
    r#override: Option<String>,
    score: Score,
    scope: Scope,
    reasons: Vec<String>,
    lowered: Vec<Lowered>,
    tool_version: &'static str,
    checklist_digest: String,
    evaluated_at: DateTime<Utc>,
    launch: Launch,
    target: Option<TargetJson>,
    files: Option<Files>,
    baseline: Option<BaselineReport>,
    not_before: Option<DateTime<Utc>>,
    next: Vec<Next>,
    remarks: Vec<String>,
    stages: Vec<Stage>,
    rollback: Option<RollbackJson>,
    incident: Option<IncidentJson>,
    closed: Option<Closed>,
    risks: Vec<RiskJson>,
    reach: Option<Reach>,
    roll_call: Option<RollCall>,
    messages: Vec<MessageJson>,
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
    t_zero: DateTime<Utc>,
    held_since: Option<DateTime<Utc>>,
    held_seconds: u64,
}

#[derive(Serialize)]
struct TargetJson {
    repository: String,
    r#ref: String,
    commit: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Next {
    gate: Option<String>,
    also: Vec<String>,
    text: String,
    who: Vec<String>,
    until: Option<DateTime<Utc>>,
    warning: Option<String>,
}

#[derive(Serialize)]
struct Lowered {
    cause: Cause,
    at_most: &'static str,
    reason: String,
    next: String,
    who: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Gate {
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
    blocks: String,
    observed_at: Option<DateTime<Utc>>,
    url: Option<String>,
    evidence: String,
    rows: Vec<String>,
    trouble: Option<String>,
    waived_until: Option<DateTime<Utc>>,
    words: Vec<Spoken>,
    plan: Option<ReviewJson>,
    asked: Option<Asking>,
}

/// The launch is closed.
#[derive(Serialize)]
struct Closed {
    #[serde(flatten)]
    speaker: SpeakerJson,
    at: DateTime<Utc>,
    reason: String,
    unfinished: Vec<String>,
}

/// The newest time that somebody was asked about a gate that is still open.
#[derive(Serialize)]
struct Asking {
    of: Vec<String>,
    by: String,
    at: DateTime<Utc>,
    times: usize,
    note: Option<String>,
}

/// The newest round of the poll; round 0: none was opened yet.
#[derive(Serialize)]
struct RollCall {
    round: u32,
    open: bool,
    heard: u32,
    quorum: u32,
    stations: Vec<Station>,
}

/// What a station answered, and what stands of it.
#[derive(Serialize)]
struct Station {
    station: String,
    vote: Option<&'static str>,
    conditions: Vec<String>,
    note: Option<String>,
    #[serde(flatten)]
    speaker: SpeakerJson,
    delegated_by: Option<String>,
    delegated_to: Option<String>,
    at: Option<DateTime<Utc>>,
    corrected: u32,
    heard: bool,
    objects: bool,
    passed_over: bool,
    void: Option<String>,
}

/// A person's word on a gate.
#[derive(Serialize)]
struct Spoken {
    said: Said,
    role: Option<String>,
    #[serde(flatten)]
    speaker: SpeakerJson,
    at: DateTime<Utc>,
    void: Option<String>,
}

/// The board as JSON, ending with a line end.
pub fn json(board: &Board) -> String {
    json_in(board, &ReportContext::default())
}

/// The same with what an answer for CI says beside it.
pub fn json_in(board: &Board, context: &ReportContext) -> String {
    let document = JsonDocument {
        files: context.files.as_ref().map(Files::from),
        baseline: context.baseline.as_ref().map(BaselineReport::from),
        ..JsonDocument::from(board)
    };
    // The types hold nothing that JSON cannot express; an empty text is no verdict to anybody.
    page(&document)
}

/// A document as JSON, ending with a line end.
pub(super) fn page(document: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    // A runner that prints this obeys `##[` anywhere in a line; to a JSON reader this is the same text.
    super::harmless_json(&text) + "\n"
}

/// An object as JSON with `complete` as its last key, ending with a line end: a cut file is no page (V14).
pub fn complete(object: &str) -> String {
    let object = object.trim_end();
    let open = object.strip_suffix('}').unwrap_or(object).trim_end();
    super::harmless_json(&format!("{open},\n  \"complete\": true\n}}\n"))
}

/// One part of a board as a document of its own. `complete` is the last field: a cut file is no answer (V14).
#[derive(Serialize)]
struct BoardPart<T> {
    format: u32,
    verdict: &'static str,
    headline: String,
    #[serde(flatten)]
    part: T,
    complete: bool,
}

/// The document with these fields beside the word of the board, ending with a line end.
pub(super) fn part_page(board: &Board, part: impl Serialize) -> String {
    let (verdict, headline) = (board.word.as_str(), super::headline(board));
    page(&BoardPart { format: 1, verdict, headline, part, complete: true })
}

pub(super) fn plain(text: &str) -> String {
    clean(text).into_owned()
}

impl From<&Board> for JsonDocument {
    fn from(board: &Board) -> Self {
        let score = &board.score;
        Self {
            format: FORMAT,
            verdict: board.word.as_str(),
            evidence: board.evidence.as_str(),
            headline: super::headline(board),
            decision: board.decision.as_ref().map(DecisionJson::from),
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
                played: board.scope.played.map(gonogo_domain::Played::as_str),
            },
            reasons: board.reasons.iter().map(|reason| plain(reason)).collect(),
            lowered: board.lowered.iter().map(Lowered::from).collect(),
            tool_version: env!("CARGO_PKG_VERSION"),
            checklist_digest: board.checklist_digest.as_str().to_owned(),
            evaluated_at: board.evaluated_at,
            launch: board.into(),
            target: board.target.as_ref().map(|target| TargetJson {
                repository: plain(&target.repository),
                r#ref: plain(&target.git_ref),
                commit: board.commit.as_ref().map(|oid| oid.as_str().to_owned()),
            }),
            files: None,
            baseline: None,
            not_before: board.path.not_before,
            next: board.path.steps.iter().map(Next::from).collect(),
            remarks: board.remarks.iter().map(|remark| plain(remark)).collect(),
            stages: board.stages.iter().map(Stage::from).collect(),
            rollback: board.rollback.as_ref().map(RollbackJson::from),
            closed: board.closed.as_ref().map(Closed::from),
            incident: board.incident.as_ref().map(IncidentJson::from),
            risks: board.risks.iter().map(RiskJson::from).collect(),
            reach: board.reach.as_ref().map(Reach::from),
            roll_call: board.roll_call.as_ref().map(RollCall::from),
            messages: board.messages.iter().map(MessageJson::from).collect(),
            gates: board.gates.iter().map(|gate| Gate::on(board, gate)).collect(),
            complete: true,
        }
    }
}

impl From<&Board> for Launch {
    fn from(board: &Board) -> Self {
        Self {
            id: plain(&board.launch),
            title: plain(&board.title),
            version: plain(&board.version),
            t0: board.t0,
            t_zero: board.t_zero,
            held_since: board.held_since,
            held_seconds: board.held_for.as_secs(),
        }
    }
}

impl From<&Step> for Next {
    fn from(step: &Step) -> Self {
        let who = step.who.iter().map(|party| plain(party.as_str())).collect();
        Self {
            gate: step.gate().map(|gate| plain(gate.as_str())),
            also: step.also.iter().map(|gate| plain(gate.as_str())).collect(),
            text: plain(&step.does.to_string()),
            who,
            until: step.until,
            warning: step.warning.as_deref().map(plain),
        }
    }
}

impl From<&Lowering> for Lowered {
    fn from(it: &Lowering) -> Self {
        Self {
            cause: it.cause,
            at_most: it.at_most.as_str(),
            reason: plain(&it.reason),
            next: plain(&it.next.to_string()),
            who: it.who.iter().map(|party| plain(party.as_str())).collect(),
        }
    }
}

impl From<&AskingState> for Asking {
    fn from(it: &AskingState) -> Self {
        Self {
            of: it.of.iter().map(|party| plain(party.as_str())).collect(),
            by: plain(&it.voice.spoken().to_string()),
            at: it.voice.at,
            times: it.times,
            note: it.note.as_ref().map(|note| plain(note)),
        }
    }
}

impl Gate {
    /// A gate with what was recorded about its plan, and who was asked about it.
    pub fn on(board: &Board, gate: &GateState) -> Self {
        let plan = board.plan_of(&gate.id).map(ReviewJson::from);
        Self { plan, asked: board.asked(&gate.id).map(Asking::from), ..gate.into() }
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
            next: plain(&gate.next.to_string()),
            who: gate.who.iter().map(|party| plain(party.as_str())).collect(),
            owner: gate.owner.as_ref().map(|party| plain(party.as_str())),
            due: gate.due.as_ref().map(|moment| moment.at),
            overdue: gate.overdue,
            stale: gate.stale,
            counted: gate.counted,
            blocks: match &gate.blocks {
                Blocks::Go => "go".to_owned(),
                Blocks::Nothing => "nothing".to_owned(),
                Blocks::Close => "close".to_owned(),
                Blocks::Stage(stage) => plain(&format!("stage/{stage}")),
            },
            observed_at: gate.observed_at.map(|seen| seen.wall),
            url: gate.url.as_deref().map(plain),
            evidence: plain(&gate.evidence),
            rows: gate.rows.iter().map(|row| plain(row)).collect(),
            trouble: gate.trouble.as_deref().map(plain),
            waived_until: gate.waived_until,
            words: gate.words.iter().map(Spoken::from).collect(),
            plan: None,
            asked: None,
        }
    }
}

pub(super) fn name(party: &Party) -> String {
    plain(party.as_str())
}

impl From<&RollCallState> for RollCall {
    fn from(poll: &RollCallState) -> Self {
        let stations = poll.stations.iter().map(Station::from).collect();
        Self { round: poll.round, open: poll.open, heard: poll.heard, quorum: poll.quorum, stations }
    }
}

impl From<&StationState> for Station {
    fn from(it: &StationState) -> Self {
        let conditions = it.vote.as_ref().map_or(&[][..], Vote::conditions);
        Self {
            station: name(&it.role),
            vote: it.vote.as_ref().map(Vote::word),
            conditions: conditions.iter().map(|it| plain(it)).collect(),
            note: it.note.as_deref().map(plain),
            speaker: SpeakerJson::of(it.by.as_ref(), it.recorder.as_ref(), it.stands_in.as_ref()),
            delegated_by: it.delegated.as_ref().map(|it| name(&it.by)),
            delegated_to: it.delegated.as_ref().map(|it| name(&it.to)),
            at: it.at,
            corrected: it.corrected,
            heard: it.heard,
            objects: it.objects,
            passed_over: it.passed_over,
            void: it.void.as_deref().map(plain),
        }
    }
}

impl From<&ClosedState> for Closed {
    fn from(it: &ClosedState) -> Self {
        Self {
            speaker: SpeakerJson::from(&it.voice),
            at: it.voice.at,
            reason: plain(&it.reason),
            unfinished: it.unfinished.iter().map(|it| plain(it)).collect(),
        }
    }
}

impl From<&Word> for Spoken {
    fn from(word: &Word) -> Self {
        Self {
            said: word.said,
            role: word.role.as_ref().map(name),
            speaker: word.spoken().into(),
            at: word.at,
            void: word.void.as_deref().map(plain),
        }
    }
}
