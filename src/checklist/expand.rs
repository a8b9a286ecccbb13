//! Every gate of a file, one for each cell and occurrence, with its variables filled in.

use std::sync::Arc;

use super::{
    fill::{Axis, Filler, Part},
    gate::{Draft, GateKeys, Keys, Seat, Wants, strict},
    index::{Cell, Index, local_id},
    inherit::{Inherited, Shared},
    limits::{LONGEST_GATE_ID, MOST_COPIES, MOST_GATES, MOST_GROUPS},
    reader::{Reader, Word, keys},
    repeat::{self, Copy},
    scope::Scope,
    unit::Unit,
    when::Values,
    world::World,
};
use crate::{
    domain::{Checklist, ChecklistId, Digest, Gate, GateId, Kind, Str},
    yaml::{Document, Kind as NodeKind, NodeId, Problem},
};

/// A gate on its way into the launch.
#[derive(Debug)]
pub(super) struct Inst {
    pub(super) unit: usize,
    /// Its id as it is written, for places.
    pub(super) at: NodeId,
    /// The id without cells.
    pub(super) local: Str,
    pub(super) cells: Vec<Cell>,
    pub(super) parent: Option<usize>,
    pub(super) gate: Gate,
    pub(super) wants: Wants,
    /// The gates before it where order is strict.
    pub(super) after: Arc<[usize]>,
    pub(super) when: Option<Digest>,
}

/// All gates so far.
#[derive(Debug)]
pub(super) struct Insts {
    pub(super) all: Vec<Inst>,
    /// What the gates of each file need together, by file.
    pub(super) needs: Vec<Vec<Word>>,
    gates: usize,
    groups: usize,
    copies: usize,
    full: bool,
    blank: Digest,
}

impl Default for Insts {
    fn default() -> Self {
        let blank = Digest::of([]);
        Self { all: Vec::new(), needs: Vec::new(), gates: 0, groups: 0, copies: 0, full: false, blank }
    }
}

keys! {
    /// The keys of a checklist.
    struct ChecklistKeys {
        checklist, title, owner, due, not_before, component, needs, when, blocks, order, fresh, inputs, gates,
    }
    later {}
}

/// Reads the gates of a checklist file.
pub(super) fn checklist(
    unit: &mut Unit,
    at: usize,
    world: &World<'_>,
    index: &Index,
    scope: &Scope,
    excluded: &Inherited,
    insts: &mut Insts,
) -> Option<Checklist> {
    let root = unit.doc.root();
    let mut walk = Walk::new(unit, at, world, index, scope, insts);
    for (key, value) in walk.unit.doc.entries(root).collect::<Vec<_>>() {
        let name = walk.unit.doc.text(key).unwrap_or_default().to_owned();
        if !matches!(name.as_str(), "gates" | "inputs") {
            walk.fill(value, &name, Part::Plain);
        }
    }
    let values = walk.values();
    let mut reader = Reader::new(&walk.unit.doc, &mut walk.unit.problems);
    let keys = ChecklistKeys::read(&mut reader, root)?;
    for (key, name) in [(keys.checklist, "checklist"), (keys.title, "title"), (keys.gates, "gates")] {
        if key.is_none() {
            reader.missing(root, name);
        }
    }
    let title = super::gate::text(&mut reader, keys.title);
    let shared = Shared {
        owner: keys.owner,
        due: keys.due,
        component: keys.component,
        blocks: keys.blocks,
        fresh: keys.fresh,
        not_before: keys.not_before,
        when: keys.when,
    };
    let holds = excluded.with(&mut reader, world, values, shared);
    let needs = reader.words(keys.needs).unwrap_or_default();
    let strict = strict(&mut reader, keys.order);
    if let Some(slot) = walk.insts.needs.get_mut(at) {
        *slot = needs;
    }
    walk.start(keys.gates, &holds, strict);
    Some(Checklist { id: ChecklistId::new(unit.id.clone()), title: title?, owner: holds.owner })
}

/// Reads the gates of the launch file itself.
pub(super) fn own(unit: &mut Unit, world: &World<'_>, index: &Index, scope: &Scope, insts: &mut Insts) {
    let gates = unit.doc.get(unit.doc.root(), "gates");
    Walk::new(unit, 0, world, index, scope, insts).start(gates, &Inherited::default(), false);
}

/// Walks through the gates of one file.
struct Walk<'a, 'k> {
    unit: &'a mut Unit,
    at: usize,
    world: &'a World<'k>,
    index: &'a Index,
    scope: &'a Scope,
    insts: &'a mut Insts,
    axes: Vec<Axis>,
    cells: Vec<Cell>,
}

/// The gate of gates that is walked through.
#[derive(Clone, Copy)]
struct Above<'a> {
    holds: &'a Inherited,
    parent: Option<usize>,
}

