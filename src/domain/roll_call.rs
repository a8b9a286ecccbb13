//! The go/no-go poll: what stations answer, what the journal keeps of it, and how it stands on the board.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Act, Actor, BoardWord, Event, History, Launch, Oid, Party, RollCallPlan, Score, Spoken, Station, Str,
};

/// What a station answers. It never changes the board's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Vote {
    /// The station is ready.
    Go,
    /// No-go; its note says why.
    NoGo,
    /// Go, if these hold. At least one.
    GoWithConditions {
        /// The conditions, in the station's words.
        conditions: Vec<Str>,
    },
    /// The station was heard and takes no side; it counts for the quorum.
    Abstain,
    /// Somebody else answers for the station.
    Delegate {
        /// A person or a role.
        to: Party,
    },
}

impl Vote {
    /// The word on screen.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Go => "GO",
            Self::NoGo => "NO-GO",
            Self::GoWithConditions { .. } => "GO WITH CONDITIONS",
            Self::Abstain => "ABSTAIN",
            Self::Delegate { .. } => "DELEGATED",
        }
    }

    /// The conditions; empty for every other answer.
    pub fn conditions(&self) -> &[Str] {
        match self {
            Self::GoWithConditions { conditions } => conditions,
            _ => &[],
        }
    }

    /// Whether it is kept as dissent when GO is decided: a no-go or a condition.
    pub fn dissents(&self) -> bool {
        matches!(self, Self::NoGo | Self::GoWithConditions { .. })
    }
}

/// One round of the poll, as the journal keeps it. A round ends with a decision.
#[derive(Clone, Debug, PartialEq)]
pub struct RollCall {
    /// Its place among all events, from 1.
    pub seq: u64,
    /// From 1.
    pub round: u32,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// In whose name.
    pub opened_by: Actor,
    /// Who opened it for them, when that is somebody else.
    pub recorder: Option<Actor>,
    /// The fallback by which it was opened; `None`: the giver holds a role that may open it.
    pub stands_in: Option<Party>,
    /// Every answer and every correction, in order. Nothing is ever removed.
    pub ballots: Vec<Ballot>,
    /// A decision or a newer round has ended it.
    pub closed: bool,
    /// What stands of it, kept up with each answer: a round with many corrections costs no more than one with few.
    tallies: BTreeMap<Party, StationTally>,
}

/// The answers of one station, as places among the round's.
#[derive(Clone, Debug, Default, PartialEq)]
struct StationTally {
    first: usize,
    newest: usize,
    ballot: Option<usize>,
    delegation: Option<usize>,
    corrections: u32,
    corrected: Vec<usize>,
}

/// One answer of a station.
#[derive(Clone, Debug, PartialEq)]
pub struct Ballot {
    /// The event's id, by which a correction names it.
    pub id: Uuid,
    /// The moment, by the clock of whoever recorded it.
    pub at: DateTime<Utc>,
    /// Whose word.
    pub actor: Actor,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// For which station.
    pub station: Party,
    /// The answer.
    pub vote: Vote,
    /// The fallback by which it was said; `None`: the giver holds the station's role, or is its delegate.
    pub stands_in: Option<Party>,
    /// Who had left the answer to somebody else when this was said; `None`: nobody.
    pub delegated_by: Option<Party>,
    /// In their own words.
    pub note: Option<Str>,
    /// The answer that this one corrects.
    pub corrects: Option<Uuid>,
    /// It is an abstention by which the final call goes on without the station.
    pub passes_over: bool,
    /// What the station's gates said together at that moment.
    pub computed: Option<BoardWord>,
    /// The target commit at that moment.
    pub commit: Option<Oid>,
}

/// What stands of a station's answers in one round.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Answered<'a> {
    /// The newest answer, of the station or its delegate.
    pub ballot: Option<&'a Ballot>,
    /// The delegation that stands; the delegate answers from then on.
    pub delegation: Option<&'a Ballot>,
}

/// How many corrected answers are shown for one station; the minutes have all of them.
const MOST_EARLIER: usize = 8;

