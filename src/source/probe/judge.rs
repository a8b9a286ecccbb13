//! An answer against what was asked for. What came back is not repeated, but for a number that has limits.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Number, Value};

use super::{
    certificate::not_after,
    seconds,
    spec::{ComparedPart, ProbeSpec, ValuePlace, compared},
    stand_in,
};
use crate::http::{Response, decode_json};
use gonogo_domain::{Failure, Outcome};
use gonogo_text::span;

/// For so long an answer counts, unless a gate says otherwise (V5).
const FRESH: Duration = Duration::from_secs(600);

/// What to do about a page that may stand in for another.
const COMPARE: &str = "compare what only the right answer says: `json` or `header`, with `equals`";

/// What was seen.
pub(super) struct ProbedResponse<'a> {
    pub(super) response: &'a Response,
    /// From before the request to the end of the answer.
    pub(super) took: Duration,
    pub(super) now: DateTime<Utc>,
}

/// The outcome and the reason.
///
/// # Errors
/// A body that was to be JSON and is none.
pub(super) fn judge(look: &ProbeSpec, seen: &ProbedResponse<'_>) -> Result<(Outcome, String), Failure> {
    let status = seen.response.status();
    if !look.status.contains(&status) {
        return Ok((Outcome::Fails, wrong_status(look, status)));
    }
    let mut all = vec![(Outcome::Holds, format!("{status} in {}", seconds(seen.took)))];
    if let Some(old) = kept(seen.response) {
        // A page is what people get; what an answer says of the server is of the time when it was made.
        let outcome = if look.part.is_some() { Outcome::Unclear } else { Outcome::Holds };
        all.push((outcome, old));
    }
    if let Some(within) = look.within.map(Duration::from_millis)
        && seen.took > within
    {
        all.push((Outcome::Fails, format!("it may take {}", seconds(within))));
    }
    if let Some(least) = look.tls_valid_for {
        all.push(certificate(seen, least));
    }
    match &look.part {
        Some(part) => all.push(compare(part, seen.response)?),
        None if (200..300).contains(&status) => {
            let other = stand_in::seen(path_of(&look.url), seen.response);
            all.extend(other.map(|why| (Outcome::Unclear, format!("{why}; {COMPARE}"))));
        }
        None => {}
    }
    let outcome = all.iter().map(|(outcome, _)| *outcome).max().unwrap_or(Outcome::Unclear);
    let reasons: Vec<String> = all.into_iter().map(|(_, reason)| reason).collect();
    Ok((outcome, reasons.join("; ")))
}

/// What is behind the host.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default();
    path.split(['?', '#']).next().unwrap_or_default()
}

/// What to say of an answer that a cache has kept for longer than an answer counts (V5).
pub(super) fn kept(response: &Response) -> Option<String> {
    match response.age() {
        Some(age) if age <= FRESH => None,
        Some(age) => Some(format!("a cache has kept this answer for {}", span(age))),
        None => Some("a cache answered, and it is not known how old the answer is".into()),
    }
}

fn wrong_status(look: &ProbeSpec, status: u16) -> String {
    let wanted = look.status.iter().map(u16::to_string).collect::<Vec<_>>().join(" or ");
    match status {
        300..=399 => format!("{status}, a redirect, which is not followed; expected {wanted}"),
        _ => format!("{status}; expected {wanted}"),
    }
}

fn certificate(seen: &ProbedResponse<'_>, least: u64) -> (Outcome, String) {
    let Some(ends) = seen.response.certificate().and_then(not_after) else {
        return (Outcome::Unclear, "the expiry of the certificate cannot be read".into());
    };
    let left = ends - seen.now;
    let wanted = TimeDelta::seconds(i64::try_from(least).unwrap_or(i64::MAX / 1000));
    let day = ends.format("%Y-%m-%d");
    if left >= wanted {
        (Outcome::Holds, format!("the certificate is valid until {day}"))
    } else {
        let asked = span(Duration::from_secs(least));
        (
            Outcome::Fails,
            format!("the certificate ends on {day}, in {} d; at least {asked} are required", left.num_days()),
        )
    }
}

