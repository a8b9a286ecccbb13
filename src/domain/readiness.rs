//! The readiness review: what owners say of artefact, link and date of their items before launch day.
//!
//! It is a word about a plan. It makes no gate go and raises no board; it is bound to the gate's text and to the date it
//! was due, and is void when either changes.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Act, Blocks, Board, Digest, Event, Gate, GateId, History, Kind, Launch, Party, Schedule, Score, Str,
    Verdict, Voice, Zone, format,
};

/// What an owner says of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ConfirmStep {
    /// Artefact, link and date hold.
    Confirmed {
        /// Where the artefact is, or will be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<Str>,
        /// In their own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Str>,
    },
    /// It will be there, at another date.
    NewDate {
        /// The moment by which it will be there.
        by: DateTime<Utc>,
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
        /// Where the artefact will be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<Str>,
    },
    /// It may not be there in time.
    AtRisk {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// What was said before is taken back.
    TakenBack {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
}

/// A word of the readiness review, as the journal keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmation {
    /// Its place among all events, from 1.
    pub seq: u64,
    /// Whose word it is.
    pub voice: Voice,
    /// The digest of the gate when it was recorded.
    pub digest: Digest,
    /// When the gate was due then, holds left out.
    pub due: Option<DateTime<Utc>>,
    /// What was said.
    pub step: ConfirmStep,
}

/// The newest word on an item, as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanState {
    /// The gate.
    pub gate: GateId,
    /// What it comes to.
    pub standing: PlanStanding,
    /// Whose word it is.
    pub voice: Voice,
    /// Where the artefact is.
    #[serde(default)]
    pub link: Option<Str>,
    /// The date that was promised instead.
    #[serde(default)]
    pub by: Option<DateTime<Utc>>,
    /// The reason, or the note.
    #[serde(default)]
    pub said: Option<Str>,
    /// Why the word counts no more.
    #[serde(default)]
    pub void: Option<Str>,
    /// The gate is open, and it is at risk, promised for after T-0, or promised for a date that is over: in one line.
    #[serde(default)]
    pub warning: Option<Str>,
}

/// What a word of the readiness review comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanStanding {
    /// Artefact, link and date were confirmed.
    Confirmed,
    /// Another date was promised.
    NewDate,
    /// It may not be there in time.
    AtRisk,
    /// A word was given, of another text or another date.
    Void,
    /// Nobody said anything, or it was taken back.
    Unconfirmed,
}

/// The readiness review at one moment: every item, in the order of the launch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readiness {
    /// The items.
    pub items: Vec<ReadinessItem>,
    /// Their counts.
    pub tally: ReadinessTally,
}

/// One item of the readiness review: a gate that applies and blocks GO or a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadinessItem {
    /// The gate.
    pub gate: GateId,
    /// Its title, answers filled in.
    pub title: Str,
    /// Who may confirm it: its owner, else whoever it asks.
    pub asked: Vec<Party>,
    /// When it is due.
    pub due: Option<DateTime<Utc>>,
    /// What it says now: an item that is go already needs no promise.
    pub verdict: Verdict,
    /// What was recorded about it.
    pub standing: PlanStanding,
    /// The newest word on it.
    pub word: Option<PlanState>,
}

/// Counts of a readiness review.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadinessTally {
    /// All items of the review: those below and those without a word.
    pub of: u32,
    /// Of those: confirmed.
    pub confirmed: u32,
    /// Of those: promised for another date.
    pub new_date: u32,
    /// Of those: at risk.
    pub at_risk: u32,
    /// Of those: confirmed once, for another text or date.
    pub void: u32,
    /// Of those: nobody said anything.
    pub unconfirmed: u32,
    /// Of the last two: go already, waived or not applicable.
    pub settled: u32,
}

/// How ready a launch was on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadinessDay {
    /// The day, in the launch's zone.
    pub day: NaiveDate,
    /// By its last moment of which something is on record; `None`: nothing is on record of that day.
    pub reading: Option<ReadinessReading>,
}

