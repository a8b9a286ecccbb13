//! From a filled form of the meeting to a command.

use chrono::{DateTime, Utc};

use super::{FilledForm, Wrong, gate_named};
use crate::model::{
    form::{Meaning, Name, Value},
    meeting_forms::{BallotForm, Call, Say},
};
use gonogo_domain::{
    ChecklistId, Command, Condition, Considered, DecidedRisk, Decision, DecisionTerms, GateId, Launch, Party,
    Str, Vote,
};

pub(super) fn vote(filled: &FilledForm<'_>, launch: &Launch, ballot: BallotForm) -> Result<Command, Wrong> {
    let vote = match ballot.say {
        Say::Go => Vote::Go,
        Say::NoGo => Vote::NoGo,
        Say::Abstain => Vote::Abstain,
        Say::Conditions => Vote::GoWithConditions { conditions: filled.lines(&Name::Condition) },
        Say::Delegate => Vote::Delegate { to: to_whom(filled, launch)? },
    };
    let BallotForm { round, station, corrects, saw, .. } = ballot;
    Ok(Command::Vote { round, station, vote, note: filled.some(&Name::Note), corrects, saw })
}

/// The person or role that the text begins.
fn to_whom(filled: &FilledForm<'_>, launch: &Launch) -> Result<Party, Wrong> {
    let wrong = |why: String| (filled.place(&Name::To), why);
    let text = filled.text(&Name::To).to_lowercase();
    let named = |party: &&Party| party.as_str().to_lowercase() == text;
    let all = || launch.people.keys().chain(launch.roles.keys());
    if let Some(party) = all().find(named) {
        return Ok(party.clone());
    }
    let begins: Vec<&Party> = all().filter(|it| it.as_str().to_lowercase().starts_with(&text)).collect();
    match begins.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(wrong(format!("nobody in this launch is called {text}"))),
        several => {
            let names: Vec<_> = several.iter().take(6).map(|it| it.as_str()).collect();
            Err(wrong(format!("which one: {}?", names.join(", "))))
        }
    }
}

/// The final call that a form is about.
pub(super) struct Final {
    pub call: Call,
    pub seen: u64,
    /// Stations whose no-go it named.
    pub over: Vec<Party>,
    /// Risks that it named.
    pub risks: Vec<DecidedRisk>,
}

pub(super) fn decide(
    filled: &FilledForm<'_>,
    launch: &Launch,
    now: DateTime<Utc>,
    Final { call, seen, over, risks }: Final,
) -> Result<Command, Wrong> {
    let option = match filled.meaning(&Name::Option) {
        Some(Meaning::Option(option)) => option.clone(),
        _ => None,
    };
    let decision = match call {
        Call::Go | Call::Override => Decision::Go { option },
        Call::NoGo => Decision::NoGo { option, new_date: filled.moment(&Name::NewDate, launch, now)? },
        Call::Hold => Decision::Hold {
            until: filled.moment(&Name::Until, launch, now)?,
            until_true: until_true(filled, launch)?,
        },
        Call::Scrub => Decision::Scrub {
            t0: filled
                .moment(&Name::T0, launch, now)?
                .ok_or_else(|| (filled.place(&Name::T0), "give the new T-0".to_owned()))?,
        },
    };
    let reason = filled.text(&Name::Reason);
    let terms = DecisionTerms { risks, ..terms(filled, launch, now)? };
    let (overrides, seen) = (call == Call::Override, Some(seen));
    Ok(Command::Decide { decision, reason, overrides, over, seen, terms })
}

/// The options that were weighed, the conditions, the next review.
fn terms(filled: &FilledForm<'_>, launch: &Launch, now: DateTime<Utc>) -> Result<DecisionTerms, Wrong> {
    let mut terms =
        DecisionTerms { review: filled.moment(&Name::Review, launch, now)?, ..Default::default() };
    for (place, field) in filled.0.fields.iter().enumerate() {
        let Value::Text(text) = &field.value else { continue };
        let text = text.text().trim();
        match field.name {
            Name::Considered if !text.is_empty() => {
                terms.considered.push(Considered::parse(text).map_err(|why| (place, why))?);
            }
            Name::ToDo if !text.is_empty() => {
                terms.conditions.push(Condition::parse(text, launch, now).map_err(|why| (place, why))?);
            }
            _ => {}
        }
    }
    Ok(terms)
}

/// Gates and checklists by name; a gate's local name will do where it is the only one.
fn until_true(filled: &FilledForm<'_>, launch: &Launch) -> Result<Vec<Str>, Wrong> {
    let mut all = Vec::new();
    for (place, field) in filled.0.fields.iter().enumerate().filter(|(_, it)| it.name == Name::UntilTrue) {
        let Value::Text(text) = &field.value else { continue };
        let text = text.text().trim();
        if text.is_empty() {
            continue;
        }
        let bare = text.strip_prefix("checklist/").unwrap_or(text);
        if launch.gate(&GateId::from(text)).is_none()
            && launch.checklists.iter().any(|list| list.id == ChecklistId::from(bare))
        {
            all.push(format!("checklist/{bare}").into());
        } else if let Some(gate) = gate_named(launch, text) {
            all.push(gate.text());
        } else {
            return Err((place, format!("this launch has no gate or checklist `{text}`")));
        }
    }
    Ok(all)
}
