//! Whose word something is, who wrote it down, and how far that is known.
//!
//! A word that somebody else wrote down is unverified, whatever the writer's token proves. Two words are those of two
//! people only if nobody said or wrote both.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Actor, Ballot, DecisionRecord, DecisionState, Event, Known, Launch, Party, SignOff, StageRecord, Str,
    Waiver,
};

/// Whose word it is, who wrote it down when that is somebody else, and whether a fallback says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spoken<'a> {
    /// Whose word.
    pub by: &'a Actor,
    /// Who wrote it down; `None`: they did it themselves.
    pub recorder: Option<&'a Actor>,
    /// The fallback that lets the giver speak; `None`: the giver holds the role.
    pub stands_in: Option<&'a Party>,
}

/// A person's word on a gate, as the board shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// What was said.
    pub said: Said,
    /// Whose word.
    pub by: Actor,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// In which role; `None` for a waiver and a "not needed".
    pub role: Option<Party>,
    /// The fallback by which it was said.
    pub stands_in: Option<Party>,
    /// The moment, by the clock of whoever recorded it.
    pub at: DateTime<Utc>,
    /// Why it counts no more.
    pub void: Option<Str>,
}

/// What a person recorded about a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// Go, or done.
    Go,
    /// No-go.
    NoGo,
    /// An exception is made for it.
    Waived,
    /// It is not needed.
    NotNeeded,
}

impl Word {
    /// A word in no role, which stands.
    pub(super) fn of(said: Said, spoken: Spoken<'_>, at: DateTime<Utc>) -> Self {
        let (by, recorder) = (spoken.by.clone(), spoken.recorder.cloned());
        Self { said, by, recorder, role: None, stands_in: spoken.stands_in.cloned(), at, void: None }
    }

    /// Whose word it is.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken::new(&self.by, self.recorder.as_ref(), self.stands_in.as_ref())
    }
}

impl<'a> Spoken<'a> {
    /// A word. Whoever writes down their own word is no second person.
    pub fn new(by: &'a Actor, recorder: Option<&'a Actor>, stands_in: Option<&'a Party>) -> Self {
        Self { by, recorder: recorder.filter(|it| !it.is_same(by)), stands_in }
    }

    /// Why this word may not stand where the launch asks for checked names; `None`: it may.
    pub fn doubt(self, launch: &Launch) -> Option<Str> {
        if !launch.policies.checked_identity {
            return None;
        }
        if let Some(recorder) = self.recorder {
            let name = &recorder.name;
            return Some(
                format!("it is unverified, written down by {name}, and this launch asks for checked names")
                    .into(),
            );
        }
        match &self.by.known {
            Known::Claimed => Some("the name is unverified, and this launch asks for checked ones".into()),
            Known::Checked { login } if !launch.is_login_of(&self.by.name, login) => {
                Some(format!("the GitHub login {login} is not that of {}", self.by.name).into())
            }
            Known::Checked { .. } => None,
        }
    }

    /// `octo`, `octo (as fallback)`; where somebody else wrote it down, all that is known: what is unverified never goes
    /// without saying.
    pub fn named(self) -> String {
        match (self.recorder, self.stands_in) {
            (Some(_), _) => self.to_string(),
            (None, Some(_)) => format!("{} (as fallback)", self.by.name),
            (None, None) => self.by.name.to_string(),
        }
    }

    /// `, as fallback`: an entry by somebody who speaks as a fallback says so wherever it is shown.
    pub fn as_fallback(self) -> &'static str {
        if self.stands_in.is_some() { ", as fallback" } else { "" }
    }

    /// Whether a token proved whose word it is, and nobody else wrote it down.
    pub(crate) fn is_proven(self) -> bool {
        self.recorder.is_none() && self.by.known != Known::Claimed
    }

    /// Everybody who had a part in it.
    pub fn voices(self) -> impl Iterator<Item = &'a Actor> {
        std::iter::once(self.by).chain(self.recorder)
    }
}