impl RollCall {
    /// What stands of one station's answers: the newest, corrections included.
    pub fn answered(&self, station: &Party) -> Answered<'_> {
        let Some(tally) = self.tallies.get(station) else { return Answered::default() };
        let at = |place: Option<usize>| place.and_then(|place| self.ballots.get(place));
        Answered { ballot: at(tally.ballot), delegation: at(tally.delegation) }
    }

    /// The newest answers of a station that later ones corrected, in words, oldest first.
    pub fn earlier(&self, station: &Party) -> Vec<Str> {
        let corrected = self.tallies.get(station).map_or(&[][..], |tally| &tally.corrected);
        corrected.iter().filter_map(|place| Some(self.ballots.get(*place)?.vote.word().into())).collect()
    }

    /// How many corrections a station made.
    pub fn corrections(&self, station: &Party) -> u32 {
        self.tallies.get(station).map_or(0, |tally| tally.corrections)
    }

    /// The newest ballot of a station: what a correction names.
    pub fn newest(&self, station: &Party) -> Option<&Ballot> {
        self.ballots.get(self.tallies.get(station)?.newest)
    }

    /// The stations that spoke, in the order in which they first did.
    pub fn stations(&self) -> Vec<&Party> {
        let mut all: Vec<_> = self.tallies.iter().collect();
        all.sort_by_key(|(_, tally)| tally.first);
        all.into_iter().map(|(station, _)| station).collect()
    }

    /// Whose word the round was opened by.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken::new(&self.opened_by, self.recorder.as_ref(), self.stands_in.as_ref())
    }

    fn take(&mut self, mut ballot: Ballot) {
        let here = self.ballots.len();
        let fresh = StationTally { first: here, ..StationTally::default() };
        let mut tally = self.tallies.remove(&ballot.station).unwrap_or(fresh);
        if let Some(old) = ballot.corrects {
            tally.corrections = tally.corrections.saturating_add(1);
            let is_it = |place: &usize| self.ballots.get(*place).is_some_and(|it| it.id == old);
            // Only the newest can be corrected; a row that somebody else wrote may name an older one.
            let place = Some(tally.newest).filter(is_it).or_else(|| (0..here).rev().find(is_it));
            let place = place.filter(|place| self.ballots[*place].station == ballot.station);
            tally.corrected.extend(place);
            let over = tally.corrected.len().saturating_sub(MOST_EARLIER);
            tally.corrected.drain(..over);
        }
        if matches!(ballot.vote, Vote::Delegate { .. }) {
            (tally.ballot, tally.delegation) = (None, Some(here));
        } else {
            let given = tally.delegation.and_then(|place| self.ballots.get(place));
            // A correction of the delegation itself takes it back.
            if ballot.corrects.is_some() && ballot.corrects == given.map(|it| it.id) {
                tally.delegation = None;
            } else {
                let other = given.filter(|it| !it.actor.is_same(&ballot.actor));
                ballot.delegated_by = other.map(|it| it.actor.name.clone());
            }
            tally.ballot = Some(here);
        }
        tally.newest = here;
        self.tallies.insert(ballot.station.clone(), tally);
        self.ballots.push(ballot);
    }
}

impl Ballot {
    /// Why it counts no more: it was about another commit, or a yes about none (V8).
    pub fn void(&self, target: Option<&Oid>) -> Option<Str> {
        let yes = matches!(self.vote, Vote::Go | Vote::GoWithConditions { .. });
        match (&self.commit, target) {
            (None, Some(_)) if yes => Some("it names no commit".into()),
            (Some(about), Some(target)) if about != target => Some(
                format!("it was about commit {}, the target is {}", about.short(), target.short()).into(),
            ),
            _ => None,
        }
    }
}

/// The poll on the board; there is one as soon as the launch plans it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RollCallState {
    /// The newest round, from 1; 0 before the first is opened.
    pub round: u32,
    /// When the newest round was opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// When the files plan it.
    pub planned: Option<DateTime<Utc>>,
    /// Answers are taken now: opened, and not ended by a decision.
    pub open: bool,
    /// Stations in the order in which they are called, nested ones before their parent.
    pub stations: Vec<StationState>,
    /// Stations whose answer stands; one that was passed over is not heard.
    pub heard: u32,
    /// So many must be heard before GO or NO-GO is decided.
    pub quorum: u32,
    /// Every station has been heard or passed over.
    pub complete: bool,
    /// The role that makes the final call.
    pub final_call: Party,
    /// Outcomes beside GO, HOLD, NO-GO and SCRUB.
    pub options: Vec<Str>,
}

impl RollCallState {
    /// Whether enough stations have been heard for the final call.
    pub fn is_quorate(&self) -> bool {
        self.open && self.heard >= self.quorum
    }

    /// The stations whose no-go stands, and those whose no-go is to be settled although its giver speaks for them no more.
    pub fn against(&self) -> impl Iterator<Item = &StationState> {
        self.stations.iter().filter(|it| (it.heard || it.objects) && it.vote == Some(Vote::NoGo))
    }

    /// The station that is called now.
    pub fn next(&self) -> Option<&StationState> {
        self.stations.iter().find(|station| station.is_next)
    }

    /// The station of this role.
    pub fn station(&self, role: &Party) -> Option<&StationState> {
        self.stations.iter().find(|station| station.role == *role)
    }
}

