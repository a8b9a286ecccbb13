//! The list of checklists and gates: what is folded, filtered, chosen, and which rows that leaves.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{GroupBy, GroupId, Index, Model, Section, criteria::Criteria};
use gonogo_domain::GateId;

#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    /// What is chosen, by name: it stays chosen wherever the row moves.
    pub anchor: Option<RowAnchor>,
    /// Somebody chose it. Until then the choice follows the worst blocker.
    pub by_hand: bool,
    pub rows: Vec<ListRow>,
    /// Place of the chosen row.
    pub cursor: usize,
    /// The first row on the screen.
    pub offset: usize,
    /// What the user folded or unfolded by hand.
    pub folds: BTreeMap<GroupId, bool>,
    /// What a gate has to fit to be listed.
    pub criteria: Criteria,
    /// Gates that were chosen together, for acts that are meant for several.
    pub together: BTreeSet<GateId>,
    pub order: Order,
    pub group_by: GroupBy,
}

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RowAnchor {
    Group(GroupId),
    Gate(GateId),
}

/// In which order the gates of a group stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Order {
    /// What is open first, worst first.
    #[default]
    Worst,
    /// As in the files.
    File,
    /// The soonest first.
    Due,
    /// By the names of owners.
    Owner,
}

impl Order {
    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Worst => Self::File,
            Self::File => Self::Due,
            Self::Due => Self::Owner,
            Self::Owner => Self::Worst,
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Worst => "worst first",
            Self::File => "as in the files",
            Self::Due => "soonest due first",
            Self::Owner => "by owner",
        }
    }
}

/// One row, by places in the index and on the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListRow {
    Checklist { section: usize, folded: bool },
    Gate { at: usize, depth: u8 },
}

/// Filters that everybody needs. None of them changes the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// Every gate in scope.
    All,
    /// Not yet go, informing ones included.
    Open,
    /// Those that keep the board from GO.
    Blocking,
    /// Those on which the user can act, or that the user owns.
    Mine,
    /// Past their due time.
    Overdue,
    /// Changed and not yet looked at.
    Changed,
}

impl Filter {
    /// In the order in which the key goes through them.
    pub const ORDER: [Self; 6] =
        [Self::All, Self::Open, Self::Blocking, Self::Mine, Self::Overdue, Self::Changed];

    /// Its name on screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Open => "open",
            Self::Blocking => "blocking",
            Self::Mine => "mine",
            Self::Overdue => "overdue",
            Self::Changed => "changed",
        }
    }

    /// What would be typed for it.
    pub fn terms(self) -> String {
        if self == Self::All { String::new() } else { format!("is:{}", self.name()) }
    }
}

impl Model {
    /// Works the rows out again and keeps the chosen one chosen and in sight.
    pub(crate) fn rebuild(&mut self) {
        let height = self.list_height();
        self.list.rows = self.rows_for(height);
        self.find_anchor();
        self.keep_in_sight(height);
    }

    /// Chooses what the user should look at first: the worst blocker.
    pub(crate) fn choose_first(&mut self) {
        let worst = self.index.blockers().first().and_then(|at| self.board.gates.get(*at));
        let worst = worst.map(|gate| RowAnchor::Gate(gate.id.clone()));
        // With nothing in the way the choice stays where it was.
        self.list.anchor = worst.or_else(|| self.list.anchor.take());
        self.rebuild();
    }

    /// Chooses the row at `cursor`, or the last one.
    pub(crate) fn choose_row(&mut self, cursor: usize) {
        self.list.cursor = cursor.min(self.list.rows.len().saturating_sub(1));
        self.list.anchor = self.anchor_at(self.list.cursor);
        self.list.by_hand = true;
        self.looked_at();
        self.keep_in_sight(self.list_height());
    }

    /// Scrolls the rows by so many; what is chosen stays chosen while it is in sight.
    pub(crate) fn scroll_list(&mut self, down: bool, by: usize) {
        let height = self.list_height();
        let last = self.list.rows.len().saturating_sub(height);
        let offset = self.list.offset;
        let offset = if down { (offset + by).min(last) } else { offset.saturating_sub(by) };
        self.list.offset = offset;
        let seen = self.list.cursor.clamp(offset, offset + height.saturating_sub(1));
        if seen != self.list.cursor {
            self.choose_row(seen);
        }
    }

    /// Chooses a gate, unfolding what hides it and dropping a filter that does.
    pub(crate) fn choose_gate(&mut self, id: &GateId) {
        self.list.anchor = Some(RowAnchor::Gate(id.clone()));
        self.list.by_hand = true;
        if !self.is_listed(id) {
            let at = self.index.position(id);
            if let Some(group) = self.group_of(id) {
                self.list.folds.insert(group, false);
            }
            if at.is_some_and(|at| !self.fitting().contains(&at)) {
                self.list.criteria = Criteria::default();
            }
            self.rebuild();
        }
        self.find_anchor();
        // What a search passes over while it is typed has not been looked at.
        if !self.search.typing {
            self.looked_at();
        }
        self.keep_in_sight(self.list_height());
    }

    /// The places of all gates in the order of the list, folded ones included.
    pub(crate) fn listed_order(&self) -> Vec<usize> {
        let gates = |section| self.members(section).iter().map(|(at, _)| *at).collect::<Vec<_>>();
        self.index.sections().iter().flat_map(gates).collect()
    }

