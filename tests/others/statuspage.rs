//! A public status page.

use gonogo::{
    domain::{Failure, Finding, Occasion, Prepared, Via, Write, WriteAsk},
    source::{Writes, register::declared},
};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use super::{
    conformance::{Case, check},
    kit::{CANARY, decode, ok, once, serve, setup, word},
};
use crate::support::server::{Reply, Req, Server};

const YAML: &str = "statuspage: { status: { page: Acme } }";
const ACCEPTING: &str = "statuspage: { status: { page: kctbh9vrtdwd, accept: [minor] } }";

fn page(indicator: &str) -> Value {
    json!({"page": {"id": "kctbh9vrtdwd", "name": "Acme", "url": "https://status.acme.example"},
        "status": {"indicator": indicator, "description": "x"}, "incidents": [], "scheduled_maintenances": [],
        "components": [{"id": "c", "name": "API", "status": "operational", "group": false}]})
}

fn good(request: &Req) -> Reply {
    assert_eq!(request.path, "/api/v2/summary.json");
    ok(&page("none"))
}

async fn asked(yaml: &str, body: Value) -> Result<Finding, Failure> {
    once("statuspage", yaml, move |_| ok(&body)).await
}

#[tokio::test]
async fn it_keeps_the_promises_of_every_source() {
    check(&Case {
        provider: "statuspage",
        yaml: YAML,
        defaults: &[],
        good,
        signs: &[],
        decisive: &[
            "/page",
            "/page/name",
            "/status",
            "/status/indicator",
            "/incidents",
            "/components",
            "/components/0/status",
        ],
    })
    .await;
}

#[tokio::test]
async fn indicators_by_table() {
    for (indicator, plain, accepting) in [
        ("none", "Holds", "Holds"),
        ("minor", "Fails", "Holds"),
        ("major", "Fails", "Fails"),
        ("critical", "Fails", "Fails"),
        ("maintenance", "Fails", "Fails"),
        ("fine", "Unclear", "Unclear"),
    ] {
        assert_eq!(word(&asked(YAML, page(indicator)).await), plain, "{indicator}");
        assert_eq!(word(&asked(ACCEPTING, page(indicator)).await), accepting, "{indicator}");
    }
    let accepted = asked(ACCEPTING, page("minor")).await.unwrap().accepted;
    assert_eq!(accepted.len(), 1, "what was let pass is shown: {accepted:?}");
}

#[tokio::test]
async fn an_open_incident_is_trouble_whatever_the_indicator_says() {
    for (impact, expected) in
        [("none", "Fails"), ("minor", "Fails"), ("critical", "Fails"), ("odd", "Unclear")]
    {
        let mut body = page("none");
        body["incidents"] = json!([{"name": "Slow", "status": "investigating", "impact": impact}]);
        assert_eq!(word(&asked(YAML, body).await), expected, "{impact}");
    }
}

#[tokio::test]
async fn a_component_that_is_not_operational_is_trouble() {
    for (status, expected) in
        [("degraded_performance", "Fails"), ("under_maintenance", "Fails"), ("odd", "Unclear")]
    {
        let mut body = page("none");
        body["components"][0]["status"] = json!(status);
        assert_eq!(word(&asked(YAML, body).await), expected, "{status}");
    }
}

#[tokio::test]
async fn works_that_are_under_way_are_trouble_and_what_is_over_or_announced_is_none() {
    for (list, status, expected) in [
        ("scheduled_maintenances", "scheduled", "Holds"),
        ("scheduled_maintenances", "in_progress", "Fails"),
        ("scheduled_maintenances", "verifying", "Fails"),
        ("scheduled_maintenances", "completed", "Holds"),
        ("incidents", "resolved", "Holds"),
        ("incidents", "postmortem", "Holds"),
        ("incidents", "monitoring", "Fails"),
    ] {
        let mut body = page("none");
        body[list] = json!([{"name": "Database", "status": status, "impact": "minor"}]);
        assert_eq!(word(&asked(YAML, body).await), expected, "{list} {status}");
    }
    let mut group = page("none");
    group["components"] = json!([{"id": "g", "name": "EU", "status": "partial_outage", "group": true}]);
    assert_eq!(word(&asked(YAML, group).await), "Fails", "a group whose parts are not shown");
}

