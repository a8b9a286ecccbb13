//! A gate: one condition for GO, with exactly one kind of evidence.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ChecklistId, Digest, GateId, Length, Moment, MomentExpr, Party, Place, Schedule, SourceId, StageId, Str,
};

/// One condition for GO. Gates of gates are in the same list, before what is inside them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Whole name.
    pub id: GateId,
    /// What is true when all is well. May hold `{{ answers.GATE.NAME }}`, see [`super::History::expand`].
    pub title: Str,
    /// The checklist it belongs to.
    pub checklist: ChecklistId,
    /// The gate of gates around it.
    pub parent: Option<GateId>,
    /// The one kind of evidence.
    pub kind: Kind,
    /// Who sees to it.
    pub owner: Option<Party>,
    /// When it should be go. Overdue is a mark, never a verdict.
    pub due: Option<Moment>,
    /// Embargo: pending before this moment. Several add up, the latest counts.
    pub not_before: Vec<Moment>,
    /// What must be satisfied first; the enclosing gates' needs included.
    pub needs: Vec<Need>,
    /// What it blocks.
    pub blocks: Blocks,
    /// Whether it may be waived at all.
    pub waivable: bool,
    /// Who may declare it not needed, with a reason.
    pub na_by: Vec<Party>,
    /// Why a `when` leaves it out of this launch.
    pub excluded: Option<Str>,
    /// An occurrence of a repeated gate counts only from this moment on.
    pub counts_from: Option<Occurrence>,
    /// The repository it looks at; `None` is the launch's own target.
    pub component: Option<Str>,
    /// Acting on it asks for typed words.
    pub point_of_no_return: bool,
    /// Its title, and whether it is go, may be told to sales and customers.
    pub public: bool,
    /// A command that is shown and copied, never run.
    pub by_hand: Option<Str>,
    /// Named links of the file; examples, never evidence.
    pub links: Vec<(Str, Str)>,
    /// Free notes for whoever works on it.
    pub notes: Option<Str>,
    /// How old an observation may be and still count (V5), the launch's and the source's policy included.
    pub fresh: Duration,
    /// A connection of the user's settings, by name.
    pub connection: Option<Str>,
    /// Where it stands in the files.
    pub place: Option<Place>,
    /// What sign-offs and waivers bind to: id, title, notes, expanded evidence, needs and when (V8).
    pub digest: Digest,
}

/// When an occurrence of a repeated gate begins to count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Occurrence {
    /// From then on.
    pub at: DateTime<Utc>,
    /// As written, or the day of a step.
    pub said: Str,
    /// How it was computed, for one of equal steps.
    pub step: Option<OccurrenceStep>,
}

/// One of equal steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OccurrenceStep {
    /// The first, as written.
    pub from: Str,
    /// How far apart they are.
    pub every: Length,
    /// Which of them, from 0.
    pub number: i32,
    /// Up to when they are repeated, as written.
    pub until: Str,
    /// No later one is in the launch.
    pub is_last: bool,
}

impl From<Moment> for Occurrence {
    fn from(moment: Moment) -> Self {
        Self { at: moment.at, said: moment.said, step: None }
    }
}

impl OccurrenceStep {
    /// When it begins, or one that is so many steps later; `None` where no calendar goes.
    pub fn at(&self, schedule: &Schedule, later: i32) -> Option<DateTime<Utc>> {
        let count = self.every.count.checked_mul(self.number.checked_add(later)?)?;
        schedule.stepped(&MomentExpr::parse(&self.from).ok()?, Length { count, ..self.every }).ok()
    }

    /// Up to when they are repeated.
    pub fn until(&self, schedule: &Schedule) -> Option<DateTime<Utc>> {
        schedule.moment(&self.until).ok().map(|moment| moment.at)
    }
}

/// The one kind of evidence of a gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A source answers.
    Evidence(Query),
    /// A chore of the launch, done by people; stands when the commit moves.
    Task(Ask),
    /// A judgement by people; void when what it is about, or the gate's text, changes.
    SignOff(Ask),
    /// So long since something last became go (a gate) or started (a stage).
    Timer {
        /// What starts it.
        since: Need,
        /// How long.
        wait: Duration,
    },
    /// A gate of gates: the worst inside is its state. The board counts what is inside.
    All,
    /// One go inside is enough. Counted as one gate; what is inside is not counted.
    OneOf,
}

