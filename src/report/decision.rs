//! The newest decision, for machines: one form in every document.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use gonogo_domain::{Decision, DecisionState};
use gonogo_text::clean;

/// A decision in `--check` and in attestations; see `docs/check.schema.json`.
#[derive(Serialize)]
pub(super) struct DecisionJson {
    word: &'static str,
    label: &'static str,
    stands: bool,
    void: Option<String>,
    by: String,
    known: String,
    written_down_by: Option<String>,
    stands_in: Option<String>,
    at: String,
    reason: String,
    round: Option<u32>,
    commit: Option<String>,
    evidence: &'static str,
    option: Option<String>,
    until: Option<String>,
    conditions: Vec<String>,
    open_conditions: Vec<String>,
    new_date: Option<String>,
    t0: Option<String>,
    over: Vec<String>,
    considered: Vec<Considered>,
    to_do: Vec<String>,
    replaces: bool,
    review: Option<String>,
    risks: Vec<String>,
    dissent: Vec<Dissent>,
}

#[derive(Serialize)]
struct Considered {
    option: String,
    tradeoff: String,
}

#[derive(Serialize)]
struct Dissent {
    station: String,
    by: String,
    answer: &'static str,
    conditions: Vec<String>,
    note: Option<String>,
}

impl From<&DecisionState> for DecisionJson {
    fn from(it: &DecisionState) -> Self {
        let plain = |text: &str| clean(text).into_owned();
        let (option, new_date) = match &it.decision {
            Decision::Go { option } => (option.as_deref(), None),
            Decision::NoGo { option, new_date } => (option.as_deref(), *new_date),
            Decision::Hold { .. } | Decision::Scrub { .. } => (None, None),
        };
        let (until, conditions) = match &it.decision {
            Decision::Hold { until, until_true } => (*until, until_true.as_slice()),
            _ => (None, [].as_slice()),
        };
        let t0 = if let Decision::Scrub { t0 } = it.decision { Some(t0) } else { None };
        Self {
            word: it.decision.word(),
            label: it.label(),
            stands: it.stands,
            void: it.void.as_deref().map(plain),
            by: plain(it.by.name.as_str()),
            known: plain(&it.by.known.to_string()),
            written_down_by: it.recorder.as_ref().map(|who| plain(who.name.as_str())),
            stands_in: it.stands_in.as_ref().map(|who| plain(who.as_str())),
            at: moment(it.at),
            reason: plain(&it.reason),
            round: it.round,
            commit: it.commit.as_ref().map(|oid| oid.as_str().to_owned()),
            evidence: it.word.as_str(),
            option: option.map(plain),
            until: until.map(moment),
            conditions: conditions.iter().map(|it| plain(it)).collect(),
            open_conditions: it.waits_for.iter().map(|it| plain(it)).collect(),
            new_date: new_date.map(moment),
            t0: t0.map(moment),
            over: it.over.iter().map(|it| plain(it.as_str())).collect(),
            considered: it
                .terms
                .considered
                .iter()
                .map(|it| Considered { option: plain(&it.option), tradeoff: plain(&it.tradeoff) })
                .collect(),
            to_do: it.terms.conditions.iter().map(|it| plain(&it.said())).collect(),
            replaces: it.terms.replaces,
            review: it.terms.review.map(moment),
            risks: it.terms.risks.iter().map(|it| plain(&it.id)).collect(),
            dissent: it.dissent.iter().map(Dissent::from).collect(),
        }
    }
}

impl From<&gonogo_domain::Dissent> for Dissent {
    fn from(it: &gonogo_domain::Dissent) -> Self {
        let plain = |text: &str| clean(text).into_owned();
        Self {
            station: plain(it.station.as_str()),
            by: plain(it.by.as_str()),
            answer: it.vote.word(),
            conditions: it.vote.conditions().iter().map(|it| plain(it)).collect(),
            note: it.note.as_deref().map(plain),
        }
    }
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// What belongs to a decision beside its reason, as names and values for people. Foreign text is not yet sanitised.
pub(super) fn terms(it: &DecisionState) -> Vec<(&'static str, String)> {
    let at = |at: &DateTime<Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
    let mut all = Vec::new();
    match &it.decision {
        Decision::Go { option } => all.extend(option.iter().map(|it| ("option", it.to_string()))),
        Decision::NoGo { option, new_date } => {
            all.extend(option.iter().map(|it| ("option", it.to_string())));
            all.extend(new_date.iter().map(|it| ("next review", at(it))));
        }
        Decision::Hold { until, until_true } => {
            all.extend(until.iter().map(|it| ("until", at(it))));
            let state = |what: &gonogo_domain::Str| {
                if it.waits_for.contains(what) { "still open" } else { "true now" }
            };
            all.extend(until_true.iter().map(|what| ("until true", format!("{what} ({})", state(what)))));
        }
        Decision::Scrub { t0 } => all.push(("new T-0", at(t0))),
    }
    let own = &it.terms;
    all.extend(own.considered.iter().map(|it| ("considered", format!("{}: {}", it.option, it.tradeoff))));
    all.extend(own.conditions.iter().map(|it| ("condition", it.said())));
    if own.replaces {
        all.push(("replaces", "the conditions of earlier calls".to_owned()));
    }
    all.extend(own.review.iter().map(|it| ("next review", at(it))));
    all.extend(own.risks.iter().map(|it| {
        let accepted = if it.accepted { ", accepted" } else { "" };
        ("risk", format!("{} ({}{accepted}): {}", it.id, it.triage.word(), it.what))
    }));
    for given in it.dissent.iter().filter(|given| it.over.contains(&given.station)) {
        let note = given.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        all.push(("over", format!("{} ({}) said NO-GO{note}", given.station, given.by)));
    }
    all
}
