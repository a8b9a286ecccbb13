//! What goes with a final call beside its word: the options that were weighed, conditions that become gates, the next review,
//! the risks that were open.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    About, Ask, Blocks, ChecklistId, DecidedRisk, Decision, Digest, Gate, GateId, History, Kind, Launch,
    Moment, Party, StageId, StageStatus, Str,
    evaluate::stage::{self, StageRun},
};

/// The checklist of the conditions.
pub(super) const CONDITIONS: &str = "conditions";

/// How old an answer of people may be; it is no matter of minutes.
const FRESH: Duration = Duration::from_secs(600);

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DecisionTerms {
    /// The options that were weighed, the chosen one among them or not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub considered: Vec<Considered>,
    /// What has to be done after it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// The conditions of the calls before it end with it; else they stand.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub replaces: bool,
    /// When it is looked at again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<DateTime<Utc>>,
    /// In a command, the risks that the decider was shown; in the journal, all there were.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<DecidedRisk>,
}

/// An option that was weighed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Considered {
    /// What could be done.
    pub option: Str,
    /// What speaks for and against it.
    pub tradeoff: Str,
}

/// Something that has to be done after a final call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What has to be done, in one line.
    pub text: Str,
    /// Who does it: a person or a role.
    pub owner: Party,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Moment>,
    /// The stage that waits for it; `None`: closing the launch does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<StageId>,
}

/// A condition as a gate that is watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedCondition {
    /// The gate: `conditions/2.1` is the first of the second final call.
    pub gate: GateId,
    /// What has to be done.
    pub condition: Condition,
    /// What a sign-off of it is of (V8).
    pub digest: Digest,
}

impl DecisionTerms {
    /// Whether nothing goes with it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Considered {
    /// `OPTION: what speaks for and against it`.
    ///
    /// # Errors
    /// What is missing, and what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split_once(':').map(|(option, rest)| (option.trim(), rest.trim()));
        match parts.filter(|(option, rest)| !option.is_empty() && !rest.is_empty()) {
            Some((option, tradeoff)) => Ok(Self { option: option.into(), tradeoff: tradeoff.into() }),
            None => Err("write OPTION: what speaks for and against it, such as `slip: a week later`".into()),
        }
    }
}

impl Condition {
    /// `OWNER: WHAT by MOMENT`, `OWNER: WHAT before stage/ID`, or both.
    ///
    /// # Errors
    /// What is missing or not known, and what to write.
    pub fn parse(text: &str, launch: &Launch, now: DateTime<Utc>) -> Result<Self, String> {
        const FORM: &str = "write OWNER: WHAT by MOMENT, such as `qa: run the smoke test again by T+2h`, or … before stage/ID";
        let (owner, rest) = text.split_once(':').ok_or(FORM)?;
        let owner = Party::from(owner.trim());
        if !launch.people.contains_key(&owner) && !launch.roles.contains_key(&owner) {
            return Err(format!("`{owner}` is no person or role of this launch; {FORM}"));
        }
        let mut rest = rest.trim();
        let mut before = None;
        let whole;
        if let Some((what, stage)) = rest.rsplit_once(" before stage/") {
            // The moment may stand before the stage or behind it.
            let (stage, behind) = stage.split_once(char::is_whitespace).unwrap_or((stage, ""));
            let id = StageId::from(stage.trim());
            if launch.stage(&id).is_none() {
                return Err(format!("there is no stage `{id}` in this launch"));
            }
            whole = format!("{} {}", what.trim(), behind.trim());
            (rest, before) = (whole.trim(), Some(id));
        }
        let mut due = None;
        if let Some((what, moment)) = rest.rsplit_once(" by ") {
            let said = moment.trim();
            let at = launch.schedule.typed(said, now).map_err(|error| {
                format!("{error}; if `by {said}` is part of what is to be done, write the moment behind it: … by T+2h")
            })?;
            (rest, due) = (what.trim(), Some(Moment { at, said: said.into() }));
        }
        if rest.is_empty() || (due.is_none() && before.is_none()) {
            return Err(FORM.into());
        }
        Ok(Self { text: rest.into(), owner, due, before })
    }

    /// `qa: run it again, by T+2h, before stage/half`. Foreign text in it is not yet sanitised.
    pub fn said(&self) -> String {
        let due = self.due.as_ref().map(|due| format!(", by {}", due.said)).unwrap_or_default();
        let before = self.before.as_ref().map(|id| format!(", before stage/{id}")).unwrap_or_default();
        format!("{}: {}{due}{before}", self.owner, self.text)
    }

