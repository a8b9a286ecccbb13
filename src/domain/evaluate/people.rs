//! Gates that people answer: tasks and sign-offs.

use std::collections::BTreeSet;

use super::{
    super::{
        Advice, Ask, Kind, Launch, Party, Rule, Said, SignOff, Stamp, Str, Suggested, Verdict, Word, format,
    },
    assessment::Assessment,
    eval_context::EvalContext,
    sign_off_validity::{self, Others, Validity},
};

/// What people have said so far, and who has yet to.
pub(super) fn own(frame: &EvalContext<'_>, at: usize, ask: &Ask) -> Assessment {
    if ask.by.is_empty() {
        return Assessment::unknown(Rule::V1, "nobody is named who may answer")
            .next("name somebody under `by`, or an owner");
    }
    let said = sign_off_validity::words_of(frame, at, ask);
    let mut own = if let Some(no) = against(&said) {
        no
    } else {
        let goes = goes(&said);
        let (have, wanted) = heard(frame.launch, ask, &goes);
        let unsure = said.iter().find_map(|(given, validity)| match validity {
            Validity::Unsure(why) if given.go => Some(why),
            _ => None,
        });
        match unsure {
            _ if have >= wanted => done(&said, &goes),
            Some(why) => Assessment::unknown(Rule::V8, format!("it is signed, but {why}"))
                .next("wait until the commit is known again"),
            None => open(frame, at, ask, &said, &goes, (have, wanted)),
        }
    };
    own.seen = said
        .iter()
        .filter(|(_, validity)| !matches!(validity, Validity::Void(_)))
        .map(|(given, _)| stamp(given))
        .next_back();
    own.rows = rows(frame, ask, &said);
    own.words = said.iter().map(|(given, validity)| word(frame, given, validity)).collect();
    let task = matches!(frame.launch.gates[at].kind, Kind::Task(_));
    own.evidence = if task { frame.kinds.task.clone() } else { frame.kinds.sign_off.clone() };
    // The commit behind these words goes stale by itself; then they prove nothing.
    if ask.about == super::super::About::Commit && !said.is_empty() {
        own.changes(frame.own_target().changes_at);
    }
    own
}

/// Somebody's no-go stands: also after its time, and while the commit is not known.
fn against(said: &[(&SignOff, Validity)]) -> Option<Assessment> {
    let (given, validity) =
        said.iter().find(|(given, validity)| !given.go && !matches!(validity, Validity::Void(_)))?;
    let note = given.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
    let mut own = Assessment::new(
        Verdict::NoGo,
        Rule::People,
        format!(
            "{} ({}{}) says no-go{}{note}",
            given.actor.name,
            given.role,
            given.spoken().as_fallback(),
            written_down(given)
        ),
    )
    .next(Advice::asking(given.actor.name.as_str(), "withdraw it or to say go"))
    .who(vec![given.role.clone()]);
    own.stale = !matches!(validity, Validity::Stands(_));
    if let Validity::Stands(Some(end)) = validity {
        own.changes(*end);
    }
    Some(own)
}

/// How many have said go, and how many must: parties when each of `by` is asked, else different people.
fn heard(launch: &Launch, ask: &Ask, goes: &[&SignOff]) -> (usize, usize) {
    match ask.count {
        None => (ask.by.len() - sign_off_validity::missing(ask, goes).len(), ask.by.len()),
        Some(count) => (sign_off_validity::different(launch, goes).len(), count.max(1) as usize),
    }
}

/// Those who said go and whose word stands.
fn goes<'a>(said: &[(&'a SignOff, Validity)]) -> Vec<&'a SignOff> {
    said.iter()
        .filter(|(given, validity)| given.go && matches!(validity, Validity::Stands(_)))
        .map(|(it, _)| *it)
        .collect()
}

fn done(said: &[(&SignOff, Validity)], goes: &[&SignOff]) -> Assessment {
    let by: Vec<_> = goes.iter().map(|given| given.spoken().named()).collect();
    let mut own = Assessment::new(Verdict::Go, Rule::People, format!("go by {}", format::list(&by)));
    own.since = goes.iter().map(|given| given.at).max();
    for (given, validity) in said {
        if let Validity::Stands(Some(end)) = validity
            && given.go
        {
            own.changes(*end);
        }
    }
    own
}

fn open(
    frame: &EvalContext<'_>,
    at: usize,
    ask: &Ask,
    said: &[(&SignOff, Validity)],
    goes: &[&SignOff],
    (have, wanted): (usize, usize),
) -> Assessment {
    let gate = &frame.launch.gates[at];
    let who = sign_off_validity::missing(ask, goes);
    let mut reason = match (&gate.kind, wanted) {
        (Kind::Task(_), 1) => format!("not done yet: waits for {}", format::list(&who)),
        (_, 1) => format!("not signed yet: waits for {}", format::list(&who)),
        _ => format!("{have} of {wanted} have answered: waits for {}", format::list(&who)),
    };
    let second = no_second(frame.launch, ask, goes);
    let lost = said.iter().rev().find_map(|(given, validity)| lost(frame, given, validity));
    for why in lost.into_iter().chain(second) {
        reason = format!("{reason}; {why}");
    }
    if let Some(why) = nobody_left(frame, ask, &who, goes, wanted.saturating_sub(have)) {
        let next = "request a waiver, or change in the files who is asked";
        return Assessment::pending(Rule::People, format!("{reason}; {why}")).next(next).who(Vec::new());
    }
    let answers = ask.asks.keys().map(|name| Str::from(&**name)).collect();
    let (verb, own) = if matches!(gate.kind, Kind::Task(_)) {
        ("do it and say so", "do it and say so")
    } else {
        ("sign", "sign it")
    };
    let mut own = Assessment::pending(Rule::People, reason)
        .next(
            Advice { own: own.into(), ..Advice::asking(&format::list(&who), verb) }
                .by(Suggested::SayGo { gate: gate.id.clone(), answers }),
        )
        .who(who);
    for (given, validity) in said {
        if let Validity::Stands(Some(end)) = validity
            && given.go
        {
            own.changes(*end);
        }
    }
    own
}

