//! Incidents: what is recorded while something is wrong, as the journal keeps it, and what the board shows (V22).

mod standing;
mod timeline;

use std::{fmt, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Act, Advice, Event, History, Launch, Party, Str, Voice};

pub use standing::IncidentSaid;
pub(super) use standing::IncidentStanding;
pub use timeline::{IncidentLine, LineKind};

/// How bad something is: 1 is the worst, 4 the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct SeverityLevel(u8);

/// A number that is no level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a severity is a number from 1, the worst, to 4")]
pub struct NoLevel;

/// What somebody says of an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum IncidentStep {
    /// Something is wrong.
    Opened(Opening),
    /// A line of the log.
    Logged {
        /// The words.
        text: Str,
        /// Something was decided; else it is a fact.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        decision: bool,
    },
    /// Stakeholders were told this.
    Updated {
        /// The words.
        text: Str,
    },
    /// Somebody takes a role.
    Role {
        /// The role.
        role: IncidentRole,
        /// A person or a role of the launch.
        party: Party,
    },
    /// It is worse or less bad than it was said to be.
    Severity {
        /// How bad.
        level: SeverityLevel,
        /// In the words of whoever changes it; kept in the journal.
        reason: Str,
    },
    /// Whether the rollout goes on meanwhile.
    Rollout {
        /// It goes on; else it waits.
        goes_on: bool,
        /// In the words of whoever decides it; kept in the journal.
        reason: Str,
    },
    /// The harm has stopped; its cause is not removed.
    Mitigated {
        /// In their own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Str>,
    },
    /// It is over.
    Resolved {
        /// In their own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Str>,
    },
    /// It has come back.
    Reopened {
        /// What is seen.
        reason: Str,
    },
    /// Nothing more is to be done in it.
    Closed {
        /// When the harm began, if that is known by now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        began: Option<DateTime<Utc>>,
        /// What is to follow from it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        follow_up: Vec<Str>,
    },
}

/// What is known when an incident is opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// What is wrong, in a few words.
    pub title: Str,
    /// How bad.
    pub severity: SeverityLevel,
    /// When the harm began; `None`: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<DateTime<Utc>>,
    /// When somebody saw it; `None`: when it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detected: Option<DateTime<Utc>>,
    /// Who leads; `None`: whoever opens it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<Party>,
    /// Who tells stakeholders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comms: Option<Party>,
    /// Who writes the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scribe: Option<Party>,
    /// Where people meet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Str>,
    /// Why the rollout goes on all the same; `None`: it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_on: Option<Str>,
}

/// The roles in an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentRole {
    /// Leads it: decides, resolves and closes it.
    Lead,
    /// Tells stakeholders.
    Comms,
    /// Writes the log.
    Scribe,
}

/// Where an incident is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentPhase {
    /// There is harm.
    Open,
    /// The harm has stopped.
    Mitigated,
    /// It is over.
    Resolved,
    /// Nothing more is to be done in it.
    Closed,
}

/// An incident, as the journal keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidentRecord {
    /// Which of the launch's, from 1.
    pub number: u32,
    /// What was known when it was opened.
    pub opening: Opening,
    /// The place of that among all events, from 1.
    pub seq: u64,
    /// Who opened it.
    pub voice: Voice,
    /// All that was said after that, in order.
    pub entries: Vec<IncidentEntry>,
}

/// One entry about an incident.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidentEntry {
    /// Its place among all events, from 1.
    pub seq: u64,
    /// Whose word.
    pub voice: Voice,
    /// What was recorded about the incident.
    pub step: IncidentStep,
}

/// The moments of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentTimes {
    /// When the harm began, if that is known.
    pub began: Option<DateTime<Utc>>,
    /// When somebody saw it.
    pub detected: DateTime<Utc>,
    /// When it was opened.
    pub opened: DateTime<Utc>,
    /// The first decision in it: a line of its log, a word on the rollout, a hold, a rollback, a final call.
    pub decided: Option<DateTime<Utc>>,
    /// When the harm stopped.
    pub mitigated: Option<DateTime<Utc>>,
    /// When it was over.
    pub resolved: Option<DateTime<Utc>>,
    /// When nothing more was to be done in it.
    pub closed: Option<DateTime<Utc>>,
}

