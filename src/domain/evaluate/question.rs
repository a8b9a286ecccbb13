//! What is put to sources, and the fingerprint by which an answer is known to be to the question of today (V8).

use std::borrow::Cow;

use super::{
    super::{
        Bound, Gate, GateId, History, Kind, Launch, Query, Question, Str, TargetRef,
        answers::{self, Blank, Unfilled},
        launch::Asked,
    },
    frame,
};
use crate::domain::Digest;

/// Why a question can not be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unasked {
    /// People have yet to answer.
    Waits(Blank),
    /// Their answer may not go into a question.
    NotPlain(Blank),
    /// The component is not in the launch.
    NoComponent(Str),
}

/// What the gate asks, worked out from the files alone.
pub(crate) fn asked(launch: &Launch, gate: &Gate) -> Asked {
    let Kind::Evidence(query) = &gate.kind else { return Asked::Nothing };
    let open =
        answers::has_blanks(&launch.version) || !answers::blanks_in(&query.args, &gate.checklist).is_empty();
    if open {
        return Asked::Filled;
    }
    match question(launch, &History::default(), gate, query) {
        Ok(question) => Asked::Always(question.digest),
        Err(why) => Asked::Never(why),
    }
}

/// The question of a gate with the answers of people filled in.
pub(crate) fn question(
    launch: &Launch,
    history: &History,
    gate: &Gate,
    query: &Query,
) -> Result<Question, Unasked> {
    let unfilled = |why| match why {
        Unfilled::Missing(blank) => Unasked::Waits(blank),
        Unfilled::NotPlain(blank) => Unasked::NotPlain(blank),
    };
    let none = TargetRef { repository: Str::default(), git_ref: Str::default() };
    let target = match (launch.target_of(gate.component.as_ref()), &gate.component) {
        (Some(target), _) => target,
        // A launch that is about no commit asks about no repository.
        (None, None) if query.bound == Bound::Free => &none,
        (None, name) => return Err(Unasked::NoComponent(name.clone().unwrap_or_default())),
    };
    let args = answers::fill_in(launch, history, &gate.checklist, &query.args).map_err(unfilled)?;
    let version = answers::fill(launch, history, &gate.checklist, &launch.version).map_err(unfilled)?;
    let said = match history.expand(launch, &gate.checklist, &query.said) {
        Cow::Borrowed(_) => query.said.clone(),
        Cow::Owned(said) => said.into(),
    };
    let mut question = Question {
        gate: gate.id.clone(),
        digest: Digest::of([]),
        query: Query { args, said, ..query.clone() },
        version: version.into(),
        component: gate.component.clone(),
        repository: target.repository.clone(),
        git_ref: target.git_ref.clone(),
        connection: gate.connection.clone(),
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
        said.is_some_and(|said| frame::is_not_needed(launch, at, said))
    };
    let open = |(at, gate): &(usize, &Gate)| {
        gate.excluded.is_none() && !unneeded(*at) && !launch.derived.above(*at).any(unneeded)
    };
    let each = launch.gates.iter().enumerate().filter(open).filter_map(|(_, gate)| {
        let Kind::Evidence(query) = &gate.kind else { return None };
        question(launch, history, gate, query).ok().map(|question| (gate.id.clone(), question))
    });
    each.collect()
}
