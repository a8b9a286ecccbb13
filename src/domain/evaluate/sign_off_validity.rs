//! Which of people's words stand, and why the others do not (V8).

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::{
    super::{About, Ask, Gate, GateId, History, Kind, Launch, Oid, Party, SignOff, SignOffs, Spoken, format},
    eval_context::EvalContext,
};

/// What becomes of one sign-off.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Validity {
    /// It stands, until that moment of the board's clock if it ends by itself.
    Stands(Option<DateTime<Utc>>),
    /// It would stand, but the commit that it must be about is not known now.
    Unsure(String),
    /// It stands no more, and why.
    Void(String),
    /// It stood until its time was up.
    RunOut(DateTime<Utc>),
}

/// The newest word of each person in each role, oldest first, and what becomes of it. A word that is unverified where names must
/// be checked hides none that is proven, except a no-go: a claimed no-go takes a go away.
pub(super) fn words_of<'a>(frame: &EvalContext<'a>, at: usize, ask: &Ask) -> Vec<(&'a SignOff, Validity)> {
    let newest = newest(frame.launch, frame.sign_offs[at]);
    let others = Others::of(frame.launch, frame.history, ask);
    let holders = holders(frame, at, ask, &newest);
    newest.into_iter().map(|given| (given, validity(frame, at, ask, given, (&others, &holders)))).collect()
}

fn newest<'a>(launch: &Launch, all: Option<&'a SignOffs>) -> Vec<&'a SignOff> {
    let mut heard: HashMap<(&Party, &Party), HeardWord> = HashMap::new();
    let mut newest = all.map(SignOffs::newest).unwrap_or_default();
    newest.retain(|given| {
        let heard = heard.entry((launch.who(&given.actor), &given.role)).or_default();
        let doubted = given.spoken().doubt(launch).is_some();
        let hidden = match heard {
            HeardWord::Nothing => false,
            HeardWord::Claim { stops } => doubted || (*stops && given.go),
            HeardWord::Proven => true,
        };
        if !hidden {
            *heard = if doubted { HeardWord::Claim { stops: !given.go } } else { HeardWord::Proven };
        }
        !hidden
    });
    newest.reverse();
    newest
}

/// What was said last by a person in a role, looking back from the newest.
#[derive(Default)]
enum HeardWord {
    #[default]
    Nothing,
    /// Only what is unverified where names must be checked; whether it was a no-go.
    Claim {
        stops: bool,
    },
    Proven,
}

fn validity(
    frame: &EvalContext<'_>,
    at: usize,
    ask: &Ask,
    given: &SignOff,
    (others, holders): (&Others<'_>, &HashMap<&Party, &Party>),
) -> Validity {
    let gate = &frame.launch.gates[at];
    if let Some(why) = void(frame, gate, ask, given) {
        return Validity::Void(why);
    }
    if given.stands_in.is_some()
        && let Some(holder) = holders.get(&given.role)
    {
        return Validity::Void(format!("{holder}, for whom it stood in, has spoken"));
    }
    // Only a go needs a second person: a no-go counts from anybody who is asked.
    if given.go
        && let Some(why) = others.heard(frame.launch, given.spoken(), given.commit.as_ref())
    {
        return Validity::Void(why);
    }
    let ends = ends(frame.launch, gate, ask, given);
    if let Some(end) = ends.filter(|end| *end <= frame.latest) {
        return Validity::RunOut(end);
    }
    if ask.about == About::Commit
        && let Err((_, why)) = &frame.own_target().current
    {
        return Validity::Unsure(why.clone());
    }
    Validity::Stands(ends.map(|end| frame.ends(end)))
}

/// By role, whoever holds it and has a word of their own that counts over a fallback's.
fn holders<'a>(
    frame: &EvalContext<'a>,
    at: usize,
    ask: &Ask,
    newest: &[&'a SignOff],
) -> HashMap<&'a Party, &'a Party> {
    let mut all = HashMap::new();
    if newest.iter().all(|given| given.stands_in.is_none()) {
        return all;
    }
    let gate = &frame.launch.gates[at];
    for own in newest.iter().filter(|own| own.stands_in.is_none()) {
        let over = ends(frame.launch, gate, ask, own).is_some_and(|end| end <= frame.latest);
        if !over && void(frame, gate, ask, own).is_none() {
            all.entry(&own.role).or_insert(&own.actor.name);
        }
    }
    all
}

/// The newest word on a gate that stands by all that needs no clock and no commit; `None`: there is none.
pub(crate) fn newest_that_stands<'a>(
    launch: &Launch,
    history: &'a History,
    gate: &Gate,
) -> Option<&'a SignOff> {
    let ask = gate.ask()?;
    let mut words = newest(launch, history.sign_offs.get(&gate.id));
    let others = Others::of(launch, history, ask);
    words.retain(|given| {
        let twice = given.go && others.heard(launch, given.spoken(), given.commit.as_ref()).is_some();
        !twice && void_by_files(launch, history, gate, given).is_none()
    });
    let holder = |role: &Party| words.iter().any(|it| it.role == *role && it.stands_in.is_none());
    words.iter().rfind(|given| given.stands_in.is_none() || !holder(&given.role)).copied()
}

