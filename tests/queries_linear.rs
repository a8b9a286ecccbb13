//! Every document that the Linear source can send, as it sends it. With `GONOGO_QUERY_DUMP=DIR` they are written
//! there, for the check against the published schema.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use crate::linear::rig;

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use rig::{GREEN, KEY, linear, report, start};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn documents() {
    let server = start(|world| {
        for number in 1_000..1_300 {
            world.issue(&format!("CHK-{number}"), "Many");
        }
        world.view("projects-view", "Project", &["Checkout"]);
    });
    // All together, each alone, and the page after the first.
    report(&server, &GREEN).await;
    for gate in GREEN {
        report(&server, &[gate]).await;
    }
    let projects = format!("{{ id: {}, of: projects, at_most: 5 }}", rig::slug("projects-view"));
    let states = "{ team: CHK, states: [Done], milestone: GA, at_most: 260 }";
    let second_page = "{ team: CHK, at_most: 299 }";
    report(&server, &[("view", &projects), ("issues", states), ("issues", second_page)]).await;
    linear(&server, Some(KEY)).viewer(&CancellationToken::new()).await.expect("the viewer");

    assert!(server.statuses().iter().all(|status| *status == 200), "the server takes every document");
    let texts: BTreeSet<String> =
        server.requests().iter().map(|it| it.json()["query"].as_str().expect("a query").to_owned()).collect();
    for used in ["after: $", "customView(", "projects(first: 10)", "...ReleaseFacts", "query Viewer"] {
        assert!(texts.iter().any(|text| text.contains(used)), "{used} is not covered");
    }
    if let Some(dir) = env::var_os("GONOGO_QUERY_DUMP").filter(|dir| !dir.is_empty()).map(PathBuf::from) {
        fs::create_dir_all(&dir).expect("the folder");
        for (number, text) in texts.iter().enumerate() {
            fs::write(dir.join(format!("linear-{number:02}.graphql")), text).expect("written");
        }
    }
}
