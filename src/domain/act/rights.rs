//! What every act has in common: who acts, on which board, with which words.

use std::cell::RefCell;

use super::{
    super::{
        Act, Actor, Board, Event, Gate, GateId, History, Known, Launch, Party, Spoken, Str,
        evaluate::eval_context, format,
    },
    ActEnvelope, Refusal, fallback,
};

/// The most characters of one text.
const LONGEST: usize = 4_000;

/// All that an act is judged by.
pub(super) struct ActContext<'a> {
    pub launch: &'a Launch,
    pub history: &'a History,
    pub board: &'a Board,
    pub context: &'a ActEnvelope,
    /// The fallback by which a right was used besides that of the act itself: to go against a decision, to make an exception.
    besides: RefCell<Option<Party>>,
}

impl<'a> ActContext<'a> {
    pub fn new(launch: &'a Launch, history: &'a History, board: &'a Board, context: &'a ActEnvelope) -> Self {
        Self { launch, history, board, context, besides: RefCell::default() }
    }

    /// Whoever uses the right of these as a fallback only is recorded as one.
    pub fn notes_fallback(&self, parties: &[Party]) {
        if self.speaks_as(parties, false).is_empty() {
            *self.besides.borrow_mut() = parties.iter().find_map(|party| self.stands_in(party));
        }
    }

    /// Nothing can be recorded in a journal that cannot be trusted (V11), or for another launch.
    pub fn open(&self) -> Result<(), Refusal> {
        if let Some(why) = &self.history.broken {
            return Err(Refusal::new("journal-broken", why.to_string())
                .instead("see what is wrong with it: gonogo verify"));
        }
        if self.board.launch != self.launch.id || self.board.checklist_digest != self.launch.digest {
            return Err(old("the files of the launch have changed since"));
        }
        Ok(())
    }

    /// Whether the actor is who the launch knows by that name. What only `stops` needs no proof of it.
    pub fn identity(&self, stops: bool) -> Result<(), Refusal> {
        let name = &self.context.actor.name;
        if name.as_str().trim().is_empty() || self.launch.roles.contains_key(name) {
            return Err(Refusal::new("not-a-person", format!("`{name}` is no person's name"))
                .instead("give your own name with --as, or in the user settings"));
        }
        let checked = self.launch.policies.checked_identity && !stops;
        if checked && let Some(recorder) = self.context.spoken().recorder {
            let why = format!(
                "this launch asks for checked identities, and {}'s word written down by {} is unverified",
                name, recorder.name
            );
            return Err(Refusal::new("identity-not-checked", why)
                .instead(format!("let {name} say it with their own GitHub token")));
        }
        let login = match &self.context.actor.known {
            Known::Checked { login } => login,
            Known::Claimed if checked => {
                return Err(Refusal::new("identity-not-checked", "this launch asks for checked identities")
                    .instead("sign in with a GitHub token: gonogo doctor says which"));
            }
            Known::Claimed => return Ok(()),
        };
        let nameless = self.launch.people.get(name).is_some_and(|person| person.github.is_none());
        if !self.launch.is_login_of(name, login) && (self.launch.policies.checked_identity || !nameless) {
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

    /// Those of the parties that the actor speaks for. As a fallback they do so only where they were chosen by name.
    pub fn speaks_for<'p>(&self, parties: &'p [Party]) -> Vec<&'p Party> {
        self.speaks_as(parties, self.context.by_name)
    }

    /// The same where it is known whether the speaker, or the role that is spoken for, was named.
    pub fn speaks_as<'p>(&self, parties: &'p [Party], by_name: bool) -> Vec<&'p Party> {
        let ActEnvelope { actor, teams, .. } = self.context;
        let own = |party: &&Party| {
            if by_name {
                self.launch.speaks_for(&actor.name, party, teams)
            } else {
                self.launch.is_first(&actor.name, party, teams)
            }
        };
        let mut roles: Vec<_> = parties.iter().filter(own).collect();
        roles.dedup();
        roles
    }

    /// The fallback by which the actor speaks for it.
    pub fn stands_in(&self, party: &Party) -> Option<Party> {
        let context = self.context;
        self.launch.stands_in(&context.actor.name, party, &context.teams).cloned()
    }

    /// Why an act is refused that the actor could do as a fallback: nobody speaks for another without saying so.
    pub fn stands_in_unasked<'p>(&self, mut parties: impl Iterator<Item = &'p Party>) -> Option<Refusal> {
        let name = &self.context.actor.name;
        let (party, role) = parties.find_map(|party| Some((party, self.stands_in(party)?)))?;
        let refusal = Refusal::new("only-stands-in", format!("{name} only stands in for {party}, as {role}"));
        Some(refusal.instead(format!("ask {party}, or choose the fallback by name: --as {name}")))
    }

    /// What `over` finds of the act as the word of a fallback, where the actor speaks for none of these but as one.
    pub fn as_fallback<T>(&self, parties: &[Party], over: impl FnOnce(Spoken<'_>) -> Option<T>) -> Option<T> {
        if !self.speaks_as(parties, false).is_empty() {
            return None;
        }
        let by = parties.iter().find_map(|party| self.stands_in(party))?;
        over(Spoken { stands_in: Some(&by), ..self.context.spoken() })
    }

    /// A holder's own word counts over a fallback's.
    pub fn holder_has_spoken(&self, own: Spoken<'_>, what: &str) -> Refusal {
        let (holder, name) = (&own.by.name, &self.context.actor.name);
        Refusal::new("holder-has-spoken", format!("{holder} {what}; {name} only stands in"))
            .instead(format!("ask {holder}"))
    }

    /// Whoever has a part in the act, by saying or by writing it down, and is that person or holds that role; a fallback
    /// that stands in does not hold it.
    pub fn holder(&self, party: &Party) -> Option<&'a Actor> {
        let context = self.context;
        let holds = |voice: &&Actor| {
            let own = context.actor.is_same(voice);
            self.launch.holds(voice, party, if own { &context.teams } else { &context.recorder_teams })
        };
        context.spoken().voices().find(holds)
    }

    /// Only who speaks for one of these may do it.
    pub fn may(&self, code: &'static str, what: &str, parties: &[Party]) -> Result<(), Refusal> {
        if !self.speaks_for(parties).is_empty() {
            return Ok(());
        }
        if let Some(refusal) = self.stands_in_unasked(parties.iter()) {
            return Err(refusal);
        }
        let refusal = Refusal::new(code, format!("{} may not {what}", self.context.actor.name));
        Err(if parties.is_empty() {
            refusal.instead("nobody is named who may: name somebody in launch.yaml")
        } else {
            refusal.instead(format!("ask {}", format::list(parties)))
        })
    }

    pub fn event(&self, act: Act) -> Event {
        Event {
            id: self.context.id,
            at: self.context.now.wall,
            actor: self.context.actor.clone(),
            recorder: self.context.recorder.clone(),
            stands_in: fallback::stands_in(self, &act).or_else(|| self.besides.borrow().clone()),
            launch: self.launch.id.clone(),
            version: eval_context::version(self.launch, self.history),
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
