//! Forms of an incident.

use chrono::{DateTime, Utc};

use super::{
    super::{
        form::{Meaning, Name},
        incident_forms::{IncidentAsk, IncidentMeans},
    },
    FilledForm, Wrong,
};
use gonogo_domain::{Command, IncidentPhase, IncidentStep, Launch, Opening, Party, SeverityLevel, Str};

/// The command of a form of an incident, and of which one it is.
pub(super) fn compose(
    filled: &FilledForm<'_>,
    (ask, incident): (IncidentAsk, Option<u32>),
    launch: &Launch,
    now: DateTime<Utc>,
) -> Result<Command, Wrong> {
    let step = match ask {
        IncidentAsk::Open => IncidentStep::Opened(opening(filled, launch, now)?),
        IncidentAsk::Log => IncidentStep::Logged {
            text: filled.text(&Name::Note),
            decision: means(filled, &Name::Way) == Some(IncidentMeans::Decision(true)),
        },
        IncidentAsk::Update => IncidentStep::Updated { text: filled.text(&Name::Note) },
        IncidentAsk::Phase => phase(filled)?,
        IncidentAsk::Rollout => IncidentStep::Rollout {
            goes_on: means(filled, &Name::Rollout) == Some(IncidentMeans::GoesOn(true)),
            reason: filled.text(&Name::Reason),
        },
        IncidentAsk::Change => change(filled)?,
    };
    Ok(Command::Incident { incident, step })
}

fn means(filled: &FilledForm<'_>, name: &Name) -> Option<IncidentMeans> {
    match filled.meaning(name) {
        Some(Meaning::Incident(means)) => Some(*means),
        _ => None,
    }
}

fn opening(filled: &FilledForm<'_>, launch: &Launch, now: DateTime<Utc>) -> Result<Opening, Wrong> {
    let Some(IncidentMeans::Level(severity)) = means(filled, &Name::Level) else {
        return Err((filled.place(&Name::Level), "pick a severity".to_owned()));
    };
    let party = |name: &Name| filled.some(name).map(|it| Party::from(&*it));
    let detected = filled.some(&Name::Detected).map(|it| launch.schedule.typed_past(&it, now));
    let detected = detected.transpose().map_err(|why| (filled.place(&Name::Detected), why.to_string()))?;
    let goes_on = means(filled, &Name::Rollout) == Some(IncidentMeans::GoesOn(true));
    let why: Option<Str> = filled.some(&Name::Reason);
    if goes_on && why.is_none() {
        return Err((filled.place(&Name::Reason), "say why the rollout goes on".to_owned()));
    }
    Ok(Opening {
        title: filled.text(&Name::Title),
        severity,
        began: None,
        detected,
        lead: party(&Name::Lead),
        comms: party(&Name::CommsRole),
        scribe: party(&Name::Scribe),
        link: filled.some(&Name::Link),
        goes_on: why.filter(|_| goes_on),
    })
}

fn phase(filled: &FilledForm<'_>) -> Result<IncidentStep, Wrong> {
    let note = filled.some(&Name::Note);
    Ok(match means(filled, &Name::Step) {
        Some(IncidentMeans::Phase(IncidentPhase::Mitigated)) => IncidentStep::Mitigated { note },
        Some(IncidentMeans::Phase(IncidentPhase::Resolved)) => IncidentStep::Resolved { note },
        Some(IncidentMeans::Phase(IncidentPhase::Closed)) => {
            IncidentStep::Closed { began: None, follow_up: filled.parts(&Name::Conditions) }
        }
        Some(IncidentMeans::Phase(IncidentPhase::Open)) => IncidentStep::Reopened {
            reason: note.ok_or_else(|| (filled.place(&Name::Note), "say what is seen".to_owned()))?,
        },
        _ => return Err((filled.place(&Name::Step), "pick where it is".to_owned())),
    })
}

fn change(filled: &FilledForm<'_>) -> Result<IncidentStep, Wrong> {
    let to = filled.text(&Name::To);
    Ok(match means(filled, &Name::Way) {
        Some(IncidentMeans::Role(role)) => IncidentStep::Role { role, party: Party::from(&*to) },
        Some(IncidentMeans::Severity) => {
            let level = to.parse::<u8>().ok().and_then(|it| SeverityLevel::try_from(it).ok());
            let level =
                level.ok_or_else(|| (filled.place(&Name::To), "write 1, the worst, to 4".to_owned()))?;
            let reason = filled.some(&Name::Reason);
            let reason = reason.ok_or_else(|| (filled.place(&Name::Reason), "say why".to_owned()))?;
            IncidentStep::Severity { level, reason }
        }
        _ => return Err((filled.place(&Name::Way), "pick what changes".to_owned())),
    })
}
