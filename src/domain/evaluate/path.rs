//! The path to GO: what must happen, in an order in which it can be done, and the earliest GO.

use std::collections::HashSet;

use super::{
    super::{
        Advice, Bound, ClauseKind, Failure, FailureKind, Gate, GateState, Kind, Lowering, Opens, PathToGo,
        Rule, SourceId, StageStatus, Step, StepKind, Str, Suggested, Verdict, format, launch::RequiredNode,
    },
    close,
    contract::Rail,
    dependencies,
    eval_context::EvalContext,
    gate_results::GateResults,
};

/// Everything open that the counted gates in scope depend on, and what lowers the board as a whole: the journal before
/// all else, the final call behind it.
pub(super) fn path(
    frame: &EvalContext<'_>,
    cells: &GateResults,
    shown: &[bool],
    lowered: &[Lowering],
    rail: &Rail<'_>,
) -> PathToGo {
    let launch = frame.launch;
    // What is on it is refused until the launch is opened again (V24).
    if close::standing(launch, frame.history).is_some() {
        return PathToGo::default();
    }
    let counted = |at: usize| launch.derived.counted[at] && shown[at];
    let blocks = |at: usize| cells.verdict(at).is_none_or(Verdict::blocks);
    // What does not apply is looked through: what stood before it is waited for in its place.
    let handed_on = |at: usize| blocks(at) || cells.verdict(at) == Some(Verdict::NotApplicable);
    let mut wanted = vec![false; cells.marks.len()];
    let mut path = PathToGo::default();
    for (at, wanted) in wanted.iter_mut().enumerate().take(launch.gates.len()) {
        *wanted = counted(at) && blocks(at);
        if *wanted {
            path.not_before = path.not_before.max(cells.marks[at].and_then(|mark| mark.earliest));
        }
    }
    for &at in launch.derived.order.iter().rev() {
        if wanted[at] {
            for other in depends(frame, cells, at).filter(|other| handed_on(*other)) {
                wanted[other] = true;
            }
        }
    }
    let mut stages = vec![false; frame.stages.len()];
    let mut outages: Vec<(Outage<'_>, usize)> = Vec::new();
    for &at in launch.derived.order.iter().filter(|at| **at < launch.gates.len() && wanted[**at]) {
        let before = path.steps.len();
        steps(frame, cells, rail, at, (&mut stages, &mut path.steps));
        let Some(outage) = outage(frame, cells, at).filter(|_| path.steps.len() == before + 1) else {
            continue;
        };
        match outages.iter().find(|(known, _)| known.is(&outage)).map(|(_, step)| *step) {
            Some(step) => join(&mut path.steps, step),
            None => outages.push((outage, before)),
        }
    }
    // What is to be done for a gate anyway is not told twice.
    let told: HashSet<Advice> = path.steps.iter().map(|step| step.does.clone()).collect();
    for (outage, step) in outages {
        if let Some(step) = path.steps.get_mut(step).filter(|step| !step.also.is_empty()) {
            let gates = step.also.len() + 1;
            step.does = std::mem::take(&mut step.does).said(|text| outage.describe(gates, text));
        }
    }
    path.steps.splice(0..0, of_the_board(lowered, &told, false));
    path.steps.extend(of_the_board(lowered, &told, true));
    path.not_before = path.not_before.filter(|at| *at > frame.now.wall);
    path
}

/// What raises again what lowers the board as a whole, if no gate asks for the same; the final call apart.
fn of_the_board(lowered: &[Lowering], told: &HashSet<Advice>, decided: bool) -> impl Iterator<Item = Step> {
    let open = move |it: &&Lowering| {
        it.cause.is_decided() == decided && !it.next.is_empty() && !told.contains(&it.next)
    };
    lowered.iter().filter(open).map(|it| Step {
        opens: Opens::Board(it.cause),
        also: Vec::new(),
        kind: StepKind::Act,
        does: it.next.clone(),
        who: it.who.clone(),
        until: None,
        warning: None,
    })
}

/// What leaves many gates without an answer at once, and is to be mended once.
enum Outage<'a> {
    /// A source gives no answer, for this sort of reason; none: it has not been asked yet.
    Source { source: &'a SourceId, connection: Option<&'a Str>, failure: Option<&'a Failure> },
    /// The commit of this component is not known.
    Target(Option<&'a Str>),
}

impl Outage<'_> {
    fn is(&self, other: &Self) -> bool {
        let kind = |failure: Option<&Failure>| failure.map(|failure| failure.kind);
        match (self, other) {
            (
                Self::Source { source: a, connection: b, failure: c },
                Self::Source { source, connection, failure },
            ) => a == source && b == connection && kind(*c) == kind(*failure),
            (Self::Target(a), Self::Target(b)) => a == b,
            _ => false,
        }
    }

    fn describe(&self, gates: usize, step: &str) -> String {
        match self {
            Self::Source { source, failure: Some(failure), .. } => {
                format!("{source}: {}, which leaves {gates} gates open: {step}", failure.message)
            }
            Self::Source { .. } | Self::Target(_) => format!("{step} ({gates} gates)"),
        }
    }
}

/// The outage that a gate's own verdict comes from. What a credential may not see, or a name that is not there, is the
/// gate's own matter.
fn outage<'a>(frame: &'a EvalContext<'_>, cells: &GateResults, at: usize) -> Option<Outage<'a>> {
    let gate: &Gate = frame.launch.gates.get(at)?;
    let Kind::Evidence(query) = &gate.kind else { return None };
    if cells.marks[at]?.own != Verdict::Unknown {
        return None;
    }
    let known = frame.evidence.gates.get(&gate.id);
    let failure = known.and_then(|it| it.failure.as_ref()).map(|it| &it.value);
    let common = |kind: FailureKind| {
        kind.is_transient() || matches!(kind, FailureKind::NotConfigured | FailureKind::Unauthorized)
    };
    if known.is_none() || failure.is_some_and(|failure| common(failure.kind)) {
        return Some(Outage::Source { source: &query.source, connection: gate.connection.as_ref(), failure });
    }
    let lost = frame.target(gate).is_none_or(|target| target.current.is_err());
    (query.bound == Bound::Commit && failure.is_none() && lost)
        .then_some(Outage::Target(gate.component.as_ref()))
}

/// The last step is the same as an earlier one.
fn join(steps: &mut Vec<Step>, earlier: usize) {
    let Some(last) = steps.pop() else { return };
    if let Some(step) = steps.get_mut(earlier) {
        step.also.extend(last.gate().cloned());
        let new: Vec<_> = last.who.into_iter().filter(|who| !step.who.contains(who)).collect();
        step.who.extend(new);
    }
}

/// What must be opened for a gate or barrier to open.
fn depends<'a>(
    frame: &'a EvalContext<'_>,
    cells: &'a GateResults,
    at: usize,
) -> Box<dyn Iterator<Item = usize> + 'a> {
    let derived = &frame.launch.derived;
    let gates = frame.launch.gates.len();
    let applies = |at: usize| cells.verdict(at) != Some(Verdict::NotApplicable);
    // Inside of what applies, what does not apply stands for nothing.
    let counts = move |member: &usize| !applies(at) || applies(*member);
    let Some(gate) = frame.launch.gates.get(at) else {
        return Box::new(derived.barriers[at - gates].iter().copied().filter(counts));
    };
    let needs = derived.needs[at].iter().filter_map(move |need| match need {
        RequiredNode::Gate(other) | RequiredNode::Answer(other, _) => Some(*other),
        RequiredNode::Barrier(number, _) => Some(gates + number),
        RequiredNode::Stage(_)
        | RequiredNode::Message(_)
        | RequiredNode::Decision
        | RequiredNode::Never(_) => None,
    });
    let since = match &gate.kind {
        Kind::Timer { since: super::super::Need::Gate(id), .. } => frame.launch.position(id),
        _ => None,
    };
    // One way inside a `one_of` is enough: the step is the gate's own.
    let whole = gate.kind == Kind::All || !applies(at);
    let inside = if whole { derived.members[at].as_slice() } else { &[] };
    Box::new(needs.chain(since).chain(inside.iter().copied().filter(counts)))
}

