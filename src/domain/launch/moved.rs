//! The same launch by the T clock: with the T-0 of the newest SCRUB, and later by every HOLD.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};

use super::{Checklist, Launch, LaunchGraph, LaunchParts};
use crate::{
    Board, ChecklistId, CommsMessage, Gate, GateId, GateState, History, Moment, MomentExpr, Schedule, Stood,
    Str, WatchedCondition, terms,
};

/// A moment that is written as a date: T-0 moves without it.
#[derive(Clone, Debug)]
pub(super) struct Fixed {
    at: DateTime<Utc>,
    what: Str,
    /// The gate that it belongs to, by place.
    gate: Option<usize>,
}

impl Launch {
    /// The launch as it is by the journal at that moment: T-0 is that of the newest SCRUB, and what is counted from T
    /// and had not come when the T clock stopped comes later by the hold. `None`: this one is.
    ///
    /// The fingerprint stays that of the files: what was recorded about the gates was about the same text.
    /// `latest` is the largest clock ever seen: holds end by it.
    pub fn by(&self, history: &History, latest: DateTime<Utc>) -> Option<Self> {
        self.at(history.t_clock(Some(self), self.files.schedule.t0, latest), &history.conditions(self))
    }

    /// The same for whoever knows the board of that moment.
    pub fn following(&self, board: &Board) -> Option<Self> {
        self.at((board.t0, board.stood.clone()), &board.conditions)
    }

    fn at(&self, (t0, stood): (DateTime<Utc>, Vec<Stood>), conditions: &[WatchedCondition]) -> Option<Self> {
        let same = self.schedule.t0 == t0 && self.schedule.stood == stood && *self.conditions == *conditions;
        (!same).then(|| self.on(Schedule { t0, stood, ..self.files.schedule.clone() }, conditions))
    }

    /// T-0 as the files say; [`Schedule::t0`] is that of the newest SCRUB.
    pub fn t0_of_files(&self) -> DateTime<Utc> {
        self.files.schedule.t0
    }

    fn on(&self, schedule: Schedule, conditions: &[WatchedCondition]) -> Self {
        let mut parts = LaunchParts::clone(&self.files);
        add(&mut parts, conditions);
        let mut clock = MomentMover { schedule: &schedule, known: HashMap::new(), fixed: Vec::new() };
        for (at, gate) in parts.gates.iter_mut().enumerate() {
            clock.gate(at, gate);
        }
        for stage in parts.rollout.iter_mut().flat_map(|rollout| &mut rollout.stages) {
            clock.named(stage.start.as_mut(), || format!("the start of stage {}", stage.id));
        }
        let poll = parts.roll_call.as_mut().and_then(|plan| plan.at.as_mut());
        clock.named(poll, || "the roll call".to_owned());
        for on_call in &mut parts.schedule.on_call {
            clock.set(&mut on_call.from);
            clock.named(Some(&mut on_call.until), || format!("the end of being on call of {}", on_call.role));
        }
        for freeze in &mut parts.schedule.freezes {
            clock.set(&mut freeze.from);
            clock.set(&mut freeze.until);
        }
        for CommsMessage { id, at, not_before, .. } in &mut parts.comms.messages {
            clock.named(at.as_mut(), || format!("message {id}"));
            clock.named(not_before.as_mut(), || format!("the embargo of message {id}"));
        }
        let fixed = clock.fixed.into();
        (parts.schedule.t0, parts.schedule.stood) = (schedule.t0, schedule.stood);
        let (index, derived) = self.plain.clone();
        let moved = Self { parts: Arc::new(parts), fixed, index, derived, ..self.clone() };
        moved.watching(self, conditions)
    }

    /// The same with what follows from the conditions among its gates; `before` may have them already.
    fn watching(mut self, before: &Self, conditions: &[WatchedCondition]) -> Self {
        self.conditions = conditions.into();
        if conditions.is_empty() {
            return self;
        }
        if *before.conditions == *conditions {
            (self.index, self.derived) = (Arc::clone(&before.index), Arc::clone(&before.derived));
            return self;
        }
        self.index = terms::index(&self.parts.gates);
        self.derived = Arc::new(LaunchGraph::of(&self));
        self
    }

