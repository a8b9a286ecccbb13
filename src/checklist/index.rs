//! Which gates there are, before anything is filled in or copied: gate ids never hold variables.

use std::collections::{BTreeMap, HashMap};

use super::{
    limits::MOST_NAMES,
    names::{SpellingHints, Where, is_id, listed, no_id},
    parsed_file::ParsedFile,
    reference::GateRef,
};
use gonogo_domain::Str;
use gonogo_yaml::{Document, NodeId, NodeKind, Problem, Span};

/// All gates of all files, as they are written.
#[derive(Debug, Default)]
pub(super) struct GateIndex {
    pub(super) units: Vec<Gates>,
    by_checklist: HashMap<Str, usize>,
    /// Whether all files could be read. If not, no checklist is reported as unknown.
    whole: bool,
}

/// The gates of one file.
#[derive(Debug)]
pub(super) struct Gates {
    pub(super) checklist: Str,
    file: Str,
    /// In order of id, so that the same files always give the same hints.
    gates: BTreeMap<Str, Definition>,
    /// Whether all of them could be read. If not, none is reported as unknown.
    whole: bool,
}

/// A gate as it is written.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) place: Where,
    /// The gates with cells or occurrences around it, outermost first, itself included.
    pub(super) chain: Vec<Str>,
    /// What it asks people for.
    pub(super) asks: Vec<Str>,
}

/// One of several copies: which gate has the cells, and the cell.
pub(super) type CellRef = (Str, Str);

/// What a gate's reference says from where it stands.
#[derive(Debug)]
pub(super) struct ResolvedRef<'a> {
    /// The file.
    pub(super) unit: usize,
    pub(super) gate: Str,
    pub(super) definition: &'a Definition,
    /// The cells that are settled, outermost first; the others may be any.
    pub(super) cells: Vec<Str>,
}

impl ResolvedRef<'_> {
    /// The gate's name within its file, if it is one gate.
    pub(super) fn only(&self) -> Option<String> {
        (self.cells.len() == self.definition.chain.len()).then(|| local_id(&self.gate, &self.cells))
    }
}

/// The name of a gate within its file: `smoke@arm64`.
pub(super) fn local_id<'a>(gate: &str, cells: impl IntoIterator<Item = &'a Str>) -> String {
    let mut id = gate.to_owned();
    for cell in cells {
        id.push('@');
        id.push_str(cell);
    }
    id
}

impl GateIndex {
    /// Reads the ids of all gates, and notes those that are wrong or given twice.
    pub(super) fn build(units: &mut [ParsedFile]) -> Self {
        let whole = units.iter().all(|unit| unit.whole && !unit.missing);
        let mut index = Self { whole, ..Self::default() };
        for (at, unit) in units.iter_mut().enumerate() {
            let (checklist, file) = (unit.id.clone(), unit.doc.name().into());
            let mut gates = Gates { checklist, file, gates: BTreeMap::new(), whole: unit.whole };
            if let Some(list) = unit.doc.get(unit.doc.root(), "gates") {
                let mut walk =
                    IndexWalk { doc: &unit.doc, problems: &mut unit.problems, first: BTreeMap::new() };
                walk.list(&mut gates, list, &[]);
            }
            index.by_checklist.entry(unit.id.clone()).or_insert(at);
            index.units.push(gates);
        }
        index
    }