/// Why a word that stands is not one more person's: whoever said or wrote it down has another part in it.
fn no_second(launch: &Launch, ask: &Ask, goes: &[&SignOff]) -> Option<String> {
    ask.count?;
    let counted = sign_off_validity::different(launch, goes);
    let twice = goes.iter().find(|given| given.recorder.is_some() && !counted.contains(given))?;
    let recorder = twice.spoken().recorder?;
    Some(format!(
        "{}'s word is not one more: {}, who wrote it down, has a part in another",
        twice.actor.name, recorder.name
    ))
}

/// `, unverified, written down by octo`: an entry that somebody else wrote down says so wherever it is shown.
fn written_down(given: &SignOff) -> String {
    let recorder = given.spoken().recorder;
    recorder.map(|it| format!(", unverified, written down by {}", it.name)).unwrap_or_default()
}

/// A word for those who read the board without its sentences.
fn word(frame: &EvalContext<'_>, given: &SignOff, validity: &Validity) -> Word {
    let void = match validity {
        Validity::Stands(_) => None,
        Validity::Unsure(why) | Validity::Void(why) => Some(why.as_str().into()),
        Validity::RunOut(end) => Some(format!("it ran out at {}", frame.moment(*end)).into()),
    };
    let said = if given.go { Said::Go } else { Said::NoGo };
    Word { role: Some(given.role.clone()), void, ..Word::of(said, given.spoken(), given.at) }
}

/// Why the answers that are missing cannot come: everybody who could give them has answered what another person must,
/// or this already. `None`: somebody can, or a GitHub team may hold somebody.
fn nobody_left(
    frame: &EvalContext<'_>,
    ask: &Ask,
    who: &[Party],
    goes: &[&SignOff],
    missing: usize,
) -> Option<&'static str> {
    let launch = frame.launch;
    if ask.apart_from.is_empty() || !who.iter().all(|party| launch.names_all(party)) {
        return None;
    }
    let commit = frame.own_target().last;
    let named = launch.roles.values().flat_map(|role| &role.people).chain(launch.people.keys());
    let people: BTreeSet<&Party> = named.chain(who).filter(|it| !launch.roles.contains_key(*it)).collect();
    let others = Others::of(launch, frame.history, ask);
    let free = |person: &&&Party| {
        let said = goes.iter().any(|given| launch.who(&given.actor) == **person);
        others.is_free(launch, person, commit) && (ask.count.is_none() || !said)
    };
    let free: Vec<_> = people.iter().filter(free).collect();
    let can = |party: &Party| free.iter().filter(|it| launch.speaks_for(it, party, &[])).count();
    let enough = match ask.count {
        None => who.iter().all(|party| can(party) > 0),
        Some(_) => {
            let any = |person: &&&&Party| who.iter().any(|party| launch.speaks_for(person, party, &[]));
            free.iter().filter(any).count() >= missing
        }
    };
    (!enough).then_some("nobody is left who can: all others answered what another person must")
}

/// Why a word that was given counts no more.
fn lost(frame: &EvalContext<'_>, given: &SignOff, validity: &Validity) -> Option<String> {
    let name = &given.actor.name;
    match validity {
        Validity::Void(why) => Some(format!("{name}'s word is void: {why}")),
        Validity::RunOut(end) => Some(format!("{name}'s word ran out at {}", frame.moment(*end))),
        Validity::Stands(_) | Validity::Unsure(_) => None,
    }
}

fn stamp(given: &SignOff) -> Stamp {
    Stamp { wall: given.at, boot: None }
}

/// Who said what when, and who has yet to.
fn rows(frame: &EvalContext<'_>, ask: &Ask, said: &[(&SignOff, Validity)]) -> Vec<Str> {
    let mut rows: Vec<Str> = Vec::with_capacity(said.len());
    for (given, validity) in said {
        let mut row = String::with_capacity(64);
        row.extend([given.actor.name.as_str(), " (", given.role.as_str(), given.spoken().as_fallback(), ")"]);
        row.push_str(if given.go { ": go, " } else { ": no-go, " });
        row.push_str(&frame.moment(given.at));
        row.push_str(&written_down(given));
        for (name, answer) in &given.answers {
            row.extend([", ", name, ": ", answer]);
        }
        if let Some(lost) = lost(frame, given, validity) {
            row.extend([" (", &lost, ")"]);
        }
        rows.push(row.into());
    }
    if ask.count.is_none() {
        let heard = |party| {
            said.iter()
                .any(|(given, validity)| given.role == party && matches!(validity, Validity::Stands(_)))
        };
        rows.extend(ask.by.iter().filter(|party| !heard((*party).clone())).map(|party| {
            let spoke = said.iter().any(|(given, _)| given.role == *party);
            format!("{party}: no answer {}", if spoke { "that counts" } else { "yet" }).into()
        }));
    } else if heard(frame.launch, ask, &goes(said)).0 < heard(frame.launch, ask, &[]).1 {
        rows.push(format!("asked: {}", format::list(&ask.by)).into());
    }
    rows
}