    /// What is written as a date and lies before T-0 since T-0 was moved past it. A SCRUB leaves behind all that had
    /// not come `since` then; a hold only what was after T-0.
    pub(crate) fn left_behind(&self, gates: &[GateState], since: Option<DateTime<Utc>>) -> Vec<&Str> {
        let (planned, zero) = (self.files.schedule.t0, self.schedule.t_zero());
        let behind =
            |at: DateTime<Utc>| at < zero && (at >= planned || since.is_some_and(|since| at > since));
        if !self.fixed.iter().any(|it| behind(it.at)) {
            return Vec::new();
        }
        let open = gates.iter().filter(|gate| gate.verdict.blocks());
        let open: HashSet<_> = open.filter_map(|gate| self.position(&gate.id)).collect();
        let open = |gate: usize| open.contains(&gate);
        let left = self.fixed.iter().filter(|it| behind(it.at) && it.gate.is_none_or(open));
        left.map(|it| &it.what).collect()
    }

    /// Repeated gates whose last occurrence in the files is not the last any more.
    pub(crate) fn repeats_on(&self) -> Vec<&GateId> {
        let outer = |gate: &&Gate| {
            let parent = gate.parent.as_ref().and_then(|id| self.gate(id));
            gate.excluded.is_none() && parent.is_none_or(|parent| parent.counts_from.is_none())
        };
        let more = |gate: &&Gate| {
            let step = gate.counts_from.as_ref().and_then(|it| it.step.as_ref()).filter(|it| it.is_last);
            let ends = step.and_then(|it| it.at(&self.schedule, 1).zip(it.until(&self.schedule)));
            ends.is_some_and(|(next, until)| next <= until)
        };
        self.gates.iter().filter(outer).filter(more).map(|gate| &gate.id).collect()
    }
}

/// The conditions of final calls, as gates behind all others, in a checklist of their own.
fn add(parts: &mut LaunchParts, conditions: &[WatchedCondition]) {
    let new = conditions.iter().filter(|it| parts.gates.iter().all(|gate| gate.id != it.gate));
    let new: Vec<Gate> = new.map(WatchedCondition::gate).collect();
    let list = ChecklistId::new(terms::CONDITIONS);
    if !new.is_empty() && parts.checklists.iter().all(|it| it.id != list) {
        let title = "Conditions of the final call".into();
        let (consulted, informed) = (Vec::new(), Vec::new());
        parts.checklists.push(Checklist {
            id: list,
            title,
            owner: None,
            accountable: None,
            consulted,
            informed,
        });
    }
    parts.gates.extend(new);
}

/// Sets moments anew, each written one once.
struct MomentMover<'a> {
    schedule: &'a Schedule,
    known: HashMap<Str, Option<(DateTime<Utc>, bool)>>,
    fixed: Vec<Fixed>,
}

