//! The plan of a launch as a calendar that others subscribe to (RFC 5545): every moment in UTC, which each reader shows in a zone
//! of their own.
//!
//! A thing keeps its UID as long as it is called so; its SEQUENCE grows with whatever people recorded, so that a calendar
//! that has it already moves it too. What will not take place is CANCELLED and not left out: left out, it would
//! stay where it was.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};

use gonogo_domain::{
    Board, Decision, DecisionState, GateState, History, Launch, MessageState, MessageStatus, OnCall, Party,
    StageState, StageStatus, Verdict,
};
use gonogo_text::{cap, clean};

/// Length of a roll call.
const ROLL_CALL: TimeDelta = TimeDelta::minutes(15);
/// Titles of gates that one entry lists.
const MOST_TOLD: usize = 40;
/// Characters of a title.
const LONGEST: usize = 200;

/// What a calendar is made of.
#[derive(Clone, Copy, Debug)]
pub struct CalendarInput<'a> {
    /// The launch, by the T clock of the board.
    pub launch: &'a Launch,
    /// Its board.
    pub board: &'a Board,
    /// What people said.
    pub history: &'a History,
    /// Only what is for this role or person, and what is for everybody.
    pub only: Option<&'a Party>,
}

/// The calendar.
pub fn calendar(plan: &CalendarInput<'_>) -> String {
    let mut calendar = Calendar::new();
    // Who made it stands there once.
    calendar.properties.retain(|it| it.key() != "PRODID");
    calendar.name(&clean(&plan.launch.title));
    calendar.append_property(("PRODID", concat!("-//gonogo//gonogo ", env!("CARGO_PKG_VERSION"), "//EN")));
    let mut all = vec![plan.zero()];
    all.extend(plan.anchors());
    all.extend(plan.roll_call());
    all.extend(plan.freezes());
    all.extend(plan.on_call());
    all.extend(plan.dues());
    all.extend(plan.stages());
    all.extend(plan.messages());
    for event in all {
        calendar.push(event);
    }
    calendar.to_string()
}

