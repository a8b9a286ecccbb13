//! References between gates, once all gates are known; and what sign-offs bind to.

use std::collections::{HashMap, HashSet};

use super::{
    evidence::waits_for,
    expand::{GateInstance, Insts},
    index::{GateIndex, ResolvedRef},
    limits::{MOST_NEEDS, MOST_PROBLEMS},
    names::listed,
    parsed_file::ParsedFile,
    reader::{Reader, SpannedText},
    reference::{GateRef, Reference},
    symbols::Symbols,
    template::answers_in,
};
use gonogo_domain::{ChecklistId, Digest, Gate, GateId, Kind, Need, Str};
use gonogo_yaml::{NodeId, Problem};

/// Looks up what gates refer to.
pub(super) struct Resolver<'a> {
    pub(super) world: &'a Symbols<'a>,
    pub(super) index: &'a GateIndex,
    /// Gates by whole name.
    pub(super) by_id: HashMap<GateId, usize>,
    /// Copies of a gate by file and written id.
    copies: HashMap<(usize, Str), Vec<usize>>,
}

/// Where a reference stands.
#[derive(Clone, Copy)]
struct Stand<'a> {
    unit: usize,
    cells: &'a [super::index::CellRef],
}

/// Looks up the references of all gates and settles their digests. Gates of gates come before what is inside.
pub(super) fn all<'a>(
    units: &mut [ParsedFile],
    insts: &mut Insts,
    world: &'a Symbols<'a>,
    index: &'a GateIndex,
) -> Resolver<'a> {
    let resolver = Resolver::new(insts, world, index);
    let mut total = 0;
    let outer: Vec<Vec<Need>> = insts
        .needs
        .iter()
        .enumerate()
        .map(|(unit, words)| resolver.needs(units, &insts.all, Stand { unit, cells: &[] }, words))
        .collect();
    for at in 0..insts.all.len() {
        if units.iter().any(|unit| unit.problems.len() > MOST_PROBLEMS) {
            break;
        }
        let own = resolver.own_needs(units, &insts.all, at);
        let inherited = match insts.all[at].parent {
            Some(parent) => insts.all[parent].gate.needs.clone(),
            None => outer.get(insts.all[at].unit).cloned().unwrap_or_default(),
        };
        let before: Vec<Need> =
            insts.all[at].after.iter().map(|before| Need::Gate(insts.all[*before].gate.id.clone())).collect();
        let needs = joined(inherited, own.into_iter().chain(before));
        total += needs.len();
        let kind = resolver.kind(units, &insts.all, at);
        let inst = &mut insts.all[at];
        if total > MOST_NEEDS {
            let unit = &mut units[inst.unit];
            let message = format!("the gates of the launch have more than {MOST_NEEDS} needs together");
            let span = unit.doc.span(inst.at);
            unit.problems.push(Problem::new("too-many-needs", message).at(span, "the limit is here"));
            break;
        }
        if let Some(answer) = resolver.unknown_answer(&inst.gate) {
            let unit = &mut units[inst.unit];
            let span = unit.doc.span(inst.at);
            let problem = Problem::new(
                "unknown-cell",
                format!("this waits for an answer of `{answer}`, which does not exist"),
            );
            unit.problems.push(problem.at(span, "in this gate"));
        }
        inst.gate.needs = needs;
        inst.gate.kind = kind;
        inst.gate.digest = digest(&inst.gate, inst.when.as_ref());
    }
    resolver
}

/// Needs in order, each once.
fn joined(mut needs: Vec<Need>, more: impl Iterator<Item = Need>) -> Vec<Need> {
    const FEW: usize = 16;
    let mut seen: Option<HashSet<Need>> = None;
    for need in more {
        if needs.len() >= FEW {
            let seen = seen.get_or_insert_with(|| needs.iter().cloned().collect());
            if seen.insert(need.clone()) {
                needs.push(need);
            }
        } else if !needs.contains(&need) {
            needs.push(need);
        }
    }
    needs
}

