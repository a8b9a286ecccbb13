//! The GraphQL documents as they are really sent: composed for a batch with every kind of evidence.
//!
//! With `GONOGO_QUERY_DUMP=DIR` each is written to `DIR/github-N.graphql`, where CI holds it against the schema that
//! GitHub publishes.

#![allow(
    clippy::cloned_ref_to_slice_refs,
    clippy::too_many_lines,
    reason = "shared with the tables of the GitHub tests"
)]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the loopback server has its own clock")]

use crate::github::bench;
use crate::github::samples;
use crate::support;

use std::collections::BTreeSet;
use std::{env, fs, path::Path};

use bench::{Bench, REPO};

/// Every document that polls of every kind send, with the pages and look-ups that follow.
async fn documents() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut collect = |bench: &Bench| {
        for request in bench.server.requests().iter().filter(|it| it.path == "/graphql") {
            found.insert(request.json()["query"].as_str().expect("a query").to_owned());
        }
    };
    let gates: Vec<&str> = samples::all().iter().map(|it| it.gate).collect();
    let all = Bench::world(|world| samples::all().iter().for_each(|sample| (sample.green)(world)));
    all.ask(&gates).await;
    all.source.viewer().await.expect("a viewer");
    collect(&all);
    for sample in samples::all() {
        let bench = sample.green();
        bench.one(sample.gate).await.expect("an answer");
        collect(&bench);
        let pinned = sample.red().at(&support::github::oid("c1"));
        drop(pinned.one(sample.gate).await);
        collect(&pinned);
    }
    let pages = Bench::new(|repo| {
        let commit = repo.commit("main", "c1");
        (0..150).for_each(|n| {
            commit.check(&format!("job {n}"), "success");
        });
    });
    pages.one("checks: { required: [job 149] }").await.expect("an answer");
    collect(&pages);
    let pulls = Bench::new(|repo| {
        repo.label("x");
        repo.milestone("v1");
    });
    pulls.ask(&["pull_requests: { labels: [x], milestone: v1, base: main }"]).await;
    collect(&pulls);
    let drafts = Bench::new(|_| {});
    drafts.ask(&["release: { tag: none, expect: draft }", "milestone: { title: none }"]).await;
    collect(&drafts);
    assert!(found.iter().any(|it| it.matches("repository(").count() == 1), "{REPO} is grouped");
    found
}

/// The fragments that the files under `queries/` define.
fn known() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/source/github/queries");
    let texts = fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    texts.flat_map(|text| names(&text)).collect()
}

/// The names of the fragments that a text defines.
fn names(text: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("fragment "));
    lines.filter_map(|rest| rest.split_whitespace().next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn documents_compose_of_known_fragments_and_are_dumped_on_request() {
    let documents = documents().await;
    assert!(documents.len() > 15, "{}", documents.len());
    let known = known();
    for document in &documents {
        let own: BTreeSet<String> = names(document).into_iter().collect();
        assert!(own.is_subset(&known), "{own:?}");
        for spread in document.split("...").skip(1).filter_map(|rest| rest.split_whitespace().next()) {
            assert!(spread == "on" || own.contains(spread), "...{spread} in {document}");
        }
        assert!(document.starts_with("query Poll") && document.contains("rateLimit"), "{document}");
        for from_outside in ["acme", "rocket", "release-blocker", "ci.yml", "GO for launch"] {
            assert!(!document.contains(from_outside), "{from_outside} is part of {document}");
        }
    }
    if let Some(folder) = env::var_os("GONOGO_QUERY_DUMP").filter(|it| !it.is_empty()) {
        fs::create_dir_all(&folder).unwrap();
        for (number, document) in documents.iter().enumerate() {
            fs::write(Path::new(&folder).join(format!("github-{number:02}.graphql")), document).unwrap();
        }
    }
}