    /// What a reference to a gate says, read in file `unit` inside `cells`. `Ok(None)`: not known, because the file
    /// that should define it has problems of its own.
    pub(super) fn find(
        &self,
        reference: &GateRef<'_>,
        unit: usize,
        cells: &[CellRef],
        span: Span,
        hints: &SpellingHints,
    ) -> Result<Option<ResolvedRef<'_>>, Box<Problem>> {
        let at = match reference.checklist {
            None => unit,
            Some(name) => match self.checklist(name, span, hints)? {
                Some(at) => at,
                None => return Ok(None),
            },
        };
        let Some(gates) = self.units.get(at) else { return Ok(None) };
        let Some((id, definition)) = gates.gates.get_key_value(reference.gate) else {
            return if gates.whole {
                Err(Box::new(self.unknown(reference, at, span, hints)))
            } else {
                Ok(None)
            };
        };
        let cells = if reference.cells.is_empty() {
            if at == unit { shared(cells, &definition.chain) } else { Vec::new() }
        } else {
            reference.cells.iter().map(|cell| Str::from(*cell)).collect()
        };
        if cells.len() > definition.chain.len() {
            return Err(Box::new(too_many_cells(reference, definition, span)));
        }
        Ok(Some(ResolvedRef { unit: at, gate: id.clone(), definition, cells }))
    }

    /// The file of a checklist, or the problem that there is none. `Ok(None)`: not known.
    pub(super) fn checklist(
        &self,
        name: &str,
        span: Span,
        hints: &SpellingHints,
    ) -> Result<Option<usize>, Box<Problem>> {
        match self.by_checklist.get(name) {
            Some(at) => Ok(Some(*at)),
            None if !self.whole => Ok(None),
            None => Err(Box::new(self.unknown_checklist(name, span, hints))),
        }
    }

    fn unknown_checklist(&self, name: &str, span: Span, hints: &SpellingHints) -> Problem {
        let problem = Problem::new("unknown-checklist", format!("`{name}` is not a checklist"))
            .at(span, "no checklist has this id");
        let known = self.units.iter().map(|gates| gates.checklist.as_ref());
        match hints.nearest(name, known.clone()) {
            Some(near) => {
                let file =
                    self.units.iter().find(|gates| *gates.checklist == *near).map_or("", |it| &*it.file);
                problem.help(format!("did you mean `{near}` ({file})?"))
            }
            None => problem.help(format!("choose from {}", listed(known))),
        }
    }

    fn unknown(&self, reference: &GateRef<'_>, unit: usize, span: Span, hints: &SpellingHints) -> Problem {
        let name = reference.gate;
        let problem = Problem::new("unknown-gate", format!("there is no gate `{name}`"))
            .at(span, format!("no gate has the id `{name}`"));
        let Some(gates) = self.units.get(unit).filter(|_| !hints.are_spent()) else { return problem };
        let near = hints.nearest(name, gates.gates.keys().map(AsRef::as_ref));
        if let Some((id, definition)) = near.and_then(|near| gates.gates.get_key_value(near)) {
            let prefix = reference.checklist.map(|checklist| format!("{checklist}/")).unwrap_or_default();
            return problem.help(format!("did you mean `{prefix}{id}` ({})?", definition.place));
        }
        let other = self.units.iter().find_map(|gates| Some((gates, gates.gates.get(name)?)));
        match other {
            Some((gates, definition)) => {
                problem.help(format!("did you mean `{}/{name}` ({})?", gates.checklist, definition.place))
            }
            None if reference.checklist.is_some() => {
                let ids = listed(gates.gates.keys().map(AsRef::as_ref));
                problem.help(format!("`{}` ({}) has {ids}", gates.checklist, gates.file))
            }
            None => problem.help("gates of other files are written `CHECKLIST/GATE`"),
        }
    }
}

/// The cells of `chain` that a gate inside `cells` is in as well.
fn shared(cells: &[CellRef], chain: &[Str]) -> Vec<Str> {
    cells
        .iter()
        .zip(chain)
        .take_while(|((gate, _), other)| gate == *other)
        .map(|((_, cell), _)| cell.clone())
        .collect()
}

fn too_many_cells(reference: &GateRef<'_>, definition: &Definition, span: Span) -> Problem {
    let message = match definition.chain.len() {
        0 => format!("`{}` has no cells", reference.gate),
        1 => format!("`{}` has cells of one matrix", reference.gate),
        more => format!("`{}` has cells of {more} matrices", reference.gate),
    };
    Problem::new("unknown-cell", message)
        .at(span, "no such cell")
        .help(format!("`{}` is defined at {}", reference.gate, definition.place))
}

/// Walks through the gates of one file.
struct IndexWalk<'a> {
    doc: &'a Document,
    problems: &'a mut Vec<Problem>,
    first: BTreeMap<Str, NodeId>,
}

impl IndexWalk<'_> {
    fn list(&mut self, gates: &mut Gates, list: NodeId, chain: &[Str]) {
        for item in self.doc.items(list) {
            match self.doc.kind(*item) {
                NodeKind::Map => self.gate(gates, *item, chain),
                _ => gates.whole = false,
            }
        }
    }

    fn gate(&mut self, gates: &mut Gates, node: NodeId, chain: &[Str]) {
        let doc = self.doc;
        let inner = |key| doc.get(node, key).into_iter();
        let Some((at, id)) = doc.get(node, "gate").and_then(|at| Some((at, doc.text(at)?))) else {
            gates.whole = false;
            inner("gates").chain(inner("one_of")).for_each(|list| self.list(gates, list, chain));
            return;
        };
        if !is_id(id) {
            // A variable in it has its own problem, once it is looked at.
            if !id.contains("{{") {
                self.problems.push(no_id(id, doc.span(at)));
            }
            gates.whole = false;
        }
        let id = Str::from(id);
        let mut chain = chain.to_vec();
        if doc.get(node, "matrix").or_else(|| doc.get(node, "repeat")).is_some() {
            chain.push(id.clone());
        }
        if let Some(first) = self.first.get(&id) {
            let problem = Problem::new("duplicate-id", format!("two gates have the id `{id}`"))
                .at(doc.span(at), "given again")
                .also(doc.span(*first), "first given here")
                .help("an id can be used once in a file, also inside other gates");
            self.problems.push(problem);
        } else {
            self.first.insert(id.clone(), at);
            let definition =
                Definition { place: Where::of(doc, at), chain: chain.clone(), asks: asks(doc, node) };
            gates.gates.insert(id, definition);
        }
        inner("gates").chain(inner("one_of")).for_each(|list| self.list(gates, list, &chain));
    }
}

/// The names of the answers that a gate asks for.
fn asks(doc: &Document, gate: NodeId) -> Vec<Str> {
    let people = doc.get(gate, "task").or_else(|| doc.get(gate, "sign_off"));
    let Some(asks) = people.and_then(|people| doc.get(people, "asks")) else { return Vec::new() };
    doc.entries(asks).take(MOST_NAMES).filter_map(|(key, _)| doc.text(key)).map(Str::from).collect()
}
