//! `sentry.crash_free`: how many of a release's sessions crashed in the last day, or the share that did not.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ReleaseScope, Sentry,
    windows::{Bad, STATUS, SUM, states_of},
};
use crate::{
    DecodedLimits, Description,
    api::{FindingResult, Poll},
    fact::{Range, beside, number, percent_limit},
    finding::finding,
    guardrail,
    http::HttpRequest,
    metric::{ONE_READING, weigh},
    spec::{LimitKeys, Spec, args},
};
use gonogo_domain::{Failure, FailureKind, Outcome, Question};
use gonogo_yaml::Spanned;

const RATE: &str = "crash_free_rate(session)";

/// How long ago the last day may have ended: totals are of whole hours.
const MOST_LATE: TimeDelta = TimeDelta::hours(2);

#[derive(Serialize, Deserialize)]
struct Wanted {
    place: ReleaseScope,
    #[serde(flatten)]
    asked: CrashFreeMeasure,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum CrashFreeMeasure {
    /// Sessions by how they ended; the share of bad ones must be under this.
    Counts { bad: Bad, at_most: f64 },
    /// One reading of Sentry's own rate, 0 to 1.
    Rate { at_least: f64, sessions_at_least: u64 },
}

#[derive(Deserialize)]
pub(super) struct Keys {
    release: Option<Spanned<String>>,
    environment: Option<Spanned<String>>,
    project: Option<Spanned<String>>,
    bad: Option<Spanned<String>>,
    at_most: Option<Spanned<String>>,
    at_least: Option<Spanned<f64>>,
    sessions_at_least: Option<Spanned<u64>>,
}

#[derive(Deserialize)]
struct Sessions {
    groups: Vec<Group>,
    /// The end of the span that the totals are of.
    end: Option<Value>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    by: HashMap<String, String>,
    totals: HashMap<String, Option<f64>>,
}

impl LimitKeys for Keys {
    const DESCRIPTION: Description = Description {
        proves: "a release's sessions do not crash",
        keys: &[
            ("release", "the release as Sentry knows it; the launch's version by default"),
            ("environment", "only of this environment"),
            ("project", "only of this project, by its slug"),
            ("bad", "`crashed` or `errored`: the share of such sessions passes once the counts prove it"),
            ("at_most", "with `bad`: the share that it must be under, such as `0.2%`"),
            ("at_least", "the rate of sessions without a crash, such as `0.998`"),
            ("sessions_at_least", "how many sessions the rate needs"),
        ],
    };

