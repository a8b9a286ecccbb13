//! `sentry.crash_free`: the share of a release's sessions that did not crash, in the last day.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Place, Sentry};
use crate::{
    Decoded, Limits,
    api::{Answered, Poll},
    fact::{Range, number},
    finding::finding,
    http::Request,
    spec::{Spec, args},
};
use gonogo_domain::{Failure, FailureKind, Outcome, Question};
use gonogo_yaml::{Problem, Spanned};

const RATE: &str = "crash_free_rate(session)";
const SUM: &str = "sum(session)";

/// How long ago the last day may have ended: totals are of whole hours.
const MOST_LATE: TimeDelta = TimeDelta::hours(2);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    place: Place,
    /// A share, 0 to 1.
    at_least: f64,
    sessions_at_least: u64,
}

#[derive(Deserialize)]
pub(super) struct Keys {
    release: Option<Spanned<String>>,
    environment: Option<Spanned<String>>,
    project: Option<Spanned<String>>,
    at_least: Spanned<f64>,
    sessions_at_least: Spanned<u64>,
}

#[derive(Deserialize)]
struct Sessions {
    groups: Vec<Group>,
    /// The end of the span that the totals are of.
    end: Option<Value>,
}

#[derive(Deserialize)]
struct Group {
    totals: HashMap<String, Option<f64>>,
}

pub(super) fn decode(limits: &Limits<'_>, problems: &mut Vec<Problem>) -> Option<Decoded> {
    let mut spec = Spec::new(limits, problems);
    let keys: Keys = spec.read()?;
    if !(0.0..=1.0).contains(&keys.at_least.value) || keys.at_least.value == 0.0 {
        spec.wrong(keys.at_least.at, "not a share above 0 and up to 1", "write 0.995 for 99.5 %");
    }
    if keys.sessions_at_least.value == 0 {
        spec.wrong(
            keys.sessions_at_least.at,
            "no sessions are no proof",
            "write how many there must be: 1000",
        );
    }
    let place =
        Place::check(&mut spec, keys.release.as_ref(), keys.environment.as_ref(), keys.project.as_ref());
    let (at_least, sessions_at_least) = (keys.at_least.value, keys.sessions_at_least.value);
    let said = format!(
        "crash-free sessions of {}, at least {} % of at least {sessions_at_least}",
        place.describe(),
        number(at_least * 100.0)
    );
    spec.finish(Wanted { place, at_least, sessions_at_least }, said)
}

pub(super) async fn answer(sentry: &Sentry, question: &Question, poll: &Poll<'_>) -> Answered {
    let wanted: Wanted = args(question)?;
    let project = sentry.project(&wanted.place, poll).await?;
    let search = format!("release:\"{}\"", wanted.place.release);
    let mut query = wanted.place.query(&project);
    query.extend([("field", RATE), ("field", SUM), ("statsPeriod", "24h"), ("includeSeries", "0")]);
    query.push(("query", &search));
    let url = sentry.api.folder(&["sessions"], &query)?;
    let response = sentry.api.send(poll, Request::get(url), "the sessions").await?;
    let sessions: Sessions = sentry.api.read(&response)?;
    let (mut outcome, mut reason) = judge(&wanted, &sessions)?;
    let end =
        sessions.end.as_ref().and_then(Value::as_str).and_then(|text| text.parse::<DateTime<Utc>>().ok());
    let over = end.zip(poll.server_time()).filter(|(end, now)| *now - *end > MOST_LATE);
    if let Some((end, _)) = over.filter(|_| outcome == Outcome::Holds) {
        (outcome, reason) = (
            Outcome::Unclear,
            format!("{reason}; but that is of the day up to {}", end.format("%Y-%m-%d %H:%M UTC")),
        );
    }
    let mut found = finding(outcome, reason, "sessions");
    found.url = sentry.page(&wanted.place);
    Ok(found)
}

fn judge(wanted: &Wanted, sessions: &Sessions) -> Result<(Outcome, String), Failure> {
    let group = match sessions.groups.as_slice() {
        [] => return Ok((Outcome::Unclear, "no sessions".into())),
        [group] => group,
        _ => return Err(Failure::new(FailureKind::Malformed, "more than one group of sessions")),
    };
    let incomplete = || Failure::new(FailureKind::Incomplete, "Sentry's totals are not whole");
    let sum = group.totals.get(SUM).copied().flatten().ok_or_else(incomplete)?;
    let rate = *group.totals.get(RATE).ok_or_else(incomplete)?;
    #[expect(clippy::cast_precision_loss, reason = "sessions are far fewer")]
    let enough = sum >= wanted.sessions_at_least as f64;
    let Some(rate) = rate.filter(|rate| (0.0..=1.0).contains(rate)) else {
        return Ok((Outcome::Unclear, "no rate: there were no sessions".into()));
    };
    let said = format!("{} % of {} sessions", number(rate * 100.0), number(sum));
    if !enough {
        return Ok((
            Outcome::Unclear,
            format!("{said}; at least {} are asked for", wanted.sessions_at_least),
        ));
    }
    let outcome = Range { at_least: Some(wanted.at_least), at_most: None }.judge(rate);
    let mark = if outcome == Outcome::Fails { "not " } else { "" };
    Ok((outcome, format!("{said}, {mark}at least {} %", number(wanted.at_least * 100.0))))
}
