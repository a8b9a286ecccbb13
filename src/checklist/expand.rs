//! Every gate of a file, one for each cell and occurrence, with its variables filled in.

mod walk;

use std::sync::Arc;

use super::{
    gate::{Wants, strict},
    index::{CellRef, GateIndex},
    inherit::{Inherited, Shared},
    interpolate::PartKind,
    parsed_file::ParsedFile,
    reader::{Reader, SpannedText, keys},
    scope::VariableScope,
    shapes::{id, length, when, word, words},
    symbols::Symbols,
};
use gonogo_domain::{Checklist, ChecklistId, Digest, Gate, Str};
use gonogo_yaml::{NodeId, Shape};
use walk::ExpansionWalk;

/// A gate on its way into the launch.
#[derive(Debug)]
pub(super) struct GateInstance {
    pub(super) unit: usize,
    /// Its id as it is written, for places.
    pub(super) at: NodeId,
    /// The id without cells.
    pub(super) local: Str,
    pub(super) cells: Vec<CellRef>,
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
    pub(super) all: Vec<GateInstance>,
    /// What the gates of each file need together, by file.
    pub(super) needs: Vec<Vec<SpannedText>>,
    gates: usize,
    groups: usize,
    copies: usize,
    full: bool,
    /// Gates that could not be made. There is a problem for each; should there be none, there is no launch either.
    pub(super) lost: usize,
    blank: Digest,
}

impl Insts {
    /// Whether a limit of the launch has been reached: there is a problem that says so.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }
}

impl Default for Insts {
    fn default() -> Self {
        let blank = Digest::of([]);
        Self {
            all: Vec::new(),
            needs: Vec::new(),
            gates: 0,
            groups: 0,
            copies: 0,
            full: false,
            lost: 0,
            blank,
        }
    }
}

keys! {
    /// The keys of a checklist.
    struct ChecklistKeys {
        checklist: id(), title: word(), owner: word(), due: word(), not_before: word(), component: word(),
        needs: words(), when: when(), blocks: word(), order: Shape::words(&["strict"]), fresh: length(),
        accountable: word(), consulted: words(), informed: words(), inputs: crate::sections::variables::input_shape().named(), gates: Shape::Named("gate").filled(),
    }
    needs { checklist, title, gates }
}

/// Reads the gates of a checklist file.
pub(super) fn checklist(
    unit: &mut ParsedFile,
    at: usize,
    world: &Symbols<'_>,
    index: &GateIndex,
    scope: &VariableScope,
    excluded: &Inherited,
    insts: &mut Insts,
) -> Option<Checklist> {
    let root = unit.doc.root();
    let mut walk = ExpansionWalk::new(unit, at, world, index, scope, insts);
    for (key, value) in walk.unit.doc.entries(root).collect::<Vec<_>>() {
        let name = walk.unit.doc.text(key).unwrap_or_default().to_owned();
        if !matches!(name.as_str(), "gates" | "inputs") {
            walk.fill(value, &name, PartKind::Plain);
        }
    }
    let values = walk.values();
    let mut reader = Reader::new(&walk.unit.doc, &mut walk.unit.problems);
    let keys = ChecklistKeys::read(&mut reader, root)?;
    let title = super::gate::text(&mut reader, keys.title);
    let shared = Shared {
        owner: keys.owner,
        due: keys.due,
        component: keys.component,
        blocks: keys.blocks,
        fresh: keys.fresh,
        not_before: keys.not_before,
        when: keys.when,
        ..Shared::default()
    };
    let holds = excluded.with(&mut reader, world, values, shared);
    let needs = reader.words(keys.needs).unwrap_or_default();
    let accountable = reader.word(keys.accountable);
    let accountable = world.some_party(&mut reader, accountable);
    let [consulted, informed] = [keys.consulted, keys.informed].map(|node| {
        let words = reader.words(node).unwrap_or_default();
        world.all_parties(&mut reader, words)
    });
    let strict = strict(&mut reader, keys.order);
    if let Some(slot) = walk.insts.needs.get_mut(at) {
        *slot = needs;
    }
    walk.start(keys.gates, &holds, strict);
    Some(Checklist {
        id: ChecklistId::new(unit.id.clone()),
        title: title?,
        owner: holds.owner.party(),
        accountable,
        consulted,
        informed,
    })
}

/// Reads the gates of the launch file itself.
pub(super) fn own(
    unit: &mut ParsedFile,
    world: &Symbols<'_>,
    index: &GateIndex,
    scope: &VariableScope,
    insts: &mut Insts,
) {
    let gates = unit.doc.get(unit.doc.root(), "gates");
    ExpansionWalk::new(unit, 0, world, index, scope, insts).start(gates, &Inherited::default(), false);
}
