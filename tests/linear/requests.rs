//! What goes over the wire, how much of it, and how a change in the world comes back.

use gonogo::domain::Outcome::{Fails, Holds};
use tokio_util::sync::CancellationToken;

use crate::{
    linear::rig::{Found, GREEN, KEY, ask, ask_one, linear, report, start},
    support::server::Fault,
};

#[tokio::test]
async fn a_hundred_gates_need_one_request() {
    let server = start(|world| {
        for number in 0..100 {
            world.team("CHK").labels.push(format!("label-{number}"));
        }
    });
    let limits: Vec<String> =
        (0..100).map(|number| format!("{{ team: CHK, labels: [label-{number}] }}")).collect();
    let gates: Vec<_> = limits.iter().map(|limits| ("issues", limits.as_str())).collect();
    let report = report(&server, &gates).await;
    assert!(report.answers.iter().all(|(_, it)| it.as_ref().is_ok_and(|it| it.outcome == Holds)));
    assert!(report.requests <= 2, "{}", report.requests);
    assert_eq!(server.count(), report.requests as usize);
}

#[tokio::test]
async fn large_pages_are_split_before_the_server_refuses() {
    let server = start(|_| ());
    let many: Vec<String> = (200..220).map(|most| format!("{{ team: CHK, at_most: {most} }}")).collect();
    let gates: Vec<_> = many.iter().map(|it| ("issues", it.as_str())).collect();
    let answers = ask(&server, &gates).await;
    assert!(answers.iter().all(|it| it.as_ref().is_ok_and(|it| it.outcome == Holds)), "{answers:?}");
    assert!(server.count() > 1);
    assert!(server.statuses().iter().all(|status| *status == 200));
}

#[tokio::test]
async fn every_connection_says_how_many() {
    let server = start(|_| ());
    ask(&server, &GREEN).await;
    let queries: Vec<_> =
        server.requests().iter().map(|it| it.json()["query"].as_str().unwrap().to_owned()).collect();
    for query in &queries {
        for line in query.lines().filter(|line| line.trim_start().starts_with('a') && line.contains('(')) {
            assert!(line.contains("first: "), "{line}");
        }
        for name in ["Checkout", "release-blocker", "CHK", "ada", "3.0.0"] {
            assert!(!query.contains(name), "user text stands in variables only: {query}");
        }
    }
    assert_eq!(queries.len(), 3, "common, releases, and the view alone");
}

#[tokio::test]
async fn a_change_mid_run_is_followed() {
    let server = start(|_| ());
    let gate = ("issues", "{ labels: [release-blocker] }");
    let source = linear(&server, Some(KEY));
    let batch = crate::linear::rig::batch(&[gate]);
    let cancel = CancellationToken::new();
    let ask = async || gonogo::source::Source::ask(&source, &batch, &cancel).await.answers.remove(0).1;
    Found(Holds, "no open issue").check("before", &ask().await);
    server.edit(|world| world.set_state("CHK-2", "In Progress"));
    let red = ask().await;
    Found(Fails, "CHK-2").check("reopened", &red);
    let red = red.unwrap();
    assert_eq!(red.rows, ["CHK-2 Refund twice (In Progress, ada)".into()]);
    assert!(red.url.unwrap().contains("CHK-2"));
    server.fault(Fault::status(502));
    assert!(ask().await.is_err());
    server.heal();
    server.edit(|world| world.set_state("CHK-2", "Done"));
    Found(Holds, "no open issue").check("after", &ask().await);
}

#[tokio::test]
async fn the_viewer_is_told_with_the_teams_the_key_sees() {
    let server = start(|world| drop(world.keys.insert(KEY.into(), Some(vec!["OPS".into()]))));
    let viewer = linear(&server, Some(KEY)).viewer(&CancellationToken::new()).await.unwrap();
    assert_eq!(
        (viewer.url_key.as_str(), viewer.teams.as_slice(), viewer.more_teams),
        ("acme", &["OPS".to_owned()][..], false)
    );
    assert!(linear(&server, Some("lin_api_wrong")).viewer(&CancellationToken::new()).await.is_err());
    assert!(linear(&server, None).viewer(&CancellationToken::new()).await.is_err());
}

#[tokio::test]
async fn rows_are_at_most_ten() {
    let server = start(|world| {
        for number in 100..130 {
            world.issue(&format!("CHK-{number}"), "Many");
        }
    });
    let finding = ask_one(&server, "issues", "{ team: CHK, at_most: 20 }").await.unwrap();
    assert_eq!((finding.outcome, finding.rows.len()), (Fails, 10));
}
