//! OFREP (`OpenFeature` Remote Evaluation Protocol): what one context gets.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Expect, Flag};
use crate::{
    api::{Api, FindingResult, Poll},
    finding::finding,
    http::{Body, HttpRequest, Response, decode_json},
};
use gonogo_domain::{Failure, FailureKind, Outcome};

#[derive(Deserialize)]
struct Evaluation {
    key: Option<String>,
    /// Absent: the code's own default counts.
    value: Option<Value>,
    reason: Option<String>,
    variant: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "errorCode")]
    code: String,
}

/// Reasons that we know to mean that the flag is in use.
const IN_USE: [&str; 5] = ["STATIC", "TARGETING_MATCH", "SPLIT", "DEFAULT", "TARGETING_MATCH_SPLIT"];

/// Evaluates one flag.
pub(super) async fn answer(api: &Api, flag: &Flag, poll: &Poll<'_>) -> FindingResult {
    let url = api.url(&["ofrep", "v1", "evaluate", "flags", &flag.key], &[])?;
    let body = json!({ "context": flag.context });
    let response = api.exchange(poll, HttpRequest::post(url, Body::Json(body))).await?;
    if response.status() != 200 {
        return Err(refused(api, poll, &response, flag));
    }
    let evaluation: Evaluation = api.read(&response)?;
    if evaluation.key.as_deref().is_some_and(|key| key != flag.key) {
        return Err(Failure::new(FailureKind::Malformed, "the answer is about another flag"));
    }
    let (mut outcome, mut reasons) = (Outcome::Holds, Vec::new());
    if let Some(expect) = flag.expect {
        let (mut state, mut reason) = expected(expect, &evaluation);
        let odd = served_otherwise(expect, evaluation.value.as_ref());
        if let Some(why) = odd.filter(|_| state == Outcome::Holds && flag.value.is_none()) {
            state = Outcome::Unclear;
            reason = why.into();
        }
        outcome = outcome.max(state);
        reasons.push(reason);
    }
    if let Some(wanted) = &flag.value {
        let (same, reason) = valued(wanted, &evaluation);
        outcome = outcome.max(same);
        reasons.push(reason);
    }
    let mut found = finding(outcome, reasons.join("; "), "ofrep");
    let told = [("reason", &evaluation.reason), ("variant", &evaluation.variant)];
    let told =
        told.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value.as_ref()?).into()));
    found.rows = told.collect();
    Ok(found)
}

fn refused(api: &Api, poll: &Poll<'_>, response: &Response, flag: &Flag) -> Failure {
    let failure = api.refused(poll, response, &format!("the flag {}", flag.key));
    let code = decode_json::<Refusal>(response).map(|refusal| refusal.code).unwrap_or_default();
    match (response.status(), code.as_str()) {
        (400, "TARGETING_KEY_MISSING" | "INVALID_CONTEXT") => {
            failure.advise("add what the server needs to the gate: `context: { targetingKey: ... }`")
        }
        (404, "FLAG_NOT_FOUND") => failure.advise(
            "check the spelling of the name; or the flag is disabled and this is flagd before mid-2026, which says the same \
             then: update it, or enable the flag and ask for its `value`",
        ),
        _ => failure,
    }
}

fn expected(expect: Expect, evaluation: &Evaluation) -> (Outcome, String) {
    let reason = evaluation.reason.as_deref().unwrap_or_default();
    let enabled = match reason {
        "DISABLED" => Some(false),
        known if IN_USE.contains(&known) => Some(true),
        _ => None,
    };
    match (expect, enabled) {
        (Expect::Enabled, Some(true)) => (Outcome::Holds, "enabled".into()),
        (Expect::Disabled, Some(false)) => (Outcome::Holds, "disabled".into()),
        (Expect::Enabled, Some(false)) => (Outcome::Fails, "disabled".into()),
        (Expect::Disabled, Some(true)) => (Outcome::Fails, "enabled".into()),
        _ => (Outcome::Unclear, "the server's reason does not say what state it is in".into()),
    }
}

/// Why a state that holds is not what whoever asks gets; `None`: it is, as far as anybody can tell.
fn served_otherwise(expect: Expect, value: Option<&Value>) -> Option<&'static str> {
    match (expect, value) {
        (Expect::Enabled, Some(Value::Bool(false))) => {
            Some("enabled, but this context gets \"false\"; if that is intended, add `value: \"false\"`")
        }
        (Expect::Enabled, None | Some(Value::Null)) => Some(
            "enabled, but the server leaves the value to the code; give the flag a default variant on the server",
        ),
        (Expect::Disabled, Some(Value::Bool(true))) => Some(
            "disabled, but this context gets \"true\"; ask for the value that it should get: `value: \"false\"`",
        ),
        _ => None,
    }
}

fn valued(wanted: &str, evaluation: &Evaluation) -> (Outcome, String) {
    let found = match &evaluation.value {
        None | Some(Value::Null) => {
            return (Outcome::Unclear, "the server leaves the value to the code".into());
        }
        Some(Value::Array(_) | Value::Object(_)) => {
            return (Outcome::Unclear, "the value is not a single value".into());
        }
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    if found != wanted {
        return (Outcome::Fails, format!("this context gets \"{found}\", not \"{wanted}\""));
    }
    match evaluation.reason.as_deref() {
        // The value beside DISABLED is a fallback; it is not what was set.
        Some("DISABLED") => (Outcome::Fails, "the flag is disabled".into()),
        Some("ERROR") => (Outcome::Unclear, "the server fell back after an error".into()),
        // Out of date, out of a cache, or by a rule that nobody knows: what is set now may be another value.
        Some(reason) if !IN_USE.contains(&reason) => {
            (Outcome::Unclear, format!("this context gets \"{wanted}\", but the server's reason is {reason}"))
        }
        _ => (Outcome::Holds, format!("this context gets \"{wanted}\"")),
    }
}
