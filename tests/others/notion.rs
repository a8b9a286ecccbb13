//! A property of a Notion page.

use serde_json::{Value, json};

use super::{
    conformance::{Case, check},
    kit::{decode, ok, once, word},
};
use crate::support::server::{Reply, Req};

const YAML: &str = "notion: { page: { id: 59833787-2CF9, property: Status, done: [Done, Approved] } }";

/// As Notion writes it, whatever way it was asked for.
const ID: &str = "59833787-2cf9";

fn page(kind: &str, value: Value) -> Value {
    let mut property = json!({"id": "a%3Bb", "type": kind});
    property[kind] = value;
    json!({"object": "page", "id": ID, "url": "https://www.notion.so/x", "in_trash": false, "properties": {"Status": property}})
}

fn good(request: &Req) -> Reply {
    assert_eq!(request.path, "/v1/pages/59833787-2CF9");
    assert_eq!(request.header("notion-version"), Some("2025-09-03"));
    ok(&page("status", json!({"id": "1", "name": "Done", "color": "green"})))
}

#[tokio::test]
async fn it_keeps_the_promises_of_every_source() {
    check(&Case {
        provider: "notion",
        yaml: YAML,
        defaults: &[],
        good,
        signs: &["authorization: Bearer canary-user:canary-token-93d1"],
        decisive: &[
            "/object",
            "/id",
            "/properties",
            "/properties/Status",
            "/properties/Status/type",
            "/properties/Status/status",
            "/properties/Status/status/name",
        ],
    })
    .await;
}

async fn says(yaml: &str, body: Value) -> String {
    word(&once("notion", yaml, move |_| ok(&body)).await)
}

#[tokio::test]
async fn properties_by_table() {
    let ticked = "notion: { page: { id: 598337872cf9, property: Status, done: [\"true\"] } }";
    for (yaml, kind, value, expected) in [
        (YAML, "status", json!({"name": "Approved"}), "Holds"),
        (YAML, "status", json!({"name": "done"}), "Fails"),
        (YAML, "select", json!({"name": "Done"}), "Holds"),
        (YAML, "select", Value::Null, "Fails"),
        (YAML, "status", json!({}), "Unclear"),
        (ticked, "checkbox", json!(true), "Holds"),
        (ticked, "checkbox", json!(false), "Fails"),
        (ticked, "checkbox", Value::Null, "Unclear"),
        (YAML, "rich_text", json!([{"plain_text": "Done"}]), "Unclear"),
        (YAML, "rollup", json!({"name": "Done"}), "Unclear"),
    ] {
        assert_eq!(says(yaml, page(kind, value.clone())).await, expected, "{kind} {value}");
    }
}

#[tokio::test]
async fn a_page_in_the_trash_proves_nothing() {
    for mark in ["in_trash", "archived"] {
        let mut body = page("status", json!({"name": "Done"}));
        body[mark] = json!(true);
        assert_eq!(says(YAML, body).await, "Unclear", "{mark}");
    }
}

#[tokio::test]
async fn a_renamed_property_is_unknown_and_found_by_its_id() {
    let mut body = page("status", json!({"name": "Done"}));
    let property = body["properties"]["Status"].take();
    body["properties"] = json!({"State": property});
    assert_eq!(says(YAML, body.clone()).await, "Unclear");
    let by_id = "notion: { page: { id: 598337872cf9, property: a%3Bb, done: [Done] } }";
    assert_eq!(says(by_id, body).await, "Holds");
}

#[tokio::test]
async fn a_page_that_is_not_shared_says_how_to_share_it() {
    let gone = json!({"object": "error", "status": 404, "code": "object_not_found", "message": "Could not find page"});
    let failure = once("notion", YAML, move |_| Reply::json(404, &gone)).await.unwrap_err();
    assert!(failure.next.unwrap().contains("share the page"));
}

#[test]
fn what_a_gate_may_say() {
    assert!(
        decode("notion: { page: { id: 598337872cf9, property: Status, done: [] } }", &[]).unwrap_err()[0]
            .contains("lists no value")
    );
}

#[tokio::test]
async fn another_page_in_the_answer_is_not_the_one_that_was_asked_for() {
    let mut other = page("status", json!({"name": "Done"}));
    other["id"] = json!("59833787-0000");
    assert_eq!(says(YAML, other).await, "Malformed");
}
