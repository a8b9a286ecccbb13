//! What can be filtered by, and what values there are: for reading and for completing.

use std::collections::BTreeSet;

use super::{Is, blocks};
use crate::Model;
use gonogo_domain::{Party, Verdict};

/// What a value is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CriterionKey {
    Owner,
    Verdict,
    Is,
    Blocks,
    Checklist,
    Who,
    Source,
}

/// The keys, what they are of, and what they ask.
pub(super) const KEYS: &[(&str, CriterionKey, &str)] = &[
    ("is", CriterionKey::Is, "open, mine, overdue..."),
    ("owner", CriterionKey::Owner, "whose gate it is"),
    ("verdict", CriterionKey::Verdict, "what it says"),
    ("who", CriterionKey::Who, "who can act on it"),
    ("blocks", CriterionKey::Blocks, "what it is in the way of"),
    ("checklist", CriterionKey::Checklist, "where it is"),
    ("source", CriterionKey::Source, "what answers it"),
];

/// What is measured rather than named.
const MEASURES: &[(&str, &str)] =
    &[("age>", "evidence older than 1h"), ("age<", "evidence newer than 10m"), ("due<", "due within 2h")];

/// Something that could be typed next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// The whole term, or the value alone.
    pub name: String,
    pub about: String,
}

impl CriterionKey {
    /// What its values are called.
    pub fn of(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Verdict => "verdict",
            Self::Is => "word for a gate",
            Self::Blocks => "thing that gates block",
            Self::Checklist => "checklist",
            Self::Who => "party that can act",
            Self::Source => "source",
        }
    }
}

impl CriterionKey {
    /// The values that there are on every board; `None`: that depends on the launch.
    pub fn everywhere(self) -> Option<Vec<Candidate>> {
        match self {
            Self::Verdict => {
                let words = Verdict::ALL.into_iter().map(|it| it.word().to_lowercase());
                Some(words.map(|name| Candidate { name, about: String::new() }).collect())
            }
            Self::Is => {
                let named = |(name, _, about): &(&str, Is, &str)| Candidate {
                    name: (*name).to_owned(),
                    about: (*about).to_owned(),
                };
                Some(Is::ALL.iter().map(named).collect())
            }
            Self::Owner | Self::Who | Self::Blocks | Self::Checklist | Self::Source => None,
        }
    }
}

impl Model {
    /// The values of a key on this board.
    pub(super) fn filter_values(&self, key: CriterionKey) -> Vec<Candidate> {
        let plain = |names: BTreeSet<String>| {
            names.into_iter().map(|name| Candidate { name, about: String::new() }).collect()
        };
        let gates = self.board.gates.iter();
        match key {
            CriterionKey::Verdict | CriterionKey::Is => key.everywhere().unwrap_or_default(),
            CriterionKey::Owner => {
                plain(gates.filter_map(|it| it.owner.as_ref()).map(Party::to_string).collect())
            }
            CriterionKey::Who => plain(gates.flat_map(|it| &it.who).map(Party::to_string).collect()),
            CriterionKey::Blocks => plain(gates.map(|it| blocks(&it.blocks).to_owned()).collect()),
            CriterionKey::Source => {
                let plans = gates.filter_map(|it| self.launch.gate(&it.id));
                plain(plans.map(|it| it.source().to_owned()).filter(|it| !it.is_empty()).collect())
            }
            CriterionKey::Checklist => {
                let lists = self.board.checklists.iter();
                lists.map(|it| Candidate { name: it.id.to_string(), about: it.title.to_string() }).collect()
            }
        }
    }

    /// Filters of one term that are worth naming: the words for a gate, owners, verdicts.
    pub(crate) fn common_filters(&self) -> Vec<Candidate> {
        let of = |key: CriterionKey, name: &'static str| {
            let whole = move |it: Candidate| Candidate { name: format!("{name}:{}", it.name), ..it };
            self.filter_values(key).into_iter().map(whole)
        };
        let named = of(CriterionKey::Is, "is")
            .chain(of(CriterionKey::Owner, "owner"))
            .chain(of(CriterionKey::Verdict, "verdict"));
        named.chain(of(CriterionKey::Checklist, "checklist")).collect()
    }

    /// What could replace `term`, which is being typed: whole terms.
    pub(crate) fn filter_candidates(&self, term: &str) -> Vec<Candidate> {
        let (minus, term) = term.strip_prefix('-').map_or(("", term), |rest| ("-", rest));
        let lower = term.to_lowercase();
        let mut found = match lower.split_once(':') {
            Some((name, typed)) => {
                let Some((_, key, _)) = KEYS.iter().find(|(it, ..)| *it == name) else { return Vec::new() };
                let (before, last) =
                    typed.rsplit_once(',').map_or(("", typed), |(before, last)| (before, last));
                let comma = if before.is_empty() { "" } else { "," };
                let mut values = self.filter_values(*key);
                values.retain(|it| it.name.to_lowercase().starts_with(last));
                let whole =
                    |it: Candidate| Candidate { name: format!("{name}:{before}{comma}{}", it.name), ..it };
                values.into_iter().map(whole).collect::<Vec<_>>()
            }
            None => {
                let keys = KEYS.iter().map(|(name, _, about)| (format!("{name}:"), *about));
                let all = keys.chain(MEASURES.iter().map(|(name, about)| ((*name).to_owned(), *about)));
                let fits = all.filter(|(name, _)| name.starts_with(&lower));
                fits.map(|(name, about)| Candidate { name, about: about.to_owned() }).collect()
            }
        };
        for it in &mut found {
            it.name.insert_str(0, minus);
        }
        found
    }
}
