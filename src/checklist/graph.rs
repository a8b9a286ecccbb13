//! Who waits for whom: nothing may wait for itself, and nothing that blocks GO for what comes after it.

mod cycle;

use std::collections::{HashSet, VecDeque};

use super::{
    evidence::waits_for,
    expand::{GateInstance, Insts},
    index::GateIndex,
    limits::ENOUGH,
    names::Where,
    parsed_file::ParsedFile,
    reader::{SpannedText, span_of},
    resolve::Resolver,
    sections::comms::CommsDraft,
    template::answers_in,
};
use gonogo_domain::{Blocks, CommsMessage, GateId, Kind, Need, Rollout, Stage};
use gonogo_yaml::{NodeId, Problem};

/// Gates, then each checklist twice (as it stands before GO, and with what blocks a stage), then stages, then messages.
pub(super) struct Graph<'a> {
    insts: &'a Insts,
    index: &'a GateIndex,
    resolver: &'a Resolver<'a>,
    stages: &'a [Stage],
    messages: &'a [CommsMessage],
    /// Where each message is in the launch file, and what it needs as written.
    told: &'a CommsDraft,
    edges: Vec<Vec<usize>>,
}

/// Checks the launch for circles and for needs of what comes after GO.
pub(super) fn check(
    units: &mut [ParsedFile],
    insts: &Insts,
    index: &GateIndex,
    resolver: &Resolver<'_>,
    (rollout, told): (Option<&Rollout>, &CommsDraft),
) {
    let stages = rollout.map_or(&[][..], |rollout| rollout.stages.as_slice());
    let messages = &told.comms.messages;
    let mut graph = Graph { insts, index, resolver, stages, messages, told, edges: Vec::new() };
    graph.build();
    let found = graph.barriers().into_iter().chain(graph.late(units)).chain(graph.circles(units));
    let found: Vec<(usize, NodeId, Problem)> = found.collect();
    let mut seen = HashSet::new();
    for (unit, node, mut problem) in found {
        let unit_at = unit;
        let Some(unit) = units.get_mut(unit) else { continue };
        let span = span_of(&unit.doc, node);
        // One need of a gate of gates is a need of all inside: said once.
        if seen.insert((unit_at, span.start, problem.code)) {
            let label = std::mem::take(&mut problem.label);
            unit.problems.push(problem.at(span, label));
        }
    }
}

/// Whether a barrier counts for it with what blocks a stage.
fn wide(inst: &GateInstance) -> bool {
    !inst.gate.is_blocking()
}