impl CalendarInput<'_> {
    /// Whether it was decided that it does not take place.
    fn is_off(&self) -> bool {
        let off = |it: &DecisionState| it.stands && matches!(it.decision, Decision::NoGo { .. });
        self.board.closed.is_some() || self.board.decision.as_ref().is_some_and(off)
    }

    /// Each word of the journal makes every entry a newer one: which words move what is not asked, so that it never shrinks, not
    /// even where something is taken back.
    fn sequence(&self) -> u32 {
        u32::try_from(self.history.len).unwrap_or(u32::MAX)
    }

    /// An entry; one that is still to come does not take place where the launch does not.
    fn entry(&self, thing: &str, title: &str, from: DateTime<Utc>, until: Option<DateTime<Utc>>) -> Event {
        let launch = self.launch;
        let mut event = Event::with_uid(&clean(&format!("{}/{thing}@gonogo", launch.id)));
        event.summary(&cap(&format!("{}: {title}", launch.title), LONGEST));
        event.timestamp(self.board.evaluated_at).sequence(self.sequence()).starts(from);
        if let Some(until) = until.filter(|it| *it > from) {
            event.ends(until);
        }
        let off = self.is_off() && until.unwrap_or(from) > self.board.evaluated_at;
        event.status(if off { EventStatus::Cancelled } else { EventStatus::Confirmed });
        event.done()
    }

    /// Whether something is for whom the calendar is made.
    fn is_for(&self, party: &Party) -> bool {
        let holds =
            |name: &Party| self.launch.roles.get(name).map(|role| role.people.as_slice()).unwrap_or_default();
        self.only.is_none_or(|only| only == party || holds(party).contains(only))
    }

    /// Until a GO stands, T is a plan.
    fn zero(&self) -> Event {
        let go = self.board.decision.as_ref().is_some_and(DecisionState::is_go);
        let mut event = self.entry("t0", &format!("T-0 of {}", self.launch.version), self.board.t_zero, None);
        if event.get_status() == Some(EventStatus::Confirmed) && !go {
            event.status(EventStatus::Tentative);
        }
        event.done()
    }

    fn anchors(&self) -> Vec<Event> {
        let schedule = &self.launch.schedule;
        let at = |name: &str| schedule.moment(name).ok().map(|it| it.at);
        let names = schedule.anchors.keys();
        names.filter_map(|name| Some(self.entry(&format!("anchor/{name}"), name, at(name)?, None))).collect()
    }

    fn roll_call(&self) -> Option<Event> {
        let at = self.launch.roll_call.as_ref()?.at.as_ref()?.at;
        Some(self.entry("roll-call", "go/no-go roll call", at, Some(at + ROLL_CALL)))
    }

    fn freezes(&self) -> Vec<Event> {
        let each = self.launch.schedule.freezes.iter().map(|it| {
            let stops = if it.stops_rollout { "no stage starts" } else { "changes are pointed out" };
            let title = format!("freeze {} ({stops})", it.name);
            let mut event = self.entry(&format!("freeze/{}", it.name), &title, it.from.at, Some(it.until.at));
            if let Some(rule) = &it.rule {
                event.description(&clean(rule));
            }
            event.done()
        });
        each.collect()
    }

    fn on_call(&self) -> Vec<Event> {
        let own = self.launch.schedule.on_call.iter().enumerate().filter(|(_, it)| self.is_for(&it.role));
        let entry = |(at, it): (usize, &OnCall)| {
            let title = format!("{} on call", self.named(&it.role));
            self.entry(&format!("on-call/{}/{at}", it.role), &title, it.from.at, Some(it.until.at))
        };
        own.map(entry).collect()
    }

    fn named(&self, party: &Party) -> String {
        let title = self.launch.roles.get(party).and_then(|role| role.title.clone());
        title.unwrap_or_else(|| party.text()).to_string()
    }

    /// What is due, for each owner and moment at once.
    fn dues(&self) -> Vec<Event> {
        let mut due: BTreeMap<(String, String), Vec<&GateState>> = BTreeMap::new();
        for gate in self.board.gates.iter().filter(|it| !it.group || it.counted) {
            let owner = gate.owner.as_ref().filter(|it| self.is_for(it));
            if let (Some(at), true) = (&gate.due, owner.is_some() || self.only.is_none()) {
                let owner = owner.map_or_else(String::new, ToString::to_string);
                due.entry((owner, at.said.to_string())).or_default().push(gate);
            }
        }
        due.iter().filter_map(|((owner, said), gates)| self.due(owner, said, gates)).collect()
    }

    fn due(&self, owner: &str, said: &str, gates: &[&GateState]) -> Option<Event> {
        let at = gates.first()?.due.as_ref()?.at;
        let applies: Vec<_> = gates.iter().filter(|it| it.verdict != Verdict::NotApplicable).collect();
        let open = applies.iter().filter(|it| it.verdict.blocks()).count();
        let whose = if owner.is_empty() { "nobody".to_owned() } else { self.named(&owner.into()) };
        let state = match (open, applies.len()) {
            (0, _) => "done".to_owned(),
            (open, all) => format!("{open} of {all} open"),
        };
        let mut event =
            self.entry(&format!("due/{owner}/{said}"), &format!("due from {whose} ({state})"), at, None);
        let line = |it: &&&GateState| format!("{}: {}", it.verdict.word(), cap(&it.title, LONGEST));
        let mut lines: Vec<_> = applies.iter().take(MOST_TOLD).map(line).collect();
        if applies.len() > MOST_TOLD {
            lines.push(format!("and {} more", applies.len() - MOST_TOLD));
        }
        event.description(&lines.join("\n"));
        if applies.is_empty() {
            event.status(EventStatus::Cancelled);
        }
        Some(event.done())
    }

    fn stages(&self) -> Vec<Event> {
        let own = |it: &&StageState| {
            self.only.is_none() || it.who.iter().chain(&it.watcher).any(|party| self.is_for(party))
        };
        self.board.stages.iter().filter(own).filter_map(|it| self.stage(it)).collect()
    }

    /// A stage without a time of its own is in no calendar.
    fn stage(&self, stage: &StageState) -> Option<Event> {
        let from = stage.started.or(stage.planned)?;
        let until = stage.ended.or(stage.soaked_at);
        let title = format!("stage {} ({}), {}", stage.id, stage.audience, stage.status.word());
        let mut event = self.entry(&format!("stage/{}", stage.id), &title, from, until);
        let status = match stage.status {
            StageStatus::NotApplicable | StageStatus::RolledBack => EventStatus::Cancelled,
            _ if event.get_status() == Some(EventStatus::Cancelled) => EventStatus::Cancelled,
            StageStatus::Planned | StageStatus::Ready => EventStatus::Tentative,
            StageStatus::Soaking | StageStatus::Soaked | StageStatus::Held | StageStatus::Done => {
                EventStatus::Confirmed
            }
        };
        event.status(status);
        Some(event.done())
    }

    fn messages(&self) -> Vec<Event> {
        let own = |it: &&MessageState| {
            self.only.is_none() || it.owner.iter().chain(&it.approved_by).any(|party| self.is_for(party))
        };
        let entry = |it: &MessageState| {
            let at = it.sent.as_ref().map(|sent| sent.voice.at).or(it.due)?;
            let again = if it.of.cause == 0 { String::new() } else { format!("/{}", it.of.cause) };
            let title = format!("{} to {} ({})", it.title, it.audience, it.status.word());
            let mut event = self.entry(&format!("message/{}{again}", it.of.message), &title, at, None);
            if it.status == MessageStatus::NotNeeded {
                event.status(EventStatus::Cancelled);
            }
            Some(event.done())
        };
        self.board.messages.iter().filter(own).filter_map(entry).collect()
    }
}
