//! Everybody whom the journal names, whoever the files name by now: somebody who left, or a member of a team that GitHub
//! knows, is still in what was said.

use super::{Act, Actor, Event, History, IncidentStep, Known, Party, ReviewStep, RiskStep, Vote};

impl History {
    /// Takes in the names in an event. Some of them are names of roles.
    pub(super) fn hear_names(&mut self, event: &Event) {
        for actor in std::iter::once(&event.actor).chain(&event.recorder) {
            self.hear_actor(actor);
        }
        match &event.act {
            Act::Voted { vote: Vote::Delegate { to }, .. } => self.hear_name(to),
            Act::Asked { of, .. } => of.iter().for_each(|it| self.hear_name(it)),
            Act::Incident { step: IncidentStep::Opened(it), .. } => {
                [&it.lead, &it.comms, &it.scribe].into_iter().flatten().for_each(|it| self.hear_name(it));
            }
            Act::Incident { step: IncidentStep::Role { party, .. }, .. } => self.hear_name(party),
            Act::Risk { step: RiskStep::Stated(it), .. } => self.hear_name(&it.owner),
            Act::Review {
                step: ReviewStep::FollowUp { owner: Some(owner), .. } | ReviewStep::Assigned { owner, .. },
            } => self.hear_name(owner),
            Act::Decided { terms, .. } => {
                terms.conditions.iter().for_each(|it| self.hear_name(&it.owner));
            }
            _ => {}
        }
    }

    fn hear_actor(&mut self, actor: &Actor) {
        self.hear_name(&actor.name);
        if let Known::Checked { login } = &actor.known
            && !self.logins.contains_key(login)
        {
            self.logins.insert(login.clone(), actor.name.clone());
        }
    }

    fn hear_name(&mut self, name: &Party) {
        if !self.named.contains(name) {
            self.named.insert(name.clone());
        }
    }
}
