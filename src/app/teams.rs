//! Who holds a role by a GitHub team: asked once a session, of GitHub alone.
//!
//! Fails closed: whoever cannot be seen to be a member is none, and a refusal says that the team could not be seen, and
//! which permission the token lacks.

use std::collections::{BTreeMap, BTreeSet};

use super::{AppError, Opened, sources};
use gonogo_domain::{Actor, Failure, Known, Launch, Str};

/// The members of the launch's teams, as far as they can be seen.
#[derive(Clone, Debug, Default)]
pub struct Teams {
    seen: BTreeMap<Str, Result<BTreeSet<String>, Failure>>,
}

impl Teams {
    /// Asks GitHub for the members of every team that a role of this launch names. A launch without one asks nothing.
    ///
    /// # Errors
    /// A token that cannot be one.
    pub async fn ask(opened: &Opened) -> Result<Self, AppError> {
        let mut teams = Self::default();
        let named = named(&opened.loaded.launch);
        if named.is_empty() {
            return Ok(teams);
        }
        let Some(source) = sources::of_people(&opened.settings)? else { return Ok(teams) };
        for team in named {
            let answer = tokio::time::timeout(super::identity::PATIENCE, source.members(&team)).await;
            let late =
                || Err(Failure::new(gonogo_domain::FailureKind::TimedOut, "GitHub did not answer in time"));
            teams.seen.insert(team, answer.unwrap_or_else(|_| late()));
        }
        Ok(teams)
    }

    /// The teams that a person is seen to be in. A claimed name counts by the login that the launch gives it.
    pub fn of(&self, actor: &Actor, launch: &Launch) -> Vec<Str> {
        let login = match &actor.known {
            Known::Checked { login } => Some(login),
            Known::Claimed => launch.people.get(&actor.name).and_then(|person| person.github.as_ref()),
        };
        let Some(login) = login.map(|login| login.to_lowercase()) else { return Vec::new() };
        let in_it = |(team, seen): (&Str, &Result<BTreeSet<String>, Failure>)| {
            seen.as_ref().is_ok_and(|members| members.contains(&login)).then(|| team.clone())
        };
        self.seen.iter().filter_map(in_it).collect()
    }

    /// Each team with its number of members, or why they cannot be seen.
    pub fn each(&self) -> impl Iterator<Item = (&Str, Result<usize, &Failure>)> {
        self.seen.iter().map(|(team, seen)| (team, seen.as_ref().map(BTreeSet::len)))
    }

    /// What to add to a refusal: the teams whose members nobody could see.
    pub fn unseen(&self) -> Option<String> {
        let why = |(team, seen): (&Str, Result<usize, &Failure>)| {
            let failure = seen.err()?;
            let next = failure.next.as_ref().map(|next| format!("; {next}")).unwrap_or_default();
            Some(format!("who is in the GitHub team {team} is not known: {}{next}", failure.message))
        };
        let all: Vec<_> = self.each().filter_map(why).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }
}

/// The teams that roles name, each once.
pub(super) fn named(launch: &Launch) -> BTreeSet<Str> {
    launch.roles.values().filter_map(|role| role.github_team.clone()).collect()
}
