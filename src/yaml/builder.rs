//! Parser events to the arena, refusing on the way what the format does not allow.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{self as granit, Event, Parser, ScalarStyle, StructureStyle};

use super::document::{Document, Node, NodeBody, NodeId, NodePlace, ScalarText, Style};
use super::source::{SourceText, Span, count};
use super::{FileLimits, Problem, blank, syntax};

/// What came of a text.
pub(super) struct Built {
    pub document: Document,
    pub problems: Vec<Problem>,
    /// Whether the whole structure was read.
    pub complete: bool,
}

/// Reads all of a text that can be read.
pub(super) fn build(source: SourceText, limits: &FileLimits) -> Built {
    let mut builder = Builder::new(source.text(), limits);
    let ended = builder.run();
    let Builder { nodes, kids, root, mut problems, .. } = builder;
    let complete = match ended {
        Ok(()) => true,
        Err(stop) => {
            // What follows an unquoted variable may be a fault too; that is one problem, not two.
            if !problems.iter().any(|known| known.code == stop.code && known.span == stop.span) {
                problems.push(*stop);
            }
            false
        }
    };
    problems.sort_by_key(|problem| problem.span.map_or(0, |span| span.start));
    let root = root.unwrap_or(NodeId(u32::MAX));
    Built { document: Document { source, nodes, kids, root }, problems, complete }
}

/// Why reading cannot go on.
type ReadStop = Box<Problem>;

/// An open map or list.
struct Frame {
    id: NodeId,
    map: bool,
    flow: bool,
    /// `{{ x }}` without quotes: a map in a map, in YAML's eyes. Reported once, as a whole.
    template: bool,
    /// Where its children begin in `pending`.
    first: usize,
}

