//! Who may speak for what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Actor, Launch, Party, Spoken, Str};

/// A person named in the launch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Name for people.
    pub name: Str,
    /// GitHub login, by which an identity is checked. Compared without case.
    pub github: Option<Str>,
}

/// A role: any holder speaks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchRole {
    /// Title for people; the role's name when there is none.
    pub title: Option<Str>,
    /// Holders, by name within the launch.
    pub people: Vec<Party>,
    /// A GitHub team (`org/slug`) whose members hold the role too.
    pub github_team: Option<Str>,
    /// The role that may speak when no holder of this one is there; a holder's own answer counts over it.
    pub fallback: Option<Party>,
    /// Whom to call when nobody answers.
    pub escalate_to: Option<Party>,
}

/// The GitHub accounts that speak for a person or a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logins {
    /// Of people, as the launch writes them. Compared without case.
    pub logins: Vec<Str>,
    /// Teams (`org/slug`) whose members count too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<Str>,
}

impl Logins {
    /// The accounts of a person, or of the holders of a role; those of its fallback when the role has no holder, as in
    /// [`Launch::speaks_for`]. Holders without a login have no account.
    pub fn of(party: &Party, people: &BTreeMap<Party, Person>, roles: &BTreeMap<Party, LaunchRole>) -> Self {
        let login = |name: &Party| people.get(name).and_then(|person| person.github.clone());
        let mut seen = vec![party];
        let mut current = party;
        while let Some(role) = roles.get(current) {
            let vacant = role.people.is_empty() && role.github_team.is_none();
            match &role.fallback {
                Some(next) if vacant && !seen.contains(&next) => {
                    seen.push(next);
                    current = next;
                }
                _ => {
                    let logins = role.people.iter().filter_map(login).collect();
                    return Self { logins, teams: role.github_team.clone().into_iter().collect() };
                }
            }
        }
        Self { logins: login(current).into_iter().collect(), teams: Vec::new() }
    }

    /// Whether nobody's account counts.
    pub fn is_empty(&self) -> bool {
        self.logins.is_empty() && self.teams.is_empty()
    }
}

impl Launch {
    /// Whether `person` speaks for `party`: is it, holds it as a role, or is its fallback. Nobody can
    /// know who is there, so a fallback may always speak; [`Self::is_first`] tells the two apart. `teams` are the GitHub
    /// teams that the person is known to be in.
    pub fn speaks_for(&self, person: &Party, party: &Party, teams: &[Str]) -> bool {
        self.through(person, party, teams).is_some()
    }

    /// Whether the word of `person` for `party` is the first that counts: they are it, hold it, or hold its fallback when
    /// the role itself has no holder.
    pub fn is_first(&self, person: &Party, party: &Party, teams: &[Str]) -> bool {
        self.through(person, party, teams).is_some_and(|(_, first)| first)
    }

    /// The role by which `person` is the fallback for `party`; `None`: they speak for it themselves, or not at all.
    pub fn stands_in<'a>(&'a self, person: &Party, party: &'a Party, teams: &[Str]) -> Option<&'a Party> {
        self.through(person, party, teams).filter(|(_, first)| !first).map(|(role, _)| role)
    }