fn steps(
    frame: &EvalContext<'_>,
    cells: &GateResults,
    rail: &Rail<'_>,
    at: usize,
    (stages, steps): (&mut [bool], &mut Vec<Step>),
) {
    let (Some(state), Some(mark)) = (cells.state(at), cells.marks[at]) else { return };
    for need in &frame.launch.derived.needs[at] {
        if let RequiredNode::Stage(stage) = need
            && let Some(stage) = dependencies::waited_for(frame, *stage)
            && !frame.stages[stage].is_over()
            && !std::mem::replace(&mut stages[stage], true)
        {
            steps.extend(stage_step(frame, rail, state, stage));
        }
        if matches!(need, RequiredNode::Decision) && super::decision::go_since(frame).is_none() {
            let who = frame.launch.roll_call.iter().map(|plan| plan.final_call.clone()).collect();
            let call = Advice::from("make the final call").by(Suggested::FinalCall);
            steps.push(Step { who, ..step(state, StepKind::Act, call) });
        }
        if let RequiredNode::Message(at) = need
            && !super::message::is_over(frame, *at).0
            && let Some(message) = frame.launch.comms.messages.get(*at).filter(|it| it.excluded.is_none())
        {
            let who = message.owner.iter().cloned().collect();
            let send = Advice::from(format!("send {} to {}", message.id, message.audience));
            let send = send.by(Suggested::SendMessage(message.id.clone()));
            steps.push(Step { who, ..step(state, StepKind::Act, send) });
        }
        if let RequiredNode::Never(said) = need {
            steps.push(step(
                state,
                StepKind::Act,
                format!("{said}, which nothing in this launch can satisfy yet"),
            ));
        }
    }
    if let Some(end) = mark.embargo {
        let text = format!("wait for the embargo of {} to end at {}", state.id, frame.moment(end));
        steps.push(Step { until: Some(end), who: Vec::new(), ..step(state, StepKind::Wait, text) });
    }
    if mark.own.blocks() && frame.launch.gates[at].kind != Kind::All {
        steps.push(own_step(frame, state, mark.step, mark.changes_at));
    }
}

