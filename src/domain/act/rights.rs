//! What every act has in common: who acts, on which board, with which words.

use super::{
    super::{Act, Board, Event, Gate, GateId, History, Known, Launch, Party, Str, evaluate::frame, words},
    Context, Refusal,
};

/// The most characters of one text.
const LONGEST: usize = 4_000;

/// All that an act is judged by.
pub(super) struct Desk<'a> {
    pub launch: &'a Launch,
    pub history: &'a History,
    pub board: &'a Board,
    pub context: &'a Context,
}

impl<'a> Desk<'a> {
    /// Nothing can be recorded in a journal that can not be trusted (V11), or for another launch.
    pub fn open(&self) -> Result<(), Refusal> {
        if let Some(why) = &self.history.broken {
            return Err(Refusal::new("journal-broken", words::untrusted(why))
                .instead("see what is wrong with it: gonogo verify"));
        }
        if self.board.launch != self.launch.id || self.board.checklist_digest != self.launch.digest {
            return Err(old("the files of the launch have changed since"));
        }
        Ok(())
    }

    /// Whether the actor is who the launch knows by that name.
    pub fn identity(&self) -> Result<(), Refusal> {
        let name = &self.context.actor.name;
        if name.as_str().trim().is_empty() || self.launch.roles.contains_key(name) {
            return Err(Refusal::new("not-a-person", format!("`{name}` is no person's name"))
                .instead("give your own name with --as, or in the user settings"));
        }
        let login = match &self.context.actor.known {
            Known::Checked { login } => login,
            Known::Claimed if self.launch.policies.checked_identity => {
                return Err(Refusal::new("identity-not-checked", "this launch asks for checked identities")
                    .instead("sign in with a GitHub token: gonogo doctor says which"));
            }
            Known::Claimed => return Ok(()),
        };
        let expected = match self.launch.people.get(name) {
            Some(person) => person.github.clone().unwrap_or_default(),
            None => name.text(),
        };
        let same = expected.eq_ignore_ascii_case(login);
        if !same && (self.launch.policies.checked_identity || !expected.is_empty()) {
            return Err(Refusal::new(
                "identity-mismatch",
                format!("the GitHub login {login} is not that of {name}"),
            )
            .instead("act under your own name, or correct the login in launch.yaml"));
        }
        Ok(())
    }

    /// Whether a yes would be about a commit that is not known now.
    pub fn lacks_commit(&self) -> bool {
        self.launch.target.is_some() && self.board.commit.is_none()
    }

    /// A board past its own limit says nothing about now.
    pub fn fresh_board(&self) -> Result<(), Refusal> {
        let now = self.context.now.wall;
        if self.board.changes_at.is_some_and(|at| at <= now) {
            return Err(old("something has changed since"));
        }
        Ok(())
    }

    pub fn gate(&self, id: &GateId) -> Result<&'a Gate, Refusal> {
        self.launch.gate(id).ok_or_else(|| {
            Refusal::new("unknown-gate", format!("there is no gate `{id}` in this launch"))
                .instead("write its whole name, such as qa/smoke")
        })
    }

    /// A gate that applies to this launch, now.
    pub fn applicable(&self, id: &GateId) -> Result<&'a Gate, Refusal> {
        let gate = self.gate(id)?;
        let shown = self.board.gate(id).filter(|gate| gate.verdict == super::super::Verdict::NotApplicable);
        let why = gate.excluded.as_ref().or(shown.map(|gate| &gate.reason));
        match why {
            Some(why) => Err(Refusal::new("not-applicable", format!("{id} does not apply: {why}"))),
            None => Ok(gate),
        }
    }

    /// Those of the parties that the actor speaks for.
    pub fn speaks_for<'p>(&self, parties: &'p [Party]) -> Vec<&'p Party> {
        let context = self.context;
        let own = |party: &&Party| self.launch.speaks_for(&context.actor.name, party, &context.teams);
        let mut roles: Vec<_> = parties.iter().filter(own).collect();
        roles.dedup();
        roles
    }

    /// The fallback by which the actor speaks for it.
    pub fn stands_in(&self, party: &Party) -> Option<Party> {
        let context = self.context;
        self.launch.stands_in(&context.actor.name, party, &context.teams).cloned()
    }

    /// Whether the actor is that person or holds that role; a fallback that stands in does not hold it.
    pub fn holds(&self, party: &Party) -> bool {
        let name = &self.context.actor.name;
        name == party
            || self.launch.roles.get(party).is_some_and(|role| {
                let team = role.github_team.as_ref().is_some_and(|team| self.context.teams.contains(team));
                team || role.people.contains(name)
            })
    }

    /// Only who speaks for one of these may do it.
    pub fn may(&self, code: &'static str, what: &str, parties: &[Party]) -> Result<(), Refusal> {
        if !self.speaks_for(parties).is_empty() {
            return Ok(());
        }
        let refusal = Refusal::new(code, format!("{} may not {what}", self.context.actor.name));
        Err(if parties.is_empty() {
            refusal.instead("nobody is named who may: name somebody in launch.yaml")
        } else {
            refusal.instead(format!("ask {}", words::list(parties)))
        })
    }

    pub fn event(&self, act: Act) -> Event {
        Event {
            id: self.context.id,
            at: self.context.now.wall,
            actor: self.context.actor.clone(),
            recorder: self.context.recorder.clone(),
            launch: self.launch.id.clone(),
            version: frame::version(self.launch, self.history),
            commit: self.board.commit.clone(),
            checklist_digest: self.launch.digest.clone(),
            act,
        }
    }
}

fn old(why: &str) -> Refusal {
    Refusal::new("board-is-old", format!("this was asked of an old board: {why}"))
        .instead("look again, then repeat it")
}

/// A mandatory text: trimmed, not empty, not too long.
pub(super) fn said(what: &str, text: &str) -> Result<Str, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(
            Refusal::new("words-missing", format!("a {what} is needed")).instead(format!("give the {what}"))
        );
    }
    let length = text.chars().count();
    if length > LONGEST {
        return Err(Refusal::new("words-too-long", format!("the {what} has {length} characters"))
            .instead(format!("keep it within {LONGEST}")));
    }
    Ok(text.into())
}

/// The same for a text that may be left out.
pub(super) fn maybe_said(what: &str, text: Option<Str>) -> Result<Option<Str>, Refusal> {
    text.filter(|text| !text.trim().is_empty()).map(|text| said(what, &text)).transpose()
}
