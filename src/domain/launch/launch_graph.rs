//! What follows from a launch's files alone: worked out once, so that an evaluation touches each gate once.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use super::{Gate, Launch};
use crate::{
    About, Blocks, Bound, ChecklistId, Digest, GateId, Kind, Need, Scope, Str, answers,
    evaluate::question::{self, Unasked},
};

/// How old the target's commit may be when no gate says (V5).
const TARGET_FRESH: Duration = Duration::from_secs(600);

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct LaunchGraph {
    /// Gates, and the barriers that somebody needs, each after all that it depends on. A barrier is a number from the count of gates on.
    pub order: Vec<usize>,
    /// Needs by gate.
    pub needs: Vec<Vec<RequiredNode>>,
    /// Needs by message of the plan.
    pub message_needs: Vec<Vec<RequiredNode>>,
    /// What is directly inside a gate of gates and counts for its state.
    pub members: Vec<Vec<usize>>,
    /// The gate of gates around each.
    pub parents: Vec<Option<usize>>,
    /// Whether the board's word counts it: blocks GO, is no plain group, is not inside a `one_of`.
    pub counted: Vec<bool>,
    /// What each gate asks of its source.
    pub asked: Vec<QuestionKind>,
    /// Whether the title waits for answers of people.
    pub open_title: Vec<bool>,
    /// Barriers: each checklist twice, as it stands before GO and with what blocks a stage.
    pub barriers: Vec<Vec<usize>>,
    /// The place of each checklist among the barriers, halved.
    pub checklists: HashMap<ChecklistId, usize>,
    /// The checklist of each gate, by that place.
    pub list: Vec<usize>,
    /// Whether anything counts time since a gate became go.
    pub timers: bool,
    /// How old the target's commit may be: as fresh as the least demanding gate that is bound to it (V5, V8).
    pub target_fresh: Duration,
    /// How old the newest look at a shared journal may be: as fresh as the most demanding gate (V17).
    pub journal_fresh: Duration,
}

/// A need, by place.
#[derive(Clone, Debug)]
pub(crate) enum RequiredNode {
    /// A gate.
    Gate(usize),
    /// A gate whose people's answer fills a blank of the question, with the name of the answer.
    Answer(usize, Str),
    /// All gates of a checklist: a barrier by number.
    Barrier(usize, ChecklistId),
    /// A stage by place.
    Stage(usize),
    /// A message of the plan by place.
    Message(usize),
    /// The GO decision.
    Decision,
    /// Something that cannot be satisfied in this launch, as written.
    Never(Str),
}

/// What a gate asks of its source.
#[derive(Clone, Debug)]
pub(crate) enum QuestionKind {
    /// It asks no source.
    Nothing,
    /// Always the same question, of this digest.
    Always(Digest),
    /// The question depends on answers of people.
    Filled,
    /// It cannot be asked at all.
    Never(Unasked),
}

impl LaunchGraph {
    /// Works it out.
    pub(super) fn of(launch: &Launch) -> Self {
        let mut it = Self {
            parents: launch.gates.iter().map(|gate| launch.position(gate.parent.as_ref()?)).collect(),
            target_fresh: target_fresh(launch),
            journal_fresh: launch
                .gates
                .iter()
                .map(|gate| gate.fresh)
                .chain([TARGET_FRESH])
                .min()
                .unwrap_or_default(),
            timers: launch.gates.iter().any(|gate| matches!(gate.kind, Kind::Timer { .. })),
            ..Self::default()
        };
        it.members = members(launch, &it.parents);
        it.counted = counted(launch, &it.parents);
        it.checklists =
            launch.checklists.iter().enumerate().map(|(at, list)| (list.id.clone(), at)).collect();
        for gate in &launch.gates {
            let next = it.checklists.len();
            it.checklists.entry(gate.checklist.clone()).or_insert(next);
        }
        it.list = launch.gates.iter().map(|gate| it.checklists[&gate.checklist]).collect();
        it.barriers = it.fill_barriers(launch);
        it.needs = launch.gates.iter().map(|gate| it.required(launch, gate)).collect();
        // A message about the launch comes after GO: it waits for a whole checklist, stages' gates included.
        let of_message = |need: &Need| it.resolve(launch, true, need);
        let messages = launch.comms.messages.iter();
        let message_needs = messages.map(|message| message.needs.iter().map(of_message).collect()).collect();
        it.message_needs = message_needs;
        it.asked = launch.gates.iter().map(|gate| question::asked(launch, gate)).collect();
        it.open_title = launch.gates.iter().map(|gate| answers::is_template(&gate.title)).collect();
        it.order = it.sorted(launch);
        let passed = it.needs.iter().chain(&it.message_needs).flatten().filter_map(|need| match need {
            RequiredNode::Barrier(number, _) => Some(launch.gates.len() + number),
            _ => None,
        });
        let passed: HashSet<_> = passed.collect();
        it.order.retain(|at| *at < launch.gates.len() || passed.contains(at));
        it
    }

