//! Support macros of Zendesk and Intercom.

use serde_json::{Value, json};

use super::{
    conformance::{Case, check},
    kit::{decode, ok, once, word},
};
use crate::support::server::{Reply, Req};

const ZENDESK: &str = "macro: { provider: zendesk, title: 'Refund::Twice', updated_since: 2026-11-01 }";
const INTERCOM: &str =
    "macro: { provider: intercom, title: Refund, visible_to: everyone, updated_since: 2026-11-01T08:00 }";

fn zendesk_macro(id: u64, title: &str) -> Value {
    json!({"id": id, "title": title, "active": true, "description": null, "restriction": null, "updated_at": "2026-11-20T10:00:00Z", "actions": []})
}

fn zendesk_page(macros: &[Value]) -> Value {
    json!({"macros": macros, "count": macros.len(), "next_page": null, "previous_page": null})
}

fn zendesk(request: &Req) -> Reply {
    match request.path.as_str() {
        "/api/v2/macros/search.json" => {
            assert_eq!(request.param("query"), Some("Refund::Twice"));
            ok(&zendesk_page(&[zendesk_macro(7, "Refund::Twice"), zendesk_macro(8, "Refund::Twice (old)")]))
        }
        "/api/v2/macros/7.json" => ok(&json!({"macro": zendesk_macro(7, "Refund::Twice")})),
        _ => Reply::json(404, &json!({"error": "RecordNotFound", "description": "Not found"})),
    }
}

fn intercom_macro(id: &str, name: &str) -> Value {
    json!({"type": "macro", "id": id, "name": name, "visible_to": "everyone", "visible_to_team_ids": [], "updated_at": "2026-11-20T10:00:00.000Z"})
}

fn intercom_page(macros: &[Value], next: Option<&str>) -> Value {
    let next = next.map_or(Value::Null, |after| json!({"per_page": 150, "starting_after": after}));
    json!({"type": "list", "data": macros, "pages": {"type": "pages", "per_page": 150, "next": next}})
}

fn intercom(request: &Req) -> Reply {
    assert_eq!(request.header("intercom-version"), Some("2.16"));
    match (request.path.as_str(), request.param("starting_after")) {
        ("/macros", None) => ok(&intercom_page(&[intercom_macro("1", "Refund (old)")], Some("p2"))),
        ("/macros", Some("p2")) => ok(&intercom_page(&[intercom_macro("2", "Refund")], None)),
        ("/macros/2", _) => ok(&intercom_macro("2", "Refund")),
        _ => Reply::json(
            404,
            &json!({"type": "error.list", "errors": [{"code": "not_found", "message": "Macro not found"}]}),
        ),
    }
}

#[tokio::test]
async fn zendesk_keeps_the_promises_of_every_source() {
    let signs = &["authorization: Basic Y2FuYXJ5LXVzZXI6Y2FuYXJ5LXRva2VuLTkzZDE="];
    let decisive =
        &["/macros", "/macros/0/id", "/macros/0/title", "/macros/0/active", "/macros/0/updated_at"];
    check(&Case { provider: "zendesk", yaml: ZENDESK, defaults: &[], good: zendesk, signs, decisive }).await;
    let by_id = "macro: { provider: zendesk, id: \"7\" }";
    let decisive = &["/macro", "/macro/id", "/macro/active"];
    check(&Case { provider: "zendesk", yaml: by_id, defaults: &[], good: zendesk, signs, decisive }).await;
}

#[tokio::test]
async fn intercom_keeps_the_promises_of_every_source() {
    let signs = &["authorization: Bearer canary-user:canary-token-93d1"];
    let decisive = &[
        "/type",
        "/data",
        "/data/0/id",
        "/data/0/name",
        "/data/0/visible_to",
        "/data/0/updated_at",
        "/pages",
    ];
    check(&Case { provider: "intercom", yaml: INTERCOM, defaults: &[], good: intercom, signs, decisive })
        .await;
    let by_id = "macro: { provider: intercom, id: \"2\" }";
    let decisive = &["/id", "/visible_to"];
    check(&Case { provider: "intercom", yaml: by_id, defaults: &[], good: intercom, signs, decisive }).await;
}

async fn zendesk_says(change: impl Fn(&mut Value)) -> String {
    let mut found = zendesk_macro(7, "Refund::Twice");
    change(&mut found);
    let page = zendesk_page(&[found]);
    word(&once("zendesk", ZENDESK, move |_| ok(&page)).await)
}