fn compare(part: &ComparedPart, response: &Response) -> Result<(Outcome, String), Failure> {
    let name = part.name();
    let found = match &part.place {
        ValuePlace::Header(header) => match response.header_values(header).as_slice() {
            [] => return Ok((Outcome::Unclear, format!("{name} is missing"))),
            [Some(value)] => Value::String((*value).trim().to_owned()),
            [None] => return Ok((Outcome::Unclear, format!("{name} cannot be read"))),
            _ => return Ok((Outcome::Unclear, format!("{name} occurs more than once"))),
        },
        ValuePlace::Json(pointer) => {
            let body: Value = decode_json(response)?;
            match body.pointer(pointer) {
                Some(value) => value.clone(),
                None => return Ok((Outcome::Unclear, format!("{name} is not in the answer"))),
            }
        }
    };
    Ok(match &part.equals {
        Some(wanted) if is_written_longer(&found, response.body()) => {
            let said = format!(
                "{name} is a number that ends in 0, of which nobody can tell whether {wanted} is meant"
            );
            (Outcome::Unclear, format!("{said}: let the answer say it as a text"))
        }
        Some(wanted) => equal(&name, &found, wanted),
        None => within(&name, &found, part),
    })
}

/// Whether a number with a fraction stands in the answer with zeros at its end: version 3.10 is 3.1 once it is read.
fn is_written_longer(found: &Value, body: &[u8]) -> bool {
    let Value::Number(number) = found else { return false };
    let text = number.to_string();
    let text = text.strip_suffix(".0").map_or_else(|| format!("{text}0"), |whole| format!("{whole}.00"));
    let of_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'.' || *byte == b'-';
    let begins = |at: usize| at.checked_sub(1).and_then(|at| body.get(at)).is_none_or(|it| !of_number(it));
    let mut places = body.windows(text.len()).enumerate();
    number.is_f64() && places.any(|(at, part)| part == text.as_bytes() && begins(at))
}

/// Whether a text is more than a number: 3.10 is another version than 3.1, build 0042 another name than 42, and the same
/// number.
fn may_be_version(text: &str) -> bool {
    let ends = |part: &str| part.ends_with('0') && !part.trim_end_matches('0').is_empty();
    let begins = |part: &str| part.len() > 1 && part.starts_with('0');
    text.split_once('.').map_or(begins(text), |(whole, part)| ends(part) || begins(whole))
}

/// Whether a text is that number; `None`: so large a number is not kept digit by digit.
#[expect(clippy::float_cmp, reason = "equality is what the gate asks for")]
fn is_number(value: &Number, wanted: &str) -> Option<bool> {
    /// From here on not every whole number has a floating one of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let whole = value.as_i128().zip(wanted.parse::<i128>().ok());
    if let Some((value, wanted)) = whole {
        return Some(value == wanted);
    }
    let (value, wanted) = (value.as_f64()?, wanted.parse::<f64>().ok());
    match wanted {
        None => Some(false),
        Some(wanted) if value.abs() < EXACT => Some(value == wanted),
        Some(wanted) => (value != wanted).then_some(false),
    }
}

fn equal(name: &str, found: &Value, wanted: &str) -> (Outcome, String) {
    let same = match found {
        Value::String(text) => text == wanted,
        Value::Bool(value) => value.to_string() == wanted,
        Value::Number(value) if value.to_string() != wanted && may_be_version(wanted) => {
            let said = format!("{name} is the number {value}, which may or may not mean {wanted}");
            return (Outcome::Unclear, format!("{said}: the answer should give it as text"));
        }
        Value::Number(value) if value.to_string() == wanted => true,
        Value::Number(value) => match is_number(value, wanted) {
            Some(same) => same,
            None => {
                let said = format!("{name} is a number with too many digits");
                return (Outcome::Unclear, format!("{said}: the answer should give it as text"));
            }
        },
        Value::Null | Value::Array(_) | Value::Object(_) => {
            return (Outcome::Unclear, format!("{name} is not a single value"));
        }
    };
    if same {
        (Outcome::Holds, format!("{name} is \"{wanted}\""))
    } else {
        (Outcome::Fails, format!("{name} is not \"{wanted}\""))
    }
}

fn within(name: &str, found: &Value, part: &ComparedPart) -> (Outcome, String) {
    let value = match found {
        Value::Number(value) => value.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let Some(value) = value else { return (Outcome::Unclear, format!("{name} is not a number")) };
    let outcome = part.range.judge(value);
    if outcome == Outcome::Unclear {
        return (outcome, format!("{name} is not a finite number"));
    }
    (outcome, format!("{name} is {}", compared(value, &part.range, outcome == Outcome::Holds)))
}
