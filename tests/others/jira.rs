//! Jira: issues and versions.

use gonogo::domain::FailureKind;
use serde_json::{Value, json};

use super::{
    conformance::{Case, check},
    kit::{CANARY, ask, decode, ok, question_with, serve, source, word},
};
use crate::support::server::{Reply, Req};

const ISSUES: &str = "jira: { issues: { jql: 'fixVersion = \"3.0\" AND resolution = EMPTY' } }";
const OPEN: &str = "jira: { version: { name: \"3.0\", expect: no_open_issues } }";
const DEFAULTS: &[(&str, &str)] = &[("project", "CHK")];
/// `canary-user:canary-token-93d1`.
const SIGNS: &[&str] = &["authorization: Basic Y2FuYXJ5LXVzZXI6Y2FuYXJ5LXRva2VuLTkzZDE="];

/// A Jira with those pages of issues, and a version with so many issues of which so many are open.
fn jira(request: &Req, pages: &[Value], counts: (u64, u64), released: bool) -> Reply {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/rest/api/3/myself") => ok(&json!({"accountId": "5b1", "displayName": "Hu"})),
        ("GET", "/rest/api/3/project/CHK") => ok(&json!({"key": "CHK", "name": "Checkout"})),
        ("POST", "/rest/api/3/search/jql") => {
            let body = request.json();
            assert_eq!(body["jql"], "fixVersion = \"3.0\" AND resolution = EMPTY");
            let at = body["nextPageToken"].as_str().map_or(0, |token| token.parse().unwrap());
            ok(&pages[at])
        }
        ("GET", "/rest/api/3/project/CHK/version") => ok(&json!({"isLast": true, "total": 2, "values": [
            {"id": "9", "name": "3.0.1", "released": true, "archived": false},
            {"id": "10", "name": "3.0", "released": released, "archived": false},
        ]})),
        ("GET", "/rest/api/3/version/10/unresolvedIssueCount") => {
            ok(&json!({"self": "x", "issuesCount": counts.0, "issuesUnresolvedCount": counts.1}))
        }
        _ => Reply::json(404, &json!({"errorMessages": ["not here"], "errors": {}})),
    }
}

fn issue(number: usize) -> Value {
    json!({"id": "1", "key": format!("CHK-{number}"), "fields": {"summary": "Refund twice"}})
}

fn last(issues: usize) -> Value {
    json!({"issues": (0..issues).map(issue).collect::<Vec<_>>(), "isLast": true})
}

async fn asked(
    yaml: &str,
    handler: impl Fn(&Req) -> Reply + Send + Sync + 'static,
) -> Result<gonogo::domain::Finding, gonogo::domain::Failure> {
    let question = question_with(yaml, DEFAULTS);
    let server = serve(handler);
    let source = source(&question, "jira", &server, Some(CANARY));
    ask(&*source, &question).await
}

async fn with_pages(pages: Vec<Value>) -> String {
    word(&asked(ISSUES, move |request| jira(request, &pages, (0, 0), false)).await)
}

#[tokio::test]
async fn issues_keep_the_promises_of_every_source() {
    let good = |request: &Req| jira(request, &[last(0)], (0, 0), false);
    let decisive = &["/accountId", "/key", "/issues"];
    check(&Case { provider: "jira", yaml: ISSUES, defaults: DEFAULTS, good, signs: SIGNS, decisive }).await;
}

#[tokio::test]
async fn a_limit_that_is_used_up_ends_the_poll() {
    let question = question_with(OPEN, DEFAULTS);
    let server = serve(|request| {
        let reply = jira(request, &[], (12, 0), true);
        if request.path.ends_with("/myself") { reply } else { spent(reply) }
    });
    let source = source(&question, "jira", &server, Some(CANARY));
    let report = super::kit::report(&*source, &question).await;
    assert_eq!(word(&report.answers[0].1), "RateLimited", "{report:?}");
    assert_eq!(server.count(), 2, "nothing is sent after the answer that says so");
    assert_eq!(report.wait.map(|wait| wait.as_secs()), Some(90));
}

/// The answer after which nothing is left of a rate budget.
fn spent(reply: Reply) -> Reply {
    reply.with("X-RateLimit-Limit", 100).with("X-RateLimit-Remaining", 0).with("X-RateLimit-Reset", 90)
}

#[tokio::test]
async fn versions_keep_the_promises_of_every_source() {
    let good = |request: &Req| jira(request, &[], (12, 0), true);
    let decisive = &[
        "/accountId",
        "/values",
        "/isLast",
        "/values/1/name",
        "/values/1/id",
        "/issuesCount",
        "/issuesUnresolvedCount",
    ];
    check(&Case { provider: "jira", yaml: OPEN, defaults: DEFAULTS, good, signs: SIGNS, decisive }).await;
    let released = "jira: { version: { name: \"3.0\" } }";
    let decisive = &["/values/1/released"];
    check(&Case { provider: "jira", yaml: released, defaults: DEFAULTS, good, signs: SIGNS, decisive }).await;
}