/// What makes a word void for good, except time and other people's words.
fn void(frame: &EvalContext<'_>, gate: &Gate, ask: &Ask, given: &SignOff) -> Option<String> {
    if let Some(why) = void_by_files(frame.launch, frame.history, gate, given) {
        return Some(why);
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

/// The same by what people said and the files say, whatever it is about.
pub(crate) fn void_by_files(
    launch: &Launch,
    history: &History,
    gate: &Gate,
    given: &SignOff,
) -> Option<String> {
    if let Some(why) = taken_back(launch, given) {
        return Some(why);
    }
    if let Some(why) = held(launch, history, gate, given) {
        return Some(why);
    }
    if let Some(from) = gate.counts_from.as_ref().filter(|from| given.at < from.at) {
        let from = format::moment(from.at, launch.schedule.zone);
        return Some(format!("it was said before this occurrence, which counts from {from} on"));
    }
    if given.digest != gate.digest {
        return Some("the gate's text or evidence has changed since".into());
    }
    if !gate.ask().is_some_and(|ask| ask.by.contains(&given.role)) {
        return Some(format!("{} is not asked", given.role));
    }
    if let Some(why) = given.spoken().doubt(launch) {
        return Some(why.to_string());
    }
    // A no-go stays until it is settled: taking its giver out of the files does not silence it.
    let role = &given.role;
    if given.go && !launch.may_still(given.spoken(), std::slice::from_ref(role)) {
        let who = launch.who(&given.actor);
        return Some(format!("{who} does not speak for {role} any more, by the launch's files"));
    }
    None
}

/// A judgement from before a HOLD decision, where the launch asks for them anew after one.
pub(crate) fn held(launch: &Launch, history: &History, gate: &Gate, given: &SignOff) -> Option<String> {
    if !launch.policies.void_after_hold || !matches!(gate.kind, Kind::SignOff(_)) {
        return None;
    }
    let hold = history.last_hold().filter(|hold| given.seq < hold.seq)?;
    let at = format::moment(hold.at, launch.schedule.zone);
    Some(format!("it was said before the hold of {at}"))
}

/// When a word's time is up: the gate's own `max_age`, and for judgements the launch's policy.
pub(crate) fn ends(launch: &Launch, gate: &Gate, ask: &Ask, given: &SignOff) -> Option<DateTime<Utc>> {
    let policy = launch.policies.sign_offs_valid_for.filter(|_| matches!(gate.kind, Kind::SignOff(_)));
    let stands = [ask.max_age, policy].into_iter().flatten().min()?;
    Some(format::later(given.at, stands))
}

/// Why a word that was taken back counts no more. What lifts a no-go needs the same proof as a go.
pub(crate) fn taken_back(launch: &Launch, given: &SignOff) -> Option<String> {
    let end = given.withdrawn.as_ref().filter(|end| given.go || end.spoken().doubt(launch).is_none())?;
    let reason = &end.reason;
    Some(match end.spoken().recorder {
        Some(_) => format!("withdrawn by {}: {reason}", end.spoken()),
        None => format!("withdrawn: {reason}"),
    })
}

/// What one person did about a gate, as far as another must do the next.
#[derive(Clone, Copy, Debug)]
struct SeparatedDuty<'a> {
    gate: &'a GateId,
    wrote_only: bool,
}

/// Who answered the gates of `apart_from`, or wrote such an answer down, and about which commit.
pub(crate) struct Others<'a> {
    /// By voice, and by commit where the gate is bound to one.
    parts: HashMap<(String, Option<Option<&'a Oid>>), SeparatedDuty<'a>>,
}

impl<'a> Others<'a> {
    pub fn of(launch: &Launch, history: &'a History, ask: &'a Ask) -> Self {
        let mut parts = HashMap::new();
        for id in &ask.apart_from {
            for at in launch.inside(id) {
                let gate = &launch.gates[at];
                let bound = gate.ask().is_some_and(|ask| ask.about == About::Commit);
                let words = history.sign_offs.get(&gate.id).map(SignOffs::parts).unwrap_or_default();
                for word in words.into_iter().filter(|it| it.digest == gate.digest) {
                    let commit = bound.then_some(word.commit.as_ref());
                    for voice in word.spoken().voices() {
                        let part = SeparatedDuty { gate: id, wrote_only: *voice != word.actor };
                        parts.entry((launch.voice(voice), commit)).or_insert(part);
                    }
                }
            }
        }
        Self { parts }
    }

    /// Why this word is not that of another person; `None`: it is.
    pub fn heard(&self, launch: &Launch, word: Spoken<'_>, commit: Option<&Oid>) -> Option<String> {
        if self.parts.is_empty() {
            return None;
        }
        let part = |voice| {
            let name = launch.voice(voice);
            let found =
                self.parts.get(&(name.clone(), None)).or_else(|| self.parts.get(&(name, Some(commit))));
            found.map(|part| (voice, *part))
        };
        let (voice, SeparatedDuty { gate, wrote_only }) = word.voices().find_map(part)?;
        let did = if wrote_only { "wrote down the answer to" } else { "answered" };
        Some(if *voice == *word.by && !wrote_only {
            format!("the same person answered {gate}, which another person must")
        } else {
            let also = if *voice == *word.by { "says it" } else { "wrote it down" };
            format!("{} {also} and {did} {gate}, which another person must", voice.name)
        })
    }

    /// Whether nobody is kept apart from this person by what was said so far.
    pub fn is_free(&self, launch: &Launch, person: &Party, commit: Option<&Oid>) -> bool {
        let actor = super::super::Actor { name: person.clone(), known: super::super::Known::Claimed };
        self.heard(launch, Spoken::new(&actor, None, None), commit).is_none()
    }
}

/// The words of so many different people: nobody said or wrote down two of them. Words of one's own come first.
pub(crate) fn different<'a>(launch: &Launch, goes: &[&'a SignOff]) -> Vec<&'a SignOff> {
    let mut heard: HashSet<String> = HashSet::new();
    let (own, claimed): (Vec<&SignOff>, Vec<_>) =
        goes.iter().copied().partition(|given| given.spoken().recorder.is_none());
    let mut all = Vec::with_capacity(goes.len());
    for given in own.into_iter().chain(claimed) {
        let voices: Vec<_> = given.spoken().voices().map(|voice| launch.voice(voice)).collect();
        if voices.iter().all(|voice| !heard.contains(voice)) {
            heard.extend(voices);
            all.push(given);
        }
    }
    all
}

/// Who may answer, of the parties asked: those from whom nothing stands yet.
pub(super) fn missing(ask: &Ask, said: &[&SignOff]) -> Vec<Party> {
    let open = |party: &&Party| !said.iter().any(|given| given.role == **party);
    match ask.count {
        None => ask.by.iter().filter(open).cloned().collect(),
        Some(_) => ask.by.clone(),
    }
}
