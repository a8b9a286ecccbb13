//! Who may speak for what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Launch, Party, Str};

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
pub struct Role {
    /// Title for people; the role's name when there is none.
    pub title: Option<Str>,
    /// Holders, by name within the launch.
    pub people: Vec<Party>,
    /// A GitHub team (`org/slug`) whose members hold the role too.
    pub github_team: Option<Str>,
    /// The role that stands in when this one has no holder.
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
    pub fn of(party: &Party, people: &BTreeMap<Party, Person>, roles: &BTreeMap<Party, Role>) -> Self {
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
    /// Whether `person` speaks for `party`: is it, holds it as a role, or holds its fallback when the role itself
    /// has no holder. `teams` are the GitHub teams that the person is known to be in.
    pub fn speaks_for(&self, person: &Party, party: &Party, teams: &[Str]) -> bool {
        let mut seen = Vec::new();
        let mut current = party;
        loop {
            if current == person {
                return true;
            }
            let Some(role) = self.roles.get(current) else { return false };
            if role.people.contains(person)
                || role.github_team.as_ref().is_some_and(|team| teams.contains(team))
            {
                return true;
            }
            let vacant = role.people.is_empty() && role.github_team.is_none();
            match &role.fallback {
                Some(next) if vacant && !seen.contains(&next) => {
                    seen.push(next);
                    current = next;
                }
                _ => return false,
            }
        }
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