/// What is known of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadinessReading {
    /// The moment.
    pub at: DateTime<Utc>,
    /// The counts of the board.
    pub score: Score,
    /// The counts of the review.
    pub tally: ReadinessTally,
}

impl PlanState {
    /// Whose word it is, when, and what was said with it: `says mo 09:12 GMT: the vendor is late`. A void word says nothing any more.
    pub fn by_whom(&self, when: &str) -> String {
        let verb = if self.standing == PlanStanding::Void { "given by" } else { "says" };
        let why = self.said.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        format!("{verb} {}{when}{why}", self.voice.spoken().named())
    }

    /// What it comes to, with the date that was promised, and whose word it is: `new date, by 2026-12-03 10:00 GMT, says mo: late`.
    pub fn describe(&self, when: &str, zone: Zone) -> String {
        let by = self.by.filter(|_| self.standing == PlanStanding::NewDate);
        let by = by.map(|at| format!(", by {}", format::moment(at, zone))).unwrap_or_default();
        format!("{}{by}, {}", self.standing.word(), self.by_whom(when))
    }

    /// What [`PlanState::by_whom`] leaves out: why it counts no more, what everybody should know, where the artefact is.
    pub fn more(&self) -> impl Iterator<Item = &Str> {
        let warning = self.warning.as_ref().filter(|_| self.standing != PlanStanding::AtRisk);
        self.void.iter().chain(warning).chain(&self.link)
    }
}

impl PlanStanding {
    /// The word on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::NewDate => "new date",
            Self::AtRisk => "AT RISK",
            Self::Void => "void",
            Self::Unconfirmed => "not confirmed",
        }
    }

    /// The word in machine output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::NewDate => "new-date",
            Self::AtRisk => "at-risk",
            Self::Void => "void",
            Self::Unconfirmed => "not-confirmed",
        }
    }
}

impl ReadinessTally {
    /// `12 of 20 confirmed, 1 new date, 1 at risk, 1 void, 5 not confirmed (2 of those are go already)`.
    pub fn describe(&self) -> String {
        let mut parts = vec![format!("{} of {} confirmed", self.confirmed, self.of)];
        let more = [
            (self.new_date, "with a new date"),
            (self.at_risk, "AT RISK"),
            (self.void, "void"),
            (self.unconfirmed, "not confirmed"),
        ];
        parts.extend(
            more.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")),
        );
        let settled = match self.settled {
            0 => String::new(),
            1 => " (1 of those is settled already)".to_owned(),
            many => format!(" ({many} of those are settled already)"),
        };
        format!("{}{settled}", parts.join(", "))
    }

    fn add(&mut self, item: &ReadinessItem) {
        self.of += 1;
        let slot = match item.standing {
            PlanStanding::Confirmed => &mut self.confirmed,
            PlanStanding::NewDate => &mut self.new_date,
            PlanStanding::AtRisk => &mut self.at_risk,
            PlanStanding::Void => &mut self.void,
            PlanStanding::Unconfirmed => &mut self.unconfirmed,
        };
        *slot += 1;
        let open = matches!(item.standing, PlanStanding::Void | PlanStanding::Unconfirmed);
        self.settled += u32::from(open && item.verdict.satisfies());
    }
}

impl Readiness {
    /// The review of this board.
    pub fn of(launch: &Launch, board: &Board) -> Self {
        let words: BTreeMap<_, _> = board.readiness.iter().map(|word| (&word.gate, word)).collect();
        let mut it = Self::default();
        for state in &board.gates {
            let Some(gate) = launch.gate(&state.id).filter(|gate| is_item(launch, gate)) else { continue };
            let ahead = gate.counts_from.as_ref().is_some_and(|from| from.at > board.evaluated_at);
            if state.verdict == Verdict::NotApplicable && !ahead {
                continue;
            }
            let word = words.get(&state.id).map(|word| (*word).clone());
            let item = ReadinessItem {
                gate: state.id.clone(),
                title: state.title.clone(),
                asked: who_confirms(gate),
                due: gate.due.as_ref().map(|due| due.at),
                verdict: state.verdict,
                standing: word.as_ref().map_or(PlanStanding::Unconfirmed, |word| word.standing),
                word,
            };
            it.tally.add(&item);
            it.items.push(item);
        }
        it
    }

