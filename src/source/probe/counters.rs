//! Counters of a guardrail: numbers in a JSON answer that only grow, and what they grew by between two looks.
//!
//! - Such an answer is about now and never the past, so each look is recorded, and a cockpit that was restarted
//!   goes on with the last one.
//! - A counter that fell was set back, and what was counted in between is not known (`domain::Series`).
//! - The moment of a look is that before the request: what came in between counts for the next window.

use std::time::Duration;

use chrono::TimeDelta;
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fetched, Probe, judge, page, spec};
use crate::{
    GateLimits, Gauged,
    api::{FindingResult, Poll},
    finding::finding,
    guardrail::{
        DecodedGuardrail, Queries, THING, Wanted as Counts, WrittenControl, WrittenLimits, WrittenMeasure,
        counted, read, said,
    },
    http::decode_json,
    reach,
    spec::{Spec, args},
};
use gonogo_domain::{Counters, Failure, FailureKind, Measured, Measurement, Outcome, Question, Real};
use gonogo_yaml::{Problem, Spanned};

/// How far this machine's clock may be from the server's: windows are cut by ours.
const MOST_SKEW: TimeDelta = TimeDelta::seconds(60);
/// How long ago a cache may have kept what was counted.
const MOST_KEPT: Duration = Duration::from_secs(5);

#[derive(Serialize, Deserialize)]
struct Wanted {
    url: String,
    stage: Queries,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    control: Option<Queries>,
    /// What a value is in the limits' unit.
    scale: f64,
    /// Seconds. The loader adds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<i64>,
    /// From when on, in seconds since 1970. Whoever asks adds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
}

#[derive(Deserialize)]
pub(super) struct Keys {
    url: Spanned<String>,
    bad: Option<Spanned<String>>,
    total: Option<Spanned<String>>,
    value: Option<Spanned<String>>,
    unit: Option<Spanned<String>>,
    at_most: Option<Spanned<String>>,
    watch_at: Option<Spanned<String>>,
    stop_at: Option<Spanned<String>>,
    cluster: Option<Spanned<u64>>,
    control: Option<WrittenControl>,
}

pub(super) fn decode(
    written: &GateLimits<'_>,
    _: Duration,
    problems: &mut Vec<Problem>,
) -> Option<DecodedGuardrail> {
    let mut spec = Spec::new(written, problems);
    let keys: Keys = spec.read()?;
    spec::address(&mut spec, &keys.url);
    let Keys { url, bad, total, value, unit, at_most, watch_at, stop_at, cluster, control } = keys;
    let measure = WrittenMeasure { bad, total, value, control };
    let limits = WrittenLimits { unit, at_most, watch_at, stop_at, cluster };
    let pointer = |spec: &mut Spec<'_, '_, '_>, spot: &Spanned<String>| {
        spec::pointer(spec, spot, false);
    };
    let (Counts { stage, control, scale, .. }, tested) = read(&mut spec, &measure, &limits, pointer)?;
    let address = url.value.split(['?', '#']).next().unwrap_or_default();
    let said = format!("{address}: {}", said(&stage, &tested));
    let wanted = Wanted { url: url.value, stage, control, scale, window: None, since: None };
    let decoded = spec.finish(wanted, said)?;
    Some(DecodedGuardrail { args: decoded.args, limits: tested, said: decoded.said })
}

pub(super) async fn measure(probe: &Probe, question: &Question, poll: &Poll<'_>) -> FindingResult {
    let wanted: Wanted = args(question)?;
    let fetched = probe.fetch(&wanted.url, Method::GET, &[200], poll).await?;
    let body = body_of(&fetched)?;
    let Fetched { url, response, before, after } = fetched;
    if response.age().is_none_or(|age| age > MOST_KEPT) {
        let message = "a cache answered, so it is not known when this was counted";
        return Err(Failure::new(FailureKind::Incomplete, message)
            .advise("make sure no cache answers for the server"));
    }
    if response.date().is_some_and(|date| (date - after.wall).abs() > MOST_SKEW) {
        let message = "this machine's clock is off, so it is not known when this was counted";
        return Err(Failure::new(FailureKind::Incomplete, message).advise("set this machine's clock"));
    }
    let is = one(&wanted.stage, wanted.scale, &body)?;
    let control = wanted.control.as_ref().map(|queries| one(queries, wanted.scale, &body)).transpose()?;
    let window = wanted.window.unwrap_or_default();
    let mut found = finding(Outcome::Unclear, "", "counters");
    found.measured = Some(Measured::Counters(Counters { at: before.wall.timestamp(), is, control, window }));
    found.url = Some(page(url));
    Ok(found)
}

