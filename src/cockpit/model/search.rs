//! Finding a gate by words.

use super::TextField;
use gonogo_domain::{Board, GateState};

#[derive(Clone, Debug, Default)]
pub(crate) struct Search {
    /// It is being typed.
    pub typing: bool,
    pub field: TextField,
}

impl Search {
    /// What is looked for; `None` when nothing is.
    pub fn wanted(&self) -> Option<String> {
        let words = self.field.text().trim().to_lowercase();
        (!words.is_empty()).then_some(words)
    }

    /// The place of the next match behind `from` (or at it, when `here`), going round once. `order` is the order
    /// of the list with folded gates in it.
    pub fn find(&self, board: &Board, order: &[usize], from: Option<usize>, step: Step) -> Option<usize> {
        let wanted = self.wanted()?;
        let start = from.and_then(|at| order.iter().position(|it| *it == at));
        let len = order.len();
        let nth = |n: usize| match (step, start) {
            (Step::Here, Some(at)) => (at + n) % len,
            (Step::Next, Some(at)) => (at + 1 + n) % len,
            (Step::Previous, Some(at)) => (at + len - 1 + len - n % len) % len,
            (Step::Previous, None) => len - 1 - n,
            (_, None) => n,
        };
        (0..len)
            .filter_map(|n| order.get(nth(n)).copied())
            .find(|at| board.gates.get(*at).is_some_and(|gate| matches(gate, &wanted)))
    }
}

/// Where a search goes from the chosen gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Here,
    Next,
    Previous,
}

fn matches(gate: &GateState, wanted: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(wanted);
    has(&gate.title)
        || has(gate.id.as_str())
        || has(&gate.reason)
        || has(gate.verdict.word())
        || gate.owner.iter().chain(&gate.who).any(|party| has(party.as_str()))
}
