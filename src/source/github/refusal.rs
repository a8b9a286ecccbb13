//! What GitHub's refusals mean: the many kinds of 403 and 404 told apart, each with what a person can do.

use std::time::Duration;

use serde::Deserialize;

use super::needs::{self, Needs};
use crate::Permission;
use crate::finding::list;
use crate::http::{Dialect, Response, parse_json, rate};
use gonogo_domain::{BudgetOf, Failure, FailureKind};

/// Longest part of GitHub's own words that is quoted.
const MOST_WORDS: usize = 200;

/// GitHub's words for a feature that is switched off, in lower case.
const OFF: [&str; 6] = [
    "is disabled",
    "are disabled",
    "not enabled",
    "must be enabled",
    "no analysis found",
    "has been disabled",
];

/// What was asked for, for messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Requested<'a> {
    /// `open Dependabot alerts`
    pub(super) what: &'a str,
    /// ` of acme/checkout`, or nothing.
    pub(super) whose: &'a str,
    /// The permissions that a token needs.
    pub(super) needs: Needs,
}

/// A refusal, and how far it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HttpRefusal {
    pub(super) failure: Failure,
    pub(super) reach: RefusalReach,
}

/// How far a refusal reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefusalReach {
    /// This question only.
    Question,
    /// Everything that one budget (or, without one, the server) is asked for, until this has passed; `None`: no time was
    /// named.
    Server(Option<BudgetOf>, Option<Duration>),
    /// Everything, as long as the token is the same.
    Token,
}

#[derive(Debug, Default, Deserialize)]
struct ErrorBody {
    message: Option<String>,
}

/// Reads a response whose status is not 2xx.
pub(super) fn refusal(response: &Response, wanted: Requested<'_>) -> HttpRefusal {
    let body: ErrorBody = parse_json(response.body()).unwrap_or_default();
    let words = short(body.message.as_deref().unwrap_or_default());
    let lower = words.to_lowercase();
    match response.status() {
        401 => HttpRefusal { failure: unauthorized(&words), reach: RefusalReach::Token },
        429 => limited(response),
        403 if is_limit(response, &lower) => limited(response),
        403 if response.header("x-github-sso").is_some() => only(single_sign_on(wanted)),
        403 if is_off(&lower) => only(feature_off(wanted, &words)),
        403 | 451 => only(forbidden(response, wanted, &words)),
        404 if is_off(&lower) => only(feature_off(wanted, &words)),
        404 => only(not_found(wanted)),
        410 if is_off(&lower) => only(feature_off(wanted, &words)),
        410 => only(gone(wanted, &words)),
        500..=599 => only(Failure::new(
            FailureKind::ServerError,
            format!("GitHub could not answer about {}{} ({})", wanted.what, wanted.whose, response.status()),
        )),
        status => only(Failure::new(
            FailureKind::Rejected,
            format!("GitHub refused the request for {}{} ({status}): {words}", wanted.what, wanted.whose),
        )),
    }
}

/// The token is wrong or has expired.
pub(super) fn unauthorized(words: &str) -> Failure {
    let said = if words.is_empty() { String::new() } else { format!(": {words}") };
    Failure::new(FailureKind::Unauthorized, format!("GitHub refuses the token (401{said})"))
        .advise("create a new token, set GITHUB_TOKEN to it, and start again")
}

/// The token has to be authorised for the organisation.
pub(super) fn single_sign_on(wanted: Requested<'_>) -> Failure {
    let message =
        format!("the organisation's single sign-on hides {}{} from this token", wanted.what, wanted.whose);
    Failure::new(FailureKind::Forbidden, message).advise(
        "authorise the token for the organisation: GitHub, Settings, Developer settings, Configure SSO",
    )
}

/// A limit was reached.
pub(super) fn rate_limited() -> Failure {
    Failure::new(FailureKind::RateLimited, "GitHub's rate limit is reached")
        .advise("wait; every tool that uses this person's tokens shares the limit")
}

/// GitHub's words as one short line.
pub(super) fn short(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.starts_with('<') {
        return "a page, not an answer".to_owned();
    }
    let mut start: String = line.chars().take(MOST_WORDS).collect();
    if start.len() < line.len() {
        start.push('…');
    }
    start
}

fn only(failure: Failure) -> HttpRefusal {
    HttpRefusal { failure, reach: RefusalReach::Question }
}

fn is_off(words: &str) -> bool {
    OFF.iter().any(|off| words.contains(off))
}

/// A 403 that is a limit: primary (nothing remains) or secondary (named in words, or by `Retry-After`).
fn is_limit(response: &Response, words: &str) -> bool {
    response.header("x-ratelimit-remaining") == Some("0")
        || response.header("retry-after").is_some()
        || ["rate limit", "abuse detection"].iter().any(|it| words.contains(it))
}

/// A limit was reached, and when to come back if the server says so.
pub(super) fn limited(response: &Response) -> HttpRefusal {
    let rate = rate(response, Dialect::Github);
    // Only a spent budget is a matter of that budget; other limits are the server's.
    let spent = rate.budgets.iter().find(|it| it.remaining == 0).map(|it| BudgetOf::from(it.kind));
    let of = spent.filter(|of| *of != BudgetOf::Requests);
    HttpRefusal { failure: rate_limited(), reach: RefusalReach::Server(of, rate.wait()) }
}

fn feature_off(wanted: Requested<'_>, words: &str) -> Failure {
    let message = format!("{}{}: the feature is switched off there ({words})", wanted.what, wanted.whose);
    Failure::new(FailureKind::FeatureOff, message)
        .advise("switch it on in the repository's settings, or remove the gate")
}

/// It was there once, such as an issue that somebody has deleted.
fn gone(wanted: Requested<'_>, words: &str) -> Failure {
    let message = format!("{}{}: it is gone (410: {words})", wanted.what, wanted.whose);
    Failure::new(FailureKind::NotFound, message).advise("ask for another one, or remove the gate")
}

fn forbidden(response: &Response, wanted: Requested<'_>, words: &str) -> Failure {
    let message = format!("this token cannot see {}{} (403: {words})", wanted.what, wanted.whose);
    // What GitHub itself says goes before what is known of the question.
    let accepted = needs::accepted(response.header("x-accepted-github-permissions").unwrap_or_default());
    if accepted.is_empty() {
        return lacking(message, wanted.needs);
    }
    let said = |(key, level, known): &(&str, &str, Option<&Permission>)| {
        known.map_or_else(|| short(&format!("{key}: {level}")), |it| needs::said(&[it]))
    };
    let said: Vec<String> = accepted.iter().map(said).collect();
    Failure::new(FailureKind::Forbidden, message)
        .advise(format!("give the token the permission {}", list(&said)))
        .lacks(accepted.iter().map(|(key, ..)| *key))
}

/// A token without these permissions.
pub(super) fn lacking(message: String, needs: Needs) -> Failure {
    let failure = Failure::new(FailureKind::Forbidden, message);
    if needs.is_empty() {
        return failure.advise("check what the token can see: gonogo doctor");
    }
    failure
        .advise(format!("give the token the permission {}", needs::said(needs)))
        .lacks(needs.iter().map(|it| it.key))
}

fn not_found(wanted: Requested<'_>) -> Failure {
    let message = format!("{}{}: not found, or not visible to this token (404)", wanted.what, wanted.whose);
    let failure = Failure::new(FailureKind::NotFound, message);
    if wanted.needs.is_empty() {
        return failure;
    }
    failure.advise(format!(
        "check the name; a token needs the permission {} to see it",
        needs::said(wanted.needs)
    ))
}