/// What a sign-off or a waiver binds to: id, title, notes, expanded evidence, needs, when (V8).
fn digest(gate: &Gate, when: Option<&Digest>) -> Digest {
    let evidence = match &gate.kind {
        Kind::Evidence(query) => format!("{}.{} {}", query.source, query.thing, query.args),
        Kind::Task(ask) => format!("task {}", serde_json::to_string(ask).unwrap_or_default()),
        Kind::SignOff(ask) => format!("sign_off {}", serde_json::to_string(ask).unwrap_or_default()),
        Kind::Timer { since, wait } => format!("timer {} {}", since.describe(), wait.as_secs()),
        Kind::All => "gates".to_owned(),
        Kind::OneOf => "one_of".to_owned(),
    };
    let needs: Vec<Str> = gate.needs.iter().map(Need::describe).collect();
    let optional = |text: Option<&Str>| text.map_or(String::from("-"), |text| format!("={text}"));
    let (notes, component) = (optional(gate.notes.as_ref()), optional(gate.component.as_ref()));
    let connection = optional(gate.connection.as_ref());
    let fixed = [
        gate.id.as_str(),
        &gate.title,
        &notes,
        &evidence,
        &component,
        &connection,
        when.map_or("-", Digest::as_str),
    ];
    Digest::of(fixed.into_iter().chain(needs.iter().map(AsRef::as_ref)).map(str::as_bytes))
}

impl<'a> Resolver<'a> {
    fn new(insts: &Insts, world: &'a Symbols<'a>, index: &'a GateIndex) -> Self {
        let mut by_id = HashMap::with_capacity(insts.all.len());
        let mut copies: HashMap<(usize, Str), Vec<usize>> = HashMap::with_capacity(insts.all.len());
        for (at, inst) in insts.all.iter().enumerate() {
            by_id.entry(inst.gate.id.clone()).or_insert(at);
            copies.entry((inst.unit, inst.local.clone())).or_default().push(at);
        }
        Self { world, index, by_id, copies }
    }

    /// A gate whose answer is waited for and that is not there. Its written id was checked when the value was filled
    /// in; whether it has such a cell is known only now.
    fn unknown_answer(&self, gate: &Gate) -> Option<Str> {
        let args = match &gate.kind {
            Kind::Evidence(query) => waits_for(&query.args),
            _ => Vec::new(),
        };
        let named = answers_in(&gate.title).into_iter().map(Str::from);
        named.chain(args).find(|id| !self.by_id.contains_key(&GateId::new(id.clone())))
    }

    fn own_needs(&self, units: &mut [ParsedFile], insts: &[GateInstance], at: usize) -> Vec<Need> {
        let inst = &insts[at];
        self.needs(units, insts, Stand { unit: inst.unit, cells: &inst.cells }, &inst.wants.needs)
    }

    fn needs(
        &self,
        units: &mut [ParsedFile],
        insts: &[GateInstance],
        stand: Stand<'_>,
        words: &[SpannedText],
    ) -> Vec<Need> {
        if words.is_empty() {
            return Vec::new();
        }
        let Some(unit) = units.get_mut(stand.unit) else { return Vec::new() };
        let mut reader = Reader::new(&unit.doc, &mut unit.problems);
        for (at, word) in words.iter().enumerate() {
            if words[..at.min(64)].iter().any(|earlier| earlier.value == word.value) {
                let message = format!("`{}` is needed twice", word.value);
                reader.advise("duplicate-value", message, word.at, "named again", "remove one of them");
            }
        }
        words.iter().flat_map(|word| self.need(&mut reader, insts, stand, word)).collect()
    }

