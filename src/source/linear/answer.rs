//! An answer of Linear, errors first: whole data, data with holes, or a failure in the domain's words.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::http::{Response, decode_json};
use gonogo_domain::{Failure, FailureKind};
use gonogo_text as text;

/// Longest text of the server that a failure repeats, in characters.
const MOST_SAID: usize = 200;

/// What came back for one document.
#[derive(Debug)]
pub(super) enum DocumentAnswer {
    /// Every alias is there unless it is named in `broken`.
    Data {
        /// By alias.
        data: Map<String, Value>,
        /// Aliases that an error touched: what is in `data` for them is not whole.
        broken: BTreeMap<String, Failure>,
    },
    /// No data, and the aliases that are to blame: the others may be asked again without them.
    Blamed(BTreeMap<String, Failure>),
    /// No data at all.
    Failed(Failure),
}

impl DocumentAnswer {
    /// The same, once it is known what was asked: an error whose path names none of it may be about any of it, and so
    /// spoils all.
    #[must_use]
    pub(super) fn of(self, asked: &dyn Fn(&str) -> bool) -> Self {
        let (Self::Data { broken, .. } | Self::Blamed(broken)) = &self else { return self };
        match broken.iter().find(|(alias, _)| !asked(alias)) {
            Some((_, stranger)) => Self::Failed(stranger.clone()),
            None => self,
        }
    }
}

/// Reads an answer. The errors in the body count before the status: a rate limit comes as 400, a missing thing as 200.
pub(super) fn read(response: &Response) -> DocumentAnswer {
    let status = response.status();
    match decode_json::<Value>(response) {
        Ok(Value::Object(body)) => {
            let errors = match body.get("errors") {
                None | Some(Value::Null) => &[],
                Some(Value::Array(errors)) => errors.as_slice(),
                Some(other) => std::slice::from_ref(other),
            };
            if errors.is_empty() {
                without_errors(status, body.get("data"))
            } else {
                with_errors(status, errors, body.get("data"))
            }
        }
        Ok(_) => DocumentAnswer::Failed(of_status(status).unwrap_or_else(not_an_answer)),
        Err(error) => DocumentAnswer::Failed(of_status(status).unwrap_or_else(|| error.into())),
    }
}

fn not_an_answer() -> Failure {
    Failure::new(FailureKind::Malformed, "Linear's answer is not a GraphQL answer")
}

fn without_errors(status: u16, data: Option<&Value>) -> DocumentAnswer {
    if let Some(failure) = of_status(status) {
        return DocumentAnswer::Failed(failure);
    }
    match data {
        Some(Value::Object(data)) => DocumentAnswer::Data { data: data.clone(), broken: BTreeMap::new() },
        Some(Value::Null) => {
            DocumentAnswer::Failed(Failure::new(FailureKind::Incomplete, "Linear answered without data"))
        }
        _ => DocumentAnswer::Failed(not_an_answer()),
    }
}

fn with_errors(status: u16, errors: &[Value], data: Option<&Value>) -> DocumentAnswer {
    let failures: Vec<_> = errors.iter().map(|error| (alias(error), classify(error, status))).collect();
    let first_of = |kind| failures.iter().find(|(_, failure)| failure.kind == kind);
    let all_lost = first_of(FailureKind::RateLimited).or_else(|| first_of(FailureKind::Unauthorized));
    let pathless = failures.iter().find(|(alias, _)| alias.is_none());
    if let Some((_, failure)) = all_lost.or(pathless) {
        return DocumentAnswer::Failed(failure.clone());
    }
    let named = failures.into_iter().filter_map(|(alias, failure)| alias.map(|alias| (alias, failure)));
    match data {
        Some(Value::Object(data)) => DocumentAnswer::Data {
            data: data.clone(),
            broken: named.map(|(alias, it)| (alias, partial(it))).collect(),
        },
        _ => DocumentAnswer::Blamed(named.collect()),
    }
}

/// The alias that an error is about.
fn alias(error: &Value) -> Option<String> {
    error.pointer("/path/0").and_then(Value::as_str).map(str::to_owned)
}

/// Beside data, an error of no special sort means that something is missing from it (V3).
fn partial(failure: Failure) -> Failure {
    match failure.kind {
        FailureKind::Rejected | FailureKind::ServerError => {
            Failure { kind: FailureKind::Incomplete, next: None, ..failure }
        }
        _ => failure,
    }
}

/// What a status means when the body says nothing. None for success.
fn of_status(status: u16) -> Option<Failure> {
    let kind = kind_of_status(status)?;
    let failure = Failure::new(kind, format!("Linear answered with status {status}"));
    Some(advise(failure))
}

fn kind_of_status(status: u16) -> Option<FailureKind> {
    Some(match status {
        200..=299 => return None,
        401 => FailureKind::Unauthorized,
        403 => FailureKind::Forbidden,
        408 => FailureKind::TimedOut,
        429 => FailureKind::RateLimited,
        500.. => FailureKind::ServerError,
        _ => FailureKind::Rejected,
    })
}

/// One error of a body as a failure.
fn classify(error: &Value, status: u16) -> Failure {
    let extension = |name: &str| {
        let value = error.get("extensions").and_then(|it| it.get(name));
        value.and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase()
    };
    let message = error.get("message").and_then(Value::as_str).unwrap_or("an error without a message");
    let shown = error.pointer("/extensions/userPresentableMessage").and_then(Value::as_str);
    let shown = shown.filter(|text| !text.trim().is_empty()).unwrap_or(message);
    let inner =
        error.pointer("/extensions/statusCode").and_then(Value::as_u64).and_then(|it| u16::try_from(it).ok());
    let kind = kind_of(&extension("type"), &extension("code"), message)
        .or_else(|| inner.and_then(kind_of_status))
        .or_else(|| kind_of_status(status))
        .unwrap_or(FailureKind::Incomplete);
    let kind = if inner == Some(429) { FailureKind::RateLimited } else { kind };
    let shown = if kind == FailureKind::NotFound { message } else { shown };
    advise(Failure::new(kind, format!("Linear says: {}", said(shown))))
}

