//! What the gates of a launch may refer to: people, moments, components, stages, sources.

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use super::{
    interpolate::Spent,
    kinds::{EvidenceKinds, GateLimits, Offers},
    names::{NameTable, SpellingHints},
    reader::{Reader, SpannedText},
};
use gonogo_domain::{
    Blocks, LaunchRole, Logins, Moment, Occasion, Party, Person, Policies, Schedule, StageId, Str,
};
use gonogo_yaml::{Document, NodeId};

/// A person or a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartyKind {
    Person,
    Role,
}

/// The sections of `launch.yaml` that everything else refers to.
pub(super) struct Symbols<'k> {
    pub(super) kinds: &'k dyn EvidenceKinds,
    pub(super) offers: Offers,
    pub(super) hints: SpellingHints,
    pub(super) spent: Spent,
    /// May hold `{{ answers.GATE.NAME }}`.
    pub(super) version: Str,
    /// `None` if the section has problems.
    pub(super) schedule: Option<Schedule>,
    /// The same with every anchor at its moment: what gates and sections count from.
    pub(super) settled: Option<Schedule>,
    /// Moments by what was written: gates say the same few things ten thousand times.
    pub(super) moments: RefCell<HashMap<String, Moment>>,
    /// Days looked up in the calendar so far.
    pub(super) lookups: Cell<usize>,
    pub(super) anchors: NameTable,
    pub(super) parties: NameTable<PartyKind>,
    pub(super) people: BTreeMap<Party, Person>,
    pub(super) roles: BTreeMap<Party, LaunchRole>,
    /// Their GitHub accounts, once they are asked for.
    pub(super) logins: OnceCell<BTreeMap<Str, Logins>>,
    pub(super) components: NameTable,
    /// Stages, and whether each is a pilot.
    pub(super) stages: NameTable<bool>,
    /// Guardrails of the launch.
    pub(super) guardrails: NameTable,
    /// Messages of the launch, and what each is about.
    pub(super) messages: NameTable<Occasion>,
    pub(super) policies: Policies,
    pub(super) freshness: Freshness,
    pub(super) defaults: BTreeMap<Str, BTreeMap<Str, Str>>,
}

/// How old an observation may be (V5).
#[derive(Clone, Debug)]
pub(super) struct Freshness {
    pub(super) default: Duration,
    pub(super) by_source: BTreeMap<Str, Duration>,
}

impl Default for Freshness {
    fn default() -> Self {
        Self { default: Duration::from_secs(600), by_source: BTreeMap::new() }
    }
}

impl Freshness {
    /// The limit for a source.
    pub(super) fn of(&self, source: &str) -> Duration {
        self.by_source.get(source).copied().unwrap_or(self.default)
    }

    /// The longest limit of any source.
    pub(super) fn longest(&self) -> Duration {
        self.by_source.values().copied().fold(self.default, Duration::max)
    }
}

impl<'k> Symbols<'k> {
    pub(super) fn new(kinds: &'k dyn EvidenceKinds) -> Self {
        Self {
            kinds,
            offers: Offers::of(kinds),
            hints: SpellingHints::default(),
            spent: Spent::default(),
            version: "".into(),
            schedule: None,
            settled: None,
            moments: RefCell::default(),
            lookups: Cell::new(0),
            anchors: NameTable::new("an anchor of the schedule", "unknown-anchor"),
            parties: NameTable::new("a person or a role", "unknown-person"),
            people: BTreeMap::new(),
            roles: BTreeMap::new(),
            logins: OnceCell::new(),
            components: NameTable::new("a component", "unknown-component"),
            stages: NameTable::new("a stage of the rollout", "unknown-stage"),
            messages: NameTable::new("a message of the launch", "unknown-message"),
            guardrails: NameTable::new("a guardrail of the launch", "unknown-guardrail"),
            policies: Policies::default(),
            freshness: Freshness::default(),
            defaults: BTreeMap::new(),
        }
    }

