//! The risks of launches: stated, accepted, and what became of them.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::plain;
use gonogo_domain::{RiskCourse, RiskStatus, RiskTally, TrackRecord, Triage, Voice, risks_again};
use gonogo_text::clean;

/// Those of one launch, for people.
pub(super) fn one(out: &mut String, all: &[RiskCourse]) {
    if all.is_empty() {
        return;
    }
    let _ = writeln!(out, "  risks       {}", RiskTally::of(all).said());
    for it in all {
        let _ = writeln!(out, "    {}", clean(&it.said()));
    }
}

/// Those that came up in several launches, for people.
pub(super) fn again(out: &mut String, launches: &[TrackRecord]) {
    for it in risks_again(launches.iter().flat_map(|it| &it.risks)) {
        let _ =
            writeln!(out, "risk {} came up in {} launches: {}", clean(&it.id), it.launches, it.tally.said());
    }
}

/// The last columns of a launch.
pub(super) fn columns(all: &[RiskCourse]) -> impl Iterator<Item = String> {
    let it = RiskTally::of(all);
    [it.opened, it.accepted, it.mitigated, it.closed, it.open].into_iter().map(|count| count.to_string())
}

/// A risk of a launch.
#[derive(Serialize)]
pub(super) struct RiskCourseJson {
    risk: String,
    what: String,
    worst: Triage,
    opened: RiskWordJson,
    accepted: Option<RiskAcceptanceJson>,
    became: RiskStatus,
    word: Option<RiskWordJson>,
    note: Option<String>,
}

#[derive(Serialize)]
struct RiskWordJson {
    by: String,
    at: DateTime<Utc>,
}

#[derive(Serialize)]
struct RiskAcceptanceJson {
    #[serde(flatten)]
    word: RiskWordJson,
    reason: String,
    until: DateTime<Utc>,
}

/// Risks counted by what became of them.
#[derive(Serialize)]
pub(super) struct RiskCountJson {
    opened: u32,
    accepted: u32,
    mitigated: u32,
    closed: u32,
    open: u32,
}

/// A risk of several launches.
#[derive(Serialize)]
pub(super) struct RiskAgainJson {
    risk: String,
    launches: u32,
    became: RiskCountJson,
}

/// Those that came up in several launches.
pub(super) fn all_again(launches: &[TrackRecord]) -> Vec<RiskAgainJson> {
    let all = risks_again(launches.iter().flat_map(|it| &it.risks)).into_iter();
    all.map(|it| RiskAgainJson { risk: plain(&it.id), launches: it.launches, became: it.tally.into() })
        .collect()
}

impl From<RiskTally> for RiskCountJson {
    fn from(it: RiskTally) -> Self {
        let RiskTally { opened, accepted, mitigated, closed, open } = it;
        Self { opened, accepted, mitigated, closed, open }
    }
}

impl From<&Voice> for RiskWordJson {
    fn from(voice: &Voice) -> Self {
        Self { by: plain(&voice.spoken().named()), at: voice.at }
    }
}

impl From<&RiskCourse> for RiskCourseJson {
    fn from(it: &RiskCourse) -> Self {
        let accepted = |it: &gonogo_domain::RiskAcceptance| RiskAcceptanceJson {
            word: RiskWordJson::from(&it.voice),
            reason: plain(&it.reason),
            until: it.until,
        };
        Self {
            risk: plain(&it.id),
            what: plain(&it.what),
            worst: it.worst,
            opened: RiskWordJson::from(&it.opened),
            accepted: it.accepted.as_ref().map(accepted),
            became: it.became,
            word: it.word.as_ref().map(RiskWordJson::from),
            note: it.note.as_deref().map(plain),
        }
    }
}