#[tokio::test]
async fn another_page_is_not_the_one_that_was_meant() {
    assert_eq!(word(&asked("statuspage: { status: { page: Other } }", page("none")).await), "NotFound");
}

#[test]
fn what_a_gate_may_say() {
    assert!(
        decode("statuspage: { status: { page: x, accept: [major] } }", &[]).unwrap_err()[0]
            .contains("allowed here: minor")
    );
}

#[tokio::test]
async fn the_page_may_be_named_by_its_address() {
    for (named, expected) in [
        ("https://status.acme.example", "Holds"),
        ("https://Status.Acme.example/", "Holds"),
        ("https://status.acme.example.evil", "NotFound"),
        ("https://status.acme.example/other", "NotFound"),
        ("https://status.acme.example:8443", "NotFound"),
        ("status.acme.example", "NotFound"),
    ] {
        let yaml = format!("statuspage: {{ status: {{ page: '{named}' }} }}");
        assert_eq!(word(&asked(&yaml, page("none")).await), expected, "{named}");
    }
}

/// A page that is written to.
fn writer(server: &Server) -> Arc<dyn Writes> {
    let mut setup = setup("statuspage-api", &format!("{}/base", server.url()), Some(CANARY));
    let page = setup.connections.0.values().next().cloned().unwrap();
    setup.connections.0.insert("main-page".into(), page);
    (declared("statuspage").unwrap().sends.unwrap().open)(&setup, "main-page").unwrap()
}

fn message(occasion: Occasion) -> WriteAsk {
    WriteAsk::Message {
        via: Via { source: None, to: "main-page".into() },
        repository: None,
        title: "Checkout fails".into(),
        text: "We hold: refunds fail".into(),
        occasion,
        id: uuid::Uuid::now_v7(),
    }
}

async fn prepared(incident: Value, occasion: Occasion) -> Result<Write, Failure> {
    let server = serve(move |_| ok(&json!([incident])));
    match writer(&server).prepare(&message(occasion), &CancellationToken::new()).await? {
        Prepared::Send(write) => Ok(write),
        other @ Prepared::AlreadySo { .. } => panic!("{other:?}"),
    }
}

/// The one that is open may be another team's.
#[tokio::test]
async fn an_all_clear_ends_no_incident_that_gonogo_did_not_open() {
    let incident = |metadata: Value| json!({"id": "i1", "name": "Login fails", "status": "monitoring", "metadata": metadata});
    for (metadata, occasion, status) in [
        (json!({"gonogo": {"id": "x"}}), Occasion::AllClear, "resolved"),
        (json!({"gonogo": {"id": "x"}}), Occasion::Hold, "monitoring"),
        (json!({"pager": {"id": "x"}}), Occasion::AllClear, "monitoring"),
        (json!({}), Occasion::AllClear, "monitoring"),
        (Value::Null, Occasion::AllClear, "monitoring"),
    ] {
        let write = prepared(incident(metadata.clone()), occasion).await.unwrap();
        let body: Value = serde_json::from_str(&write.body).unwrap();
        assert_eq!(body["incident"]["status"], status, "{metadata} {occasion:?}");
    }
    let plan = prepared(incident(json!({})), Occasion::Plan).await.unwrap_err();
    assert!(plan.next.unwrap().starts_with("post it by hand"), "it can never be sent there");
}

/// The same words as before are not the ones of which no answer came.
#[tokio::test]
async fn an_update_of_before_is_not_the_one_that_is_looked_for() {
    for (minutes, found) in [(0, true), (-4, true), (-300, false), (60, true)] {
        let server = serve(move |request| {
            let at = chrono::Utc::now() + chrono::TimeDelta::minutes(minutes);
            let mut incident = json!({"id": "i1", "name": "Login fails", "status": "monitoring"});
            if request.path == "/incidents/unresolved.json" {
                return ok(&json!([incident]));
            }
            incident["incident_updates"] =
                json!([{"body": "We hold: refunds fail", "created_at": at.to_rfc3339()}]);
            ok(&incident)
        });
        let (page, cancel) = (writer(&server), CancellationToken::new());
        let Prepared::Send(write) = page.prepare(&message(Occasion::Hold), &cancel).await.unwrap() else {
            panic!()
        };
        assert_eq!(page.look(&write, &cancel).await.unwrap().is_some(), found, "{minutes}");
    }
}