/// `extensions.type` decides, as in Linear's own client; `code` where it is missing. There is no code for "not found".
fn kind_of(kind: &str, code: &str, message: &str) -> Option<FailureKind> {
    if kind == "ratelimited" || code == "ratelimited" {
        return Some(FailureKind::RateLimited);
    }
    if kind == "authentication error"
        || code == "authentication_error"
        || message.contains("as a Bearer token")
    {
        return Some(FailureKind::Unauthorized);
    }
    if message.starts_with("Entity not found") {
        return Some(FailureKind::NotFound);
    }
    Some(match (kind, code) {
        ("forbidden", _) | (_, "forbidden") => FailureKind::Forbidden,
        ("feature not accessible" | "usage limit exceeded", _) | (_, "feature_not_accessible") => {
            FailureKind::FeatureOff
        }
        ("invalid input" | "user error" | "graphql error", _)
        | (_, "input_error" | "invalid_input" | "graphql_validation_failed" | "graphql_parse_failed") => {
            FailureKind::Rejected
        }
        ("internal error" | "network error" | "lock timeout" | "bootstrap error", _)
        | (_, "internal_server_error") => FailureKind::ServerError,
        _ => return None,
    })
}

fn advise(failure: Failure) -> Failure {
    let next = match failure.kind {
        FailureKind::Unauthorized => "check LINEAR_API_KEY: a personal key (lin_api_...) or an OAuth token",
        FailureKind::Forbidden => "give the key of LINEAR_API_KEY read access to this",
        FailureKind::NotFound => "check the name; it does not exist, or this key cannot see it",
        FailureKind::FeatureOff => "this workspace does not have the feature: use another kind of evidence",
        _ => return failure,
    };
    failure.advise(next)
}

/// Text of the server for a message: cleaned and short.
pub(super) fn said(message: &str) -> String {
    text::cap(&text::clean(message), MOST_SAID)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kind(error: &Value, status: u16) -> FailureKind {
        classify(error, status).kind
    }

    #[test]
    fn every_sort_of_error_has_its_kind() {
        for (extensions, message, status, expected) in [
            (
                json!({ "type": "ratelimited", "code": "RATELIMITED", "statusCode": 429 }),
                "x",
                400,
                FailureKind::RateLimited,
            ),
            (json!({ "code": "RATELIMITED" }), "x", 200, FailureKind::RateLimited),
            (json!({ "statusCode": 429, "type": "unknown" }), "x", 400, FailureKind::RateLimited),
            (json!({ "type": "authentication error" }), "x", 401, FailureKind::Unauthorized),
            (
                json!({ "type": "invalid input", "code": "INPUT_ERROR" }),
                "It looks like you're trying to use an API key as a Bearer token.",
                400,
                FailureKind::Unauthorized,
            ),
            (json!({ "type": "forbidden", "code": "FORBIDDEN" }), "x", 200, FailureKind::Forbidden),
            (json!({ "type": "feature not accessible" }), "x", 200, FailureKind::FeatureOff),
            (
                json!({ "type": "invalid input", "code": "INPUT_ERROR" }),
                "Entity not found: Issue",
                200,
                FailureKind::NotFound,
            ),
            (json!({ "code": "INPUT_ERROR" }), "Query too complex", 400, FailureKind::Rejected),
            (json!({ "code": "GRAPHQL_VALIDATION_FAILED" }), "x", 400, FailureKind::Rejected),
            (json!({ "type": "internal error" }), "x", 200, FailureKind::ServerError),
            (json!({ "type": "lock timeout" }), "x", 200, FailureKind::ServerError),
            (json!({ "type": "brand new" }), "x", 200, FailureKind::Incomplete),
            (json!({ "type": "brand new" }), "x", 503, FailureKind::ServerError),
            (Value::Null, "x", 200, FailureKind::Incomplete),
        ] {
            assert_eq!(
                kind(&json!({ "message": message, "extensions": extensions }), status),
                expected,
                "{extensions}"
            );
        }
        assert_eq!(kind(&json!("not even an object"), 200), FailureKind::Incomplete);
    }

    #[test]
    fn the_servers_words_are_cleaned_and_short() {
        let error = json!({ "message": "m", "extensions": { "userPresentableMessage": format!("\u{1b}[2J{}", "x".repeat(900)) } });
        let message = classify(&error, 200).message;
        assert!(!message.contains('\u{1b}') && message.chars().count() < 250, "{message}");
    }

    #[test]
    fn errors_beside_data_break_the_aliases_they_touch() {
        let errors = [
            json!({ "message": "x", "path": ["a1", "nodes", 3], "extensions": { "type": "internal error" } }),
        ];
        let DocumentAnswer::Data { broken, .. } =
            with_errors(200, &errors, Some(&json!({ "a0": {}, "a1": {} })))
        else {
            panic!("data was there")
        };
        assert_eq!(broken.keys().collect::<Vec<_>>(), ["a1"]);
        assert_eq!(broken["a1"].kind, FailureKind::Incomplete);
    }

    #[test]
    fn an_error_that_names_no_alias_breaks_all() {
        let errors = [json!({ "message": "x" })];
        assert!(matches!(with_errors(200, &errors, Some(&json!({ "a0": {} }))), DocumentAnswer::Failed(_)));
    }
}