    fn fill_barriers(&self, launch: &Launch) -> Vec<Vec<usize>> {
        let mut barriers = vec![Vec::new(); self.checklists.len() * 2];
        for (at, gate) in launch.gates.iter().enumerate() {
            let list = self.list[at] * 2;
            if self.counted[at] {
                barriers[list].push(at);
            }
            let shut = matches!(gate.blocks, Blocks::Stage(_))
                && gate.kind != Kind::All
                && !self.in_one_of(launch, at);
            if self.counted[at] || shut {
                barriers[list + 1].push(at);
            }
        }
        barriers
    }

    pub(crate) fn in_one_of(&self, launch: &Launch, at: usize) -> bool {
        self.above(at).any(|above| launch.gates[above].kind == Kind::OneOf)
    }

    /// The gates of gates around one, from the inside out.
    pub(crate) fn above(&self, at: usize) -> impl Iterator<Item = usize> {
        // Parents stand before their members: a circle cannot be written, and would end here.
        std::iter::successors(self.parents[at], |&next| self.parents[next].filter(|&up| up < next))
    }

    fn required(&self, launch: &Launch, gate: &Gate) -> Vec<RequiredNode> {
        let mut all: Vec<_> =
            gate.needs.iter().map(|need| self.resolve(launch, !gate.is_blocking(), need)).collect();
        if let Kind::Evidence(query) = &gate.kind {
            let mut blanks = answers::blanks_in(&query.args, &gate.checklist);
            blanks.extend(answers::blanks(&launch.version, &gate.checklist));
            blanks.sort();
            blanks.dedup();
            all.extend(blanks.into_iter().map(|blank| match launch.position(&blank.gate) {
                Some(at) => RequiredNode::Answer(at, blank.name),
                None => RequiredNode::Never(format!("answers.{}.{}", blank.gate, blank.name).into()),
            }));
        }
        all
    }

    fn resolve(&self, launch: &Launch, wide: bool, need: &Need) -> RequiredNode {
        let found = match need {
            Need::Gate(id) => launch.position(id).map(RequiredNode::Gate),
            Need::Checklist(id) => self
                .checklists
                .get(id)
                .map(|at| RequiredNode::Barrier(at * 2 + usize::from(wide), id.clone())),
            Need::Stage(id) => launch.stage(id).map(|(at, _)| RequiredNode::Stage(at)),
            Need::Decision => Some(RequiredNode::Decision),
            Need::Message(id) => launch.message(id).map(|(at, _)| RequiredNode::Message(at)),
        };
        found.unwrap_or_else(|| RequiredNode::Never(need.describe()))
    }

    /// Each after what it depends on, else in file order. In a circle somebody comes too early and finds its need
    /// open, which is what a circle deserves.
    fn sorted(&self, launch: &Launch) -> Vec<usize> {
        let gates = launch.gates.len();
        let total = gates + self.barriers.len();
        let mut order = Vec::with_capacity(total);
        let mut seen = vec![false; total];
        let mut stack: Vec<(usize, Vec<usize>)> = Vec::new();
        for start in 0..total {
            if !std::mem::replace(&mut seen[start], true) {
                stack.push((start, self.depends(launch, start)));
            }
            while let Some((node, open)) = stack.last_mut() {
                match open.pop() {
                    Some(next) if !std::mem::replace(&mut seen[next], true) => {
                        stack.push((next, self.depends(launch, next)));
                    }
                    Some(_) => {}
                    None => {
                        order.push(*node);
                        stack.pop();
                    }
                }
            }
        }
        order
    }

