//! One release going out.

mod launch_graph;
mod moved;

pub(super) use launch_graph::{LaunchGraph, QuestionKind, RequiredNode};
use moved::Fixed;

use std::{
    collections::{BTreeMap, HashMap},
    ops::Deref,
    sync::Arc,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{
    ChecklistId, Comms, Digest, Gate, GateId, Guardrail, LaunchRole, Moment, Party, Person, Rollback,
    Rollout, Schedule, Str, WatchedCondition, terms,
};

/// One release going out: its [`LaunchParts`], and what follows from them, worked out once.
///
/// Built by the checklist room, which has checked every reference: needs name gates that exist, there is no cycle,
/// parents stand before their members. What is built stays as it is.
#[derive(Clone, Debug)]
pub struct Launch {
    /// As the files say.
    files: Arc<LaunchParts>,
    /// By the T clock, see [`Launch::by`].
    parts: Arc<LaunchParts>,
    index: Arc<HashMap<GateId, usize>>,
    pub(super) derived: Arc<LaunchGraph>,
    /// What did not move with T-0, once it has moved.
    fixed: Arc<[Fixed]>,
    /// The conditions of final calls among its gates, see [`Launch::by`].
    conditions: Arc<[WatchedCondition]>,
    /// What follows from the files alone, for when no condition stands any more.
    plain: (Arc<HashMap<GateId, usize>>, Arc<LaunchGraph>),
}

impl Deref for Launch {
    type Target = LaunchParts;

    fn deref(&self) -> &LaunchParts {
        &self.parts
    }
}

/// Who, when, where, and everything that must be true.
#[derive(Clone, Debug)]
pub struct LaunchParts {
    /// Id, stable across edits.
    pub id: Str,
    /// Title for people.
    pub title: Str,
    /// What it brings, for people outside the team: told to sales and customers.
    pub summary: Option<Str>,
    /// The version going out.
    pub version: Str,
    /// A hotfix: other launches of the same repository are asked to wait until it is over.
    pub holds_others: bool,
    /// Risk tier.
    pub risk: Risk,
    /// The commit that GO is about; `None`: nothing in the launch is about a commit.
    pub target: Option<TargetRef>,
    /// Other repositories that gates look at.
    pub components: BTreeMap<Str, TargetRef>,
    /// T-0 and all that is counted from it.
    pub schedule: Schedule,
    /// People by name.
    pub people: BTreeMap<Party, Person>,
    /// Roles by name.
    pub roles: BTreeMap<Party, LaunchRole>,
    /// The go/no-go poll.
    pub roll_call: Option<RollCallPlan>,
    /// Freshness, waivers, sign-offs.
    pub policies: Policies,
    /// Checklists in order.
    pub checklists: Vec<Checklist>,
    /// All gates in file order, gates of gates before what is inside them.
    pub gates: Vec<Gate>,
    /// Guardrails by id.
    pub guardrails: BTreeMap<Str, Guardrail>,
    /// The staged rollout.
    pub rollout: Option<Rollout>,
    /// The way back.
    pub rollback: Option<Rollback>,
    /// Who is told what.
    pub comms: Comms,
    /// Fingerprint of all files of the launch, after variables.
    pub digest: Digest,
}

/// One area's gates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checklist {
    /// Its name in the files, by which all else refers to it.
    pub id: ChecklistId,
    /// Title for people.
    pub title: Str,
    /// Who owns the area.
    pub owner: Option<Party>,
    /// Who answers for it; `None`: whoever decides on the launch.
    pub accountable: Option<Party>,
    /// Who is asked before.
    pub consulted: Vec<Party>,
    /// Who is told afterwards.
    pub informed: Vec<Party>,
}

/// A branch, tag or commit of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetRef {
    /// `owner/name`.
    pub repository: Str,
    /// Branch, tag, or full commit id.
    pub git_ref: Str,
}

/// Risk tier of a launch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Little can go wrong.
    Low,
    /// The usual.
    #[default]
    Medium,
    /// Much can go wrong.
    High,
}

impl Risk {
    /// The word for it, in files and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// What this word says.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High].into_iter().find(|it| it.word() == word)
    }
}

/// Who may do what, and for how long it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policies {
    /// Who may waive.
    pub waive_by: Vec<Party>,
    /// The longest a waiver may run.
    pub longest_waiver: Duration,
    /// The most waivers at one time; `None`: no limit.
    pub most_waivers: Option<u32>,
    /// How long a sign-off stands; `None`: until what it is about changes.
    pub sign_offs_valid_for: Option<Duration>,
    /// Whether a HOLD decision voids sign-offs.
    pub void_after_hold: bool,
    /// Whether an identity must be checked (a GitHub login) rather than claimed.
    pub checked_identity: bool,
    /// The share of gates that are to be go without a waiver at T-0, 0 to 1. It is looked back at, and changes no
    /// verdict.
    pub adherence: Option<f64>,
}

/// The order of the go/no-go poll.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RollCallPlan {
    /// When it is called.
    pub at: Option<Moment>,
    /// Stations in order.
    pub stations: Vec<Station>,
    /// The role that makes the final call.
    pub final_call: Party,
    /// So many stations must answer; `None`: every one.
    pub quorum: Option<u32>,
    /// Outcomes beside GO, HOLD, NO-GO and SCRUB.
    pub options: Vec<Str>,
}

/// One station of the poll: a role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Station {
    /// The role that answers.
    pub role: Party,
    /// The checklists it answers for.
    pub checklists: Vec<ChecklistId>,
    /// Its gates propose the answer; a person confirms it.
    pub computed: bool,
    /// A nested poll, heard first.
    pub stations: Vec<Station>,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            waive_by: Vec::new(),
            longest_waiver: Duration::from_secs(24 * 3_600),
            most_waivers: None,
            sign_offs_valid_for: None,
            void_after_hold: false,
            checked_identity: false,
            adherence: None,
        }
    }
}

impl Launch {
    /// A launch from its checked parts, with the order of evaluation and all that does not change worked out once.
    ///
    /// What a builder failed to check fails closed: a need that names nothing, or is part of a cycle, stays open.
    pub fn new(parts: LaunchParts) -> Self {
        let index = terms::index(&parts.gates);
        let parts = Arc::new(parts);
        let files = Arc::clone(&parts);
        let plain = (Arc::clone(&index), Arc::default());
        let (derived, fixed, conditions) = (Arc::default(), Arc::default(), Arc::default());
        let mut launch = Self { files, parts, index, derived, fixed, conditions, plain };
        launch.derived = Arc::new(LaunchGraph::of(&launch));
        launch.plain.1 = Arc::clone(&launch.derived);
        launch
    }

    /// The conditions of final calls among its gates.
    pub fn conditions(&self) -> &[WatchedCondition] {
        &self.conditions
    }

    /// The gate of this name.
    pub fn gate(&self, id: &GateId) -> Option<&Gate> {
        self.gates.get(self.position(id)?)
    }

    /// Its place in [`LaunchParts::gates`].
    pub fn position(&self, id: &GateId) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// The repository and ref of a component; the launch's own, if it has one, for `None`.
    pub fn target_of(&self, component: Option<&Str>) -> Option<&TargetRef> {
        component.map_or(self.target.as_ref(), |name| self.components.get(name))
    }
}