#[derive(Serialize, Deserialize)]
struct ActualQuery {
    url: String,
    json: String,
}

#[derive(Deserialize)]
pub(super) struct ActualKeys {
    url: Spanned<String>,
    json: Spanned<String>,
}

/// A number in an answer that tells how far a release is out, in percent.
pub(super) fn actual(written: &GateLimits<'_>, problems: &mut Vec<Problem>) -> Option<Gauged> {
    let mut spec = Spec::new(written, problems);
    let ActualKeys { url, json } = spec.read()?;
    spec::address(&mut spec, &url);
    let json = spec::pointer(&mut spec, &json, false);
    let address = url.value.split(['?', '#']).next().unwrap_or_default();
    let said = format!("percentage at {address}: {json}");
    Some((reach::ACTUAL, spec.finish(ActualQuery { url: url.value, json }, said)?))
}

#[derive(Deserialize)]
pub(super) struct ExposureKeys {
    url: Spanned<String>,
    seen: Spanned<String>,
    total: Spanned<String>,
}

/// Counters of those who have the release, and of all: they are looked at as a guardrail's are.
pub(super) fn exposure(written: &GateLimits<'_>, problems: &mut Vec<Problem>) -> Option<Gauged> {
    let mut spec = Spec::new(written, problems);
    let ExposureKeys { url, seen, total } = spec.read()?;
    spec::address(&mut spec, &url);
    let (seen, total) = (spec::pointer(&mut spec, &seen, false), spec::pointer(&mut spec, &total, false));
    let address = url.value.split(['?', '#']).next().unwrap_or_default();
    let said = format!("{address}: {seen} of {total}");
    let stage = Queries { bad: Some(seen), total: Some(total), value: None };
    let wanted = Wanted { url: url.value, stage, control: None, scale: 1.0, window: None, since: None };
    Some((THING, spec.finish(wanted, said)?))
}

pub(super) async fn told(probe: &Probe, question: &Question, poll: &Poll<'_>) -> FindingResult {
    let wanted: ActualQuery = args(question)?;
    let fetched = probe.fetch(&wanted.url, Method::GET, &[200], poll).await?;
    let body = body_of(&fetched)?;
    if let Some(old) = judge::kept(&fetched.response) {
        return reach::untold(old, "probe");
    }
    let percent = number(&wanted.json, &body)?;
    let mut found = reach::told(percent, percent, "probe")?;
    found.url = Some(page(fetched.url));
    Ok(found)
}

/// The JSON of an answer.
fn body_of(fetched: &Fetched) -> Result<Value, Failure> {
    let status = fetched.response.status();
    if status != 200 {
        let kind = match status {
            401 => FailureKind::Unauthorized,
            403 => FailureKind::Forbidden,
            404 => FailureKind::NotFound,
            500..=599 => FailureKind::ServerError,
            _ => FailureKind::Rejected,
        };
        let failure = Failure::new(kind, format!("{status} instead of numbers"));
        return Err(failure.at(page(fetched.url.clone())));
    }
    Ok(decode_json(&fetched.response)?)
}

fn number(pointer: &str, body: &Value) -> Result<f64, Failure> {
    let found = body.pointer(pointer).and_then(|value| match value {
        Value::Number(value) => value.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    });
    found.filter(|value| value.is_finite()).ok_or_else(|| {
        let message = format!("{pointer} is not a number, or not in the answer");
        Failure::new(FailureKind::Incomplete, message).advise("correct the pointer")
    })
}

/// What one arm counted up to now.
fn one(queries: &Queries, scale: f64, body: &Value) -> Result<Measurement, Failure> {
    let number = |pointer: &Option<String>| number(pointer.as_deref().unwrap_or_default(), body);
    let missing = || Failure::new(FailureKind::Incomplete, "what was counted is not a number");
    if queries.value.is_some() {
        let value = Real::new(number(&queries.value)? * scale).ok_or_else(missing)?;
        return Ok(Measurement::Value(value));
    }
    counted(number(&queries.bad)?, number(&queries.total)?)?.ok_or_else(missing)
}
