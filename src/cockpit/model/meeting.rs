//! The go/no-go meeting: which station is looked at, and answers that the journal does not have.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Form, Model};
use crate::{Action, JournalState};
use gonogo_domain::{
    Checklist, Command, DecisionState, GateState, Party, RollCallState, Station, StationState,
};

/// The state of the meeting's screen. Who is called is not kept here: it follows from the journal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meeting {
    pub seat: Seat,
    /// The next answer corrects the one that stands.
    pub correcting: bool,
    /// Answers that are NOT RECORDED, in the order in which they were given.
    pub drafts: Vec<Draft>,
    /// Where the minutes of a decision were written.
    pub written: Option<Written>,
}

/// Where the meeting's screen looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Seat {
    /// Where the poll is: the station that is called, then the final call, then what came of it.
    #[default]
    Called,
    /// At this station, whoever is called.
    Station(Party),
    /// At the holder of the final call.
    FinalCall,
}

/// An answer that the journal does not have.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub station: Party,
    pub command: Command,
    /// For people: `GO for qa`.
    pub what: String,
    /// What it was typed into, with whose word it is.
    pub form: Form,
    /// Why it is not recorded.
    pub why: String,
}

/// The pages of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// When that decision was made.
    pub of: DateTime<Utc>,
    pub paths: Vec<String>,
}

/// What the meeting's screen shows large.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shown<'a> {
    /// The launch plans no poll.
    Nothing,
    /// No round was opened yet.
    Before(&'a RollCallState),
    /// A station.
    Station(&'a RollCallState, &'a StationState),
    /// The holder of the final call.
    FinalCall(&'a RollCallState),
    /// What was decided.
    Outcome(&'a RollCallState, &'a DecisionState),
}

impl Model {
    /// The poll, if the launch plans one.
    pub(crate) fn poll(&self) -> Option<&RollCallState> {
        self.board.roll_call.as_ref()
    }

    /// When the first round is planned, where none was opened yet and that is less than a day away.
    pub(crate) fn poll_ahead(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let poll = self.poll().filter(|poll| poll.round == 0)?;
        poll.planned.filter(|at| (TimeDelta::zero()..TimeDelta::days(1)).contains(&(*at - now)))
    }

    /// What the meeting's screen shows large.
    pub(crate) fn shown(&self) -> Shown<'_> {
        let Some(poll) = self.poll() else { return Shown::Nothing };
        match &self.meeting.seat {
            Seat::Station(role) => {
                if let Some(station) = poll.station(role) {
                    return Shown::Station(poll, station);
                }
            }
            Seat::FinalCall => return Shown::FinalCall(poll),
            Seat::Called => {}
        }
        match (poll.open, self.called(), &self.board.decision) {
            (true, Some(station), _) => Shown::Station(poll, station),
            (true, None, _) => Shown::FinalCall(poll),
            (false, _, Some(decision)) => Shown::Outcome(poll, decision),
            (false, _, None) => Shown::Before(poll),
        }
    }

    /// The station that is called now: the first that was neither heard nor passed over, drafts aside.
    pub(crate) fn called(&self) -> Option<&StationState> {
        let poll = self.poll().filter(|poll| poll.open)?;
        poll.stations.iter().find(|it| !it.heard && !it.passed_over && self.draft_of(&it.role).is_none())
    }

    /// The station that is looked at.
    pub(crate) fn seated(&self) -> Option<&StationState> {
        match self.shown() {
            Shown::Station(_, station) => Some(station),
            _ => None,
        }
    }

    /// The answer for a station that is not recorded.
    pub(crate) fn draft_of(&self, station: &Party) -> Option<&Draft> {
        self.meeting.drafts.iter().find(|draft| draft.station == *station)
    }

    /// The plan of a station.
    pub(crate) fn station_plan(&self, role: &Party) -> Option<&Station> {
        let plan = self.launch.roll_call.as_ref()?;
        plan.order().into_iter().map(|(station, _)| station).find(|station| station.role == *role)
    }

    /// The gates that a station answers for, worst first.
    pub(crate) fn station_gates(&self, role: &Party) -> Vec<&GateState> {
        let Some(plan) = self.station_plan(role) else { return Vec::new() };
        let own = |gate: &&GateState| {
            gate.counted && plan.checklists.iter().any(|list| list.as_str() == gate.id.checklist())
        };
        let mut gates: Vec<_> = self.board.gates.iter().filter(own).collect();
        gates.sort_by_key(|gate| std::cmp::Reverse(gate.verdict));
        gates
    }

    /// The titles of the checklists that a station answers for.
    pub(crate) fn station_lists(&self, role: &Party) -> Vec<&str> {
        let Some(plan) = self.station_plan(role) else { return Vec::new() };
        let own = |list: &&Checklist| plan.checklists.contains(&list.id);
        self.launch.checklists.iter().filter(own).map(|list| &*list.title).collect()
    }

    /// Why the journal does not take an answer now, although it may be given: it is kept as a draft.
    pub(crate) fn only_drafts_because(&self) -> Option<String> {
        match &self.journal {
            _ if self.looks_back() || self.locked().is_some() => None,
            JournalState::Offline(why) => Some(format!("the journal is offline: {why}")),
            JournalState::Broken(why) => Some(format!("the journal is broken: {why}")),
            JournalState::ViewOnly(why) if self.playback.is_none() => Some(format!("view only: {why}")),
            _ => None,
        }
    }

    /// Whether the key of an action is worth showing on the meeting's screen.
    pub(crate) fn offers(&self, action: Action) -> bool {
        let shown = self.shown();
        let open = self.poll().is_some_and(|poll| poll.open);
        let answers = match shown {
            Shown::Station(_, it) => open && (self.meeting.correcting || !(it.heard || it.passed_over)),
            _ => false,
        };
        let given = self.seated().is_some_and(|it| it.vote_id.is_some()) && open;
        let final_call = matches!(shown, Shown::FinalCall(_)) && open;
        match action {
            Action::Go | Action::NoGo => answers || final_call,
            Action::Conditions | Action::Abstain | Action::Delegate => answers,
            Action::Correct => given && !self.meeting.correcting,
            Action::OpenRound => !open && self.poll().is_some() && !self.held(),
            Action::CallHold => final_call || (!answers && open),
            Action::CallScrub => final_call,
            Action::EndHold => !open && self.held(),
            Action::WriteMinutes => matches!(shown, Shown::Outcome(..)),
            Action::SendDrafts => !self.meeting.drafts.is_empty() && self.only_drafts_because().is_none(),
            Action::DropDraft => self.seated().is_some_and(|it| self.draft_of(&it.role).is_some()),
            Action::NextSeat => open && !matches!(self.meeting.seat, Seat::Called),
            _ => true,
        }
    }

    /// Whether a HOLD decision stands.
    pub(crate) fn held(&self) -> bool {
        self.board.held_since.is_some()
    }
}