/// `octo (GitHub login octocat)`, `octo (unverified, as fallback: director)`, `octo (unverified, written down by hu)`.
impl fmt::Display for Spoken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.recorder {
            Some(recorder) => write!(f, "{} (unverified, written down by {}", self.by.name, recorder.name)?,
            None => write!(f, "{} ({}", self.by.name, self.by.known)?,
        }
        if let Some(role) = self.stands_in {
            write!(f, ", as fallback: {role}")?;
        }
        f.write_str(")")
    }
}

/// `unverified`, `GitHub login octocat`.
impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Claimed => f.write_str("unverified"),
            Self::Checked { login } => write!(f, "GitHub login {login}"),
        }
    }
}

impl Actor {
    /// Whether both are one person, as far as the two tell: one name, or one checked login under two names.
    pub fn is_same(&self, other: &Self) -> bool {
        self.name == other.name
            || matches!((&self.known, &other.known), (Known::Checked { login: one }, Known::Checked { login: two })
                if one.eq_ignore_ascii_case(two))
    }
}

impl Launch {
    /// The person of today's files behind a name. A checked login finds them also after the files renamed them.
    pub fn who<'a>(&'a self, actor: &'a Actor) -> &'a Party {
        match &actor.known {
            Known::Checked { login } if !self.people.contains_key(&actor.name) => {
                self.person_by_login(login).unwrap_or(&actor.name)
            }
            _ => &actor.name,
        }
    }

    /// One name for everything that is known to be one person: the login of the files or the token, else the name.
    pub(super) fn voice(&self, actor: &Actor) -> String {
        let login = match &actor.known {
            Known::Checked { login } => Some(login),
            Known::Claimed => self.people.get(&actor.name).and_then(|person| person.github.as_ref()),
        };
        login.map_or(actor.name.as_str(), |login| login).to_lowercase()
    }

    /// Whether a checked login is that of the person whom the files know by this name.
    pub(super) fn is_login_of(&self, name: &Party, login: &str) -> bool {
        match self.people.get(name) {
            Some(person) => person.github.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(login)),
            None => name.as_str().eq_ignore_ascii_case(login) || self.person_by_login(login).is_some(),
        }
    }
}

impl Event {
    /// Whose word it is.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken::new(&self.actor, self.recorder.as_ref(), self.stands_in.as_ref())
    }
}

impl SignOff {
    /// Whose word it is.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken::new(&self.actor, self.recorder.as_ref(), self.stands_in.as_ref())
    }
}

impl Waiver {
    /// Whose word it is.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken::new(&self.approver, self.recorder.as_ref(), self.stands_in.as_ref())
    }
}

impl Ballot {
    /// Whose word it is.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken::new(&self.actor, self.recorder.as_ref(), self.stands_in.as_ref())
    }
}

impl StageRecord {
    /// Whose word it is.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken::new(&self.actor, self.recorder.as_ref(), self.stands_in.as_ref())
    }
}

impl DecisionRecord {
    /// Whose word it is.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken::new(&self.actor, self.recorder.as_ref(), self.stands_in.as_ref())
    }
}

impl DecisionRecord {
    /// Why it may not stand: an unverified name where names must be checked, or a GO of somebody whose call it is not any more,
    /// by the launch's files. What stops is heard from whoever called it.
    pub(super) fn doubt(&self, launch: &Launch) -> Option<Str> {
        self.spoken().doubt(launch).or_else(|| {
            let plan = launch.roll_call.as_ref().filter(|_| self.decision.is_go())?;
            let may = launch.may_still(self.spoken(), std::slice::from_ref(&plan.final_call));
            let who = launch.who(&self.actor);
            (!may)
                .then(|| format!("{who} does not make the final call any more, by the launch's files").into())
        })
    }
}

impl DecisionState {
    /// Whose word it is.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken::new(&self.by, self.recorder.as_ref(), self.stands_in.as_ref())
    }
}