    fn limits(self, mut spec: Spec<'_, '_, '_>) -> Option<DecodedLimits> {
        let asked = match &self.bad {
            Some(bad) => counts(&mut spec, bad, &self),
            None => rate(&mut spec, &self),
        };
        let place = ReleaseScope::check(
            &mut spec,
            self.release.as_ref(),
            self.environment.as_ref(),
            self.project.as_ref(),
        );
        let asked = asked?;
        let said = match &asked {
            CrashFreeMeasure::Counts { bad, at_most } => {
                format!(
                    "{} sessions of {}, at most {} %",
                    bad.word(),
                    place.describe(),
                    percent_limit(*at_most)
                )
            }
            CrashFreeMeasure::Rate { at_least, sessions_at_least } => format!(
                "crash-free sessions of {}, at least {} % of at least {sessions_at_least}",
                place.describe(),
                percent_limit(*at_least)
            ),
        };
        spec.finish(Wanted { place, asked }, said)
    }
}

fn counts(spec: &mut Spec<'_, '_, '_>, bad: &Spanned<String>, keys: &Keys) -> Option<CrashFreeMeasure> {
    let other = keys.at_least.as_ref().map(|spot| spot.at);
    if let Some(at) = other.or(keys.sessions_at_least.as_ref().map(|spot| spot.at)) {
        spec.wrong(at, "`bad` needs only a limit", "write `at_most: 0.5%` alone");
    }
    let bad = Bad::read(spec, bad);
    let Some(most) = &keys.at_most else {
        spec.lacks("it has no limit", "add `at_most: 0.5%`");
        return None;
    };
    let at_most = guardrail::share(spec, most);
    Some(CrashFreeMeasure::Counts { bad: bad?, at_most: at_most? })
}

fn rate(spec: &mut Spec<'_, '_, '_>, keys: &Keys) -> Option<CrashFreeMeasure> {
    if let Some(spot) = &keys.at_most {
        spec.wrong(
            spot.at,
            "it does not say what to count",
            "add `bad: crashed`, or write `at_least: 0.995`",
        );
    }
    if let Some(spot) = keys.at_least.as_ref().filter(|it| !(it.value > 0.0 && it.value <= 1.0)) {
        spec.wrong(spot.at, "not a share above 0 and up to 1", "write 0.995 for 99.5 %");
    }
    if let Some(spot) = keys.sessions_at_least.as_ref().filter(|it| it.value == 0) {
        spec.wrong(spot.at, "it needs sessions to prove anything", "write how many are needed: 1000");
    }
    let absent =
        [("at_least", keys.at_least.is_none()), ("sessions_at_least", keys.sessions_at_least.is_none())];
    for (name, _) in absent.iter().filter(|(_, absent)| *absent) {
        let help =
            "write `bad: crashed` and `at_most: 0.5%`, or `at_least: 0.995` and `sessions_at_least: 1000`";
        spec.lacks(format!("it has no `{name}`"), help);
    }
    let (at_least, sessions) = (keys.at_least.as_ref()?.value, keys.sessions_at_least.as_ref()?.value);
    Some(CrashFreeMeasure::Rate { at_least, sessions_at_least: sessions })
}

pub(super) async fn answer(sentry: &Sentry, question: &Question, poll: &Poll<'_>) -> FindingResult {
    let wanted: Wanted = args(question)?;
    let project = sentry.release(&wanted.place, poll).await?.project;
    let search = format!("release:\"{}\"", wanted.place.release);
    let mut query = wanted.place.query(&project);
    query.extend([("field", SUM), ("statsPeriod", "24h"), ("includeSeries", "0")]);
    query.push(match &wanted.asked {
        CrashFreeMeasure::Rate { .. } => ("field", RATE),
        CrashFreeMeasure::Counts { .. } => ("groupBy", STATUS),
    });
    query.push(("query", &search));
    let url = sentry.api.folder(&["sessions"], &query)?;
    let response = sentry.api.send(poll, HttpRequest::get(url), "the sessions").await?;
    let sessions: Sessions = sentry.api.read(&response)?;
    let (mut outcome, mut reason) = match wanted.asked {
        CrashFreeMeasure::Rate { at_least, sessions_at_least } => {
            judge(at_least, sessions_at_least, &sessions)?
        }
        CrashFreeMeasure::Counts { bad, at_most } => weighed(bad, at_most, &sessions)?,
    };
    let end =
        sessions.end.as_ref().and_then(Value::as_str).and_then(|text| text.parse::<DateTime<Utc>>().ok());
    let over = end.zip(poll.server_time()).filter(|(end, now)| *now - *end > MOST_LATE);
    if let Some((end, _)) = over.filter(|_| outcome != Outcome::Fails) {
        (outcome, reason) = (
            Outcome::Unclear,
            format!("{reason}; but that is of the day up to {}", end.format("%Y-%m-%d %H:%M UTC")),
        );
    }
    let mut found = finding(outcome, reason, "sessions");
    found.url = sentry.page(&wanted.place);
    Ok(found)
}

fn judge(at_least: f64, sessions_at_least: u64, sessions: &Sessions) -> Result<(Outcome, String), Failure> {
    let group = match sessions.groups.as_slice() {
        [] => return Ok((Outcome::Unclear, "no sessions".into())),
        [group] => group,
        _ => return Err(Failure::new(FailureKind::Malformed, "more than one group of sessions")),
    };
    let incomplete = || Failure::new(FailureKind::Incomplete, "Sentry's totals are incomplete");
    let sum = group.totals.get(SUM).copied().flatten().ok_or_else(incomplete)?;
    let rate = *group.totals.get(RATE).ok_or_else(incomplete)?;
    #[expect(clippy::cast_precision_loss, reason = "sessions are far fewer")]
    let enough = sum >= sessions_at_least as f64;
    let Some(rate) = rate.filter(|rate| (0.0..=1.0).contains(rate)) else {
        return Ok((Outcome::Unclear, "no rate: there were no sessions".into()));
    };
    let percent = beside(rate * 100.0, [at_least * 100.0]);
    let said = format!("{percent} % of {} sessions", number(sum));
    if !enough {
        return Ok((Outcome::Unclear, format!("{said}; at least {sessions_at_least} are needed")));
    }
    let outcome = Range { at_least: Some(at_least), at_most: None }.judge(rate);
    let mark = if outcome == Outcome::Fails { "not " } else { "" };
    Ok((outcome, format!("{said}, {mark}at least {} %{ONE_READING}", percent_limit(at_least))))
}

/// Sessions by how they ended.
fn weighed(bad: Bad, most: f64, sessions: &Sessions) -> Result<(Outcome, String), Failure> {
    if sessions.groups.is_empty() {
        return Ok((Outcome::Unclear, "no sessions".into()));
    }
    let states = sessions.groups.iter().map(|group| {
        let count = group.totals.get(SUM).copied().flatten();
        (group.by.get(STATUS).map(String::as_str), count)
    });
    let (bad, all) = states_of(bad, states)?;
    Ok(weigh(bad, all, most))
}
