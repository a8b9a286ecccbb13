//! What is looked up often, worked out once per board.

use std::collections::{BTreeMap, HashMap};

use crate::layout::{AGE, Widths};
use gonogo_domain::{
    Blocks, Board, ChecklistId, GateId, GateState, Kind, Launch, Need, Party, Score, StageId, Str, Verdict,
};
use gonogo_text as text;

/// Places of gates, the tree of each checklist, who needs whom.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    at: HashMap<GateId, usize>,
    sections: Vec<Section>,
    needed_by: HashMap<GateId, Vec<GateId>>,
    blockers: Vec<usize>,
    informing_open: (usize, usize),
    widths: Widths,
}

/// Columns of `· stale` and `· until 18:00` behind a title, and of `· blocks ` before what is blocked.
const STALE: usize = 8;
const UNTIL: usize = 14;
const BLOCKS: usize = 10;

/// How the gates of the board are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum GroupBy {
    #[default]
    Checklist,
    Owner,
    Due,
    Verdict,
}

/// What a group of the list is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupId {
    /// A checklist.
    Checklist(ChecklistId),
    /// The gates of an owner, of a due time, of a verdict: by what they have in common.
    Named(Str),
}

impl GroupBy {
    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Checklist => Self::Owner,
            Self::Owner => Self::Due,
            Self::Due => Self::Verdict,
            Self::Verdict => Self::Checklist,
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Checklist => "checklist",
            Self::Owner => "owner",
            Self::Due => "due time",
            Self::Verdict => "verdict",
        }
    }
}

/// One checklist and its gates, as a flattened tree; or gates that have something else in common.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub id: GroupId,
    pub title: Str,
    pub score: Score,
    /// The worst in it.
    pub verdict: Verdict,
    /// Places of its gates in the order of the files, with their depth.
    pub gates: Vec<(usize, u8)>,
    /// The same with what is open first, worst first.
    pub worst: Vec<(usize, u8)>,
}

impl Index {
    pub fn new(launch: &Launch, board: &Board, by: GroupBy) -> Self {
        let at: HashMap<_, _> =
            board.gates.iter().enumerate().map(|(at, gate)| (gate.id.clone(), at)).collect();
        let in_the_way = |it: &&GateState| it.counted && it.verdict.blocks();
        let mut blockers: Vec<_> = board.gates.iter().enumerate().filter(|(_, it)| in_the_way(it)).collect();
        blockers.sort_by_key(|(_, gate)| std::cmp::Reverse(gate.verdict));
        let informs =
            |it: &&GateState| !it.counted && !it.group && it.parent.is_none() && it.verdict.blocks();
        let informing: (Vec<_>, Vec<_>) =
            board.gates.iter().filter(informs).partition(|it| it.blocks == Blocks::Nothing);
        let sections = match by {
            GroupBy::Checklist => sections(board, &at),
            _ => groups(board, by),
        };
        Self {
            widths: widths(launch, board, &sections),
            sections,
            blockers: blockers.into_iter().map(|(at, _)| at).collect(),
            informing_open: (informing.0.len(), informing.1.len()),
            needed_by: needed_by(launch),
            at,
        }
    }

    pub fn position(&self, id: &GateId) -> Option<usize> {
        self.at.get(id).copied()
    }

    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The place of the section in which the gate at this place of the board is.
    pub fn section_of(&self, gate: usize) -> Option<usize> {
        self.sections.iter().position(|it| it.has(gate))
    }

