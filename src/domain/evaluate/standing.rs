//! Which of people's words stand, and why the others do not (V8).

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::{
    super::{About, Ask, Gate, GateId, History, Kind, Launch, Oid, Party, SignOff, words},
    frame::Frame,
};

/// What becomes of one sign-off.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fate {
    /// It stands, until that moment of the board's clock if it ends by itself.
    Stands(Option<DateTime<Utc>>),
    /// It would stand, but the commit that it must be about is not known now.
    Unsure(String),
    /// It stands no more, and why.
    Void(String),
    /// It stood until its time was up.
    RunOut(DateTime<Utc>),
}

/// The newest word of each person in each role, oldest first, and what becomes of it.
pub(super) fn words_of<'a>(frame: &Frame<'a>, at: usize, ask: &Ask) -> Vec<(&'a SignOff, Fate)> {
    newest(frame.sign_offs[at]).map(|given| (given, fate(frame, at, ask, given))).collect()
}

fn newest(all: &[SignOff]) -> impl Iterator<Item = &SignOff> {
    let mut heard = HashSet::new();
    let mut newest: Vec<_> =
        all.iter().rev().filter(|given| heard.insert((&given.actor.name, &given.role))).collect();
    newest.reverse();
    newest.into_iter()
}

fn fate(frame: &Frame<'_>, at: usize, ask: &Ask, given: &SignOff) -> Fate {
    let gate = &frame.launch.gates[at];
    if let Some(why) = void(frame, gate, ask, given) {
        return Fate::Void(why);
    }
    if let Some(holder) = holder(frame, at, gate, ask, given) {
        return Fate::Void(format!("{holder}, for whom it stood in, has spoken"));
    }
    let commit = given.commit.as_ref();
    // Only a go asks for a second person: a no-go from anybody asked is heard.
    if given.go
        && let Some(other) = answered(frame.launch, frame.history, ask, &given.actor.name, commit)
    {
        return Fate::Void(format!("the same person answered {other}, which another person must"));
    }
    let ends = ends(frame.launch, gate, ask, given);
    if let Some(end) = ends.filter(|end| *end <= frame.latest) {
        return Fate::RunOut(end);
    }
    if ask.about == About::Commit
        && let Err((_, why)) = &frame.own_target().current
    {
        return Fate::Unsure(why.clone());
    }
    Fate::Stands(ends.map(|end| frame.ends(end)))
}

/// Whoever holds the role and has a word of their own that counts over the fallback's.
fn holder<'a>(frame: &Frame<'a>, at: usize, gate: &Gate, ask: &Ask, given: &SignOff) -> Option<&'a Party> {
    given.stands_in.as_ref()?;
    let counts = |own: &&SignOff| {
        let over = ends(frame.launch, gate, ask, own).is_some_and(|end| end <= frame.latest);
        own.role == given.role && own.stands_in.is_none() && !over && void(frame, gate, ask, own).is_none()
    };
    newest(frame.sign_offs[at]).find(counts).map(|own| &own.actor.name)
}

/// What makes a word void for good, except time and other people's words.
fn void(frame: &Frame<'_>, gate: &Gate, ask: &Ask, given: &SignOff) -> Option<String> {
    if let Some((_, reason)) = &given.withdrawn {
        return Some(format!("withdrawn: {reason}"));
    }
    if let Some(why) = held(frame.launch, frame.history, gate, given) {
        return Some(why);
    }
    if given.digest != gate.digest {
        return Some("the gate's text or evidence has changed since".into());
    }
    if !ask.by.contains(&given.role) {
        return Some(format!("{} is not asked", given.role));
    }
    if !frame.is_known(&given.actor) {
        return Some("the name was only claimed, and this launch asks for checked ones".into());
    }
    match ask.about {
        About::Launch => None,
        About::Version if given.version == frame.version => None,
        About::Version => Some(format!("it was about version {}, this is {}", given.version, frame.version)),
        About::Commit => match (&given.commit, frame.own_target().last) {
            // A no-go given while the commit was not known is about whatever it was: it stands.
            (None, _) => given.go.then(|| "it names no commit".into()),
            (Some(about), Some(last)) if about != last => {
                Some(format!("it was about commit {}, the target is {}", about.short(), last.short()))
            }
            _ => None,
        },
    }
}

/// A judgement from before a HOLD decision, where the launch asks for them anew after one.
pub(in crate::domain) fn held(
    launch: &Launch,
    history: &History,
    gate: &Gate,
    given: &SignOff,
) -> Option<String> {
    if !launch.policies.void_after_hold || !matches!(gate.kind, Kind::SignOff(_)) {
        return None;
    }
    let hold = history.last_hold().filter(|hold| given.seq < hold.seq)?;
    let at = words::moment(hold.at, launch.schedule.zone);
    Some(format!("it was said before the hold of {at}"))
}

/// When a word's time is up: the gate's own `max_age`, and for judgements the launch's policy.
pub(in crate::domain) fn ends(
    launch: &Launch,
    gate: &Gate,
    ask: &Ask,
    given: &SignOff,
) -> Option<DateTime<Utc>> {
    let policy = launch.policies.sign_offs_valid_for.filter(|_| matches!(gate.kind, Kind::SignOff(_)));
    let stands = [ask.max_age, policy].into_iter().flatten().min()?;
    Some(words::later(given.at, stands))
}

/// A gate of `apart_from` that this person answered for the same thing.
pub(in crate::domain) fn answered<'a>(
    launch: &Launch,
    history: &History,
    ask: &'a Ask,
    person: &Party,
    commit: Option<&Oid>,
) -> Option<&'a GateId> {
    let by_person = |at: usize| {
        let gate = &launch.gates[at];
        let bound = gate.ask().is_some_and(|ask| ask.about == About::Commit);
        history.sign_offs.get(&gate.id).into_iter().flatten().any(|word| {
            let same = !bound || word.commit.as_ref() == commit;
            same && word.actor.name == *person && word.withdrawn.is_none() && word.digest == gate.digest
        })
    };
    ask.apart_from.iter().find(|id| launch.inside(id).into_iter().any(by_person))
}

/// Who may answer, of the parties asked: those from whom nothing stands yet.
pub(super) fn missing(ask: &Ask, said: &[&SignOff]) -> Vec<Party> {
    let open = |party: &&Party| !said.iter().any(|given| given.role == **party);
    match ask.count {
        None => ask.by.iter().filter(open).cloned().collect(),
        Some(_) => ask.by.clone(),
    }
}
