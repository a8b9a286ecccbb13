//! Where an incident stands, by what was recorded about it.

use chrono::{DateTime, Utc};

use super::{
    IncidentEntry, IncidentPhase, IncidentRecord, IncidentRole, IncidentStep, IncidentTimes, IncidentWord,
    SeverityLevel,
};
use crate::{Launch, Party, Str, Voice, evaluate::incident};

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct IncidentStanding {
    pub phase: IncidentPhase,
    pub severity: SeverityLevel,
    pub lead: Party,
    pub comms: Option<Party>,
    pub scribe: Option<Party>,
    pub goes_on: Option<IncidentWord>,
    pub told: Option<IncidentWord>,
    pub times: IncidentTimes,
    pub follow_up: Vec<Str>,
    /// Each time that it was over.
    pub ends: Vec<IncidentEnd>,
}

/// A time that an incident was over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IncidentEnd {
    /// The place of the entry among all about it.
    pub entry: usize,
    /// It has come back since.
    pub is_back: bool,
}

impl IncidentStanding {
    /// Whether the rollout waits for it (V22).
    pub fn holds(&self) -> bool {
        self.phase.goes_on() && self.goes_on.is_none()
    }

    /// Who has this role.
    pub fn who(&self, role: IncidentRole) -> Option<&Party> {
        match role {
            IncidentRole::Lead => Some(&self.lead),
            IncidentRole::Comms => self.comms.as_ref(),
            IncidentRole::Scribe => self.scribe.as_ref(),
        }
    }

    fn hear(&mut self, entry: usize, IncidentEntry { voice, step, .. }: &IncidentEntry, counts: bool) {
        let word = |text: &Str| IncidentWord { voice: voice.clone(), text: text.clone() };
        match step {
            IncidentStep::Updated { text } => self.told = Some(word(text)),
            IncidentStep::Role { role, party } if counts => match role {
                IncidentRole::Lead => self.lead = party.clone(),
                IncidentRole::Comms => self.comms = Some(party.clone()),
                IncidentRole::Scribe => self.scribe = Some(party.clone()),
            },
            IncidentStep::Severity { level, .. } if level.is_worse_than(self.severity) => {
                // "The rollout goes on" was said about something less bad.
                (self.severity, self.goes_on) = (*level, None);
            }
            IncidentStep::Severity { level, .. } if counts => self.severity = *level,
            IncidentStep::Rollout { goes_on: false, .. } => self.goes_on = None,
            IncidentStep::Rollout { goes_on: true, reason } if counts => self.goes_on = Some(word(reason)),
            IncidentStep::Mitigated { .. } if self.phase == IncidentPhase::Open => {
                self.phase = IncidentPhase::Mitigated;
                self.times.mitigated = Some(voice.at);
            }
            IncidentStep::Resolved { .. } if counts && self.phase.goes_on() => {
                self.phase = IncidentPhase::Resolved;
                self.times.resolved = Some(voice.at);
                self.times.mitigated.get_or_insert(voice.at);
                self.ends.push(IncidentEnd { entry, is_back: false });
            }
            IncidentStep::Reopened { .. } if self.phase != IncidentPhase::Closed => {
                self.ends.iter_mut().for_each(|end| end.is_back = true);
                (self.phase, self.goes_on) = (IncidentPhase::Open, None);
                (self.times.mitigated, self.times.resolved) = (None, None);
            }
            IncidentStep::Closed { began, follow_up } if counts && self.phase == IncidentPhase::Resolved => {
                self.phase = IncidentPhase::Closed;
                self.times.closed = Some(voice.at);
                self.times.began = began.or(self.times.began);
                self.follow_up.clone_from(follow_up);
            }
            _ => {}
        }
    }

    fn decided(&mut self, at: DateTime<Utc>) {
        self.times.decided.get_or_insert(at);
    }
}

impl IncidentRecord {
    /// Where it stands. Anybody can stop the rollout; letting it go on needs a name that counts where the
    /// launch asks for checked ones. `None`: every word counts, as in a record of what was said.
    pub(crate) fn standing(&self, launch: Option<&Launch>) -> IncidentStanding {
        let counts = |voice: &Voice| launch.is_none_or(|launch| voice.spoken().doubt(launch).is_none());
        let (opening, opened) = (&self.opening, self.voice.at);
        let going = opening.goes_on.as_ref().filter(|_| counts(&self.voice));
        let mut standing = IncidentStanding {
            phase: IncidentPhase::Open,
            severity: opening.severity,
            lead: opening.lead.clone().unwrap_or_else(|| self.voice.by.name.clone()),
            comms: opening.comms.clone(),
            scribe: opening.scribe.clone(),
            goes_on: going.map(|reason| IncidentWord { voice: self.voice.clone(), text: reason.clone() }),
            told: None,
            times: IncidentTimes {
                began: opening.began,
                detected: opening.detected.unwrap_or(opened),
                opened,
                decided: going.map(|_| opened),
                mitigated: None,
                resolved: None,
                closed: None,
            },
            follow_up: Vec::new(),
            ends: Vec::new(),
        };
        // That the rollout goes on is a permission, and lasts as long as whoever gave it may give it.
        let permits = |voice: &Voice, lead: &Party| {
            launch.is_none_or(|launch| launch.may_still(voice.spoken(), &incident::who(launch, Some(lead))))
        };
        if !permits(&self.voice, &standing.lead) {
            standing.goes_on = None;
        }
        for (at, entry) in self.entries.iter().enumerate() {
            let goes_on = matches!(entry.step, IncidentStep::Rollout { goes_on: true, .. });
            let counts = counts(&entry.voice) && (!goes_on || permits(&entry.voice, &standing.lead));
            standing.hear(at, entry, counts);
            if entry.step.decides() {
                standing.decided(entry.voice.at);
            }
        }
        standing
    }
}

impl IncidentStep {
    /// Whether not everybody whom the launch names may say it.
    pub(crate) fn takes_a_right(&self) -> bool {
        match self {
            Self::Opened(opening) => opening.goes_on.is_some(),
            Self::Rollout { goes_on, .. } => *goes_on,
            Self::Role { .. } | Self::Severity { .. } | Self::Resolved { .. } | Self::Closed { .. } => true,
            Self::Logged { .. } | Self::Updated { .. } | Self::Mitigated { .. } | Self::Reopened { .. } => {
                false
            }
        }
    }

    /// Whether it is a decision, and no fact.
    pub(super) fn decides(&self) -> bool {
        matches!(self, Self::Logged { decision: true, .. } | Self::Rollout { .. })
    }
}

/// Everything recorded about an incident, for its record. What of it counts on a board is
/// [`super::IncidentState`].
#[derive(Clone, Debug)]
pub struct IncidentSaid {
    /// How bad.
    pub severity: SeverityLevel,
    /// Where it is.
    pub phase: IncidentPhase,
    /// What is to follow from it.
    pub follow_up: Vec<Str>,
    roles: [Option<Party>; 3],
}

impl IncidentSaid {
    /// Who has this role.
    pub fn of(&self, role: IncidentRole) -> Option<&Party> {
        let [lead, comms, scribe] = &self.roles;
        match role {
            IncidentRole::Lead => lead.as_ref(),
            IncidentRole::Comms => comms.as_ref(),
            IncidentRole::Scribe => scribe.as_ref(),
        }
    }
}

impl IncidentRecord {
    /// What was recorded.
    pub fn said(&self) -> IncidentSaid {
        let IncidentStanding { severity, phase, follow_up, lead, comms, scribe, .. } = self.standing(None);
        IncidentSaid { severity, phase, follow_up, roles: [Some(lead), comms, scribe] }
    }
}
