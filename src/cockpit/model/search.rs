//! Finding a gate by words.

use super::{Finds, TextField, Words};
use gonogo_domain::{Board, GateId};

#[derive(Clone, Debug)]
pub(crate) struct Search {
    /// It is being typed.
    pub typing: bool,
    pub field: TextField,
    /// How it was found last: as it stands, or by its letters.
    pub finds: Finds,
    /// How many gates were found last.
    pub found: usize,
    /// What was chosen before: there one is again when nothing is found.
    pub from: Option<GateId>,
}

impl Default for Search {
    fn default() -> Self {
        Self { typing: false, field: TextField::default(), finds: Finds::Words, found: 0, from: None }
    }
}

impl Search {
    /// What is looked for; `None` when nothing is.
    pub fn wanted(&self) -> Option<String> {
        let words = self.field.text().trim().to_lowercase();
        (!words.is_empty()).then_some(words)
    }

    /// The place of the next match behind `from` (or at it, when `here`), going round once. `order` is the order
    /// of the list with folded gates in it.
    pub fn find(
        &mut self,
        board: &Board,
        order: &[usize],
        from: Option<usize>,
        step: SearchStep,
    ) -> Option<usize> {
        let wanted = self.wanted()?;
        let mut words = Words::new(&wanted, board);
        let mut has = |at: &usize| board.gates.get(*at).is_some_and(|gate| words.has(gate));
        let matches: Vec<bool> = order.iter().map(&mut has).collect();
        self.found = matches.iter().filter(|it| **it).count();
        self.finds = words.finds();
        let start = from.and_then(|at| order.iter().position(|it| *it == at));
        let len = order.len();
        let nth = |n: usize| match (step, start) {
            (SearchStep::Here, Some(at)) => (at + n) % len,
            (SearchStep::Next, Some(at)) => (at + 1 + n) % len,
            (SearchStep::Previous, Some(at)) => (at + len - 1 + len - n % len) % len,
            (SearchStep::Previous, None) => len - 1 - n,
            (_, None) => n,
        };
        (0..len).map(nth).find(|n| matches.get(*n) == Some(&true)).and_then(|n| order.get(n).copied())
    }
}

/// Where a search goes from the chosen gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SearchStep {
    Here,
    Next,
    Previous,
}
