//! New issues and crash-free sessions of a release.

use gonogo::domain::{Failure, Finding};
use serde_json::{Value, json};

use super::{
    conformance::{Case, check},
    kit::{CANARY, ask, decode, ok, once, question, question_with, serve, source, word},
};
use crate::support::server::{Reply, Req};

const ISSUES: &str = "sentry: { issues: { release: 'web@3.0.0', environment: production, project: web } }";
const CRASHES: &str = "sentry: { crash_free: { release: 'web@3.0.0', environment: production, at_least: 0.995, sessions_at_least: 1000 } }";
const SIGNS: &[&str] = &["authorization: Bearer canary-user:canary-token-93d1"];

fn link(results: bool) -> String {
    format!(
        "<https://x/>; rel=\"previous\"; results=\"false\"; cursor=\"0:0:1\", <https://x/>; rel=\"next\"; results=\"{results}\"; cursor=\"0:100:0\""
    )
}

fn issues(count: usize) -> Value {
    let issue = json!({"id": "1", "shortId": "WEB-7", "title": "TypeError", "count": "12", "userCount": 3, "permalink": "https://acme.sentry.io/issues/1/"});
    Value::Array(vec![issue; count])
}

fn release(request: &Req) -> Option<Reply> {
    let answer = json!({"version": "web@3.0.0", "newGroups": 0, "firstEvent": "2026-11-30T09:00:00Z", "deployCount": 0,
        "projects": [{"id": 4, "slug": "ios"}, {"id": 5, "slug": "web"}]});
    let production =
        || ok(&json!([{"version": "web@3.0.0-rc.1"}, {"version": "web@3.0.0"}])).with("Link", link(false));
    match request.path.as_str() {
        "/releases/web@3.0.0/" => Some(ok(&answer)),
        "/releases/" => Some(production()),
        _ => None,
    }
}

fn good_issues(request: &Req) -> Reply {
    release(request).unwrap_or_else(|| {
        assert_eq!(request.path, "/issues/");
        assert_eq!(request.param("query"), Some("is:unresolved first-release:\"web@3.0.0\""));
        assert_eq!((request.param("project"), request.param("environment")), (Some("5"), Some("production")));
        ok(&issues(0)).with("Link", link(false))
    })
}

fn sessions(rate: &Value, sum: &Value) -> Value {
    json!({"groups": [{"by": {}, "totals": {"crash_free_rate(session)": rate, "sum(session)": sum}}], "start": "s", "end": "e"})
}

fn good_crashes(request: &Req) -> Reply {
    release(request).unwrap_or_else(|| {
        assert_eq!(request.path, "/sessions/");
        assert_eq!(request.param("query"), Some("release:\"web@3.0.0\""));
        ok(&sessions(&json!(0.998), &json!(1234)))
    })
}

async fn crashes(body: Value) -> Result<Finding, Failure> {
    once("sentry", CRASHES, move |request| release(request).unwrap_or_else(|| ok(&body))).await
}

#[tokio::test]
async fn issues_keep_the_promises_of_every_source() {
    let decisive = &["/version", "/projects", "/projects/1/id", "/projects/1/slug"];
    check(&Case {
        provider: "sentry",
        yaml: ISSUES,
        defaults: &[],
        good: good_issues,
        signs: SIGNS,
        decisive,
    })
    .await;
}

#[tokio::test]
async fn crash_free_keeps_the_promises_of_every_source() {
    let decisive = &[
        "/version",
        "/groups",
        "/groups/0/totals",
        "/groups/0/totals/crash_free_rate(session)",
        "/groups/0/totals/sum(session)",
    ];
    check(&Case {
        provider: "sentry",
        yaml: CRASHES,
        defaults: &[],
        good: good_crashes,
        signs: SIGNS,
        decisive,
    })
    .await;
}

#[tokio::test]
async fn issues_are_counted_over_all_pages() {
    let answered = |count: usize, link: Option<String>| {
        once("sentry", ISSUES, move |request| {
            release(request).unwrap_or_else(|| match &link {
                Some(link) if request.param("cursor").is_none() => ok(&issues(count)).with("Link", link),
                Some(_) => ok(&issues(1)).with("Link", self::link(false)),
                None => ok(&issues(count)),
            })
        })
    };
    assert_eq!(word(&answered(1, Some(link(false))).await), "Fails");
    assert_eq!(word(&answered(0, Some(link(true))).await), "Fails", "what is on the second page");
    assert_eq!(word(&answered(0, None).await), "Incomplete", "nothing says that this is all");
    assert_eq!(word(&answered(0, Some("<https://x/>; rel=\"next\"".into())).await), "Incomplete");
}