#[tokio::test]
async fn zendesk_by_table() {
    assert_eq!(zendesk_says(|it| it["active"] = json!(false)).await, "Fails");
    assert_eq!(zendesk_says(|it| it["updated_at"] = json!("2026-10-31T23:59:59Z")).await, "Fails");
    assert_eq!(zendesk_says(|it| it["title"] = json!("refund::twice")).await, "NotFound", "letter by letter");
    assert_eq!(
        zendesk_says(|it| it["restriction"] = json!({"type": "Group", "id": 1, "ids": [1, 2]})).await,
        "Holds"
    );
    assert_eq!(zendesk_says(|it| it["restriction"] = json!({"type": "New"})).await, "Unclear");
    assert_eq!(zendesk_says(|it| it["restriction"] = json!({"type": "Group", "ids": []})).await, "Fails");
    assert_eq!(zendesk_says(|it| it["restriction"] = json!({"type": "Group"})).await, "Unclear");
}

#[tokio::test]
async fn a_personal_macro_is_none_for_the_team() {
    assert_eq!(zendesk_says(|it| it["restriction"] = json!({"type": "User", "id": 3})).await, "Fails");
}

#[tokio::test]
async fn two_macros_of_one_title_prove_nothing() {
    let page = zendesk_page(&[zendesk_macro(7, "Refund::Twice"), zendesk_macro(8, "Refund::Twice")]);
    assert_eq!(word(&once("zendesk", ZENDESK, move |_| ok(&page)).await), "Unclear");
}

#[tokio::test]
async fn a_list_that_is_not_whole_proves_nothing() {
    let mut page = zendesk_page(&[zendesk_macro(7, "Refund::Twice")]);
    page["count"] = json!(2);
    assert_eq!(word(&once("zendesk", ZENDESK, move |_| ok(&page)).await), "Incomplete");
    let circle = intercom_page(&[intercom_macro("2", "Refund")], Some("again"));
    assert_eq!(word(&once("intercom", INTERCOM, move |_| ok(&circle)).await), "Incomplete");
}

#[tokio::test]
async fn intercom_by_table() {
    let says = |change: fn(&mut Value)| async move {
        let mut found = intercom_macro("2", "Refund");
        change(&mut found);
        let page = intercom_page(&[found], None);
        word(&once("intercom", INTERCOM, move |_| ok(&page)).await)
    };
    assert_eq!(says(|_| ()).await, "Holds");
    assert_eq!(says(|it| it["updated_at"] = json!(1_795_168_800)).await, "Holds", "Unix seconds");
    assert_eq!(says(|it| it["updated_at"] = json!(1_700_000_000)).await, "Fails");
    assert_eq!(says(|it| it["visible_to"] = json!("specific_teams")).await, "Fails");
    assert_eq!(says(|it| it["visible_to"] = json!("someday")).await, "Unclear");
    assert_eq!(says(|it| it["name"] = json!("Refund ")).await, "NotFound");
    let to_teams = |teams: Value| async move {
        let mut found = intercom_macro("2", "Refund");
        found["visible_to"] = json!("specific_teams");
        found["visible_to_team_ids"] = teams;
        let page = intercom_page(&[found], None);
        once("intercom", "macro: { provider: intercom, title: Refund }", move |_| ok(&page)).await
    };
    assert_eq!(word(&to_teams(json!(["4"])).await), "Holds");
    assert_eq!(word(&to_teams(Value::Null).await), "Unclear", "which teams is not told");
    let nobody = to_teams(json!([])).await;
    assert_eq!(word(&nobody), "Fails");
    assert_eq!(&*nobody.unwrap().reason, "there; visible to no group");
}

#[test]
fn what_a_gate_may_say() {
    for (yaml, problem) in [
        ("macro: { provider: zendesk }", "name the macro"),
        ("macro: { provider: zendesk, title: x, id: \"1\" }", "not both"),
        ("macro: { title: x }", "the provider of the macro"),
        ("macro: { provider: freshdesk, title: x }", "allowed here: zendesk, intercom"),
        ("macro: { provider: zendesk, title: x, updated_since: yesterday }", "not a day or a time"),
    ] {
        let problems = decode(yaml, &[]).unwrap_err();
        assert!(problems.iter().any(|it| it.contains(problem)), "{yaml}: {problems:?}");
    }
    assert!(decode("macro: { title: x }", &[("provider", "zendesk")]).is_ok());
}