impl MomentMover<'_> {
    /// Whether it moves with T-0. What cannot be computed keeps its moment.
    fn set(&mut self, moment: &mut Moment) -> bool {
        let schedule = self.schedule;
        let known = self.known.entry(moment.said.clone()).or_insert_with_key(|said| {
            let at = schedule.resolve(&MomentExpr::parse(said).ok()?).ok()?;
            Some((at, schedule.counts_from_t(said)))
        });
        let Some((at, counted)) = *known else { return false };
        moment.at = at;
        counted
    }

    fn named(&mut self, moment: Option<&mut Moment>, what: impl FnOnce() -> String) {
        if let Some(moment) = moment
            && !self.set(moment)
        {
            self.fixed.push(Fixed { at: moment.at, what: what().into(), gate: None });
        }
    }

    fn gate(&mut self, at: usize, gate: &mut Gate) {
        let fix = |moment: &Moment, what: &str| Fixed {
            at: moment.at,
            what: format!("{what} {} of {}", moment.said, gate.id).into(),
            gate: Some(at),
        };
        for moment in &mut gate.not_before {
            if !self.set(moment) {
                self.fixed.push(fix(moment, "not before"));
            }
        }
        let planned = gate.counts_from.as_ref().map(|it| it.at);
        if let Some(from) = &mut gate.counts_from {
            let mut moment = Moment { at: from.at, said: from.said.clone() };
            if let Some(step) = &from.step {
                from.at = step.at(self.schedule, 0).unwrap_or(from.at);
                if step.until(self.schedule).is_some_and(|until| from.at > until) {
                    let why = format!("its repetition ends before it, at {}", step.until);
                    gate.excluded.get_or_insert_with(|| why.into());
                }
            } else {
                self.set(&mut moment);
                from.at = moment.at;
            }
        }
        let Some(due) = &mut gate.due else { return };
        match (&gate.counts_from, planned) {
            // An occurrence is due when it begins, unless it says otherwise.
            (Some(from), Some(planned)) if due.at == planned && due.said == from.said => due.at = from.at,
            _ if self.set(due) => {}
            _ => self.fixed.push(fix(due, "due")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{Anchor, Digest, Policies, Risk, RollCallPlan, TargetRef};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn launch() -> Launch {
        let review = Anchor { expr: MomentExpr::parse("T+1d").unwrap() };
        let schedule = Schedule {
            t0: at("2026-12-02T09:00:00Z"),
            zone: crate::Zone::UTC,
            anchors: BTreeMap::from([("review".into(), review)]),
            holidays: vec![],
            weekend: vec![],
            cutoff: None,
            freezes: vec![],
            on_call: vec![],
            stood: vec![],
        };
        let poll = schedule.moment("T-15m").unwrap();
        Launch::new(LaunchParts {
            id: "l".into(),
            title: "L".into(),
            summary: None,
            holds_others: false,
            version: "1".into(),
            risk: Risk::Low,
            target: Some(TargetRef { repository: "a/b".into(), git_ref: "main".into() }),
            components: BTreeMap::new(),
            schedule,
            people: BTreeMap::new(),
            roles: BTreeMap::new(),
            roll_call: Some(RollCallPlan {
                at: Some(poll),
                stations: vec![],
                final_call: "boss".into(),
                quorum: None,
                options: vec![],
            }),
            policies: Policies::default(),
            checklists: vec![],
            gates: vec![],
            guardrails: BTreeMap::new(),
            rollout: None,
            rollback: None,
            comms: crate::Comms::default(),
            digest: Digest::of([b"x".as_slice()]),
        })
    }

    fn poll(launch: &Launch) -> DateTime<Utc> {
        launch.roll_call.as_ref().unwrap().at.as_ref().unwrap().at
    }

    #[test]
    fn everything_counted_from_t0_moves_and_what_is_written_out_stays() {
        let launch = launch();
        let t0 = at("2026-12-09T10:00:00Z");
        let moved = launch.on(Schedule { t0, ..launch.schedule.clone() }, &[]);
        assert_eq!(moved.schedule.t0, t0);
        assert_eq!(moved.t0_of_files(), launch.schedule.t0);
        assert_eq!(poll(&moved), at("2026-12-09T09:45:00Z"));
        assert_eq!(moved.schedule.moment("review").unwrap().at, at("2026-12-10T10:00:00Z"));
        let fixed = moved.schedule.moment("2026-12-02T08:00").unwrap();
        assert_eq!(fixed.at, at("2026-12-02T08:00:00Z"));
        assert_eq!(moved.digest, launch.digest, "sign-offs stand: the text is the same");
    }

    #[test]
    fn a_hold_moves_what_had_not_come_and_is_counted_once() {
        let launch = launch();
        let stood = vec![Stood { from: at("2026-12-02T08:00:00Z"), until: at("2026-12-02T10:00:00Z") }];
        let held = launch.on(Schedule { stood: stood.clone(), ..launch.schedule.clone() }, &[]);
        assert_eq!(poll(&held), at("2026-12-02T10:45:00Z"));
        let again = held.on(Schedule { stood, ..launch.schedule.clone() }, &[]);
        assert_eq!(
            poll(&again),
            at("2026-12-02T10:45:00Z"),
            "from the files each time, never from what has moved"
        );
    }

    #[test]
    fn without_a_decision_it_is_the_same_launch() {
        assert!(launch().by(&History::default(), at("2026-12-01T10:00:00Z")).is_none());
    }
}