#[tokio::test]
async fn a_release_that_never_ran_there_has_brought_no_error_and_proves_nothing() {
    let everywhere = "sentry: { issues: { release: 'web@3.0.0', project: web } }";
    let world = |yaml: &'static str, change: fn(&mut Value), listed: &'static str, found: usize| {
        once("sentry", yaml, move |request| match request.path.as_str() {
            "/releases/web@3.0.0/" => {
                let mut made = json!({"version": "web@3.0.0", "firstEvent": null, "deployCount": 0,
                    "projects": [{"id": 5, "slug": "web", "hasHealthData": false}]});
                change(&mut made);
                ok(&made)
            }
            "/releases/" => {
                assert_eq!(
                    (request.param("environment"), request.param("project")),
                    (Some("production"), Some("5"))
                );
                assert_eq!(request.param("query"), Some("web@3.0.0"));
                ok(&json!([{"version": listed}])).with("Link", link(false))
            }
            _ => ok(&issues(found)).with("Link", link(false)),
        })
    };
    let never = world(ISSUES, |_| (), "web@3.0.0-rc.1", 0).await;
    assert_eq!(word(&never), "Unclear", "{never:?}");
    assert!(
        never.unwrap().reason.contains("no event, session or deploy of web@3.0.0 in production is known")
    );
    let elsewhere =
        world(ISSUES, |it| it["firstEvent"] = json!("2026-11-30T09:00:00Z"), "web@2.9.0", 0).await;
    assert_eq!(word(&elsewhere), "Unclear", "seen in staging only");
    assert_eq!(word(&world(ISSUES, |_| (), "web@3.0.0", 0).await), "Holds", "seen there");
    assert_eq!(
        word(&world(ISSUES, |_| (), "web@2.9.0", 1).await),
        "Fails",
        "an error is one wherever it was listed"
    );
    assert_eq!(word(&world(everywhere, |_| (), "", 0).await), "Unclear", "made by the build and never run");
    for change in [
        (|it| it["firstEvent"] = json!("2026-11-30T09:00:00Z")) as fn(&mut Value),
        |it| it["deployCount"] = json!(1),
        |it| it["projects"][0]["hasHealthData"] = json!(true),
    ] {
        assert_eq!(word(&world(everywhere, change, "", 0).await), "Holds");
    }
    // One release of two projects: its first event says nothing of either.
    let shared = |it: &mut Value| {
        it["firstEvent"] = json!("2026-11-30T09:00:00Z");
        it["projects"]
            .as_array_mut()
            .unwrap()
            .push(json!({"id": 6, "slug": "worker", "hasHealthData": true}));
    };
    let unknown = world(everywhere, shared, "", 0).await;
    assert_eq!(word(&unknown), "Unclear", "{unknown:?}");
    assert!(unknown.unwrap().reason.ends_with("and name its `environment`"));
}

#[tokio::test]
async fn an_archived_release_and_sessions_of_another_day_prove_nothing() {
    let gone = json!({"version": "web@3.0.0", "status": "archived", "projects": [{"id": 5, "slug": "web"}]});
    for yaml in [ISSUES, CRASHES] {
        let gone = gone.clone();
        assert_eq!(word(&once("sentry", yaml, move |_| ok(&gone)).await), "NotFound", "{yaml}");
    }
    let ended = |hours: i64| {
        let mut body = sessions(&json!(0.998), &json!(1234));
        let end = chrono::Utc::now() - chrono::TimeDelta::hours(hours);
        body["end"] = json!(end.format("%Y-%m-%dT%H:%M:%SZ").to_string());
        body
    };
    assert_eq!(word(&crashes(ended(0)).await), "Holds");
    assert_eq!(word(&crashes(ended(20)).await), "Unclear");
}

#[tokio::test]
async fn a_release_that_sentry_does_not_know_has_no_issues_and_proves_nothing() {
    for yaml in [ISSUES, CRASHES] {
        let answer = once("sentry", yaml, |request| match request.path.as_str() {
            "/issues/" => ok(&issues(0)).with("Link", link(false)),
            _ => Reply::json(404, &json!({"detail": "The requested resource does not exist"})),
        })
        .await;
        assert_eq!(word(&answer), "NotFound");
    }
    let other = "sentry: { issues: { release: 'web@3.0.0', project: android } }";
    assert_eq!(word(&once("sentry", other, good_issues).await), "NotFound", "a release of another project");
}

#[tokio::test]
async fn crash_free_by_table() {
    for (rate, sum, expected) in [
        (json!(0.995), json!(1000), "Holds"),
        (json!(0.9949), json!(1000), "Fails"),
        (json!(1.0), json!(999), "Unclear"),
        (Value::Null, json!(0), "Unclear"),
        (Value::Null, json!(5000), "Unclear"),
        (json!(99.5), json!(5000), "Unclear"),
        (json!(1.0), Value::Null, "Incomplete"),
    ] {
        assert_eq!(word(&crashes(sessions(&rate, &sum)).await), expected, "{rate} {sum}");
    }
    assert_eq!(word(&crashes(json!({"groups": []})).await), "Unclear");
    let two = json!({"groups": [{"totals": {}}, {"totals": {}}]});
    assert_eq!(word(&crashes(two).await), "Malformed");
}

