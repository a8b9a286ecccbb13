//! What is typed as a filter, term by term: `owner:qa verdict:no-go age>1h refund`. A filter never changes the word.

mod read;
mod values;

use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Finds, Fuzzy, Model};
use gonogo_domain::{Blocks, Board, GateState, Now, Verdict};

pub use read::filter_fault;
pub(crate) use values::Candidate;

/// Terms, all of which a gate has to fit.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Criteria {
    text: String,
    terms: Vec<Term>,
    faults: Vec<Fault>,
}

/// What is wrong with a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where the term begins, in bytes.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    pub why: String,
}

#[derive(Clone, Debug, PartialEq)]
struct Term {
    what: What,
    /// It is what a gate must not be.
    not: bool,
}

/// What a gate has to be: one of several, where there are several.
#[derive(Clone, Debug, PartialEq)]
enum What {
    Owner(Vec<String>),
    Who(Vec<String>),
    Checklist(Vec<String>),
    Source(Vec<String>),
    Blocks(Vec<String>),
    Verdict(Vec<Verdict>),
    Is(Is),
    /// Its evidence is older than this, or not so old.
    Age {
        older: bool,
        than: Duration,
    },
    /// It is due within this, or over that already.
    Due(Duration),
    Word(String),
}

/// What one word says about a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    Open,
    Blocking,
    Mine,
    Overdue,
    Stale,
    Changed,
}

impl Is {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[
        ("open", Self::Open, "not go yet, advisory ones included"),
        ("blocking", Self::Blocking, "in the way of GO"),
        ("mine", Self::Mine, "yours, or waiting for you"),
        ("overdue", Self::Overdue, "past its due time"),
        ("stale", Self::Stale, "older than its freshness limit"),
        ("changed", Self::Changed, "changed and not looked at"),
    ];
}

impl Criteria {
    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it leaves every gate in.
    pub fn is_all(&self) -> bool {
        self.terms.is_empty()
    }

