//! All that an evaluation looks at, looked up once.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    super::{
        Age, BoardClock, Ended, Evidence, Gate, GuardrailState, History, IncidentState, JudgedTime, Kind,
        Launch, NotNeeded, Now, Reach, RiskState, SignOffs, Spoken, Str, Waiver, format,
    },
    decision,
    stage::{self, StageRun},
    target::TargetState,
};

/// A source's own time that is ahead by less than this is now: clocks are never quite the same.
pub(super) const TOLERANCE: TimeDelta = TimeDelta::seconds(5);

pub(super) struct EvalContext<'a> {
    pub launch: &'a Launch,
    pub evidence: &'a Evidence,
    pub history: &'a History,
    /// Now by the two local clocks: what ages of observations go by, and nothing else (V7).
    pub local: Now,
    /// Now by the clock that rules go by (V16).
    pub now: Now,
    pub clock: BoardClock,
    /// The largest wall clock ever seen: what ends, ends by it, also when the clock is turned back (V9). What begins,
    /// begins by the wall clock of now.
    pub latest: DateTime<Utc>,
    /// How far what ends is ahead of `now` where one server alone turns our clock back.
    ahead: TimeDelta,
    /// The launch's version, answers filled in.
    pub version: Str,
    pub sign_offs: Vec<Option<&'a SignOffs>>,
    /// Every waiver of each gate, oldest first.
    pub waivers: HashMap<usize, &'a [Waiver]>,
    pub not_needed: HashMap<usize, &'a NotNeeded>,
    pub targets: Vec<(Option<&'a Str>, TargetState<'a>)>,
    pub stages: Vec<StageRun>,
    /// The guardrails of each stage that is out, by its place.
    pub guardrails: Vec<Vec<GuardrailState>>,
    /// How far the release is out, by the record and in truth.
    pub reach: Option<Reach>,
    /// The newest incident.
    pub incident: Option<IncidentState>,
    /// The risks of the launch.
    pub risks: Vec<RiskState>,
    /// When the board that stands was decided to be GO.
    pub decided_at: Option<DateTime<Utc>>,
    pub kinds: Kinds,
    /// Gates that people answer are left out: nothing waits for them.
    pub without_people: bool,
}

/// Texts that many gates share.
pub(super) struct Kinds {
    pub task: Str,
    pub sign_off: Str,
    pub all_go: Str,
}

impl<'a> EvalContext<'a> {
    pub fn new(launch: &'a Launch, evidence: &'a Evidence, history: &'a History, local: Now) -> Self {
        let JudgedTime { now, ends, clock, .. } = evidence.clocks.judge(local);
        let at = |id| launch.position(id);
        let mut sign_offs = vec![None; launch.gates.len()];
        for (gate, given) in &history.sign_offs {
            if let Some(at) = at(gate) {
                sign_offs[at] = Some(given);
            }
        }
        let waivers = history.waivers.iter().filter_map(|(gate, all)| Some((at(gate)?, all.as_slice())));
        let not_needed = history.not_needed.iter().filter_map(|(gate, why)| Some((at(gate)?, why)));
        let not_needed = not_needed.filter(|(at, why)| is_not_needed(launch, history, *at, why));
        let components = std::iter::once(None).chain(launch.components.keys().map(Some));
        let targets: Vec<_> =
            components.map(|name| (name, TargetState::of(launch, evidence, local, &clock, name))).collect();
        Self {
            launch,
            evidence,
            history,
            local,
            now,
            latest: latest(history, ends),
            ahead: ends - now.wall,
            decided_at: decision::decided_at(launch, history, targets[0].1.last),
            targets,
            clock,
            version: version(launch, history),
            sign_offs,
            waivers: waivers.collect(),
            not_needed: not_needed.collect(),
            stages: stage::runs(launch, history, now.wall),
            guardrails: Vec::new(),
            reach: None,
            incident: None,
            risks: Vec::new(),
            without_people: false,
            kinds: Kinds {
                task: "task".into(),
                sign_off: "sign-off".into(),
                all_go: "all inside are go".into(),
            },
        }
    }

    /// The launch's own commit, which people's words are about.
    pub fn own_target(&self) -> &TargetState<'a> {
        &self.targets[0].1
    }

    /// The commit a gate's evidence must be about.
    pub fn target(&self, gate: &Gate) -> Option<&TargetState<'a>> {
        let name = gate.component.as_ref();
        self.targets.iter().find(|(own, _)| *own == name).map(|(_, target)| target)
    }

    pub fn moment(&self, at: DateTime<Utc>) -> String {
        format::moment(at, self.launch.schedule.zone)
    }

    /// When what ends at that moment ends, by the clock of the board: the largest one that counts may be ahead of it.
    pub fn ends(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        at.checked_sub_signed(self.ahead).unwrap_or(at)
    }

    /// Whether a moment reported by a source has come, by the clock of the board.
    pub fn has_come(&self, at: DateTime<Utc>) -> bool {
        at.checked_sub_signed(TOLERANCE).is_none_or(|at| at <= self.now.wall)
    }

    /// How long until that moment, for people.
    pub fn left(&self, until: DateTime<Utc>) -> String {
        format::span((until - self.now.wall).to_std().unwrap_or_default())
    }

    /// The waiver that stands on a gate (V9), or why the newest does not.
    pub fn waiver(&self, at: usize) -> Result<&'a Waiver, Option<&'static str>> {
        let all = *self.waivers.get(&at).ok_or(None)?;
        waiver(self.launch, &self.launch.gates[at], all, self.latest)
    }
}