    /// The items by who is asked for them, in the order in which those come first.
    pub fn by_owner(&self) -> Vec<(&[Party], Vec<&ReadinessItem>)> {
        let mut all: Vec<(&[Party], Vec<&ReadinessItem>)> = Vec::new();
        for item in &self.items {
            match all.iter_mut().find(|(asked, _)| *asked == item.asked) {
                Some((_, items)) => items.push(item),
                None => all.push((&item.asked, vec![item])),
            }
        }
        all
    }
}

/// Whether a gate is an item of the review: it applies, and blocks GO or a stage. Of a gate of gates the
/// parts are items; of several ways the whole.
fn is_item(launch: &Launch, gate: &Gate) -> bool {
    let blocks = matches!(gate.blocks, Blocks::Go | Blocks::Stage(_));
    let one_way = |at: usize| launch.gates.get(at).is_some_and(|it| it.kind == Kind::OneOf);
    let inside = launch.position(&gate.id).is_some_and(|at| launch.derived.above(at).any(one_way));
    blocks && gate.excluded.is_none() && gate.kind != Kind::All && !inside
}

/// Who may confirm an item: its owner, else whoever it asks.
pub(super) fn who_confirms(gate: &Gate) -> Vec<Party> {
    match (&gate.owner, gate.ask()) {
        (Some(owner), _) => vec![owner.clone()],
        (None, Some(ask)) => ask.by.clone(),
        (None, None) => Vec::new(),
    }
}

/// When a gate is due as it was planned: by the T-0 that holds, with no hold counted. A hold moves the clock and not the
/// plan; a SCRUB, and a change of the files, is another plan.
pub(super) fn planned_due(gate: &Gate, schedule: &Schedule) -> Option<DateTime<Utc>> {
    let due = gate.due.as_ref()?;
    let occurrence = gate.counts_from.as_ref().filter(|from| from.said == due.said);
    let step = occurrence.and_then(|from| from.step.as_ref()).and_then(|step| step.at(schedule, 0));
    let said = || schedule.moment(&due.said).ok().map(|moment| moment.at);
    Some(step.or_else(said).unwrap_or(due.at))
}

/// The schedule without its holds.
pub(super) fn without_holds(launch: &Launch) -> Schedule {
    Schedule { stood: Vec::new(), ..launch.schedule.clone() }
}

impl Board {
    /// The newest word of the readiness review on a gate.
    pub fn plan_of(&self, gate: &GateId) -> Option<&PlanState> {
        self.readiness.iter().find(|word| word.gate == *gate)
    }

    /// Remarks about the plan that change nothing, a line each.
    pub(super) fn plan_warnings(&self) -> Vec<Str> {
        /// The review tells them all.
        const MOST: usize = 5;
        let all: Vec<_> =
            self.readiness.iter().filter_map(|it| Some((&it.gate, it.warning.as_ref()?))).collect();
        let told =
            all.iter().take(MOST).map(|(gate, warning)| format!("readiness: {gate} is {warning}").into());
        let mut told: Vec<Str> = told.collect();
        if let Some(more) = all.len().checked_sub(MOST).filter(|more| *more > 0) {
            let more = format::count(more, "more item");
            told.push(format!("readiness: {more} at risk or late: gonogo readiness").into());
        }
        told
    }
}

impl History {
    /// Takes in a word of the readiness review.
    pub(super) fn hear_of_plan(&mut self, event: &Event) {
        let Act::Confirmed { gate, digest, due, step } = &event.act else { return };
        let (seq, voice) = (self.len, Voice::of(event));
        let (digest, due, step) = (digest.clone(), *due, step.clone());
        let word = Confirmation { seq, voice, digest, due, step };
        self.confirmations.entry(gate.clone()).or_default().push(word);
    }
}