#[tokio::test]
async fn the_launchs_version_is_the_release_unless_said_otherwise() {
    let question = question_with("sentry: { issues: {} }", &[("environment", "production")]);
    let server = serve(|_| Reply::json(404, &json!({})));
    let source = source(&question, "sentry", &server, Some(CANARY));
    drop(ask(&*source, &question).await);
    assert_eq!(server.requests()[0].path, "/base/releases/3.0.0/");
}

#[tokio::test]
async fn a_release_can_not_widen_the_search() {
    let mut question = question(ISSUES);
    question.query.args["place"]["release"] = json!("x\" OR release:\"y");
    let server = serve(good_issues);
    let source = source(&question, "sentry", &server, Some(CANARY));
    assert_eq!(word(&ask(&*source, &question).await), "Rejected");
    assert_eq!(server.count(), 0);
    for bad in ["a\"b", "a*", "a\\b"] {
        let yaml = format!("sentry: {{ issues: {{ release: '{bad}' }} }}");
        assert!(decode(&yaml, &[]).unwrap_err()[0].contains("not a release"), "{bad}");
    }
}

#[test]
fn what_a_gate_may_say() {
    for (yaml, problem) in [
        ("sentry: { crash_free: { at_least: 99.5, sessions_at_least: 1 } }", "write 0.995"),
        ("sentry: { crash_free: { at_least: 0.995, sessions_at_least: 0 } }", "needs sessions"),
        ("sentry: { crash_free: { at_least: 0.995 } }", "has no `sessions_at_least`"),
        ("sentry: { crash_free: { sessions_at_least: 9 } }", "has no `at_least`"),
        ("sentry: { crash_free: { bad: crashed } }", "it has no limit"),
        ("sentry: { crash_free: { at_most: 1% } }", "it does not say what to count"),
        ("sentry: { crash_free: { bad: broken, at_most: 1% } }", "crashed, errored"),
        ("sentry: { crash_free: { bad: crashed, at_most: 0.01 } }", "the % sign: 1%"),
        ("sentry: { crash_free: { bad: crashed, at_most: 1%, at_least: 0.9 } }", "`bad` needs"),
    ] {
        let problems = decode(yaml, &[]).unwrap_err();
        assert!(problems.iter().any(|it| it.contains(problem)), "{yaml}: {problems:?}");
    }
}

#[tokio::test]
async fn without_a_project_all_of_them_are_asked_about() {
    for yaml in [
        "sentry: { issues: { release: 'web@3.0.0' } }",
        "sentry: { crash_free: { release: 'web@3.0.0', at_least: 0.995, sessions_at_least: 1000 } }",
    ] {
        let found = once("sentry", yaml, |request| {
            release(request).unwrap_or_else(|| {
                // Left out, Sentry looks only at the projects of the token's own teams.
                assert_eq!(request.param("project"), Some("-1"), "{}", request.target);
                match request.path.as_str() {
                    "/issues/" => ok(&issues(0)).with("Link", link(false)),
                    _ => ok(&sessions(&json!(0.998), &json!(1234))),
                }
            })
        })
        .await;
        assert_eq!(word(&found), "Holds", "{yaml}: {found:?}");
    }
}

#[tokio::test]
async fn crashes_are_counted_and_their_share_is_shown_or_not() {
    let yaml = "sentry: { crash_free: { release: 'web@3.0.0', bad: crashed, at_most: 1% } }";
    let states = |all: &[(&str, Option<u32>)]| -> Value {
        let groups: Vec<Value> = all
            .iter()
            .map(|(state, count)| json!({"by": {"session.status": state}, "totals": {"sum(session)": count}}))
            .collect();
        json!({"groups": groups, "start": "s", "end": "e"})
    };
    for (all, expected) in [
        (vec![("healthy", Some(2_000)), ("crashed", Some(2))], "Holds"),
        (vec![("healthy", Some(900)), ("errored", Some(40)), ("crashed", Some(60))], "Fails"),
        (vec![("healthy", Some(200)), ("crashed", Some(1))], "Pending"),
        (vec![("healthy", Some(0)), ("crashed", Some(0))], "Unclear"),
        (vec![], "Unclear"),
        (vec![("healthy", Some(2_000))], "Incomplete"),
        (vec![("healthy", None), ("crashed", Some(0))], "Incomplete"),
        (vec![("healthy", Some(2_000)), ("crashed", Some(0)), ("lost", Some(0))], "Malformed"),
    ] {
        let body = states(&all);
        let answer = once("sentry", yaml, move |request| {
            release(request).unwrap_or_else(|| {
                assert_eq!(request.param("groupBy"), Some("session.status"));
                ok(&body)
            })
        })
        .await;
        assert_eq!(word(&answer), expected, "{all:?}: {answer:?}");
    }
    let one = crashes(sessions(&json!(0.998), &json!(1234))).await.unwrap();
    assert!(one.reason.ends_with("; one reading"), "{}", one.reason);
}