    /// The gates that these depend on in any way, themselves included.
    pub(crate) fn reached(&self, launch: &Launch, of: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut open: Vec<usize> = (0..launch.gates.len()).filter(|at| of(*at)).collect();
        let mut reached = vec![false; launch.gates.len() + self.barriers.len()];
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut reached[at], true) {
                open.extend(self.depends(launch, at));
                // A member counts for the gate of gates around it.
                open.extend(self.parents.get(at).copied().flatten());
            }
        }
        reached.truncate(launch.gates.len());
        reached
    }

    fn depends(&self, launch: &Launch, node: usize) -> Vec<usize> {
        let gates = launch.gates.len();
        let Some(gate) = launch.gates.get(node) else { return self.barriers[node - gates].clone() };
        let mut all = self.members[node].clone();
        all.extend(self.needs[node].iter().filter_map(|need| match need {
            RequiredNode::Gate(at) | RequiredNode::Answer(at, _) => Some(*at),
            RequiredNode::Barrier(at, _) => Some(gates + at),
            RequiredNode::Stage(_)
            | RequiredNode::Message(_)
            | RequiredNode::Decision
            | RequiredNode::Never(_) => None,
        }));
        if let Kind::Timer { since: Need::Gate(id), .. } = &gate.kind {
            all.extend(launch.position(id));
        }
        all.reverse();
        all
    }
}

impl Need {
    /// As written in files: `qa/smoke`, `checklist/qa`, `stage/canary`, `decision/go`, `message/changelog`.
    pub fn describe(&self) -> Str {
        match self {
            Self::Gate(id) => id.text(),
            Self::Checklist(id) => format!("checklist/{id}").into(),
            Self::Stage(id) => format!("stage/{id}").into(),
            Self::Decision => "decision/go".into(),
            Self::Message(id) => format!("message/{id}").into(),
        }
    }
}

/// What counts for the state of a gate of gates: what blocks GO or the same as it; where nothing does, all inside.
fn members(launch: &Launch, parents: &[Option<usize>]) -> Vec<Vec<usize>> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); launch.gates.len()];
    for (at, parent) in parents.iter().enumerate() {
        if let Some(parent) = parent {
            members[*parent].push(at);
        }
    }
    for (at, inside) in members.iter_mut().enumerate() {
        let own = &launch.gates[at].blocks;
        let counts = |member: &usize| {
            let blocks = &launch.gates[*member].blocks;
            *blocks == Blocks::Go || blocks == own
        };
        if inside.iter().any(counts) {
            inside.retain(counts);
        }
    }
    members
}

fn counted(launch: &Launch, parents: &[Option<usize>]) -> Vec<bool> {
    let mut inside = vec![false; launch.gates.len()];
    let mut counted = Vec::with_capacity(launch.gates.len());
    for (at, gate) in launch.gates.iter().enumerate() {
        inside[at] = parents[at].is_some_and(|up| inside[up] || launch.gates[up].kind == Kind::OneOf);
        counted.push(gate.is_blocking() && gate.kind != Kind::All && !inside[at]);
    }
    counted
}

fn target_fresh(launch: &Launch) -> Duration {
    let bound = launch.gates.iter().filter(|gate| match &gate.kind {
        Kind::Evidence(query) => query.bound == Bound::Commit,
        Kind::Task(ask) | Kind::SignOff(ask) => ask.about == About::Commit,
        _ => false,
    });
    bound.map(|gate| gate.fresh).max().unwrap_or(TARGET_FRESH)
}

impl Launch {
    /// The stage of this name and its place in the rollout.
    pub fn stage(&self, id: &crate::StageId) -> Option<(usize, &crate::Stage)> {
        self.rollout.as_ref()?.stages.iter().enumerate().find(|(_, stage)| stage.id == *id)
    }

    /// The gates whose answers decide a board of this scope: those in it, and whatever they wait for or count from.
    pub fn asked_for(&self, scope: &Scope) -> HashSet<&GateId> {
        let listed = |at: usize| scope.only.is_empty() || scope.only.contains(&self.gates[at].checklist);
        let reached = self.derived.reached(self, listed);
        self.gates.iter().zip(reached).filter(|(_, reached)| *reached).map(|(gate, _)| &gate.id).collect()
    }

    /// The gate itself and, for a gate of gates, everything inside it.
    pub fn within(&self, id: &GateId) -> impl Iterator<Item = &Gate> {
        self.inside(id).into_iter().map(|at| &self.gates[at])
    }

    /// The same by place.
    pub(crate) fn inside(&self, id: &GateId) -> Vec<usize> {
        let Some(root) = self.position(id) else { return Vec::new() };
        let within = |&at: &usize| at == root || self.derived.above(at).any(|up| up == root);
        (0..self.gates.len()).filter(within).collect()
    }
}
