//! Open incidents of a service.

use gonogo::domain::{Failure, Finding};
use serde_json::{Value, json};

use super::{
    conformance::{Case, check},
    kit::{decode, ok, once, word},
};
use crate::support::server::{Reply, Req};

const YAML: &str = "pagerduty: { incidents: { service: PXXXX, urgency: high } }";

fn answer(request: &Req, status: &str, total: &Value, incidents: usize) -> Reply {
    assert_eq!(request.header("accept"), Some("application/vnd.pagerduty+json;version=2"));
    let incident = json!({"id": "Q1", "incident_number": 12, "title": "Checkout is down", "status": "triggered", "urgency": "high"});
    match request.path.as_str() {
        "/services/PXXXX" => ok(
            &json!({"service": {"id": "PXXXX", "name": "Checkout", "status": status, "html_url": "https://acme.pagerduty.com/services/PXXXX"}}),
        ),
        "/incidents" => {
            let sent: Vec<_> = request
                .query
                .iter()
                .filter(|(name, _)| name == "statuses[]")
                .map(|(_, value)| value.as_str())
                .collect();
            assert_eq!(sent, ["triggered", "acknowledged"]);
            assert_eq!(request.param("total"), Some("true"));
            assert_eq!(request.param("date_range"), Some("all"));
            assert_eq!(request.param("urgencies[]"), Some("high"));
            ok(
                &json!({"incidents": vec![incident; incidents], "limit": 10, "offset": 0, "more": false, "total": total}),
            )
        }
        _ => Reply::json(404, &json!({"error": {"code": 2100, "message": "Not Found"}})),
    }
}

async fn asked(status: &'static str, total: Value, incidents: usize) -> Result<Finding, Failure> {
    once("pagerduty", YAML, move |request| answer(request, status, &total, incidents)).await
}

#[tokio::test]
async fn it_keeps_the_promises_of_every_source() {
    check(&Case {
        provider: "pagerduty",
        yaml: YAML,
        defaults: &[],
        good: |request| answer(request, "active", &json!(0), 0),
        signs: &["authorization: Token token=canary-user:canary-token-93d1"],
        decisive: &["/service", "/service/id", "/service/status", "/incidents", "/total"],
    })
    .await;
}

#[tokio::test]
async fn the_total_is_read_and_must_be_there() {
    assert_eq!(word(&asked("active", json!(0), 0).await), "Holds");
    assert_eq!(word(&asked("critical", json!(1), 1).await), "Fails");
    assert_eq!(word(&asked("active", Value::Null, 0).await), "Incomplete");
    assert_eq!(word(&asked("active", json!(0), 2).await), "Incomplete", "fewer in total than shown");
    assert_eq!(word(&asked("active", json!(5), 0).await), "Incomplete", "some, and none shown");
    let finding = asked("critical", json!(12), 10).await.unwrap();
    assert_eq!(&*finding.reason, "12 open incidents, at most 0");
    assert_eq!(&*finding.rows[0], "#12 Checkout is down (triggered)");
}

#[tokio::test]
async fn a_service_that_raises_no_incidents_proves_nothing() {
    for status in ["disabled", "maintenance", "something-new"] {
        assert_eq!(word(&asked(status, json!(0), 0).await), "Unclear", "{status}");
        assert_eq!(word(&asked(status, json!(1), 1).await), "Fails", "{status}");
    }
}

#[test]
fn what_a_gate_may_say() {
    assert!(
        decode("pagerduty: { incidents: { service: P, urgency: mid } }", &[]).unwrap_err()[0]
            .contains("high, low")
    );
    assert!(
        decode("pagerduty: { incidents: { urgency: high } }", &[]).unwrap_err()[0]
            .contains("has no `service`")
    );
}
