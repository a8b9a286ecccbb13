//! What is put to sources, and the fingerprint by which an answer is known to be to the question of today (V8).

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::{
    super::{
        Bound, ChecklistId, Gate, GateId, Gauge, GaugeKind, Guardrail, History, Kind, Launch, Query,
        Question, Stage, Str, TargetRef,
        answers::{self, Blank, Unfilled},
        launch::QuestionKind,
    },
    eval_context, reach, stage,
};
use crate::Digest;

/// Why a question cannot be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unasked {
    /// People have yet to answer.
    Dependencies(Blank),
    /// Their answer may not go into a question.
    NotPlain(Blank),
    /// The component is not in the launch.
    NoComponent(Str),
}

/// What the gate asks, worked out from the files alone.
pub(crate) fn asked(launch: &Launch, gate: &Gate) -> QuestionKind {
    let Kind::Evidence(query) = &gate.kind else { return QuestionKind::Nothing };
    let open =
        answers::has_blanks(&launch.version) || !answers::blanks_in(&query.args, &gate.checklist).is_empty();
    if open {
        return QuestionKind::Filled;
    }
    match question(launch, &History::default(), gate, query) {
        Ok(question) => QuestionKind::Always(question.digest),
        Err(why) => QuestionKind::Never(why),
    }
}

/// The question of a gate with the answers of people filled in.
pub(crate) fn question(
    launch: &Launch,
    history: &History,
    gate: &Gate,
    query: &Query,
) -> Result<Question, Unasked> {
    let asks = Asker {
        id: &gate.id,
        checklist: &gate.checklist,
        component: gate.component.as_ref(),
        connection: gate.connection.as_ref(),
    };
    put(launch, history, asks, query)
}

/// Who asks.
struct Asker<'a> {
    id: &'a GateId,
    /// Whose short names answers are named by.
    checklist: &'a ChecklistId,
    component: Option<&'a Str>,
    connection: Option<&'a Str>,
}

fn put(launch: &Launch, history: &History, asks: Asker<'_>, query: &Query) -> Result<Question, Unasked> {
    let unfilled = |why| match why {
        Unfilled::Missing(blank) => Unasked::Dependencies(blank),
        Unfilled::NotPlain(blank) => Unasked::NotPlain(blank),
    };
    let none = TargetRef { repository: Str::default(), git_ref: Str::default() };
    let target = match (launch.target_of(asks.component), asks.component) {
        (Some(target), _) => target,
        // A launch that is about no commit asks about no repository.
        (None, None) if query.bound == Bound::Free => &none,
        (None, name) => return Err(Unasked::NoComponent(name.cloned().unwrap_or_default())),
    };
    let args = answers::fill_in(launch, history, asks.checklist, &query.args).map_err(unfilled)?;
    let version = answers::fill(launch, history, asks.checklist, &launch.version).map_err(unfilled)?;
    let said = match history.expand(launch, asks.checklist, &query.said) {
        Cow::Borrowed(_) => query.said.clone(),
        Cow::Owned(said) => said.into(),
    };
    let mut question = Question {
        gate: asks.id.clone(),
        digest: Digest::of([]),
        query: Query { args, said, ..query.clone() },
        version: version.into(),
        component: asks.component.cloned(),
        repository: target.repository.clone(),
        git_ref: target.git_ref.clone(),
        connection: asks.connection.cloned(),
    };
    question.digest = fingerprint(&question);
    Ok(question)
}

/// Over all that shapes the answer; an absent name and an empty one differ.
fn fingerprint(question: &Question) -> Digest {
    let args = question.query.args.to_string();
    let mark = |name: &Option<Str>| name.as_ref().map_or_else(String::new, |name| format!("={name}"));
    let (component, connection) = (mark(&question.component), mark(&question.connection));
    let bound = format!("{:?}", question.query.bound);
    let parts = [
        question.query.source.as_str(),
        &question.query.thing,
        &args,
        &bound,
        &question.version,
        &component,
        &question.repository,
        &question.git_ref,
        &connection,
    ];
    Digest::of(parts.map(str::as_bytes))
}

