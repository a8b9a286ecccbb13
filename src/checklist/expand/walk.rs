//! The walk through the gates of one file, from the outside in.

use std::sync::Arc;

use super::{GateInstance, Insts};
use crate::{
    gate::{GateDraft, GateKeys, GatePosition, Keys},
    index::{CellRef, GateIndex, local_id},
    inherit::Inherited,
    interpolate::{Filler, MatrixAxis, PartKind},
    limits::{LONGEST_GATE_ID, MOST_COPIES, MOST_GATES, MOST_GROUPS, MOST_PROBLEMS},
    parsed_file::ParsedFile,
    reader::Reader,
    repeat::{self, Copy},
    scope::VariableScope,
    symbols::Symbols,
    when::ConditionScope,
};
use gonogo_domain::{ChecklistId, GateId, Kind, Moment, Str};
use gonogo_yaml::{Document, NodeId, NodeKind, Problem};

/// Walks through the gates of one file.
pub(super) struct ExpansionWalk<'a, 'k> {
    pub(super) unit: &'a mut ParsedFile,
    at: usize,
    world: &'a Symbols<'k>,
    index: &'a GateIndex,
    scope: &'a VariableScope,
    pub(super) insts: &'a mut Insts,
    axes: Vec<MatrixAxis>,
    cells: Vec<CellRef>,
}

/// The gate of gates that is walked through.
#[derive(Clone, Copy)]
struct EnclosingGate<'a> {
    holds: &'a Inherited,
    parent: Option<usize>,
}

impl<'a, 'k> ExpansionWalk<'a, 'k> {
    pub(super) fn new(
        unit: &'a mut ParsedFile,
        at: usize,
        world: &'a Symbols<'k>,
        index: &'a GateIndex,
        scope: &'a VariableScope,
        insts: &'a mut Insts,
    ) -> Self {
        insts.needs.resize_with(insts.needs.len().max(at + 1), Vec::new);
        Self { unit, at, world, index, scope, insts, axes: Vec::new(), cells: Vec::new() }
    }