/// One station on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a station")]
pub struct StationState {
    /// The role that answers.
    pub role: Party,
    /// Its title for people.
    pub title: Str,
    /// 0 for the outer poll, 1 for a poll nested in it, ...
    pub depth: u8,
    /// The newest answer of this round, void or not; a bare delegation until the delegate has answered.
    pub vote: Option<Vote>,
    /// Who gave it.
    pub by: Option<Actor>,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// What was said with it, if anything was.
    pub note: Option<Str>,
    /// The moment, by the clock of whoever recorded it.
    pub at: Option<DateTime<Utc>>,
    /// The id that a correction of it names.
    pub vote_id: Option<Uuid>,
    /// Answers of this round that were corrected since.
    pub corrected: u32,
    /// Those answers in words, oldest first: a correction hides nothing.
    #[serde(default)]
    pub earlier: Vec<Str>,
    /// Why the answer counts no more; then the station is to be heard again.
    pub void: Option<Str>,
    /// Who delegated, and to whom; shown as `for STATION, delegated by X`.
    pub delegated: Option<Delegation>,
    /// The answer stands and counts for the quorum.
    pub heard: bool,
    /// It is a no-go that counts for no quorum, because its giver is not known for certain or speaks for the station no more; it
    /// stays until the station says otherwise, and nobody decides GO without having been told.
    #[serde(default)]
    pub objects: bool,
    /// The holder of the final call went on without it.
    pub passed_over: bool,
    /// What its gates say; `None` for a station without checklists.
    pub computed: Option<BoardWord>,
    /// Its gates propose the answer (`computed: true` in the files); a person confirms it.
    pub proposes: bool,
    /// Counts of its gates.
    pub score: Score,
    /// What is open or waived among its gates, worst first.
    pub open: Vec<Str>,
    /// It is called now.
    pub is_next: bool,
    /// The answer is that of a fallback: its role.
    #[serde(default)]
    pub stands_in: Option<Party>,
    /// It is called now and has been silent: whom to call instead.
    #[serde(default)]
    pub escalate_to: Option<Party>,
    /// Who can answer: people, or a role where the launch names no people.
    pub can_answer: Vec<Party>,
}

/// A station's answer left to somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Who delegated.
    pub by: Party,
    /// To which person or role.
    pub to: Party,
}

impl RollCallPlan {
    /// Every station with its depth, in the order in which they are called.
    pub fn order(&self) -> Vec<(&Station, u8)> {
        let mut order = Vec::new();
        for station in &self.stations {
            station.called(0, &mut order);
        }
        order
    }

    /// So many stations must be heard.
    pub fn must_hear(&self) -> u32 {
        let all = u32::try_from(self.order().len()).unwrap_or(u32::MAX);
        // A poll of nobody is never quorate.
        self.quorum.map_or(all, |quorum| quorum.min(all)).max(1)
    }
}

impl Station {
    fn called<'a>(&'a self, depth: u8, order: &mut Vec<(&'a Self, u8)>) {
        for station in &self.stations {
            station.called(depth.saturating_add(1), order);
        }
        order.push((self, depth));
    }
}

impl Launch {
    /// The people who speak for a person or role, by the files; the role itself where they name none.
    pub fn speakers(&self, party: &Party) -> Vec<Party> {
        let own = self.people.keys().filter(|person| self.is_first(person, party, &[]));
        let named = self.roles.get(party).into_iter().flat_map(|role| &role.people);
        let mut all: Vec<_> = own.chain(named).cloned().collect();
        all.sort();
        all.dedup();
        if all.is_empty() { vec![party.clone()] } else { all }
    }
}

impl History {
    /// The round that takes answers now.
    pub fn open_poll(&self) -> Option<&RollCall> {
        self.roll_calls.last().filter(|poll| !poll.closed)
    }

    pub(super) fn open_round(&mut self, event: &Event, round: u32) {
        self.close_rounds();
        self.roll_calls.push(RollCall {
            seq: self.len,
            round,
            opened_at: event.at,
            opened_by: event.actor.clone(),
            recorder: event.recorder.clone(),
            stands_in: event.stands_in.clone(),
            ballots: Vec::new(),
            closed: false,
            tallies: BTreeMap::new(),
        });
    }

    pub(super) fn vote(&mut self, event: &Event) {
        let Act::Voted { round, station, vote, note, corrects, computed, passes_over } = &event.act else {
            return;
        };
        // A round is closed by the next: only the last can be open.
        let poll = self.roll_calls.last_mut().filter(|poll| poll.round == *round && !poll.closed);
        if let Some(poll) = poll {
            poll.take(Ballot {
                id: event.id,
                at: event.at,
                actor: event.actor.clone(),
                recorder: event.recorder.clone(),
                station: station.clone(),
                vote: vote.clone(),
                stands_in: event.stands_in.clone(),
                delegated_by: None,
                note: note.clone(),
                corrects: *corrects,
                passes_over: *passes_over,
                computed: *computed,
                commit: event.commit.clone(),
            });
        }
    }

    pub(super) fn close_rounds(&mut self) {
        self.roll_calls.iter_mut().rev().take_while(|poll| !poll.closed).for_each(|poll| poll.closed = true);
    }
}
