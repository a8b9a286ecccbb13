//! The same launch with another T-0, after a SCRUB.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Launch;
use crate::domain::{Gate, GateId, History, Moment, Schedule};

impl Launch {
    /// The launch as it is by the journal: with the T-0 of the newest SCRUB, if there is one, and everything that is
    /// counted from it; and the gates that could not move. The same allocation comes back when nothing moves.
    pub fn by(self: &Arc<Self>, history: &History) -> (Arc<Self>, Vec<GateId>) {
        match history.t0() {
            Some(t0) if t0 != self.schedule.t0 => {
                let (moved, stuck) = self.with_t0(t0);
                (Arc::new(moved), stuck)
            }
            _ => (Arc::clone(self), Vec::new()),
        }
    }

    /// The same launch with another T-0, and the gates that could not move with it: occurrences of a repeated gate
    /// are named by their days, and a moment may fall where the clocks are put forward. Those keep their old moments.
    /// The fingerprint stays that of the files: what was said of the gates was said of the same text.
    pub fn with_t0(&self, t0: DateTime<Utc>) -> (Self, Vec<GateId>) {
        let mut parts = self.parts.clone();
        match self.schedule.with_t0(t0) {
            Ok(schedule) => parts.schedule = schedule,
            Err(_) => parts.schedule.t0 = t0,
        }
        let (schedule, mut stuck) = (&parts.schedule, Vec::new());
        for gate in &mut parts.gates {
            if !move_gate(gate, schedule) {
                stuck.push(gate.id.clone());
            }
        }
        for stage in parts.rollout.iter_mut().flat_map(|rollout| &mut rollout.stages) {
            move_some(&mut stage.start, schedule);
        }
        if let Some(plan) = &mut parts.roll_call {
            move_some(&mut plan.at, schedule);
        }
        (Self::new(parts), stuck)
    }
}

/// Moves the gate's own moments; false when one of them can not move.
fn move_gate(gate: &mut Gate, schedule: &Schedule) -> bool {
    let mut all = move_some(&mut gate.due, schedule);
    all &= move_some(&mut gate.counts_from, schedule);
    for moment in &mut gate.not_before {
        all &= move_moment(moment, schedule);
    }
    all
}

/// Whether it could move.
fn move_some(moment: &mut Option<Moment>, schedule: &Schedule) -> bool {
    moment.as_mut().is_none_or(|moment| move_moment(moment, schedule))
}

fn move_moment(moment: &mut Moment, schedule: &Schedule) -> bool {
    match schedule.moment(&moment.said) {
        Ok(moved) => {
            *moment = moved;
            true
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::{Anchor, Digest, MomentExpr, Policies, Risk, RollCallPlan, TargetRef};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn launch() -> Launch {
        let review = Anchor { expr: MomentExpr::parse("T+1d").unwrap() };
        let schedule = Schedule {
            t0: at("2026-12-02T09:00:00Z"),
            zone: chrono_tz::Tz::UTC,
            anchors: BTreeMap::from([("review".into(), review)]),
            holidays: vec![],
            weekend: vec![],
            cutoff: None,
            freezes: vec![],
            on_call: vec![],
        };
        let poll = schedule.moment("T-15m").unwrap();
        Launch::new(crate::domain::LaunchParts {
            id: "l".into(),
            title: "L".into(),
            version: "1".into(),
            risk: Risk::Low,
            target: TargetRef { repository: "a/b".into(), git_ref: "main".into() },
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
            rollout: None,
            digest: Digest::of([b"x".as_slice()]),
        })
    }

    #[test]
    fn everything_counted_from_t0_moves_and_what_is_written_out_stays() {
        let t0 = at("2026-12-09T10:00:00Z");
        let (moved, stuck) = launch().with_t0(t0);
        assert!(stuck.is_empty());
        assert_eq!(moved.schedule.t0, t0);
        assert_eq!(moved.roll_call.as_ref().unwrap().at.as_ref().unwrap().at, at("2026-12-09T09:45:00Z"));
        assert_eq!(moved.schedule.moment("review").unwrap().at, at("2026-12-10T10:00:00Z"));
        let fixed = moved.schedule.moment("2026-12-02T08:00").unwrap();
        assert_eq!(fixed.at, at("2026-12-02T08:00:00Z"));
        assert_eq!(moved.digest, launch().digest, "sign-offs stand: the text is the same");
    }

    #[test]
    fn a_moment_without_an_expression_stays_and_is_named() {
        let mut schedule = launch().schedule.clone();
        let mut due = Moment { at: at("2026-12-01T09:00:00Z"), said: "2026-12-01".into() };
        schedule.t0 = at("2026-12-09T10:00:00Z");
        assert!(!move_moment(&mut due, &schedule));
        assert_eq!(due.at, at("2026-12-01T09:00:00Z"));
    }

    #[test]
    fn without_a_scrub_it_is_the_same_launch() {
        let launch = Arc::new(launch());
        assert!(Arc::ptr_eq(&launch.by(&History::default()).0, &launch));
    }
}