    /// What a source is asked to read: the map at this place, of one of its things.
    pub(super) fn asked<'a>(
        &'a self,
        document: &'a Document,
        (source, thing): (&'a str, &'a str),
        node: NodeId,
    ) -> GateLimits<'a> {
        static NONE: BTreeMap<Str, Str> = BTreeMap::new();
        let defaults = self.defaults.get(source).unwrap_or(&NONE);
        GateLimits { source, thing, document, node, defaults, version: &self.version, people: self.logins() }
    }

    /// The GitHub accounts behind each person and role. Only once all of them have been read.
    pub(super) fn logins(&self) -> &BTreeMap<Str, Logins> {
        self.logins.get_or_init(|| {
            let parties = self.people.keys().chain(self.roles.keys());
            parties.map(|party| (party.text(), Logins::of(party, &self.people, &self.roles))).collect()
        })
    }

    /// A person or a role.
    pub(super) fn party(&self, reader: &mut Reader<'_>, word: &SpannedText) -> Option<Party> {
        let span = reader.span(word.at);
        reader.take(self.parties.look_up(&word.value, span, &self.hints))?;
        Some(Party::new(word.value.as_str()))
    }

    /// A person or a role that may be absent.
    pub(super) fn some_party(&self, reader: &mut Reader<'_>, word: Option<SpannedText>) -> Option<Party> {
        self.party(reader, &word?)
    }

    /// People and roles, each named once.
    pub(super) fn all_parties(&self, reader: &mut Reader<'_>, words: Vec<SpannedText>) -> Vec<Party> {
        let mut all = Vec::with_capacity(words.len());
        for word in words {
            let Some(party) = self.party(reader, &word) else { continue };
            if all.contains(&party) {
                let message = format!("`{party}` is named twice");
                reader.advise("duplicate-value", message, word.at, "named again", "remove one of them");
            } else {
                all.push(party);
            }
        }
        all
    }

    /// A role, not a person.
    pub(super) fn role(&self, reader: &mut Reader<'_>, word: &SpannedText) -> Option<Party> {
        let span = reader.span(word.at);
        if reader.take(self.parties.look_up(&word.value, span, &self.hints))? == Some(&PartyKind::Person) {
            let message = format!("`{}` is a person, not a role", word.value);
            let help = "write a role: its holder can change, its responsibility stays";
            reader.advise("no-role", message, word.at, "must be a role", help);
            return None;
        }
        Some(Party::new(word.value.as_str()))
    }

    /// A component.
    pub(super) fn component(&self, reader: &mut Reader<'_>, word: &SpannedText) -> Option<Str> {
        let span = reader.span(word.at);
        reader.take(self.components.look_up(&word.value, span, &self.hints))?;
        Some(word.value.as_str().into())
    }

    /// A stage by its bare name.
    pub(super) fn stage(&self, reader: &mut Reader<'_>, word: &SpannedText, name: &str) -> Option<StageId> {
        let span = reader.span(word.at);
        reader.take(self.stages.look_up(name, span, &self.hints))?;
        Some(StageId::new(name))
    }

    /// A message by its bare name, which people wait for: one of the plan, because no other is sure to be sent.
    pub(super) fn planned_message(
        &self,
        reader: &mut Reader<'_>,
        word: &SpannedText,
        name: &str,
    ) -> Option<Str> {
        let span = reader.span(word.at);
        let occasion = reader.take(self.messages.look_up(name, span, &self.hints)).flatten()?;
        if *occasion != Occasion::Plan {
            let message = format!("`{}` is sent only when there is {}", word.value, occasion.with_article());
            let help = "wait for a message without an `occasion`";
            reader.advise("never-sent", message, word.at, "may never be sent", help);
            return None;
        }
        Some(name.into())
    }

    /// What a gate blocks.
    pub(super) fn blocks(&self, reader: &mut Reader<'_>, word: &SpannedText) -> Option<Blocks> {
        match word.value.as_str() {
            "go" => Some(Blocks::Go),
            "close" => Some(Blocks::Close),
            "nothing" => Some(Blocks::Nothing),
            other => match other.strip_prefix("stage/") {
                Some(name) => self.stage(reader, word, name).map(Blocks::Stage),
                None => {
                    let message = format!("`blocks` cannot be `{other}`");
                    let help = "write one of go, stage/ID, close, nothing";
                    reader.advise("unknown-value", message, word.at, "not allowed here", help);
                    None
                }
            },
        }
    }
}
