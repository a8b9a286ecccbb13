//! Changing a document before it is decoded: variables into values, copies for matrix cells.

use super::Problem;
use super::document::{Document, Node, NodeBody, NodeId, ScalarText, Style};
use super::source::{Span, count};

/// A value that [`Document::map_scalars`] offers.
#[derive(Debug, Clone, Copy)]
pub struct Scalar<'a> {
    /// The text as it was written, escapes and folding undone.
    pub text: &'a str,
    /// The nearest key above it: its own, or that of the list it is in.
    pub key: Option<&'a str>,
    /// Which node it is.
    pub id: NodeId,
    document: &'a Document,
}

impl Scalar<'_> {
    /// Where a part of the text is; the whole value if escapes or line breaks keep that from being told.
    pub fn part(&self, start: usize, end: usize) -> Span {
        self.document.part(self.id, start, end)
    }
}

impl Document {
    /// Offers every value under `node`, never a key, to `fill`, and puts in what it answers. A value for which it
    /// answers a problem is broken from then on: it decodes to nothing, silently.
    pub fn map_scalars<F>(&mut self, node: NodeId, problems: &mut Vec<Problem>, fill: &mut F)
    where
        F: FnMut(Scalar<'_>) -> Result<Option<String>, Box<Problem>>,
    {
        let mut open = vec![(node, None)];
        while let Some((id, key)) = open.pop() {
            match self.node(id).body {
                NodeBody::Scalar { .. } => self.fill(id, key, problems, fill),
                NodeBody::List(..) => open.extend(self.items(id).iter().rev().map(|item| (*item, key))),
                NodeBody::Map(..) => {
                    let (pairs, _) = self.pairs(id).as_chunks::<2>();
                    open.extend(pairs.iter().rev().map(|[key, value]| (*value, Some(*key))));
                }
                NodeBody::Broken => {}
            }
        }
    }

    fn fill<F>(&mut self, id: NodeId, key: Option<NodeId>, problems: &mut Vec<Problem>, fill: &mut F)
    where
        F: FnMut(Scalar<'_>) -> Result<Option<String>, Box<Problem>>,
    {
        let Some(text) = self.text(id) else { return };
        let key = key.and_then(|key| self.text(key));
        let body = match fill(Scalar { text, key, id, document: self }) {
            Ok(None) => return,
            Ok(Some(text)) => {
                NodeBody::Scalar { text: ScalarText::Owned(text.into_boxed_str()), style: Style::Filled }
            }
            Err(problem) => {
                problems.push(*problem);
                NodeBody::Broken
            }
        };
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            node.body = body;
        }
    }

    /// A copy of a part, with the places of the original.
    pub fn clone_subtree(&mut self, node: NodeId) -> NodeId {
        let Node { place, body } = self.node(node).clone();
        let body = match body {
            NodeBody::List(..) => {
                let items = self.items(node).to_vec();
                let (first, len) = self.clone_children(&items);
                NodeBody::List(first, len)
            }
            NodeBody::Map(..) => {
                let pairs = self.pairs(node).to_vec();
                let (first, len) = self.clone_children(&pairs);
                NodeBody::Map(first, len)
            }
            leaf => leaf,
        };
        let id = NodeId(count(self.nodes.len()));
        self.nodes.push(Node { place, body });
        id
    }

    fn clone_children(&mut self, children: &[NodeId]) -> (u32, u32) {
        let copies: Vec<NodeId> = children.iter().map(|child| self.clone_subtree(*child)).collect();
        let first = count(self.kids.len());
        self.kids.extend(copies);
        (first, count(children.len()))
    }

    /// Where a part of a scalar's text is (bytes of the text); the whole value if escapes or line breaks keep
    /// that from being told.
    pub fn part(&self, id: NodeId, start: usize, end: usize) -> Span {
        let whole = self.span(id);
        let NodeBody::Scalar { text: ScalarText::Slice(first, last), .. } = self.node(id).body else {
            return whole;
        };
        let text = self.source.text();
        let (from, to) = (first as usize + start, first as usize + end);
        match (text.get(whole.start..from), text.get(from..to)) {
            (Some(before), Some(part))
                if to <= last as usize && !before.contains('\n') && !part.contains('\n') =>
            {
                Span { column: whole.column + count(before.chars().count()), start: from, end: to, ..whole }
            }
            _ => whole,
        }
    }

    /// The part as JSON, every scalar as its text: equal for parts that mean the same, whatever their quotes,
    /// comments and layout. Keys come sorted.
    pub fn to_json(&self, node: NodeId) -> serde_json::Value {
        use serde_json::Value;
        match self.node(node).body {
            NodeBody::Scalar { .. } => Value::String(self.text(node).unwrap_or_default().to_owned()),
            NodeBody::List(..) => self.items(node).iter().map(|item| self.to_json(*item)).collect(),
            NodeBody::Map(..) => {
                let entry =
                    |(key, value)| (self.text(key).unwrap_or_default().to_owned(), self.to_json(value));
                Value::Object(self.entries(node).map(entry).collect())
            }
            NodeBody::Broken => Value::Null,
        }
    }
}