    /// The user has seen what is chosen.
    pub(crate) fn looked_at(&mut self) {
        if let Some(RowAnchor::Gate(id)) = &self.list.anchor {
            self.flips.seen(id);
        }
        self.scroll.detail = 0;
    }

    fn is_listed(&self, id: &GateId) -> bool {
        let Some(place) = self.index.position(id) else { return false };
        self.list.rows.iter().any(|row| matches!(row, ListRow::Gate { at, .. } if *at == place))
    }

    fn rows_for(&self, height: usize) -> Vec<ListRow> {
        let sections = self.index.sections();
        let all: usize = sections.iter().map(|it| it.gates.len() + 1).sum();
        let fits = (!self.list.criteria.is_all()).then(|| self.fitting());
        let is_shown = |at: &usize| fits.as_ref().is_none_or(|fits| fits.contains(at));
        let mut rows = Vec::with_capacity(all);
        for (place, section) in sections.iter().enumerate() {
            let folded = fits.is_none() && self.is_folded(section, all <= height);
            let members = self.members(section);
            let shown = members.iter().filter(|(at, _)| is_shown(at));
            let before = rows.len();
            rows.push(ListRow::Checklist { section: place, folded });
            if !folded {
                rows.extend(shown.map(|(at, depth)| ListRow::Gate { at: *at, depth: *depth }));
            }
            if fits.is_some() && rows.len() == before + 1 {
                rows.pop();
            }
        }
        rows
    }

    /// The group in which a gate stands.
    pub(crate) fn group_of(&self, id: &GateId) -> Option<GroupId> {
        let section = self.index.section_of(self.index.position(id)?)?;
        self.index.sections().get(section).map(|it| it.id.clone())
    }

    /// Puts the gates together by something else, or in another order; what is chosen stays chosen.
    pub(crate) fn arrange(&mut self, group_by: GroupBy, order: Order) {
        (self.list.group_by, self.list.order) = (group_by, order);
        self.index = Index::new(&self.launch, &self.board, group_by);
        self.rebuild();
    }

    fn members<'a>(&self, section: &'a Section) -> Cow<'a, [(usize, u8)]> {
        match self.list.order {
            Order::Worst => Cow::Borrowed(&section.worst),
            Order::File => Cow::Borrowed(&section.gates),
            order => {
                // Out of the order of the files nothing stands below what sums it up.
                let gate = |at: &usize| self.board.gates.get(*at);
                let alone = section.gates.iter().filter(|(at, _)| gate(at).is_some_and(|it| !it.group));
                let mut sorted: Vec<_> = alone.map(|(at, _)| (*at, 0)).collect();
                match order {
                    Order::Due => sorted.sort_by_key(|(at, _)| {
                        let due = gate(at).and_then(|it| it.due.as_ref()).map(|due| due.at);
                        (due.is_none(), due)
                    }),
                    _ => sorted.sort_by_key(|(at, _)| {
                        let owner = gate(at).and_then(|it| it.owner.as_ref());
                        (owner.is_none(), owner.map(|it| it.as_str().to_owned()))
                    }),
                }
                Cow::Owned(sorted)
            }
        }
    }

    /// Folded by hand, or for want of room when all is well in it and the user is elsewhere.
    fn is_folded(&self, section: &Section, fits: bool) -> bool {
        if let Some(folded) = self.list.folds.get(&section.id) {
            return *folded;
        }
        let here = match &self.list.anchor {
            Some(RowAnchor::Gate(id)) => self.index.position(id).is_some_and(|at| section.has(at)),
            _ => false,
        };
        !fits && !here && section.is_satisfied(&self.board)
    }

    fn find_anchor(&mut self) {
        let at = self.list.anchor.as_ref().and_then(|anchor| place_of(&self.list, &self.index, anchor));
        self.list.cursor = at.unwrap_or(self.list.cursor).min(self.list.rows.len().saturating_sub(1));
        let still = self.anchor_at(self.list.cursor);
        if at.is_none() || still != self.list.anchor {
            self.list.anchor = still;
        }
    }

    pub(crate) fn anchor_at(&self, cursor: usize) -> Option<RowAnchor> {
        Some(match *self.list.rows.get(cursor)? {
            ListRow::Checklist { section, .. } => {
                RowAnchor::Group(self.index.sections().get(section)?.id.clone())
            }
            ListRow::Gate { at, .. } => RowAnchor::Gate(self.board.gates.get(at)?.id.clone()),
        })
    }

    fn keep_in_sight(&mut self, height: usize) {
        let list = &mut self.list;
        let lowest = list.rows.len().saturating_sub(height.max(1));
        let top = list.cursor.saturating_sub(height.saturating_sub(1));
        // The header of the first gate comes into sight with it.
        let bottom = if list.cursor == 1 { 0 } else { list.cursor };
        list.offset = list.offset.clamp(top, bottom.max(top)).min(lowest.max(top));
    }
}

/// The row of an anchor; the checklist's own for a gate that is folded away.
fn place_of(list: &List, index: &Index, anchor: &RowAnchor) -> Option<usize> {
    let header = |wanted: usize| {
        list.rows
            .iter()
            .position(|row| matches!(row, ListRow::Checklist { section, .. } if *section == wanted))
    };
    match anchor {
        RowAnchor::Group(id) => header(index.sections().iter().position(|it| it.id == *id)?),
        RowAnchor::Gate(id) => {
            let place = index.position(id)?;
            let own =
                list.rows.iter().position(|row| matches!(row, ListRow::Gate { at, .. } if *at == place));
            own.or_else(|| header(index.section_of(place)?))
        }
    }
}