/// A Jira in which these labels are on issues, none of which is open.
async fn labelled(
    jql: &str,
    there: &'static [&'static str],
) -> Result<gonogo::domain::Finding, gonogo::domain::Failure> {
    let yaml = format!("jira: {{ issues: {{ jql: '{jql}' }} }}");
    asked(&yaml, move |request| match request.path.as_str() {
        "/rest/api/3/search/jql" => {
            let body = request.json();
            let asked = body["jql"].as_str().unwrap();
            let known = there.iter().any(|label| asked == format!("labels = \"{label}\""));
            ok(&last(usize::from(known)))
        }
        _ => jira(request, &[], (0, 0), false),
    })
    .await
}

#[tokio::test]
async fn a_label_that_no_issue_has_finds_none_and_proves_nothing() {
    let blockers = "labels in (release-blocker, p0) AND resolution = EMPTY";
    let found = labelled(blockers, &["release-blocker", "p0"]).await;
    assert_eq!(word(&found), "Holds", "{found:?}");
    let failure = labelled(blockers, &["release-blocker"]).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert!(failure.message.contains("has the label `p0`"), "{}", failure.message);
    let hyphen = labelled("labels = \"release\u{2011}blocker\"", &["release-blocker"]).await.unwrap_err();
    assert!(hyphen.message.contains("U+2011"), "{}", hyphen.message);
}

#[test]
fn a_query_that_leaves_issues_out_without_a_word_is_refused() {
    let problems = |jql: &str| decode(&format!("jira: {{ issues: {{ jql: '{jql}' }} }}"), DEFAULTS);
    let found = problems("resolution = EMPTY AND labels not in (wontfix)").unwrap_err();
    assert!(
        found[0].contains("with an empty labels") && found[0].contains("labels is EMPTY OR"),
        "{found:?}"
    );
    for fine in ["(labels is EMPTY OR labels not in (wontfix))", "statusCategory != Done"] {
        assert!(problems(fine).is_ok(), "{fine}");
    }
}

#[tokio::test]
async fn a_token_that_is_taken_for_anonymous_finds_nothing_and_proves_nothing() {
    let answer = asked(ISSUES, |request| match request.path.as_str() {
        "/rest/api/3/myself" => {
            Reply::json(401, &json!({"message": "Client must be authenticated to access this resource."}))
        }
        _ => jira(request, &[last(0)], (0, 0), false),
    })
    .await;
    assert_eq!(word(&answer), "Unauthorized");
}

#[tokio::test]
async fn a_project_that_can_not_be_seen_has_no_issues_and_proves_nothing() {
    for (status, body) in [
        (404, json!({"errorMessages": ["No project could be found with key 'CHK'."], "errors": {}})),
        (200, json!({"key": "NEW"})),
    ] {
        let answer = asked(ISSUES, move |request| match request.path.as_str() {
            "/rest/api/3/project/CHK" => Reply::json(status, &body),
            _ => jira(request, &[last(0)], (0, 0), false),
        })
        .await;
        assert_eq!(word(&answer), "NotFound");
    }
}

#[tokio::test]
async fn issues_are_counted_over_all_pages() {
    let more = |issues: usize, next: &str| json!({"issues": (0..issues).map(issue).collect::<Vec<_>>(), "isLast": false, "nextPageToken": next});
    assert_eq!(with_pages(vec![last(0)]).await, "Holds");
    assert_eq!(with_pages(vec![last(1)]).await, "Fails");
    assert_eq!(with_pages(vec![more(0, "1"), last(1)]).await, "Fails", "the first page may be empty");
    assert_eq!(with_pages(vec![more(0, "1"), last(0)]).await, "Holds");
    let no_token = json!({"issues": [], "isLast": false});
    assert_eq!(with_pages(vec![no_token]).await, "Incomplete");
    let both = json!({"issues": [], "isLast": true, "nextPageToken": "1"});
    assert_eq!(with_pages(vec![both, last(1)]).await, "Incomplete");
    assert_eq!(with_pages(vec![more(0, "1"), more(0, "1")]).await, "Incomplete", "in a circle");
    let absent = json!({"issues": []});
    assert_eq!(with_pages(vec![absent]).await, "Holds", "a token that is absent ends the list");
}

#[tokio::test]
async fn the_first_issue_is_named() {
    let finding = asked(ISSUES, |request| jira(request, &[last(2)], (0, 0), false)).await.unwrap();
    assert_eq!(&*finding.reason, "2 issues, at most 0: CHK-0 Refund twice");
    assert_eq!(finding.rows.len(), 2);
}