impl<'a, 'k> Walk<'a, 'k> {
    fn new(
        unit: &'a mut Unit,
        at: usize,
        world: &'a World<'k>,
        index: &'a Index,
        scope: &'a Scope,
        insts: &'a mut Insts,
    ) -> Self {
        insts.needs.resize_with(insts.needs.len().max(at + 1), Vec::new);
        Self { unit, at, world, index, scope, insts, axes: Vec::new(), cells: Vec::new() }
    }

    fn values(&self) -> Values<'a> {
        Values { scope: self.scope, axes: &[], hints: &self.world.hints }
    }

    /// The list of gates of the file.
    fn start(&mut self, list: Option<NodeId>, holds: &Inherited, strict: bool) {
        let Some(list) = list else { return };
        match self.unit.doc.kind(list) {
            NodeKind::List if self.unit.doc.items(list).is_empty() => {
                let span = self.unit.doc.span(list);
                let problem =
                    Problem::new("empty-list", "a checklist without gates").at(span, "says nothing");
                self.unit
                    .problems
                    .push(problem.help("nothing to check is never GO; remove the file instead"));
            }
            NodeKind::List => drop(self.list(list, Above { holds, parent: None }, strict)),
            _ => drop(self.unit.doc.decode::<Vec<crate::yaml::NodeRef>>(list, &mut self.unit.problems)),
        }
    }

    /// All gates of a list; the numbers of those that stand directly in it.
    fn list(&mut self, list: NodeId, above: Above<'_>, strict: bool) -> Vec<usize> {
        let mut all = Vec::new();
        let mut before: Arc<[usize]> = Arc::new([]);
        for item in self.unit.doc.items(list).to_vec() {
            if self.insts.full {
                break;
            }
            let made = self.gate(item, above, &before);
            if strict && !made.is_empty() {
                before = made.as_slice().into();
            }
            all.extend(made);
        }
        all
    }

    /// One entry of a list, and its copies.
    fn gate(&mut self, item: NodeId, above: Above<'_>, after: &Arc<[usize]>) -> Vec<usize> {
        let doc = &self.unit.doc;
        let (matrix, repeated) = (doc.get(item, "matrix"), doc.get(item, "repeat"));
        let copies = match (matrix, repeated) {
            (None, None) => return self.one(item, above, after).into_iter().collect(),
            (Some(_), Some(second)) => {
                let problem = Problem::new("two-ways", "a gate can not have both a matrix and occurrences")
                    .at(doc.head_span(second), "a second reason to copy it");
                let help = "put the gate into a gate of gates and give that one the other";
                self.unit.problems.push(problem.help(help));
                None
            }
            (Some(node), None) => {
                self.fill(node, "matrix", Part::Plain);
                let values = Values { scope: self.scope, axes: &self.axes, hints: &self.world.hints };
                repeat::matrix(&mut Reader::new(&self.unit.doc, &mut self.unit.problems), node, values)
            }
            (None, Some(node)) => {
                self.fill(node, "repeat", Part::Plain);
                let mut reader = Reader::new(&self.unit.doc, &mut self.unit.problems);
                repeat::occurrences(&mut reader, node, self.world)
            }
        };
        match copies {
            Some(copies) => self.copies(item, copies, above, after),
            // Read once all the same, for its other problems.
            None => self.one(item, above, after).into_iter().collect(),
        }
    }

    fn copies(
        &mut self,
        item: NodeId,
        copies: Vec<Copy>,
        above: Above<'_>,
        after: &Arc<[usize]>,
    ) -> Vec<usize> {
        let id = self.unit.doc.get(item, "gate").and_then(|at| self.unit.doc.text(at)).unwrap_or("?");
        let id = Str::from(id);
        let size = size(&self.unit.doc, item);
        let last = copies.len().saturating_sub(1);
        let mut made = Vec::new();
        for (number, copy) in copies.into_iter().enumerate() {
            if self.insts.full {
                break;
            }
            let node = if number == last { item } else { self.copy(item, size) };
            let marks = (self.axes.len(), self.cells.len());
            self.axes.extend(copy.axis);
            self.cells.push((id.clone(), copy.cell));
            let occurrence = copy.counts_from.map(|moment| Inherited {
                due: Some(moment.clone()),
                counts_from: Some(moment),
                ..above.holds.clone()
            });
            let holds = occurrence.as_ref().unwrap_or(above.holds);
            made.extend(self.one(node, Above { holds, ..above }, after));
            self.axes.truncate(marks.0);
            self.cells.truncate(marks.1);
        }
        made
    }

    /// A copy of a gate that is not filled in yet.
    fn copy(&mut self, item: NodeId, size: usize) -> NodeId {
        self.insts.copies += size;
        if self.insts.copies > MOST_COPIES {
            self.full(item, "cells and occurrences make too much of this");
            return item;
        }
        self.unit.doc.clone_subtree(item)
    }

    fn full(&mut self, at: NodeId, message: &str) {
        if !std::mem::replace(&mut self.insts.full, true) {
            let span = self.unit.doc.head_span(at);
            self.unit.problems.push(Problem::new("too-many-gates", message).at(span, "the limit is here"));
        }
    }

    /// One gate with what is inside; its number.
    fn one(&mut self, node: NodeId, above: Above<'_>, after: &Arc<[usize]>) -> Option<usize> {
        self.fill_gate(node);
        let doc = &self.unit.doc;
        let id_at = doc.get(node, "gate");
        let local = Str::from(id_at.and_then(|at| doc.text(at)).unwrap_or("?"));
        let id = GateId::new(format!(
            "{}/{}",
            self.unit.id,
            local_id(&local, self.cells.iter().map(|(_, cell)| cell))
        ));
        let parent = above.parent.and_then(|at| self.insts.all.get(at));
        let seat = Seat {
            id,
            checklist: ChecklistId::new(self.unit.id.clone()),
            parent: parent.map(|inst| inst.gate.id.clone()),
            blank: &self.insts.blank,
        };
        let mut reader = Reader::new(doc, &mut self.unit.problems);
        if seat.id.as_str().len() > LONGEST_GATE_ID {
            let message = format!("the whole name of the gate has more than {LONGEST_GATE_ID} characters");
            reader.report("long-id", message, id_at.unwrap_or(node), "with its cells");
        }
        let keys = Keys::read(&mut reader, node, &self.world.built)?;
        if id_at.is_none() {
            reader.missing(node, "gate");
        }
        let values = Values { scope: self.scope, axes: &self.axes, hints: &self.world.hints };
        let holds = keys.inherited(&mut reader, self.world, values, above.holds);
        let draft = keys.draft(&mut reader, self.world, node, &holds, seat);
        let strict = draft.as_ref().is_some_and(|draft| draft.strict);
        let made = draft.and_then(|draft| self.push(draft, node, local, above.parent, after, &holds));
        self.inside(&keys.own, Above { holds: &holds, parent: made.or(above.parent) }, strict);
        made
    }

    fn push(
        &mut self,
        draft: Draft,
        node: NodeId,
        local: Str,
        parent: Option<usize>,
        after: &Arc<[usize]>,
        holds: &Inherited,
    ) -> Option<usize> {
        let group = matches!(draft.gate.kind, Kind::All | Kind::OneOf);
        let (count, most) =
            if group { (&mut self.insts.groups, MOST_GROUPS) } else { (&mut self.insts.gates, MOST_GATES) };
        *count += 1;
        if *count > most {
            self.full(node, &format!("a launch has at most {most} gates, cells and occurrences included"));
            return None;
        }
        self.insts.all.push(Inst {
            unit: self.at,
            at: self.unit.doc.get(node, "gate").unwrap_or(node),
            local,
            cells: self.cells.clone(),
            parent,
            gate: draft.gate,
            wants: draft.wants,
            after: Arc::clone(after),
            when: holds.when.clone(),
        });
        Some(self.insts.all.len() - 1)
    }

    fn inside(&mut self, keys: &GateKeys, above: Above<'_>, strict: bool) {
        for (list, strict) in [(keys.gates, strict), (keys.one_of, false)] {
            if let Some(list) = list {
                self.list(list, above, strict);
            }
        }
    }

    /// Fills in the keys of a gate; what is inside it is filled in later, with more variables.
    fn fill_gate(&mut self, node: NodeId) {
        if !self.unit.templates {
            return;
        }
        for (key, value) in self.unit.doc.entries(node).collect::<Vec<_>>() {
            let Some(name) = self.unit.doc.text(key).map(str::to_owned) else { continue };
            match name.as_str() {
                "gates" | "one_of" | "matrix" | "repeat" => {}
                "links" => self.fill(value, &name, Part::Links),
                own if GateKeys::KEYS.contains(&own) => self.fill(value, &name, Part::Plain),
                _ => self.fill(value, &name, Part::Evidence),
            }
        }
    }

    fn fill(&mut self, node: NodeId, key: &str, part: Part) {
        if !self.unit.templates {
            return;
        }
        let filler = Filler {
            unit: self.at,
            scope: self.scope,
            axes: &self.axes,
            cells: &self.cells,
            index: self.index,
            hints: &self.world.hints,
            spent: &self.world.spent,
        };
        filler.fill(&mut self.unit.doc, node, key, part, &mut self.unit.problems);
    }
}

/// How many nodes a copy would add.
fn size(doc: &Document, node: NodeId) -> usize {
    let mut open = vec![node];
    let mut count = 0;
    while let Some(node) = open.pop() {
        count += 1;
        open.extend(doc.items(node));
        open.extend(doc.entries(node).flat_map(|(key, value)| [key, value]));
    }
    count
}