    pub(super) fn values(&self) -> ConditionScope<'a> {
        ConditionScope { scope: self.scope, axes: &[], hints: &self.world.hints }
    }

    /// The list of gates of the file.
    pub(super) fn start(&mut self, list: Option<NodeId>, holds: &Inherited, strict: bool) {
        let Some(list) = list else { return };
        match self.unit.doc.kind(list) {
            NodeKind::List if self.unit.doc.items(list).is_empty() => {
                let span = self.unit.doc.span(list);
                let problem = Problem::new("empty-list", "a checklist without gates").at(span, "empty");
                self.unit
                    .problems
                    .push(problem.help("nothing to check is never GO; remove the file instead"));
            }
            NodeKind::List => drop(self.list(list, EnclosingGate { holds, parent: None }, strict)),
            _ => drop(self.unit.doc.decode::<Vec<gonogo_yaml::NodeRef>>(list, &mut self.unit.problems)),
        }
    }

    /// All gates of a list; the numbers of those that stand directly in it.
    fn list(&mut self, list: NodeId, above: EnclosingGate<'_>, strict: bool) -> Vec<usize> {
        let mut all = Vec::new();
        let mut before: Arc<[usize]> = Arc::new([]);
        for item in self.unit.doc.items(list).to_vec() {
            if self.insts.full || self.unit.problems.len() > MOST_PROBLEMS {
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
    fn gate(&mut self, item: NodeId, above: EnclosingGate<'_>, after: &Arc<[usize]>) -> Vec<usize> {
        let doc = &self.unit.doc;
        let (matrix, repeated) = (doc.get(item, "matrix"), doc.get(item, "repeat"));
        let copies = match (matrix, repeated) {
            (None, None) => return self.one(item, above, after).into_iter().collect(),
            (Some(_), Some(second)) => {
                let problem = Problem::new("two-ways", "a gate cannot have both a matrix and occurrences")
                    .at(doc.head_span(second), "a second reason to copy it");
                let help = "put the gate inside a gate of gates, and give that one the other";
                self.unit.problems.push(problem.help(help));
                None
            }
            (Some(node), None) => {
                self.fill(node, "matrix", PartKind::Plain);
                let values = ConditionScope { scope: self.scope, axes: &self.axes, hints: &self.world.hints };
                repeat::matrix(&mut Reader::new(&self.unit.doc, &mut self.unit.problems), node, values)
            }
            (None, Some(node)) => {
                self.fill(node, "repeat", PartKind::Plain);
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
        above: EnclosingGate<'_>,
        after: &Arc<[usize]>,
    ) -> Vec<usize> {
        let id = self.unit.doc.get(item, "gate").and_then(|at| self.unit.doc.text(at)).unwrap_or("?");
        let id = Str::from(id);
        let size = CopyCost::of(&self.unit.doc, item);
        // Where nothing is filled in, all copies read the same.
        let alike = !size.filled;
        if !self.world.spent.take(size.bytes.saturating_mul(copies.len())) {
            self.full(item, "cells and occurrences multiply this beyond the limit");
        }
        let last = copies.len().saturating_sub(1);
        let mut made = Vec::new();
        for (number, copy) in copies.into_iter().enumerate() {
            if self.insts.full || self.unit.problems.len() > MOST_PROBLEMS {
                break;
            }
            let node = if alike || number == last { item } else { self.copy(item, size.nodes) };
            let marks = (self.axes.len(), self.cells.len());
            self.axes.extend(copy.axis);
            self.cells.push((id.clone(), copy.cell));
            let occurrence = copy.counts_from.map(|from| Inherited {
                due: Some(Moment { at: from.at, said: from.said.clone() }),
                counts_from: Some(from),
                ..above.holds.clone()
            });
            let holds = occurrence.as_ref().unwrap_or(above.holds);
            made.extend(self.one(node, EnclosingGate { holds, ..above }, after));
            self.axes.truncate(marks.0);
            self.cells.truncate(marks.1);
        }
        made
    }

    /// A copy of a gate that is not filled in yet.
    fn copy(&mut self, item: NodeId, size: usize) -> NodeId {
        self.insts.copies += size;
        if self.insts.copies > MOST_COPIES {
            self.full(item, "cells and occurrences multiply this beyond the limit");
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
    fn one(&mut self, node: NodeId, above: EnclosingGate<'_>, after: &Arc<[usize]>) -> Option<usize> {
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
        let seat = GatePosition {
            id,
            checklist: ChecklistId::new(self.unit.id.clone()),
            parent: parent.map(|inst| inst.gate.id.clone()),
            blank: &self.insts.blank,
        };
        let mut reader = Reader::new(doc, &mut self.unit.problems);
        if seat.id.as_str().len() > LONGEST_GATE_ID {
            let message = format!("the full name of the gate is longer than {LONGEST_GATE_ID} characters");
            reader.report("long-id", message, id_at.unwrap_or(node), "with its cells");
        }
        let keys = Keys::read(&mut reader, node, &self.world.offers)?;
        match id_at {
            None => reader.missing(node, "gate"),
            // What is no text names nothing: a gate without a name could be neither asked for nor answered.
            Some(at) if doc.text(at).is_none() => drop(reader.word(Some(at))),
            Some(_) => {}
        }
        let values = ConditionScope { scope: self.scope, axes: &self.axes, hints: &self.world.hints };
        let holds = keys.inherited(&mut reader, self.world, values, above.holds);
        let draft = keys.draft(&mut reader, self.world, node, &holds, seat);
        let strict = draft.as_ref().is_some_and(|draft| draft.strict);
        let made = draft.and_then(|draft| self.push(draft, node, local, above.parent, after, &holds));
        self.insts.lost += usize::from(made.is_none());
        self.inside(&keys.own, EnclosingGate { holds: &holds, parent: made.or(above.parent) }, strict);
        made
    }

    fn push(
        &mut self,
        draft: GateDraft,
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
        self.insts.all.push(GateInstance {
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

    fn inside(&mut self, keys: &GateKeys, above: EnclosingGate<'_>, strict: bool) {
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
                "links" => self.fill(value, &name, PartKind::Links),
                own if GateKeys::KEYS.contains(&own) => self.fill(value, &name, PartKind::Gate),
                _ => self.fill(value, &name, PartKind::Evidence),
            }
        }
    }

    pub(super) fn fill(&mut self, node: NodeId, key: &str, part: PartKind) {
        let filler = Filler {
            unit: self.at,
            scope: self.scope,
            axes: &self.axes,
            cells: &self.cells,
            index: self.index,
            hints: &self.world.hints,
            spent: &self.world.spent,
            offers: &self.world.offers,
        };
        filler.fill_in(self.unit, node, key, part);
    }
}

/// What a copy costs.
struct CopyCost {
    nodes: usize,
    /// Of all keys and values.
    bytes: usize,
    /// Whether anything in it wants to be filled in.
    filled: bool,
}

impl CopyCost {
    fn of(doc: &Document, node: NodeId) -> Self {
        let mut size = Self { nodes: 0, bytes: 0, filled: false };
        let mut open = vec![node];
        // The list of cells is read once and kept by no gate.
        let cells = doc.get(node, "matrix");
        while let Some(node) = open.pop() {
            size.nodes += 1;
            if Some(node) == cells {
                size.nodes += doc.entries(node).map(|(_, cells)| 2 + doc.items(cells).len()).sum::<usize>();
                continue;
            }
            if let Some(text) = doc.text(node) {
                size.bytes += text.len();
                size.filled |= text.contains("{{");
            }
            open.extend(doc.items(node));
            open.extend(doc.entries(node).flat_map(|(key, value)| [key, value]));
        }
        size
    }
}