    /// The person or role, along the fallbacks, by which a person speaks, and whether nobody comes before it.
    fn through<'a>(&'a self, person: &Party, party: &'a Party, teams: &[Str]) -> Option<(&'a Party, bool)> {
        let (mut current, mut first) = (party, true);
        // A circle of fallbacks is an error of the files; here it ends.
        for _ in 0..=self.roles.len() {
            if current == person {
                return Some((current, first));
            }
            let role = self.roles.get(current)?;
            let team = role.github_team.as_ref().is_some_and(|team| teams.contains(team));
            if team || role.people.contains(person) {
                return Some((current, first));
            }
            first &= role.people.is_empty() && role.github_team.is_none();
            current = role.fallback.as_ref()?;
        }
        None
    }

    /// Whether the files name everybody who speaks for it: no GitHub team is among them.
    pub fn names_all(&self, party: &Party) -> bool {
        let mut current = Some(party);
        for _ in 0..=self.roles.len() {
            let Some(role) = current.and_then(|it| self.roles.get(it)) else { return true };
            if role.github_team.is_some() {
                return false;
            }
            current = role.fallback.as_ref();
        }
        true
    }

    /// The role whose holders' word for it is the first that counts: itself, or the fallback of one that nobody holds.
    fn first_of<'a>(&'a self, party: &'a Party) -> Option<&'a LaunchRole> {
        let mut current = party;
        for _ in 0..=self.roles.len() {
            let role = self.roles.get(current)?;
            match &role.fallback {
                Some(next) if role.people.is_empty() && role.github_team.is_none() => current = next,
                _ => return Some(role),
            }
        }
        None
    }

    /// Whether the files name everybody whose word for it is the first that counts: no GitHub team is among them.
    pub(crate) fn names_first(&self, party: &Party) -> bool {
        self.first_of(party).is_none_or(|role| role.github_team.is_none())
    }

    /// Whether whoever gave a word may still give it by today's files, as they gave it: those who left do not, whoever spoke as
    /// a holder does not as a fallback of today, and where nobody is named nobody may. Of a team nobody knows here who is in it.
    pub(crate) fn may_still(&self, word: Spoken<'_>, parties: &[Party]) -> bool {
        let who = self.who(word.by);
        parties.iter().filter(|it| self.names(it)).any(|it| match word.stands_in {
            None => !self.names_first(it) || self.is_first(who, it, &[]),
            Some(_) => !self.names_all(it) || self.speaks_for(who, it, &[]),
        })
    }

    /// Whether the files name this person or role: as one of its own, or as who holds a role.
    pub(crate) fn names(&self, party: &Party) -> bool {
        let holds = |role: &LaunchRole| role.people.contains(party);
        self.people.contains_key(party) || self.roles.contains_key(party) || self.roles.values().any(holds)
    }

    /// Whether `own` is the word of a holder of one of these, and `word` that of a fallback who stood in for them: the holder's
    /// counts, whichever came first.
    pub(crate) fn is_over(&self, own: Spoken<'_>, word: Spoken<'_>, parties: &[Party]) -> bool {
        let Some(fallback) = word.stands_in else { return false };
        let behind = |party: &&Party| self.fallbacks(party).contains(&fallback);
        let of: Vec<Party> = parties.iter().filter(behind).cloned().collect();
        own.stands_in.is_none() && own.doubt(self).is_none() && self.may_still(own, &of)
    }

    /// The roles and persons that stand in for a role, nearest first.
    fn fallbacks<'a>(&'a self, party: &Party) -> Vec<&'a Party> {
        let mut all = Vec::new();
        let mut current = self.roles.get(party);
        while let Some(next) = current.and_then(|role| role.fallback.as_ref())
            && !all.contains(&next)
        {
            all.push(next);
            current = self.roles.get(next);
        }
        all
    }

    /// Whether somebody is this person or holds this role by today's files; a fallback that stands in does not hold it. Of a team
    /// only what `teams` says is known.
    pub(crate) fn holds(&self, actor: &Actor, party: &Party, teams: &[Str]) -> bool {
        let name = self.who(actor);
        name == party
            || self.roles.get(party).is_some_and(|role| {
                let team = role.github_team.as_ref().is_some_and(|team| teams.contains(team));
                team || role.people.contains(name)
            })
    }

    /// Whom to call when these do not answer, each once; those who are asked already are left out.
    pub fn escalation(&self, asked: &[Party]) -> Vec<Party> {
        let mut all: Vec<Party> = Vec::new();
        for to in asked.iter().filter_map(|it| self.roles.get(it)?.escalate_to.as_ref()) {
            if !asked.contains(to) && !all.contains(to) {
                all.push(to.clone());
            }
        }
        all
    }

    /// The person whose GitHub login this is.
    pub fn person_by_login(&self, login: &str) -> Option<&Party> {
        let same =
            |person: &Person| person.github.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(login));
        self.people.iter().find(|(_, person)| same(person)).map(|(name, _)| name)
    }

    /// The name of a person or role for people.
    pub fn title_of(&self, party: &Party) -> Str {
        if let Some(person) = self.people.get(party) {
            return person.name.clone();
        }
        self.roles.get(party).and_then(|role| role.title.clone()).unwrap_or_else(|| party.text())
    }
}
