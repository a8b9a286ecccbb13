//! Several providers behind one kind of evidence: each is a server of its own.

use std::{sync::Arc, time::Duration};

use gonogo::{
    app::{Registry, Session},
    checklist::{LoadRequest, load},
    domain::{Answer, FailureKind, Kind, Outcome},
    poller::{Demands, Polled, poll_once},
    source::{
        connection::{Connection, Connections},
        http::Url,
        register::open,
    },
};
use serde_json::json;

use super::kit::{CANARY, PREFIX, clock, ok, question, serve, setup};
use crate::support::server::{Reply, Server};

const LAUNCH: &str = r#"
launch: checkout-3
title: Checkout v3
version: 3.0.0
target: { repository: acme/checkout, ref: release/3.0 }
schedule: { t0: 2026-12-02T09:00, timezone: Europe/London }
people: { octo: { name: Octo } }
roles: { qa: { people: [octo] } }
gates:
  - { gate: one, title: One, owner: qa, flag: { provider: launchdarkly, project: web, environment: p, key: a, expect: enabled } }
  - { gate: two, title: Two, owner: qa, flag: { provider: statsig, environment: p, key: a, expect: enabled } }
  - { gate: three, title: Three, owner: qa, connection: eu, flag: { provider: statsig, environment: p, key: a, expect: enabled } }
  - { gate: four, title: Four, owner: qa, macro: { provider: zendesk, title: Refund } }
"#;

#[test]
fn a_gate_asks_the_connection_named_like_its_provider_unless_it_names_one() {
    let launch = load(&LoadRequest::text("launch.yaml", LAUNCH.to_owned()), &Registry).unwrap().launch;
    let keys: Vec<_> = Session::sources(&launch)
        .into_iter()
        .map(|key| format!("{} {}", key.source, key.connection.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(keys, ["flag eu", "flag launchdarkly", "flag statsig", "macro zendesk"]);
}

fn connections(servers: &[(&str, &Server)]) -> Connections {
    let one = |source: &str, server: &Server| Connection {
        source: source.into(),
        base: Url::parse(&format!("{}{PREFIX}", server.url())).unwrap(),
        credential: Some(CANARY.into()),
        token_env: Some("THE_TOKEN".into()),
    };
    Connections(servers.iter().map(|(source, server)| ((*source).into(), one(source, server))).collect())
}

#[tokio::test]
async fn a_provider_that_refuses_or_asks_to_wait_stops_no_other() {
    for (refusal, kind) in [
        (Reply::json(401, &json!({"message": "no"})), FailureKind::Unauthorized),
        (Reply::json(429, &json!({"message": "slow"})).with("Retry-After", 600), FailureKind::RateLimited),
    ] {
        let busy = serve(move |_| refusal.clone());
        let well = serve(|_| {
            let rule = json!({"name": "r", "passPercentage": 100, "conditions": [{"type": "public"}], "environments": null});
            ok(&json!({"data": {"id": "a", "isEnabled": true, "status": "In Progress", "rules": [rule]}}))
        });
        let mut setup = setup("x", "https://h.example", None);
        setup.connections = connections(&[("launchdarkly", &busy), ("statsig", &well)]);
        let launch = load(&LoadRequest::text("launch.yaml", LAUNCH.to_owned()), &Registry).unwrap().launch;
        let polled = Session::sources(&launch).into_iter().map(|key| {
            let source = open(&setup, key.source.as_str(), key.connection.as_deref()).unwrap();
            Polled { key, source }
        });
        let gates = launch.gates.iter().take(2).filter_map(|gate| {
            let Kind::Evidence(query) = &gate.kind else { return None };
            let mut asked = question("http: { url: 'https://h.example' }");
            (asked.gate, asked.query, asked.connection) =
                (gate.id.clone(), query.clone(), gate.connection.clone());
            Some(asked)
        });
        let demands = Demands { questions: gates.collect(), ..Demands::default() };
        let clock = clock();
        let settled = poll_once(polled.collect(), &demands, Duration::from_secs(3), &clock).await;
        let of = |gate: &str| {
            let it = settled.observations.iter().find(|it| it.gate.local() == gate).unwrap();
            Arc::new(it.answer.clone())
        };
        match (&*of("one"), &*of("two")) {
            (Answer::Failed(failure), Answer::Found(found)) => {
                assert_eq!((failure.kind, found.outcome), (kind, Outcome::Holds));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!((busy.count(), well.count()), (1, 1), "nothing is asked again before its time");
    }
}