    /// What one reference stands for; nothing, with a problem noted, if it stands for nothing.
    fn need(
        &self,
        reader: &mut Reader<'_>,
        insts: &[GateInstance],
        stand: Stand<'_>,
        word: &SpannedText,
    ) -> Vec<Need> {
        match Reference::parse(&word.value) {
            Reference::Gate(reference) => self
                .gates(reader, insts, stand, word.at, &reference)
                .into_iter()
                .map(|at| Need::Gate(insts[at].gate.id.clone()))
                .collect(),
            Reference::Checklist(name) => {
                let span = reader.span(word.at);
                let found = reader.take(self.index.checklist(name, span, &self.world.hints)).flatten();
                found.map(|_| Need::Checklist(ChecklistId::new(name))).into_iter().collect()
            }
            Reference::Stage(name) => {
                self.world.stage(reader, word, name).map(Need::Stage).into_iter().collect()
            }
            Reference::Message(name) => {
                self.world.planned_message(reader, word, name).map(Need::Message).into_iter().collect()
            }
            Reference::Decision("go") => {
                reader.not_built("decision/go", word.at);
                Vec::new()
            }
            Reference::Decision(_) | Reference::Guardrail(_) => {
                let message = format!("`{}` cannot be needed", word.value);
                let help = "a gate can need gates, checklist/ID, stage/ID and message/ID";
                reader.advise("unknown-gate", message, word.at, "cannot be waited for", help);
                Vec::new()
            }
        }
    }

    /// The gates that a reference stands for, by number.
    fn gates(
        &self,
        reader: &mut Reader<'_>,
        insts: &[GateInstance],
        stand: Stand<'_>,
        at: NodeId,
        reference: &GateRef<'_>,
    ) -> Vec<usize> {
        let span = reader.span(at);
        let found = self.index.find(reference, stand.unit, stand.cells, span, &self.world.hints);
        let Some(target) = reader.take(found).flatten() else { return Vec::new() };
        let gates = self.copies_of(insts, &target);
        if let Some(all) = self.copies.get(&(target.unit, target.gate.clone()))
            && gates.is_empty()
        {
            let cells: Vec<String> = all.iter().map(|at| insts[*at].gate.id.local().to_owned()).collect();
            let message = format!("`{}` has no such cell", reference.gate);
            let help = format!(
                "there are {} ({})",
                listed(cells.iter().map(String::as_str)),
                target.definition.place
            );
            reader.advise("unknown-cell", message, at, "no such cell", help);
        }
        gates
    }

    /// A gate whose answer a text waits for, and that is not there.
    pub(super) fn unknown_answer_in(&self, text: &str) -> Option<Str> {
        let named = answers_in(text).into_iter().map(Str::from);
        named.into_iter().find(|id| !self.by_id.contains_key(&GateId::new(id.clone())))
    }

    /// What references of `launch.yaml` itself stand for.
    pub(super) fn needs_of_launch(
        &self,
        units: &mut [ParsedFile],
        insts: &[GateInstance],
        words: &[SpannedText],
    ) -> Vec<Need> {
        joined(Vec::new(), self.needs(units, insts, Stand { unit: 0, cells: &[] }, words).into_iter())
    }

    /// The gates that a reference of `launch.yaml` stands for, by number.
    pub(super) fn gates_named_by_launch(
        &self,
        reader: &mut Reader<'_>,
        insts: &[GateInstance],
        at: NodeId,
        reference: &GateRef<'_>,
    ) -> Vec<usize> {
        self.gates(reader, insts, Stand { unit: 0, cells: &[] }, at, reference)
    }

    fn copies_of(&self, insts: &[GateInstance], target: &ResolvedRef<'_>) -> Vec<usize> {
        if let Some(local) = target.only()
            && let Some(gates) = self.index.units.get(target.unit)
        {
            let id = GateId::new(format!("{}/{local}", gates.checklist));
            return self.by_id.get(&id).copied().into_iter().collect();
        }
        let all = self.copies.get(&(target.unit, target.gate.clone()));
        let inside = |at: &usize| {
            let cells = &insts[*at].cells;
            cells.len() >= target.cells.len()
                && cells.iter().zip(&target.cells).all(|((_, own), wanted)| own == wanted)
        };
        all.into_iter().flatten().copied().filter(inside).collect()
    }

