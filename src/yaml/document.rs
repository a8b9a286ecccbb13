//! The document: one arena of nodes, each with its place.

use super::source::{SourceText, Span, count};

/// Which node of a document. Only of use with the document that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// Keys and values.
    Map,
    /// Values in order.
    List,
    /// Text, whatever it looks like.
    Scalar,
    /// Something that was reported as a problem when the file was read.
    Broken,
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: may be asked for as text, number or boolean.
    Plain,
    /// In quotes: is text only.
    Quoted,
    /// As a block (`|` or `>`): is text only.
    Block,
    /// Put in by [`Document::map_scalars`]: as free as plain, since quotes around a variable say nothing about
    /// its value.
    Filled,
}

/// Where the text of a scalar is.
#[derive(Debug, Clone)]
pub(super) enum ScalarText {
    /// Bytes of the source.
    Slice(u32, u32),
    /// Text that differs from the source: escapes, folded lines, filled-in variables.
    Owned(Box<str>),
}

#[derive(Debug, Clone)]
pub(super) enum NodeBody {
    Scalar {
        text: ScalarText,
        style: Style,
    },
    /// First child and number of children in `kids`.
    List(u32, u32),
    /// First child and number of children: keys and values in turn.
    Map(u32, u32),
    Broken,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct NodePlace {
    pub line: u32,
    pub column: u32,
    pub start: u32,
    pub end: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub place: NodePlace,
    pub body: NodeBody,
}

static BROKEN: Node =
    Node { place: NodePlace { line: 1, column: 1, start: 0, end: 0 }, body: NodeBody::Broken };

/// A YAML document that was read: text, structure and places.
#[derive(Debug, Clone)]
pub struct Document {
    pub(super) source: SourceText,
    pub(super) nodes: Vec<Node>,
    pub(super) kids: Vec<NodeId>,
    pub(super) root: NodeId,
}

impl Document {
    /// A document of which nothing is known but its text.
    pub(super) fn new(source: SourceText) -> Self {
        Self { source, nodes: Vec::new(), kids: Vec::new(), root: NodeId(0) }
    }

    /// A text that is no YAML, as the list of its lines.
    pub fn of_lines(name: &str, text: &str) -> Self {
        let mut document = Self::new(SourceText::new(name, text));
        let mut start = 0;
        for (at, line) in text.split('\n').enumerate() {
            let end = start + line.strip_suffix('\r').unwrap_or(line).len();
            let place = NodePlace { line: count(at + 1), column: 1, start: count(start), end: count(end) };
            let text = ScalarText::Slice(place.start, place.end);
            document.kids.push(NodeId(count(at)));
            document.nodes.push(Node { place, body: NodeBody::Scalar { text, style: Style::Block } });
            start += line.len() + 1;
        }
        let lines = count(document.nodes.len());
        let place = NodePlace { line: 1, column: 1, start: 0, end: count(text.len()) };
        document.nodes.push(Node { place, body: NodeBody::List(0, lines) });
        document.root = NodeId(lines);
        document
    }

    /// The text and its name.
    pub fn source(&self) -> &SourceText {
        &self.source
    }

    /// What people call the file.
    pub fn name(&self) -> &str {
        self.source.name()
    }

    /// The outermost node.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// Where a node is. A map or list in block style begins at its first key or entry.
    pub fn span(&self, id: NodeId) -> Span {
        let NodePlace { line, column, start, end } = self.node(id).place;
        Span { line, column, start: start as usize, end: end as usize }
    }

    /// What a node is.
    pub fn kind(&self, id: NodeId) -> NodeKind {
        match self.node(id).body {
            NodeBody::Scalar { .. } => NodeKind::Scalar,
            NodeBody::List(..) => NodeKind::List,
            NodeBody::Map(..) => NodeKind::Map,
            NodeBody::Broken => NodeKind::Broken,
        }
    }

    /// The text of a scalar as it was written, escapes and folding undone. `None` for anything else.
    pub fn text(&self, id: NodeId) -> Option<&str> {
        match &self.node(id).body {
            NodeBody::Scalar { text, .. } => Some(self.resolve(text)),
            _ => None,
        }
    }

    /// How a scalar was written.
    pub fn style(&self, id: NodeId) -> Option<Style> {
        match self.node(id).body {
            NodeBody::Scalar { style, .. } => Some(style),
            _ => None,
        }
    }

    /// The entries of a list; none for anything else.
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match self.node(id).body {
            NodeBody::List(first, len) => self.children(first, len),
            _ => &[],
        }
    }

    /// Keys and values of a map in the order of the file; none for anything else. Every key is a scalar.
    pub fn entries(&self, id: NodeId) -> impl ExactSizeIterator<Item = (NodeId, NodeId)> {
        let (pairs, _) = self.pairs(id).as_chunks::<2>();
        pairs.iter().map(|[key, value]| (*key, *value))
    }

    /// The value of a key of a map.
    pub fn get(&self, map: NodeId, key: &str) -> Option<NodeId> {
        self.entry(map, key).map(|(_, value)| value)
    }

    /// Where to point for something that a whole map or list lacks or has too much of: its first key or entry,
    /// or the brackets if it is empty.
    pub fn head_span(&self, id: NodeId) -> Span {
        let first = self.pairs(id).first().or_else(|| self.items(id).first());
        first.map_or_else(|| self.span(id), |first| self.span(*first))
    }

    /// What people call a map: the key that it is the value of; an entry of a list, and the whole file, by its first pair,
    /// as in `gate: smoke`.
    pub(super) fn called(&self, map: NodeId) -> Option<String> {
        let maps = (0..self.nodes.len()).filter_map(|at| u32::try_from(at).ok()).map(NodeId);
        let mut pairs = maps.flat_map(|other| self.entries(other));
        let key = pairs.find(|(_, value)| *value == map).map(|(key, _)| key);
        match key {
            Some(key) => self.text(key).map(str::to_owned),
            None => {
                let (key, value) = self.entries(map).next()?;
                Some(format!("{}: {}", self.text(key)?, self.text(value)?))
            }
        }
    }

    fn entry(&self, map: NodeId, name: &str) -> Option<(NodeId, NodeId)> {
        self.entries(map).find(|(key, _)| self.text(*key) == Some(name))
    }

    /// Keys and values of a map in turn.
    pub(super) fn pairs(&self, id: NodeId) -> &[NodeId] {
        match self.node(id).body {
            NodeBody::Map(first, len) => self.children(first, len),
            _ => &[],
        }
    }

    /// A node; one that is not of this document is broken.
    pub(super) fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.0 as usize).unwrap_or(&BROKEN)
    }

    pub(super) fn resolve<'a>(&'a self, text: &'a ScalarText) -> &'a str {
        match text {
            ScalarText::Slice(start, end) => {
                self.source.text().get(*start as usize..*end as usize).unwrap_or_default()
            }
            ScalarText::Owned(text) => text,
        }
    }

    fn children(&self, first: u32, len: u32) -> &[NodeId] {
        let first = first as usize;
        self.kids.get(first..first + len as usize).unwrap_or_default()
    }
}