fn own_step(
    frame: &EvalContext<'_>,
    state: &GateState,
    kind: StepKind,
    changes_at: Option<chrono::DateTime<chrono::Utc>>,
) -> Step {
    let gate = frame.launch.gate(&state.id);
    let does: Advice = match (kind, gate.and_then(|gate| gate.ask())) {
        (StepKind::Act, Some(ask)) if state.rule == Rule::Needs => {
            let asked = format!("ask {} to answer {}", format::list(&ask.by), state.id);
            Advice { own: "answer it".into(), ..asked.into() }
                .by(Suggested::SayGo { gate: state.id.clone(), answers: Vec::new() })
        }
        (StepKind::Machine, _) if state.rule == Rule::Needs => format!("{} becomes go", state.id).into(),
        _ if state.next.is_empty() => state.reason.clone().into(),
        _ => state.next.clone(),
    };
    let until = changes_at.filter(|_| kind == StepKind::Wait);
    let who = match gate.and_then(|gate| gate.ask()) {
        Some(ask) if state.rule == Rule::Needs => ask.by.clone(),
        _ => state.who.clone(),
    };
    Step { opens: Opens::Gate(state.id.clone()), also: Vec::new(), kind, does, who, until, warning: None }
}

fn stage_step(frame: &EvalContext<'_>, rail: &Rail<'_>, state: &GateState, at: usize) -> Option<Step> {
    let run = frame.stages.get(at)?;
    let rollout = frame.launch.rollout.as_ref()?;
    let stage = rollout.stages.get(at)?;
    let id = &stage.id;
    let until = dependencies::soaked(frame, at);
    let samples = || {
        let clauses = rail.soak(at, stage, run).into_iter().map(|term| term.clause);
        clauses.filter(|it| !it.met).find(|it| it.kind == ClauseKind::Samples)
    };
    let (kind, text) = match (run.status, until) {
        (StageStatus::Soaking, Some(end)) if end > frame.now.wall => {
            (StepKind::Wait, format!("stage {id} soaks until {}", frame.moment(end)))
        }
        (StageStatus::Soaking, _) => match samples() {
            // Guardrails count them: nobody closes it before.
            Some(it) if it.done.is_some() => (StepKind::Machine, format!("stage {id} waits for {}", it.text)),
            _ => (StepKind::Act, format!("close stage {id} once it has its samples")),
        },
        (StageStatus::Held, _) => (StepKind::Act, format!("stage {id}: end the hold{}", rail.held_by(stage))),
        _ => (StepKind::Act, format!("start stage {id} and let it soak")),
    };
    let who = if kind == StepKind::Machine { Vec::new() } else { rollout.advance_by.clone() };
    Some(Step { until: until.filter(|_| kind == StepKind::Wait), who, ..step(state, kind, text) })
}

fn step(state: &GateState, kind: StepKind, does: impl Into<Advice>) -> Step {
    let (opens, who) = (Opens::Gate(state.id.clone()), state.who.clone());
    Step { opens, also: Vec::new(), kind, does: does.into(), who, until: None, warning: None }
}