/// When an exception ends that was made until then: no later than the longest that the files allow today.
pub(crate) fn within_policy(launch: &Launch, made: DateTime<Utc>, until: DateTime<Utc>) -> DateTime<Utc> {
    until.min(format::later(made, launch.policies.longest_waiver))
}

/// The waiver that stands on a gate, of all that were given, oldest first; or why the newest that counts does not. A holder's
/// own word counts over that of a fallback who stood in: what a fallback gave past it never counted, so that it neither
/// hides nor outlives it.
pub(crate) fn waiver<'a>(
    launch: &Launch,
    gate: &Gate,
    all: &'a [Waiver],
    latest: DateTime<Utc>,
) -> Result<&'a Waiver, Option<&'static str>> {
    let mut past_a_holder = false;
    for (before, newest) in all.iter().enumerate().rev() {
        // Whoever ended it meant whatever stood: an older one does not come back (V9).
        if newest.ended.is_some() && past_a_holder {
            return Err(Some("is of a fallback, and whoever it stood in for had ended one"));
        }
        let given_before = all.get(..before).unwrap_or_default();
        if newest.ended.is_none()
            && holder_over(launch, gate, given_before, newest.spoken(), newest.at).is_some()
        {
            past_a_holder = true;
            continue;
        }
        return stands(launch, gate, newest, latest).map(|()| newest).map_err(Some);
    }
    Err(None)
}

/// Where a fallback waives a gate at a moment: the newest waiver of its text that a holder, for whom they stand in, had given
/// until another moment, or had ended.
pub(crate) fn holder_over<'a>(
    launch: &Launch,
    gate: &Gate,
    all: &'a [Waiver],
    word: Spoken<'_>,
    at: DateTime<Utc>,
) -> Option<&'a Waiver> {
    let over = |own: Spoken<'_>| launch.is_over(own, word, &launch.policies.waive_by);
    let own = all.iter().rev().filter(|it| it.digest == gate.digest).find(|it| match &it.ended {
        Some(end) => over(end.spoken()),
        None => over(it.spoken()),
    });
    own.filter(|own| own.ended.is_some() || stands(launch, gate, own, at).is_ok())
}

/// Whether a waiver stands. Members of a plain gate of gates are waived one by one.
pub(crate) fn stands(
    launch: &Launch,
    gate: &Gate,
    waiver: &Waiver,
    latest: DateTime<Utc>,
) -> Result<(), &'static str> {
    let own = |owner| waiver.spoken().voices().any(|voice| launch.holds(voice, owner, &[]));
    Err(if waiver.ended.is_some() {
        "was ended"
    } else if waiver.until <= latest {
        "has run out"
    } else if within_policy(launch, waiver.at, waiver.until) <= latest {
        "has run for longer than the launch's files allow by now"
    } else if waiver.digest != gate.digest {
        "was for an earlier text of the gate"
    } else if !gate.waivable || gate.kind == Kind::All {
        "is for a gate that cannot be waived"
    } else if waiver.reason.trim().is_empty() || waiver.spoken().doubt(launch).is_some() {
        "has no reason, or no checked approver"
    } else if !launch.may_still(waiver.spoken(), &launch.policies.waive_by) {
        "is of somebody who may not waive any more, by the launch's files"
    } else if gate.owner.as_ref().is_some_and(own) {
        "is of somebody who owns the gate, by the launch's files"
    } else {
        return Ok(());
    })
}

/// Whether a recorded "not needed" stands: for the gate as it is now, from somebody who may be trusted.
pub(crate) fn is_not_needed(launch: &Launch, history: &History, at: usize, said: &NotNeeded) -> bool {
    let gate = &launch.gates[at];
    said.digest == gate.digest
        && !gate.na_by.is_empty()
        && said.spoken().doubt(launch).is_none()
        && launch.may_still(said.spoken(), &gate.na_by)
        && needed_by_holder(launch, history, gate, said.spoken()).is_none()
}

/// Where a fallback says that a gate is not needed: how a holder, for whom they stand in, said before that it is.
pub(crate) fn needed_by_holder<'a>(
    launch: &Launch,
    history: &'a History,
    gate: &Gate,
    word: Spoken<'_>,
) -> Option<&'a Ended> {
    let (_, own) = history.needed_again.get(&gate.id).filter(|(digest, _)| *digest == gate.digest)?;
    launch.is_over(own.spoken(), word, &gate.na_by).then_some(own)
}

/// When something of this age goes stale if both clocks run on; `None` when it is stale already. `now` is the clock that
/// the moment is told by.
pub(super) fn goes_stale(now: Now, age: Age, limit: std::time::Duration) -> Option<DateTime<Utc>> {
    match age {
        Age::Known(age) if age <= limit => {
            Some(format::just_after(format::later(now.wall, limit.checked_sub(age)?)))
        }
        _ => None,
    }
}

/// The largest wall clock ever seen.
pub(crate) fn latest(history: &History, now: DateTime<Utc>) -> DateTime<Utc> {
    history.high_water.map_or(now, |high| high.max(now))
}

/// The launch's version with the answers that are known.
pub(crate) fn version(launch: &Launch, history: &History) -> Str {
    match history.expand(launch, &"launch".into(), &launch.version) {
        std::borrow::Cow::Borrowed(_) => launch.version.clone(),
        std::borrow::Cow::Owned(filled) => filled.into(),
    }
}
