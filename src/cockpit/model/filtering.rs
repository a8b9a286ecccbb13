//! A filter while it is typed, and what it leaves out.

use super::{Candidate, Filter, Model, TextField};
use gonogo_domain::{GateState, Verdict};

/// The line in which a filter is typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filtering {
    pub field: TextField,
    /// What was listed before, for whoever gives up.
    pub before: String,
    /// Which of the candidates Tab takes.
    pub at: usize,
}

/// What a filter leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hidden {
    /// Gates that are listed.
    pub shown: usize,
    /// Of so many.
    pub of: usize,
    /// Those in the way of GO that are not listed, by verdict, worst first.
    pub blockers: Vec<(Verdict, usize)>,
}

/// Whether a filter that everybody has is called so.
pub fn is_filter_name(name: &str) -> bool {
    Filter::ORDER.iter().any(|it| it.name() == name)
}

impl Filtering {
    /// What is typed of the term before the cursor.
    pub fn term(&self) -> &str {
        let (before, _) = self.field.halves();
        before.rsplit(char::is_whitespace).next().unwrap_or_default()
    }
}

impl Hidden {
    /// In words: a board that is not all there says so.
    pub fn said(&self) -> String {
        let count: usize = self.blockers.iter().map(|(_, count)| count).sum();
        let each = self.blockers.iter().map(|(it, count)| format!("{count} {}", it.word().to_lowercase()));
        let each = each.collect::<Vec<_>>().join(", ");
        let hidden = match count {
            0 => "no blocker is hidden".to_owned(),
            1 => format!("1 blocker is HIDDEN ({each})"),
            n => format!("{n} blockers are HIDDEN ({each})"),
        };
        format!("{} of {} gates, {hidden}", self.shown, self.of)
    }
}

impl Model {
    /// Lists what fits these terms, and nothing else.
    pub(crate) fn set_filter(&mut self, text: &str) {
        self.list.criteria = self.read_criteria(text);
        self.list.offset = 0;
        self.rebuild();
    }

    /// The terms of the filter that comes next: those that everybody has, then those with a name of the user's.
    pub(crate) fn next_filter(&self) -> String {
        let usual = Filter::ORDER.into_iter().map(Filter::terms);
        let own = self.views.iter().map(|(_, terms)| terms.clone());
        let all: Vec<String> = usual.chain(own).collect();
        let at = all.iter().position(|it| it == self.list.criteria.text()).unwrap_or_default();
        let next = (at + 1) % all.len().max(1);
        all.into_iter().nth(next).unwrap_or_default()
    }

    /// What the user calls the filter that is set.
    pub(crate) fn filter_name(&self) -> Option<&str> {
        let text = self.list.criteria.text();
        self.views.iter().find(|(_, terms)| terms == text).map(|(name, _)| name.as_str())
    }

    /// A filter may go by time; nothing else that is worked out for the list does.
    pub(crate) fn time_passed(&mut self) {
        if !self.list.criteria.is_all() {
            self.rebuild();
        }
    }

    /// What the filter leaves out; `None`: nothing is filtered.
    pub(crate) fn hidden(&self) -> Option<Hidden> {
        if self.list.criteria.is_all() && self.list.criteria.faults().is_empty() {
            return None;
        }
        let fits = self.fitting();
        let alone = |gate: &GateState| !gate.group;
        let gates = || self.board.gates.iter().enumerate().filter(|(_, gate)| alone(gate));
        let hidden = |verdict: &Verdict| {
            let out = self.index.blockers().iter().filter(|at| !fits.contains(*at));
            let of = out.filter(|at| self.board.gates.get(**at).is_some_and(|it| it.verdict == *verdict));
            (*verdict, of.count())
        };
        Some(Hidden {
            shown: gates().filter(|(at, _)| fits.contains(at)).count(),
            of: gates().count(),
            blockers: Verdict::ALL.iter().map(hidden).filter(|(_, count)| *count > 0).collect(),
        })
    }

    /// What could be typed next.
    pub(crate) fn completions(&self) -> Vec<Candidate> {
        self.filtering.as_ref().map(|it| self.filter_candidates(it.term())).unwrap_or_default()
    }
}