/// What a source is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// Which source.
    pub source: SourceId,
    /// Which kind of thing there: `workflow`, `issues`, ...; empty for a source with one kind.
    pub thing: Str,
    /// The limits as the source decoded and canonicalised them. Text may hold `{{ answers.GATE.NAME }}`.
    pub args: Value,
    /// Whether the answer must be about the target commit.
    pub bound: Bound,
    /// The query in one line for people: `workflow smoke.yml, 3 in a row`.
    pub said: Str,
}

/// What an answer must be about (V8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The current commit of the gate's component. An answer about another commit, or about none, is unknown.
    Commit,
    /// Nothing that moves with the target: counts of issues, states of projects.
    Free,
}

/// A query ready to be put to its source: answers filled in, repository and version named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The gate it is for.
    pub gate: GateId,
    /// Fingerprint of everything that shapes the answer. An observation counts only for the question it answers.
    pub digest: Digest,
    /// What is asked.
    pub query: Query,
    /// The launch's version.
    pub version: Str,
    /// The component asked about: its name, or `None` for the launch's own target.
    pub component: Option<Str>,
    /// `owner/name` of that component.
    pub repository: Str,
    /// Branch, tag or full commit id that GO is about.
    pub git_ref: Str,
    /// A connection of the user's settings, by name.
    pub connection: Option<Str>,
}

/// What people are asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// Who may answer: people or roles.
    pub by: Vec<Party>,
    /// So many different people of `by`; `None`: each of `by` must answer.
    pub count: Option<u32>,
    /// Not by who answered these gates.
    pub apart_from: Vec<GateId>,
    /// Mandatory answers by name, kept in the journal and readable as `{{ answers.GATE.NAME }}`.
    pub asks: BTreeMap<Str, AskType>,
    /// How long an answer stands.
    pub max_age: Option<Duration>,
    /// What the answer is about.
    pub about: About,
}

/// The type of an asked-for answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AskType {
    /// An http or https address. One from the files is an example, not an answer.
    Link,
    /// A full commit id.
    Sha,
    /// Any text.
    Text,
    /// A number.
    Number,
    /// A day, `2026-12-02`.
    Date,
}

impl AskType {
    /// The word for it, in files and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Sha => "sha",
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
        }
    }
}

/// What an answer of people is about: it goes void when that changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// The target commit.
    #[default]
    Commit,
    /// The launch's version.
    Version,
    /// The launch as such: stands when the commit moves.
    Launch,
}

/// What a gate blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blocks {
    /// GO: a gate that is not go keeps the launch from it.
    Go,
    /// A rollout stage.
    Stage(StageId),
    /// Closing the launch.
    Close,
    /// Nothing: informing.
    Nothing,
}

/// Something that must be satisfied first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// A gate is go, waived or not applicable.
    Gate(GateId),
    /// All gates of a checklist are.
    Checklist(ChecklistId),
    /// A stage has run its soak (or, for a timer, has started).
    Stage(StageId),
    /// The GO decision has been made.
    Decision,
    /// A message has been sent.
    Message(Str),
}

impl Gate {
    /// Whether the board's word depends on it.
    pub fn is_blocking(&self) -> bool {
        self.blocks == Blocks::Go
    }

    /// Whether it is a gate of gates of either sort.
    pub fn is_group(&self) -> bool {
        matches!(self.kind, Kind::All | Kind::OneOf)
    }

    /// What people are asked for, if people answer this gate.
    pub fn ask(&self) -> Option<&Ask> {
        match &self.kind {
            Kind::Task(ask) | Kind::SignOff(ask) => Some(ask),
            _ => None,
        }
    }

    /// The source that answers it; `people` for tasks and sign-offs, `clock` for timers, empty for groups.
    pub fn source(&self) -> &str {
        match &self.kind {
            Kind::Evidence(query) => query.source.as_str(),
            Kind::Task(_) | Kind::SignOff(_) => "people",
            Kind::Timer { .. } => "clock",
            Kind::All | Kind::OneOf => "",
        }
    }
}