/// The newest incident on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentState {
    /// Which of the launch's, from 1.
    pub number: u32,
    /// What is wrong. Foreign text, not yet sanitised, as all texts here.
    pub title: Str,
    /// How bad.
    pub severity: SeverityLevel,
    /// Where it is.
    pub phase: IncidentPhase,
    /// Who opened it.
    pub opened: Voice,
    /// Who decides.
    pub lead: Party,
    /// Who tells stakeholders.
    pub comms: Option<Party>,
    /// Who writes the log.
    pub scribe: Option<Party>,
    /// Where people meet.
    pub link: Option<Str>,
    /// Its moments.
    pub times: IncidentTimes,
    /// The rollout waits for it (V22).
    pub holds: bool,
    /// By whose word the rollout goes on, and why.
    pub goes_on: Option<IncidentWord>,
    /// The next update of stakeholders; `None`: it is over.
    pub update: Option<UpdateDue>,
    /// The newest update that was given.
    pub told: Option<IncidentWord>,
    /// What is known, in sentences: the draft of the next update, without when the one after that comes.
    pub known: Str,
    /// All that was said and done in it, in order.
    pub log: Vec<IncidentLine>,
    /// What is to follow from it.
    pub follow_up: Vec<Str>,
    /// Who may resolve and close it, change its severity, and say that the rollout goes on.
    pub who: Vec<Party>,
}

/// A word with whose it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentWord {
    /// Whose word it is, and when it was said.
    pub voice: Voice,
    /// The words.
    pub text: Str,
}

/// When stakeholders are to be told next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateDue {
    /// So often.
    pub every: Duration,
    /// By then.
    pub at: DateTime<Utc>,
    /// That moment is over.
    pub overdue: bool,
}

impl SeverityLevel {
    /// All of them, the worst first.
    pub const ALL: [Self; 4] = [Self(1), Self(2), Self(3), Self(4)];

    /// As a number from 1, the worst, to 4.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Whether it is worse than the other.
    pub fn is_worse_than(self, other: Self) -> bool {
        self.0 < other.0
    }

    /// 1 or 2.
    pub fn is_severe(self) -> bool {
        self.0 <= 2
    }
}

impl TryFrom<u8> for SeverityLevel {
    type Error = NoLevel;

    fn try_from(number: u8) -> Result<Self, NoLevel> {
        if (1..=4).contains(&number) { Ok(Self(number)) } else { Err(NoLevel) }
    }
}

impl From<SeverityLevel> for u8 {
    fn from(level: SeverityLevel) -> Self {
        level.0
    }
}

/// `SEV-1`.
impl fmt::Display for SeverityLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SEV-{}", self.0)
    }
}

impl IncidentRole {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Lead, Self::Comms, Self::Scribe];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Comms => "comms",
            Self::Scribe => "scribe",
        }
    }
}

impl IncidentPhase {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Mitigated => "mitigated",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }

    /// Whether it goes on: it is neither resolved nor closed.
    pub fn goes_on(self) -> bool {
        matches!(self, Self::Open | Self::Mitigated)
    }
}

impl IncidentTimes {
    fn between(from: DateTime<Utc>, to: Option<DateTime<Utc>>) -> Option<Duration> {
        Some((to? - from).to_std().unwrap_or_default())
    }

    /// From when the harm began until somebody saw it; `None`: not known.
    pub fn to_detect(&self) -> Option<Duration> {
        Self::between(self.began?, Some(self.detected))
    }

    /// From then until the first decision.
    pub fn to_decide(&self) -> Option<Duration> {
        Self::between(self.detected, self.decided)
    }

    /// From when it was seen until the harm stopped.
    pub fn to_mitigate(&self) -> Option<Duration> {
        Self::between(self.detected, self.mitigated)
    }