#[tokio::test]
async fn a_search_that_is_gone_is_not_empty() {
    let answer = asked(ISSUES, |request| match request.path.as_str() {
        "/rest/api/3/search/jql" => {
            Reply::json(410, &json!({"errorMessages": ["The requested API has been removed."]}))
        }
        _ => jira(request, &[], (0, 0), false),
    })
    .await;
    assert_eq!(word(&answer), "Rejected");
}

#[tokio::test]
async fn versions_by_table() {
    let released = "jira: { version: { name: \"3.0\" } }";
    for (yaml, counts, is_released, expected) in [
        (released, (12, 3), true, "Holds"),
        (released, (12, 0), false, "Fails"),
        (OPEN, (12, 0), false, "Holds"),
        (OPEN, (12, 3), true, "Fails"),
        (OPEN, (0, 0), true, "Unclear"),
        (OPEN, (1, 3), true, "Incomplete"),
    ] {
        let answer = asked(yaml, move |request| jira(request, &[], counts, is_released)).await;
        assert_eq!(word(&answer), expected, "{yaml} {counts:?} {is_released}: {answer:?}");
    }
}

#[tokio::test]
async fn a_version_that_was_put_away_or_is_released_in_the_future_is_not_released() {
    let released = "jira: { version: { name: \"3.0\" } }";
    let day = |days: i64| (chrono::Utc::now() + chrono::TimeDelta::days(days)).format("%Y-%m-%d").to_string();
    for (extra, yaml, expected) in [
        (json!({"archived": true}), released, "Unclear"),
        (json!({"archived": true}), OPEN, "Unclear"),
        (json!({"releaseDate": day(10)}), released, "Unclear"),
        (json!({"releaseDate": day(-10)}), released, "Holds"),
        (json!({"releaseDate": day(0)}), released, "Holds"),
        (json!({"releaseDate": day(10)}), OPEN, "Holds"),
    ] {
        let answer = asked(yaml, {
            let extra = extra.clone();
            move |request| match request.path.as_str() {
                "/rest/api/3/project/CHK/version" => {
                    let mut one = json!({"id": "10", "name": "3.0", "released": true, "archived": false});
                    one.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
                    ok(&json!({"isLast": true, "values": [one]}))
                }
                _ => jira(request, &[], (12, 0), true),
            }
        })
        .await;
        assert_eq!(word(&answer), expected, "{extra} {yaml}: {answer:?}");
    }
}

#[tokio::test]
async fn a_project_that_is_archived_finds_nothing_and_proves_nothing() {
    for extra in [json!({"key": "CHK", "archived": true}), json!({"key": "CHK", "deleted": true})] {
        let answer = asked(ISSUES, move |request| match request.path.as_str() {
            "/rest/api/3/project/CHK" => ok(&extra),
            _ => jira(request, &[last(0)], (0, 0), false),
        })
        .await;
        assert_eq!(word(&answer), "NotFound");
    }
}

#[tokio::test]
async fn what_all_gates_need_to_know_is_asked_once_a_poll() {
    let yamls = [
        ISSUES,
        "jira: { issues: { jql: 'fixVersion = \"3.0\" AND resolution = EMPTY', at_most: 3 } }",
        OPEN,
    ];
    let mut questions: Vec<_> = yamls.iter().map(|yaml| question_with(yaml, DEFAULTS)).collect();
    for (at, question) in questions.iter_mut().enumerate() {
        question.gate = format!("qa/{at}").as_str().into();
    }
    let server = serve(|request| jira(request, &[last(0)], (12, 0), true));
    let source = source(&questions[0], "jira", &server, Some(CANARY));
    let batch = gonogo::source::Batch { questions, targets: Vec::new() };
    for _ in 0..2 {
        let report = source.ask(&batch, &tokio_util::sync::CancellationToken::new()).await;
        assert!(report.answers.iter().all(|(_, it)| super::kit::holds(it)), "{report:?}");
        // Who it is, the project, the search, the versions, the open issues.
        assert_eq!(report.requests, 5);
    }
    assert_eq!(server.count(), 10, "another poll asks anew");
}

#[tokio::test]
async fn a_version_that_only_begins_like_it_is_another() {
    let question = question_with("jira: { version: { name: \"3\" } }", DEFAULTS);
    let server = serve(|request| jira(request, &[], (0, 0), true));
    let source = source(&question, "jira", &server, Some(CANARY));
    assert_eq!(ask(&*source, &question).await.unwrap_err().kind, FailureKind::NotFound);
}

#[test]
fn what_a_gate_may_say() {
    assert!(decode("jira: { version: { name: x } }", &[]).unwrap_err()[0].contains("belong to projects"));
    assert!(
        decode("jira: { version: { name: x, expect: done } }", DEFAULTS).unwrap_err()[0]
            .contains("no_open_issues")
    );
    assert!(decode("jira: { issues: { jql: '', at_most: -1 } }", &[]).is_err());
}
