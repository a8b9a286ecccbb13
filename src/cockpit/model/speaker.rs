//! Whose word a form sends: the user's own, that of the holder who was called, or a fallback's. Nobody speaks for
//! another by default, and a fallback is chosen by name.

use super::{
    Model,
    form::{Choice, Field, Form, Meaning, Name, Value},
};
use gonogo_domain::Party;

impl Form {
    /// Whose word it is, if that was asked.
    pub fn speaker(&self) -> Option<&Party> {
        match self.voice()? {
            Meaning::By(party) | Meaning::Fallback(party) => Some(party),
            _ => None,
        }
    }

    /// Whether a fallback was chosen to speak.
    pub fn is_by_fallback(&self) -> bool {
        matches!(self.voice(), Some(Meaning::Fallback(_)))
    }

    fn voice(&self) -> Option<&Meaning> {
        let field = self.fields.iter().find(|it| it.name == Name::By)?;
        match &field.value {
            Value::Pick { options, picked: Some(at), .. } => options.get(*at).map(|it| &it.means),
            _ => None,
        }
    }
}

/// Who is asked for the word of a role; `None` when it can only be the user's own. Whoever writes down the answer of a
/// role with one holder is offered that holder; a word is never guessed among several, and never that of a fallback.
/// `anybody`: the user may say it in their own name without holding the role.
pub(super) fn by(model: &Model, role: &Party, can: &[Party], anybody: bool) -> Option<Field> {
    let me = model.me.as_ref()?;
    let launch = &model.launch;
    let named = can.iter().filter(|it| !launch.roles.contains_key(*it) && **it != me.name);
    let mut options: Vec<(String, Meaning)> =
        named.map(|party| (party.to_string(), Meaning::By(party.clone()))).collect();
    let own = launch.is_first(&me.name, role, &me.teams);
    let only = if options.len() == 1 { Some(0) } else { None };
    let picked = if own { Some(0) } else { only };
    if own {
        options.insert(0, (me.name.to_string(), Meaning::By(me.name.clone())));
    } else if anybody {
        options.push((me.name.to_string(), Meaning::By(me.name.clone())));
    }
    let others = launch.people.keys().filter(|it| **it != me.name).map(|it| (it, [].as_slice()));
    let all = std::iter::once((&me.name, me.teams.as_slice())).chain(others);
    // If a holder is at the keyboard, no fallback is needed.
    for (person, teams) in all.filter(|_| !own) {
        if let Some(fallback) = launch.stands_in(person, role, teams) {
            options.push((format!("{person}, as fallback ({fallback})"), Meaning::Fallback(person.clone())));
        }
    }
    if options.iter().all(|(_, means)| *means == Meaning::By(me.name.clone())) {
        return None;
    }
    Some(Field::pick(Name::By, "word of", keyed(options), picked))
}

/// Asks whether the user speaks as a fallback, where that is the only way in which they may speak for one of these.
pub(super) fn standing_in(model: &Model, parties: &[Party]) -> Option<Field> {
    let me = model.me.as_ref()?;
    if parties.iter().any(|party| model.launch.is_first(&me.name, party, &me.teams)) {
        return None;
    }
    let fallback = |party| Some((party, model.launch.stands_in(&me.name, party, &me.teams)?));
    let (party, role) = parties.iter().find_map(fallback)?;
    let label = format!("{}, as fallback for {party} ({role})", me.name);
    let option = (label, Meaning::Fallback(me.name.clone()));
    Some(Field::pick(Name::By, "word of", keyed(vec![option]), None))
}

/// The roles in which the user can answer: those they hold, and those for which they are the fallback, which have to be chosen.
pub(super) fn roles(model: &Model, by: &[Party]) -> Option<Field> {
    let first = |party: &&Party| {
        let me = model.me.as_ref();
        me.is_some_and(|me| model.launch.is_first(&me.name, party, &me.teams))
    };
    let stands_in = |party: &Party| {
        let me = model.me.as_ref()?;
        model.launch.stands_in(&me.name, party, &me.teams).cloned()
    };
    let held = by.iter().filter(first).count();
    let as_fallback = by.iter().any(|party| stands_in(party).is_some());
    if by.len() < 2 && (held > 0 || !as_fallback) {
        return None;
    }
    let mut options = Vec::new();
    // Whoever holds a role need not look for it; who holds none may be in a team that nobody here can see.
    if held > 0 || !as_fallback {
        options.push(Choice { key: '0', label: "the one that fits".to_owned(), means: Meaning::AnyRole });
    }
    let picked = (!options.is_empty()).then_some(0);
    options.extend(keyed(by.iter().map(|party| {
        let label = match stands_in(party) {
            Some(role) => format!("{party}, as fallback ({role})"),
            None => party.to_string(),
        };
        (label, Meaning::Role(party.clone()))
    })));
    Some(Field::pick(Name::Role, "in the role", options, picked))
}

fn keyed(options: impl IntoIterator<Item = (String, Meaning)>) -> Vec<Choice> {
    let keys = ('1'..='9').chain('a'..='z');
    options.into_iter().zip(keys).map(|((label, means), key)| Choice { key, label, means }).collect()
}
