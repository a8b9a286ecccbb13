//! What one decoding knows: the document, and what was found so far.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use super::fault::DecodeFault;
use super::node::NodeDe;
use crate::{Document, NodeId, NodeKind, Problem, Span};

pub(super) struct DecodeContext<'de> {
    pub(super) document: &'de Document,
    found: RefCell<DecodeNotes>,
    /// Whether everything decoded so far is really in the document.
    sound: Cell<bool>,
}

#[derive(Default)]
struct DecodeNotes {
    problems: Vec<Problem>,
    /// Nodes that cannot be decoded.
    failed: HashSet<NodeId>,
    /// Nodes with a failed one inside: decoded after their neighbours, whose problems would else stay hidden.
    tainted: HashSet<NodeId>,
    missing: HashMap<NodeId, Vec<&'static str>>,
    /// Maps whose keys were looked over.
    checked: HashSet<NodeId>,
}

impl<'de> DecodeContext<'de> {
    pub(super) fn new(document: &'de Document) -> Self {
        Self { document, found: RefCell::default(), sound: Cell::new(true) }
    }

    /// A deserializer of a node.
    pub(super) fn at<'c>(&'c self, node: NodeId) -> NodeDe<'c, 'de> {
        NodeDe { context: self, node }
    }

    /// A number that grows with each thing found.
    pub(super) fn progress(&self) -> usize {
        let found = self.found.borrow();
        found.failed.len() + found.missing.values().map(Vec::len).sum::<usize>()
    }

    /// The problems, and whether a decoded value can be trusted.
    pub(super) fn finish(self) -> (Vec<Problem>, bool) {
        let problems = self.found.into_inner().problems;
        let sound = self.sound.get() && problems.is_empty();
        (problems, sound)
    }

    /// Whether a value must be made up for a node.
    pub(super) fn must_fabricate(&self, node: NodeId) -> bool {
        let broken = self.document.kind(node) == NodeKind::Broken;
        if broken {
            self.sound.set(false);
        }
        broken || self.found.borrow().failed.contains(&node)
    }

    /// Whether a node should be decoded after its neighbours.
    pub(super) fn comes_last(&self, node: NodeId) -> bool {
        let found = self.found.borrow();
        found.failed.contains(&node) || found.tainted.contains(&node)
    }

    /// Keys that a map was found to lack.
    pub(super) fn missing(&self, map: NodeId) -> Vec<&'static str> {
        self.found.borrow().missing.get(&map).cloned().unwrap_or_default()
    }

    /// Whether a map's keys are looked over for the first time.
    pub(super) fn first_look(&self, map: NodeId) -> bool {
        self.found.borrow_mut().checked.insert(map)
    }

    /// Notes a problem that keeps nothing from being decoded.
    pub(super) fn note(&self, problem: Problem) {
        self.found.borrow_mut().problems.push(problem);
    }

    /// Takes a node for failed whose problem was noted at a part of it.
    pub(super) fn give_up(&self, node: NodeId) {
        self.found.borrow_mut().failed.insert(node);
    }

    /// Gives a fault its place, once.
    pub(super) fn settle(&self, node: NodeId, fault: DecodeFault) -> DecodeFault {
        self.sound.set(false);
        let mut found = self.found.borrow_mut();
        match fault {
            DecodeFault::Noted => {
                found.tainted.insert(node);
            }
            DecodeFault::Missing(key) => {
                found.tainted.insert(node);
                let keys = found.missing.entry(node).or_default();
                if !keys.contains(&key) {
                    keys.push(key);
                    found.problems.push(Problem::missing_key(self.document, node, key));
                }
            }
            DecodeFault::Wrong { code, message, label, help } => {
                if found.failed.insert(node) {
                    let mut problem = Problem::new(code, message).at(self.place(node), label);
                    problem.help = help;
                    found.problems.push(problem);
                }
            }
        }
        DecodeFault::Noted
    }

    /// Maps and lists of many lines are marked at their head; marking every line would hide the point.
    fn place(&self, node: NodeId) -> Span {
        let span = self.document.span(node);
        let text = self.document.source().text();
        let one_line = text.get(span.start..span.end).is_some_and(|part| !part.contains('\n'));
        if one_line { span } else { self.document.head_span(node) }
    }
}
