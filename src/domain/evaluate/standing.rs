//! Which of people's words stand, and why the others do not (V8).

use chrono::{DateTime, Utc};

use super::{
    super::{About, Ask, Gate, Kind, Party, SignOff, words},
    frame::Frame,
};

/// What becomes of one sign-off.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fate {
    /// It stands, until that moment if it ends by itself.
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
    let later = |at: usize, given: &SignOff| {
        all[at + 1..].iter().any(|other| other.actor.name == given.actor.name && other.role == given.role)
    };
    all.iter().enumerate().filter(move |(at, given)| !later(*at, given)).map(|(_, given)| given)
}

fn fate(frame: &Frame<'_>, at: usize, ask: &Ask, given: &SignOff) -> Fate {
    let gate = &frame.launch.gates[at];
    if let Some(why) = void(frame, gate, ask, given) {
        return Fate::Void(why);
    }
    if let Some(other) = not_apart(frame, ask, given) {
        return Fate::Void(format!("the same person answered {other}, which another person must"));
    }
    let ends = ends(frame, gate, ask, given);
    if let Some(end) = ends.filter(|end| *end <= frame.latest) {
        return Fate::RunOut(end);
    }
    if ask.about == About::Commit
        && let Some(Err((_, why))) = frame.target(gate).map(|target| &target.current)
    {
        return Fate::Unsure(why.clone());
    }
    Fate::Stands(ends)
}

/// What makes a word void for good, except time and other people's words.
fn void(frame: &Frame<'_>, gate: &Gate, ask: &Ask, given: &SignOff) -> Option<String> {
    if let Some((_, reason)) = &given.withdrawn {
        return Some(format!("withdrawn: {reason}"));
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
        About::Commit => {
            let Some(target) = frame.target(gate) else {
                return Some("its component is not in the launch".into());
            };
            match (&given.commit, target.last) {
                (None, _) => Some("it names no commit".into()),
                (Some(about), Some(last)) if about != last => {
                    Some(format!("it was about commit {}, the target is {}", about.short(), last.short()))
                }
                _ => None,
            }
        }
    }
}

fn ends(frame: &Frame<'_>, gate: &Gate, ask: &Ask, given: &SignOff) -> Option<DateTime<Utc>> {
    let policy = frame.launch.policies.sign_offs_valid_for.filter(|_| matches!(gate.kind, Kind::SignOff(_)));
    let stands = [ask.max_age, policy].into_iter().flatten().min()?;
    Some(words::later(given.at, stands))
}

/// A gate of `apart_from` that the same person answered for the same thing.
fn not_apart(frame: &Frame<'_>, ask: &Ask, given: &SignOff) -> Option<super::super::GateId> {
    ask.apart_from.iter().find(|id| answered(frame, id, given)).cloned()
}

fn answered(frame: &Frame<'_>, id: &super::super::GateId, given: &SignOff) -> bool {
    frame.launch.inside(id).into_iter().any(|at| {
        let other = &frame.launch.gates[at];
        let commit = other.ask().is_some_and(|ask| ask.about == About::Commit);
        frame.sign_offs[at].iter().any(|word| {
            word.actor.name == given.actor.name
                && word.withdrawn.is_none()
                && word.digest == other.digest
                && (!commit || word.commit == given.commit)
        })
    })
}

/// Who may answer, of the parties asked: those from whom nothing stands yet.
pub(super) fn missing(ask: &Ask, said: &[&SignOff]) -> Vec<Party> {
    let open = |party: &&Party| !said.iter().any(|given| given.role == **party);
    match ask.count {
        None => ask.by.iter().filter(open).cloned().collect(),
        Some(_) => ask.by.clone(),
    }
}