    /// From when it was seen until it was over.
    pub fn to_resolve(&self) -> Option<Duration> {
        Self::between(self.detected, self.resolved)
    }
}

impl IncidentState {
    /// `incident 1 (SEV-1)`.
    pub fn name(&self) -> String {
        format!("incident {} ({})", self.number, self.severity)
    }

    /// Whether it goes on: it is neither resolved nor closed.
    pub fn is_running(&self) -> bool {
        self.phase.goes_on()
    }

    /// The next update as it could be given at `now`: what is known, and when the one after it comes.
    pub fn draft(&self, now: DateTime<Utc>, launch: &Launch) -> String {
        match &self.update {
            Some(update) => {
                let next =
                    super::format::moment(super::format::later(now, update.every), launch.schedule.zone);
                format!("{} Next update by {next}.", self.known)
            }
            None => self.known.to_string(),
        }
    }

    /// What to do about it.
    pub(super) fn next(&self) -> Advice {
        use super::Suggested::{GiveUpdate, Incident};
        if self.update.is_some_and(|it| it.overdue) {
            let text =
                "give the update that is overdue; then resolve the incident, or say that the rollout goes on";
            return Advice::from(text).by(GiveUpdate).by(Incident);
        }
        Advice::from("resolve the incident, or say that the rollout goes on").by(Incident)
    }

    /// What a shared screen does not tell: who wrote what.
    pub(super) fn redact(&mut self) {
        let hidden = || Str::from("\u{2026}");
        self.title = hidden();
        self.known = format!("{} is {}.", self.name(), self.phase.word()).into();
        self.link = None;
        self.log.iter_mut().for_each(|line| line.text = hidden());
        self.follow_up.iter_mut().for_each(|it| *it = hidden());
        self.goes_on.iter_mut().chain(&mut self.told).for_each(|word| word.text = hidden());
    }
}

impl History {
    /// The newest incident.
    pub fn last_incident(&self) -> Option<&IncidentRecord> {
        self.incidents.last()
    }

    /// Takes in an entry about an incident. An entry about one that was never opened is kept, and means nothing.
    pub(super) fn hear_of_incident(&mut self, event: &Event) {
        let Act::Incident { incident, step } = &event.act else { return };
        let (seq, voice, number) = (self.len, Voice::of(event), *incident);
        let known = self.incidents.iter_mut().find(|it| it.number == number);
        match (known, step) {
            (None, IncidentStep::Opened(opening)) => {
                let (opening, entries) = (opening.clone(), Vec::new());
                self.incidents.push(IncidentRecord { number, opening, seq, voice, entries });
            }
            (Some(record), step) if !matches!(step, IncidentStep::Opened(_)) => {
                record.entries.push(IncidentEntry { seq, voice, step: step.clone() });
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_one_of_four() {
        assert_eq!(serde_json::from_str::<SeverityLevel>("1").unwrap().to_string(), "SEV-1");
        assert!(serde_json::from_str::<SeverityLevel>("0").is_err());
        assert!(serde_json::from_str::<SeverityLevel>("5").is_err());
        let [worst, .., least] = SeverityLevel::ALL;
        assert!(worst.is_worse_than(least) && !least.is_worse_than(worst) && !worst.is_worse_than(worst));
    }

    #[test]
    fn times_are_of_what_is_known() {
        let at = |minute: i64| DateTime::from_timestamp(minute * 60, 0).unwrap();
        let times = IncidentTimes {
            began: None,
            detected: at(10),
            opened: at(12),
            decided: Some(at(15)),
            mitigated: None,
            resolved: Some(at(50)),
            closed: None,
        };
        let minutes = |it: Option<Duration>| it.map(|it| it.as_secs() / 60);
        assert_eq!(times.to_detect(), None);
        assert_eq!(minutes(IncidentTimes { began: Some(at(3)), ..times }.to_detect()), Some(7));
        assert_eq!(
            [times.to_decide(), times.to_mitigate(), times.to_resolve()].map(minutes),
            [Some(5), None, Some(40)]
        );
    }
}