    /// The gates that wait for this one.
    pub fn needed_by(&self, id: &GateId) -> &[GateId] {
        self.needed_by.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Places of the gates that keep the board from GO, worst first.
    pub fn blockers(&self) -> &[usize] {
        &self.blockers
    }

    /// Columns that the gates want in a list.
    pub fn widths(&self) -> Widths {
        self.widths
    }

    /// How many gates outside the count are not go: those that only inform, and those that something after GO waits for.
    pub fn informing_open(&self) -> (usize, usize) {
        self.informing_open
    }
}

/// What the gates of a board want.
fn widths(launch: &Launch, board: &Board, sections: &[Section]) -> Widths {
    let looked = |gate: &GateState| {
        let by_source = launch.gate(&gate.id).is_some_and(|it| matches!(it.kind, Kind::Evidence(_)));
        by_source || gate.observed_at.is_some()
    };
    let age = if board.gates.iter().any(looked) { AGE } else { 0 };
    let mut widths = Widths { age, ..Widths::default() };
    let cols = |cols: usize| u16::try_from(cols).unwrap_or(u16::MAX);
    for (at, depth) in sections.iter().flat_map(|section| &section.gates) {
        let Some(gate) = board.gates.get(*at) else { continue };
        let blocks = other_than_go(board, gate).map_or(0, |said| text::width(&said));
        let small = if gate.stale { STALE } else { 0 } + gate.waived_until.map_or(0, |_| UNTIL);
        let bare = text::width(&gate.title) + 2 * usize::from(*depth) + small;
        let tag = if blocks > 0 { BLOCKS + blocks } else { 0 };
        widths.title = widths.title.max(cols(bare + tag));
        widths.bare = widths.bare.max(cols(bare));
        widths.blocks = widths.blocks.max(cols(blocks));
        let owner = seen_to_by(launch, gate).map_or(0, |(owner, _)| text::width(&owner));
        widths.owner = widths.owner.max(cols(owner));
        let due = gate.due.as_ref().map_or(0, |due| text::width(&due.said) + usize::from(gate.overdue));
        widths.due = widths.due.max(cols(due));
    }
    widths
}

/// What a gate is in the way of, where that is not GO: the audience of a stage, `closing`, or that it is `advisory`.
pub(crate) fn other_than_go(board: &Board, gate: &GateState) -> Option<String> {
    let audience = |stage: &StageId| {
        let state = board.stages.iter().find(|it| it.id == *stage);
        state.map_or_else(|| stage.to_string(), |it| it.audience.to_string())
    };
    match &gate.blocks {
        Blocks::Go => None,
        Blocks::Nothing => Some("advisory".to_owned()),
        Blocks::Stage(stage) => Some(audience(stage)),
        Blocks::Close => Some("closing".to_owned()),
    }
}

/// Who sees to a gate, and whether that is its owner. Of one without an owner it is whoever is asked for their word: the first
/// of the roles, and how many more there are.
pub(crate) fn seen_to_by(launch: &Launch, gate: &GateState) -> Option<(String, bool)> {
    if let Some(owner) = &gate.owner {
        return Some((owner.to_string(), true));
    }
    let by = &launch.gate(&gate.id)?.ask()?.by;
    let more = match by.len().saturating_sub(1) {
        0 => String::new(),
        more => format!(" +{more}"),
    };
    Some((format!("{}{more}", by.first()?), false))
}

impl Section {
    fn empty(id: GroupId, title: Str) -> Self {
        let (score, verdict) = (Score::default(), Verdict::NotApplicable);
        Self { id, title, score, verdict, gates: Vec::new(), worst: Vec::new() }
    }

    /// Counts what is in it.
    fn count(&mut self, board: &Board) {
        for gate in self.gates.iter().filter_map(|(at, _)| board.gates.get(*at)) {
            self.verdict = self.verdict.max(gate.verdict);
            if gate.counted {
                self.score.add(gate.verdict);
            }
        }
    }

    /// Whether the gate at this place of the board is in it.
    pub fn has(&self, gate: usize) -> bool {
        self.gates.iter().any(|(at, _)| *at == gate)
    }

    /// Nothing in it blocks GO.
    pub fn is_satisfied(&self, board: &Board) -> bool {
        let open = |at: &usize| board.gates.get(*at).is_some_and(|it| it.verdict.blocks());
        !self.gates.iter().any(|(at, _)| open(at))
    }
}

fn sections(board: &Board, at: &HashMap<GateId, usize>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::with_capacity(board.checklists.len());
    let mut place = HashMap::new();
    for checklist in &board.checklists {
        place.insert(checklist.id.as_str().to_owned(), sections.len());
        let section = Section::empty(GroupId::Checklist(checklist.id.clone()), checklist.title.clone());
        sections.push(Section { score: checklist.score, verdict: checklist.verdict, ..section });
    }
    let known = sections.len();
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); sections.len()];
    for (position, gate) in board.gates.iter().enumerate() {
        let name = gate.id.checklist();
        let section = *place.entry(name.to_owned()).or_insert_with(|| {
            // A checklist that the board does not name.
            sections.push(Section::empty(GroupId::Checklist(ChecklistId::new(name)), name.into()));
            members.push(Vec::new());
            sections.len() - 1
        });
        if let Some(list) = members.get_mut(section) {
            list.push(position);
        }
    }
    for (n, (section, members)) in sections.iter_mut().zip(members).enumerate() {
        let tree = Tree::new(board, at, members);
        section.gates = tree.flatten(board, false);
        section.worst = tree.flatten(board, true);
        if n >= known {
            section.count(board);
        }
    }
    sections
}