impl Graph<'_> {
    fn gates(&self) -> &[GateInstance] {
        &self.insts.all
    }

    fn barrier(&self, unit: usize, wide: bool) -> usize {
        self.gates().len() + unit * 2 + usize::from(wide)
    }

    fn stage(&self, place: usize) -> usize {
        self.gates().len() + self.index.units.len() * 2 + place
    }

    fn message(&self, place: usize) -> usize {
        self.stage(self.stages.len()) + place
    }

    fn build(&mut self) {
        let total = self.message(self.messages.len());
        let mut edges = vec![Vec::new(); total];
        let members = self.members();
        // Evidence cannot be asked for while the version waits for an answer.
        let version = self.known(answers_in(&self.resolver.world.version).into_iter());
        for (at, inst) in self.gates().iter().enumerate() {
            edges[at].extend(&members[at]);
            edges[at].extend(inst.gate.needs.iter().filter_map(|need| self.target(wide(inst), need)));
            match &inst.gate.kind {
                Kind::Timer { since, .. } => edges[at].extend(self.target(wide(inst), since)),
                Kind::Evidence(query) => {
                    let answers = waits_for(&query.args);
                    edges[at].extend(self.known(answers.iter().map(AsRef::as_ref)));
                    edges[at].extend(&version);
                }
                _ => {}
            }
            for wide in [false, true].into_iter().filter(|wide| self.counts(inst, *wide)) {
                edges[self.barrier(inst.unit, wide)].push(at);
            }
            if let Blocks::Stage(id) = &inst.gate.blocks
                && let Some(place) = self.stages.iter().position(|stage| stage.id == *id)
            {
                edges[self.stage(place)].push(at);
            }
        }
        for place in 1..self.stages.len() {
            let before = (0..place).rfind(|before| !self.stages[*before].independent);
            if let (Some(before), false) = (before, self.stages[place].independent) {
                edges[self.stage(place)].push(self.stage(before));
            }
        }
        for (place, message) in self.messages.iter().enumerate() {
            let needs = message.needs.iter().filter_map(|need| self.target(true, need));
            edges[self.message(place)].extend(needs.collect::<Vec<_>>());
        }
        self.edges = edges;
    }

    fn known<'s>(&self, gates: impl Iterator<Item = &'s str>) -> Vec<usize> {
        gates.filter_map(|gate| self.resolver.by_id.get(&GateId::from(gate)).copied()).collect()
    }

    /// What a need of a gate leads to.
    fn target(&self, wide: bool, need: &Need) -> Option<usize> {
        match need {
            Need::Gate(id) => self.resolver.by_id.get(id).copied(),
            Need::Checklist(id) => {
                let unit = self.index.units.iter().position(|gates| *gates.checklist == *id.as_str())?;
                Some(self.barrier(unit, wide))
            }
            Need::Stage(id) => {
                self.stages.iter().position(|stage| stage.id == *id).map(|place| self.stage(place))
            }
            Need::Message(id) => {
                self.messages.iter().position(|message| message.id == *id).map(|place| self.message(place))
            }
            Need::Decision => None,
        }
    }

    /// What counts for the state of each gate of gates: what blocks GO or the same as it; where nothing does, all.
    fn members(&self) -> Vec<Vec<usize>> {
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); self.gates().len()];
        for (at, inst) in self.gates().iter().enumerate() {
            if let Some(parent) = inst.parent {
                members[parent].push(at);
            }
        }
        for (inst, inside) in self.gates().iter().zip(&mut members) {
            let blocks = |member: &usize| &self.insts.all[*member].gate.blocks;
            let counts =
                |member: &usize| *blocks(member) == Blocks::Go || *blocks(member) == inst.gate.blocks;
            if inside.iter().any(counts) {
                inside.retain(counts);
            }
        }
        members
    }

    /// Whether a gate counts for its checklist as a barrier.
    fn counts(&self, inst: &GateInstance, wide: bool) -> bool {
        let blocks = match inst.gate.blocks {
            Blocks::Go => true,
            Blocks::Stage(_) => wide,
            Blocks::Close | Blocks::Nothing => false,
        };
        let mut above = inst.parent.map(|at| &self.gates()[at]);
        let mut in_one_of = false;
        while let Some(outer) = above {
            in_one_of |= outer.gate.kind == Kind::OneOf;
            above = outer.parent.map(|at| &self.gates()[at]);
        }
        blocks && inst.gate.kind != Kind::All && !in_one_of
    }

    /// Needs of a checklist in which nothing counts: they could never be satisfied.
    fn barriers(&self) -> Vec<(usize, NodeId, Problem)> {
        let mut found = Vec::new();
        let mut outer: HashSet<usize> = HashSet::new();
        for inst in self.gates() {
            // What a whole file needs is looked at once, for the first of its gates.
            let all = self.insts.needs.get(inst.unit).filter(|_| outer.insert(inst.unit));
            for word in inst.wants.needs.iter().chain(all.into_iter().flatten()) {
                let Some(name) = word.value.strip_prefix("checklist/") else { continue };
                let need = Need::Checklist(name.into());
                if self.target(wide(inst), &need).is_some_and(|barrier| self.edges[barrier].is_empty()) {
                    let problem = Problem::new("empty-checklist", format!("nothing in `{name}` blocks GO"));
                    let label = "this could never be satisfied";
                    found.push((inst.unit, word.at, Problem { label: label.into(), ..problem }));
                }
            }
        }
        found
    }

    /// Needs of gates that block GO for what comes after it.
    fn late(&self, units: &[ParsedFile]) -> Vec<(usize, NodeId, Problem)> {
        let next = self.ways_to_late();
        let mut found = Vec::new();
        for (at, inst) in self.gates().iter().enumerate().filter(|(_, inst)| inst.gate.is_blocking()) {
            let since = match &inst.gate.kind {
                Kind::Timer { since, .. } => Some(since),
                _ => None,
            };
            for need in inst.gate.needs.iter().chain(since) {
                let Some(target) = self.target(wide(inst), need) else { continue };
                // Gates that block GO themselves are looked at on their own.
                let own = self.gates().get(target).is_some_and(|other| other.gate.is_blocking());
                let barrier = (self.gates().len()..self.stage(0)).contains(&target);
                if own || barrier || next[target].is_none() {
                    continue;
                }
                if found.len() == ENOUGH {
                    return found;
                }
                let (unit, node) = self.resolver.origin(units, self.insts, at, need);
                found.push((unit, node, self.late_problem(inst, target, &next)));
            }
        }
        found
    }

    fn late_problem(&self, inst: &GateInstance, target: usize, next: &[Option<usize>]) -> Problem {
        let mut path = vec![self.name(target)];
        let mut current = target;
        while let Some(further) = next[current].filter(|further| *further != current) {
            path.push(self.name(further));
            current = further;
        }
        let last = path.last().cloned().unwrap_or_default();
        let message = format!("`{}` blocks GO, but needs something that comes after GO", inst.gate.id);
        let mut problem = Problem::new("after-go", message);
        problem.label = match self.gates().get(current).map(|other| &other.gate.blocks) {
            None if current >= self.message(0) => format!("`{last}` is sent after GO"),
            None => format!("`{last}` starts after GO"),
            Some(Blocks::Close) => format!("`{last}` is for after the launch (`blocks: close`)"),
            Some(_) => format!("`{last}` blocks a stage that starts after GO"),
        };
        let way = if path.len() > 1 {
            format!("{} waits for {}; ", inst.gate.id, path.join(" → "))
        } else {
            String::new()
        };
        problem.help(format!("{way}let it block a stage, `close` or `nothing`, or make the stage a `pilot`"))
    }

    /// For each node from which something after GO can be reached: the next step there; itself at the end.
    fn ways_to_late(&self) -> Vec<Option<usize>> {
        let pilot = |id| self.stages.iter().any(|stage| stage.id == id && stage.pilot);
        let late_gate = |inst: &GateInstance| match &inst.gate.blocks {
            Blocks::Close => true,
            Blocks::Stage(id) => !pilot(id.clone()),
            Blocks::Go | Blocks::Nothing => false,
        };
        let gates = self.gates().iter().enumerate().filter(|(_, inst)| late_gate(inst)).map(|(at, _)| at);
        let stages = self.stages.iter().enumerate().filter(|(_, stage)| !stage.pilot);
        let stages = stages.map(|(place, _)| self.stage(place));
        let mut next: Vec<Option<usize>> = vec![None; self.edges.len()];
        let messages = (0..self.messages.len()).map(|place| self.message(place));
        let mut open: VecDeque<usize> = gates.chain(stages).chain(messages).collect();
        open.iter().for_each(|node| next[*node] = Some(*node));
        let mut back: Vec<Vec<usize>> = vec![Vec::new(); self.edges.len()];
        for (from, targets) in self.edges.iter().enumerate() {
            targets.iter().for_each(|to| back[*to].push(from));
        }
        while let Some(node) = open.pop_front() {
            for from in &back[node] {
                if next[*from].is_none() {
                    next[*from] = Some(node);
                    open.push_back(*from);
                }
            }
        }
        next
    }

    fn circles(&self, units: &[ParsedFile]) -> Vec<(usize, NodeId, Problem)> {
        let circles = cycle::shortest(&self.edges, ENOUGH);
        circles.into_iter().filter_map(|circle| self.circle(units, &circle)).collect()
    }

    fn circle(&self, units: &[ParsedFile], circle: &[usize]) -> Option<(usize, NodeId, Problem)> {
        const MOST: usize = 8;
        let gate = circle.iter().position(|node| *node < self.gates().len());
        let first = gate.or_else(|| circle.iter().position(|node| *node >= self.message(0)))?;
        let turned: Vec<usize> = circle.iter().cycle().skip(first).take(circle.len()).copied().collect();
        let start = *turned.first()?;
        let own = self.name(start);
        let mut names: Vec<String> = turned.iter().take(MOST).map(|node| self.name(*node)).collect();
        if turned.len() > MOST {
            names.push("...".to_owned());
        }
        names.push(own.clone());
        let message = format!("`{own}` waits for itself: {}", names.join(" → "));
        let problem = Problem::new("cycle", message);
        // The step that a person wrote: from a gate to what it needs.
        let steps = turned.iter().zip(turned.iter().cycle().skip(1));
        let written = steps.filter_map(|(from, to)| {
            let Some(from_inst) = self.gates().get(*from) else { return self.written_in_plan(*from, *to) };
            let since = match &from_inst.gate.kind {
                Kind::Timer { since, .. } => Some(since),
                _ => None,
            };
            let mut needs = from_inst.gate.needs.iter().chain(since);
            let need = needs.find(|need| self.target(wide(from_inst), need) == Some(*to))?;
            Some(self.resolver.origin(units, self.insts, *from, need))
        });
        let places: Vec<(usize, NodeId)> = written.take(MOST).collect();
        let (unit, node) = places.first().copied().or_else(|| {
            let inst = self.gates().get(start)?;
            Some((inst.unit, inst.at))
        })?;
        let others: Vec<String> = places
            .iter()
            .skip(1)
            .map(|(unit, node)| Where::of(&units[*unit].doc, *node).to_string())
            .collect();
        let problem = Problem { label: "closes the circle".into(), ..problem };
        let help = if others.is_empty() {
            "remove this".to_owned()
        } else {
            format!("remove one of these needs: this one, or the one at {}", others.join(", "))
        };
        Some((unit, node, problem.help(help)))
    }

    /// Where a message says that it needs something.
    fn written_in_plan(&self, from: usize, to: usize) -> Option<(usize, NodeId)> {
        let place = from.checked_sub(self.message(0))?;
        let message = self.messages.get(place)?;
        message.needs.iter().find(|need| self.target(true, need) == Some(to))?;
        let words = self.told.needs.get(place)?;
        let named = |word: &&SpannedText| {
            let name = self.name(to);
            word.value == name || name.strip_prefix("launch/") == Some(word.value.as_str())
        };
        let word = words.iter().find(named).or_else(|| words.first())?;
        Some((0, word.at))
    }

    fn name(&self, node: usize) -> String {
        if let Some(inst) = self.gates().get(node) {
            return inst.gate.id.to_string();
        }
        let rest = node - self.gates().len();
        match self.index.units.get(rest / 2) {
            Some(gates) => format!("checklist/{}", gates.checklist),
            None => {
                let place = rest - self.index.units.len() * 2;
                let stage = self.stages.get(place).map(|stage| format!("stage/{}", stage.id));
                let message = || self.messages.get(node.checked_sub(self.message(0))?);
                stage.or_else(|| Some(format!("message/{}", message()?.id))).unwrap_or_default()
            }
        }
    }
}