/// See [`super::demands`].
pub(super) fn demands(launch: &Launch, history: &History) -> Vec<(GateId, Question)> {
    let unneeded = |at: usize| {
        let said = history.not_needed.get(&launch.gates[at].id);
        said.is_some_and(|said| eval_context::is_not_needed(launch, history, at, said))
    };
    let open = |(at, gate): &(usize, &Gate)| {
        gate.excluded.is_none() && !unneeded(*at) && !launch.derived.above(*at).any(unneeded)
    };
    let each = launch.gates.iter().enumerate().filter(open).filter_map(|(_, gate)| {
        let Kind::Evidence(query) = &gate.kind else { return None };
        question(launch, history, gate, query).ok().map(|question| (gate.id.clone(), question))
    });
    let measures = guardrails(launch, history).into_iter().filter_map(|(guardrail, since)| {
        let question = measure(launch, history, guardrail, since).ok()?;
        Some((question.gate.clone(), question))
    });
    let gauges = gauges(launch, history).into_iter().filter_map(|(kind, gauge, since)| {
        let question = self::gauge(launch, history, kind, gauge, since).ok()?;
        Some((question.gate.clone(), question))
    });
    each.chain(measures).chain(gauges).collect()
}

/// What tells how far the release is out, once any of it was.
fn gauges<'a>(launch: &'a Launch, history: &History) -> Vec<(GaugeKind, &'a Gauge, DateTime<Utc>)> {
    let asks = launch.rollout.as_ref().is_some_and(|it| it.actual.is_some() || it.exposure.is_some());
    if !asks {
        return Vec::new();
    }
    // Whether a soak is over makes no difference here either.
    reach::demanded(launch, &stage::runs(launch, history, DateTime::UNIX_EPOCH))
}

/// The guardrails of the stages that are out, and when the first of these stages started.
fn guardrails<'a>(launch: &'a Launch, history: &History) -> Vec<(&'a Guardrail, DateTime<Utc>)> {
    let Some(rollout) = &launch.rollout else { return Vec::new() };
    // Whether a soak is over makes no difference here, so any moment will do.
    let runs = stage::runs(launch, history, DateTime::UNIX_EPOCH);
    let going = |(stage, run): (&'a Stage, &stage::StageRun)| {
        Some((stage, run.started.filter(|_| run.status.is_current())?))
    };
    let going: Vec<_> = rollout.stages.iter().zip(&runs).filter_map(going).collect();
    let since = |guardrail: &Guardrail| {
        let stages = going.iter().filter(|(stage, _)| stage.guardrails.contains(&guardrail.id));
        stages.map(|(_, started)| *started).min()
    };
    launch.guardrails.values().filter_map(|it| Some((it, since(it)?))).collect()
}

/// What is asked about the rollout as a whole; from when on is no part of the fingerprint here either.
pub(crate) fn gauge(
    launch: &Launch,
    history: &History,
    kind: GaugeKind,
    gauge: &Gauge,
    since: DateTime<Utc>,
) -> Result<Question, Unasked> {
    let (id, own) = (kind.subject(), ChecklistId::new("launch"));
    let asks = Asker { id: &id, checklist: &own, component: None, connection: gauge.connection.as_ref() };
    let mut question = put(launch, history, asks, &gauge.query)?;
    if let (GaugeKind::Exposure, serde_json::Value::Object(args)) = (kind, &mut question.query.args) {
        args.insert("since".to_owned(), since.timestamp().into());
    }
    Ok(question)
}

/// What a guardrail's source is asked. From when on is no part of the fingerprint: a window is what it is.
pub(crate) fn measure(
    launch: &Launch,
    history: &History,
    guardrail: &Guardrail,
    since: DateTime<Utc>,
) -> Result<Question, Unasked> {
    let (id, own) = (guardrail.subject(), ChecklistId::new("launch"));
    let connection = guardrail.connection.as_ref();
    let asks = Asker { id: &id, checklist: &own, component: None, connection };
    let mut question = put(launch, history, asks, &guardrail.query)?;
    if let serde_json::Value::Object(args) = &mut question.query.args {
        args.insert("since".to_owned(), since.timestamp().into());
    }
    Ok(question)
}
