//! What an answer other than 200 means. None of them says anything about the gate.

use serde_json::Value;

use crate::http::{Response, parse_json};
use gonogo_domain::{Failure, FailureKind};

/// The longest quotation of a server, in characters.
const LONGEST: usize = 160;

/// The failure that a status stands for.
pub(super) fn failure(
    response: &Response,
    what: &str,
    words: Option<&str>,
    advice: &str,
    address: &str,
) -> Failure {
    let status = response.status();
    let said = words.map_or_else(|| format!(" ({status})"), |words| format!(" ({status}: {words})"));
    let new = |kind, message: String| Failure::new(kind, message);
    match status {
        401 => new(FailureKind::Unauthorized, format!("the token is refused{said}")).advise(advice),
        403 if is_limit(response) => limited(&said),
        403 => new(FailureKind::Forbidden, format!("this token cannot see {what}{said}"))
            .advise("give the token permission to read it, or use another one"),
        404 => new(FailureKind::NotFound, format!("{what}: not found, or not visible to this token{said}"))
            .advise(format!("check the spelling of the name; or {address}")),
        408 => new(FailureKind::TimedOut, format!("the server gave up waiting{said}")),
        420 | 429 => limited(&said),
        400..=499 => new(FailureKind::Rejected, format!("the request for {what} was refused{said}")),
        500..=599 => new(FailureKind::ServerError, format!("the server has failed{said}")),
        _ => new(FailureKind::Malformed, format!("an unexpected answer{said}")).advise(address),
    }
}

fn limited(said: &str) -> Failure {
    Failure::new(FailureKind::RateLimited, format!("the server asks us to wait{said}"))
}

/// Some servers say 403 when they mean "too fast".
fn is_limit(response: &Response) -> bool {
    response.header("retry-after").is_some() || response.header("x-ratelimit-remaining") == Some("0")
}

/// What a server says about its refusal: one short line, without addresses' queries, which may hold keys.
pub(super) fn words(response: &Response) -> Option<String> {
    let body: Value = parse_json(response.body()).ok()?;
    let found = told(&body)?;
    let plain = found.split_whitespace().map(without_query).collect::<Vec<_>>().join(" ");
    let short: String = plain.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    (!short.is_empty()).then_some(short)
}

/// The text of an error, wherever servers put it.
fn told(body: &Value) -> Option<&str> {
    const KEYS: [&str; 9] = [
        "errorMessages",
        "errors",
        "errorDetails",
        "detail",
        "message",
        "error",
        "description",
        "title",
        "errorCode",
    ];
    match body {
        Value::String(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
        Value::Array(items) => items.iter().find_map(told),
        Value::Object(entries) => {
            let known = KEYS.iter().find_map(|key| entries.get(*key).and_then(told));
            // Jira's `errors` is a map of fields to words.
            known.or_else(|| {
                entries.values().find_map(|value| value.as_str().filter(|text| text.contains(' ')))
            })
        }
        _ => None,
    }
}

fn without_query(word: &str) -> &str {
    if word.contains("://") || word.starts_with('/') {
        word.split(['?', '#']).next().unwrap_or(word)
    } else {
        word
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_words_are_found_where_each_provider_puts_them() {
        let jira = json!({"errorMessages": [], "errors": {"jql": "Field 'x' does not exist."}});
        let cases = [
            (jira, Some("Field 'x' does not exist.")),
            (
                json!({"errorMessages": ["The value 'A' does not exist"], "errors": {}}),
                Some("The value 'A' does not exist"),
            ),
            (json!({"errors": ["Forbidden"]}), Some("Forbidden")),
            (
                json!({"type": "error.list", "errors": [{"code": "unauthorized", "message": "Access Token Invalid"}]}),
                Some("Access Token Invalid"),
            ),
            (json!({"error": {"code": 2001, "message": "Not Found"}}), Some("Not Found")),
            (
                json!({"object": "error", "status": 404, "code": "object_not_found", "message": "Could not find page"}),
                Some("Could not find page"),
            ),
            (json!({"error": "RecordNotFound", "description": "Not found"}), Some("RecordNotFound")),
            (json!({"count": 1}), None),
        ];
        for (body, expected) in cases {
            assert_eq!(told(&body), expected, "{body}");
        }
    }

    #[test]
    fn a_quoted_address_loses_its_query() {
        assert_eq!(without_query("https://h/x?api_key=canary#f"), "https://h/x");
        assert_eq!(without_query("/api?key=canary"), "/api");
        assert_eq!(without_query("why?"), "why?");
    }
}