    /// What is wrong with it, in the order of the terms.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The words that are looked for in texts, to be marked.
    pub fn words(&self) -> String {
        let words = self.terms.iter().filter(|term| !term.not).filter_map(|term| match &term.what {
            What::Word(word) => Some(word.as_str()),
            _ => None,
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// The first moment after `now` at which the passing of time makes another gate match, or one stop matching.
    pub fn changes_at(&self, board: &Board, now: Now) -> Option<DateTime<Utc>> {
        let later = |age: Duration, than: Duration| {
            let left = TimeDelta::from_std(than.checked_sub(age)?).ok()?;
            now.wall.checked_add_signed(left)
        };
        let of_gate = |gate: &GateState, what: &What| match what {
            What::Age { than, .. } => gate.observed_at.and_then(|seen| later(seen.age(now).shown(), *than)),
            What::Due(within) => gate
                .due
                .as_ref()
                .and_then(|due| due.at.checked_sub_signed(TimeDelta::from_std(*within).ok()?)),
            _ => None,
        };
        let timed = self.terms.iter().filter(|term| matches!(term.what, What::Age { .. } | What::Due(_)));
        let moments =
            timed.flat_map(|term| board.gates.iter().filter_map(move |gate| of_gate(gate, &term.what)));
        // Just behind the moment: at it the answer is still the same.
        moments.filter(|at| *at > now.wall).min()
    }
}

/// Finds words in gates: as they stand if any gate has them, else by their letters.
pub(crate) struct Words {
    wanted: Option<Fuzzy>,
    finds: Finds,
}

impl Words {
    /// Looks for all words of `query` in these gates.
    pub fn new(query: &str, board: &Board) -> Self {
        if query.trim().is_empty() {
            return Self { wanted: None, finds: Finds::Words };
        }
        let mut words = Self { wanted: Some(Fuzzy::new(query, Finds::Words)), finds: Finds::Words };
        if !board.gates.iter().any(|gate| words.has(gate)) {
            (words.wanted, words.finds) = (Some(Fuzzy::new(query, Finds::Letters)), Finds::Letters);
        }
        words
    }

    /// How they are found.
    pub fn finds(&self) -> Finds {
        self.finds
    }

    /// Whether a gate has all of them.
    pub fn has(&mut self, gate: &GateState) -> bool {
        let Some(wanted) = &mut self.wanted else { return true };
        match self.finds {
            Finds::Words => wanted.score(&haystack(gate)).is_some(),
            // Scattered over a sentence they would mean nothing.
            Finds::Letters => wanted.score(&gate.title).is_some() || wanted.score(gate.id.as_str()).is_some(),
        }
    }
}

/// Everything that words say about a gate.
fn haystack(gate: &GateState) -> String {
    let parties = gate.owner.iter().chain(&gate.who).map(gonogo_domain::Party::as_str);
    let said = [gate.id.as_str(), &*gate.title, &*gate.reason, gate.verdict.word()];
    said.into_iter().chain(parties).collect::<Vec<_>>().join("\n")
}

impl Model {
    /// Which gates of the board fit the filter, by their places.
    pub(super) fn fitting(&self) -> BTreeSet<usize> {
        let criteria = &self.list.criteria;
        let mut words = Words::new(&criteria.words(), &self.board);
        let gates = self.board.gates.iter().enumerate();
        let fits = gates.filter(|(_, gate)| {
            words.has(gate) && criteria.terms.iter().all(|term| self.fits(gate, &term.what) != term.not)
        });
        fits.map(|(at, _)| at).collect()
    }

    fn fits(&self, gate: &GateState, what: &What) -> bool {
        match what {
            What::Owner(names) => begins(gate.owner.iter().map(gonogo_domain::Party::as_str), names),
            What::Who(names) => begins(gate.who.iter().map(gonogo_domain::Party::as_str), names),
            What::Checklist(names) => begins([gate.id.checklist()].into_iter(), names),
            What::Source(names) => {
                let plan = self.launch.gate(&gate.id);
                begins(plan.iter().map(|plan| plan.source()), names)
            }
            What::Blocks(names) => begins([blocks(&gate.blocks)].into_iter(), names),
            What::Verdict(verdicts) => verdicts.contains(&gate.verdict),
            What::Is(is) => self.is(gate, *is),
            What::Age { older, than } => {
                let now = self.now.map(|now| self.clock(now));
                let age = gate.observed_at.zip(now).map(|(seen, now)| seen.age(now).shown());
                age.is_some_and(|age| (age >= *than) == *older)
            }
            What::Due(within) => {
                let now = self.now.map(|now| self.clock(now).wall);
                let left = gate.due.as_ref().zip(now).map(|(due, now)| due.at.signed_duration_since(now));
                left.is_some_and(|left| TimeDelta::from_std(*within).is_ok_and(|within| left <= within))
            }
            // What is to be there was looked for already, all words at once.
            What::Word(_) if !self.list.criteria.terms.iter().any(|it| it.not && it.what == *what) => true,
            What::Word(word) => Fuzzy::new(word, Finds::Words).score(&haystack(gate)).is_some(),
        }
    }

    fn is(&self, gate: &GateState, is: Is) -> bool {
        match is {
            Is::Open => gate.verdict.blocks(),
            Is::Blocking => gate.counted && gate.verdict.blocks(),
            Is::Mine => gate.owner.iter().chain(&gate.who).any(|party| self.is_me(party)),
            Is::Overdue => gate.overdue,
            Is::Stale => gate.stale,
            Is::Changed => self.flips.unseen().contains(&gate.id),
        }
    }
}

fn begins<'a>(mut of: impl Iterator<Item = &'a str>, names: &[String]) -> bool {
    of.any(|it| names.iter().any(|name| it.to_lowercase().starts_with(name.as_str())))
}

/// What a gate is in the way of, as a filter calls it.
fn blocks(blocks: &Blocks) -> &str {
    match blocks {
        Blocks::Go => "go",
        Blocks::Stage(stage) => stage.as_str(),
        Blocks::Close => "closing",
        Blocks::Nothing => "nothing",
    }
}
