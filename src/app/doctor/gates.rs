//! The gates that would be unknown, by what is wrong.

use std::time::Duration;

use serde::Serialize;

use super::{super::Session, said};
use gonogo_domain::{Board, Failure, FailureKind, GateId, GateState, Kind, Str, Verdict};
use gonogo_source::register::of_targets;

/// One thing that is wrong, and the gates it leaves without an answer. Everything in it is clean.
#[derive(Debug, Serialize)]
pub struct GateProblem {
    /// Whose answer is missing; `people` for what people answer.
    pub source: String,
    /// The connection of the settings, if one is named.
    pub connection: Option<String>,
    /// The sort of failure; none: the answer is complete and proves nothing.
    pub kind: Option<FailureKind>,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub next: String,
    /// The gates that would be unknown.
    pub gates: Vec<String>,
    /// Refs whose commit is not known for it: `acme/rocket main`.
    pub refs: Vec<String>,
}

/// All of them, worst first: what a person must repair before what may pass, the one with the most gates first.
pub(super) fn problems(live: &Session, board: &Board, timeout: Duration) -> Vec<GateProblem> {
    let mut all = Vec::new();
    for (component, target) in &live.evidence().targets {
        let Some(failure) = &target.failure else { continue };
        add(
            &mut all,
            of(of_targets().map_or("", |it| it.name), None, &failure.value),
            None,
            name_of(live, component.as_ref()),
        );
    }
    for state in board.gates.iter().filter(|it| !it.group) {
        if let Some(problem) = problem(live, state, timeout) {
            add(&mut all, problem, Some(&state.id), None);
        }
    }
    all.sort_by_key(|it| (rank(it.kind), std::cmp::Reverse(it.gates.len())));
    all
}

fn problem(live: &Session, state: &GateState, timeout: Duration) -> Option<GateProblem> {
    let launch = live.launch();
    let gate = launch.gate(&state.id)?;
    let connection = gate.connection.as_ref();
    let Kind::Evidence(query) = &gate.kind else {
        return unclear("people", None, state);
    };
    let source = query.source.as_str();
    let known = live.evidence().gates.get(&state.id);
    match known {
        Some(known) => match &known.failure {
            Some(failure) => Some(of(source, connection, &failure.value)),
            None => unclear(source, connection, state),
        },
        None if state.verdict == Verdict::Unknown => {
            let message = format!("no answer within {} s", timeout.as_secs());
            Some(of(source, connection, &Failure::new(FailureKind::TimedOut, message)))
        }
        None => None,
    }
}

/// A gate that is unknown although its source answered.
fn unclear(source: &str, connection: Option<&Str>, state: &GateState) -> Option<GateProblem> {
    (state.verdict == Verdict::Unknown).then(|| GateProblem {
        source: source.to_owned(),
        connection: connection.map(|it| said(it)),
        kind: None,
        what: said(&state.reason),
        next: said(&state.next.to_string()),
        gates: Vec::new(),
        refs: Vec::new(),
    })
}

fn of(source: &str, connection: Option<&Str>, failure: &Failure) -> GateProblem {
    GateProblem {
        source: source.to_owned(),
        connection: connection.map(|it| said(it)),
        kind: Some(failure.kind),
        what: said(&failure.message),
        next: failure.next.as_deref().map_or_else(|| usual(failure.kind).to_owned(), said),
        gates: Vec::new(),
        refs: Vec::new(),
    }
}

/// The same trouble of the same server is one problem.
fn add(all: &mut Vec<GateProblem>, problem: GateProblem, gate: Option<&GateId>, named: Option<String>) {
    let same = |it: &GateProblem| {
        (&it.source, &it.connection, &it.what, &it.next)
            == (&problem.source, &problem.connection, &problem.what, &problem.next)
    };
    let at = all.iter().position(same).unwrap_or_else(|| {
        all.push(problem);
        all.len() - 1
    });
    all[at].gates.extend(gate.map(|it| said(it.as_str())));
    all[at].refs.extend(named);
}

fn name_of(live: &Session, component: Option<&Str>) -> Option<String> {
    let target = live.launch().target_of(component)?;
    Some(said(&format!("{} {}", target.repository, target.git_ref)))
}

fn rank(kind: Option<FailureKind>) -> u8 {
    match kind {
        Some(FailureKind::NotConfigured | FailureKind::Unauthorized) => 0,
        Some(FailureKind::Forbidden | FailureKind::NotAllowed | FailureKind::NotFound) => 1,
        Some(kind) if !kind.is_transient() => 2,
        Some(_) => 3,
        None => 4,
    }
}

/// What to do where the source has no advice of its own.
fn usual(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Unreachable => {
            "check the address, the network and the proxy; then run gonogo doctor again"
        }
        FailureKind::TimedOut => {
            "try again with a longer --timeout; if it lasts, see the service's status page"
        }
        FailureKind::RateLimited => {
            "wait until the budget refills; every tool with this credential shares it"
        }
        FailureKind::ServerError => "wait and try again; if it lasts, see the service's status page",
        FailureKind::Malformed => {
            "check that the address is that of the API, and that no proxy answers in its place"
        }
        FailureKind::Crashed => "this is a bug in gonogo: please report it",
        FailureKind::NotConfigured => "add the source to your settings",
        FailureKind::Unauthorized => "make a new credential and set it",
        FailureKind::Forbidden => "add the permission to the credential, or use one that has it",
        FailureKind::NotFound => "check the name in the file, and that the credential can see it",
        FailureKind::Incomplete => "narrow down what the gate asks for, or try again",
        FailureKind::FeatureOff => "switch the feature on there, or remove the gate",
        FailureKind::Rejected => "correct what the gate asks for in the file",
        FailureKind::NotAllowed => "review what the launch runs, then allow it: gonogo trust",
    }
}