struct Builder<'t> {
    text: &'t str,
    limits: &'t FileLimits,
    nodes: Vec<Node>,
    kids: Vec<NodeId>,
    pending: Vec<NodeId>,
    frames: Vec<Frame>,
    /// How many of the frames are templates; inside them nothing is reported.
    templates: usize,
    documents: usize,
    root: Option<NodeId>,
    problems: Vec<Problem>,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, limits: &'t FileLimits) -> Self {
        Self {
            text,
            limits,
            nodes: Vec::with_capacity((text.len() / 16).min(limits.nodes)),
            kids: Vec::with_capacity((text.len() / 16).min(limits.nodes)),
            pending: Vec::new(),
            frames: Vec::new(),
            templates: 0,
            documents: 0,
            root: None,
            problems: Vec::new(),
        }
    }

    fn run(&mut self) -> Result<(), ReadStop> {
        // One level more than our own limit, so that our own message comes first.
        let nesting = self.limits.depth + 1;
        let options = granit::options! {
            disallow_directives: true,
            emit_unresolved_aliases: true,
            emit_anchor_events: true,
            emit_comments: false,
            flow_nesting_limit: nesting,
            block_nesting_limit: nesting,
        };
        let text = self.text;
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, span) =
                event.map_err(|error| self.explain(syntax::explain(text, &error, self.limits)))?;
            self.event(event, &span)?;
        }
        if self.root.is_none() {
            return Err(Box::new(Problem::new("empty-file", "the file is empty")));
        }
        Ok(())
    }

    /// A fault far below a bracket that is still open is about that bracket.
    fn explain(&self, fault: Problem) -> ReadStop {
        let open = self.frames.iter().rev().find(|frame| frame.flow && !frame.template);
        let bracket = open.map(|frame| Span::from(self.nodes[frame.id.0 as usize].place));
        match (bracket, fault.span) {
            (Some(bracket), Some(noticed)) if fault.code == "syntax" && bracket.line < noticed.line => {
                let bracket = Span { end: bracket.start + 1, ..bracket };
                let problem = Problem::new("syntax", "a bracket is never closed")
                    .at(bracket, "opened here")
                    .also(noticed, "noticed here")
                    .help("add the closing } or ]");
                Box::new(problem)
            }
            _ => Box::new(fault),
        }
    }

    fn event(&mut self, event: Event<'t>, span: &granit::Span) -> Result<(), ReadStop> {
        match event {
            Event::DocumentStart(..) => self.document(span),
            Event::Scalar(text, style, _, tag) => {
                self.tag(tag.is_some(), span)?;
                self.scalar(text, style, span)
            }
            Event::SequenceStart(style, _, tag) => {
                self.tag(tag.is_some(), span)?;
                self.open(false, style == StructureStyle::Flow, span)
            }
            Event::MappingStart(style, _, tag) => {
                self.tag(tag.is_some(), span)?;
                self.open(true, style == StructureStyle::Flow, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(_) | Event::UnresolvedAlias(_) => self.alias(span),
            Event::Anchor(..) => {
                let problem = Problem::new("anchor", "anchors are not part of the format")
                    .at(place_of(span).into(), "an anchor")
                    .help("remove it; write the value wherever it is needed");
                self.report(problem)
            }
            _ => Ok(()),
        }
    }

    fn document(&mut self, span: &granit::Span) -> Result<(), ReadStop> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        let problem = Problem::new("documents", "a file holds one document")
            .at(place_of(span).into(), "a second one begins here")
            .help("remove the `---`, or move what follows into its own file");
        Err(Box::new(problem))
    }

    fn tag(&mut self, tagged: bool, span: &granit::Span) -> Result<(), ReadStop> {
        if !tagged {
            return Ok(());
        }
        let span = span.tag_span().unwrap_or(*span);
        let problem = Problem::new("tag", "tags are not part of the format")
            .at(place_of(&span).into(), "a tag")
            .help("remove it; text that begins with `!` needs quotes");
        self.report(problem)
    }

    fn scalar(
        &mut self,
        text: Cow<'t, str>,
        style: ScalarStyle,
        span: &granit::Span,
    ) -> Result<(), ReadStop> {
        let place = place_of(span);
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        if text.len() > self.limits.scalar {
            let message = format!("this text has {} bytes; the limit is {}", text.len(), self.limits.scalar);
            self.report(Problem::new("long-text", message).at(place.into(), "too long"))?;
            return self.add(place, NodeBody::Broken).map(drop);
        }
        // For a value that is not there, the parser answers `~`.
        let mut text =
            if style == Style::Plain && place.start == place.end { Cow::Borrowed("") } else { text };
        let empty = style == Style::Plain && is_null(&text);
        if self.at_key() {
            self.check_key(&text, empty, place)?;
            if style == Style::Plain && blank::is_in(&text) {
                blank::problem(self.text, place.into()).map_or(Ok(()), |problem| self.report(problem))?;
                // What was meant is clear: the rest of the file is read by it.
                text = Cow::Owned(blank::without(&text));
            }
        } else if self.current_key().is_none() && style == Style::Plain && blank::is_pair(&text) {
            blank::problem(self.text, place.into()).map_or(Ok(()), |problem| self.report(problem))?;
            return self.add(place, NodeBody::Broken).map(drop);
        } else if style == Style::Plain && blank::is_around(&text) {
            blank::problem(self.text, place.into()).map_or(Ok(()), |problem| self.report(problem))?;
            text = Cow::Owned(text.trim_matches(blank::is_blank).to_owned());
        } else if empty {
            self.empty_value(&text, place)?;
            return self.add(place, NodeBody::Broken).map(drop);
        }
        let text = self.keep(text);
        self.add(place, NodeBody::Scalar { text, style }).map(drop)
    }

    fn check_key(&mut self, text: &str, empty: bool, place: NodePlace) -> Result<(), ReadStop> {
        if text == "<<" {
            let problem = Problem::new("merge-key", "merge keys are not part of the format")
                .at(place.into(), "a merge key")
                .help("write the keys out");
            return self.report(problem);
        }
        if empty && text.is_empty() {
            return self.report(Problem::new("empty-key", "a key without a name").at(place.into(), "here"));
        }
        Ok(())
    }

    /// Null in any spelling: decoding would take it for an absent key.
    fn empty_value(&mut self, text: &str, place: NodePlace) -> Result<(), ReadStop> {
        let key = self.current_key();
        // `title:` and a blank that is none: what is wrong with it has been said.
        let written = key.and_then(|key| {
            let place = self.nodes.get(key.0 as usize)?.place;
            self.text.get(place.start as usize..place.end as usize)
        });
        if written.is_some_and(blank::is_pair) {
            return Ok(());
        }
        let span: Span = match key {
            Some(key) if text.is_empty() => self.nodes[key.0 as usize].place.into(),
            _ => place.into(),
        };
        let message = match key.and_then(|key| self.key_text(key)) {
            Some(name) => format!("`{name}` has no value"),
            None => "an empty entry".to_owned(),
        };
        let help = match text {
            "" => "write {} if there is nothing to add, or remove it".to_owned(),
            text => format!("put quotes around it if it is text (\"{text}\"), or remove it"),
        };
        self.report(Problem::new("empty-value", message).at(span, "empty").help(help))
    }

    fn alias(&mut self, span: &granit::Span) -> Result<(), ReadStop> {
        let place = place_of(span);
        let merged = self.current_key().is_some_and(|key| self.key_text(key) == Some("<<"));
        if !merged {
            let problem = Problem::new("alias", "aliases are not part of the format")
                .at(place.into(), "an alias")
                .help("write the value out; text that begins with `*` needs quotes");
            self.report(problem)?;
        }
        self.add(place, NodeBody::Broken).map(drop)
    }

    fn open(&mut self, map: bool, flow: bool, span: &granit::Span) -> Result<(), ReadStop> {
        let place = place_of(span);
        if self.frames.len() >= self.limits.depth {
            return Err(Box::new(syntax::too_deep(place.into(), self.limits)));
        }
        let template = flow && self.text[place.start as usize..].starts_with("{{");
        if template {
            self.report(syntax::unquoted_template(self.text, place.into()))?;
            self.templates += 1;
        } else if self.at_key() {
            let problem = Problem::new("key", "a key must be text")
                .at(place.into(), if map { "this is a map" } else { "this is a list" })
                .help("put quotes around the whole key");
            self.report(problem)?;
        }
        let id = self.add(place, NodeBody::Broken)?;
        self.frames.push(Frame { id, map, flow, template, first: self.pending.len() });
        Ok(())
    }

    fn close(&mut self, span: &granit::Span) -> Result<(), ReadStop> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let children = self.pending.split_off(frame.first);
        let end = match children.last() {
            Some(last) if !frame.flow => self.nodes[last.0 as usize].place.end,
            _ => place_of(span).end,
        };
        let children = if frame.map { self.sound_pairs(&children)? } else { children };
        if frame.template {
            self.templates -= 1;
        }
        let range = (count(self.kids.len()), count(children.len()));
        self.kids.extend(children);
        let node = &mut self.nodes[frame.id.0 as usize];
        node.place.end = end.max(node.place.start);
        node.body = match (frame.template, frame.map) {
            (true, _) => NodeBody::Broken,
            (_, true) => NodeBody::Map(range.0, range.1),
            (_, false) => NodeBody::List(range.0, range.1),
        };
        Ok(())
    }

    /// The pairs whose key is text and given for the first time.
    fn sound_pairs(&mut self, children: &[NodeId]) -> Result<Vec<NodeId>, ReadStop> {
        let mut first: HashMap<Box<str>, NodeId> = HashMap::new();
        let small = children.len() <= 32;
        let mut sound: Vec<NodeId> = Vec::with_capacity(children.len());
        let (pairs, _) = children.as_chunks::<2>();
        for &[key, value] in pairs {
            let Some(name) = self.key_text(key) else { continue };
            let earlier = if small {
                sound.iter().step_by(2).copied().find(|earlier| self.key_text(*earlier) == Some(name))
            } else {
                let name = Box::from(name);
                first.get(&name).copied().or_else(|| first.insert(name, key))
            };
            match earlier {
                Some(earlier) => self.duplicate(key, earlier)?,
                None if name == "<<" => {}
                None => sound.extend([key, value]),
            }
        }
        Ok(sound)
    }

    fn duplicate(&mut self, key: NodeId, earlier: NodeId) -> Result<(), ReadStop> {
        let span = |id: NodeId| Span::from(self.nodes[id.0 as usize].place);
        let name = self.key_text(key).unwrap_or_default();
        let listed = self.frames.last().is_some_and(|outer| !outer.map);
        let problem = Problem::new("duplicate-key", format!("`{name}` is given twice"))
            .at(span(key), "given again")
            .also(span(earlier), "first given here")
            .help(if listed {
                "remove one of them; a new entry of the list begins with `- `"
            } else {
                "remove one of them"
            });
        self.report(problem)
    }

    fn add(&mut self, place: NodePlace, body: NodeBody) -> Result<NodeId, ReadStop> {
        if self.nodes.len() >= self.limits.nodes {
            let message = format!("the file has more than {} keys and values", self.limits.nodes);
            return Err(Box::new(
                Problem::new("too-many-values", message).at(place.into(), "the limit is here"),
            ));
        }
        let id = NodeId(count(self.nodes.len()));
        self.nodes.push(Node { place, body });
        if self.frames.is_empty() {
            self.root.get_or_insert(id);
        } else {
            self.pending.push(id);
        }
        Ok(id)
    }

    fn report(&mut self, problem: Problem) -> Result<(), ReadStop> {
        if self.templates > 0 {
            return Ok(());
        }
        self.problems.push(problem);
        if self.problems.len() < self.limits.problems {
            return Ok(());
        }
        let message = format!("{} problems; reading stopped here", self.limits.problems);
        let mut stop = Problem::new("too-many-problems", message);
        stop.span = self.problems.last().and_then(|last| last.span);
        Err(Box::new(stop))
    }

    /// Whether the next node is a key.
    fn at_key(&self) -> bool {
        self.frames
            .last()
            .is_some_and(|frame| frame.map && (self.pending.len() - frame.first).is_multiple_of(2))
    }

    /// The key whose value is next.
    fn current_key(&self) -> Option<NodeId> {
        let frame = self.frames.last()?;
        let key = self.pending.last().copied();
        key.filter(|_| frame.map && !(self.pending.len() - frame.first).is_multiple_of(2))
    }

    fn key_text(&self, key: NodeId) -> Option<&str> {
        match &self.nodes.get(key.0 as usize)?.body {
            NodeBody::Scalar { text: ScalarText::Slice(start, end), .. } => {
                self.text.get(*start as usize..*end as usize)
            }
            NodeBody::Scalar { text: ScalarText::Owned(text), .. } => Some(text),
            _ => None,
        }
    }

    /// Text that is the source's own is kept as a range of it.
    fn keep(&self, text: Cow<'t, str>) -> ScalarText {
        match text {
            Cow::Borrowed(part) => {
                let start = (part.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
                if self.text.get(start..start.saturating_add(part.len())) == Some(part) {
                    ScalarText::Slice(count(start), count(start + part.len()))
                } else {
                    ScalarText::Owned(part.into())
                }
            }
            Cow::Owned(text) => ScalarText::Owned(text.into_boxed_str()),
        }
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// A parser's place. Columns count from 1 here, from 0 there.
pub(super) fn place_of(span: &granit::Span) -> NodePlace {
    let start = span.start.byte_offset().unwrap_or_default();
    let end = span.end.byte_offset().unwrap_or(start).max(start);
    let (line, column) = (count(span.start.line()), count(span.start.col() + 1));
    NodePlace { line, column, start: count(start), end: count(end) }
}

impl From<NodePlace> for Span {
    fn from(place: NodePlace) -> Self {
        let NodePlace { line, column, start, end } = place;
        Span { line, column, start: start as usize, end: end as usize }
    }
}