    /// The kind of evidence with its references looked up.
    fn kind(&self, units: &mut [ParsedFile], insts: &[GateInstance], at: usize) -> Kind {
        let inst = &insts[at];
        let mut kind = inst.gate.kind.clone();
        if inst.wants.apart_from.is_empty() && inst.wants.since.is_none() {
            return kind;
        }
        let Some(unit) = units.get_mut(inst.unit) else { return kind };
        let mut reader = Reader::new(&unit.doc, &mut unit.problems);
        let stand = Stand { unit: inst.unit, cells: &inst.cells };
        match &mut kind {
            Kind::Task(ask) | Kind::SignOff(ask) => {
                for word in &inst.wants.apart_from {
                    ask.apart_from.extend(self.apart_from(&mut reader, insts, stand, word));
                }
            }
            Kind::Timer { since, .. } => {
                if let Some(found) =
                    inst.wants.since.as_ref().and_then(|word| self.since(&mut reader, insts, stand, word))
                {
                    *since = found;
                }
            }
            Kind::Evidence(_) | Kind::All | Kind::OneOf => {}
        }
        kind
    }

    fn apart_from(
        &self,
        reader: &mut Reader<'_>,
        insts: &[GateInstance],
        stand: Stand<'_>,
        word: &SpannedText,
    ) -> Vec<GateId> {
        let Reference::Gate(reference) = Reference::parse(&word.value) else {
            let message = format!("`{}` is not a gate", word.value);
            reader.report("no-gate", message, word.at, "not a gate");
            return Vec::new();
        };
        let gates = self.gates(reader, insts, stand, word.at, &reference);
        if let Some(other) = gates.iter().find(|at| insts[**at].gate.ask().is_none()) {
            let message = format!("`{}` is not answered by people", insts[*other].gate.id);
            reader.report("no-gate", message, word.at, "neither a task nor a sign-off");
            return Vec::new();
        }
        gates.into_iter().map(|at| insts[at].gate.id.clone()).collect()
    }

    /// What a timer counts from: one gate, or a stage.
    fn since(
        &self,
        reader: &mut Reader<'_>,
        insts: &[GateInstance],
        stand: Stand<'_>,
        word: &SpannedText,
    ) -> Option<Need> {
        if let Reference::Checklist(_) = Reference::parse(&word.value) {
            let message = format!("a timer cannot start from `{}`", word.value);
            reader.advise("no-gate", message, word.at, "not a gate or stage", "name a gate or stage/ID");
            return None;
        }
        let mut found = self.need(reader, insts, stand, word);
        if found.len() > 1 {
            let message = format!("`{}` stands for {} gates", word.value, found.len());
            let help = format!("name one of them: `{}@CELL`, or a gate of gates around them", word.value);
            reader.advise("several-gates", message, word.at, "since which one?", help);
            return None;
        }
        found.pop()
    }

    /// Where a gate says that it needs something: its own words, or those of what is around it.
    pub(super) fn origin(
        &self,
        units: &[ParsedFile],
        insts: &Insts,
        at: usize,
        need: &Need,
    ) -> (usize, NodeId) {
        let own = &insts.all[at];
        let mut current = Some(at);
        let mut quiet = Vec::new();
        while let Some(inst) = current.map(|at| &insts.all[at]) {
            let mut reader = Reader::new(&units[inst.unit].doc, &mut quiet);
            let stand = Stand { unit: inst.unit, cells: &inst.cells };
            let words = inst.wants.needs.iter().chain(&inst.wants.since);
            for word in words {
                if self.need(&mut reader, &insts.all, stand, word).contains(need) {
                    return (inst.unit, word.at);
                }
            }
            current = inst.parent;
        }
        let outer = insts.needs.get(own.unit).into_iter().flatten();
        let mut reader = Reader::new(&units[own.unit].doc, &mut quiet);
        let stand = Stand { unit: own.unit, cells: &[] };
        for word in outer {
            if self.need(&mut reader, &insts.all, stand, word).contains(need) {
                return (own.unit, word.at);
            }
        }
        (own.unit, own.at)
    }
}