    fn digest(&self, gate: &GateId) -> Digest {
        Digest::of([gate.as_str().as_bytes(), self.said().as_bytes()])
    }
}

impl History {
    /// The conditions that stand: those of each final call, until a SCRUB or a call that says that it replaces them.
    pub fn conditions(&self, launch: &Launch) -> Vec<WatchedCondition> {
        let mut all = Vec::new();
        for (number, record) in (1..).zip(&self.decisions) {
            // Ending conditions needs a name that counts; setting some does not.
            let counts = || record.doubt(launch).is_none();
            let ends = record.terms.replaces || matches!(record.decision, Decision::Scrub { .. });
            if ends && counts() {
                all.clear();
            }
            all.extend((1..).zip(&record.terms.conditions).map(|(n, condition): (u32, &Condition)| {
                let gate = GateId::new(format!("{CONDITIONS}/{number}.{n}"));
                let digest = condition.digest(&gate);
                let condition = Condition { before: self.before(launch, condition), ..condition.clone() };
                WatchedCondition { gate, condition, digest }
            }));
        }
        all
    }

    /// The stage that waits for it. Files are edited: where the one that was named is not in the launch any more, or does not
    /// apply, the next that is to start waits, and at last the closing. What was asked for is not lost with a name.
    fn before(&self, launch: &Launch, condition: &Condition) -> Option<StageId> {
        let named = condition.before.as_ref()?;
        let is_there = launch.stage(named).is_some_and(|(_, stage)| stage.excluded.is_none());
        if is_there {
            return Some(named.clone());
        }
        // Whether a soak is over makes no difference here, so any moment will do.
        let runs = stage::runs(launch, self, DateTime::UNIX_EPOCH);
        let mut stages = launch.rollout.iter().flat_map(|it| &it.stages).zip(&runs);
        let waits = |run: &StageRun| matches!(run.status, StageStatus::Planned | StageStatus::RolledBack);
        let next = stages.find(|(it, run)| !it.pilot && it.excluded.is_none() && waits(run));
        next.map(|(stage, _)| stage.id.clone())
    }

    /// Conditions whose stage is not in the launch any more, with what waits for them in its place.
    pub(crate) fn moved_conditions(&self, launch: &Launch) -> Vec<Str> {
        let all = launch.conditions().iter().filter_map(|it| {
            let (number, n) = it.gate.as_str().rsplit_once('/')?.1.split_once('.')?;
            let place = |text: &str| text.parse::<usize>().ok()?.checked_sub(1);
            let said = self.decisions.get(place(number)?)?.terms.conditions.get(place(n)?)?;
            let named = said.before.as_ref().filter(|_| said.before != it.condition.before)?;
            let now = it.condition.before.as_ref();
            let now = now.map_or_else(|| "closing the launch".to_owned(), |id| format!("stage {id}"));
            Some(format!("{} was to be met before stage {named}, which this launch does not have: {now} waits for it", it.gate).into())
        });
        all.collect()
    }
}

impl WatchedCondition {
    /// A chore of the launch, done by its owner.
    pub(super) fn gate(&self) -> Gate {
        let Condition { text, owner, due, before } = &self.condition;
        let ask = Ask {
            by: vec![owner.clone()],
            count: None,
            apart_from: Vec::new(),
            asks: std::collections::BTreeMap::new(),
            max_age: None,
            about: About::Launch,
        };
        Gate {
            id: self.gate.clone(),
            title: text.clone(),
            checklist: ChecklistId::new(CONDITIONS),
            parent: None,
            kind: Kind::Task(ask),
            owner: Some(owner.clone()),
            due: due.clone(),
            not_before: Vec::new(),
            needs: Vec::new(),
            blocks: before.clone().map_or(Blocks::Close, Blocks::Stage),
            waivable: true,
            na_by: Vec::new(),
            excluded: None,
            counts_from: None,
            component: None,
            point_of_no_return: false,
            by_hand: None,
            links: Vec::new(),
            notes: None,
            fresh: FRESH,
            connection: None,
            public: false,
            place: None,
            digest: self.digest.clone(),
        }
    }
}

/// The places of gates by their names.
pub(super) fn index(gates: &[Gate]) -> Arc<HashMap<GateId, usize>> {
    Arc::new(gates.iter().enumerate().map(|(at, gate)| (gate.id.clone(), at)).collect())
}