/// Gates by what they have in common, those that only sum up others left out: first come the worst, the soonest, the owners in
/// the order of their names.
fn groups(board: &Board, by: GroupBy) -> Vec<Section> {
    let mut found: BTreeMap<(i64, Str), Vec<usize>> = BTreeMap::new();
    for (at, gate) in board.gates.iter().enumerate().filter(|(_, gate)| !gate.group) {
        found.entry(key(gate, by)).or_default().push(at);
    }
    let group = |((_, name), gates): ((i64, Str), Vec<usize>)| {
        let mut section = Section::empty(GroupId::Named(name.clone()), name);
        section.gates = gates.into_iter().map(|at| (at, 0)).collect();
        section.worst.clone_from(&section.gates);
        let rank = |at: &usize| board.gates.get(*at).and_then(|it| open_rank(it.verdict));
        section.worst.sort_by_key(|(at, _)| std::cmp::Reverse(rank(at)));
        section.count(board);
        section
    };
    found.into_iter().map(group).collect()
}

fn key(gate: &GateState, by: GroupBy) -> (i64, Str) {
    let due = || gate.due.as_ref().map(|due| (due.at.timestamp(), due.said.clone()));
    match by {
        GroupBy::Due => due().unwrap_or_else(|| (i64::MAX, "no due time".into())),
        GroupBy::Verdict => {
            let place = Verdict::ALL.iter().position(|it| *it == gate.verdict).unwrap_or_default();
            (i64::try_from(place).unwrap_or_default(), gate.verdict.word().into())
        }
        GroupBy::Owner | GroupBy::Checklist => {
            gate.owner.as_ref().map_or((1, "nobody".into()), |owner: &Party| (0, owner.as_str().into()))
        }
    }
}

/// The gates of one checklist below their parents.
struct Tree {
    roots: Vec<usize>,
    children: HashMap<usize, Vec<usize>>,
}

impl Tree {
    fn new(board: &Board, at: &HashMap<GateId, usize>, members: Vec<usize>) -> Self {
        let mut tree = Self { roots: Vec::new(), children: HashMap::new() };
        for position in members {
            let parent = board.gates.get(position).and_then(|it| it.parent.as_ref());
            // A parent stands before its members; anything else would be a circle.
            match parent.and_then(|id| at.get(id)).filter(|up| **up < position) {
                Some(up) => tree.children.entry(*up).or_default().push(position),
                None => tree.roots.push(position),
            }
        }
        tree
    }

    fn flatten(&self, board: &Board, worst_first: bool) -> Vec<(usize, u8)> {
        let mut flat = Vec::new();
        let mut stack = Vec::new();
        push(&mut stack, &self.roots, 0, board, worst_first);
        while let Some((position, depth)) = stack.pop() {
            flat.push((position, depth));
            if let Some(children) = self.children.get(&position) {
                push(&mut stack, children, depth.saturating_add(1), board, worst_first);
            }
        }
        flat
    }
}

fn push(stack: &mut Vec<(usize, u8)>, from: &[usize], depth: u8, board: &Board, worst_first: bool) {
    let mut list = from.to_vec();
    if worst_first {
        let rank = |at: &usize| board.gates.get(*at).and_then(|it| open_rank(it.verdict));
        list.sort_by_key(|at| std::cmp::Reverse(rank(at)));
    }
    stack.extend(list.into_iter().rev().map(|at| (at, depth)));
}

/// What is open is ordered by how bad it is; the rest keeps its order.
fn open_rank(verdict: Verdict) -> Option<Verdict> {
    verdict.blocks().then_some(verdict)
}

fn needed_by(launch: &Launch) -> HashMap<GateId, Vec<GateId>> {
    let mut needed: HashMap<GateId, Vec<GateId>> = HashMap::new();
    for gate in &launch.gates {
        for need in &gate.needs {
            if let Need::Gate(id) = need {
                needed.entry(id.clone()).or_default().push(gate.id.clone());
            }
        }
    }
    needed
}
