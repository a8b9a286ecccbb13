//! Stages of the rollout for machines: clauses, guardrails, criteria, results.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{json::plain, speaker::SpeakerJson};
use gonogo_domain::{Acceptance, CallsFor, ClauseKind, CriterionState, GuardrailState, StageState, Standing};

#[derive(Serialize)]
pub(super) struct Stage {
    id: String,
    audience: String,
    status: gonogo_domain::StageStatus,
    planned: Option<DateTime<Utc>>,
    started: Option<DateTime<Utc>>,
    soaked_at: Option<DateTime<Utc>>,
    ended: Option<DateTime<Utc>>,
    held: Vec<HeldSpan>,
    waits_for: Vec<String>,
    may_advance_at: Option<DateTime<Utc>>,
    clauses: Vec<Clause>,
    guardrails: Vec<Guardrail>,
    criteria: Vec<Criterion>,
    answers: Vec<StageAnswer>,
    watcher: Option<String>,
    ramp: Option<gonogo_domain::Ramp>,
    stalled_since: Option<DateTime<Utc>>,
    r#override: Option<String>,
    closed_by_override: Option<String>,
}

#[derive(Serialize)]
struct HeldSpan {
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Guardrail {
    id: String,
    title: String,
    state: Standing,
    calls_for: CallsFor,
    limit: String,
    reason: String,
    next: String,
    samples: Option<u64>,
    share: Option<f64>,
    needed: Option<u64>,
    ready_at: Option<DateTime<Utc>>,
    breached_at: Option<DateTime<Utc>>,
    asks_since: Option<DateTime<Utc>>,
    accepted: Option<Accepted>,
    missing_windows: usize,
    observed_at: Option<DateTime<Utc>>,
    trouble: Option<String>,
    url: Option<String>,
}

#[derive(Serialize)]
struct Accepted {
    #[serde(flatten)]
    speaker: SpeakerJson,
    at: DateTime<Utc>,
    until: DateTime<Utc>,
    reason: String,
}

#[derive(Serialize)]
struct Clause {
    kind: ClauseKind,
    stage: String,
    of: Option<String>,
    met: bool,
    text: String,
    done: Option<f64>,
    needed: Option<f64>,
    share: Option<f64>,
    at: Option<DateTime<Utc>>,
    lagging: bool,
    yields: bool,
}

#[derive(Serialize)]
struct Criterion {
    text: String,
    holds: Option<bool>,
    #[serde(flatten)]
    speaker: SpeakerJson,
    at: Option<DateTime<Utc>>,
    note: Option<String>,
}

#[derive(Serialize)]
struct StageAnswer {
    name: String,
    r#type: &'static str,
    answer: Option<String>,
    #[serde(flatten)]
    speaker: SpeakerJson,
    at: Option<DateTime<Utc>>,
}

impl From<&StageState> for Stage {
    fn from(stage: &StageState) -> Self {
        Self {
            id: plain(stage.id.as_str()),
            audience: plain(&stage.audience),
            status: stage.status,
            planned: stage.planned,
            started: stage.started,
            soaked_at: stage.soaked_at,
            ended: stage.ended,
            held: stage.pauses.iter().map(|(from, until)| HeldSpan { from: *from, until: *until }).collect(),
            waits_for: stage.waits_for.iter().map(|what| plain(what)).collect(),
            may_advance_at: stage.lagging().and_then(|clause| clause.at),
            clauses: stage.clauses.iter().map(Clause::from).collect(),
            guardrails: stage.guardrails.iter().map(Guardrail::from).collect(),
            criteria: stage.criteria.iter().map(Criterion::from).collect(),
            answers: stage.answers.iter().map(StageAnswer::from).collect(),
            watcher: stage.watcher.as_ref().map(|party| plain(party.as_str())),
            ramp: stage.ramp,
            stalled_since: stage.stalled_since,
            r#override: stage.overridden.as_ref().map(|who| plain(who)),
            closed_by_override: stage.closed_early.as_ref().map(|who| plain(who)),
        }
    }
}

impl From<&GuardrailState> for Guardrail {
    fn from(it: &GuardrailState) -> Self {
        Self {
            id: plain(&it.id),
            title: plain(&it.title),
            state: it.standing,
            calls_for: it.calls_for,
            limit: plain(&it.limit),
            reason: plain(&it.reason),
            next: plain(&it.next.to_string()),
            samples: it.samples,
            share: it.share,
            needed: it.needed,
            ready_at: it.ready_at,
            breached_at: it.breached_at,
            asks_since: it.asks_since,
            accepted: it.accepted.as_ref().map(Accepted::from),
            missing_windows: it.missing,
            observed_at: it.observed_at.map(|seen| seen.wall),
            trouble: it.trouble.as_deref().map(plain),
            url: it.url.as_deref().map(plain),
        }
    }
}

impl From<&Acceptance> for Accepted {
    fn from(it: &Acceptance) -> Self {
        Self {
            speaker: SpeakerJson::from(&it.voice),
            at: it.voice.at,
            until: it.until,
            reason: plain(&it.reason),
        }
    }
}

impl From<&gonogo_domain::Clause> for Clause {
    fn from(it: &gonogo_domain::Clause) -> Self {
        Self {
            kind: it.kind,
            stage: plain(it.stage.as_str()),
            of: it.of.as_deref().map(plain),
            met: it.met,
            text: plain(&it.text),
            done: it.done,
            needed: it.needed,
            share: it.share(),
            at: it.at,
            lagging: it.lagging,
            yields: it.yields,
        }
    }
}

impl From<&CriterionState> for Criterion {
    fn from(it: &CriterionState) -> Self {
        Self {
            text: plain(&it.text),
            holds: it.holds,
            speaker: SpeakerJson::of(it.by.as_ref(), it.recorder.as_ref(), it.stands_in.as_ref()),
            at: it.at,
            note: it.note.as_deref().map(plain),
        }
    }
}

impl From<&gonogo_domain::StageAnswer> for StageAnswer {
    fn from(it: &gonogo_domain::StageAnswer) -> Self {
        Self {
            name: plain(&it.name),
            r#type: it.kind.word(),
            answer: it.answer.as_deref().map(plain),
            speaker: SpeakerJson::of(it.by.as_ref(), it.recorder.as_ref(), it.stands_in.as_ref()),
            at: it.at,
        }
    }
}
