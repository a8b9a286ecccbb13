//! The same release under another name: whoever renames a launch in its files begins with an empty journal, and a stop that
//! was called under the old name is not known there any more. It is pointed out.

use serde::Deserialize;

use gonogo_domain::{Decision, History, IncidentPhase, Launch, Str, TargetRef};
use gonogo_journal::Journal;

/// Other launches of the journal that are looked into.
const MOST: usize = 40;

/// What a decision keeps of the launch that it was made for.
#[derive(Deserialize)]
struct Kept {
    version: Str,
    target: Option<TargetRef>,
}

/// What stopped this version of this repository under another name; `None`: nothing that is known.
pub(super) fn stopped(launch: &Launch, journal: &Journal) -> Option<Str> {
    let target = launch.target.as_ref()?;
    let all = journal.launches().wait().ok()?;
    let mut others = all.into_iter().filter(|id| **id != *launch.id).take(MOST);
    others.find_map(|id| told(launch, target, &id, journal))
}

fn told(launch: &Launch, target: &TargetRef, id: &str, journal: &Journal) -> Option<Str> {
    let events = journal.calls_of(id).wait().ok()?;
    let history = History::fold(&events);
    let newest = history.decision()?;
    let kept: Kept = newest.board.read().ok()?;
    let same = kept.target.is_some_and(|it| it.repository.eq_ignore_ascii_case(&target.repository));
    if !same || kept.version != launch.version {
        return None;
    }
    let incident = history.last_incident().map(|it| (it.number, it.said().phase));
    let what = match (&newest.decision, incident) {
        (Decision::Go { .. }, Some((number, IncidentPhase::Open | IncidentPhase::Mitigated))) => {
            format!("incident {number} goes on")
        }
        (Decision::Go { .. }, _) => return None,
        _ => {
            let at = newest.at.format("%Y-%m-%d %H:%M UTC");
            format!("{} was the last call, by {} at {at}", newest.label(), newest.spoken().named())
        }
    };
    let (repository, version) = (&target.repository, &launch.version);
    Some(
        format!(
            "the journal knows {version} of {repository} as launch {id}, where {what}: if this is the same launch, nothing that \
             was said there counts here"
        )
        .into(),
    )
}
